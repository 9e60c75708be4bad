/* ledger - whose information went where: customers, touches, listings; importing them; the formula's ledger half.
 *
 * Hides day segments (segment.h), the import pipeline, the joining of customers. A set of customers is a bit set over their numbers.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "map.h"
#include "verb.h"

typedef struct { uint32_t n; } customer_id;              /* 0: nobody; dense from 1 */

/* ---- customers ---- */

enum { WAY_EMAIL = 1, WAY_PHONE = 2, WAY_POSTAL = 4 };
struct fact_of { struct str value; int64_t import; };    /* of a customer: the value, and the import that brought it; newest first */
struct address { struct str line1, line2, city, region, postal_code, country; int64_t import; };
struct customer {
	customer_id id; struct str ref, region, country, language; unsigned ways;
	/* opened: */
	struct fact_of *name, *email, *phone; size_t names, emails, phones;
	struct address *address; size_t addresses;
};
/* In a write transaction, the vault open: a new customer with what `customer correct` takes (name, email, phone, address1, ...). */
bool ledger_make(struct op *, const struct args *, customer_id *);
bool ledger_correct(struct op *, const struct args *, customer_id);      /* likewise of one that is there */
/* As stored, unopened: works while locked. */
bool ledger_customers(struct op *, const customer_id *, size_t n, struct customer *);
/* Opened, under the session or the leave in use; the looks are counted and logged by the caller's op_looked before. */
bool ledger_open(struct op *, const customer_id *, size_t n, struct customer *);
bool ledger_customer_by_ref(struct op *, struct str ref, customer_id *);         /* NOT_FOUND */
/* Whose e-mail address, phone number, reference or service's number is this? At most FOUND_MAX, each once; nobody: n is 0. A number or an address
 * needs the vault open (LOCKED); a reference does not. */
enum { FOUND_MAX = 64 };
bool ledger_search(struct op *, struct str typed, customer_id found[FOUND_MAX], size_t *n);
bool ledger_by_ref(struct op *, struct str typed, customer_id found[FOUND_MAX], size_t *n);      /* by the reference alone: that very one, else all that differ in case only */
/* At most CUSTOMERS_PAGE customers behind this reference, in the references' order. */
enum { CUSTOMERS_PAGE = 50 };
bool ledger_page(struct op *, struct str after, struct customer **, size_t *n);
/* Shows each as one row or a few sentences, opened and logged; veiled to the staff. more: adds to each one's row, or says more of them; NULL: nothing. */
bool ledger_show(struct op *, const customer_id *, size_t n, struct answer *, bool (*more)(void *, struct op *, customer_id, struct answer *), void *to);

/* ---- forgetting at a customer's wish ---- */

/* In a write transaction, the vault open: their records, keys and index entries go; the numbers stay, with keyed hashes by which an import
 * knows them and brings nothing back. The reason is sealed. */
bool ledger_forget(struct op *, const customer_id *, size_t n, struct str reason);
bool ledger_unforget(struct op *, const customer_id *, size_t n);        /* a new wish: the next import may bring their contacts again */
bool ledger_forgotten(struct op *, struct bits *);       /* everybody who is; the caller closes */
bool ledger_forgotten_at(struct op *, customer_id, int64_t *at, struct str *sealed_reason);      /* at 0: is not forgotten */

/* Every customer in the order of its ref; the texts are valid until each returns, false from it ends the walk. */
bool ledger_each_customer(struct op *, bool (*each)(void *, customer_id, struct str ref, struct str region), void *);
/* Of each customer: region and country, empty where not told. The texts are valid until each returns. */
bool ledger_each_place(struct op *, void (*each)(void *, customer_id, struct str region, struct str country, unsigned ways), void *);
/* Of each customer that has a region: which. The text is valid until each returns. */
bool ledger_each_region(struct op *, void (*each)(void *, customer_id, struct str region), void *);
/* Whose e-mail addresses and telephone numbers are these, written as they may be? The vault is open. Each customer who has one is told with its
 * place in the list; there may be several for one, or none. */
struct contact_text { bool phone; struct str text; };
bool ledger_whose(struct op *, const struct contact_text *, size_t n, void (*each)(void *, size_t i, customer_id), void *);
/* Likewise of a customer's number: our reference, or a service's own. Needs no key. */
bool ledger_whose_number(struct op *, struct str number, void (*each)(void *, size_t i, customer_id), void *);
customer_id ledger_person(struct op *, customer_id);     /* whom this customer was proved to be; itself as a rule */
bool ledger_joined_to(struct op *, customer_id, customer_id *to);        /* directly; nobody as a rule: a join that can be taken back */
/* Everybody who is this person, at most `most` of them, by number. */
bool ledger_joined(struct op *, customer_id, customer_id *, size_t most, size_t *n);
/* Pairs that share an e-mail address, else a phone number, under names that contradict; of one import, or 0 of all. Not those that a person has
 * decided. */
struct doubtful { customer_id a, b; struct str a_ref, b_ref; bool email; };
bool ledger_doubts(struct op *, int64_t import, struct doubtful **, size_t *n);
bool ledger_size(struct op *, uint32_t *customers);      /* the largest number given */
bool ledger_touches(struct op *, int64_t *touches);      /* how many there are */
/* When one of these kinds last came in at each of these holders; LONG_AGO: never. All in one pass, the newest day first. */
bool ledger_last(struct op *, const holder_id *entry, size_t n, kinds of, int64_t *last);

/* ---- imports ---- */

