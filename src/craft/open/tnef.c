/* tnef - the messages that Outlook wraps in an attachment of its own, "winmail.dat" [MS-OXTNEF]: texts, and files attached. */
#include "charset.h"
#include "lzfu.h"
#include "mapi.h"
#include "open_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { TNEF_MAX = 64 << 20, RTF_MAX = 32 << 20, PROPERTIES_MAX = 16 << 10 };
enum { ATT_SUBJECT = 0x00018004, ATT_BODY = 0x0002800C, ATT_PROPERTIES = 0x00069003, ATT_PAGE = 0x00069007, ATT_FILE = 0x00069002, ATT_FILE_NAME = 0x00018010,
       ATT_FILE_DATA = 0x0006800F, ATT_FILE_PROPERTIES = 0x00069005 };

struct tnef {
	struct listener *l;
	struct charset *charset;
	struct buf text, name;          /* name: of the file now */
	struct str data;                /* its bytes, which lie in the whole */
	unsigned files;
	bool in_file, stopped;
};

static void tell(struct tnef *t, struct str raw, bool wide, const char *name, bool field)
{
	buf_clear(&t->text);
	t->text.full = false;
	if (wide)
		charset_utf16(raw, &t->text);
	else
		charset_text(t->charset, raw, &t->text);
	while (t->text.n && !t->text.p[t->text.n - 1])
		t->text.n--;
	struct piece p = { .text = str_trim(buf_str(&t->text)), .where = str_of(name), .field = str_of(field ? name : ""), .record = 1 };
	if (!t->stopped)
		t->stopped = !open_text(t->l, &p);
}

static void rtf_tell(struct tnef *t, struct str packed)
{
	struct buf rtf = BUF(RTF_MAX);
	bool good = lzfu_unpack(packed, &rtf);
	struct str text = buf_str(&rtf);
	struct source s = source_of_text(&text);
	if (!good && !t->stopped)
		t->stopped = !t->l->unread(t->l->to, STR("text"), rtf.full ? OPEN_TOO_BIG : OPEN_BROKEN);
	if (text.n && !t->stopped)
		t->stopped = !(open_takes(t->l, text.n) ? t->l->member(t->l->to, STR("text.rtf"), &s) : t->l->unread(t->l->to, STR("text"), OPEN_TOO_BIG));
	buf_free(&rtf);
}

/* A file has come to its end: told with what was said of it. */
static void file_end(struct tnef *t)
{
	char number[40];
	snprintf(number, sizeof number, "attachment %u", t->files);
	struct buf clean = BUF(4096);
	struct str name = t->name.n ? open_cut(open_name(&clean, open_cut(buf_str(&t->name), 1000)), 255) : str_of(number);
	struct source s = source_of_text(&t->data);
	if (t->in_file && t->data.n && !t->stopped)
		t->stopped = !t->l->member(t->l->to, name, &s);
	buf_free(&clean);
	buf_clear(&t->name);
	t->data = (struct str){ 0 };
	t->in_file = false;
}

static void name_is(struct tnef *t, struct str raw, bool wide)
{
	buf_clear(&t->name);
	if (wide)
		charset_utf16(raw, &t->name);
	else
		charset_text(t->charset, raw, &t->name);
	while (t->name.n && !t->name.p[t->name.n - 1])
		t->name.n--;
}

static void property(struct tnef *t, uint16_t id, uint16_t type, struct str value)
{
	bool text = type == MAPI_TEXT8 || type == MAPI_TEXT16, wide = type == MAPI_TEXT16;
	if (id == PR_LONG_NAME && text)
		name_is(t, value, wide);
	else if (id == PR_DATA && value.n > 16)          /* an object's bytes stand behind its class */
		t->data = type == MAPI_OBJECT ? (struct str){ value.p + 16, value.n - 16 } : value;
	else if (id == PR_RTF && type == MAPI_BINARY)
		rtf_tell(t, value);
	else if (id == PR_HTML && (text || type == MAPI_BINARY))
		tell(t, value, wide, "HTML text", false);
	else if (text && !mapi_is_said(id) && !t->in_file)
		tell(t, value, wide, mapi_name(id) ? mapi_name(id) : "property", id != PR_BODY);
}

