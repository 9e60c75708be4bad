/* bounce_int - the parts of a mail, for bounce.c alone. Everything is a view of the mail, or lives in the arena. */
#ifndef BOUNCE_INT_H
#define BOUNCE_INT_H

#include "bounce.h"

/* The value of the first field of this name in a block of header fields, unfolded; false: it is not there. */
bool head_get(struct str head, const char *name, struct str *value, struct arena *);
struct str head_words(struct str value, struct arena *); /* its encoded words (RFC 2047) decoded, as UTF-8 */
struct str text_utf8(struct str, struct arena *);        /* what is no UTF-8 is taken for Latin-1 */
struct str text_lower(struct str, struct arena *);       /* ASCII letters only */

struct leaf { struct str type, head, body; };            /* type: lower case, "text/plain" when not told; body: decoded */
/* Each part that is no multipart, in order; a message within is one part. head: the mail's own fields. */
void mime_walk(struct str mail, struct str *head, void (*each)(void *, const struct leaf *), void *, struct arena *);
struct str html_words(struct str, struct arena *);       /* the words alone */

#endif
