/* logbook - the log in words, newest first. It holds numbers only; words and persons' names are put to them here. */
#include "act.h"
#include "log.h"
#include "persons.h"
#include "proof.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_PAGE = 50 };

static const struct { const char *what; struct said words; } events[] = {
	{ "role.refused", say("Somebody tried what their role does not allow") }, { "fault.met", say("Something did not work as it should") }, { "session.refused", say("Somebody tried to sign in, and was refused") }, { "session.ended", say("Somebody was signed out") }, { "totp.ended", say("An app for codes was taken away") }, { "vault.rotated", say("The vault got a new key") },
	{ "access.leaves", say("A person who leaves was noted, with what they can open") }, { "access.said", say("Who can open what was said") }, { "backup.made", say("A backup was made") }, { "business.founded", say("The business was set up") }, { "code.used", say("Somebody signed in with a code on paper") }, { "codes.made", say("New codes on paper were made") },
	{ "bounce.kept", say("A mail that came back was read") }, { "bounce.settled", say("What a mail that came back means was decided") },
	{ "contacts.opened", say("Contacts were looked at") },
	{ "customer.corrected", say("A customer was corrected") }, { "customer.wish", say("How a customer asks to be told was kept") }, { "customer.forget.deferred", say("A wish to be forgotten waits for an open incident") },
	{ "customer.forgotten", say("A customer was forgotten at their wish") }, { "customer.known.again", say("A customer may be known again") },
	{ "customer.apart", say("Two customers stay apart") }, { "customer.merged", say("Two customers were joined") }, { "customer.split", say("Two joined customers were parted") },
	{ "drill.kept", say("A drill was kept") },
	{ "evidence.added", say("Evidence of a service was noted") }, { "evidence.ended", say("Evidence of a service counts no more") },
	{ "export.made", say("Everything was taken out in open formats") }, { "factors.ended", say("A person's second factors were taken away") }, { "factor.required", say("Which roles need a second factor was decided") }, { "person.language", say("Somebody chose another language") }, { "find.gone", say("A finding is gone") }, { "find.judged", say("Findings were judged") }, { "find.met", say("A file with personal data was found") },
	{ "forward.came", say("Somebody came forward whom no export names") }, { "forward.undone", say("That a payment was somebody's was taken back") }, { "round.added", say("A customer was added to a drafted round") }, { "find.scanned", say("Files were searched") }, { "flow.added", say("A way for information was added") }, { "flow.closed", say("A way for information was closed") },
	{ "holder.added", say("A holder was added") }, { "holder.changed", say("A holder was changed") }, { "holder.closed", say("A holder is used no more") },
	{ "holder.one", say("Two names were told to be one person") }, { "holder.two", say("Two names were told to be two people") }, { "holder.emptied", say("Deletion at a holder was confirmed") }, { "holder.not-emptied", say("A confirmed deletion was taken back") }, { "holder.keeps", say("How long a holder keeps information was told") },
	{ "import.began", say("An import began") }, { "import.done", say("An import was completed") }, { "import.stopped", say("An import was stopped") },
	{ "import.undo", say("Taking an import back began") }, { "import.undone", say("An import was taken back") }, { "incident.cleared", say("A holder was taken out of an incident") },
	{ "incident.closed", say("An incident was closed") }, { "incident.fact", say("What the law's clocks depend on was told") }, { "laws.imported", say("Another table of breach laws was taken") }, { "incident.opened", say("An incident was opened") }, { "incident.titled", say("What happened in an incident was said anew") }, { "incident.suspected", say("An incident's window was set") },
	{ "incident.answered", say("What a provider said was kept") }, { "incident.assumed", say("What a cost rests on was told") }, { "incident.rhythm", say("How often customers hear was set") },
	{ "incident.task.added", say("A task of an incident was added") }, { "incident.task.again", say("A task of an incident is to be done after all") }, { "incident.task.done", say("A task of an incident was done") },
	{ "incident.task.set", say("A task of an incident was given to somebody") }, { "incident.task.skipped", say("A task of an incident was left away") },
	{ "job.stopped", say("Somebody asked long work to stop") }, { "keeper.record_lost", say("The keeper had lost its record") }, { "link.made", say("A link that works once was made") }, { "link.used", say("The printed link was used") }, { "ledger.lost", say("Damaged days were taken out") }, { "log.epoch", say("A backup was put back: the log begins anew") },
	{ "enrolment.loaded", say("Codes for credit monitoring were read") }, { "enrolment.given", say("Customers were given codes for credit monitoring") }, { "enrolment.dropped", say("Codes for credit monitoring that nobody had were thrown away") }, { "filing.sent", say("An office or partner was told of an incident") }, { "filing.unsent", say("That an office or partner was told, was taken back") },
	{ "mail.sent_by_hand", say("A mail of the outbox was sent by hand") }, { "draft.confirmed", say("A draft became an incident") }, { "draft.discarded", say("A draft was put away") }, { "draft.made", say("Something may have happened at a service: a draft was made") },
	{ "measure.added", say("A measure was taken") }, { "measure.dropped", say("A measure was dropped") }, { "measure.kept", say("A measure goes on") }, { "notice.moved", say("A notice went on") }, { "notices.moved", say("Notices went on together") },
	{ "passkey.added", say("A passkey was added") }, { "passkey.ended", say("A passkey was taken away") }, { "payment.answered", say("A question on how payment is taken was answered") },
	{ "payment.applied", say("The answers on payment were put on the map") }, { "payment.reader", say("What is with a card reader was answered") }, { "payment.begun", say("Going through how payment is taken began") }, { "person.added", say("A person was added") },
	{ "person.ended", say("A person was taken out") }, { "person.role", say("A person got another role") }, { "practice.changed", say("A practice was changed") }, { "practice.signed", say("A practice was signed") }, { "reader.inspected", say("A card reader was looked over") }, { "reader.settled", say("What was odd about a card reader was looked into") }, { "reader.set", say("A card reader was noted") },
	{ "reply.came", say("A customer answered") }, { "reply.done", say("A reply was seen to") }, { "replies.opened", say("Replies were opened") },
	{ "risk.accepted", say("A risk was accepted") }, { "risk.fixed", say("A risk was done away with") }, { "risk.taken-back", say("What was said of a risk was taken back") }, { "round.approved", say("A round of notices was approved") }, { "round.drafted", say("A round of notices was drafted") }, { "round.channels", say("Drafted notices go another way than in the draft") }, { "round.worded", say("A round of notices was put into other words") }, { "round.hastened", say("Waiting mails were sent at once") },
	{ "round.settled", say("Notices to whom the exposure has dropped were taken back") }, { "round.undone", say("A round of notices was taken back") }, { "service.asked", say("A service was asked to delete what it has") }, { "service.left", say("A service is used no more") }, { "service.told", say("What is known of a service was noted") }, { "session.again", say("Somebody signed in again, before something weighty") }, { "session.began", say("Somebody signed in") }, { "setting.changed", say("A setting was changed") }, { "slot.ended", say("A passphrase was taken away") },
	{ "status.published", say("The page of an incident was made public") }, { "status.taken_down", say("The page of an incident was taken down") }, { "status.worded", say("The page of an incident was put into other words") },
	{ "slot.made", say("A passphrase was added") }, { "slot.renewed", say("A passphrase or the recovery code was changed") }, { "task.added", say("A task was added") }, { "task.done", say("A task was done") }, { "token.ended", say("A token for programs was ended") },
	{ "trust.chosen", say("A sentence was put on the page for customers") }, { "trust.dropped", say("A sentence was taken off the page for customers") }, { "trust.own", say("A sentence of one's own was put on the page for customers") }, { "trust.said", say("The page for customers says something else") },
	{ "token.made", say("A token for programs was made") }, { "totp.made", say("An app for codes was set up") }, { "vault.resealed", say("Everything was sealed anew with a new key") },
};

