/* rtf - text of RTF (specification 1.9.1): paragraphs, tables, notes, fields, hidden and deleted text; pictures and objects are members. */
#include "charset.h"
#include "office.h"

#include <stdlib.h>

enum { BLOCK = 64 << 10, GROUPS_MAX = 1024, FONTS_MAX = 4096, WORD_MAX = 32, RUN_MAX = 8 << 10, CHARSETS = 16, HEAD = 4 << 10 };
enum { LATIN_PAGE = 1252, UTF8_PAGE = 65001 };

/* What a group's text is. */
enum sort { TEXT, FIELD, FONTS, DATA_OF_PICTURE, DATA_OF_OBJECT, NOTHING };

struct group { enum sort sort; bool apart, deleted, table; uint16_t page, uc; };

struct rtf {
	const struct source *s;
	uint64_t at;                                     /* of the next block */
	size_t n, i;                                     /* of the block: read, used */
	struct office o;
	struct prose *p;
	unsigned depth, deeper;                          /* groups; those beyond GROUPS_MAX */
	unsigned aparts;                                 /* open groups that are apart */
	unsigned skip;                                   /* characters that stand for the one given by \u */
	bool star;                                       /* \* was read */
	bool rows;                                       /* a table is open */
	uint32_t high;                                   /* the first half of a pair */
	uint16_t page;                                   /* the document's */
	size_t font_n;                                   /* the font that the font table tells of */
	size_t run_n, charsets;
	struct str picture;                              /* the ending of its name */
	unsigned pictures, objects;
	struct buf wide;
	struct { unsigned page; struct charset *c; } charset[CHARSETS];
	struct group group[GROUPS_MAX];
	uint16_t font[FONTS_MAX];                        /* code pages; 0: the document's */
	size_t most;                                     /* of the block: what was ever in it */
	char run[RUN_MAX];                               /* text not said yet, in the code page of the group */
	unsigned char block[BLOCK];
};

/* ---- bytes ---- */

static int next(struct rtf *r)
{
	if (r->i == r->n) {
		r->n = source_read(r->s, r->at, r->block, sizeof r->block);
		r->at += r->n;
		r->most = r->n > r->most ? r->n : r->most;
		r->i = 0;
		if (!r->n)
			return -1;
	}
	return r->block[r->i++];
}

/* The byte that came last comes again. */
static void back(struct rtf *r)
{
	r->i--;
}

