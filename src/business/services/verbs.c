/* verbs - the register of services by hand, evidence, what is due, comparing, and leaving one. */
#include "services.h"
#include "signins.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

enum { HOURS_MAX = 8760, DAYS_MAX = 3660, ICS_MAX = 1 << 20 };

static struct str day_said(struct op *op, int64_t at)
{
	return when_day_text(op->a, op->zone, at, "en");
}

/* ---- what fields ask for ---- */

/* The service of this name; a place of the same name is not meant. */
static bool service_asked_for(struct op *op, const struct args *args, struct service *s)
{
	struct holder h;
	struct str name = args_text(args, "service");
	if (!map_find(op, str_starts(name, STR("service:")) ? name : arena_say(op->a, "service:" STR_FMT, STR_ARG(name)), &h)) {
		if (op->err.code != NOT_FOUND)
			return false;
		err_clear(&op->err);
		return err_set(&op->err, NOT_FOUND, "service", "There is no service \"" STR_FMT "\". handback service list shows them; handback service add takes one on.", STR_ARG(name));
	}
	return service_get(op, h.id, s);
}

static bool span_asked(struct op *op, const struct args *args, const char *name, struct span *span)
{
	return when_parse(args_text(args, name), op->zone, span) || err_set(&op->err, INVALID, name, "That is no day. A day is written like 2026-11-27.");
}

/* A day: its first second. */
static bool day_asked(struct op *op, const struct args *args, const char *name, int64_t *at)
{
	struct span span;
	if (!args_has(args, name))
		return true;
	if (!span_asked(op, args, name, &span))
		return false;
	*at = span.from;
	return true;
}

static bool past_day_asked(struct op *op, const struct args *args, const char *name, int64_t *at)
{
	struct span span = { .from = *at };
	if (!op_been(op, name, args_text(args, name), &span))
		return false;
	*at = span.from;
	return true;
}

static bool yes_no_asked(struct op *op, const struct args *args, const char *name, int *said)
{
	struct str text = args_text(args, name);
	if (!text.n)
		return true;
	*said = str_eq(text, STR("yes")) ? 1 : str_eq(text, STR("no")) ? 2 : 0;
	return *said || err_set(&op->err, INVALID, name, "--%s is yes or no.", name);
}

static bool text_asked(struct op *op, const struct args *args, const char *name, struct str *text)
{
	if (!args_has(args, name))
		return true;
	*text = args_text(args, name);
	return text->n <= TEXT_MAX || err_set(&op->err, INVALID, name, "That is too long: at most %d characters.", TEXT_MAX);
}

static bool domain_asked(struct op *op, const struct args *args, struct str *domain)
{
	struct str text = *domain;
	if (!text_asked(op, args, "domain", &text))
		return false;
	if (str_starts(text, STR("https://")))
		text.p += 8, text.n -= 8;
	text = str_split(&text, '/');
	bool dot = false, good = text.n <= 253;
	for (size_t i = 0; i < text.n && good; i++) {
		char c = text.p[i];
		dot |= c == '.';
		good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || ((c == '-' || c == '.') && i && i + 1 < text.n);
	}
	*domain = text;
	return !text.n || (good && dot) || err_set(&op->err, INVALID, "domain", "A website is written like squareup.com.");
}

static bool spanish_asked(struct op *op, const struct args *args, bool *spanish)
{
	struct str language = args_text(args, "language");
	*spanish = str_eq(language, STR("es"));
	return !language.n || *spanish || str_eq(language, STR("en")) || err_set(&op->err, INVALID, "language", "--language is en or es.");
}

/* ---- showing ---- */

