/* What the words around a number say it is. The list is data: data/find-words.csv. */
#include "words.h"
#include "eight.h"

#include <limits.h>

#include "find_words.h"

#define BEFORE 64
#define BEHIND 48
#define WORD_MAX 31

static bool is_word(char c) { return is_letter(c) || (unsigned char)c > 127; }

/* The letters of a text (and digits behind them) in lower case, without accents and whatever else: at most WORD_MAX. Returns how many. */
static size_t letters_of(struct str t, bool digits_too, char *out)
{
	static const char latin1[] = "aaaaaaaceeeeiiiidnoooooxouuuuypsaaaaaaaceeeeiiiidnoooooxouuuuypy";       /* from U+00C0 */
	size_t n = 0;
	for (size_t i = 0; i < t.n && n < WORD_MAX; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if (is_letter((char)c))
			out[n++] = (char)(c | 32);
		else if (c == 0xEF && i + 2 < t.n && (unsigned char)t.p[i + 1] == 0xBB && (unsigned char)t.p[i + 2] == 0xBF)
			i += 2;                          /* a file's first character, when it says that the file is UTF-8 */
		else if (digits_too && is_digit((char)c))
			out[n++] = (char)c;
		else if (c == 0xC3 && i + 1 < t.n && (t.p[i + 1] & 0xC0) == 0x80)
			out[n++] = latin1[t.p[++i] & 0x3F];
		else if (c >= 0xC0)
			out[n++] = latin1[c - 0xC0];
	}
	out[n] = 0;
	return n;
}

/* The same as in tools/mkwords.py. */
static unsigned hash(const char *p, size_t n)
{
	unsigned h = (unsigned)n;
	for (size_t i = 0; i < n; i++)
		h = h * 31 + (unsigned char)p[i];
	return (h ^ h >> 11) & (LENGTH(slots) - 1);
}

static enum sense plain_word_sense(const char *low, size_t n)
{
	for (unsigned at = hash(low, n); slots[at].word; at = (at + 1) & (LENGTH(slots) - 1))
		if (strcmp(slots[at].word, low) == 0)
			return slots[at].sense;
	return SENSE_NONE;
}

/* Of words written together, "Kreditkartennummer". */
static uint32_t part_senses(const char *low, size_t n)
{
	uint32_t senses = 0;
	for (size_t at = 0; at + 4 <= n; at++) {
		unsigned first = (unsigned)(low[at] - 'a'), second = (unsigned)(low[at + 1] - 'a');
		if (!(part_begins[first].second >> second & 1))
			continue;
		for (size_t i = part_first[first]; i < part_first[first + 1]; i++) {
			const char *a = low + at, *b = parts[i].word;
			while (*b && *a == *b)
				a++, b++;
			if (!*b)
				senses |= 1u << parts[i].sense;
		}
	}
	return senses;
}

enum sense word_sense(struct str word)
{
	char low[WORD_MAX + 1];
	if (!word.n || word.n > 2 * WORD_MAX)
		return SENSE_NONE;
	size_t n = letters_of(word, true, low);
	enum sense sense = plain_word_sense(low, n);
	if (sense != SENSE_NONE || n < 9 || is_digit(low[n - 1]))
		return sense;
	uint32_t senses = part_senses(low, n);
	return senses ? (enum sense)__builtin_ctz(senses) : SENSE_NONE;
}

/* The next word of a heading; camelCase is several, and what that parts wrongly ("SSNs") is looked at as a whole too. */
static struct str heading_word(struct str h, size_t *at)
{
	while (*at < h.n && (!is_word(h.p[*at]) || (*at && is_digit(h.p[*at - 1]))))
		++*at;
	size_t from = *at;
	while (*at < h.n && is_word(h.p[*at])) {
		bool hump = *at > from && h.p[*at] >= 'A' && h.p[*at] <= 'Z' && !(h.p[*at - 1] >= 'A' && h.p[*at - 1] <= 'Z');
		if (hump)
			break;
		++*at;
	}
	return (struct str){ h.p + from, *at - from };
}

