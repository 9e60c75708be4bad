/* html - what compiled pages are written with (tools/mkpage.py): text escaped by its type, words in the reader's language.
 *
 * `{{ x }}` of a page becomes html_put(o, x). Only a `struct safe` goes out as it is, and only code that made the HTML itself makes one.
 */
#ifndef HTML_H
#define HTML_H

#include "base.h"

enum language { ENGLISH, SPANISH };
/* csrf, page: put into every form that posts: the session's word, and this page's (empty: none). reader: who reads, a set of bits that only the face understands. */
struct html { struct buf *b; enum language language; struct str csrf, page; unsigned reader; };

struct safe { struct str s; };                           /* HTML already made safe */
struct path { struct str s; };                           /* an address on this server: "/incident/3?from=2"; what does not begin with one / becomes / */
struct site { struct str s; };                           /* an address elsewhere, out of our own data: "https://ico.org.uk/"; what does not begin with https:// becomes / */
struct said { const char *english; };                    /* words of ours, in the reader's language: say("Sign in") */
struct plural { int64_t n; const char *one, *many; };    /* plural(n, "{n} letter", "{n} letters") */
#define say(english)          ((struct said){ (english) })
#define plural(n, one, many)  ((struct plural){ (n), (one), (many) })

#define html_put(o, x) _Generic((x), struct str: html_str, char *: html_text, const char *: html_text, struct safe: html_safe, struct said: html_said, \
	struct plural: html_plural, signed char: html_i64, short: html_i64, int: html_i64, long: html_i64, long long: html_i64, \
	unsigned char: html_u64, unsigned short: html_u64, unsigned: html_u64, unsigned long: html_u64, unsigned long long: html_u64)(o, x)
/* In the address of a link: what a URL can't hold as it is goes out in percent (RFC 3986 section 2.3). */
#define html_url(o, x) _Generic((x), struct str: html_url_str, char *: html_url_text, const char *: html_url_text, int: html_i64, long: html_i64, \
	long long: html_i64, unsigned: html_u64, unsigned long: html_u64, unsigned long long: html_u64)(o, x)

void html_str(struct html *, struct str);                /* escaped for text and for quoted attributes; what is no UTF-8 becomes U+FFFD */
void html_text(struct html *, const char *);
void html_safe(struct html *, struct safe);
void html_said(struct html *, struct said);
void html_plural(struct html *, struct plural);          /* {n} stands for the number, with its thousands apart */
void html_i64(struct html *, int64_t);                   /* no thousands apart: it may be a number in a path or a field */
void html_u64(struct html *, uint64_t);
void html_url_str(struct html *, struct str);
void html_url_text(struct html *, const char *);
void html_path(struct html *, struct path);
void html_site(struct html *, struct site);
#define html_address(o, x) _Generic((x), struct path: html_path, struct site: html_site)(o, x)
void html_raw(struct html *, const char *);              /* a page's own tags */
void html_csrf(struct html *);                           /* their hidden fields */

/* A run of a page's words that holds values: goes through the sentence in the reader's language, and stops at each {0}, {1} ... */
struct saying { const char *rest; int place; };
struct saying words_begin(const struct html *, const char *english);
bool words_next(struct html *, struct saying *);          /* puts what stands before the next place; false after the end */

/* The catalogue: GNU .mo bytes (msgfmt), which stay. Once, before pages are written. */
void words_load(enum language, struct str mo);
const char *words_of(enum language, const char *english);        /* the English itself when there is no translation */
/* A sentence that came from elsewhere, whole and in English, as a failure's reason does: in the reader's language, when the catalogue has it or a form of it,
 * whose places are printf's ("There is no round %s."). What stood in the places is taken over, and looked up likewise; %.0s leaves it out; "12 letters" is found as the
 * plural "{n} letters". Else the English
 * itself. The catalogue of ENGLISH, if there is one, has the words of pages for what tells of the command line. */
struct str words_fit(struct arena *, enum language, struct str english);

#endif
