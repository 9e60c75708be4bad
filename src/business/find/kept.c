/* kept - a scan's findings put on the map. Of each file: what it holds, whom its e-mail addresses and telephone numbers name, and which of
 * what was found stands in whose record. Texts that are asked after live until the file is done, and are kept nowhere. */
#include "find_kept_sql.h"
#include "kept.h"
#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ASK_AT_ONCE = 2048, CACHE = 1 << 16, FILES_AT_ONCE = 64, NAMED_AT_ONCE = 100000,
	NAMED_MAX = 1 << 22, HITS_MAX = 1 << 21, MEMBERS_MAX = 1 << 14, NUMBERS_MAX = 1 << 17,       /* of one file; what is over is nobody's, and not looked up */
	NOBODY = -1, WITHIN_MAX = 16
};

/* Which record something stands in; equal numbers, one record. Of text: from and to; of pieces: record, or the page. All 0: the file as one. */
struct spot { uint32_t member, page; uint64_t record, from, to; };
struct naming { struct spot spot; uint32_t who; kinds kinds; uint64_t line; struct str where; };       /* where: in the file's arena */
struct met_hit { struct spot spot; bool text, beside; uint64_t at; kinds kinds; uint32_t count; };
struct member { struct str name; int parent; uint64_t parent_record; bool dated, used; };
struct asking { struct naming n; struct str text; uint64_t hash; };
struct answer_known { uint64_t hash; uint32_t who; };    /* who: 0, nobody */
struct there { int64_t id; struct str path; kinds kinds; bool seen; };

struct keeping {
	struct op *op;
	struct kept_tally tally;
	bool asks;
	const struct roots *roots;
	struct there *there; size_t n_there;             /* by path */
	struct bits customers;
	/* the file at work */
	struct arena *a;
	struct member *member; size_t members, member_cap;
	struct naming *naming; size_t namings, naming_cap;
	struct met_hit *hit; size_t hits, hit_cap;
	struct asking asking[ASK_AT_ONCE]; size_t askings;
	struct answer_known cache[CACHE];
	uint8_t key[16];
	uint64_t numbers, over;                          /* over: of them those there was no room for */
	kinds kinds, over_kinds;
	struct str sample;
	int64_t oldest;
	uint32_t numbers_asked;
	bool contacts, failed, full;                     /* contacts: somebody's address or telephone number stands in it */
	/* files that wait to be written */
	struct arena *wait;
	struct met met[FILES_AT_ONCE]; size_t mets, named;
};

/* ---- opening ---- */

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct there *)a)->path, ((const struct there *)b)->path);
}

static bool holder_find(struct keeping *k, struct str text)
{
	struct op *op = k->op;
	struct holder h;
	char host[65] = { 0 };
	if (!text.n) {
		gethostname(host, sizeof host - 1);
		text = arena_say(op->a, "computer:%s", host[0] ? host : "this computer");
	}
	if (map_find(op, text, &h)) {
		k->tally.holder = h.id;
		k->tally.sort = h.sort;
		k->tally.name = h.name;
		return true;
	}
	struct str rest = text, sort = str_split(&rest, ':');
	if (op->err.code != NOT_FOUND)
		return false;
	err_clear(&op->err);
	if (!rest.p || !sort_parse(sort, &k->tally.sort))
		return err_set(&op->err, INVALID, "holder", "\"" STR_FMT "\" is new, so say what it is: computer:, storage:, mailbox: or another sort in front.", STR_ARG(text));
	k->tally.name = str_trim(rest);
	if (!k->tally.name.n || k->tally.name.n > 200)
		return err_set(&op->err, INVALID, "holder", "A holder's name has 1 to 200 characters.");
	return true;
}

static bool there_read(struct keeping *k)
{
	struct sql_findings_there q;
	size_t cap = 0;
	if (!k->tally.holder.n)
		return true;
	if (!sql_findings_there(k->op, k->tally.holder.n, FAR_OFF, &q))
		return false;
	while (sql_findings_there_next(k->op, &q)) {
		k->there = arena_more(k->op->a, k->there, k->n_there, &cap, sizeof *k->there);
		k->there[k->n_there++] = (struct there){ q.id, q.path, (kinds)q.kinds, false };
	}
	if (k->n_there)
		qsort(k->there, k->n_there, sizeof *k->there, by_path);
	return k->op->err.code == OK;
}

