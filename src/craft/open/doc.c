/* doc - documents of Word 97 to 2003 by their piece table [MS-DOC], and of Word 6 and 95 by their bytes; also the text that a document
 * no longer shows but that its file still holds. */
#include "charset.h"
#include "office.h"
#include "ole_int.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	FIB_SIZE = 0x1AA, CLX_MAX = 16 << 20,
	BLOCK = 32 << 10,
	GAP_SMALLEST = 32,              /* bytes between pieces that are worth a look */
	PARAGRAPH_MAX = 60 << 10,
	TABLE_CELLS = 16 << 10, TABLE_BYTES = 1 << 20,
};
enum { IDENT_97 = 0xA5EC, IDENT_95 = 0xA5DC, FLAG_ENCRYPTED = 1 << 8, FLAG_TABLE_1 = 1 << 9 };

/* The parts of the text, in the order in which they follow each other, and where the FIB has their lengths in characters. */
static const struct { uint16_t at; const char *place; } parts[] = {
	{ 0x4C, "paragraph" }, { 0x50, "footnote" }, { 0x54, "header or footer" }, { 0x58, "macro" }, { 0x5C, "comment" }, { 0x60, "endnote" },
	{ 0x64, "text box" }, { 0x68, "text box of a header" },
};
enum { PARTS = LENGTH(parts) };

struct run { uint64_t from, n; };                        /* bytes of the stream */

struct doc {
	struct ole *o;
	const struct source *s;
	uint32_t length[PARTS], part, left, paragraphs;
	struct buf paragraph, text;
	struct office office;           /* what the grid says goes here */
	struct grid *grid;
	struct buf table;               /* a table's cells so far, each with where its text ends */
	uint32_t *cell, cells, tables;
	struct charset *charset;
	struct run *run;                /* what the pieces cover */
	size_t runs;
};

/* ---- text ---- */

static bool paragraph_end(struct doc *d)
{
	char place[64];
	d->paragraphs++;
	if (d->part == 0)
		snprintf(place, sizeof place, "paragraph %u", d->paragraphs);
	else
		snprintf(place, sizeof place, "%s", d->part < PARTS ? parts[d->part].place : "text");
	bool on = ole_tell(d->o, buf_str(&d->paragraph), place, STR(""), 0);
	buf_clear(&d->paragraph);
	return on;
}

static struct str cell_text(const struct doc *d, uint32_t i)
{
	uint32_t from = i ? d->cell[i - 1] : 0;
	return (struct str){ d->table.p + from, d->cell[i] - from };
}

/* How many cells a row has: behind each row stands one more mark, as behind an empty cell. 0: the rows differ. */
static uint32_t columns_of(const struct doc *d)
{
	for (uint32_t n = 1; n < d->cells && n < GRID_COLUMNS; n++) {
		bool fits = d->cells % (n + 1) == 0;
		for (uint32_t i = n; fits && i < d->cells; i += n + 1)
			fits = cell_text(d, i).n == 0;
		if (fits)
			return n;
	}
	return 0;
}

/* Tells the cells gathered, row by row. */
static bool table_end(struct doc *d)
{
	if (!d->cells)
		return true;
	uint32_t columns = columns_of(d), column = 0;
	bool on = true;
	grid_begin(d->grid, false);
	buf_put(&d->grid->place, d->o->within);
	buf_printf(&d->grid->place, "table %u", ++d->tables);
	for (uint32_t i = 0; i < d->cells && on; i++) {
		struct str text = cell_text(d, i);
		bool ends = columns ? column == columns : !text.n;
		on = ends ? grid_row(d->grid, &d->office) : grid_cell(d->grid, &d->office, column, text);
		column = ends ? 0 : column + 1;
	}
	on = on && grid_row(d->grid, &d->office);
	d->o->stopped |= d->office.told_off;
	d->cells = 0;
	buf_clear(&d->table);
	return on;
}

/* A cell's end, or a row's. */
static bool cell_end(struct doc *d)
{
	if (d->cells == TABLE_CELLS || d->table.n + d->paragraph.n > TABLE_BYTES)
		if (!table_end(d))
			return false;
	buf_put(&d->table, buf_str(&d->paragraph));
	d->cell[d->cells++] = (uint32_t)d->table.n;
	buf_clear(&d->paragraph);
	return true;
}

