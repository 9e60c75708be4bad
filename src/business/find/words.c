/* What a finding is called, why we think so, and what to do: names for machines, sentences for people. */
#include "detect.h"
#include "found.h"
#include "told.h"

#include <inttypes.h>

const char *find_kind(const struct finding *f)
{
	static const char *const names[HIT_SORTS] = {
		[HIT_CARD] = "card_number", [HIT_TRACK] = "card_track", [HIT_CODE] = "card_code", [HIT_TEST_NUMBER] = "card_test_number", [HIT_SSN] = "ssn",
		[HIT_ITIN] = "itin", [HIT_IBAN] = "iban", [HIT_BANK] = "bank_account", [HIT_SIN] = "sin", [HIT_NINO] = "nino", [HIT_BIRTH] = "date_of_birth",
		[HIT_PASSPORT] = "passport", [HIT_LICENCE] = "drivers_licence",
	};
	return names[f->sort];
}

const char *sort_words(enum hit_sort sort)
{
	static const char *const words[HIT_SORTS] = {
		[HIT_CARD] = "card number", [HIT_TRACK] = "magnetic stripe", [HIT_CODE] = "card code", [HIT_TEST_NUMBER] = "test card number",
		[HIT_SSN] = "Social Security number", [HIT_ITIN] = "US taxpayer number", [HIT_IBAN] = "IBAN", [HIT_BANK] = "US bank account",
		[HIT_SIN] = "Canadian SIN", [HIT_NINO] = "UK National Insurance number", [HIT_BIRTH] = "date of birth", [HIT_PASSPORT] = "passport number",
		[HIT_LICENCE] = "driver's license number",
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
	static const struct { const char *brand, *words; } others[] = {
		{ "jcb", "JCB" }, { "amex", "American Express" }, { "maestro_wide", "Maestro" }, { "unionpay_discover", "UnionPay" }, { "unionpay", "UnionPay" },
		{ "rupay", "RuPay" }, { "uatp", "UATP" }, { "t_union", "T-Union" },
	};
	for (size_t i = 0; i < LENGTH(others); i++)
		if (strcmp(brand, others[i].brand) == 0)
			return str_of(others[i].words);
	return str_of(p);
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
		buf_printf(&b, "; %" PRIu32 " of %" PRIu32 " numbers in the same place pass%s the check, by chance it is one in ten", f->passing, f->alike, f->passing == 1 ? "es" : "");
	if (f->alike && f->signs & 1u << SIGN_COLUMN_AGAINST)
		buf_printf(&b, "; but only %" PRIu32 " of %" PRIu32 " numbers in the same place pass%s the check, which is chance", f->passing, f->alike, f->passing == 1 ? "es" : "");
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

const char *class_name(enum scan_class c)
{
	return c == SCAN_CERTAIN ? "certain" : c == SCAN_LIKELY ? "likely" : "unlikely";
}

/* ---- what to do ---- */

enum home { AT_FILE, AT_LOG, AT_MAIL, AT_TABLE, AT_DATABASE, AT_PICTURE, AT_PROGRAM };

/* Where it stands, by the ending of the innermost name: advice needs no more. */
static enum home home_of(struct str path, struct str member)
{
	static const struct { const char *ending; enum home home; } endings[] = {
		{ ".log", AT_LOG }, { ".trace", AT_LOG }, { ".har", AT_LOG }, { ".eml", AT_MAIL }, { ".mbox", AT_MAIL }, { ".msg", AT_MAIL }, { ".pst", AT_MAIL },
		{ ".ost", AT_MAIL }, { ".csv", AT_TABLE }, { ".tsv", AT_TABLE }, { ".xlsx", AT_TABLE }, { ".xls", AT_TABLE }, { ".ods", AT_TABLE },
		{ ".db", AT_DATABASE }, { ".sqlite", AT_DATABASE }, { ".sqlite3", AT_DATABASE }, { ".sql", AT_DATABASE }, { ".png", AT_PICTURE },
		{ ".jpg", AT_PICTURE }, { ".jpeg", AT_PICTURE }, { ".tif", AT_PICTURE }, { ".tiff", AT_PICTURE }, { ".pdf", AT_PICTURE }, { ".c", AT_PROGRAM },
		{ ".py", AT_PROGRAM }, { ".js", AT_PROGRAM }, { ".php", AT_PROGRAM }, { ".java", AT_PROGRAM }, { ".rb", AT_PROGRAM }, { ".go", AT_PROGRAM },
	};
	const struct str names[] = { member, path };
	for (size_t k = 0; k < LENGTH(names); k++)
		for (size_t i = 0; i < LENGTH(endings); i++) {
			size_t n = strlen(endings[i].ending);
			struct str end = { names[k].p + names[k].n - n, n };
			if (names[k].n > n && str_eq_nocase(end, str_of(endings[i].ending)))
				return endings[i].home;
		}
	return memmem(path.p, path.n, "/log/", 5) ? AT_LOG : AT_FILE;
}

/* PCI DSS 4.0.1: 3.3.1 (track, code, PIN never after the payment), 3.4.1 (what may be shown), 3.5.1 (a number that is kept is unreadable). */
struct str find_todo(struct arena *a, uint32_t sorts, struct str path, struct str member)
{
	static const char *const cards[] = {
		[AT_FILE] = "Delete it, or cut the number to its last four. If you must charge the card again, let your payment processor keep it.",
		[AT_LOG] = "Find the program that writes card numbers here and stop it; then delete the log and its older copies.",
		[AT_MAIL] = "Delete the message, also from Sent and Trash. Ask customers to send no card by mail; send them a payment link.",
		[AT_TABLE] = "Cut the column to the last four. If you must charge the cards again, let your payment processor keep them; then delete the file and its copies.",
		[AT_DATABASE] = "Let your payment processor keep the numbers and put its tokens here; then cut the column to the last four, also in backups.",
		[AT_PICTURE] = "Delete it, also from the phone or scanner it came from. Paper: cover the number, then scan again.",
		[AT_PROGRAM] = "If it is real, take it out and out of the version history, too; for tests use a published test number.",
	};
	static const char others[] = "Keep it only where a law or a contract asks for it; else delete it. Where it stays, encrypt it and let few people open it.";
	const uint32_t cards_own = 1u << HIT_CARD | 1u << HIT_TRACK | 1u << HIT_CODE, rest = sorts & ~(cards_own | 1u << HIT_TEST_NUMBER);
	if (rest && sorts & cards_own)
		return arena_say(a, STR_FMT " The other numbers: keep them only where a law or a contract asks for them; else delete them, too.",
		                 STR_ARG(find_todo(a, sorts & cards_own, path, member)));
	if (sorts & (1u << HIT_TRACK | 1u << HIT_CODE))
		return arena_say(a, "Delete %s: it may never be kept once the payment is made, not even encrypted. Find what puts it here and stop that.",
		                 sorts & 1u << HIT_TRACK ? "the magnetic stripe" : "the card code");
	if (sorts & 1u << HIT_CARD)
		return str_of(cards[home_of(path, member)]);
	if (rest)
		return STR(others);
	return STR("Nothing: it is nobody's card.");
}

struct str find_todo_of(struct arena *a, kinds k, struct str path)
{
	const kinds addresses = KIND(NAME) | KIND(EMAIL) | KIND(PHONE) | KIND(POSTAL_ADDRESS) | KIND(CARD_NUMBER) | KIND(CARD_TRACK) | KIND(CARD_CODE) | KIND(CARD_EXPIRY);
	uint32_t sorts = (k & KIND(CARD_TRACK) ? 1u << HIT_TRACK : 0) | (k & KIND(CARD_CODE) ? 1u << HIT_CODE : 0) | (k & KIND(CARD_NUMBER) ? 1u << HIT_CARD : 0) | (k & ~addresses ? 1u << HIT_SSN : 0);
	return sorts ? find_todo(a, sorts, path, STR("")) : STR("It names customers. Keep it only as long as you need it, and let few people open it.");
}

/* ---- names of files ---- */

struct str safe_path(struct arena *a, struct str s)
{
	struct buf masked = BUF(1 << 16);
	struct str safe = detect_mask_name(&masked, s) ? arena_str(a, buf_str(&masked)) : s;
	buf_free(&masked);
	return safe;
}

/* Characters that turn the order of others round, or can't be seen: U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF. */
static bool hides(const char *p, size_t takes)
{
	const unsigned char *u = (const unsigned char *)p;
	if (takes == 2)
		return u[0] == 0xD8 && u[1] == 0x9C;
	if (takes != 3)
		return false;
	return (u[0] == 0xE2 && u[1] == 0x80 && ((u[2] >= 0x8B && u[2] <= 0x8F) || (u[2] >= 0xA8 && u[2] <= 0xAE))) ||
	       (u[0] == 0xE2 && u[1] == 0x81 && u[2] >= 0xA0 && u[2] <= 0xAF) || (u[0] == 0xEF && u[1] == 0xBB && u[2] == 0xBF);
}

/* How many bytes the character at p takes when it may be shown as it is: UTF-8 (RFC 3629), no control character. Else 0. */
static size_t shown_as_it_is(const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;
	size_t takes = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	if (c < 32 || c == 127 || takes > n || (takes > 1 && !str_utf8((struct str){ p, takes })))
		return 0;
	return (takes == 2 && c == 0xC2 && (unsigned char)p[1] < 0xA0) || hides(p, takes) ? 0 : takes;
}

struct str safe_line(struct arena *a, struct str s)
{
	struct buf b = BUF(4 << 20);
	size_t plain = 0;
	s = safe_path(a, s);
	while (plain < s.n && s.p[plain] >= ' ' && s.p[plain] < 127)
		plain++;
	if (plain == s.n)
		return s;
	for (size_t i = 0, takes; i < s.n; i += takes ? takes : 1) {
		takes = shown_as_it_is(s.p + i, s.n - i);
		if (takes)
			buf_put(&b, (struct str){ s.p + i, takes });
		else if (s.p[i] == '\n')
			buf_put(&b, STR("\\n"));
		else
			buf_printf(&b, "\\x%02x", (unsigned)(unsigned char)s.p[i]);
	}
	s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

struct str short_path(struct arena *a, struct str s)
{
	enum { EACH = 140 };
	s = safe_line(a, s);
	if (s.n <= 2 * EACH + 5)
		return s;
	size_t tail = s.n - EACH;
	while (tail < s.n && ((unsigned char)s.p[tail] & 0xC0) == 0x80)
		tail++;
	size_t head = EACH;
	while (head && ((unsigned char)s.p[head] & 0xC0) == 0x80)
		head--;
	return arena_say(a, STR_FMT " ... " STR_FMT, STR_ARG(((struct str){ s.p, head })), STR_ARG(((struct str){ s.p + tail, s.n - tail })));
}

static bool in_address(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) || (c && strchr("._%+-", c));
}

struct str kept_name(struct arena *a, struct str s)
{
	s = safe_path(a, s);
	if (!s.n || !memchr(s.p, '@', s.n))
		return s;
	struct buf b = BUF(1 << 16);
	for (size_t i = 0; i < s.n;) {
		size_t at = i, end;
		while (at < s.n && in_address(s.p[at]))
			at++;
		for (end = at + (at > i && at < s.n && s.p[at] == '@'); end > at && end < s.n && in_address(s.p[end]);)
			end++;
		bool address = end > at + 1;
		buf_put(&b, address ? STR("[e-mail]") : (struct str){ s.p + i, at - i });
		i = address ? end : at;
		if (!address && i < s.n)
			buf_byte(&b, s.p[i++]);
	}
	struct str kept = arena_str(a, buf_str(&b));
	buf_free(&b);
	return kept;
}

/* ---- all of it in a sentence ---- */

struct str find_bytes(struct arena *a, uint64_t bytes)
{
	return bytes < 1000000 ? arena_say(a, "%.1f kB", (double)bytes / 1e3) : bytes < 1000000000 ? arena_say(a, "%.1f MB", (double)bytes / 1e6) : arena_say(a, "%.1f GB", (double)bytes / 1e9);
}

static struct str many(struct arena *a, uint64_t n, const char *what)
{
	return arena_say(a, "%" PRIu64 " %s%s", n, what, n == 1 ? "" : "s");
}

struct str tally_sentence(struct arena *a, const struct tally *t, int64_t now)
{
	static const enum hit_sort leading[] = { HIT_CARD, HIT_TRACK, HIT_CODE };
	struct str part[4], said = STR("");
	size_t n = 0;
	for (size_t i = 0; i < LENGTH(leading); i++)
		if (t->sorts[leading[i]])
			part[n++] = many(a, t->sorts[leading[i]], sort_words(leading[i]));
	const char *others = n ? "other personal number" : "personal number";
	if (t->others)
		part[n++] = many(a, t->others, others);
	if (!n)
		return STR("No card numbers or other personal numbers were found.");
	for (size_t i = 0; i < n; i++)
		said = arena_say(a, STR_FMT "%s" STR_FMT, STR_ARG(said), !i ? "" : i + 1 == n ? " and " : ", ", STR_ARG(part[i]));
	said = arena_say(a, STR_FMT " in " STR_FMT, STR_ARG(said), STR_ARG(many(a, t->files, "file")));
	if (t->oldest < FAR_OFF && civil_of(t->oldest).year != civil_of(now).year)
		said = arena_say(a, STR_FMT ", %slast changed in %d", STR_ARG(said), t->files > 1 ? "the oldest " : "", civil_of(t->oldest).year);
	return arena_say(a, STR_FMT ".", STR_ARG(said));
}
