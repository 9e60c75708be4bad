/* desk_int - what the desk's own files share: a visit, from the request to the page. */
#ifndef DESK_INT_H
#define DESK_INT_H

#include "desk.h"
#include "handlers.h"
#include "html.h"
#include "http.h"
#include "op.h"
#include "pages.h"
#include "person.h"

struct session;
struct place;

/* One request for a page, with all that a page needs. Lives until it is answered. */
struct visit {
	struct ask *ask;
	struct reply *reply;
	struct op *op;                                   /* this thread's for as long; its arena is the request's, op->person is who asks */
	struct session *session;                         /* NULL: nobody is signed in */
	struct html *o;                                  /* the page's own part; visit_show puts the layout round it */
	struct str back;                                 /* the page before this one, a path; empty: none */
	unsigned refresh;                                /* seconds until the page asks again by itself; 0: never */
	bool api, token;                                 /* JSON is answered, errors too; who asks brought a token, and there is no session */
	bool faulty;                                     /* a form came back with errors: told in the page's title */
	bool masked;                                     /* what was sent had a card number, which was taken out: the next page says so */
	struct place *twice;                             /* twice.c's: what becomes of this form; NULL: it is not one that counts once */
};

/* ---- routes ---- */

enum route_flag {
	ROUTE_OPEN = 1,                                  /* for those too who are not signed in */
	ROUTE_API = 2,                                   /* answers JSON, errors too */
	ROUTE_HALF = 8,                                  /* for those too whose code is still to come */
	ROUTE_FILES = 4,                                 /* takes forms with files, from who is signed in */
	ROUTE_FACTOR = 32,                               /* for those too who have yet to set up the second factor that is asked of their role */
	ROUTE_AGAIN = 16,                                /* who asks proves again who it is, if that is longer ago than 15 minutes; not with ROUTE_FILES */
};
extern const struct route desk_routes[];                 /* routes.c: all that the desk answers */
extern const size_t desk_routes_n;
extern const struct route first_routes[];                /* first.c: instead, as long as there is no business */
extern const size_t first_routes_n;
void first_start(void);                                  /* before any power is given up: learns the machine's own time zone */
extern const struct menu_item desk_menu[];               /* the parts that every page leads to */
extern const size_t desk_menu_n;

/* ---- a visit's steps (visit.c). A page returns false with the reason in op->err, and an error page is shown ---- */

/* For http: takes an operation, looks who asks, refuses forged posts, sets the headers that all answers have, and calls the page. */
bool visit_start(struct str folder, bool founding, struct err *);        /* opens the operations that visits work with; without a database before the founding */
void visit_stop(void);
void visit_rest(void);                                   /* once a second: when nobody asks for anything, memory that is kept for speed alone goes back */
void visit_serve(void *host, const struct route *, struct ask *, struct reply *);      /* for http; host: the name (struct str) that the desk is asked by */
bool visit_files(void *desk, const struct route *, const struct ask *);  /* for http: may this asker send files here? */
bool visit_show(struct visit *, struct str title);       /* the layout round what was put into v->o; true */
bool visit_see(struct visit *, struct str path);         /* 303 to another page of ours; true */
const char *visit_words(const struct visit *, const char *english);      /* in the reader's language; xgettext finds these */
struct str visit_said(const struct visit *, struct str english);         /* a sentence from below, each line of it, in the reader's language */
struct str visit_text(const struct visit *, const char *field);          /* a form's field, trimmed; empty when not given */
bool own_address(struct str);                            /* begins with one stroke and holds no sign that could lead elsewhere: of this desk */
void visit_error(struct visit *, int status, struct str what);           /* an error page, or in the API an error object */
void api_error(struct visit *, int status, struct str what);             /* the same in JSON (api.c) */
int  fault_status(enum fault);                           /* the HTTP status of a reason */

/* In a visit, when another data folder is there for the next desk: this is this one's last answer; it takes no more connections, and ends when the answer is
 * out. Those wait for the desk that the parent starts next. */
void desk_finish(void);                                  /* desk.c */

/* ---- a backup put back (restore.c) ---- */

void restore_start(bool done);                           /* done: one was, since the program was started, and another is not */
bool restore_over(void);                                 /* one is, and this desk ends: whatever is asked now is for the next one */
bool restore_see(struct visit *);                        /* that one's door */

/* ---- no card number (mask.c) ---- */

bool mask_asked(struct ask *);                           /* masks what was sent: the form, its files' names, the query, the path. Whether there was a card number */
struct str mask_address(const struct ask *);             /* path and query as they are now, to be asked for again */
struct str mask_said(const struct visit *, struct str);  /* what is to be shown, masked */

