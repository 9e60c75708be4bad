/* desk - the pages and the API: what a person does in a browser. A role of its own, started by `ui` and `serve`.
 *
 * It parses what browsers send, so it holds no key: it asks the keeper, within a session's budget.
 */
#ifndef DESK_H
#define DESK_H

#include "box.h"
#include "verb.h"

/* What the parent tells a desk that it starts; over the role's line, with the listeners' descriptors. */
struct desk_start {
	struct serving at;
	struct str key;                  /* of the one-time link URL/open/KEY; empty: none */
	bool founding;                   /* there is no business yet: the first pages, which ask for what one needs */
	bool restored;                   /* a backup was put back from the pages since the start: another one is not */
};
bool desk_hand_over(int line, const struct desk_start *, struct err *);  /* the parent's end; waits until pages are answered */
/* Every room's verbs: all that pages and the API do, and most of what the command line does. */
extern const struct verb *const room_verbs[];
extern const size_t room_verbs_n;
void desk_openapi_yaml(struct buf *);                    /* the same in YAML 1.2 */
void desk_openapi(struct buf *);                         /* what the API takes and answers: OpenAPI 3.1, in JSON */
int  desk_main(int line, int broker);                    /* the role: answers until the line is closed. broker: role.h */

#endif
