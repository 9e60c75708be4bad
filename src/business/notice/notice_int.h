/* notice_int - what notice's own files tell each other. words.c makes texts, states.c keeps the states, rounds.c drafts, shows and
 * approves, contacts.c opens contacts, marks.c names
 * mails, bounces.c reads those that come back, report.c shows and keeps what people decide and report, send.c delivers, outbox.c writes files. */
#ifndef NOTICE_INT_H
#define NOTICE_INT_H

#include "bounce.h"
#include "enrol.h"
#include "laws.h"
#include "front.h"
#include "log.h"
#include "notice.h"
#include "paper.h"
#include "verb.h"
#include "wire_fetch.h"

/* ---- words ---- */

struct str language_code(enum language);                 /* "en" */

/* A text in the small markup (doc/letters.md), parsed once into parts: values are put in as words, so nothing in a value can
 * become markup. */
struct template;
/* By language; an owner's one text stands for both. correction: for who proves not to be at risk; NULL: the same text. variant: for those under one law, "US-MA". */
enum { VARIANTS = 8 };
struct templates { struct template *in[2], *correction[2]; struct { struct str code; struct template *in[2]; } variant[VARIANTS]; size_t variants; };
/* stored: as kept in a round. INVALID: err says which line and why. */
bool templates_parse(struct op *, struct str stored, struct templates *);
struct str templates_builtin(struct op *);
/* The owner's own text, checked: fields, and the headings that the law wants of a first notice. A card number that was masked on its way is
 * refused like one that was not. Of a first notice, those whose law does not let a letter say what happened (Massachusetts) read ours, unless it has a text for them. */
bool templates_own(struct op *, struct str text, bool first_notice, struct str *stored);

struct str templates_text(struct str stored, enum language);             /* that language's text; no p: there is none of its own */
/* What is told to those who prove not to be at risk, as stored in `before`, behind an own text that has none. */
struct str templates_with_corrections(struct op *, struct str stored, struct str before);

/* What is put into it. */
struct telling {
	enum language language;
	struct str customer, region, business, address, phone;   /* region: where the customer lives, "US-MA", or only "DE"; empty: not known */
	const struct law *law; size_t laws; struct str home;     /* the table in force; where the business is: whose law counts for those of no known place */
	struct str parent;                               /* the company that owns the business; empty: none was told */
	int64_t discovered, affected; bool waited;       /* of the incident: when it was learned of; how many have been written to so far, this round included; the police asked to wait */
	struct str what[2], doing; int64_t from, to;     /* of the incident; what: in English, Spanish; [from, to) */
	kinds kinds; int64_t first, last, touches;       /* this customer's; kinds 0: not at risk after all */
	const struct offer *offer; struct str code;      /* who watches over credits, NULL: nobody; this customer's code for that, empty: has none */
	bool letter, reply;                              /* reply: a mail comes from an address that is read */
	int64_t at; struct zone *zone;                   /* the day of this notice */
};
struct words { struct passage *passage; size_t n; enum language language; };
void templates_fill(struct op *, const struct templates *, const struct telling *, struct words *);
struct str kind_words(enum language, enum kind);          /* "your card number" */
/* Adds where the customer's own page is: a link, or for a letter none, and where to type the code. */
void words_where(struct op *, struct words *, struct str link, struct str page, struct str code);
struct str plain_line(struct op *, struct str);           /* a value for one line: control characters are spaces, at most 500 bytes */
struct notice_line *words_lines(struct op *, const struct words *);      /* as many as passages */
struct str words_text(struct op *, const struct words *);
struct str words_html(struct op *, const struct words *);        /* the same words; escaped by construction */
struct str our_words(enum language, const char *key);      /* the phrase as it stands */
/* What reaches those without a name: the phrase `key`, in t's language. */
struct str public_words(struct op *, const char *key, const struct telling *t, struct str third);
enum { SMS_MAX = 300 };                                  /* units of UTF-16: two parts of GSM 03.38, five where a letter is not in that */
struct str sms_words(struct op *, const struct telling *, struct str link);       /* at most SMS_MAX; link: whole, or left out where it does not fit; empty: there are no public pages */
/* One line of what to say at the phone, from 1. */
struct str script_line(struct op *, size_t n, struct str business, struct str what, struct str phone, const char *language);
struct str words_subject(struct op *, const struct words *, const struct telling *);      /* title and business */

/* ---- states: one table, doc/notice-states.md ---- */

