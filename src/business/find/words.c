/* What a finding is called, and why we think so: names for machines, sentences for people. */
#include "find_int.h"

#include <inttypes.h>

const char *find_kind(const struct finding *f)
{
	static const char *const kinds[HIT_SORTS] = {
		[HIT_CARD] = "card_number", [HIT_TRACK] = "card_track", [HIT_CODE] = "card_code", [HIT_TEST_NUMBER] = "card_test_number", [HIT_SSN] = "ssn",
		[HIT_ITIN] = "itin", [HIT_IBAN] = "iban", [HIT_BANK] = "bank_account", [HIT_SIN] = "sin", [HIT_NINO] = "nino", [HIT_BIRTH] = "date_of_birth",
		[HIT_PASSPORT] = "passport", [HIT_LICENCE] = "drivers_licence",
	};
	return kinds[f->sort];
}

static const char *sort_words(enum hit_sort sort)
{
	static const char *const words[HIT_SORTS] = {
		[HIT_CARD] = "card number", [HIT_TRACK] = "magnetic stripe", [HIT_CODE] = "card code", [HIT_TEST_NUMBER] = "test card number",
		[HIT_SSN] = "Social Security number", [HIT_ITIN] = "US taxpayer number", [HIT_IBAN] = "IBAN", [HIT_BANK] = "US bank account",
		[HIT_SIN] = "Canadian SIN", [HIT_NINO] = "UK National Insurance number", [HIT_BIRTH] = "date of birth", [HIT_PASSPORT] = "passport number",
		[HIT_LICENCE] = "driving licence number",
	};
	return words[sort];
}

static struct str brand_words(struct arena *a, const char *brand)
{
	char *p = arena_printf(a, "%s", brand);
	bool begins = true;
	for (char *c = p; *c; c++) {
		if (*c == '_')
			*c = ' ';
		else if (begins && *c >= 'a' && *c <= 'z')
			*c = (char)(*c - 32);
		begins = *c == ' ';
	}
	return str_of(strcmp(brand, "jcb") == 0 ? "JCB" : strcmp(brand, "amex") == 0 ? "American Express" : p);
}

struct str find_masked(struct arena *a, const struct finding *f)
{
	bool card = f->sort == HIT_CARD || f->sort == HIT_TRACK || f->sort == HIT_TEST_NUMBER;
	const char *sort = f->sort == HIT_CARD ? "" : f->sort == HIT_TRACK ? ", magnetic stripe" : ", test number";
	if (card)
		return arena_say(a, STR_FMT " ending %s%s", STR_ARG(brand_words(a, *f->brand ? f->brand : "card")), f->last4, sort);
	if (*f->last4)
		return arena_say(a, "%s ending %s", sort_words(f->sort), f->last4);
	return str_of(sort_words(f->sort));
}

/* The first of these that holds leads; the others follow. */
static const struct { enum scan_sign sign; const char *words; } parts[] = {
	{ SIGN_EXAMPLE, "it is published as an example or looks invented" },
	{ SIGN_HEADING, "its heading says so" },
	{ SIGN_WORD, "a word beside it says so" },
	{ SIGN_EXPIRY, "an expiry date stands beside it" },
	{ SIGN_CODE, "a card code stands beside it" },
	{ SIGN_GROUPED, "it is written in the usual groups" },
	{ SIGN_ODD_GROUPS, "but in unusual groups" },
	{ SIGN_RARE, "but its range is seldom used" },
	{ SIGN_SPLIT, "put together from parts" },
	{ SIGN_ENCODED, "written in an encoding" },
	{ SIGN_HEADING_AGAINST, "but its heading says something else" },
	{ SIGN_WORD_AGAINST, "but a word beside it says something else" },
};

struct str find_reason(struct arena *a, const struct finding *f)
{
	struct buf b = BUF(1024);
	bool card = f->sort == HIT_CARD || f->sort == HIT_TEST_NUMBER;
	if (f->sort == HIT_TRACK)
		buf_put(&b, STR("A whole magnetic stripe: number, expiry and service code; it may never be kept"));
	else if (f->sort == HIT_CODE)
		buf_put(&b, STR("The code of the card beside it; it may never be kept"));
	else if (card)
		buf_put(&b, STR("Length, beginning and check digit are those of a card"));
	else if (f->signs & 1u << SIGN_CHECK)
		buf_put(&b, STR("Its check digits are right"));
	else
		buf_put(&b, STR("It has the shape of one"));
	if (f->alike && f->signs & 1u << SIGN_COLUMN)
		buf_printf(&b, "; %" PRIu32 " of %" PRIu32 " numbers in the same place pass the check, by chance it is one in ten", f->passing, f->alike);
	if (f->alike && f->signs & 1u << SIGN_COLUMN_AGAINST)
		buf_printf(&b, "; but only %" PRIu32 " of %" PRIu32 " numbers in the same place pass the check, which is chance", f->passing, f->alike);
	for (size_t i = 0; i < LENGTH(parts); i++) {
		if (!(f->signs & 1u << parts[i].sign))
			continue;
		buf_printf(&b, "; %s", parts[i].words);
		struct str heading = f->heading;
		heading.n = heading.n < 60 ? heading.n : 60;
		if (parts[i].sign == SIGN_HEADING && heading.n)
			buf_printf(&b, " (\"" STR_FMT "\")", STR_ARG(heading));
	}
	buf_byte(&b, '.');
	struct str s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}
