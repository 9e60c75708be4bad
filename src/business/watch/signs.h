/* signs - what a provider's public front says about its care: the small formats read. Pure; every byte is a stranger's. */
#ifndef SIGNS_H
#define SIGNS_H

#include "when.h"

/* Strict-Transport-Security (RFC 6797, 6.1): max-age in seconds; false: it says nothing that counts. */
enum { HSTS_ENOUGH = 15552000 };                         /* half a year */
bool hsts_read(struct str header, int64_t *max_age);

/* security.txt (RFC 9116), perhaps signed in clear text. false: it is none (no Contact, not exactly one Expires that can be read, or over SECURITY_TXT_MOST). */
enum { SECURITY_TXT_MOST = 32 << 10 };
struct security_txt { struct str contact; unsigned contacts; int64_t expires; bool signed_text; };      /* contact: the first, which is to be preferred */
bool security_txt_read(struct str text, struct zone *utc, struct security_txt *);

/* SPF (RFC 7208) among a name's TXT records. */
struct spf { unsigned records, lookups; char all; bool redirect; struct str text; };    /* all: - ~ ? + for its last mechanism, 0 none; lookups: in this record itself */
enum { SPF_LOOKUPS = 10 };                               /* RFC 7208, 4.6.4 */
void spf_read(const struct str *txt, size_t n, struct spf *);
bool spf_names(struct str text, struct str word);        /* whether this mechanism stands there, like include:_spf.example.com */

/* DMARC (RFC 7489, 6.3) among the TXT records of _dmarc.NAME. */
enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };
struct dmarc { unsigned records; bool sound; enum dmarc_policy policy; int64_t pct; struct str reports; };      /* sound: exactly one, and its p can be read */
void dmarc_read(const struct str *txt, size_t n, struct dmarc *);

/* What a status page's summary.json (Statuspage) or feed (RSS, Atom) tells: its one line, and the title of the first entry that speaks of safety. false: it is neither. */
struct status_said { struct str line, worry; unsigned entries; };
bool status_json(struct str text, struct status_said *, struct arena *);
bool status_feed(struct str text, struct status_said *, struct arena *);
/* Whether a title speaks of somebody having got at something: breach, unauthorized, leaked ... */
bool speaks_of_breach(struct str);

/* HTML as plain text: tags and what stands in script and style gone, entities read, white space drawn together. Not for showing without escaping. */
void html_plain(struct buf *, struct str html);

#endif
