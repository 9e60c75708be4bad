/* xls - workbooks of Excel 5 to 2003: a stream of records [MS-XLS]. Each row of a sheet is a record of cells; comments, text boxes, headers
 * and footers beside them. */
#include "charset.h"
#include "ole_int.h"
#include "ooxml_int.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	RECORD_LONGEST = 8224, STREAM_BLOCK = 64 << 10,
	SHARED_MAX = 48 << 20,          /* bytes of shared texts that are kept for their cells; others are told where they stand */
	SHARED_COUNT_MAX = 4 << 20,
	SHEETS_MAX = 1024, COMMENTS_MAX = 4096, COMMENT_BYTES_MAX = 4 << 20,
};
enum { BIFF5 = 0x0500, BIFF8 = 0x0600 };
enum record {
	R_FORMULA = 0x0006, R_EOF = 0x000A, R_HEADER = 0x0014, R_FOOTER = 0x0015, R_NAME = 0x0018, R_NOTE = 0x001C, R_DATE_MODE = 0x0022, R_FILEPASS = 0x002F, R_CONTINUE = 0x003C,
	R_CODEPAGE = 0x0042, R_OBJ = 0x005D, R_BOUNDSHEET = 0x0085, R_MULRK = 0x00BD, R_XF = 0x00E0, R_RSTRING = 0x00D6, R_SST = 0x00FC, R_LABELSST = 0x00FD,
	R_TXO = 0x01B6, R_NUMBER = 0x0203, R_LABEL = 0x0204, R_STRING = 0x0207, R_RK = 0x027E, R_FORMULA3 = 0x0206, R_FORMULA4 = 0x0406, R_FORMAT = 0x041E, R_BOF = 0x0809,
};
enum { OBJECT_NOTE = 0x19 };

/* ---- records ---- */

struct xls {
	struct ole *o;
	struct office office;           /* what the grid says goes here */
	struct grid *grid;
	const struct source *s;
	uint64_t at;                    /* of the stream: where the block ends */
	uint8_t *block;
	size_t from, to;
	uint16_t type;                  /* of the record now */
	struct cursor body;
	uint8_t record[RECORD_LONGEST];
	unsigned version;
	struct charset *charset;
	struct formats *formats;
	bool from_1904;
	struct { uint32_t at; struct str name; } sheet[SHEETS_MAX];
	size_t sheets;
	struct buf shared;
	uint32_t *shared_end;
	size_t shared_n, shared_cap;
	bool row_open;
	uint32_t row, formula_row, formula_column;
	bool wants_string;              /* a formula's text follows */
	uint16_t object, object_sort;
	struct { uint16_t object; struct str text; } comment[COMMENTS_MAX];
	size_t comments;
	size_t comment_bytes;
	struct arena *names, *texts;    /* of sheets; of one sheet's comments */
	struct buf text, place;
	enum open_end end;
};

static bool fill(struct xls *x, size_t n)
{
	if (x->to - x->from >= n)
		return true;
	memmove(x->block, x->block + x->from, x->to - x->from);
	x->to -= x->from;
	x->from = 0;
	size_t got = source_read(x->s, x->at, x->block + x->to, STREAM_BLOCK - x->to);
	x->at += got;
	x->to += got;
	return x->to >= n;
}

/* The type of the record that follows; 0: none does. */
static uint16_t peek(struct xls *x)
{
	if (!fill(x, 4))
		return 0;
	struct cursor c = cursor_of((struct str){ (char *)x->block + x->from, 4 });
	return cursor_u16(&c);
}

/* Goes on to the next record. */
static bool next(struct xls *x)
{
	if (!fill(x, 4))
		return false;
	struct cursor c = cursor_of((struct str){ (char *)x->block + x->from, 4 });
	x->type = cursor_u16(&c);
	size_t n = cursor_u16(&c);
	if (n > RECORD_LONGEST || !fill(x, 4 + n)) {
		x->end = OPEN_BROKEN;
		return false;
	}
	memcpy(x->record, x->block + x->from + 4, n);
	x->from += 4 + n;
	x->body = cursor_of((struct str){ (char *)x->record, n });
	return true;
}

/* ---- strings ---- */

/* More of a record's bytes, in the CONTINUE record that may follow. */
static bool more(struct xls *x)
{
	return peek(x) == R_CONTINUE && next(x);
}

static size_t have(const struct xls *x)
{
	return (size_t)(x->body.end - x->body.p);
}

static void put_bytes(struct xls *x, bool wide, struct str raw)
{
	if (wide)
		charset_utf16(raw, &x->text);
	else
		for (size_t i = 0; i < raw.n; i++) {     /* the low bytes of UTF-16 */
			char unit[2] = { raw.p[i], 0 };
			if ((unsigned char)raw.p[i] < 0x80)
				buf_byte(&x->text, raw.p[i]);
			else
				charset_utf16((struct str){ unit, 2 }, &x->text);
		}
}