enum event {
	E_APPROVE, E_HAND, E_ACCEPT, E_PUT_OFF, E_NEXT_CHANNEL, E_NO_CHANNEL, E_SPOIL, E_LOSE_TRACK, E_PRINT, E_POST, E_RETURN, E_REACH, E_TRY_AGAIN,
	E_TAKE_BACK, E_UNSENT, EVENTS
};
struct arrow { enum notice_state from; enum event event; enum notice_state to; };
extern const struct arrow arrows[];
extern const size_t arrows_n;
const char *event_name(enum event);                      /* "put off" */
bool state_after(enum notice_state, enum event, enum notice_state *to);  /* false: there is no such arrow */
bool state_parse(struct str, enum notice_state *);

/* One notice, and how it goes on: in the running transaction the row, its attempt and the log entry. channel and attempts are the
 * new ones; the attempt that `event` ends is the one in `m`. words: the server's own, kept sealed; text: what this attempt tells, which the log
 * holds a salted hash of. CONFLICT: no such arrow. */
struct moving { int64_t incident, round; customer_id who; enum notice_channel channel; enum notice_state state; int64_t attempts; };
struct outcome { enum notice_channel channel; int64_t attempts, due; const char *code; struct str words, text; };
bool notice_move(struct op *, const struct moving *, enum event, const struct outcome *);
/* All of a round in one state on channels least to most, by one entry in the log. */
bool notices_move_all(struct op *, int64_t incident, int64_t round, enum notice_state from, enum event, enum notice_channel least, enum notice_channel most);

/* What the log holds of an attempt, so that it can be proved to whom and what without the log's telling (logged.c). */
struct logged { uint8_t salt[16], text[32], hash[32]; bool made, has_text; int64_t entry; };
struct attempt { int64_t incident, round; customer_id who; enum notice_channel channel; int64_t number; };
void logged_new(struct logged *, struct str text);           /* text empty: nobody was written to */
bool logged_get(struct op *, const struct attempt *, struct logged *);       /* not made: it has none */
struct str logged_salt(const struct logged *), logged_text(const struct logged *);       /* as they are kept */
/* Adds the entry, with the hash if it is made; fills in its number. state: in a word. */
bool logged_add(struct op *, struct logged *, const struct attempt *, const char *what, struct about, const char *state);
bool proof_run(struct op *, const struct args *, struct answer *);
/* The last that the log says of one notice, for proof_entries; entry -1: nothing that could be proved. outbox: nothing says yet that it was sent. */
struct proved;
bool logged_last(struct op *, int64_t incident, int64_t round, customer_id, struct proved *, bool *outbox);

/* ---- rounds ---- */

struct round { int64_t incident, round, drafted, approved, ends, undone, begins, until, people; enum audience audience; struct str template, what[2], doing, leave, opens; };
struct str round_name(struct op *, const struct round *);                /* "1.2" */
bool round_asked(struct op *, const struct args *, struct round *);      /* "1.2", or "1" for the latest round of incident 1, or "" for the latest of all */
bool round_read(struct op *, int64_t incident, int64_t round, struct round *, bool *found);
bool round_telling(struct op *, const struct round *, struct telling *); /* what is the same for all */
/* The laws that a letter to this customer follows. */
size_t laws_for(struct op *, const struct telling *, const struct law *out[PLACE_LAWS]);
bool letter_wants(const struct law *const *, size_t n, kinds, const char *rule);
/* The one that `customer` names, in this round. */
bool one_asked(struct op *, const struct args *, const struct round *, struct moving *);
/* What is approved: this round, with the contacts in `rows`, and a digest of its text and of what each customer is told. */
struct approval;
bool round_approval(struct op *, const struct round *, const struct bits *rows, struct approval *);
/* The leave it was approved with and the rows that opens (closed by the caller); false: it has none. */
struct leave;
bool round_leave(const struct round *, struct leave *, struct bits *rows);
bool round_split(struct op *, const struct round *, struct split *);     /* how many in which state, by channel */
void split_add(struct split *, enum notice_state, int64_t n);            /* without the channel */
bool reach_check(struct op *, bool rebuild);             /* what is kept of notice_reach against the notices */

/* Whose notice has not gone out yet and says other kinds than the exposure has of them now; none of a round to those who were told. */
struct strayed { struct moving m; kinds told, now; };
bool round_strayed(struct op *, const struct round *, const struct exposed *now, struct strayed **, size_t *n);
/* In a write transaction: whoever waits in an approved round and would read what is no more so, as they are at risk no longer or not with all of it, is taken back. */
bool round_settle(struct op *, const struct round *, int64_t *dropped);

/* Who was in an earlier round (told: and was reached, or may have been), by the number that stands for the person now; out: n + 1 bits, closed by the caller. */
bool earlier_people(struct op *, int64_t incident, bool told, uint32_t n, struct bits *out);
bool incident_close_run(struct op *, const struct args *, struct answer *);      /* close.c */