/* Between the marks of a row a paragraph is a part of a cell. */
static bool paragraph_mark(struct doc *d)
{
	if (d->cells && cell_text(d, d->cells - 1).n && d->paragraph.n < PARAGRAPH_MAX) {
		buf_byte(&d->paragraph, '\n');
		return true;
	}
	return table_end(d) && paragraph_end(d);
}

/* One character as Word keeps it ([MS-DOC] 2.4.1): paragraphs end with 13, cells and rows of a table with 7. */
static bool character(struct doc *d, char c)
{
	switch (c) {
	case 13:
		return paragraph_mark(d);
	case 12:
		return table_end(d) && paragraph_end(d);
	case 7:
		return cell_end(d);
	case 11: case 14:
		buf_byte(&d->paragraph, '\n');
		break;
	case 30:                                         /* a hyphen that does not break */
		buf_byte(&d->paragraph, '-');
		break;
	case 19: case 20: case 21:                       /* a field's code, its result, its end */
		buf_byte(&d->paragraph, ' ');
		break;
	default:
		if ((unsigned char)c >= ' ' || c == '\t')
			buf_byte(&d->paragraph, c);
	}
	return d->paragraph.n < PARAGRAPH_MAX || (table_end(d) && paragraph_end(d));
}

/* Characters that have become d->text. */
static bool text_take(struct doc *d)
{
	struct str s = buf_str(&d->text);
	for (size_t i = 0; i < s.n; i++)
		if (!character(d, s.p[i]))
			return false;
	return true;
}

/* Characters of one width, from the stream; they are all of one part. */
static bool characters(struct doc *d, uint64_t at, uint32_t n, bool wide)
{
	char block[BLOCK];
	while (n) {
		uint32_t some = n < BLOCK / 2 ? n : BLOCK / 2;
		size_t want = (size_t)some << wide, got = source_read(d->s, at, block, want);
		buf_clear(&d->text);
		if (wide)
			charset_utf16((struct str){ block, got }, &d->text);
		else
			charset_text(d->charset, (struct str){ block, got }, &d->text);
		if (!text_take(d))
			return false;
		if (got < want)
			return true;
		at += want;
		n -= some;
	}
	return true;
}

/* Characters that may go over the ends of parts. */
static bool piece(struct doc *d, uint64_t at, uint32_t n, bool wide)
{
	while (n) {
		while (d->part < PARTS && !d->left) {
			if (!table_end(d) || (d->paragraph.n && !paragraph_end(d)))
				return false;
			d->paragraphs = 0;
			if (++d->part < PARTS)
				d->left = d->length[d->part];
		}
		uint32_t some = d->part < PARTS && d->left < n ? d->left : n;
		if (!characters(d, at, some, wide))
			return false;
		d->left -= d->part < PARTS ? some : 0;
		at += (uint64_t)some << wide;
		n -= some;
	}
	return true;
}

/* ---- the piece table ---- */

/* The table in a Clx ([MS-DOC] 2.9.38): behind property changes, character positions and then 8 bytes for each piece. */
static bool table_find(struct str clx, struct str *table)
{
	struct cursor c = cursor_of(clx);
	for (;;) {
		uint8_t sort = cursor_u8(&c);
		if (c.torn || (sort != 1 && sort != 2))
			return false;
		*table = cursor_bytes(&c, sort == 1 ? cursor_u16(&c) : cursor_u32(&c));
		if (sort == 2)
			return !c.torn && table->n >= 16;
	}
}

static bool pieces_read(struct doc *d, struct str table)
{
	size_t n = (table.n - 4) / 12;
	struct cursor at = cursor_of(table), c = cursor_of(table);
	cursor_bytes(&c, (n + 1) * 4);
	d->run = mem_zero(n + 1, sizeof *d->run);
	uint32_t from = cursor_u32(&at);
	for (size_t i = 0; i < n; i++) {
		uint32_t to = cursor_u32(&at);
		cursor_u16(&c);
		uint32_t place = cursor_u32(&c);
		cursor_u16(&c);
		bool wide = !(place & 1u << 30);
		uint64_t byte = wide ? place & 0x3FFFFFFF : (place & 0x3FFFFFFF) / 2;
		if (to < from || byte > d->s->size)
			return false;
		d->run[d->runs++] = (struct run){ byte, (uint64_t)(to - from) << wide };
		if (!open_takes(d->o->l, to - from))
			return ole_unread(d->o, "text", OPEN_TOO_BIG);
		if (!piece(d, byte, to - from, wide))
			return true;
		from = to;
	}
	if (table_end(d) && d->paragraph.n)
		paragraph_end(d);
	return true;
}

