/* facts - what is known of an incident, as the data's conditions and places ask for it. */
#include "response_int.h"
#include "paper.h"
#include "response_data.h"
#include "response_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PDF_MAX = 8 << 20 };

/* ---- facts ---- */

static bool holders_read(struct op *op, struct facts *f)
{
	struct holder *all;
	size_t n;
	if (!map_holders(op, &all, &n))
		return false;
	bool *known = ARENA_ARRAY(op->a, bool, n + 1);
	f->holder = ARENA_ARRAY(op->a, struct holder, f->i.n + 1);
	for (size_t k = 0; k < f->i.n; k++) {
		const struct holder *h = map_among(op, all, n, f->i.suspicion[k].holder);
		if (!h)
			return false;
		if (!known[h - all])
			f->holder[f->n++] = *h;
		known[h - all] = true;
	}
	return true;
}

bool response_providers(struct op *op, const struct incident *i, struct holder **out, size_t *n)
{
	struct facts f = { .i = *i };
	size_t m = 0;
	if (!holders_read(op, &f))
		return false;
	for (size_t h = 0; h < f.n; h++)
		if (f.holder[h].sort == SERVICE && !map_own(f.holder[h].id))
			f.holder[m++] = f.holder[h];
	*out = f.holder, *n = m;
	return true;
}

static bool answers_read(struct op *op, struct facts *f)
{
	struct holder *provider;
	struct provider_answer *a;
	size_t n, answers;
	if (!response_providers(op, &f->i, &provider, &n) || !provider_answers(op, f->i.id, &a, &answers))
		return false;
	f->provider = n > 0;
	for (size_t p = 0; p < n; p++) {
		bool answered = false;
		for (size_t k = 0; k < answers; k++)
			answered |= a[k].holder.n == provider[p].id.n;
		f->unanswered |= !answered;
	}
	return true;
}

/* Whether anybody is at risk, with which kinds: while it is not counted, perhaps all. */
static void risk_read(struct facts *f)
{
	f->risk = !f->c.known || f->c.tally.customers > 0;
	f->kinds = f->c.known ? 0 : KINDS_ALL;
	for (int k = 0; k < KIND_COUNT && f->c.known; k++)
		f->kinds |= f->c.tally.by_kind[k] ? (kinds)1 << k : 0;
}

bool facts_of(struct op *op, int64_t incident, struct facts *f)
{
	struct known_fact *known;
	struct sql_first_approved first;
	struct sql_incident_task_get asked;
	size_t n;
	bool any, task;
	*f = (struct facts){ 0 };
	if (!incident_get(op, incident, &f->i) || !incident_counts(op, &f->i, &f->c) || !holders_read(op, f) || !answers_read(op, f) || !incident_known(op, incident, &known, &n) ||
	    !sql_first_approved(op, incident, &first, &any) || !sql_incident_task_get(op, incident, STR("ask_provider"), &asked, &task))
		return false;
	f->asked = task && asked.state == WORK_DONE;
	f->told = f->i.discovered;
	for (size_t k = 0; k < n; k++)
		if (strcmp(known[k].name, "vendor-told") == 0 && known[k].text.n)
			f->told = known[k].at;
	f->approved = any ? first.approved : 0;
	f->closed = f->i.closed < FAR_OFF;
	risk_read(f);
	return true;
}

bool facts_exact(struct op *op, struct facts *f)
{
	if (!incident_counts_exact(op, &f->i, &f->c))
		return false;
	risk_read(f);
	return true;
}

static bool sort_among(enum holder_sort sort, struct str names)
{
	enum holder_sort one;
	while (names.p && names.n)
		if (sort_parse(str_split(&names, ' '), &one) && one == sort)
			return true;
	return false;
}

bool facts_hold(const struct facts *f, struct str condition)
{
	struct str rest = condition, word = str_split(&rest, ' '), bad;
	kinds of;
	if (str_eq(word, STR("kind")))
		return kinds_parse(rest, ' ', &of, &bad) && (of & f->kinds);
	if (str_eq(word, STR("sort"))) {
		for (size_t h = 0; h < f->n; h++)
			if (!map_own(f->holder[h].id) && sort_among(f->holder[h].sort, rest))
				return true;
		return false;
	}
	const struct { const char *name; bool holds; } plain[] = {
		{ "risk", f->risk }, { "safe", !f->risk }, { "unnamed", f->c.unnamed > 0 }, { "provider", f->provider }, { "asked", f->asked }, { "unanswered", f->unanswered }, { "answered", f->provider && !f->unanswered },
		{ "approved", f->approved > 0 }, { "unapproved", !f->approved }, { "closed", f->closed }, { "open", !f->closed }, { "counting", !f->c.known },
	};
	for (size_t i = 0; i < LENGTH(plain); i++)
		if (str_eq(condition, str_of(plain[i].name)))
			return plain[i].holds;
	return false;
}

/* ---- in words ---- */