/* ---- codes for credit monitoring (monitoring.c) ---- */

bool law_obliges(const struct obligation *, size_t n, struct str code);  /* it surely or probably means these people; a lawyer is asked about others first */
/* Months of monitoring that such laws owe to whom this is told; 0: none. */
unsigned months_owed(struct op *, const struct obligation *, size_t n, const struct telling *);
/* Where a code will stand, in what only shows the letter. */
void code_to_come(struct op *, const struct obligation *, size_t n, struct telling *);
/* Who of a round is owed it. offered: a vendor's offer stands, for `lasts` months, with `left` codes of nobody's; lacking: so many more are needed. */
struct monitoring { customer_id *who; size_t n; unsigned months, lasts; int64_t left, lacking; bool offered; };
bool monitoring_of(struct op *, const struct round *, const struct obligation *, size_t n, struct monitoring *);
bool monitoring_may_go(struct op *, const struct monitoring *);    /* REFUSED: codes lack, or are for too short */

/* ---- contacts: a person's may stand in several customers that were proved to be one ---- */

struct families { struct bits roots; };                  /* who has others joined to them */
bool families_open(struct op *, struct families *);
void families_close(struct families *);
bool family_ways(struct op *, const struct families *, customer_id, unsigned *ways);
/* Their numbers, itself first. */
enum { FAMILY_MAX = 32 };
bool family_of(struct op *, const struct families *, customer_id, customer_id member[FAMILY_MAX], size_t *n);
/* Opens n people: each with the contacts of all its family that `opens` allows (NULL: all). The look is in the log before. */
bool contacts_open(struct op *, const struct families *, const struct bits *opens, const customer_id *, size_t n, struct customer *);
struct str customer_email(const struct customer *);      /* the newest that can be one; empty: none */
const struct address *customer_address(const struct customer *);         /* the newest; NULL: none */
struct str customer_name(const struct customer *);       /* the newest that is one: a masked card number is not; empty: none */
void customer_telling(struct op *, const struct customer *, struct telling *);   /* language and name */

/* ---- marks: "1-2-345-" and 16 letters, which nobody else can make ---- */

enum { MARK_KEY = 32 };
bool mark_key_make(struct op *);                         /* where there is none yet; in a write transaction */
bool mark_key(struct op *, uint8_t key[MARK_KEY]);
struct str mark_of(struct arena *, const uint8_t key[MARK_KEY], const struct moving *);
bool mark_read(struct arena *, const uint8_t key[MARK_KEY], struct str mark, struct moving *);   /* false: it is none of ours. Channel, state and attempts stay 0 */
/* Message-ID without < >: the same for each try of one notice, whoever sends it. */
struct str message_id(struct arena *, const uint8_t key[MARK_KEY], const struct moving *, struct str domain);
/* Where a mail goes back to: `pattern` (the setting bounces.address) with the mark for its *; without one as it is; without any, `from`. */
struct str envelope_from(struct arena *, struct str pattern, struct str from, const uint8_t key[MARK_KEY], const struct moving *);

/* ---- the next way, when one has failed ---- */

/* How one can be told. ways: with those of everybody who is one person with them; wish: as they asked, NO_CHANNEL: they did not; barred: the channels (a bit
 * each) that the law of where they live does not take for a notice: never the first while another is open, and not left out; shut: those that can't carry it. */
struct plan { unsigned ways, barred, shut; enum notice_channel wish; };
struct wish;
struct place_of { struct str name; uint8_t barred; bool own_word; };     /* own_word: an e-mail is barred only to who did not ask for it */
enum { OWN_WORD = 1 };                                   /* beside the channels' bits, whose first is EMAIL's */
struct planner {
	struct families families; struct wish *wish; size_t wishes;
	unsigned shut;                                   /* an SMS has no room for a code of credit monitoring: where a customer has no page of their own, a letter takes it */
	bool strict;                                     /* the business says that its customers have not agreed to notices by e-mail */
	struct law *law; size_t laws; struct place_of place[128]; size_t places; uint8_t *at; size_t ats;       /* at: of each customer, when all were asked for */
};
bool planner_open(struct op *, int64_t incident, bool everybody, struct planner *);        /* incident: 0: of none; everybody: many of them will be asked about */
void planner_close(struct planner *);
bool plan_of(struct op *, struct planner *, customer_id person, struct plan *);
bool plan_now(struct op *, int64_t incident, customer_id person, struct plan *);   /* the same for one */
bool law_bars(const struct law *, enum notice_channel); /* it takes no such notice; the law may be NULL */
bool law_asks_consent(const struct law *);               /* it takes an e-mail only from who agreed to it, or is mostly dealt with so */
const char *notice_channel_said(enum notice_channel);    /* "e-mail" */
bool channel_open(struct op *, enum notice_channel, unsigned ways);       /* it can be tried by itself */
/* The first that is open and not among `tried` (a bit each); NO_CHANNEL: none is left. */
enum notice_channel channel_first(struct op *, const struct plan *, unsigned tried);
bool channels_tried(struct op *, const struct moving *, unsigned *tried);       /* in its round, and the one it is on */
/* Attempts on a channel go on counting where they ended. */
bool again_on(struct op *, const struct moving *, enum notice_channel, struct outcome *);
/* Of a notice that came back (m->state BOUNCED or RETURNED): the next channel, where there is one (*to; else NO_CHANNEL, and nothing is moved). */
bool channel_next(struct op *, struct moving *m, const char *code, enum notice_channel *to);

