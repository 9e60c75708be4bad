/* Compound files: workbooks, documents, presentations, messages and what is embedded in them; made here, by hand and by libgsf. */
#include "open_test.h"

#include <gsf/gsf.h>
#include <zlib.h>

static struct heard h;

static void has(const char *text)
{
	if (!heard_has(&h, text))
		fail_msg("not heard: %s\nheard:\n%s", text, h.text.p);
}

static void lacks(const char *text)
{
	if (heard_has(&h, text))
		fail_msg("heard: %s\nin:\n%s", text, h.text.p);
}

/* ---- making compound files ---- */

struct made { GsfOutput *memory; GsfOutfile *root; };

static struct made file_new(void)
{
	struct made f = { .memory = gsf_output_memory_new() };
	f.root = gsf_outfile_msole_new(f.memory);
	return f;
}

static void put(GsfOutfile *in, const char *name, struct str bytes)
{
	GsfOutput *out = gsf_outfile_new_child(in, name, FALSE);
	gsf_output_write(out, bytes.n, (const guint8 *)bytes.p);
	gsf_output_close(out);
	g_object_unref(out);
}

static GsfOutfile *folder(GsfOutfile *in, const char *name)
{
	return (GsfOutfile *)gsf_outfile_new_child(in, name, TRUE);
}

static void folder_end(GsfOutfile *f)
{
	gsf_output_close((GsfOutput *)f);
	g_object_unref(f);
}

/* Ends the file, opens its first `n` bytes, and hears. */
static enum open_end opened_part(struct made *f, size_t n)
{
	folder_end(f->root);
	struct str bytes = { (const char *)gsf_output_memory_get_bytes((GsfOutputMemory *)f->memory), (size_t)gsf_output_size(f->memory) };
	if (bytes.n > n)
		bytes.n = n;
	struct heard fresh = heard_new();
	fresh.stop_after = h.stop_after;
	heard_free(&h);
	h = fresh;
	enum open_end end = heard_open(&h, bytes, "x");
	g_object_unref(f->memory);
	return end;
}

static enum open_end opened(struct made *f)
{
	return opened_part(f, SIZE_MAX);
}

static enum open_end opened_stream(const char *name, const struct buf *b)
{
	struct made f = file_new();
	put(f.root, name, buf_str(b));
	return opened(&f);
}

static void wide(struct buf *b, const char *ascii)
{
	for (; *ascii; ascii++)
		buf_u16(b, (uint8_t)*ascii);
}

/* ---- workbooks ---- */

static void record(struct buf *b, uint16_t type, const struct buf *body)
{
	buf_u16(b, type);
	buf_u16(b, (uint16_t)body->n);
	buf_put(b, buf_str(body));
}

/* A record of 16-bit values and then bytes. */
static void record_of(struct buf *b, uint16_t type, size_t n, const uint16_t *values, struct str more)
{
	struct buf body = BUF(9000);
	for (size_t i = 0; i < n; i++)
		buf_u16(&body, values[i]);
	buf_put(&body, more);
	record(b, type, &body);
	buf_free(&body);
}
#define RECORD(b, type, more, ...) record_of(b, type, sizeof((uint16_t[]){ __VA_ARGS__ }) / 2, (uint16_t[]){ __VA_ARGS__ }, more)

static void record_end(struct buf *b)
{
	buf_u16(b, 0x000A);
	buf_u16(b, 0);
}

static struct str double_bytes(double d)
{
	static char bytes[8];
	memcpy(bytes, &d, 8);
	return (struct str){ bytes, 8 };
}