/* How an entry's number is said. SILENT: it says nothing to people; the log has it all the same. */
enum how { NUMBER, SILENT, HOLDER, CUSTOMER, KINDS, MOMENT, SPAN, YES, ROLE, STATE, CHANNEL, SORT, SETTING };
/* event: of these only, by how they begin; NULL: of all others. The first that fits. */
static const struct { const char *event, *name; enum how how; struct said words; } facts[] = {
	{ "flow.", "from", HOLDER, say("from") }, { "flow.", "to", HOLDER, say("to") }, { "notices.", "from", STATE, say("from") }, { "incident.", "from", MOMENT, say("from") },
	{ "incident.", "to", MOMENT, say("until") }, { "holder.", "sort", SORT, say("sort") }, { NULL, "sort", SILENT }, { "reader.", "place", HOLDER, say("place") },
	{ "holder.", "place", HOLDER, say("place") }, { NULL, "place", SILENT },
	{ NULL, "again", MOMENT, say("to be looked at again") }, { NULL, "at", MOMENT, say("at") }, { NULL, "last", MOMENT, say("until") }, { NULL, "until", MOMENT, say("until") },
	{ NULL, "attempt", NUMBER, say("try") }, { NULL, "audience", SILENT }, { NULL, "account", SILENT }, { NULL, "business", SILENT }, { NULL, "by", SILENT }, { NULL, "bytes", SILENT },
	{ NULL, "card", YES, say("sees cards") }, { NULL, "chain", SILENT }, { NULL, "changed", NUMBER, say("changed") }, { NULL, "channel", CHANNEL, say("by") },
	{ NULL, "channels", NUMBER, say("ways") }, { NULL, "codes", NUMBER, say("codes") }, { NULL, "customer", CUSTOMER, say("customer") }, { NULL, "customers", NUMBER, say("customers") }, { NULL, "drill", NUMBER, say("drill") }, { NULL, "doubted", YES, say("thought over first") },
	{ NULL, "duties", NUMBER, say("duties") }, { NULL, "ended", NUMBER, say("ended") }, { NULL, "entries", NUMBER, say("entries") }, { NULL, "epoch", NUMBER, say("beginning") },
	{ NULL, "every", SPAN, say("looked at every") }, { NULL, "evidence", NUMBER, say("evidence") }, { NULL, "facts", NUMBER, say("answers") }, { NULL, "files", NUMBER, say("files") },
	{ NULL, "finding", NUMBER, say("finding") }, { NULL, "flow", SILENT }, { NULL, "flows", NUMBER, say("ways for information") }, { NULL, "gone", NUMBER, say("gone") },
	{ NULL, "holder", HOLDER, say("holder") }, { NULL, "holders", NUMBER, say("holders") }, { NULL, "hours", NUMBER, say("hours") }, { NULL, "import", NUMBER, say("import") },
	{ NULL, "incident", NUMBER, say("incident") }, { NULL, "item", SILENT }, { NULL, "job", NUMBER, say("work") }, { NULL, "kinds", KINDS, say("of it") }, { NULL, "known", YES, say("known") },
	{ NULL, "left", NUMBER, say("left") }, { NULL, "look", SILENT }, { NULL, "looked_up", YES, say("whose it is was looked up") }, { NULL, "made", MOMENT, say("made") },
	{ NULL, "masked", NUMBER, say("masked") }, { NULL, "measure", NUMBER, say("measure") }, { NULL, "met", NUMBER, say("files with finds") }, { NULL, "minutes", NUMBER, say("minutes a week") },
	{ NULL, "new", NUMBER, say("new") }, { NULL, "notice", SILENT }, { NULL, "numbers", NUMBER, say("numbers") }, { NULL, "odd", YES, say("something was odd") }, { NULL, "other", CUSTOMER, say("other") },
	{ NULL, "party", SILENT }, { NULL, "own", SILENT }, { NULL, "passkey", SILENT }, { NULL, "photo", YES, say("with a photo") }, { NULL, "question", SILENT }, { NULL, "refused", NUMBER, say("refused") }, { NULL, "role", ROLE, say("role") },
	{ NULL, "roles", SILENT }, { NULL, "round", NUMBER, say("round") }, { NULL, "rows", NUMBER, say("rows") }, { NULL, "second", SILENT }, { NULL, "seconds", SPAN, say("for") }, { NULL, "sessions", NUMBER, say("places") },
	{ NULL, "setting", SETTING, say("which") }, { NULL, "sign_in", SILENT }, { NULL, "slot", SILENT }, { NULL, "slots", SILENT }, { NULL, "spot", SILENT }, { NULL, "state", STATE, say("now") },
	{ NULL, "task", NUMBER, say("task") }, { NULL, "token", NUMBER, say("token") }, { NULL, "touches", NUMBER, say("payments") }, { NULL, "values", NUMBER, say("values") },
	{ NULL, "answer", SILENT }, { NULL, "code", SILENT }, { NULL, "assumption", SILENT }, { NULL, "bounce", NUMBER, say("returned mail") }, { NULL, "class", SILENT }, { NULL, "days", NUMBER, say("days") },
	{ NULL, "moved", YES, say("the notice goes on") }, { NULL, "reason", SILENT }, { NULL, "reply", SILENT }, { NULL, "draft", SILENT }, { NULL, "source", SILENT }, { NULL, "replies", NUMBER, say("answers") }, { NULL, "sentence", SILENT }, { NULL, "text", SILENT }, { NULL, "value", NUMBER, say("value") },
	{ NULL, "verdicts", NUMBER, say("verdicts") }, { NULL, "version", NUMBER, say("version") }, { NULL, "walk", SILENT }, { NULL, "with", HOLDER, say("with") }, { NULL, "wrong", YES, say("something is wrong") },
};

