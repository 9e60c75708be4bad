/* ole_int - a storage of a compound file [MS-CFB], for the readers of what stands in one: ole.c finds out which it is. Only ole.c sees
 * libgsf; the others read streams as sources. */
#ifndef OLE_INT_H
#define OLE_INT_H

#include "open_int.h"

enum { OLE_CHILDREN_MAX = 16 << 10, OLE_DEPTH_MAX = 8 };

/* A storage: the file's root, or one within. */
struct ole {
	struct listener *l;
	void *dir;                      /* libgsf's */
	int children;
	struct bits read;               /* the children that somebody has read */
	struct str within;              /* how a person is told where this is: "" for the root, else "embedded _1234, " */
	struct str path;                /* as a member's name: "" or "ObjectPool/_1234/" */
	uint64_t *records;              /* numbered so far, in the whole file */
	const struct names *names;      /* of a message's properties, for messages within it too */
	unsigned depth;
	bool stopped;                   /* whoever listens wants no more */
};

/* A stream of it. */
struct ole_stream { struct source source; void *in; };
/* Opens the stream of this name, which is then taken as read; false: there is none. Closed by ole_close. */
bool ole_open(struct ole *, const char *name, struct ole_stream *);
void ole_close(struct ole_stream *);
/* The whole of a stream, at most max bytes of it; the caller frees .p, which is NULL when there is none. */
struct str ole_all(struct ole *, const char *name, size_t max);

/* A child by its number; false: it is a storage, or cannot be opened. Not taken as read. */
bool ole_child(struct ole *, int i, struct ole_stream *);
struct str ole_child_name(struct ole *, int i);          /* as the directory has it */
/* Reads a child that is a storage with `reader`, or by what is in it (NULL), and what is left of it; `within` as above. */
enum open_end ole_within(struct ole *, int i, struct str within, enum open_end (*reader)(struct ole *));
int ole_find(struct ole *, const char *name);            /* a child's number, whatever the case of its letters; -1: none */

/* Tells a text, in as many pieces as it takes; `place` as a person finds it in this storage. False: no more is wanted. Text that is
 * white space alone is none. */
bool ole_tell(struct ole *, struct str text, const char *place, struct str field, uint64_t record);
bool ole_member(struct ole *, struct str name, const struct source *);
bool ole_unread(struct ole *, const char *what, enum open_end);

/* The pictures in a stream of Office's drawings [MS-ODRAW], as members; the stream is then taken as read. */
void ole_pictures(struct ole *, const char *stream);

/* The texts of a stream of property sets; document: it is that of DocumentSummaryInformation. */
void ole_summary(struct ole *, const struct source *, bool document);

/* The readers, each for a storage that it knows by a stream's name. OPEN_DONE although something is left: ole.c looks at the rest. */
enum open_end ole_xls(struct ole *);
enum open_end ole_doc(struct ole *);
enum open_end ole_ppt(struct ole *);
enum open_end ole_msg(struct ole *);

#endif
