/* find_views - what the pages that look through files are given to show. Everything of a file is masked already. */
#ifndef FIND_VIEWS_H
#define FIND_VIEWS_H

#include "form.h"
#include "html.h"
#include "kinds.h"

/* A file with something in it, as it stands on the map. */
struct file_row { int64_t id; struct str path, holder, kinds, seen; int64_t numbers, customers; bool looked; };
struct scan_row { int64_t job, percent; struct str at, said; bool running, failed; };
struct find_view {
	const struct form *form;
	const struct form_choice *folder, *holder; size_t folders, holders;
	bool may, locked;                /* may begin; the passphrase is not known yet */
	const struct file_row *row; size_t rows; int64_t all;
	bool first_page; struct str first_todo;
	struct path more;
	const struct scan_row *scan; size_t scans;
};

/* What one scan came to, as the command says it. */
struct scanned_file { struct str path, masked; int64_t id, numbers, places; kinds kinds; const char *todo; };         /* id 0: it is not on the map, or not any more */
struct left_row { struct str path, why; };
struct scan_view {
	int64_t cards, others, files, looked, unchanged, tests, unlikely, judged, unread, gone, on_map, customers, year;   /* year 0: the oldest is of this one, or there is none */
	struct str bytes, at, first, holder, holder_whole; int64_t first_id;
	bool stopped, whose;
	const struct scanned_file *row; size_t rows; int64_t more;       /* more: files that are told on the other page only */
	const struct left_row *left; size_t lefts; int64_t lefts_more;
};

struct found_place { struct str place, where, masked, reason; int64_t count; bool certain, unlikely; const char *verdict; };        /* verdict: NULL, none */
struct whose_row { struct str ref, kinds, spot; };
struct finding_view {
	int64_t id; const struct form *form;
	struct str path, holder, holder_whole, kinds, sample, since, seen, gone;         /* gone: empty, it is there */
	int64_t numbers, unnamed, customers;
	const char *todo;
	bool may, looked, can_look, kept, taken_back;        /* can_look: its name is told as it is; kept, taken_back: a verdict just was */
	const struct found_place *place; size_t places; int64_t more;
	struct str told;                         /* when the places were met */
	const struct whose_row *who; size_t whos;
};

#endif
