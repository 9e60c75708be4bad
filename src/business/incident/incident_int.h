/* incident_int - what incident's own files tell each other. */
#ifndef INCIDENT_INT_H
#define INCIDENT_INT_H

#include "incident.h"

bool incident_asked(struct op *, const struct args *, struct incident *);      /* the incident that the argument `incident` names */
bool incident_exposed_run(struct op *, const struct args *, struct answer *);
/* A window's bounds for people: "27 November 2013 00:00 until ..." */
struct str window_text(struct op *, int64_t from, int64_t to);
const char *manner_name(enum manner);

#endif
