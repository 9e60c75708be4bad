/* people - finds, joins and makes the customers that an import names, and keeps their contacts sealed.
 *
 * A customer is found by reference within the same service (in our own formats: customer_ref), else by e-mail or telephone when the
 * name does not contradict. What is doubtful is not joined but listed. A customer of our own format keeps its reference: whoever
 * is joined to it becomes the same person (same_as), which can be taken back.
 *
 * Names are compared blind: each word of a name is 16 bits of a keyed hash. Two names do not contradict when the words of one are
 * all among the other's; titles and middle initials do not count.
 */
#include "import_int.h"
#include "ledger_import_sql.h"
#include "seal.h"

#include <stdlib.h>

/* ---- names ---- */

static bool among(const struct marks *few, const struct marks *many)
{
	for (size_t i = 0; i < few->n; i++) {
		bool there = false;
		for (size_t k = 0; k < many->n; k++)
			there |= few->word[i] == many->word[k];
		if (!there)
			return false;
	}
	return true;
}

/* Whether a name fits one of those known; no name fits all. */
static bool names_fit(const struct marks *name, const struct marks *known, size_t n)
{
	if (!name->n || !n)
		return true;
	for (size_t i = 0; i < n; i++)
		if (among(name, &known[i]) || among(&known[i], name))
			return true;
	return false;
}

/* ---- identities: a hash of the reference or key to a number ---- */

struct ids { uint64_t *hash; uint32_t *id; size_t mask, n; };
static const uint8_t id_key[16] = "handback-ids-map";

static void ids_grow(struct ids *t, size_t room)
{
	size_t size = 1024;
	while (size < 2 * room)
		size *= 2;
	struct ids more = { mem_get(size * sizeof(uint64_t)), mem_zero(size, sizeof(uint32_t)), size - 1, t->n };
	for (size_t i = 0; t->id && i <= t->mask; i++)
		if (t->id[i]) {
			size_t at = (size_t)t->hash[i] & more.mask;
			while (more.id[at])
				at = (at + 1) & more.mask;
			more.hash[at] = t->hash[i], more.id[at] = t->id[i];
		}
	free(t->hash);
	free(t->id);
	*t = more;
}

static uint32_t *ids_find(struct ids *t, uint64_t hash)
{
	if (!t->id || 2 * (t->n + 1) > t->mask)
		ids_grow(t, 2 * (t->n + 1));
	size_t at = (size_t)hash & t->mask;
	while (t->id[at] && t->hash[at] != hash)
		at = (at + 1) & t->mask;
	t->hash[at] = hash;
	return &t->id[at];
}

/* ---- who waits ---- */

struct waiting {
	struct str ref, key, name, email[4], phone[4], typed_phone[4], address, region, country, language;
	size_t emails, phones;
	struct marks marks; uint64_t email_key[4], phone_key[4], own_key;       /* own_key: only when somebody is forgotten */
	struct state *of; enum change change;
};

/* A customer that this batch finds or makes. */
struct state {
	uint32_t id; bool fresh, changed, named_by_us;
	struct str ref, region, country, language; unsigned ways;
	struct record record; struct marks marks[NAMES_MAX]; size_t n_marks;
	struct str sealed;
};

struct people {
	struct op *op; const struct format *format; holder_id service; int64_t import;
	struct str country;                              /* the business's */
	struct ids ids;
	struct bits forgotten; bool any_forgotten;       /* as it was when the import began */
	/* bare references: numbers are given at the flush, in the references' order, so that the table grows at its end */
	struct str *ref; size_t refs, ref_cap; uint32_t *ref_id;
	struct arena *a;                                 /* of the batch */
	struct waiting *wait; size_t n, cap;
	struct state **state; size_t states, state_cap;
	struct useless useless;
};

