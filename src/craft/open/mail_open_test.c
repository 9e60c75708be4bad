/* Mail: words, parts and charsets as mailers write them, broken MIME, mailboxes, and what is too much. */
#include "open_test.h"

static struct heard h;

static enum open_end mail(const char *text)
{
	h = heard_new();
	return heard_open(&h, str_of(text), "x.eml");
}

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

static int freed(void **state)
{
	(void)state;
	heard_free(&h);
	return 0;
}

#define HEAD "From: Ana Ortiz <ana@example.com>\r\nTo: shop@example.com\r\nDate: Mon, 3 Nov 2025 23:30:00 -0500\r\nMIME-Version: 1.0\r\n"
#define WHERE "mail of 2025-11-03 from ana@example.com"

static void a_text_says_whose_mail_it_is(void **state)
{
	(void)state;
	assert_int_equal(mail(HEAD "Subject: card\r\n\r\nMine is 4012 8888 8888 1881.\r\n"), OPEN_DONE);
	has(WHERE ", Subject [Subject] #1: card\n");
	has(WHERE ", text [] #1: Mine is 4012 8888 8888 1881.\r\n");
	has(WHERE ", From [From] #1: Ana Ortiz <ana@example.com>\n");
}

static void words_of_header_fields_are_decoded(void **state)
{
	(void)state;
	mail(HEAD "Subject: =?UTF-8?B?TsO6bWVybyA0MDEyIDg4ODg=?=\r\n =?ISO-8859-1?Q?_8888_1881_=FC?=\r\nX-Note: =?x-unheard-of?Q?4012?=\r\n"
	     "Message-ID: <4012888888881881@example.com>\r\n\r\n");
	has("Subject [Subject] #1: N\xC3\xBAmero 4012 8888 8888 1881 \xC3\xBC\n");
	has("X-Note [X-Note] #1:");
	lacks("4012888888881881");
}

static void parts_are_decoded_by_their_encoding_and_charset(void **state)
{
	(void)state;
	mail(HEAD "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\nbefore\r\n--b\r\nContent-Type: text/plain; charset=utf-16le\r\n"
	     "Content-Transfer-Encoding: base64\r\n\r\nNAAwADEAMgAgAMQ=\r\n--b\r\nContent-Type: text/plain; charset=windows-1252\r\n"
	     "Content-Transfer-Encoding: quoted-printable\r\n\r\n4012=968888 8=\r\n888=A01881 caf=E9\r\n--b\r\nContent-Type: text/plain; charset=x-unheard-of\r\n\r\n"
	     "as \xE9 is\r\n--b\r\nContent-Type: text/html; charset=us-ascii\r\n\r\n<b>4012</b>\r\n--b--\r\nbehind\r\n");
	has(WHERE ", text before the parts [] #1: before\r\n");
	has(", text [] #1: 4012 ");
	has("4012\xE2\x80\x93" "8888 8888\xC2\xA0" "1881 caf\xC3\xA9");
	has("as \xE9 is");
	has(", HTML text [] #1: <b>4012</b>");
	has(", text behind the parts [] #1: behind");
}

static void a_charset_that_ends_in_the_middle_of_a_block_is_whole(void **state)
{
	(void)state;
	struct buf b = BUF(4 << 20);
	buf_put(&b, STR(HEAD "Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: binary\r\n\r\n-"));
	for (int i = 0; i < 300000; i++)                 /* the odd byte in front puts every unit across the blocks' borders */
		buf_put(&b, STR("\0" "1"));
	h = heard_new();
	assert_int_equal(heard_open(&h, buf_str(&b), "x.eml"), OPEN_DONE);
	size_t ones = 0;
	for (size_t i = 0; i < h.text.n; i++)
		ones += h.text.p[i] == '?' ;
	assert_int_equal(ones, 0);
	buf_free(&b);
}

