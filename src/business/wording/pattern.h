/* pattern - wording's own: a text as sentences of words, and patterns over them. */
#ifndef PATTERN_H
#define PATTERN_H

#include "base.h"

/* A word without case and accents ("Número" is "numero"), and where it stands. Hyphens part words; a percent sign is a word. */
struct token { struct str norm, raw; };
struct sentence { struct str raw; const struct token *token; size_t n; };
/* abbreviations: words with a full stop behind that ends no sentence, divided by |. */
void sentences_of(struct arena *, struct str text, struct str abbreviations, struct sentence **, size_t *n);

/* A pattern is words in order, divided by spaces: a|b is either, be* begins so, *ed ends so, ? is any word, ~ at most GAP words, {} what `called` names: patterns themselves, one
 * a line, without {}. From where it fits first, `seen` covers what it fitted. */
enum { GAP = 6 };
bool pattern_in(const struct sentence *, struct str pattern, struct str called, struct str *seen);

#endif
