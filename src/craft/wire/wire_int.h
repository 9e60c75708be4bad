/* wire_int - what fetch.c and dns.c share. */
#ifndef WIRE_INT_H
#define WIRE_INT_H

#include "base.h"

#include <netinet/in.h>

/* "127.0.0.1:8443"; port 0 when none stands there. */
bool four_and_port(struct str, struct sockaddr_in *);

#endif
