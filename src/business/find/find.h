/* find - looks for card numbers and personal data in files, folders, archives, mail, documents, databases and pictures.
 *
 * Hides the walk over folders, the boxes in which every byte of a file is read, and what they say. Needs no vault and no data folder;
 * with them, what is found goes onto the map. Whoever calls never gets a file's bytes: only what sort of number stands where, and why
 * we think so. A file that can't be read is named with the reason; it never ends the run.
 */
#ifndef FIND_H
#define FIND_H

#include "whom.h"
#include "scan.h"
#include "verb.h"

struct find_hit {
	struct str path, member;                         /* the file; the way inside it ("b.docx!word/media/1.png"), or empty */
	struct finding f;
};
struct find_contact { struct str path, member; struct contact c; };
struct find_unread { struct str path, member, why; bool left_out; };     /* left_out: on purpose */
struct find_totals {
	uint64_t files, bytes, known, skipped, unlikely, milliseconds;   /* known: of the files, not opened */
	uint64_t holes;                                  /* of the bytes, while it goes on: those that take no room on the disk, and at the end are no longer counted */
	bool stopped;                                    /* before the end */
};

struct find {
	struct arena *a;
	const struct str *path; size_t paths;            /* files and folders to look at */
	struct str database;                             /* and the tables there: "postgresql://user@host/database"; empty: none */
	unsigned jobs;                                   /* boxes at once; 0: as many as there are processors */
	struct str leave;                                /* a folder to leave out: our own data */
	struct seen *seen;                               /* files that are as they were are not opened: what was told of them is told again; NULL: all are */
	bool unlikely;                                   /* but those in which there is an unlikely one */
	const volatile int *stop;
	/* in the order of the walk */
	void (*hit)(void *, const struct find_hit *);
	/* whom the file names, each in front of what is found in the same member; NULL: not looked for, which is faster */
	void (*contact)(void *, const struct find_contact *);
	void (*unread)(void *, const struct find_unread *);
	void (*done)(void *, struct str path, bool well);        /* behind all else of a file; well: it was read to its end, with all in it. NULL: not asked */
	void (*progress)(void *, const char *what, uint64_t done, uint64_t of);    /* of 0: not known. NULL: nobody looks */
	void *to;
	struct find_totals totals;
};
/* False only when nothing could be looked at (no such path: NOT_FOUND). Where a parent brokers (role.h), a process of its own looks, and into the
 * folders of the setting find.folders only: REFUSED. */
bool find_scan(struct find *, struct err *);

/* The files that earlier scans looked at, from the business's database, or the user's cache when no data folder is open. */
struct seen *seen_open(struct op *, bool contacts);      /* contacts: those who listen to them */
void seen_close(struct seen *);                          /* keeps what is new; NULL is fine */

/* Names for machines and for people. */
const char *find_kind(const struct finding *);           /* "card_number" */
struct str find_masked(struct arena *, const struct finding *);        /* "Visa ending 1111" */
struct str find_reason(struct arena *, const struct finding *);        /* one sentence */

struct str find_bytes(struct arena *, uint64_t);         /* "1.2 GB" */
/* The name of a file, or of a place in one, as it may be kept: without card numbers, without e-mail addresses. */
struct str kept_name(struct arena *, struct str);
/* What was said of findings in a file (its kept name): verdict is a word of the verb's, good as long as the program; the texts during the call. */
bool find_verdicts_in(struct op *, struct str path, void (*each)(void *, struct str member, struct str spot, struct str kind, struct str last4, const char *verdict), void *);

extern const struct verb find_verbs[];

/* ---- the role that looks for a desk (main starts it) ---- */

/* The parent's part, before the asker gets the line: the folders that may be looked through (op_setting "find.folders"), and our own data's, which is
 * left out. false: the role is gone. */
bool scan_hand_over(int line, struct str folders, struct str own);
int scan_main(int line, int broker);

/* ---- the box's half (main starts it) ---- */

/* A box for plain files alone, which begins at once; for all but pictures; for pictures. */
bool find_box_prepare_plain(void);
bool find_box_prepare(void);
bool find_box_prepare_ocr(void);
int find_box_main(int line, int messages);

#endif
