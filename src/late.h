/* late - libraries that are loaded when they are first needed. A start with all of them takes 20 ms of the processor, most of it the
 * loader's search for names, and most starts need few. Their functions are stubs (tools/mklate.py), each of which loads its library. */
#ifndef LATE_H
#define LATE_H

/* A process that gives up its powers can load none any more: it loads what the room needs before. NULL: what any room needs. A library that
 * is not there ends the process, and says so. */
#ifdef LATE
void late_load(const char *room);
#else
static inline void late_load(const char *room) { (void)room; }   /* where there are no stubs all are loaded at the start */
#endif

#endif