/* The parts in front of the sheets; a hidden sheet "Orders" begins where they end. */
static void globals(struct buf *b)
{
	RECORD(b, 0x0809, STR(""), 0x0600, 0x0005, 0, 0, 0, 0, 0, 0);
	struct buf names = BUF(100), shared = BUF(1000), rest = BUF(1000);
	/* styles: 15 of no format of their own, then a month and a number with zeros in front */
	RECORD(b, 0x041E, STR("\0mm/yy"), 164, 5);
	RECORD(b, 0x041E, STR("\0" "00000"), 165, 5);
	for (int i = 0; i < 18; i++)
		RECORD(b, 0x00E0, STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), 0, i == 16 ? 164 : i == 17 ? 165 : 0);
	size_t at = b->n + 4 + 6 + 2 + 6;
	/* shared texts: one rich with runs, one whose second half is in the next record and of the other width */
	buf_u32(&shared, 3);
	buf_u32(&shared, 3);
	buf_u16(&shared, 4);
	buf_put(&shared, STR("\x08\x01\0Card\1\0\2\0"));
	buf_u16(&shared, 16);
	buf_put(&shared, STR("\0" "40128888"));
	buf_put(&rest, STR("\1"));
	wide(&rest, "88881881");
	buf_u16(&rest, 5);
	buf_put(&rest, STR("\4\4\0\0\0caf\xE9!abcd"));
	at += 4 + shared.n + 4 + rest.n + 4;
	buf_u32(&names, (uint32_t)at);
	buf_put(&names, STR("\1\0\6\0Orders"));
	record(b, 0x0085, &names);
	record(b, 0x00FC, &shared);
	record(b, 0x003C, &rest);
	record_end(b);
	assert_int_equal(b->n, at);
	buf_free(&names);
	buf_free(&shared);
	buf_free(&rest);
}

static void sheet_starts(struct buf *b)
{
	RECORD(b, 0x0809, STR(""), 0x0600, 0x0010, 0, 0, 0, 0, 0, 0);
}

static void cells_of_every_sort_are_told_by_sheet_and_place(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 16);
	globals(&b);
	sheet_starts(&b);
	RECORD(&b, 0x0014, STR("\0Page of Orders"), 14);
	RECORD(&b, 0x00FD, STR(""), 0, 0, 15, 0, 0);
	RECORD(&b, 0x0204, STR("\0Expiry"), 0, 1, 15, 6);
	RECORD(&b, 0x00FD, STR(""), 1, 0, 15, 1, 0);
	RECORD(&b, 0x0203, double_bytes(378282246310005.0), 1, 1, 15);
	RECORD(&b, 0x027E, STR(""), 1, 2, 15, (12345 << 2 | 3) & 0xFFFF, 0);                   /* a whole number of hundredths */
	RECORD(&b, 0x00BD, STR(""), 2, 0, 15, 7 << 2 | 2, 0, 15, 0x0000, 0x3FF8, 1);            /* 7; 1.5 */
	RECORD(&b, 0x0006, STR("\0\0\0\0\0\0\xFF\xFF\0\0\0\0\0\0"), 3, 26, 15);
	RECORD(&b, 0x0207, STR("\0the result"), 10);
	RECORD(&b, 0x0006, double_bytes(0.25), 3, 27, 15);
	RECORD(&b, 0x0203, double_bytes(46113), 3, 28, 16);
	RECORD(&b, 0x027E, STR(""), 3, 29, 17, 123 << 2 | 2, 0);
	RECORD(&b, 0x00FD, STR(""), 4, 0, 15, 2, 0);
	RECORD(&b, 0x00FD, STR(""), 4, 1, 15, 99, 0);                                          /* no such text */
	/* a comment at C5, and a text box */
	RECORD(&b, 0x005D, STR(""), 0x15, 0x12, 0x19, 7, 0, 0, 0, 0, 0, 0, 0);
	RECORD(&b, 0x01B6, STR(""), 0, 0, 0, 0, 0, 9, 16, 0, 0);
	RECORD(&b, 0x003C, STR("ay it:\n4"), 's' << 8);
	RECORD(&b, 0x005D, STR(""), 0x15, 0x12, 6, 8, 0, 0, 0, 0, 0, 0, 0);
	RECORD(&b, 0x01B6, STR(""), 0, 0, 0, 0, 0, 4, 16, 0, 0);
	RECORD(&b, 0x003C, STR("box"), 'x' << 8);
	RECORD(&b, 0x001C, STR("\3\0\0Ana"), 4, 2, 0, 7);
	record_end(&b);
	assert_int_equal(opened_stream("Workbook", &b), OPEN_DONE);
	has("sheet Orders, header [] #0: Page of Orders\n");
	has("sheet Orders, cell A1 [] #1: Card\n");
	has("sheet Orders, cell A2 [Card] #2: 4012888888881881\n");
	has("sheet Orders, cell B2 [Expiry] #2: 378282246310005\n");
	has("sheet Orders, cell C2 [] #2: 123.45\n");
	has("sheet Orders, cell A3 [Card] #3: 7\n");
	has("sheet Orders, cell B3 [Expiry] #3: 1.5\n");
	has("sheet Orders, cell AA4 [] #4: the result\n");
	has("sheet Orders, cell AB4 [] #4: 0.25\n");
	has("sheet Orders, cell AC4 [] #4: 04/26\n");
	has("sheet Orders, cell AD4 [] #4: 00123\n");
	has("sheet Orders, cell A5 [Card] #5: caf\xC3\xA9!\n");
	has("sheet Orders, text of a shape [] #0: xbox\n");
	has("sheet Orders, cell C5, comment [] #0: say it:\n4\n");
	buf_free(&b);
}

