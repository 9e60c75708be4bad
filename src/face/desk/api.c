/* api - the verbs for programs: POST /api/v1/incident/open with a JSON object of its fields, answered by its rows. Made from the verbs'
 * tables alone: what a verb may, who may do it and what it says is the verb's.
 */
#include "desk_int.h"
#include "fields.h"
#include "find.h"
#include "incident.h"
#include "job.h"
#include "keep.h"
#include "notice.h"

#include <stdlib.h>

enum { ROWS_MAX = 32 << 20, NOTES_MAX = 64 << 10 };

static const struct verb *const tables[] = {
	op_verbs, person_verbs, job_verbs, map_verbs, ledger_verbs, incident_verbs, notice_verbs, keep_verbs, find_verbs,
};

/* The verb of "incident/open". Those that make or need no business belong to the command line. */
static const struct verb *verb_at(struct str path)
{
	for (size_t t = 0; t < LENGTH(tables); t++)
		for (const struct verb *v = tables[t]; v->name; v++) {
			size_t i = 0;
			while (i < path.n && v->name[i] && (path.p[i] == '/' ? ' ' : path.p[i]) == v->name[i])
				i++;
			if (i == path.n && !v->name[i] && (v->how == VERB_READ || v->how == VERB_WRITE || v->how == VERB_LONG))
				return v;
		}
	return NULL;
}

/* Where the verb needs the passphrase, the call's own `passphrase` is it. */
static _Thread_local struct str typed;

static bool typed_give(struct op *op, const char *why, struct str *passphrase)
{
	(void)why;
	if (typed.n)
		*passphrase = arena_str(op->a, typed);
	return typed.n != 0;
}

static bool args_fill(struct op *op, const struct verb *verb, struct pairs given, struct args *args)
{
	*args = (struct args){ ARENA_ARRAY(op->a, struct arg, verb->n), verb->n };
	for (size_t f = 0; f < verb->n; f++)
		args->arg[f] = (struct arg){ &verb->fields[f], ARENA_ARRAY(op->a, struct str, given.n + 1), 0 };
	for (size_t i = 0; i < given.n; i++) {
		size_t f = 0;
		while (f < verb->n && !str_eq(given.at[i].name, str_of(verb->fields[f].name)))
			f++;
		if (f == verb->n && str_eq(given.at[i].name, STR("passphrase")))
			continue;
		if (f == verb->n)
			return err_set(&op->err, INVALID, NULL, "%s has no field \"" STR_FMT "\".", verb->name, STR_ARG(given.at[i].name));
		if (verb->fields[f].type == FIELD_PATH)
			return err_set(&op->err, REFUSED, verb->fields[f].name, "%s names a file of the machine that Handback runs on: that is for the command line.", verb->fields[f].name);
		args->arg[f].value[args->arg[f].n++] = given.at[i].value;
	}
	return true;
}

struct answered { struct buf rows, notes; };

static void put_row(void *to, struct str s)
{
	buf_put(&((struct answered *)to)->rows, s);
}

static void put_note(void *to, struct str s)
{
	buf_put(&((struct answered *)to)->notes, s);
}

/* Rows are JSON already, one a line. */
static void answer_write(struct buf *out, const struct answered *said, bool attention)
{
	struct str rows = buf_str(&said->rows), notes = buf_str(&said->notes);
	bool first = true;
	buf_put(out, STR("{\"rows\":["));
	while (rows.p) {
		struct str row = str_split(&rows, '\n');
		if (!row.n)
			continue;
		buf_put(out, first ? STR("") : STR(","));
		buf_put(out, row);
		first = false;
	}
	buf_put(out, STR("],\"notes\":"));
	struct json j = json_to(out);
	json_open(&j, '[');
	while (notes.p) {
		struct str note = str_split(&notes, '\n');
		if (note.n)
			json_str(&j, note);
	}
	json_close(&j);
	buf_put(out, attention ? STR(",\"attention\":true}\n") : STR(",\"attention\":false}\n"));
}

/* ---- long verbs are jobs ---- */

static bool job_ready(struct op *op, void *about)
{
	typed = str_of(about);
	op->ask = typed_give;
	return true;
}

static void job_over(void *about)
{
	wipe(about, strlen(about));
	free(about);
	typed = STR("");
}

static bool job_answer(struct visit *v, const struct verb *verb, const struct args *args, struct str passphrase)
{
	int64_t id;
	char *kept = mem_zero(passphrase.n + 1, 1);
	memcpy(kept, passphrase.p, passphrase.n);
	if (!job_start(v->op, &(struct job_order){ verb, args, job_ready, job_over, kept }, &id)) {
		job_over(kept);
		return false;
	}
	v->reply->status = 202;
	struct json j = json_to(&v->reply->body);
	json_open(&j, '{');
	json_key(&j, "job"), json_i64(&j, id);
	json_close(&j);
	return true;
}

bool api_page(struct visit *v)
{
	struct op *op = v->op;
	struct pairs given = v->ask->query;
	struct args args;
	const struct verb *verb = verb_at(pair_text(v->ask->param, "verb"));
	bool get = !str_eq(v->ask->method, STR("POST"));
	v->reply->type = "application/json";
	if (!verb)
		return err_set(&op->err, NOT_FOUND, NULL, "There is no such verb. handback help lists them all; a blank in a name is a / here.");
	if (get && verb->how != VERB_READ)
		return err_set(&op->err, INVALID, NULL, "%s changes something: POST it.", verb->name);
	if (!get && v->ask->body.n && !fields_json(op->a, v->ask->body, &given))
		return err_set(&op->err, INVALID, NULL, "The body is one JSON object of %s's fields: texts, whole numbers, true, or lists of them.", verb->name);
	if (!args_fill(op, verb, given, &args))
		return false;
	struct str passphrase = pair_text(given, "passphrase");
	if (verb->how == VERB_LONG)
		return job_answer(v, verb, &args, passphrase);
	struct answered said = { BUF(ROWS_MAX), BUF(NOTES_MAX) };
	struct answer answer = { .json = true, .put = put_row, .note = put_note, .to = &said };
	typed = passphrase;
	op->ask = typed_give;
	bool good = op_do(op, verb, &args, &answer) && (!said.rows.full || err_set(&op->err, TOO_BIG, NULL, "The answer is too long. Ask for less at once."));
	typed = STR("");
	if (good)
		answer_write(&v->reply->body, &said, answer.attention);
	buf_free(&said.rows);
	buf_free(&said.notes);
	return good;
}
