/* wire_fetch - asking the outside: one page by HTTPS, one name by DNS. Hides libcurl's HTTP, GnuTLS and the resolver.
 *
 * What is asked for may come from a stranger (a domain, a redirect), so the guard stands here and not at the callers: https alone, certificates verified, no proxy, no
 * address of this machine or of a private network (RFC 6890, looked at on the address that is really used, so that a name that changes its address gains nothing), at
 * most five redirects, a size, a time. Both calls block for at most that time; they share nothing, so threads may call them.
 */
#ifndef WIRE_FETCH_H
#define WIRE_FETCH_H

#include "base.h"

/* How the outside is reached. Empty values are the usual way. */
struct wire_way {
	struct str to;                                   /* tests: "127.0.0.1:PORT": every connection goes there instead, also for http. A loopback address, or refused */
	struct str ca_file;                              /* certificates to trust instead of the system's */
	struct str resolver;                             /* "ADDRESS" or "ADDRESS:PORT" (IPv4) instead of those of /etc/resolv.conf */
};
/* INVALID, with the field, when to or resolver can't be. */
bool wire_way_fits(const struct wire_way *, struct err *);

/* Whether this is an address of the public internet (struct sockaddr's bytes): not loopback, private, link-local, shared, multicast, reserved or for documentation,
 * nor one of those inside an IPv6 form (mapped, NAT64, 6to4). */
bool wire_public(const void *sockaddr, size_t size);

/* ---- one page ---- */

enum { FETCH_REDIRECTS = 5, FETCH_MOST = 1 << 20, FETCH_SECONDS = 10 };

struct wire_ask {
	struct str url;                                  /* https://...; at most 2,000 bytes, without control characters and without a user in it */
	bool plain;                                      /* http:// is asked, to see whether it leads to https; nothing is followed */
	bool stay;                                       /* redirects are not followed */
	bool post; struct str form;                      /* POST of application/x-www-form-urlencoded, never followed; fetch_form makes it */
	struct str user, password;                       /* basic authentication, only to this host; empty: none */
	struct str etag;                                 /* If-None-Match, or empty */
	size_t most;                                     /* the body's limit; 0: FETCH_MOST */
	unsigned seconds;                                /* for all of it; 0: FETCH_SECONDS */
};

enum fetched {
	FETCH_ANSWERED,     /* with whatever status */
	FETCH_UNTRUSTED,    /* a certificate that isn't valid, or not for that name */
	FETCH_FORBIDDEN,    /* the guard: an address that is not public, another scheme, too many redirects */
	FETCH_TOO_BIG,      /* the body is over its limit */
	FETCH_NOT_REACHED,  /* no such name, no connection, no answer in time */
};

struct wire_got {
	enum fetched how;
	char why[200];                                   /* for people, when it was not answered; no foreign text but a host's name */
	long status;
	struct str body, type, location, etag, hsts;     /* of the last answer; type: without parameters, lower case; headers at most 2,000 bytes each */
	struct str url;                                  /* where it ended after redirects */
	unsigned redirects;
	struct { char version[12]; int64_t until; unsigned chain; } tls;     /* "TLS 1.3"; notAfter of the server's certificate, 0 unknown (known for one that isn't valid,
	                                                                        too); certificates that it sent */
};
/* Everything in got lives in the arena. The answer is got->how; a caller's mistake (no url, a user in it) is FETCH_FORBIDDEN, too. */
void wire_fetch(const struct wire_way *, const struct wire_ask *, struct wire_got *, struct arena *);

/* Appends one field, percent-encoded (WHATWG URL, urlencoded serializing), with & before it when there is something. */
void fetch_form(struct buf *, struct str name, struct str value);

/* ---- one name ---- */

enum dns_sort { DNS_TXT, DNS_CAA, DNS_MX, DNS_PTR, DNS_A };
enum dns_how { DNS_THERE, DNS_NONE, DNS_FAILED };        /* NONE: the name or such a record doesn't exist, said by a server; FAILED: nobody said */
enum { DNS_RECORDS = 100 };                              /* more are left out */
/* TXT: its strings joined. CAA: "issue letsencrypt.org" (tag, blank, value). MX: the server's name, by preference as text before it: "10 mx.example.com".
 * A: "192.0.2.1". PTR: name is then an address, 192.0.2.1 or 2001:db8::1, and the records are names. Bytes are the server's: foreign text. At most 10 seconds. */
struct dns_said { enum dns_how how; struct str *record; size_t n; bool no_name; };       /* no_name: there is nothing at all of that name */
void wire_dns(const struct wire_way *, struct str name, enum dns_sort, struct dns_said *, struct arena *);

/* The name that somebody registered (Public Suffix List): example.com of a.b.example.com. Lower case; a public suffix is its own. Empty: no name. */
struct str wire_registrable(struct str domain, struct arena *);

/* The answer's bytes read (RFC 1035): what wire_dns does after it has asked; for tests. Bad bytes are DNS_FAILED. */
void dns_read(struct str answer, enum dns_sort, struct dns_said *, struct arena *);

#endif
