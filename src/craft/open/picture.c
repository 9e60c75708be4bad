/* picture - photos and scans, read by OCR (leptonica, tesseract). */
#include "open_int.h"

enum open_end open_picture(const struct source *s, struct str name, struct listener *l)
{
	(void)s, (void)name, (void)l;
	return OPEN_NO_WAY;
}

bool open_ocr_prepare(void)
{
	return false;
}

bool open_ocr_ready(void)
{
	return false;
}

enum open_end open_pixels(const uint8_t *grey, unsigned w, unsigned h, unsigned stride, struct str where, struct listener *l)
{
	(void)grey, (void)w, (void)h, (void)stride, (void)where;
	l->wants_ocr = true;
	return OPEN_NO_WAY;
}
