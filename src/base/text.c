/* text - views of text, kinds, errors, hash and chance. */
#define OPENSSL_SUPPRESS_DEPRECATED                      /* the newer calls take memory for each hash, which costs more than a short one itself */
#include "base.h"
#include "kinds.h"

#include <errno.h>
#include <glib.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>

struct str str_of(const char *zero_ended)
{
	return (struct str){ zero_ended ? zero_ended : "", zero_ended ? strlen(zero_ended) : 0 };
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq((struct str){ s.p, prefix.n }, prefix);
}

static bool white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Freed by the caller. */
static char *fold(struct str s)
{
	struct buf b = BUF(s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		if (!white(s.p[i]))
			buf_put(&b, (struct str){ s.p + i, 1 });
		else if (b.n && !white(b.p[b.n - 1]) && i + 1 < s.n)
			buf_put(&b, STR(" "));
	struct str plain = str_trim(buf_str(&b));
	char *whole = str_utf8(plain) ? g_utf8_normalize(plain.p, (gssize)plain.n, G_NORMALIZE_ALL_COMPOSE) : NULL, *folded = whole ? g_utf8_casefold(whole, -1) : g_strndup(plain.p, plain.n);
	g_free(whole);
	buf_free(&b);
	return folded;
}

struct str str_folded(struct arena *a, struct str s)
{
	char *folded = fold(s);
	struct str out = arena_str(a, str_of(folded));
	g_free(folded);
	return out;
}

bool str_same(struct str a, struct str b)
{
	char *x = fold(a), *y = fold(b);
	bool same = strcmp(x, y) == 0;
	g_free(x);
	g_free(y);
	return same;
}

struct str str_trim(struct str s)
{
	while (s.n && white(s.p[0]))
		s.p++, s.n--;
	while (s.n && white(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_split(struct str *rest, char separator)
{
	if (!rest->p)
		return STR("");
	const char *at = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
	struct str field = { rest->p, at ? (size_t)(at - rest->p) : rest->n };
	*rest = at ? (struct str){ at + 1, rest->n - field.n - 1 } : (struct str){ NULL, 0 };
	return field;
}

bool str_lists(struct str lines, struct str one)
{
	while (lines.p)
		if (str_eq(str_split(&lines, '\n'), one))
			return true;
	return false;
}

bool str_entry(struct str *text, struct str *word, struct str *rest)
{
	while (text->p) {
		struct str line = str_trim(str_split(text, '\n'));
		if (!line.n || *line.p == '#')
			continue;
		*word = str_split(&line, ' ');
		*rest = line.p ? str_trim(line) : STR("");
		return true;
	}
	return false;
}

bool str_i64(struct str s, int64_t *out)
{
	bool minus = s.n && s.p[0] == '-';
	int64_t v = 0;
	if (s.n == (size_t)minus)
		return false;
	for (size_t i = minus; i < s.n; i++) {
		int digit = s.p[i] - '0';
		if (digit < 0 || digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, digit, &v))          /* downwards, so that the least number fits */
			return false;
	}
	if (!minus && v == INT64_MIN)
		return false;
	*out = minus ? v : -v;
	return true;
}

struct str str_whole(struct str s, size_t max)
{
	size_t n = s.n <= max ? s.n : max;
	while (n && n < s.n && ((uint8_t)s.p[n] & 0xC0) == 0x80)
		n--;
	return (struct str){ s.p, n };
}

bool str_utf8(struct str s)
{
	const uint8_t *p = (const uint8_t *)s.p, *end = p + s.n;
	while (p < end) {
		if (*p < 0x80) {
			if (!*p++)
				return false;
			continue;
		}
		int more = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1;
		if (*p < 0xC2 || *p > 0xF4 || end - p <= more)
			return false;
		if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F) ||
		    (*p == 0xF0 && p[1] < 0x90) || (*p == 0xF4 && p[1] > 0x8F))
			return false;
		for (int i = 1; i <= more; i++)
			if ((p[i] & 0xC0) != 0x80)
				return false;
		p += more + 1;
	}
	return true;
}

static const char *const kind_names[KIND_COUNT] = {
#define X(upper, lower) #lower,
	KINDS_LIST(X)
#undef X
};

const char *kind_name(enum kind k)
{
	return kind_names[k];
}

bool kind_parse(struct str word, enum kind *kind)
{
	for (int k = 0; k < KIND_COUNT; k++)
		if (str_eq(word, str_of(kind_names[k]))) {
			*kind = (enum kind)k;
			return true;
		}
	return false;
}

bool kinds_parse(struct str text, char separator, kinds *out, struct str *bad)
{
	kinds set = 0;
	struct str rest = str_trim(text);
	while (rest.p && rest.n) {
		struct str word = str_trim(str_split(&rest, separator));
		enum kind k;
		if (!word.n)
			continue;
		if (!kind_parse(word, &k)) {
			*bad = word;
			return false;
		}
		set |= (kinds)1 << k;
	}
	*out = set;
	return true;
}

struct str kinds_text(struct arena *a, kinds set, const char *separator)
{
	struct buf b = BUF(4096);
	for (int k = 0; k < KIND_COUNT; k++)
		if (set >> k & 1)
			buf_printf(&b, "%s%s", b.n ? separator : "", kind_names[k]);
	struct str s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

bool err_set(struct err *e, enum fault code, const char *field, const char *fmt, ...)
{
	if (e->code)
		return false;
	e->code = code;
	snprintf(e->field, sizeof e->field, "%s", field ? field : "");
	va_list ap;
	va_start(ap, fmt);
	size_t n = (size_t)vsnprintf(e->say, sizeof e->say, fmt, ap), last = sizeof e->say - 1;
	va_end(ap);
	for (int back = 0; n > last && back < 3 && !str_utf8((struct str){ e->say, last }); back++)    /* no character cut in two */
		e->say[--last] = 0;
	return false;
}

bool err_errno(struct err *e, const char *what)
{
	return err_set(e, OUTSIDE, NULL, "%s: %s.", what, strerror(errno));
}

const char *fault_name(enum fault code)
{
	static const char *const names[] = {
		[OK] = "", [REFUSED] = "refused", [INVALID] = "invalid", [NOT_FOUND] = "not_found", [CONFLICT] = "conflict", [TOO_BIG] = "too_big",
		[LOCKED] = "locked", [OUTSIDE] = "outside", [TORN] = "torn",
	};
	return names[code];
}

void err_clear(struct err *e)
{
	*e = (struct err){ 0 };
}

/* OpenSSL's, which uses the processor's own instructions for it (SHA-NI): four to five times as fast as libsodium's. These calls keep their state where it is told, and take no memory. */
_Static_assert(sizeof(struct sha256) >= sizeof(SHA256_CTX), "struct sha256 holds OpenSSL's state");

void sha256_start(struct sha256 *h)
{
	SHA256_Init((void *)h->state);
}

void sha256_add(struct sha256 *h, struct str s)
{
	SHA256_Update((void *)h->state, s.p, s.n);
}

void sha256_end(struct sha256 *h, uint8_t out[32])
{
	SHA256_Final(out, (void *)h->state);
}

void sha256(struct str s, uint8_t out[32])
{
	SHA256_CTX h;                                    /* SHA256() would look for providers, in files */
	SHA256_Init(&h);
	SHA256_Update(&h, s.p, s.n);
	SHA256_Final(out, &h);
}

_Static_assert(sizeof(struct blake) >= sizeof(crypto_generichash_state), "struct blake holds libsodium's state");

void blake_start(struct blake *h)
{
	static bool ready;
	ready = ready || sodium_init() >= 0;             /* chooses the fast code for this processor */
	crypto_generichash_init((void *)h->state, NULL, 0, 32);
}

void blake_add(struct blake *h, struct str s)
{
	crypto_generichash_update((void *)h->state, (const uint8_t *)s.p, s.n);
}

void blake_end(struct blake *h, uint8_t out[32])
{
	crypto_generichash_final((void *)h->state, out, 32);
}

void keyed_hash(const uint8_t *key, size_t key_n, const char *use, struct str text, uint8_t out[32])
{
	crypto_generichash_state h;
	crypto_generichash_init(&h, key, key_n, 32);
	crypto_generichash_update(&h, (const uint8_t *)use, strlen(use) + 1);        /* with its 0: no use begins another */
	crypto_generichash_update(&h, (const uint8_t *)text.p, text.n);
	crypto_generichash_final(&h, out, 32);
}

uint64_t hash64(struct str s, const uint8_t key[16])
{
	uint64_t v;
	crypto_shorthash((unsigned char *)&v, (const uint8_t *)s.p, s.n, key);
	return v;
}

void random_bytes(void *p, size_t n)
{
	randombytes_buf(p, n);
}

void wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

bool secret_same(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

struct str hex(struct arena *a, const uint8_t *p, size_t n)
{
	char *to = arena_get(a, 2 * n + 1);
	sodium_bin2hex(to, 2 * n + 1, p, n);
	return (struct str){ to, 2 * n };
}

void buf_base64(struct buf *b, struct str bytes)
{
	size_t n = sodium_base64_ENCODED_LEN(bytes.n, sodium_base64_VARIANT_ORIGINAL);
	char *to = buf_space(b, n);
	if (!to)
		return;
	sodium_bin2base64(to, n, (const uint8_t *)bytes.p, bytes.n, sodium_base64_VARIANT_ORIGINAL);
	b->n--;                                          /* its 0 */
}

bool base64_read(struct str s, void *out, size_t max, size_t *n)
{
	const char *end;
	return sodium_base642bin(out, max, s.p, s.n, NULL, n, &end, sodium_base64_VARIANT_ORIGINAL) == 0 && end == s.p + s.n;
}

bool str_region(struct str s)
{
	/* the 50 states, the district and the territories that people live in (ISO 3166-2:US), and what the post takes for one of the armed forces abroad (USPS
	 * Publication 28, appendix B) */
	static const char states[] = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX "
	                             "UT VT VA WA WV WI WY PR GU VI AS MP AA AE AP";
	bool good = s.n >= 4 && s.n <= 6 && s.p[2] == '-';
	for (size_t i = 0; good && i < s.n; i++)
		good = i == 2 || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (i > 2 && s.p[i] >= '0' && s.p[i] <= '9');
	return good && (!str_starts(s, STR("US-")) || (s.n == 5 && memmem(states, sizeof states, s.p + 3, 2)));
}

bool str_phone(struct str s)
{
	size_t i = 0, figures = 0, more = 0;
	for (s = str_trim(s); i < s.n && s.p[i] && strchr("0123456789+()-./ ", s.p[i]); i++)
		figures += s.p[i] >= '0' && s.p[i] <= '9';
	if (figures < 7 || figures > 15)
		return false;
	if (i == s.n)
		return true;
	struct str rest = { s.p + i, s.n - i };
	size_t word = rest.n > 3 && str_eq_nocase((struct str){ rest.p, 3 }, STR("ext")) ? 3 : str_eq_nocase((struct str){ rest.p, 1 }, STR("x"));
	bool good = word > 0;
	for (i = word; i < rest.n && good; i++)
		more += rest.p[i] >= '0' && rest.p[i] <= '9', good = rest.p[i] && strchr("0123456789. ", rest.p[i]);
	return good && more >= 1 && more <= 8;
}

struct str str_dial(struct arena *a, struct str s)
{
	struct str dial = arena_str(a, s);
	char *p = (char *)(uintptr_t)dial.p;
	dial.n = 0;
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '+' && !dial.n))
			p[dial.n++] = s.p[i];
	return dial;
}

bool phone_fits(struct err *e, const char *field, struct str s)
{
	return str_phone(s) || err_set(e, INVALID, field, "\"" STR_FMT "\" is no phone number. Write it with its area code, like (202) 555-0100.", STR_ARG(str_whole(s, 60)));
}

/* The length of the well-formed character at the beginning, and what it is; 0: there is none. */
static size_t character(struct str s, uint32_t *c)
{
	unsigned char first = (unsigned char)s.p[0];
	size_t n = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
	if (!n || n > s.n || (n > 1 && !str_utf8((struct str){ s.p, n })))
		return 0;
	*c = n == 1 ? first : first & (0xFFu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		*c = *c << 6 | ((unsigned char)s.p[i] & 0x3F);
	return n;
}

struct str str_unparted(struct arena *a, struct str s)
{
	struct buf b = BUF(3 * s.n);
	for (size_t i = 0; i < s.n; i++)
		buf_put(&b, s.p[i] == ' ' ? STR("\u00A0") : s.p[i] == '-' ? STR("\u2011") : (struct str){ s.p + i, 1 });
	struct str out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* U+202A to U+202E and U+2066 to U+2069 (UAX 9) */
static bool turns(uint32_t c)
{
	return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

struct str str_straight(struct arena *a, struct str s)
{
	if (!memmem(s.p, s.n, "\xE2\x80", 2) && !memmem(s.p, s.n, "\xE2\x81", 2))
		return s;
	struct str out = arena_str(a, s);
	char *p = (char *)(uintptr_t)out.p;
	for (out.n = 0; s.n;) {
		uint32_t c = 0;
		size_t n = character(s, &c);
		n = n ? n : 1;
		if (!turns(c))
			memmove(p + out.n, s.p, n), out.n += n;
		s.p += n, s.n -= n;
	}
	return out;
}

void buf_shown(struct buf *b, struct str s)
{
	while (s.n) {
		uint32_t c = 0;
		size_t n = character(s, &c);
		/* C0, DEL, C1; line and paragraph separators; the marks that turn the direction of what follows (UAX 9) */
		bool drives = !n || c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || turns(c);
		n = n ? n : 1;
		buf_put(b, drives ? STR("\xEF\xBF\xBD") : (struct str){ s.p, n });
		s.p += n, s.n -= n;
	}
}

void buf_csv(struct buf *b, struct str s)
{
	bool quoted = s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' '), formula = s.n && strchr("=+-@\t\r'", s.p[0]);
	for (size_t i = 0; i < s.n && !quoted; i++)
		quoted = strchr(",\"\r\n", s.p[i]) != NULL;
	if (quoted)
		buf_byte(b, '"');
	if (formula)
		buf_byte(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_byte(b, '"');
		buf_byte(b, s.p[i]);
	}
	if (quoted)
		buf_byte(b, '"');
}

static const char *const markup[256] = { ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;" };

void buf_markup(struct buf *b, struct str s)
{
	size_t from = 0;
	for (size_t i = 0; i <= s.n; i++) {
		const char *as = i < s.n ? markup[(uint8_t)s.p[i]] : "";
		if (!as)
			continue;
		buf_put(b, (struct str){ s.p + from, i - from });
		buf_put(b, str_of(as));
		from = i + 1;
	}
}