static int hex_digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static bool letter(int c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* ---- text ---- */

static struct charset *charset_for(struct rtf *r, unsigned page)
{
	for (size_t i = 0; i < r->charsets; i++)
		if (r->charset[i].page == page)
			return r->charset[i].c;
	if (r->charsets == CHARSETS)
		charset_close(r->charset[--r->charsets].c);
	struct charset *c = charset_of_page(page);
	if (!c && page != UTF8_PAGE)
		c = charset_of_page(LATIN_PAGE);
	r->charset[r->charsets].page = page;
	return r->charset[r->charsets++].c = c;
}

static bool shown(const struct group *g)
{
	return g->sort == TEXT || g->sort == FIELD;
}

/* Opens or ends the table that the text stands in; one in a note is text. */
static bool to_table(struct rtf *r, bool table)
{
	if (r->aparts || table == r->rows)
		return true;
	r->rows = table;
	return table ? prose_table(r->p, (struct str){ "", 0 }) : prose_end_table(r->p);
}

static bool say(struct rtf *r, struct str utf8)
{
	const struct group *g = &r->group[r->depth];
	if (!shown(g) || !utf8.n)
		return true;
	if (g->sort == FIELD)
		return prose_text(r->p, UNSEEN, utf8);
	return to_table(r, g->table) && prose_text(r->p, g->deleted ? DELETED : BODY, utf8);
}

static bool say_run(struct rtf *r)
{
	struct str run = { r->run, r->run_n };
	r->run_n = 0;
	bool plain = true;
	for (size_t i = 0; i < run.n && plain; i++)
		plain = (unsigned char)run.p[i] < 0x80;
	if (plain)
		return say(r, run);
	buf_clear(&r->wide);
	charset_text(charset_for(r, r->group[r->depth].page), run, &r->wide);
	return say(r, buf_str(&r->wide));
}

static bool put_byte(struct rtf *r, unsigned char c)
{
	if (r->skip) {
		r->skip--;
		return true;
	}
	if (!shown(&r->group[r->depth]))
		return true;
	r->run[r->run_n++] = (char)c;
	return r->run_n < RUN_MAX || say_run(r);
}

static bool put_char(struct rtf *r, uint32_t c)
{
	if (c < 0x80)
		return put_byte(r, (unsigned char)c);
	if (!say_run(r))
		return false;
	uint32_t high = 0xD800 + ((c - 0x10000) >> 10), low = 0xDC00 + (c & 0x3FF);
	char pair[4] = { (char)high, (char)(high >> 8), (char)low, (char)(low >> 8) }, one[2] = { (char)c, (char)(c >> 8) };
	buf_clear(&r->wide);
	charset_utf16(c > 0xFFFF ? (struct str){ pair, 4 } : (struct str){ one, 2 }, &r->wide);
	return say(r, buf_str(&r->wide));
}

/* What follows stands for it, for older readers. Half of a pair waits for the other one. */
static bool put_unicode(struct rtf *r, int v)
{
	uint32_t c = (uint16_t)v, high = r->high;
	bool first = c >= 0xD800 && c < 0xDC00, second = c >= 0xDC00 && c < 0xE000;
	r->high = first ? c : 0;
	bool on = first || put_char(r, second && high ? 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00) : c);
	r->skip = r->group[r->depth].uc;
	return on;
}

/* ---- pictures and objects ---- */

struct data { struct rtf *r; uint64_t binary; bool hex; size_t head_n, head_i; char head[HEAD]; };

static size_t data_more(void *of, char *to, size_t n)
{
	struct data *d = of;
	size_t done = 0;
	int first = -1, c;
	while (done < n && d->head_i < d->head_n)
		to[done++] = d->head[d->head_i++];
	while (done < n && d->binary && (c = next(d->r)) >= 0) {
		to[done++] = (char)c;
		d->binary--;
	}
	while (done < n && d->hex && (c = next(d->r)) >= 0) {
		int digit = hex_digit(c);
		if (c == '{' || c == '}' || c == '\\') {
			back(d->r);
			d->hex = false;
		} else if (digit >= 0 && first < 0) {
			first = digit;
		} else if (digit >= 0) {
			to[done++] = (char)(first << 4 | digit);
			first = -1;
		}
	}
	return done;
}

