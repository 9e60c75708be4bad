/* csv: what tables come as, what is told of broken ones, and that nothing a box may say is believed. */
#include "csv.h"
#include "csv_int.h"
#include "role.h"

#include <dirent.h>
#include <fcntl.h>
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- from bytes to rows, in this process ---- */

static int file_of(struct str s)
{
	int fd = memfd_create("csv", MFD_CLOEXEC);
	for (size_t at = 0; at < s.n;) {
		ssize_t n = write(fd, s.p + at, s.n - at);
		assert_true(n > 0);
		at += (size_t)n;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static bool keep(void *to, struct str s)
{
	buf_put(to, s);
	return true;
}

/* What the box says of a file, parsed `piece` bytes at a time. */
static struct buf said(struct str file, size_t piece)
{
	struct buf b = BUF((size_t)1 << 30);
	int fd = file_of(file);
	assert_int_equal(csv_box(fd, piece, keep, &b), 0);
	assert_false(b.full);
	close(fd);
	return b;
}

/* One line a row: NUMBER@LINE CELL|CELL, or NUMBER@LINE !FAULT. */
static bool rows_show(struct csv *c, struct buf *out, struct err *e)
{
	struct csv_batch t;
	uint64_t n = 0;
	for (;;) {
		if (!csv_next(c, &t, e))
			return false;
		if (t.n == 0)
			break;
		for (size_t i = 0; i < t.n; i++) {
			const struct csv_row *r = &t.row[i];
			assert_int_equal(r->number, ++n);
			buf_printf(out, "%u@%u ", (unsigned)r->number, (unsigned)r->line);
			assert_true(r->fault ? r->n == 0 : r->n > 0);
			if (r->fault)
				buf_printf(out, "!%s", r->fault);
			for (size_t k = 0; k < r->n; k++) {
				assert_true(str_utf8(r->cell[k]));
				if (k)
					buf_byte(out, '|');
				buf_put(out, r->cell[k]);
			}
			buf_byte(out, '\n');
		}
	}
	assert_true(csv_next(c, &t, e) && t.n == 0);             /* and it stays the end */
	return true;
}

struct table { struct buf rows; enum csv_encoding encoding; char delimiter; uint64_t bytes; };

static struct table table_of(struct str file, size_t piece)
{
	struct table t = { .rows = BUF((size_t)1 << 30) };
	struct err e = { 0 };
	struct buf b = said(file, piece);
	int fd = file_of(buf_str(&b));
	struct csv *c = csv_open(fd);
	if (!rows_show(c, &t.rows, &e))
		fail_msg("%s", e.say);
	t.encoding = csv_encoding(c);
	t.delimiter = csv_delimiter(c);
	t.bytes = csv_bytes(c);
	assert_int_equal(t.bytes, file.n);
	csv_close(c);
	close(fd);
	buf_free(&b);
	return t;
}

static bool table_is(struct table *t, struct str rows, enum csv_encoding encoding, char delimiter)
{
	bool same = str_eq(buf_str(&t->rows), rows) && t->encoding == encoding && t->delimiter == delimiter;
	if (!same)
		print_error("got encoding %d, delimiter %d\n" STR_FMT, (int)t->encoding, t->delimiter, STR_ARG(buf_str(&t->rows)));
	buf_free(&t->rows);
	return same;
}

struct triple { struct str file, rows; enum csv_encoding encoding; char delimiter; };
#define IN(s) { sizeof s > 1 ? s : "", sizeof(s) - 1 }

static const struct triple triples[] = {
	/* what is plain */
	{ IN(""), IN(""), CSV_UTF8, ',' },
	{ IN("a"), IN("1@1 a\n"), CSV_UTF8, ',' },
	{ IN("a,b\n1,2\n"), IN("1@1 a|b\n2@2 1|2\n"), CSV_UTF8, ',' },
	{ IN("a,b\n1,2"), IN("1@1 a|b\n2@2 1|2\n"), CSV_UTF8, ',' },
	{ IN("a,b\n,\n,,\n"), IN("1@1 a|b\n2@2 |\n3@3 ||\n"), CSV_UTF8, ',' },
	{ IN("a,b\nx, y \n"), IN("1@1 a|b\n2@2 x|y\n"), CSV_UTF8, ',' },
	{ IN("a,b\n\" x \",\" y\"\n"), IN("1@1 a|b\n2@2  x | y\n"), CSV_UTF8, ',' },
	{ IN("a,b\n\"\",\"\"\n"), IN("1@1 a|b\n2@2 |\n"), CSV_UTF8, ',' },
	/* ends of lines, and their numbers */
	{ IN("a,b\r\n1,2\r\n"), IN("1@1 a|b\n2@2 1|2\n"), CSV_UTF8, ',' },
	{ IN("a,b\r1,2\r"), IN("1@1 a|b\n2@2 1|2\n"), CSV_UTF8, ',' },
	{ IN("\r\n\r\na,b\r\n\r\n1,2\r\n\r\n"), IN("1@3 a|b\n2@5 1|2\n"), CSV_UTF8, ',' },
	{ IN("\n\na\n  \n\t\nb\n"), IN("1@3 a\n2@6 b\n"), CSV_UTF8, ',' },
	{ IN("\r\ra\r\rb"), IN("1@3 a\n2@5 b\n"), CSV_UTF8, ',' },
	{ IN("a,b\n\"1\n2\r\n3\r4\",x\ny,z\n"), IN("1@1 a|b\n2@2 1\n2\r\n3\r4|x\n3@6 y|z\n"), CSV_UTF8, ',' },
	{ IN("a,b\n\"1\r\",\"\n\"\nc,d\n"), IN("1@1 a|b\n2@2 1\r|\n\n3@5 c|d\n"), CSV_UTF8, ',' },
	/* quotes */
	{ IN("a,b\n\"x,y\",\"he said \"\"no\"\"\"\n"), IN("1@1 a|b\n2@2 x,y|he said \"no\"\n"), CSV_UTF8, ',' },
	{ IN("a,b\na\"b,c\n19\" rack,d\n"), IN("1@1 a|b\n2@2 a\"b|c\n3@3 19\" rack|d\n"), CSV_UTF8, ',' },
	{ IN("a,b\n \"x\" ,y\n"), IN("1@1 a|b\n2@2 x|y\n"), CSV_UTF8, ',' },
	{ IN("a,b\n\"x\"y,z\"\n1,2\n"), IN("1@1 a|b\n2@2 x\"y,z\n3@3 1|2\n"), CSV_UTF8, ',' },
	{ IN("a,b\n1,2\n\n3,\"4\n5,6\n"), IN("1@1 a|b\n2@2 1|2\n3@4 !quote not closed\n"), CSV_UTF8, ',' },
	{ IN("\""), IN("1@1 !quote not closed\n"), CSV_UTF8, ',' },
	{ IN("a\n\"b\""), IN("1@1 a\n2@2 b\n"), CSV_UTF8, ',' },
	/* delimiters */
	{ IN("a;b\n1,5;2,5\n"), IN("1@1 a|b\n2@2 1,5|2,5\n"), CSV_UTF8, ';' },
	{ IN("a\tb\n1\t\t\n"), IN("1@1 a|b\n2@2 1||\n"), CSV_UTF8, '\t' },
	{ IN("\"a,b,c\";d\n1;2\n"), IN("1@1 a,b,c|d\n2@2 1|2\n"), CSV_UTF8, ';' },
	{ IN("Gross;Fee;Net\n1,00;2,00;3,00\n4,00;5,00;6,00\n"),
	  IN("1@1 Gross|Fee|Net\n2@2 1,00|2,00|3,00\n3@3 4,00|5,00|6,00\n"), CSV_UTF8, ';' },
	{ IN("Smith, Jones\nCustomers\n\nName;Phone;Mail\nA;1;2\n"),
	  IN("1@1 Smith, Jones\n2@2 Customers\n3@4 Name|Phone|Mail\n4@5 A|1|2\n"), CSV_UTF8, ';' },
	{ IN("last, first;sum\na;1\nb;2\n"), IN("1@1 last, first|sum\n2@2 a|1\n3@3 b|2\n"), CSV_UTF8, ';' },
	{ IN("mail\na@b\nc@d;e@f\n"), IN("1@1 mail\n2@2 a@b\n3@3 c@d|e@f\n"), CSV_UTF8, ';' },
	{ IN("a;b"), IN("1@1 a|b\n"), CSV_UTF8, ';' },
	/* encodings */
	{ IN("\xEF\xBB\xBF" "a,b\n"), IN("1@1 a|b\n"), CSV_UTF8_BOM, ',' },
	{ IN("\xEF\xBB\xBF\"a,b\"\n"), IN("1@1 a,b\n"), CSV_UTF8_BOM, ',' },
	{ IN("\xEF\xBB\xBF"), IN(""), CSV_UTF8_BOM, ',' },
	{ IN("n\nZ\xC3\xA1rate\n\xF0\x9F\x94\xA7\n"), IN("1@1 n\n2@2 Z\xC3\xA1rate\n3@3 \xF0\x9F\x94\xA7\n"), CSV_UTF8, ',' },
	{ IN("n,m\nZ\xE1rate,\x80\x81\n"), IN("1@1 n|m\n2@2 Z\xC3\xA1rate|\xE2\x82\xAC\xC2\x81\n"), CSV_CP1252, ',' },
	{ IN("n\nZ\xC3\xA1rate\n\xC3\xA9t\xC3\xA9\nM\xC3\xBCller\nna\xC3\xAFve\nJos\xE9\n"), IN("1@1 n\n2@2 Z\xC3\xA1rate\n3@3 \xC3\xA9t\xC3\xA9\n4@4 M\xC3\xBCller\n5@5 na\xC3\xAFve\n6@6 !not readable as text\n"), CSV_UTF8, ',' },
	{ IN("n\nZ\xC3\xA1rate\nJos\xE9\n"), IN("1@1 n\n2@2 Z\xC3\x83\xC2\xA1rate\n3@3 Jos\xC3\xA9\n"), CSV_CP1252, ',' },
	{ IN("\xEF\xBB\xBF" "a\n\xE1\nb\n"), IN("1@1 a\n2@2 !not readable as text\n3@3 b\n"), CSV_UTF8_BOM, ',' },
	{ IN("a,b\n1\0,2\n3,4\n"), IN("1@1 a|b\n2@2 !holds a NUL byte\n3@3 3|4\n"), CSV_UTF8, ',' },
	{ IN("\xFF\xFE" "a\0\t\0b\0\r\0\n\0\xE1\0\t\0\x3D\xD8\x27\xDD\n\0"),
	  IN("1@1 a|b\n2@2 \xC3\xA1|\xF0\x9F\x94\xA7\n"), CSV_UTF16LE, '\t' },
	{ IN("\xFE\xFF\0a\0;\0b\0\n\x04\x16\0;\xD8\x3D\xDD\x27"), IN("1@1 a|b\n2@2 \xD0\x96|\xF0\x9F\x94\xA7\n"), CSV_UTF16BE, ';' },
	{ IN("a\0,\0b\0\n\0" "1\0,\0" "2\0\n\0"), IN("1@1 a|b\n2@2 1|2\n"), CSV_UTF16LE, ',' },
	{ IN("\0a\0,\0b\0\n\0" "1\0,\0" "2\0\n"), IN("1@1 a|b\n2@2 1|2\n"), CSV_UTF16BE, ',' },
	{ IN("\xFF\xFE"), IN(""), CSV_UTF16LE, ',' },
	/* UTF-16 that is none: a trailing surrogate alone, a leading one alone, two, one at the end, half a unit, a NUL */
	{ IN("\xFF\xFE" "a\0\n\0\0\xDC\n\0b\0\n\0"), IN("1@1 a\n2@2 !not readable as text\n3@3 b\n"), CSV_UTF16LE, ',' },
	{ IN("\xFF\xFE" "a\0\n\0\0\xD8\n\0b\0\n\0"), IN("1@1 a\n2@2 !not readable as text\n3@3 b\n"), CSV_UTF16LE, ',' },
	{ IN("\xFF\xFE" "\0\xD8\0\xD8\0\xDC\n\0b\0\n\0"), IN("1@1 !not readable as text\n2@2 b\n"), CSV_UTF16LE, ',' },
	{ IN("\xFF\xFE" "a\0\n\0\0\xD8"), IN("1@1 a\n2@2 !not readable as text\n"), CSV_UTF16LE, ',' },
	{ IN("\xFF\xFE" "a\0\n\0b"), IN("1@1 a\n2@2 !not readable as text\n"), CSV_UTF16LE, ',' },
	{ IN("\xFF\xFE" "a\0\n\0\0\0\n\0"), IN("1@1 a\n2@2 !holds a NUL byte\n"), CSV_UTF16LE, ',' },
};

static void tables_are_read_however_they_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(triples); i++)
		for (size_t piece = 1; piece <= triples[i].file.n + 1; piece++) {
			struct table t = table_of(triples[i].file, piece);
			if (!table_is(&t, triples[i].rows, triples[i].encoding, triples[i].delimiter))
				fail_msg("case %zu, piece %zu", i, piece);
		}
}

