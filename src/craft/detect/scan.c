/* The scanner: takes text in blocks or pieces, finds what looks like a card number, and knows the place of each. */
#include "scan_int.h"

#include <stdlib.h>

/* ---- opening ---- */

struct scanner *scanner_open(const uint8_t key[16])
{
	struct scanner *s = mem_zero(1, sizeof *s);
	memcpy(s->key, key, sizeof s->key);
	s->buffer = mem_zero(1, BACK + BLOCK + PAD);
	s->group = mem_zero(GROUPS_MAX, sizeof *s->group);
	s->names = BUF(NAMES_MAX);
	s->fold = fold_open();
	s->run = mem_zero(RUNS_AT_ONCE, sizeof *s->run);
	s->alike = mem_zero(ALIKE_MAX, sizeof *s->alike);
	s->words = arena_open();
	s->table.words = arena_open();
	return s;
}

void scanner_close(struct scanner *s)
{
	if (!s)
		return;
	wipe(s->buffer, BACK + BLOCK);
	if (s->record)
		wipe(s->record, RECORD_MAX);
	free(s->buffer);
	free(s->record);
	free(s->cell);
	free(s->run);
	free(s->alike);
	free(s->spot);
	free(s->group);
	buf_free(&s->names);
	fold_close(s->fold);
	arena_close(s->words);
	arena_close(s->table.words);
	free(s);
}

void scanner_begin(struct scanner *s, void (*found)(void *, const struct finding *), void *to)
{
	s->found = found;
	s->to = to;
	s->kept = s->filled = s->from = s->counted = s->record_n = s->cells = s->tail_n = s->spots = s->told = 0;
	s->base = s->lines = s->line_start = s->record_id = 0;
	s->until = UINT64_MAX;
	s->begun = false;
	s->records = 0;
	s->table.delimiter = 0;
	arena_reset(s->table.words);
	arena_reset(s->words);
	if (s->groups)
		memset(s->group, 0, GROUPS_MAX * sizeof *s->group);
	s->groups = 0;
	buf_clear(&s->names);
}

/* ---- names of places, each once where it is asked for again at once ---- */

uint32_t name_put(struct scanner *s, struct str name)
{
	if (!name.n)
		return 0;
	if (name.n > 400)
		name.n = 400;
	if (!s->names.n)
		buf_u32(&s->names, 0);                   /* so that no name is at 0 */
	size_t at = s->names.n;
	if (at + name.n + 4 > NAMES_MAX)
		return 0;
	buf_lstr(&s->names, name);
	return (uint32_t)at;
}

struct str name_of(const struct scanner *s, uint32_t name)
{
	if (!name)
		return (struct str){ "", 0 };
	struct cursor c = cursor_of((struct str){ s->names.p + name, s->names.n - name });
	return cursor_lstr(&c);
}

/* ---- groups: what stands in one place of many records ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

static uint64_t mix_text(uint64_t h, struct str t)
{
	for (size_t i = 0; i < t.n; i++)
		h = mix(h, (unsigned char)t.p[i]);
	return h;
}

static uint32_t group_of(struct scanner *s, uint64_t id)
{
	id |= 1;                                         /* 0 is an empty slot */
	size_t at = 1 + (size_t)(id >> 32) % (GROUPS_MAX - 1);
	for (size_t tries = 0; tries < 64; tries++, at = at % (GROUPS_MAX - 1) + 1) {
		if (s->group[at].id == id)
			return (uint32_t)at;
		if (!s->group[at].id) {
			if (s->groups > GROUPS_MAX * 3 / 4)
				return 0;
			s->groups++;
			s->group[at].id = id;
			return (uint32_t)at;
		}
	}
	return 0;
}

/* Equal numbers say nothing new: the last few are known. */
void group_count(struct scanner *s, uint32_t group, uint64_t same, bool passes)
{
	struct group *g = &s->group[group];
	if (!group)
		return;
	for (size_t i = 0; i < LENGTH(g->seen); i++)
		if (g->seen[i] == same)
			return;
	g->seen[g->alike++ % LENGTH(g->seen)] = same;
	g->passing += passes;
}

uint64_t fingerprint(const struct scanner *s, enum hit_sort sort, const unsigned char *digit, size_t n)
{
	unsigned char text[40] = { (unsigned char)sort };
	n = n < sizeof text - 1 ? n : sizeof text - 1;
	memcpy(text + 1, digit, n);
	uint64_t same = hash64((struct str){ (const char *)text, n + 1 }, s->key);
	wipe(text, sizeof text);
	return same;
}

/* The same few headings come again and again. */
uint32_t senses_of(struct scanner *s, struct str heading)
{
	if (!heading.n)
		return 0;
	uint64_t id = mix_text(13, heading);
	size_t at = id % LENGTH(s->known);
	if (s->known[at].id != id) {
		s->known[at].id = id;
		s->known[at].senses = heading_senses(heading);
	}
	return s->known[at].senses;
}

/* ---- where something is ---- */

