/* format - numbers of a workbook as its cells show them (ECMA-376 part 1, 18.8.30, 18.8.31): dates, and digits with zeros in front or in
 * groups. A number that is shown in any other way stands as it is. */
#include "ooxml_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { STYLES_MAX = 1 << 16, CODES_MAX = 1 << 12, CODE_MAX = 63 };
enum kind { AS_IS, DAY, MONTH, DIGITS };

struct code { uint32_t id; enum kind kind; char text[CODE_MAX + 1]; };
struct formats {
	struct code *code;
	uint16_t *style;                                 /* for each of the cells' styles the code's place, from 1; 0: as it is */
	size_t codes, codes_cap, styles, styles_cap;
	bool in_cells;
};

enum { F_numFmt, F_cellXfs, F_xf };

/* Without what is quoted, escaped or in brackets; of several sections the first. */
static struct str bare(struct str code, char room[CODE_MAX + 1])
{
	size_t n = 0;
	for (size_t i = 0; i < code.n && code.p[i] != ';' && n < CODE_MAX; i++) {
		if (code.p[i] == '\\' || code.p[i] == '_' || code.p[i] == '*') {
			i++;
		} else if (code.p[i] == '"' || code.p[i] == '[') {
			char end = code.p[i] == '"' ? '"' : ']';
			for (i++; i < code.n && code.p[i] != end; i++)
				;
		} else {
			room[n++] = code.p[i];
		}
	}
	return (struct str){ room, n };
}

static bool has(struct str s, char c)
{
	return memchr(s.p, c, s.n) || memchr(s.p, c & ~32, s.n);
}

static enum kind kind_of(struct str code)
{
	char room[CODE_MAX + 1];
	struct str b = bare(code, room);
	if (str_eq_nocase(b, STR("General")) || !b.n)
		return AS_IS;
	if (has(b, 'd') || has(b, 'y'))
		return has(b, 'd') ? DAY : MONTH;
	size_t zeros = 0;
	for (size_t i = 0; i < b.n; i++) {
		if (!memchr("0#-() /", b.p[i], 7))
			return AS_IS;
		zeros += b.p[i] == '0';
	}
	return zeros >= 4 ? DIGITS : AS_IS;
}

void formats_code(struct formats *f, uint32_t id, struct str code)
{
	enum kind kind = kind_of(code);
	if (kind == AS_IS || code.n > CODE_MAX || f->codes == CODES_MAX)
		return;
	if (f->codes == f->codes_cap) {
		f->codes_cap = f->codes_cap ? f->codes_cap * 2 : 32;
		f->code = mem_grow(f->code, f->codes_cap * sizeof *f->code);
	}
	struct code *c = &f->code[f->codes++];
	*c = (struct code){ .id = id, .kind = kind };
	memcpy(c->text, code.p, code.n);
}

void formats_style(struct formats *f, uint32_t id)
{
	if (f->styles == STYLES_MAX)
		return;
	if (f->styles == f->styles_cap) {
		f->styles_cap = f->styles_cap ? f->styles_cap * 2 : 64;
		f->style = mem_grow(f->style, f->styles_cap * sizeof *f->style);
	}
	size_t i = 0;
	while (i < f->codes && f->code[i].id != id)
		i++;
	f->style[f->styles++] = (uint16_t)(i < f->codes ? i + 1 : 0);
}

static bool style_begin(void *to, const struct xml_tag *tag)
{
	struct formats *f = to;
	int64_t id;
	if (tag->word == F_cellXfs)
		f->in_cells = true;
	if ((tag->word == F_numFmt || (tag->word == F_xf && f->in_cells)) && (!str_i64(xml_attribute(tag, "numFmtId"), &id) || id < 0 || id > UINT32_MAX))
		id = 0;
	if (tag->word == F_numFmt)
		formats_code(f, (uint32_t)id, xml_attribute(tag, "formatCode"));
	else if (tag->word == F_xf && f->in_cells)
		formats_style(f, (uint32_t)id);
	return true;
}

