/* record - what is kept sealed of one customer, and what stands beside it to find them by: marks of names, blind keys, codes of regions. */
#include "import_int.h"
#include "ledger_import_sql.h"
#include "seal.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* ---- a customer's record: newest fact first ---- */

enum { RECORD_VERSION = 1 };

void record_write(struct buf *b, const struct record *r)
{
	buf_u8(b, RECORD_VERSION);
	buf_u8(b, (uint8_t)r->n);
	for (size_t i = 0; i < r->n; i++) {
		buf_u8(b, r->fact[i].tag);
		buf_u32(b, r->fact[i].import);
		buf_lstr(b, r->fact[i].value);
	}
}

bool record_parse(struct str plain, struct record *r)
{
	struct cursor c = cursor_of(plain);
	uint8_t version = cursor_u8(&c);
	r->n = cursor_u8(&c);
	if (version != RECORD_VERSION || r->n > FACTS_MAX)
		return false;
	for (size_t i = 0; i < r->n; i++) {
		r->fact[i].tag = cursor_u8(&c);
		r->fact[i].import = cursor_u32(&c);
		r->fact[i].value = cursor_lstr(&c);
	}
	return cursor_done(&c);
}

void record_add(struct record *r, enum fact_tag tag, int64_t import, struct str value)
{
	size_t at = 0, goes = r->n;
	/* what a person said stands before what files say, until a person says otherwise */
	for (size_t i = 0; import != BY_HAND && i < r->n; i++)
		if (r->fact[i].tag == tag && r->fact[i].import == BY_HAND)
			at = i + 1;
	if (r->n == FACTS_MAX) {                         /* the oldest that a file said goes; if there is none, the oldest */
		goes = r->n - 1;
		while (goes > at && r->fact[goes].import == BY_HAND)
			goes--;
		goes = goes < at || r->fact[goes].import == BY_HAND ? r->n - 1 : goes;
		at = at > goes ? goes : at;
	} else {
		r->n++;
	}
	memmove(&r->fact[at + 1], &r->fact[at], (goes - at) * sizeof r->fact[0]);
	r->fact[at].tag = (uint8_t)tag, r->fact[at].import = (uint32_t)import, r->fact[at].value = value;
}

size_t record_drop(struct record *r, enum fact_tag tag, int64_t import)
{
	size_t kept = 0, n = r->n;
	for (size_t i = 0; i < n; i++)
		if (r->fact[i].import != import || (tag && r->fact[i].tag != tag))
			r->fact[kept++] = r->fact[i];
	r->n = kept;
	return n - kept;
}

struct str address_pack(struct arena *a, const struct address *from)
{
	const struct str part[] = { from->line1, from->line2, from->city, from->region, from->postal_code, from->country };
	struct buf b = BUF(RECORD_MAX);
	for (size_t i = 0; i < LENGTH(part); i++)
		buf_lstr(&b, part[i]);
	struct str packed = arena_str(a, buf_str(&b));
	buf_free(&b);
	return packed;
}

bool record_read(struct arena *a, struct str plain, struct customer *c)
{
	struct record r;
	if (!record_parse(plain, &r))
		return false;
	c->name = ARENA_ARRAY(a, struct fact_of, r.n), c->email = ARENA_ARRAY(a, struct fact_of, r.n), c->phone = ARENA_ARRAY(a, struct fact_of, r.n);
	c->address = ARENA_ARRAY(a, struct address, r.n);
	c->names = c->emails = c->phones = c->addresses = 0;
	for (size_t i = 0; i < r.n; i++) {
		struct fact_of f = { r.fact[i].value, r.fact[i].import };
		if (r.fact[i].tag == FACT_NAME)
			c->name[c->names++] = f;
		else if (r.fact[i].tag == FACT_EMAIL)
			c->email[c->emails++] = f;
		else if (r.fact[i].tag == FACT_PHONE)
			c->phone[c->phones++] = f;
		else if (r.fact[i].tag == FACT_ADDRESS) {
			struct cursor v = cursor_of(f.value);
			struct address *to = &c->address[c->addresses++];
			to->line1 = cursor_lstr(&v), to->line2 = cursor_lstr(&v), to->city = cursor_lstr(&v), to->region = cursor_lstr(&v);
			to->postal_code = cursor_lstr(&v), to->country = cursor_lstr(&v), to->import = f.import;
		}
	}
	return true;
}

