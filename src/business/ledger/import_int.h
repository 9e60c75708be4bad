/* import_int - what the import pipeline's files tell each other. Private to the ledger.
 *
 * format.c reads the column maps (data/formats); interpret.c turns one row's cells into what it says; preview.c collects that for a look; people.c finds or
 * makes the customers; import.c is the verb, and puts it all together. */
#ifndef IMPORT_INT_H
#define IMPORT_INT_H

#include "csv.h"
#include "preview.h"
#include "segment.h"
#include "verb.h"

/* ---- formats ---- */

enum field {
	F_TIME, F_ZONE, F_SOURCE, F_KEY, F_REF, F_NAME, F_GIVEN, F_FAMILY, F_EMAIL, F_PHONE, F_LINE1, F_LINE2, F_CITY, F_REGION, F_POSTAL_CODE,
	F_COUNTRY, F_LANGUAGE, F_ENTRY, F_SERVICE, F_PERSON, F_PLACE, F_DATA_KINDS, F_BRAND, F_LAST4, F_REFUNDED, F_COUNT
};
enum { PARTS_MAX = 4, TELLS_MAX = 4, RULES_MAX = 24, CONDITIONS_MAX = 3 };

/* Where a field stands: columns joined by a space, or the first that is not empty. */
struct where { struct str column[PARTS_MAX]; size_t n; bool first_of; };
enum test { IS, HAS, HAS_NONE, EMPTY, FILLED };
struct condition { struct str column; enum test test; struct str value; };
struct rule { struct condition condition[CONDITIONS_MAX]; size_t n; kinds entry, service, person, place; bool at_service; };
struct format {
	struct str name, service;
	bool own, contacts, utc, day_first;
	struct str tell[TELLS_MAX]; size_t tells;        /* column names, divided by ; */
	struct where where[F_COUNT];
	struct rule rule[RULES_MAX]; size_t rules;
};
const struct format *format_all(size_t *n);              /* read once from the program's data */
bool format_workbook(int fd);                            /* it begins as a ZIP archive (xlsx) or an OLE file (xls) does */
const struct format *format_named(struct str name);      /* NULL: none */

/* A format laid over one file's header. */
struct layout {
	const struct format *format;
	int at[F_COUNT][PARTS_MAX];                      /* column numbers; -1: not in this file */
	int condition_at[RULES_MAX][CONDITIONS_MAX];
	struct str unknown[CSV_CELLS_MAX]; size_t unknowns;          /* columns that the format does not name */
	size_t columns;
};
/* Does this header row tell that format? Own formats name every column; others may have more. */
bool format_tells(const struct format *, const struct str *cell, size_t n);
void layout_make(struct arena *, const struct format *, const struct str *cell, size_t n, struct layout *);

/* ---- one row ---- */

struct said {
	const char *refuse;                              /* why this row can't be used; NULL: it can */
	bool refund_too;                                 /* the payment was refunded at refunded_at: a further touch, at the service */
	struct instant at; int64_t refunded_at;
	bool skipped_hour, two_readings;                 /* remarks on the moment */
	bool cut_key;                                    /* its reference or its customer's is one that a spreadsheet made a rounded number of: not used */
	struct str ref, key, source;
	struct str name, email[4], phone[4]; size_t emails, phones;
	struct str line1, line2, city, region, postal_code, country, language;
	struct str entry, service, person, place; enum holder_sort entry_sort;
	struct flavour flavour;                          /* spread is at's */
	uint32_t hint;
};

/* What interpreting needs beyond the row: the business's zone and country, zones named in rows (kept open), room for texts. */
struct setting {
	struct zone *zone; struct str country;
	struct { struct str name; struct zone *zone; } zones[64]; size_t n_zones;
	struct { struct str text; kinds kinds; } sets[16]; size_t n_sets;      /* data_kinds as written, the few that occur */
	struct arena *keep;                              /* for as long as the import */
};
void setting_close(struct setting *);
/* cell: the row's cells, masked already. Texts in *out point into them or into `a`. */
void interpret(const struct layout *, struct setting *, const struct str *cell, size_t n, struct arena *a, struct said *out);
struct str phone_plain(struct arena *, struct str typed, struct str country);  /* +12025550101; empty when it is no number */
struct str email_plain(struct arena *, struct str typed);                      /* lower case; empty when it is no address */

/* ---- a look before anything is kept (preview.c). Texts are copied ---- */

void preview_columns(struct op *, struct preview *, const struct layout *, const struct str *cell, size_t n);   /* first: the header's cells */
void preview_row(struct op *, struct preview *, const struct csv_row *, const struct said *, bool named);
void preview_refuse(struct preview *, const struct csv_row *, const char *why);         /* why lives as long as the program */
void preview_mask(struct preview *, const struct csv_row *, size_t column);
void preview_say(struct op *, const struct preview *, struct answer *);
void preview_put(const struct preview *, struct answer *);       /* into the row that is open */

