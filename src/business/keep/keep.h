/* keep - what we owe those whose data we keep ourselves: showing a customer whose hands it was in, forgetting at their wish; backup and restore.
 *
 * Hides what a backup looks like: doc/backups.md. */
#ifndef KEEP_H
#define KEEP_H

#include "incident.h"

extern const struct verb keep_verbs[];                   /* customer show|forget, backup, restore */

#endif
