/* pack - where exported files go, one after another: into a folder, or into one ZIP file without compression (APPNOTE 6.3.10), which a browser can
 * be given. */
#ifndef PACK_H
#define PACK_H

#include "op.h"

enum { PACK_FILES = 60000, PACK_ZIP_MAX = 256 << 20 };     /* a ZIP file stays in memory: at most so many bytes; 65,535 files are its format's limit */
struct packed { const char *name; uint64_t bytes; uint32_t crc, at; uint8_t digest[32]; };
struct pack {
	struct arena *a;                                 /* what is known of the files lives here */
	int folder, zip;                                 /* one of them; -1: not that */
	int fd;                                          /* the file at work */
	uint64_t zipped;                                 /* bytes of the ZIP file so far */
	struct blake digest;
	struct packed *file; size_t n, room;
};
/* A file in it, named like "tables/round.jsonl"; the name must last. What is put is taken out of the buffer. */
bool pack_begin(struct pack *, const char *name, struct err *);
bool pack_put(struct pack *, struct buf *, struct err *);
bool pack_file_end(struct pack *, struct err *);
bool pack_end(struct pack *, struct err *);              /* after the last file */

#endif