static const struct said channels[] = { [EMAIL] = say("e-mail"), [LETTER] = say("letter"), [SMS] = say("SMS"), [PHONE] = say("phone"), [IN_PERSON] = say("in person") };

struct paging { struct visit *v; struct log_row *row; size_t n; struct person *person; size_t persons; struct atlas atlas; };

static struct str person_said(struct paging *p, struct str number)
{
	int64_t id = 0;
	str_i64(number, &id);
	for (size_t i = 0; i < p->persons; i++)
		if (p->person[i].id == id)
			return p->person[i].name;
	return id ? number : str_of(visit_words(p->v, "Handback itself"));
}

static struct str holder_named(struct paging *p, int64_t id)
{
	for (size_t i = 0; i < p->atlas.holders; i++)
		if (p->atlas.holder[i].id.n == id)
			return p->atlas.holder[i].name;
	return arena_say(p->v->op->a, "%lld", (long long)id);
}

static struct str customer_named(struct paging *p, int64_t id)
{
	customer_id who = { (uint32_t)id };
	struct customer c;
	if (ledger_customers(p->v->op, &who, 1, &c))
		return c.ref;
	err_clear(&p->v->op->err);
	return arena_say(p->v->op->a, "%lld", (long long)id);
}

/* A fact's number, as people say it. */
static struct str number_said(struct paging *p, enum how how, struct str number)
{
	struct visit *v = p->v;
	int64_t n;
	if (!str_i64(number, &n))
		return number;
	switch (how) {
	case HOLDER:   return n ? holder_named(p, n) : str_of(visit_words(v, "nobody"));
	case CUSTOMER: return customer_named(p, n);
	case KINDS:    return kinds_words(v, (kinds)n);
	case MOMENT:   return n ? moment_words(v, n) : str_of(visit_words(v, "no end"));
	case SPAN:     return keeps_said(v, n);
	case YES:      return str_of(n ? visit_words(v, "yes") : visit_words(v, "no"));
	case ROLE:     return n == ROLE_OWNER || n == ROLE_MANAGER || n == ROLE_STAFF || n == ROLE_HELPER ? str_of(visit_words(v, role_said((enum role)n).english)) : number;
	case STATE:    return n >= DRAFTED && n <= UNREACHABLE ? str_of(state_said(v, (enum notice_state)n)) : number;
	case CHANNEL:  return n > 0 && n < (int64_t)LENGTH(channels) && channels[n].english ? str_of(visit_words(v, channels[n].english)) : number;
	case SORT:     return n >= READER && n <= PLACE ? str_of(sort_said(v, (enum holder_sort)n)) : number;
	case SETTING:  return visit_said(v, str_of(op_setting_help(n)));
	default:       return thousands(v, n);
	}
}