/* Characters, which may go on in CONTINUE records, each of which says anew how wide they are ([MS-XLS] 2.5.293). */
static void characters(struct xls *x, size_t n, bool wide)
{
	while (n) {
		size_t fit = have(x) >> wide, some = fit < n ? fit : n;
		put_bytes(x, wide, cursor_bytes(&x->body, some << wide));
		n -= some;
		if (n) {
			if (!more(x)) {
				x->body.torn = true;
				return;
			}
			wide = cursor_u8(&x->body) & 1;
		}
	}
}

static void skip(struct xls *x, size_t n)
{
	while (n) {
		size_t some = have(x) < n ? have(x) : n;
		cursor_bytes(&x->body, some);
		n -= some;
		if (n && !more(x)) {
			x->body.torn = true;
			return;
		}
	}
}

/* A Unicode string of Excel 97 on: length as given, flags, characters, and what is behind them. Into x->text. */
static void string8(struct xls *x, size_t n)
{
	uint8_t flags = cursor_u8(&x->body);
	size_t runs = flags & 8 ? cursor_u16(&x->body) : 0, phonetic = flags & 4 ? cursor_u32(&x->body) : 0;
	characters(x, n, flags & 1);
	skip(x, runs * 4);
	skip(x, phonetic);
}

/* A string of either version with a length of 1 or 2 bytes; good until the next. */
static struct str string(struct xls *x, size_t length)
{
	buf_clear(&x->text);
	size_t n = length == 1 ? cursor_u8(&x->body) : cursor_u16(&x->body);
	if (x->version >= BIFF8)
		string8(x, n);
	else
		charset_text(x->charset, cursor_bytes(&x->body, n), &x->text);
	return buf_str(&x->text);
}

/* ---- the workbook ---- */

static void shared_read(struct xls *x)
{
	cursor_u32(&x->body);
	uint32_t n = cursor_u32(&x->body);
	for (uint32_t i = 0; i < n && !x->o->stopped; i++) {
		if (!have(x) && !more(x))
			return;
		struct str text = string(x, 2);
		if (x->body.torn)
			return;
		if (x->shared_n == SHARED_COUNT_MAX || x->shared.n + text.n > SHARED_MAX) {
			ole_tell(x->o, text, "a text of the workbook", STR(""), 0);
			continue;
		}
		buf_put(&x->shared, text);
		if (x->shared_n == x->shared_cap) {
			x->shared_cap = x->shared_cap ? 2 * x->shared_cap : 1024;
			x->shared_end = mem_grow(x->shared_end, x->shared_cap * sizeof *x->shared_end);
		}
		x->shared_end[x->shared_n++] = (uint32_t)x->shared.n;
	}
}

static struct str shared(const struct xls *x, uint32_t i)
{
	if (i >= x->shared_n)
		return STR("");
	uint32_t from = i ? x->shared_end[i - 1] : 0;
	return (struct str){ x->shared.p + from, x->shared_end[i] - from };
}

static void sheet_named(struct xls *x)
{
	if (x->sheets == SHEETS_MAX)
		return;
	x->sheet[x->sheets].at = cursor_u32(&x->body);
	cursor_u16(&x->body);                            /* hidden or not, and of which sort */
	struct buf clean = BUF(1024);
	x->sheet[x->sheets++].name = arena_str(x->names, open_name(&clean, office_name(string(x, 1))));
	buf_free(&clean);
}

/* ---- cells ---- */

/* Ends the rows before this one. */
static bool to_row(struct xls *x, uint32_t row)
{
	if (x->row_open && x->row != row) {
		if (!grid_row(x->grid, &x->office))
			return false;
		x->row_open = false;
	}
	if (!x->row_open)
		x->grid->row = x->row = row;
	return x->row_open = true;
}

static bool cell(struct xls *x, uint32_t row, uint32_t column, struct str text)
{
	return to_row(x, row) && grid_cell(x->grid, &x->office, column, text);
}

static double real(uint64_t bits)
{
	double d;
	memcpy(&d, &bits, sizeof d);
	return d;
}

/* A number as its cell shows it; else whole ones in full. */
static bool number(struct xls *x, uint32_t row, uint32_t column, uint16_t style, double d)
{
	char text[OFFICE_REAL_ROOM], room[FORMAT_ROOM];
	return cell(x, row, column, formats_show(x->formats, style, office_real(d, text), x->from_1904, room));
}

