/* server - the rows of a PostgreSQL database on a server, to read only. Hides libpq. Everything here runs where the network may be used;
 * what comes back is a stranger's bytes, and is only handed on.
 *
 * The session is read-only, reads each table in a transaction of its own, runs nothing of the database's (no view, no function of a user's),
 * and waits neither long for a lock nor for an answer. The password may stand in the address, in PGPASSWORD or in ~/.pgpass; no word that
 * comes from here holds it.
 */
#ifndef SERVER_H
#define SERVER_H

#include "base.h"

struct server;
/* address: "postgresql://user@host:port/database". NULL: it can't be reached, or does not let us in (REFUSED), or is no address (INVALID). */
struct server *server_open(struct str address, const volatile int *stop, struct err *);
void server_close(struct server *);                      /* NULL is fine */
struct str server_name(const struct server *);           /* "postgresql://host/database", for people; lives as long */

struct server_table { struct str schema, name; struct str *column; size_t columns; bool readable; };
/* The tables with rows of their own that are not the server's: partitions, not what they are parts of. In the arena. */
bool server_tables(struct server *, struct arena *, struct server_table **, size_t *n, struct err *);

/* A row: its key's values ("12"), or where it has none its place in the table; then a value of each column. */
struct server_value { bool null, bytes, cut; struct str v; };          /* bytes: as they are; else text. cut: longer than what is read of one */
struct server_row { struct str key; const struct server_value *value; };
/* Gives every row, until `row` returns false. False: not all could be read (err): OUTSIDE is the server's gone, else only this table. */
bool server_rows(struct server *, const struct server_table *, bool (*row)(void *to, const struct server_row *), void *to, struct err *);

#endif
