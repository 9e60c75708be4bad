/* upkeep_views - what the pages of imports, long work, the log and the settings are given to show. */
#ifndef UPKEEP_VIEWS_H
#define UPKEEP_VIEWS_H

#include "form.h"
#include "html.h"
#include "keep.h"
#include "preview.h"

struct log_row { int64_t n; struct str at, words, who, facts; };
struct log_view { const struct form *form; const struct log_row *row; size_t rows; int64_t size; struct path more, first; struct str compared; bool odd; };      /* compared: what verifying said; empty: nobody asked. odd: it is no good news */
struct settings_view { const struct form *form; const struct str *value; const struct form_choice *region, *zone; size_t regions, zones; bool saved, owner; struct str address; struct safe picture; };      /* address: for other machines; empty: this one only */

struct import_row { struct imported m; struct str at; };
struct imports_view { const struct form *form; const struct import_row *row; size_t rows; struct path more; };
/* What taking an import back would touch. */
struct undo_view { const struct form *form; struct imported m; struct str at; struct reaching *reach; size_t reaches; };
/* A file before it is kept. open: contacts are shown whole, else veiled. when, kinds: of each first row, in words. */
struct look_view {
	const struct form *form; struct str key, name, notes; const struct preview *p; bool open;
	struct str when[PREVIEW_ROWS], kinds[PREVIEW_ROWS], first, last; const char *format;
};
struct job_view { int64_t id, percent; struct str say; bool import, find, running, measured, failed, stopped, attention, refused; };

#endif
