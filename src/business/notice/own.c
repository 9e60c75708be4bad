/* own - the page that is one customer's alone (doc/front.md), and the link to it. Touches pages/ in the data folder. */
#include "notice_int.h"
#include "notice_sql.h"
#include "pages.h"
#include "seal.h"

#include <inttypes.h>
#include <stdlib.h>
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

/* ---- the page: what this round tells, and behind it what the earlier ones told, in the words that went out ----
 *
 * Those are taken from the page as it lies there, which whoever writes it can open: comments round each part tell where it begins and ends. Nothing that a notice
 * says can hold one: its text is escaped.
 */

/* With its comments: <!--day-->November 27, 2026<!--.--> */
static struct safe marked(struct op *op, const char *part, struct str inner)
{
	return (struct safe){ arena_say(op->a, "<!--%s-->" STR_FMT "<!--.-->", part, STR_ARG(inner)) };
}

static const char *title_mark(struct op *op, const struct own_told *t)
{
	return arena_printf(op->a, "told %" PRId64 ".%" PRId64 " %s", t->incident, t->round, language_code(t->language).p);
}

/* What stands behind `open` up to `close`, and goes on behind it. */
static bool between(struct str *rest, const char *open, const char *close, struct str *in)
{
	const char *from = memmem(rest->p, rest->n, open, strlen(open));
	if (!from)
		return false;
	from += strlen(open);
	size_t left = rest->n - (size_t)(from - rest->p);
	const char *to = memmem(from, left, close, strlen(close));
	if (!to)
		return false;
	*in = (struct str){ from, (size_t)(to - from) };
	*rest = (struct str){ to, left - in->n };
	return true;
}

static bool told_next(struct op *op, struct str *rest, struct own_told *t)
{
	struct str mark, title, day, text;
	*t = (struct own_told){ 0 };
	if (!between(rest, "<!--told ", "-->", &mark) || !between(rest, "-->", "<!--.-->", &title) || !between(rest, "<!--day-->", "<!--.-->", &day) ||
	    !between(rest, "<!--text-->", "<!--.-->", &text))
		return false;
	struct str incident = str_split(&mark, '.'), round = str_split(&mark, ' ');
	t->language = str_eq(mark, language_code(SPANISH)) ? SPANISH : ENGLISH;
	if (!str_i64(incident, &t->incident) || !str_i64(round, &t->round))
		return false;
	t->title = marked(op, title_mark(op, t), title), t->day = marked(op, "day", day), t->text = marked(op, "text", text);
	return true;
}

/* Those of other rounds that the page has, without what was taken back before it went out. */
static bool told_before(struct op *op, const struct publishing *p, const uint8_t secret[FRONT_SECRET], const struct moving *m, struct own_told *told, size_t *n)
{
	struct err none = { 0 };
	struct str rest;
	if (!front_page_for(p->pages, secret, op->a, &rest, &none))      /* none yet, or damaged: it begins anew */
		return true;
	while (*n < OWN_TOLD_MAX && told_next(op, &rest, &told[*n])) {
		struct sql_notice_get q;
		bool found;
		if (told[*n].incident == m->incident && told[*n].round == m->round)
			continue;
		if (!sql_notice_get(op, told[*n].incident, told[*n].round, m->who.n, &q, &found))
			return false;
		*n += found && q.state != UNDONE;
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
	const struct own_text_view text = { .passage = w->passage + titled, .n = w->n - titled };
	*told = (struct own_told){ .incident = m->incident, .round = m->round, .language = w->language };
	html_str(&o, titled ? w->passage[0].text : t->business);
	told->title = marked(op, title_mark(op, told), buf_str(b));
	buf_clear(b);
	html_str(&o, when_day_text(op->a, t->zone, t->at, language_code(w->language).p));
	told->day = marked(op, "day", buf_str(b));
	buf_clear(b);
	page_own_text(&o, &text);
	told->text = marked(op, "text", buf_str(b));
}

bool own_put(struct op *op, const struct publishing *p, const struct moving *m, const uint8_t secret[FRONT_SECRET], const struct words *w, const struct telling *t)
{
	struct buf body = BUF(FRONT_PAGE_MAX), whole = BUF(FRONT_PAGE_MAX);
	struct html o = { .b = &body, .language = w->language }, layout = { .b = &whole, .language = w->language };
	struct own_told told[OWN_TOLD_MAX];
	char code[FRONT_CODE], name[FRONT_NAME];
	uint8_t key[FRONT_KEY];
	size_t n = 1;
	if (p->pages < 0)
		return true;
	front_code(secret, code);
	front_name(secret, name);
	front_proof_key(secret, key);
	told_now(op, &body, m, w, t, &told[0]);
	const struct str title = w->n && w->passage[0].sort == PASSAGE_TITLE ? w->passage[0].text : t->business;
	bool fits = !body.full, good = told_before(op, p, secret, m, told, &n);
	qsort(told, n, sizeof *told, newest_first);
	do {                                             /* where there is no room the oldest go */
		buf_clear(&body), buf_clear(&whole);
		page_own(&o, &(struct own_view){ .told = told, .n = n, .code = str_of(code), .business = t->business, .phone = t->phone, .by = t->letter ? LETTER : EMAIL });
		front_layout(&layout, &(struct front_view){ .title = title, .business = t->business, .body = { buf_str(&body) } });
	} while (fits && (body.full || whole.full) && --n);
	good = good && ((fits && n) || err_set(&op->err, TOO_BIG, NULL, "The text of this notice is too long for a page."));
	good = good && front_put_for(p->pages, secret, buf_str(&whole), &op->err) && sql_link_put(op, str_of(name), m->who.n, op->now, (struct str){ (const char *)key, sizeof key });
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
