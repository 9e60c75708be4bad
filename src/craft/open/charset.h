/* charset - text in any charset to UTF-8, in a box. The C library loads a charset's converter from a file when it is first asked for,
 * which a box may not; so charset_prepare opens all that are in use, and from then on this process has those and no other, for our
 * own code as for any library that calls iconv_open.
 */
#ifndef CHARSET_H
#define CHARSET_H

#include "base.h"

void charset_prepare(void);

struct charset;
/* NULL: no conversion is needed (UTF-8, ASCII), or none is known: the bytes are good as they are. */
struct charset *charset_open(const char *name);
void charset_close(struct charset *);                    /* NULL is fine */
/* Appends `text` to `out`, save a character that is not whole yet at its end; returns the bytes taken. A byte that is none of the
 * charset's becomes "?". */
size_t charset_take(struct charset *, struct str text, struct buf *out);
/* All of it at once; NULL gives the bytes as they are. */
void charset_text(struct charset *, struct str text, struct buf *out);

/* By a Windows code page's number (437, 1252, 65001 ...), as charset_open. */
struct charset *charset_of_page(unsigned page);
/* Text of 16-bit little-endian units, as Office writes it. A unit that is half of a pair becomes "?". */
void charset_utf16(struct str bytes, struct buf *out);

#endif
