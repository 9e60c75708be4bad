/* cli_int - what the command line's own files tell each other. */
#ifndef CLI_INT_H
#define CLI_INT_H

#include "verb.h"

enum { EXIT_DONE = 0, EXIT_ATTENTION = 1, EXIT_CALL = 2, EXIT_FAILED = 3 };

enum { DRILL_WORK_MAX = 4200 };          /* what the role of a drill is told: a person's number and a path */

/* What is common to all commands. */
struct common { const char *data, *passphrase_file, *as; bool json, help, version; };

/* cli.c: the folder of that name in the user's data folder; make: the folders above it are made */
struct str home_folder(struct arena *, const char *name, bool make);

/* terminal.c */
extern volatile int terminal_stop;                       /* set by the first Ctrl-C; the second ends the process. At a prompt the first one ends the asking */
void terminal_watch_stop(void);
bool terminal_line(const char *prompt, char *line, size_t room); /* asks for a line on standard input; false: it has ended, or Ctrl-C ended the asking */
bool terminal_sure(struct op *, const char *question);   /* op->sure */
bool terminal_passphrase(struct op *, const char *why, struct str *);   /* op->ask */
/* file: where it stands, else it is asked for; no file and no terminal: INVALID. */
bool terminal_new_passphrase(struct op *, struct str file, struct str *);       /* op->ask_new */
void terminal_use_file(const char *passphrase_file);
const char *terminal_passphrase_file(void);              /* NULL: none was named */
void terminal_progress(struct op *, const char *what, uint64_t done, uint64_t of);   /* op->progress */
void terminal_progress_end(void);

/* help.c */
void help_overview(void);                                /* the words that commands begin with, by what they are for */
void help_all(const struct verb *const *tables, size_t n);
bool help_group(const struct verb *const *tables, size_t n, const char *word);         /* those that begin with this word; false: none does */
void help_verb(const struct verb *);
void help_rows(const struct verb *const *tables, size_t n);             /* all of them for machines: JSON Lines */

/* manual.c: a page for each command, and one for all, into a folder that is there. mdoc(7). */
bool manual_write(const struct verb *const *tables, size_t n, const char *folder, struct err *);
/* completion.c: a script for bash, zsh or fish. INVALID: for another shell. */
bool completion_write(const struct verb *const *tables, size_t n, const char *shell, struct buf *, struct err *);
/* What a command is called with, behind its name: "value" names what a field takes. */
const char *field_value(const struct verb_field *);      /* help.c: "text", "number", "time", "path" */
extern const struct common_option { const char *name, *value, *help; } common_options[];
extern const size_t common_options_n;
extern const char exit_words[];                          /* what the exit statuses say */

/* own verbs that stand above the rooms */
extern const struct verb cli_verbs[];                    /* vault renew, payment walk */
bool vault_renew_run(struct op *, const struct args *, struct answer *);        /* vault.c */
bool ui_run(struct op *, const struct args *, struct answer *);          /* serve.c */
/* The pages on the copy that a drill is practised on: nothing is sent. each: called about once a second. */
bool ui_practise(struct op *copy, const struct args *, struct answer *, bool (*each)(void *), void *about);
/* exchange.c: the folder that a restore has made beside the data folder, in its place at once. founding: there is no business in it yet, which is looked at once more.
 * url, lock: as in serve.lock, of which the new folder has one of its own. before: where the old one is now, with all that was in it; empty: it held nothing. */
bool folder_exchange(struct op *, bool founding, struct str url, int *lock, struct str *before);
const char *folder_real(struct op *);                    /* the data folder without links: what stands beside it stands there */
void folder_beside_drop(struct op *);                    /* what a restore has made is not needed */
bool serve_free(struct op *, const char *folder);        /* nobody serves its pages; else CONFLICT says where */
bool demo_run(struct op *, const struct args *, struct answer *);        /* demo.c */
bool folder_take_away(struct op *, const char *folder, const char *what);        /* demo.c: with all in it; what: for the reason why not, "The old demo" */
bool drill_run(struct op *, const struct args *, struct answer *);       /* drill.c */
bool drill_clear(struct op *);                           /* drill.c: a copy that a killed drill left is taken away, and that is said; one at work stays */
bool doctor_run(struct op *, const struct args *, struct answer *);      /* doctor.c */
bool payment_walk_run(struct op *, const struct args *, struct answer *);        /* walk.c */
bool serve_run(struct op *, const struct args *, struct answer *);
/* The founding itself, for init and for the first pages: checks name and region, takes this machine's zone when none is told, and founds. */
struct founding;
bool init_found(struct op *, struct str folder, struct founding *, char recovery[64]);
bool init_run(struct op *, const struct args *, struct answer *);

#endif