/* ---- names ---- */

static bool no_name_word(struct str w)
{
	static const char *const words[] = { "mr", "mrs", "ms", "miss", "dr", "prof" };
	for (size_t i = 0; i < LENGTH(words); i++)
		if (str_eq(w, str_of(words[i])))
			return true;
	return false;
}

/* The words of a name: case and diacritics folded, apostrophes dropped. */
size_t name_words(struct arena *a, struct str name, struct str *word)
{
	size_t folded_n = 0, n = 0;
	uint8_t *folded = u8_casefold((const uint8_t *)name.p, name.n, NULL, UNINORM_NFKD, NULL, &folded_n);
	if (!folded)
		return 0;
	struct buf b = BUF(1024);
	for (size_t at = 0; at <= folded_n && n < WORDS_MAX;) {
		ucs4_t c = ' ';
		int length = at < folded_n ? u8_mbtouc(&c, folded + at, folded_n - at) : 1;
		if (at < folded_n && (uc_is_general_category(c, UC_LETTER) || uc_is_general_category(c, UC_NUMBER))) {
			buf_put(&b, (struct str){ (const char *)folded + at, (size_t)length });
		} else if (at == folded_n || !(uc_is_general_category(c, UC_MARK) || c == '\'' || c == 0x2019)) {
			struct str w = buf_str(&b);
			/* a single letter counts only in front: "A. Lindqvist" may be another than "B. Lindqvist" */
			if (w.n && !no_name_word(w) && (w.n > 1 || !n))
				word[n++] = arena_str(a, w);
			buf_clear(&b);
		}
		at += (size_t)length;
	}
	buf_free(&b);
	free(folded);
	return n;
}

size_t marks_read(struct str bytes, struct marks *out)
{
	struct cursor c = cursor_of(bytes);
	size_t n = 0;
	while (c.p < c.end && n < NAMES_MAX) {
		out[n].n = cursor_u8(&c);
		for (size_t i = 0; i < out[n].n && i < WORDS_MAX; i++)
			out[n].word[i] = cursor_u16(&c);
		if (c.torn || out[n].n > WORDS_MAX)
			break;
		n++;
	}
	return n;
}

void marks_write(struct buf *b, const struct marks *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_u8(b, (uint8_t)m[i].n);
		for (size_t k = 0; k < m[i].n; k++)
			buf_u16(b, m[i].word[k]);
	}
}

/* ---- countries and regions ---- */

struct str home_country(struct op *op)
{
	struct str region = op_setting(op, "region");
	return region.n >= 2 ? arena_str(op->a, (struct str){ region.p, 2 }) : STR("US");
}

static struct str two_letters(struct arena *a, struct str s)
{
	char up[2];
	if (s.n != 2)
		return STR("");
	for (int i = 0; i < 2; i++) {
		up[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 32) : s.p[i];
		if (up[i] < 'A' || up[i] > 'Z')
			return STR("");
	}
	return arena_str(a, (struct str){ up, 2 });
}

struct str country_code(struct arena *a, struct str s)
{
	static const struct { const char *name, *code; } names[] = {
		{ "United States", "US" }, { "United States of America", "US" }, { "USA", "US" }, { "U.S.", "US" }, { "Canada", "CA" }, { "Mexico", "MX" },
		{ "United Kingdom", "GB" }, { "UK", "GB" }, { "Great Britain", "GB" }, { "Ireland", "IE" }, { "Australia", "AU" }, { "New Zealand", "NZ" },
		{ "Germany", "DE" }, { "France", "FR" }, { "Spain", "ES" }, { "Italy", "IT" }, { "Netherlands", "NL" },
	};
	for (size_t i = 0; i < LENGTH(names); i++)
		if (str_eq_nocase(s, str_of(names[i].name)))
			return str_of(names[i].code);
	return two_letters(a, s);
}

