/* logbook - the log in words, newest first. It holds numbers only; words and persons' names are put to them here. */
#include "act.h"

#include <string.h>

enum { LOG_PAGE = 50 };

static const struct { const char *what; struct said words; } events[] = {
	{ "session.refused", say("Somebody tried to sign in, and was refused") }, { "session.ended", say("Somebody was signed out") }, { "totp.ended", say("An app for codes was taken away") }, { "vault.rotated", say("The vault got a new key") },
	{ "access.leaves", say("A person who leaves was noted, with what they can open") }, { "access.said", say("Who can open what was said") }, { "backup.made", say("A backup was made") }, { "business.founded", say("The business was set up") }, { "code.used", say("Somebody signed in with a code on paper") }, { "codes.made", say("New codes on paper were made") },
	{ "bounce.kept", say("A mail that came back was read") }, { "bounce.settled", say("What a mail that came back means was decided") },
	{ "contacts.opened", say("Contacts were looked at") },
	{ "customer.corrected", say("A customer was corrected") }, { "customer.forget.deferred", say("A wish to be forgotten waits for an open incident") },
	{ "customer.forgotten", say("A customer was forgotten at their wish") }, { "customer.known.again", say("A customer may be known again") },
	{ "customer.apart", say("Two customers stay apart") }, { "customer.merged", say("Two customers were joined") }, { "customer.split", say("Two joined customers were parted") },
	{ "evidence.added", say("Evidence of a service was noted") }, { "evidence.ended", say("Evidence of a service counts no more") },
	{ "export.made", say("Everything was taken out in open formats") }, { "factors.ended", say("A person's second factors were taken away") }, { "find.gone", say("A finding is gone") }, { "find.judged", say("Findings were judged") }, { "find.met", say("A file with personal data was found") },
	{ "find.scanned", say("Files were searched") }, { "flow.added", say("A way for information was added") }, { "flow.closed", say("A way for information was closed") },
	{ "holder.added", say("A holder was added") }, { "holder.changed", say("A holder was changed") }, { "holder.closed", say("A holder is used no more") },
	{ "holder.emptied", say("Deletion at a holder was confirmed") }, { "holder.keeps", say("How long a holder keeps information was told") },
	{ "import.began", say("An import began") }, { "import.done", say("An import was completed") }, { "import.stopped", say("An import was stopped") },
	{ "import.undo", say("Taking an import back began") }, { "import.undone", say("An import was taken back") }, { "incident.cleared", say("A holder was taken out of an incident") },
	{ "incident.closed", say("An incident was closed") }, { "incident.fact", say("What the law's clocks depend on was told") }, { "laws.imported", say("Another table of breach laws was taken") }, { "incident.opened", say("An incident was opened") }, { "incident.suspected", say("An incident's window was set") },
	{ "incident.answered", say("What a provider said was kept") }, { "incident.assumed", say("What a cost rests on was told") }, { "incident.rhythm", say("How often customers hear was set") },
	{ "incident.task.added", say("A task of an incident was added") }, { "incident.task.again", say("A task of an incident is to be done after all") }, { "incident.task.done", say("A task of an incident was done") },
	{ "incident.task.set", say("A task of an incident was given to somebody") }, { "incident.task.skipped", say("A task of an incident was left away") },
	{ "job.stopped", say("Somebody asked long work to stop") }, { "keeper.record_lost", say("The keeper had lost its record") }, { "link.made", say("A link that works once was made") }, { "link.used", say("The printed link was used") }, { "ledger.lost", say("Damaged days were taken out") }, { "log.epoch", say("A backup was put back: the log begins anew") },
	{ "mail.sent_by_hand", say("A mail of the outbox was sent by hand") }, { "measure.added", say("A measure was taken") }, { "measure.dropped", say("A measure was dropped") }, { "measure.kept", say("A measure goes on") }, { "notice.moved", say("A notice went on") }, { "notices.moved", say("Notices went on together") },
	{ "passkey.added", say("A passkey was added") }, { "passkey.ended", say("A passkey was taken away") }, { "payment.answered", say("A question on how payment is taken was answered") },
	{ "payment.applied", say("The answers on payment were put on the map") }, { "payment.begun", say("Going through how payment is taken began") }, { "person.added", say("A person was added") },
	{ "person.ended", say("A person was taken out") }, { "person.role", say("A person got another role") }, { "practice.changed", say("A practice was changed") }, { "practice.signed", say("A practice was signed") }, { "reader.inspected", say("A card reader was looked over") }, { "reader.settled", say("What was odd about a card reader was looked into") }, { "reader.set", say("A card reader was noted") },
	{ "risk.accepted", say("A risk was accepted") }, { "risk.fixed", say("A risk was done away with") }, { "round.approved", say("A round of notices was approved") }, { "round.drafted", say("A round of notices was drafted") }, { "round.channels", say("Drafted notices go another way than in the draft") }, { "round.worded", say("A round of notices was put into other words") }, { "round.hastened", say("Waiting mails were sent at once") },
	{ "round.undone", say("A round of notices was taken back") }, { "service.asked", say("A service was asked to delete what it has") }, { "service.left", say("A service is used no more") }, { "service.told", say("What is known of a service was noted") }, { "session.again", say("Somebody signed in again, before something weighty") }, { "session.began", say("Somebody signed in") }, { "setting.changed", say("A setting was changed") }, { "slot.ended", say("A passphrase was taken away") },
	{ "slot.made", say("A passphrase was added") }, { "slot.renewed", say("A passphrase or the recovery code was changed") }, { "task.added", say("A task was added") }, { "task.done", say("A task was done") }, { "token.ended", say("A token for programs was ended") },
	{ "token.made", say("A token for programs was made") }, { "totp.made", say("An app for codes was set up") }, { "vault.resealed", say("Everything was sealed anew with a new key") },
};

