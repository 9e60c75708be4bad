/* sms - a short message with the way to the notice, through a gateway that takes a form by HTTPS (data/notice/sms-gateways.txt). One after another: each
 * is on record as handed before it can go, and what the gateway says of it after; without an answer it is in doubt, and no more go out in this run.
 */
#include "notice_data.h"
#include "sending.h"
#include "wire_fetch.h"

#include <stdio.h>
#include <stdlib.h>

enum { WORDS_MAX = 200, SMS_AT_ONCE = 50 };

bool sms_open(struct op *op, struct sms *s)
{
	struct str gateway = op_setting(op, "sms.gateway"), account = gateway, name = str_split(&account, ':'), file = op_setting(op, "sms.password-file"), text = data_sms_gateways_txt;
	bool own = str_starts(gateway, STR("https://")) || str_starts(gateway, STR("http://"));
	*s = (struct sms){ .from = op_setting(op, "sms.from"), .user = own ? op_setting(op, "sms.user") : account };
	if (!gateway.n)
		return true;
	if (own)
		name = STR("own");
	while (text.p && !s->url.n) {
		struct str line = str_split(&text, '\n'), word = str_split(&line, ' ');
		if (!str_eq(word, name) || !line.p)
			continue;
		struct str url = str_split(&line, ' ');
		for (size_t i = 0; i < LENGTH(s->field); i++)
			s->field[i] = str_split(&line, ' ');
		const char *percent = memchr(url.p, '%', url.n);
		size_t before = percent ? (size_t)(percent - url.p) : url.n;
		s->url = !percent ? url
		                  : arena_say(op->a, STR_FMT STR_FMT STR_FMT, (int)before, url.p, STR_ARG(percent[1] == 'a' ? gateway : account), (int)(url.n - before - 2), percent + 2);
	}
	if (!s->url.n)
		return err_set(&op->err, INVALID, "sms.gateway", "There is no gateway \"" STR_FMT "\": it is twilio:ACCOUNT, or the address of your own, https://...", STR_ARG(name));
	if (!s->from.n)
		return err_set(&op->err, INVALID, "sms.from", "Set the number or name that SMS come from: handback set sms.from +12025550100");
	op_outward(op, &s->way);
	return !file.n || wire_password("sms.password-file", file, &s->password, op->a, &op->err);
}

/* "+1 (202) 555-0100" as gateways want it: digits, a + before them where one stands. */
static struct str number_plain(struct op *op, struct str phone)
{
	char *out = arena_get(op->a, phone.n + 3);
	size_t n = 0, digits = 0;
	for (size_t i = 0; i < phone.n; i++)
		if ((phone.p[i] >= '0' && phone.p[i] <= '9') || (phone.p[i] == '+' && !n)) {
			digits += phone.p[i] != '+';
			out[n++] = phone.p[i];
		}
	struct str plain = { out, n };
	/* a North American number without its country (ITU-T E.164) */
	return digits == 10 && n == 10 && str_starts(op_setting(op, "region"), STR("US")) ? arena_say(op->a, "+1" STR_FMT, STR_ARG(plain)) : plain;
}

/* Blocks until the gateway has said what became of it. Words live in op->a. */
static void gateway_send(struct op *op, const struct sms *s, struct str phone, struct str text, struct wire_result *r)
{
	struct buf form = BUF(8 << 10);
	struct wire_got got;
	fetch_form(&form, s->field[0], number_plain(op, phone));
	fetch_form(&form, s->field[1], s->from);
	fetch_form(&form, s->field[2], text);
	wire_fetch(&s->way, &(struct wire_ask){ .url = s->url, .post = true, .form = buf_str(&form), .user = s->user, .password = s->password, .most = 64 << 10 }, &got, op->a);
	buf_free(&form);
	*r = (struct wire_result){ .outcome = WIRE_UNKNOWN, .words = arena_say(op->a, "%s", got.why) };
	if (got.how == FETCH_UNTRUSTED || got.how == FETCH_FORBIDDEN)
		r->outcome = WIRE_NOT_HANDED, r->fatal = true;
	if (got.how != FETCH_ANSWERED)
		return;
	snprintf(r->code, sizeof r->code, "%ld", got.status);
	r->words = (struct str){ got.body.p, got.body.n < WORDS_MAX ? got.body.n : WORDS_MAX };
	r->outcome = got.status / 100 == 2 ? WIRE_SENT : got.status == 401 || got.status == 403 || got.status / 100 == 3 ? WIRE_NOT_HANDED : got.status == 429 || got.status >= 500 ? WIRE_LATER : WIRE_REFUSED;
	r->fatal = r->outcome == WIRE_NOT_HANDED;
	if (r->fatal)
		r->words = arena_say(op->a, "The SMS gateway does not take our account (%ld): look at sms.gateway and sms.password-file", got.status);
}

/* ---- those of a round ---- */

/* One is handed, sent and answered before the next: a gateway charges for each. */
static bool sms_one(struct sending *s, struct item *i)
{
	struct op *op = s->op;
	struct telling t;
	struct words w;
	struct wire_job job = { 0 };
	if (!sending_look(s) || !op_begin(op))
		return false;
	bool good = items_still_due(s, i, 1);
	i->m.attempts++;
	if (good && !i->gone && i->torn)
		good = item_spoil(s, i, "damaged");
	else if (good && !i->gone && !i->c.phones)
		good = item_fall(s, i, "no number", STR(""));
	else if (good && !i->gone && (good = item_words_put(s, i, &t, &w))) {
		i->job = &job;
		i->text = sms_words(op, &t, s->public.pages < 0 ? STR("") : front_link(op->a, s->public.url, i->secret));
		good = own_sync(op, &s->public) && notice_move(op, &i->m, E_HAND, &(struct outcome){ SMS, i->m.attempts, 0, "", { 0 }, i->text });
	}
	if (!op_end(op, good) || !i->job)
		return good;
	gateway_send(op, &s->sms, i->c.phone[0].value, i->text, &job.result);
	sending_tick(s);
	return op_begin(op) && op_end(op, item_outcome(s, i));
}

bool messages_send(struct sending *s)
{
	struct op *op = s->op;
	bool good = true;
	while (good && s->sms.url.n && !s->stuck && !s->lost && !op_stopped(op)) {
		struct arena *mine = arena_open(), *whole = op->a;
		op->a = mine;
		struct item *item = ARENA_ARRAY(mine, struct item, SMS_AT_ONCE);
		size_t n;
		good = items_due(s, SMS, SMS_AT_ONCE, item, &n) && (!n || items_open(s, item, n));
		for (size_t i = 0; good && i < n && !s->stuck && !s->lost && !op_stopped(op); i++)
			good = sms_one(s, &item[i]);
		op->a = whole;
		arena_close(mine);
		sending_progress(s, "Sending");
		if (!n)
			break;
	}
	return good;
}