static bool ids_load(struct people *p)
{
	struct sql_refs r;
	struct sql_keys k;
	if (p->format->own) {
		if (!sql_refs(p->op, &r))
			return false;
		while (sql_refs_next(p->op, &r)) {
			*ids_find(&p->ids, hash64(r.ref, id_key)) = (uint32_t)r.id;
			p->ids.n++;
		}
	} else {
		if (!sql_keys(p->op, p->service.n, &k))
			return false;
		while (sql_keys_next(p->op, &k)) {
			*ids_find(&p->ids, hash64(k.key, id_key)) = (uint32_t)k.customer;
			p->ids.n++;
		}
	}
	return p->op->err.code == OK;
}

struct people *people_open(struct op *op, const struct format *f, holder_id service, int64_t import)
{
	struct people *p = mem_zero(1, sizeof *p);
	*p = (struct people){ .op = op, .format = f, .service = service, .import = import, .a = arena_open() };
	p->country = home_country(op);
	size_t first = 1;
	bool good = ids_load(p) && ledger_forgotten(op, &p->forgotten);
	p->any_forgotten = good && bits_next(&p->forgotten, &first);
	if (!good) {
		people_close(p);
		return NULL;
	}
	return p;
}

void people_close(struct people *p)
{
	if (!p)
		return;
	arena_close(p->a);
	bits_close(&p->forgotten);
	free(p->ids.hash);
	free(p->ids.id);
	free(p->ref);
	free(p->ref_id);
	free(p->wait);
	free(p->state);
	free(p);
}

uint32_t people_ref(struct people *p, struct str ref)
{
	uint32_t *id = ids_find(&p->ids, hash64(ref, id_key));
	if (*id)
		return *id;
	if (p->refs == p->ref_cap) {
		p->ref_cap = p->ref_cap ? 2 * p->ref_cap : 1024;
		p->ref = mem_grow(p->ref, p->ref_cap * sizeof *p->ref);
	}
	p->ref[p->refs] = arena_str(p->a, ref);
	*id = PENDING | (uint32_t)p->refs++;
	p->ids.n++;
	return *id;
}

void people_ref_soon(const struct people *p, struct str ref)
{
	if (!p->ids.id)
		return;
	size_t at = (size_t)hash64(ref, id_key) & p->ids.mask;
	__builtin_prefetch(&p->ids.hash[at]);
	__builtin_prefetch(&p->ids.id[at]);
}

struct useless people_useless(const struct people *p)
{
	return p->useless;
}

uint32_t people_contact(struct people *p, const struct said *s)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 1024;
		p->wait = mem_grow(p->wait, p->cap * sizeof *p->wait);
	}
	struct waiting *w = &p->wait[p->n];
	*w = (struct waiting){ .ref = arena_str(p->a, s->ref), .key = arena_str(p->a, s->key), .name = arena_str(p->a, s->name),
	                       .language = arena_str(p->a, s->language.n >= 2 ? (struct str){ s->language.p, 2 } : STR("")) };
	w->country = country_code(p->a, s->country);
	for (size_t i = 0; i < s->emails; i++) {
		struct str plain = email_plain(p->a, s->email[i]);
		if (plain.n)
			w->email[w->emails++] = plain;
		else
			p->useless.emails++;
	}
	for (size_t i = 0; i < s->phones; i++) {
		struct str plain = phone_plain(p->a, s->phone[i], w->country.n ? w->country : p->country);
		if (plain.n)
			w->typed_phone[w->phones] = arena_str(p->a, s->phone[i]), w->phone[w->phones++] = plain;
		else
			p->useless.phones++;
	}
	if (s->line1.n || s->city.n || s->postal_code.n) {
		w->address = address_pack(p->a, &(struct address){ s->line1, s->line2, s->city, s->region, s->postal_code, s->country, 0 });
		if (!w->country.n)
			w->country = p->country;
	}
	w->region = region_code(p->a, w->country.n ? w->country : p->country, s->region);
	return (uint32_t)p->n++;
}

size_t people_waiting(const struct people *p)
{
	return p->n;
}

/* ---- blind keys, for all who wait, in a few calls ---- */

