/* http - answering browsers and scripts. Hides the HTTP library, TLS, sockets, and how requests are cut into fields.
 *
 * What an asker sends is limited where it comes in (below); what goes on to a page is whole, decoded, and lives in ask->a.
 * Who may ask what is the face's business.
 */
#ifndef HTTP_H
#define HTTP_H

#include "html.h"

enum {
	HTTP_HEAD_MAX = 16 << 10,        /* request line and headers of one request, bytes */
	HTTP_PAIRS_MAX = 1000,           /* fields of a query or a form; cookies */
	HTTP_BODY_MAX = 1 << 20,         /* a form or a JSON body, bytes; of a form with files: the fields together */
	HTTP_UPLOAD_MAX = 256 << 20,     /* the files of one form together, bytes; they stay in memory */
	HTTP_UPLOADS_MAX = 8,            /* files in one form */
	HTTP_THREADS = 4,                /* requests that are worked on at once, for each listener */
	HTTP_CONNECTIONS_MAX = 256,      /* for each listener; */
	HTTP_PLACE_CONNECTIONS_MAX = 64, /* and of one asker: an IPv4 address, or an IPv6 network of /64. Behind a proxy it is the proxy's business */
	HTTP_IDLE_SECONDS = 20,          /* a connection on which nothing moves is closed */
	HTTP_REQUEST_SECONDS = 60,       /* a request without files must have come by then; */
	HTTP_UPLOAD_SECONDS = 1800,      /* one with files by then */
};

/* ---- what is asked ---- */

struct pair { struct str name, value; };
struct pairs { const struct pair *at; size_t n; };
struct str pair_text(struct pairs, const char *name);            /* the first value of that name; empty when there is none */
bool       pair_has(struct pairs, const char *name);

/* A file of a form. fd: its bytes in memory (memfd), read from the beginning; closed with the request unless set to -1. */
struct upload { struct str field, name; int fd; uint64_t size; };

struct ask {
	struct arena *a;                 /* this request's memory */
	struct str method, path, host;   /* path: decoded, begins with / */
	struct str peer;                 /* the asker's address; behind a proxy the one that it tells */
	bool secure;                     /* came by TLS, here or at the proxy */
	struct pairs param;              /* what stood for :name in the route's path */
	struct pairs query, form, cookie;
	struct str body;                 /* of another type than a form: as it came */
	struct upload *upload; size_t uploads;
	const void *head;                /* for ask_header */
};
struct str ask_header(const struct ask *, const char *name);     /* by name in any case; empty when there is none */

enum language ask_language(const struct ask *);          /* Spanish when the browser names it before English */

/* ---- what is answered ---- */

struct reply {
	int status;                      /* 200 to start with */
	const char *type;                /* Content-Type; "text/html; charset=utf-8" to start with */
	struct buf body;                 /* at most 64 MiB */
	struct str fixed;                /* instead of body: bytes that live as long as the program */
	int fd; uint64_t size;           /* instead of body: so many bytes of a file from its beginning; closed when sent. -1: none */
	struct pair head[24]; size_t heads;
};
void reply_head(struct reply *, const char *name, struct str value);   /* a header; the value must outlive the request (ask->a). A line end in it ends the process */
void reply_see(struct reply *, struct str where);                /* 303: look there now. where: a path of ours */

/* ---- routes ---- */

struct visit;                            /* the face's own: what a page gets */
/* path: "/incident/:n/notices"; a word that begins with : stands for any one that is not empty, one with * at the end for all the rest. GET answers HEAD too. */
struct route { const char *method, *path; unsigned roles, flags; bool (*page)(struct visit *); };

struct http_settings {
	const int *listener; size_t listeners;       /* sockets that listen already; taken over */
	const struct str *host; size_t hosts;        /* Host headers that are answered, with their port as browsers write it; others get 421 */
	const struct route *route; size_t routes;
	bool proxy;                                  /* believe X-Forwarded-For and X-Forwarded-Proto: the listeners are on loopback only */
	const char *tls_cert, *tls_key;              /* PEM files, read again when they change; NULL: no TLS here */
	/* Answers: called on several threads at once. route NULL: there is none, and reply->status says why (400 bad request, 404,
	 * 405, 413 too much, 421 wrong host, 429 too many files at once, 501). It fills reply whole. */
	void (*serve)(void *of, const struct route *, struct ask *, struct reply *);
	/* May this asker send files here? Asked before they come, so with no form yet. Others send forms of HTTP_BODY_MAX. NULL: nobody may. */
	bool (*files)(void *of, const struct route *, const struct ask *);
	void *of;
};
/* The folder that a TLS file stands in: a certificate is renewed by putting another file in its place, so the folder has to be open to reading. */
const char *http_tls_folder(struct arena *, struct str file);
struct http;
struct http *http_start(const struct http_settings *, struct err *);     /* settings and what they point to must outlive it */
void http_stop(struct http *);                                   /* waits for requests at work; NULL is fine */
/* Takes no more connections: they wait for whoever has the listeners next. From any thread, in a request too. */
void http_quiet(struct http *);
void http_drain(struct http *, unsigned milliseconds);           /* until the connections that there are have ended, or so long */
/* A socket that listens on a loopback port (0: a free one, told in *port); v6: on ::1. -1 with the reason. */
int  http_listen(bool v6, uint16_t *port, struct err *);

#endif