/* ---- the same through a line, with a child as the box ---- */

/* The file comes in packets of `a` bytes and then of `b`, so that reads end where we choose. */
static pid_t child_reading(struct str file, size_t a, size_t b, int *line)
{
	int in[2], out[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, in), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, out), 0);
	pid_t child = fork();
	if (child == 0) {
		close(in[0]);
		close(out[0]);
		_exit(csv_main(out[1], in[1]));
	}
	close(in[1]);
	close(out[1]);
	while (file.n) {
		size_t n = a < file.n ? a : file.n;
		assert_int_equal(send(in[0], file.p, n, MSG_NOSIGNAL), n);
		file.p += n;
		file.n -= n;
		a = b;
	}
	close(in[0]);
	*line = out[0];
	return child;
}

static void tables_come_over_a_line_however_they_arrive(void **state)
{
	(void)state;
	struct str file = STR("\xFF\xFE" "a\0;\0\"\0b\0\r\0\n\0c\0\"\0\r\0\n\0\x3D\xD8\x27\xDD;\0y\0");
	for (size_t a = 1; a <= file.n; a++)
		for (size_t b = 1; b <= file.n; b += file.n - 1) {
			int line;
			pid_t child = child_reading(file, a, b, &line);
			struct table t = { .rows = BUF(1000) };
			struct err e = { 0 };
			struct csv *c = csv_open(line);
			assert_true(rows_show(c, &t.rows, &e));
			t.encoding = csv_encoding(c);
			t.delimiter = csv_delimiter(c);
			assert_true(table_is(&t, STR("1@1 a|b\r\nc\n2@3 \xF0\x9F\x94\xA7|y\n"), CSV_UTF16LE, ';'));
			csv_close(c);
			close(line);
			assert_int_equal(role_wait(child), 0);
		}
}