static void lines_that_flow_are_joined(void **state)
{
	(void)state;
	mail(HEAD "Content-Type: text/plain; format=flowed\r\n\r\nmy card 4012 8888 \r\n8888 1881\r\n> quoted \r\nnot of it\r\n-- \r\nAna\r\n");
	has("my card 4012 8888 8888 1881\n>quoted \nnot of it\n-- \nAna");
	heard_free(&h);
	mail(HEAD "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n40128888 \r\n88881881\r\n");
	has("4012888888881881");
}

static void attachments_are_members_by_their_decoded_names(void **state)
{
	(void)state;
	mail(HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment;\r\n"
	     " filename*0*=UTF-8''Karten%C3%BC; filename*1=bersicht.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nbmFtZSxjYXJk\r\n--b\r\n"
	     "Content-Type: application/octet-stream; name=\"=?UTF-8?Q?a=C3=A9.bin?=\"\r\n\r\nabc\r\n--b\r\nContent-Type: image/png\r\n\r\nxyz\r\n--b--\r\n");
	has("member Karten\xC3\xBC" "bersicht.csv: name,card (-1)\n");
	has("member a\xC3\xA9.bin: abc");
	has("member part 4 (image/png): xyz");
}

static void an_attachment_may_take_no_more_than_is_left(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 20);
	buf_put(&b, STR(HEAD "Content-Type: application/octet-stream; name=big.bin\r\n\r\n"));
	for (int i = 0; i < 4000; i++)
		buf_put(&b, STR("0123456789012345678901234567890123456789012345678901234567890123"));
	h = heard_new();
	h.l.left = 30000;
	heard_open(&h, buf_str(&b), "x.eml");
	has("member big.bin: 0123456789012345678901234567890123456789012345678901234567890123 ");
	has("unread big.bin: 4\n");
	assert_true(h.l.left < 8192);
	buf_free(&b);
}

static void a_mail_in_a_mail_is_read_and_one_too_deep_is_handed_on(void **state)
{
	(void)state;
	mail(HEAD "Content-Type: message/rfc822\r\n\r\nFrom: bob@example.com\r\nDate: 1 Oct 2025 10:00 +0000\r\nSubject: inner\r\n\r\n4012\r\n");
	has(WHERE ", with mail of 2025-10-01 from bob@example.com, Subject [Subject] #2: inner\n");
	has(WHERE ", with mail of 2025-10-01 from bob@example.com, text [] #2: 4012");
	heard_free(&h);
	struct buf b = BUF(1 << 20);
	buf_put(&b, STR(HEAD));
	for (int i = 0; i < 9; i++)
		buf_put(&b, STR("Content-Type: message/rfc822\n\nSubject: again\n"));
	buf_put(&b, STR("\ndeep"));
	h = heard_new();
	heard_open(&h, buf_str(&b), "x.eml");
	has("member part 9 (message/rfc822): Subject: again");
	buf_free(&b);
}

static void what_is_encrypted_is_named(void **state)
{
	(void)state;
	mail(HEAD "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\n\r\nVersion: 1\r\n--b--\r\n");
	has("unread " WHERE ", encrypted part: 3\n");
	heard_free(&h);
	mail(HEAD "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nMIIB\r\n");
	has("unread " WHERE ", encrypted part: 3\n");
	heard_free(&h);
	mail(HEAD "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nNDAxMg==\r\n");
	has("member smime.p7m: 4012");
	heard_free(&h);
	mail(HEAD "\r\nHello\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n");
	has("unread " WHERE ", text: 3\n");
}

