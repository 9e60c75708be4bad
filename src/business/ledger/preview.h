/* preview - what a file would bring, before anything of it is kept: what its columns become, its first rows as they will be understood, and what is masked
 * or refused. All of it comes out of the file, past the detector; contacts are whole, and shown whole only to who may see contacts.
 */
#ifndef PREVIEW_H
#define PREVIEW_H

#include "ledger.h"
#include "verb.h"

enum { PREVIEW_ROWS = 5, PREVIEW_PARTS = 12 };
struct preview_column { struct str name; const char *becomes; };         /* becomes: in English; NULL: not needed */
/* what: in English. contact: veiled, and whole; both the same when it is none */
struct preview_part { const char *what; struct str veiled, whole; };
/* at 0: a customer, not a payment. named: it says whose it is. why: it is refused, and has no parts */
struct preview_row { uint64_t row, line; const char *why; bool named; int64_t at; kinds kinds; struct preview_part part[PREVIEW_PARTS]; size_t parts; };
struct preview_mask { uint64_t row; struct str column; };
struct preview {
	struct str format;
	struct preview_column *column; size_t columns;
	struct preview_row row[PREVIEW_ROWS], refused[PREVIEW_ROWS]; size_t rows, refusals;
	struct preview_mask mask[PREVIEW_ROWS]; size_t masks;
	bool contacts;                                   /* a list of customers; else of payments */
	uint64_t read, understood, refused_all, named, unnamed, masked_all;      /* read = understood + refused_all; of payments understood = named + unnamed */
	int64_t first, last;                             /* of the payments; FAR_OFF and LONG_AGO: none */
};
/* Looks at one file as `import` would; it needs no key and keeps nothing. notes: what else is to be looked at, as `answer` takes it. */
bool ledger_preview(struct op *, const char *path, struct str name, struct preview *, struct answer *notes);

#endif
