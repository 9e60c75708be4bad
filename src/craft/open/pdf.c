/* pdf - text, form fields, embedded files and pictures of pages (poppler). */
#include "open_int.h"

enum open_end open_pdf(const struct source *s, struct str name, struct listener *l)
{
	(void)s, (void)name, (void)l;
	return OPEN_NO_WAY;
}

void open_pdf_prepare(void)
{
}
