/* open_int - the openers, one a family of formats, for open.c alone; and what they share. Each keeps the promises of open_file. */
#ifndef OPEN_INT_H
#define OPEN_INT_H

#include "open.h"

enum open_end open_zip(const struct source *, struct str name, struct listener *);        /* office documents, else archive.c */
enum open_end open_archive(const struct source *, struct str name, struct listener *);
enum open_end open_pdf(const struct source *, struct str name, struct listener *);
enum open_end open_ole(const struct source *, struct str name, struct listener *);
enum open_end open_rtf(const struct source *, struct str name, struct listener *);
enum open_end open_mail(const struct source *, struct str name, struct listener *);
enum open_end open_mbox(const struct source *, struct str name, struct listener *);
enum open_end open_pst(const struct source *, struct str name, struct listener *);
enum open_end open_sqlite(const struct source *, struct str name, struct listener *);
enum open_end open_picture(const struct source *, struct str name, struct listener *);

/* What open_prepare calls of them. */
void open_mail_prepare(void);
void open_pdf_prepare(void);
bool open_ocr_prepare(void);

/* Reads a picture of `w` by `h` 8-bit grey pixels, `stride` bytes a line, into pieces. With no OCR here: sets wants_ocr. */
enum open_end open_pixels(const uint8_t *grey, unsigned w, unsigned h, unsigned stride, struct str where, struct listener *);

/* Takes n bytes of what may yet be unpacked; false: too much, and the opener ends with OPEN_TOO_BIG. */
static inline bool open_takes(struct listener *l, uint64_t n)
{
	if (n > l->left)
		return false;
	l->left -= n;
	return true;
}

#endif