/* "person=1 incident=1 customers=99": who, and "incident 1, customers 99". Before somebody is signed in nobody is the person, and `who` is meant. */
static void facts_said(struct paging *p, struct str event, struct str text, struct log_row *row)
{
	struct buf b = BUF(4000);
	while (text.p && text.n) {
		struct str value = str_split(&text, ' '), name = str_split(&value, '=');
		if (str_eq(name, STR("person")) || (str_eq(name, STR("who")) && str_starts(row->facts, STR("person=0")))) {
			row->who = person_said(p, value);
			continue;
		}
		size_t i = 0;
		while (i < LENGTH(facts) && !(str_eq(name, str_of(facts[i].name)) && (!facts[i].event || str_starts(event, str_of(facts[i].event)))))
			i++;
		if (i < LENGTH(facts) && facts[i].how == SILENT)
			continue;
		struct str words = i < LENGTH(facts) ? str_of(visit_words(p->v, facts[i].words.english)) : name;
		struct str said = str_eq(name, STR("who")) ? person_said(p, value) : number_said(p, i < LENGTH(facts) ? facts[i].how : NUMBER, value);
		buf_printf(&b, "%s" STR_FMT " " STR_FMT, b.n ? ", " : "", STR_ARG(words), STR_ARG(said));
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
	facts_said(p, what, rest, row);
	return p->n < LOG_PAGE;
}

static bool log_show(struct visit *v, struct form *f, struct str compared, bool odd)
{
	struct log_view w = { .form = f, .compared = compared, .odd = odd };
	struct paging p = { .v = v, .row = ARENA_ARRAY(v->op->a, struct log_row, LOG_PAGE) };
	int64_t size, below = 0;
	if (!query_number(v, "below", &below) || !log_size(v->op, &size) || !person_list(v->op, &p.person, &p.persons) || !map_atlas(v->op, &p.atlas))
		return false;
	if (below <= 0 || below > size)
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

bool log_page(struct visit *v)
{
	return log_show(v, &(struct form){ 0 }, STR(""), false);
}

/* The verb's sentences, in the reader's language, one after another. */
bool log_compare_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct buf b = BUF(4 << 10);
	struct act a;
	act_begin(v, &a, "log verify");
	a.people = true;
	act_give(v, &a, "note", visit_text(v, "note"));
	bool good = act_do(v, &a), odd = a.attention;
	for (struct str rest = buf_str(&a.rows); good && rest.n;) {
		struct str line = words_fit(v->op->a, v->o->language, str_split(&rest, '\n'));
		if (line.n)
			buf_printf(&b, "%s" STR_FMT, b.n ? " " : "", STR_ARG(line));
	}
	struct str said = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	act_end(&a);
	if (!good)
		act_fault(v, &f);
	return log_show(v, &f, said, odd);
}

bool checkpoint_page(struct visit *v)
{
	struct kept_head h;
	if (!proof_head(v->op, &h))
		return false;
	v->reply->type = "text/plain; charset=utf-8";
	reply_head(v->reply, "Content-Disposition", STR("attachment; filename=\"checkpoint.txt\""));
	buf_put(&v->reply->body, h.note);
	return true;
}

bool checkpoint_sheet_page(struct visit *v)
{
	enum { SHEET_MAX = 4 << 20 };
	struct stat st;
	int fd = memfd_create("sheet", MFD_CLOEXEC);
	bool good = fd >= 0 && checkpoint_sheet(v->op, v->o->language == SPANISH, fd) && fstat(fd, &st) == 0 && st.st_size <= SHEET_MAX;
	char *to = good ? buf_space(&v->reply->body, (size_t)st.st_size) : NULL;
	good = to && pread(fd, to, (size_t)st.st_size, 0) == st.st_size;
	if (fd >= 0)
		close(fd);
	if (!good)
		return err_set(&v->op->err, OUTSIDE, NULL, "The sheet could not be made.");
	v->reply->type = "application/pdf";
	reply_head(v->reply, "Content-Disposition", STR("attachment; filename=\"checkpoint.pdf\""));
	return true;
}

/* One customer's proof as a file. */
bool proof_page(struct visit *v)
{
	struct act a;
	act_begin(v, &a, "log proof");
	a.people = true;
	act_give(v, &a, "round", arena_say(v->op->a, STR_FMT "." STR_FMT, STR_ARG(pair_text(v->ask->param, "n")), STR_ARG(pair_text(v->ask->param, "r"))));
	act_give(v, &a, "customer", pair_text(v->ask->param, "ref"));
	bool good = act_do(v, &a);
	if (good) {
		v->reply->type = "text/plain; charset=utf-8";
		reply_head(v->reply, "Content-Disposition", STR("attachment; filename=\"notice.tlog-proof\""));
		buf_put(&v->reply->body, buf_str(&a.rows));
	}
	act_end(&a);
	return good;
}
