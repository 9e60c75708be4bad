/* wire - towards mail servers. Hides MIME, the SMTP dialogue, TLS and libcurl.
 *
 * Knows nothing of rounds: it takes mails and says of each what became of it. The one thing it must never blur: whether the server
 * may have taken a mail (WIRE_UNKNOWN) or cannot have (WIRE_LATER, WIRE_NOT_HANDED).
 */
#ifndef WIRE_H
#define WIRE_H

#include "base.h"

/* ---- one mail as bytes (RFC 5322, MIME; text/plain and text/html alike, quoted-printable) ---- */

struct mail {
	struct str from_name, from, to_name, to;         /* addresses; a value with a line end or a control character is refused */
	struct str subject, text, html;                  /* UTF-8; header values are encoded (RFC 2047) */
	struct str id;                                   /* Message-ID without < >, ours and deterministic */
	struct str reply_to;                             /* or empty */
	struct str language;                             /* "en", "es" */
	int64_t date;
	bool unsent;                                     /* a draft for a person's mail program: X-Unsent, which Outlook goes by */
};
/* Auto-Submitted: auto-generated (RFC 3834); no attachment, no picture. INVALID: names the header that cannot be. */
bool mail_write(struct buf *out, const struct mail *, struct err *);
/* Whether this can be the address of a mail at all: one @, a domain with labels (IDNA taken by libidn2's rules is made ASCII). */
bool mail_address(struct str);

/* ---- the server ---- */

enum wire_tls { WIRE_STARTTLS, WIRE_TLS, WIRE_PLAIN };   /* WIRE_PLAIN only to this machine */
struct wire_account { struct str host, user, password; uint16_t port; enum wire_tls tls; struct str ca_file; unsigned silence_ms; };   /* silence_ms: so long
                                                          * an answer may take, 0 for a minute; to a whole mail ten times as long (RFC 5321, 4.5.3.2.6) */
/* smtp[s]://user@host:port. smtp: STARTTLS and refuses to go on without it, save to loopback; smtps: TLS at once. */
bool wire_account(struct str url, struct wire_account *, struct arena *, struct err *);

/* The password out of a file that is its owner's alone; REFUSED or INVALID says what is wrong with it. setting: that names the file, like "mail.password-file". */
bool wire_password(const char *setting, struct str file, struct str *password, struct arena *, struct err *);

enum wire_outcome {
	WIRE_SENT,          /* the server took it: 250 after the final dot */
	WIRE_LATER,         /* 4xx anywhere, or the final answer was 4xx: try again */
	WIRE_REFUSED,       /* 5xx for this mail or this recipient */
	WIRE_NOT_HANDED,    /* no connection, TLS or sign-in failed, sender refused, line lost before the final dot: it was not taken. Try
	                       again; `fatal` when trying the others is useless too: the rest is not begun */
	WIRE_NOT_BEGUN,     /* stopped before its turn */
	WIRE_UNKNOWN,       /* all was handed over and no answer came: it may have been taken */
};
struct wire_result { enum wire_outcome outcome; bool fatal; char code[16]; struct str words; };   /* "550 5.1.1", empty without a refusal; the
                                                                                            server's own words: foreign text */

struct wire_job { struct str from, to; struct str bytes; struct wire_result result; void *about; };

struct wire;
/* connections: how many at once, at most. Certificates are verified (system's, or ca_file). Nothing is connected yet. */
struct wire *wire_open(const struct wire_account *, unsigned connections);
void wire_close(struct wire *);
/* Begins to send these, reusing connections, in threads of its own. The jobs and their bytes stay as they are until wire_wait has said true; words live in the
 * arena. */
void wire_begin(struct wire *, struct wire_job *, size_t n, struct arena *);
/* true: each has its outcome. false: not so after `most` ms; what has come is in the jobs that `done` was called for, and it is to be called again. `done` is
 * called for each once, as it comes, `stop` is asked now and then (NULL: never); true ends early: what is not begun becomes WIRE_NOT_BEGUN. */
bool wire_wait(struct wire *, int64_t most, void (*done)(void *, struct wire_job *), bool (*stop)(void *), void *about);

#endif
