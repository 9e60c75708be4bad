/* kept - a scan's findings put on the map, file by file, with whom they name. For find's own files. */
#ifndef KEPT_H
#define KEPT_H

#include "found.h"
#include "told.h"

/* What a scan came to on the map. */
struct kept_tally { holder_id holder; enum holder_sort sort; struct str name; bool looked; uint64_t files, customers, gone, unnamed; };

struct keeping;
/* holder: "[sort:]name"; empty: this computer. A new holder is put on the map when something is found there. The vault is opened when its
 * passphrase is at hand. NULL: err. */
struct keeping *keeping_open(struct op *, struct str holder, const struct roots *);
void keeping_close(struct keeping *);                    /* NULL is fine */
bool keeping_asks(const struct keeping *);               /* whose it is can be looked up */
void keeping_contact(struct keeping *, const struct find_contact *);
void keeping_hit(struct keeping *, const struct telling *);
/* The file is done; path: as it is kept. False: it could not be kept (op->err). */
bool keeping_done(struct keeping *, struct str path, bool well);
/* The scan is at its end; whole: it was not stopped. Files that were there and are not met any more are gone. */
bool keeping_end(struct keeping *, const struct find_totals *, bool whole, struct kept_tally *);

#endif
