/* when - instants, days and time zones. Times are whole seconds UTC since 1970 in an int64_t.
 *
 * Unknown beginnings and ends are LONG_AGO and FAR_OFF, far enough from each other that adding a retention cannot overflow. */
#ifndef WHEN_H
#define WHEN_H

#include "base.h"

#define LONG_AGO   (-((int64_t)1 << 60))                 /* minus infinity */
#define FAR_OFF    ((int64_t)1 << 60)                    /* plus infinity */
#define DAY        86400

int64_t when_now(void);                                  /* HANDBACK_NOW (RFC 3339, tests only) or the clock */
int64_t when_add(int64_t, int64_t);                      /* saturates at LONG_AGO and FAR_OFF; infinities stay */
int64_t when_day(int64_t at);                            /* the UTC day's number, rounding down */

/* ---- civil time ---- */

struct civil { int year, month, day, hour, minute, second; };
bool    civil_valid(const struct civil *);               /* second 60 is not */
int64_t civil_seconds(const struct civil *);             /* as if it were UTC */
struct civil civil_of(int64_t seconds);                  /* the reverse */

/* ---- zones: IANA names, by the system's tzdata ---- */

struct zone;
struct zone *zone_open(struct str name, struct err *);   /* "America/New_York", "UTC"; NULL: no such zone */
void    zone_close(struct zone *);
struct str when_machine_zone(struct arena *);            /* the machine's own, when its name is known; else UTC */
int64_t zone_local(struct zone *, int64_t at);           /* local civil seconds of an instant */

/* What a wall clock's time may mean: any instant of [at, at + spread]. In the doubled hour of autumn spread is the overlap; in
 * the skipped hour of spring `skipped` is set and the time is taken an hour later (facts: export formats, section 4). */
struct instant { int64_t at; uint32_t spread; bool skipped; };
struct instant zone_instant(struct zone *, int64_t local);
struct instant zone_whole_day(struct zone *, int64_t local_midnight);   /* the whole local day: 23 to 25 hours, less one second */

/* ---- reading and writing ---- */

/* RFC 3339 with offset or Z; without offset it is the zone's local time (a doubled hour: the whole of it); a date alone is the
 * whole local day. The half-open span [from, to) in UTC. A fraction of a second is dropped. */
struct span { int64_t from, to; bool date_only; };
bool when_parse(struct str, struct zone *, struct span *);
bool when_duration(struct str, int64_t *seconds);        /* a whole number with s, m, h, d, w or y (365 days) */
struct str when_text(struct arena *, int64_t at);        /* 2026-11-24T09:52:43Z; "unknown" for an infinity */
struct str when_local_text(struct arena *, struct zone *, int64_t at);       /* 2026-11-24T04:52:43-05:00 */
struct str when_day_text(struct arena *, struct zone *, int64_t at, const char *language);   /* "en": November 24, 2026; "es": 24 de noviembre de 2026 */
/* The same for the last moment in which something may be done: a day's end is that day; else with the time, the whole minute before it: "November 28, 2026, 23:59". */
struct str when_due_text(struct arena *, struct zone *, int64_t at, const char *language);

#endif
