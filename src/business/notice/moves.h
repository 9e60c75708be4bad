/* moves - what a notice may become: one table (doc/notice-states.md), one way to move along it, and what the log holds of it. */
#ifndef NOTICE_MOVES_H
#define NOTICE_MOVES_H

#include "log.h"
#include "notice.h"

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
/* The last that the log says of one notice, for proof_entries; entry -1: nothing that could be proved. outbox: nothing says yet that it was sent. */
struct proved;
bool logged_last(struct op *, int64_t incident, int64_t round, customer_id, struct proved *, bool *outbox);

#endif
