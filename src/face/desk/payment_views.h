/* payment_views - what the pages of the walk-through are given to show. */
#ifndef PAYMENT_VIEWS_H
#define PAYMENT_VIEWS_H

#include "form.h"
#include "html.h"

struct task_row { int64_t id; struct str ask, person, due; int64_t due_at; bool late, off, open; struct path path; };    /* off: may be answered or taken off by who looks; open: it waits for an answer, which is given at path */
struct payment_view {
	bool may, looks, draft; struct str told; size_t left;        /* told: when it was last put on the map; empty: never */
	const struct str *channel; size_t channels;
	const struct task_row *task; size_t tasks;
	bool old;                        /* a year ago or more */
};
struct question_view {
	const struct form *form; bool one, names, phone, first;           /* what kind of answer; first: all others follow from it, so it is known */
	const char *name, *part, *ask, *help, *prefill, *source;
	size_t k, n; bool check, task;   /* check: goes back to the page where answers are checked; task: it was to be found out, and is asked by itself */
	struct path to;                  /* where the answer goes */
	const struct form_choice *choice; size_t choices;
	const struct str *seen; size_t seens;            /* where card numbers were found */
	struct str value;                /* of a line; of names those that are not among the choices */
};
struct left_reader_view { const struct form *form; struct path to; bool task; int64_t reader; const char *ask, *source; const struct form_choice *choice; size_t choices; };
struct unknown_view { const struct form *form; const char *name, *ask; struct str person, by; bool check; };
struct answered_row { struct path path; const char *ask; struct str answer; bool changed; struct str before, out; };     /* of a changed one: what it was; of names: who was taken out. Empty: nothing */
struct part_rows { const char *title; const struct answered_row *row; size_t rows; };
struct way_row { struct str from, to, kinds; struct said manner; };
struct check_view {
	const struct form *form; const struct part_rows *part; size_t parts, changed; bool again; struct str mark;       /* mark: of the answers as they are shown */
	const struct way_row *way, *end; size_t ways, ends;      /* end: what ends on the map with these answers */
	const struct answered_row *gone; size_t gones;   /* what was asked last time and is not any more */
};
struct requirement_row { struct str id, gist, evidence; bool there; };
struct saq_view { struct str say, advice, form; bool code_kept, may; const struct str *each; size_t eachs; const struct requirement_row *ours, *rest; size_t ours_n, rest_n, there; };

#endif