/* An object begins with words of OLE 1 about it (MS-OLEDS 2.2); what it is stands after them. */
static void skip_words(struct data *d)
{
	static const struct str begins[] = { { "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8 }, { "PK\3\4", 4 }, { "%PDF-", 5 }, { "{\\rtf", 5 } };
	size_t n = data_more(d, d->head, sizeof d->head);
	d->head_n = n;
	for (size_t i = 0; i < LENGTH(begins); i++) {
		const char *at = memmem(d->head, n, begins[i].p, begins[i].n);
		if (at) {
			d->head_i = (size_t)(at - d->head);
			return;
		}
	}
}

/* Hands on the data that begins here, and passes over what is left of it. */
static bool member(struct rtf *r, uint64_t binary)
{
	bool object = r->group[r->depth].sort == DATA_OF_OBJECT;
	struct data *d = mem_zero(1, sizeof *d);
	d->r = r, d->binary = binary, d->hex = !binary;
	if (object)
		skip_words(d);
	struct stream stream = { .more = data_more, .of = d };
	struct source s = stream_source(&stream, UINT64_MAX);
	struct buf name = BUF(64);
	if (object)
		buf_printf(&name, "object %u", ++r->objects);
	else
		buf_printf(&name, "picture %u." STR_FMT, ++r->pictures, STR_ARG(r->picture));
	r->o.told_off = !r->o.l->member(r->o.l->to, buf_str(&name), &s);
	char rest[HEAD];
	while (!r->o.told_off && data_more(d, rest, sizeof rest) == sizeof rest)
		;
	buf_free(&name);
	stream_close(&stream);
	wipe(d, sizeof *d);
	free(d);
	return !r->o.told_off;
}

/* ---- control words ---- */

enum act { PAGE, ANSICPG, APART, ALONE, SORT, BIN, CHAR, CELL, ROW, PARAGRAPH, FONT, FONT_PAGE, FONT_CHARSET, DELETED_TEXT, PICTURE, IN_TABLE, PLAIN,
           UNICODE, UNICODE_SKIP };

/* In the order of their names. */
static const struct word { const char *name; enum act act; int v; struct str text; } control_words[] = {
	{ "aftncn", SORT, NOTHING }, { "aftnsep", SORT, NOTHING }, { "aftnsepc", SORT, NOTHING },
	{ "annotation", APART, 0, { "comment", 7 } }, { "ansi", PAGE, 1252 }, { "ansicpg", ANSICPG, 0 },
	{ "atnauthor", SORT, NOTHING }, { "atndate", SORT, NOTHING }, { "atnid", SORT, NOTHING }, { "atnparent", SORT, NOTHING },
	{ "atnref", SORT, NOTHING }, { "author", ALONE, 0, { "document properties", 19 } }, { "bin", BIN, 0 },
	{ "bkmkend", SORT, NOTHING }, { "bkmkstart", SORT, NOTHING }, { "blipuid", SORT, NOTHING }, { "bullet", CHAR, 0x2022 },
	{ "category", ALONE, 0, { "document properties", 19 } }, { "cell", CELL, 0 }, { "colorschememapping", SORT, NOTHING },
	{ "colortbl", SORT, NOTHING }, { "column", PARAGRAPH, 0 }, { "comment", ALONE, 0, { "document properties", 19 } },
	{ "company", ALONE, 0, { "document properties", 19 } }, { "cpg", FONT_PAGE, 0 }, { "datastore", SORT, NOTHING },
	{ "defchp", SORT, NOTHING }, { "defpap", SORT, NOTHING }, { "deleted", DELETED_TEXT, 0 },
	{ "dibitmap", PICTURE, 0, { "dib", 3 } }, { "doccomm", ALONE, 0, { "document properties", 19 } },
	{ "docvar", ALONE, 0, { "document properties", 19 } }, { "dptxbxtext", APART, 0, { "text box", 8 } },
	{ "emdash", CHAR, 0x2014 }, { "emfblip", PICTURE, 0, { "emf", 3 } }, { "emspace", CHAR, ' ' }, { "endash", CHAR, 0x2013 },
	{ "enspace", CHAR, ' ' }, { "f", FONT, 0 }, { "falt", SORT, NOTHING }, { "fcharset", FONT_CHARSET, 0 },
	{ "fldinst", SORT, FIELD }, { "fldrslt", SORT, TEXT }, { "fonttbl", SORT, FONTS }, { "footer", ALONE, 0, { "footer", 6 } },
	{ "footerf", ALONE, 0, { "footer", 6 } }, { "footerl", ALONE, 0, { "footer", 6 } }, { "footerr", ALONE, 0, { "footer", 6 } },
	{ "footnote", APART, 0, { "footnote", 8 } }, { "ftncn", SORT, NOTHING }, { "ftnsep", SORT, NOTHING },
	{ "ftnsepc", SORT, NOTHING }, { "generator", SORT, NOTHING }, { "header", ALONE, 0, { "header", 6 } },
	{ "headerf", ALONE, 0, { "header", 6 } }, { "headerl", ALONE, 0, { "header", 6 } }, { "headerr", ALONE, 0, { "header", 6 } },
	{ "intbl", IN_TABLE, 1 }, { "jpegblip", PICTURE, 0, { "jpg", 3 } }, { "keywords", ALONE, 0, { "document properties", 19 } },
	{ "latentstyles", SORT, NOTHING }, { "ldblquote", CHAR, 0x201C }, { "line", CHAR, '\n' },
	{ "listoverridetable", SORT, NOTHING }, { "listpicture", SORT, TEXT }, { "listtable", SORT, NOTHING },
	{ "listtext", SORT, NOTHING }, { "lquote", CHAR, 0x2018 }, { "mac", PAGE, 10000 }, { "macpict", PICTURE, 0, { "pict", 4 } },
	{ "manager", ALONE, 0, { "document properties", 19 } }, { "nestcell", CHAR, '\t' }, { "nestedtableprops", SORT, NOTHING },
	{ "nestrow", CHAR, '\n' }, { "nonesttables", SORT, NOTHING }, { "nonshppict", SORT, NOTHING },
	{ "objdata", SORT, DATA_OF_OBJECT }, { "operator", ALONE, 0, { "document properties", 19 } }, { "page", PARAGRAPH, 0 },
	{ "par", PARAGRAPH, 0 }, { "pard", IN_TABLE, 0 }, { "pc", PAGE, 437 }, { "pca", PAGE, 850 }, { "pict", SORT, DATA_OF_PICTURE },
	{ "plain", PLAIN, 0 }, { "pngblip", PICTURE, 0, { "png", 3 } }, { "pntext", SORT, NOTHING }, { "pntxta", SORT, NOTHING },
	{ "pntxtb", SORT, NOTHING }, { "propname", ALONE, 0, { "document properties", 19 } }, { "qmspace", CHAR, ' ' },
	{ "rdblquote", CHAR, 0x201D }, { "result", SORT, TEXT }, { "row", ROW, 0 }, { "rquote", CHAR, 0x2019 },
	{ "rsidtbl", SORT, NOTHING }, { "sect", PARAGRAPH, 0 }, { "shpinst", SORT, TEXT }, { "shppict", SORT, TEXT },
	{ "shptxt", APART, 0, { "text box", 8 } }, { "sn", SORT, NOTHING }, { "staticval", ALONE, 0, { "document properties", 19 } },
	{ "stylesheet", SORT, NOTHING }, { "subject", ALONE, 0, { "document properties", 19 } }, { "sv", SORT, FIELD },
	{ "tab", CHAR, '\t' }, { "themedata", SORT, NOTHING }, { "title", ALONE, 0, { "document properties", 19 } },
	{ "u", UNICODE, 0 }, { "uc", UNICODE_SKIP, 0 }, { "wmetafile", PICTURE, 0, { "wmf", 3 } }, { "xmlnstbl", SORT, NOTHING },
};

static int compare(const void *key, const void *of)
{
	return strcmp(key, ((const struct word *)of)->name);
}

static uint16_t page_of_charset(int charset)
{
	static const struct { uint8_t charset; uint16_t page; } pages[] = {
		{ 0, 1252 }, { 2, 1252 }, { 77, 10000 }, { 128, 932 }, { 129, 949 }, { 134, 936 }, { 136, 950 }, { 161, 1253 }, { 162, 1254 }, { 163, 1258 },
		{ 177, 1255 }, { 178, 1256 }, { 186, 1257 }, { 204, 1251 }, { 222, 874 }, { 238, 1250 }, { 254, 437 }, { 255, 850 },
	};
	for (size_t i = 0; i < LENGTH(pages); i++)
		if (pages[i].charset == charset)
			return pages[i].page;
	return 0;
}

static uint16_t page_of(int v)
{
	return v > 0 && v <= UINT16_MAX ? (uint16_t)v : 0;
}

static void apart(struct rtf *r, struct str what, bool alone)
{
	struct group *g = &r->group[r->depth];
	g->sort = TEXT;
	if (g->apart)
		return;
	g->apart = true;
	g->deleted = g->table = false;
	r->aparts++;
	prose_in(r->p, what, alone);
}

static void font(struct rtf *r, int n)
{
	struct group *g = &r->group[r->depth];
	size_t known = n >= 0 && n < FONTS_MAX ? (size_t)n : 0;
	if (g->sort == FONTS)
		r->font_n = known;
	else
		g->page = r->font[known] ? r->font[known] : r->page;
}

static bool cell_or_row(struct rtf *r, bool cell)
{
	if (r->aparts)
		return put_byte(r, cell ? '\t' : '\n');
	r->group[r->depth].table = true;
	if (!to_table(r, true))
		return false;
	return cell ? prose_cell(r->p, (struct str){ "", 0 }) : prose_row(r->p);
}

/* What a word does; all text before it has been said, but for CHAR and UNICODE. */
static bool act(struct rtf *r, const struct word *w, bool given, int v)
{
	struct group *g = &r->group[r->depth];
	switch (w->act) {
	case PAGE: case ANSICPG:
		r->page = g->page = w->act == PAGE ? (uint16_t)w->v : page_of(v);
		return true;
	case APART: case ALONE:
		apart(r, w->text, w->act == ALONE);
		return true;
	case SORT:
		g->sort = (enum sort)w->v;
		r->picture = STR("bin");
		return true;
	case CHAR:
		return put_char(r, (uint32_t)w->v);
	case CELL: case ROW:
		return !shown(g) || cell_or_row(r, w->act == CELL);
	case PARAGRAPH:
		return !shown(g) || prose_end_paragraph(r->p);
	case FONT:
		font(r, v);
		return true;
	case FONT_PAGE: case FONT_CHARSET:
		if (g->sort == FONTS)
			r->font[r->font_n] = w->act == FONT_CHARSET ? page_of_charset(v) : page_of(v);
		return true;
	case DELETED_TEXT: case PLAIN:
		g->deleted = w->act == DELETED_TEXT && (!given || v);
		return true;
	case PICTURE:
		r->picture = w->text;
		return true;
	case IN_TABLE:
		g->table = w->v && !r->aparts;
		return true;
	case UNICODE:
		return put_unicode(r, v);
	case UNICODE_SKIP:
		g->uc = v >= 0 && v < 64 ? (uint16_t)v : 1;
		return true;
	case BIN:
		break;
	}
	return true;
}

/* So many bytes that are no RTF. */
static bool binary(struct rtf *r, int n)
{
	enum sort sort = r->group[r->depth].sort;
	if (n > 0 && (sort == DATA_OF_PICTURE || sort == DATA_OF_OBJECT))
		return member(r, (uint64_t)n);
	while (n-- > 0 && next(r) >= 0)
		;
	return true;
}

/* The name and its number, from the first letter, with the space that ends them. */
static const struct word *read_word(struct rtf *r, int c, bool *given, int *number)
{
	char name[WORD_MAX];
	size_t n = 0;
	for (; letter(c); c = next(r))
		if (n < sizeof name - 1)
			name[n++] = (char)c;
	name[n] = 0;
	bool minus = c == '-';
	int64_t v = 0;
	if (minus)
		c = next(r);
	for (*given = false; c >= '0' && c <= '9'; c = next(r), *given = true)
		v = v < INT32_MAX / 16 ? v * 10 + (c - '0') : v;
	if (c >= 0 && c != ' ')
		back(r);
	*number = (int)(minus ? -v : v);
	return bsearch(name, control_words, LENGTH(control_words), sizeof *control_words, compare);
}

/* Where a group is nothing no word means anything. What is marked as new and is not known here is looked at, though not shown. */
static bool control_word(struct rtf *r, int c)
{
	bool given, star = r->star;
	int v;
	const struct word *w = read_word(r, c, &given, &v);
	struct group *g = &r->group[r->depth];
	r->star = false;
	if (w && w->act == BIN)
		return binary(r, v);
	if (r->skip && w && w->act == CHAR) {
		r->skip--;
		return true;
	}
	r->skip = 0;
	if (g->sort == NOTHING)
		return true;
	if (!w && star) {
		bool on = say_run(r);
		g->sort = FIELD;
		return on;
	}
	bool goes_on = !w || w->act == CHAR || w->act == UNICODE;
	return (goes_on || say_run(r)) && (!w || act(r, w, given, v));
}

static bool control(struct rtf *r)
{
	int c = next(r), high, low;
	if (letter(c))
		return control_word(r, c);
	switch (c) {
	case '\'':
		high = hex_digit(next(r));
		low = hex_digit(next(r));
		return high < 0 || low < 0 || put_byte(r, (unsigned char)(high << 4 | low));
	case '*':
		r->star = true;
		return true;
	case '~':
		return put_byte(r, ' ');
	case '_':
		return put_byte(r, '-');
	case '\\': case '{': case '}':
		return put_byte(r, (unsigned char)c);
	case '\r': case '\n':
		return !shown(&r->group[r->depth]) || (say_run(r) && prose_end_paragraph(r->p));
	default:                                         /* \- where a word may be cut, \: and \| of an index */
		return true;
	}
}

/* ---- groups ---- */

static void group_begins(struct rtf *r)
{
	r->skip = 0;
	if (r->depth + 1 == GROUPS_MAX) {
		r->deeper++;
		return;
	}
	r->group[r->depth + 1] = r->group[r->depth];
	r->group[++r->depth].apart = false;
}

static bool group_ends(struct rtf *r)
{
	r->skip = 0;
	r->star = false;
	if (r->deeper) {
		r->deeper--;
		return true;
	}
	const struct group *g = &r->group[r->depth], *outer = g - 1;
	bool same = g->sort == outer->sort && g->deleted == outer->deleted && g->table == outer->table && g->page == outer->page && !g->apart;
	bool on = same || say_run(r);
	if (g->apart) {
		on = on && prose_out(r->p);
		r->aparts--;
	}
	r->depth--;
	return on;
}

/* False: no more is wanted. *whole: it came to its end. */
static bool read_all(struct rtf *r, bool *whole)
{
	bool on = true;
	int c;
	while (on && !*whole && (c = next(r)) >= 0) {
		enum sort sort = r->group[r->depth].sort;
		if (c == '{') {
			group_begins(r);
		} else if (c == '}') {
			on = r->depth == 0 || group_ends(r);
			*whole = r->depth == 0;
		} else if (c == '\\') {
			on = control(r);
		} else if ((sort == DATA_OF_PICTURE || sort == DATA_OF_OBJECT) && hex_digit(c) >= 0) {
			back(r);
			on = member(r, 0);
		} else if (c != '\r' && c != '\n' && c) {
			on = put_byte(r, (unsigned char)c);
		}
	}
	return on && say_run(r) && prose_finish(r->p);
}

enum open_end open_rtf(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	struct rtf *r = mem_get(sizeof *r);
	memset(r, 0, offsetof(struct rtf, block));
	r->s = s;
	r->o = (struct office){ .l = l };
	r->p = prose_open(&r->o);
	r->page = LATIN_PAGE;
	r->wide = BUF(4 * RUN_MAX);
	r->group[0] = (struct group){ .page = LATIN_PAGE, .uc = 1 };
	prose_begin(r->p, (struct str){ "", 0 });
	bool whole = false, on = read_all(r, &whole);
	prose_close(r->p);
	for (size_t i = 0; i < r->charsets; i++)
		charset_close(r->charset[i].c);
	buf_free(&r->wide);
	wipe(r, offsetof(struct rtf, block) + r->most);
	free(r);
	return !on ? OPEN_STOPPED : whole ? OPEN_DONE : OPEN_BROKEN;
}
