/* sheet - Excel's workbooks (SpreadsheetML, ECMA-376 part 1, 18): each row a record, text from the shared strings, numbers in full. */
#include "ooxml_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { SHARED_MAX = 48 << 20, SHARED_COUNT_MAX = 6 << 20, SHEETS_MAX = 1 << 12, CELL_MAX = 128 << 10, FORMULAS_MAX = 256 << 10 };

/* ---- shared strings (18.4) ---- */

struct shared shared_open(struct office *o)
{
	return (struct shared){ .o = o, .text = BUF(SHARED_MAX) };
}

void shared_close(struct shared *s)
{
	buf_free(&s->text);
	free(s->end);
}

bool shared_put(struct shared *s, struct str text)
{
	if (s->beyond || s->n == SHARED_COUNT_MAX || s->text.n + text.n > SHARED_MAX) {
		char where[48];
		snprintf(where, sizeof where, "shared text %llu", (unsigned long long)(s->n + ++s->beyond));
		return office_say(s->o, text, str_of(where), (struct str){ "", 0 }, 0);
	}
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 1024;
		s->end = mem_grow(s->end, s->cap * sizeof *s->end);
	}
	buf_put(&s->text, text);
	s->end[s->n++] = (uint32_t)s->text.n;
	return true;
}

struct str shared_at(const struct shared *s, uint64_t i)
{
	if (i >= s->n)
		return (struct str){ "", 0 };
	uint32_t from = i ? s->end[i - 1] : 0;
	return (struct str){ s->text.p + from, s->end[i] - from };
}

struct sharing { struct shared *s; struct buf one; };
enum { S_si, S_t };

static bool shared_begin(void *to, const struct xml_tag *tag)
{
	struct sharing *s = to;
	if (tag->word == S_si)
		buf_clear(&s->one);
	return true;
}

static bool shared_end(void *to, int word)
{
	struct sharing *s = to;
	return word != S_si || shared_put(s->s, buf_str(&s->one));
}

static bool shared_text(void *to, int word, struct str text)
{
	struct sharing *s = to;
	if (word == S_t && s->one.n + text.n <= CELL_MAX)
		buf_put(&s->one, text);
	return true;
}

static bool read_shared(struct shared *s, struct zip_part *part)
{
	static const char *const words[] = { "si", "t" };
	static const struct xml_reader reader = { words, LENGTH(words), shared_begin, shared_end, shared_text };
	struct sharing sharing = { s, BUF(CELL_MAX) };
	bool on = office_xml(s->o, part, &reader, &sharing);
	buf_free(&sharing.one);
	return on;
}

/* ---- a sheet (18.3) ---- */

#define WORDS(X) X(row) X(c) X(v) X(f) X(t) X(oddHeader) X(oddFooter) X(evenHeader) X(evenFooter) X(firstHeader) X(firstFooter) \
	X(formula) X(formula1) X(formula2) X(dataValidation) X(hyperlink)
#define X(word) W_##word,
enum word { WORDS(X) };
#undef X
#define X(word) #word,
static const char *const words[] = { WORDS(X) };
#undef X

struct sheet {
	struct office *o;
	const struct shared *shared;
	const struct formats *formats;
	bool from_1904;
	struct grid *grid;
	uint32_t column;                                 /* of the cell now, from 0 */
	char type;                                       /* of it: s shared, n number, else text */
	uint64_t style;
	struct buf value, formula;
	struct buf formulas;                             /* of the row: u32 column, then the text */
};

/* B7 is column 1; no more columns than Excel has. */
static uint32_t column_of(struct str ref, uint32_t otherwise)
{
	uint32_t n = 0;
	for (size_t i = 0; i < ref.n && ref.p[i] >= 'A' && ref.p[i] <= 'Z' && n < 1 << 14; i++)
		n = n * 26 + (uint32_t)(ref.p[i] - 'A') + 1;
	return n ? n - 1 : otherwise;
}

/* "sheet Orders, header" */
static bool say_of_sheet(struct sheet *s, struct str text, const char *what)
{
	struct buf where = BUF(1 << 11);
	buf_put(&where, buf_str(&s->grid->place));
	buf_printf(&where, ", %s", what);
	bool on = office_say(s->o, text, buf_str(&where), (struct str){ "", 0 }, 0);
	buf_free(&where);
	return on;
}

/* After their row, so that its cells stand side by side. */
static bool say_formulas(struct sheet *s, uint32_t row)
{
	struct cursor c = cursor_of(buf_str(&s->formulas));
	bool on = true;
	while (on && c.p < c.end) {
		uint32_t column = cursor_u32(&c);
		struct str text = cursor_lstr(&c);
		struct buf where = BUF(1 << 11);
		buf_put(&where, grid_where(s->grid, row, column));
		buf_put(&where, STR(", formula"));
		on = office_say(s->o, text, buf_str(&where), (struct str){ "", 0 }, 0);
		buf_free(&where);
	}
	buf_clear(&s->formulas);
	return on;
}

