/* front - the public side's files. Hides the folder pages/, how a page is sealed for the one who has its link, and how an answer is sealed for the
 * business.
 *
 * Whoever publishes (courier, command line) writes here; the role front reads, and has no database and no key. A secret is 16 bytes that the keeper
 * derives for each customer (seal_links): the name of that customer's file is a hash of it, and so is the key that the file is sealed with. Whoever
 * has the link has the secret; whoever has only the files has neither. doc/front.md has the formats.
 */
#ifndef FRONT_H
#define FRONT_H

#include "html.h"

enum {
	FRONT_SECRET = 16, FRONT_KEY = 32,
	FRONT_NAME = 17,                 /* 16 letters and digits, and a 0 */
	FRONT_CODE = 36,                 /* six groups of five with - between, and a 0 */
	FRONT_OWN_MAX = 192 << 10,       /* what a personal page holds, bytes */
	FRONT_PAGE_MAX = 256 << 10,      /* a page, bytes of HTML */
	FRONT_FILE_MAX = 16 << 20,       /* a file for everybody */
	FRONT_PATH_MAX = 120,            /* its name */
	FRONT_ANSWER_MAX = 3000,         /* a customer's answer, bytes, before it is sealed */
	FRONT_SEALED_MAX = 4096,         /* on the line: what a pipe takes whole (PIPE_BUF) */
};

/* ---- files for everybody ---- */

/* The folder pages/ of a data folder, made with what every page needs (look/public.css, look/public.js) when it is not there. A descriptor,
 * close-on-exec; -1 with the reason. */
int  front_open(struct str folder, struct err *);
/* Puts a file where everybody finds it: "trust/index.html" is the page /trust/. It is there whole or as it was before, and lasts. INVALID: a name
 * with anything but small letters, digits, - _ . in parts that begin with none of them (".well-known" may), or of a kind that is not served. */
bool front_put(int pages, const char *name, struct str bytes, struct err *);
/* Where the page of an incident is read: URL/status/N/, in Spanish with its file's name. */
struct str front_status(struct arena *, struct str url, int64_t incident, enum language);
bool front_drop(int pages, const char *name, struct err *);      /* takes it away; one that is not there is fine */
/* A path as browsers ask for it ("/trust/") as the name of a file; false: there can be none. language SPANISH: the name in Spanish, "trust/index.es.html". */
bool front_path(struct arena *, struct str path, enum language, const char **name);
const char *front_type(const char *name);                /* the Content-Type that it is served with; NULL: it is not served */
/* Opens it to read; -1: there is none. */
int  front_file(int pages, const char *name, uint64_t *size);

/* ---- a page of one's own ---- */

void front_name(const uint8_t secret[FRONT_SECRET], char name[FRONT_NAME]);
/* The secret for people's hands: letters and digits that are hard to confuse, the last four a check. Reading takes small letters, O for 0, I and L
 * for 1, any spaces and dashes, and a whole link; false: it is none, or mistyped. */
void front_code(const uint8_t secret[FRONT_SECRET], char code[FRONT_CODE]);
bool front_code_read(struct str typed, uint8_t secret[FRONT_SECRET]);
/* What is printed in a message: URL/p/NAME#CODE. A browser keeps what stands behind # to itself. */
struct str front_link(struct arena *, struct str url, const uint8_t secret[FRONT_SECRET]);
/* What a customer's page holds; the front makes HTML of it when they come. told: newest first; text: HTML already, escaped; letter: that is how they are written to. */
struct own_told { int64_t incident, round; enum language language; struct str title, day, text; };
enum { OWN_TOLD_MAX = 24 };
struct own_page { enum language language; bool letter; struct str phone; struct own_told told[OWN_TOLD_MAX]; size_t n; };
void front_own_write(struct buf *, const struct own_page *);
bool front_own_read(struct str, struct own_page *);      /* its texts are views; false: it is none, or has nothing that was told */
/* Puts what that customer's page holds, sealed, in place of what was there. It lasts only after front_sync: many at once are written so. */
bool front_put_for(int pages, const uint8_t secret[FRONT_SECRET], struct str bytes, struct err *);
bool front_drop_for(int pages, const char name[FRONT_NAME], struct err *);     /* and its proofs */
bool front_sync(int pages, struct err *);
/* Opens it. NOT_FOUND: there is none (any more); TORN: it was changed. */
bool front_page_for(int pages, const uint8_t secret[FRONT_SECRET], struct arena *, struct str *bytes, struct err *);

/* ---- what is added to it later, when nobody has the secret at hand any more ---- */

/* The key that is kept of a customer when their page is written: whoever has it can put proofs beside the page, and open nothing. */
void front_proof_key(const uint8_t secret[FRONT_SECRET], uint8_t key[FRONT_KEY]);
/* Puts these files, sealed to that key, in place of those before. They last after front_sync. TOO_BIG: over FRONT_PAGE_MAX together. */
struct front_proof { struct str name, bytes; };          /* name: "1.2", "key"; "read": the rounds that are known to have reached them, like "1.1 1.2" */
bool front_put_proofs(int pages, const char name[FRONT_NAME], const uint8_t key[FRONT_KEY], const struct front_proof *, size_t n, struct err *);
/* The one of that name, in the arena. NOT_FOUND: it is not there yet; TORN: what lies there is none of ours. */
bool front_proof_for(int pages, const uint8_t secret[FRONT_SECRET], struct str which, struct arena *, struct str *bytes, struct err *);

/* ---- answers: one way, from the visitor to the business ---- */

/* The public key that answers are sealed to lies among the files. */
bool front_key_put(int pages, const uint8_t key[FRONT_KEY], struct err *);
/* An answer as it goes over the line: the page's name, then body and a proof that whoever wrote it had the secret, sealed to that key; all answers are
 * of one length. TOO_BIG; NOT_FOUND: no key lies there. */
bool front_answer(int pages, const uint8_t secret[FRONT_SECRET], struct str body, uint8_t out[FRONT_SEALED_MAX], size_t *n, struct err *);
/* The courier's end of the line: the next one, if one is there. sealed lives in the arena. */
bool front_answer_take(int line, struct arena *, char name[FRONT_NAME], struct str *sealed);

/* ---- what all public pages look like ---- */

void front_words(void);                                  /* loads their words in other languages, once, before pages are written */
/* The layout round what was written, in o's language. business: empty for none. other: the same page in the other language, empty for none. script:
 * with the one script there is. folder: it is a file two folders deep, which names what it needs from there, so that any web host can show it; then `near` is the name of
 * the file in the other language, and head what else stands in its head. */
struct front_view { struct str title, business; struct path other; bool script, folder; struct str near; struct safe head, body; };
/* What search engines read (schema.org), as a block of data that no browser runs; what would end it is escaped. */
void front_facts(struct buf *, struct str json);
struct str front_style(void);                            /* look/public.css */
struct str front_icon(void);                             /* SVG */
void front_layout(struct html *o, const struct front_view *);

#endif
