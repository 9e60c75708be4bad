/* Digits and separators, one sign at a time. */
#include "signs.h"

static bool follow(struct str t, size_t at, unsigned char second, unsigned char third)
{
	return t.n - at >= 3 && (unsigned char)t.p[at + 1] == second && (unsigned char)t.p[at + 2] == third;
}

size_t digit_at(struct str t, size_t at, unsigned *value)
{
	if (at >= t.n)
		return 0;
	unsigned char c = (unsigned char)t.p[at];
	unsigned v = c - '0';
	size_t takes = 1;
	if (c == 0xEF && t.n - at >= 3 && (unsigned char)t.p[at + 1] == 0xBC) {
		v = (unsigned char)t.p[at + 2] - 0x90u;
		takes = 3;
	}
	if (v > 9)
		return 0;
	if (value)
		*value = v;
	return takes;
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
		*kind = NO_BREAK_SPACE;
		return t.n - at >= 2 && (unsigned char)t.p[at + 1] == 0xA0 ? 2 : 0;
	case 0xE2:
		*kind = follow(t, at, 0x80, 0x89) ? THIN_SPACE : follow(t, at, 0x80, 0xAF) ? NARROW_SPACE : EN_DASH;
		return *kind != EN_DASH || follow(t, at, 0x80, 0x93) ? 3 : 0;
	}
	return 0;
}
