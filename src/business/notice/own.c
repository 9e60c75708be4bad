/* own - the page that is one customer's alone (doc/front.md), and the link to it. Touches pages/ in the data folder. */
#include "notice_int.h"
#include "notice_sql.h"
#include "pages.h"
#include "seal.h"

#include <unistd.h>

_Static_assert((int)FRONT_SECRET == (int)LINK_SECRET && (int)FRONT_KEY == (int)ANSWER_KEY, "seal and front speak of the same");

bool own_open(struct op *op, struct publishing *p)
{
	*p = (struct publishing){ .pages = -1, .url = op_setting(op, "public.url") };
	if (p->url.n)
		p->pages = front_open(op->folder, &op->err);
	front_words();
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

bool own_put(struct op *op, const struct publishing *p, customer_id who, const uint8_t secret[FRONT_SECRET], const struct words *w, const struct telling *t)
{
	struct buf body = BUF(FRONT_PAGE_MAX), whole = BUF(FRONT_PAGE_MAX);
	struct html o = { .b = &body, .language = w->language }, layout = { .b = &whole, .language = w->language };
	char code[FRONT_CODE], name[FRONT_NAME];
	if (p->pages < 0)
		return true;
	front_code(secret, code);
	front_name(secret, name);
	bool titled = w->n && w->passage[0].sort == PASSAGE_TITLE;
	const struct own_view view = {
		.title = titled ? w->passage[0].text : t->business, .passage = w->passage + titled, .n = w->n - titled, .code = str_of(code), .business = t->business,
		.phone = t->phone, .day = when_day_text(op->a, t->zone, t->at, language_code(w->language).p), .by = t->letter ? LETTER : EMAIL,
	};
	page_own(&o, &view);
	front_layout(&layout, &(struct front_view){ .title = view.title, .business = t->business, .body = { buf_str(&body) } });
	bool good = (!body.full && !whole.full) || err_set(&op->err, TOO_BIG, NULL, "The text of this notice is too long for a page.");
	good = good && front_put_for(p->pages, secret, buf_str(&whole), &op->err) && sql_link_put(op, str_of(name), who.n, op->now);
	buf_free(&body);
	buf_free(&whole);
	wipe(code, sizeof code);
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
	while (sql_notices_of_next(op, &q))              /* the latest stands last */
		if (q.state == POSTED && (!only || (q.incident == only->incident && q.round == only->round)))
			*m = (struct moving){ q.incident, q.round, { (uint32_t)whose.customer }, (enum notice_channel)q.channel, POSTED, q.attempts };
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
