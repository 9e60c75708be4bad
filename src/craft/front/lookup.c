/* lookup - the files of answers: written whole, asked by a few reads each. Touches only pages/look/.
 *
 * A file: version (1 byte, 1), from and to (4 each), how many places (2), of each its number (4) and name (4 + its bytes), how many rows (4), then the rows
 * of equal length: place (4), day (4), the buckets of yes (32), those of no (32). All little-endian.
 */
#include "front_int.h"
#include "lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_VERSION = 1, ROW = 8 + 2 * LOOK_SET, HEAD_MAX = 15 + LOOK_PLACES_MAX * (8 + LOOK_PLACE_MAX) };

enum look_answer look_answer(int32_t from, int32_t to, const struct look_row *row, int32_t day, unsigned last4)
{
	if (day < from || day > to)
		return LOOK_NO;
	unsigned bucket = look_bucket(last4);
	return !row ? LOOK_PERHAPS : look_has(row->yes, bucket) ? LOOK_YES : look_has(row->no, bucket) ? LOOK_NO : LOOK_PERHAPS;
}

static int order(const struct look_row *row, uint32_t place, int32_t day)
{
	return row->place != place ? (row->place < place ? -1 : 1) : row->day != day ? (row->day < day ? -1 : 1) : 0;
}

const struct look_row *look_find(const struct lookup *l, uint32_t place, int32_t day)
{
	for (size_t low = 0, high = l->rows; low < high;) {
		size_t mid = low + (high - low) / 2;
		int is = order(&l->row[mid], place, day);
		if (is == 0)
			return &l->row[mid];
		low = is < 0 ? mid + 1 : low, high = is < 0 ? high : mid;
	}
	return NULL;
}

static int look_folder(int pages, bool make, struct err *e)
{
	return pages_folder(pages, "look", make, e);
}

static void name_of(char name[24], int64_t n)
{
	snprintf(name, 24, "%" PRId64, n);
}

bool front_look_put(int pages, int64_t n, const struct lookup *l, struct err *e)
{
	struct buf b = BUF(HEAD_MAX + (size_t)LOOK_ROWS_MAX * ROW);
	char name[24];
	name_of(name, n);
	buf_u8(&b, LOOK_VERSION);
	buf_u32(&b, (uint32_t)l->from);
	buf_u32(&b, (uint32_t)l->to);
	buf_u16(&b, (uint16_t)l->places);
	bool fits = l->places <= LOOK_PLACES_MAX && l->rows <= LOOK_ROWS_MAX;
	for (size_t i = 0; fits && i < l->places; i++) {
		fits = l->place[i].name.n <= LOOK_PLACE_MAX;
		buf_u32(&b, l->place[i].id);
		buf_lstr(&b, l->place[i].name);
	}
	buf_u32(&b, (uint32_t)l->rows);
	for (size_t i = 0; fits && i < l->rows; i++) {
		buf_u32(&b, l->row[i].place);
		buf_u32(&b, (uint32_t)l->row[i].day);
		buf_put(&b, (struct str){ (const char *)l->row[i].yes, LOOK_SET });
		buf_put(&b, (struct str){ (const char *)l->row[i].no, LOOK_SET });
	}
	fits = (fits && !b.full) || err_set(e, TOO_BIG, NULL, "The look-up has more places or days than a page can have.");
	int at = fits ? look_folder(pages, true, e) : -1;
	bool good = at >= 0 && pages_put(at, name, &(struct str){ b.p, b.n }, 1, true, e);
	if (at >= 0)
		close(at);
	buf_free(&b);
	return good;
}

bool front_look_drop(int pages, int64_t n, struct err *e)
{
	char name[24];
	name_of(name, n);
	int at = look_folder(pages, false, NULL);
	bool good = at < 0 || unlinkat(at, name, 0) == 0 || errno == ENOENT || err_errno(e, "The look-up can't be taken away");
	if (at >= 0)
		close(at);
	return good;
}

