/* record - what outlives the keeper: how much of each budget is used, how far the log was signed, which key is the newest. */
#include "keeper_int.h"

#include <errno.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

/* Counts of persons stand in rows: several whose numbers are 31 apart share one, which makes it only stricter. */
enum { ROWS = 32, COPY_AT = 4096 };

/* Two copies, written in turn: a torn write leaves the other. Only grows stricter when the clock goes back. */
struct record {
	uint64_t turn;
	struct { int64_t since, count; } used[BUDGETS][ROWS];
	uint64_t signed_size; uint8_t signed_root[32];
	uint64_t generation;
	uint64_t check;
};
_Static_assert(sizeof(struct record) <= COPY_AT, "the record's copies do not overlap");

static uint64_t record_check(const struct record *r)
{
	static const uint8_t key[16] = "handback-keeper";
	return hash64((struct str){ (const char *)r, offsetof(struct record, check) }, key);
}

/* The newer copy that is whole; false: neither is. */
static bool record_read(int fd, struct record *r)
{
	struct record copy[2] = { 0 };
	bool any = false;
	for (int i = 0; i < 2; i++)
		if (pread(fd, &copy[i], sizeof copy[i], (off_t)(i * COPY_AT)) == (ssize_t)sizeof copy[i] && copy[i].check == record_check(&copy[i]) &&
		    (!any || copy[i].turn >= r->turn))
			*r = copy[i], any = true;
	return any;
}

static bool record_write(int fd, struct record *r, struct err *e)
{
	r->turn++;
	r->check = record_check(r);
	return (pwrite(fd, r, sizeof *r, (off_t)(r->turn % 2 * COPY_AT)) == (ssize_t)sizeof *r && fdatasync(fd) == 0) ||
	       err_errno(e, "The keeper's record could not be written");
}

static bool record_lock(int fd, int how, struct err *e)
{
	while (flock(fd, how) != 0)
		if (errno != EINTR)
			return err_errno(e, "The keeper's record could not be locked");
	return true;
}

/* A record that is lost must not give new tries: all budgets count as used for an hour, those of a minute for a minute. */
static void record_anew(struct record *r)
{
	*r = (struct record){ 0 };
	for (int b = 0; b < BUDGETS; b++)
		for (int i = 0; i < ROWS; i++) {
			int64_t wait = limits[b].per < 3600 ? limits[b].per : 3600;
			r->used[b][i].since = clock_seconds(CLOCK_REALTIME) + wait - limits[b].per;
			r->used[b][i].count = limits[b].most;
		}
}

static bool record_take(int fd, struct record *r, struct err *e)
{
	if (!record_lock(fd, LOCK_EX, e))
		return false;
	if (record_read(fd, r))
		return true;
	record_anew(r);
	if (record_write(fd, r, e))
		return true;
	flock(fd, LOCK_UN);
	return false;
}

static bool record_leave(int fd, struct record *r, bool change, struct err *e)
{
	bool good = !change || record_write(fd, r, e);
	flock(fd, LOCK_UN);
	return good;
}

bool record_found(int fd, struct err *e)
{
	struct record r = { 0 }, old;
	if (!record_lock(fd, LOCK_EX, e))
		return false;
	bool taken = record_read(fd, &old) && old.signed_size;
	return record_leave(fd, &r, !taken, e) && (!taken || err_set(e, CONFLICT, NULL, "This data folder has a vault already."));
}

bool seal_record_new(int fd, struct err *e)
{
	struct record r;
	return (!record_read(fd, &r) && record_found(fd, e)) || err_set(e, CONFLICT, NULL, "There is a keeper's record already.");
}

bool seal_record(int fd, struct signed_so_far *out, struct err *e)
{
	struct record r;
	if (!record_lock(fd, LOCK_SH, e))
		return false;
	*out = (struct signed_so_far){ .whole = record_read(fd, &r) };
	flock(fd, LOCK_UN);
	if (out->whole) {
		out->size = r.signed_size;
		memcpy(out->root, r.signed_root, sizeof out->root);
	}
	return true;
}

bool record_spend(int fd, enum budget b, int64_t person, int64_t n, struct err *e)
{
	struct record r;
	const struct limit *l = &limits[b];
	int64_t now = clock_seconds(CLOCK_REALTIME);
	size_t row = l->of == A_PERSON ? 1 + (size_t)((uint64_t)person % (ROWS - 1)) : 0;
	if (!record_take(fd, &r, e))
		return false;
	int64_t *since = &r.used[b][row].since, *count = &r.used[b][row].count;
	if (!*count || now >= *since + l->per)
		*since = now, *count = 0;
	if (n > 0 && n > l->most - *count) {
		record_leave(fd, &r, false, e);
		if (r.signed_size)
			return err_set(e, REFUSED, NULL, "%s", l->say);
		/* a vault's record has signed the log from its founding on */
		return err_set(e, REFUSED, NULL, "The keeper's record (keeper.record in the data folder) was missing or damaged and was begun anew. "
		               "So that this gives nobody new tries, wait %s, then run it again.", l->per < 3600 ? "a minute" : "an hour");
	}
	*count = *count + n > 0 ? *count + n : 0;
	return record_leave(fd, &r, true, e);
}

uint32_t record_generation(int fd)
{
	struct record r = { 0 };
	return record_read(fd, &r) ? (uint32_t)r.generation : 0;
}

bool record_generation_put(int fd, uint32_t generation, struct err *e)
{
	struct record r;
	if (!record_take(fd, &r, e))
		return false;
	bool newer = generation > r.generation;
	if (newer)
		r.generation = generation;
	return record_leave(fd, &r, newer, e);
}

bool record_sign(int fd, struct tree *t, const uint8_t (*leaf)[TREE_HASH], size_t n, uint8_t root[TREE_HASH], struct err *e)
{
	struct record r;
	if (!record_take(fd, &r, e))
		return false;
	tree_root(t, root);
	bool same = t->size == r.signed_size && (!t->size || memcmp(r.signed_root, root, TREE_HASH) == 0), shorter = t->size + n < r.signed_size;
	for (size_t i = 0; same && i < n; i++)
		tree_add(t, leaf[i]);
	if (same) {
		tree_root(t, root);
		r.signed_size = t->size;
		memcpy(r.signed_root, root, TREE_HASH);
	}
	if (!record_leave(fd, &r, same && n, e))
		return false;
	return same || err_set(e, REFUSED, NULL, "The log has been %s since it was last signed.", shorter ? "shortened" : "rewritten");
}
