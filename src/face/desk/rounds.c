/* rounds - notices: drafting, reading real ones, approving with the number and the passphrase, how far they are, and what people report. */
#include "act.h"
#include "courier.h"
#include "response.h"

#include <stdio.h>
#include <unistd.h>

enum { PREVIEWS = 3, MINUTES_TO_UNDO = 10, REFRESH_SECONDS = 5 };

static struct str round_path(struct visit *v)
{
	return arena_say(v->op->a, "/incident/%lld/round/%lld", (long long)path_number(v, "n"), (long long)path_number(v, "r"));
}

struct str round_words(struct visit *v)
{
	return notice_round_name(v->op, path_number(v, "n"), path_number(v, "r"));
}

/* ---- drafting ---- */

static bool draft_show(struct visit *v, const struct form *f)
{
	struct draft_view w = { .form = f, .doing = op_setting(v->op, "notice.doing") };
	if (!incident_get(v->op, path_number(v, "n"), &w.i))
		return false;
	v->back = arena_say(v->op->a, "/incident/%lld", (long long)w.i.id);
	page_draft(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Draft a notice")));
}

bool draft_page(struct visit *v)
{
	return draft_show(v, &(struct form){ 0 });
}

/* Plain paragraphs become a whole text, in the business's language; what begins with its own title is one already. */
static struct str update_text(struct visit *v, struct str typed)
{
	bool spanish = str_starts(op_setting(v->op, "language"), STR("es"));
	return str_starts(typed, STR("#")) ? typed : arena_say(v->op->a, "# %s\n\n{{ greeting }}\n\n" STR_FMT "\n\n{{ call }}\n\n{{ business }}\n",
	                                                       spanish ? "Novedades sobre su información" : "An update about your information", STR_ARG(typed));
}

bool draft_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	bool update = str_eq(visit_text(v, "for"), STR("told"));
	if (update && !visit_text(v, "words").n) {
		form_fault(&f, "words", str_of(visit_words(v, "Write what is new: an update is in your own words.")));
		v->reply->status = 422;
		return draft_show(v, &f);
	}
	struct act set, a;
	act_begin(v, &set, "set");
	act_give(v, &set, "key", STR("notice.doing"));
	act_give(v, &set, "value", visit_text(v, "doing"));
	bool good = !visit_text(v, "doing").n || act_do(v, &set);
	act_end(&set);
	act_begin(v, &a, "notice draft");
	act_give(v, &a, "incident", pair_text(v->ask->param, "n"));
	act_give(v, &a, "for", visit_text(v, "for"));
	if (update)
		act_give(v, &a, "words", update_text(v, visit_text(v, "words")));
	good = good && act_do(v, &a);
	bool made = good && a.rows.n;
	act_end(&a);
	struct notice_round *r;
	size_t n;
	if (made && notice_rounds(v->op, path_number(v, "n"), &r, &n) && n)
		return visit_see(v, arena_say(v->op->a, "/incident/%lld/round/%lld", (long long)r[0].incident, (long long)r[0].round));
	if (good)
		form_fault(&f, "", str_of(visit_words(v, "Nobody is left to tell: each customer at risk is in an earlier round.")));
	else
		act_fault(v, &f);
	return draft_show(v, &f);
}

/* ---- one round ---- */