static size_t source_at(const struct looking *l, size_t at)
{
	if (!l->v->map)
		return at;
	return at < l->v->text.n ? l->v->map[at] : l->v->map[l->v->text.n - 1] + 1;
}

/* The block that the view is of. */
static struct str block_of(const struct looking *l)
{
	const struct scanner *s = l->s;
	return l->in_record ? (struct str){ s->record, s->record_n } : (struct str){ s->buffer, s->filled };
}

static void line_around(struct looking *l, struct str t, size_t at)
{
	if (at >= l->line_from && at < l->line_to)
		return;
	const char *p = at ? memrchr(t.p, '\n', at) : NULL;
	l->line_from = p ? (size_t)(p - t.p) + 1 : 0;
	p = memchr(t.p + at, '\n', t.n - at);
	l->line_to = p ? (size_t)(p - t.p) + 1 : t.n + 1;
}

/* The column of a table's line in which `at` is; COLUMNS_MAX: not known. */
static uint32_t column_of(const struct table *table, struct str t, size_t from, size_t at)
{
	uint32_t column = 0;
	bool quoted = false;
	for (size_t i = from; i < at; i++) {
		if (t.p[i] == '"')
			quoted = !quoted;
		else if (t.p[i] == table->delimiter && !quoted)
			column++;
	}
	return column < COLUMNS_MAX ? column : COLUMNS_MAX;
}

/* A line's beginning with its digits made equal: what a program writes in front of a number is the same each time. */
static uint64_t template_of(struct str t, size_t from, size_t at)
{
	uint64_t h = 3;
	bool digits = false;
	size_t low = at - from > 24 ? at - 24 : from;
	for (size_t i = low; i < at; i++) {
		bool digit = is_digit(t.p[i]);
		if (!digit)
			h = mix(h, (unsigned char)t.p[i]);
		else if (!digits)
			h = mix(h, '0');
		digits = digit;
	}
	return mix(h, low == from);
}

static struct place place_by_text(struct looking *l, struct str t, size_t from, size_t at)
{
	struct str label = label_before(t, at);
	if (label.n)
		return (struct place){ .group = group_of(l->s, mix_text(7, label)), .senses = senses_of(l->s, label), .heading = label };
	return (struct place){ .group = group_of(l->s, template_of(t, from, at)) };
}

static struct place place_in_record(struct looking *l, size_t at)
{
	struct scanner *s = l->s;
	size_t i = 0;
	while (i + 1 < s->cells && at >= s->cell[i].to)
		i++;
	struct cell *c = &s->cell[i];
	struct place p = { .senses = c->senses, .heading = c->field };
	if (c->field.n) {
		p.group = group_of(s, mix_text(5, c->field));
	} else {
		struct str t = { s->record, s->record_n };
		line_around(l, t, at);
		p = place_by_text(l, t, l->line_from > c->from && l->line_from <= at ? l->line_from : c->from, at);
	}
	p.where = c->where;
	p.record = (uint32_t)s->record_id;
	return p;
}

struct place place_of(struct looking *l, size_t at)
{
	struct scanner *s = l->s;
	at = source_at(l, at);
	if (l->in_record)
		return place_in_record(l, at);
	struct str t = block_of(l);
	line_around(l, t, at);
	bool whole = l->line_from || s->base == 0;
	if (s->table.delimiter && whole) {
		uint32_t column = column_of(&s->table, t, l->line_from, at);
		if (column < COLUMNS_MAX && column < s->table.columns)
			return (struct place){ .group = group_of(s, mix(11, column)), .heading = s->table.heading[column],
			                       .senses = s->table.senses[column] };
	}
	return place_by_text(l, t, l->line_from, at);
}

/* ---- what is found ---- */

static int by_place(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;
	if (x->where != y->where && (x->where == 0) != (y->where == 0))
		return x->where ? 1 : -1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->weight > y->weight ? -1 : x->weight < y->weight;
}

static bool overlap(const struct spot *a, const struct spot *b)
{
	return a->at < b->at + b->length && b->at < a->at + a->length;
}

/* Of several readings of one place the one of most weight stays. */
static void drop_doubles(struct scanner *s)
{
	for (size_t i = 0; i < s->spots; i++)
		for (size_t k = i; k-- && i - k <= 8;) {
			struct spot *a = &s->spot[k], *b = &s->spot[i];
			if (a->dropped || !overlap(a, b))
				continue;
			if (b->weight > a->weight) {
				a->dropped = true;
			} else {
				b->dropped = true;
				break;
			}
		}
}

/* A card code is one only beside a card number that is likely. */
static bool has_card_beside(const struct scanner *s, const bool *likely, size_t i)
{
	enum { BESIDE = 400 };
	const struct spot *code = &s->spot[i];
	for (int way = -1; way <= 1; way += 2)
		for (size_t k = i + (size_t)way; k < s->spots; k += (size_t)way) {
			const struct spot *a = &s->spot[k];
			uint64_t far = a->at > code->at ? a->at - code->at : code->at - a->at;
			if (far > BESIDE)
				break;
			bool card = a->sort == HIT_CARD || a->sort == HIT_TRACK || a->sort == HIT_TEST_NUMBER;
			if (card && likely[k] && !a->dropped && (!code->record || a->record == code->record))
				return true;
		}
	return false;
}

