/* kinds - what sorts of information there are (MODEL: data kind). One closed list of at most 64, so that a set of kinds is
 * one integer. New kinds are only added at the end: their numbers stand in stored segments. */
#ifndef KINDS_H
#define KINDS_H

#include "base.h"

typedef uint64_t kinds;

#define KINDS_LIST(X) \
	X(NAME, name) X(EMAIL, email) X(PHONE, phone) X(POSTAL_ADDRESS, postal_address) \
	X(CARD_NUMBER, card_number) X(CARD_EXPIRY, card_expiry) X(CARD_CODE, card_code) X(CARD_TRACK, card_track) \
	X(CARD_PIN, card_pin) X(CARD_LAST4, card_last4) X(BANK_ACCOUNT, bank_account) X(ACCOUNT_CODE, account_code) \
	X(SSN, ssn) X(TAX_ID, tax_id) X(NATIONAL_ID, national_id) X(STATE_ID, state_id) \
	X(OTHER_GOVERNMENT_ID, other_government_id) X(DRIVERS_LICENCE, drivers_licence) X(PASSPORT, passport) \
	X(DATE_OF_BIRTH, date_of_birth) X(SIGNATURE, signature) X(CREDENTIALS, credentials) X(HEALTH, health) \
	X(HEALTH_INSURANCE, health_insurance) X(BIOMETRIC, biometric) X(GENETIC, genetic) X(PURCHASES, purchases) \
	X(HOME_ACCESS, home_access)

enum kind {
#define X(upper, lower) KIND_##upper,
	KINDS_LIST(X)
#undef X
	KIND_COUNT
};
_Static_assert(KIND_COUNT <= 64, "a set of kinds is one 64-bit integer");

#define KIND(upper)  ((kinds)1 << KIND_##upper)
#define KINDS_ALL    (((kinds)1 << KIND_COUNT) - 1)

const char *kind_name(enum kind);                        /* "card_number" */
bool kind_parse(struct str, enum kind *);
bool kinds_parse(struct str, char separator, kinds *, struct str *bad);   /* false: *bad is the word that is no kind */
struct str kinds_text(struct arena *, kinds, const char *separator);      /* in the list's order */

#endif
