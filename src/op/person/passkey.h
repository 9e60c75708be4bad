/* passkey - signing in with a passkey (W3C WebAuthn level 2): what a browser sends back is proved here.
 *
 * Hides libfido2, libcbor and jansson. libfido2 checks signatures; all else of WebAuthn 7.1 and 7.2 is checked by own code: the kind, the challenge, the
 * origin, the site's hash, that the person was there and proved it to their device, the counter. Attestation is not asked for. A passkey opens
 * pages; contacts open with the passphrase only.
 */
#ifndef PASSKEY_H
#define PASSKEY_H

#include "person.h"

enum { PASSKEYS_EACH = 10, PASSKEY_JSON_MAX = 4096, PASSKEY_BYTES_MAX = 16384, PASSKEY_ID_MAX = 1023 };

/* Where it counts: origin "https://handback.example.com", site its host ("localhost" on this machine; never an address). */
struct passkey_site { struct str origin, site; };
/* What is to be signed in this browser's session; registering and signing in have each their own, and a new session (each sign-in makes one) has
 * others. base64url. */
void passkey_challenge(const uint8_t id[LOGIN_ID], bool registering, char text[TOKEN_TEXT]);

/* What navigator.credentials.create() answered, as bytes: a new passkey of this person. name: what they call it. INVALID: forged, for another site,
 * without proof of the person, or of an algorithm other than ES256, EdDSA and RS256. CONFLICT: it is there already. */
bool passkey_add(struct op *, int64_t person, const uint8_t id[LOGIN_ID], const struct passkey_site *, struct str client_json, struct str attestation, struct str name);

/* What navigator.credentials.get() answered. *person: whose passkey it is. REFUSED: it is not right. */
struct passkey_answer { struct str credential, client_json, data, signature; };
bool passkey_right(struct op *, const uint8_t id[LOGIN_ID], const struct passkey_site *, const struct passkey_answer *, int64_t *person);

struct passkey { int64_t id; struct str name, credential; int64_t made, seen; };
bool passkey_list(struct op *, int64_t person, struct passkey **, size_t *n);
bool passkey_end(struct op *, int64_t person, int64_t id);                /* NOT_FOUND: this person has no such */

/* A base64url text's bytes, as forms bring them; false: it is none, or longer than max. */
bool base64url(struct arena *, struct str text, size_t max, struct str *bytes);

#endif
