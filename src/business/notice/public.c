/* public - what reaches those without a name: most of a shop's card customers stand in no list of its own. */
#include "front.h"
#include "notice_int.h"
#include "notice_public.h"
#include "notice_sql.h"
#include "qr.h"
#include "telling.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const names[] = { "poster", "website", "receipt", "phone", "processor", "substitute" };

const char *notice_public_name(enum public_word w)
{
	return w < PUBLIC_WORDS ? names[w] : "";
}

static void telling_of(struct op *op, const struct incident *i, const char *language, struct telling *t)
{
	*t = (struct telling){ .language = *language == 'e' && language[1] == 's' ? SPANISH : ENGLISH, .business = op_setting(op, "business.name"), .phone = op_setting(op, "business.phone"),
	                       .what = { i->title, notice_title(i, true) }, .from = FAR_OFF, .to = LONG_AGO, .at = op->now, .zone = op->zone };
	for (size_t k = 0; k < i->n; k++) {
		t->from = i->suspicion[k].from < t->from ? i->suspicion[k].from : t->from;
		t->to = i->suspicion[k].to > t->to ? i->suspicion[k].to : t->to;
	}
	if (!i->n)
		t->from = LONG_AGO, t->to = FAR_OFF;
}

/* How many payments at risk name nobody, as the letter to the processor says it. */
static bool unnamed(struct op *op, const struct incident *i, struct str *n)
{
	struct exposed *e;
	struct sources s;
	if (!exposure_of(op, i->suspicion, i->n, false, &e, &s))
		return false;
	*n = arena_say(op->a, "%" PRIu64, e->unnamed);
	exposed_close(e);
	return true;
}

/* Where everybody can read what is published of this incident, and look up whether a payment was concerned; empty: nowhere. */
static struct str published_at(struct op *op, const struct incident *i, enum language language)
{
	struct str base = op_setting(op, "public.url");
	return base.n && i->published ? front_status(op->a, base, i->id, language) : STR("");
}

struct lines_to { struct op *op; const struct telling *t; struct str *line; size_t *n; };

static void say_line(const struct lines_to *s, struct str words)
{
	if (words.n && *s->n < PUBLIC_LINES)
		s->line[(*s->n)++] = words;
}

static void say_key(const struct lines_to *s, const char *key, struct str third)
{
	say_line(s, public_words(s->op, key, s->t, third));
}

/* What a law wants of it besides: the kinds of information, and whom to ask. The attorneys general are those of the places whose law may let it stand, and of ours. */
static bool substitute_more(const struct lines_to *s, const struct incident *i)
{
	static const char *const bureaus[] = { "bureaus", "bureaus.1", "bureaus.2", "bureaus.3", "bureaus.4" };
	struct op *op = s->op;
	struct counts c;
	struct substitute *sub;
	size_t n;
	kinds of = 0;
	if (!incident_counts_exact(op, i, &c) || !notice_substitute(op, i, &sub, &n))
		return false;
	for (int k = 0; k < KIND_COUNT; k++)
		of |= c.tally.by_kind[k] ? (kinds)1 << k : 0;
	if (!of && c.unnamed)
		of = KIND(CARD_NUMBER);               /* nobody is named: what is at risk are payments by card */
	if (of)
		say_key(s, "substitute.kinds", notice_kinds(op, of, s->t->language == SPANISH));
	for (size_t k = 0; k < LENGTH(bureaus); k++)
		say_line(s, our_words(s->t->language, bureaus[k]));
	struct str home = op_setting(op, "region");
	for (size_t k = 0; k <= n; k++) {
		struct str code = k < n ? sub[k].law->code : home;
		bool again = k == n && !home.n;
		for (size_t j = 0; k == n && j < n; j++)
			again |= str_eq(sub[j].law->code, home) && sub[j].grounds;
		const struct attorney *a = again || (k < n && !sub[k].grounds) ? NULL : law_attorney(code);
		if (a)
			say_line(s, arena_say(op->a, STR_FMT ": " STR_FMT, STR_ARG(s->t->language == SPANISH ? a->whom_es : a->whom), STR_ARG(a->contact)));
	}
	return true;
}

