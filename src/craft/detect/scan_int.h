/* scan_int - what the scanner's files share. */
#ifndef SCAN_INT_H
#define SCAN_INT_H

#include "around.h"
#include "card.h"
#include "scan.h"

enum {
	BLOCK = 256 << 10,          /* read at once: it stays in the second cache */
	BACK = SCAN_AROUND,         /* of the text before a block that stays in sight */
	AHEAD = 1 << 10,            /* of the text behind a place that must be in sight before it is looked at */
	PAD = 64,                   /* bytes behind the text that may be read, as zeros */
	RECORD_MAX = 64 << 10,      /* text of one record's pieces that is looked at together */
	RUNS_AT_ONCE = 2048, ALIKE_MAX = 256, SPOTS_MAX = 1 << 17, GROUPS_MAX = 1 << 12, NAMES_MAX = 4 << 20, COLUMNS_MAX = 512,
};

/* ---- runs.c: digits, fast ---- */

struct run { uint32_t from, to; };
enum { PAIRS = 8 };                                      /* "12 34 56" is told as a run to from + PAIRS */
static inline bool is_pairs(struct str t, struct run r) { return r.to - r.from == PAIRS && t.p[r.from + 2] == ' '; }
/* Every run of at least 3 ASCII digits in t (behind which PAD bytes can be read) from *at on, at most max of them; *at is then where
 * to go on, t.n at the end. A run that is not whole at *at is given whole later. */
size_t runs_find(struct str t, size_t *at, struct run *run, size_t max);
uint64_t lines_count(struct str t);                      /* line ends in it */

/* ---- a text that is looked at: as it stands, or unfolded from an encoding ---- */

struct view {
	struct str text;                                 /* PAD bytes behind it can be read */
	const uint32_t *map;                             /* of each byte: where it comes from in the block; NULL: itself */
	uint32_t signs;                                  /* what finding something here means: SPLIT, ENCODED */
};

/* ---- fold.c: what is hidden in tags, escapes, UTF-16 or base64 becomes text ---- */

struct fold;
struct fold *fold_open(void);
void fold_close(struct fold *);
/* Finds the stretches of t that need unfolding and gives a view of each. */
void fold_each(struct fold *, struct str t, void (*look)(void *, const struct view *), void *to);

/* ---- what is found, until it is judged ---- */

struct spot {
	uint64_t at, line, same;
	uint32_t column, length, group, where, heading, record, signs;
	float weight;                                    /* log-odds of what is known at once */
	char last4[5], tier;
	uint8_t sort;
	bool dropped;
	const char *brand;
};

/* What stands in one place of many records: a column, a key, a place in a log line. */
struct group { uint64_t id; uint32_t alike, passing; uint64_t seen[8]; };

struct table { char delimiter; uint32_t columns; uint32_t senses[COLUMNS_MAX]; struct str heading[COLUMNS_MAX]; struct arena *words; bool wanted; };

struct scanner {
	uint8_t key[16];
	char *buffer;                                    /* BACK of what was, then the block, then PAD */
	size_t kept, filled;                             /* bytes in it that were there before; all */
	size_t from;                                     /* where looking goes on */
	uint64_t base;                                   /* offset in the file of buffer[0] */
	uint64_t lines;                                  /* line ends before buffer[counted] */
	size_t counted;
	uint64_t line_start;                             /* offset in the file of the line that holds buffer[counted] */
	uint64_t until;                                  /* what begins there or behind is not looked at */
	bool begun;
	struct table table;
	struct fold *fold;
	struct spot *spot;
	size_t spots, spots_cap;
	struct group *group;                             /* by open addressing; 0 is nobody's */
	size_t groups;
	struct buf names;                                /* where's and headings, each with its length in front */
	/* a document's record */
	char *record;
	size_t record_n;
	uint64_t record_id;
	struct cell { uint32_t from, to, senses; struct str where, field; } *cell;      /* their texts stand in `words` */
	size_t cells, cells_cap;
	struct arena *words;
	struct { uint64_t id; uint32_t senses; } known[256];                 /* headings met before, by hash */
	size_t tail_n;                                   /* of the record: running text that was looked at before */
	struct run *run;                                 /* RUNS_AT_ONCE of them */
	struct alike { struct run run; uint64_t same; bool passes; } *alike;    /* of a block, up to ALIKE_MAX */
	void (*found)(void *, const struct finding *);
	void *to;
	size_t told;
	uint32_t records;
};

uint32_t senses_of(struct scanner *, struct str heading);  /* heading_senses, remembered */
uint32_t name_put(struct scanner *, struct str);         /* 0: the empty one, or no more room */
struct str name_of(const struct scanner *, uint32_t);

/* What is known of a place in a view: cells' headings and groups are asked for only when something is there. */
struct looking {
	struct scanner *s;
	const struct view *v;
	uint64_t base;                                   /* of the view's block in the file */
	bool in_record;                                  /* the view is a document's record */
	/* the last line that was asked for, in a text */
	size_t line_from, line_to;
};
struct place { uint32_t group, senses, record; struct str heading, where; };
struct place place_of(struct looking *, size_t at);
void group_count(struct scanner *, uint32_t group, uint64_t same, bool passes);
uint64_t fingerprint(const struct scanner *, enum hit_sort, const unsigned char *digit, size_t n);

/* Puts a spot at v->text[from, to). */
struct spot *spot_put(struct looking *, enum hit_sort, size_t from, size_t to, const struct place *, float weight, uint32_t signs);

/* ---- other.c: what is not a card ---- */

/* A run of digits that is no card's: may it be another identifier, or a part of one? */
void other_look(struct looking *, size_t from, size_t to);
/* Three pairs of digits with spaces between: may they be in an identifier? */
void pairs_look(struct looking *, size_t from);
/* A whole cell under a heading that means something. */
void other_cell(struct looking *, size_t from, size_t to, const struct place *);

/* ---- judge.c ---- */

void judge(struct scanner *, struct spot *, struct finding *);

#endif
