/* person_int - what the person room's own files tell each other. */
#ifndef PERSON_INT_H
#define PERSON_INT_H

#include "person.h"

/* Runs a step in the transaction that is open, or in one of its own. */
bool step_begin(struct op *, bool *own);
bool step_end(struct op *, bool own, bool keep);
struct str hash_of(struct op *, struct str secret);      /* SHA-256, in the arena */

/* RFC 4648, 5, of 32 bytes with a zero behind them: 43 letters. */
void base64url_write(const uint8_t bytes[33], char text[TOKEN_TEXT]);

/* A device's answer to being asked for a passkey, read but not yet believed. data: the authenticator data. false: it can't be read. */
struct passkey_made { struct str data, credential, key; int algorithm; };
bool passkey_read(struct arena *, struct str attestation, struct passkey_made *);

#endif