/* Judges what there is, tells it, and forgets it. */
static void tell(struct scanner *s)
{
	if (!s->spots)
		return;
	qsort(s->spot, s->spots, sizeof *s->spot, by_place);
	drop_doubles(s);
	struct finding *f = mem_zero(s->spots, sizeof *f);
	bool *likely = mem_zero(s->spots, sizeof *likely);
	for (size_t i = 0; i < s->spots; i++)
		if (!s->spot[i].dropped) {
			judge(s, &s->spot[i], &f[i]);
			likely[i] = f[i].class > SCAN_UNLIKELY;
		}
	for (size_t i = 0; i < s->spots; i++)
		if (!s->spot[i].dropped && s->spot[i].sort == HIT_CODE && !has_card_beside(s, likely, i))
			s->spot[i].dropped = true;
	for (size_t i = 0; i < s->spots; i++) {
		if (s->spot[i].dropped)
			continue;
		for (size_t k = i + 1; k < s->spots && k - i <= 16; k++) {     /* once a line */
			struct spot *a = &s->spot[k];
			if (!a->dropped && a->same == s->spot[i].same && a->line == s->spot[i].line && f[k].class == f[i].class &&
			    str_eq(f[k].where, f[i].where)) {
				a->dropped = true;
				f[i].count++;
			}
		}
		s->told += f[i].class > SCAN_UNLIKELY;
		s->found(s->to, &f[i]);
	}
	free(f);
	free(likely);
	s->spots = 0;
}

/* Line and column of a place of the block. */
static void locate(struct scanner *s, size_t at, struct spot *spot)
{
	if (at >= s->counted) {
		struct str passed = { s->buffer + s->counted, at - s->counted };
		uint64_t lines = lines_count(passed);
		if (lines) {
			const char *p = memrchr(passed.p, '\n', passed.n);
			s->lines += lines;
			s->line_start = s->base + (uint64_t)(p + 1 - s->buffer);
		}
		s->counted = at;
		spot->line = s->lines + 1;
		spot->column = (uint32_t)(s->base + at - s->line_start + 1);
		return;
	}
	struct str passed = { s->buffer + at, s->counted - at };
	uint64_t lines = lines_count(passed);
	spot->line = s->lines - lines + 1;
	if (!lines) {
		spot->column = (uint32_t)(s->base + at - s->line_start + 1);
		return;
	}
	const char *p = at ? memrchr(s->buffer, '\n', at) : NULL;
	spot->column = p ? (uint32_t)(s->buffer + at - p) : (uint32_t)(s->base + at + 1);
}

struct spot *spot_put(struct looking *l, enum hit_sort sort, size_t from, size_t to, const struct place *p, float weight, uint32_t signs)
{
	struct scanner *s = l->s;
	if (s->spots == SPOTS_MAX)
		tell(s);
	if (s->spots == s->spots_cap) {
		s->spots_cap = s->spots_cap ? s->spots_cap * 2 : 64;
		s->spot = mem_grow(s->spot, s->spots_cap * sizeof *s->spot);
	}
	size_t at = source_at(l, from), end = source_at(l, to);
	struct spot *spot = &s->spot[s->spots++];
	*spot = (struct spot){ .at = l->base + at, .length = end > at ? (uint32_t)(end - at) : 1, .group = p->group, .where = name_put(s, p->where), .heading = name_put(s, p->heading),
	                       .record = p->record, .signs = signs | l->v->signs, .weight = weight, .sort = (uint8_t)sort, .brand = "" };
	if (!l->in_record)
		locate(s, at, spot);
	return spot;
}

/* ---- card numbers ---- */

enum { PARTS_MAX = 8 };

static const bool gap_bytes[128] = { [' '] = 1, ['-'] = 1, ['.'] = 1, ['/'] = 1, ['_'] = 1, [','] = 1, [';'] = 1, ['|'] = 1, [':'] = 1, ['*'] = 1,
	['+'] = 1, ['\t'] = 1, ['\r'] = 1, ['\n'] = 1, ['\x1f'] = 1, ['>'] = 1, ['"'] = 1, ['\''] = 1 };

/* What stands between two groups, as one number; 0: nothing that parts the groups of a number. */
enum { GAP_LINE = 1 };
static uint32_t gap_of(struct str t, size_t from, size_t to)
{
	size_t n = to - from;
	uint32_t id = 0;
	bool line = false;
	if (n == 0 || n > 6)
		return 0;
	for (size_t i = from; i < to; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if (c > 127) {
			enum separator kind;
			size_t takes = separator_at(t, i, &kind);
			if (!takes || i + takes > to)
				return 0;
			i += takes - 1;
			id = id * 31 + 200 + (uint32_t)kind;
			continue;
		}
		if (!gap_bytes[c])
			return 0;
		line |= c == '\n';
		id = id * 31 + c;
	}
	return line ? GAP_LINE : id + 2;
}

