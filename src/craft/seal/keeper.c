/* keeper - what the process that alone holds the key does when it is asked: the closed list of requests, who may ask, within which budgets; sessions
 * and lines. Parses nothing foreign: what it reads is what seal.c writes, and is not believed. How requests come in and answers go out: turn.c; what is done when
 * they may be asked: vault.c, values.c, leaves.c.
 */
#include "keeper_int.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SESSION_SECONDS = 12 * 3600 };

/* ---- the closed list ---- */

enum needs { NOTHING, AN_OPEN_VAULT, A_ROUND, A_SESSION, A_SESSION_OR_ROUND, THE_PASSPHRASE, AN_OWNERS_PASSPHRASE };
enum { CLI = 1 << ASKER_CLI, DESK = 1 << ASKER_DESK, COURIER = 1 << ASKER_COURIER, ANY = CLI | DESK | COURIER };

static handler do_session, do_end, do_line, do_lock;

/* who may ask, what it needs, which budget it takes from; stretches: runs Argon2 */
static const struct { handler *run; unsigned askers; enum needs needs; enum budget of; bool stretches; } list[R_COUNT] = {
	[R_CREATE]  = { do_create,  CLI | DESK, NOTHING,              B_NONE,    true },
	[R_LOGIN]   = { do_login,   CLI | DESK, NOTHING,              B_TRIES,   true },
	[R_AGAIN]   = { do_again,   CLI | DESK, A_SESSION,            B_TRIES,   true },
	[R_SESSION] = { do_session, CLI | DESK, NOTHING,              B_NONE,    false },
	[R_END]     = { do_end,     CLI | DESK, NOTHING,              B_NONE,    false },
	[R_WRAP]    = { do_wrap,    ANY,        AN_OPEN_VAULT,        B_NONE,    false },
	[R_UNWRAP]  = { do_unwrap,  ANY,        A_SESSION_OR_ROUND,   B_UNWRAP,  false },      /* a round's: just its customers, not counted */
	[R_VERIFY]  = { do_verify,  CLI | DESK, A_SESSION,            B_NONE,    false },      /* opens, answers only yes or no */
	[R_INDEX]   = { do_index,   CLI | DESK, A_SESSION,            B_INDEX,   false },      /* else it is an oracle for phone numbers */
	[R_APPROVE] = { do_approve, CLI | DESK, THE_PASSPHRASE,       B_APPROVE, false },
	[R_USE]     = { do_use,     ANY,        AN_OPEN_VAULT,        B_NONE,    false },      /* a desk only asks whether it holds: the database has every approval */
	[R_SIGN]    = { do_sign,    ANY,        AN_OPEN_VAULT,        B_NONE,    false },
	[R_SLOT]    = { do_slot,    CLI | DESK, THE_PASSPHRASE,       B_SLOTS,   true },       /* another's, or a recovery code: an owner's */
	[R_RESEAL]  = { do_reseal,  CLI | DESK, THE_PASSPHRASE,       B_NONE,    false },      /* to the newest key; nothing comes out */
	[R_GIVE]    = { do_give,    CLI | DESK, THE_PASSPHRASE,       B_NONE,    false },      /* enrolment codes of nobody's to customers; nothing comes out */
	[R_ROTATE]  = { do_rotate,  CLI | DESK, AN_OWNERS_PASSPHRASE, B_SLOTS,   true },
	[R_LOCK]    = { do_lock,    CLI | DESK, AN_OWNERS_PASSPHRASE, B_NONE,    false },
	[R_BACKUP]  = { do_backup,  CLI,        A_SESSION,            B_NONE,    false },      /* what is sealed in a backup's database stays sealed */
	[R_LINK]    = { do_link,    CLI | COURIER, A_ROUND,           B_NONE,    false },      /* that round's customers */
	[R_ANSWER]  = { do_answer,  CLI | DESK, A_SESSION,            B_ANSWERS, false },
	[R_LINE]    = { do_line,    CLI,        NOTHING,              B_NONE,    false },
};