/* "card_last4 of 2900 customers, email of 1204" */
static struct str holds_said(struct op *op, const struct holding *h)
{
	struct kind_count k[KIND_COUNT];
	size_t n = holding_kinds(h, k);
	struct buf b = BUF(4096);
	if (!h->known)
		return STR("not counted yet");
	if (h->untold)
		return STR("nobody told what it gets");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s of %s", i ? ", " : "", kind_name(k[i].kind), i ? arena_printf(op->a, "%" PRId64, k[i].n) : counted(op->a, k[i].n, "customer", "customers"));
	if (h->unnamed)
		buf_printf(&b, "%s%s", b.n ? "; " : "", counted(op->a, h->unnamed, "payment that names nobody", "payments that name nobody"));
	if (h->found)
		buf_printf(&b, "%s%s in files there", b.n ? "; " : "", counted(op->a, h->found, "number", "numbers"));
	if (!b.n)
		buf_put(&b, STR("nothing now"));
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

static void row_of(const struct looked *l, struct answer *answer)
{
	struct kind_count k[KIND_COUNT];
	struct str words[KIND_COUNT], lacks[32];
	int64_t counts[KIND_COUNT];
	size_t n = holding_kinds(&l->h, k), because = 0, m = 0;
	for (size_t i = 0; i < n; i++)
		words[i] = str_of(kind_name(k[i].kind)), counts[i] = k[i].n;
	answer_text(answer, "service", l->s.name);
	answer_number(answer, "holder", l->s.id.n);
	answer_text(answer, "known", l->s.known ? l->s.known->name : STR(""));
	answer_text(answer, "does", l->s.known ? l->s.known->does.en : STR(""));
	answer_number(answer, "customers", l->h.customers);
	answer_number(answer, "unnamed", l->h.unnamed);
	answer_counts(answer, "by_kind", words, counts, n);
	answer_time(answer, "counted", l->h.known ? l->h.at : FAR_OFF);
	answer_flag(answer, "stale", l->h.stale);
	answer_flag(answer, "untold", l->h.untold);
	answer_flag(answer, "card", l->s.card);
	for (int i = 0; i < STAKES; i++)
		if (l->stakes >> i & 1)
			words[because++] = stake_says((enum stake)i)->en;
	answer_words(answer, "because", words, because);
	for (size_t i = 0; i < l->lacks && m < LENGTH(lacks); i++)
		if (!l->lack[i].met)
			lacks[m++] = l->lack[i].need->name;
	answer_words(answer, "missing", lacks, m);
	answer_words(answer, "domains", l->s.domain, l->s.domains);
	answer_text(answer, "contact", l->s.contact);
	answer_number(answer, "hours", l->s.hours);
	answer_text(answer, "clause", l->s.clause);
	answer_text(answer, "account", l->s.account);
	answer_time(answer, "ends", l->s.ends);
	answer_time(answer, "used", l->s.used ? l->s.used : FAR_OFF);
	answer_time(answer, "left", l->s.until);
	answer_time(answer, "asked", l->s.asked ? l->s.asked : FAR_OFF);
	answer_time(answer, "deleted", l->s.emptied ? l->s.emptied : FAR_OFF);
}

static const char *state_said(struct op *op, const struct service *s)
{
	if (s->until > op->now)
		return "";
	if (s->emptied)
		return arena_printf(op->a, "  (left; deleted there by " STR_FMT ")", STR_ARG(day_said(op, s->emptied)));
	return s->asked ? arena_printf(op->a, "  (left; deletion asked for on " STR_FMT ", not confirmed: still counts)", STR_ARG(day_said(op, s->asked)))
	                : "  (left; deletion not asked for: still counts)";
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct looked *l;
	size_t n;
	if (!services_look(op, args_has(args, "gone"), &l, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		answer_row(answer);
		row_of(&l[i], answer);
		answer_row_end(answer);
		answer_say(answer, STR_FMT "%s: " STR_FMT ".", STR_ARG(l[i].s.name), state_said(op, &l[i].s), STR_ARG(holds_said(op, &l[i].h)));
		if (l[i].missing)
			answer_say(answer, "    %s of it: handback service show '" STR_FMT "'", counted(op->a, (int64_t)l[i].missing, "thing is lacking", "things are lacking"), STR_ARG(l[i].s.name));
	}
	if (!n)
		answer_say(answer, "No service is on the map that is used or may still have something. An import or the walk-through brings those that you use; or: handback service add Mailchimp");
	return true;
}

static void show_evidence(struct op *op, const struct evidence *e, struct answer *answer)
{
	static const char *const whose[] = { [WORD_THEIRS] = "theirs", [WORD_AUDITOR] = "an auditor's", [WORD_BRAND] = "a card brand's or the PCI Council's", [WORD_OURS] = "ours",
		[WORD_CONTRACT] = "the contract's", [WORD_MEASURED] = "measured", [WORD_PUBLIC] = "a public catalogue's" };
	static const char *const results[] = { "", ": as it should be", ": not as it should be", ": could not be looked at" };
	answer_row(answer);
	answer_number(answer, "evidence", e->id);
	answer_text(answer, "sort", e->sort->name);
	answer_text(answer, "what", e->sort->says.en);
	answer_text(answer, "word", str_of(whose[e->sort->word]));
	answer_number(answer, "result", e->result);
	answer_time(answer, "seen", e->seen);
	answer_time(answer, "until", e->until);
	answer_text(answer, "note", e->note);
	answer_text(answer, "link", e->link);
	answer_row_end(answer);
	answer_say(answer, "%5" PRId64 "  " STR_FMT "%s, of " STR_FMT "%s" STR_FMT " (word: %s)%s" STR_FMT "%s" STR_FMT, e->id, STR_ARG(e->sort->says.en), results[e->result], STR_ARG(day_said(op, e->seen)),
	           e->until >= FAR_OFF ? "" : e->until <= op->now ? ", ran out on " : ", until ", STR_ARG(e->until < FAR_OFF ? day_said(op, e->until - 1) : STR("")), whose[e->sort->word],
	           e->note.n ? ". " : "", STR_ARG(e->note), e->link.n ? ". At: " : "", STR_ARG(e->link));
}

static bool sign_ins_say(struct op *op, holder_id id, struct answer *answer)
{
	static const char *const seconds[] = { "second step not told", "with a second step", "a password alone" };
	struct access *a;
	size_t n;
	if (!access_list(op, false, &a, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (a[i].holder.id.n == id.n) {
			answer_row(answer);
			answer_number(answer, "sign_in", a[i].id);
			answer_text(answer, "who", a[i].person.name);
			answer_text(answer, "second_step", str_of(a[i].second == SECOND_YES ? "yes" : a[i].second == SECOND_NO ? "no" : "not told"));
			answer_row_end(answer);
			answer_say(answer, "  " STR_FMT " can sign in, %s.", STR_ARG(a[i].person.name), seconds[a[i].second]);
		}
	return true;
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct service s;
	struct looked l;
	struct evidence *e;
	size_t n;
	if (!service_asked_for(op, args, &s) || !service_look(op, &s, &l) || !evidence_list(op, s.id, args_has(args, "ended"), &e, &n))
		return false;
	answer_row(answer);
	row_of(&l, answer);
	answer_row_end(answer);
	answer_say(answer, STR_FMT "%s: " STR_FMT ".", STR_ARG(s.name), state_said(op, &s), STR_ARG(holds_said(op, &l.h)));
	if (l.h.stale)
		answer_say(answer, "  As counted on " STR_FMT "; something has changed since.", STR_ARG(day_said(op, l.h.at)));
	for (int i = 0; i < STAKES; i++)
		if (l.stakes >> i & 1)
			answer_say(answer, "  %s" STR_FMT ".", l.h.untold ? "Usual with such a service: " : "", STR_ARG(stake_says((enum stake)i)->en));
	if (s.hours != HOURS_UNTOLD || s.contact.n)
		answer_say(answer, "  If something happens there: " STR_FMT "%s%s" STR_FMT "%s", STR_ARG(s.contact.n ? s.contact : STR("nobody is noted to call")),
		           s.hours == HOURS_UNTOLD ? "" : s.hours ? arena_printf(op->a, ". It tells us within %s", counted(op->a, s.hours, "hour", "hours")) : ". It promises no time",
		           s.clause.n ? " (" : "", STR_ARG(s.clause), s.clause.n ? ")" : "");
	if (!sign_ins_say(op, s.id, answer))
		return false;
	for (size_t i = 0; i < n; i++)
		show_evidence(op, &e[i], answer);
	for (size_t i = 0; i < l.lacks; i++)
		if (!l.lack[i].met)
			answer_say(answer, "  Lacking: " STR_FMT "%s. " STR_FMT " (" STR_FMT ")", STR_ARG(l.lack[i].need->says.en),
			           l.lack[i].was ? arena_printf(op->a, " (ran out on " STR_FMT ")", STR_ARG(day_said(op, l.lack[i].was - 1))) : "", STR_ARG(l.lack[i].need->what.en), STR_ARG(l.lack[i].need->source));
	return true;
}

static bool known_run(struct op *op, const struct args *args, struct answer *answer)
{
	static const char *const roles[] = { [CARD_NONE] = "none", [CARD_PARTNER] = "partner", [CARD_PROCESSOR] = "processor", [CARD_TAKES] = "takes", [CARD_AFFECTS] = "affects" };
	size_t n;
	const struct known_service *k = services_known(&n), *only = args_has(args, "service") ? service_known(args_text(args, "service")) : NULL;
	if (args_has(args, "service") && !only)
		return err_set(&op->err, NOT_FOUND, "service", "Nothing is known of \"" STR_FMT "\" here.", STR_ARG(args_text(args, "service")));
	for (size_t i = 0; i < n; i++) {
		if (only && only != &k[i])
			continue;
		answer_row(answer);
		answer_text(answer, "service", k[i].name);
		answer_text(answer, "does", k[i].does.en);
		answer_text(answer, "domains", k[i].domains);
		answer_text(answer, "usual", kinds_text(op->a, k[i].usual, ","));
		answer_text(answer, "maybe", kinds_text(op->a, k[i].maybe, ","));
		answer_text(answer, "card", str_of(roles[k[i].card]));
		answer_text(answer, "evidence", k[i].way.en);
		answer_flag(answer, "second_step", k[i].second);
		answer_text(answer, "status", k[i].status);
		answer_text(answer, "export", k[i].export.en);
		answer_text(answer, "ask", k[i].ask.en);
		answer_text(answer, "sure", k[i].sure);
		answer_row_end(answer);
		answer_say(answer, STR_FMT " " STR_FMT ". Usually holds: " STR_FMT ".", STR_ARG(k[i].name), STR_ARG(k[i].does.en), STR_ARG(k[i].usual ? kinds_text(op->a, k[i].usual, ", ") : STR("what is put there")));
	}
	return true;
}

/* ---- the register ---- */

static bool told_asked(struct op *op, const struct args *args, struct service *s)
{
	int64_t hours;
	if (!domain_asked(op, args, &s->told) || !text_asked(op, args, "contact", &s->contact) || !text_asked(op, args, "clause", &s->clause) || !text_asked(op, args, "account", &s->account) ||
	    !yes_no_asked(op, args, "card", &s->said_card) || !yes_no_asked(op, args, "page", &s->said_page) || !day_asked(op, args, "ends", &s->ends))
		return false;
	if (args_number(args, "hours", &hours)) {
		if (hours < 0 || hours > HOURS_MAX)
			return err_set(&op->err, INVALID, "hours", "Within how many hours it tells us is a number from 0 (it promises nothing) to %d.", HOURS_MAX);
		s->hours = hours;
	}
	s->used = op->now;                                       /* whoever tells of it says that it is used */
	return true;
}

/* Where its data comes from: a way on the map, for these kinds, or those that are usual with it. */
static bool flow_asked(struct op *op, const struct args *args, const struct service *s)
{
	struct holder from;
	struct atlas m;
	struct flow f = { .to = s->id, .manner = COPIES, .kinds = s->known ? s->known->usual : 0, .keeps = KEEPS_UNTOLD, .since = LONG_AGO, .until = FAR_OFF };
	struct str bad;
	if (!args_has(args, "from"))
		return !args_has(args, "kinds") || err_set(&op->err, INVALID, "from", "Where do these kinds come from? Name a holder on the map.");
	if (!map_find(op, args_text(args, "from"), &from) || !map_atlas(op, &m))
		return false;
	if (args_has(args, "kinds") && !kinds_parse(args_text(args, "kinds"), ',', &f.kinds, &bad))
		return err_set(&op->err, INVALID, "kinds", "--kinds is a list like name,email. Kinds are: " STR_FMT ".", STR_ARG(kinds_text(op->a, KINDS_ALL, ", ")));
	if (!f.kinds)
		return err_set(&op->err, INVALID, "kinds", "Which kinds of data get there? Say at least one, like name,email.");
	if (from.id.n == s->id.n)
		return err_set(&op->err, INVALID, "from", "A flow goes from one holder to another.");
	f.from = from.id;
	return map_flow_put(op, &m, &f);
}

static bool add_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str text = args_text(args, "service"), name = str_starts(text, STR("service:")) ? (struct str){ text.p + 8, text.n - 8 } : text;
	struct service s;
	struct looked l;
	holder_id id;
	struct str near;
	struct evidence why = { .sort = evidence_sort(STR("diligence")), .seen = op->now };
	if (!name.n || name.n > 200)
		return err_set(&op->err, INVALID, "service", "A service's name has 1 to 200 characters.");
	if (!map_near(op, SERVICE, name, MISTYPED, &near) || !map_name(op, SERVICE, name, 0, &id) || !service_get(op, id, &s) || !told_asked(op, args, &s) || !service_put(op, &s) || !flow_asked(op, args, &s) ||
	    !text_asked(op, args, "why", &why.note))
		return false;
	why.holder = id;
	if ((why.note.n && !evidence_put(op, &why)) || !service_get(op, id, &s) || !service_look(op, &s, &l))
		return false;
	answer_row(answer);
	row_of(&l, answer);
	answer_row_end(answer);
	answer_say(answer, STR_FMT " is in the register.", STR_ARG(s.name));
	if (near.n)
		answer_note(answer, "A name very near it stands there, too: " STR_FMT ". If that was meant, leave this one again.", STR_ARG(near));
	if (l.h.untold)
		answer_say(answer, "Nobody told what it gets yet. Where does its data come from? handback service add '" STR_FMT "' --from HOLDER%s" STR_FMT, STR_ARG(s.name),
		           s.known && s.known->usual ? " --kinds " : " --kinds name,email", STR_ARG(s.known && s.known->usual ? kinds_text(op->a, s.known->usual, ",") : STR("")));
	return true;
}

static bool set_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct service s;
	if (!service_asked_for(op, args, &s) || !told_asked(op, args, &s) || !service_put(op, &s))
		return false;
	answer_say(answer, "Noted.");
	return true;
}

/* ---- evidence ---- */

static bool evidence_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct service s;
	struct evidence e = { .seen = op->now, .sort = evidence_sort(args_text(args, "sort")) };
	struct span span;
	if (!service_asked_for(op, args, &s))
		return false;
	if (!e.sort || e.sort->word == WORD_MEASURED) {
		size_t n;
		const struct evidence_sort *all = evidence_sorts(&n);
		struct buf b = BUF(1000);
		for (size_t i = 0; i < n; i++)
			if (all[i].word != WORD_MEASURED)
				buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(all[i].name));
		err_set(&op->err, INVALID, "sort", "Evidence is one of: " STR_FMT ".", STR_ARG(buf_str(&b)));
		buf_free(&b);
		return false;
	}
	if (!past_day_asked(op, args, "seen", &e.seen) || !text_asked(op, args, "note", &e.note) || !text_asked(op, args, "link", &e.link))
		return false;
	if (args_has(args, "until")) {
		if (!span_asked(op, args, "until", &span))
			return false;
		e.until = span.to;
		if (e.until <= e.seen || e.until > op->now + DAYS_MAX * (int64_t)DAY)
			return err_set(&op->err, INVALID, "until", "It counts until a day after the one that stands on it, within ten years.");
	}
	e.holder = s.id;
	if (!evidence_put(op, &e))
		return false;
	show_evidence(op, &e, answer);
	if (e.until <= op->now)
		answer_note(answer, "It has run out already: ask for a newer one.");
	return true;
}