/* A separator that people type between the groups of a card number. */
static bool usual_gap(uint32_t gap)
{
	return gap == ' ' + 2 || gap == '-' + 2 || gap == '.' + 2 || (gap >= 202 && gap <= 202 + EN_DASH);
}

struct cards {                                           /* groups that follow each other */
	struct looking *l;
	struct run part[PARTS_MAX];
	uint32_t gap[PARTS_MAX];                         /* in front of each but the first */
	size_t n;
	size_t from, limit;                              /* what begins outside is another block's */
	struct alike *alike;
	size_t alikes;
};

enum shape { SHAPE_NONE, SHAPE_ODD, SHAPE_BARE, SHAPE_GROUPED };

/* ISO/IEC 7812 says nothing of groups; these are what is printed on cards. */
static bool printed_groups(const struct run *part, size_t n)
{
	static const unsigned char shapes[][5] = { { 4, 4, 4, 4 }, { 4, 6, 5 }, { 4, 6, 4 }, { 4, 4, 4, 4, 3 }, { 6, 13 }, { 4, 3, 3, 3 }, { 4, 4, 5 } };
	for (size_t k = 0; k < LENGTH(shapes); k++) {
		size_t i = 0;
		while (i < n && i < 5 && part[i].to - part[i].from == shapes[k][i])
			i++;
		if (i == n && (i == 5 || !shapes[k][i]))
			return true;
	}
	return false;
}

static enum shape shape_of(const struct cards *c, size_t i, size_t j, bool *split)
{
	*split = false;
	if (i == j)
		return SHAPE_BARE;
	uint32_t gap = 0;
	unsigned lines = 0;
	for (size_t k = i + 1; k <= j; k++) {
		if (c->gap[k] == GAP_LINE)
			lines++;
		else if (gap && c->gap[k] != gap)
			return SHAPE_NONE;
		else
			gap = c->gap[k];
	}
	bool printed = printed_groups(&c->part[i], j - i + 1);
	*split = lines || !usual_gap(gap);
	if (*split)
		return printed && lines <= 1 && (gap || !lines || j - i == 1) ? SHAPE_GROUPED : SHAPE_NONE;
	return printed ? SHAPE_GROUPED : SHAPE_ODD;
}

struct candidate { size_t i, j, n; unsigned char digit[DIGITS_MAX]; enum shape shape; bool split; const struct range *range; bool test; };

static size_t digits_of(const struct cards *c, size_t i, size_t j, unsigned char *digit)
{
	size_t n = 0;
	for (size_t k = i; k <= j; k++)
		for (uint32_t at = c->part[k].from; at < c->part[k].to && n < DIGITS_MAX; at++)
			digit[n++] = (unsigned char)(c->l->v->text.p[at] - '0');
	return n;
}

/* A word glued to the number that says "card" does not make it part of a longer word. */
static bool edges_are_clean(struct str t, size_t from, size_t to)
{
	bool begins = begins_cleanly(t, from);
	if (!begins && from && (is_letter(t.p[from - 1]) || t.p[from - 1] == '_')) {
		size_t end = from - (t.p[from - 1] == '_'), at = end;
		while (at && is_letter(t.p[at - 1]))
			at--;
		begins = word_sense((struct str){ t.p + at, end - at }) == SENSE_CARD;
	}
	if (!begins || !ends_cleanly(t, to))
		return false;
	/* a decimal fraction is one, unless it is a spreadsheet's ".0" */
	if (to + 1 < t.n && t.p[to] == '.' && is_digit(t.p[to + 1])) {
		size_t zeros = to + 1;
		while (zeros < t.n && t.p[zeros] == '0')
			zeros++;
		return zeros - to <= 3 && ends_cleanly(t, zeros);
	}
	return true;
}

static bool candidate_at(const struct cards *c, size_t i, size_t j, struct candidate *out)
{
	struct str t = c->l->v->text;
	struct candidate k;
	k.i = i;
	k.j = j;
	k.shape = shape_of(c, i, j, &k.split);
	if (k.shape == SHAPE_NONE)
		return false;
	k.n = digits_of(c, i, j, k.digit);
	k.range = card_range(k.digit, k.n);
	k.test = card_check(k.digit, k.n) && card_test_number(k.digit, k.n);
	if (!k.range && !k.test)
		return false;
	if (k.split && k.range && k.range->tier != 'A')
		return false;
	if (!edges_are_clean(t, c->part[i].from, c->part[j].to) || inside_uuid(t, c->part[i].from, c->part[j].to))
		return false;
	*out = k;
	return true;
}

/* Few different digits among the last twelve, or eight zeros at the end: nobody's card. */
static bool looks_invented(const unsigned char *digit, size_t n)
{
	uint16_t seen = 0;
	size_t zeros = 0;
	for (size_t i = n - 12; i < n; i++)
		seen |= (uint16_t)(1u << digit[i]);
	for (size_t i = 4; i < n; i++)
		zeros += digit[i] == 0;
	return __builtin_popcount(seen) < 3 || zeros >= n - 6;
}