static bool end_of_cell(struct sheet *s)
{
	char room[32], shown[FORMAT_ROOM];
	struct str text = buf_str(&s->value), formula = buf_str(&s->formula);
	int64_t i;
	if (s->type == 's')
		text = str_i64(text, &i) && i >= 0 ? shared_at(s->shared, (uint64_t)i) : (struct str){ "", 0 };
	else if (s->type == 'n')
		text = formats_show(s->formats, s->style, office_number(text, room), s->from_1904, shown);
	if (office_telling(formula)) {
		buf_u32(&s->formulas, s->column);
		buf_lstr(&s->formulas, formula);
		if (s->formulas.n > FORMULAS_MAX && !say_formulas(s, s->grid->row))
			return false;
	}
	return grid_cell(s->grid, s->o, s->column, text);
}

static bool sheet_begin(void *to, const struct xml_tag *tag)
{
	struct sheet *s = to;
	struct str r;
	int64_t n;
	switch (tag->word) {
	case W_row:
		if (str_i64(xml_attribute(tag, "r"), &n) && n > 0 && n <= UINT32_MAX)
			s->grid->row = (uint32_t)n - 1;
		s->column = UINT32_MAX;
		return true;
	case W_c:
		s->column = column_of(xml_attribute(tag, "r"), s->column + 1);
		r = xml_attribute(tag, "t");
		s->type = !r.n || str_eq(r, STR("n")) ? 'n' : str_eq(r, STR("s")) ? 's' : 't';
		s->style = str_i64(xml_attribute(tag, "s"), &n) && n > 0 ? (uint64_t)n : 0;
		buf_clear(&s->value);
		buf_clear(&s->formula);
		return true;
	case W_dataValidation: case W_hyperlink:
		return say_of_sheet(s, xml_attribute(tag, "prompt"), "rule") && say_of_sheet(s, xml_attribute(tag, "error"), "rule") &&
		       say_of_sheet(s, xml_attribute(tag, "display"), "link") && say_of_sheet(s, xml_attribute(tag, "tooltip"), "link");
	case W_oddHeader: case W_oddFooter: case W_evenHeader: case W_evenFooter: case W_firstHeader: case W_firstFooter:
	case W_formula: case W_formula1: case W_formula2:
		buf_clear(&s->value);
		return true;
	default:
		return true;
	}
}

static bool sheet_end(void *to, int word)
{
	struct sheet *s = to;
	switch (word) {
	case W_c:
		return end_of_cell(s);
	case W_row: {
		uint32_t row = s->grid->row;
		return grid_row(s->grid, s->o) && (!s->formulas.n || say_formulas(s, row));
	}
	case W_oddHeader: case W_evenHeader: case W_firstHeader:
		return say_of_sheet(s, buf_str(&s->value), "header");
	case W_oddFooter: case W_evenFooter: case W_firstFooter:
		return say_of_sheet(s, buf_str(&s->value), "footer");
	case W_formula: case W_formula1: case W_formula2:
		return !office_telling(buf_str(&s->value)) || say_of_sheet(s, buf_str(&s->value), "rule");
	default:
		return true;
	}
}

static bool sheet_text(void *to, int word, struct str text)
{
	struct sheet *s = to;
	struct buf *b = word == W_f ? &s->formula : word == W_row || word == W_c || word < 0 ? NULL : &s->value;
	if (b && b->n + text.n <= CELL_MAX)
		buf_put(b, text);
	return true;
}

/* ---- comments of a sheet (18.7), old and threaded ---- */

struct comments { struct office *o; struct grid *grid; struct buf text, where; };

enum { C_comment, C_threadedComment, C_t, C_text };

static bool comment_begin(void *to, const struct xml_tag *tag)
{
	struct comments *c = to;
	if (tag->word != C_comment && tag->word != C_threadedComment)
		return true;
	buf_clear(&c->text);
	buf_clear(&c->where);
	buf_put(&c->where, buf_str(&c->grid->place));
	buf_put(&c->where, STR(", comment on "));
	buf_put(&c->where, office_name(xml_attribute(tag, "ref")));
	return true;
}

static bool comment_end(void *to, int word)
{
	struct comments *c = to;
	return (word != C_comment && word != C_threadedComment) || office_say(c->o, buf_str(&c->text), buf_str(&c->where), (struct str){ "", 0 }, 0);
}

static bool comment_text(void *to, int word, struct str text)
{
	struct comments *c = to;
	if ((word == C_t || word == C_text) && c->text.n + text.n <= CELL_MAX)
		buf_put(&c->text, text);
	return true;
}

static bool read_comments(struct office *o, struct zip_part *part, struct grid *g)
{
	static const char *const names[] = { "comment", "threadedComment", "t", "text" };
	static const struct xml_reader reader = { names, LENGTH(names), comment_begin, comment_end, comment_text };
	struct comments c = { .o = o, .grid = g, .text = BUF(CELL_MAX), .where = BUF(1 << 11) };
	bool on = office_xml(o, part, &reader, &c);
	buf_free(&c.text);
	buf_free(&c.where);
	return on;
}

/* ---- the workbook (18.2) ---- */

