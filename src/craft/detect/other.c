/* What is not a card: SSN and ITIN, IBAN, ABA routing with account, SIN, NINO, dates of birth, passports, licences, card codes. Looked
 * for where a run of digits stands; most runs are passed over by their length and the byte in front. */
#include "scan_int.h"

#include "ibans.h"

static unsigned digit(struct str t, size_t at) { return (unsigned)(t.p[at] - '0'); }

static unsigned number(struct str t, size_t at, size_t n)
{
	unsigned v = 0;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + digit(t, at + i);
	return v;
}

static bool digits_at(struct str t, size_t at, size_t n)
{
	if (at > t.n || t.n - at < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_digit(t.p[at + i]))
			return false;
	return true;
}

static size_t letters_before(struct str t, size_t at)
{
	size_t n = 0;
	while (n < at && n < 4 && is_letter(t.p[at - 1 - n]))
		n++;
	return n;
}

static char upper(char c) { return is_letter(c) ? (char)(c & ~32) : c; }

/* What the words around a place say: the column's heading or key, else the words near it. */
struct told { struct place place; uint32_t senses, last /* of the words in front */; bool heading; };

static struct told told_of(struct looking *l, size_t from, size_t to)
{
	struct told told = { .place = place_of(l, from) };
	told.heading = told.place.senses & ~(SENSE(OTHER) | SENSE(MASKED));
	struct near near = words_near(l->v->text, from, to);
	told.senses = told.place.senses | near.senses;
	told.last = near.last;
	return told;
}

static bool says(const struct told *told, uint32_t senses) { return told->senses & senses; }

static struct spot *found(struct looking *l, enum hit_sort sort, size_t from, size_t to, const struct told *told, uint32_t meant, float weight, uint32_t signs)
{
	if (told->place.senses & meant)
		weight += 3.5f, signs |= 1u << SIGN_HEADING;
	else if (told->senses & meant)
		weight += 3.0f, signs |= 1u << SIGN_WORD;
	else if (told->place.senses & (SENSE(OTHER) | SENSE(MASKED)))
		weight -= 3.0f, signs |= 1u << SIGN_HEADING_AGAINST;
	else if (told->senses & (SENSE(OTHER) | SENSE(MASKED)))
		weight -= 2.0f, signs |= 1u << SIGN_WORD_AGAINST;
	struct str t = l->v->text;
	struct spot *spot = spot_put(l, sort, from, to, &told->place, weight, signs);
	unsigned char signs_of_it[40];
	size_t n = 0, shown = 0;
	for (size_t at = from; at < to && n < sizeof signs_of_it; at++)
		if (joins(t.p[at]))
			signs_of_it[n++] = (unsigned char)upper(t.p[at]);
	spot->same = fingerprint(l->s, sort, signs_of_it, n);
	if (n >= 8 && sort != HIT_BIRTH) {
		for (; shown < 4; shown++)
			spot->last4[shown] = (char)signs_of_it[n - 4 + shown];
		spot->last4[4] = 0;
	}
	wipe(signs_of_it, sizeof signs_of_it);
	return spot;
}

/* ---- SSN and ITIN: nine digits, AAA-GG-SSSS ---- */

/* SSA: no area 000, 666 or from 900, no group 00, no serial 0000. */
static bool ssn_valid(unsigned area, unsigned group, unsigned serial)
{
	return area && area != 666 && area < 900 && group && serial;
}

/* IRS: 9xx, and these groups (93 is for adoptions). */
static bool itin_valid(unsigned area, unsigned group)
{
	return area >= 900 && ((group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group <= 92) || (group >= 94 && group <= 99));
}

static bool ssn_example(unsigned area, unsigned group, unsigned serial)
{
	return (area == 78 && group == 5 && serial == 1120) || (area == 219 && group == 9 && serial == 9999) || (area == 457 && group == 55 && serial == 5462) ||
	       (area == 123 && group == 45) || (area == 987 && group == 65 && serial >= 4320 && serial <= 4329) || (area % 111 == 0 && group % 11 == 0 && serial % 1111 == 0);
}

static void ssn_look(struct looking *l, size_t from, size_t to, unsigned area, unsigned group, unsigned serial, float weight, uint32_t signs)
{
	bool ssn = ssn_valid(area, group, serial), itin = itin_valid(area, group);
	if ((!ssn && !itin) || !begins_cleanly(l->v->text, from) || !ends_cleanly(l->v->text, to))
		return;
	struct told told = told_of(l, from, to);
	uint32_t meant = ssn ? SENSE(SSN) : SENSE(ITIN) | SENSE(SSN);
	if (ssn && says(&told, SENSE(ITIN)))
		meant |= SENSE(ITIN);
	if (ssn_example(area, group, serial))
		weight -= 8, signs |= 1u << SIGN_EXAMPLE;
	/* numbers of other things in the same groups: a phone in Canada is 3-3-4, this is 3-2-4 */
	found(l, ssn ? HIT_SSN : HIT_ITIN, from, to, &told, meant, weight, signs);
}

