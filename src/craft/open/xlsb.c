/* xlsb - Excel's binary workbooks [MS-XLSB]: the parts of a workbook as records instead of XML. Each row a record, text from the shared
 * strings, numbers as they are shown, comments, headers, footers. Formulas are told by their values. */
#include "charset.h"
#include "ooxml_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 64 << 10, BODY_MAX = 256 << 10, SHEETS_MAX = 1 << 12, TEXT_MAX = 128 << 10 };

/* Types of records (2.3.2). */
enum {
	R_ROW = 0, R_RK = 2, R_REAL = 5, R_TEXT = 6, R_SHARED = 7, R_FORMULA_TEXT = 8, R_FORMULA_REAL = 9, R_SHORT_RK = 13, R_SHORT_REAL = 16, R_SHORT_TEXT = 17,
	R_SHORT_SHARED = 18, R_SHARED_ITEM = 19, R_FORMAT = 44, R_STYLE = 47, R_RICH_TEXT = 62, R_ROWS_END = 146, R_BOOK = 153, R_SHEET = 156, R_HEADERS = 479, R_STYLES = 617,
	R_STYLES_END = 618, R_COMMENT = 635, R_COMMENT_TEXT = 637
};

struct xlsb {
	struct office *o;
	struct shared shared;
	struct formats *formats;
	struct grid *grid;
	struct buf text, where;
	bool from_1904, in_styles, row_open;
	uint32_t column;                                 /* of the last cell; UINT32_MAX: none yet */
	uint32_t row, comment_column;                    /* of the comment that is read */
	struct arena *a;
	struct { struct str name, id; bool hidden; } *sheet;
	size_t n, cap;
};

/* ---- records (2.1.4): type and length in bytes of seven bits, the lowest first ---- */

struct records { struct unzip *u; size_t at, n; unsigned char *block; bool torn; };        /* torn: it ends within one */

/* There are more bytes in the block. */
static bool filled(struct records *r)
{
	if (r->at == r->n) {
		r->n = unzip_more(r->u, (char *)r->block, BLOCK);
		r->at = 0;
	}
	return r->n > 0;
}

static bool number_of(struct records *r, unsigned bytes, uint32_t *v)
{
	*v = 0;
	for (unsigned i = 0; i < bytes; i++) {
		if (!filled(r)) {
			r->torn |= i > 0;
			return false;
		}
		unsigned char c = r->block[r->at++];
		*v |= (uint32_t)(c & 0x7F) << (7 * i);
		if (!(c & 0x80))
			return true;
	}
	return true;
}

/* Its first BODY_MAX bytes. */
static bool record_next(struct records *r, uint32_t *type, struct buf *body)
{
	uint32_t n;
	buf_clear(body);
	if (!number_of(r, 2, type))
		return false;
	r->torn = true;
	if (!number_of(r, 4, &n))
		return false;
	while (n) {
		if (!filled(r))
			return false;
		size_t some = r->n - r->at < n ? r->n - r->at : n, room = BODY_MAX - body->n;
		buf_put(body, (struct str){ (const char *)r->block + r->at, some < room ? some : room });
		r->at += some;
		n -= (uint32_t)some;
	}
	r->torn = false;
	return true;
}

/* Reads a part; false: no more is wanted. */
static bool read_part(struct xlsb *x, struct zip_part *part, bool (*each)(struct xlsb *, uint32_t type, struct cursor *))
{
	struct records r = { .u = unzip_open(x->o->zip, part, x->o->l), .block = mem_get(BLOCK) };
	struct buf body = BUF(BODY_MAX);
	uint32_t type;
	bool on = true;
	part->read = true;
	while (on && record_next(&r, &type, &body)) {
		struct cursor c = cursor_of(buf_str(&body));
		on = each(x, type, &c);
	}
	wipe(r.block, BLOCK);
	free(r.block);
	buf_free(&body);
	enum open_end end = unzip_close(r.u);
	end = end == OPEN_DONE && on && r.torn ? OPEN_BROKEN : end;
	return on && (end == OPEN_DONE || office_unread(x->o, part->name, end));
}