static bool keys_make(struct people *p)
{
	size_t words = 0, emails = 0, phones = 0, room = p->n * (WORDS_MAX + 8) + 1;
	struct str *text = ARENA_ARRAY(p->a, struct str, room);
	uint64_t *key = ARENA_ARRAY(p->a, uint64_t, room);
	struct seal *seal = p->op->seal;
	struct err *e = &p->op->err;
	for (size_t i = 0; i < p->n; i++) {
		p->wait[i].marks.n = name_words(p->a, p->wait[i].name, text + words);
		words += p->wait[i].marks.n;
	}
	if (!seal_index(seal, INDEX_NAME, text, key, words, e))
		return false;
	for (size_t i = 0, at = 0; i < p->n; i++)
		for (size_t k = 0; k < p->wait[i].marks.n; k++)
			p->wait[i].marks.word[k] = (uint16_t)key[at++];
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->wait[i].emails; k++)
			text[emails++] = p->wait[i].email[k];
	if (!seal_index(seal, INDEX_EMAIL, text, key, emails, e))
		return false;
	for (size_t i = 0, at = 0; i < p->n; i++)
		for (size_t k = 0; k < p->wait[i].emails; k++)
			p->wait[i].email_key[k] = key[at++];
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->wait[i].phones; k++)
			text[phones++] = p->wait[i].phone[k];
	if (!seal_index(seal, INDEX_PHONE, text, key, phones, e))
		return false;
	for (size_t i = 0, at = 0; i < p->n; i++)
		for (size_t k = 0; k < p->wait[i].phones; k++)
			p->wait[i].phone_key[k] = key[at++];
	if (!p->any_forgotten)
		return true;
	for (size_t i = 0; i < p->n; i++)
		text[i] = forgotten_key_text(p->a, p->service.n, p->wait[i].key);
	if (!seal_index(seal, INDEX_FOREIGN_KEY, text, key, p->n, e))
		return false;
	for (size_t i = 0; i < p->n; i++)
		p->wait[i].own_key = key[i];
	return true;
}

/* ---- finding and joining ---- */

static struct state *state_of(struct people *p, uint32_t id)
{
	/* the newest are asked for most: batches are small, and a search from the end is quick where it matters */
	for (size_t i = p->states; i-- > 0;)
		if (p->state[i]->id == id)
			return p->state[i];
	return NULL;
}

static struct state *state_add(struct people *p, uint32_t id, bool fresh)
{
	if (p->states == p->state_cap) {
		p->state_cap = p->state_cap ? 2 * p->state_cap : 1024;
		p->state = mem_grow(p->state, p->state_cap * sizeof *p->state);
	}
	struct state *s = p->state[p->states++] = ARENA_NEW(p->a, struct state);
	s->id = id, s->fresh = fresh;
	return s;
}

static struct state *state_load(struct people *p, uint32_t id)
{
	struct sql_customer_by_id q;
	bool found;
	struct state *s = state_of(p, id);
	if (s)
		return s;
	if (!sql_customer_by_id(p->op, id, &q, &found))
		return NULL;
	if (!found) {
		err_set(&p->op->err, TORN, NULL, "A customer that a key names is not there. Run handback check.");
		return NULL;
	}
	s = state_add(p, id, false);
	s->ref = arena_str(p->a, q.ref), s->region = arena_str(p->a, q.region), s->country = arena_str(p->a, q.country);
	s->language = arena_str(p->a, q.language), s->ways = (unsigned)q.ways, s->sealed = arena_str(p->a, q.sealed);
	s->n_marks = marks_read(q.names, s->marks);
	/* references that we made look so: others came from the business's own files */
	s->named_by_us = str_eq(s->ref, arena_say(p->a, "C-%06u", id));
	return s;
}

struct candidate { struct state *state; int shares; bool fits; };

