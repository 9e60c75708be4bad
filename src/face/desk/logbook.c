/* logbook - the log in words, newest first. It holds numbers only; the words are put to them here. */
#include "act.h"

enum { LOG_PAGE = 50 };

static const struct { const char *what; struct said words; } events[] = {
	{ "backup.made", say("A backup was made") }, { "business.founded", say("The business was set up") }, { "contacts.opened", say("Contacts were looked at") },
	{ "customer.corrected", say("A customer was corrected") }, { "customer.forget.deferred", say("A wish to be forgotten waits for an open incident") },
	{ "customer.forgotten", say("A customer was forgotten at their wish") }, { "customer.known.again", say("A customer may be known again") },
	{ "customer.apart", say("Two customers stay apart") }, { "customer.merged", say("Two customers were joined") }, { "customer.split", say("Two joined customers were parted") },
	{ "find.gone", say("A finding is gone") }, { "find.judged", say("Findings were judged") }, { "find.met", say("A file with personal data was found") },
	{ "find.scanned", say("Files were searched") }, { "flow.added", say("A way for information was added") }, { "flow.closed", say("A way for information was closed") },
	{ "holder.added", say("A holder was added") }, { "holder.changed", say("A holder was changed") }, { "holder.closed", say("A holder is used no more") },
	{ "holder.emptied", say("Deletion at a holder was confirmed") }, { "holder.keeps", say("How long a holder keeps information was told") },
	{ "import.began", say("An import began") }, { "import.done", say("An import was completed") }, { "import.stopped", say("An import was stopped") },
	{ "import.undo", say("Taking an import back began") }, { "import.undone", say("An import was taken back") }, { "incident.cleared", say("A holder was taken out of an incident") },
	{ "incident.closed", say("An incident was closed") }, { "incident.opened", say("An incident was opened") }, { "incident.suspected", say("An incident's window was set") },
	{ "keeper.record_lost", say("The keeper had lost its record") }, { "ledger.lost", say("Damaged days were taken out") }, { "log.epoch", say("A backup was put back: the log begins anew") },
	{ "mail.sent_by_hand", say("A mail of the outbox was sent by hand") }, { "notice.moved", say("A notice went on") }, { "notices.moved", say("Notices went on together") },
	{ "round.approved", say("A round of notices was approved") }, { "round.drafted", say("A round of notices was drafted") }, { "round.channels", say("Drafted notices go another way than in the draft") }, { "round.worded", say("A round of notices was put into other words") }, { "round.hastened", say("Waiting mails were sent at once") },
	{ "round.undone", say("A round of notices was taken back") }, { "setting.changed", say("A setting was changed") }, { "slot.renewed", say("A passphrase or the recovery code was changed") },
};

struct paging { struct visit *v; struct log_row *row; size_t n; };

static bool log_one(void *to, int64_t n, struct str text)
{
	struct paging *p = to;
	struct str rest = text, at = str_split(&rest, ' '), what = str_split(&rest, ' ');
	struct span s;
	struct str words = arena_str(p->v->op->a, what);
	for (size_t i = 0; i < LENGTH(events); i++)
		if (str_eq(what, str_of(events[i].what)))
			words = str_of(visit_words(p->v, events[i].words.english));
	p->row[p->n++] = (struct log_row){ n, when_parse(at, NULL, &s) ? moment_words(p->v, s.from) : arena_str(p->v->op->a, at), words, arena_str(p->v->op->a, rest) };
	return p->n < LOG_PAGE;
}

bool log_page(struct visit *v)
{
	struct log_view w = { 0 };
	struct paging p = { v, ARENA_ARRAY(v->op->a, struct log_row, LOG_PAGE), 0 };
	int64_t size, below = 0;
	if (!log_size(v->op, &size))
		return false;
	if (!str_i64(pair_text(v->ask->query, "below"), &below) || below <= 0 || below > size)
		below = size;
	int64_t from = below > LOG_PAGE ? below - LOG_PAGE : 0;
	if (!log_each(v->op, from, log_one, &p))
		return false;
	while (p.n && p.row[p.n - 1].n >= below)
		p.n--;
	for (size_t i = 0; i < p.n / 2; i++) {
		struct log_row swap = p.row[i];
		p.row[i] = p.row[p.n - 1 - i], p.row[p.n - 1 - i] = swap;
	}
	w.row = p.row, w.rows = p.n, w.size = size;
	if (from)
		w.more.s = arena_say(v->op->a, "/log?below=%lld", (long long)from);
	page_log(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Log")));
}