/* "-SSSS" was met: is "AAA-GG" in front? */
static void ssn_grouped(struct looking *l, size_t at)
{
	struct str t = l->v->text;
	if (at < 7 || !digits_at(t, at - 7, 3) || !digits_at(t, at - 3, 2) || t.p[at - 1] != t.p[at - 4] || !strchr("- .", t.p[at - 1]))
		return;
	/* a hyphen goes on: part of something longer */
	if ((at > 7 && t.p[at - 8] == '-') || (at + 4 < t.n && t.p[at + 4] == '-' ))
		return;
	float weight = t.p[at - 1] == '-' ? 0.8f : t.p[at - 1] == ' ' ? -0.8f : -1.5f;
	ssn_look(l, at - 7, at + 4, number(t, at - 7, 3), number(t, at - 3, 2), number(t, at, 4), weight, 1u << SIGN_GROUPED);
}

/* ---- nine digits: SSN, ITIN, SIN, routing number, passport ---- */

/* ABA: 3-7-1 sum, and the first two digits that are given out. */
static bool routing_valid(struct str t, size_t at)
{
	unsigned sum = 0;
	static const unsigned char weight[3] = { 3, 7, 1 };
	for (size_t i = 0; i < 9; i++)
		sum += digit(t, at + i) * weight[i % 3];
	unsigned first = number(t, at, 2);
	return sum && sum % 10 == 0 && (first <= 12 || (first >= 21 && first <= 32) || (first >= 61 && first <= 72) || first == 80);
}

/* Whether its label, heading or the last word in front calls it an account. */
static bool called_account(struct looking *l, size_t at, size_t n)
{
	return (place_of(l, at).senses | words_near(l->v->text, at, at + n).last) & SENSE(ACCOUNT);
}

/* The account number of 4 to 17 digits near the routing number at t[from, to): one that its label or heading calls so before the first
 * behind in the same line, that before the last in front. What nobody calls so has six digits, and is no routing number. An empty one: none. *second: what looks like
 * a routing number stands in front, too. */
static struct str account_near(struct looking *l, size_t from, size_t to, bool *second)
{
	struct str t = l->v->text, best = { 0 };
	size_t low = from > 80 ? from - 80 : 0, high = t.n - to > 80 ? to + 80 : t.n;
	const char *p = memrchr(t.p + low, '\n', from - low);
	size_t line_from = p ? (size_t)(p - t.p) : low;
	p = memchr(t.p + to, '\n', high - to);
	size_t line_to = p ? (size_t)(p - t.p) : high;
	unsigned best_rank = 0;
	for (size_t at = low; at < high; at++) {
		size_t n = 0;
		while (at + n < high && is_digit(t.p[at + n]))
			n++;
		if (n >= 4 && n <= 17 && (at + n <= from || at >= to) && begins_cleanly(t, at) && ends_cleanly(t, at + n)) {
			bool called = called_account(l, at, n), routing = n == 9 && routing_valid(t, at), here = at >= line_from && at < line_to;
			unsigned rank = called || (here && n >= 6 && !routing) ? 1 + 4 * called + 2 * here + (at >= to) : 0;
			*second |= routing && at < from;
			if (rank > best_rank || (rank && rank == best_rank && at < from)) {
				best = (struct str){ t.p + at, n };
				best_rank = rank;
			}
		}
		at += n;
	}
	return best;
}

/* A routing number, shown by its account's last four digits: those are what the holder knows. */
static void bank_found(struct looking *l, size_t from, const struct told *told, struct str account, float weight)
{
	struct spot *spot = found(l, HIT_BANK, from, from + 9, told, SENSE(ROUTING), weight, 1u << SIGN_CHECK);
	if (account.n)
		memcpy(spot->last4, account.p + account.n - 4, 4);
	else
		spot->last4[0] = 0;
}

/* "D.O.B." in front of `at`, over a colon and spaces; the letters from the last. */
static bool initials_end(struct str t, size_t at, const char *letters)
{
	while (at && is_one_of(t.p[at - 1], " :\t"))
		at--;
	for (; *letters; letters++, at -= 2)
		if (at < 2 || t.p[at - 1] != '.' || upper(t.p[at - 2]) != *letters)
			return false;
	return !at || !joins(t.p[at - 1]);
}

static bool sin_valid(struct str t, const size_t *at)
{
	unsigned char d[9];
	for (size_t i = 0; i < 9; i++)
		d[i] = (unsigned char)digit(t, at[i]);
	return d[0] && d[0] != 8 && card_check(d, 9);
}

static void sin_look(struct looking *l, size_t from, size_t to, const size_t *at, float weight, uint32_t signs)
{
	if (!sin_valid(l->v->text, at) || !begins_cleanly(l->v->text, from) || !ends_cleanly(l->v->text, to))
		return;
	struct told told = told_of(l, from, to);
	if (initials_end(l->v->text, from, "NIS"))
		told.senses |= SENSE(SIN);
	if (says(&told, SENSE(SIN)))
		found(l, HIT_SIN, from, to, &told, SENSE(SIN), weight, signs);
}

