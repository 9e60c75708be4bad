/* own - the page that is one customer's alone (doc/front.md), and the link to it. Touches pages/ in the data folder. */
#include "notice_int.h"
#include "notice_sql.h"
#include "own.h"
#include "pages.h"
#include "seal.h"
#include "telling.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

_Static_assert((int)FRONT_SECRET == (int)LINK_SECRET && (int)FRONT_KEY == (int)ANSWER_KEY, "seal and front speak of the same");

bool own_open(struct op *op, struct publishing *p)
{
	*p = (struct publishing){ .pages = -1, .url = op_setting(op, "public.url") };
	if (p->url.n)
		p->pages = front_open(op->folder, &op->err);
	return op->err.code == OK;
}

void own_close(struct publishing *p)
{
	if (p->pages >= 0)
		close(p->pages);
	p->pages = -1;
}

bool own_links(struct op *op, struct publishing *p, const customer_id *who, size_t n, uint8_t (*secret)[FRONT_SECRET])
{
	uint8_t key[FRONT_KEY];
	int64_t *customer = ARENA_ARRAY(op->a, int64_t, n);
	if (p->pages < 0 || !n)
		return true;
	for (size_t i = 0; i < n; i++)
		customer[i] = who[i].n;
	if (!seal_links(op->seal, customer, n, secret, key, &op->err) || (!p->keyed && !front_key_put(p->pages, key, &op->err)))
		return false;
	p->keyed = true;
	return true;
}

/* ---- the page: what this round tells, and behind it what the earlier ones told, in the words that went out ----
 *
 * Those are taken from the page as it lies there, which whoever writes it can open.
 */

/* Those of other rounds that the page has, without what was taken back before it went out. */
static bool told_before(struct op *op, const struct publishing *p, const uint8_t secret[FRONT_SECRET], const struct moving *m, struct own_page *page)
{
	struct err none = { 0 };
	struct own_page before;
	struct str bytes;
	if (!front_page_for(p->pages, secret, op->a, &bytes, &none) || !front_own_read(bytes, &before))       /* none yet, or damaged: it begins anew */
		return true;
	for (size_t i = 0; i < before.n && page->n < OWN_TOLD_MAX; i++) {
		const struct own_told *t = &before.told[i];
		struct sql_notice_get q;
		bool found;
		if (t->incident == m->incident && t->round == m->round)
			continue;
		if (!sql_notice_get(op, t->incident, t->round, m->who.n, &q, &found))
			return false;
		if (found && q.state != UNDONE)
			page->told[page->n++] = *t;
	}
	return true;
}

static int newest_first(const void *a, const void *b)
{
	const struct own_told *x = a, *y = b;
	if (x->incident != y->incident)
		return x->incident < y->incident ? 1 : -1;
	return (x->round < y->round) - (x->round > y->round);
}

static void told_now(struct op *op, struct buf *b, const struct moving *m, const struct words *w, const struct telling *t, struct own_told *told)
{
	struct html o = { .b = b, .language = w->language };
	bool titled = w->n && w->passage[0].sort == PASSAGE_TITLE;
	page_own_text(&o, &(struct own_text_view){ .passage = w->passage + titled, .n = w->n - titled });
	*told = (struct own_told){ .incident = m->incident, .round = m->round, .language = w->language, .title = titled ? w->passage[0].text : t->business,
	                           .day = when_day_text(op->a, t->zone, t->at, language_code(w->language).p), .text = arena_str(op->a, buf_str(b)) };
}

bool own_put(struct op *op, const struct publishing *p, const struct moving *m, const uint8_t secret[FRONT_SECRET], const struct words *w, const struct telling *t)
{
	struct buf b = BUF(FRONT_OWN_MAX);
	struct own_page page = { .language = w->language, .letter = t->letter, .phone = t->phone, .n = 1 };
	char name[FRONT_NAME];
	uint8_t key[FRONT_KEY];
	if (p->pages < 0)
		return true;
	front_name(secret, name);
	front_proof_key(secret, key);
	told_now(op, &b, m, w, t, &page.told[0]);
	bool fits = !b.full, good = told_before(op, p, secret, m, &page);
	qsort(page.told, page.n, sizeof *page.told, newest_first);
	do {                                             /* where there is no room the oldest go */
		buf_clear(&b);
		front_own_write(&b, &page);
	} while (fits && b.full && --page.n);
	good = good && ((fits && page.n) || err_set(&op->err, TOO_BIG, NULL, "The text of this notice is too long for a page."));
	good = good && front_put_for(p->pages, secret, buf_str(&b), &op->err) && sql_link_put(op, str_of(name), m->who.n, op->now, (struct str){ (const char *)key, sizeof key });
	buf_free(&b);
	return good;
}