/* ---- SMS ---- */

struct wire_result;
struct sms { struct str url, user, password, from, field[3]; struct wire_way way; };     /* url empty: no gateway is set */
bool sms_open(struct op *, struct sms *);
/* Blocks until the gateway has said what became of it. Words live in op->a. */
void sms_send(struct op *, const struct sms *, struct str phone, struct str text, struct wire_result *);

/* ---- a page that is one customer's alone, and the link to it (own.c, doc/front.md) ---- */

struct publishing { int pages; struct str url; bool keyed; };            /* pages -1: nothing is public, and all below does nothing */
bool own_open(struct op *, struct publishing *);
void own_close(struct publishing *);
/* These customers' secrets, under the round's leave that is in use. */
bool own_links(struct op *, struct publishing *, const customer_id *, size_t n, uint8_t (*secret)[FRONT_SECRET]);
/* Puts the customer's page, with what this round says above what earlier ones said; in a write transaction. It lasts after own_sync: before the message goes out. */
bool own_put(struct op *, const struct publishing *, const struct moving *, const uint8_t secret[FRONT_SECRET], const struct words *, const struct telling *);
bool own_sync(struct op *, const struct publishing *);
/* The letter whose code (or link, as its QR code has it) was typed: the latest that is in the post, else that was answered; of one round if `only` is told. ref lives in op->a. */
bool coded_letter(struct op *, struct str typed, const struct round *only, struct moving *, struct str *ref);
/* Adds the link to what the message says. */
void words_link(struct op *, struct words *, const struct telling *, const struct publishing *, const uint8_t secret[FRONT_SECRET]);

/* ---- outbox ---- */

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

/* ---- look.c: what stands in a text before it goes out ---- */

/* REFUSED: a sentence is untrue, or codes lack; err says which, and what to do instead. m: who is to have a code. */
bool round_may_go(struct op *, const struct round *, const struct incident *, const struct counts *now, struct monitoring *m);
/* What each law of where this customer lives wants of their letter and is not so. */
void letter_lacks(struct op *, const struct templates *, const struct telling *, struct lacking **, size_t *n);
bool round_look_say(struct op *, const struct round *, struct answer *, size_t *stops);  /* as remarks; how many things keep it from being approved */
bool check_run(struct op *, const struct args *, struct answer *);

/* A PDF that was drawn, into a file that is new (to not empty), or to whoever reads the answer. */
bool pdf_give(struct op *, int fd, const char *to, struct answer *);

/* ---- verbs of the other files ---- */

bool fits_run(struct op *, const struct args *, struct answer *);
bool came_run(struct op *, const struct args *, struct answer *);
bool forwards_run(struct op *, const struct args *, struct answer *);
bool forward_undo_run(struct op *, const struct args *, struct answer *);
bool substitute_run(struct op *, const struct args *, struct answer *);
bool wish_run(struct op *, const struct args *, struct answer *);
bool text_run(struct op *, const struct args *, struct answer *);
bool send_run(struct op *, const struct args *, struct answer *);
bool status_run(struct op *, const struct args *, struct answer *);
bool retry_run(struct op *, const struct args *, struct answer *);
bool undo_run(struct op *, const struct args *, struct answer *);
bool posted_run(struct op *, const struct args *, struct answer *);
bool returned_run(struct op *, const struct args *, struct answer *);
bool reached_run(struct op *, const struct args *, struct answer *);
bool public_run(struct op *, const struct args *, struct answer *);
bool calls_run(struct op *, const struct args *, struct answer *);
bool called_run(struct op *, const struct args *, struct answer *);
bool bounces_run(struct op *, const struct args *, struct answer *);
bool bounce_list_run(struct op *, const struct args *, struct answer *);
bool bounce_show_run(struct op *, const struct args *, struct answer *);
bool bounce_settle_run(struct op *, const struct args *, struct answer *);

#endif
