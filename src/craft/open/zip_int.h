/* zip_int - a zip file's parts by name, and XML in them, for the readers of office documents. */
#ifndef ZIP_INT_H
#define ZIP_INT_H

#include "open_int.h"

enum { ZIP_PARTS_MAX = 1 << 16 };

struct zip_part {
	struct str name;
	uint64_t at, packed, size;                       /* where its local header stands, and its lengths */
	uint32_t crc;
	uint16_t flags, method;
	bool read;                                       /* by one who knows what it is */
};
struct zip { const struct source *s; struct zip_part *part, **by_name; size_t n; struct arena *a; };

/* Whether every part can be read here: a directory in good order, no more than ZIP_PARTS_MAX, stored or deflated, none encrypted.
 * *damaged: there is no directory that could be used. zip_close in any case. */
bool zip_index(struct zip *, const struct source *, bool *damaged);
void zip_close(struct zip *);
struct zip_part *zip_find(const struct zip *, struct str name);        /* the first; NULL: none. The case of letters does not count (OPC 6.2.2.3) */

/* One part's bytes as they are unpacked, taken off what the listener has left. */
struct unzip;
struct unzip *unzip_open(const struct zip *, const struct zip_part *, struct listener *);
size_t unzip_more(void *unzip, char *to, size_t n);                    /* as a stream's `more` */
enum open_end unzip_close(struct unzip *);                             /* OPEN_BROKEN, OPEN_TOO_BIG: it ended before its end */

/* ---- XML ---- */

/* An element that begins. `word`: which of the reader's words its name is, without prefix; -1: none of them. */
struct xml_tag { int word; const char *name; const unsigned char *const *attributes; int n; };
struct str xml_attribute(const struct xml_tag *, const char *name);    /* .p is NULL when there is none; good during the call */
struct str xml_relation(const struct xml_tag *);         /* the attribute r:id of Office Open XML, which may stand beside another id */

/* What reads a part. The functions return false when they want no more. No entity but the five of XML is known, nothing else is loaded. */
struct xml_reader {
	const char *const *words;
	size_t n;
	bool (*begin)(void *to, const struct xml_tag *);
	bool (*end)(void *to, int word);
	bool (*text)(void *to, int word, struct str);    /* in the element `word`; text comes in any number of parts */
};
/* OPEN_STOPPED: the reader wanted no more. */
enum open_end xml_read(const struct zip *, const struct zip_part *, struct listener *, const struct xml_reader *, void *to);

#endif
