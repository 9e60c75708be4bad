/* incident_views - what the pages of incidents are given to show, from the first one to who is told. */
#ifndef INCIDENT_VIEWS_H
#define INCIDENT_VIEWS_H

#include "form.h"
#include "html.h"
#include "laws.h"
#include "notice.h"
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

#endif
