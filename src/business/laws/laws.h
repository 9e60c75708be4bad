/* laws - whom the law says to tell after a breach, by when. A table of statutes as data (data/breach-laws.csv, or a newer one that was imported), the conditions
 * under which our kinds of data are what a statute names (data/law-kinds.csv), and the card brands' contracts (data/card-contracts.csv).
 *
 * Pure: the duties follow from the table and the case that is given. This is no lawyer: what the kinds cannot tell is LOOK, never silence.
 */
#ifndef LAWS_H
#define LAWS_H

#include "kinds.h"
#include "verb.h"

/* ---- the table ---- */

/* One statute, its columns as they stand in the table (doc/laws.md explains each); lists are divided by |. */
struct law {
	struct str code, name, statute, trigger_kinds, other_kinds, individual_deadline, individual_clock, regulator, regulator_min_residents, regulator_deadline, regulator_clock,
		cra_min_residents, cra_deadline, harm_threshold, harm_record_years, encryption_safe_harbour, paper_records, notice_contents, channels, substitute_cost, substitute_count,
		substitute_contact_missing, vendor_to_owner, hold_people, hold_regulator, hold_after, hold_needs, hold_source, hold_confidence, source, law_year, effective, checked_through, confidence, notes;
};
enum { LAWS_MAX = 400, LAWS_TABLE_MAX = 4 << 20 };       /* rows; bytes of a table */
/* Reads a table and checks every value against what this program knows. INVALID names the row and the column. Texts live in the arena. */
bool laws_read(struct arena *, struct str csv, struct law **, size_t *n, struct err *);
/* The table in force: the imported one, else the built-in one. */
bool laws_in_force(struct op *, struct law **, size_t *n);
/* When the table in force was imported; 0: it is the built-in one. */
bool laws_imported(struct op *, int64_t *at);
/* What another table changes: rows that are new (was is NULL), changed, gone (is is NULL). */
struct law_difference { const struct law *was, *is; };
struct law_difference *laws_differences(struct arena *, const struct law *was, size_t n, const struct law *is, size_t m, size_t *differences);
struct str law_changes(struct arena *, const struct law *was, const struct law *is);     /* "individual_deadline: 30 -> 10; notes": long values by their column alone */
const struct law *law_named(const struct law *, size_t n, struct str code);      /* NULL: there is none */

/* ---- a case ---- */

enum said_so { UNSAID, SAID_NO, SAID_YES };
/* So many people of one place, of each of whom just these kinds were exposed. place: ISO 3166-2 ("US-NY"), else ISO 3166-1; empty: not known. */
struct residents { struct str place; kinds kinds; int64_t n; };
/* Moments; 0: not told. letters: when the first letters went out. hold_until 0 or FAR_OFF: the hold has no end yet; hold_named: who asks for it was told. */
struct law_case {
	const struct residents *people; size_t n;
	struct str home;                                 /* the business's own region */
	int64_t unnamed;                                 /* payments at risk that name nobody: as many people more may be concerned, anywhere */
	int64_t now, discovered, determined, vendor_told, letters, hold_since, hold_until;
	bool hold_named;
	enum said_so encrypted, key_taken, no_harm, code_there, paper;      /* code_there: a card's code or PIN, that no kind tells of */
	struct zone *zone;
};

enum law_force { LAW_NONE, LAW_LOOK, LAW_SHOULD, LAW_MUST };
enum obligee { TO_PEOPLE = 1, TO_REGULATOR, TO_BUREAUS, TO_CARDS, TO_INSURER };
struct obligation {
	enum obligee to; enum law_force force;
	const struct law *law;                           /* NULL: a contract; to people: no law of the table names them ("other-kinds", "other-places"), which a lawyer should look at */
	struct str code, whom, citation;                 /* "US-NY"; "Attorney General"; the statute or contract */
	int64_t by;                                      /* the last second; FAR_OFF: stopped by a hold without an end */
	bool house;                                      /* the law names no day: our own rule, 30 days from discovery */
	bool stopped;                                    /* a hold moved it */
	int64_t must, should, look;                      /* people, by how surely the law means them */
	unsigned monitoring;                             /* months of monitoring owed to people; 0: none */
	const struct str *because; size_t n;             /* in sentences, the first is the reason */
	const struct str *question; size_t questions;    /* what would settle it */
};
/* Every duty of the case: the most urgent first, among equals the surer, then what a law's own day bounds. Each law that may concern somebody is among them, be it as LOOK;
 * and whom no law of their place concerns, too, as LOOK. */