static void broken_mime_is_read_all_the_same(void **state)
{
	(void)state;
	mail(HEAD "Content-Type: multipart/mixed\r\n\r\nno boundary 4012\r\n");
	has(", text [] #1: no boundary 4012");
	heard_free(&h);
	mail(HEAD "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nfirst\n--a\n\nsecond, and no end");
	has(", text [] #1: first");
	has(", text [] #1: second, and no end");
	heard_free(&h);
	mail(HEAD "This is no header 4012\nBut text\n");
	has(", text [] #1: This is no header 4012\nBut text");
	heard_free(&h);
	mail(HEAD "Content-Type: ;;;=\nContent-Transfer-Encoding: rot13\n\nstrange 4012");
	has("strange 4012");
	heard_free(&h);
	mail(HEAD "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nNDAxMiA4ODg4!!IDg4ODggMTg4MQ");
	has("4012 8888");
}

static void uuencoded_files_are_decoded(void **state)
{
	(void)state;
	mail(HEAD "Content-Type: application/octet-stream; name=a.txt\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a.txt\n#0V%T\n`\nend\n");
	has("member a.txt: Cat (-1)\n");
}

static void attribute(struct buf *b, uint32_t id, struct str value)
{
	buf_u8(b, 1);
	buf_u32(b, id);
	buf_lstr(b, value);
	buf_u16(b, 0);
}

