/* server - reads the tables of a PostgreSQL database. Touches the network (libpq), nothing else. */
#include "server.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	CONNECT_SECONDS = 10,
	ROWS_AT_ONCE = 1000,
	TABLES_MAX = 100000,
	ROW_MAX = 32 << 20,             /* bytes of a row's values together; each column may take its share, */
	VALUE_MIN = 64 << 10, VALUE_MAX = 8 << 20,       /* but so many at least, and at most */
	STATEMENT_MAX = 1 << 20,
	KEYS_MAX = 8,
};

struct server { PGconn *line; const volatile int *stop; char name[300]; char whom[200]; };

/* ---- connecting ---- */

static const char *option(const PQconninfoOption *options, const char *keyword)
{
	for (; options && options->keyword; options++)
		if (strcmp(options->keyword, keyword) == 0 && options->val && *options->val)
			return options->val;
	return "";
}

/* What libpq says, in our words: its own may quote what it was given. */
static bool refused(struct err *e, PGconn *line, const char *whom)
{
	static const struct { const char *says; enum fault code; const char *words; } causes[] = {
		{ "no password supplied", REFUSED, "it asks for a password. Put it into ~/.pgpass or PGPASSWORD" },
		{ "password authentication failed", REFUSED, "the user name or password is wrong" },
		{ "authentication failed", REFUSED, "it does not let this user in" },
		{ "no pg_hba.conf entry", REFUSED, "it does not let this user in from here" },
		{ "does not exist", REFUSED, "there is no such database or user" },
		{ "not translate host name", OUTSIDE, "no such host is known. Check the address" },
		{ "Connection refused", OUTSIDE, "nothing answers there. Check host and port" },
		{ "No such file or directory", OUTSIDE, "no server runs here. Check the address" },
		{ "timeout expired", OUTSIDE, "it does not answer. Check host, port and firewall" },
		{ "too many", OUTSIDE, "it has too many connections. Try again later" },
		{ "SSL", OUTSIDE, "no encrypted connection came about. Check sslmode" },
		{ "certificate", OUTSIDE, "its certificate is not accepted. Check sslmode and sslrootcert" },
	};
	const char *said = line ? PQerrorMessage(line) : "";
	for (size_t i = 0; i < LENGTH(causes); i++)
		if (strstr(said, causes[i].says))
			return err_set(e, causes[i].code, "database", "%s can't be opened: %s.", whom, causes[i].words);
	return err_set(e, OUTSIDE, "database", "%s can't be opened. Check the address, and that psql can open it.", whom);
}

static bool say(struct server *s, const char *statement)
{
	PGresult *r = PQexec(s->line, statement);
	ExecStatusType how = PQresultStatus(r);
	PQclear(r);
	return how == PGRES_COMMAND_OK || how == PGRES_TUPLES_OK;
}

/* Neither does a filter on rows hide some silently, nor is a name looked up among the user's own functions. */
static bool tame(struct server *s)
{
	return say(s, "SET default_transaction_read_only = on") && say(s, "SET search_path = pg_catalog") && say(s, "SET statement_timeout = '60s'") &&
	       say(s, "SET lock_timeout = '5s'") && say(s, "SET row_security = off") && say(s, "SET bytea_output = hex") && say(s, "SET DateStyle = ISO") &&
	       say(s, "SET client_encoding = 'UTF8'");
}

static void nothing(void *of, const char *said)
{
	(void)of, (void)said;
}

static void names(struct server *s, const PQconninfoOption *o)
{
	const char *host = option(o, "host"), *port = option(o, "port"), *database = option(o, "dbname"), *user = option(o, "user");
	bool usual = !*port || strcmp(port, "5432") == 0;
	snprintf(s->name, sizeof s->name, "postgresql://%s%s%s/%s", *host == '/' ? "" : host, usual ? "" : ":", usual ? "" : port, *database ? database : user);
	snprintf(s->whom, sizeof s->whom, "The database %.80s on %.80s", *database ? database : user, *host && *host != '/' ? host : "this computer");
}