struct keeping *keeping_open(struct op *op, struct str holder, const struct roots *roots)
{
	struct keeping *k = mem_zero(1, sizeof *k);
	uint32_t customers;
	*k = (struct keeping){ .op = op, .roots = roots, .a = arena_open(), .wait = arena_open() };
	random_bytes(k->key, sizeof k->key);
	bool good = holder_find(k, holder) && there_read(k) && ledger_size(op, &customers) && (!op->key_at_hand || op_key(op));
	if (!good) {
		keeping_close(k);
		return NULL;
	}
	k->customers = bits_open((size_t)customers + 1);
	k->asks = k->tally.looked = op->key_at_hand;
	k->oldest = FAR_OFF;
	return k;
}

void keeping_close(struct keeping *k)
{
	if (!k)
		return;
	arena_close(k->a);
	arena_close(k->wait);
	bits_close(&k->customers);
	free(k->member);
	free(k->naming);
	free(k->hit);
	wipe(k, sizeof *k);
	free(k);
}

bool keeping_asks(const struct keeping *k)
{
	return k && k->asks;
}

/* ---- what comes of a file ---- */

static void *more(void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	*cap = *cap ? 2 * *cap : 256;
	return mem_grow(array, *cap * size);
}

static int member_find(const struct keeping *k, struct str name)
{
	for (size_t i = k->members; i-- > 0;)            /* mostly the last */
		if (str_eq(k->member[i].name, name))
			return (int)i;
	return NOBODY;
}

/* MEMBERS_MAX: there is no room for one more. */
static uint32_t member_of(struct keeping *k, struct str name)
{
	int at = k->members && str_eq(k->member[k->members - 1].name, name) ? (int)k->members - 1 : member_find(k, name);
	if (at >= 0)
		return (uint32_t)at;
	if (k->members == MEMBERS_MAX) {
		k->full = true;
		return MEMBERS_MAX;
	}
	k->member = more(k->member, k->members, &k->member_cap, sizeof *k->member);
	k->member[k->members] = (struct member){ .name = arena_str(k->a, name), .parent = NOBODY };
	return (uint32_t)k->members++;
}

/* "page 3" of a document without records. */
static uint32_t page_of(struct str where)
{
	uint32_t page = 0;
	if (!str_starts(where, STR("page ")))
		return 0;
	for (size_t i = 5; i < where.n && where.p[i] >= '0' && where.p[i] <= '9' && page < 100000000; i++)
		page = page * 10 + (uint32_t)(where.p[i] - '0');
	return page;
}

static bool hit_put(struct keeping *k, const struct met_hit *h)
{
	if (k->hits == HITS_MAX)
		return false;
	k->hit = more(k->hit, k->hits, &k->hit_cap, sizeof *k->hit);
	k->hit[k->hits++] = *h;
	return true;
}

static void naming_put(struct keeping *k, const struct naming *n, customer_id who)
{
	k->contacts |= n->kinds != 0;
	if (k->namings == NAMED_MAX) {
		k->full = true;
		return;
	}
	k->naming = more(k->naming, k->namings, &k->naming_cap, sizeof *k->naming);
	k->naming[k->namings] = *n;
	k->naming[k->namings++].who = who.n;
}

static void on_customer(void *to, size_t i, customer_id who)
{
	struct keeping *k = to;
	struct asking *q = &k->asking[i];
	struct answer_known *known = &k->cache[(q->hash >> 32) % CACHE];
	/* of several who share it none is remembered: it is asked again */
	*known = known->hash == q->hash && known->who == 0 ? (struct answer_known){ q->hash, who.n } : (struct answer_known){ 0, 0 };
	naming_put(k, &q->n, who);
}

static void ask(struct keeping *k)
{
	struct contact_text text[ASK_AT_ONCE];
	size_t n = k->askings;
	k->askings = 0;
	if (!n || k->failed)
		return;
	for (size_t i = 0; i < n; i++) {
		text[i] = (struct contact_text){ k->asking[i].n.kinds == KIND(PHONE), k->asking[i].text };
		k->cache[(k->asking[i].hash >> 32) % CACHE] = (struct answer_known){ k->asking[i].hash, 0 };
	}
	k->failed = !ledger_whose(k->op, text, n, on_customer, k);
}

/* A customer's number is asked at once: it costs no question to the keeper. */
static void ask_number(struct keeping *k, const struct asking *q)
{
	ask(k);
	k->numbers_asked++;
	k->asking[0] = *q;
	k->cache[(q->hash >> 32) % CACHE] = (struct answer_known){ q->hash, 0 };
	k->failed = k->failed || !ledger_whose_number(k->op, q->text, on_customer, k);
}

