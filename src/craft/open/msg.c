/* msg - Outlook's messages, contacts and appointments in a compound file [MS-OXMSG]: a stream for each property, a storage for each
 * recipient and attachment. */
#include "charset.h"
#include "lzfu.h"
#include "mapi.h"
#include "ole_int.h"
#include "when.h"

#include <stdio.h>
#include <stdlib.h>

enum { BODY_BLANK = 16, BINARY_SMALL = 1 << 10, PROPERTIES_MAX = 64 << 10, STRING_MAX = 64 << 10, BODY_MAX = 32 << 20, WHERE_MAX = 380 };
/* ---- the properties of one storage ---- */

struct message { struct ole *o; struct charset *charset, *internet; int64_t at; bool dated; };

/* Numbers and times stand in one stream, 16 bytes each behind a header [MS-OXMSG] 2.4. */
static void fixed_read(struct message *m)
{
	struct str all = ole_all(m->o, "__properties_version1.0", PROPERTIES_MAX);
	struct cursor c = cursor_of(all);
	unsigned page = 1252, internet = 0;
	cursor_bytes(&c, all.n % 16 == 8 ? 24 : 32);
	while (!c.torn && (size_t)(c.end - c.p) >= 16) {
		uint32_t tag = cursor_u32(&c);
		cursor_u32(&c);
		uint64_t value = cursor_u64(&c);
		uint16_t id = (uint16_t)(tag >> 16);
		if (id == PR_PAGE && value)
			page = (uint32_t)value;
		if (id == PR_INTERNET_PAGE && value)
			internet = (uint32_t)value;
		if (id == PR_SUBMITTED || (id == PR_DELIVERED && !m->dated)) {
			m->at = (int64_t)(value / 10000000) - 11644473600;       /* from 1601 to 1970 */
			m->dated = m->at > 0 && m->at < (int64_t)1 << 34;
		}
	}
	m->charset = charset_of_page(page);
	m->internet = charset_of_page(internet ? internet : page);
	free((void *)(uintptr_t)all.p);
}

static void message_close(struct message *m)
{
	charset_close(m->charset);
	charset_close(m->internet);
}

static bool hex_digits(struct str s, uint32_t *value)
{
	*value = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		int v = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
		if (v < 0)
			return false;
		*value = *value << 4 | (uint32_t)v;
	}
	return s.n > 0;
}

/* "__substg1.0_0037001F", and for one of many values "-00000000" behind it. */
static bool tag_of(struct str name, uint16_t *id, uint16_t *type)
{
	uint32_t tag;
	if (name.n < 20 || !str_starts(name, STR("__substg1.0_")) || !hex_digits((struct str){ name.p + 12, 8 }, &tag))
		return false;
	*id = (uint16_t)(tag >> 16);
	*type = (uint16_t)tag;
	if (name.n > 20 && name.p[20] == '-' && (*type & MAPI_MANY))
		*type &= (uint16_t)~MAPI_MANY;
	return true;
}

static void put_text(struct message *m, uint16_t id, uint16_t type, struct str raw, struct buf *out)
{
	if (type == MAPI_TEXT16)
		charset_utf16(raw, out);
	else
		charset_text(id == PR_HTML ? m->internet : m->charset, raw, out);
	while (out->n && !out->p[out->n - 1])            /* text may end in zeros */
		out->n--;
}

/* A text property, empty when there is none; `out` is cleared first. */
static struct str text_get(struct message *m, uint16_t id, struct buf *out)
{
	static const uint16_t types[] = { MAPI_TEXT16, MAPI_TEXT8 };
	buf_clear(out);
	for (size_t i = 0; i < LENGTH(types) && !out->n; i++) {
		char name[32];
		snprintf(name, sizeof name, "__substg1.0_%04X%04X", id, types[i]);
		struct str raw = ole_all(m->o, name, STRING_MAX);
		put_text(m, id, types[i], raw, out);
		free((void *)(uintptr_t)raw.p);
	}
	return buf_str(out);
}

/* Properties that a program or a person added, by the names they were given [MS-OXMSG] 2.2.3. */
struct names { struct str entries, texts; };

enum { NAMED_FIRST = 0x8000, NAME_LENGTH = 80 };

static enum open_end names_read(struct ole *o)
{
	struct names *n = (struct names *)(uintptr_t)o->names;
	n->entries = ole_all(o, "__substg1.0_00030102", PROPERTIES_MAX);
	n->texts = ole_all(o, "__substg1.0_00040102", 4 * PROPERTIES_MAX);
	for (int i = 0; i < o->children; i++)            /* the rest are numbers by which the names are found */
		bits_add(&o->read, (size_t)i);
	return OPEN_DONE;
}