struct imported {
	int64_t id, at, done, undo, undone;              /* done 0: stopped, or at work; undo: when taking it back began, undone: when it was complete */
	bool at_work;                                    /* being imported or taken back just now */
	struct str file, format, digest; int64_t rows, fresh, changed, known, folded, refused, named, unnamed, masked, first_day, last_day;       /* UTC days of its touches; 0 and -1: none */
};
/* At most `many` of them with a number below `below`, newest first. */
bool ledger_imports(struct op *, int64_t below, int64_t many, struct imported **, size_t *n);

/* Takes an import back, in steps that each are whole: killed or stopped, it goes on when it is called again. Says what it did as one row, or sentences; more: adds to
 * that, when it is done (complete) or was stopped. NOT_FOUND, CONFLICT: it was taken back already. */
bool ledger_undo(struct op *, int64_t import, struct answer *, bool (*more)(void *, struct op *, bool complete, struct answer *), void *to);

/* ---- the formula's ledger half ---- */

/* Who is exposed and what of each: grows with every call of ledger_touched. Look with the functions below: a few customers stand in
 * a list, many in a mask of one byte or, when more than eight kinds occur, eight bytes for every customer that there is. */
struct few { uint32_t who; kinds kinds; };
struct exposed {
	uint32_t n;                                      /* largest customer number + 1; persons' numbers (same_as followed) */
	struct few *few; size_t n_few;                   /* by number; or one of: */
	uint8_t *narrow; kinds *wide; void *mask;        /* mask: what is freed of it */
	uint8_t kind_of[8]; size_t n_kinds;              /* narrow: which kind each bit stands for */
	kinds occur;                                     /* no other kind can be in it */
	uint64_t unnamed;                                /* touches that answer and name nobody, each counted once */
	kinds unnamed_kinds;
	uint64_t found;                                  /* numbers in files (findings) that answer and stand in nobody's record */
	kinds found_kinds;
	/* only when asked for: of the touches that answer, by person */
	int64_t *first, *last; uint32_t *touches;
};
struct exposed *exposed_open(struct op *, bool with_touches);           /* freed by exposed_close */
void exposed_close(struct exposed *);
kinds exposed_kinds(const struct exposed *, uint32_t customer);         /* of that person; 0: not exposed */
size_t exposed_customers(const struct exposed *);        /* how many have a kind */
bool exposed_next(const struct exposed *, uint32_t *customer);          /* the first >= *customer that has one; false: no more */

/* Adds what answers to these sources: touches from the day segments, and listings. Each touch counts once, however many sources it
 * answers. Exact to the second. */
bool ledger_touched(struct op *, const struct source *, size_t n, struct exposed *add_to);
/* Adds these customers, as persons, with these kinds: what is known of them otherwise (findings). */
bool ledger_add(struct op *, const struct few *, size_t n, struct exposed *add_to);

/* One touch as it is stored, for `why` and for brute force. */
struct touch {
	customer_id who; int64_t at; uint32_t spread; holder_id entry, service, person, place;
	kinds entry_kinds, service_kinds, person_kinds, place_kinds; uint64_t source_hash; int64_t import; uint8_t brand; uint16_t last4; bool has_last4;
};
struct listed { customer_id who; holder_id holder; kinds kinds; int64_t came; int64_t import; };      /* first: LONG_AGO */
/* Every touch in day order, then every listing; false from `each` ends the walk (and is not an error). Slow and plain. */
bool ledger_each_touch(struct op *, bool (*each)(void *, const struct touch *), void *);
bool ledger_spread(struct op *, int64_t *most);          /* no touch is spread over more seconds than these */
/* Those of these UTC days, days since 1970, both included. */
bool ledger_each_touch_on(struct op *, int64_t first, int64_t last, bool (*each)(void *, const struct touch *), void *);
/* In a write transaction: this very touch (its moment, service, source and customer tell which) is `who`'s from now on; nobody's: it names nobody any more.
 * NOT_FOUND: it is not there. */
bool ledger_tie(struct op *, const struct touch *, customer_id who);
/* Those of these customers only: whole columns are looked through, and just the parts that name them are decoded. */
bool ledger_each_touch_of(struct op *, const customer_id *, size_t n, bool (*each)(void *, const struct touch *), void *);
bool ledger_each_listed(struct op *, bool (*each)(void *, const struct listed *), void *);
const char *brand_name(uint8_t);                         /* "visa"; "" for none */

/* The checksums of all touches, and that none is missing of what imports brought, nor a customer: before an answer on which people are told.
 * TORN: where. */
bool ledger_sound(struct op *);
bool ledger_nobody_missing(struct op *);                 /* the last of it alone */
/* What is derived against what is true: copies, checksums, counts. false with TORN and where. rebuild: makes the copies anew. */
bool ledger_check(struct op *, bool rebuild, uint64_t *days, uint64_t *touches);
/* Takes out the days that can't be read, so that importing their files again fills them, and notes in the log how many touches are lost;
 * `say` hears of each day, and of its files. */
bool ledger_take_out(struct op *, void (*say)(void *, const char *), void *to);
/* Every customer that got a number is there, and is found by e-mail and phone. rebuild: makes that index anew, which needs the key. */
bool ledger_check_people(struct op *, bool rebuild);
/* Every sealed contact opens (locked: not tried, *tried false). */
bool ledger_check_sealed(struct op *, bool *tried);

extern const struct verb ledger_verbs[];                 /* import, import list, customer find|correct|merge|split|apart */

#endif