bool round_named(struct visit *v, struct notice_round *out)
{
	struct notice_round *r;
	size_t n;
	if (!notice_rounds(v->op, path_number(v, "n"), &r, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (r[i].round == path_number(v, "r")) {
			*out = r[i];
			return true;
		}
	return err_set(&v->op->err, NOT_FOUND, "round", "%s", visit_words(v, "There is no such round of notices."));
}

const char *state_said(struct visit *v, enum notice_state s)
{
	static const struct said words[] = {
		[DRAFTED] = say("Drafted"), [QUEUED] = say("To be sent"), [HANDED] = say("With the mail server, no answer yet"), [SENT] = say("Sent"),
		[IN_DOUBT] = say("In doubt: it may have been sent"), [BOUNCED] = say("The address does not work"), [FAILED] = say("Could not be written"),
		[PRINTED] = say("Letter to be posted"), [POSTED] = say("In the post"), [ACKNOWLEDGED] = say("Reached"), [RETURNED] = say("Came back"),
		[UNDONE] = say("Taken back"), [UNREACHABLE] = say("No address left"),
	};
	return visit_words(v, words[s].english);
}

/* What may help next with those who are in this state; empty: nothing is to be done by hand. */
static const char *next_said(struct visit *v, enum notice_state s)
{
	switch (s) {
	case IN_DOUBT:    return visit_words(v, "Ask them whether it came. If not, try again: they may then get it twice.");
	case BOUNCED:     return visit_words(v, "Call them, or correct the address and try again.");
	case FAILED:      return visit_words(v, "Try again. If it fails once more, call them.");
	case RETURNED:    return visit_words(v, "Call or visit them, or correct the address and try again.");
	case UNREACHABLE: return visit_words(v, "Call or visit them. If you learn an address, correct it and try again.");
	default:          return "";
	}
}

static bool previews_of(struct visit *v, struct round_view *w)
{
	customer_id some[PREVIEWS];
	size_t n;
	struct notice_preview *p = ARENA_ARRAY(v->op->a, struct notice_preview, PREVIEWS);
	if (!notice_some(v->op, w->r.incident, w->r.round, some, PREVIEWS, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!notice_preview(v->op, w->r.incident, w->r.round, some[i], &p[i]))
			return false;
	w->preview = p, w->previews = n;
	return true;
}

static struct str split_said(struct visit *v, int64_t email, int64_t letter)
{
	const struct plural mail = plural(email, "{n} by e-mail", "{n} by e-mail"), post = plural(letter, "{n} by letter", "{n} by letter");
	struct buf b = BUF(200);
	struct html o = { .b = &b, .language = v->o->language };
	if (email || !letter)
		html_plural(&o, mail);
	if (email && letter)
		buf_put(&b, STR(", "));
	if (letter)
		html_plural(&o, post);
	struct str said = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return said;
}

static bool round_show(struct visit *v, struct form *f, bool previews)
{
	struct round_view w = { .form = f };
	if (!round_named(v, &w.r) || !incident_get(v->op, w.r.incident, &w.i))
		return false;
	if (previews && !(act_key(v) && previews_of(v, &w)))
		act_fault(v, f);
	struct state_row *row = ARENA_ARRAY(v->op->a, struct state_row, UNREACHABLE + 2);
	const struct split *s = &w.r.split;
	for (enum notice_state k = DRAFTED; k <= UNREACHABLE; k++) {
		int64_t lies = k == SENT ? w.r.in_outbox : 0;
		if (lies)
			row[w.rows++] = (struct state_row){ notice_state_name(k), visit_words(v, "In the outbox"), visit_words(v, "Send them with your mail program."), lies };
		if (s->state[k] - lies)
			row[w.rows++] = (struct state_row){ notice_state_name(k), state_said(v, k), next_said(v, k), s->state[k] - lies };
	}
	w.row = row;
	w.email = s->by[DRAFTED][EMAIL] + s->by[QUEUED][EMAIL];
	w.letter = s->by[DRAFTED][LETTER] + s->by[QUEUED][LETTER];
	w.no_way = s->by[DRAFTED][NO_CHANNEL];
	w.told = s->state[SENT] + s->state[POSTED] + s->state[ACKNOWLEDGED] - w.r.in_outbox;
	w.waits = notice_waits(s) + s->state[HANDED], w.by_hand = s->state[QUEUED] - notice_waits(s);
	w.split = split_said(v, w.email, w.letter);
	w.locked = !act_key_at_hand(v);
	w.no_sender = w.email && !op_setting(v->op, "mail.from").n;
	w.no_server = !op_setting(v->op, "mail.server").n || str_eq(op_setting(v->op, "mail.server"), STR("none"));
	w.no_phone = !op_setting(v->op, "business.phone").n;
	int64_t cents, letters = w.letter + s->state[PRINTED];
	if (letters && !cost_letter(v->op, &cents))
		return false;
	if (letters)
		w.cost = money_words(v, letters * cents), w.letter_cost = money_words(v, cents);
	/* as `notice undo` can: what has not gone out, and what only lies in the outbox */
	w.can_undo = w.r.approved && !w.r.undone && s->state[DRAFTED] + s->state[QUEUED] + s->state[PRINTED] + w.r.in_outbox > 0;
	if (w.can_undo && notice_waits(s) && w.r.due > v->op->now)
		w.goes_at = moment_words(v, w.r.due), w.gone = s->state[SENT] + s->state[IN_DOUBT] + s->state[BOUNCED] + s->state[POSTED] + s->state[ACKNOWLEDGED] + s->state[RETURNED] > 0;
	w.may = v->session->login.role & ROLES_LEAD, w.work = v->session->login.role & ROLES_WORK;
	struct courier_state courier;
	struct notice_text text;
	struct str file[LETTER_FILES];
	if (!courier_state(v->op, &courier) || !notice_text(v->op, w.i.id, w.r.round, &text) || (w.may && s->state[PRINTED] && !notice_letters(v->op, w.i.id, w.r.round, file, &w.files)))
		return false;
	w.own_words = text.own, w.file = file;
	if (w.may && !w.r.approved && !w.r.undone && !notice_look(v->op, w.i.id, w.r.round, &w.look))
		return false;
	if (w.look.counted)
		counting_ask(v->op, false);
	if (w.waits)
		w.courier = visit_said(v, courier.say);
	if (!held_words(v, w.i.id, &w.held))
		return false;
	w.approved = moment_words(v, w.r.approved), w.outbox = arena_say(v->op->a, STR_FMT "/outbox/" STR_FMT, STR_ARG(v->op->folder), STR_ARG(round_words(v)));
	if (w.waits && w.r.approved && !f->n)
		v->refresh = REFRESH_SECONDS;
	v->back = arena_say(v->op->a, "/incident/%lld", (long long)w.i.id);
	v->faulty |= f->n > 0;
	page_round(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Notices")));
}

bool round_page(struct visit *v)
{
	return round_show(v, &(struct form){ 0 }, false);
}

bool round_preview_do(struct visit *v)
{
	return round_show(v, &(struct form){ 0 }, true);
}

/* The number is typed, so that nobody approves what they did not look at. */
bool round_approve_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct notice_round r;
	struct act a;
	int64_t n;
	if (!round_named(v, &r))
		return false;
	if (!number_typed(v, "number", &n) || n != r.split.all)
		form_fault(&f, "number", str_of(visit_words(v, "Type how many customers this goes to, as it stands above.")));
	if (!pair_text(v->ask->form, "passphrase").n)
		form_fault(&f, "passphrase", str_of(visit_words(v, "Type your passphrase: sending needs it each time.")));
	if (f.n) {
		v->reply->status = 422;
		return round_show(v, &f, false);
	}
	act_begin(v, &a, "notice approve");
	act_give(v, &a, "round", round_words(v));
	act_give(v, &a, "wait", arena_say(v->op->a, "%d", MINUTES_TO_UNDO));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, round_path(v));
	act_fault(v, &f);
	return round_show(v, &f, false);
}

/* What a person decides or reports: one form each, one verb each. */
static const struct { const char *word, *verb; bool customer; } doings[] = {
	{ "undo", "notice undo", false }, { "throw", "notice undo", false }, { "posted", "notice posted", false }, { "mails", "notice posted", false }, { "retry", "notice retry", true },
	{ "returned", "notice returned", true }, { "reached", "notice reached", true }, { "visited", "notice reached", true }, { "resend", "notice retry", false },
	{ "no-answer", "notice called", true }, { "wrong-number", "notice called", true },
};

bool round_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str word = visit_text(v, "do"), customer = visit_text(v, "customer"), state = visit_text(v, "state");
	size_t k = 0;
	while (k < LENGTH(doings) && !str_eq(word, str_of(doings[k].word)))
		k++;
	if (k == LENGTH(doings))
		return err_set(&v->op->err, INVALID, "do", "%s", visit_words(v, "Go back, load the page again and choose once more."));
	if (doings[k].customer && !customer.n) {
		form_fault(&f, "customer", str_of(visit_words(v, "Type the customer's reference, like C-000123.")));
		v->reply->status = 422;
		return round_show(v, &f, false);
	}
	struct act a;
	act_begin(v, &a, doings[k].verb);
	act_give(v, &a, "round", round_words(v));
	if (str_eq(word, STR("throw")))
		act_flag(v, &a, "draft");
	if (doings[k].customer)
		act_give(v, &a, "customer", customer);
	if (str_eq(word, STR("mails")))
		act_flag(v, &a, "mails");
	if (str_eq(word, STR("resend")))
		act_give(v, &a, "state", STR("outbox"));
	if (str_eq(word, STR("reached")) || str_eq(word, STR("visited")))
		act_give(v, &a, "by", *word.p == 'v' ? STR("in-person") : visit_text(v, "by"));
	if (str_eq(str_of(doings[k].verb), STR("notice called")))
		act_give(v, &a, "how", word);
	bool good = act_do(v, &a);
	act_end(&a);
	if (good && visit_text(v, "calls").n)
		return visit_see(v, arena_say(v->op->a, STR_FMT "/calls%s", STR_ARG(round_path(v)), visit_text(v, "names").n ? "?names=yes" : ""));
	if (good)
		return visit_see(v, state.n ? arena_say(v->op->a, STR_FMT "/state/" STR_FMT "%s", STR_ARG(round_path(v)), STR_ARG(state), visit_text(v, "names").n ? "?names=yes" : "")
		                            : round_path(v));
	act_fault(v, &f);
	return round_show(v, &f, false);
}

/* ---- who is in one state ---- */

/* By name, with what can be tried: for those who may see contacts, when they ask for it. */
static bool names_of(struct visit *v, struct state_row_one *row, size_t n)
{
	customer_id *who = ARENA_ARRAY(v->op->a, customer_id, n + 1);
	struct customer *c = ARENA_ARRAY(v->op->a, struct customer, n + 1);
	for (size_t i = 0; i < n; i++)
		who[i] = row[i].one.who;
	if (n && !notice_people(v->op, who, n, c))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct address *a = c[i].addresses ? &c[i].address[0] : NULL;
		row[i].name = c[i].names ? c[i].name[0].value : STR("");
		row[i].phone = c[i].phones ? c[i].phone[0].value : STR("");
		row[i].dial = str_dial(v->op->a, row[i].phone);
		if (a)
			row[i].address = arena_say(v->op->a, STR_FMT "%s" STR_FMT, STR_ARG(a->line1), a->line1.n && a->city.n ? ", " : "", STR_ARG(a->city));
	}
	return true;
}

