/* pst - Outlook's folders (libpst): mails, contacts, appointments, and what is attached to them, with the folder they are in. libpst opens
 * files by their name only, of which a box has none; so it is given a stream of ours, and what pst_open would have read from the
 * header [MS-PST] 2.2.2.6 is read here. */
#include "lzfu.h"
#include "open_int.h"
#include "when.h"

#include <libpst/libpst.h>
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"     /* it is a header of 1989 */
#include <libpst/vbuf.h>
#pragma GCC diagnostic pop
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum {
	FOLDERS_DEPTH = 32, MESSAGES_DEPTH = 8,
	WHERE_MAX = 380,
	WINDOW = 32 << 20,              /* bytes of an attachment that are kept at once */
	RTF_MAX = 32 << 20,
	HEADER = 0x202,                 /* bytes of the file's header that matter */
};
enum { FORM_ANSI = 14, FORM_ANSI_TOO = 15, FORM_UNICODE = 23, FORM_UNICODE_TOO = 21, FORM_4K = 36 };
enum { NODE_FOLDER = 2, NODE_SEARCH = 3, NODE_MESSAGE = 4, NODE_ASSOCIATED = 8 };      /* the lower 5 bits of a node's number, 2.2.2.1 */

struct reading {
	struct listener *l;
	const struct source *s;
	uint64_t at;                    /* of the stream */
	pst_file file;
	uint64_t records;
	unsigned depth;                 /* messages within messages */
	bool stopped, broken, late;
};

/* ---- a stream for libpst ---- */

static ssize_t stream_read(void *of, char *to, size_t n)
{
	struct reading *r = of;
	size_t got = source_read(r->s, r->at, to, n);
	r->at += got;
	return (ssize_t)got;
}

static int stream_seek(void *of, off64_t *at, int whence)
{
	struct reading *r = of;
	off64_t from = whence == SEEK_CUR ? (off64_t)r->at : whence == SEEK_END ? (off64_t)r->s->size : 0;
	if (*at < -from)
		return -1;
	r->at = (uint64_t)(from + *at);
	*at = (off64_t)r->at;
	return 0;
}

static uint64_t number_at(struct str head, size_t at, bool wide)
{
	struct cursor c = cursor_of(head);
	cursor_bytes(&c, at);
	return wide ? cursor_u64(&c) : cursor_u32(&c);
}

static enum open_end file_open(struct reading *r)
{
	char bytes[HEADER];
	struct str head = { bytes, source_read(r->s, 0, bytes, sizeof bytes) };
	if (head.n < sizeof bytes)
		return OPEN_BROKEN;
	pst_file *f = &r->file;
	pst_unicode_init();
	f->ind_type = (unsigned char)bytes[10];
	bool ansi = f->ind_type == FORM_ANSI || f->ind_type == FORM_ANSI_TOO;
	if (!ansi && f->ind_type != FORM_UNICODE && f->ind_type != FORM_UNICODE_TOO && f->ind_type != FORM_4K)
		return OPEN_NO_WAY;
	f->do_read64 = ansi ? 0 : f->ind_type == FORM_4K ? 2 : 1;
	f->encryption = (unsigned char)bytes[ansi ? 0x1CD : 0x201];
	if (f->encryption > PST_ENCRYPT)                 /* by Windows, for one account */
		return OPEN_ENCRYPTED;
	f->size = number_at(head, ansi ? 0xA8 : 0xB8, !ansi);
	f->index2_back = number_at(head, ansi ? 0xB8 : 0xD8, !ansi);
	f->index2 = number_at(head, ansi ? 0xBC : 0xE0, !ansi);
	f->index1_back = number_at(head, ansi ? 0xC0 : 0xE8, !ansi);
	f->index1 = number_at(head, ansi ? 0xC4 : 0xF0, !ansi);
	f->charset = "windows-1252";
	f->fp = fopencookie(r, "r", (cookie_io_functions_t){ .read = stream_read, .seek = stream_seek });
	return f->fp && pst_load_index(f) == 0 && f->d_head ? OPEN_DONE : OPEN_BROKEN;
}