static void a_message_wrapped_by_outlook_is_unwrapped(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 16), properties = BUF(1 << 12);
	buf_put(&b, STR("\x78\x9F\x3E\x22\1\0"));
	attribute(&b, 0x00069007, STR("\xE3\4\0\0\0\0\0\0"));
	attribute(&b, 0x00018004, STR("\xEA\xE0\xF0\xF2\xE0\0"));
	buf_u32(&properties, 4);
	buf_put(&properties, STR("\3\0\x26\0\1\0\0\0"));                           /* a number */
	buf_put(&properties, STR("\x1E\0\0\x10\1\0\0\0\5\0\0\0" "4012\0\0\0\0"));     /* the text, padded */
	buf_put(&properties, STR("\x1F\0\5\x80" "0123456789abcdef\1\0\0\0\4\0\0\0C\0\0\0\1\0\0\0\4\0\0\0x\0y\0"));
	buf_put(&properties, STR("\2\1\x13\x10\1\0\0\0\4\0\0\0<b>1"));
	attribute(&b, 0x00069003, buf_str(&properties));
	attribute(&b, 0x00069002, STR("\1\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	attribute(&b, 0x00018010, STR("CARDS~1.CSV\0"));
	attribute(&b, 0x0006800F, STR("name,card"));
	buf_clear(&properties);
	buf_u32(&properties, 1);
	buf_put(&properties, STR("\x1E\0\7\x37\1\0\0\0\x0A\0\0\0cards.csv\0\0\0"));
	attribute(&b, 0x00069005, buf_str(&properties));
	attribute(&b, 0x00069002, STR("\1\0"));
	attribute(&b, 0x0006800F, STR("second"));
	h = heard_new();
	assert_int_equal(heard_open(&h, buf_str(&b), "winmail.dat"), OPEN_DONE);
	has("Subject [Subject] #1: \xD0\xBA\xD0\xB0\xD1\x80\xD1\x82\xD0\xB0\n");
	has("text [] #1: 4012\n");
	has("property [property] #1: xy\n");
	has("HTML text [] #1: <b>1\n");
	has("member cards.csv: name,card (9)\n");
	has("member attachment 2: second (6)\n");
	heard_free(&h);
	h = heard_new();
	assert_int_equal(heard_open(&h, (struct str){ b.p, b.n - 4 }, "winmail.dat"), OPEN_BROKEN);
	has("text [] #1: 4012\n");
	buf_free(&b);
	buf_free(&properties);
}

static unsigned asked;
static bool once(void *to)
{
	(void)to;
	return !asked++;
}

static void a_mailbox_is_read_a_message_at_a_time(void **state)
{
	(void)state;
	h = heard_new();
	struct str box = STR("From ana@example.com Mon Nov  3 10:00:00 2025\n" HEAD "Subject: one\n\nfirst\n>From here on\nFrom me to you\n\n"
	                     "From bob Tue Nov  4 10:00:00 2025\nFrom: bob@example.com\nDate: Tue, 4 Nov 2025 10:00:00 +0000\nContent-Type: multipart/mixed; boundary=x\n\n"
	                     "--x\nContent-Type: text/plain; name=a.txt\n\n4012\n\nFrom cy Tue Nov  4 10:00:00 2025\nSubject: three\n\nlast");
	assert_int_equal(heard_open(&h, box, "inbox"), OPEN_DONE);
	has("mail 1 of 2025-11-03 from ana@example.com, text [] #1: first\nFrom here on\nFrom me to you\n");
	has("member mail 2 of 2025-11-04 from bob@example.com/a.txt: 4012");
	has("mail 3, text [] #3: last\n");
	heard_free(&h);
	h = heard_new();
	h.l.go_on = once;
	assert_int_equal(heard_open(&h, box, "inbox"), OPEN_TOO_BIG);
	has("mail 1 of 2025-11-03 from ana@example.com, text [] #1: first");
	lacks("mail 2");
}

static void long_header_fields_and_many_parts_stay_within_limits(void **state)
{
	(void)state;
	struct buf b = BUF(16 << 20);
	buf_put(&b, STR(HEAD "Subject: x"));
	for (int i = 0; i < 100000; i++)
		buf_put(&b, STR(" 4012 8888"));
	buf_put(&b, STR("\n\nbody"));
	h = heard_new();
	assert_int_equal(heard_open(&h, buf_str(&b), "x.eml"), OPEN_DONE);
	size_t n = 0;
	for (const char *p = h.text.p; (p = strstr(p, "8888")); p++)
		n++;
	assert_true(n >= 99990);                         /* what does not fit in a header is text */
	has("body");
	heard_free(&h);
	buf_clear(&b);
	buf_put(&b, STR(HEAD));
	for (int i = 0; i < 40; i++)
		buf_printf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	buf_put(&b, STR("\ndeep 4012"));
	h = heard_new();
	assert_int_equal(heard_open(&h, buf_str(&b), "x.eml"), OPEN_DONE);
	has("parts within parts: 6\n");
	has("deep 4012");
	buf_free(&b);
}

static void whoever_listens_can_stop(void **state)
{
	(void)state;
	h = heard_new();
	h.stop_after = 2;
	assert_int_equal(heard_open(&h, STR(HEAD "Subject: a\n\nbody\n"), "x.eml"), OPEN_STOPPED);
	assert_int_equal(h.pieces, 2);
}

int main(void)
{
	open_prepare(false);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_text_says_whose_mail_it_is, freed),
		cmocka_unit_test_teardown(words_of_header_fields_are_decoded, freed),
		cmocka_unit_test_teardown(parts_are_decoded_by_their_encoding_and_charset, freed),
		cmocka_unit_test_teardown(a_charset_that_ends_in_the_middle_of_a_block_is_whole, freed),
		cmocka_unit_test_teardown(lines_that_flow_are_joined, freed),
		cmocka_unit_test_teardown(attachments_are_members_by_their_decoded_names, freed),
		cmocka_unit_test_teardown(an_attachment_may_take_no_more_than_is_left, freed),
		cmocka_unit_test_teardown(a_mail_in_a_mail_is_read_and_one_too_deep_is_handed_on, freed),
		cmocka_unit_test_teardown(what_is_encrypted_is_named, freed),
		cmocka_unit_test_teardown(broken_mime_is_read_all_the_same, freed),
		cmocka_unit_test_teardown(uuencoded_files_are_decoded, freed),
		cmocka_unit_test_teardown(a_message_wrapped_by_outlook_is_unwrapped, freed),
		cmocka_unit_test_teardown(a_mailbox_is_read_a_message_at_a_time, freed),
		cmocka_unit_test_teardown(long_header_fields_and_many_parts_stay_within_limits, freed),
		cmocka_unit_test_teardown(whoever_listens_can_stop, freed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
