/* person_views - what the pages of persons, of signing in and of keys are given to show. */
#ifndef PERSON_VIEWS_H
#define PERSON_VIEWS_H

#include "form.h"
#include "html.h"
#include "keep.h"
#include "person.h"

struct passkey_ask { struct str challenge, ids, user, name; };   /* ids: of known ones, with spaces between; user, name: for a new one. All base64url but name */
/* Who it is, again. sent: what goes along with the form; path: where to. */
struct again_view { const struct form *form; struct path path; const struct pair *sent; size_t sent_n; bool passphrase, code, passkey; struct passkey_ask ask; };

struct person_line { struct person p; struct said role; };
struct persons_view { const struct person_line *row; size_t rows; const struct form *form; bool saved; };
struct person_new_view { const struct form *form; };
struct session_row { struct str agent, began, seen, mark; bool here; };
struct token_row { int64_t id; struct str name, made, ends, seen; bool counts; };        /* seen: empty, never */
struct passkey_row { int64_t id; struct str name, made, seen; };
struct person_view {
	struct person p; const struct form *form;
	struct said role; struct path path; struct str since, ended, token;        /* token: a new one's text, shown now and no more */
	const struct session_row *session; size_t sessions;
	const struct token_row *key; size_t tokens;
	bool founder, self;
};
struct you_view {
	struct person p; const struct form *form; struct said role;
	const struct session_row *session; size_t sessions;
	const struct passkey_row *passkey; size_t passkeys;
	int64_t codes; bool passkeys_count, owner, saved, locked;
};
struct app_view { const struct form *form; struct str key; struct safe picture; };
struct codes_view { struct str name; const struct str *code; size_t n; };
struct passkey_view { const struct form *form; struct passkey_ask ask; };

struct backup_row { struct str name, made, size; };
struct backups_view { const struct form *form; const struct backup_row *row; size_t rows; struct str last, folder; bool owner; };       /* last: empty, none yet */

/* A backup that is to be put back. base: where its pages stand; there, here: what it holds, and what the data folder does; done: one was put back already */
struct restore_view { const struct form *form; struct path base; struct str key, name, made, folder; struct holds there, here; bool founding, done, demo; };

struct slot_row { struct said what; struct str who, made; };
struct keys_view { const struct form *form; const struct slot_row *row; size_t rows; bool sheet; int64_t job; };
struct sheet_view { const struct form *form; struct str name, folder, code, made; size_t group[2]; int64_t job; };

#endif
