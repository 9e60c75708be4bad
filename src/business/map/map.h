/* map - who holds what, when: holders, flows, retention, confirmed deletions; and the formula's map half.
 *
 * Hides the tables, the two data files of assumptions (data/takes.csv, data/keeps.csv) and how ways are followed. A way takes no
 * flow twice and at most FLOWS_MAX flows.
 */
#ifndef MAP_H
#define MAP_H

#include "kinds.h"
#include "verb.h"

typedef struct { int64_t n; } holder_id;                 /* 0: none */
enum holder_sort { READER = 1, SERVICE, COMPUTER, STORAGE, MAILBOX, PAPER, WEBSITE, PERSON, PLACE };
struct holder { holder_id id; enum holder_sort sort; struct str name; int64_t since, until; holder_id place; };   /* place: where it stands, if told */
const char *sort_name(enum holder_sort);                 /* "reader" */
bool sort_parse(struct str, enum holder_sort *);

/* Finds a holder by [sort:]name. NOT_FOUND; CONFLICT when the name alone is not clear. `sort:*` and `@FILE` are map_find_all's. */
bool map_find(struct op *, struct str, struct holder *);
bool map_find_all(struct op *, const struct arg *names, struct holder **, size_t *n);   /* each once, in id order */
/* Finds or makes; inside a write transaction. import: which one names it, 0 for by hand. */
bool map_name(struct op *, enum holder_sort, struct str name, int64_t import, holder_id *);
bool map_holder(struct op *, holder_id, struct holder *);
/* Holders of a sort, in use, with another name than this one, the nearest first, at most three: "Van 1 reader, Van 2 reader". apart: at most so many letters; UINT_MAX: however many. Empty: none. */
enum { MISTYPED = 2 };                                    /* so few letters apart, one may have been meant for the other */
bool map_near(struct op *, enum holder_sort, struct str name, unsigned apart, struct str *near);
/* Says that a name which was just made is new on the map, and which names are so near that one of them may have been meant. */
bool map_new_note(struct op *, enum holder_sort, struct str name, struct answer *);
/* Persons by name, without case, in either form of accents and without a full stop behind it; map_name finds and makes them likewise. Who was told to be another is that one. NOT_FOUND. */
bool map_person(struct op *, struct str name, struct holder *);
/* Persons in use whose names are alike ("Ana", "Ana Silva"; a: the shorter), and nobody has said whether they are one. At most 20 pairs. */
struct alike { struct holder a, b; };
bool map_alike(struct op *, struct alike **, size_t *n);
/* In a write transaction. One: what a sees and hands on is b's, and a is no longer used. */
bool map_one_person(struct op *, holder_id a, holder_id b);
bool map_two_persons(struct op *, holder_id a, holder_id b);
bool map_stand(struct op *, holder_id, holder_id place); /* it stands there from now on; in a write transaction */
bool map_holders(struct op *, struct holder **, size_t *n);             /* all, by id; ids are dense from 1 */
/* One of all of them, where many are asked for. NOT_FOUND, as map_holder. */
const struct holder *map_among(struct op *, const struct holder *all, size_t n, holder_id);

enum manner_flow { HANDS_ON = 1, COPIES, SEES };
enum { KEEPS_UNTOLD = -1 };                              /* else seconds, or FAR_OFF: until deleted */
/* A flow of those kinds between two holders, made unless there is one already that passes them (an import's service -> Handback). */
bool map_flow_have(struct op *, holder_id from, holder_id to, enum manner_flow, kinds);
holder_id map_self(struct op *);                         /* Handback itself: a holder from init on */
bool map_own(holder_id);                                 /* Handback itself, or its backups */
bool map_begin(struct op *);                             /* what init makes: Handback and its backups as holders */

/* ---- the formula's map half (MODEL: the one formula) ---- */

enum manner { PASSING = 1, KEPT, BOTH };
struct suspicion { holder_id holder; int64_t from, to; enum manner manner; };   /* [from, to); LONG_AGO, FAR_OFF: unknown */