static void who_stops_listening_ends_the_box(void **state)
{
	(void)state;
	struct buf b = BUF(10 << 20);
	for (int i = 0; i < 200000; i++)
		buf_put(&b, STR("some,thing,that,fills,more\n"));
	int pair[2], fd = file_of(buf_str(&b));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	close(pair[0]);
	assert_int_equal(csv_main(pair[1], fd), 0);
	close(pair[1]);
	close(fd);
	buf_free(&b);
	assert_int_equal(csv_box(-1, 1, keep, &b), 1);           /* and what can't be read is no empty table */
}

/* ---- limits ---- */

static void repeat(struct buf *b, struct str s, size_t n)
{
	while (n--)
		buf_put(b, s);
}

static void rows_and_cells_have_a_most(void **state)
{
	(void)state;
	/* the longest row, one too long, a cell too long, quoted ones with lines in them, 512 cells, 513; then all is well again */
	struct buf b = BUF(64 << 20);
	buf_put(&b, STR("a,b\n"));
	repeat(&b, STR("x"), CSV_ROW_MAX - 1), buf_put(&b, STR(",y\n"));
	repeat(&b, STR("x"), CSV_ROW_MAX - 1), buf_put(&b, STR(",yz\n"));
	buf_put(&b, STR("\"")), repeat(&b, STR("x"), CSV_ROW_MAX), buf_put(&b, STR("\"\n"));
	repeat(&b, STR("x"), CSV_ROW_MAX * 3), buf_put(&b, STR(",y\n"));
	buf_put(&b, STR("\"")), repeat(&b, STR("\"\"\n\r\n"), CSV_ROW_MAX), buf_put(&b, STR("\",y\n"));
	buf_put(&b, STR("\"x\"")), repeat(&b, STR(" "), CSV_ROW_MAX * 2), buf_put(&b, STR(",y\n"));
	repeat(&b, STR(","), CSV_CELLS_MAX - 1), buf_put(&b, STR("\n"));
	repeat(&b, STR(","), CSV_CELLS_MAX), buf_put(&b, STR("\n"));
	repeat(&b, STR(","), 3 << 20), buf_put(&b, STR("\n"));
	buf_put(&b, STR("c,d\n"));
	struct buf want = BUF(64 << 20);
	buf_put(&want, STR("1@1 a|b\n2@2 "));
	repeat(&want, STR("x"), CSV_ROW_MAX - 1), buf_put(&want, STR("|y\n"));
	buf_put(&want, STR("3@3 !over 1 MiB\n4@4 "));
	repeat(&want, STR("x"), CSV_ROW_MAX);
	buf_put(&want, STR("\n5@5 !over 1 MiB\n6@6 !over 1 MiB\n"));
	buf_printf(&want, "7@%d !over 1 MiB\n8@%d ", 7 + 2 * CSV_ROW_MAX, 8 + 2 * CSV_ROW_MAX);
	repeat(&want, STR("|"), CSV_CELLS_MAX - 1);
	buf_printf(&want, "\n9@%d !over 512 cells\n10@%d !over 512 cells\n11@%d c|d\n", 9 + 2 * CSV_ROW_MAX, 10 + 2 * CSV_ROW_MAX,
	           11 + 2 * CSV_ROW_MAX);
	for (size_t piece = 4093; piece <= 4 << 16; piece *= 8) {
		struct table t = table_of(buf_str(&b), piece);
		assert_true(str_eq(buf_str(&t.rows), buf_str(&want)));
		buf_free(&t.rows);
	}
	buf_free(&b);
	buf_free(&want);
}