struct server *server_open(struct str address, const volatile int *stop, struct err *e)
{
	char *text = mem_zero(address.n + 1, 1), *why = NULL, wait[16];
	memcpy(text, address.p, address.n);
	bool url = str_starts(address, STR("postgresql://")) || str_starts(address, STR("postgres://"));
	PQconninfoOption *o = url ? PQconninfoParse(text, &why) : NULL;
	PQfreemem(why);                                  /* it may quote the password */
	struct server *s = NULL;
	if (!o) {
		err_set(e, INVALID, "database", "That is no address of a database. It looks like postgresql://user@host/database.");
	} else {
		s = mem_zero(1, sizeof *s);
		s->stop = stop;
		names(s, o);
		snprintf(wait, sizeof wait, "%d", CONNECT_SECONDS);
		const char *const keys[] = { "connect_timeout", "fallback_application_name", "dbname", NULL }, *const values[] = { wait, "handback find", text, NULL };
		s->line = PQconnectdbParams(keys, values, 1);
		PQconninfoFree(o);
		if (s->line)
			PQsetNoticeProcessor(s->line, nothing, NULL);
		if (PQstatus(s->line) != CONNECTION_OK || !tame(s)) {
			refused(e, s->line, s->whom);
			server_close(s);
			s = NULL;
		}
	}
	wipe(text, address.n);
	free(text);
	return s;
}

void server_close(struct server *s)
{
	if (!s)
		return;
	PQfinish(s->line);
	free(s);
}

struct str server_name(const struct server *s)
{
	return str_of(s->name);
}

/* ---- asking ---- */

/* Why an answer failed. What the server says may quote a value, so only its code is believed (SQLSTATE, the manual's appendix A). */
static bool failed(struct server *s, const PGresult *r, struct err *e)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	if (PQstatus(s->line) != CONNECTION_OK)
		return err_set(e, OUTSIDE, "database", "%s broke the connection off. Try again.", s->whom);
	if (state && strcmp(state, "42501") == 0)
		return err_set(e, REFUSED, NULL, "no permission to read it, or not all of its rows");
	if (state && strcmp(state, "57014") == 0)
		return err_set(e, TOO_BIG, NULL, "the server took longer than a minute for its next rows");
	if (state && strcmp(state, "55P03") == 0)
		return err_set(e, CONFLICT, NULL, "somebody has it locked");
	if (state && strncmp(state, "XX", 2) == 0)
		return err_set(e, TORN, NULL, "it is damaged; what could be read of it was looked at");
	return err_set(e, INVALID, NULL, "the server could not read it (%.5s)", state ? state : "no code");
}

static struct str value_of(struct arena *a, const PGresult *r, int row, int column)
{
	return arena_str(a, (struct str){ PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column) });
}

bool server_tables(struct server *s, struct arena *a, struct server_table **tables, size_t *n, struct err *e)
{
	static const char ask[] =
		"SELECT n.nspname, c.relname, a.attname, has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')"
		" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
		" LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
		" WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
		" ORDER BY 1, 2, a.attnum";
	PGresult *r = PQexec(s->line, ask);
	bool good = PQresultStatus(r) == PGRES_TUPLES_OK || failed(s, r, e);
	size_t cap = 0, columns = 0, tables_n = 0;
	struct server_table *all = NULL, *t = NULL;
	for (int i = 0; good && i < PQntuples(r) && tables_n <= TABLES_MAX; i++) {
		struct str schema = value_of(a, r, i, 0), name = value_of(a, r, i, 1);
		if (!t || !str_eq(t->schema, schema) || !str_eq(t->name, name)) {
			all = arena_more(a, all, tables_n, &cap, sizeof *all);
			t = &all[tables_n++];
			*t = (struct server_table){ .schema = schema, .name = name, .readable = *PQgetvalue(r, i, 3) == 't' };
			columns = 0;
		}
		if (PQgetisnull(r, i, 2))
			continue;
		t->column = arena_more(a, t->column, t->columns, &columns, sizeof *t->column);
		t->column[t->columns++] = value_of(a, r, i, 2);
	}
	PQclear(r);
	if (good) {
		*tables = all;
		*n = tables_n;
	}
	return good;
}