struct str region_code(struct arena *a, struct str country, struct str region)
{
	struct str state = two_letters(a, region);
	if (state.n)
		region = arena_say(a, STR_FMT "-" STR_FMT, STR_ARG(country), STR_ARG(state));
	return str_region(region) ? arena_str(a, region) : STR("");
}

/* ---- keeping one that was changed ---- */

static bool index_put_all(struct op *op, enum index_sort sort, uint32_t id, const struct str *plain, size_t n)
{
	uint64_t *key = ARENA_ARRAY(op->a, uint64_t, n + 1);
	if (!seal_index(op->seal, sort, plain, key, n, &op->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (plain[i].n && !sql_index_put(op, sort, (int64_t)key[i], id))
			return false;
	return true;
}

bool index_of(struct op *op, const struct customer *c)
{
	struct str *email = ARENA_ARRAY(op->a, struct str, c->emails + 1), *phone = ARENA_ARRAY(op->a, struct str, c->phones + 1);
	for (size_t i = 0; i < c->emails; i++)
		email[i] = email_plain(op->a, c->email[i].value);
	for (size_t i = 0; i < c->phones; i++)
		phone[i] = phone_plain(op->a, c->phone[i].value, c->country.n ? c->country : home_country(op));
	return index_put_all(op, INDEX_EMAIL, c->id.n, email, c->emails) && index_put_all(op, INDEX_PHONE, c->id.n, phone, c->phones);
}

bool index_drop(struct op *op, const struct bits *customers)
{
	struct sql_index_all q;
	struct entry { int64_t sort, key, customer; } *gone = NULL;
	size_t n = 0, cap = 0;
	bool good = sql_index_all(op, &q);
	while (good && sql_index_all_next(op, &q)) {
		if (!bits_has(customers, (size_t)q.customer))
			continue;
		if (n == cap)
			gone = mem_grow(gone, (cap = cap ? 2 * cap : 256) * sizeof *gone);
		gone[n++] = (struct entry){ q.sort, q.key, q.customer };
	}
	good = good && op->err.code == OK;
	for (size_t i = 0; good && i < n; i++)
		good = sql_index_drop(op, gone[i].sort, gone[i].key, gone[i].customer);
	free(gone);
	return good;
}

static bool marks_of(struct op *op, const struct customer *c, struct buf *out)
{
	struct marks m[NAMES_MAX];
	struct str word[WORDS_MAX];
	uint64_t key[WORDS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < c->names && n < NAMES_MAX; i++) {
		m[n].n = name_words(op->a, c->name[i].value, word);
		if (!m[n].n)
			continue;
		if (!seal_index(op->seal, INDEX_NAME, word, key, m[n].n, &op->err))
			return false;
		for (size_t k = 0; k < m[n].n; k++)
			m[n].word[k] = (uint16_t)key[k];
		n++;
	}
	marks_write(out, m, n);
	return true;
}

bool record_keep(struct op *op, const struct customer *of, const struct record *r)
{
	struct buf plain = BUF(RECORD_MAX), marks = BUF(4096);
	struct customer c = *of;
	struct place place = { "customer", "sealed", op->business, of->id.n };
	struct str text, sealed = STR("");
	record_write(&plain, r);
	text = arena_str(op->a, buf_str(&plain));
	bool good = (!plain.full || err_set(&op->err, TOO_BIG, NULL, "A customer's record has grown too long.")) && record_read(op->a, text, &c) &&
	            marks_of(op, &c, &marks) && index_of(op, &c) && (!r->n || seal_wrap(op->seal, &place, &text, &sealed, 1, op->a, &op->err));
	unsigned ways = (c.emails ? WAY_EMAIL : 0) | (c.phones ? WAY_PHONE : 0) | (c.addresses ? WAY_POSTAL : 0);
	good = good && sql_customer_change(op, c.id.n, c.region, c.country, c.language, ways, buf_str(&marks), sealed);
	buf_free(&plain);
	buf_free(&marks);
	return good;
}