static bool candidates_add(struct people *p, const struct waiting *w, enum index_sort sort, uint64_t key, struct candidate *c, size_t *n, size_t max)
{
	struct sql_index_find q;
	uint32_t id[16];
	size_t ids = 0;
	if (!sql_index_find(p->op, sort, (int64_t)key, &q))
		return false;
	while (ids < LENGTH(id) && sql_index_find_next(p->op, &q))
		id[ids++] = (uint32_t)q.customer;
	sql_index_find_stop(&q);
	for (size_t i = 0; i < ids && p->op->err.code == OK; i++) {
		uint32_t person = ledger_person(p->op, (customer_id){ id[i] }).n;
		bool known = false;
		for (size_t k = 0; k < *n; k++)
			known |= c[k].state->id == person;
		if (known || *n == max)
			continue;
		struct state *s = state_load(p, person);
		if (!s)
			return false;
		c[(*n)++] = (struct candidate){ s, sort == INDEX_EMAIL ? 1 : 2, names_fit(&w->marks, s->marks, s->n_marks) };
	}
	return p->op->err.code == OK;
}

static bool doubt(struct people *p, uint32_t a, uint32_t b, int shares)
{
	return a == b || sql_doubt_put(p->op, a < b ? a : b, a < b ? b : a, shares, p->import);
}

static struct state *make_new(struct people *p, const struct waiting *w)
{
	int64_t id = op_count(p->op, "customer");
	if (!id)
		return NULL;
	struct state *s = state_add(p, (uint32_t)id, true);
	s->ref = w->ref;
	s->named_by_us = !w->ref.n;
	for (int more = 1; !s->ref.n || (s->named_by_us && more > 1); more++) {
		struct sql_customer_by_ref q;
		bool taken;
		struct str ref = more == 1 ? arena_say(p->a, "C-%06u", s->id) : arena_say(p->a, "C-%06u-%d", s->id, more);
		if (!sql_customer_by_ref(p->op, ref, &q, &taken))
			return NULL;
		if (!taken) {
			s->ref = ref;
			break;
		}
	}
	return s;
}

/* A forgotten customer who had this key; by contact only when the name does not contradict: else it is somebody else, who counts. */
static bool forgotten_by(struct people *p, const struct waiting *w, enum index_sort sort, uint64_t key, uint32_t *id)
{
	struct sql_forgotten_by_key q;
	struct marks known[NAMES_MAX];
	if (!sql_forgotten_by_key(p->op, sort, (int64_t)key, &q))
		return false;
	while (!*id && sql_forgotten_by_key_next(p->op, &q))
		if (sort == INDEX_FOREIGN_KEY || names_fit(&w->marks, known, marks_read(q.names, known)))
			*id = (uint32_t)q.customer;
	sql_forgotten_by_key_stop(&q);
	return p->op->err.code == OK;
}

static bool forgotten_find(struct people *p, const struct waiting *w, uint32_t *id)
{
	bool good = true;
	*id = 0;
	if (!p->any_forgotten)
		return true;
	if (w->key.n)
		good = forgotten_by(p, w, INDEX_FOREIGN_KEY, w->own_key, id);
	for (size_t i = 0; good && !*id && i < w->emails; i++)
		good = forgotten_by(p, w, INDEX_EMAIL, w->email_key[i], id);
	for (size_t i = 0; good && !*id && i < w->phones; i++)
		good = forgotten_by(p, w, INDEX_PHONE, w->phone_key[i], id);
	return good;
}