void keeping_contact(struct keeping *k, const struct find_contact *c)
{
	uint32_t member = member_of(k, c->member);
	if (member == MEMBERS_MAX)
		return;
	if (c->c.sort == CONTACT_DATE) {
		k->member[member].dated = true;
		if (c->c.date < k->oldest)
			k->oldest = c->c.date;
		return;
	}
	if (c->c.sort == CONTACT_WITHIN) {
		struct str name = c->member;
		const char *bang = name.n ? memrchr(name.p, '!', name.n) : NULL;
		int parent = member_find(k, (struct str){ name.p, bang ? (size_t)(bang - name.p) : 0 });
		k->member[member].parent = parent;
		k->member[member].parent_record = c->c.record;
		return;
	}
	if (c->c.sort == CONTACT_BESIDE) {
		hit_put(k, &(struct met_hit){ { member, 0, c->c.record, c->c.from, c->c.to }, .beside = true, .kinds = c->c.kinds });
		return;
	}
	bool phone = c->c.sort == CONTACT_PHONE, number = c->c.sort == CONTACT_REFERENCE;
	struct asking q = { .n = { .spot = { member, c->c.record ? 0 : page_of(c->c.where), c->c.record, c->c.from, c->c.to }, .kinds = phone ? KIND(PHONE) : number ? 0 : KIND(EMAIL),
	                           .line = c->c.line } };
	q.hash = (hash64(c->c.text, k->key) ^ (uint64_t)c->c.sort << 8) | 1;
	const struct answer_known *known = &k->cache[(q.hash >> 32) % CACHE];
	if (known->hash == q.hash && !known->who)
		return;
	q.n.where = arena_str(k->a, c->c.where);
	if (known->hash == q.hash) {
		naming_put(k, &q.n, (customer_id){ known->who });
		return;
	}
	q.text = arena_str(k->a, c->c.text);
	if (number) {
		k->full |= k->numbers_asked == NUMBERS_MAX;
		if (k->numbers_asked < NUMBERS_MAX)
			ask_number(k, &q);
		return;
	}
	k->asking[k->askings++] = q;
	if (k->askings == ASK_AT_ONCE)
		ask(k);
}

static kinds kinds_of(const struct finding *f)
{
	static const kinds of[HIT_SORTS] = {
		[HIT_CARD] = KIND(CARD_NUMBER), [HIT_TRACK] = KIND(CARD_TRACK) | KIND(CARD_NUMBER) | KIND(CARD_EXPIRY), [HIT_CODE] = KIND(CARD_CODE), [HIT_SSN] = KIND(SSN),
		[HIT_ITIN] = KIND(TAX_ID), [HIT_IBAN] = KIND(BANK_ACCOUNT), [HIT_BANK] = KIND(BANK_ACCOUNT), [HIT_SIN] = KIND(NATIONAL_ID), [HIT_NINO] = KIND(NATIONAL_ID),
		[HIT_BIRTH] = KIND(DATE_OF_BIRTH), [HIT_PASSPORT] = KIND(PASSPORT), [HIT_LICENCE] = KIND(DRIVERS_LICENCE),
	};
	return of[f->sort] | (f->sort == HIT_CARD && f->signs & 1u << SIGN_EXPIRY ? KIND(CARD_EXPIRY) : 0);
}

static struct str spot_text(struct arena *a, struct str member, uint64_t line, struct str where)
{
	struct str spot = where.n ? where : line ? arena_say(a, "line %llu", (unsigned long long)line) : STR("in the file");
	return kept_name(a, member.n ? arena_say(a, STR_FMT ", " STR_FMT, STR_ARG(member), STR_ARG(spot)) : spot);
}

void keeping_hit(struct keeping *k, const struct telling *t)
{
	const struct finding *f = t->f;
	if (!told_counts(t))
		return;
	uint32_t member = member_of(k, t->member);
	kinds of = kinds_of(f);
	k->kinds |= of;
	k->numbers += f->count;
	if (!k->sample.n)
		k->sample = arena_say(k->a, STR_FMT ", " STR_FMT, STR_ARG(t->masked), STR_ARG(spot_text(k->a, t->member, f->line, f->where)));
	struct met_hit h = { { member, f->record ? 0 : page_of(f->where), f->record, 0, 0 }, f->line > 0, false, f->at, of, f->count };
	if (member == MEMBERS_MAX || !hit_put(k, &h)) {
		k->full = true;
		k->over += f->count;
		k->over_kinds |= of;
		return;
	}
	k->member[member].used = true;
}

/* ---- whose ---- */

