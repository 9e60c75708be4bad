/* archive: members of every usual archive by name, what is damaged or encrypted, and that nothing grows without end. */
#include "told.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <zlib.h>

#include <cmocka.h>

#include "made_test.h"

#define LEFT ((uint64_t)1 << 36)

/* ---- made in memory ---- */

static struct buf made(const char *format, const char *filter, const char *name, struct str text)
{
	struct buf b;
	struct archive *a = made_begin(&b, format, filter, NULL);
	made_add(a, name, text);
	made_end(a);
	return b;
}

static struct buf gzip(struct str s)
{
	struct buf b = BUF((size_t)1 << 30);
	z_stream z = { 0 };
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
	uLong most = deflateBound(&z, s.n);
	z.next_in = (unsigned char *)(uintptr_t)s.p, z.avail_in = (uInt)s.n;
	z.next_out = (unsigned char *)buf_space(&b, most), z.avail_out = (uInt)most;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b.n = z.total_out;
	deflateEnd(&z);
	return b;
}

/* ---- told ---- */

static struct told told;
static uint64_t left = LEFT;

static enum open_end tell(struct str file, const char *name)
{
	struct source s = source_of_text(&file);
	buf_free(&told.out);
	enum file_sort sort = open_sort(&s, str_of(name));
	assert_true(sort == FILE_ARCHIVE || sort == FILE_ZIP || sort == FILE_UU);
	enum open_end how = told_open(&told, &s, sort, str_of(name), left, 0);
	buf_byte(&told.out, 0);
	return how;
}

static void tells(struct str file, const char *name, enum open_end how, const char *what)
{
	assert_int_equal(tell(file, name), how);
	assert_string_equal(told.out.p, what);
}

static void members_of_every_format(void **state)
{
	(void)state;
	static const struct { const char *format, *filter, *file; } kinds[] = {
		{ "ustar", NULL, "a.tar" }, { "pax", NULL, "a.tar" }, { "gnutar", NULL, "a.tar" }, { "newc", NULL, "a.cpio" }, { "odc", NULL, "a.cpio" },
		{ "7zip", NULL, "a.7z" }, { "zip", NULL, "a.zip" }, { "iso9660", NULL, "a.iso" },
		{ "pax", "gzip", "a.tar.gz" }, { "pax", "bzip2", "a.tar.bz2" }, { "pax", "xz", "a.tar.xz" }, { "pax", "zstd", "a.tar.zst" },
		{ "pax", "lz4", "a.tar.lz4" }, { "pax", "lzip", "a.tar.lz" }, { "pax", "compress", "a.tar.Z" }, { "pax", "lzma", "a.tar.lzma" },
	};
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		struct buf b;
		struct archive *a = made_begin(&b, kinds[i].format, kinds[i].filter, NULL);
		made_add(a, "orders/one.txt", STR("first"));
		made_add(a, "orders/B\xC3\xBCro.txt", STR("second"));
		made_end(a);
		assert_int_equal(tell(buf_str(&b), kinds[i].file), OPEN_DONE);
		assert_non_null(strstr(told.out.p, "> orders/one.txt: first\n"));          /* in an order of the format's own */
		assert_non_null(strstr(told.out.p, "> orders/B\xC3\xBCro.txt: second\n"));
		assert_int_equal(told.events, 2);
		buf_free(&b);
	}
}

static void what_is_compressed_alone_has_its_name_less_the_ending(void **state)
{
	(void)state;
	static const struct { const char *filter, *file, *what; } kinds[] = {
		{ "gzip", "orders.csv.gz", "> orders.csv: a,b\n" }, { "bzip2", "orders.csv.BZ2", "> orders.csv: a,b\n" }, { "xz", "orders.csv.xz", "> orders.csv: a,b\n" },
		{ "zstd", "orders.csv.zst", "> orders.csv: a,b\n" }, { "lz4", "orders.csv.lz4", "> orders.csv: a,b\n" }, { "lzip", "orders.csv.lz", "> orders.csv: a,b\n" },
		{ "compress", "orders.csv.Z", "> orders.csv: a,b\n" }, { "lzma", "orders.csv.lzma", "> orders.csv: a,b\n" }, { "gzip", "orders", "> orders: a,b\n" }, { "gzip", ".gz", "> .gz: a,b\n" },
	};
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		struct buf b = made("raw", kinds[i].filter, "x", STR("a,b"));
		tells(buf_str(&b), kinds[i].file, OPEN_DONE, kinds[i].what);
		buf_free(&b);
	}
}

