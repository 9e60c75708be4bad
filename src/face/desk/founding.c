#include "founding.h"
#include "role.h"

#include <stdio.h>
#include <unistd.h>

static bool copied(char *to, size_t room, struct str s)
{
	if (s.n >= room)
		return false;
	memcpy(to, s.p, s.n);
	to[s.n] = 0;
	return true;
}

bool founding_ask(const struct founding_asked *f, char code[64], char key[FOUNDING_KEY + 1], struct err *e)
{
	struct buf b = BUF(FOUNDING_MAX);
	char room[FOUNDING_MAX];
	struct cursor c = { 0 };
	int call = role_call("found", e);
	if (call < 0)
		return false;
	buf_lstr(&b, f->name);
	buf_lstr(&b, f->region);
	buf_lstr(&b, f->timezone);
	buf_lstr(&b, f->passphrase);
	bool good = line_say(call, &b) && line_hear(call, room, sizeof room, &c);
	buf_free(&b);
	close(call);
	struct str said = cursor_lstr(&c), secret = cursor_lstr(&c), link = cursor_lstr(&c);
	if (!good || !cursor_done(&c))
		err_set(e, OUTSIDE, NULL, "The business could not be made. Try again; if it stays so, start Handback anew.");
	else if (!secret.n)
		err_set(e, REFUSED, NULL, STR_FMT, STR_ARG(said));
	good = good && cursor_done(&c) && secret.n && copied(code, 64, secret) && copied(key, FOUNDING_KEY + 1, link);
	wipe(room, sizeof room);
	return good;
}

bool founding_take(int call, char *room, struct founding_asked *f)
{
	struct cursor c;
	if (!line_hear(call, room, FOUNDING_MAX, &c))
		return false;
	*f = (struct founding_asked){ .name = cursor_lstr(&c) };
	f->region = cursor_lstr(&c);
	f->timezone = cursor_lstr(&c);
	f->passphrase = cursor_lstr(&c);
	return cursor_done(&c);
}

bool founding_answer(int call, struct str code, struct str key, const struct err *e)
{
	struct buf b = BUF(FOUNDING_MAX);
	buf_lstr(&b, code.n ? STR("") : str_of(e->say));
	buf_lstr(&b, code);
	buf_lstr(&b, key);
	bool good = line_say(call, &b);
	buf_free(&b);
	return good;
}