/* The line at a cheque's foot: the routing number between transit signs (U+2446), the account number in front of an on-us sign (U+2448). */
static bool micr_look(struct looking *l, size_t from)
{
	static const char transit[] = "\xE2\x91\x86", on_us[] = "\xE2\x91\x88";
	struct str t = l->v->text;
	size_t at = from + 12;
	if (from < 3 || t.n - from < 16 || memcmp(t.p + from - 3, transit, 3) != 0 || memcmp(t.p + from + 9, transit, 3) != 0 || !routing_valid(t, from))
		return false;
	at += t.p[at] == ' ';
	size_t n = digits_from(t, at);
	if (n < 4 || n > 17 || t.n - at < n + 3 || memcmp(t.p + at + n, on_us, 3) != 0)
		return false;
	struct told told = told_of(l, from, from + 9);
	bank_found(l, from, &told, (struct str){ t.p + at, n }, 3.0f);
	return true;
}

static void nine_look(struct looking *l, size_t from)
{
	struct str t = l->v->text;
	if (micr_look(l, from))
		return;
	if (!begins_cleanly(t, from) || !ends_cleanly(t, from + 9) || !telling_near(l, from, SENSE(ROUTING) | SENSE(SSN) | SENSE(ITIN) | SENSE(SIN)))
		return;
	struct told told = told_of(l, from, from + 9);
	if (says(&told, SENSE(ROUTING)) && routing_valid(t, from)) {
		bool second = false;
		struct str account = account_near(l, from, from + 9, &second);
		if (second && called_account(l, from, 9))
			return;                          /* one that looks like a routing number, behind its own */
		if (account.n || says(&told, SENSE(ACCOUNT))) {
			bank_found(l, from, &told, account, 0);
			return;
		}
	}
	if (says(&told, SENSE(SSN) | SENSE(ITIN))) {
		ssn_look(l, from, from + 9, number(t, from, 3), number(t, from + 3, 2), number(t, from + 5, 4), told.heading ? 0 : -1.5f, 0);
		return;
	}
	if (says(&told, SENSE(SIN))) {
		size_t at[9];
		for (size_t i = 0; i < 9; i++)
			at[i] = from + i;
		sin_look(l, from, from + 9, at, -0.5f, 1u << SIGN_CHECK);
		return;
	}
}

/* Three and three and three: a SIN as it is written. */
static void sin_grouped(struct looking *l, size_t last)
{
	struct str t = l->v->text;
	if (last < 8 || !strchr(" -", t.p[last - 1]) || t.p[last - 1] != t.p[last - 5] || !digits_at(t, last - 4, 3) || !digits_at(t, last - 8, 3))
		return;
	size_t at[9], from = last - 8;
	for (size_t i = 0; i < 9; i++)
		at[i] = from + i + i / 3;
	sin_look(l, from, last + 3, at, 0.5f, 1u << SIGN_GROUPED | 1u << SIGN_CHECK);
}

/* ---- IBAN (ISO 13616) ---- */

static bool iban_example(const char *iban)
{
	static const char *const examples[] = { "GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606", "GB82WEST12345698765432",
	                                        "ES9121000418450200051332", "IT60X0542811101000000123456", "NL91ABNA0417164300", "BE68539007547034",
	                                        "CH9300762011623852957", "AT611904300234573201", "IE29AIBK93115212345678", "PT50000201231234567890154",
	                                        "SE4550000000058398257466", "NO9386011117947", "DK5000400440116243", "FI2112345600000785", "PL61109010140000071219812874" };
	for (size_t i = 0; i < LENGTH(examples); i++)
		if (strcmp(iban, examples[i]) == 0)
			return true;
	return false;
}

/* Reads an IBAN that begins at `from`, without spaces or in groups of four. Its end; 0: none. */
static size_t iban_end(struct str t, size_t from, char iban[36])
{
	size_t n = 0, at = from, want = 0;
	for (; at < t.n && n < 34; at++) {
		char c = t.p[at];
		if ((c == ' ' || c == '-') && n && n % 4 == 0 && n < (want ? want : 34) && at + 1 < t.n && joins(t.p[at + 1]))
			continue;
		if (!is_letter(c) && !is_digit(c))
			break;
		iban[n++] = upper(c);
		if (n == 2) {
			want = is_letter(iban[0]) && is_letter(iban[1]) ? iban_length[iban[0] - 'A'][iban[1] - 'A'] : 0;
			if (!want)
				return 0;
		}
		if (n == want) {
			at++;
			break;
		}
	}
	iban[n] = 0;
	if (!want || n != want || !ends_cleanly(t, at) || !is_digit(iban[2]) || !is_digit(iban[3]))
		return 0;
	/* the first four behind the rest, letters as two digits: 1 modulo 97 */
	unsigned rest = 0;
	for (size_t i = 0; i < n; i++) {
		char c = iban[(i + 4) % n];
		unsigned v = is_digit(c) ? (unsigned)(c - '0') : (unsigned)(c - 'A' + 10);
		rest = (rest * (v > 9 ? 100 : 10) + v) % 97;
	}
	return rest == 1 ? at : 0;
}

