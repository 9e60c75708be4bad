/* business_views - what the pages of the business are given to show. */
#ifndef BUSINESS_VIEWS_H
#define BUSINESS_VIEWS_H

#include "enrol.h"
#include "filings.h"
#include "form.h"
#include "html.h"
#include "keep.h"
#include "laws.h"
#include "notice.h"
#include "preview.h"
#include "readers.h"
#include "response.h"

/* One thing to do, before all others. */
enum next_step { NEXT_NOTHING, NEXT_IMPORT, NEXT_DRAFT, NEXT_APPROVE, NEXT_SENDING, NEXT_OUTBOX, NEXT_POST, NEXT_REACH, NEXT_BACKUP, NEXT_COUNT, NEXT_TASK, NEXT_WALK, NEXT_WALK_AGAIN, NEXT_CHECK, NEXT_ODD };
/* counted: when its numbers were counted, if something has changed since then; empty: they are of now. uncounted: who is at risk was never counted. */
struct incident_card { struct incident i; struct reach reach; struct str discovered, counted; int64_t at_risk, unnamed; bool closed, uncounted; };
/* What is due now and then, on home. */
struct due_row { struct path path; struct str words; };
/* A drill: how long each step took, the last of all together; empty: not there yet. before: there is one beside it. */
struct drill_step { struct said what; struct str took, last, differs; };
struct drill_row { int64_t id; struct str day, story, who, all; struct drill_step step[5]; int64_t customers; bool opened, before; };
struct home_view {
	struct str business, customers, last_import, last_backup;        /* empty: none yet */
	enum next_step next; int64_t n; struct path next_path; struct str title;         /* of the incident that it is about; of a task: what is to be found out */
	struct str task_by;              /* by when it is to be found out */
	const struct incident_card *card; size_t cards;
	struct str courier;              /* why nothing goes out now; empty: all is well */
	struct drill_row drill; bool practice;            /* on a copy to practise on: what was told */
	bool choices;                    /* nothing was imported, or nobody walked through how the business is paid: the first choices are still open */
	struct due_row due[16]; size_t dues;              /* what is due now and then, beside incidents */
};
struct incidents_view { const struct incident_card *card; size_t cards; };

/* The wizard that opens an incident: one question a page, the answers so far in the address. */
struct holder_choice { struct str name, label; bool chosen; };
struct open_view {
	const struct form *form; int step, steps;
	struct str title, title_es, from, to, how, discovered;     /* as answered */
	struct str run;                                  /* the word of this time through the questions */
	const struct holder_choice *holder; size_t holders;
	struct str other_sort, other_name;               /* what was concerned and is not on the map yet; empty: nothing */
	struct str clean, from_day;                      /* the last clean look at what was ticked, in words; the day that is offered. Empty: none */
	struct str from_words, to_words; const char *how_words;
	struct path again;                               /* the address with all answers, without its step */
};

struct window_row { struct str holder, label, name, from, to; const char *how; };
struct share { struct str words; int64_t n; int percent; };
struct step_row { struct str words; const char *tag, *colour; struct path path; };
struct incident_view {
	struct incident i; struct str discovered, opened, closed, counted; bool uncounted;
	int64_t at_risk, unnamed, found, forgotten;
	const struct window_row *window; size_t windows;
	const struct share *kind; size_t kinds;
	const struct share *region; size_t regions;
	struct reach reach;
	struct left left; bool untold;                   /* of a closed one: somebody was not told */
	struct safe picture;
	const struct str *question; size_t questions;
	const struct form *form; const struct holder_choice *holder; size_t holders;
	struct str task, money, hours, update;           /* what is to be done next; what it costs, if that is quickly told; when customers hear again. Empty: nothing */
	int64_t tasks; bool provider; const struct phone_line *line; size_t lines;
	struct str held;
};
struct close_view { struct incident i; struct left left; bool untold; };
struct person_row { struct str ref, kinds, region; };
struct people_view { struct incident i; const struct person_row *row; size_t rows; int64_t at_risk; bool first; struct path more; const struct form *form; };
struct why_view { struct incident i; struct str ref; const struct why_row { struct str when, way, kinds, because, card; } *row; size_t rows; };
struct change_view {
	struct incident i; struct str holder, title; const struct form *form;
	struct str from, to; const char *how; bool clear, shown;         /* shown: the difference below is worked out */
	int64_t adds, drops, customers; const struct str *added, *dropped; size_t n_added, n_dropped;
	struct str from_text, to_text, how_text;
};