uint32_t heading_senses(struct str h)
{
	uint32_t senses = 0;
	struct str word;
	char low[WORD_MAX + 1];
	if (h.n > 200)
		h.n = 200;
	for (size_t at = 0; (word = heading_word(h, &at)).n;)
		senses |= 1u << word_sense(word);
	for (size_t at = 0; at < h.n; at++)
		if (is_word(h.p[at]) && (!at || !joins(h.p[at - 1]) || h.p[at - 1] == '_')) {
			word = word_at(h, at);
			/* "last4" and the like: letters and the digits behind them */
			size_t end = at + word.n;
			while (end < h.n && is_digit(h.p[end]))
				end++;
			senses |= 1u << word_sense(word) | 1u << word_sense((struct str){ h.p + at, end - at });
		}
	senses |= part_senses(low, letters_of(h, false, low));
	if (senses & SENSE(OTHER_CARD))
		senses = (senses & ~(SENSE(CARD) | SENSE(OTHER_CARD))) | SENSE(OTHER);
	if (senses & (SENSE(SIN) | SENSE(NINO)))
		senses &= ~SENSE(SSN);                   /* "social insurance" is Canada's */
	return senses & ~(SENSE(NONE) | SENSE(FILLER) | SENSE(PERMIT));
}

/* The word stands at p, or the part whose letters may be apart; or it is not sure, for there is an accent. */
static bool is_telling(const char *p, const char *end, const char *word, bool whole)
{
	for (unsigned apart = 0; *word && p < end && (*p | 32) == *word; word++)
		for (p++; *word && p < end && !is_letter(*p) && !whole && apart < 8; p++)
			apart++;
	return (unsigned char)*p > 127 || (!*word && !(whole && is_letter(*p) && *p >= 'a'));
}

static bool begins_telling(struct str t, size_t at)
{
	const unsigned char *p = (const unsigned char *)t.p + at;
	unsigned first = (p[0] | 32u) - 'a';
	if (first >= 26)
		return true;                             /* an accent */
	uint32_t four = (p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24) | 0x20202020;
	for (unsigned i = stem_first[first]; i < stem_first[first + 1]; i++)
		for (unsigned k = stem[i].from; (four & stem[i].mask) == stem[i].letters && k < stem[i].to; k++)
			if (is_telling(t.p + at, t.p + t.n, telling[k].word, telling[k].whole))
				return true;
	return false;
}

/* Letters with a digit on either side stand in a hash or an id, and are no word that tells: "5aba7". */
static bool is_between_digits(struct str t, size_t at, size_t n)
{
	return at && is_digit(t.p[at - 1]) && at + n < t.n && is_digit(t.p[at + n]);
}

uint32_t telling_senses(struct str t, size_t at)
{
	char low[WORD_MAX + 1];
	if (!begins_telling(t, at) || is_between_digits(t, at, word_at(t, at).n))
		return 0;
	for (size_t accent = at; (unsigned char)t.p[accent] > 127 && at && accent - at < WORD_MAX && is_word(t.p[at - 1]);)
		at--;
	struct str word = word_at(t, at), rest = { t.p + at, t.n - at < 64 ? t.n - at : 64 };
	size_t begin = 0;
	bool hump = at && is_letter(t.p[at]) && t.p[at] < 'a' && !(t.p[at - 1] >= 'A' && t.p[at - 1] <= 'Z');
	uint32_t senses = !at || !is_word(t.p[at - 1]) || hump ? 1u << word_sense(word) | 1u << word_sense(heading_word(word, &begin)) : 0;
	return (senses | part_senses(low, letters_of(rest, false, low))) & TELLING;
}

/* Where the word or key that ends at `to` begins. */
static size_t key_begin(struct str t, size_t to)
{
	size_t at = to;
	while (at && to - at < 48 && (is_word(t.p[at - 1]) || is_digit(t.p[at - 1]) || t.p[at - 1] == '_' || t.p[at - 1] == '-' || t.p[at - 1] == '.'))
		at--;
	return at;
}

static inline __attribute__((always_inline)) size_t back_over(struct str t, size_t at, const char *set)
{
	while (at && is_one_of(t.p[at - 1], set))
		at--;
	return at;
}