/* ---- what is damaged ----
 * libpst leaves out what it cannot find, without a word, and may fail in the middle of a damaged block, which would end the whole file.
 * So the pages of both trees are looked at first, and an item whose blocks have another sum than they say is left out. */

enum { PAGES_DEPTH = 8, PAGE_NODES = 0x81, PAGE_BLOCKS = 0x80 };

/* Where a page of a tree has its parts (2.2.2.7.7.1), by pst_file's do_read64. */
static const struct form { unsigned page, entries, count_size, width, level, sort, key, trailer, unit; } forms[] = {
	{ 512, 496, 1, 498, 499, 500, 4, 12, 64 }, { 512, 488, 1, 490, 491, 496, 8, 16, 64 }, { 4096, 4056, 2, 4060, 4061, 4072, 8, 24, 512 },
};

static bool pages_sound(struct reading *r, uint64_t at, uint8_t sort, unsigned depth, uint64_t *pages)
{
	const struct form *f = &forms[r->file.do_read64];
	uint8_t *page = mem_get(f->page);
	bool wide = f->key == 8, sound = depth < PAGES_DEPTH && (*pages)-- && source_read(r->s, at, page, f->page) == f->page;
	unsigned n = page[f->entries] | (f->count_size == 2 ? page[f->entries + 1] << 8 : 0), width = page[f->width], level = page[f->level];
	sound = sound && page[f->sort] == sort && page[f->sort + 1] == sort && n * width <= f->entries && level < PAGES_DEPTH;
	for (unsigned i = 0; sound && level && i < n; i++)       /* the pages below, each behind a key and a block's number */
		sound = width >= 3 * f->key && pages_sound(r, number_at((struct str){ (char *)page, f->page }, i * width + 2 * f->key, wide), sort, depth + 1, pages);
	free(page);
	return sound;
}

static bool trees_sound(struct reading *r)
{
	uint64_t pages = r->s->size / forms[r->file.do_read64].page;
	return pages_sound(r, r->file.index1, PAGE_BLOCKS, 0, &pages) && pages_sound(r, r->file.index2, PAGE_NODES, 0, &pages);
}

/* A block's sum, in the trailer at the end of its space (2.2.2.8.1): CRC-32 that begins with 0 (5.3). Of the form of Outlook 2013 the
 * sum is not known. */
static bool block_sound(struct reading *r, const pst_index_ll *block)
{
	const struct form *f = &forms[r->file.do_read64];
	enum { BLOCK_MAX = 16 << 10 };
	uint8_t bytes[BLOCK_MAX];
	if (!block || f->page != 512)
		return true;
	uint64_t n = block->size, space = (n + f->trailer + f->unit - 1) / f->unit * f->unit;
	if (space > sizeof bytes || source_read(r->s, block->offset, bytes, (size_t)space) != space)
		return false;
	struct cursor c = cursor_of((struct str){ (char *)bytes + space - f->trailer, f->trailer });
	cursor_u32(&c);
	if (f->key == 4)
		cursor_u32(&c);
	return cursor_u32(&c) == (uint32_t)~crc32(0xFFFFFFFF, bytes, (uInt)n);
}

/* ---- telling ---- */

static bool tell(struct reading *r, struct str text, struct str within, const char *name, bool field, uint64_t record)
{
	struct buf where = BUF(WHERE_MAX + 100);
	buf_put(&where, within);
	buf_put(&where, str_of(name));
	struct piece p = { .text = str_trim(text), .where = buf_str(&where), .field = field ? str_of(name) : STR(""), .record = record };
	if (!r->stopped)
		r->stopped = !open_text(r->l, &p);
	buf_free(&where);
	return !r->stopped;
}

static bool unread(struct reading *r, struct str within, const char *what, enum open_end why)
{
	struct buf name = BUF(WHERE_MAX + 100);
	buf_put(&name, within);
	buf_put(&name, str_of(what));
	if (!r->stopped)
		r->stopped = !r->l->unread(r->l->to, buf_str(&name), why);
	buf_free(&name);
	return !r->stopped;
}