/* How many bytes a value takes that has no length before it; 0: it has one. */
static size_t fixed_size(uint16_t type)
{
	static const struct { uint16_t type, n; } sizes[] = { { 1, 4 }, { 2, 4 }, { 3, 4 }, { 4, 4 }, { 5, 8 }, { 6, 8 }, { 7, 8 }, { 0x0A, 4 }, { 0x0B, 4 }, { 0x14, 8 },
	                                                      { 0x40, 8 }, { 0x48, 16 } };
	for (size_t i = 0; i < LENGTH(sizes); i++)
		if (sizes[i].type == (type & ~MAPI_MANY))
			return sizes[i].n;
	return 0;
}

static struct str padded(struct cursor *c)
{
	uint32_t n = cursor_u32(c);
	struct str s = cursor_bytes(c, n);
	cursor_bytes(c, c->torn ? 0 : -n & 3);
	return s;
}

static void properties(struct tnef *t, struct str all)
{
	struct cursor c = cursor_of(all);
	uint32_t n = cursor_u32(&c);
	for (uint32_t i = 0; i < n && i < PROPERTIES_MAX && !c.torn && !t->stopped; i++) {
		uint16_t type = cursor_u16(&c), id = cursor_u16(&c);
		if (id >= 0x8000) {                      /* by a name of its own */
			cursor_bytes(&c, 16);
			if (cursor_u32(&c))
				padded(&c);
			else
				cursor_u32(&c);
		}
		size_t size = fixed_size(type);
		uint32_t values = !size || type & MAPI_MANY ? cursor_u32(&c) : 1;
		for (uint32_t k = 0; k < values && !c.torn; k++) {
			struct str value = size ? cursor_bytes(&c, size) : padded(&c);
			if (!size && !c.torn)
				property(t, id, type & (uint16_t)~MAPI_MANY, value);
		}
	}
}

static void attribute(struct tnef *t, uint32_t id, struct str value)
{
	struct cursor c = cursor_of(value);
	switch (id) {
	case ATT_PAGE:
		charset_close(t->charset);
		t->charset = charset_of_page(cursor_u32(&c));
		break;
	case ATT_SUBJECT:
		tell(t, value, false, "Subject", true);
		break;
	case ATT_BODY:
		tell(t, value, false, "text", false);
		break;
	case ATT_FILE:
		file_end(t);
		t->files++;
		t->in_file = true;
		break;
	case ATT_FILE_NAME:
		if (!t->name.n)
			name_is(t, value, false);
		break;
	case ATT_FILE_DATA:
		t->data = value;
		break;
	case ATT_PROPERTIES: case ATT_FILE_PROPERTIES:
		properties(t, value);
		break;
	default:
		break;
	}
}

enum open_end open_tnef(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	struct str all;
	if (!source_all(s, TNEF_MAX, &all))
		return OPEN_TOO_BIG;
	struct tnef t = { .l = l, .charset = charset_of_page(1252), .text = BUF(TNEF_MAX), .name = BUF(4096) };
	struct cursor c = cursor_of(all);
	cursor_bytes(&c, 6);                             /* a signature and a key */
	while (!c.torn && c.p < c.end && !t.stopped) {
		cursor_u8(&c);                           /* of the message or of a file */
		uint32_t id = cursor_u32(&c);
		struct str value = cursor_bytes(&c, cursor_u32(&c));
		cursor_u16(&c);                          /* a sum */
		if (value.n)
			attribute(&t, id, value);
	}
	file_end(&t);
	charset_close(t.charset);
	buf_free(&t.text);
	buf_free(&t.name);
	wipe((void *)(uintptr_t)all.p, all.n);
	free((void *)(uintptr_t)all.p);
	return t.stopped ? OPEN_STOPPED : c.torn ? OPEN_BROKEN : OPEN_DONE;
}
