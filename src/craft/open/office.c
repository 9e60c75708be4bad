/* office - pieces and their places, tables, running text, for the readers of office documents. */
#include "office.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEP_MAX = 32 << 10, PLACE_MAX = 1 << 10, ROW_MAX = 1 << 20, STRAND_MAX = 256 << 10, PROPERTY_MAX = 64 << 10 };

/* ---- saying ---- */

struct str office_name(struct str s)
{
	if (s.n <= OFFICE_NAME_MAX)
		return s;
	s.n = OFFICE_NAME_MAX;
	while (s.n && ((unsigned char)s.p[s.n] & 0xC0) == 0x80)
		s.n--;
	return s;
}

bool office_say(struct office *o, struct str text, struct str where, struct str field, uint64_t record)
{
	struct piece p = { str_trim(text), where, field, record };
	o->told_off = o->told_off || !open_text(o->l, &p);
	return !o->told_off;
}

bool office_unread(struct office *o, struct str name, enum open_end why)
{
	o->full = o->full || why == OPEN_TOO_BIG;
	o->told_off = o->told_off || !o->l->unread(o->l->to, name, why);
	return !o->told_off;
}

bool office_xml(struct office *o, struct zip_part *p, const struct xml_reader *reader, void *to)
{
	p->read = true;
	enum open_end end = xml_read(o->zip, p, o->l, reader, to);
	if (o->told_off)
		return false;
	return end == OPEN_DONE || end == OPEN_STOPPED || office_unread(o, p->name, end);
}

static bool member(struct office *o, const struct zip_part *p, struct stream *stream)
{
	struct unzip *u = unzip_open(o->zip, p, o->l);
	stream->of = u;
	struct source s = stream_source(stream, p->size);
	o->told_off = !o->l->member(o->l->to, p->name, &s);
	enum open_end end = unzip_close(u);
	return !o->told_off && (end == OPEN_DONE || office_unread(o, p->name, end));
}

/* The small picture of the first page: what stands in it stands on the page, and is read wrong here. */
static bool is_thumbnail(struct str name)
{
	return str_starts(name, STR("Thumbnails/thumbnail.")) || str_starts(name, STR("docProps/thumbnail."));
}

enum open_end office_rest(struct office *o)
{
	struct stream stream = { .more = unzip_more };
	for (size_t i = 0; i < o->zip->n && !o->told_off && !o->full; i++) {
		struct zip_part *p = &o->zip->part[i];
		bool folder = p->name.n == 0 || p->name.p[p->name.n - 1] == '/';
		if (!p->read && !(folder && p->size == 0) && !is_thumbnail(p->name))
			member(o, p, &stream);
	}
	stream_close(&stream);
	return o->told_off ? OPEN_STOPPED : o->full ? OPEN_TOO_BIG : OPEN_DONE;
}

/* ---- values ---- */


struct str office_number(struct str v, char out[32])
{
	if (memchr(v.p, 'E', v.n) || memchr(v.p, 'e', v.n)) {
		char text[32], *end;
		if (v.n >= sizeof text)
			return v;
		memcpy(text, v.p, v.n);
		text[v.n] = 0;
		double d = strtod(text, &end);
		if (*end || !(fabs(d) < 1e19) || d != floor(d))
			return v;
		return (struct str){ out, (size_t)snprintf(out, 32, "%.0f", d) };
	}
	const char *dot = memchr(v.p, '.', v.n);
	size_t n = v.n;
	while (dot && n && v.p[n - 1] == '0')
		n--;
	if (dot && v.p + n == dot + 1)
		v.n = n - 1;
	return v;
}


struct str office_real(double d, char room[OFFICE_REAL_ROOM])
{
	bool whole = d > -1e18 && d < 1e18 && d == (double)(int64_t)d;
	return (struct str){ room, (size_t)snprintf(room, OFFICE_REAL_ROOM, whole ? "%.0f" : "%.15g", d) };
}

double office_rk(uint32_t v)
{
	uint64_t bits = (uint64_t)(v & ~3u) << 32;
	double d = (double)((int32_t)v >> 2);
	if (!(v & 2))
		memcpy(&d, &bits, sizeof d);
	return v & 1 ? d / 100 : d;
}