struct field_row { const char *field, *words; };
/* An incident's page for everybody: its words as they wait or are public; since: public since, empty: not; there: its files are made. */
struct incident_public_view { struct incident i; const struct form *form; struct str title, text, title_es, text_es, since, url; bool waits, refused, there; struct notice_look look; };
struct wording_view { struct incident i; int64_t round; const struct form *form; struct str en, es; bool own; const struct field_row *field; size_t fields; };
struct draft_view { struct incident i; struct str doing; const struct form *form; };
struct state_row { const char *name, *words, *next; int64_t n; };
struct round_view {
	struct incident i; struct notice_round r; const struct form *form;
	int64_t email, letter, by_hand, no_way, told, waits; struct str cost, letter_cost, split;      /* cost of the letters, and of one; empty: there are none. split: "88 by e-mail, 11 by letter" */
	const struct state_row *row; size_t rows;
	const struct notice_preview *preview; size_t previews;
	bool may, work, own_words;                       /* who looks may decide; may report; the text is not ours */
	const struct str *file; size_t files;            /* the printed letters */
	bool locked, no_sender, no_server, no_phone, can_undo;
	bool gone;                                       /* some have been told, or may have been */
	struct str goes_at, approved, outbox;            /* goes_at: when the first may go out; empty: they go now */
	struct notice_look look;                         /* the draft's text looked at */
	struct str courier;                              /* why what waits does not go out now; empty: it does, or nothing waits */
	struct str held;                                 /* that the police ask to wait; empty: they do not, likewise below */
};
struct state_row_one { struct notice_one one; struct str name, phone, dial, address; };         /* opened, else empty; dial: the phone's figures alone */
struct state_view {
	struct incident i; struct notice_round r; const char *name, *words, *next; const struct form *form; int64_t n;
	bool open, may, names, locked;                   /* names: they are shown */
	const struct state_row_one *row; size_t rows; struct path path, more, first;
};

struct customer_row { struct customer c; struct str ways; };
struct customers_view { const struct form *form; const struct customer_row *row; size_t rows, pairs; int64_t all; bool searched, locked, may, first; struct path more; };   /* pairs: in doubt */
struct pairs_view { const struct doubtful *pair; size_t pairs, all; };
struct pair_view { const struct form *form; const struct customer *customer; bool locked, one_person; struct path path; };
struct hand_row { struct str name; const char *sort; struct str first, last, kinds; int64_t times; bool listed, found; };
struct joined_row { struct str ref; bool can_part; };
struct customer_view {
	struct customer c; struct str ways; const struct form *form; bool may, locked; struct str forgotten;
	const struct joined_row *join; size_t joins; bool joined_itself; struct notice_wish wish; const char *wished, *first;         /* who counts as one person with them; itself: by a join of their own */
};
struct piece_row { const char *what; struct str value, source, when; };
struct told_row { struct str title; const char *state; struct str when; };
struct held_view {
	struct str ref, business, phone, today;
	const struct piece_row *piece; size_t pieces; const struct hand_row *hand; size_t hands; const struct told_row *notice; size_t notices;
};
struct hands_view { struct str ref; const struct hand_row *hand; size_t hands; };

struct holder_row { enum holder_sort sort; int64_t id; struct str name; const char *sort_words; struct str whole, until, keeps; };
struct flow_row { int64_t id, from_id, to_id; struct str from, to; const char *manner; struct str kinds, keeps, until; };       /* id 0: assumed; from_id 0: the customers */
struct map_view {
	const struct form *form; const struct holder_row *row; size_t holders, all; const struct flow_row *flow; size_t flows;
	struct safe wide, narrow; bool may, looks;       /* the picture, for wide screens and for phones; looks: may see risky spots and who has access */
	int64_t risks, stop;                             /* open ones; to be stopped today */
};
struct spot_place { int64_t id, holder; struct str name; };       /* holder 0: nowhere on the map */
struct risk_row { int id; const char *severity, *colour, *says, *fix, *changes, *better, *avoid, *source; const struct spot_place *place; size_t places; int minutes, cost; bool back; struct str again, reason; struct path go; struct str until, until_words; const char *later; };      /* until, later: the day and the reason that are offered for accepting it; go: where it is put right, and then goes by itself; empty: it is said to be */
struct said_row { int id; int64_t place; const char *says; struct str name, at, person; bool still, back; };      /* still: what showed it is still told; back: it shows again */
struct risks_view { const struct risk_row *now, *later, *accepted; size_t nows, laters, accepteds; const struct said_row *said; size_t saids; bool may; };
struct risk_view { const struct form *form; struct risk_row row; const struct form_choice *place; size_t places; bool may, accepted; };
struct access_row { int64_t id, holder; struct str who, where, since; const char *account, *second; bool wrong, left, due; };
struct leaving_row { struct str name, words, due; bool done, late; };
struct leaving_view { int64_t person; struct str who, last; const struct leaving_row *row; size_t rows, open; };
struct alike_row { struct str a, b; };
struct access_view {
	const struct form *form; const struct access_row *row; size_t rows, due; const struct leaving_view *leaving; size_t leavings;
	const struct form_choice *where, *who; size_t wheres, whos; bool may;
	const struct alike_row *alike; size_t alikes;    /* names that may be of one person */
};
struct keep_row { struct str kinds, keeps; };
struct holder_view {
	const struct form *form; struct holder h; const char *sort_words; struct str place, since, until;
	const struct keep_row *keep; size_t keeps; const struct str *emptied; size_t emptieds;
	const struct flow_row *in, *out; size_t ins, outs; bool may;
	const struct risk_row *risk; size_t risks;       /* at it */
};