static void a_workbook_of_excel_95_has_a_code_page(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 16);
	RECORD(&b, 0x0809, STR(""), 0x0500, 0x0005, 0, 0);
	RECORD(&b, 0x0042, STR(""), 1251);
	size_t at = b.n + 4 + 11;
	RECORD(&b, 0x0085, STR("\4\xCB\xE8\xF1\xF2"), (uint16_t)at, 0, 0);
	RECORD(&b, 0x0809, STR(""), 0x0500, 0x0010, 0, 0);
	RECORD(&b, 0x0204, STR("\xEA\xE0\xF0\xF2\xE0 4012"), 0, 0, 15, 10);
	RECORD(&b, 0x001C, STR("a note"), 0, 0, 6);
	assert_int_equal(opened_stream("Book", &b), OPEN_DONE);
	has("sheet \xD0\x9B\xD0\xB8\xD1\x81\xD1\x82, cell A1 [] #1: \xD0\xBA\xD0\xB0\xD1\x80\xD1\x82\xD0\xB0 4012\n");
	has("cell A1, comment [] #0: a note\n");
	buf_free(&b);
}

static void a_workbook_with_a_password_is_encrypted(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 16);
	RECORD(&b, 0x0809, STR(""), 0x0600, 0x0005, 0, 0, 0, 0, 0, 0);
	RECORD(&b, 0x002F, STR("xxxxxxxx"), 1, 1, 1);
	assert_int_equal(opened_stream("Workbook", &b), OPEN_ENCRYPTED);
	struct made f = file_new();
	put(f.root, "EncryptionInfo", STR("x"));
	put(f.root, "EncryptedPackage", STR("xxxxxxxxxxxxxxxx"));
	assert_int_equal(opened(&f), OPEN_ENCRYPTED);
	buf_free(&b);
}

static void a_workbook_cut_off_is_read_as_far_as_it_goes(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 16);
	globals(&b);
	sheet_starts(&b);
	RECORD(&b, 0x00FD, STR(""), 1, 0, 15, 1, 0);
	buf_u16(&b, 0x00FD);
	buf_u16(&b, 10);
	buf_u16(&b, 2);
	assert_int_equal(opened_stream("Workbook", &b), OPEN_BROKEN);
	has("sheet Orders, cell A2 [] #1: 4012888888881881\n");
	buf_free(&b);
}

/* ---- documents ---- */

static void u32_at(struct buf *b, size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		b->p[at + i] = (char)(v >> 8 * i);
}

/* A document of two pieces, one of 8 bits and one of 16: 31 characters of the text, the rest a footnote. */
static struct made document(uint16_t flags)
{
	struct buf doc = BUF(1 << 16), table = BUF(1 << 16);
	memset(buf_space(&doc, 0x800), 0, 0x800);
	doc.p[0] = (char)0xEC, doc.p[1] = (char)0xA5;
	doc.p[0x0A] = (char)flags, doc.p[0x0B] = (char)(flags >> 8);
	u32_at(&doc, 0x4C, 31);
	u32_at(&doc, 0x50, 16);
	buf_put(&doc, STR("first line\rcard\7a\7\7" "40\7\7\7"));     /* 24 characters */
	buf_put(&doc, STR("deleted: 5555555555554444, once in it"));
	size_t at = doc.n + (doc.n & 1);
	buf_put(&doc, (struct str){ "", doc.n & 1 });
	wide(&doc, "line 3\rnote 3782\r\x13z\x14y\x15");
	u32_at(&doc, 0x1A2, 8);
	u32_at(&doc, 0x1A6, 5 + 28 + 5);
	buf_put(&table, STR("padding!\1\2\0xx\2"));
	buf_u32(&table, 28);
	buf_u32(&table, 0);
	buf_u32(&table, 24);
	buf_u32(&table, 47);
	buf_put(&table, STR("\0\0"));
	buf_u32(&table, 0x800 * 2 | 1u << 30);
	buf_put(&table, STR("\0\0\0\0"));
	buf_u32(&table, (uint32_t)at);
	buf_put(&table, STR("\0\0"));
	struct made f = file_new();
	put(f.root, "WordDocument", buf_str(&doc));
	put(f.root, flags & 0x200 ? "1Table" : "0Table", buf_str(&table));
	buf_free(&doc);
	buf_free(&table);
	return f;
}

