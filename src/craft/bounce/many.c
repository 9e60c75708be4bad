/* many - mails one after another: cut apart and read in a box, and what it wrote read outside, where nothing of it is believed. */
#include "bounce.h"

#include <sys/mman.h>
#include <unistd.h>

static const struct str magic = { "handback mails\n", 15 };

void bounce_frame(struct buf *b, struct str mail)
{
	if (!b->n)
		buf_put(b, magic);
	mail.n = mail.n < BOUNCE_MAIL_MAX ? mail.n : BOUNCE_MAIL_MAX;
	buf_lstr(b, mail);
}

/* ---- in the box ---- */

static bool told(int line, struct str all, struct str mail)
{
	struct arena *a = arena_open();
	struct bounce b;
	struct buf out = BUF(1 << 20);
	bounce_read(mail, &b, a);
	buf_u64(&out, (uint64_t)(mail.p - all.p));
	buf_u32(&out, (uint32_t)(mail.n < BOUNCE_MAIL_MAX ? mail.n : BOUNCE_MAIL_MAX));
	buf_u8(&out, (uint8_t)b.class);
	buf_u8(&out, (uint8_t)b.reason);
	buf_u8(&out, b.final);
	buf_lstr(&out, str_of(b.status));
	buf_lstr(&out, str_of(b.address));
	buf_lstr(&out, str_of(b.words));
	buf_lstr(&out, b.text);
	buf_u8(&out, (uint8_t)b.marks);
	for (size_t i = 0; i < b.marks; i++)
		buf_lstr(&out, str_of(b.mark[i]));
	struct str s = buf_str(&out);
	bool good = !out.full;
	while (good && s.n) {
		ssize_t n = write(line, s.p, s.n);
		good = n > 0;
		if (good)
			s.p += n, s.n -= (size_t)n;
	}
	buf_free(&out);
	arena_close(a);
	return good;
}

/* A line "From " behind an empty one begins a mail (RFC 4155). */
static bool mailbox(int line, struct str all)
{
	size_t begun = 0, mails = 0;
	for (size_t at = 0; at < all.n && mails < BOUNCE_AT_ONCE;) {
		const char *next = memmem(all.p + at, all.n - at, "\n\nFrom ", 7), *crlf = next ? NULL : memmem(all.p + at, all.n - at, "\r\n\r\nFrom ", 9);
		size_t end = next ? (size_t)(next - all.p) + 2 : crlf ? (size_t)(crlf - all.p) + 4 : all.n;
		struct str mail = { all.p + begun, end - begun };
		str_split(&mail, '\n');                 /* the mailbox's own line is no part of it */
		if (mail.p && !told(line, all, mail))
			return false;
		begun = at = end, mails++;
	}
	return true;
}

static bool frames(int line, struct str all)
{
	struct cursor c = cursor_of((struct str){ all.p + magic.n, all.n - magic.n });
	for (size_t mails = 0; !cursor_done(&c) && mails < BOUNCE_AT_ONCE; mails++) {
		struct str mail = cursor_lstr(&c);
		if (c.torn || !told(line, all, mail))
			return false;
	}
	return true;
}

int bounce_main(int line, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	if (size <= 0)
		return size < 0;
	void *at = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return 1;
	struct str all = { at, (size_t)size };
	return (str_starts(all, magic) ? frames(line, all) : str_starts(all, STR("From ")) ? mailbox(line, all) : told(line, all, all)) ? 0 : 1;
}

/* ---- outside ---- */

static bool short_text(struct cursor *c, char *out, size_t room)
{
	struct str s = cursor_lstr(c);
	bool good = !c->torn && s.n < room && (!s.n || str_utf8(s));
	for (size_t i = 0; good && i < s.n; i++)
		good = (unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7F;
	if (good && s.n)
		memcpy(out, s.p, s.n);
	if (good)
		out[s.n] = 0;
	return good;
}

bool bounce_told(struct cursor *c, size_t size, struct bounce_told *t, struct arena *a)
{
	struct bounce *b = &t->bounce;
	*t = (struct bounce_told){ 0 };
	if (cursor_done(c))
		return false;
	uint64_t at = cursor_u64(c);
	uint32_t n = cursor_u32(c);
	uint8_t class = cursor_u8(c), reason = cursor_u8(c), final = cursor_u8(c);
	bool good = !c->torn && at <= size && n <= size - at && n <= BOUNCE_MAIL_MAX && class < BOUNCE_CLASSES && reason < BOUNCE_REASONS && final <= 1;
	t->at = (size_t)at, t->n = n, b->class = (enum bounce_class)class, b->reason = (enum bounce_reason)reason, b->final = final;
	good = good && short_text(c, b->status, sizeof b->status) && short_text(c, b->address, sizeof b->address) && short_text(c, b->words, sizeof b->words);
	struct str text = good ? cursor_lstr(c) : STR("");
	b->marks = good ? cursor_u8(c) : 0;
	good = good && !c->torn && text.n <= BOUNCE_TEXT && b->marks <= BOUNCE_MARKS;
	for (size_t i = 0; good && i < b->marks; i++)
		good = short_text(c, b->mark[i], sizeof b->mark[i]);
	if (good)
		b->text = arena_str(a, text);
	else
		c->torn = true;
	return good;
}
