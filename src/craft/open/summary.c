/* summary - the texts in property sets [MS-OLEPS]: a document's title, author, comments, and properties of its own by their names. */
#include "charset.h"
#include "ole_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { SET_MAX = 1 << 20, SETS_MAX = 4, PROPERTIES_MAX = 4096, TEXTS_MAX = 1024 };
enum { VT_I2 = 2, VT_LPSTR = 0x1E, VT_LPWSTR = 0x1F, VT_VECTOR = 0x1000 };
enum { ID_DICTIONARY = 0, ID_PAGE = 1 };

struct set { struct ole *o; struct str all; struct charset *charset; bool wide; struct str dictionary; bool document; struct buf text; };

static struct cursor at(struct str all, uint32_t offset)
{
	struct cursor c = cursor_of(all);
	cursor_bytes(&c, offset);
	return c;
}

/* A text of one of the two sorts, without the zero at its end; into p->text. */
static struct str text_read(struct set *p, struct cursor *c, bool wide)
{
	uint32_t n = cursor_u32(c);
	wide |= p->wide;
	struct str raw = cursor_bytes(c, wide && !p->wide ? (size_t)n * 2 : n);
	buf_clear(&p->text);
	if (wide)
		charset_utf16(raw, &p->text);
	else
		charset_text(p->charset, raw, &p->text);
	while (p->text.n && !p->text.p[p->text.n - 1])
		p->text.n--;
	return buf_str(&p->text);
}

/* What a property is called, in `name`. */
static void name_of(struct set *p, uint32_t id, char name[64])
{
	static const struct { bool document; uint32_t id; const char *name; } names[] = {
		{ false, 2, "title" }, { false, 3, "subject" }, { false, 4, "author" }, { false, 5, "keywords" }, { false, 6, "comments" }, { false, 7, "template" },
		{ false, 8, "last saved by" }, { true, 2, "category" }, { true, 14, "manager" }, { true, 15, "company" },
	};
	struct cursor c = cursor_of(p->dictionary);
	snprintf(name, 64, "%u", id);
	for (size_t i = 0; i < LENGTH(names); i++)
		if (names[i].document == p->document && names[i].id == id && !p->dictionary.n)
			snprintf(name, 64, "%s", names[i].name);
	uint32_t n = cursor_u32(&c);
	for (uint32_t i = 0; i < n && i < PROPERTIES_MAX && !c.torn; i++) {
		uint32_t named = cursor_u32(&c);
		struct str text = text_read(p, &c, false);
		struct buf clean = BUF(1024);
		if (named == id && !c.torn)
			snprintf(name, 64, STR_FMT, STR_ARG(open_cut(open_name(&clean, open_cut(text, 200)), 60)));
		buf_free(&clean);
	}
}

static bool property_tell(struct set *p, uint32_t id, struct cursor c)
{
	uint32_t type = cursor_u32(&c), texts = type & VT_VECTOR ? cursor_u32(&c) : 1;
	char name[64], place[96];
	type &= ~(uint32_t)VT_VECTOR;
	if (c.torn || (type != VT_LPSTR && type != VT_LPWSTR))
		return true;
	name_of(p, id, name);
	snprintf(place, sizeof place, "document property %s", name);
	for (uint32_t i = 0; i < texts && i < TEXTS_MAX; i++) {
		struct str text = text_read(p, &c, type == VT_LPWSTR);
		if (c.torn)
			return true;
		if (!ole_tell(p->o, text, place, str_of(name), 0))
			return false;
	}
	return true;
}

static bool set_read(struct ole *o, struct str set, bool document)
{
	struct set p = { .o = o, .all = set, .document = document, .text = BUF(4 << 20) };
	struct cursor c = cursor_of(set);
	cursor_u32(&c);
	uint32_t n = cursor_u32(&c), page = 1252;
	const struct cursor first = c;
	bool on = true;
	for (unsigned pass = 0; pass < 2 && on; pass++, c = first) {
		for (uint32_t i = 0; i < n && i < PROPERTIES_MAX && !c.torn && on; i++) {
			uint32_t id = cursor_u32(&c), offset = cursor_u32(&c);
			struct cursor value = at(set, offset);
			if (c.torn || value.torn)
				break;
			if (pass)
				on = id == ID_DICTIONARY || id == ID_PAGE || property_tell(&p, id, value);
			else if (id == ID_DICTIONARY)
				p.dictionary = (struct str){ (const char *)value.p, (size_t)(value.end - value.p) };
			else if (id == ID_PAGE && cursor_u32(&value) == VT_I2)
				page = cursor_u16(&value);
		}
		if (!pass)
			p.charset = charset_of_page(page);
		p.wide = page == 1200;
	}
	charset_close(p.charset);
	buf_free(&p.text);
	return on;
}

void ole_summary(struct ole *o, const struct source *s, bool document)
{
	char *bytes = mem_get(SET_MAX);
	struct str all = { bytes, source_read(s, 0, bytes, SET_MAX) };
	struct cursor c = cursor_of(all);
	cursor_bytes(&c, 24);
	uint32_t sets = cursor_u32(&c);
	for (uint32_t i = 0; i < sets && i < SETS_MAX; i++) {
		cursor_bytes(&c, 16);
		struct cursor set = at(all, cursor_u32(&c));
		if (c.torn || set.torn || !set_read(o, (struct str){ (const char *)set.p, (size_t)(set.end - set.p) }, document))
			break;
	}
	wipe(bytes, all.n);
	free(bytes);
}