static void a_document_is_read_by_its_pieces(void **state)
{
	(void)state;
	struct made f = document(0x200);
	assert_int_equal(opened(&f), OPEN_DONE);
	has("paragraph 1 [] #0: first line\n");
	has("table 1, row 1, column 1 [] #1: card\n");
	has("table 1, row 1, column 2 [] #1: a\n");
	has("table 1, row 2, column 1 [card] #2: 40\n");
	has("paragraph 2 [] #0: line 3\n");
	has("footnote [] #0: note 3782\n");
	has("text that is no longer shown [] #0: deleted: 5555555555554444, once in it");
	lacks("text that is no longer shown [] #0: first");
	f = document(0);
	assert_int_equal(opened(&f), OPEN_DONE);
	has("paragraph 1 [] #0: first line\n");
	f = document(0x100);
	assert_int_equal(opened(&f), OPEN_ENCRYPTED);
}

static void a_document_without_its_table_is_broken_but_seen(void **state)
{
	(void)state;
	struct buf doc = BUF(1 << 16);
	memset(buf_space(&doc, 0x400), 0, 0x400);
	doc.p[0] = (char)0xEC, doc.p[1] = (char)0xA5;
	buf_put(&doc, STR("still 4012888888881881 here"));
	assert_int_equal(opened_stream("WordDocument", &doc), OPEN_BROKEN);
	has("still 4012888888881881 here");
	doc.p[0] = (char)0xDC;                           /* of Word 95 */
	assert_int_equal(opened_stream("WordDocument", &doc), OPEN_DONE);
	has("member WordDocument: ");
	buf_free(&doc);
}

/* ---- presentations ---- */

static size_t ppt_begin(struct buf *b, uint16_t version, uint16_t type)
{
	buf_u16(b, version);
	buf_u16(b, type);
	buf_u32(b, 0);
	return b->n;
}

static void ppt_end(struct buf *b, size_t from)
{
	u32_at(b, from - 4, (uint32_t)(b->n - from));
}

static void ppt_slide(struct buf *b, uint16_t type, const char *text)
{
	size_t slide = ppt_begin(b, 15, type), inner = ppt_begin(b, 15, 0xF00D), atom = ppt_begin(b, 0, 4000);
	wide(b, text);
	ppt_end(b, atom);
	ppt_end(b, inner);
	ppt_end(b, slide);
}

static void slides_are_numbered_as_they_are_shown(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 16);
	size_t first = b.n;
	ppt_slide(&b, 1006, "shown second 4012");
	size_t second = b.n;
	ppt_slide(&b, 1006, "shown first");
	ppt_slide(&b, 1006, "left over 3782");
	ppt_slide(&b, 1008, "a note 6011");
	size_t document = ppt_begin(&b, 15, 1000), list = ppt_begin(&b, 15, 4080);
	size_t atom = ppt_begin(&b, 0, 1011);
	buf_u32(&b, 4);
	ppt_end(&b, atom);
	atom = ppt_begin(&b, 0, 4008);
	buf_put(&b, STR("title caf\xE9\rline"));
	ppt_end(&b, atom);
	atom = ppt_begin(&b, 0, 1011);
	buf_u32(&b, 3);
	ppt_end(&b, atom);
	ppt_end(&b, list);
	ppt_end(&b, document);
	size_t directory = ppt_begin(&b, 0, 6002);
	buf_u32(&b, 2u << 20 | 3);
	buf_u32(&b, (uint32_t)first);
	buf_u32(&b, (uint32_t)second);
	ppt_end(&b, directory);
	/* an object, packed */
	char packed[200];
	uLongf n = sizeof packed;
	compress((Bytef *)packed, &n, (const Bytef *)"plain 5555", 10);
	size_t object = ppt_begin(&b, 0x10, 4113);
	buf_u32(&b, 10);
	buf_put(&b, (struct str){ packed, n });
	ppt_end(&b, object);
	assert_int_equal(opened_stream("PowerPoint Document", &b), OPEN_DONE);
	has("slide 1 [] #0: shown first\n");
	has("slide 2 [] #0: shown second 4012\n");
	has("slide that is no longer shown [] #0: left over 3782\n");
	has("notes [] #0: a note 6011\n");
	has("slide 1 [] #0: title caf\xC3\xA9\nline\n");
	has("member embedded object 1: plain 5555");
	struct made f = file_new();
	put(f.root, "PowerPoint Document", buf_str(&b));
	put(f.root, "Current User", STR("\0\0\xF6\x0F\x14\0\0\0\x14\0\0\0\xDF\xC4\xD1\xF3"));
	assert_int_equal(opened(&f), OPEN_ENCRYPTED);
	buf_free(&b);
}