static bool state_show(struct visit *v, const struct form *f)
{
	struct state_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD, .locked = !act_key_at_hand(v) };
	struct str name = pair_text(v->ask->param, "state");
	enum notice_state s = DRAFTED;
	int64_t skip = 0;
	struct notice_one *one;
	while (s <= UNREACHABLE && !str_eq(name, str_of(notice_state_name(s))))
		s++;
	if (s > UNREACHABLE)
		return err_set(&v->op->err, NOT_FOUND, "state", "%s", visit_words(v, "There is no such list."));
	if (!query_number(v, "skip", &skip) || !round_named(v, &w.r) || !incident_get(v->op, w.r.incident, &w.i) || !notice_in_state(v->op, w.r.incident, w.r.round, s, skip, &one, &w.rows))
		return false;
	struct state_row_one *row = ARENA_ARRAY(v->op->a, struct state_row_one, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		row[i].one = one[i];
	w.names = w.may && !w.locked && pair_has(v->ask->query, "names");
	if (w.names && !names_of(v, row, w.rows))
		return false;
	w.row = row, w.name = notice_state_name(s), w.words = state_said(v, s), w.next = next_said(v, s), w.n = w.r.split.state[s];
	w.open = notice_state_open(s) && s != DRAFTED && s != QUEUED && s != HANDED;
	w.path.s = arena_say(v->op->a, STR_FMT "/state/%s", STR_ARG(round_path(v)), w.name);
	const char *names = w.names ? "&names=yes" : "";
	if (skip + (int64_t)w.rows < w.n && w.rows)
		w.more.s = arena_say(v->op->a, STR_FMT "?skip=%lld%s", STR_ARG(w.path.s), (long long)skip + NOTICE_PAGE, names);
	if (skip)
		w.first.s = arena_say(v->op->a, STR_FMT "?skip=0%s", STR_ARG(w.path.s), names);
	v->back = round_path(v);
	page_state(v->o, &w);
	return visit_show(v, str_of(w.words));
}

bool state_page(struct visit *v)
{
	return state_show(v, &(struct form){ 0 });
}

bool state_names_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	if (act_key(v))
		return visit_see(v, arena_say(v->op->a, STR_FMT "?names=yes", STR_ARG(v->ask->path)));
	act_fault(v, &f);
	return state_show(v, &f);
}

/* ---- printed letters ---- */

/* They carry names and addresses: as many looks are in the log as letters wait for the post. */
bool letters_page(struct visit *v)
{
	struct notice_round r;
	struct str name = pair_text(v->ask->param, "file");
	bool list = str_eq(name, STR("letters.csv"));            /* references only */
	int fd;
	if (!round_named(v, &r) || !notice_letters_open(v->op, r.incident, r.round, name, &fd, &v->reply->size))
		return false;
	if (!list && !op_looked(v->op, (uint64_t)r.split.state[PRINTED])) {
		close(fd);
		return false;
	}
	v->reply->fd = fd;
	v->reply->type = list ? "text/csv; charset=utf-8" : "application/pdf";
	reply_head(v->reply, "Content-Disposition", arena_say(v->op->a, "attachment; filename=\"" STR_FMT "-" STR_FMT "\"", STR_ARG(round_words(v)), STR_ARG(name)));
	return true;
}
