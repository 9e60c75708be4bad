/* wording - looks at a text as its readers will: how hard it is to read, whether what is known of the exposure contradicts it, and whether it brags.
 *
 * Pure. Hides the rules and word lists (data/wording, a set for each language) and how a sentence is taken apart. Texts are UTF-8; a line is a paragraph of its own, and the
 * marks of doc/letters.md at its beginning count for nothing. `language` is "en" or "es"; any other is read as "en". What comes out are views into the text, the data and the arena.
 */
#ifndef WORDING_H
#define WORDING_H

#include "kinds.h"

/* ---- how hard it is to read: numbers beside a text, no gate ---- */

/* Longer than this is too long (GOV.UK's content guide); 15 to 20 on average are good (Plain English Campaign). In words. */
enum { SENTENCE_LONG = 25, SENTENCE_GOOD = 20, SIGHTINGS_MAX = 200 };
enum sighting_sort { SIGHT_LONG, SIGHT_HEDGING, SIGHT_PASSIVE, SIGHT_JARGON, SIGHT_SORTS };
/* words: those that were seen; instead: what to say in their place, empty where there is no rule for that. */
struct sighting { enum sighting_sort sort; struct str sentence, words, instead; };
struct readability {
	int64_t sentences, words, longest, by[SIGHT_SORTS];      /* longest: words of the longest sentence; by: how often each was seen */
	double average;                                  /* words a sentence; 0: there is no sentence */
	const struct sighting *seen; size_t n;           /* in the text's order, at most SIGHTINGS_MAX */
};
void wording_read(struct arena *, struct str text, struct str language, struct readability *);
const char *sighting_name(enum sighting_sort);           /* "hedging" */

/* ---- what is said against a sentence ---- */

/* A refused one must not go out; one that is questioned is the owner's to decide. name: of the rule, "no_evidence"; the others in the text's language. */
enum objection_sort { OBJECTION_QUESTIONED = 1, OBJECTION_REFUSED };
struct objection { enum objection_sort sort; struct str name, sentence, words, why, instead; };

/* What is known of an exposure. people: everybody at risk, also those without a name; encrypted: what was taken was, and its key was not. */
struct exposure_known { kinds kinds; int64_t people; bool encrypted; };
/* Sentences that this exposure contradicts, or that nothing in it bears out ("no card data", "only a few customers", "no evidence that"): each is refused. No kinds: nothing. */
void wording_honest(struct arena *, struct str text, struct str language, const struct exposure_known *, struct objection **, size_t *n);

/* Sentences that promise or praise more than a business can show ("100 % secure", "bank-grade", "certified"): refused, or questioned. For whatever customers read. By the
 * rules of both languages, those of `language` first: what was written in one may stand in the other's place. */
void wording_modest(struct arena *, struct str text, struct str language, struct objection **, size_t *n);

/* Leaves those that are refused: what is only questioned is for pages that stand long; a notice may promise. */
void objections_refused(struct objection *, size_t *n);

/* ---- does a text say something? ---- */

/* A text taken apart once, to be asked often. */
struct taken;
const struct taken *wording_take(struct arena *, struct str text, struct str language);
/* Does one of the patterns called `name` stand in one of its sentences? Those of data/wording/says.LANGUAGE.txt; false also when there is no such name. */
bool wording_says(const struct taken *, struct str name, struct str *sentence);

#endif