static int spot_order(const struct spot *x, const struct spot *y)
{
	const uint64_t a[] = { x->member, x->record, x->page, x->from, x->to }, b[] = { y->member, y->record, y->page, y->from, y->to };
	for (size_t i = 0; i < LENGTH(a); i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static int naming_order(const void *a, const void *b)
{
	const struct naming *x = a, *y = b;
	int order = spot_order(&x->spot, &y->spot);
	return order ? order : (x->who > y->who) - (x->who < y->who);
}

/* The first naming whose spot is not below. */
static size_t naming_from(const struct keeping *k, const struct spot *s)
{
	size_t low = 0, high = k->namings;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (spot_order(&k->naming[mid].spot, s) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static long group_at(const struct keeping *k, const struct spot *s)
{
	size_t i = naming_from(k, s);
	return i < k->namings && spot_order(&k->naming[i].spot, s) == 0 ? (long)i : NOBODY;
}

/* The text's record that holds the place: records don't overlap. */
static long group_around(const struct keeping *k, uint32_t member, uint64_t at)
{
	size_t i = naming_from(k, &(struct spot){ .member = member, .from = at, .to = UINT64_MAX });
	if (i == 0)
		return NOBODY;
	const struct spot *s = &k->naming[i - 1].spot;
	return s->member == member && !s->record && !s->page && s->to > at ? (long)naming_from(k, s) : NOBODY;
}

/* The first naming of the record in which the hit stands. */
static long group_of(const struct keeping *k, const struct met_hit *h)
{
	struct spot whole = { .member = h->spot.member };
	long group = h->text ? group_around(k, h->spot.member, h->at) : NOBODY;
	if (h->beside)                                   /* of that record, or of nobody asked for */
		return group_at(k, &h->spot);
	if (group == NOBODY)
		group = group_at(k, h->text ? &whole : &h->spot);
	/* else it is in the record that its file is a part of */
	for (uint32_t member = h->spot.member, i = 0; group == NOBODY && k->member[member].parent >= 0 && i < WITHIN_MAX; i++) {
		struct spot outer = { .member = (uint32_t)k->member[member].parent, .record = k->member[member].parent_record };
		group = group_at(k, &outer);
		member = outer.member;
	}
	return group;
}

struct pick { uint32_t who, at; kinds kinds; };

static int pick_order(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;
	return x->who != y->who ? (x->who > y->who) - (x->who < y->who) : (x->at > y->at) - (x->at < y->at);
}

/* What was found goes to whom its record names: the kinds that are added to each record, at its first naming. */
static void share(struct keeping *k, kinds *add, struct met *m)
{
	m->unnamed = k->over;
	m->unnamed_kinds = k->over_kinds;
	for (size_t i = 0; i < k->hits; i++) {
		long group = group_of(k, &k->hit[i]);
		if (group != NOBODY) {
			add[group] |= k->hit[i].kinds;
		} else if (!k->hit[i].beside) {
			m->unnamed += k->hit[i].count;
			m->unnamed_kinds |= k->hit[i].kinds;
		}
	}
}

/* Gives every hit to whom its record names, and puts customers together. */
static void whose(struct keeping *k, struct met *m)
{
	if (k->namings)
		qsort(k->naming, k->namings, sizeof *k->naming, naming_order);
	kinds *add = mem_zero(k->namings + 1, sizeof *add);
	struct pick *pick = mem_zero(k->namings + 1, sizeof *pick);
	struct named *named = ARENA_ARRAY(k->wait, struct named, k->namings);
	share(k, add, m);
	size_t picks = 0;
	for (size_t i = 0, first = 0; i < k->namings; i++) {
		const struct naming *g = &k->naming[i];
		if (spot_order(&g->spot, &k->naming[first].spot) != 0)
			first = i;
		if (!(g->kinds | add[first]))            /* a customer's number, and nothing of theirs beside it */
			continue;
		pick[picks++] = (struct pick){ g->who, (uint32_t)i, g->kinds | add[first] };
		m->kinds |= g->kinds | add[first];
		k->member[g->spot.member].used = true;
	}
	if (picks)
		qsort(pick, picks, sizeof *pick, pick_order);
	for (size_t i = 0; i < picks; i++) {
		const struct naming *g = &k->naming[pick[i].at];
		if (m->n && named[m->n - 1].who.n == pick[i].who) {
			named[m->n - 1].kinds |= pick[i].kinds;
			continue;
		}
		named[m->n++] = (struct named){ { pick[i].who }, pick[i].kinds, spot_text(k->wait, k->member[g->spot.member].name, g->line, g->where) };
		bits_add(&k->customers, pick[i].who);
	}
	free(add);
	free(pick);
	m->named = named;
}

/* ---- writing ---- */

static struct there *there_find(const struct keeping *k, struct str path)
{
	struct there wanted = { .path = path };
	return k->n_there ? bsearch(&wanted, k->there, k->n_there, sizeof *k->there, by_path) : NULL;
}

static bool write_waiting(struct keeping *k)
{
	struct op *op = k->op;
	if (!k->mets)
		return true;
	if (!op_begin(op))
		return false;
	bool good = k->tally.holder.n || map_name(op, k->tally.sort, k->tally.name, 0, &k->tally.holder);
	for (size_t i = 0; good && i < k->mets; i++) {
		int64_t id;
		good = found_keep(op, k->tally.holder, &k->met[i], &id);
	}
	k->tally.files += k->mets;
	k->mets = k->named = 0;
	good = op_end(op, good);
	arena_reset(k->wait);
	return good;
}

static void file_forget(struct keeping *k)
{
	k->members = k->namings = k->hits = 0;
	k->numbers = k->over = 0;
	k->kinds = k->over_kinds = 0;
	k->sample = (struct str){ 0 };
	k->oldest = FAR_OFF;
	k->full = k->contacts = false;
	k->numbers_asked = 0;
	arena_reset(k->a);
}

/* The oldest record's day, when every part of the file that counts has one. */
static int64_t proved(const struct keeping *k)
{
	for (size_t i = 0; i < k->members; i++)
		if (k->member[i].used && !k->member[i].dated)
			return LONG_AGO;
	return k->oldest < FAR_OFF && !k->over ? zone_instant(k->op->zone, k->oldest).at : LONG_AGO;
}

static bool gone(struct keeping *k, struct there *t)
{
	struct op *op = k->op;
	t->seen = true;
	k->tally.gone++;
	return op_begin(op) && op_end(op, found_gone(op, t->id));
}

bool keeping_done(struct keeping *k, struct str path, bool well)
{
	struct there *t = there_find(k, path);
	bool good = true;
	ask(k);
	if (k->failed)
		return false;
	if (k->numbers || k->contacts) {
		struct met *m = &k->met[k->mets];
		*m = (struct met){ .path = arena_str(k->wait, path), .kinds = k->kinds, .numbers = k->numbers, .looked = k->asks && well && !k->full };
		whose(k, m);
		m->sample = arena_str(k->wait, k->sample);
		m->began = proved(k);
		k->tally.unnamed += m->unnamed;
		k->named += m->n;
		k->mets++;
		if (t)
			t->seen = true;
		if (k->mets == FILES_AT_ONCE || k->named > NAMED_AT_ONCE)
			good = write_waiting(k);
	} else if (t && well && (k->asks || !(t->kinds & (KIND(EMAIL) | KIND(PHONE))))) {
		good = gone(k, t);                       /* with the vault locked nobody looked for contacts */
	}
	file_forget(k);
	return good;
}

static bool below_roots(const struct keeping *k, struct str path)
{
	for (size_t i = 0; i < k->roots->n; i++) {
		struct str root = k->roots->real[i];
		if (str_starts(path, root) && (path.n == root.n || path.p[root.n] == '/' || str_eq(root, STR("/"))))
			return true;
	}
	return false;
}

bool keeping_end(struct keeping *k, const struct find_totals *totals, bool whole, struct kept_tally *out)
{
	struct op *op = k->op;
	struct stat st;
	bool good = write_waiting(k);
	/* a disk that is not there looks empty: where nothing was met at all, nothing is taken for gone */
	for (size_t i = 0; good && whole && totals->files && i < k->n_there; i++) {
		struct there *t = &k->there[i];
		bool masked = memchr(t->path.p, '[', t->path.n) != NULL;
		if (t->seen || masked || !below_roots(k, t->path))
			continue;
		if (lstat(t->path.p, &st) == 0 ? S_ISREG(st.st_mode) && st.st_size == 0 : errno == ENOENT || errno == ENOTDIR)
			good = gone(k, t);
	}
	k->tally.customers = bits_count(&k->customers);
	*out = k->tally;
	return good && op_begin(op) &&
	       op_end(op, (!whole || !totals->files || sql_scan_done_put(op, k->tally.sort, k->tally.name, op->now, (int64_t)totals->files)) &&
	                  log_add(op, "find.scanned", ABOUT({ "holder", k->tally.holder.n }, { "files", (int64_t)totals->files }, { "met", (int64_t)k->tally.files },
	                                                    { "gone", (int64_t)k->tally.gone }, { "customers", (int64_t)k->tally.customers },
	                                                    { "looked_up", k->tally.looked })));
}
