/* ooxml_int - Office Open XML (ECMA-376): how a package's parts belong together, for ooxml.c, sheet.c and xlsb.c; and how workbooks
 * show numbers, for xls.c too. */
#ifndef OOXML_INT_H
#define OOXML_INT_H

#include "office.h"

/* A relationship of a part (OPC 6.5): its id, the last word of its type, and the part it leads to. */
struct relation { struct str id, type; struct zip_part *part; };
struct relations { struct relation *of; size_t n; };
/* Those of a part (NULL: of the package), in the arena; links to the outside are said as pieces. Of a part without any: none. */
bool ooxml_relations(struct office *, const struct zip_part *, struct relations *, struct arena *);
struct zip_part *ooxml_related(const struct relations *, struct str id);       /* NULL: none */
bool ooxml_type(const struct relation *, const char *type);

/* Reads a part of paragraphs and tables, be it Word's or a drawing's. */
bool ooxml_prose(struct office *, struct prose *, struct zip_part *, struct str place);
/* Reads a workbook: its sheets with what belongs to each. */
bool ooxml_workbook(struct office *, struct zip_part *, struct prose *, struct arena *);
bool ooxml_binary_workbook(struct office *, struct zip_part *, struct prose *, struct arena *);

/* ---- sheet.c: a workbook's shared strings; those over the limits are said where they stand, since no cell can show them ---- */

struct shared { struct office *o; struct buf text; uint32_t *end; size_t n, cap; uint64_t beyond; };
struct shared shared_open(struct office *);
void shared_close(struct shared *);
bool shared_put(struct shared *, struct str);            /* the next. False: no more is wanted */
struct str shared_at(const struct shared *, uint64_t i); /* from 0; empty: there is none */

/* ---- format.c: numbers as cells show them ---- */

enum { FORMAT_ROOM = 128 };
struct formats;
struct formats *formats_open(void);
void formats_close(struct formats *);
bool formats_read(struct formats *, struct office *, struct zip_part *styles);
/* Or one by one, as the older workbooks have them: a format's number and code; then the cells' styles from 0 on, each by its format. */
void formats_code(struct formats *, uint32_t id, struct str code);
void formats_style(struct formats *, uint32_t id);
/* `style`: the cell's; from_1904: how the workbook counts days. What is no date and has no zeros in front stays as it is. */
struct str formats_show(const struct formats *, uint64_t style, struct str number, bool from_1904, char room[FORMAT_ROOM]);

#endif
