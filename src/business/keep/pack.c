/* pack - a folder of files, or one ZIP file: stored, with names in UTF-8, each file's length and checksum put into its head when they are known. */
#include "pack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 30, UTF8_NAMES = 0x0800, VERSION = 20, DAY_ONE = 0x21 };         /* DAY_ONE: 1 January 1980: the same content gives the same bytes */

static uint32_t crc_add(uint32_t crc, struct str s)
{
	crc = ~crc;
	for (size_t i = 0; i < s.n; i++) {
		crc ^= (uint8_t)s.p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (0xEDB88320u & -(crc & 1));
	}
	return ~crc;
}

static bool put_all(int fd, struct str s, struct err *e)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno != EINTR)
			return err_errno(e, "The export can't be written");
		if (n > 0)
			s.p += n, s.n -= (size_t)n;
	}
	return true;
}

/* What a file's head in the ZIP file and its line in the list at the end have in common. */
static void common(struct buf *b, const struct packed *f)
{
	buf_u16(b, VERSION), buf_u16(b, UTF8_NAMES), buf_u16(b, 0), buf_u16(b, 0), buf_u16(b, DAY_ONE);
	buf_u32(b, f->crc), buf_u32(b, (uint32_t)f->bytes), buf_u32(b, (uint32_t)f->bytes), buf_u16(b, (uint16_t)strlen(f->name)), buf_u16(b, 0);
}

static void head_of(struct buf *b, const struct packed *f)
{
	buf_u32(b, 0x04034B50);
	common(b, f);
	buf_put(b, str_of(f->name));
}

bool pack_begin(struct pack *p, const char *name, struct err *e)
{
	if (p->n == PACK_FILES)
		return err_set(e, TOO_BIG, NULL, "An export has at most %d files.", PACK_FILES);
	p->file = arena_more(p->a, p->file, p->n, &p->room, sizeof *p->file);
	struct packed *f = &p->file[p->n];
	*f = (struct packed){ .name = name, .at = (uint32_t)p->zipped };
	blake_start(&p->digest);
	if (p->zip >= 0) {
		struct buf b = BUF(1024);
		head_of(&b, f);
		bool good = put_all(p->zip, buf_str(&b), e);
		p->zipped += b.n;
		buf_free(&b);
		return good;
	}
	const char *slash = strchr(name, '/');
	char folder[64] = "";
	if (slash)
		memcpy(folder, name, (size_t)(slash - name) < sizeof folder ? (size_t)(slash - name) : sizeof folder - 1);
	if (slash && mkdirat(p->folder, folder, 0700) != 0 && errno != EEXIST)
		return err_errno(e, "A folder of the export can't be made");
	p->fd = openat(p->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return p->fd >= 0 || err_errno(e, "A file of the export can't be made");
}

bool pack_put(struct pack *p, struct buf *b, struct err *e)
{
	struct packed *f = &p->file[p->n];
	if (b->full || (p->zip >= 0 && p->zipped + b->n > PACK_ZIP_MAX))
		return err_set(e, TOO_BIG, NULL, "This is more than %d MB, too much to be given in one file. On the machine itself: handback export FOLDER", PACK_ZIP_MAX >> 20);
	f->crc = p->zip >= 0 ? crc_add(f->crc, buf_str(b)) : 0;
	f->bytes += b->n;
	blake_add(&p->digest, buf_str(b));
	bool good = put_all(p->zip >= 0 ? p->zip : p->fd, buf_str(b), e);
	p->zipped += b->n;
	buf_clear(b);
	return good;
}

bool pack_file_end(struct pack *p, struct err *e)
{
	struct packed *f = &p->file[p->n++];
	blake_end(&p->digest, f->digest);
	if (p->zip >= 0) {
		struct buf b = BUF(1024);
		head_of(&b, f);
		bool good = pwrite(p->zip, b.p, HEAD, (off_t)f->at) == HEAD || err_errno(e, "The export can't be written");
		buf_free(&b);
		return good;
	}
	bool good = fsync(p->fd) == 0 || err_errno(e, "The export can't be written");
	close(p->fd);
	p->fd = -1;
	return good;
}

bool pack_end(struct pack *p, struct err *e)
{
	struct buf b = BUF(PACK_FILES * (46 + 255) + 22);
	if (p->zip < 0)
		return fsync(p->folder) == 0 || err_errno(e, "The export can't be written");
	for (size_t i = 0; i < p->n; i++) {
		buf_u32(&b, 0x02014B50), buf_u16(&b, VERSION);
		common(&b, &p->file[i]);
		buf_u16(&b, 0), buf_u16(&b, 0), buf_u16(&b, 0), buf_u32(&b, 0), buf_u32(&b, p->file[i].at);
		buf_put(&b, str_of(p->file[i].name));
	}
	uint32_t list = (uint32_t)b.n;
	buf_u32(&b, 0x06054B50), buf_u16(&b, 0), buf_u16(&b, 0), buf_u16(&b, (uint16_t)p->n), buf_u16(&b, (uint16_t)p->n);
	buf_u32(&b, list), buf_u32(&b, (uint32_t)p->zipped), buf_u16(&b, 0);
	bool good = put_all(p->zip, buf_str(&b), e);
	p->zipped += b.n;
	buf_free(&b);
	return good;
}