bool office_telling(struct str f)
{
	size_t digits = 0;
	for (size_t i = 0; i < f.n; i++) {
		digits = f.p[i] >= '0' && f.p[i] <= '9' ? digits + 1 : 0;
		if (f.p[i] == '"' || digits > 7)
			return true;
	}
	return false;
}

/* ---- properties (OPC 8, ECMA-376 22.2, 22.3; ODF 4.3): a name and a value each ---- */

struct properties { struct office *o; struct buf field, value; bool custom; };

static bool property_begin(void *to, const struct xml_tag *tag)
{
	struct properties *p = to;
	buf_clear(&p->value);
	if (p->custom)
		return true;                             /* the value's type */
	p->custom = tag->word >= 0;
	buf_clear(&p->field);
	buf_put(&p->field, office_name(p->custom ? xml_attribute(tag, "name") : str_of(tag->name)));
	return true;
}

static bool property_end(void *to, int word)
{
	struct properties *p = to;
	bool on = office_say(p->o, buf_str(&p->value), STR("document properties"), buf_str(&p->field), 0);
	buf_clear(&p->value);
	p->custom = p->custom && word < 0;
	return on;
}

static bool property_text(void *to, int word, struct str text)
{
	(void)word;
	struct properties *p = to;
	if (p->value.n + text.n <= PROPERTY_MAX)
		buf_put(&p->value, text);
	return true;
}

bool office_properties(struct office *o, struct zip_part *part)
{
	static const char *const names[] = { "property", "user-defined" };
	static const struct xml_reader reader = { names, LENGTH(names), property_begin, property_end, property_text };
	struct properties p = { .o = o, .field = BUF(PLACE_MAX), .value = BUF(PROPERTY_MAX) };
	bool on = office_xml(o, part, &reader, &p);
	buf_free(&p.field);
	buf_free(&p.value);
	return on;
}

/* ---- tables ---- */

struct grid *grid_open(void)
{
	struct grid *g = mem_zero(1, sizeof *g);
	g->place = BUF(PLACE_MAX), g->where = BUF(PLACE_MAX + 64), g->text = BUF(ROW_MAX);
	return g;
}

void grid_close(struct grid *g)
{
	if (!g)
		return;
	buf_free(&g->place);
	buf_free(&g->where);
	buf_free(&g->text);
	free(g->cell);
	free(g);
}

void grid_begin(struct grid *g, bool sheet)
{
	g->sheet = sheet;
	buf_clear(&g->place);
	buf_clear(&g->text);
	g->place.full = g->text.full = false;
	g->n = g->headings = 0;
	g->row = g->rows = 0;
	memset(g->heading, 0, sizeof g->heading);
}

static void put_number(struct buf *b, uint32_t v)
{
	char digit[10];
	size_t n = sizeof digit;
	do
		digit[--n] = (char)('0' + v % 10);
	while (v /= 10);
	buf_put(b, (struct str){ digit + n, sizeof digit - n });
}

/* A, B ... Z, AA ... */
static void put_letters(struct buf *b, uint32_t column)
{
	char letter[8];
	size_t n = sizeof letter;
	for (uint64_t v = (uint64_t)column + 1; v; v = (v - 1) / 26)
		letter[--n] = (char)('A' + (v - 1) % 26);
	buf_put(b, (struct str){ letter + n, sizeof letter - n });
}

struct str grid_where(struct grid *g, uint32_t row, uint32_t column)
{
	buf_clear(&g->where);
	buf_put(&g->where, buf_str(&g->place));
	if (g->sheet) {
		buf_put(&g->where, STR(", cell "));
		put_letters(&g->where, column);
		put_number(&g->where, row + 1);
	} else {
		buf_put(&g->where, STR(", row "));
		put_number(&g->where, row + 1);
		buf_put(&g->where, STR(", column "));
		put_number(&g->where, column + 1);
	}
	return buf_str(&g->where);
}