/* at most so many within so many seconds, a person or the vault; free: none are counted for 15 minutes after the passphrase was given again */
const struct limit limits[BUDGETS] = {
	[B_TRIES]   = { 5, 60, A_PERSON, false, "Five wrong passphrases within a minute. Wait a minute, then try again." },
	[B_UNWRAP]  = { 2000, 3600, A_PERSON, true, "2,000 contacts were opened within the hour. Wait, or give the passphrase again for a large job." },
	[B_INDEX]   = { 20000, 86400, THE_VAULT, true, "20,000 look-ups were made today. Give the passphrase again for a large job." },
	[B_APPROVE] = { 10, 86400, THE_VAULT, false, "Ten rounds were approved today. Wait, then approve again; handback check says how the keeper's record is." },
	[B_SLOTS]   = { 20, 86400, THE_VAULT, false, "Twenty passphrases and recovery codes were made today. Wait until tomorrow, then make the next one." },
	[B_ANSWERS] = { 2000, 3600, A_PERSON, true, "2,000 answers were opened within the hour. Wait, or give the passphrase again for a large job." },
};

/* ---- sessions ---- */

struct session *keeper_session(struct keeper *k, const uint8_t token[SEAL_TOKEN])
{
	struct session *found = NULL;
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct session *s = &k->session[i];
		if (s->person && s->ends <= clock_seconds(CLOCK_BOOTTIME))
			wipe(s, sizeof *s);
		if (s->person && sodium_memcmp(s->token, token, SEAL_TOKEN) == 0)
			found = s;
	}
	return found;
}

void keeper_admit(struct keeper *k, struct line *l, int64_t person, bool owner)
{
	struct session *s = &k->session[0];
	for (size_t i = 1; i < SESSIONS_MAX; i++)
		if (k->session[i].ends < s->ends)
			s = &k->session[i];
	*s = (struct session){ .person = person, .owner = owner, .ends = l->asker == ASKER_CLI ? INT64_MAX : clock_seconds(CLOCK_BOOTTIME) + SESSION_SECONDS };
	random_bytes(s->token, sizeof s->token);
	memcpy(l->token, s->token, sizeof l->token);
}

static bool again_holds(const struct session *s)
{
	return s && clock_seconds(CLOCK_BOOTTIME) < s->again_until;
}

bool keeper_spend(struct keeper *k, struct line *l, enum request which, int64_t n, struct err *e)
{
	struct session *s = keeper_session(k, l->token);
	return (limits[list[which].of].free && again_holds(s)) || record_spend(k->record, list[which].of, s ? s->person : 0, n, e);
}

void keeper_lock(struct keeper *k)
{
	wipe(k->secret, sizeof *k->secret);
	wipe(k->session, sizeof k->session);
	k->open = false;
}

static bool do_session(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	static const uint8_t none[SEAL_TOKEN];
	struct str token = cursor_bytes(c, SEAL_TOKEN);
	(void)out;
	if (!cursor_done(c))
		return false;
	memcpy(l->token, none, sizeof none);
	if (memcmp(token.p, none, sizeof none) == 0)
		return true;
	if (!keeper_session(k, (const uint8_t *)token.p))
		return err_set(e, LOCKED, "passphrase", "The contacts are closed. Give the passphrase to open them.");
	memcpy(l->token, token.p, sizeof l->token);
	return true;
}

static bool do_end(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	struct str token = cursor_bytes(c, SEAL_TOKEN);
	(void)l, (void)out, (void)e;
	if (!cursor_done(c))
		return false;
	struct session *s = keeper_session(k, (const uint8_t *)token.p);
	if (s)
		wipe(s, sizeof *s);
	return true;
}

static bool do_lock(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	(void)l, (void)out, (void)e;
	return cursor_done(c) && (keeper_lock(k), true);
}

/* ---- lines ---- */

static void line_begin(struct line *l, int fd, enum asker asker)
{
	*l = (struct line){ .fd = fd, .asker = asker, .pass = -1, .in = BUF(FRAME_MAX + 4), .out = BUF(FRAME_MAX) };
}

/* A try that still runs needs the request: then the rest goes when it has come to its end. */
void line_end(struct line *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	if (l->pass >= 0)
		close(l->pass);
	l->pass = -1;
	bits_close(&l->rows);
	l->rows = (struct bits){ 0 };
	l->by_round = false;
	wipe(l->token, sizeof l->token);
	buf_free(&l->out);
	if (!l->trial.stretch.child)
		buf_free(&l->in);
}

