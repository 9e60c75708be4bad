/* fold - a text that is looked at: as it stands, or unfolded, so that what is hidden in tags, escapes, other scripts, UTF-16 or base64 is text.
 * For detect's own files. */
#ifndef FOLD_H
#define FOLD_H

#include "sieve.h"

/* Memory for such a text of at most n bytes, zeros, with FRONT bytes in front and PAD behind it. text_free wipes it; NULL is fine. */
char *text_get(size_t n);
void text_free(char *, size_t n);

struct view {
	struct str text;                                 /* in memory of text_get */
	const uint32_t *map;                             /* of each byte: where it comes from in the block; NULL: itself */
	uint32_t signs;                                  /* what finding something here means: SPLIT, ENCODED */
	bool joined;                                     /* numbers go on over the ends of lines: where `map` jumps */
	bool dump;                                       /* behind the bytes of a line the same stand as text */
};

/* A character as the other looks know it: digits of any script that people mix with ours, spaces, dashes, letters with accents
 * (Latin-1); what is invisible is nothing (0), the rest 0xFF. */
int plain(uint32_t character);

struct fold;
struct fold *fold_open(void);
void fold_close(struct fold *);
void fold_forget(struct fold *);                         /* wipes what was unfolded */
/* Notes that t needs unfolding where the sieve met marks (1 << SIFT_...), and shows what came of it, when all is noted. */
void fold_note(struct fold *, struct str t, size_t at, uint32_t what);
/* Whether a row of digits that ends at `at` shows bytes that are digits, "34 35 33 39 ..." or "3435 3339 ...": it is noted with SIFT_ROW.
 * digits: which of the 64 bytes in front of `at` are. */
bool fold_is_dump(struct str t, size_t at, uint64_t digits);
void fold_show(struct fold *, struct str t, void (*look)(void *, const struct view *), void *to);

#endif