static bool iban_structure(const char *iban)
{
	for (size_t i = 0; i < LENGTH(ibans); i++) {
		if (ibans[i].country[0] != iban[0] || ibans[i].country[1] != iban[1])
			continue;
		for (size_t k = 0; ibans[i].shape[k]; k++) {
			bool d = is_digit(iban[4 + k]);
			if ((ibans[i].shape[k] == 'n' && !d) || (ibans[i].shape[k] == 'a' && d))
				return false;
		}
		return true;
	}
	return false;
}

static void iban_look(struct looking *l, size_t from)
{
	char iban[36];
	struct str t = l->v->text;
	if (from && joins(t.p[from - 1]))
		return;
	size_t to = iban_end(t, from, iban);
	if (to && iban_structure(iban)) {
		struct told told = told_of(l, from, to);
		bool example = iban_example(iban), capitals = t.p[from] < 'a' && t.p[from + 1] < 'a';
		found(l, HIT_IBAN, from, to, &told, SENSE(IBAN) | SENSE(ACCOUNT), example ? -8 : capitals ? 4 : -0.5f, 1u << SIGN_CHECK | (example ? 1u << SIGN_EXAMPLE : 0));
	}
	wipe(iban, sizeof iban);
}

/* ---- UK National Insurance number (HMRC NIM39110) ---- */

static bool nino_letters(char a, char b)
{
	a = upper(a);
	b = upper(b);
	if (strchr("DFIQUV", a) || strchr("DFIQUVO", b))
		return false;
	static const char bad[][3] = { "BG", "GB", "KN", "NK", "NT", "TN", "ZZ", "FY", "MW", "NC", "PP", "PZ", "CR" };
	for (size_t i = 0; i < LENGTH(bad); i++)
		if (a == bad[i][0] && b == bad[i][1])
			return false;
	return true;
}

/* Two letters, six digits (in pairs or not), a letter from A to D. `at` is where the letters begin. */
static void nino_look(struct looking *l, size_t at)
{
	struct str t = l->v->text;
	size_t i = at + 2, digits = 0;
	if (at + 9 > t.n || (at && joins(t.p[at - 1])) || !is_letter(t.p[at]) || !is_letter(t.p[at + 1]) || !nino_letters(t.p[at], t.p[at + 1]))
		return;
	char part = t.p[at + 4] == '-' || t.p[at + 5] == '-' ? '-' : ' ';
	bool spaced = i < t.n && t.p[i] == ' ';
	for (; digits < 6 && i < t.n; i++) {
		if (is_digit(t.p[i]))
			digits++;
		else if (t.p[i] != part || digits % 2)
			return;
	}
	i += i < t.n && t.p[i] == part && i + 1 < t.n && upper(t.p[i + 1]) >= 'A' && upper(t.p[i + 1]) <= 'D';
	if (digits < 6 || i >= t.n || upper(t.p[i]) < 'A' || upper(t.p[i]) > 'D' || !ends_cleanly(t, i + 1))
		return;
	struct told told = told_of(l, at, i + 1);
	uint32_t meant = SENSE(NINO) | SENSE(SSN);
	bool capitals = t.p[at] < 'a' && t.p[at + 1] < 'a' && t.p[i] < 'a';
	found(l, HIT_NINO, at, i + 1, &told, meant, spaced ? 1.0f : capitals ? -0.3f : -2, 1u << SIGN_GROUPED);
}

/* ---- dates of birth ---- */

static bool day_month(unsigned a, unsigned b) { return a >= 1 && b >= 1 && a <= 31 && b <= 31 && (a <= 12 || b <= 12); }

/* A date whose year is the four digits at `at`: year first or last. Its edges. */
static bool date_around(struct str t, size_t at, size_t *from, size_t *to)
{
	unsigned year = number(t, at, 4);
	if (year < 1900 || year > 2030)
		return false;
	size_t i = at + 4;
	if (i + 5 < t.n + 1 && i + 5 <= t.n && strchr("-/.", t.p[i]) && digits_at(t, i + 1, 2) && t.p[i + 3] == t.p[i] && digits_at(t, i + 4, 2)) {
		*from = at;
		*to = i + 6;
		return number(t, i + 1, 2) <= 12 && day_month(number(t, i + 1, 2), number(t, i + 4, 2)) && (!at || !joins(t.p[at - 1]));
	}
	if (at < 4 || !strchr("-/.", t.p[at - 1]))
		return false;
	size_t b = at - 1, n = 0;                        /* D?D/M?M/ in front */
	char sep = t.p[b];
	unsigned part[2] = { 0, 0 };
	for (; n < 2; n++) {
		size_t end = b;
		while (b && end - b < 2 && is_digit(t.p[b - 1]))
			b--;
		if (end == b)
			return false;
		part[n] = number(t, b, end - b);
		if (n == 0) {
			if (!b || t.p[b - 1] != sep)
				return false;
			b--;
		}
	}
	*from = b;
	*to = at + 4;
	return day_month(part[0], part[1]) && (!b || !joins(t.p[b - 1]));
}