static const struct { const char *name; struct said words; } facts[] = {
	{ "channels", say("ways") }, { "customer", say("customer") }, { "customers", say("customers") }, { "entries", say("entries") }, { "finding", say("finding") },
	{ "holder", say("holder") }, { "holders", say("holders") }, { "import", say("import") }, { "incident", say("incident") }, { "new", say("new") }, { "other", say("other") },
	{ "refused", say("refused") }, { "round", say("round") }, { "rows", say("rows") }, { "changed", say("changed") }, { "masked", say("masked") }, { "touches", say("payments") },
};

struct paging { struct visit *v; struct log_row *row; size_t n; struct person *person; size_t persons; };

static struct str person_said(struct paging *p, struct str number)
{
	int64_t id = 0;
	str_i64(number, &id);
	for (size_t i = 0; i < p->persons; i++)
		if (p->person[i].id == id)
			return p->person[i].name;
	return id ? number : str_of(visit_words(p->v, "Handback itself"));
}

/* "person=1 incident=1 customers=99": who, and "incident 1, customers 99". Before somebody is signed in nobody is the person, and `who` is meant. */
static void facts_said(struct paging *p, struct str text, struct log_row *row)
{
	struct buf b = BUF(2000);
	while (text.p && text.n) {
		struct str value = str_split(&text, ' '), name = str_split(&value, '=');
		struct str words = name;
		if (str_eq(name, STR("person")) || (str_eq(name, STR("who")) && str_starts(row->facts, STR("person=0")))) {
			row->who = person_said(p, value);
			continue;
		}
		if (str_eq(name, STR("notice")) && value.n == 64)        /* a salted hash: for programs */
			continue;
		for (size_t i = 0; i < LENGTH(facts); i++)
			if (str_eq(name, str_of(facts[i].name)))
				words = str_of(visit_words(p->v, facts[i].words.english));
		buf_printf(&b, "%s" STR_FMT " " STR_FMT, b.n ? ", " : "", STR_ARG(words), STR_ARG(value));
	}
	row->facts = arena_str(p->v->op->a, buf_str(&b));
	buf_free(&b);
}

static bool log_one(void *to, int64_t n, struct str text)
{
	struct paging *p = to;
	struct str rest = text, at = str_split(&rest, ' '), what = str_split(&rest, ' ');
	struct span s;
	struct str words = arena_str(p->v->op->a, what);
	for (size_t i = 0; i < LENGTH(events); i++)
		if (str_eq(what, str_of(events[i].what)))
			words = str_of(visit_words(p->v, events[i].words.english));
	struct log_row *row = &p->row[p->n++];
	*row = (struct log_row){ .n = n, .at = when_parse(at, NULL, &s) ? moment_words(p->v, s.from) : arena_str(p->v->op->a, at), .words = words, .facts = rest };
	facts_said(p, rest, row);
	return p->n < LOG_PAGE;
}

bool log_page(struct visit *v)
{
	struct log_view w = { 0 };
	struct paging p = { .v = v, .row = ARENA_ARRAY(v->op->a, struct log_row, LOG_PAGE) };
	int64_t size, below = 0;
	if (!log_size(v->op, &size) || !person_list(v->op, &p.person, &p.persons))
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
	if (below < size)
		w.first.s = STR("/log");
	v->back = STR("/settings");
	w.row = p.row, w.rows = p.n, w.size = size;
	if (from)
		w.more.s = arena_say(v->op->a, "/log?below=%lld", (long long)from);
	page_log(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Log")));
}