static bool formula(struct xls *x, uint32_t row, uint32_t column, uint16_t style)
{
	uint64_t value = cursor_u64(&x->body);
	if (value >> 48 != 0xFFFF)
		return x->body.torn || number(x, row, column, style, real(value));
	x->wants_string = (value & 0xFF) == 0;
	x->formula_row = row;
	x->formula_column = column;
	return true;
}

static bool cells(struct xls *x)
{
	uint32_t row = cursor_u16(&x->body), column = cursor_u16(&x->body);
	uint16_t style = x->type != R_MULRK ? cursor_u16(&x->body) : 0;
	switch (x->type) {
	case R_LABELSST: {
		struct str text = shared(x, cursor_u32(&x->body));
		return cell(x, row, column, text);
	}
	case R_LABEL: case R_RSTRING:
		return cell(x, row, column, string(x, 2));
	case R_NUMBER:
		return number(x, row, column, style, real(cursor_u64(&x->body)));
	case R_RK:
		return number(x, row, column, style, office_rk(cursor_u32(&x->body)));
	case R_MULRK:
		for (; have(x) >= 8; column++) {
			style = cursor_u16(&x->body);
			if (!number(x, row, column, style, office_rk(cursor_u32(&x->body))))
				return false;
		}
		return true;
	default:
		return formula(x, row, column, style);
	}
}

/* ---- what stands beside the cells ---- */

static struct str place_on_sheet(struct xls *x, const char *what)
{
	buf_clear(&x->place);
	buf_put(&x->place, buf_str(&x->grid->place));
	if (x->place.n)
		buf_put(&x->place, STR(", "));
	buf_put(&x->place, str_of(what));
	return buf_str(&x->place);
}

static bool tell(struct xls *x, struct str text, struct str where)
{
	return office_say(&x->office, text, where, STR(""), 0);
}

static void object(struct xls *x)
{
	x->object_sort = 0;
	if (x->version < BIFF8 || cursor_u16(&x->body) != 0x15)
		return;
	cursor_u16(&x->body);
	x->object_sort = cursor_u16(&x->body);
	x->object = cursor_u16(&x->body);
}

/* The text of a shape or of a comment, which comes before it is known at which cell. */
static bool shape_text(struct xls *x)
{
	cursor_bytes(&x->body, 10);
	size_t n = cursor_u16(&x->body);
	if (x->body.torn || !n || !more(x))
		return true;
	buf_clear(&x->text);
	bool wide = cursor_u8(&x->body) & 1;
	characters(x, n, wide);
	struct str text = buf_str(&x->text);
	if (x->object_sort != OBJECT_NOTE || x->comments == COMMENTS_MAX || x->comment_bytes + text.n > COMMENT_BYTES_MAX)
		return tell(x, text, place_on_sheet(x, "text of a shape"));
	x->comment_bytes += text.n;
	x->comment[x->comments].object = x->object;
	x->comment[x->comments++].text = arena_str(x->texts, text);
	return true;
}

static struct str place_of_comment(struct xls *x, uint32_t row, uint32_t column)
{
	buf_clear(&x->place);
	buf_put(&x->place, grid_where(x->grid, row, column));
	buf_put(&x->place, STR(", comment"));
	return buf_str(&x->place);
}

static bool note(struct xls *x)
{
	uint32_t row = cursor_u16(&x->body), column = cursor_u16(&x->body);
	if (x->version < BIFF8) {                        /* the text itself; longer ones go on in notes at row 65535 */
		buf_clear(&x->text);
		cursor_u16(&x->body);
		charset_text(x->charset, cursor_bytes(&x->body, have(x)), &x->text);
		return tell(x, buf_str(&x->text), row == 0xFFFF ? place_on_sheet(x, "comment") : place_of_comment(x, row, column));
	}
	cursor_u16(&x->body);
	uint16_t id = cursor_u16(&x->body);
	for (size_t i = 0; i < x->comments; i++)
		if (x->comment[i].object == id && x->comment[i].text.n) {
			struct str text = x->comment[i].text;
			x->comment[i].text.n = 0;
			return tell(x, text, place_of_comment(x, row, column));
		}
	return true;
}

static struct str sheet_at(const struct xls *x, uint64_t at)
{
	for (size_t i = 0; i < x->sheets; i++)
		if (x->sheet[i].at == at)
			return x->sheet[i].name;
	return (struct str){ 0 };
}

static void sheet_begin(struct xls *x, struct str name, unsigned sort)
{
	grid_begin(x->grid, true);
	buf_put(&x->grid->place, x->o->within);
	if (name.n)
		buf_printf(&x->grid->place, "sheet " STR_FMT, STR_ARG(name));
	else
		buf_put(&x->grid->place, sort == 0x20 ? STR("chart") : STR("sheet"));
	x->row_open = x->wants_string = false;
	x->comments = x->comment_bytes = 0;
	arena_reset(x->texts);
}