/* Who this is: found by reference, joined by contact, or new. */
static bool resolve(struct people *p, struct waiting *w)
{
	enum { CANDIDATES = 16 };
	struct candidate c[CANDIDATES];
	size_t n = 0, fits = 0, fit = 0;
	struct str identity = p->format->own ? w->ref : w->key;
	uint32_t *id = identity.n ? ids_find(&p->ids, hash64(identity, id_key)) : NULL;
	if (id && *id && !(*id & PENDING)) {
		w->of = state_load(p, *id);
		w->change = CHANGE_KNOWN;
		return w->of != NULL;
	}
	uint32_t forgotten;
	if (!forgotten_find(p, w, &forgotten))
		return false;
	if (forgotten) {                                 /* what came in is theirs; who they are is not kept again */
		w->of = state_load(p, forgotten);
		w->change = CHANGE_KNOWN;
		return w->of != NULL;
	}
	for (size_t i = 0; i < w->emails; i++)
		if (!candidates_add(p, w, INDEX_EMAIL, w->email_key[i], c, &n, CANDIDATES))
			return false;
	for (size_t i = 0; i < w->phones; i++)
		if (!candidates_add(p, w, INDEX_PHONE, w->phone_key[i], c, &n, CANDIDATES))
			return false;
	for (size_t i = 0; i < n; i++)
		if (c[i].fits)
			fits++, fit = i;
	bool both_own = fits == 1 && p->format->own && !c[fit].state->named_by_us;
	w->change = CHANGE_NEW;
	if (fits == 1 && !p->format->own) {
		w->of = c[fit].state;
		w->change = CHANGE_CHANGED;              /* a further key for somebody known */
	} else {
		w->of = make_new(p, w);
		if (!w->of)
			return false;
		/* ours keeps its reference: the one that we had named becomes the same person */
		if (fits == 1 && !both_own && !sql_customer_same(p->op, c[fit].state->id, w->of->id))
			return false;
	}
	for (size_t i = 0; i < n; i++)
		if ((!c[i].fits || fits > 1 || both_own) && !doubt(p, w->of->id, c[i].state->id, c[i].shares))
			return false;
	if (id) {
		id = ids_find(&p->ids, hash64(identity, id_key));
		*id = w->of->id;
		p->ids.n++;
	}
	if (!p->format->own && w->key.n && !sql_key_put(p->op, p->service.n, w->key, w->of->id))
		return false;
	/* so that the next one who waits finds this one */
	for (size_t i = 0; i < w->emails; i++)
		if (!sql_index_put(p->op, INDEX_EMAIL, (int64_t)w->email_key[i], w->of->id))
			return false;
	for (size_t i = 0; i < w->phones; i++)
		if (!sql_index_put(p->op, INDEX_PHONE, (int64_t)w->phone_key[i], w->of->id))
			return false;
	if (w->of->fresh && w->marks.n && !w->of->n_marks)
		w->of->marks[w->of->n_marks++] = w->marks;
	return true;
}

/* ---- what is newly said ---- */

static bool fact_add(struct people *p, struct state *s, enum fact_tag tag, struct str value, struct str plain, struct str country)
{
	if (!value.n)
		return false;
	for (size_t i = 0; i < s->record.n; i++) {
		if (s->record.fact[i].tag != tag)
			continue;
		struct str old = s->record.fact[i].value;
		/* an e-mail address or a number that is only written otherwise is no news */
		if (str_eq(old, value) || (tag == FACT_PHONE && str_eq(phone_plain(p->a, old, country), plain)))
			return false;
	}
	record_add(&s->record, tag, p->import, value);
	s->changed = true;
	return true;
}

static bool take_text(struct state *s, struct str *mine, struct str theirs)
{
	if (!theirs.n || str_eq(*mine, theirs))
		return false;
	*mine = theirs;
	s->changed = true;
	return true;
}

