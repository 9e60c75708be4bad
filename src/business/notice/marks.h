/* marks - "1-2-345-" and 16 letters, which nobody else can make, name a notice in its mail. */
#ifndef NOTICE_MARKS_H
#define NOTICE_MARKS_H

#include "moves.h"

enum { MARK_KEY = 32 };
bool mark_key_make(struct op *);                         /* where there is none yet; in a write transaction */
bool mark_key(struct op *, uint8_t key[MARK_KEY]);
struct str mark_of(struct arena *, const uint8_t key[MARK_KEY], const struct moving *);
bool mark_read(struct arena *, const uint8_t key[MARK_KEY], struct str mark, struct moving *);   /* false: it is none of ours. Channel, state and attempts stay 0 */
/* Message-ID without < >: the same for each try of one notice, whoever sends it. */
struct str message_id(struct arena *, const uint8_t key[MARK_KEY], const struct moving *, struct str domain);
/* Where a mail goes back to: `pattern` (the setting bounces.address) with the mark for its *; without one as it is; without any, `from`. */
struct str envelope_from(struct arena *, struct str pattern, struct str from, const uint8_t key[MARK_KEY], const struct moving *);

#endif