static bool sheet_end(struct xls *x)
{
	if (x->row_open && !grid_row(x->grid, &x->office))
		return false;
	x->row_open = false;
	for (size_t i = 0; i < x->comments; i++)
		if (x->comment[i].text.n && !tell(x, x->comment[i].text, place_on_sheet(x, "comment")))
			return false;
	x->comments = 0;
	return true;
}

/* A chart stands within its sheet, between records of its own; what it says is told as the sheet's. */
static bool begin(struct xls *x, uint64_t at, unsigned *depth)
{
	x->version = cursor_u16(&x->body) >= BIFF8 ? BIFF8 : BIFF5;
	unsigned sort = cursor_u16(&x->body);
	struct str name = sheet_at(x, at);
	if (name.n)                                      /* whether or not what came before has ended */
		*depth = 0;
	if ((*depth)++ || sort == 5)
		return true;
	if (!sheet_end(x))
		return false;
	sheet_begin(x, name, sort);
	return true;
}

static bool take(struct xls *x, uint64_t at, unsigned *depth)
{
	switch (x->type) {
	case R_BOF:
		return begin(x, at, depth);
	case R_EOF:
		*depth -= *depth > 0;
		return *depth || sheet_end(x);
	case R_FILEPASS:
		x->end = OPEN_ENCRYPTED;
		return false;
	case R_CODEPAGE:
		charset_close(x->charset);
		x->charset = charset_of_page(cursor_u16(&x->body));
		return true;
	case R_DATE_MODE:
		x->from_1904 = cursor_u16(&x->body) == 1;
		return true;
	case R_FORMAT: {
		uint16_t id = cursor_u16(&x->body);
		formats_code(x->formats, id, string(x, x->version >= BIFF8 ? 2 : 1));
		return true;
	}
	case R_XF:
		cursor_u16(&x->body);                    /* its font */
		formats_style(x->formats, cursor_u16(&x->body));
		return true;
	case R_BOUNDSHEET:
		sheet_named(x);
		return true;
	case R_SST:
		shared_read(x);
		return true;
	case R_LABELSST: case R_LABEL: case R_RSTRING: case R_NUMBER: case R_RK: case R_MULRK: case R_FORMULA: case R_FORMULA3: case R_FORMULA4:
		return cells(x);
	case R_STRING:
		if (!x->wants_string)
			return true;
		x->wants_string = false;
		return cell(x, x->formula_row, x->formula_column, string(x, 2));
	case R_OBJ:
		object(x);
		return true;
	case R_TXO:
		return shape_text(x);
	case R_NOTE:
		return note(x);
	case R_HEADER: case R_FOOTER:
		return !have(x) || tell(x, string(x, x->version >= BIFF8 ? 2 : 1), place_on_sheet(x, x->type == R_HEADER ? "header" : "footer"));
	default:
		return true;
	}
}

static void stream_read(struct xls *x)
{
	unsigned depth = 0;
	for (;;) {
		uint64_t at = x->at - (x->to - x->from);
		if (!next(x) || x->o->stopped || x->office.told_off || !take(x, at, &depth))
			break;
	}
	if (x->end != OPEN_ENCRYPTED && !x->office.told_off)
		sheet_end(x);
}

static enum open_end workbook_read(struct ole *o, const struct source *s)
{
	struct xls *x = mem_zero(1, sizeof *x);
	x->o = o;
	x->office = (struct office){ .l = o->l, .records = *o->records };
	x->grid = grid_open();
	x->s = s;
	x->block = mem_get(STREAM_BLOCK);
	x->shared = BUF(SHARED_MAX);
	x->text = BUF(1 << 20);
	x->place = BUF(2 << 10);
	x->formats = formats_open();
	x->names = arena_open();
	x->texts = arena_open();
	stream_read(x);
	*o->records = x->office.records;
	o->stopped |= x->office.told_off;
	enum open_end end = x->end;
	buf_free(&x->shared);
	buf_free(&x->text);
	buf_free(&x->place);
	free(x->shared_end);
	free(x->block);
	grid_close(x->grid);
	formats_close(x->formats);
	charset_close(x->charset);
	arena_close(x->names);
	arena_close(x->texts);
	wipe(x->record, sizeof x->record);
	free(x);
	return end;
}

enum open_end ole_xls(struct ole *o)
{
	struct ole_stream new, old;
	bool has_new = ole_open(o, "Workbook", &new), has_old = ole_open(o, "Book", &old);
	/* a file for both Excel 95 and 97 holds the same twice */
	enum open_end end = has_new ? workbook_read(o, &new.source) : has_old ? workbook_read(o, &old.source) : OPEN_BROKEN;
	if (has_new)
		ole_close(&new);
	if (has_old)
		ole_close(&old);
	return end;
}