/* Of `<input name="..." ... value="` the name; `at` is behind it in the same tag. */
static struct str field_name(struct str t, size_t at)
{
	for (size_t i = at; i > 6 && at - i < 100 && t.p[i - 1] != '<' && t.p[i - 1] != '\n'; i--)
		if (t.p[i - 1] == '=' && (t.p[i] == '"' || t.p[i] == '\'') && (str_starts((struct str){ t.p + i - 5, 4 }, STR("name")) || str_starts((struct str){ t.p + i - 3, 2 }, STR("id")))) {
			const char *end = memchr(t.p + i + 1, t.p[i], at - i - 1);
			return end ? (struct str){ t.p + i + 1, (size_t)(end - t.p) - i - 1 } : (struct str){ 0 };
		}
	return (struct str){ 0 };
}

/* `"orders": [17, "4510...", ` ends at `at`: behind its bracket; `at`: there is none near. */
static size_t array_begin(struct str t, size_t at)
{
	size_t i = at;
	while (i && at - i < 400 && (is_digit(t.p[i - 1]) || is_letter(t.p[i - 1]) || strchr(", \t\r\n\"-.", t.p[i - 1])))
		i--;
	size_t key = i && t.p[i - 1] == '[' ? back_over(t, i - 1, " \t") : 0;
	return key > 1 && t.p[key - 1] == ':' && strchr("\"' ", t.p[key - 2]) ? i : at;
}

struct str label_before(struct str t, size_t at)
{
	size_t i = back_over(t, at, " \t\"'\\");
	if (i && t.p[i - 1] == '>' && !(i > 1 && t.p[i - 2] == '=')) {       /* a tag, and no "=>" of PHP, Perl or Ruby */
		size_t end = i - 1, from = end;
		while (from && end - from < 120 && t.p[from - 1] != '<' && t.p[from - 1] != '\n')
			from--;
		if (!from || t.p[from - 1] != '<')
			return (struct str){ 0 };
		const char *space = memchr(t.p + from, ':', end - from);            /* of a name space: "pay:number" */
		const char *word_end = memchr(t.p + from, ' ', end - from);
		if (space && (!word_end || space < word_end))
			from = (size_t)(space - t.p) + 1;
		size_t n = 0;
		while (from + n < end && (joins(t.p[from + n]) || t.p[from + n] == '-' || t.p[from + n] == ':' || t.p[from + n] == '.'))
			n++;
		return (struct str){ t.p + from, n };
	}
	if (i && t.p[i - 1] == ',')
		i = array_begin(t, i);
	i = back_over(t, i, "[(");
	i = back_over(t, i, " \t");
	if (!i || (t.p[i - 1] && !is_one_of(t.p[i - 1], ":=#>")))
		return (struct str){ 0 };
	bool several = t.p[i - 1] != '=';
	i = back_over(t, i - 1, ":=#> \t");
	if (i && (t.p[i - 1] == '"' || t.p[i - 1] == '\'')) {       /* a quoted key */
		char quote = t.p[i - 1];
		size_t from = i - 1;
		while (from && i - from < 64 && t.p[from - 1] != quote && t.p[from - 1] != '\n')
			from--;
		size_t end = back_over(t, i - 1, "\\");            /* JSON inside of JSON */
		return from && t.p[from - 1] == quote && end > from ? (struct str){ t.p + from, end - from } : (struct str){ 0 };
	}
	size_t from = key_begin(t, i);
	if (str_eq_nocase((struct str){ t.p + from, i - from }, STR("value")))
		return field_name(t, from);
	/* a label of several words: "Card number: " */
	for (int more = 0; several && more < 3 && from > 1 && t.p[from - 1] == ' ' && (is_word(t.p[from - 2]) || is_digit(t.p[from - 2])); more++)
		from = key_begin(t, from - 1);
	return (struct str){ t.p + from, i - from };
}

bool label_is_markup(struct str label)
{
	static const struct str tags[] = { STR("a"), STR("b"), STR("br"), STR("code"), STR("dd"), STR("div"), STR("dt"), STR("em"), STR("font"), STR("h1"), STR("h2"), STR("h3"), STR("i"),
	                                   STR("label"), STR("li"), STR("p"), STR("pre"), STR("small"), STR("span"), STR("strong"), STR("td"), STR("th"), STR("tt"), STR("u") };
	for (size_t i = 0; i < LENGTH(tags) && label.n; i++)
		if (str_eq_nocase(label, tags[i]))
			return true;
	return false;
}