/* A month's name, by its first three letters without accents: English, German, French, Spanish, Italian, Dutch, Portuguese, Scandinavian. */
static bool is_month(struct str word)
{
	static const char months[] = "jan feb mar apr may jun jul aug sep oct nov dec mrz mai okt dez fvr fev avr jui aot aou dce ene abr ago dic gen mag giu lug set ott maa mei maj des ";
	char low[4] = "";
	size_t n = 0;
	for (size_t i = 0; i < word.n && n < 3; i++)
		if (is_letter(word.p[i]))
			low[n++] = (char)(word.p[i] | 32);
	const char *found_at = n == 3 && word.n < 12 ? strstr(months, low) : NULL;
	return found_at && found_at[3] == ' ';
}

/* Digits, at most two, that end at *at, as a day of the month; *at is then where they begin. */
static bool day_before(struct str t, size_t *at)
{
	size_t end = *at;
	while (*at && end - *at < 2 && is_digit(t.p[*at - 1]))
		--*at;
	return *at < end && number(t, *at, end - *at) >= 1 && number(t, *at, end - *at) <= 31 && (!*at || !joins(t.p[*at - 1]));
}

/* "14 March 1979", "14-Mar-1979", "14. März 1979", "March 14, 1979": where the one begins whose year is at `at`; `at`: there is none. */
static size_t date_in_words(struct str t, size_t at)
{
	unsigned year = number(t, at, 4);
	size_t i = at - 1, end;
	if (at < 7 || year < 1900 || year > 2030)
		return at;
	i -= t.p[i - 1] == ',' || t.p[i - 1] == '.';
	end = i;
	if (is_digit(t.p[i - 1])) {                      /* the day in front of the year */
		if (!day_before(t, &i) || !i || t.p[i - 1] != ' ')
			return at;
		end = --i;
	}
	bool day_known = end + 1 < at && is_digit(t.p[end + 1]);
	while (i && end - i < 12 && (is_letter(t.p[i - 1]) || (unsigned char)t.p[i - 1] > 127))
		i--;
	if (!is_month((struct str){ t.p + i, end - i }))
		return at;
	if (day_known)
		return i;
	if (i < 2 || !strchr(" -", t.p[i - 1]))
		return at;
	i -= 1 + (t.p[i - 2] == '.');
	return day_before(t, &i) ? i : at;
}

/* Day and month and a year of two digits that ends at `end`, "3/14/79"; where it begins; `end`: there is none. */
static size_t short_date(struct str t, size_t end)
{
	size_t at = end - 3, month_end = at;
	char sep = t.p[at];
	if (end < 6 || !strchr("/.", sep) || !day_before(t, &at) || at < 2 || t.p[at - 1] != sep)
		return end;
	unsigned second = number(t, at, month_end - at);
	size_t first_end = --at;
	return day_before(t, &at) && day_month(number(t, at, first_end - at), second) && (!at || !strchr("/.", t.p[at - 1])) ? at : end;
}

/* The end of the line above, where a line begins at `at`; else `at`. */
static size_t line_above(struct str t, size_t at)
{
	at -= at && t.p[at - 1] == '\n';
	return at && t.p[at] == '\n' && t.p[at - 1] == '\r' ? at - 1 : at;
}

/* In front of a note on how a date is written: "Date of birth (MM/DD/YYYY): "; `at`: there is none. */
static size_t before_note(struct str t, size_t at)
{
	size_t i = at;
	while (i && is_one_of(t.p[i - 1], " :\t"))
		i--;
	const char *open = i > 1 && t.p[i - 1] == ')' ? memrchr(t.p + (i > 20 ? i - 20 : 0), '(', i < 20 ? i : 20) : NULL;
	return open ? (size_t)(open - t.p) : at;
}

/* A sentence ends between the word that says birth and `at`: "Happy birthday! Party on 03/14/2024". */
static bool sentence_ends(struct str t, size_t at)
{
	size_t low = at > 40 ? at - 40 : 0, i = at;
	while (i > low && t.p[i - 1] != '!' && !(t.p[i - 1] == '.' && i + 1 < at && t.p[i] == ' ' && t.p[i + 1] >= 'A' && t.p[i + 1] <= 'Z'))
		i--;
	if (i == low)
		return false;
	for (size_t k = i; k < at; k++)
		if (is_letter(t.p[k]) && !is_letter(t.p[k - 1]) && word_sense(word_at(t, k)) == SENSE_BIRTH)
			return false;
	return true;
}

/* An HTML table's cell begins at `at`. */
static bool cell_begins(struct str t, size_t at)
{
	const char *tag = at && t.p[at - 1] == '>' ? memrchr(t.p, '<', at) : NULL;
	return tag && at - (size_t)(tag - t.p) < 60 && (tag[1] | 32) == 't' && ((tag[2] | 32) == 'd' || (tag[2] | 32) == 'h');
}