/* ---- rows ---- */

struct reading {
	struct server *s;
	const struct server_table *t;
	struct buf ask, key;
	size_t most;                                     /* bytes of a value */
	size_t keys;                                     /* of its key's columns, in front of the others in an answer; 0: its place is there */
	bool *bytes;                                     /* of each column: bytea */
	struct server_value *value;
};

static void put_name(struct reading *r, struct str name)
{
	buf_byte(&r->ask, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"')
			buf_byte(&r->ask, '"');
		buf_byte(&r->ask, name.p[i]);
	}
	buf_byte(&r->ask, '"');
}

static void put_table(struct reading *r)
{
	put_name(r, r->t->schema);
	buf_byte(&r->ask, '.');
	put_name(r, r->t->name);
}

/* Which columns are bytea, or a domain over it, and which make the key. */
static bool learn_columns(struct reading *r, struct str *key, struct err *e)
{
	static const char ask[] =
		"WITH RECURSIVE base(oid, top) AS (SELECT atttypid, attnum FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
		"  UNION ALL SELECT t.typbasetype, b.top FROM base b JOIN pg_type t ON t.oid = b.oid WHERE t.typtype = 'd')"
		" SELECT a.attname, EXISTS (SELECT FROM base b WHERE b.top = a.attnum AND b.oid = 'bytea'::regtype), array_position(i.indkey::int2[], a.attnum)"
		" FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary"
		" WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
	buf_clear(&r->ask);
	put_table(r);
	buf_byte(&r->ask, 0);
	const char *const table[] = { r->ask.p };
	PGresult *answer = PQexecParams(r->s->line, ask, 1, NULL, table, NULL, NULL, 0);
	bool good = PQresultStatus(answer) == PGRES_TUPLES_OK || failed(r->s, answer, e);
	if (good && (size_t)PQntuples(answer) != r->t->columns)
		good = err_set(e, CONFLICT, NULL, "it was changed meanwhile; look at it again");
	for (int i = 0; good && i < PQntuples(answer); i++) {
		r->bytes[i] = *PQgetvalue(answer, i, 1) == 't';
		if (!PQgetisnull(answer, i, 2) && r->keys < KEYS_MAX)
			key[r->keys++] = r->t->column[i];
	}
	PQclear(answer);
	return good;
}

/* A row can't be longer than the server's memory, nor longer than what is wanted of each value. */
static void put_question(struct reading *r, const struct str *key)
{
	buf_clear(&r->ask);
	buf_put(&r->ask, STR("DECLARE handback NO SCROLL CURSOR FOR SELECT "));
	for (size_t i = 0; i < r->keys; i++) {
		buf_put(&r->ask, STR("left("));
		put_name(r, key[i]);
		buf_put(&r->ask, STR("::text, 60), "));
	}
	if (!r->keys)
		buf_put(&r->ask, STR("ctid::text, "));
	for (size_t i = 0; i < r->t->columns; i++) {
		buf_put(&r->ask, i ? STR(", ") : STR(""));
		buf_put(&r->ask, r->bytes[i] ? STR("substring(") : STR("left("));
		put_name(r, r->t->column[i]);
		buf_printf(&r->ask, r->bytes[i] ? "::bytea FROM 1 FOR %zu)" : "::text, %zu)", r->most + 1);
	}
	buf_put(&r->ask, STR(" FROM ONLY "));
	put_table(r);
	buf_byte(&r->ask, 0);
}

