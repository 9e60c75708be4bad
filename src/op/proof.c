/* proof - see proof.h. Making: one pass over the log's entries. Reading: foreign text, of which nothing is believed. */
#include "op_int.h"
#include "op_sql.h"
#include "proof.h"
#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_ID = 4, ED25519 = 1, SIGNATURE = 64, SIGNATURES_MAX = 100, EXTRA_MAX = 4 << 10 };
#define DASH "\xE2\x80\x94 "                             /* em dash and space: how a signature's line begins */
#define PROOF_FIRST "c2sp.org/tlog-proof@v1"

/* ---- signed notes ---- */

/* The first 4 bytes of SHA-256(name, line end, 1 for Ed25519, key). */
static void key_id(struct str name, const uint8_t public_key[32], uint8_t id[KEY_ID])
{
	struct sha256 h;
	uint8_t hash[32];
	sha256_start(&h);
	sha256_add(&h, name);
	sha256_add(&h, STR("\n\x01"));
	sha256_add(&h, bytes_of(public_key, 32));
	sha256_end(&h, hash);
	memcpy(id, hash, KEY_ID);
}

static void buf_base64_line(struct buf *b, const uint8_t *p, size_t n)
{
	buf_base64(b, bytes_of(p, n));
	buf_byte(b, '\n');
}

