/* outbox - outbox/N.R in the data folder: what a person sends or posts. */
#ifndef NOTICE_OUTBOX_H
#define NOTICE_OUTBOX_H

#include "notice_int.h"
#include "paper.h"
#include "telling.h"

/* outbox/N.R in the data folder, made when it is not there (0700). */
struct outbox { int dir; const char *path; };
bool outbox_open(struct op *, const struct round *, struct outbox *);
void outbox_close(struct outbox *);
bool outbox_there(struct op *, const struct round *);
/* Takes what is done with out of it, all mails or all letters, and the folder when nothing is left: then true. */
bool outbox_clear(struct op *, const struct round *, bool mails, bool letters);
void outbox_drop_mail(struct op *, const struct round *, struct str ref);
/* Up to OUTBOX_AT_ONCE files, each written beside, synced, then named: there whole or not at all, however often it is done. outbox_sync
 * makes the names durable. */
enum { OUTBOX_AT_ONCE = 128 };
struct outbox_file { const char *name; struct str bytes; };
bool outbox_put(struct outbox *, const struct outbox_file *, size_t n, struct err *);
bool outbox_sync(struct outbox *, struct err *);
void outbox_drop(struct outbox *, const char *name);
/* One PDF of letters in one language; result: one a sheet. */
bool outbox_letters(struct op *, struct outbox *, const char *name, const struct telling *common, enum language, const struct sheet *, size_t n, struct paper_result *);
bool outbox_list(struct op *, struct outbox *, const struct round *);    /* letters.csv, as the database knows it */
/* Where a letter stands, "001/00017": file and page; behind a further / why somebody should look at it. */
struct str letter_place(struct op *, int64_t file, const struct paper_result *);
const char *letter_look(struct str place);               /* for people; empty: nothing is odd */
struct str address_lines(struct op *, const struct customer *);

#endif