struct obligation_row { int to, force; const char *party; struct str whom, citation, checked, code, by, sent, how; bool late; int64_t people; unsigned monitoring; const struct str *because; size_t n; };
struct fact_field { const char *name; struct str value; };
struct obligations_view {
	const struct form *form; struct incident i; bool uncounted; struct str house, counted; const struct obligation_row *row; size_t rows;
	const struct str *question; size_t questions; struct fact_field fact[12];
};

/* key: of a table that was looked at, its name, how many laws it has, what it would change; more: changes beyond those shown. imported: when the one in force was. */
struct laws_view {
	const struct form *form; bool may; struct law *law; size_t laws; struct str imported, key, name; int64_t rows, more; const struct law_difference *difference; size_t differences;
};

/* owed: how many people; key: of a file that was looked at, its name, how many codes it has ... */
struct monitoring_view {
	const struct form *form; struct incident i; struct offer offer; bool offered, locked; struct str until, day, lasts, key, name, column; int64_t owed, months, codes, twice, refused; bool uncounted; struct str counted;
};

struct filing_view {
	const struct form *form; struct incident i; const struct filing *f; const struct filing_letter *letter; struct path path, pdf; struct site portal; struct str whom, where, by, sent; bool late, may;
};
/* The demo or a drill: port: empty, it is not open; key: of the link by which it is entered, empty: it was entered before. beside: it can be opened from here; own: whoever
 * reads this opened it; copy: these are a drill's own pages. */
struct beside_view { struct str port, key; bool beside, own, copy; };
struct drills_view { const struct drill_row *row; size_t rows; struct str next; bool due, may; struct beside_view drill; };     /* next: by when; empty: there was none yet */

struct measure_row { int64_t id; struct str what, cause, again; int64_t staff, customers; bool due; };
struct measures_view {
	const struct form *form; struct incident i; const struct measure_row *row; size_t rows; int64_t staff, customers; const struct form_choice *cause; size_t causes;
	bool doubted; struct str why, instead, source, what, chosen, staff_text, customers_text;         /* doubted: what was typed, and what speaks against it */
};

struct reader_row { struct reader r; struct str looked, due; bool is_due, gone; };
struct readers_view { const struct form *form; const struct reader_row *row; size_t rows; bool may; };
struct look_row { int64_t id; struct str at, by, note, odd; bool photo; struct str why, entered, entered_by; };      /* entered: empty: when it was looked at */
struct reader_view {
	const struct form *form; struct reader_row row; const struct look_row *look; size_t looks;
	int64_t customers, unnamed, days; struct str since, every, name, title, from, tell, company; bool may, can_look, locked;       /* tell: whom staff tell of something odd; company: whom to call then, empty: not told */
};
struct inspect_view { const struct form *form; struct reader_row row; const struct form_choice *check; size_t checks; bool locked; };

struct practice_row { struct str channel, title; int64_t due; bool mine; };
struct practices_view { const struct practice_row *row; size_t rows; };
struct signer_row { struct str name, at; bool due, other; int64_t version; };
struct practice_view {
	const struct form *form; struct str channel, title, readers, odd, me; const struct str *duty; size_t duties;
	int64_t version, before; const struct signer_row *row;      /* before: the version that who reads signed; 0: none */
	size_t rows; bool due, lead, may, leads; struct str calls;      /* leads: the code on a print leads to this page; else it calls that number; empty: there is none */
};

/* group: 0 on the page, 1 true and not chosen, 2 can't be said now */
struct trust_row { int group; struct str name, say, todo, until, about; struct path link; bool due, held, promise, chosen; };
struct trust_view { const struct form *form; const struct trust_row *row; size_t rows; struct str put; bool asked; };      /* put: since when it is out; empty: it is not */
struct trust_version_row { struct str at; const struct str *line; size_t lines; };
struct trust_versions_view { const struct trust_version_row *row; size_t rows; };

struct log_row { int64_t n; struct str at, words, who, facts; };
struct log_view { const struct form *form; const struct log_row *row; size_t rows; int64_t size; struct path more, first; struct str compared; bool odd; };      /* compared: what verifying said; empty: nobody asked. odd: it is no good news */
struct settings_view { const struct form *form; const struct str *value; const struct form_choice *region, *zone; size_t regions, zones; bool saved, owner; struct str address; struct safe picture; };      /* address: for other machines; empty: this one only */

struct import_row { struct imported m; struct str at; };
struct imports_view { const struct form *form; const struct import_row *row; size_t rows; struct path more; };
/* What taking an import back would touch. */
struct undo_view { const struct form *form; struct imported m; struct str at; struct reaching *reach; size_t reaches; };
/* A file before it is kept. open: contacts are shown whole, else veiled. when, kinds: of each first row, in words. */
struct look_view {
	const struct form *form; struct str key, name, notes; const struct preview *p; bool open;
	struct str when[PREVIEW_ROWS], kinds[PREVIEW_ROWS], first, last; const char *format;
};
struct job_view { int64_t id, percent; struct str say; bool import, find, running, measured, failed, stopped, attention, refused; };

#endif