/* Made by Python's binascii.b2a_uu, and by libarchive. */
static void uuencoded_files(void **state)
{
	(void)state;
	static const char file[] = "begin 644 guest.txt\nM9W5E<W0@06YA+\"!C87)D(#0U,SDU-S@W-C,V,C$T.#8L('1W;R!N:6=H=',L\n-(&QA=&4@87)R:79A;   \n`\nend\n";
	static const char both[] = "begin 644 a b.txt\n%9FER<W0 \n`\nend\nand then\n\nbegin 644 b.txt\n&<V5C;VYD\n`\nend\n";
	tells(STR(file), "mail.uue", OPEN_DONE, "> guest.txt: guest Ana, card 4539578763621486, two nights, late arrival\n");
	tells(STR(both), "x", OPEN_DONE, "> a b.txt: first\ntext: and then\n> b.txt: second\n");
	tells((struct str){ file, 82 }, "x", OPEN_BROKEN, "> guest.txt: guest Ana, card 4539578763621486, two nights,\n");
	struct buf b = made("raw", "uuencode", "x", STR("a,b")), zip = made("zip", NULL, "card.txt", STR("here")), out;
	tells(buf_str(&b), "x", OPEN_DONE, "> -: a,b\n");
	out = made("raw", "uuencode", "x", buf_str(&zip));
	tells(buf_str(&out), "x", OPEN_DONE, "> -\n  > card.txt: here\n");
	buf_free(&b), buf_free(&zip), buf_free(&out);
	/* a text that only begins so */
	struct str text = STR("begin 644 people\nof whom 4539578763621486\n");
	struct source s = source_of_text(&text);
	assert_int_equal(open_sort(&s, STR("x")), FILE_PLAIN);
	left = 20;                                       /* no more than is left */
	assert_int_equal(tell(STR(file), "x"), OPEN_TOO_BIG);
	left = LEFT;
}

static void archives_in_archives(void **state)
{
	(void)state;
	struct buf in = made("zip", NULL, "card.txt", STR("here")), mid = made("pax", "xz", "in.zip", buf_str(&in)), out = made("7zip", NULL, "mid.tar.xz", buf_str(&mid));
	tells(buf_str(&out), "out.7z", OPEN_DONE, "> mid.tar.xz\n  > in.zip\n    > card.txt: here\n");
	buf_free(&in), buf_free(&mid), buf_free(&out);
}

static void too_deep_is_named(void **state)
{
	(void)state;
	struct buf b = made("pax", NULL, "card.txt", STR("here"));
	for (int i = 0; i < 10; i++) {
		struct buf around = made("pax", NULL, "in.tar", buf_str(&b));
		buf_free(&b);
		b = around;
	}
	assert_int_equal(tell(buf_str(&b), "out.tar"), OPEN_DONE);
	assert_non_null(strstr(told.out.p, "! in.tar: too deep\n"));
	assert_null(strstr(told.out.p, "card.txt"));
	buf_free(&b);
}

static void what_comes_before_damage_counts(void **state)
{
	(void)state;
	struct buf text = BUF(1 << 20), b = gzip(STR("first ")), second = gzip(STR("second"));
	size_t one = b.n;
	buf_put(&b, STR("\0\0\0"));
	buf_put(&b, buf_str(&second));
	tells(buf_str(&b), "a.gz", OPEN_DONE, "> a: first second\n");
	tells((struct str){ b.p, b.n - 9 }, "a.gz", OPEN_BROKEN, "> a: first second\n");
	tells((struct str){ b.p, one + 5 }, "a.gz", OPEN_BROKEN, "> a: first \n");
	b.p[one + 3] = 'x';
	tells(buf_str(&b), "a.gz", OPEN_BROKEN, "> a: first \n");
	buf_free(&b), buf_free(&second);

	struct archive *a = made_begin(&b, "pax", NULL, NULL);
	made_add(a, "one.txt", STR("first"));
	made_add(a, "two.txt", STR("second"));
	made_end(a);
	tells((struct str){ b.p, 1024 + 512 + 3 }, "a.tar", OPEN_BROKEN, "> one.txt: first\n> two.txt: sec\n! two.txt: broken\n");
	buf_free(&b), buf_free(&text);
}

static void encrypted_members_are_named(void **state)
{
	(void)state;
	struct buf b;
	struct archive *a = made_begin(&b, "zip", NULL, "zip:encryption=traditional");
	made_add(a, "secret.txt", STR("hidden"));
	made_end(a);
	tells(buf_str(&b), "a.zip", OPEN_DONE, "! secret.txt: encrypted\n");
	buf_free(&b);
}

static void put_block(struct buf *b, struct str header, struct str data)
{
	struct buf body = BUF(1 << 10);
	buf_u8(&body, (uint8_t)header.n);
	buf_put(&body, header);
	buf_u32(b, (uint32_t)crc32(0, (const unsigned char *)body.p, (uInt)body.n));
	buf_put(b, buf_str(&body));
	buf_put(b, data);
	buf_free(&body);
}

/* Two stored files of a RAR 5, the second with the record that says it is encrypted (RAR 5.0 archive format). */
static void encrypted_members_of_a_rar_are_named(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 12);
	buf_put(&b, STR("Rar!\x1A\7\1\0"));
	put_block(&b, STR("\1\0\0"), STR(""));
	put_block(&b, STR("\2\2\5\0\5\0\0\1\1a"), STR("plain"));
	put_block(&b, STR("\2\3\x25\5\0\5\0\0\1\1b\x24\1\0\0\17" "0123456789012345" "0123456789012345"), STR("crypt"));
	put_block(&b, STR("\5\0\0"), STR(""));
	tells(buf_str(&b), "a.rar", OPEN_DONE, "> a: plain\n! b: encrypted\n");
	buf_free(&b);
}