bool own_sync(struct op *op, const struct publishing *p)
{
	return p->pages < 0 || front_sync(p->pages, &op->err);
}

void words_link(struct op *op, struct words *w, const struct telling *t, const struct publishing *p, const uint8_t secret[FRONT_SECRET])
{
	char code[FRONT_CODE];
	if (p->pages < 0)
		return;
	struct str host = p->url;
	str_split(&host, '/'), str_split(&host, '/');
	front_code(secret, code);
	words_where(op, w, t->letter ? STR("") : front_link(op->a, p->url, secret), arena_say(op->a, STR_FMT "/p", STR_ARG(host)), arena_str(op->a, str_of(code)));
	wipe(code, sizeof code);
}

bool notice_page_whose(struct op *op, const char *name, customer_id *who, bool *found)
{
	struct sql_link_find q;
	if (!sql_link_find(op, str_of(name), &q, found))
		return false;
	*who = (customer_id){ *found ? (uint32_t)q.customer : 0 };
	return true;
}

bool coded_letter(struct op *op, struct str typed, const struct round *only, struct moving *m, struct str *ref)
{
	uint8_t secret[FRONT_SECRET];
	char name[FRONT_NAME];
	struct sql_link_find whose;
	struct sql_notices_of q;
	bool found;
	if (!front_code_read(typed, secret))
		return err_set(&op->err, INVALID, "code", "This is not a letter's code: it has six groups of five. The round and the customer's reference will do, too, like 1.1 C-000123.");
	front_name(secret, name);
	wipe(secret, sizeof secret);
	if (!sql_link_find(op, str_of(name), &whose, &found))
		return false;
	if (!found)
		return err_set(&op->err, NOT_FOUND, "code", "No customer here has this code.");
	*ref = arena_str(op->a, whose.ref);
	*m = (struct moving){ 0 };
	if (!sql_notices_of(op, whose.customer, &q))
		return false;
	while (sql_notices_of_next(op, &q)) {            /* the latest stands last; one that was answered counts where none else is in the post */
		bool fits = !only || (q.incident == only->incident && q.round == only->round);
		if (fits && (q.state == POSTED || (q.state == ACKNOWLEDGED && q.channel == LETTER && m->state != POSTED)))
			*m = (struct moving){ q.incident, q.round, { (uint32_t)whose.customer }, (enum notice_channel)q.channel, (enum notice_state)q.state, q.attempts };
	}
	return op->err.code == OK && (m->incident || err_set(&op->err, CONFLICT, "code", "No letter to " STR_FMT " is in the post. If it was printed: say first that the letters were posted.", STR_ARG(*ref)));
}

/* What waits in a later round is not what was read. */
bool notice_heard(struct op *op, customer_id who, int64_t *moved)
{
	enum { MOST = 256 };
	struct moving m[MOST];
	struct sql_notices_of q;
	size_t n = 0;
	if (!sql_notices_of(op, who.n, &q))
		return false;
	while (n < MOST && sql_notices_of_next(op, &q))
		m[n++] = (struct moving){ q.incident, q.round, who, (enum notice_channel)q.channel, (enum notice_state)q.state, q.attempts };
	sql_notices_of_stop(&q);
	bool good = op->err.code == OK;
	*moved = 0;
	for (size_t i = 0; good && i < n; i++) {
		enum notice_state to;
		if (m[i].state == QUEUED || !state_after(m[i].state, E_REACH, &to))
			continue;
		++*moved;
		good = notice_move(op, &m[i], E_REACH, &(struct outcome){ m[i].channel, m[i].attempts, 0, "page", { 0 } });
	}
	return good;
}