/* As UTF-8; empty when there is none. */
static struct str text_of(pst_item *item, pst_string *s)
{
	if (!s->str)
		return STR("");
	pst_convert_utf8_null(item, s);
	return str_of(s->str);
}

/* A name for a person's eyes. */
static void put_name(struct buf *b, struct str s, size_t max)
{
	struct buf clean = BUF(4096);
	buf_put(b, open_cut(open_name(&clean, open_cut(s, 1000)), max));
	buf_free(&clean);
}

/* ---- what an item has to say ---- */

struct text { size_t at; const char *name; };

#define EMAIL(member, name)       { offsetof(pst_item_email, member), name }
static const struct text email_texts[] = {
	EMAIL(outlook_sender_name, "From"), EMAIL(sender_address, "From"), EMAIL(sender2_address, "From"), EMAIL(sentto_address, "To"), EMAIL(cc_address, "Cc"),
	EMAIL(bcc_address, "Bcc"), EMAIL(original_to, "To"), EMAIL(original_cc, "Cc"), EMAIL(original_bcc, "Bcc"), EMAIL(reply_to, "Reply-To"),
	EMAIL(recip_address, "received by"), EMAIL(report_text, "report"), EMAIL(supplementary_info, "report"),
};

#define CONTACT(member, name)     { offsetof(pst_item_contact, member), name }
static const struct text contact_texts[] = {
	CONTACT(fullname, "name"), CONTACT(first_name, "given name"), CONTACT(middle_name, "middle name"), CONTACT(surname, "surname"), CONTACT(nickname, "nickname"),
	CONTACT(address1, "e-mail address"), CONTACT(address1a, "e-mail address"), CONTACT(address2, "e-mail address"), CONTACT(address2a, "e-mail address"),
	CONTACT(address3, "e-mail address"), CONTACT(address3a, "e-mail address"), CONTACT(account_name, "account"), CONTACT(customer_id, "customer number"),
	CONTACT(gov_id, "government id"), CONTACT(billing_information, "billing information"), CONTACT(company_name, "company"), CONTACT(department, "department"),
	CONTACT(job_title, "job"), CONTACT(profession, "profession"), CONTACT(primary_phone, "phone"), CONTACT(business_phone, "business phone"),
	CONTACT(business_phone2, "business phone"), CONTACT(home_phone, "home phone"), CONTACT(home_phone2, "home phone"), CONTACT(mobile_phone, "mobile phone"),
	CONTACT(other_phone, "other phone"), CONTACT(callback_phone, "callback phone"), CONTACT(car_phone, "car phone"), CONTACT(assistant_phone, "assistant's phone"),
	CONTACT(company_main_phone, "company's phone"), CONTACT(pager_phone, "pager"), CONTACT(radio_phone, "radio phone"), CONTACT(isdn_phone, "phone"),
	CONTACT(ttytdd_phone, "phone"), CONTACT(telex, "telex"), CONTACT(primary_fax, "fax"), CONTACT(business_fax, "business fax"), CONTACT(home_fax, "home fax"),
	CONTACT(business_address, "business address"), CONTACT(business_street, "business street"), CONTACT(business_city, "business city"),
	CONTACT(business_postal_code, "business postal code"), CONTACT(business_po_box, "business post box"), CONTACT(home_address, "home address"),
	CONTACT(home_street, "home street"), CONTACT(home_city, "home city"), CONTACT(home_postal_code, "home postal code"), CONTACT(home_po_box, "home post box"),
	CONTACT(other_address, "other address"), CONTACT(other_street, "other street"), CONTACT(other_city, "other city"), CONTACT(other_postal_code, "other postal code"),
	CONTACT(def_postal_address, "postal address"), CONTACT(work_address_street, "work street"), CONTACT(work_address_city, "work city"),
	CONTACT(work_address_postalcode, "work postal code"), CONTACT(spouse_name, "spouse"), CONTACT(manager_name, "manager"), CONTACT(assistant_name, "assistant"),
	CONTACT(hobbies, "hobbies"), CONTACT(keyword, "keywords"), CONTACT(location, "location"), CONTACT(followup, "follow-up"), CONTACT(mileage, "mileage"),
	CONTACT(org_id, "organisation's id"), CONTACT(personal_homepage, "web page"), CONTACT(business_homepage, "web page"), CONTACT(ftp_site, "web page"),
};

