/* scan_int - what the scanner's files share. */
#ifndef SCAN_INT_H
#define SCAN_INT_H

#include "card.h"
#include "fold.h"
#include "scan.h"

enum {
	BLOCK = 256 << 10,          /* read at once: it stays in the second cache */
	BACK = SCAN_AROUND,         /* of the text before a block that stays in sight */
	AHEAD = 1 << 10,            /* of the text behind a place that must be in sight before it is looked at */
	RECORD_MAX = 64 << 10,      /* text of one record's pieces that is looked at together */
	RECORD_BITS = 24,           /* what stands in a record is as far from what stands in the next */
	SIFTED_MAX = 2048, ALIKE_MAX = 512, REACH = 256 /* a number that begins in a block ends within so many bytes behind it */, SPOTS_MAX = 1 << 15, GROUPS_MAX = 1 << 12, NAMES_MAX = 4 << 20, COLUMNS_MAX = 512,
	TELLING_CELL = 1 << 10, TELLING_CHUNK = 8 << 10,        /* 64 of these are more than a block with what is kept in front */
};

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

/* Of a look-alike: its check digit is wrong, or right, or right in a range that no card has. */
enum check { WRONG, RIGHT, MISFIT };

/* What stands in one place of many records: a column, a key, a place in a log line. */
struct group { uint64_t id; uint32_t alike, passing, misfit; struct { uint32_t n, k; double odds; } judged; uint64_t seen[8]; };

struct table { char delimiter; uint32_t columns; uint32_t senses[COLUMNS_MAX], all_senses; struct str heading[COLUMNS_MAX]; struct arena *words; bool named; };

struct scanner {
	uint8_t key[16];
	char *buffer;                                    /* BACK of what was, then the block, then PAD */
	size_t kept, filled;                             /* bytes in it that were there before; all */
	size_t from;                                     /* where looking goes on */
	uint64_t base;                                   /* offset in the file of buffer[0] */
	uint64_t lines;                                  /* line ends before buffer[counted] */
	size_t counted;
	uint64_t line_start, block_line;                 /* offset in the file of the line that holds buffer[counted]; and of the one that the block begins in */
	uint64_t line_more;                              /* bytes of that line up to buffer[counted] that begin no character */
	uint64_t until;                                  /* what begins there or behind is not looked at */
	bool begun;
	enum { NARROW, WIDE_LITTLE, WIDE_BIG } wide;     /* UTF-16: what is kept of it in `buffer` has a byte a unit, and offsets count units */
	bool ebcdic;                                     /* what is kept of it in `buffer` is ASCII */
	unsigned mark;                                   /* 1: the first character says that it is UTF-16, and is in no column */
	unsigned odd;                                    /* of UTF-16: bytes at the beginning that are a half of a character */
	struct table table;
	struct { uint32_t width, column[8]; size_t columns; } fixed;         /* records: bytes in a line, 0: there are none; where card numbers begin that no edge shows */
	struct { size_t n; uint32_t name[64], senses[64], all_senses; } insert;  /* columns of the last SQL statement that named them */
	struct { uint64_t at, looked; size_t n; uint32_t name[32], senses[32]; } html;   /* the last table's place, up to where others were looked for, and its headings */
	struct fold *fold;
	struct spot *spot, elsewhere;                    /* elsewhere: one that another block tells of */
	size_t spots, spots_cap;
	struct group *group;                             /* by open addressing; 0 is nobody's */
	size_t groups;
	uint16_t used[GROUPS_MAX];                       /* the places of those in the table */
	uint32_t last_name_at;                           /* in `names`: often asked for again */
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
	const struct sieve *sieve;
	struct sifted *sifted;                           /* SIFTED_MAX of them */
	struct alike { uint32_t at; bool fits; enum check check; uint64_t same; } *alike;      /* of a block, up to ALIKE_MAX */
	uint32_t telling[(BACK + BLOCK + TELLING_CHUNK) / TELLING_CELL];         /* senses of the words in each part of the block, */
	uint64_t telling_known;                          /* of the chunks of it where they have been asked for */
	bool promising;                                  /* a number was found that its likes could speak for */
	bool stamps;                                     /* a day of birth was met that has a time */
	bool in_parts;                                   /* one was met whose parts stand apart */
	size_t alikes, alikes_met, alike_step;           /* every which one is kept */
	uint32_t unsaid[2];                              /* of look-alikes in a card's range that no heading calls a card: how many fail, and pass */
	void (*found)(void *, const struct finding *);
	void *to;
	size_t told;
	uint32_t records, card_record;                   /* the last in which a card's number was met */
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
	size_t from, limit;                              /* in the block: what begins outside of these is another one's, */
	size_t seen;                                     /* and what ends here or in front */
	/* the last line that was asked for, in a text */
	size_t line_from, line_to;
};
struct place { uint32_t group, senses, record; struct str heading, where; };
struct place place_of(struct looking *, size_t at);
struct place place_in_record(struct looking *, size_t at);
size_t source_at(const struct looking *, size_t at);     /* where in the block a byte of the view comes from */
/* The first lines of a file: are they a table's? Then its columns are known, and the cells under headings that mean something are looked at. */
void table_begin(struct scanner *, struct str text);
static inline bool table_is_wanted(const struct scanner *s)
{
	return s->table.delimiter && s->table.all_senses & ~(SENSE(CARD) | SENSE(EXPIRY) | SENSE(OTHER) | SENSE(MASKED));
}
void table_look(struct looking *);
/* The group with this id, of which the upper half spreads them; 0: there is no more room. */
uint32_t group_by_id(struct scanner *, uint64_t id);
void group_count(struct scanner *, uint32_t group, uint64_t same, enum check);
uint64_t fingerprint(const struct scanner *, enum hit_sort, const unsigned char *digit, size_t n);