/* An expiry right behind, or in the next cells; or a bare MMYY, or MM-YY. */
static bool expiry_behind(struct str t, size_t to)
{
	size_t end = t.n - to > 40 ? to + 40 : t.n;
	for (size_t at = to; at < end && t.p[at] != '\n'; at++)
		if (is_digit(t.p[at]) && !is_digit(t.p[at - 1]) && expiry_at(t, at))
			return true;
	return false;
}

static void card_put(struct cards *c, const struct candidate *k)
{
	struct looking *l = c->l;
	struct str t = l->v->text;
	size_t from = c->part[k->i].from, to = c->part[k->j].to;
	char tier = k->range ? k->range->tier : 'A';
	uint32_t signs = 0;
	float weight = -0.6f;
	struct place p = place_of(l, from);
	struct near near = words_near(t, from, to);
	bool invented = k->test || looks_invented(k->digit, k->n);
	if (tier != 'A') {
		weight -= tier == 'B' ? 1.2f : tier == 'C' ? 2.5f : 3.0f;
		signs |= 1u << SIGN_RARE;
	}
	if (k->split) {
		weight -= 0.2f;
		signs |= 1u << SIGN_SPLIT;
	} else if (k->shape == SHAPE_GROUPED) {
		weight += 2.5f;
		signs |= 1u << SIGN_GROUPED;
	} else if (k->shape == SHAPE_ODD) {
		weight -= 2.0f;
		signs |= 1u << SIGN_ODD_GROUPS;
	}
	bool masked = p.senses & SENSE(MASKED);
	bool heading_for = p.senses & SENSE(CARD) && !masked;
	bool heading_against = masked || (p.senses & (SENSE(OTHER) | SENSE(SSN) | SENSE(IBAN) | SENSE(ROUTING)) && !heading_for);
	if (heading_for) {
		weight += 3.5f;
		signs |= 1u << SIGN_HEADING;
	} else if (heading_against) {
		weight -= 3.5f;
		signs |= 1u << SIGN_HEADING_AGAINST;
	}
	if (near.senses & SENSE(CARD) && !heading_for) {
		weight += near.card <= near.other ? 3.0f : 1.5f;
		signs |= 1u << SIGN_WORD;
	}
	if (near.senses & (SENSE(OTHER) | SENSE(MASKED)) && !heading_against && !heading_for && near.other < near.card) {
		weight -= 2.5f;
		signs |= 1u << SIGN_WORD_AGAINST;
	}
	if (expiry_behind(t, to)) {
		weight += 2.5f;
		signs |= 1u << SIGN_EXPIRY;
	}
	if (near.senses & SENSE(CODE)) {
		weight += 2.0f;
		signs |= 1u << SIGN_CODE;
	}
	/* one of several numbers that are joined: a longer number */
	if ((k->i && strchr("-./_:", t.p[from - 1])) || (k->j + 1 < c->n && strchr("-./_:", t.p[to])))
		weight -= 2.0f;
	if ((from && t.p[from - 1] == '/') || (to < t.n && t.p[to] == '/'))
		weight -= 1.0f;
	if (invented)
		signs |= 1u << SIGN_EXAMPLE;
	struct spot *spot = spot_put(l, invented ? HIT_TEST_NUMBER : HIT_CARD, from, to, &p, weight, signs);
	spot->brand = k->range ? k->range->brand : "card";
	spot->tier = tier;
	spot->same = fingerprint(l->s, HIT_CARD, k->digit, k->n);
	for (size_t i = 0; i < 4; i++)
		spot->last4[i] = (char)('0' + k->digit[k->n - 4 + i]);
}

/* The number is kept for the statistic of its place, of each block the first few hundred. */
static void alike(struct cards *c, struct run run, const unsigned char *digit, size_t n, bool passes)
{
	if (c->alikes == ALIKE_MAX)
		return;
	uint64_t same = 0;
	for (size_t i = 0; i < n; i++)
		same = same * 10 + digit[i];
	c->alike[c->alikes].run = run;
	c->alike[c->alikes].same = mix(same, n);
	c->alike[c->alikes++].passes = passes;
}

static bool better(const struct candidate *a, const struct candidate *b)
{
	if (a->shape != b->shape)
		return a->shape > b->shape;
	if (a->split != b->split)
		return b->split;
	return a->n > b->n;
}