/* A line more for another process: one end stays here, the other goes back behind the answer. Who asks on it is fixed from here on. */
static bool do_line(struct keeper *k, struct line *l, struct cursor *c, struct buf *out, struct err *e)
{
	uint8_t asker = cursor_u8(c);
	int pair[2];
	(void)out;
	if (!cursor_done(c) || (asker != ASKER_DESK && asker != ASKER_COURIER))
		return false;
	size_t i = 1;
	while (i < k->lines && (k->line[i].fd >= 0 || k->line[i].trial.stretch.child))
		i++;
	if (i == LINES_MAX)
		return err_set(e, TOO_BIG, NULL, "The keeper has %d lines already.", LINES_MAX);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_errno(e, "The keeper could not make a line");
	line_begin(&k->line[i], pair[0], (enum asker)asker);
	k->lines = i == k->lines ? i + 1 : k->lines;
	l->pass = pair[1];
	return true;
}

static bool allowed(struct keeper *k, struct line *l, enum request which, struct err *e)
{
	enum needs needs = list[which].needs;
	struct session *s = keeper_session(k, l->token);
	/* another keeper of this vault has a newer key: this one's is history, and so is who signed in with it */
	if (k->open && needs != NOTHING && record_generation(k->record) > k->secret->generation)
		keeper_lock(k), s = NULL;
	if (needs != NOTHING && !k->open)
		return err_set(e, LOCKED, "passphrase", "The vault is locked. Give the passphrase.");
	if (needs == A_ROUND)
		return l->by_round || err_set(e, REFUSED, NULL, "This goes under an approved round only.");
	if (needs > A_ROUND && !s && !(needs == A_SESSION_OR_ROUND && l->by_round))
		return err_set(e, LOCKED, "passphrase", "Nobody is signed in. Give the passphrase.");
	if (needs >= THE_PASSPHRASE && !again_holds(s))
		return err_set(e, REFUSED, "passphrase", "This needs the passphrase once more.");
	if (needs == AN_OWNERS_PASSPHRASE && !s->owner)
		return err_set(e, REFUSED, NULL, "Only an owner can do this.");
	return true;
}

/* Puts the answer together. false: the asker is no client of ours. A try that has begun has no answer yet. */
static bool answered(const struct line *l, bool good, struct buf *answer, const struct err *e)
{
	bool later = good && l->trial.stretch.child;
	if (good && !later)
		return !answer->full;
	wipe(answer->p, answer->n);
	buf_clear(answer);
	if (later || !e->code)
		return later;
	buf_u8(answer, (uint8_t)e->code);
	buf_put(answer, str_of(e->say));
	return true;
}

bool keeper_handle(struct keeper *k, struct line *l, struct str request, struct buf *answer)
{
	struct cursor c = cursor_of(request);
	struct err e = { 0 };
	uint8_t which = cursor_u8(&c);
	if (c.torn || which == 0 || which >= R_COUNT || !(list[which].askers >> l->asker & 1))
		return false;
	buf_u8(answer, OK);
	return answered(l, allowed(k, l, which, &e) && list[which].run(k, l, &c, answer, &e), answer, &e);
}

bool keeper_stretches(uint8_t which)
{
	return which < R_COUNT && list[which].stretches;
}

bool keeper_tried(struct keeper *k, struct line *l, enum request which, struct buf *answer)
{
	struct err e = { 0 };
	buf_u8(answer, OK);
	return answered(l, trial_end(k, l, which, answer, &e), answer, &e);
}

struct line *keeper_line(struct keeper *k, enum asker asker)
{
	struct line *l = &k->line[k->lines++];
	line_begin(l, -1, asker);
	return l;
}

void keeper_unlock(struct keeper *k, struct line *l, const uint8_t master[32], int64_t person, bool owner, bool again)
{
	k->open = secrets_derive(k->secret, master, k->business, STR(""));
	keeper_admit(k, l, person, owner);
	if (again)
		keeper_session(k, l->token)->again_until = INT64_MAX;
}

struct keeper *keeper_open(int record, int64_t business)
{
	struct keeper *k = mem_zero(1, sizeof *k);
	k->record = record;
	k->business = business;
	k->secret = secrets_get();
	if (!k->secret || sodium_init() < 0) {
		secrets_drop(k->secret);
		free(k);
		return NULL;
	}
	return k;
}

void keeper_close(struct keeper *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->lines; i++)
		line_end(&k->line[i]);
	secrets_drop(k->secret);
	wipe(k, sizeof *k);
	free(k);
}