struct str label_before_tags(struct str t, size_t at)
{
	enum { FAR = 200, LABEL_MAX = 40 };
	size_t low = at > FAR ? at - FAR : 0, to = at;
	for (;;) {                                       /* back over tags and what parts them */
		to = back_over(t, to, " \t\r\n:\"'");
		if (to <= low || t.p[to - 1] != '>')
			break;
		while (to > low && t.p[to - 1] != '<')
			to--;
		to -= to > low;
	}
	size_t from = to;
	for (; from > low && t.p[from - 1] != '>' && t.p[from - 1] != '\n'; from--)
		if (is_digit(t.p[from - 1]) || to - from == LABEL_MAX)
			return (struct str){ 0 };
	return str_trim((struct str){ t.p + from, to - from });
}

static bool is_cell_end(char c) { return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\x1f'; }

/* What a word means together with the one in front of it and the one behind: "driver's license", "carte cadeau". */
static uint32_t phrase_senses(struct str t, size_t at, size_t end)
{
	char low[WORD_MAX + 1];
	size_t from = at, to = end;
	while (from && at - from < 3 && (t.p[from - 1] == ' ' || t.p[from - 1] == '-' || t.p[from - 1] == '_'))
		from--;
	while (from && at - from < 16 && (is_word(t.p[from - 1]) || t.p[from - 1] == '\''))
		from--;
	while (to < t.n && to - end < 3 && (t.p[to] == ' ' || t.p[to] == '-' || t.p[to] == '_'))
		to++;
	while (to < t.n && to - end < 16 && is_word(t.p[to]))
		to++;
	return part_senses(low, letters_of((struct str){ t.p + from, to - from }, false, low));
}

static void take(struct near *n, struct str t, size_t at, unsigned far, bool same_cell)
{
	struct str word = word_at(t, at);
	enum sense sense = word_sense(word);
	/* "social security", "social insurance", "national insurance", "security code" */
	struct str next = { t.p + at + word.n, t.n - at - word.n };
	if (next.n > 4 && !is_word(next.p[0])) {
		bool insurance = str_eq_nocase((struct str){ next.p + 1, 3 }, STR("ins"));
		if (insurance && sense == SENSE_SSN)
			sense = SENSE_SIN;
		else if (insurance && word.n == 8 && sense == SENSE_FILLER)
			sense = SENSE_NINO;
		else if (str_eq_nocase(word, STR("security")) && str_eq_nocase((struct str){ next.p + 1, 4 }, STR("code")))
			sense = SENSE_CODE;
	}
	if (sense == SENSE_CARD && phrase_senses(t, at, at + word.n) & SENSE(OTHER_CARD))
		sense = SENSE_OTHER;
	else if (sense == SENSE_PERMIT)
		sense = phrase_senses(t, at, at + word.n) & SENSE(LICENCE) ? SENSE_LICENCE : SENSE_NONE;
	if (1u << sense & TELLING && is_between_digits(t, at, word.n))
		return;
	/* two letters are a word of ours only as a label ("SS#", "NI number"), so is a sin, or a sine */
	bool weak = (word.n == 2 && !str_eq_nocase(word, STR("cc"))) || (sense == SENSE_SIN && word.n == 3 && word.p[0] >= 'a');
	if (sense == SENSE_NONE || sense == SENSE_FILLER || (weak && !(next.n > 1 && (strchr("#:.=", next.p[0]) || (next.p[0] == ' ' && (next.p[1] | 32) == 'n')))))
		return;
	if (sense == SENSE_CARD || sense == SENSE_EXPIRY || sense == SENSE_CODE)
		n->card = far < n->card ? far : n->card;
	if (sense == SENSE_OTHER || sense == SENSE_MASKED) {
		if (!same_cell)
			return;
		n->other = far < n->other ? far : n->other;
	}
	n->senses |= 1u << sense;
	if (!n->last)
		n->last = 1u << sense;
}

/* Of what detect_mask wrote nothing is evidence: "[card ending 1111]". */
static bool our_mask_around(struct str t, size_t at)
{
	size_t open = at;
	while (open && at - open < 12 && t.p[open - 1] != '[' && t.p[open - 1] != ']')
		open--;
	return open && t.p[open - 1] == '[' && str_starts((struct str){ t.p + open, t.n - open }, STR("card "));
}

/* The line that ends at `at` is short and has no number of its own: it may name what stands below. */
static bool is_label_line(struct str t, size_t at)
{
	for (size_t i = at; i && t.p[i - 1] != '\n'; i--)
		if (is_digit(t.p[i - 1]) || at - i > 40)
			return false;
	return true;
}

struct near words_near(struct str t, size_t from, size_t to)
{
	struct near n = { .card = UINT_MAX, .other = UINT_MAX };
	size_t low = from > BEFORE ? from - BEFORE : 0, high = t.n - to > BEHIND ? to + BEHIND : t.n;
	if (!letters_may_be(t, low, from) && !letters_may_be(t, to, high))
		return n;
	bool same_cell = true, letters = false;
	for (size_t at = from; at > low; at--) {
		char c = t.p[at - 1];
		if (c == '\n' && (letters || !is_label_line(t, at - 1)))
			break;
		if (is_cell_end(c))
			same_cell = false;
		bool begins = is_word(c) && (at == 1 || !is_word(t.p[at - 2]));
		if (begins && !our_mask_around(t, at - 1))
			take(&n, t, at - 1, (unsigned)(from - at), same_cell);
		letters |= is_word(c);
	}
	/* Behind: what stands there is no label of this one, but it may be a companion's, on the next line too */
	bool next_line = false;
	for (size_t at = to; at < high; at++) {
		if (t.p[at] == '\n') {
			if (next_line || at - to > 24)
				break;
			next_line = true;
		}
		if (is_word(t.p[at]) && !is_word(t.p[at - 1]) && !our_mask_around(t, at)) {
			enum sense sense = word_sense(word_at(t, at));
			if (sense == SENSE_EXPIRY || sense == SENSE_CODE || (sense == SENSE_CARD && !next_line))
				take(&n, t, at, (unsigned)(at - to) + 8, false);
		}
	}
	return n;
}

/* ---- words glued to a number ---- */

/* The word that ends in front of `at`, over one "_", and over a filler: "card_number_". */
static enum sense glued_in_front(struct str t, size_t at)
{
	size_t end = at - (t.p[at - 1] == '_'), from = end;
	while (from && is_letter(t.p[from - 1]))
		from--;
	enum sense sense = word_sense((struct str){ t.p + from, end - from });
	if (sense != SENSE_FILLER || end == at || !from || t.p[from - 1] != '_')
		return sense;
	for (end = --from; from && is_letter(t.p[from - 1]);)
		from--;
	return word_sense((struct str){ t.p + from, end - from });
}

bool stands_alone(struct str t, size_t from, size_t to)
{
	/* a whole number of C, Java or JavaScript: 4539...L, ...ULL, ...n */
	if (to < t.n && is_letter(t.p[to])) {
		size_t end = to;
		while (end < t.n && end - to < 3 && is_one_of(t.p[end], "uUlLn"))
			end++;
		if (end > to && ends_cleanly(t, end))
			to = end;
	}
	bool begins = begins_cleanly(t, from), said = false;
	if (!begins && (is_letter(t.p[from - 1]) || t.p[from - 1] == '_'))
		begins = said = glued_in_front(t, from) == SENSE_CARD;
	if (ends_cleanly(t, to))
		return begins;
	if (begins && !said && is_letter(t.p[to]))       /* "Card#:4539...Exp:" */
		said = heading_senses(label_before(t, from)) & SENSE(CARD);
	bool line = t.p[to] == '_';
	if ((!line && !said) || (!begins && t.p[from - 1] != '_'))
		return false;
	enum sense behind = word_sense(word_at(t, to + line));
	return behind == SENSE_CARD || (said && (behind == SENSE_EXPIRY || behind == SENSE_CODE));
}
