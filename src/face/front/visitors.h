/* visitors - the role `front`: what anybody on the internet may ask. A role of its own, started by `serve --public`.
 *
 * It has no database and no key, and nothing to connect to: it reads pages/ (craft/front), and what visitors send goes one way, sealed. Whoever
 * breaks into it finds sealed files, and sees what visitors open meanwhile.
 */
#ifndef VISITORS_H
#define VISITORS_H

#include "box.h"

/* What the parent tells a front that it starts; over the role's line, with the listeners' descriptors. */
struct front_start {
	struct serving at;               /* of the data folder it keeps pages/ */
	struct str business;             /* its name */
};
bool front_hand_over(int line, const struct front_start *, struct err *);        /* the parent's end; waits until it answers */
int  front_main(int line, int answers);                  /* the role: answers until the line is closed. answers: where sealed answers go */

#endif