/* `end` is behind the last digit of what may be a date. */
static void birth_look(struct looking *l, size_t end)
{
	struct str t = l->v->text;
	size_t from = end, to = end;
	if (end >= 4 && digits_at(t, end - 4, 4)) {
		if (!date_around(t, end - 4, &from, &to))
			from = date_in_words(t, end - 4);
		if (from == end - 4)
			return;
	} else if (end < 10 || !digits_at(t, end - 10, 4) || !date_around(t, end - 10, &from, &to)) {
		from = short_date(t, end);
	}
	if (from >= end || (to < t.n && is_digit(t.p[to])))
		return;
	bool stamp = to < t.n && (t.p[to] == 'T' || (t.p[to] == ' ' && digits_at(t, to + 1, 2) && to + 3 < t.n && t.p[to + 3] == ':'));
	bool initials = initials_end(t, from, "BOD"), line = from && t.p[from - 1] == '\n';
	if (!from || (line && (stamp || !label_may_end(t, line_above(t, from)))))
		return;
	if (!initials && !line && ((!label_may_end(t, before_note(t, from)) && !l->in_record && !cell_begins(t, from)) || !telling_near(l, from, SENSE(BIRTH))))
		return;
	struct told told = told_of(l, from, to);
	if (initials)
		told.senses |= SENSE(BIRTH);
	if ((stamp && !(told.place.senses & SENSE(BIRTH))) || (line && !(told.last & SENSE(BIRTH))) || (!told.heading && !initials && sentence_ends(t, from)))
		return;
	if (says(&told, SENSE(BIRTH)))
		found(l, HIT_BIRTH, from, to, &told, SENSE(BIRTH), -1.5f, 0);
}

/* 19790314, right behind its word. */
static void plain_date(struct looking *l, size_t from)
{
	struct str t = l->v->text;
	unsigned year = number(t, from, 4), month = number(t, from + 4, 2), day = number(t, from + 6, 2);
	if (year < 1900 || year > 2030 || month < 1 || month > 12 || day < 1 || day > 31 || !begins_cleanly(t, from) || !ends_cleanly(t, from + 8))
		return;
	if (!label_may_end(t, from) || !telling_near(l, from, SENSE(BIRTH)))
		return;
	struct told told = told_of(l, from, from + 8);
	if ((told.heading ? told.place.senses : told.last) & SENSE(BIRTH))
		found(l, HIT_BIRTH, from, from + 8, &told, SENSE(BIRTH), -1.5f, 0);
}

/* ---- passports, licences: a label in front ---- */

static void labelled_look(struct looking *l, size_t from, size_t to)
{
	struct str t = l->v->text;
	size_t begin = from - letters_before(t, from), end = to;
	while (end < t.n && (joins(t.p[end]) || (t.p[end] == '-' && end + 1 < t.n && is_digit(t.p[end + 1]))) && end - begin < 24)
		end++;
	while (begin && begin + 20 > from && (joins(t.p[begin - 1])))
		begin--;
	if (end - begin > 20 || (begin && joins(t.p[begin - 1])))
		return;
	if (end - begin < 6 || (begin && t.p[begin - 1] == '$') || number(t, from, 4) == 0 || !telling_near(l, from, SENSE(PASSPORT) | SENSE(LICENCE) | SENSE(PERMIT)))
		return;
	struct told told = told_of(l, begin, end);
	if (!told.heading && told.last & SENSE(OTHER))
		return;                                  /* "Passport photos: order 533380006" */
	if (says(&told, SENSE(PASSPORT)) && end - begin <= 12)
		found(l, HIT_PASSPORT, begin, end, &told, SENSE(PASSPORT), -2, 0);
	else if (says(&told, SENSE(LICENCE)))
		found(l, HIT_LICENCE, begin, end, &told, SENSE(LICENCE), -2, 0);
}

/* A British licence: five of the name (filled up with 9), six digits of the date of birth (a woman's month is 50 more), five more. Its digits
 * begin at `at`. */
static void british_licence(struct looking *l, size_t at)
{
	struct str t = l->v->text;
	if (at < 5 || t.n - at < 11 || (at > 5 && joins(t.p[at - 6])) || !is_letter(t.p[at - 5]) || !ends_cleanly(t, at + 11))
		return;
	unsigned month = number(t, at + 1, 2) % 50, day = number(t, at + 3, 2);
	for (size_t i = at - 4; i < at; i++)
		if (!is_letter(t.p[i]) && t.p[i] != '9')
			return;
	for (size_t i = at + 6; i < at + 11; i++)
		if (!is_letter(t.p[i]) && !is_digit(t.p[i]))
			return;
	if (month < 1 || month > 12 || day < 1 || day > 31 || !is_letter(t.p[at + 10]))
		return;
	struct told told = told_of(l, at - 5, at + 11);
	if (says(&told, SENSE(LICENCE)))
		found(l, HIT_LICENCE, at - 5, at + 11, &told, SENSE(LICENCE), -1, 0);
}

