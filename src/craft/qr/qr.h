/* qr - a short text as a QR code that a phone's camera reads. Hides libqrencode. */
#ifndef QR_H
#define QR_H

#include "base.h"

enum { QR_MAX = 400 };                                   /* bytes of text: more than that no camera reads from a screen */

/* Its modules, row by row, wide a row: 1 is dark. Without the quiet zone (ISO/IEC 18004: 4 modules on each side). */
enum { QR_WIDE = 77 };                                   /* of QR_MAX bytes: version 15 */
struct qr { unsigned wide; uint8_t dark[QR_WIDE * QR_WIDE]; };
bool qr_make(struct qr *, struct str text, struct err *);        /* INVALID for an empty text, TOO_BIG over QR_MAX */

/* Puts an SVG without styles into out: black on white in any theme, with the quiet zone, error correction M. It is
 * hidden from screen readers, for the text stands beside it. Faults as above. */
bool qr_svg(struct buf *out, struct str text, struct err *);

#endif
