/* visitors - the role `front`: what anybody on the internet may ask. A role of its own, started by `serve --public`.
 *
 * It has no database and no key, and nothing to connect to: it reads pages/ (craft/front), and what visitors send goes one way, sealed. Whoever
 * breaks into it finds sealed files, and sees what visitors open meanwhile.
 */
#ifndef VISITORS_H
#define VISITORS_H

#include "base.h"

/* What the parent tells a front that it starts; over the role's line, with the listeners' descriptors. */
struct front_start {
	struct str folder;               /* the data folder, of which it keeps pages/ */
	struct str url;                  /* "https://notice.example.com", no / at the end: where people find it */
	struct str business;             /* its name */
	bool proxy;                      /* a proxy on this machine stands before it */
	struct str tls_cert, tls_key;    /* PEM files; empty: no TLS here */
	int listener[2]; size_t listeners;
};
bool front_hand_over(int line, const struct front_start *, struct err *);        /* the parent's end; waits until it answers */
int  front_main(int line, int answers);                  /* the role: answers until the line is closed. answers: where sealed answers go */

#endif
