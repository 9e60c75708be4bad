/* open - what stands in a foreign file: documents, tables, mail, archives, databases, pictures. Everything here runs in a box only
 * (box.h): it touches no file but the source it is given, writes none, starts nothing, and may be ended at any moment.
 *
 * A file is read into pieces of text with the words in which a person finds them again ("sheet Orders, cell B7"), and into members:
 * files within it, which whoever listens gives back to open_file in their turn. What cannot be read is told, with the reason;
 * the rest goes on. Text that needs no opening (plain text, CSV, JSON, XML, HTML, logs, programs) is FILE_PLAIN: not for this room.
 */
#ifndef OPEN_H
#define OPEN_H

#include "base.h"

/* Bytes that can be read anywhere; with `forward` only onwards: `at` never goes back, but for the first OPEN_HEAD bytes, which may be
 * read again until something behind them was. */
enum { OPEN_HEAD = 36 << 10 };
struct source {
	uint64_t size;                                   /* UINT64_MAX: not known (only with forward) */
	bool forward;
	void *of;
	size_t (*read)(void *of, uint64_t at, void *to, size_t n);     /* fewer than n only at the end, or where it can't be read */
};
struct source source_of_text(const struct str *);        /* memory that outlives it */
struct source source_of_fd(const int *fd, uint64_t size);              /* by pread */
size_t source_read(const struct source *, uint64_t at, void *to, size_t n);
/* All of it in memory (malloc; the caller frees .p); false: over max, or not as long as it said. */
bool source_all(const struct source *, size_t max, struct str *);

enum file_sort {
	FILE_PLAIN,             /* text or anything we know no better way for: its bytes are looked at as they are */
	FILE_ZIP,               /* also OOXML, ODF, EPUB: told apart inside */
	FILE_ARCHIVE,           /* tar, 7z, rar, cpio, iso, gz, bz2, xz, zst: what libarchive takes */
	FILE_UU,                /* uuencoded */
	FILE_PDF,
	FILE_OLE,               /* doc, xls, ppt, msg, encrypted OOXML: told apart inside */
	FILE_RTF,
	FILE_MAIL,              /* one message, RFC 5322 */
	FILE_MBOX,
	FILE_PST,
	FILE_TNEF,              /* Outlook's winmail.dat */
	FILE_SQLITE,
	FILE_ROWS,              /* of a table on a server: rows.c says how they are written */
	FILE_PICTURE,           /* png, jpeg, tiff, gif, bmp, webp */
	FILE_SORTS
};
/* By its first bytes; the name's ending only where bytes cannot tell (a mail). Reads at most OPEN_HEAD of the source. */
enum file_sort open_sort(const struct source *, struct str name);

/* A piece of text: UTF-8 or near it, at most OPEN_PIECE_MAX bytes (longer text comes in several). */
enum { OPEN_PIECE_MAX = 1 << 20, OPEN_DEPTH_MAX = 8 };
struct piece {
	struct str text;
	struct str where;       /* for a person: "page 3", "sheet Orders, cell B7", "table card, row 12, column pan", "Subject" */
	struct str field;       /* what such values are called: a column's heading, a form field's or property's name; empty: none */
	uint64_t record;        /* pieces of one row, message or form have the same number, one after another, from 1; 0: running text. A number is used once in a file */
};

enum open_end {
	OPEN_DONE,              /* read to its end */
	OPEN_STOPPED,           /* whoever listens wants no more */
	OPEN_BROKEN,            /* damaged: what came before counts */
	OPEN_ENCRYPTED,         /* needs a password */
	OPEN_TOO_BIG,           /* over a limit of size, or of time: who listens knows whether go_on said so */
	OPEN_NO_WAY,            /* a sort of file, or a part of one, that we cannot read */
	OPEN_TOO_DEEP,          /* things within things within things */
	OPEN_ENDS
};

/* Who listens. The functions return false when no more is wanted; the opener then returns OPEN_STOPPED at once. */
struct listener {
	void *to;
	bool (*piece)(void *to, const struct piece *);
	/* A file within, e.g. "photos/card.jpg"; the source is good only during the call. */
	bool (*member)(void *to, struct str name, const struct source *);
	/* A member or a part that could not be read ("page 7", "secret.txt"). */
	bool (*unread)(void *to, struct str name, enum open_end why);
	uint64_t left;          /* bytes that may yet be unpacked, of this file and all within; the openers count it down */
	unsigned depth;         /* how many files this one is within */
	uint64_t held;          /* open_file's own: bytes in memory of the files that this one is within */
	bool (*go_on)(void *to);   /* asked of each page, and whenever something is unpacked: false: its time is up, the end is OPEN_TOO_BIG. NULL: take it */
	bool wants_ocr;         /* set here: there is a picture that could not be read for want of OCR */
	bool spent;             /* set here: a library was at work on foreign bytes that should see no other file in this process */
};
/* How many files of this sort, and of others with the same number, can be read one after another in one process: many that our own readers
 * read, with zlib, libxml2 and gmime; a few of poppler's; one of the rest. What is within may be of another sort: `spent` says so. */
unsigned open_together(enum file_sort);
/* Reads a file of a sort other than FILE_PLAIN. `name` is its own, without a path. What it unpacks, with all that is within, may be at
 * most 128 MiB and 500 times its size; a forward source is held in memory when it fits in 96 MiB, else only those sorts are read that
 * can be read onwards. */
enum open_end open_file(const struct source *, enum file_sort, struct str name, struct listener *);

/* Loads what openers would otherwise load late (converters, fonts): before the box is closed. With ocr also tesseract and its English
 * model, when they are installed: false, then, if they are not. */
bool open_prepare(bool ocr);

#endif
