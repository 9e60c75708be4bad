/* notice - reaches each customer of an incident: rounds, their texts, e-mail and letters, and what became of each.
 *
 * Hides templates and advice (data/), the outbox, and the states' table. A state only moves along the arrows of doc/notice-states.md.
 * "Finished" is computed from the rows, never set.
 */
#ifndef NOTICE_H
#define NOTICE_H

#include "incident.h"

enum notice_channel { NO_CHANNEL, EMAIL, LETTER, PHONE, IN_PERSON };     /* how one is told; a payment channel is how one is paid */
enum notice_state {
	DRAFTED = 1, QUEUED, HANDED, SENT, IN_DOUBT, BOUNCED, FAILED, PRINTED, POSTED, ACKNOWLEDGED, RETURNED, UNDONE, UNREACHABLE
};
const char *notice_state_name(enum notice_state);        /* "in_doubt" */

extern const struct verb notice_verbs[];                 /* notice draft|preview|approve|send|status|retry|posted|returned|reached|undo */

#endif