struct workbook {
	struct office *o;
	struct arena *a;
	struct named { struct str name, id; bool hidden; } *sheet;
	size_t n, cap;
	bool from_1904;
	struct buf value, where;                         /* of a defined name */
};

enum { B_sheet, B_definedName, B_workbookPr };

static bool book_begin(void *to, const struct xml_tag *tag)
{
	struct workbook *b = to;
	if (tag->word == B_sheet && b->n < SHEETS_MAX) {
		struct str state = xml_attribute(tag, "state");
		b->sheet = arena_more(b->a, b->sheet, b->n, &b->cap, sizeof *b->sheet);
		b->sheet[b->n++] = (struct named){ arena_str(b->a, office_name(xml_attribute(tag, "name"))), arena_str(b->a, office_name(xml_relation(tag))),
		                                   state.n && !str_eq(state, STR("visible")) };
	} else if (tag->word == B_workbookPr) {
		struct str v = xml_attribute(tag, "date1904");
		b->from_1904 = str_eq(v, STR("1")) || str_eq(v, STR("true"));
	} else if (tag->word == B_definedName) {
		buf_clear(&b->value);
		buf_clear(&b->where);
		buf_put(&b->where, STR("name "));
		buf_put(&b->where, office_name(xml_attribute(tag, "name")));
	}
	return true;
}

static bool book_end(void *to, int word)
{
	struct workbook *b = to;
	return word != B_definedName || !office_telling(buf_str(&b->value)) || office_say(b->o, buf_str(&b->value), buf_str(&b->where), (struct str){ "", 0 }, 0);
}

static bool book_text(void *to, int word, struct str text)
{
	struct workbook *b = to;
	if (word == B_definedName && b->value.n + text.n <= CELL_MAX)
		buf_put(&b->value, text);
	return true;
}

static bool read_book(struct workbook *b, struct zip_part *part)
{
	static const char *const names[] = { "sheet", "definedName", "workbookPr" };
	static const struct xml_reader reader = { names, LENGTH(names), book_begin, book_end, book_text };
	b->value = BUF(CELL_MAX), b->where = BUF(1 << 11);
	bool on = office_xml(b->o, part, &reader, b);
	buf_free(&b->value);
	buf_free(&b->where);
	return on;
}

/* What belongs to a sheet: its comments, and what is drawn on it. */
static bool belongings(struct office *o, struct zip_part *part, struct grid *g, struct prose *p, struct arena *a)
{
	struct relations r;
	bool on = ooxml_relations(o, part, &r, a);
	for (size_t i = 0; i < r.n && on; i++) {
		if (r.of[i].part->read)
			continue;
		if (ooxml_type(&r.of[i], "comments") || ooxml_type(&r.of[i], "threadedComment"))
			on = read_comments(o, r.of[i].part, g);
		else if (ooxml_type(&r.of[i], "drawing"))
			on = ooxml_prose(o, p, r.of[i].part, arena_say(a, STR_FMT ", drawing", STR_ARG(buf_str(&g->place))));
	}
	return on;
}

static bool read_sheet(struct sheet *s, const struct named *named, struct zip_part *part)
{
	static const struct xml_reader reader = { words, LENGTH(words), sheet_begin, sheet_end, sheet_text };
	grid_begin(s->grid, true);
	buf_put(&s->grid->place, STR("sheet "));
	buf_put(&s->grid->place, named->name);
	if (named->hidden)
		buf_put(&s->grid->place, STR(" (hidden)"));
	buf_clear(&s->formulas);
	s->column = UINT32_MAX;
	return office_xml(s->o, part, &reader, s) && grid_row(s->grid, s->o);
}

bool ooxml_workbook(struct office *o, struct zip_part *part, struct prose *p, struct arena *a)
{
	struct workbook b = { .o = o, .a = a };
	struct shared shared = shared_open(o);
	struct formats *formats = formats_open();
	struct sheet s = { .o = o, .shared = &shared, .formats = formats, .grid = grid_open(), .value = BUF(CELL_MAX), .formula = BUF(CELL_MAX), .formulas = BUF(FORMULAS_MAX + 2 * CELL_MAX) };
	struct relations r;
	bool on = read_book(&b, part) && ooxml_relations(o, part, &r, a);
	for (size_t i = 0; on && i < r.n; i++)
		if (ooxml_type(&r.of[i], "sharedStrings") && !r.of[i].part->read)
			on = read_shared(&shared, r.of[i].part);
		else if (ooxml_type(&r.of[i], "styles") && !r.of[i].part->read)
			on = formats_read(formats, o, r.of[i].part);
	s.from_1904 = b.from_1904;
	for (size_t i = 0; on && i < b.n; i++) {
		struct zip_part *one = ooxml_related(&r, b.sheet[i].id);
		if (one && !one->read)
			on = read_sheet(&s, &b.sheet[i], one) && belongings(o, one, s.grid, p, a);
	}
	grid_close(s.grid);
	formats_close(formats);
	shared_close(&shared);
	struct buf *const bufs[] = { &s.value, &s.formula, &s.formulas };
	for (size_t i = 0; i < LENGTH(bufs); i++)
		buf_free(bufs[i]);
	return on;
}