static void name_of(struct message *m, uint16_t id, char name[NAME_LENGTH])
{
	if (mapi_name(id))
		snprintf(name, NAME_LENGTH, "%s", mapi_name(id));
	else
		snprintf(name, NAME_LENGTH, "property %04X", id);
	if (id < NAMED_FIRST || !m->o->names)
		return;
	struct cursor entry = cursor_of(m->o->names->entries), c = cursor_of(m->o->names->texts);
	cursor_bytes(&entry, (size_t)(id - NAMED_FIRST) * 8);
	cursor_bytes(&c, cursor_u32(&entry));
	bool has_text = cursor_u16(&entry) & 1;
	struct str raw = cursor_bytes(&c, cursor_u32(&c));
	struct buf text = BUF(8 * NAME_LENGTH), clean = BUF(8 * NAME_LENGTH);
	if (has_text && !entry.torn && raw.n && raw.n <= 2 * NAME_LENGTH) {
		charset_utf16(raw, &text);
		snprintf(name, NAME_LENGTH, STR_FMT, STR_ARG(open_cut(open_name(&clean, buf_str(&text)), NAME_LENGTH - 1)));
	}
	buf_free(&text);
	buf_free(&clean);
}

static void text_tell(struct message *m, int i, uint16_t id, uint16_t type, uint64_t record)
{
	struct ole_stream s;
	if (!ole_child(m->o, i, &s))
		return;
	if (s.source.size <= BODY_MAX && open_takes(m->o->l, s.source.size)) {
		struct str raw = { 0 };
		char name[NAME_LENGTH];
		name_of(m, id, name);
		struct buf text = BUF(4 * BODY_MAX);
		bits_add(&m->o->read, (size_t)i);        /* a longer one is left as it is, a member */
		if (source_all(&s.source, BODY_MAX, &raw))
			put_text(m, id, type, raw, &text);
		else
			ole_unread(m->o, name, OPEN_BROKEN);
		ole_tell(m->o, buf_str(&text), name, id == PR_BODY || id == PR_HTML ? STR("") : str_of(name), record);
		free((void *)(uintptr_t)raw.p);
		buf_free(&text);
	}
	ole_close(&s);
}

static bool has(struct ole *o, uint32_t tag)
{
	char name[32];
	struct ole_stream s;
	snprintf(name, sizeof name, "__substg1.0_%08X", tag);
	int i = ole_find(o, name);
	if (i < 0 || !ole_child(o, i, &s))
		return false;
	bool full = s.source.size > BODY_BLANK;
	ole_close(&s);
	return full;
}

/* The body as RTF, when it is the only one; Outlook also writes one that is white space alone. */
static void rtf_read(struct message *m)
{
	static const uint32_t bodies[] = { 0x1000001F, 0x1000001E, 0x10130102, 0x1013001F, 0x1013001E };
	bool other = false;
	for (size_t i = 0; i < LENGTH(bodies); i++)
		other |= has(m->o, bodies[i]);
	struct str packed = ole_all(m->o, "__substg1.0_10090102", BODY_MAX);
	struct buf rtf = BUF(BODY_MAX);
	if (packed.n && !other) {
		if (!lzfu_unpack(packed, &rtf))
			ole_unread(m->o, "text", rtf.full ? OPEN_TOO_BIG : OPEN_BROKEN);
		struct str text = buf_str(&rtf);
		struct source source = source_of_text(&text);
		if (!open_takes(m->o->l, text.n))
			ole_unread(m->o, "text", OPEN_TOO_BIG);
		else if (text.n)
			ole_member(m->o, STR("text.rtf"), &source);
	}
	free((void *)(uintptr_t)packed.p);
	buf_free(&rtf);
}

/* All texts. Short binary values are ids and keys; long ones are left, for whoever looks at the rest. */
static void texts_tell(struct message *m, uint64_t record)
{
	for (int i = 0; i < m->o->children && !m->o->stopped; i++) {
		uint16_t id, type;
		struct ole_stream s;
		if (!tag_of(ole_child_name(m->o, i), &id, &type) || bits_has(&m->o->read, (size_t)i))
			continue;
		bool text = type == MAPI_TEXT8 || type == MAPI_TEXT16 || (type == MAPI_BINARY && id == PR_HTML);
		if (text && !mapi_is_said(id)) {
			text_tell(m, i, id, type, record);
		} else if (ole_child(m->o, i, &s)) {
			if (text || (type & MAPI_MANY) || s.source.size <= BINARY_SMALL)
				bits_add(&m->o->read, (size_t)i);
			ole_close(&s);
		}
	}
}

/* ---- recipients and attachments ---- */

static enum open_end recipient_read(struct ole *o)
{
	struct message m = { .o = o };
	fixed_read(&m);
	texts_tell(&m, ++*o->records);
	message_close(&m);
	return OPEN_DONE;
}

/* CMS says what it is in its first bytes: an OID that ends in 7.3 is enveloped data (RFC 5652, 6.1). */
static bool is_enveloped(const struct source *s)
{
	char head[64];
	size_t n = source_read(s, 0, head, sizeof head);
	return memmem(head, n, "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03", 9) != NULL;
}