bool notice_public(struct op *op, const struct incident *i, enum public_word w, const char *language, struct str line[PUBLIC_LINES], size_t *n)
{
	struct telling t;
	telling_of(op, i, language, &t);
	struct str third = t.phone, url = published_at(op, i, t.language);
	struct lines_to s = { op, &t, line, n };
	*n = 0;
	if (w == PUBLIC_PROCESSOR && !unnamed(op, i, &third))
		return false;
	for (int k = 1; ; k++) {
		const char *key = arena_printf(op->a, "%s.%d", names[w], k);
		if (!our_words(t.language, key).n)
			break;
		say_key(&s, key, third);
	}
	if (url.n && w != PUBLIC_PROCESSOR)
		say_key(&s, w == PUBLIC_RECEIPT ? "receipt.page" : w == PUBLIC_PHONE ? "phone.page" : "unnamed.page", url);
	return (w != PUBLIC_SUBSTITUTE || substitute_more(&s, i)) && op->err.code == OK;
}

/* With a page that is public, its address as a QR code. */
static bool poster(struct op *op, const struct incident *i, const char *language, int fd)
{
	struct telling t;
	struct str line[PUBLIC_LINES];
	struct qr qr;
	size_t n;
	telling_of(op, i, language, &t);
	struct placard p = { .above = t.business, .title = public_words(op, "poster.title", &t, t.phone), .line = line,
	                     .odd_title = public_words(op, "poster.odd.title", &t, t.phone), .odd = public_words(op, "poster.odd", &t, str_unparted(op->a, t.phone)),
	                     .code = published_at(op, i, t.language) };
	if (!notice_public(op, i, PUBLIC_POSTER, language, line, &n) || (p.code.n && !qr_make(&qr, p.code, &op->err)))
		return false;
	p.n = n;
	if (p.code.n)
		p.dark = qr.dark, p.wide = qr.wide;
	return paper_placard(fd, &p, str_eq(op_setting(op, "paper.size"), STR("a4")) ? PLACARD_A4 : PLACARD_LETTER, language, &op->err);
}

bool public_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct str line[PUBLIC_LINES], what = args_text(args, "what"), asked = args_text(args, "language");
	const char *to = arena_str(op->a, args_text(args, "to")).p, *language = str_eq(asked, STR("es")) ? "es" : "en";
	enum public_word w = PUBLIC_POSTER;
	int64_t id;
	size_t n;
	while (w < PUBLIC_WORDS && !str_eq(what, str_of(names[w])))
		w++;
	if (w == PUBLIC_WORDS)
		return err_set(&op->err, INVALID, "what", "--what is poster, website, receipt, phone, processor or substitute.");
	if (asked.n && !str_eq(asked, STR("en")) && !str_eq(asked, STR("es")))
		return err_set(&op->err, INVALID, "language", "--language is en or es.");
	if (!args_number(args, "incident", &id) || !incident_get(op, id, &i))
		return false;
	if (*to || args_has(args, "paper")) {
		if (w != PUBLIC_POSTER)
			return err_set(&op->err, INVALID, "to", "Only the poster is a page to print.");
		int fd = memfd_create("poster", MFD_CLOEXEC);
		bool good = (fd >= 0 || err_errno(&op->err, "memory for the page")) && (*to || answer->bytes || err_set(&op->err, INVALID, "to", "--to says where the PDF goes.")) &&
		            poster(op, &i, language, fd) && pdf_give(op, fd, to, answer);
		if (fd >= 0)
			close(fd);
		if (good && *to)
			answer_say(answer, "The poster is in %s, ready to print.", to);
		return good;
	}
	if (!notice_public(op, &i, w, language, line, &n))
		return false;
	answer_row(answer);
	answer_text(answer, "what", what);
	answer_words(answer, "lines", line, n);
	answer_row_end(answer);
	for (size_t k = 0; k < n; k++) {
		if (k)
			answer_lines(answer, STR(""));
		answer_say(answer, STR_FMT, STR_ARG(line[k]));
	}
	if (w == PUBLIC_SUBSTITUTE)
		answer_note(answer, "It counts only where it stands: put it on your website and give it to the state's larger media, and note when. What each state wants: handback notice substitute %" PRId64, i.id);
	return true;
}