/* A file that is open to be asked: where its rows begin, and how many there are. */
struct asked { int fd; int32_t from, to; off_t rows; uint32_t n; struct look_place place[LOOK_PLACES_MAX]; size_t places; };

static bool head_read(struct asked *q, struct arena *a, off_t size)
{
	char *head = arena_get(a, HEAD_MAX);
	ssize_t got = pread(q->fd, head, HEAD_MAX, 0);
	struct cursor c = cursor_of((struct str){ head, got > 0 ? (size_t)got : 0 });
	bool good = cursor_u8(&c) == LOOK_VERSION;
	q->from = (int32_t)cursor_u32(&c), q->to = (int32_t)cursor_u32(&c);
	q->places = cursor_u16(&c);
	good = good && q->places <= LOOK_PLACES_MAX;
	for (size_t i = 0; good && i < q->places; i++) {
		q->place[i].id = cursor_u32(&c), q->place[i].name = cursor_lstr(&c);
		good = !c.torn && str_utf8(q->place[i].name);
	}
	q->n = cursor_u32(&c);
	q->rows = (const char *)c.p - head;
	return good && !c.torn && q->n <= LOOK_ROWS_MAX && size == q->rows + (off_t)q->n * ROW;
}

static bool asked_open(struct asked *q, int pages, int64_t n, struct arena *a, struct err *e)
{
	char name[24];
	struct stat st;
	name_of(name, n);
	int at = look_folder(pages, false, NULL);
	q->fd = at >= 0 ? openat(at, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
	if (at >= 0)
		close(at);
	if (q->fd < 0)
		return err_set(e, NOT_FOUND, NULL, "There is no look-up for this any more.");
	if (fstat(q->fd, &st) == 0 && S_ISREG(st.st_mode) && head_read(q, a, st.st_size))
		return true;
	close(q->fd);
	q->fd = -1;
	return err_set(e, TORN, NULL, "The look-up is damaged.");
}

bool front_look_places(int pages, int64_t n, struct arena *a, struct look_place **out, size_t *places, struct err *e)
{
	struct asked *q = ARENA_NEW(a, struct asked);
	if (!asked_open(q, pages, n, a, e))
		return false;
	close(q->fd);
	*out = q->place, *places = q->places;
	return true;
}

static bool row_read(const struct asked *q, uint32_t i, struct look_row *row)
{
	char bytes[ROW];
	if (pread(q->fd, bytes, ROW, q->rows + (off_t)i * ROW) != ROW)
		return false;
	struct cursor c = cursor_of((struct str){ bytes, ROW });
	row->place = cursor_u32(&c), row->day = (int32_t)cursor_u32(&c);
	memcpy(row->yes, cursor_bytes(&c, LOOK_SET).p, LOOK_SET);
	memcpy(row->no, cursor_bytes(&c, LOOK_SET).p, LOOK_SET);
	return true;
}

bool front_look(int pages, int64_t n, uint32_t place, int32_t day, unsigned last4, enum look_answer *answer, struct err *e)
{
	struct arena *a = arena_open();
	struct asked *q = ARENA_NEW(a, struct asked);
	struct look_row row = { 0 };
	bool good = asked_open(q, pages, n, a, e), there = false;
	uint32_t low = 0, high = good ? q->n : 0;
	*answer = LOOK_PERHAPS;
	while (good && !there && low < high) {
		uint32_t mid = low + (high - low) / 2;
		good = row_read(q, mid, &row) || err_set(e, TORN, NULL, "The look-up is damaged.");
		int is = order(&row, place, day);
		there = is == 0;
		low = is < 0 ? mid + 1 : low, high = is < 0 ? high : mid;
	}
	if (good)
		*answer = look_answer(q->from, q->to, there ? &row : NULL, day, last4);
	if (q->fd >= 0)
		close(q->fd);
	arena_close(a);
	return good;
}
