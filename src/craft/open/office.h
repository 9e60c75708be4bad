/* office - what the readers of office documents share: saying pieces with the place where they stand, tables whose columns have headings,
 * and running text put together of many parts. For zip.c and the readers it calls. */
#ifndef OFFICE_H
#define OFFICE_H

#include "zip_int.h"

/* The readers. Every part that they do not know is a member. */
enum open_end open_ooxml(struct zip *, struct listener *);
enum open_end open_odf(struct zip *, struct listener *);

struct office {
	struct zip *zip;
	struct listener *l;
	uint64_t records;                                /* numbered so far */
	bool told_off;                                   /* whoever listens wants no more */
	bool full;                                       /* a part was over a limit: no more is unpacked */
};

enum { OFFICE_NAME_MAX = 128 };
struct str office_name(struct str);                      /* its first OFFICE_NAME_MAX bytes, whole characters */
/* A piece, in several where it is long; white space alone is none. False: no more is wanted. */
bool office_say(struct office *, struct str text, struct str where, struct str field, uint64_t record);
bool office_unread(struct office *, struct str name, enum open_end why);
/* Reads a part that is XML. What can't be read of it is told. False: no more is wanted. */
bool office_xml(struct office *, struct zip_part *, const struct xml_reader *, void *to);
/* Properties of the document, each a name and a value. */
bool office_properties(struct office *, struct zip_part *);
/* A number as a person reads it: Excel keeps 15 digits and writes 4.53957876362149E15, other programs 17. */
struct str office_number(struct str, char room[32]);
enum { OFFICE_REAL_ROOM = 40 };
struct str office_real(double, char room[OFFICE_REAL_ROOM]);         /* whole ones in full */
double office_rk(uint32_t);                              /* a number in 30 bits ([MS-XLS] 2.5.217, [MS-XLSB] 2.5.122) */
/* Whether a formula has text or a long number of its own; all else in one are places, and its value is in the cell. */
bool office_telling(struct str formula);
/* All parts that no one has read, as members. Returns how the whole ended. */
enum open_end office_rest(struct office *);

/* ---- a table, row by row ---- */

enum { GRID_COLUMNS = 512, GRID_HEADING = 64, GRID_HEADING_ROWS = 20 };

struct grid {
	bool sheet;                                      /* cells are called B7, not row 7, column 2 */
	struct buf place;                                /* "sheet Orders", "table 2" */
	struct buf text, where;
	struct grid_cell { size_t at, n; uint32_t column; } *cell;
	size_t n, cap;
	uint32_t row;                                    /* from 0: of the cells now, and how many rows were said */
	unsigned rows;
	size_t headings;                                 /* cells of the row taken for headings */
	struct { unsigned char n; char text[GRID_HEADING]; } heading[GRID_COLUMNS];
};
struct grid *grid_open(void);
void grid_close(struct grid *);
void grid_begin(struct grid *, bool sheet);              /* a new table; fill in .place then */
/* The next cell of the row, `column` from 0, rising. */
bool grid_cell(struct grid *, struct office *, uint32_t column, struct str text);
bool grid_row(struct grid *, struct office *);           /* says the row as one record; the row's number goes up by one */
/* The words for a place in it, good until the next call. */
struct str grid_where(struct grid *, uint32_t row, uint32_t column);

/* ---- running text ---- */

/* BODY is what one sees; DELETED what change tracking keeps; UNSEEN codes of fields, descriptions of pictures. */
enum strand { BODY, DELETED, UNSEEN, STRANDS };
enum { PROSE_DEPTH = 8 };

struct prose;
struct prose *prose_open(struct office *);
void prose_close(struct prose *);
/* A part begins: `place` ("header", "slide 3"), or empty: paragraphs are numbered. */
void prose_begin(struct prose *, struct str place);
bool prose_finish(struct prose *);                       /* says what is left of a part that ended too soon */
bool prose_text(struct prose *, enum strand, struct str);
bool prose_end_paragraph(struct prose *);
/* Text that stands in the middle of other text, or of a cell, and is not of it: a note, called `what` with the place where it is; a
 * header, called so alone. Deeper than PROSE_DEPTH it is taken as if it were of it. */
void prose_in(struct prose *, struct str what, bool alone);
bool prose_out(struct prose *);
bool prose_table(struct prose *, struct str sheet);      /* sheet: its name, or empty: it is called table N */
void prose_wide(struct prose *, uint32_t columns);       /* the cell that is open takes so many columns, */
void prose_tall(struct prose *, uint32_t rows);          /* the row so many rows */
/* A cell ends. Its value is taken for its text where that is empty or has fewer digits ("4.54E+15"). */
bool prose_cell(struct prose *, struct str value);
bool prose_row(struct prose *);
bool prose_end_table(struct prose *);

#endif
