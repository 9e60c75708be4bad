/* qr - the modules come from libqrencode, the picture is made here: one path, a run of dark modules a rectangle. */
#include "qr.h"

#include <qrencode.h>

enum { QUIET = 4, DARK = 1 };

bool qr_svg(struct buf *out, struct str text, struct err *e)
{
	if (!text.n)
		return err_set(e, INVALID, NULL, "There is no text to make a QR code of.");
	if (text.n > QR_MAX)
		return err_set(e, TOO_BIG, NULL, "%zu bytes are too many for a QR code; it takes at most %d.", text.n, QR_MAX);
	QRcode *q = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	if (!q)
		return err_errno(e, "QR code");
	int size = q->width + 2 * QUIET;
	buf_printf(out, "<svg class=\"desk-qr\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\" focusable=\"false\" xmlns=\"http://www.w3.org/2000/svg\">"
	           "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"", size, size, size, size);
	for (int y = 0; y < q->width; y++)
		for (int x = 0, run; x < q->width; x += run ? run : 1) {
			for (run = 0; x + run < q->width && q->data[y * q->width + x + run] & DARK; run++)
				;
			if (run)
				buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
		}
	buf_put(out, STR("\"/></svg>"));
	QRcode_free(q);
	return true;
}