enum dim { DIM_ENTRY = 1, DIM_PERSON, DIM_PLACE, DIM_SERVICE };         /* on which of a touch's holders the information came in */

/* One way from where information comes in to a suspected holder, for kinds that behave alike on it. A touch whose `dim` holder is
 * `entry` answers with those of its kinds there that are in `kinds` when some moment of [at, at + spread] lies in [from, to]:
 * at <= to and at + spread >= from. A listing [first, came] likewise: first <= to and came >= from. */
struct source {
	holder_id entry; enum dim dim; kinds kinds;
	int64_t from, to;                                /* both included; LONG_AGO, FAR_OFF */
	bool spans_only;                                 /* only what is there for more than a moment answers: listings, findings; no touch */
	holder_id asks;                                  /* rests on what this holder is assumed to keep, for nobody told; 0: on nothing assumed */
	uint32_t suspicion;                              /* index of what was asked */
	uint32_t way;                                    /* index into ways: for `why` */
};
struct way { holder_id entry; const int64_t *flow; size_t n; };         /* flow numbers from the entry to the suspected holder */
/* The same asked of what dwells at `entry` by itself, whatever that holder takes or keeps: a finding, there from `first` to `last`, which had
 * come by `came`. Its kinds among `kinds` answer when first <= first_max and end >= end_min, and end > first when `longer`;
 * end is its came, or its last where by_last. */
struct dwell { holder_id entry; kinds kinds; int64_t first_max, end_min; bool by_last, longer; holder_id asks; uint32_t suspicion, way; };
struct sources { struct source *source; size_t n; struct way *way; size_t ways; struct dwell *dwell; size_t dwells; holder_id *place_empty; size_t places_empty;
                 bool touched, found; };                 /* touches or lists, and findings answer: set by whoever looked them up */
/* place_empty: places suspected of keeping where no holder is known to stand: to be said, never 0. dwelling: holders where something dwells by
 * itself (NULL: none): of the others `dwell` is not made. */
bool map_sources(struct op *, const struct suspicion *, size_t n, const struct bits *dwelling, struct sources *);

/* What a sort of holder takes of what passes it, and what it is assumed to keep (seconds, FAR_OFF or 0) of one kind. */
kinds   map_takes(enum holder_sort);
int64_t map_assumed(enum holder_sort, enum kind);

/* All flows and retentions as they stand: for the brute-force twin, which follows them by itself. */
/* told: when somebody, or an import, said so. */
struct flow { int64_t id; holder_id from, to; enum manner_flow manner; kinds kinds; int64_t keeps, since, until, told; };
struct told { holder_id holder; enum kind kind; int64_t keeps, told; };
struct emptied { holder_id holder; int64_t at; };
struct atlas { struct holder *holder; size_t holders; struct flow *flow; size_t flows; struct told *told; size_t tolds;
               struct emptied *emptied; size_t emptieds; };
bool map_atlas(struct op *, struct atlas *);

/* In a write transaction. map_flow_put gives f its number; INVALID: it would be the ninth in a row on the map as `atlas` has it. map_flow_end: in use until
 * `at`; what went along it before still counts. */
bool map_keeps_put(struct op *, holder_id, kinds, int64_t keeps);       /* what that holder keeps of these kinds, in place of what was told before */
bool map_flow_put(struct op *, const struct atlas *, struct flow *f);
bool map_flow_again(struct op *, int64_t flow);                       /* it was said once more, likewise below; nothing changes but when */
bool map_keeps_again(struct op *, holder_id, enum kind);
bool map_flow_end(struct op *, int64_t flow, int64_t at);
bool map_holder_end(struct op *, holder_id, int64_t at);              /* no longer used from then on; what it keeps still counts */
bool map_holder_again(struct op *, holder_id);            /* in use once more, as if without a break */
bool map_emptied_put(struct op *, holder_id, int64_t at);             /* everything there was deleted, confirmed for that moment */
bool map_emptied_not(struct op *, holder_id, int64_t at);             /* that was said by mistake */

extern const struct verb map_verbs[];                    /* holder add|list|show|close|emptied, flow add|list|close */

#endif