static void a_quote_left_open_takes_no_memory(void **state)
{
	(void)state;
	struct buf b = BUF(64 << 20);
	buf_put(&b, STR("a,b\n1,2\n3,\"4"));
	repeat(&b, STR("\n5,6 and so on for a long time"), 1 << 20);
	struct table t = table_of(buf_str(&b), 1 << 16);
	assert_true(table_is(&t, STR("1@1 a|b\n2@2 1|2\n3@3 !quote not closed\n"), CSV_UTF8, ','));
	buf_free(&b);
}

static void many_rows_come_in_many_batches(void **state)
{
	(void)state;
	struct { const char *row; size_t n; } const kinds[] = {
		{ "a\n", 40000 }, { ",,,,,,,,,,,,,,,\n", 10000 }, { "\"a row that fills a frame by its text alone\",\"\n\"\n", 15000 },
	};
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		struct buf b = BUF(64 << 20);
		repeat(&b, str_of(kinds[i].row), kinds[i].n);
		struct buf s = said(buf_str(&b), 1 << 16);
		int fd = file_of(buf_str(&s));
		struct csv *c = csv_open(fd);
		struct csv_batch t;
		struct err e = { 0 };
		size_t rows = 0, batches = 0;
		for (uint64_t before = 0; csv_next(c, &t, &e) && t.n; rows += t.n, batches++, before = csv_bytes(c))
			assert_true(csv_bytes(c) >= before && csv_bytes(c) <= b.n);
		assert_int_equal(e.code, OK);
		assert_int_equal(rows, kinds[i].n);
		assert_true(batches > 1);
		csv_close(c);
		close(fd);
		buf_free(&s);
		buf_free(&b);
	}
}

