/* person - who may use Handback here: persons and their roles, how they sign in to the pages, tokens for programs.
 *
 * Hides tables person, session, token, totp, recovery_code and passkey; what a person holds (a cookie's number, a link, a token) stands there only as a
 * hash. The keeper checks passphrases (seal.h): a session here opens pages, only the keeper's session opens contacts. Every function is for
 * op->business at op->now; those that write make their own transaction unless one is open.
 */
#ifndef PERSON_H
#define PERSON_H

#include "verb.h"

enum { PERSONS_MAX = 200, PERSON_NAME_MAX = 80 };
struct person { int64_t id; struct str name; enum role role; int64_t since, ended; bool slot, totp; int64_t passkeys; struct str language; };
/* slot: has a passphrase; totp: and an app. language: as chosen, en or es; empty: not chosen */
bool person_get(struct op *, int64_t id, struct person *);                /* NOT_FOUND */
bool person_named(struct op *, struct str, struct person *);              /* by number or name; NOT_FOUND */
bool person_list(struct op *, struct person **, size_t *n);
const char *role_name(enum role);                                         /* "owner" */
/* A passphrase for a person who has none, or another in its place. Asks for an owner's passphrase again (or one's own, for oneself). */
bool person_slot(struct op *, int64_t id, struct str passphrase);
bool person_slot_end(struct op *, int64_t id);                            /* takes it away; not the last owner's */
struct slot_made { int64_t id, person, made; int sort; };        /* sort: enum slot_sort of seal.h; made: when its secret was chosen */
bool slot_list(struct op *, struct slot_made **, size_t *n);     /* what opens the vault */
void recovery_say(struct answer *, const char *code);            /* a new recovery code, for people */

/* ---- signing in ---- */

/* A person's name and passphrase, tried by the keeper. token: the keeper's session (seal_session), for this process's memory only. One
 * answer, REFUSED, for a wrong name and a wrong passphrase, and after the same time. second: a code is still to be asked for. */
struct sign_in { struct person person; uint8_t token[16]; bool second; };
bool sign_in(struct op *, struct str name, struct str passphrase, struct sign_in *);

/* ---- second factors ---- */

/* An app that shows codes (RFC 6238: SHA-1, 6 figures, 30 seconds). A new key, as base32 and as a link for a QR code; it counts once a code of it
 * was right. Both need the vault open (op_key). */
bool totp_make(struct op *, int64_t person, char key[40], struct str *uri);
/* REFUSED: wrong, of another time than now and half a minute before and after, or used before (also its neighbours before it). */
bool totp_right(struct op *, int64_t person, struct str code);
/* Ten codes on paper, shown once; those of before count no more. Each counts once: REFUSED: it is none of them. */
enum { CODES = 10, CODE_TEXT = 30 };
bool codes_make(struct op *, int64_t person, char code[CODES][CODE_TEXT]);
bool codes_use(struct op *, int64_t person, struct str code, int64_t *left);
bool totp_end(struct op *, int64_t person);              /* the app counts no more; NOT_FOUND: there is none */
bool codes_left(struct op *, int64_t person, int64_t *left);
bool factors_end(struct op *, int64_t person);           /* app, passkeys and codes: when they are lost */
bool factor_roles(struct op *, unsigned *roles);         /* of which roles an owner asks a second factor (ASVS 5.0, 6.3.3) */

/* How often somebody may try: five failures are free, then each doubles the wait, from 1 second to 15 minutes; forgotten an hour after
 * the last one. Counted by person and by address (/24, or /64 of IPv6), for all threads of this process; the keeper counts besides. */
bool throttle_may(int64_t person, struct str address, int64_t now, struct err *);       /* REFUSED says how long to wait */
void throttle_failed(int64_t person, struct str address, int64_t now);
void throttle_good(int64_t person);                      /* the person's count begins anew; the address's does not */
void throttle_reset(void);                               /* for tests */

/* ---- sessions of browsers ---- */

enum { LOGIN_ID = 32, LOGIN_IDLE = 30 * 60, LOGIN_LONGEST = 12 * 3600, LOGIN_HALF = 10 * 60, LOGIN_AGAIN = 15 * 60,
       LOGINS_EACH = 20 };                             /* of one person: the oldest makes room */
struct login { int64_t person; enum role role; struct str name, agent; bool half; int64_t began, seen, again; uint8_t mark[8]; struct str language; bool lacks; };
/* language: the person's. lacks: the second factor that is asked of their role is not set up yet: nothing else is open to them.
 * A new session with a new number for the cookie. half: the second factor is still to come. Signing in always makes a new one. */
bool login_begin(struct op *, int64_t person, bool half, struct str agent, uint8_t id[LOGIN_ID]);
/* Whose it is. LOCKED: there is no such session, it was idle for 30 minutes (half: 10 since it began), is 12 hours old, or its person is here no more. */
bool login_look(struct op *, const uint8_t id[LOGIN_ID], struct login *);
/* Whose session it was that was idle for too long; false: it is no such session, or never was whole. One is remembered until it would have been 12 hours old. */
bool login_was(struct op *, const uint8_t id[LOGIN_ID], int64_t *person);
/* The second factor was right, or the person has signed in again: another number takes its place, whole, and with 15 minutes of `again`. */
bool login_whole(struct op *, const uint8_t id[LOGIN_ID], uint8_t fresh[LOGIN_ID]);
bool login_end(struct op *, const uint8_t id[LOGIN_ID]);
bool login_list(struct op *, int64_t person, struct login **, size_t *n);
bool login_end_marked(struct op *, int64_t person, const uint8_t mark[8]);            /* one of a list; NOT_FOUND */
bool login_end_all(struct op *, int64_t person);
/* The word in each form of this session, which another site can't know: 64 hex digits and a 0. */
void login_csrf(const uint8_t id[LOGIN_ID], char word[65]);

/* ---- links and tokens: 256 bits of chance, shown once as 43 letters and figures (base64url) ---- */

enum { TOKEN_TEXT = 44, LINK_SECONDS = 30 * 60, TOKENS_EACH = 20 };
bool link_make(struct op *, int64_t person, char text[TOKEN_TEXT]);       /* counts once, for 30 minutes */
bool link_use(struct op *, struct str text, int64_t *person);             /* LOCKED: used, ended, or none */
/* ends: when it counts no more, a year from now at most. */
struct token { int64_t id, person, made, ends, seen; struct str name; };          /* seen 0: never used */
bool token_list(struct op *, int64_t person, struct token **, size_t *n);         /* person 0: everybody's; those too that have ended */
bool token_make(struct op *, int64_t person, struct str name, int64_t ends, char text[TOKEN_TEXT], int64_t *id);
bool token_look(struct op *, struct str text, int64_t *person);           /* LOCKED: ended, or none */

extern const struct verb person_verbs[];                 /* person add|list|role|end, session list|end, token add|list|end */
extern const struct verb vault_verbs[];                  /* vault passphrase|recovery|recover, slot add|list|end */

#endif