static bool style_end(void *to, int word)
{
	struct formats *f = to;
	if (word == F_cellXfs)
		f->in_cells = false;
	return true;
}

static bool style_text(void *to, int word, struct str text)
{
	(void)to, (void)word, (void)text;
	return true;
}

struct formats *formats_open(void)
{
	struct formats *f = mem_zero(1, sizeof *f);
	/* those that every program knows (18.8.30); what a country adds to them are dates */
	for (uint32_t id = 14; id <= 58; id++)
		if (id <= 16 || id == 22 || (id >= 27 && id <= 31) || id == 36 || id >= 50)
			formats_code(f, id, STR("yyyy-mm-dd"));
	formats_code(f, 17, STR("mmm-yy"));
	return f;
}

void formats_close(struct formats *f)
{
	if (!f)
		return;
	free(f->code);
	free(f->style);
	free(f);
}

bool formats_read(struct formats *f, struct office *o, struct zip_part *part)
{
	static const char *const words[] = { "numFmt", "cellXfs", "xf" };
	static const struct xml_reader reader = { words, LENGTH(words), style_begin, style_end, style_text };
	return office_xml(o, part, &reader, f);
}

/* The day of a serial number, counted from the end of 1899 or from 1904 (18.17.4.1), by Hinnant's civil_from_days. */
static struct str day(int64_t serial, bool from_1904, bool month, char room[FORMAT_ROOM])
{
	int64_t z = serial + (from_1904 ? 1462 : 0) - 25569 + 719468, era = z / 146097, of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100), m = (5 * of_year + 2) / 153, d = of_year - (153 * m + 2) / 5 + 1;
	m += m < 10 ? 3 : -9;
	year += era * 400 + (m <= 2);
	int n = month ? snprintf(room, FORMAT_ROOM, "%02d/%02d", (int)m, (int)(year % 100)) : snprintf(room, FORMAT_ROOM, "%04d-%02d-%02d", (int)year, (int)m, (int)d);
	return (struct str){ room, (size_t)n };
}

/* The digits from the last place on; those for which there is no place come before the first. */
static struct str digits(struct str number, const char *code, char room[FORMAT_ROOM])
{
	size_t at = FORMAT_ROOM, left = number.n;
	struct str c = str_of(code);
	size_t first = c.n;
	for (size_t i = 0; i < c.n; i++)
		if ((c.p[i] == '0' || c.p[i] == '#') && i < first)
			first = i;
	for (size_t i = c.n; i-- > 0 && at > 1;) {
		if (c.p[i] == '0' || c.p[i] == '#') {
			if (left || c.p[i] == '0')
				room[--at] = left ? number.p[--left] : '0';
			while (i == first && left && at)
				room[--at] = number.p[--left];
		} else if (c.p[i] != '"' && c.p[i] != '\\' && (left || i < first)) {
			room[--at] = c.p[i];
		}
	}
	return (struct str){ room + at, FORMAT_ROOM - at };
}

struct str formats_show(const struct formats *f, uint64_t style, struct str number, bool from_1904, char room[FORMAT_ROOM])
{
	const struct code *c = style < f->styles && f->style[style] ? &f->code[f->style[style] - 1] : NULL;
	if (!c)
		return number;
	struct str whole = number;
	if (c->kind != DIGITS && memchr(number.p, '.', number.n))
		whole.n = (size_t)((const char *)memchr(number.p, '.', number.n) - number.p);
	int64_t v;
	if (!whole.n || whole.n > 19 || !str_i64(whole, &v) || v < 0)
		return number;
	if (c->kind == DIGITS)
		return digits(number, c->text, room);
	return v > 0 && v < 2958466 ? day(v, from_1904, c->kind == MONTH, room) : number;    /* to the year 9999 */
}