bool mask_proves(struct str name);                       /* a field of that name proves who it is, or is the desk's own word: never shown again, kept whole */

/* ---- a form that comes twice counts once (twice.c) ---- */

bool twice_begin(struct visit *);                        /* false: it came before, and was answered as the first was. true: go on, and: */
void twice_end(struct visit *);                          /* when the page has answered */

/* ---- what was typed before a session ran out (kept.c) ---- */

void kept_put(struct visit *);                           /* a form came, and nobody is signed in any more: kept for its person, if it was theirs */
bool kept_there(const struct visit *, int64_t person);   /* something of theirs is */
void kept_sent(struct visit *);                          /* a form came: one that was kept for the same address is kept no more */

/* ---- who is signed in (session.c) ---- */

/* Nobody is signed in, but the form that was sent is of a session of this person's, which was idle for too long. */
bool session_was(struct visit *, int64_t *person);

struct session { uint8_t id[LOGIN_ID]; struct login login; char csrf[65]; };     /* csrf: what each form of this session must bring */
/* Before the founding there is one session, in memory: of the first who uses the link. */
void session_start(struct str key);                      /* the key of the link that the program prints, or empty */
bool session_find(struct op *, const struct ask *, struct session *);    /* by the cookie; counts as seen. false: nobody is signed in */
/* A new session with its cookie. half: a code is still to come. token: the keeper's session, or NULL: contacts stay closed. */
bool session_begin(struct visit *, int64_t person, bool half, const uint8_t token[16]);
bool session_whole(struct visit *);                      /* who it is was proved (again): another cookie, whole; v->session is it */
bool session_number(const struct ask *, const char *cookie, uint8_t id[LOGIN_ID]);       /* as a cookie brings it; false: it brings none */
bool session_open(struct visit *, struct str key);       /* uses a one-time link up; false: it is none, or used, or old */
bool session_end(struct visit *);                        /* signed out; the keeper's session too */
/* Nobody is signed in and asks for a page: the browser keeps its address for half an hour, in a cookie. Then whoever signs in is led there: the address, or "/". */
void wanted_put(struct visit *);
struct str wanted_take(struct visit *);
/* Before a page: what this session may open is chosen on the operation's line to the keeper. After it: a passphrase that was given meanwhile
 * counts for this session from now on, and nothing stays open for whoever uses the operation next. */
void session_key_choose(struct visit *);
void session_key_leave(struct visit *);
bool session_key_copy(const struct visit *, uint8_t token[16]);          /* the keeper's session, for work that goes on after the visit; false: contacts are closed */

/* For a route with ROUTE_AGAIN (again.c): false: go on, who it is was proved within 15 minutes or is by this form. true: the page that asks for it was shown. */
bool again_asks(struct visit *, const struct route *);
bool again_do(struct visit *);
void try_failed(struct visit *, int64_t person);         /* who it is was not proved: counted, and kept in the log; 0: nobody known. op->err stays */
/* A person's code: six figures are an app's, those on paper are longer. REFUSED. */
bool code_right(struct op *, int64_t person, struct str code);

/* ---- built files (asset.c): named by their hash, so that a browser may keep them for ever ---- */

void asset_start(void);
struct str asset_path(const char *name);                 /* "desk.css" -> "/look/desk-1f2e3d4c.css" */
bool asset_page(struct visit *);

/* ---- who is at risk, counted behind the pages (counting.c) ---- */

/* A page has met counts that are stale, or missing: they are made anew, unless that goes on already or has just been done. Waits a moment for it;
 * whether it came to its end, so that looking again is worth it. */
bool counting_ask(struct op *, bool missing);
void counting_end(void);                                 /* before the process ends */

/* ---- what one part of the desk shows or asks for another ---- */

struct beside_view;
bool drills_show(struct visit *, const struct beside_view *);
bool drill_open(struct visit *, struct beside_view *);   /* one that was opened from the pages is open; the view is filled anyhow */
struct drill_row;
bool drill_now(struct visit *, struct drill_row *, bool *here);   /* what is practised on this copy; here: it is one */
bool drill_due(struct op *, bool *due);                  /* nobody has practised for a year */
struct home_view;
bool payment_next(struct visit *, struct home_view *);    /* what the walk-through asks for next, if it does */
bool api_begun(struct visit *, int64_t job);             /* 202: it has begun, and where to see how far it is; true */
bool import_refused(struct visit *, int64_t job);        /* rows were refused, and wait to be fetched */
/* Answers with the whole export, after asking so for the passphrase again. */
bool export_give(struct visit *, bool (*ask)(struct op *, const char *why, struct str *passphrase));
bool api_key(struct visit *);                            /* a passphrase that was sent is right, or none was sent; else REFUSED, and counted */

#endif
