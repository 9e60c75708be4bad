/* public - what reaches those without a name: most of a shop's card customers stand in no list of its own. */
#include "notice_int.h"

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
	                       .what = i->title, .from = FAR_OFF, .to = LONG_AGO, .at = op->now, .zone = op->zone };
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

bool notice_public(struct op *op, const struct incident *i, enum public_word w, const char *language, struct str line[PUBLIC_LINES], size_t *n)
{
	struct telling t;
	telling_of(op, i, language, &t);
	struct str third = t.phone;
	*n = 0;
	if (w == PUBLIC_PROCESSOR && !unnamed(op, i, &third))
		return false;
	for (int k = 1; *n < PUBLIC_LINES; k++) {
		char key[40];
		snprintf(key, sizeof key, "%s.%d", names[w], k);
		struct str s = public_words(op, key, &t, third);
		if (!s.n)
			break;
		line[(*n)++] = s;
	}
	return op->err.code == OK;
}

static bool poster(struct op *op, const struct incident *i, const char *language, int fd)
{
	struct telling t;
	struct str line[PUBLIC_LINES];
	size_t n;
	telling_of(op, i, language, &t);
	if (!notice_public(op, i, PUBLIC_POSTER, language, line, &n))
		return false;
	struct placard p = { .above = t.business, .title = public_words(op, "poster.title", &t, t.phone), .line = line, .n = n,
	                     .odd_title = public_words(op, "poster.odd.title", &t, t.phone), .odd = public_words(op, "poster.odd", &t, t.phone) };
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
	for (size_t k = 0; k < n; k++)
		answer_say(answer, STR_FMT "%s", STR_ARG(line[k]), k + 1 < n ? "\n" : "");
	return true;
}