/* The groups end here: the best number in them, then what is left on either side. */
static void cards_between(struct cards *c, size_t low, size_t high)
{
	struct candidate best, k;
	unsigned char digit[DIGITS_MAX];
	best.n = 0;
	for (size_t i = low; i < high; i++) {
		size_t n = 0;
		for (size_t j = i; j < high; j++) {
			n += c->part[j].to - c->part[j].from;
			if (n > DIGITS_MAX)
				break;
			if (n >= DIGITS_MIN && candidate_at(c, i, j, &k) && (!best.n || better(&k, &best)))
				best = k;
		}
	}
	if (best.n) {
		struct run run = { c->part[best.i].from, c->part[best.j].to };
		if (run.from >= c->from && run.from < c->limit) {
			if (!best.test)
				alike(c, run, best.digit, best.n, true);
			card_put(c, &best);
		}
		wipe(&best.digit, sizeof best.digit);
		cards_between(c, low, best.i);
		cards_between(c, best.j + 1, high);
		return;
	}
	for (size_t i = low; i < high && c->alikes < ALIKE_MAX; i++) {            /* look-alikes that fail */
		bool bare = c->part[i].to - c->part[i].from >= DIGITS_MIN;
		size_t j = bare ? i : i + 3;
		if (c->part[i].from < c->from || c->part[i].from >= c->limit || (!bare && (j >= high || !printed_groups(&c->part[i], 4))))
			continue;
		if (!edges_are_clean(c->l->v->text, c->part[i].from, c->part[j].to))
			continue;
		size_t n = digits_of(c, i, j, digit);
		alike(c, (struct run){ c->part[i].from, c->part[j].to }, digit, n, card_check(digit, n));
		i = j;
	}
}

static void cards_end(struct cards *c)
{
	uint32_t digits = 0;
	for (size_t i = 0; i < c->n; i++)
		digits += c->part[i].to - c->part[i].from;
	if (digits < DIGITS_MIN) {
		c->n = 0;
		return;
	}
	cards_between(c, 0, c->n);
	c->n = 0;
}

/* The lengths of groups that are printed on cards: only such follow each other over an unusual gap. */
static bool printed_length(struct run r)
{
	uint32_t n = r.to - r.from;
	return n <= 6 || n == 13;
}

static void cards_take(struct cards *c, struct run r)
{
	uint32_t gap = c->n ? gap_of(c->l->v->text, c->part[c->n - 1].to, r.from) : 0;
	if (gap && !usual_gap(gap) && !(printed_length(r) && printed_length(c->part[c->n - 1])))
		gap = 0;
	if (!gap) {
		cards_end(c);
	} else if (c->n == PARTS_MAX) {                  /* a long row: its end may begin a number */
		struct run last[3] = { c->part[PARTS_MAX - 3], c->part[PARTS_MAX - 2], c->part[PARTS_MAX - 1] };
		uint32_t gaps[3] = { 0, c->gap[PARTS_MAX - 2], c->gap[PARTS_MAX - 1] };
		cards_between(c, 0, PARTS_MAX);
		memcpy(c->part, last, sizeof last);
		memcpy(c->gap, gaps, sizeof gaps);
		c->n = 3;
	}
	c->gap[c->n] = gap;
	c->part[c->n++] = r;
}

/* A track: a number, "=" or "D" or "^name^", an expiry and more: detect knows it. */
static void track_look(struct cards *c, struct run r)
{
	struct str t = c->l->v->text;
	char behind = r.to < t.n ? t.p[r.to] : 0;
	if (r.from < c->from || r.from >= c->limit || (behind != '=' && behind != '^' && (behind | 32) != 'd'))
		return;
	size_t low = r.from > 8 ? r.from - 8 : 0, high = t.n - r.to > 90 ? r.to + 90 : t.n;
	struct hit h[2];
	struct str around = { t.p + low, high - low };
	size_t n = detect(around, h, LENGTH(h));
	for (size_t i = 0; i < n && i < LENGTH(h); i++) {
		if (h[i].sort != HIT_TRACK || low + h[i].to <= r.to || low + h[i].from > r.from)
			continue;
		unsigned char digit[DIGITS_MAX];
		size_t k = 0;
		for (uint32_t at = r.from; at < r.to && k < DIGITS_MAX; at++)
			digit[k++] = (unsigned char)(t.p[at] - '0');
		struct place p = place_of(c->l, r.from);
		struct spot *spot = spot_put(c->l, HIT_TRACK, low + h[i].from, low + h[i].to, &p, 6.0f, 1u << SIGN_CHECK);
		spot->brand = h[i].brand;
		memcpy(spot->last4, h[i].last4, sizeof spot->last4);
		spot->tier = 'A';
		spot->same = fingerprint(c->l->s, HIT_TRACK, digit, k);
		if (card_test_number(digit, k) || (k >= 12 && looks_invented(digit, k)))
			spot->signs |= 1u << SIGN_EXAMPLE;
		wipe(digit, sizeof digit);
	}
}

/* ---- looking at a view ---- */

static void cards_count(struct cards *c)
{
	for (size_t i = 0; i < c->alikes; i++) {
		struct place p = place_of(c->l, c->alike[i].run.from);
		group_count(c->l->s, p.group, c->alike[i].same, c->alike[i].passes);
	}
	wipe(c->alike, c->alikes * sizeof *c->alike);
	c->alikes = 0;
}