static bool evidence_drop_run(struct op *op, const struct args *args, struct answer *answer)
{
	int64_t id = 0;
	args_number(args, "evidence", &id);
	if (!evidence_end(op, id))
		return false;
	answer_say(answer, "Evidence %" PRId64 " counts no more.", id);
	return true;
}

/* ---- what is due ---- */

/* A new file; what could not be written whole stays nowhere. */
static bool file_write(struct op *op, const char *field, struct str path, struct str bytes)
{
	const char *name = arena_printf(op->a, STR_FMT, STR_ARG(path));
	return file_put(name, bytes, 0600, &op->err) || err_set(&op->err, OUTSIDE, field, "%s can't be written.", name);
}

static bool renewals_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct renewal *r;
	size_t n;
	int64_t days = RENEWAL_DAYS;
	bool spanish;
	args_number(args, "days", &days);
	if (days < 0 || days > DAYS_MAX)
		return err_set(&op->err, INVALID, "days", "--days is how many days to look ahead, from 0 to %d.", DAYS_MAX);
	if (!spanish_asked(op, args, &spanish) || !services_renewals(op, (int)days, &r, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct tongues says = renewal_says(op, &r[i]);
		answer_row(answer);
		answer_text(answer, "service", r[i].service);
		answer_text(answer, "what", r[i].of == RENEW_EVIDENCE ? r[i].sort->name : r[i].of == RENEW_CONTRACT ? STR("contract") : r[i].of == RENEW_USED ? STR("used") : STR("deletion"));
		answer_text(answer, "says", tongue(&says, spanish));
		answer_time(answer, "due", r[i].due);
		answer_number(answer, "days", r[i].days);
		answer_row_end(answer);
		answer_say(answer, "%s" STR_FMT "  " STR_FMT ": " STR_FMT, r[i].days < 1 ? "LATE " : r[i].days <= 7 ? "SOON " : "     ", STR_ARG(day_said(op, r[i].due)), STR_ARG(r[i].service),
		           STR_ARG(tongue(&says, spanish)));
		answer->attention |= r[i].days <= 7;
	}
	if (!n)
		answer_say(answer, "Nothing is due within %s.", counted(op->a, days, "day", "days"));
	if (!args_has(args, "ics"))
		return true;
	struct buf b = BUF(ICS_MAX);
	renewals_ics(op, r, n, spanish, &b);
	bool good = !b.full && file_write(op, "ics", args_text(args, "ics"), buf_str(&b));
	good = good || err_set(&op->err, TOO_BIG, "ics", "The calendar is too long.");
	buf_free(&b);
	return good;
}