/* ---- values ---- */

/* Text with its length in front (2.5.168), in UTF-8 until the next; one that is none has the length -1 (2.5.166). */
static struct str text_of(struct xlsb *x, struct cursor *c)
{
	uint32_t n = cursor_u32(c);
	size_t left = (size_t)(c->end - c->p) / 2;
	buf_clear(&x->text);
	if (!c->torn && n != UINT32_MAX)
		charset_utf16(cursor_bytes(c, 2 * (n < left ? n : left)), &x->text);
	return open_cut(buf_str(&x->text), TEXT_MAX);
}

static struct str rich_text_of(struct xlsb *x, struct cursor *c)
{
	cursor_u8(c);
	return text_of(x, c);
}

static bool say(struct xlsb *x, struct str text, const char *what)
{
	buf_clear(&x->where);
	buf_put(&x->where, buf_str(&x->grid->place));
	buf_printf(&x->where, ", %s", what);
	return office_say(x->o, text, buf_str(&x->where), (struct str){ "", 0 }, 0);
}

/* ---- a sheet (2.1.7.61) ---- */

static bool row_ends(struct xlsb *x)
{
	bool open = x->row_open;
	x->row_open = false;
	return !open || grid_row(x->grid, x->o);
}

/* Of the short forms the column is the next. */
static bool on_cell(struct xlsb *x, uint32_t type, struct cursor *c)
{
	bool is_short = type >= R_SHORT_RK && type <= R_SHORT_SHARED;
	char number[OFFICE_REAL_ROOM], shown[FORMAT_ROOM];
	struct str text;
	x->column = is_short ? x->column + 1 : cursor_u32(c);
	uint32_t style = cursor_u32(c) & 0xFFFFFF;
	switch (type) {
	case R_RK: case R_SHORT_RK:
		text = office_real(office_rk(cursor_u32(c)), number);
		break;
	case R_REAL: case R_SHORT_REAL: case R_FORMULA_REAL: {
		uint64_t bits = cursor_u64(c);
		double d;
		memcpy(&d, &bits, sizeof d);
		text = office_real(d, number);
		break;
	}
	case R_SHARED: case R_SHORT_SHARED:
		text = shared_at(&x->shared, cursor_u32(c));
		break;
	case R_RICH_TEXT:
		text = rich_text_of(x, c);
		break;
	default:
		text = text_of(x, c);
	}
	if (c->torn || x->column >= 1 << 14)
		return true;
	if (text.p == number)
		text = formats_show(x->formats, style, text, x->from_1904, shown);
	return grid_cell(x->grid, x->o, x->column, text);
}

static bool on_sheet(struct xlsb *x, uint32_t type, struct cursor *c)
{
	static const char *const headers[] = { "header", "footer" };
	bool on = true;
	switch (type) {
	case R_ROW:
		on = row_ends(x);
		x->grid->row = cursor_u32(c);
		x->column = UINT32_MAX;
		x->row_open = !c->torn;
		return on;
	case R_RK: case R_REAL: case R_TEXT: case R_SHARED: case R_FORMULA_TEXT: case R_FORMULA_REAL: case R_SHORT_RK: case R_SHORT_REAL: case R_SHORT_TEXT:
	case R_SHORT_SHARED: case R_RICH_TEXT:
		return on_cell(x, type, c);
	case R_ROWS_END:
		return row_ends(x);
	case R_HEADERS:
		cursor_u16(c);
		for (size_t i = 0; on && i < 6 && !c->torn; i++)
			on = say(x, text_of(x, c), headers[i % 2]);
		return on;
	default:
		return true;
	}
}

/* ---- other parts ---- */