/* ---- what the document no longer shows ---- */

static int by_place(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	return x->from < y->from ? -1 : x->from > y->from;
}

/* Bytes as they are: text in them is seen whatever its width. */
static bool gap_read(struct doc *d, uint64_t from, uint64_t to)
{
	char block[BLOCK];
	while (from < to) {
		size_t n = to - from < BLOCK ? (size_t)(to - from) : BLOCK, got = source_read(d->s, from, block, n);
		if (!ole_tell(d->o, (struct str){ block, got }, "text that is no longer shown", STR(""), 0))
			return false;
		if (got < n)
			return true;
		from += n;
	}
	return true;
}

/* Between the first and the last byte of the text are only pieces and what was one; behind it, formats. */
static void gaps_read(struct doc *d)
{
	if (d->runs)
		qsort(d->run, d->runs, sizeof *d->run, by_place);
	uint64_t at = FIB_SIZE;
	for (size_t i = 0; i < d->runs; i++) {
		if (d->run[i].from > at + GAP_SMALLEST && !gap_read(d, at, d->run[i].from))
			return;
		if (d->run[i].from + d->run[i].n > at)
			at = d->run[i].from + d->run[i].n;
	}
	if (d->s->size > at + GAP_SMALLEST)
		gap_read(d, at, d->s->size);
}

/* ---- the file information block ---- */

static enum open_end doc97(struct doc *d, const uint8_t *fib, uint16_t flags)
{
	for (size_t i = 0; i < PARTS; i++) {
		struct cursor c = cursor_of((struct str){ (const char *)fib + parts[i].at, 4 });
		d->length[i] = cursor_u32(&c);
	}
	d->left = d->length[0];
	struct cursor c = cursor_of((struct str){ (const char *)fib + 0x1A2, 8 });
	uint32_t at = cursor_u32(&c), n = cursor_u32(&c);
	struct ole_stream s;
	ole_pictures(d->o, "Data");
	if (!ole_open(d->o, flags & FLAG_TABLE_1 ? "1Table" : "0Table", &s))
		return OPEN_BROKEN;
	if (n > CLX_MAX)
		n = CLX_MAX;
	char *clx = mem_get((size_t)n + 1);
	struct str table;
	bool good = table_find((struct str){ clx, source_read(&s.source, at, clx, n) }, &table) && pieces_read(d, table);
	free(clx);
	ole_close(&s);
	return good ? OPEN_DONE : OPEN_BROKEN;
}

enum open_end ole_doc(struct ole *o)
{
	struct ole_stream s;
	uint8_t fib[FIB_SIZE] = { 0 };
	if (!ole_open(o, "WordDocument", &s))
		return OPEN_BROKEN;
	source_read(&s.source, 0, fib, sizeof fib);
	struct cursor c = cursor_of((struct str){ (char *)fib, sizeof fib });
	uint16_t ident = cursor_u16(&c);
	cursor_bytes(&c, 8);
	uint16_t flags = cursor_u16(&c);
	struct doc d = { .o = o, .s = &s.source, .paragraph = BUF(PARAGRAPH_MAX + 64), .text = BUF(4 * BLOCK), .charset = charset_of_page(1252),
	                 .office = { .l = o->l, .records = *o->records }, .grid = grid_open(), .table = BUF(TABLE_BYTES) };
	d.cell = mem_get(TABLE_CELLS * sizeof *d.cell);
	enum open_end end = OPEN_DONE;
	if ((ident == IDENT_97 || ident == IDENT_95) && flags & FLAG_ENCRYPTED) {
		end = OPEN_ENCRYPTED;
	} else if (ident == IDENT_97) {
		end = doc97(&d, fib, flags);
		if (!o->stopped)
			gaps_read(&d);
	} else {
		ole_member(o, STR("WordDocument"), &s.source);
	}
	*o->records = d.office.records;
	charset_close(d.charset);
	grid_close(d.grid);
	free(d.cell);
	buf_free(&d.table);
	buf_free(&d.paragraph);
	buf_free(&d.text);
	free(d.run);
	ole_close(&s);
	return end;
}