static bool say_all(struct people *p, struct waiting *w)
{
	struct state *s = w->of;
	bool news = false, known = false, by_hand = false;
	if (bits_has(&p->forgotten, s->id))
		return true;
	news |= fact_add(p, s, FACT_ADDRESS, w->address, STR(""), STR(""));
	for (size_t i = w->phones; i-- > 0;)
		news |= fact_add(p, s, FACT_PHONE, w->typed_phone[i], w->phone[i], w->country.n ? w->country : p->country);
	for (size_t i = w->emails; i-- > 0;)
		news |= fact_add(p, s, FACT_EMAIL, w->email[i], w->email[i], STR(""));
	news |= fact_add(p, s, FACT_NAME, w->name, STR(""), STR(""));
	for (size_t i = 0; i < s->n_marks; i++)
		known |= s->marks[i].n == w->marks.n && among(&w->marks, &s->marks[i]);
	if (w->marks.n && !known && s->n_marks < NAMES_MAX)
		s->marks[s->n_marks++] = w->marks;
	for (size_t i = 0; i < s->record.n; i++)
		by_hand |= s->record.fact[i].tag == FACT_ADDRESS && s->record.fact[i].import == BY_HAND;
	if (!by_hand) {
		news |= take_text(s, &s->region, w->region);
		news |= take_text(s, &s->country, w->country);
	}
	news |= take_text(s, &s->language, w->language);
	if (w->emails)
		s->ways |= WAY_EMAIL;
	if (w->phones)
		s->ways |= WAY_PHONE;
	if (w->address.n)
		s->ways |= WAY_POSTAL;
	if (news && w->change == CHANGE_KNOWN)
		w->change = CHANGE_CHANGED;
	if (!news || w->change == CHANGE_NEW)            /* whoever is new was indexed when made; a further row of theirs was not */
		return true;
	for (size_t i = 0; i < w->emails; i++)
		if (!sql_index_put(p->op, INDEX_EMAIL, (int64_t)w->email_key[i], s->id))
			return false;
	for (size_t i = 0; i < w->phones; i++)
		if (!sql_index_put(p->op, INDEX_PHONE, (int64_t)w->phone_key[i], s->id))
			return false;
	return true;
}

static struct place place_of(struct people *p, uint32_t id)
{
	return (struct place){ "customer", "sealed", p->op->business, id };
}