/* ---- before, and after ---- */

static bool compare_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct compared *c;
	size_t n;
	bool es;
	if (!spanish_asked(op, args, &es) || !service_compare(op, args_text(args, "service"), &c, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct str data = c[i].ours ? holds_said(op, &c[i].h) : c[i].usual | c[i].maybe
			? arena_say(op->a, "usually " STR_FMT "%s" STR_FMT, STR_ARG(c[i].usual ? kinds_text(op->a, c[i].usual, ", ") : STR("what is put there")), c[i].maybe ? "; maybe " : "",
			            STR_ARG(kinds_text(op->a, c[i].maybe, ", "))) : es ? STR("No se sabe: pregunte.") : STR("Not known: ask it.");
		const struct str said[] = { data, tongue(&c[i].care, es), tongue(&c[i].sign_in, es), tongue(&c[i].promise, es), tongue(&c[i].out, es) };
		answer_row(answer);
		answer_text(answer, "service", c[i].name);
		answer_flag(answer, "ours", c[i].ours);
		answer_text(answer, "usual", kinds_text(op->a, c[i].usual, ","));
		answer_text(answer, "maybe", kinds_text(op->a, c[i].maybe, ","));
		answer_number(answer, "customers", c[i].h.customers);
		answer_text(answer, "data", said[0]);
		answer_text(answer, "care", said[1]);
		answer_text(answer, "sign_in", said[2]);
		answer_text(answer, "promise", said[3]);
		answer_text(answer, "out", said[4]);
		answer_row_end(answer);
		answer_say(answer, "%s" STR_FMT "%s", i ? "" : es ? "Por contratar: " : "To be taken on: ", STR_ARG(c[i].name), c[i].ours ? es ? " (la tenemos)" : " (we have it)" : "");
		for (int q = 0; q < QUESTIONS_BEFORE; q++) {
			answer_say(answer, "  " STR_FMT, STR_ARG(tongue(&questions_before[q], es)));
			answer_say(answer, "    " STR_FMT, STR_ARG(said[q]));
		}
	}
	return true;
}

