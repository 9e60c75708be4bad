/* wire_int - what the files of this room tell each other. */
#ifndef WIRE_INT_H
#define WIRE_INT_H

#include "base.h"

#include "wire.h"
#include "wire_imap.h"

#include <netinet/in.h>

/* "127.0.0.1:8443"; port 0 when none stands there. */
bool four_and_port(struct str, struct sockaddr_in *);

/* mail.c: local@domain as it goes over the wire, in ASCII; false: it can be no address. */
enum { PLAIN_ADDRESS = 512 };
bool address_plain(struct str, char out[PLAIN_ADDRESS]);

enum { USER_MAX = 255 };

/* ---- conn.c: a connection to a mail server. Bytes go out, answers come back; in clear, or by TLS; each within a time ---- */

int64_t clock_ms(void);                                  /* CLOCK_MONOTONIC */
struct trust;                                            /* whose certificates are believed; shared by connections, also of several threads */
struct trust *trust_open(const struct wire_account *, struct err *);
void trust_close(struct trust *);

enum { SAID_MAX = 4096, WORDS_MAX = 500 };
/* One answer (RFC 5321, 4.2): the number that stands on each of its lines, 200 to 599; 0: none came, or what came is none. said: its lines, without control
 * characters, \n between them, as much as fits. */
struct reply { int code; char said[SAID_MAX]; size_t n; };
struct conn {
	int fd;                                          /* -1: down */
	struct gnutls_session_int *tls;                  /* NULL: in clear */
	char in[8192]; size_t at, n;
	int64_t until;                                   /* when waiting ends: CLOCK_MONOTONIC, ms */
	char why[WORDS_MAX + 1];                         /* why there is no answer; ours */
};
/* Looks the name up and tries each address. false: why says it. */
bool conn_open(struct conn *, const struct wire_account *);
/* From here on by TLS 1.2 or later, with the certificate of the account's host. */
bool conn_tls(struct conn *, const struct wire_account *, const struct trust *);
/* How many of the bytes may have gone out: all, or fewer when it was lost. */
size_t conn_write(struct conn *, struct str);
void conn_wait(struct conn *, int64_t ms);               /* from now on so long */
bool conn_reply(struct conn *, struct reply *);          /* false: code 0, why says it; nothing can be read from it any more */
/* A line without its end, at most as much as `to` takes; then it is lost. And so many bytes; to NULL: they are let go. */
bool conn_line(struct conn *, struct buf *to);
bool conn_take(struct conn *, size_t n, struct buf *to);
bool conn_idle(struct conn *);                           /* nothing has come that is not read yet */
void conn_close(struct conn *);                          /* says nothing more to the other side; down is fine */

/* imap.c: what wire_imap does on a connection that is up; the caller closes it. */
bool mailbox_read(struct conn *, const struct wire_account *, struct str folder, int64_t since, size_t most, struct imap_at *at, bool (*each)(void *, struct str mail), void *to, bool *more,
                  struct err *);

#endif
