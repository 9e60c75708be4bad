/* fields - how names and values are written into URLs, forms and cookies. Pure: parsers of foreign text, with nothing behind them. */
#ifndef FIELDS_H
#define FIELDS_H

#include "http.h"

/* RFC 3986 section 2.1: %41 is A. plus: a + is a blank, as in forms. false: a broken %, a NUL, or what comes out is no UTF-8. */
bool fields_percent(struct arena *, struct str, bool plus, struct str *out);
/* a=1&b=2 (application/x-www-form-urlencoded, WHATWG URL section 5). false: more than HTTP_PAIRS_MAX, or a broken value. */
bool fields_form(struct arena *, struct str, struct pairs *out);
/* a=1; b=2 (RFC 6265 section 5.4). Pieces without = are left out. false: more than HTTP_PAIRS_MAX. */
bool fields_cookie(struct arena *, struct str, struct pairs *out);
/* The route's words against the path, with what stands for :name, and for *name at the end: all the rest. Both begin with /. */
bool fields_path(struct arena *, const char *pattern, struct str path, struct pairs *out);
/* The value of NAME in `text/html; NAME="value"` (RFC 9110 section 5.6.6); false: none, or a broken quoted string. */
bool fields_parameter(struct arena *, struct str header, const char *name, struct str *out);

/* ---- multipart/form-data (RFC 7578), piece by piece as it comes: fields are kept here, files go into memory files ---- */

enum { MULTIPART_HEAD_MAX = 4 << 10 };                   /* the headers of one part */
enum multipart_state { MULTIPART_GOING, MULTIPART_BROKEN, MULTIPART_TOO_MUCH };
struct multipart;
struct multipart *multipart_open(struct arena *, struct str boundary);   /* boundary: 1 to 70 characters; else what comes is broken */
enum multipart_state multipart_put(struct multipart *, struct str piece);
/* After the last piece. Broken when the closing boundary never came. The files become the caller's. */
enum multipart_state multipart_end(struct multipart *, struct pairs *fields, struct upload **files, size_t *n);
void multipart_close(struct multipart *);                /* closes the files that nobody took; NULL is fine */

#endif