static void texts_tell(struct reading *r, pst_item *item, void *in, const struct text *texts, size_t n, struct str within, uint64_t record)
{
	for (size_t i = 0; i < n && !r->stopped; i++)
		tell(r, text_of(item, (pst_string *)((char *)in + texts[i].at)), within, texts[i].name, true, record);
}

static void rtf_tell(struct reading *r, const pst_binary *packed, struct str within)
{
	struct buf rtf = BUF(RTF_MAX), name = BUF(WHERE_MAX + 100);
	if (!lzfu_unpack((struct str){ packed->data, packed->size }, &rtf))
		unread(r, within, "text", rtf.full ? OPEN_TOO_BIG : OPEN_BROKEN);
	struct str text = buf_str(&rtf);
	struct source s = source_of_text(&text);
	buf_put(&name, within);
	buf_put(&name, STR("text.rtf"));
	if (!open_takes(r->l, text.n))
		unread(r, within, "text", OPEN_TOO_BIG);
	else if (text.n && !r->stopped)
		r->stopped = !r->l->member(r->l->to, buf_str(&name), &s);
	buf_free(&rtf);
	buf_free(&name);
}

static void email_tell(struct reading *r, pst_item *item, struct str within, uint64_t record)
{
	pst_item_email *e = item->email;
	texts_tell(r, item, e, email_texts, LENGTH(email_texts), within, record);
	struct str header = text_of(item, &e->header), html = text_of(item, &e->htmlbody);
	if (header.n && !r->stopped)
		r->stopped = !open_mail_fields(r->l, header, within, record);
	tell(r, html, within, "HTML text", false, record);
	if (!str_trim(html).n && !str_trim(str_of(item->body.str)).n && e->rtf_compressed.data)
		rtf_tell(r, &e->rtf_compressed, within);
	if (e->encrypted_body.data || e->encrypted_htmlbody.data)
		unread(r, within, "encrypted text", OPEN_ENCRYPTED);
}

/* ---- attachments ---- */

/* libpst pushes an attachment's bytes from their start; of these a window is kept, and when others are wanted they come again. */
struct attached { struct reading *r; pst_item_attach *a; char *kept; uint64_t from, n, passed, size; };

static ssize_t attached_push(void *of, const char *p, size_t n)
{
	struct attached *at = of;
	uint64_t end = at->from + WINDOW;
	if (at->kept && at->passed + n > at->from && at->passed < end) {
		uint64_t first = at->passed < at->from ? at->from - at->passed : 0, last = at->passed + n > end ? end - at->passed : n;
		memcpy(at->kept + (at->passed + first - at->from), p + first, last - first);
		at->n = at->passed + last - at->from;
	}
	at->passed += n;
	return (ssize_t)n;
}

static void attached_pass(struct attached *at, uint64_t from)
{
	at->from = from;
	at->n = at->passed = 0;
	FILE *f = fopencookie(at, "w", (cookie_io_functions_t){ .write = attached_push });
	if (f) {
		pst_attach_to_file(&at->r->file, at->a, f);
		fclose(f);
	}
	at->size = at->passed;
}

static size_t attached_read(void *of, uint64_t at, void *to, size_t n)
{
	struct attached *a = of;
	size_t done = 0;
	while (done < n && at < a->size) {
		if (at < a->from || at >= a->from + a->n)
			attached_pass(a, at - at % (WINDOW / 2));
		if (at < a->from || at >= a->from + a->n)
			break;
		uint64_t some = a->from + a->n - at;
		if (some > n - done)
			some = n - done;
		memcpy((char *)to + done, a->kept + (at - a->from), some);
		done += some;
		at += some;
	}
	return done;
}

