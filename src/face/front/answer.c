/* answer - what a customer sends from their own page: checked, card numbers taken out, sealed, and put on the line to the courier. Kept nowhere. */
#include "detect.h"
#include "visitors_int.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

static bool is_way(struct str s)
{
	return str_eq(s, STR("email")) || str_eq(s, STR("letter"));
}

/* Enough that a slip of the finger is seen while they are still there: a person looks at it later. */
static bool is_email(struct str s)
{
	const char *at = memchr(s.p, '@', s.n), *end = s.p + s.n;
	return at && at > s.p && memchr(at, '.', (size_t)(end - at)) && !memchr(at + 1, '@', (size_t)(end - at) - 1) && !memchr(s.p, ' ', s.n);
}

static bool is_address(struct str s)
{
	return s.n >= 8 && memchr(s.p, ' ', s.n);
}

/* What can be sent, with the fields of its form and how long they may be. `any`: one of them has to be filled in. doc/front.md. */
static const struct sort { const char *what; struct { const char *name; size_t most; bool (*fits)(struct str); bool needed; struct said wrong; } field[4]; bool any; struct said done; } sorts[] = {
	{ "read", { { NULL, 0 } }, false, say("We have noted that you have read it.") },
	{ "call", { { "phone", 40, str_phone, true, say("Type your telephone number, like 202 555 0100.") }, { "when", 100 } }, true, say("We will call you.") },
	{ "address", { { "email", 200, is_email, false, say("That is no e-mail address.") }, { "address", 400, is_address, false, say("Type the whole address: street, town and postal code.") },
	    { "phone", 40, str_phone, false, say("That is no telephone number.") } }, true, say("We will look at the change, and use it from then on.") },
	{ "channel", { { "by", 10, is_way, true, say("Choose e-mail or letter.") } }, true, say("We have noted how you want to be written to.") },
	{ "held", { { NULL, 0 } }, false, say("We will make the list and send it to you.") },
	{ "forget", { { NULL, 0 } }, false, say("We will look at it, and tell you what was deleted.") },
};

static const struct sort *sort_of(struct str what)
{
	for (size_t i = 0; i < LENGTH(sorts); i++)
		if (str_eq(what, str_of(sorts[i].what)))
			return &sorts[i];
	return NULL;
}

/* One field as it goes on: cut to its length, without control characters, without a card number. */
static struct str field_text(struct guest *g, const char *name, size_t most, bool *masked)
{
	struct str s = str_trim(pair_text(g->ask->form, name));
	struct buf safe = BUF(4 * FRONT_ANSWER_MAX);
	s = arena_str(g->ask->a, (struct str){ s.p, s.n < most ? s.n : most });
	while (!str_utf8(s))                             /* not within a letter */
		s.n--;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' && s.p[i] != '\n')
			((char *)(uintptr_t)s.p)[i] = ' ';
	*masked |= detect_mask(&safe, s) > 0;
	s = arena_str(g->ask->a, buf_str(&safe));
	buf_free(&safe);
	return s;
}

/* Version, what, when, and pairs of name and value. false: nothing was filled in, or *wrong says what does not look like what it should be. */
static bool body_write(struct guest *g, const struct sort *sort, struct buf *body, bool *masked, const char **wrong)
{
	struct timespec t;
	bool any = !sort->any;
	clock_gettime(CLOCK_REALTIME, &t);
	buf_u8(body, 1);
	buf_lstr(body, str_of(sort->what));
	buf_u64(body, (uint64_t)t.tv_sec);
	for (size_t i = 0; sort->field[i].name; i++) {
		struct str value = field_text(g, sort->field[i].name, sort->field[i].most, masked);
		if (value.n ? sort->field[i].fits && !sort->field[i].fits(value) : sort->field[i].needed) {
			*wrong = sort->field[i].wrong.english;
			return false;
		}
		if (!value.n)
			continue;
		any = true;
		buf_lstr(body, str_of(sort->field[i].name));
		buf_lstr(body, value);
	}
	return any;
}

static int send_it(struct guest *g, const uint8_t secret[FRONT_SECRET], struct str body)
{
	uint8_t packet[FRONT_SEALED_MAX];
	size_t n;
	struct err e = { 0 };
	if (!front_answer(g->pages, secret, body, packet, &n, &e))
		return e.code == TOO_BIG ? 413 : 503;
	ssize_t sent;
	do
		sent = write(g->answers, packet, n);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)n ? 200 : 503;
}

bool answer_do(struct visit *v)
{
	struct guest *g = &v->guest;
	struct str typed = pair_text(g->ask->form, "code");
	const struct sort *sort = sort_of(pair_text(g->ask->form, "what"));
	struct buf body = BUF(FRONT_ANSWER_MAX);
	uint8_t secret[FRONT_SECRET];
	bool masked = false;
	const char *wrong = NULL;
	struct own_page *page = ARENA_NEW(g->ask->a, struct own_page);
	int status = 400;
	/* the page has to be there: whoever has no page has no business here */
	if (sort && front_code_read(typed, secret) && guest_own(g, secret, page, &status))
		status = !body_write(g, sort, &body, &masked, &wrong) ? 400 : body.full ? 413 : send_it(g, secret, buf_str(&body));
	if (status == 200 || wrong) {
		g->reply->status = status;
		page_answered(&g->o, &(struct answered_view){ sort->done.english, wrong, typed, masked, str_eq(str_of(sort->what), STR("read")) });
		guest_show(g, wrong ? "Something is missing" : "Thank you");
	} else {
		guest_error(g, status, NULL);
	}
	wipe(secret, sizeof secret);
	buf_free(&body);
	return true;
}