static void encodings_are_judged_by_the_first_mebibyte(void **state)
{
	(void)state;
	/* a character of four, three, two bytes on its edge is not torn; a foreign byte behind it is a fault of its row only */
	const char *const characters[] = { "\xF0\x9F\x94\xA7", "\xE2\x82\xAC", "\xC3\xA1" };
	for (size_t i = 0; i < LENGTH(characters); i++)
		for (size_t over = 0; over <= strlen(characters[i]); over++) {
			struct buf b = BUF(4 << 20);
			repeat(&b, STR("0123456\n"), (1 << 17) - 1);
			repeat(&b, STR("."), 8 - over);
			buf_put(&b, str_of(characters[i]));
			buf_put(&b, STR("\n\xE1\nend\n"));
			struct table t = table_of(buf_str(&b), 1 << 16);
			char want[100];
			snprintf(want, sizeof want, "%s\n131073@131073 !not readable as text\n131074@131074 end\n", characters[i]);
			struct str tail = buf_str(&t.rows);
			assert_true(t.encoding == CSV_UTF8 && tail.n > strlen(want));
			tail.p += tail.n - strlen(want);
			tail.n = strlen(want);
			assert_true(str_eq(tail, str_of(want)));
			buf_free(&t.rows);
			buf_free(&b);
		}
}

/* ---- against others ---- */

static void windows_1252_is_what_iconv_says(void **state)
{
	(void)state;
	iconv_t cd = iconv_open("UTF-8", "CP1252");
	assert_true(cd != (iconv_t)-1);
	for (int byte = 0x80; byte < 0x100; byte++) {
		char one = (char)byte, out[8], *from = &one, *to = out;
		size_t n = 1, room = sizeof out;
		if (iconv(cd, &from, &n, &to, &room) != 0) {     /* iconv has no character for five bytes; the web has C1 controls */
			assert_non_null(memchr("\x81\x8D\x8F\x90\x9D", byte, 5));
			iconv(cd, NULL, NULL, NULL, NULL);
			continue;
		}
		struct buf file = BUF(16), want = BUF(32);
		buf_byte(&file, one);
		buf_printf(&want, "1@1 %.*s\n", (int)(to - out), out);
		struct table t = table_of(buf_str(&file), 1);
		assert_true(table_is(&t, buf_str(&want), CSV_CP1252, ','));
		buf_free(&file);
		buf_free(&want);
	}
	iconv_close(cd);
}

static uint64_t seed = 88172645463325252;
static unsigned chance(unsigned n)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (unsigned)(seed % n);
}