static struct server_value take(const PGresult *answer, int column, bool bytes, size_t most, unsigned char **decoded)
{
	if (PQgetisnull(answer, 0, column))
		return (struct server_value){ .null = true };
	struct server_value v = { .bytes = bytes, .v = { PQgetvalue(answer, 0, column), (size_t)PQgetlength(answer, 0, column) } };
	if (bytes) {
		*decoded = PQunescapeBytea((const unsigned char *)v.v.p, &v.v.n);
		v.v.p = (const char *)*decoded;
		v.v.n = *decoded ? v.v.n : 0;
	}
	v.cut = v.v.n > most;                            /* text may have more bytes than letters: then it is whole */
	if (v.cut && !bytes) {
		size_t letters = 0;
		for (size_t i = 0; i < v.v.n; i++)
			letters += ((unsigned char)v.v.p[i] & 0xC0) != 0x80;
		v.cut = letters > most;
	}
	return v;
}

static bool give(struct reading *r, const PGresult *answer, bool (*row)(void *, const struct server_row *), void *to)
{
	int first = r->keys ? (int)r->keys : 1;
	unsigned char **decoded = mem_zero(r->t->columns + 1, sizeof *decoded);
	buf_clear(&r->key);
	for (int i = 0; i < first; i++) {
		if (i)
			buf_put(&r->key, STR(", "));
		buf_put(&r->key, str_of(PQgetvalue(answer, 0, i)));
	}
	for (size_t i = 0; i < r->t->columns; i++)
		r->value[i] = take(answer, first + (int)i, r->bytes[i], r->most, &decoded[i]);
	bool more = row(to, &(struct server_row){ .key = buf_str(&r->key), .value = r->value });
	for (size_t i = 0; i < r->t->columns; i++)
		PQfreemem(decoded[i]);
	free(decoded);
	return more;
}

/* The next rows, one after another as they come. *any: there were some; *more: whoever listens wants more. */
static bool fetch(struct reading *r, bool (*row)(void *, const struct server_row *), void *to, bool *any, bool *more, struct err *e)
{
	char ask[64];
	snprintf(ask, sizeof ask, "FETCH %d FROM handback", ROWS_AT_ONCE);
	bool good = PQsendQuery(r->s->line, ask) && PQsetSingleRowMode(r->s->line);
	*any = false;
	if (!good)
		failed(r->s, NULL, e);
	for (PGresult *answer; (answer = PQgetResult(r->s->line)); PQclear(answer)) {
		ExecStatusType how = PQresultStatus(answer);
		if (how == PGRES_SINGLE_TUPLE) {
			*any = true;
			if (good && *more)
				*more = give(r, answer, row, to);
		} else if (how != PGRES_TUPLES_OK && good) {
			good = failed(r->s, answer, e);
		}
	}
	return good;
}

bool server_rows(struct server *s, const struct server_table *t, bool (*row)(void *, const struct server_row *), void *to, struct err *e)
{
	struct str key[KEYS_MAX];
	struct reading r = { .s = s, .t = t, .ask = BUF(STATEMENT_MAX), .key = BUF(4096) };
	if (!t->columns)
		return true;
	r.most = ROW_MAX / t->columns < VALUE_MIN ? VALUE_MIN : ROW_MAX / t->columns > VALUE_MAX ? VALUE_MAX : ROW_MAX / t->columns;
	r.bytes = mem_zero(t->columns, sizeof *r.bytes);
	r.value = mem_zero(t->columns, sizeof *r.value);
	bool good = say(s, "BEGIN READ ONLY") || failed(s, NULL, e), any = true, more = true;
	good = good && learn_columns(&r, key, e);
	if (good) {
		put_question(&r, key);
		PGresult *answer = PQexec(s->line, r.ask.p);
		good = PQresultStatus(answer) == PGRES_COMMAND_OK || failed(s, answer, e);
		PQclear(answer);
	}
	while (good && any && more) {
		good = fetch(&r, row, to, &any, &more, e);
		more = more && !(s->stop && *s->stop);
	}
	say(s, "ROLLBACK");
	buf_free(&r.ask);
	buf_free(&r.key);
	free(r.bytes);
	free(r.value);
	return good;
}