/* A licence as Florida writes it: a letter and 12 digits, F255-921-50-094-0. They end at `end`. */
static void florida_licence(struct looking *l, size_t end)
{
	struct str t = l->v->text;
	size_t begin = end - LICENCE_SIGNS;
	if (t.p[end - 2] != '-' || t.p[end - 6] != '-' || t.p[end - 9] != '-' || t.p[end - 13] != '-' || !is_letter(t.p[begin]))
		return;
	if (!digits_at(t, end - 5, 3) || !digits_at(t, end - 8, 2) || !digits_at(t, end - 12, 3) || !digits_at(t, end - 16, 3) || !ends_cleanly(t, end) || (begin && joins(t.p[begin - 1])))
		return;
	struct told told = told_of(l, begin, end);
	if (says(&told, SENSE(LICENCE)))
		found(l, HIT_LICENCE, begin, end, &told, SENSE(LICENCE), -1, 0);
}

/* Where what the label whose word begins at `at` names may begin: behind words that say nothing, marks, tags and the end of one line; t.n: nothing. */
static size_t behind_label(struct str t, size_t at)
{
	enum { LABEL_MAX = 64 };
	size_t i = at + word_at(t, at).n, end = t.n - i > LABEL_MAX ? i + LABEL_MAX : t.n;
	for (bool line = false; i < end;) {
		struct str word = word_at(t, i);
		size_t letters = 0;                      /* of "n°" one */
		while (letters < word.n && is_letter(word.p[letters]))
			letters++;
		if (is_digit(t.p[i]) || (letters && letters == word.n && i + word.n < t.n && is_digit(t.p[i + word.n])))
			return i;
		if (t.p[i] == '<') {
			const char *close = memchr(t.p + i, '>', end - i);
			if (!close)
				break;
			i = (size_t)(close - t.p) + 1;
		} else if (word.n) {
			enum sense sense = word_sense(word);
			if (letters > 2 && sense != SENSE_FILLER && !(SENSE_PASSPORT <= sense && sense <= SENSE_PERMIT))
				break;
			i += word.n;
		} else if (!is_one_of(t.p[i], " \t\r\n:=#./\"'()>-_\x1f") || (t.p[i] == '\n' && line)) {
			break;
		} else {
			line |= t.p[i++] == '\n';
		}
	}
	return t.n;
}

/* A day of birth as programs write it, with the time at which it begins somewhere: "1979-03-14T00:00:00Z", right behind the word that begins
 * at `at`. (Dates with a time in general say when something was written, and are not looked at.) */
static void birth_stamp(struct looking *l, size_t at)
{
	struct str t = l->v->text;
	size_t year = behind_label(t, at), from, to;
	if (t.n - year < 16 || !digits_at(t, year, 4) || !date_around(t, year, &from, &to) || from != year || t.p[to] != 'T')
		return;
	if (!digits_at(t, to + 1, 2) || t.p[to + 3] != ':' || t.p[to + 4] != '0' || t.p[to + 5] != '0')
		return;
	struct told told = told_of(l, from, to);
	if (!((told.heading ? told.place.senses : told.last) & SENSE(BIRTH)))
		return;
	l->s->stamps = true;
	found(l, HIT_BIRTH, from, to, &told, SENSE(BIRTH), -1.5f, 0);
}

/* Passports and licences have as many shapes as there are states: capitals and digits in any order, a licence with hyphens or spaces between
 * groups. One that stands right behind the word that begins at `at`. */
static void shape_look(struct looking *l, size_t at, uint32_t said)
{
	struct str t = l->v->text;
	size_t from = behind_label(t, at), to = from, digits = 0, all = 0, hyphens = 0;
	for (; to < t.n && to - from < 24; to++) {
		bool digit = is_digit(t.p[to]), part = is_one_of(t.p[to], " -") && to + 1 < t.n && is_digit(t.p[to + 1]);
		if (!digit && !(t.p[to] >= 'A' && t.p[to] <= 'Z') && !part)
			break;
		digits += digit;
		all += !part;
		hyphens += part;
	}
	bool fraction = t.n - to > 1 && t.p[to] == '.' && is_digit(t.p[to + 1]);       /* PostScript: DL 108 658.6 */
	if (all < 6 || digits < 2 || fraction || !begins_cleanly(t, from) || !ends_cleanly(t, to) || (hyphens && digits == 8 && all == 8) || (all == digits && !hyphens && all < 10 && label_may_end(t, from)))
		return;                                  /* dates; what an id is looked at for */
	struct told told = told_of(l, from, to);
	uint32_t meant = told.heading ? told.place.senses : told.last;
	if (word_at(t, at).n > 2 || t.p[at] == 'D')      /* "5 dl" */
		meant |= said & (SENSE(PASSPORT) | SENSE(LICENCE));
	told.senses |= meant;
	if (meant & SENSE(PASSPORT) && !hyphens && all >= 7 && all <= 9 + (all > digits))
		found(l, HIT_PASSPORT, from, to, &told, SENSE(PASSPORT), -2, 0);
	else if (meant & SENSE(LICENCE) && digits >= 4 && all <= 18)
		found(l, HIT_LICENCE, from, to, &told, SENSE(LICENCE), -2, 0);
}

