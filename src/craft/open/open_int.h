/* open_int - the openers, one a family of formats, for open.c alone; and what they share. Each keeps the promises of open_file. */
#ifndef OPEN_INT_H
#define OPEN_INT_H

#include "open.h"

enum open_end open_zip(const struct source *, struct str name, struct listener *);        /* office documents, else archive.c */
enum open_end open_archive(const struct source *, struct str name, struct listener *);
enum open_end open_uu(const struct source *, struct str name, struct listener *);
bool uu_begins(struct str head);                         /* whether a file that begins so is one */
enum open_end open_pdf(const struct source *, struct str name, struct listener *);
enum open_end open_ole(const struct source *, struct str name, struct listener *);
enum open_end open_rtf(const struct source *, struct str name, struct listener *);
enum open_end open_mail(const struct source *, struct str name, struct listener *);
enum open_end open_mbox(const struct source *, struct str name, struct listener *);
enum open_end open_pst(const struct source *, struct str name, struct listener *);
enum open_end open_tnef(const struct source *, struct str name, struct listener *);
enum open_end open_sqlite(const struct source *, struct str name, struct listener *);
enum open_end open_rows(const struct source *, struct str name, struct listener *);
enum open_end open_picture(const struct source *, struct str name, struct listener *);

/* Tells header fields that are kept apart from their message, but for those that every message has. False: no more is wanted. */
bool open_mail_fields(struct listener *, struct str fields, struct str within, uint64_t record);

/* What open_prepare calls of them. */
void open_archive_prepare(void);
void open_mail_prepare(void);
void open_pdf_prepare(void);
bool open_ocr_prepare(void);
bool open_ocr_ready(void);                               /* it did */

/* Reads a picture of `w` by `h` 8-bit grey pixels, `stride` bytes a line, into pieces. With no OCR here: sets wants_ocr. */
enum open_end open_pixels(const uint8_t *grey, unsigned w, unsigned h, unsigned stride, struct str where, struct listener *);

/* Gives a text of any length in pieces, cut where a line or a word ends; the rest of *whole goes with each. false: no more is wanted. */
bool open_text(struct listener *, const struct piece *whole);

struct str open_cut(struct str, size_t max);             /* its first max bytes at most, whole characters of UTF-8 */

static inline bool open_may_go_on(struct listener *l)
{
	return !l->go_on || l->go_on(l->to);
}

/* Takes n bytes of what may yet be unpacked; false: too much, or its time is up, and the opener ends with OPEN_TOO_BIG. */
static inline bool open_takes(struct listener *l, uint64_t n)
{
	if (n > l->left || !open_may_go_on(l))
		return false;
	l->left -= n;
	return true;
}

/* How many bytes of a text make its next piece: all, or a part of some KiB that ends with a line, else with a word. */
size_t open_part(struct str text);

/* A part of a source as a source of its own. */
struct slice { const struct source *s; uint64_t at, n; };
struct source slice_source(struct slice *);
/* A file that is damaged beyond its directory, as a member without the bytes that tell its sort: text in it may still be seen. */
bool open_bytes(struct listener *, const struct source *);

/* Bytes that come one after another, made a forward source with the head kept. Zero-made, then stream_source for each such member of a
 * file in turn; stream_close at the end. */
struct stream {
	size_t (*more)(void *of, char *to, size_t n);    /* the next n bytes; fewer only at the end */
	void *of;
	char *head;
	size_t head_n;
	uint64_t at;                                     /* where the next bytes stand */
};
struct source stream_source(struct stream *, uint64_t size);
void stream_close(struct stream *);

/* A name as foreign files have it, made UTF-8 without control characters: what is not UTF-8 is read as code page 437 (ZIP's own,
 * APPNOTE D.1). Valid until the next call with this buf. */
struct str open_name(struct buf *, struct str raw);

#endif