struct str key_text(struct arena *a, struct str origin, const uint8_t public_key[32])
{
	uint8_t id[KEY_ID], key[33] = { ED25519 };
	struct buf b = BUF(KEY_TEXT_MAX);
	key_id(origin, public_key, id);
	memcpy(key + 1, public_key, 32);
	buf_printf(&b, STR_FMT "+" STR_FMT "+", STR_ARG(origin), STR_ARG(hex(a, id, sizeof id)));
	buf_base64(&b, bytes_of(key, sizeof key));
	struct str s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

bool key_read(struct str text, uint8_t public_key[32], struct err *e)
{
	struct str rest = str_trim(text), name = str_split(&rest, '+'), id = str_split(&rest, '+');
	uint8_t key[33], expected[KEY_ID];
	size_t n;
	char said[2 * KEY_ID + 1];
	if (!name.n || id.n != 2 * KEY_ID || !rest.p || !base64_read(rest, key, sizeof key, &n) || n != sizeof key || key[0] != ED25519)
		return err_set(e, INVALID, "key", "That is no key of a log. It looks like NAME+1234abcd+AQ...");
	key_id(name, key + 1, expected);
	for (size_t i = 0; i < KEY_ID; i++)
		snprintf(said + 2 * i, 3, "%02x", expected[i]);
	if (!str_eq_nocase(id, str_of(said)))
		return err_set(e, INVALID, "key", "That key has a typing mistake: its number does not fit the rest.");
	memcpy(public_key, key + 1, 32);
	return true;
}

/* ---- making ---- */

bool proof_head(struct op *op, struct kept_head *h)
{
	struct sql_log_head_get head;
	struct sql_business_get business;
	struct tree t;
	uint8_t mark[KEY_ID + SIGNATURE];
	bool found, known;
	if (!sql_log_head_get(op, &head, &found) || !sql_business_get(op, &business, &known))
		return false;
	if (!found || !known || head.signed_size <= 0)
		return err_set(&op->err, CONFLICT, NULL, "The log is not signed yet: open the vault once, then try again.");
	if (!tree_of(&t, (uint64_t)head.signed_size, head.signed_frontier) || head.signature.n != SIGNATURE || business.public_key.n != 32)
		return err_set(&op->err, TORN, NULL, "The log's head is damaged. Run handback log verify.");
	const uint8_t *key = (const uint8_t *)business.public_key.p;
	h->size = t.size, h->origin = arena_str(op->a, head.origin);
	tree_root(&t, h->root);
	key_id(h->origin, key, mark);
	memcpy(mark + KEY_ID, head.signature.p, SIGNATURE);
	struct buf b = BUF(NOTE_MAX);
	seal_checkpoint(&b, h->origin, h->size, h->root);
	buf_printf(&b, "\n" DASH STR_FMT " ", STR_ARG(h->origin));
	buf_base64_line(&b, mark, sizeof mark);
	h->note = arena_str(op->a, buf_str(&b));
	h->key = key_text(op->a, h->origin, key);
	buf_free(&b);
	return true;
}

/* The signed part of the log, once over: the paths through it, and what the entries of `of` are. */
static bool walk(struct op *op, const struct kept_head *h, struct audit *path, size_t n, struct proved *const *of, struct str *text, struct tree *t)
{
	struct sql_entries q;
	uint8_t leaf[TREE_HASH], root[TREE_HASH];
	size_t next = 0;
	*t = (struct tree){ 0 };
	if (!sql_entries(op, 0, &q))
		return false;
	while (t->size < h->size && sql_entries_next(op, &q)) {
		for (; of && next < n && of[next]->entry == q.n; next++)
			text[next] = arena_str(op->a, q.body);
		tree_leaf(q.body, leaf);
		tree_add_for(t, leaf, path, n);
	}
	sql_entries_stop(&q);
	tree_root(t, root);
	return op->err.code == OK && ((t->size == h->size && memcmp(root, h->root, sizeof root) == 0) ||
	                              err_set(&op->err, TORN, NULL, "The log is not what was signed, so nothing can be proved from it. Run handback log verify."));
}

/* Head and entries of one moment. */
static bool walk_begin(struct op *op, bool *own)
{
	*own = !db_writing(op->db);
	return !*own || db_begin(op->db, false, &op->err);
}

static bool walk_end(struct op *op, bool own, bool good)
{
	struct err ignored = { 0 };
	if (own)
		db_end(op->db, false, &ignored);
	return good;
}

bool proof_extends(struct op *op, uint64_t before, struct str *file)
{
	struct kept_head h;
	struct tree t;
	struct audit path;
	uint8_t hash[TREE_LEVELS][TREE_HASH];
	bool own;
	if (!walk_begin(op, &own))
		return false;
	bool good = proof_head(op, &h) && ((before && before <= h.size) ||
	            err_set(&op->err, INVALID, "old", "%" PRIu64 " entries of the log are signed; the older checkpoint has 1 at least and not more than that.", h.size));
	if (good) {
		path = audit_of_size(before);
		good = walk(op, &h, &path, 1, NULL, NULL, &t);
	}
	if (!walk_end(op, own, good))
		return false;
	struct buf b = BUF(PROOF_MAX);
	buf_printf(&b, "old %" PRIu64 "\n", before);
	if (before < h.size) {
		size_t n = audit_end(&t, &path, hash);
		if (audit_needs_self(before))
			buf_base64_line(&b, path.self, TREE_HASH);
		for (size_t i = 0; i < n; i++)
			buf_base64_line(&b, hash[i], TREE_HASH);
	}
	buf_byte(&b, '\n');
	buf_put(&b, h.note);
	*file = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return true;
}

static int by_entry(const void *a, const void *b)
{
	const struct proved *x = *(struct proved *const *)a, *y = *(struct proved *const *)b;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

static struct str proof_file(struct op *op, const struct kept_head *h, const struct tree *t, const struct audit *path, struct str entry, struct str said)
{
	uint8_t hash[TREE_LEVELS][TREE_HASH];
	size_t n = audit_end(t, path, hash);
	struct buf b = BUF(PROOF_MAX), extra = BUF(EXTRA_MAX);
	buf_put(&extra, entry);
	buf_byte(&extra, '\n');
	buf_put(&extra, said);
	buf_put(&b, STR(PROOF_FIRST "\nextra "));
	buf_base64_line(&b, (const uint8_t *)extra.p, extra.n);
	buf_printf(&b, "index %" PRIu64 "\n", path->index);
	for (size_t i = 0; i < n; i++)
		buf_base64_line(&b, hash[i], TREE_HASH);
	buf_byte(&b, '\n');
	buf_put(&b, h->note);
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&extra);
	buf_free(&b);
	return s;
}

bool proof_entries(struct op *op, struct proved *p, size_t n)
{
	struct kept_head h;
	struct tree t;
	bool own;
	if (n > PROOFS_MAX)
		return err_set(&op->err, TOO_BIG, NULL, "At most %d proofs are made at once.", PROOFS_MAX);
	struct proved **of = ARENA_ARRAY(op->a, struct proved *, n + 1);
	struct str *text = ARENA_ARRAY(op->a, struct str, n + 1);
	struct audit *path = mem_zero(n + 1, sizeof *path);
	for (size_t i = 0; i < n; i++)
		of[i] = &p[i];
	qsort(of, n, sizeof(struct proved *), by_entry);
	bool good = walk_begin(op, &own) && proof_head(op, &h);
	for (size_t i = 0; i < n; i++)
		of[i]->file = STR("");
	while (good && n && of[n - 1]->entry >= (int64_t)h.size)         /* they wait for their signature */
		n--;
	for (size_t i = 0; good && i < n; i++)
		path[i].index = (uint64_t)of[i]->entry;
	good = walk_end(op, own, good && (!n || walk(op, &h, path, n, of, text, &t)));
	for (size_t i = 0; good && i < n; i++)
		of[i]->file = proof_file(op, &h, &t, &path[i], text[i], of[i]->said);
	free(path);
	return good;
}

/* ---- reading ---- */

/* Decimal, as it was written: no sign, no zero in front. */
static bool count_read(struct str s, uint64_t *n)
{
	int64_t i;
	if (!s.n || s.n > 18 || (s.p[0] == '0' && s.n > 1) || s.p[0] < '0' || s.p[0] > '9' || !str_i64(s, &i))
		return false;
	*n = (uint64_t)i;
	return true;
}

static bool hash_read(struct str s, uint8_t hash[TREE_HASH])
{
	size_t n;
	return s.n == 44 && base64_read(s, hash, TREE_HASH, &n) && n == TREE_HASH;
}

struct str note_plain(struct arena *a, struct str s)
{
	s = str_trim(s);
	char *to = arena_get(a, s.n + 2);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r')
			to[n++] = s.p[i];
	to[n++] = '\n';
	return (struct str){ to, n };
}

bool checkpoint_read(struct str note, struct checkpoint *c, struct err *e)
{
	static const char no[] = "That is no checkpoint of a log: it has the log's name, how many entries, a line of letters and figures, an empty line, and a line that begins with a dash.";
	const char *end = memmem(note.p, note.n, "\n\n", 2);
	if (note.n > NOTE_MAX || !end)
		return err_set(e, INVALID, NULL, "%s", no);
	c->text = (struct str){ note.p, (size_t)(end + 1 - note.p) };
	c->signatures = (struct str){ end + 2, note.n - c->text.n - 1 };
	struct str rest = c->text;
	c->origin = str_split(&rest, '\n');
	struct str size = str_split(&rest, '\n'), root = str_split(&rest, '\n');
	if (!c->origin.n || !count_read(size, &c->size) || !hash_read(root, c->root) || !c->signatures.n || note.p[note.n - 1] != '\n')
		return err_set(e, INVALID, NULL, "%s", no);
	return true;
}

enum signed_how checkpoint_signed(const struct checkpoint *c, const uint8_t public_key[32])
{
	enum signed_how how = SIGNED_BY_ANOTHER;
	struct str rest = c->signatures;
	uint8_t id[KEY_ID], mark[KEY_ID + SIGNATURE];
	key_id(c->origin, public_key, id);
	for (size_t lines = 0; rest.n && lines < SIGNATURES_MAX; lines++) {
		struct str line = str_split(&rest, '\n');
		size_t n;
		if (!str_starts(line, STR(DASH)))
			continue;
		line.p += sizeof DASH - 1, line.n -= sizeof DASH - 1;
		struct str name = str_split(&line, ' ');
		if (!str_eq(name, c->origin) || !line.p || !base64_read(line, mark, sizeof mark, &n) || n != sizeof mark || memcmp(mark, id, KEY_ID) != 0)
			continue;                        /* a witness's, or of a kind that we don't know */
		if (!seal_signed(public_key, c->text, mark + KEY_ID))
			return SIGNED_FALSELY;
		how = SIGNED_WELL;
	}
	return how;
}

static bool no_proof(struct err *e, const char *why)
{
	return err_set(e, INVALID, "file", "%s", why);
}

/* "entry", then on lines of its own what was said with it: the entry ends in its hash. */
static bool extra_read(struct arena *a, struct str line, struct shown *p, struct err *e)
{
	uint8_t hash[32];
	size_t n;
	char *extra = arena_get(a, EXTRA_MAX);
	if (!str_starts(line, STR("extra ")) || !base64_read((struct str){ line.p + 6, line.n - 6 }, extra, EXTRA_MAX, &n))
		return no_proof(e, "That proof does not say what it proves: its second line is not the entry of the log.");
	p->said = (struct str){ extra, n };
	p->entry = str_split(&p->said, '\n');
	if (!p->said.n)
		return true;
	sha256(p->said, hash);
	struct str end = arena_say(a, "=" STR_FMT, STR_ARG(hex(a, hash, sizeof hash)));
	return (p->entry.n > end.n && memcmp(p->entry.p + p->entry.n - end.n, end.p, end.n) == 0) ||
	       no_proof(e, "The proof was changed: what is said of the notice does not fit the entry of the log.");
}

bool proof_read(struct arena *a, struct str file, struct shown *p, struct err *e)
{
	uint8_t hash[TREE_LEVELS][TREE_HASH], leaf[TREE_HASH];
	struct str rest = file, line;
	size_t n = 0;
	*p = (struct shown){ 0 };
	if (file.n > PROOF_MAX || !str_eq(str_split(&rest, '\n'), STR(PROOF_FIRST)))
		return no_proof(e, "That is no proof: its first line is not " PROOF_FIRST ".");
	if (!extra_read(a, str_split(&rest, '\n'), p, e))
		return false;
	line = str_split(&rest, '\n');
	if (!str_starts(line, STR("index ")) || !count_read((struct str){ line.p + 6, line.n - 6 }, &p->n))
		return no_proof(e, "That proof does not say which entry of the log it is about.");
	for (line = str_split(&rest, '\n'); line.n; line = str_split(&rest, '\n'))
		if (n == TREE_LEVELS || !hash_read(line, hash[n++]))
			return no_proof(e, "That proof is damaged in the lines below \"index\".");
	if (!rest.p || !checkpoint_read(rest, &p->head, e))
		return no_proof(e, "That proof has no checkpoint at its end.");
	tree_leaf(p->entry, leaf);
	return tree_included(leaf, p->n, p->head.size, (const uint8_t (*)[TREE_HASH])hash, n, p->head.root) ||
	       no_proof(e, "The proof does not hold: this entry does not stand in the log of its checkpoint. Something in it was changed.");
}
