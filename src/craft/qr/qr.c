/* qr - the modules come from libqrencode, the picture is made here: one path, a run of dark modules a rectangle. */
#include "qr.h"

#include <assert.h>
#include <qrencode.h>

enum { QUIET = 4, DARK = 1 };

bool qr_make(struct qr *q, struct str text, struct err *e)
{
	if (!text.n)
		return err_set(e, INVALID, NULL, "There is no text to make a QR code of.");
	if (text.n > QR_MAX)
		return err_set(e, TOO_BIG, NULL, "%zu bytes are too many for a QR code; it takes at most %d.", text.n, QR_MAX);
	QRcode *made = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	if (!made)
		return err_errno(e, "QR code");
	assert(made->width <= QR_WIDE);
	q->wide = (unsigned)made->width;
	for (unsigned i = 0; i < q->wide * q->wide; i++)
		q->dark[i] = made->data[i] & DARK;
	QRcode_free(made);
	return true;
}

bool qr_svg(struct buf *out, struct str text, struct err *e)
{
	struct qr q;
	if (!qr_make(&q, text, e))
		return false;
	unsigned size = q.wide + 2 * QUIET;
	buf_printf(out, "<svg class=\"desk-qr\" viewBox=\"0 0 %u %u\" aria-hidden=\"true\" focusable=\"false\" xmlns=\"http://www.w3.org/2000/svg\">"
	           "<rect width=\"%u\" height=\"%u\" fill=\"#fff\"/><path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"", size, size, size, size);
	for (unsigned y = 0; y < q.wide; y++)
		for (unsigned x = 0, run; x < q.wide; x += run ? run : 1) {
			for (run = 0; x + run < q.wide && q.dark[y * q.wide + x + run]; run++)
				;
			if (run)
				buf_printf(out, "M%u %uh%uv1h-%uz", x + QUIET, y + QUIET, run, run);
		}
	buf_put(out, STR("\"/></svg>"));
	return true;
}
