/* incident_int - what incident's own files tell each other. */
#ifndef INCIDENT_INT_H
#define INCIDENT_INT_H

#include "incident.h"
#include "verb.h"

struct exposed;
/* obligations.c: where those of an exposure live, with which kinds, by place and kinds. */
bool incident_homes(struct op *, const struct exposed *, struct counts *);
bool incident_asked(struct op *, const struct args *, struct incident *);      /* the incident that the argument `incident` names */
bool incident_obligations_run(struct op *, const struct args *, struct answer *);
bool incident_fact_run(struct op *, const struct args *, struct answer *);
bool incident_exposed_run(struct op *, const struct args *, struct answer *);

#endif