bool laws_obligations(struct arena *, const struct law *, size_t n, const struct law_case *, struct obligation **, size_t *out, struct err *);
/* When a law wants its office told, beside the letters to its people. */
enum office_when { OFFICE_APART, OFFICE_WITH, OFFICE_BEFORE };
enum office_when law_office_when(const struct law *);
const char *force_name(enum law_force);                  /* "MUST" */
const char *obligee_name(enum obligee);                  /* "people" */

/* What would settle them, each question once, in the obligations' order. */
void laws_questions(struct arena *, const struct obligation *, size_t n, struct str **out, size_t *m);
/* Our own rule: the last second of the 30th day after the discovery. */
int64_t law_house_day(struct zone *, int64_t discovered);
/* The last second of the day `days` after that of `at`; business: of so many Mondays to Fridays. */
int64_t law_days(struct zone *, int64_t at, int days, bool business);

/* The laws of a place, by their codes, at most PLACE_LAWS. place: ISO 3166-2, else ISO 3166-1. */
enum { PLACE_LAWS = 4 };
size_t laws_of_place(struct arena *, struct str place, struct str code[PLACE_LAWS]);

/* ---- what a law wants of a letter to people (data/letter-rules.csv) ---- */

/* A word of notice_contents. looks_for: tests divided by +, as doc/laws.md explains them; stops: a letter that lacks it does not go out; add: what to do about it;
 * place: the law's code, or * where the rule is for all. */
struct letter_rule { struct str place, name, looks_for, add, add_es, citation, confidence; bool stops; const struct letter_rule *general; };     /* general: what every law wants by this name, of a rule of one place; NULL: none */
enum { LETTER_RULES = 32 };
/* The rules for people of whom these kinds were exposed. Texts live as long as the thread. */
size_t law_letter(const struct law *, kinds, struct letter_rule out[LETTER_RULES]);
bool law_letter_wants(const struct law *, kinds, const char *rule);      /* the law may be NULL: it wants nothing */
unsigned law_monitoring(const struct law *, kinds);      /* months of free monitoring that it owes for these kinds; 0: none */
struct attorney { struct str place, whom, whom_es, contact; };           /* whom: "The Attorney General of Maryland"; contact: number, address, page */
const struct attorney *law_attorney(struct str place);   /* NULL: not among the data */
/* Where the office of a place takes reports (data/filing-portals.csv): its page, how, the month in which that was seen; sure: else on one source, or an older one. */
struct portal { struct str place, page, how, how_es, seen; bool sure; };
const struct portal *law_portal(struct str place);       /* NULL: not among the data */

/* ---- a notice to all where each can't be told (data/substitute-notice.csv) ---- */

/* Grounds on which a law lets a substitute notice stand for the letters, a bit each; WORDS: in words that only a lawyer can weigh (the law's substitute_cost). */
enum { SUBSTITUTE_CONTACT = 1, SUBSTITUTE_COUNT = 2, SUBSTITUTE_COST = 4, SUBSTITUTE_WORDS = 8 };
/* people: at risk under it; missing: of them those with no way that works; dollars: what telling each costs, -1: not known. CONTACT holds for the missing alone. */
unsigned law_substitute(const struct law *, int64_t people, int64_t missing, int64_t dollars);
/* What it wants then, and how many days it stands on the website (0: the law wants no website); the rule for all where there is none of its own. */
struct substitute_rule { struct str place, wants, wants_es, citation, confidence; int64_t days; };
const struct substitute_rule *law_substitute_rule(const struct law *);

extern const struct verb laws_verbs[];                   /* laws list|show|import */

#endif