static bool leave_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct service s;
	int64_t at = op->now, asked = 0, confirmed = 0;
	struct str note = STR("");
	struct span span;
	bool es, more = args_has(args, "asked") || args_has(args, "confirmed");
	if (!service_asked_for(op, args, &s) || !past_day_asked(op, args, "at", &at) || !past_day_asked(op, args, "asked", &asked) || !past_day_asked(op, args, "confirmed", &confirmed) ||
	    !text_asked(op, args, "note", &note) || !spanish_asked(op, args, &es))
		return false;
	if ((!more || (args_has(args, "at") && s.until >= FAR_OFF)) && !service_leave(op, &s, at))
		return false;
	if (asked && !service_asked(op, &s, asked))
		return false;
	if (confirmed && !span_asked(op, args, "confirmed", &span))
		return false;
	if (confirmed && confirmed < s.until && s.until < span.to)
		confirmed = s.until;                             /* on the day on which it was left */
	if (confirmed && !service_deleted(op, &s, confirmed, note))
		return false;
	answer_row(answer);
	answer_text(answer, "service", s.name);
	answer_time(answer, "left", s.until);
	answer_time(answer, "asked", s.asked ? s.asked : FAR_OFF);
	answer_time(answer, "deleted", s.emptied ? s.emptied : FAR_OFF);
	answer_text(answer, "letter", more ? STR("") : service_letter(op, &s, es));
	answer_row_end(answer);
	if (s.emptied)
		answer_say(answer, "What came to " STR_FMT " before " STR_FMT " counts no more.", STR_ARG(s.name), STR_ARG(day_said(op, s.emptied)));
	else
		answer_say(answer, STR_FMT " is left%s" STR_FMT ". What it has still counts until it confirms that it was deleted.", STR_ARG(s.name), s.asked ? ", and its deletion was asked for on " : "",
		           STR_ARG(s.asked ? day_said(op, s.asked) : STR("")));
	if (!more) {
		answer_say(answer, "Send it this, then say so: handback service leave '" STR_FMT "' --asked DAY", STR_ARG(s.name));
		answer_lines(answer, service_letter(op, &s, es));
	}
	return true;
}