static void item_tell(struct reading *r, pst_item *item, struct str within);

static void inner_read(struct reading *r, pst_item_attach *a, struct str within)
{
	pst_desc_tree node = { .desc = pst_getID(&r->file, a->i_id) };
	pst_item *inner = node.desc ? pst_parse_item(&r->file, &node, a->id2_head) : NULL;
	if (!inner) {
		unread(r, within, "attached message", OPEN_BROKEN);
	} else if (r->depth == MESSAGES_DEPTH) {
		unread(r, within, "attached message", OPEN_TOO_DEEP);
	} else {
		struct buf with = BUF(WHERE_MAX);
		buf_put(&with, within);
		buf_put(&with, STR("with "));
		r->depth++;
		item_tell(r, inner, buf_str(&with));
		r->depth--;
		buf_free(&with);
	}
	if (inner)
		pst_freeItem(inner);
}

static void file_read(struct reading *r, pst_item_attach *a, struct str name)
{
	struct attached at = { .r = r, .a = a };
	struct str whole = { a->data.data, a->data.size };
	struct source s = source_of_text(&whole);
	if (!a->data.data) {
		attached_pass(&at, 0);                   /* how long it is */
		at.kept = mem_get(at.size < WINDOW ? at.size + 1 : WINDOW);
		s = (struct source){ .size = at.size, .of = &at, .read = attached_read };
	}
	if (!open_takes(r->l, s.size))
		r->stopped = !r->l->unread(r->l->to, name, OPEN_TOO_BIG);
	else if (s.size)
		r->stopped = !r->l->member(r->l->to, name, &s);
	free(at.kept);
}

static void attachments_tell(struct reading *r, pst_item *item, struct str within, uint64_t record)
{
	unsigned n = 0;
	for (pst_item_attach *a = item->attach; a && !r->stopped; a = a->next) {
		struct str own = text_of(item, &a->filename2);
		if (!own.n)
			own = text_of(item, &a->filename1);
		n++;
		if (a->method == PST_ATTACH_EMBEDDED) {
			inner_read(r, a, within);
			continue;
		}
		struct buf name = BUF(WHERE_MAX + 300);
		buf_put(&name, within.n > 2 ? (struct str){ within.p, within.n - 2 } : STR("attachment"));     /* without ", " */
		buf_byte(&name, '/');
		if (own.n)
			put_name(&name, own, 255);
		else
			buf_printf(&name, "attachment %u", n);
		tell(r, own, within, "name of an attachment", false, record);
		if (!r->stopped)
			file_read(r, a, buf_str(&name));
		buf_free(&name);
	}
}

/* ---- items ---- */

