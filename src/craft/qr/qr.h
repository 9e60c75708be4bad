/* qr - a short text as a QR code that a phone's camera reads. Hides libqrencode. */
#ifndef QR_H
#define QR_H

#include "base.h"

enum { QR_MAX = 400 };                                   /* bytes of text: more than that no camera reads from a screen */

/* Puts an SVG without styles into out: black on white in any theme, with the quiet zone (ISO/IEC 18004: 4 modules), error correction M. It is
 * hidden from screen readers, for the text stands beside it. False: INVALID for an empty text, TOO_BIG over QR_MAX. */
bool qr_svg(struct buf *out, struct str text, struct err *);

#endif
