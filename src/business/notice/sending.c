/* sending - what a run of sending goes by: the account at the mail server, when it tries again, how many mails at once, and the time. Reads settings only. */
#include "sending.h"

#include <time.h>

enum { CONNECTIONS = 4 };

bool sending_account(struct sending *s)
{
	struct op *op = s->op;
	struct str server = op_setting(op, "mail.server"), file = op_setting(op, "mail.password-file");
	struct wire_account account;
	int64_t connections = CONNECTIONS;
	s->from = op_setting(op, "mail.from");
	if (!server.n || str_eq(server, STR("none"))) {
		if (!mail_address(s->from))
			s->from = STR("business@handback.invalid");     /* RFC 2606; the owner's mail program puts its own */
	} else {
		if (!mail_address(s->from))
			return err_set(&op->err, INVALID, "mail.from", "Set the address that your mails come from: handback set mail.from you@example.com");
		if (!wire_account(server, &account, op->a, &op->err) || (file.n && !wire_password("mail.password-file", file, &account.password, op->a, &op->err)))
			return false;
		account.ca_file = op_setting(op, "mail.ca-file");
		str_i64(op_setting(op, "mail.connections"), &connections);
		s->wire = wire_open(&account, (unsigned)connections);
	}
	const char *at = memrchr(s->from.p, '@', s->from.n);
	s->domain = (struct str){ at + 1, s->from.n - (size_t)(at + 1 - s->from.p) };
	return true;
}

void sending_settings(struct sending *s)
{
	struct str delays = op_setting(s->op, "mail.retry");
	if (!delays.n)
		delays = STR("5,20,60");
	while (delays.p && s->delays < RETRIES_MAX) {
		int64_t seconds;
		if (str_i64(str_trim(str_split(&delays, ',')), &seconds) && seconds >= 0 && seconds <= LATER)
			s->delay[s->delays++] = seconds;
	}
	s->batch = BATCH_MAX;
	str_i64(op_setting(s->op, "mail.batch"), &s->batch);
	s->batch = s->batch < 1 || s->batch > BATCH_MAX ? BATCH_MAX : s->batch;
}

int64_t sending_clock(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int64_t sending_tick(struct sending *s)
{
	/* whole seconds that have passed, never one too many: what is put off till now must be due in the next run */
	return s->op->now = s->begun + (sending_clock() - s->clock) / INT64_C(1000000000);
}

void sending_progress(struct sending *s, const char *what)
{
	if (s->op->progress)
		s->op->progress(s->op, what, (uint64_t)s->done, (uint64_t)s->total);
}