static bool letter_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct service s;
	bool es;
	if (!service_asked_for(op, args, &s) || !spanish_asked(op, args, &es))
		return false;
	answer_row(answer);
	answer_text(answer, "service", s.name);
	answer_text(answer, "letter", service_letter(op, &s, es));
	answer_row_end(answer);
	answer_lines(answer, service_letter(op, &s, es));
	return true;
}

#define READ_BY  ROLES_LEAD | ROLE_HELPER
#define SERVICE_ { "service", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "its name" }
#define LANGUAGE { "language", FIELD_TEXT, 0, "en or es" }
#define TOLD \
	{ "domain", FIELD_TEXT, 0, "its website, like squareup.com" }, { "contact", FIELD_TEXT, 0, "whom to reach there when something happened" }, \
	{ "hours", FIELD_NUMBER, 0, "within how many hours the contract says that they tell us; 0: it promises nothing" }, { "clause", FIELD_TEXT, 0, "where in the contract that stands" }, \
	{ "account", FIELD_TEXT, 0, "our number there" }, { "card", FIELD_TEXT, 0, "yes: it takes part in card payments or can affect their security; no" }, \
	{ "page", FIELD_TEXT, 0, "yes: it can change the page on which customers pay; no" }, { "ends", FIELD_TIME, 0, "the contract's day for giving notice" }