/* A random table, as a writer by the rules (RFC 4180) would put it: *rows as rows_show shows it. */
static void random_table(struct buf *file, struct buf *rows, char delimiter)
{
	static const char *const words[] = { "", "a", "12.50", "O'Neil", "\xC3\xA1", "\xE2\x82\xAC", "19\"", "x,y", "p;q", "s\tt",
		"one\ntwo", "one\r\ntwo", "cr\rcr", " led", "\"", "\"\"", "=1+2", "\n", "\r", "\r\n" };
	const char *const ends[] = { "\n", "\r\n", "\r" }, *end = ends[chance(3)];
	unsigned columns = 2 + chance(4), n = 2 + chance(8), line = 1;
	for (unsigned r = 0; r < n; r++) {
		while (r && chance(8) == 0)
			buf_put(file, str_of(end)), line++;
		buf_printf(rows, "%u@%u ", r + 1, line);
		for (unsigned k = 0; k < columns; k++) {
			const char *w = r == 0 ? "head" : words[chance(LENGTH(words))];
			if (k)
				buf_byte(file, delimiter), buf_byte(rows, '|');
			buf_put(rows, str_of(w));
			bool quote = strpbrk(w, " ,;\t\r\n\"") || chance(3) == 0;
			if (quote)
				buf_byte(file, '"');
			for (const char *p = w; *p; p++) {
				line += *p == '\r' || (*p == '\n' && (p == w || p[-1] != '\r'));
				buf_byte(file, *p);
				if (*p == '"')
					buf_byte(file, '"');
			}
			if (quote)
				buf_byte(file, '"');
		}
		buf_byte(rows, '\n');
		line++;
		if (r + 1 < n || chance(2))
			buf_put(file, str_of(end));
	}
}

static struct buf converted(struct str s, const char *to)
{
	struct buf b = BUF(1 << 20);
	iconv_t cd = iconv_open(to, "UTF-8");
	assert_true(cd != (iconv_t)-1);
	char *from = (char *)(uintptr_t)s.p, *out = buf_space(&b, s.n * 4 + 16), *start = out;
	size_t room = b.n;
	assert_int_equal(iconv(cd, &from, &s.n, &out, &room), 0);
	iconv_close(cd);
	b.n = (size_t)(out - start);
	return b;
}

static void what_is_written_by_the_rules_is_read_back(void **state)
{
	(void)state;
	const struct { const char *name, *mark; enum csv_encoding encoding; } as[] = {
		{ "UTF-8", "", CSV_UTF8 }, { "UTF-8", "\xEF\xBB\xBF", CSV_UTF8_BOM }, { "UTF-16LE", "\xFF\xFE", CSV_UTF16LE },
		{ "UTF-16BE", "\xFE\xFF", CSV_UTF16BE }, { "CP1252", "", CSV_CP1252 },
	};
	for (int i = 0; i < 2000; i++) {
		char delimiter = ",;\t"[chance(3)];
		struct buf plain = BUF(1 << 16), rows = BUF(1 << 16), file = BUF(1 << 20);
		random_table(&plain, &rows, delimiter);
		size_t k = chance(LENGTH(as));
		struct buf bytes = converted(buf_str(&plain), as[k].name);
		buf_put(&file, str_of(as[k].mark));
		buf_put(&file, buf_str(&bytes));
		bool ascii = csv_plain(buf_str(&plain));
		struct table t = table_of(buf_str(&file), 1 + chance(40));
		if (!table_is(&t, buf_str(&rows), ascii && as[k].encoding == CSV_CP1252 ? CSV_UTF8 : as[k].encoding, delimiter))
			fail_msg("table %d, wanted\n" STR_FMT "of\n" STR_FMT, i, STR_ARG(buf_str(&rows)), STR_ARG(buf_str(&plain)));
		buf_free(&plain);
		buf_free(&rows);
		buf_free(&file);
		buf_free(&bytes);
	}
}

static void any_bytes_give_the_same_rows_in_any_pieces(void **state)
{
	(void)state;
	static const char bytes[] = "aab,,;\"\"\n\n\r \t\0\xC3\xA1\xE2\xFF\xFE\xD8";
	for (int i = 0; i < 5000; i++) {
		char file[64];
		size_t n = chance(sizeof file);
		for (size_t k = 0; k < n; k++)
			file[k] = bytes[chance(sizeof bytes - 1)];
		struct table whole = table_of((struct str){ file, n }, 1 << 16), parts = table_of((struct str){ file, n }, 1 + chance(5));
		assert_true(table_is(&parts, buf_str(&whole.rows), whole.encoding, whole.delimiter));
		buf_free(&whole.rows);
	}
}