static void what_no_one_reads_is_told(void **state)
{
	(void)state;
	tells(STR("MSCF\0\0\0\0 a cabinet, with more bytes in it than there are in its header"), "a.cab", OPEN_NO_WAY, "");
	/* cut off, and so no longer what it was */
	static const char *const filters[][2] = { { "bzip2", "a.tar.bz2" }, { "xz", "a.tar.xz" }, { "zstd", "a.tar.zst" } };
	for (size_t i = 0; i < LENGTH(filters); i++) {
		struct buf b = made("pax", filters[i][0], "card.txt", STR("here"));
		tells((struct str){ b.p, b.n / 2 }, filters[i][1], OPEN_BROKEN, "");
		buf_free(&b);
	}
	/* the second volume of a RAR, with no file's beginning */
	tells(STR("Rar!\x1A\7\1\0\xF3\xE1\x82\xEB\x0B\1\5\7\0\6\1\1\x80\x80\x80\0"), "a.part2.rar", OPEN_BROKEN, "");
}

static void names_are_made_readable(void **state)
{
	(void)state;
	struct buf b = made("ustar", NULL, "B\x81ro\n.txt", STR("x"));
	tells(buf_str(&b), "a.tar", OPEN_DONE, "> B\xC3\xBCro?.txt: x\n");
	buf_free(&b);
}

static void nothing_grows_without_end(void **state)
{
	(void)state;
	enum { ZEROS = 40 << 20, MOST = 16 << 20 };
	char *zeros = mem_zero(1, ZEROS);
	struct buf bomb = gzip((struct str){ zeros, ZEROS }), out = made("pax", NULL, "bomb.gz", buf_str(&bomb));
	left = MOST;
	assert_int_equal(tell(buf_str(&bomb), "bomb.gz"), OPEN_TOO_BIG);
	assert_non_null(strstr(told.out.p, "! bomb: too big\n"));
	assert_true(told.bytes > MOST / 2 && told.bytes <= MOST);
	assert_int_equal(tell(buf_str(&out), "out.tar"), OPEN_DONE);
	assert_non_null(strstr(told.out.p, "! bomb.gz: too big\n"));
	left = LEFT;
	free(zeros);
	buf_free(&bomb), buf_free(&out);
}

/* A sparse file of a terabyte, in a kilobyte of tar: it ends at 512 MiB. */
static void holes_count(void **state)
{
	(void)state;
	struct buf b;
	struct archive *a = made_begin(&b, "pax", NULL, NULL);
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_pathname(e, "disk");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_size(e, (la_int64_t)1 << 40);
	archive_entry_sparse_add_entry(e, ((la_int64_t)1 << 40) - 4, 4);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	archive_write_data(a, "last", 4);
	archive_entry_free(e);
	archive_write_close(a);                          /* which says that most of it is missing */
	archive_write_free(a);
	assert_int_equal(tell(buf_str(&b), "a.tar"), OPEN_TOO_BIG);
	assert_non_null(strstr(told.out.p, "! disk: too big\n"));
	buf_free(&b);
}

static void it_stops_when_told(void **state)
{
	(void)state;
	struct buf b;
	struct archive *a = made_begin(&b, "pax", NULL, NULL);
	for (int i = 0; i < 5; i++)
		made_add(a, "x.txt", STR("text"));
	made_end(a);
	struct str file = buf_str(&b);
	struct source s = source_of_text(&file);
	buf_free(&told.out);
	assert_int_equal(told_open(&told, &s, FILE_ARCHIVE, STR("a.tar"), LEFT, 2), OPEN_STOPPED);
	assert_int_equal(told.events, 2);
	buf_free(&b);
}

static int prepare(void **state)
{
	(void)state;
	open_prepare(false);
	return 0;
}

static int done(void **state)
{
	(void)state;
	buf_free(&told.out);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_every_format), cmocka_unit_test(what_is_compressed_alone_has_its_name_less_the_ending),
		cmocka_unit_test(uuencoded_files), cmocka_unit_test(archives_in_archives), cmocka_unit_test(too_deep_is_named), cmocka_unit_test(what_comes_before_damage_counts),
		cmocka_unit_test(encrypted_members_are_named), cmocka_unit_test(encrypted_members_of_a_rar_are_named), cmocka_unit_test(what_no_one_reads_is_told),
		cmocka_unit_test(names_are_made_readable),
		cmocka_unit_test(nothing_grows_without_end), cmocka_unit_test(holes_count), cmocka_unit_test(it_stops_when_told),
	};
	return cmocka_run_group_tests(tests, prepare, done);
}