const struct verb services_verbs[] = {
	{ "service list", "Lists the services, those with most of our customers' data first, with what each holds and what is lacking.", "handback service list", VERB_READ,
	  FIELDS({ "gone", FIELD_FLAG, 0, "those as well that were left and have confirmed deletion" }), list_run, READ_BY },
	{ "service show", "Shows one service: what it holds, who can sign in, its evidence, what is lacking.", "handback service show Square", VERB_READ,
	  FIELDS(SERVICE_, { "ended", FIELD_FLAG, 0, "evidence as well that counts no more" }), show_run, READ_BY },
	{ "service known", "Shows what is known of common services.", "handback service known Mailchimp", VERB_READ, FIELDS({ "service", FIELD_TEXT, FIELD_PLACED, "only this one" }), known_run, READ_BY },
	{ "service add", "Takes a service into the register, with where its data comes from.", "handback service add Mailchimp --from service:Square --kinds name,email", VERB_WRITE,
	  FIELDS(SERVICE_, { "from", FIELD_TEXT, 0, "where its data comes from: a holder on the map" }, { "kinds", FIELD_TEXT, 0, "which kinds, like name,email; those that are usual with it, if not told" },
	         { "why", FIELD_TEXT, 0, "what was looked at before it was taken on (PCI DSS 12.8.3)" }, TOLD), add_run },
	{ "service set", "Notes more of a service: whom to call, what the contract promises; and that it is still used.", "handback service set Square --hours 72 --clause 'terms, 14.2' --contact 'trust page'", VERB_WRITE,
	  FIELDS(SERVICE_, TOLD), set_run },
	{ "service evidence", "Notes a piece of evidence: what it is, the day that stands on it, where it lies.", "handback service evidence Square aoc --seen 2026-06-30 --link 'office drive, AOC 2026.pdf'", VERB_WRITE,
	  FIELDS(SERVICE_, { "sort", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "what it is: aoc, soc2_type2, iso27001, agreement, responsibility, second_factor ..." },
	         { "seen", FIELD_TIME, 0, "the day that stands on it; today, if not told" }, { "until", FIELD_TIME, 0, "the last day on which it counts" }, { "note", FIELD_TEXT, 0, "what it says" },
	         { "link", FIELD_TEXT, 0, "where it lies, or can be seen; the document itself is not kept here" }), evidence_run },
	{ "service evidence drop", "Takes a piece of evidence back.", "handback service evidence drop 3", VERB_WRITE, FIELDS({ "evidence", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number in service show" }),
	  evidence_drop_run },
	{ "service renewals", "Lists what runs out or is to be looked at soon.", "handback service renewals --days 90 --ics renewals.ics", VERB_READ,
	  FIELDS({ "days", FIELD_NUMBER, 0, "how many days to look ahead; 60, if not told" }, { "ics", FIELD_PATH, 0, "writes it as a calendar, into a new file" }, LANGUAGE), renewals_run, READ_BY },
	{ "service compare", "Before taking on another: five questions, what is known of it, and what we have beside it.", "handback service compare Jobber", VERB_READ, FIELDS(SERVICE_, LANGUAGE), compare_run, READ_BY },
	{ "service leave", "Says that a service is used no more, that its deletion was asked for, or that it was confirmed.", "handback service leave Mailchimp", VERB_WRITE,
	  FIELDS(SERVICE_, { "at", FIELD_TIME, 0, "since that day; today, if not told" }, { "asked", FIELD_TIME, 0, "the day on which deletion was asked for" },
	         { "confirmed", FIELD_TIME, 0, "the day for which it confirmed that everything is deleted" }, { "note", FIELD_TEXT, 0, "where its confirmation lies" }, LANGUAGE), leave_run },
	{ "service letter", "The letter that asks a service to delete what it has.", "handback service letter Mailchimp --language es", VERB_READ, FIELDS(SERVICE_, LANGUAGE), letter_run, READ_BY },
	{ 0 },
};