/* Puts a spot at v->text[from, to). */
struct spot *spot_put(struct looking *, enum hit_sort, size_t from, size_t to, const struct place *, float weight, uint32_t signs);

void locate(struct scanner *, size_t at, struct spot *); /* line and column of a place of the block */
void spots_tell(struct scanner *);                       /* judges what there is, tells it, and forgets it */

/* ---- cards.c and other.c: what the sieve says may end or begin at a place ---- */

void card_bare(struct looking *, size_t end, size_t digits);
void card_row(struct looking *, size_t end, uint64_t digits /* which of the 64 bytes in front of it are */);
void card_chain(struct looking *, size_t end);
/* A number whose digits stand in these n parts, at most PARTS_MAX, each somewhere of its own. */
struct run { uint32_t from, to; };
enum { PARTS_MAX = 24 };
void card_parts(struct looking *, const struct run *, size_t n);
/* The look-alikes of a block are added up, and (places) to those in the same place. */
void cards_count(struct looking *, bool places);

enum { LICENCE_SIGNS = 17 };     /* of a driving licence as Florida writes it: only where a letter stands so many in front of a row's end is that one looked at */
void other_look(struct looking *, size_t at, enum sift);
/* Near a card's number at t[from, to), or near a place where one was not far in front. */
enum { CODE_RECORDS = 6 /* paragraphs behind a number's that may hold its code */ };
void codes_near(struct looking *, size_t from, size_t to);
/* What the word that begins there names, if it tells one of these senses: a passport or licence of any shape, a birth with a time. */
void label_look(struct looking *, size_t at, uint32_t senses);
/* A whole cell under a heading that means something. */
void other_cell(struct looking *, size_t from, size_t to, const struct place *);

/* ---- fixed.c ---- */

/* The first lines of a file: are they records of a fixed width, with card numbers in some columns? Then these are looked at. */
void fixed_begin(struct scanner *, struct str text);
void fixed_look(struct looking *);

/* ---- parts.c ---- */

void parts_look(struct looking *);

/* ---- telling.c ---- */

/* Whether a word of one of these senses (of TELLING) may be seen from a place of the view: near it, in a line above, in a heading. */
bool telling_near(struct looking *, size_t at, uint32_t senses);
/* Looks behind the words of passports and licences (label_look). */
void labels_look(struct looking *);

/* ---- judge.c ---- */

void judge(struct scanner *, const struct spot *, struct finding *);

#endif