static void data_read(struct message *m, struct str called, struct str type)
{
	struct ole_stream s;
	if (!ole_open(m->o, "__substg1.0_37010102", &s))
		return;
	bool protected = str_starts(type, STR("application/x-microsoft-rpmsg"));
	if (protected || (str_starts(type, STR("application/pkcs7-mime")) && is_enveloped(&s.source)))
		ole_unread(m->o, "encrypted part", OPEN_ENCRYPTED);
	else if (!open_takes(m->o->l, s.source.size))
		ole_unread(m->o, "attachment", OPEN_TOO_BIG);
	else if (s.source.size)
		ole_member(m->o, called, &s.source);
	ole_close(&s);
}

static enum open_end attachment_read(struct ole *o)
{
	static const uint16_t names[] = { PR_LONG_NAME, PR_SHORT_NAME, PR_DISPLAY_NAME };
	struct message m = { .o = o };
	struct buf name = BUF(4 * STRING_MAX), text = BUF(4 * STRING_MAX);
	fixed_read(&m);
	for (size_t i = 0; i < LENGTH(names); i++) {
		text_get(&m, names[i], &text);
		if (!name.n)
			buf_put(&name, buf_str(&text));
	}
	if (name.n)
		ole_tell(o, buf_str(&name), "name of an attachment", STR(""), 0);
	else
		buf_put(&name, STR("attachment"));
	data_read(&m, open_cut(buf_str(&name), 200), text_get(&m, PR_MIME_TYPE, &text));
	int inner = ole_find(o, "__substg1.0_3701000D");         /* a message, or an object of another program */
	enum open_end end = inner >= 0 && !o->stopped ? ole_within(o, inner, o->within, NULL) : OPEN_DONE;
	texts_tell(&m, 0);
	message_close(&m);
	buf_free(&name);
	buf_free(&text);
	return end;
}

/* ---- the message ---- */

/* "mail of 2025-11-03 from ana@example.com, " behind where it is itself. */
static void put_within(struct message *m, struct buf *within)
{
	static const uint16_t senders[] = { PR_SENDER_SMTP, PR_SENDER_EMAIL, PR_SENT_FOR_EMAIL, PR_SENDER_NAME };
	struct buf sender = BUF(4 * STRING_MAX), clean = BUF(WHERE_MAX);
	/* inside Exchange an address is "/O=EXAMPLE/OU=...", of no use to a person */
	for (size_t i = 0; i < LENGTH(senders) && (!sender.n || sender.p[0] == '/'); i++)
		text_get(m, senders[i], &sender);
	buf_put(within, m->o->within);
	buf_put(within, m->o->within.n ? STR("with mail") : STR("mail"));
	if (m->dated) {
		struct civil day = civil_of(m->at);
		buf_printf(within, " of %04d-%02d-%02d", (int)day.year, (int)day.month, (int)day.day);
	}
	if (sender.n) {
		buf_put(within, STR(" from "));
		buf_put(within, open_name(&clean, open_cut(buf_str(&sender), 80)));
	}
	buf_put(within, STR(", "));
	buf_free(&sender);
	buf_free(&clean);
}

static enum open_end children_read(struct ole *o)
{
	enum open_end end = OPEN_DONE;
	for (int i = 0; i < o->children && !o->stopped; i++) {
		struct str name = ole_child_name(o, i);
		bool attachment = str_starts(name, STR("__attach_version1.0_"));
		if (!attachment && !str_starts(name, STR("__recip_version1.0_")))
			continue;
		enum open_end how = ole_within(o, i, o->within, attachment ? attachment_read : recipient_read);
		if (how == OPEN_ENCRYPTED)
			ole_unread(o, "attachment", how);
		else if (how != OPEN_DONE)
			end = how;
	}
	return end;
}

enum open_end ole_msg(struct ole *o)
{
	struct message m = { .o = o };
	struct buf within = BUF(WHERE_MAX), headers = BUF(4 * STRING_MAX);
	struct str outer = o->within;
	uint64_t record = ++*o->records;
	struct names names = { 0 };
	const struct names *outer_names = o->names;
	int named = ole_find(o, "__nameid_version1.0");
	if (named >= 0) {                                /* only the outermost message has them */
		o->names = &names;
		ole_within(o, named, o->within, names_read);
	}
	fixed_read(&m);
	put_within(&m, &within);
	o->within = buf_str(&within);
	texts_tell(&m, record);
	rtf_read(&m);
	if (!o->stopped && text_get(&m, PR_HEADERS, &headers).n)
		o->stopped = !open_mail_fields(o->l, buf_str(&headers), o->within, record);
	enum open_end end = children_read(o);
	message_close(&m);
	o->within = outer;
	o->names = outer_names;
	free((void *)(uintptr_t)names.entries.p);
	free((void *)(uintptr_t)names.texts.p);
	buf_free(&within);
	buf_free(&headers);
	return end;
}
