/* qr: what a camera would read is the text. The reader here is written from ISO/IEC 18004, for codes of one block (versions 1 to 3 at M). */
#include "qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 29 };                                      /* modules a side of version 3 */

struct code { int size; bool dark[MOST][MOST]; };

static bool mask(int k, int y, int x)
{
	switch (k) {
	case 0:  return (y + x) % 2 == 0;
	case 1:  return y % 2 == 0;
	case 2:  return x % 3 == 0;
	case 3:  return (y + x) % 3 == 0;
	case 4:  return (y / 2 + x / 3) % 2 == 0;
	case 5:  return y * x % 2 + y * x % 3 == 0;
	case 6:  return (y * x % 2 + y * x % 3) % 2 == 0;
	default: return ((y + x) % 2 + y * x % 3) % 2 == 0;
	}
}

/* Finder patterns with their formats, timing, and the one alignment pattern of versions 2 and 3: no data stands there. */
static bool reserved(const struct code *c, int y, int x)
{
	int n = c->size, centre = n - 7;
	return (y < 9 && x < 9) || (y < 9 && x >= n - 8) || (y >= n - 8 && x < 9) || y == 6 || x == 6 ||
	       (n > 21 && abs(y - centre) <= 2 && abs(x - centre) <= 2);
}

static struct code picture_read(struct str svg)
{
	struct code c = { 0 };
	int side = 0, x, y, run;
	assert_int_equal(sscanf(memmem(svg.p, svg.n, "viewBox", 7), "viewBox=\"0 0 %d", &side), 1);
	c.size = side - 8;
	assert_in_range(c.size, 21, MOST);
	for (const char *p = memmem(svg.p, svg.n, " d=\"", 4); (p = strchr(p, 'M')); p++) {
		assert_int_equal(sscanf(p, "M%d %dh%d", &x, &y, &run), 3);
		assert_true(x >= 4 && y >= 4 && x + run <= c.size + 4 && y < c.size + 4);
		for (int i = 0; i < run; i++)
			c.dark[y - 4][x - 4 + i] = true;
	}
	return c;
}

static size_t camera_reads(const struct code *c, char *text)
{
	uint8_t bytes[80] = { 0 };
	size_t bits = 0;
	/* mask: bits 12 to 10 of the format, each turned over by 101 */
	int k = (c->dark[8][2] << 2 | c->dark[8][3] << 1 | c->dark[8][4]) ^ 5;
	assert_int_equal((c->dark[8][0] << 1 | c->dark[8][1]) ^ 2, 0);         /* 00 is level M */
	bool up = true;
	for (int right = c->size - 1; right > 0; right -= 2, up = !up) {
		right -= right == 6;
		for (int i = 0; i < c->size; i++)
			for (int x = right, y = up ? c->size - 1 - i : i; x > right - 2; x--)
				if (!reserved(c, y, x) && bits < 8 * sizeof bytes)
					bytes[bits / 8] |= (uint8_t)((c->dark[y][x] ^ mask(k, y, x)) << (7 - bits % 8)), bits++;
	}
	assert_int_equal(bytes[0] >> 4, 4);                                    /* a run of bytes, its length in 8 bits */
	size_t n = (size_t)(bytes[0] & 15) << 4 | bytes[1] >> 4;
	for (size_t i = 0; i < n; i++)
		text[i] = (char)(bytes[i + 1] << 4 | bytes[i + 2] >> 4);
	return n;
}

static void a_camera_reads_the_text(void **state)
{
	static const char *const texts[] = { "A", "http://192.168.1.20:7321/", "otpauth://totp/Ana?secret=JBSWY3DPEHPK3P" };
	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct buf b = BUF(64 << 10);
		struct err e = { 0 };
		char text[80];
		assert_true(qr_svg(&b, str_of(texts[i]), &e));
		buf_byte(&b, 0);
		struct code c = picture_read(buf_str(&b));
		size_t n = camera_reads(&c, text);
		assert_int_equal(n, strlen(texts[i]));
		assert_memory_equal(text, texts[i], n);
		assert_null(strstr(b.p, "style"));
		buf_free(&b);
	}
}

static void too_much_is_refused(void **state)
{
	static const char much[QR_MAX + 1] = { [0 ... QR_MAX] = 'a' };
	struct buf b = BUF(1 << 20);
	struct err e = { 0 };
	(void)state;
	assert_true(qr_svg(&b, (struct str){ much, QR_MAX }, &e));
	assert_false(qr_svg(&b, (struct str){ much, QR_MAX + 1 }, &e));
	assert_int_equal(e.code, TOO_BIG);
	err_clear(&e);
	assert_false(qr_svg(&b, STR(""), &e));
	assert_int_equal(e.code, INVALID);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_camera_reads_the_text), cmocka_unit_test(too_much_is_refused) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