/* What begins in the view from `from` to before `limit`. */
static void look(struct looking *l, size_t from, size_t limit)
{
	struct run *run = l->s->run;
	struct cards c = { .l = l, .alike = l->s->alike, .from = from, .limit = limit };
	struct str t = l->v->text;
	for (size_t at = 0; at < t.n;) {
		size_t n = runs_find(t, &at, run, RUNS_AT_ONCE);
		for (size_t i = 0; i < n; i++) {
			uint32_t length = run[i].to - run[i].from;
			if (is_pairs(t, run[i])) {
				if (run[i].from >= from && run[i].from < limit)
					pairs_look(l, run[i].from);
				continue;
			}
			if (length <= DIGITS_MAX)
				cards_take(&c, run[i]);
			else
				cards_end(&c);
			if (length >= DIGITS_MIN)
				track_look(&c, run[i]);
			if (run[i].from >= from && run[i].from < limit)
				other_look(l, run[i].from, run[i].to);
		}
	}
	cards_end(&c);
	cards_count(&c);
}

struct unfolding { struct looking *l; size_t from, limit; };

/* What the unfolded text holds, of places that are this block's. */
static void look_unfolded(void *of, const struct view *v)
{
	struct unfolding *u = of;
	struct looking l = *u->l;
	l.v = v;
	size_t from = 0, limit = v->text.n;
	while (from < v->text.n && v->map[from] < u->from)
		from++;
	while (limit > from && v->map[limit - 1] >= u->limit)
		limit--;
	look(&l, from, limit);
}

static void look_all(struct looking *l, size_t from, size_t limit)
{
	look(l, from, limit);
	struct unfolding u = { l, from, limit };
	fold_each(l->s->fold, l->v->text, look_unfolded, &u);
}

/* ---- tables ---- */

static size_t count_of(struct str line, char c)
{
	size_t n = 0;
	bool quoted = false;
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '"')
			quoted = !quoted;
		n += line.p[i] == c && !quoted;
	}
	return n;
}

static struct str unquoted(struct str cell)
{
	cell = str_trim(cell);
	if (cell.n >= 2 && cell.p[0] == '"' && cell.p[cell.n - 1] == '"')
		cell = (struct str){ cell.p + 1, cell.n - 2 };
	return cell;
}

/* The first lines have equally many of one delimiter: a table. Its first line names the columns, if it has words and no long numbers. */
static void table_begin(struct scanner *s, struct str text)
{
	static const char delimiters[] = ",;\t|";
	struct table *t = &s->table;
	struct str rest = text, first = { 0 };
	size_t cells[4] = { 0 }, lines = 0;
	while (rest.p && rest.n && lines < 5) {
		struct str line = str_split(&rest, '\n');
		if (!rest.p && text.n == BLOCK)
			break;                           /* not whole */
		if (!str_trim(line).n)
			continue;
		for (size_t k = 0; k < 4; k++) {
			size_t n = count_of(line, delimiters[k]);
			cells[k] = lines == 0 || n == cells[k] ? n : 0;
		}
		first = lines++ ? first : line;
	}
	size_t best = 0;
	for (size_t k = 1; k < 4; k++)
		if (cells[k] > cells[best])
			best = k;
	if (lines < 2 || !cells[best])
		return;
	t->delimiter = delimiters[best];
	t->columns = 0;
	t->wanted = false;
	for (; first.p && t->columns < COLUMNS_MAX; t->columns++) {
		struct str cell = unquoted(str_split(&first, t->delimiter));
		bool digits = false;
		for (size_t i = 0; i + 2 < cell.n; i++)
			digits |= is_digit(cell.p[i]) && is_digit(cell.p[i + 1]) && is_digit(cell.p[i + 2]);
		if (digits)
			cell.n = 0;                      /* data: no heading */
		t->senses[t->columns] = heading_senses(cell);
		t->heading[t->columns] = arena_str(t->words, cell);
		t->wanted |= (t->senses[t->columns] & ~(SENSE(CARD) | SENSE(EXPIRY) | SENSE(OTHER) | SENSE(MASKED))) != 0;
	}
}

/* The cells under headings that mean something. */
static void table_look(struct looking *l, size_t from, size_t limit)
{
	struct scanner *s = l->s;
	struct str t = l->v->text;
	const char *line = from ? memrchr(t.p, '\n', from) : NULL;
	if (!line && l->base)                            /* a row whose beginning is out of sight */
		line = memchr(t.p + from, '\n', t.n - from);
	size_t at = line ? (size_t)(line - t.p) + 1 : l->base ? t.n : 0;
	while (at < limit) {
		uint32_t column = 0;
		for (size_t cell = at;; at++) {
			bool end = at >= t.n || t.p[at] == '\n';
			if (at < t.n && t.p[at] == '"') {
				const char *p = memchr(t.p + at + 1, '"', t.n - at - 1);
				if (p)
					at = (size_t)(p - t.p);
				continue;
			}
			if (!end && t.p[at] != s->table.delimiter)
				continue;
			uint32_t senses = column < s->table.columns ? s->table.senses[column] : 0;
			if (senses & ~(SENSE(CARD) | SENSE(EXPIRY) | SENSE(OTHER))) {
				struct str text = unquoted((struct str){ t.p + cell, at - cell });
				size_t begin = (size_t)(text.p - t.p);
				struct place p = { .group = group_of(s, mix(11, column)), .heading = s->table.heading[column], .senses = senses };
				if (text.n && text.n <= 64 && begin >= from && begin < limit)
					other_cell(l, begin, begin + text.n, &p);
			}
			column++;
			cell = at + 1;
			if (end)
				break;
		}
		at++;
	}
}