struct str facts_holders(struct op *op, const struct facts *f, struct str sorts, bool spanish)
{
	enum { SHOWN = 3 };
	struct buf b = BUF(2000);
	size_t all = 0, said = 0;
	for (size_t h = 0; h < f->n; h++)
		all += !map_own(f->holder[h].id) && (!sorts.n || sort_among(f->holder[h].sort, sorts));
	for (size_t h = 0; h < f->n && said < SHOWN; h++) {
		if (map_own(f->holder[h].id) || (sorts.n && !sort_among(f->holder[h].sort, sorts)))
			continue;
		buf_printf(&b, "%s" STR_FMT, !said ? "" : said + 1 == all ? spanish ? " y " : " and " : ", ", STR_ARG(f->holder[h].name));
		said++;
	}
	if (all > said)
		buf_printf(&b, spanish ? " y %zu más" : " and %zu more", all - said);
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

struct str day_said(struct op *op, int64_t at, bool spanish)
{
	return when_day_text(op->a, op->zone, at, spanish ? "es" : "en");
}

struct str facts_window(struct op *op, const struct facts *f, bool spanish)
{
	int64_t from = FAR_OFF, to = LONG_AGO;
	for (size_t k = 0; k < f->i.n; k++) {
		from = f->i.suspicion[k].from < from ? f->i.suspicion[k].from : from;
		to = f->i.suspicion[k].to > to ? f->i.suspicion[k].to : to;
	}
	return f->i.n ? window_words(op, from, to, spanish) : window_words(op, LONG_AGO, FAR_OFF, spanish);
}

struct str window_words(struct op *op, int64_t from, int64_t to, bool spanish)
{
	bool begun = from > LONG_AGO, ended = to < FAR_OFF;
	struct str first = begun ? day_said(op, from, spanish) : STR(""), last = ended ? day_said(op, to - 1, spanish) : STR("");
	if (begun && ended)
		return str_eq(first, last) ? first : arena_say(op->a, spanish ? "del " STR_FMT " al " STR_FMT : "from " STR_FMT " to " STR_FMT, STR_ARG(first), STR_ARG(last));
	if (begun)
		return arena_say(op->a, spanish ? "desde el " STR_FMT "; no se sabe cuándo terminó" : "since " STR_FMT "; nobody knows yet when it ended", STR_ARG(first));
	if (ended)
		return arena_say(op->a, spanish ? "hasta el " STR_FMT "; no se sabe cuándo comenzó" : "until " STR_FMT "; nobody knows yet when it began", STR_ARG(last));
	return spanish ? STR("no se sabe todavía desde cuándo hasta cuándo") : STR("nobody knows yet from when to when");
}

struct str kinds_named(struct op *op, kinds of, bool spanish)
{
	struct str text = data_kind_words_txt;
	struct line l;
	struct buf b = BUF(4000);
	enum kind kind;
	while (str_entry(&text, &l.word, &l.rest)) {
		struct str es = l.rest, en = str_split(&es, '|');
		if (kind_parse(l.word, &kind) && (of >> kind & 1))
			buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(str_trim(spanish && es.p ? es : en)));
	}
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

struct str filled(struct op *op, struct str text, const struct place_value *v, size_t n)
{
	struct buf b = BUF(16 << 10);
	while (text.n) {
		const char *open = memchr(text.p, '{', text.n), *close = open ? memchr(open, '}', (size_t)(text.p + text.n - open)) : NULL;
		size_t before = close ? (size_t)(open - text.p) : text.n;
		buf_put(&b, (struct str){ text.p, before });
		if (!close)
			break;
		struct str name = { open + 1, (size_t)(close - open) - 1 }, whole = { open, name.n + 2 };
		for (size_t i = 0; i < n; i++)
			if (str_eq(name, str_of(v[i].name)))
				whole = v[i].value;
		buf_put(&b, whole);
		text.n -= (size_t)(close + 1 - text.p), text.p = close + 1;
	}
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* ---- what verbs share ---- */

bool language_asked(struct op *op, const struct args *args, bool *spanish)
{
	struct str language = args_text(args, "language");
	*spanish = str_eq(language, STR("es"));
	return !language.n || *spanish || str_eq(language, STR("en")) || err_set(&op->err, INVALID, "language", "--language is en or es.");
}

bool incident_named(struct op *op, const struct args *args, struct incident *i)
{
	int64_t id = 0;
	args_number(args, "incident", &id);
	return incident_get(op, id, i);
}

bool text_fits(struct op *op, const char *field, struct str s)
{
	return s.n <= WORDS_MAX_BYTES || err_set(&op->err, TOO_BIG, field, "Say it in at most %d characters.", WORDS_MAX_BYTES);
}

bool pdf_made(struct op *op, struct str address, const struct passage *p, size_t n, bool spanish, int fd)
{
	struct sheet sheet = { .address = address, .date = day_said(op, op->now, spanish), .passage = p, .n = n };
	struct paper_style style = { str_eq(op_setting(op, "paper.size"), STR("a4")) ? PAPER_A4 : PAPER_LETTER,
		notice_sender(op, op_setting(op, "business.name"), op_setting(op, "business.address"), op_setting(op, "business.phone")), spanish ? "es" : "en" };
	return paper_letters(fd, &sheet, 1, &style, NULL, &op->err);
}

bool pdf_asked(struct op *op, const struct args *args, bool (*fill)(struct op *, void *, int fd), void *of)
{
	if (!args_has(args, "pdf"))
		return true;
	int fd = memfd_create("pdf", MFD_CLOEXEC);
	struct buf b = BUF(PDF_MAX);
	bool good = fd >= 0 || err_errno(&op->err, "memory for the page");
	good = good && fill(op, of, fd) && file_whole(arena_printf(op->a, "/proc/self/fd/%d", fd), &b, "pdf", &op->err) &&
	       file_put(arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "pdf"))), buf_str(&b), 0600, &op->err);
	buf_free(&b);
	if (fd >= 0)
		close(fd);
	return good;
}
