/* whom - whom a file names: e-mail addresses, telephone numbers and customers' numbers, with the record in which each stands, and the
 * oldest date of its records. Beside the scanner (scan.h), from the same text; slower, so only for whoever knows whom to look for. Pure, but for its memory.
 *
 * Records of text: the rows of a table (one heading line, the same delimiter in each), the objects of JSON, lines that begin with a time (a
 * log). Other text is one record as a whole. Of a document: what its pieces say.
 */
#ifndef WHOM_H
#define WHOM_H

#include "kinds.h"

enum contact_sort {
	CONTACT_EMAIL = 1, CONTACT_PHONE,                /* `text`, as it stands there */
	CONTACT_REFERENCE,                               /* likewise: what a heading calls a customer's number */
	CONTACT_DATE,                                    /* `date`: the oldest in a file that says when it was made, or of which every record has one */
	CONTACT_BESIDE,                                  /* the record of contacts told before holds `kinds`, too, as headings say: names, postal addresses */
	CONTACT_WITHIN,                                  /* this file is part of `record` of the one that it is in: a mail's attachment */
	CONTACT_SORTS
};
struct contact {
	enum contact_sort sort;
	struct str text, where;                          /* where: the piece's */
	uint64_t line;                                   /* of text, from 1 */
	uint64_t record;                                 /* of a piece; 0: running text */
	uint64_t from, to;                               /* of text: the record's bytes; both 0: the file is one record */
	int64_t date;                                    /* civil seconds */
	kinds kinds;
};

struct whom;
struct whom *whom_open(void);
void whom_close(struct whom *);
/* A file begins. What is found is told as it goes, the same in one record once; views are good during the call. */
void whom_begin(struct whom *, void (*found)(void *, const struct contact *), void *to);
void whom_text(struct whom *, struct str block); /* one after another */
void whom_skip(struct whom *, uint64_t n);       /* zeros */
void whom_piece(struct whom *, struct str text, struct str where, struct str field, uint64_t record);
void whom_end(struct whom *);

#endif
