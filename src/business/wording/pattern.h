/* pattern - wording's own: a text as sentences of words, and patterns over them. */
#ifndef PATTERN_H
#define PATTERN_H

#include "base.h"

/* A word without case and accents ("Número" is "numero"), and where it stands. Hyphens part words; a percent sign is a word. */
struct token { struct str norm, raw; };
struct sentence { struct str raw; const struct token *token; size_t n; };
/* abbreviations: words with a full stop behind that ends no sentence, divided by |. */
void sentences_of(struct arena *, struct str text, struct str abbreviations, struct sentence **, size_t *n);

/* A pattern is words in order, divided by spaces: a|b is either, !a|b is any other, be* begins so, *ed ends so, ? is any word, # a number, ~ at most GAP words, {} what `called` names: patterns themselves, one
 * a line, without {}. From where it fits first, `seen` covers what it fitted. */
enum { GAP = 6 };
bool pattern_in(const struct sentence *, struct str pattern, struct str called, struct str *seen);
size_t pattern_at(const struct sentence *, size_t at, struct str pattern);       /* how many words it covers from there; 0: it does not fit */
int64_t pattern_number(struct str seen);                 /* the first number in it: 2900 of "fewer than 2,900 people"; 0: none */

#endif