/* More letters than digits, and short. */
static bool is_heading(struct str s)
{
	size_t letters = 0, digits = 0;
	for (size_t i = 0; i < s.n; i++) {
		letters += isalpha((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0x80;
		digits += isdigit((unsigned char)s.p[i]) != 0;
	}
	return s.n <= GRID_HEADING && letters > digits && str_utf8(s);
}

static struct str cell_text(const struct grid *g, const struct grid_cell *c)
{
	return str_trim((struct str){ g->text.p + c->at, c->n });
}

/* Of the first rows that are words alone the one with the most cells names the columns: titles above it have fewer. Whether it is this. */
static bool take_headings(struct grid *g)
{
	if (g->rows >= GRID_HEADING_ROWS || g->n <= g->headings)
		return false;
	for (size_t i = 0; i < g->n; i++)
		if (!is_heading(cell_text(g, &g->cell[i])))
			return false;
	g->headings = g->n;
	memset(g->heading, 0, sizeof g->heading);
	for (size_t i = 0; i < g->n; i++) {
		struct str s = cell_text(g, &g->cell[i]);
		uint32_t column = g->cell[i].column;
		if (column >= GRID_COLUMNS)
			break;
		g->heading[column].n = (unsigned char)s.n;
		memcpy(g->heading[column].text, s.p, s.n);
	}
	return true;
}

static struct str heading(const struct grid *g, uint32_t column)
{
	if (column >= GRID_COLUMNS)
		return (struct str){ "", 0 };
	return (struct str){ g->heading[column].text, g->heading[column].n };
}

static bool say_cells(struct grid *g, struct office *o, bool fields)
{
	bool on = true;
	uint64_t record = g->n ? ++o->records : 0;
	for (size_t i = 0; i < g->n && on; i++) {
		const struct grid_cell *c = &g->cell[i];
		on = office_say(o, (struct str){ g->text.p + c->at, c->n }, grid_where(g, g->row, c->column),
		                fields ? heading(g, c->column) : (struct str){ "", 0 }, record);
	}
	g->n = 0;
	buf_clear(&g->text);
	return on;
}

bool grid_cell(struct grid *g, struct office *o, uint32_t column, struct str text)
{
	text = str_trim(text);
	if (!text.n)
		return true;
	if (g->text.n + text.n > ROW_MAX && !say_cells(g, o, true))
		return false;
	if (text.n > ROW_MAX)
		return office_say(o, text, grid_where(g, g->row, column), heading(g, column), 0);
	if (g->n == g->cap) {
		g->cap = g->cap ? g->cap * 2 : 64;
		g->cell = mem_grow(g->cell, g->cap * sizeof *g->cell);
	}
	g->cell[g->n++] = (struct grid_cell){ g->text.n, text.n, column };
	buf_put(&g->text, text);
	return true;
}

bool grid_row(struct grid *g, struct office *o)
{
	bool on = say_cells(g, o, !take_headings(g));
	g->rows += g->rows < GRID_HEADING_ROWS;
	g->row++;
	return on;
}

/* ---- running text ---- */

struct level { struct buf strand[STRANDS]; enum strand last; struct buf place; unsigned tables; };
struct table { struct grid *grid; struct buf cell; uint32_t column, wide, tall; };

struct prose {
	struct office *o;
	struct level level[PROSE_DEPTH];
	struct table table[PROSE_DEPTH];
	unsigned depth, deeper;                          /* levels in use less one; those beyond PROSE_DEPTH */
	unsigned tables, more_tables;                    /* open; those beyond PROSE_DEPTH */
	uint32_t paragraphs, tables_seen;
	struct buf where;
};

struct prose *prose_open(struct office *o)
{
	struct prose *p = mem_zero(1, sizeof *p);
	p->o = o;
	p->where = BUF(2 * PLACE_MAX);
	for (size_t i = 0; i < PROSE_DEPTH; i++) {
		for (size_t k = 0; k < STRANDS; k++)
			p->level[i].strand[k] = BUF(STRAND_MAX + STEP_MAX);
		p->level[i].place = BUF(PLACE_MAX);
		p->table[i].cell = BUF(STRAND_MAX + STEP_MAX);
	}
	return p;
}

void prose_close(struct prose *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < PROSE_DEPTH; i++) {
		for (size_t k = 0; k < STRANDS; k++)
			buf_free(&p->level[i].strand[k]);
		buf_free(&p->level[i].place);
		buf_free(&p->table[i].cell);
		grid_close(p->table[i].grid);
	}
	buf_free(&p->where);
	free(p);
}

static void level_begin(struct level *v, unsigned tables)
{
	for (size_t k = 0; k < STRANDS; k++)
		buf_clear(&v->strand[k]);
	buf_clear(&v->place);
	v->place.full = false;
	v->last = BODY;
	v->tables = tables;
}

void prose_begin(struct prose *p, struct str place)
{
	p->depth = p->deeper = p->tables = p->more_tables = 0;
	p->paragraphs = p->tables_seen = 0;
	level_begin(&p->level[0], 0);
	buf_put(&p->level[0].place, place);
}

static bool in_cell(const struct prose *p)
{
	return p->tables > p->level[p->depth].tables;
}

/* Where text stands now, with `more` said of it; good until the next call. */
static struct str prose_where(struct prose *p, struct str more)
{
	const struct level *v = &p->level[p->depth];
	buf_clear(&p->where);
	p->where.full = false;
	if (in_cell(p)) {
		struct table *t = &p->table[p->tables - 1];
		buf_put(&p->where, grid_where(t->grid, t->grid->row, t->column));
	} else if (v->place.n) {
		buf_put(&p->where, buf_str(&v->place));
	} else {
		buf_put(&p->where, STR("paragraph "));
		put_number(&p->where, p->paragraphs + 1);
	}
	if (more.n) {
		buf_put(&p->where, STR(", "));
		buf_put(&p->where, more);
	}
	return buf_str(&p->where);
}

static bool say_strand(struct prose *p, enum strand s)
{
	static const char *const names[STRANDS] = { "", "deleted text", "not shown" };
	struct buf *b = &p->level[p->depth].strand[s];
	bool on = !b->n || office_say(p->o, buf_str(b), prose_where(p, str_of(names[s])), (struct str){ "", 0 }, 0);
	buf_clear(b);
	return on;
}

bool prose_text(struct prose *p, enum strand s, struct str text)
{
	struct level *v = &p->level[p->depth];
	struct buf *b = &v->strand[s];
	if (s != BODY && v->last != s && b->n)           /* other text stands between */
		buf_byte(b, '\n');
	v->last = s;
	for (; text.n; ) {
		size_t n = text.n < STEP_MAX ? text.n : STEP_MAX;
		if (b->n + n > STRAND_MAX && !say_strand(p, s))
			return false;
		buf_put(b, (struct str){ text.p, n });
		text.p += n, text.n -= n;
	}
	return true;
}

/* A cell's paragraphs are one text, said with its row; one too long is said as it comes. */
static bool paragraph_to_cell(struct prose *p)
{
	struct buf *body = &p->level[p->depth].strand[BODY], *cell = &p->table[p->tables - 1].cell;
	if (cell->n + body->n + 1 > STRAND_MAX) {
		if (!office_say(p->o, buf_str(cell), prose_where(p, (struct str){ "", 0 }), (struct str){ "", 0 }, 0))
			return false;
		buf_clear(cell);
	}
	if (cell->n)
		buf_byte(cell, '\n');
	buf_put(cell, buf_str(body));
	buf_clear(body);
	return true;
}

bool prose_end_paragraph(struct prose *p)
{
	bool cell = in_cell(p);
	bool on = (cell ? paragraph_to_cell(p) : say_strand(p, BODY)) && say_strand(p, DELETED) && say_strand(p, UNSEEN);
	if (!p->depth && !cell)
		p->paragraphs++;
	return on;
}

/* What is left over when something ends that has not ended its paragraph. */
static bool leftover(struct prose *p)
{
	const struct level *v = &p->level[p->depth];
	return !(v->strand[BODY].n || v->strand[DELETED].n || v->strand[UNSEEN].n) || prose_end_paragraph(p);
}

void prose_in(struct prose *p, struct str what, bool alone)
{
	if (p->depth + 1 == PROSE_DEPTH) {
		p->deeper++;
		return;
	}
	struct str where = alone ? what : prose_where(p, what);
	struct level *v = &p->level[p->depth + 1];
	level_begin(v, p->tables);
	buf_put(&v->place, where);
	p->depth++;
}

bool prose_out(struct prose *p)
{
	bool on = true;
	if (p->deeper) {
		p->deeper--;
		return leftover(p);
	}
	if (!p->depth)
		return true;
	while (on && in_cell(p))
		on = prose_end_table(p);
	on = on && leftover(p);
	p->depth--;
	return on;
}

bool prose_table(struct prose *p, struct str sheet)
{
	if (!leftover(p))
		return false;
	if (p->tables == PROSE_DEPTH) {
		p->more_tables++;
		return true;
	}
	struct str around = in_cell(p) ? prose_where(p, (struct str){ "", 0 }) : buf_str(&p->level[p->depth].place);
	struct table *t = &p->table[p->tables];
	if (!t->grid)
		t->grid = grid_open();
	grid_begin(t->grid, sheet.n);
	buf_clear(&t->cell);
	t->column = 0;
	t->wide = t->tall = 1;
	if (sheet.n) {
		buf_put(&t->grid->place, STR("sheet "));
		buf_put(&t->grid->place, office_name(sheet));
	} else {
		if (around.n && around.n < PLACE_MAX - 64) {
			buf_put(&t->grid->place, around);
			buf_put(&t->grid->place, STR(", "));
		}
		buf_put(&t->grid->place, STR("table "));
		put_number(&t->grid->place, ++p->tables_seen);
	}
	p->tables++;
	return true;
}

/* Cells, rows and ends of tables that are open at no level of ours are of those beyond PROSE_DEPTH, or of no table. */
static bool none_here(const struct prose *p)
{
	return p->more_tables || !in_cell(p);
}

static size_t digits(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += isdigit((unsigned char)s.p[i]) != 0;
	return n;
}

void prose_wide(struct prose *p, uint32_t columns)
{
	if (!none_here(p))
		p->table[p->tables - 1].wide = columns;
}

void prose_tall(struct prose *p, uint32_t rows)
{
	if (!none_here(p))
		p->table[p->tables - 1].tall = rows;
}

bool prose_cell(struct prose *p, struct str value)
{
	if (!leftover(p))
		return false;
	if (none_here(p))
		return true;
	struct table *t = &p->table[p->tables - 1];
	struct str text = str_trim(buf_str(&t->cell));
	bool on = grid_cell(t->grid, p->o, t->column, !text.n || digits(value) > digits(text) ? value : text);
	buf_clear(&t->cell);
	t->column = t->column > UINT32_MAX - t->wide ? UINT32_MAX : t->column + t->wide;
	t->wide = 1;
	return on;
}

bool prose_row(struct prose *p)
{
	if (none_here(p))
		return true;
	struct table *t = &p->table[p->tables - 1];
	bool on = (!t->cell.n || prose_cell(p, (struct str){ "", 0 })) && grid_row(t->grid, p->o);
	t->column = 0;
	t->grid->row = t->grid->row > UINT32_MAX - t->tall ? UINT32_MAX : t->grid->row + t->tall - 1;
	t->tall = 1;
	return on;
}

bool prose_end_table(struct prose *p)
{
	if (p->more_tables) {
		p->more_tables--;
		return true;
	}
	if (!in_cell(p))
		return true;
	struct table *t = &p->table[p->tables - 1];
	bool on = leftover(p) && ((!t->cell.n && !t->grid->n) || prose_row(p));
	p->tables--;
	return on;
}

bool prose_finish(struct prose *p)
{
	bool on = true;
	p->deeper = p->more_tables = 0;
	while (on && p->depth)
		on = prose_out(p);
	while (on && in_cell(p))
		on = prose_end_table(p);
	return on && leftover(p);
}