/* ---- text ---- */

static struct str beginning(const char *p, size_t n)
{
	return (struct str){ p, n < BLOCK ? n : BLOCK };
}

void scanner_part(struct scanner *s, struct str head, uint64_t from, size_t before, uint64_t until)
{
	table_begin(s, beginning(head.p, head.n));
	s->begun = true;
	s->from = s->counted = before;
	s->base = from - before;
	s->line_start = from;
	s->until = until;
}

void scanner_skip(struct scanner *s, uint64_t n)
{
	scanner_take(s, 0, true);
	s->base += n;
}

uint64_t scanner_lines(const struct scanner *s, uint64_t *behind)
{
	*behind = s->line_start;
	return s->lines;
}

char *scanner_room(struct scanner *s, size_t *n)
{
	*n = BACK + BLOCK - s->filled;
	return s->buffer + s->filled;
}

void scanner_take(struct scanner *s, size_t n, bool last)
{
	s->filled += n;
	if (!last && s->filled < BACK + BLOCK)
		return;
	memset(s->buffer + s->filled, 0, PAD);
	struct view v = { .text = { s->buffer, s->filled } };
	struct looking l = { .s = s, .v = &v, .base = s->base, .line_from = 1 };
	if (!s->begun) {
		s->begun = true;
		table_begin(s, beginning(s->buffer, s->filled));
	}
	size_t limit = last ? s->filled : s->filled - AHEAD;
	if (s->base + limit > s->until)
		limit = s->until > s->base ? (size_t)(s->until - s->base) : 0;
	look_all(&l, s->from, limit);
	if (s->table.delimiter && s->table.wanted)
		table_look(&l, s->from, limit);
	struct spot nowhere;
	locate(s, limit > s->counted ? limit : s->counted, &nowhere);
	size_t keep = last ? 0 : BACK;
	memmove(s->buffer, s->buffer + s->filled - keep, keep);
	size_t gone = s->filled - keep;
	s->base += gone;
	s->from = limit - gone;
	s->counted = s->from;
	s->filled = keep;
}

/* ---- pieces ---- */

static void record_end(struct scanner *s)
{
	if (!s->cells)
		return;
	memset(s->record + s->record_n, 0, PAD);
	s->records++;
	struct view v = { .text = { s->record, s->record_n } };
	struct looking l = { .s = s, .v = &v, .in_record = true, .line_from = 1, .base = (uint64_t)s->records << 24 };
	look_all(&l, s->tail_n, s->record_n);
	for (size_t i = 0; i < s->cells; i++) {
		struct cell *c = &s->cell[i];
		if (c->to - c->from > 64 || !(c->senses & ~(SENSE(CARD) | SENSE(EXPIRY) | SENSE(OTHER))))
			continue;
		struct str text = str_trim((struct str){ s->record + c->from, c->to - c->from });
		size_t begin = (size_t)(text.p - s->record);
		struct place p = place_in_record(&l, c->from);
		if (text.n)
			other_cell(&l, begin, begin + text.n, &p);
	}
	s->cells = s->record_n = s->tail_n = 0;
	arena_reset(s->words);
}

void scanner_piece(struct scanner *s, struct str text, struct str where, struct str field, uint64_t record)
{
	if (!s->record)
		s->record = mem_get(RECORD_MAX + PAD);
	if (text.n > RECORD_MAX - 256)
		text.n = RECORD_MAX - 256;
	bool running = record == 0;
	if (running || record != s->record_id || s->record_n + text.n + 1 > RECORD_MAX) {
		/* a label at the end of one paragraph may name what the next one holds */
		char tail[128];
		size_t n = running && s->record_id == 0 ? (s->record_n < sizeof tail - 1 ? s->record_n : sizeof tail - 1) : 0;
		if (n)
			memcpy(tail, s->record + s->record_n - n, n);
		record_end(s);
		if (n) {
			memcpy(s->record, tail, n);
			s->record[n++] = '\n';
			s->record_n = s->tail_n = n;
		}
	} else if (s->record_n) {
		s->record[s->record_n++] = '\x1f';
	}
	s->record_id = record;
	if (s->cells == s->cells_cap) {
		s->cells_cap = s->cells_cap ? s->cells_cap * 2 : 32;
		s->cell = mem_grow(s->cell, s->cells_cap * sizeof *s->cell);
	}
	struct cell *c = &s->cell[s->cells++];
	*c = (struct cell){ .from = (uint32_t)s->record_n, .to = (uint32_t)(s->record_n + text.n), .senses = senses_of(s, field),
	                    .where = arena_str(s->words, where), .field = arena_str(s->words, field) };
	memcpy(s->record + s->record_n, text.p, text.n);
	s->record_n += text.n;
}

size_t scanner_end(struct scanner *s)
{
	record_end(s);
	tell(s);
	return s->told;
}