static void put_date(struct buf *b, const FILETIME *t)
{
	if (!t)
		return;
	int64_t since_1601 = (int64_t)(((uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime) / 10000000);
	struct civil day = civil_of(since_1601 - 11644473600);
	buf_printf(b, " of %04d-%02d-%02d", (int)day.year, (int)day.month, (int)day.day);
}

/* "Inbox, mail of 2025-11-03 from ana@example.com, " */
static void put_within(pst_item *item, struct buf *b)
{
	if (item->contact && item->type == PST_TYPE_CONTACT) {
		struct str name = text_of(item, &item->contact->fullname);
		buf_put(b, STR("contact "));
		put_name(b, name.n ? name : text_of(item, &item->file_as), 80);
	} else if (item->appointment && item->type == PST_TYPE_APPOINTMENT) {
		buf_put(b, STR("appointment"));
		put_date(b, item->appointment->start);
	} else if (item->email && (item->email->sent_date || item->email->sender_address.str)) {
		struct str sender = text_of(item, &item->email->sender_address);
		if (!sender.n || sender.p[0] == '/')     /* inside Exchange: "/O=EXAMPLE/OU=..." */
			sender = text_of(item, &item->email->outlook_sender_name);
		buf_put(b, STR("mail"));
		put_date(b, item->email->sent_date ? item->email->sent_date : item->email->arrival_date);
		buf_put(b, sender.n ? STR(" from ") : STR(""));
		put_name(b, sender, 80);
	} else {
		buf_put(b, STR("item"));
		put_date(b, item->create_date);
	}
	buf_put(b, STR(", "));
}

static const char *field_name(const char *name)
{
	return strlen(name) <= 80 && str_utf8(str_of(name)) ? name : "header field";
}

static void item_tell(struct reading *r, pst_item *item, struct str folder)
{
	struct buf w = BUF(WHERE_MAX);
	uint64_t record = ++r->records;
	buf_put(&w, folder);
	put_within(item, &w);
	struct str within = buf_str(&w);
	tell(r, text_of(item, &item->subject), within, "Subject", true, record);
	tell(r, text_of(item, &item->file_as), within, "name", true, record);
	if (item->contact)
		texts_tell(r, item, item->contact, contact_texts, LENGTH(contact_texts), within, record);
	if (item->appointment) {
		tell(r, text_of(item, &item->appointment->location), within, "location", true, record);
		tell(r, text_of(item, &item->appointment->recurrence_description), within, "recurrence", true, record);
	}
	if (item->journal)
		tell(r, text_of(item, &item->journal->description), within, "description", true, record);
	tell(r, text_of(item, &item->comment), within, "comment", true, record);
	tell(r, text_of(item, &item->body), within, "text", false, record);
	for (pst_item_extra_field *x = item->extra_fields; x && !r->stopped; x = x->next)
		if (x->field_name && x->value)
			tell(r, str_of(x->value), within, field_name(x->field_name), true, record);
	if (item->email)
		email_tell(r, item, within, record);
	attachments_tell(r, item, within, record);
	buf_free(&w);
}

static void nodes_read(struct reading *r, pst_desc_tree *node, struct str folder, unsigned depth)
{
	for (; node && !r->stopped && !r->late; node = node->next) {
		r->late = !open_may_go_on(r->l);
		unsigned sort = node->d_id & 0x1F;
		bool message = sort == NODE_MESSAGE || sort == NODE_ASSOCIATED;
		bool sound = node->desc && block_sound(r, node->desc) && block_sound(r, node->assoc_tree);
		pst_item *item = sound && (message || sort == NODE_FOLDER) ? pst_parse_item(&r->file, node, NULL) : NULL;
		struct buf path = BUF(WHERE_MAX);
		buf_put(&path, folder);
		if (item && sort == NODE_FOLDER && item->file_as.str && *item->file_as.str) {
			path.n -= path.n ? 2 : 0;        /* "Inbox, " */
			buf_put(&path, folder.n ? STR("/") : STR(""));
			put_name(&path, text_of(item, &item->file_as), 80);
			buf_put(&path, STR(", "));
		}
		if (item && message)
			item_tell(r, item, folder);
		r->broken |= !item && node->desc && message;
		if (item)
			pst_freeItem(item);
		if (node->child && depth < FOLDERS_DEPTH)
			nodes_read(r, node->child, buf_str(&path), depth + 1);
		else if (node->child)
			unread(r, folder, "folders within folders", OPEN_TOO_DEEP);
		buf_free(&path);
	}
}

enum open_end open_pst(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	struct reading *r = mem_zero(1, sizeof *r);
	r->l = l;
	r->s = s;
	enum open_end end = file_open(r);
	if (end == OPEN_DONE) {
		r->broken = !trees_sound(r);
		pst_load_extended_attributes(&r->file);
		nodes_read(r, r->file.d_head, STR(""), 0);
		end = r->stopped ? OPEN_STOPPED : r->late ? OPEN_TOO_BIG : r->broken ? OPEN_BROKEN : OPEN_DONE;
	} else if (end == OPEN_BROKEN && !open_bytes(l, s)) {
		end = OPEN_STOPPED;
	}
	pst_close(&r->file);
	free(r);
	return end;
}
