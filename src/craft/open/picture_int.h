/* picture_int - what the halves of the picture opener share. */
#ifndef PICTURE_INT_H
#define PICTURE_INT_H

#include "open_int.h"

struct Pix;
enum { PICTURE_WIDTH_MIN = 300, PICTURE_HEIGHT_MIN = 20 };     /* a smaller one has no room for a number that can be read */
/* Reads an 8-bit grey picture (leptonica's) into pieces, at least so large; takes it over. Only after open_ocr_ready. */
enum open_end ocr_read(struct Pix *, struct str where, struct listener *);

#endif