static bool records_open(struct people *p)
{
	struct place *place = ARENA_ARRAY(p->a, struct place, p->states);
	struct str *sealed = ARENA_ARRAY(p->a, struct str, p->states), *plain = ARENA_ARRAY(p->a, struct str, p->states);
	struct state **of = ARENA_ARRAY(p->a, struct state *, p->states);
	size_t n = 0;
	for (size_t i = 0; i < p->states; i++)
		if (p->state[i]->sealed.n) {
			of[n] = p->state[i];
			place[n] = place_of(p, of[n]->id);
			sealed[n] = of[n]->sealed;
			n++;
		}
	if (n && (!op_looked(p->op, n) || !seal_unwrap(p->op->seal, place, sealed, plain, n, p->a, &p->op->err)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!record_parse(plain[i], &of[i]->record))
			return err_set(&p->op->err, TORN, NULL, "A customer's record can't be read. Run handback check.");
	return true;
}

static bool records_keep(struct people *p)
{
	struct place *place = ARENA_ARRAY(p->a, struct place, p->states);
	struct str *plain = ARENA_ARRAY(p->a, struct str, p->states), *sealed = ARENA_ARRAY(p->a, struct str, p->states);
	struct state **of = ARENA_ARRAY(p->a, struct state *, p->states);
	struct buf b = BUF(RECORD_MAX);
	size_t n = 0;
	for (size_t i = 0; i < p->states; i++) {
		if (!p->state[i]->changed && !p->state[i]->fresh)
			continue;
		buf_clear(&b);
		record_write(&b, &p->state[i]->record);
		if (b.full) {
			buf_free(&b);
			return err_set(&p->op->err, TOO_BIG, NULL, "A customer's record has grown too long.");
		}
		of[n] = p->state[i];
		place[n] = place_of(p, of[n]->id);
		plain[n++] = arena_str(p->a, buf_str(&b));
	}
	bool good = seal_wrap(p->op->seal, place, plain, sealed, n, p->a, &p->op->err);
	for (size_t i = 0; good && i < n; i++) {
		struct state *s = of[i];
		buf_clear(&b);
		marks_write(&b, s->marks, s->n_marks);
		good = s->fresh ? sql_customer_put(p->op, s->id, s->ref, s->region, s->country, s->language, s->ways, buf_str(&b), p->import, sealed[i])
		                : sql_customer_change(p->op, s->id, s->region, s->country, s->language, s->ways, buf_str(&b), sealed[i]);
	}
	buf_free(&b);
	return good;
}

/* ---- bare references ---- */

/* A reference's place in the order: the eight bytes behind what all have in common nearly always tell. */
struct order { uint64_t head; uint32_t at; };

static size_t common_start(const struct str *ref, size_t n)
{
	size_t common = n ? ref[0].n : 0;
	for (size_t i = 1; i < n; i++) {
		common = ref[i].n < common ? ref[i].n : common;
		while (memcmp(ref[i].p, ref[0].p, common) != 0)
			common--;
	}
	return common;
}

static uint64_t head_of(struct str ref, size_t common)
{
	uint64_t head = 0;
	for (size_t i = common; i < common + sizeof head; i++)
		head = head << 8 | (i < ref.n ? (uint8_t)ref.p[i] : 0);
	return head;
}

static int by_ref(const void *a, const void *b, void *refs)
{
	const struct order *x = a, *y = b;
	const struct str *ref = refs;
	return x->head != y->head ? (x->head > y->head) - (x->head < y->head) : str_cmp(ref[x->at], ref[y->at]);
}

static bool refs_keep(struct people *p)
{
	struct order *o = mem_get((p->refs + 1) * sizeof *o);
	struct sql_customers_put some[SQL_CUSTOMERS_PUT];
	size_t common = common_start(p->ref, p->refs), n = 0;
	for (size_t i = 0; i < p->refs; i++)
		o[i] = (struct order){ head_of(p->ref[i], common), (uint32_t)i };
	qsort_r(o, p->refs, sizeof *o, by_ref, p->ref);
	int64_t first = op_count_many(p->op, "customer", (int64_t)p->refs);
	bool good = first > 0;
	p->ref_id = mem_grow(p->ref_id, (p->refs + 1) * sizeof *p->ref_id);
	for (size_t i = 0; good && i < p->refs; i++) {
		int64_t id = first + (int64_t)i;
		some[n++] = (struct sql_customers_put){ id, p->ref[o[i].at] };
		if (n == LENGTH(some)) {
			good = sql_customers_put(p->op, STR(""), STR(""), p->import, some);
			n = 0;
		}
		p->ref_id[o[i].at] = (uint32_t)id;
	}
	for (size_t i = 0; good && i < n; i++)
		good = sql_customer_put(p->op, some[i].id, some[i].ref, STR(""), STR(""), STR(""), 0, STR(""), p->import, STR(""));
	for (size_t i = 0; good && i <= p->ids.mask; i++)
		if (p->ids.id[i] & PENDING)
			p->ids.id[i] = people_number(p, p->ids.id[i]);
	free(o);
	return good;
}

bool people_flush(struct people *p)
{
	p->ref_id = mem_grow(p->ref_id, (p->refs + 1) * sizeof *p->ref_id);
	if (!p->n && !p->refs)
		return true;
	if (p->n && !op_key(p->op))
		return false;
	if (!op_begin(p->op))
		return false;
	bool good = !p->refs || refs_keep(p);
	if (p->n) {
		good = good && keys_make(p);
		for (size_t i = 0; good && i < p->n; i++)
			good = resolve(p, &p->wait[i]);
		good = good && records_open(p);
		for (size_t i = 0; good && i < p->n; i++)
			good = say_all(p, &p->wait[i]);
		good = good && records_keep(p);
	}
	return op_end(p->op, good);
}

uint32_t people_number(const struct people *p, uint32_t pending)
{
	return pending & PENDING ? p->ref_id[pending & ~PENDING] : pending;
}

uint32_t people_ticket(const struct people *p, uint32_t ticket)
{
	return p->wait[ticket].of->id;
}

enum change people_change(const struct people *p, uint32_t ticket)
{
	return p->wait[ticket].change;
}

void people_next(struct people *p)
{
	arena_reset(p->a);
	p->n = p->states = p->refs = 0;
}
