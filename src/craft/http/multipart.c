/* multipart - forms with files, cut into parts while they come. Files go into memory files (memfd), never onto a disk. */
#include "fields.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum where { BETWEEN, AFTER_BOUNDARY, IN_HEAD, IN_FIELD, IN_FILE, DONE };

struct multipart {
	struct arena *a;
	struct str boundary;                     /* "\r\n--" and the boundary */
	enum multipart_state state;
	enum where where;
	struct buf held;                         /* what came and is not yet understood */
	struct buf field;                        /* the running field's value */
	struct str name;                         /* the running part's */
	bool dropped;                            /* a file field in which no file was chosen */
	struct pair *pair; size_t pairs, pairs_cap;
	struct upload file[HTTP_UPLOADS_MAX]; size_t files;
	uint64_t fields_size, files_size;
};

struct multipart *multipart_open(struct arena *a, struct str boundary)
{
	struct multipart *m = mem_zero(1, sizeof *m);
	m->a = a;
	m->boundary = arena_say(a, "\r\n--" STR_FMT, STR_ARG(boundary));
	m->state = boundary.n && boundary.n <= 70 && m->boundary.n == boundary.n + 4 ? MULTIPART_GOING : MULTIPART_BROKEN;
	m->held = BUF(1 << 20);
	m->field = BUF(HTTP_BODY_MAX);
	buf_put(&m->held, STR("\r\n"));          /* so that the first boundary looks like the others */
	return m;
}

static void fail(struct multipart *m, enum multipart_state why)
{
	m->state = m->state ? m->state : why;
}

static void drop(struct buf *b, size_t n)
{
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

/* Content of the running part. */
static void content(struct multipart *m, struct str s)
{
	if (m->where == IN_FIELD) {
		m->fields_size += s.n;
		buf_put(&m->field, s);
		if (m->fields_size > HTTP_BODY_MAX)
			fail(m, MULTIPART_TOO_MUCH);
		return;
	}
	if (m->where != IN_FILE || m->dropped)
		return;
	struct upload *u = &m->file[m->files - 1];
	m->files_size += s.n;
	u->size += s.n;
	if (m->files_size > HTTP_UPLOAD_MAX) {
		fail(m, MULTIPART_TOO_MUCH);
		return;
	}
	while (s.n) {
		ssize_t n = write(u->fd, s.p, s.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail(m, MULTIPART_TOO_MUCH);
			return;
		}
		s.p += n, s.n -= (size_t)n;
	}
}

static void part_ends(struct multipart *m)
{
	if (m->where != IN_FIELD)
		return;
	struct str value = arena_str(m->a, buf_str(&m->field));
	buf_clear(&m->field);
	if (!str_utf8(value)) {
		fail(m, MULTIPART_BROKEN);
	} else if (m->pairs == HTTP_PAIRS_MAX) {
		fail(m, MULTIPART_TOO_MUCH);
	} else {
		m->pair = arena_more(m->a, m->pair, m->pairs, &m->pairs_cap, sizeof *m->pair);
		m->pair[m->pairs++] = (struct pair){ m->name, value };
	}
}

/* The last word of a path that some browser sends as the file's name. */
static struct str bare_name(struct str s)
{
	for (size_t i = s.n; i-- > 0;)
		if (s.p[i] == '/' || s.p[i] == '\\')
			return (struct str){ s.p + i + 1, s.n - i - 1 };
	return s;
}

static void file_begins(struct multipart *m, struct str name)
{
	m->where = IN_FILE;
	m->dropped = name.n == 0;
	if (m->dropped)
		return;
	if (m->files == HTTP_UPLOADS_MAX) {
		fail(m, MULTIPART_TOO_MUCH);
		return;
	}
	int fd = memfd_create("upload", MFD_CLOEXEC);
	if (fd < 0)
		fail(m, MULTIPART_TOO_MUCH);
	else
		m->file[m->files++] = (struct upload){ m->name, bare_name(name), fd, 0 };
}

static void head(struct multipart *m, struct str lines)
{
	struct str disposition = STR(""), name, file;
	while (lines.p) {
		struct str value = str_split(&lines, '\n'), key = str_split(&value, ':');
		if (value.p && str_eq_nocase(str_trim(key), STR("Content-Disposition")))
			disposition = str_trim(value);
	}
	struct str rest = disposition;
	if (!str_eq_nocase(str_trim(str_split(&rest, ';')), STR("form-data")) || !fields_parameter(m->a, disposition, "name", &name) || !str_utf8(name)) {
		fail(m, MULTIPART_BROKEN);
		return;
	}
	m->name = arena_str(m->a, name);
	if (!fields_parameter(m->a, disposition, "filename", &file))
		m->where = IN_FIELD;
	else if (!str_utf8(file))
		fail(m, MULTIPART_BROKEN);
	else
		file_begins(m, arena_str(m->a, file));
}

/* Goes one step on with what is held; false: more must come first. */
static bool step(struct multipart *m)
{
	struct str held = buf_str(&m->held);
	const char *at;
	size_t n;
	switch (m->where) {
	case BETWEEN: case IN_FIELD: case IN_FILE:
		at = memmem(held.p, held.n, m->boundary.p, m->boundary.n);
		n = at ? (size_t)(at - held.p) : held.n >= m->boundary.n ? held.n - m->boundary.n + 1 : 0;
		content(m, (struct str){ held.p, n });
		if (at) {
			part_ends(m);
			m->where = AFTER_BOUNDARY;
			n += m->boundary.n;
		}
		drop(&m->held, n);
		return at != NULL;
	case AFTER_BOUNDARY:
		if (held.n < 2)
			return false;
		if (str_starts(held, STR("--")))
			m->where = DONE;
		else if (str_starts(held, STR("\r\n")))
			m->where = IN_HEAD;
		else
			fail(m, MULTIPART_BROKEN);
		drop(&m->held, 2);
		return true;
	case IN_HEAD:
		at = memmem(held.p, held.n, "\r\n\r\n", 4);
		n = at ? (size_t)(at - held.p) : held.n;
		if (n > MULTIPART_HEAD_MAX)
			fail(m, MULTIPART_TOO_MUCH);
		if (!at || m->state)
			return false;
		head(m, arena_str(m->a, (struct str){ held.p, n }));
		drop(&m->held, n + 4);
		return true;
	case DONE:
		buf_clear(&m->held);                 /* an epilogue means nothing */
		return false;
	}
	return false;
}

enum multipart_state multipart_put(struct multipart *m, struct str piece)
{
	while (piece.n && !m->state) {
		struct str some = { piece.p, piece.n < 65536 ? piece.n : 65536 };
		buf_put(&m->held, some);
		piece.p += some.n, piece.n -= some.n;
		while (!m->state && step(m))
			;
	}
	return m->state;
}

enum multipart_state multipart_end(struct multipart *m, struct pairs *fields, struct upload **files, size_t *n)
{
	if (m->where != DONE)
		fail(m, MULTIPART_BROKEN);
	for (size_t i = 0; i < m->files; i++)
		if (!m->state && lseek(m->file[i].fd, 0, SEEK_SET) != 0)
			fail(m, MULTIPART_BROKEN);
	if (m->state)
		return m->state;
	*fields = (struct pairs){ m->pair, m->pairs };
	*files = ARENA_ARRAY(m->a, struct upload, m->files);
	if (m->files)
		memcpy(*files, m->file, m->files * sizeof *m->file);
	*n = m->files;
	m->files = 0;
	return m->state;
}

void multipart_close(struct multipart *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->files; i++)
		close(m->file[i].fd);
	buf_free(&m->held);
	buf_free(&m->field);
	free(m);
}
