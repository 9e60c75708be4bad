/* Digits and separators, one sign at a time. */
#include "signs.h"

static bool follow(struct str t, size_t at, unsigned char second, unsigned char third)
{
	return t.n - at >= 3 && (unsigned char)t.p[at + 1] == second && (unsigned char)t.p[at + 2] == third;
}

/* The zeros of all scripts but ASCII's own: Unicode 14, UnicodeData.txt, general category Nd; one to nine follow each. */
static const uint32_t zeros[] = {
	0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20, 0x1040,
	0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0,
	0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
	0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8,
	0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
};

int digit_of(uint32_t character)
{
	size_t low = 0, high = LENGTH(zeros);
	if (character < zeros[0])
		return character - '0' < 10 ? (int)(character - '0') : -1;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (zeros[middle] <= character)
			low = middle;
		else
			high = middle;
	}
	return character - zeros[low] < 10 ? (int)(character - zeros[low]) : -1;
}

/* The character beyond ASCII that begins at `at`; the bytes it takes, 0 when it is none. */
static size_t character_at(struct str t, size_t at, uint32_t *character)
{
	unsigned char c = (unsigned char)t.p[at];
	size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (c < 0xC2 || c > 0xF4 || t.n - at < n)
		return 0;
	*character = c & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		unsigned char more = (unsigned char)t.p[at + i];
		if ((more & 0xC0) != 0x80)
			return 0;
		*character = *character << 6 | (more & 0x3F);
	}
	return n;
}

size_t digit_at(struct str t, size_t at, unsigned *value)
{
	if (at >= t.n)
		return 0;
	unsigned v = (unsigned char)t.p[at] - (unsigned)'0';
	size_t takes = 1;
	if ((unsigned char)t.p[at] > 127) {
		uint32_t character;
		takes = character_at(t, at, &character);
		v = takes ? (unsigned)digit_of(character) : 10;
	}
	if (v > 9)
		return 0;
	if (value)
		*value = v;
	return takes;
}

size_t digit_before(struct str t, size_t at)
{
	enum { LONGEST = 4 };
	for (size_t n = 1; n <= LONGEST && n <= at; n++)
		if (digit_at(t, at - n, NULL) == n)
			return n;
	return 0;
}

size_t separator_at(struct str t, size_t at, enum separator *kind)
{
	if (at >= t.n)
		return 0;
	switch ((unsigned char)t.p[at]) {
	case ' ': *kind = SPACE; return 1;
	case '-': *kind = DASH; return 1;
	case '.': *kind = DOT; return 1;
	case 0xC2:
		*kind = t.n - at >= 2 && (unsigned char)t.p[at + 1] == 0xB7 ? MIDDLE_DOT : NO_BREAK_SPACE;
		return t.n - at >= 2 && (*kind == MIDDLE_DOT || (unsigned char)t.p[at + 1] == 0xA0) ? 2 : 0;
	case 0xE2:
		*kind = follow(t, at, 0x80, 0x89) ? THIN_SPACE : follow(t, at, 0x80, 0xAF) ? NARROW_SPACE : follow(t, at, 0x80, 0xA2) ? BULLET : EN_DASH;
		return *kind != EN_DASH || follow(t, at, 0x80, 0x93) ? 3 : 0;
	}
	return 0;
}