void label_look(struct looking *l, size_t at, uint32_t senses)
{
	uint32_t said = telling_senses(l->v->text, at) & senses;
	if (said & (SENSE(PASSPORT) | SENSE(LICENCE) | SENSE(PERMIT)))
		shape_look(l, at, said);
	if (said & SENSE(BIRTH))
		birth_stamp(l, at);
}

/* A run of 6 to 9 digits, or one with a letter in front. */
static void id_look(struct looking *l, size_t from, size_t to)
{
	struct str t = l->v->text;
	size_t letters = letters_before(t, from);
	if (letters == 4 && to - from == 6)
		british_licence(l, from);
	if (!letters && to - from == 9)
		nine_look(l, from);
	if (!letters && to - from == 8)
		plain_date(l, from);
	if (letters <= 2 && label_may_end(t, from - letters))
		labelled_look(l, from, to);
}

void other_look(struct looking *l, size_t end, enum sift what)
{
	struct str t = l->v->text;
	switch (what) {
	case SIFT_324: ssn_grouped(l, end - 4); break;
	case SIFT_ROW: florida_licence(l, end); break;
	case SIFT_333: sin_grouped(l, end - 3); break;
	case SIFT_NINO: nino_look(l, end - (is_digit(t.p[end - 3]) ? 8 : is_letter(t.p[end - 9]) ? 10 : 11)); break;
	case SIFT_IBAN: iban_look(l, end - 13 - 3); break;
	case SIFT_DATE: birth_look(l, end); break;
	case SIFT_GLUED: end -= 9; id_look(l, end - digits_in_front(t, end), end + digits_from(t, end)); break;
	default: id_look(l, end - digits_in_front(t, end), end);         /* SIFT_ID */
	}
}

/* Card codes: three or four digits behind a label, in the neighbourhood of a number. */
void codes_near(struct looking *l, size_t from, size_t to)
{
	enum { AROUND = 240, LABEL_FAR = 16 };
	struct str t = l->v->text;
	size_t low = from > AROUND ? from - AROUND : 0, high = t.n - to > AROUND ? to + AROUND : t.n;
	if (!letters_may_be(t, low > LABEL_FAR ? low - LABEL_FAR : 0, high))
		return;
	for (size_t at = low; (at = digit_from(t, at, high)) < high;) {
		size_t end = at + digits_from(t, at);
		if ((end - at == 3 || end - at == 4) && (at < from || at >= to) && ends_cleanly(t, end) && begins_cleanly(t, at) && label_may_end(t, line_above(t, at))) {
			struct str label = label_before(t, at);
			if ((label.n ? heading_senses(label) : words_near(t, at, end).last) & SENSE(CODE)) {
				struct told told = { .place = place_of(l, at), .senses = SENSE(CODE) };
				found(l, HIT_CODE, at, end, &told, SENSE(CODE), 0, 0);
			}
		}
		at = end;
	}
}

void other_cell(struct looking *l, size_t from, size_t to, const struct place *p)
{
	struct str t = l->v->text;
	struct told told = { .place = *p, .senses = p->senses, .heading = true };
	size_t digits = 0, letters = 0, rest = 0;
	for (size_t i = from; i < to; i++) {
		digits += is_digit(t.p[i]);
		letters += is_letter(t.p[i]);
		rest += !is_digit(t.p[i]) && !is_letter(t.p[i]);
	}
	size_t n = to - from;
	if (p->senses & SENSE(MASKED))
		return;
	if (p->senses & SENSE(CODE) && !letters && !rest && (n == 3 || n == 4))
		found(l, HIT_CODE, from, to, &told, SENSE(CODE), 0, 0);
	else if (p->senses & (SENSE(SSN) | SENSE(ITIN)) && digits == 9 && n == 9)
		ssn_look(l, from, to, number(t, from, 3), number(t, from + 3, 2), number(t, from + 5, 4), 0, 0);
	else if (p->senses & SENSE(ROUTING) && digits == 9 && n == 9 && routing_valid(t, from)) {
		bool second = false;
		struct str account = account_near(l, from, to, &second);
		bank_found(l, from, &told, account, account.n ? 0 : -5);
	} else if (p->senses & SENSE(SIN) && digits == 9 && n == 9)
		nine_look(l, from);
	else if (p->senses & SENSE(NINO) && n >= 9)
		nino_look(l, from);
	else if (p->senses & SENSE(BIRTH) && digits >= 5 && n >= 6 && n <= 20)
		found(l, HIT_BIRTH, from, to, &told, SENSE(BIRTH), -1.5f, 0);
	else if (p->senses & SENSE(PASSPORT) && !(p->senses & SENSE(EXPIRY)) && digits >= 2 && n >= 7 && n <= 12 && !rest)
		found(l, HIT_PASSPORT, from, to, &told, SENSE(PASSPORT), -2, 0);
	else if (p->senses & SENSE(LICENCE) && digits >= 4 && n >= 6 && n <= 20)
		found(l, HIT_LICENCE, from, to, &told, SENSE(LICENCE), -2, 0);
}
