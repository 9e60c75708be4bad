/* restoring - a backup put back from the pages: what a desk and the role `restore` say to each other over that role's line. The role makes the new folder
 * beside the old one and proves it; it has no other powers by then. When the desk says so it is kept, and the role ends with 0: to its parent that is the word
 * to exchange the folders.
 */
#ifndef RESTORING_H
#define RESTORING_H

#include "keep.h"

enum { RESTORING_MAX = 4096 };                           /* bytes of a message */

/* What the role said. */
struct restoring_said { bool holds, kept; struct holds what; struct err why; };          /* holds: this is in it; kept: it is there, on the disk; neither: why */
/* The desk's end, over the role's line. The passphrase, or a recovery code; then what it says, once it has said it; then whether it is kept. Texts point into
 * `room`, RESTORING_MAX bytes. False: the role is gone. */
bool restoring_ask(int line, struct str passphrase);
bool restoring_told(int line, char *room, struct restoring_said *);
bool restoring_keep(int line);                           /* the line's end instead: it is not kept */
/* The role: puts the backup `fd` beside this folder. */
int restore_main(int line, int fd, const char *folder);

#endif
