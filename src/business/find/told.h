/* told - what becomes of a finding: it is judged by verdicts, shown, reported, kept. What find's files share of that. */
#ifndef TOLD_H
#define TOLD_H

#include "find.h"
#include "json.h"
#include "verb.h"

/* What a person said of a finding; it sticks while the same stands in the same place. */
enum verdict { VERDICT_NONE, VERDICT_TEST_DATA, VERDICT_CLEANED_UP, VERDICT_NOT_A_CARD, VERDICTS };
const char *verdict_name(enum verdict);                  /* "test-data" */

/* A finding ready to be told: every text is masked, and good for one call. */
struct telling {
	const struct finding *f;
	struct str path, member, spot;                   /* spot: "3:21", or "sheet Orders, cell B7" */
	struct str place;                                /* all of it, as people name it: "a.zip!b.csv:3:21" */
	struct str masked, reason, todo;
	enum verdict verdict;
	bool back;                                       /* it was said to be cleaned up, and is still there */
};
static inline bool told_counts(const struct telling *t)
{
	return t->f->class != SCAN_UNLIKELY && t->f->sort != HIT_TEST_NUMBER && (!t->verdict || t->back);
}
const char *class_name(enum scan_class);
void told_make(struct arena *, const struct find_hit *, struct telling *);        /* all but the verdict */

/* Where what was asked for really is: a path below it, as the walk tells it, becomes one from the root. */
struct roots { struct str *given, *real; size_t n; };
struct roots roots_of(struct arena *, const struct str *path, size_t n);
struct str roots_path(struct arena *, const struct roots *, struct str path);  /* a kept_name */

/* What a scan comes to. */
struct tally {
	uint64_t sorts[HIT_SORTS], cards, others;        /* others: numbers that are no card's */
	uint64_t judged, tests, back;
	uint64_t files, unread;                          /* with something in them; that could not be read (not: left out) */
	int64_t oldest;                                  /* last change of the oldest file with something in it; FAR_OFF: none */
	char first[4096];                                /* the file to open first, masked */
};
/* "37 card numbers and 2 other personal numbers in 4 files, the oldest last changed in 2011.": without the year that it is now. */
struct str tally_sentence(struct arena *, const struct tally *, int64_t now);

/* ---- words.c ---- */

struct str find_todo(struct arena *, uint32_t sorts, struct str path, struct str member);    /* what to do; sorts: 1 << HIT_... */
const char *sort_words(enum hit_sort);                   /* "card number" */
struct str safe_path(struct arena *, struct str);        /* without a card number; else as it is */
struct str safe_line(struct arena *, struct str);        /* likewise; control characters and what is not UTF-8 as "\x1b" */
struct str short_path(struct arena *, struct str);        /* likewise, of a very long one its beginning and its end */

/* ---- verdict.c ---- */

struct verdicts;
/* Those of the business, when its data folder is open; else those kept beside the user's settings. NULL: err. */
struct verdicts *verdicts_open(struct op *);
enum verdict verdicts_of(const struct verdicts *, struct str path, const struct telling *);     /* path: from the root */
/* It was said to be cleaned up, and is not: the verdict is forgotten. */
void verdicts_lapse(struct verdicts *, struct str path, const struct telling *);
bool verdicts_close(struct verdicts *);                  /* keeps what changed; NULL is fine */
bool verdict_run(struct op *, const struct args *, struct answer *);
bool folders_make(struct op *, const char *file);        /* those on the way to it, for the user alone */

/* ---- show.c ---- */

bool find_run(struct op *, const struct args *, struct answer *);
bool find_list_run(struct op *, const struct args *, struct answer *);  /* list.c */

/* ---- reports: sarif.c, page.c ---- */

struct report {
	void (*hit)(struct report *, const struct telling *);
	void (*unread)(struct report *, struct str path, struct str member, struct str why);
	/* Complete, under its name. Frees it in any case. */
	bool (*keep)(struct report *, const struct tally *, const struct find_totals *, struct err *);
	void (*drop)(struct report *);
};
/* NULL: it can't be written there. */
struct report *sarif_open(struct str path, struct err *);
struct report *html_report_open(struct str path, int64_t now, struct err *);

/* ---- redact.c ---- */

/* Cleaned copies of what is at `path` (a file or a folder) to `to`, which must not be there yet. */
bool redact_copy(struct op *, struct str path, struct str to, struct answer *);

#endif
