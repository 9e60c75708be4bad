/* passphrase - which new ones are refused: short ones, common ones, one thing said over and over, the business's own name. What is common is a list
 * made while building (tools/mkcommon.py). */
#include "op.h"
#include "common.h"

#include <stdlib.h>

enum { SHORTEST = 12, LONGEST = 1024, KINDS_LEAST = 5, WORD_LEAST = 3, OWN_LEAST = 8 };

static int by_word(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static bool is_common(struct str word)
{
	return bsearch(&word, common, LENGTH(common), sizeof *common, by_word) != NULL;
}

/* The shortest piece that the text is made of, said over and over; the last time it may be cut. */
static struct str piece_of(struct str s)
{
	for (size_t n = 1; n < s.n; n++) {
		size_t i = n;
		while (i < s.n && s.p[i] == s.p[i % n])
			i++;
		if (i == s.n)
			return (struct str){ s.p, n };
	}
	return s;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool is_sign(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

/* Takes a word out wherever it stands; whether it did. */
static bool word_out(struct str s, struct str word)
{
	bool out = false;
	for (char *p; word.n && (p = memmem(s.p, s.n, word.p, word.n)); out = true)
		memset(p, ' ', word.n);
	return out;
}

/* Context-specific words (OWASP ASVS 5.0, 6.2.11): whoever guesses begins with the name on the door. What has them in it needs eight letters of its own. low: lower case. */
static bool is_context(struct op *op, struct str low, struct str business)
{
	struct str rest = arena_str(op->a, low);
	char *name = arena_get(op->a, business.n + 1);
	size_t letters = 0;
	for (size_t i = 0; i < business.n; i++)
		name[i] = (char)(business.p[i] >= 'A' && business.p[i] <= 'Z' ? business.p[i] + 32 : business.p[i]);
	bool out = word_out(rest, STR("handback"));
	for (size_t i = 0, from = 0; i <= business.n; i++) {
		if (i < business.n && is_sign(name[i]))
			continue;
		if (i - from >= WORD_LEAST)
			out |= word_out(rest, (struct str){ name + from, i - from });
		from = i + 1;
	}
	for (size_t i = 0; i < rest.n; i++)
		letters += is_letter(rest.p[i]) && ((unsigned char)rest.p[i] & 0xC0) != 0x80;
	wipe((char *)(uintptr_t)rest.p, rest.n);
	return out && letters < OWN_LEAST;
}

bool op_passphrase_fits(struct op *op, struct str passphrase, struct str business)
{
	size_t characters = 0, kinds = 0;
	bool has[256] = { false };
	char *low = arena_get(op->a, passphrase.n + 1);
	for (size_t i = 0; i < passphrase.n; i++) {
		unsigned char c = (unsigned char)passphrase.p[i];
		characters += (c & 0xC0) != 0x80;
		low[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		kinds += !has[(unsigned char)low[i]];
		has[(unsigned char)low[i]] = true;
	}
	struct str whole = { low, passphrase.n }, word = whole;
	while (word.n && !is_letter(word.p[0]))          /* a common word with figures around it is as common */
		word.p++, word.n--;
	while (word.n && !is_letter(word.p[word.n - 1]))
		word.n--;
	bool own = is_context(op, whole, business.n || !op->db ? business : op_setting(op, "business.name"));
	bool common_one = is_common(whole) || is_common(piece_of(whole)) || is_common(piece_of(word)) || kinds < KINDS_LEAST;
	wipe(low, passphrase.n);
	if (characters < SHORTEST || passphrase.n > LONGEST)
		return err_set(&op->err, INVALID, "passphrase", "A passphrase has at least %d characters. Four plain words make a good one.", SHORTEST);
	if (own)
		return err_set(&op->err, INVALID, "passphrase", "That is little more than your business's name, which is among the first that are tried. Take four plain words that have nothing to do with it.");
	return !common_one || err_set(&op->err, INVALID, "passphrase", "Many people use this passphrase, so it is among the first that are tried. Take four plain words that do not belong together.");
}