static bool on_book(struct xlsb *x, uint32_t type, struct cursor *c)
{
	if (type == R_BOOK)
		x->from_1904 = cursor_u32(c) & 1;
	if (type != R_SHEET || x->n == SHEETS_MAX)
		return true;
	bool hidden = cursor_u32(c) != 0;
	cursor_u32(c);
	struct str id = arena_str(x->a, office_name(text_of(x, c))), name = arena_str(x->a, office_name(text_of(x, c)));
	if (c->torn)
		return true;
	x->sheet = arena_more(x->a, x->sheet, x->n, &x->cap, sizeof *x->sheet);
	x->sheet[x->n].hidden = hidden;
	x->sheet[x->n].id = id;
	x->sheet[x->n++].name = name;
	return true;
}

static bool on_shared(struct xlsb *x, uint32_t type, struct cursor *c)
{
	return type != R_SHARED_ITEM || shared_put(&x->shared, rich_text_of(x, c));
}

static bool on_styles(struct xlsb *x, uint32_t type, struct cursor *c)
{
	if (type == R_STYLES || type == R_STYLES_END)
		x->in_styles = type == R_STYLES;
	uint16_t first = cursor_u16(c);
	if (type == R_FORMAT)
		formats_code(x->formats, first, text_of(x, c));
	else if (type == R_STYLE && x->in_styles)
		formats_style(x->formats, cursor_u16(c));
	return true;
}

static bool on_comments(struct xlsb *x, uint32_t type, struct cursor *c)
{
	if (type == R_COMMENT) {
		cursor_u32(c);
		x->row = cursor_u32(c);
		cursor_u32(c);
		x->comment_column = cursor_u32(c);
	}
	if (type != R_COMMENT_TEXT)
		return true;
	struct str text = rich_text_of(x, c);
	buf_clear(&x->where);
	buf_put(&x->where, grid_where(x->grid, x->row, x->comment_column));
	buf_put(&x->where, STR(", comment"));
	return office_say(x->o, text, buf_str(&x->where), (struct str){ "", 0 }, 0);
}

/* ---- the workbook ---- */

static bool read_sheet(struct xlsb *x, size_t i, struct zip_part *part, struct prose *p)
{
	struct relations r;
	grid_begin(x->grid, true);
	buf_put(&x->grid->place, STR("sheet "));
	buf_put(&x->grid->place, x->sheet[i].name);
	if (x->sheet[i].hidden)
		buf_put(&x->grid->place, STR(" (hidden)"));
	x->row_open = false;
	bool on = read_part(x, part, on_sheet) && row_ends(x) && ooxml_relations(x->o, part, &r, x->a);
	for (size_t k = 0; on && k < r.n; k++) {
		if (r.of[k].part->read)
			continue;
		if (ooxml_type(&r.of[k], "comments"))
			on = read_part(x, r.of[k].part, on_comments);
		else if (ooxml_type(&r.of[k], "drawing"))
			on = ooxml_prose(x->o, p, r.of[k].part, arena_say(x->a, STR_FMT ", drawing", STR_ARG(buf_str(&x->grid->place))));
	}
	return on;
}

bool ooxml_binary_workbook(struct office *o, struct zip_part *part, struct prose *p, struct arena *a)
{
	struct xlsb x = { .o = o, .a = a, .shared = shared_open(o), .formats = formats_open(), .grid = grid_open(), .text = BUF(BODY_MAX * 2), .where = BUF(1 << 11) };
	struct relations r;
	bool on = read_part(&x, part, on_book) && ooxml_relations(o, part, &r, a);
	for (size_t i = 0; on && i < r.n; i++)
		if (ooxml_type(&r.of[i], "sharedStrings") && !r.of[i].part->read)
			on = read_part(&x, r.of[i].part, on_shared);
		else if (ooxml_type(&r.of[i], "styles") && !r.of[i].part->read)
			on = read_part(&x, r.of[i].part, on_styles);
	for (size_t i = 0; on && i < x.n; i++) {
		struct zip_part *one = ooxml_related(&r, x.sheet[i].id);
		if (one && !one->read)
			on = read_sheet(&x, i, one, p);
	}
	shared_close(&x.shared);
	formats_close(x.formats);
	grid_close(x.grid);
	buf_free(&x.text);
	buf_free(&x.where);
	return on;
}