static void real_exports_are_whole(void **state)
{
	(void)state;
	char path[512];
	assert_non_null(getenv("HANDBACK_SOURCE"));
	snprintf(path, sizeof path, "%s/test/fixtures/exports", getenv("HANDBACK_SOURCE"));
	DIR *d = opendir(path);
	assert_non_null(d);
	size_t files = 0;
	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		if (f->d_name[0] == '.')
			continue;
		char name[1024];
		snprintf(name, sizeof name, "%s/%s", path, f->d_name);
		int fd = open(name, O_RDONLY), out;
		struct buf b = BUF(1 << 20);
		assert_int_equal(csv_box(fd, 1 << 16, keep, &b), 0);
		close(fd);
		struct csv *c = csv_open(out = file_of(buf_str(&b)));
		struct csv_batch t;
		struct err e = { 0 };
		assert_true(csv_next(c, &t, &e) && t.n > 1 && csv_delimiter(c) == ',');
		for (size_t i = 0; i < t.n; i++)
			if (t.row[i].fault || t.row[i].n != t.row[0].n)
				fail_msg("%s, row %zu: %u cells", name, i + 1, t.row[i].n);
		csv_close(c);
		close(out);
		buf_free(&b);
		files++;
	}
	closedir(d);
	assert_true(files >= 8);
}

/* ---- a box in an enemy's hands ---- */

struct forged { struct csv_head head; struct csv_frame frame; struct csv_line lines[2]; uint32_t lengths[3]; char text[6]; };

static const struct forged honest = {
	{ CSV_UTF8, ',' }, { .rows = 2, .cells = 3, .text = 6, .bytes = 10 }, { { 1, 2, 0 }, { 2, 1, 0 } }, { 1, 2, 3 }, "abbccc",
};

/* Whether it is taken, with a proper end behind it. */
static enum fault taken(const struct forged *f, size_t rows, size_t cells, size_t text)
{
	struct buf b = BUF(1000), shown = BUF(1000);
	struct csv_frame end = { .bytes = f->frame.bytes };
	buf_put(&b, (struct str){ (const char *)&f->head, sizeof f->head });
	buf_put(&b, (struct str){ (const char *)&f->frame, sizeof f->frame });
	buf_put(&b, (struct str){ (const char *)f->lines, rows * sizeof *f->lines });
	buf_put(&b, (struct str){ (const char *)f->lengths, cells * sizeof *f->lengths });
	buf_put(&b, (struct str){ f->text, text });
	buf_put(&b, (struct str){ (const char *)&end, sizeof end });
	int fd = file_of(buf_str(&b));
	struct csv *c = csv_open(fd);
	struct err e = { 0 }, again = { 0 };
	struct csv_batch t;
	if (!rows_show(c, &shown, &e))
		assert_true(!csv_next(c, &t, &again) && again.code == TORN);     /* and nothing is taken after it */
	csv_close(c);
	close(fd);
	buf_free(&b);
	buf_free(&shown);
	return e.code;
}

static void nothing_impossible_is_believed(void **state)
{
	(void)state;
	assert_int_equal(taken(&honest, 2, 3, 6), OK);
#define FORGE(change) do { struct forged f = honest; f.change; assert_int_equal(taken(&f, 2, 3, 6), TORN); } while (0)
	FORGE(head.encoding = CSV_CP1252 + 1);
	FORGE(head.delimiter = 0);
	FORGE(head.delimiter = 'a');
	FORGE(frame.open = 2);
	FORGE(frame.rows = 0);
	FORGE(frame.rows = 1);
	FORGE(frame.rows = 3);
	FORGE(frame.rows = CSV_FRAME_ROWS + 1);
	FORGE(frame.rows = UINT32_MAX);
	FORGE(frame.cells = 2);
	FORGE(frame.cells = CSV_CELLS_CAP + 1);
	FORGE(frame.cells = UINT32_MAX);
	FORGE(frame.text = 5);
	FORGE(frame.text = CSV_TEXT_CAP + 1);
	FORGE(frame.text = UINT32_MAX);
	FORGE(frame.bytes = 1);                                  /* fewer than there are lines */
	FORGE(lines[0].line = 0);
	FORGE(lines[1].line = 1);                                /* not behind the one before */
	FORGE(lines[1].line = 11);
	FORGE(lines[1].line = UINT64_MAX);
	FORGE(lines[0].cells = 0);
	FORGE(lines[0].cells = 3);
	FORGE(lines[1].cells = 2);
	FORGE(lines[1].cells = UINT32_MAX);
	FORGE(lines[0].fault = FAULT_UTF8);                      /* a fault with cells */
	FORGE(lines[0].fault = FAULT_COUNT);
	FORGE(lines[0].fault = UINT32_MAX);
	FORGE(lengths[0] = 2);
	FORGE(lengths[0] = 0);
	FORGE(lengths[2] = 4);
	FORGE(lengths[1] = UINT32_MAX);
	FORGE(lengths[1] = 1u << 31);
	FORGE(text[0] = 0);
	FORGE(text[5] = (char)0x80);
	FORGE(text[5] = (char)0xC3);
	/* whole characters in the text, but cut by a cell's end */
	struct forged cut = honest;
	memcpy(cut.text, "\xC3\xA1" "bccc", 6);
	assert_int_equal(taken(&cut, 2, 3, 6), TORN);
	/* too many cells for one row */
	struct buf b = BUF(1 << 20);
	struct csv_frame f = { .rows = 1, .cells = CSV_CELLS_MAX + 1, .bytes = 5 };
	struct csv_line l = { 1, CSV_CELLS_MAX + 1, 0 };
	buf_put(&b, (struct str){ (const char *)&honest.head, sizeof honest.head });
	buf_put(&b, (struct str){ (char *)&f, sizeof f });
	buf_put(&b, (struct str){ (char *)&l, sizeof l });
	memset(buf_space(&b, f.cells * sizeof(uint32_t)), 0, f.cells * sizeof(uint32_t));
	int fd = file_of(buf_str(&b));
	struct csv *c = csv_open(fd);
	struct csv_batch t;
	struct err e = { 0 };
	assert_true(!csv_next(c, &t, &e) && e.code == TORN);
	csv_close(c);
	close(fd);
	buf_free(&b);
}

