/* uu - a file in the form of uuencode (POSIX), which is how bytes went by mail before MIME: it holds others. */
#include "open_int.h"

#include <stdlib.h>

enum { LINE_BYTES = 45, LINE_MAX_CHARS = 64, ROOM = 16 << 10, NAME_MAX_BYTES = 255 };

struct decoding {
	const struct source *s;
	struct listener *l;
	uint64_t at;
	char in[ROOM];
	size_t from, to;
	unsigned char out[LINE_BYTES];
	size_t out_from, out_n;
	enum open_end end;
	bool over;
};

static unsigned six(char c) { return (unsigned)(c - ' ') & 63; }

/* A line without its end; of one that is too long as much as there may be. False: nothing more. */
static bool next_line(struct decoding *d, struct str *line)
{
	const char *end = memchr(d->in + d->from, '\n', d->to - d->from);
	if (!end) {
		memmove(d->in, d->in + d->from, d->to - d->from);
		d->to -= d->from;
		d->from = 0;
		size_t got = source_read(d->s, d->at, d->in + d->to, sizeof d->in - d->to);
		d->at += got;
		d->to += got;
		end = memchr(d->in, '\n', d->to);
	}
	size_t n = (end ? (size_t)(end - d->in) : d->to) - d->from;
	*line = (struct str){ d->in + d->from, n };
	d->from += n + (end != NULL);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return end || n;
}

/* Its length in front, then four characters for each three bytes; a checksum may stand behind. */
static bool is_line(struct str line)
{
	size_t n = line.n ? six(line.p[0]) : 0, chars = (n + 2) / 3 * 4;
	if (!n || n > LINE_BYTES || line.n > LINE_MAX_CHARS || line.n < 1 + chars - 3)         /* spaces at its end may be lost */
		return false;
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] < ' ' || line.p[i] > '`')
			return false;
	return true;
}

static bool decode_line(struct decoding *d)
{
	struct str line;
	if (d->over || !next_line(d, &line))
		return false;
	size_t n = line.n ? six(line.p[0]) : 0;
	if (!n)
		d->end = OPEN_DONE;
	if (!is_line(line))
		return false;
	if (!open_takes(d->l, n)) {
		d->end = OPEN_TOO_BIG;
		return false;
	}
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = 0;
		for (size_t k = 0; k < 4; k++) {
			size_t at = 1 + i / 3 * 4 + k;
			v = v << 6 | (at < line.n ? six(line.p[at]) : 0);
		}
		for (size_t k = 0; k < 3 && i + k < n; k++)
			d->out[i + k] = (unsigned char)(v >> (16 - 8 * k));
	}
	d->out_from = 0;
	d->out_n = n;
	return true;
}

static size_t decode_more(void *of, char *to, size_t n)
{
	struct decoding *d = of;
	size_t done = 0;
	while (done < n) {
		if (d->out_from == d->out_n && !decode_line(d)) {
			d->over = true;
			break;
		}
		size_t some = d->out_n - d->out_from < n - done ? d->out_n - d->out_from : n - done;
		memcpy(to + done, d->out + d->out_from, some);
		d->out_from += some;
		done += some;
	}
	return done;
}

/* "begin 644 name"; false: it is none. */
static bool begins(struct str line, struct str *name)
{
	if (!str_starts(line, STR("begin ")) || line.n < 11 || line.p[9] != ' ')
		return false;
	for (size_t i = 6; i < 9; i++)
		if (line.p[i] < '0' || line.p[i] > '7')
			return false;
	*name = str_trim((struct str){ line.p + 10, line.n - 10 });
	return true;
}

bool uu_begins(struct str head)
{
	struct str name, first = str_split(&head, '\n'), second = str_split(&head, '\n');
	if (second.n && second.p[second.n - 1] == '\r')
		second.n--;
	return begins(first, &name) && is_line(second);
}

/* What stands between such files, and around them, is text. */
enum open_end open_uu(const struct source *s, struct str own, struct listener *l)
{
	struct decoding *d = mem_zero(1, sizeof *d);
	struct stream stream = { .more = decode_more, .of = d };
	struct buf room = BUF(1 << 10), kept = BUF(1 << 10);
	struct str line, name;
	enum open_end end = OPEN_DONE;
	d->s = s;
	d->l = l;
	while (end == OPEN_DONE && next_line(d, &line)) {
		if (!begins(line, &name)) {
			struct piece p = { .text = line, .where = STR("text") };
			if (line.n && !str_eq(line, STR("end")) && !l->piece(l->to, &p))
				end = OPEN_STOPPED;
			continue;
		}
		buf_clear(&kept);
		buf_put(&kept, open_cut(name.n ? name : own, NAME_MAX_BYTES));
		d->over = false;
		d->out_from = d->out_n = 0;
		d->end = OPEN_BROKEN;
		struct source in = stream_source(&stream, UINT64_MAX);
		if (!l->member(l->to, open_name(&room, buf_str(&kept)), &in))
			end = OPEN_STOPPED;
		for (char rest[512]; end == OPEN_DONE && decode_more(d, rest, sizeof rest) == sizeof rest;)
			;
		if (end == OPEN_DONE)
			end = d->end;
	}
	stream_close(&stream);
	buf_free(&room);
	buf_free(&kept);
	wipe(d, sizeof *d);
	free(d);
	return end;
}
