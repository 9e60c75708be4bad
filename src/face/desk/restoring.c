#include "restoring.h"
#include "box.h"
#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAITS_MS = 1800 * 1000 };                         /* as long as an upload is kept for a decision */
enum says { SAYS_HOLDS, SAYS_KEPT, SAYS_FAILED };

/* ---- the desk's end ---- */

bool restoring_ask(int line, struct str passphrase)
{
	struct buf b = BUF(RESTORING_MAX);
	buf_lstr(&b, passphrase);
	bool good = line_say(line, &b);
	buf_free(&b);
	return good;
}

/* The role has read a stranger's file: what it says is taken as it comes, and its reason is a text. */
bool restoring_told(int line, char *room, struct restoring_said *s)
{
	struct cursor c;
	*s = (struct restoring_said){ 0 };
	if (!line_hear(line, room, RESTORING_MAX, &c))
		return false;
	enum says said = (enum says)cursor_u8(&c);
	s->holds = said == SAYS_HOLDS, s->kept = said == SAYS_KEPT;
	if (s->holds) {
		s->what.business = cursor_lstr(&c);
		int64_t *const number[] = { &s->what.made, &s->what.customers, &s->what.touches, &s->what.imports, &s->what.incidents, &s->what.entries };
		for (size_t i = 0; i < LENGTH(number); i++)
			*number[i] = (int64_t)cursor_u64(&c);
	} else if (said == SAYS_FAILED) {
		uint8_t code = cursor_u8(&c);
		struct str say = cursor_lstr(&c);
		err_set(&s->why, code > OK && code <= TORN ? (enum fault)code : OUTSIDE, "file", STR_FMT, STR_ARG(say));
	}
	return cursor_done(&c) && said <= SAYS_FAILED;
}

bool restoring_keep(int line)
{
	return line_write(line, STR("y"));
}

/* ---- the role ---- */

static int desk_line;
static struct str told;                                  /* the passphrase */

static bool ask_told(struct op *op, const char *why, struct str *passphrase)
{
	(void)why;
	*passphrase = arena_str(op->a, told);
	return told.n > 0;
}

/* The folders can be exchanged: asked before anybody waits for it. A folder that is itself a disk has no place that could be another's. */
static bool exchangeable(struct op *op, const char *beside)
{
	const char *one = arena_printf(op->a, "%s/one", beside), *two = arena_printf(op->a, "%s/two", beside);
	struct statx folder;
	bool good = mkdir(one, 0700) == 0 && mkdir(two, 0700) == 0 && renameat2(AT_FDCWD, one, AT_FDCWD, two, RENAME_EXCHANGE) == 0;
	rmdir(one), rmdir(two);
	good = good && statx(AT_FDCWD, arena_str(op->a, op->folder).p, 0, STATX_BASIC_STATS, &folder) == 0 && !(folder.stx_attributes & STATX_ATTR_MOUNT_ROOT);
	return good || err_set(&op->err, OUTSIDE, "file", "On this disk a data folder can't be exchanged for another at once. Have whoever looks after the computer put the backup back: handback restore");
}

/* What is in the file was written by whoever could write to where it lay. */
static bool powers_drop(struct op *op, const char *beside)
{
	const struct box_path path[] = { { beside, true }, { "/usr/share/zoneinfo", false }, { "/etc/localtime", false }, { "/dev/urandom", false }, { "/dev/null", true } };
	return exchangeable(op, beside) && box_drop_but(POWER_DESK, path, LENGTH(path), &op->err);
}

static bool ask_keep(struct op *op, const struct holds *h, void *about)
{
	const int64_t number[] = { h->made, h->customers, h->touches, h->imports, h->incidents, h->entries };
	struct buf b = BUF(RESTORING_MAX);
	char word = 0;
	(void)op, (void)about;
	buf_u8(&b, SAYS_HOLDS);
	buf_lstr(&b, h->business);
	for (size_t i = 0; i < LENGTH(number); i++)
		buf_u64(&b, (uint64_t)number[i]);
	bool good = line_say(desk_line, &b) && poll(&(struct pollfd){ .fd = desk_line, .events = POLLIN }, 1, WAITS_MS) > 0 && line_read(desk_line, &word, 1) && word == 'y';
	buf_free(&b);
	return good;
}

int restore_main(int line, int fd, const char *folder)
{
	struct op op = { .a = arena_open(), .folder = str_of(folder), .business = 1, .person = PERSON_FIRST, .now = when_now(), .ask = ask_told };
	const struct restoring r = { fd, "This file", powers_drop, ask_keep, NULL };
	struct buf b = BUF(RESTORING_MAX);
	char room[RESTORING_MAX];
	struct cursor c;
	bool kept = false;
	desk_line = line;
	umask(077);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || !line_hear(line, room, sizeof room, &c))
		return 2;
	told = cursor_lstr(&c);
	/* who tries another passphrase has read it before: the place in a file is common to all its descriptors */
	bool good = cursor_done(&c) && lseek(fd, 0, SEEK_SET) == 0 && keep_restore(&op, &r, &kept);
	wipe(room, sizeof room);
	if (good && kept) {
		buf_u8(&b, SAYS_KEPT);
	} else {
		buf_u8(&b, SAYS_FAILED);
		buf_u8(&b, (uint8_t)(good ? REFUSED : op.err.code));
		buf_lstr(&b, good ? STR("Nothing was put back.") : str_of(op.err.say));
	}
	bool said = line_say(line, &b);
	buf_free(&b);
	arena_close(op.a);
	return good && kept && said ? 0 : 1;
}