/* ---- customers ---- */

/* The names that appear in a customer's record, blinded: 16 bits a word. */
enum { WORDS_MAX = 8 };
struct marks { uint16_t word[WORDS_MAX]; size_t n; };

struct people;                                           /* customers being found and made, in batches; in write transactions of its own */
struct people *people_open(struct op *, const struct format *, holder_id service, int64_t import);
void people_close(struct people *);
/* Who this row is about, now or after people_flush: a customer's number, or 0 for nobody. change: what it does to what we know. */
enum change { CHANGE_NEW, CHANGE_CHANGED, CHANGE_KNOWN };
/* By reference alone: our own formats. Unknown references get numbers at people_flush; until then PENDING is set in the number. */
#define PENDING 0x80000000u
uint32_t people_ref(struct people *, struct str ref);
void people_ref_soon(const struct people *, struct str ref);              /* people_ref will be asked this: fetches its place in the table */
/* With contacts: kept until people_flush. Returns the row's ticket. */
uint32_t people_contact(struct people *, const struct said *);
size_t people_waiting(const struct people *);
/* What stood in place of an e-mail address or a telephone number and is none, so far: nobody can be reached by it. */
struct useless { uint64_t emails, phones; };
struct useless people_useless(const struct people *);
/* Finds, joins, makes, seals and keeps those waiting, in one transaction. */
bool people_flush(struct people *);
/* After the flush, until people_next: the number of a pending reference, and of a ticket; what a ticket changed. */
uint32_t people_number(const struct people *, uint32_t pending);
uint32_t people_ticket(const struct people *, uint32_t ticket);
enum change people_change(const struct people *, uint32_t ticket);
void people_next(struct people *);                       /* forgets tickets and pending numbers */

#define IMPORT_LOCK "import.lock"                        /* for op_hold: byte n, while import n is brought in or taken back */

/* ---- verbs, for ledger_verbs ---- */

bool import_run(struct op *, const struct args *, struct answer *);
bool import_list_run(struct op *, const struct args *, struct answer *);
bool merge_run(struct op *, const struct args *, struct answer *);      /* joins.c */
bool split_run(struct op *, const struct args *, struct answer *);
bool apart_run(struct op *, const struct args *, struct answer *);

/* ---- a customer's record (record.c), sealed as a whole: facts, newest first ---- */

enum { FACTS_MAX = 64, RECORD_MAX = 64 << 10, NAMES_MAX = 8, BY_HAND = 0 };      /* BY_HAND: a person's word, in the place of an import */
enum fact_tag { FACT_NAME = 1, FACT_EMAIL, FACT_PHONE, FACT_ADDRESS };
struct record { struct { uint8_t tag; uint32_t import; struct str value; } fact[FACTS_MAX]; size_t n; };
void record_write(struct buf *, const struct record *);
bool record_parse(struct str plain, struct record *);    /* false: torn; here and below the texts point into plain */
bool record_read(struct arena *, struct str plain, struct customer *);
/* As the newest; what a file says comes behind what a person said. A full record loses the oldest that a file said. */
void record_add(struct record *, enum fact_tag, int64_t import, struct str value);
size_t record_drop(struct record *, enum fact_tag, int64_t import);      /* what that import said (tag 0: of every sort); how many */
struct str address_pack(struct arena *, const struct address *);         /* an address as the value of a fact */
size_t name_words(struct arena *, struct str name, struct str *word);    /* folded: case, diacritics, titles; at most WORDS_MAX */
size_t marks_read(struct str bytes, struct marks *out);         /* at most NAMES_MAX */
void marks_write(struct buf *, const struct marks *, size_t n);
struct str home_country(struct op *);                    /* the business's: "US" */
struct str country_code(struct arena *, struct str);     /* two letters; empty when it is no country we know */
struct str region_code(struct arena *, struct str country, struct str region);           /* "US-NY"; empty when there is none such */
/* In a write transaction, with the vault open. Keeps a customer (id, region, country, language) with this record, and makes their names'
 * marks, ways and index entries; old entries are taken out before by index_drop. An empty record: no contact is left. */
bool record_keep(struct op *, const struct customer *, const struct record *);
bool index_of(struct op *, const struct customer *);     /* index entries of their e-mail addresses and phone numbers */
bool index_drop(struct op *, const struct bits *customers);              /* in one pass over the index */
/* In a write transaction. Nothing is left of them but number and reference. */
bool ledger_empty(struct op *, const struct bits *customers);

/* A service's own key of a forgotten customer, as the text that is hashed. */
struct str forgotten_key_text(struct arena *, int64_t service, struct str key);

/* Makes the index of e-mail addresses and phone numbers whole, from the sealed records. Needs the key. */
bool index_rebuild(struct op *);

#endif