static void pictures_of_drawings_are_members(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 16);
	buf_put(&b, STR("something in front"));
	size_t at = ppt_begin(&b, 0x46A0, 0xF01D);
	buf_put(&b, STR("0123456789abcdef\xFF" "\xFF\xD8\xFF" "jpeg"));
	ppt_end(&b, at);
	at = ppt_begin(&b, 0x6E10, 0xF01E);
	buf_put(&b, STR("0123456789abcdef0123456789abcdef\xFF" "\x89PNG" "png"));
	ppt_end(&b, at);
	memset(buf_space(&b, 100), 'x', 100);
	struct made f = file_new();
	put(f.root, "PowerPoint Document", STR(""));
	put(f.root, "Pictures", buf_str(&b));
	assert_int_equal(opened(&f), OPEN_DONE);
	has("member picture 1.jpg: \xFF\xD8\xFFjpeg (7)\n");
	has("member picture 2.png: \x89PNGpng (7)\n");
	buf_free(&b);
}

/* ---- messages ---- */

static void put_wide(GsfOutfile *in, const char *name, const char *ascii)
{
	struct buf b = BUF(1 << 16);
	wide(&b, ascii);
	put(in, name, buf_str(&b));
	buf_free(&b);
}

/* The stream of numbers and times: when it was sent (3 November 2025), and the code page. */
static void put_fixed(GsfOutfile *in, size_t head, uint32_t page)
{
	struct buf b = BUF(1 << 10);
	memset(buf_space(&b, head), 0, head);
	buf_u32(&b, 0x00390040);
	buf_u32(&b, 6);
	buf_u64(&b, ((uint64_t)1762164000 + 11644473600u) * 10000000);
	buf_u32(&b, 0x3FFD0003);
	buf_u32(&b, 6);
	buf_u64(&b, page);
	put(in, "__properties_version1.0", buf_str(&b));
	buf_free(&b);
}

