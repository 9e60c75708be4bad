/* incident - something happened to one or more holders: its windows, who is at risk by it. */
#ifndef INCIDENT_H
#define INCIDENT_H

#include "exposure.h"

struct incident { int64_t id; struct str title; int64_t opened, discovered, closed; struct suspicion *suspicion; size_t n; };
bool incident_get(struct op *, int64_t id, struct incident *);          /* NOT_FOUND */
extern const struct verb incident_verbs[];               /* incident open|suspect|exposed|list|show|close */

#endif
