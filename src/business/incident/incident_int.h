/* incident_int - what incident's own files tell each other. */
#ifndef INCIDENT_INT_H
#define INCIDENT_INT_H

#include "incident.h"

bool incident_asked(struct op *, const struct args *, struct incident *);      /* the incident that the argument `incident` names */
bool incident_obligations_run(struct op *, const struct args *, struct answer *);
bool incident_fact_run(struct op *, const struct args *, struct answer *);
bool incident_exposed_run(struct op *, const struct args *, struct answer *);

#endif