static void a_message_is_read_with_its_attachments_and_messages_in_it(void **state)
{
	(void)state;
	struct made f = file_new();
	put_fixed(f.root, 32, 1251);
	put_wide(f.root, "__substg1.0_0037001F", "Order");
	put_wide(f.root, "__substg1.0_5D01001F", "ana@example.com");
	put(f.root, "__substg1.0_1000001E", STR("\xEA\xE0\xF0\xF2\xE0 4012"));
	put(f.root, "__substg1.0_10130102", STR("<p>5555</p>"));
	put(f.root, "__substg1.0_00710102", STR("an id"));
	put_wide(f.root, "__substg1.0_8005001F", "something else");
	put_wide(f.root, "__substg1.0_8001001F", "3530111333300000");
	GsfOutfile *names = folder(f.root, "__nameid_version1.0");
	put(names, "__substg1.0_00030102", STR("\1\x85\0\0\6\0\0\0\4\0\0\0\7\0\1\0"));
	put(names, "__substg1.0_00040102", STR("xxxx\x16\0\0\0C\0a\0r\0d\0 \0n\0u\0m\0b\0e\0r\0"));
	folder_end(names);
	put_wide(f.root, "__substg1.0_007D001F", "From: Ana\r\nSubject: Order\r\nX-Card: 3782\r\n");
	GsfOutfile *recipient = folder(f.root, "__recip_version1.0_#00000000");
	put_fixed(recipient, 8, 0);
	put_wide(recipient, "__substg1.0_3003001F", "shop@example.com");
	folder_end(recipient);
	GsfOutfile *attachment = folder(f.root, "__attach_version1.0_#00000000");
	put_fixed(attachment, 8, 0);
	put_wide(attachment, "__substg1.0_3707001F", "cards.csv");
	put_wide(attachment, "__substg1.0_3704001F", "CARDS~1.CSV");
	put(attachment, "__substg1.0_37010102", STR("name,card"));
	folder_end(attachment);
	attachment = folder(f.root, "__attach_version1.0_#00000001");
	put_wide(attachment, "__substg1.0_3001001F", "inner");
	GsfOutfile *inner = folder(attachment, "__substg1.0_3701000D");
	put_fixed(inner, 24, 0);
	put_wide(inner, "__substg1.0_0C1A001F", "Bob");
	put_wide(inner, "__substg1.0_1000001F", "inner 6011");
	folder_end(inner);
	folder_end(attachment);
	attachment = folder(f.root, "__attach_version1.0_#00000002");
	put_wide(attachment, "__substg1.0_3707001F", "smime.p7m");
	put_wide(attachment, "__substg1.0_370E001F", "application/pkcs7-mime");
	put(attachment, "__substg1.0_37010102", STR("\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03\xA0\x80"));
	folder_end(attachment);
	assert_int_equal(opened(&f), OPEN_DONE);
#define IN "mail of 2025-11-03 from ana@example.com, "
	has(IN "Subject [Subject] #1: Order\n");
	has(IN "text [] #1: \xD0\xBA\xD0\xB0\xD1\x80\xD1\x82\xD0\xB0 4012\n");
	has(IN "HTML text [] #1: <p>5555</p>\n");
	has(IN "property 8005 [property 8005] #1: something else\n");
	has(IN "Card number [Card number] #1: 3530111333300000\n");
	has(IN "X-Card [X-Card] #1: 3782\n");
	has(IN "e-mail address [e-mail address] #2: shop@example.com\n");
	has("cards.csv: name,card (9)\n");
	has(IN "with mail of 2025-11-03 from Bob, text [] #3: inner 6011\n");
	has("unread " IN "encrypted part: 3\n");
	lacks("an id");
	lacks("Subject [Subject] #1: Order\nmail of 2025-11-03 from ana@example.com, Subject");
}

static void a_body_that_is_only_rtf_is_unpacked(void **state)
{
	(void)state;
	/* [MS-OXRTFCP] 3.1.1 */
	static const char packed[] = "\x2D\0\0\0\x2B\0\0\0LZFu\xF1\xC5\xC7\xA7\x03\0\x0A\0rcpg125B2\x0A\xF3 hel\x09\0 bw\x05\xB0ld}\x0A\x80\x0F\xA0";
	struct made f = file_new();
	put_fixed(f.root, 32, 1252);
	put(f.root, "__substg1.0_10090102", (struct str){ packed, sizeof packed - 1 });
	assert_int_equal(opened(&f), OPEN_DONE);
	has("member text.rtf: {\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n (43)\n");
	f = file_new();
	put_fixed(f.root, 32, 1252);
	put(f.root, "__substg1.0_10090102", (struct str){ packed, sizeof packed - 8 });
	assert_int_equal(opened(&f), OPEN_DONE);
	has("unread mail of 2025-11-03, text: 2\n");
	has("member text.rtf: {\\rtf1\\ansi\\ansicpg1252\\pard hello");
}

/* ---- what is embedded, and the rest ---- */