static void bytes_never_run_backwards(void **state)
{
	(void)state;
	struct forged first = honest;
	struct buf b = BUF(1000);
	struct csv_frame end = { .bytes = 9 };
	buf_put(&b, (struct str){ (char *)&first.head, sizeof first.head });
	buf_put(&b, (struct str){ (char *)&first.frame, sizeof first.frame });
	buf_put(&b, (struct str){ (char *)first.lines, sizeof first.lines });
	buf_put(&b, (struct str){ (char *)first.lengths, sizeof first.lengths });
	buf_put(&b, (struct str){ first.text, sizeof first.text });
	buf_put(&b, (struct str){ (char *)&end, sizeof end });
	int fd = file_of(buf_str(&b));
	struct csv *c = csv_open(fd);
	struct csv_batch t;
	struct err e = { 0 };
	assert_true(csv_next(c, &t, &e) && t.n == 2);
	assert_true(!csv_next(c, &t, &e) && e.code == TORN);
	csv_close(c);
	close(fd);
	buf_free(&b);
}

static void a_stream_that_stops_early_is_torn(void **state)
{
	(void)state;
	struct buf s = said(STR("a,b\n\"1\n2\",3\n\xC3\xA1,4\n"), 7), shown = BUF(1000);
	for (size_t n = 0; n < s.n; n++) {
		int fd = file_of((struct str){ s.p, n });
		struct csv *c = csv_open(fd);
		struct err e = { 0 };
		assert_false(rows_show(c, &shown, &e));
		assert_int_equal(e.code, TORN);
		csv_close(c);
		close(fd);
	}
	buf_free(&s);
	buf_free(&shown);
}

static void any_byte_may_be_wrong(void **state)
{
	(void)state;
	struct buf s = said(STR("a,b\n\"1\n2\",3\n\xC3\xA1,4\n"), 7);
	for (size_t i = 0; i < s.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			struct buf shown = BUF(1000);
			s.p[i] = (char)(s.p[i] ^ 1 << bit);
			int fd = file_of(buf_str(&s));
			struct csv *c = csv_open(fd);
			struct err e = { 0 };
			assert_true(rows_show(c, &shown, &e) || e.code == TORN);
			csv_close(c);
			close(fd);
			s.p[i] = (char)(s.p[i] ^ 1 << bit);
			buf_free(&shown);
		}
	buf_free(&s);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(tables_are_read_however_they_are_cut), cmocka_unit_test(tables_come_over_a_line_however_they_arrive),
		cmocka_unit_test(who_stops_listening_ends_the_box), cmocka_unit_test(rows_and_cells_have_a_most),
		cmocka_unit_test(a_quote_left_open_takes_no_memory), cmocka_unit_test(many_rows_come_in_many_batches),
		cmocka_unit_test(encodings_are_judged_by_the_first_mebibyte), cmocka_unit_test(windows_1252_is_what_iconv_says),
		cmocka_unit_test(what_is_written_by_the_rules_is_read_back), cmocka_unit_test(any_bytes_give_the_same_rows_in_any_pieces),
		cmocka_unit_test(real_exports_are_whole), cmocka_unit_test(nothing_impossible_is_believed),
		cmocka_unit_test(bytes_never_run_backwards), cmocka_unit_test(a_stream_that_stops_early_is_torn),
		cmocka_unit_test(any_byte_may_be_wrong),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