static void embedded_files_and_unknown_streams_are_members(void **state)
{
	(void)state;
	struct buf native = BUF(1000), book = BUF(1 << 16);
	struct made f = file_new();
	buf_u32(&native, 100);
	buf_put(&native, STR("\2\0cards.txt\0C:\\cards.txt\0\0\0\3\0"));
	buf_u32(&native, 4);
	buf_put(&native, STR("C:\\\0"));
	buf_u32(&native, 9);
	buf_put(&native, STR("card 4012"));
	globals(&book);
	sheet_starts(&book);
	RECORD(&book, 0x00FD, STR(""), 1, 0, 15, 1, 0);
	GsfOutfile *pool = folder(f.root, "ObjectPool"), *one = folder(pool, "_1"), *two = folder(pool, "_2");
	put(one, "\1Ole10Native", buf_str(&native));
	put(one, "\1CompObj", STR("noise"));
	put(two, "Workbook", buf_str(&book));
	folder_end(one);
	folder_end(two);
	folder_end(pool);
	put(f.root, "Contents", STR("who knows 5555"));
	put(f.root, "\1Ole10Native", STR("\4\0\0\0abcd"));
	GsfDocMetaData *summary = gsf_doc_meta_data_new();
	GValue *title = g_new0(GValue, 1);
	g_value_init(title, G_TYPE_STRING);
	g_value_set_string(title, "A title 3782");
	gsf_doc_meta_data_insert(summary, g_strdup("dc:title"), title);
	GsfOutput *out = gsf_outfile_new_child(f.root, "\5SummaryInformation", FALSE);
	gsf_doc_meta_data_write_to_msole(summary, out, FALSE);
	gsf_output_close(out);
	g_object_unref(out);
	g_object_unref(summary);
	assert_int_equal(opened(&f), OPEN_DONE);
	has("member ObjectPool/_1/cards.txt: card 4012 (9)\n");
	has("embedded ObjectPool, embedded _2, sheet Orders, cell A2 [] #1: 4012888888881881\n");
	has("member Contents: who knows 5555 (14)\n");
	has("Ole10Native: ");
	has("document property title [title] #0: A title 3782\n");
	lacks("noise");
	buf_free(&native);
	buf_free(&book);
}

static void storages_too_deep_are_named(void **state)
{
	(void)state;
	struct made f = file_new();
	GsfOutfile *in[12] = { f.root };
	for (size_t i = 1; i < 12; i++)
		in[i] = folder(in[i - 1], "deeper");
	put(in[11], "x", STR("unreached"));
	for (size_t i = 12; i-- > 1;)
		folder_end(in[i]);
	assert_int_equal(opened(&f), OPEN_DONE);
	has("what is embedded deeper: 6\n");
	lacks("unreached");
}

static void a_damaged_file_is_seen_as_bytes(void **state)
{
	(void)state;
	struct made f = file_new();
	put(f.root, "Contents", STR("who knows 5555"));
	assert_int_equal(opened_part(&f, 700), OPEN_BROKEN);
	has("member its bytes: ");
}

static void whoever_listens_can_stop(void **state)
{
	(void)state;
	for (size_t n = 1; n < 4; n++) {
		struct made f = document(0x200);
		h.stop_after = n;
		assert_int_equal(opened(&f), OPEN_STOPPED);
		assert_int_equal(h.pieces, n);
	}
	h.stop_after = 0;
}

static int freed(void **state)
{
	(void)state;
	heard_free(&h);
	h = (struct heard){ 0 };
	return 0;
}

int main(void)
{
	open_prepare(false);
	gsf_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(cells_of_every_sort_are_told_by_sheet_and_place, freed),
		cmocka_unit_test_teardown(a_workbook_of_excel_95_has_a_code_page, freed),
		cmocka_unit_test_teardown(a_workbook_with_a_password_is_encrypted, freed),
		cmocka_unit_test_teardown(a_workbook_cut_off_is_read_as_far_as_it_goes, freed),
		cmocka_unit_test_teardown(a_document_is_read_by_its_pieces, freed),
		cmocka_unit_test_teardown(a_document_without_its_table_is_broken_but_seen, freed),
		cmocka_unit_test_teardown(slides_are_numbered_as_they_are_shown, freed),
		cmocka_unit_test_teardown(pictures_of_drawings_are_members, freed),
		cmocka_unit_test_teardown(a_message_is_read_with_its_attachments_and_messages_in_it, freed),
		cmocka_unit_test_teardown(a_body_that_is_only_rtf_is_unpacked, freed),
		cmocka_unit_test_teardown(embedded_files_and_unknown_streams_are_members, freed),
		cmocka_unit_test_teardown(storages_too_deep_are_named, freed),
		cmocka_unit_test_teardown(a_damaged_file_is_seen_as_bytes, freed),
		cmocka_unit_test_teardown(whoever_listens_can_stop, freed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
