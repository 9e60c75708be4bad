/* api - /api/v1: every verb that needs neither this machine's files nor a terminal, for programs. Made from the verbs' own tables, as its description is.
 *
 * A POST brings the verb's fields as one JSON object, a GET of a READ verb as a query; the answer is the verb's rows, or its file. What a token may, its
 * person's role decides (op_do). A passphrase that a body brings is tried first, as a sign-in is, and opens the vault for this one call.
 */
#include "act.h"
#include "detect.h"
#include "person.h"

#include <jansson.h>
#include <stdio.h>

enum { VALUES_MAX = 1000, NAME_MAX_SAID = 31 };

static const char *const application_json = "application/json";

/* ---- what is offered ---- */

/* What a body may bring beside the verb's fields; they are never in an address. */
static const char passphrase_name[] = "passphrase", new_name[] = "new-passphrase";

/* A path names a file of this machine; what is a terminal's waits there. */
static bool field_offered(const struct verb_field *f)
{
	return (f->type != FIELD_PATH || f->how & FIELD_AFAR) && !(f->how & FIELD_TERMINAL);
}

static bool verb_offered(const struct verb *v)
{
	bool offered = v->how != VERB_NEW && (v->how != VERB_OUT || v->afar);
	for (size_t i = 0; i < v->n; i++)
		offered &= field_offered(&v->fields[i]) || !(v->fields[i].how & FIELD_NEEDED);
	return offered;
}

static bool verb_renews(const struct verb *v)            /* it takes a new passphrase */
{
	bool renews = false;
	for (size_t i = 0; i < v->n; i++)
		renews |= v->fields[i].how & FIELD_SECRET;
	return renews;
}

/* Persons, tokens, keys and settings are an owner's alone: changing them asks who it is again. */
static bool verb_guarded(const struct verb *v)
{
	return verb_roles(v) == ROLE_OWNER && v->how != VERB_READ;
}

static const struct verb *verb_asked(struct visit *v)
{
	struct str words = pair_text(v->ask->param, "verb");
	for (size_t t = 0; t < room_verbs_n; t++)
		for (const struct verb *verb = room_verbs[t]; verb->name; verb++) {
			size_t i = 0;
			while (i < words.n && verb->name[i] && (words.p[i] == '/' ? ' ' : words.p[i] == ' ' ? '/' : words.p[i]) == verb->name[i])
				i++;
			if (i == words.n && !verb->name[i] && verb_offered(verb))
				return verb;
		}
	return NULL;
}

/* ---- what is brought ---- */

/* The argument that a field's name stands for. A name that is none is repeated only where it can be no card number. */
static struct arg *arg_of(struct visit *v, struct args *args, struct str name)
{
	for (size_t i = 0; i < args->n; i++)
		if (str_eq(name, str_of(args->arg[i].field->name)) && field_offered(args->arg[i].field))
			return &args->arg[i];
	if (name.n > NAME_MAX_SAID || detect_could(name))
		err_set(&v->op->err, INVALID, NULL, "There is a field that this does not take. /api/v1/openapi.json says which it takes.");
	else
		err_set(&v->op->err, INVALID, arena_str(v->op->a, name).p, "This takes no field \"" STR_FMT "\". /api/v1/openapi.json says which it takes.", STR_ARG(name));
	return NULL;
}

static bool arg_give(struct visit *v, struct arg *arg, struct str value)
{
	size_t most = arg->field->how & FIELD_LIST ? VALUES_MAX : 1;
	if (arg->n == most)
		return most == 1 ? err_set(&v->op->err, INVALID, arg->field->name, "%s can be given once only.", arg->field->name)
		                 : err_set(&v->op->err, TOO_BIG, arg->field->name, "%s takes at most %d values.", arg->field->name, VALUES_MAX);
	if (!arg->value)
		arg->value = ARENA_ARRAY(v->op->a, struct str, most);
	arg->value[arg->n++] = arena_str(v->op->a, value);
	return true;
}

static bool by_query(struct visit *v, struct args *args)
{
	for (size_t i = 0; i < v->ask->query.n; i++) {
		const struct pair *p = &v->ask->query.at[i];
		struct arg *arg = arg_of(v, args, p->name);
		if (!arg)
			return false;
		if (arg->field->type == FIELD_FLAG && str_eq(p->value, STR("false")))
			continue;
		if (arg->field->type == FIELD_FLAG && !str_eq(p->value, STR("true")))
			return err_set(&v->op->err, INVALID, arg->field->name, "%s is true or false.", arg->field->name);
		if (!arg_give(v, arg, p->value))
			return false;
	}
	return true;
}

static bool one_value(struct visit *v, struct arg *arg, const json_t *value)
{
	const struct verb_field *f = arg->field;
	if (f->type == FIELD_FLAG) {
		if (!json_is_boolean(value))
			return err_set(&v->op->err, INVALID, f->name, "%s is true or false.", f->name);
		return json_is_false(value) || arg_give(v, arg, STR(""));
	}
	if (f->type == FIELD_NUMBER) {
		if (!json_is_integer(value))
			return err_set(&v->op->err, INVALID, f->name, "%s is a whole number.", f->name);
		return arg_give(v, arg, arena_say(v->op->a, "%lld", (long long)json_integer_value(value)));
	}
	if (!json_is_string(value))
		return err_set(&v->op->err, INVALID, f->name, "%s is a text.", f->name);
	return arg_give(v, arg, (struct str){ json_string_value(value), json_string_length(value) });
}

/* The secrets of a body stand where a form's would: act.h finds them there. */
static bool secrets_take(struct visit *v, const json_t *body, bool renews)
{
	static const struct { const char *sent, *form; } secrets[] = { { passphrase_name, passphrase_name }, { new_name, "new" }, { new_name, "new-again" } };
	struct pair *pair = ARENA_ARRAY(v->op->a, struct pair, LENGTH(secrets));
	v->ask->form = (struct pairs){ pair, 0 };
	for (size_t i = 0; i < (renews ? LENGTH(secrets) : 1); i++) {
		const json_t *value = json_object_get(body, secrets[i].sent);
		if (value && !json_is_string(value))
			return err_set(&v->op->err, INVALID, secrets[i].sent, "%s is a text.", secrets[i].sent);
		if (value)
			pair[v->ask->form.n++] = (struct pair){ str_of(secrets[i].form), arena_str(v->op->a, (struct str){ json_string_value(value), json_string_length(value) }) };
	}
	return true;
}

static bool by_object(struct visit *v, json_t *body, const struct verb *verb, struct args *args)
{
	const char *name;
	json_t *value;
	if (!json_is_object(body))
		return err_set(&v->op->err, INVALID, NULL, "The body is one JSON object with the fields of this.");
	if (!secrets_take(v, body, verb_renews(verb)))
		return false;
	json_object_foreach(body, name, value) {
		if (strcmp(name, passphrase_name) == 0 || (verb_renews(verb) && strcmp(name, new_name) == 0))
			continue;
		struct arg *arg = arg_of(v, args, str_of(name));
		if (!arg)
			return false;
		bool list = arg->field->how & FIELD_LIST;
		if (list != json_is_array(value))
			return err_set(&v->op->err, INVALID, arg->field->name, list ? "%s is a list." : "%s is one value, no list.", arg->field->name);
		for (size_t i = 0; list && i < json_array_size(value); i++)
			if (!one_value(v, arg, json_array_get(value, i)))
				return false;
		if (!list && !one_value(v, arg, value))
			return false;
	}
	return true;
}

/* The library's own words may repeat what was sent: they are not passed on. */
static bool by_body(struct visit *v, const struct verb *verb, struct args *args)
{
	struct str type = ask_header(v->ask, "Content-Type"), body = v->ask->body;
	json_error_t e;
	if (!body.n && !v->ask->form.n && !v->ask->uploads)
		return true;
	if (!str_eq_nocase(str_trim(str_split(&type, ';')), str_of(application_json)))
		return err_set(&v->op->err, INVALID, NULL, "The body is one JSON object, and its Content-Type application/json.");
	json_t *json = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &e);
	if (!json)
		return err_set(&v->op->err, INVALID, NULL, "The body is not JSON as it should be: look at line %d, column %d.", e.line, e.column);
	bool good = by_object(v, json, verb, args);
	json_decref(json);
	return good;
}

/* ---- what is answered ---- */

/* Some verbs answer bare lines, not objects, where they are asked to: those are texts. */
static void put_rows(struct buf *out, struct str rows)
{
	bool first = true;
	while (rows.n) {
		struct str line = str_split(&rows, '\n');
		json_t *row = line.n && line.p[0] == '{' ? json_loadb(line.p, line.n, 0, NULL) : NULL;
		buf_put(out, first ? STR("") : STR(","));
		first = false;
		if (row) {
			buf_put(out, line);
		} else {
			struct json j = json_to(out);
			json_str(&j, line);
		}
		json_decref(row);
	}
}

static void put_notes(struct json *j, struct str notes)
{
	json_open(j, '[');
	while (notes.n)
		json_str(j, str_split(&notes, '\n'));
	json_close(j);
}

static bool may_now(struct visit *v, const struct verb *verb)
{
	enum role role;
	if (!op_role(v->op, &role))
		return false;
	bool guarded = verb_guarded(verb) && role == ROLE_OWNER;         /* op_do says whether another role may */
	if ((!guarded && (!verb->again || v->token)) || pair_has(v->ask->form, passphrase_name))
		return true;
	if (v->token)
		return err_set(&v->op->err, LOCKED, passphrase_name, "Persons, tokens, keys and settings are not changed with a token alone. Send your passphrase along, as \"passphrase\".");
	return v->session->login.again > v->op->now || err_set(&v->op->err, LOCKED, NULL, "Sign in again first: the last time is longer ago than 15 minutes.");
}

/* A passphrase that was sent: tried before anything is done, wherever it would be asked. Who fails waits, as at the sign-in. */
bool api_key(struct visit *v)
{
	int64_t person = v->op->person;
	if (!pair_has(v->ask->form, passphrase_name))
		return true;
	if (!throttle_may(person, v->ask->peer, v->op->now, &v->op->err))
		return false;
	if (act_key_at_hand(v) ? act_key_again(v) : act_key(v)) {
		throttle_good(person);
		return true;
	}
	if (v->op->err.code == REFUSED)
		try_failed(v, person);
	return false;
}

bool api_begun(struct visit *v, int64_t id)
{
	struct json j = json_to(&v->reply->body);
	struct str where = arena_say(v->op->a, "/api/v1/job/show?job=%lld", (long long)id);
	v->reply->status = 202;
	v->reply->type = application_json;
	reply_head(v->reply, "Location", where);
	json_open(&j, '{');
	json_key(&j, "job"), json_i64(&j, id);
	json_key(&j, "show"), json_str(&j, where);
	json_key(&j, "events"), json_str(&j, arena_say(v->op->a, "/api/v1/job/%lld/events", (long long)id));
	json_close(&j);
	return true;
}

/* Says in a script's words what lacks. */
static bool asked(struct op *op, const char *why, struct str *passphrase)
{
	return act_ask(op, why, passphrase) || err_set(&op->err, LOCKED, passphrase_name, "This needs the passphrase (%s). Send it along, as \"passphrase\".", why);
}

static bool job_answer(struct visit *v, struct act *a)
{
	int64_t id;
	return job_begin_for(v, a, NULL, &id) && api_begun(v, id);
}

/* The verb writes a folder; from elsewhere it is one file. */
bool api_export(struct visit *v)
{
	const struct verb none = { .name = "" };
	return by_body(v, &none, &(struct args){ 0 }) && api_key(v) && export_give(v, asked);
}

bool api_do(struct visit *v)
{
	struct act a;
	const struct verb *verb = verb_asked(v);
	bool get = !str_eq(v->ask->method, STR("POST"));
	if (!verb)
		return err_set(&v->op->err, NOT_FOUND, NULL, "The API has nothing of this name. /api/v1/openapi.json lists what it has.");
	if (get && verb->how != VERB_READ) {
		reply_head(v->reply, "Allow", STR("POST"));
		visit_error(v, 405, STR("This changes something, so it takes a POST."));
		return true;
	}
	act_begin(v, &a, verb->name);
	bool good = (get ? by_query(v, &a.args) : by_body(v, verb, &a.args)) && may_now(v, verb) && api_key(v);
	bool slow = verb->slow;
	for (size_t i = 0; i < a.args.n; i++)
		slow |= a.args.arg[i].n && a.args.arg[i].field->how & FIELD_SLOW;
	good = good && (slow ? job_answer(v, &a) : act_do_by(v, &a, asked));
	if (good && (a.rows.full || a.words.full || a.file.full))
		good = err_set(&v->op->err, TOO_BIG, NULL, "The answer is too long. Ask for less at once.");
	if (good && a.file.n) {
		v->reply->type = str_starts(buf_str(&a.file), STR("%PDF")) ? "application/pdf" : "application/octet-stream";
		reply_head(v->reply, "Content-Disposition", STR("attachment"));
		buf_put(&v->reply->body, buf_str(&a.file));
	} else if (good && !slow) {
		struct buf *out = &v->reply->body;
		struct json j = json_to(out);
		v->reply->type = application_json;
		json_open(&j, '{');
		json_key(&j, "notes"), put_notes(&j, buf_str(&a.words));
		json_key(&j, "attention"), json_bool(&j, a.attention);
		json_key(&j, "rows"), json_open(&j, '[');
		put_rows(out, buf_str(&a.rows));
		json_close(&j);
		json_close(&j);
	}
	act_end(&a);
	return good;
}

void api_error(struct visit *v, int status, struct str what)
{
	/* what the door refuses itself has a status alone */
	static const struct { int status; const char *name; } names[] = {
		{ 400, "invalid" }, { 401, "unknown" }, { 403, "refused" }, { 404, "not_found" }, { 405, "method" }, { 413, "too_big" }, { 421, "host" }, { 429, "wait" },
		{ 501, "coding" }, { 500, "torn" },
	};
	size_t i = 0;
	while (i + 1 < LENGTH(names) && names[i].status != status)
		i++;
	v->reply->status = status;
	v->reply->type = application_json;
	if (status == 401)
		reply_head(v->reply, "WWW-Authenticate", STR("Bearer"));
	buf_clear(&v->reply->body);
	struct json j = json_to(&v->reply->body);
	json_open(&j, '{');
	json_key(&j, "error"), json_str(&j, str_of(v->op->err.code ? fault_name(v->op->err.code) : names[i].name));
	json_key(&j, "field");
	if (v->op->err.field[0])
		json_str(&j, str_of(v->op->err.field));
	else
		json_none(&j);
	json_key(&j, "say"), json_str(&j, what);
	json_close(&j);
}

/* ---- what it is, for programs: OpenAPI 3.1 ---- */

static void text_at(struct json *j, const char *key, const char *text)
{
	json_key(j, key), json_str(j, str_of(text));
}

static void see(struct json *j, const char *key, const char *where)
{
	json_key(j, key), json_open(j, '{');
	text_at(j, "$ref", where);
	json_close(j);
}

static void tell_type(struct json *j, const struct verb_field *f)
{
	text_at(j, "type", f->type == FIELD_FLAG ? "boolean" : f->type == FIELD_NUMBER ? "integer" : "string");
	if (f->type == FIELD_NUMBER)
		text_at(j, "format", "int64");
}

static void tell_schema(struct json *j, const struct verb_field *f)
{
	json_open(j, '{');
	if (f->how & FIELD_LIST) {
		text_at(j, "type", "array");
		json_key(j, "maxItems"), json_i64(j, VALUES_MAX);
		json_key(j, "items"), json_open(j, '{'), tell_type(j, f), json_close(j);
	} else {
		tell_type(j, f);
	}
	text_at(j, "description", f->help);
	json_close(j);
}

static void tell_query(struct json *j, const struct verb *v)
{
	json_key(j, "parameters"), json_open(j, '[');
	for (size_t i = 0; i < v->n; i++) {
		const struct verb_field *f = &v->fields[i];
		if (!field_offered(f))
			continue;
		json_open(j, '{');
		text_at(j, "name", f->name), text_at(j, "in", "query");
		json_key(j, "required"), json_bool(j, f->how & FIELD_NEEDED);
		json_key(j, "schema"), tell_schema(j, f);
		json_close(j);
	}
	json_close(j);
}

static void tell_object(struct json *j, const struct verb *v)
{
	bool needed = false;
	json_open(j, '{');
	text_at(j, "type", "object");
	json_key(j, "additionalProperties"), json_bool(j, false);
	json_key(j, "properties"), json_open(j, '{');
	for (size_t i = 0; i < v->n; i++)
		if (field_offered(&v->fields[i])) {
			needed |= v->fields[i].how & FIELD_NEEDED;
			json_key(j, v->fields[i].name), tell_schema(j, &v->fields[i]);
		}
	see(j, passphrase_name, "#/components/schemas/Passphrase");
	if (verb_renews(v))
		see(j, new_name, "#/components/schemas/Passphrase");
	json_close(j);
	json_key(j, "required"), json_open(j, '[');
	for (size_t i = 0; i < v->n; i++)
		if (v->fields[i].how & FIELD_NEEDED)
			json_str(j, str_of(v->fields[i].name));
	json_close(j);
	json_close(j);
	json_close(j);                                   /* schema's holder, application/json */
	json_close(j);                                   /* content */
	json_key(j, "required"), json_bool(j, needed);
}

static void tell_verb(struct json *j, const struct verb *v, bool get)
{
	static const enum role roles[] = { ROLE_OWNER, ROLE_MANAGER, ROLE_STAFF, ROLE_HELPER };
	char id[64];
	int n = snprintf(id, sizeof id, "%s_%s", get ? "get" : "post", v->name);
	for (int i = 0; i < n; i++)
		id[i] = id[i] == ' ' ? '_' : id[i];
	json_key(j, get ? "get" : "post"), json_open(j, '{');
	text_at(j, "operationId", id), text_at(j, "summary", v->help);
	json_key(j, "x-roles"), json_open(j, '[');
	for (size_t i = 0; i < LENGTH(roles); i++)
		if (verb_roles(v) & roles[i])
			json_str(j, str_of(role_name(roles[i])));
	json_close(j);
	json_key(j, "x-token"), json_bool(j, !verb_guarded(v));
	if (get) {
		tell_query(j, v);
	} else {
		json_key(j, "requestBody"), json_open(j, '{');
		json_key(j, "content"), json_open(j, '{');
		json_key(j, "application/json"), json_open(j, '{');
		json_key(j, "schema"), tell_object(j, v);
		json_close(j);
	}
	json_key(j, "responses"), json_open(j, '{');
	bool slow = v->slow;
	for (size_t i = 0; i < v->n; i++)
		slow |= v->fields[i].how & FIELD_SLOW;
	if (!v->slow)
		see(j, "200", v->how == VERB_LONG ? "#/components/responses/AnswerOrFile" : "#/components/responses/Answer");
	if (slow)
		see(j, "202", "#/components/responses/Begun");
	see(j, "default", "#/components/responses/Fault");
	json_close(j);
	json_close(j);
}

static const char components[] =
	"{\"securitySchemes\":{"
	"\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"From handback token add; does what its person's role may.\"},"
	"\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"handback\",\"description\":\"A browser's own; a POST also brings the session's word, as forms have it, as X-CSRF-Token.\"}},"
	"\"responses\":{"
	"\"Answer\":{\"description\":\"Done.\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Answer\"}}}},"
	"\"AnswerOrFile\":{\"description\":\"Done; where a paper or a photo was asked for, that file.\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Answer\"}},"
	"\"application/pdf\":{\"schema\":{\"type\":\"string\"}},\"application/octet-stream\":{\"schema\":{\"type\":\"string\"}}}},"
	"\"Begun\":{\"description\":\"It has begun, and goes on by itself.\",\"headers\":{\"Location\":{\"description\":\"Where job show tells of it.\",\"schema\":{\"type\":\"string\"}}},"
	"\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Begun\"}}}},"
	"\"Fault\":{\"description\":\"Not done: 400 invalid, 401 nobody known, 403 refused, 404, 405, 409 conflict, 413 too big, 423 needs the passphrase, 500, 503.\","
	"\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Fault\"}}}}},"
	"\"schemas\":{"
	"\"Passphrase\":{\"type\":\"string\",\"maxLength\":1024,\"description\":\"The asker's own, where one is needed: it counts for this call. In vault recover the recovery code.\"},"
	"\"Answer\":{\"type\":\"object\",\"required\":[\"rows\",\"notes\",\"attention\"],\"properties\":{"
	"\"rows\":{\"type\":\"array\",\"items\":{\"type\":[\"object\",\"string\"]},\"description\":\"As the command prints them with --json.\"},"
	"\"notes\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"Remarks for people.\"},"
	"\"attention\":{\"type\":\"boolean\",\"description\":\"Done, and somebody should look.\"}}},"
	"\"Begun\":{\"type\":\"object\",\"required\":[\"job\",\"show\",\"events\"],\"properties\":{"
	"\"job\":{\"type\":\"integer\"},\"show\":{\"type\":\"string\",\"description\":\"Where job show tells of it, at the end with its rows.\"},"
	"\"events\":{\"type\":\"string\",\"description\":\"Where one server-sent event tells how it is now.\"}}},"
	"\"Fault\":{\"type\":\"object\",\"required\":[\"error\",\"field\",\"say\"],\"properties\":{"
	"\"error\":{\"type\":\"string\"},\"field\":{\"type\":[\"string\",\"null\"]},\"say\":{\"type\":\"string\",\"description\":\"For people: what is wrong and what to do.\"}}}}}";

/* What is apart from the verbs' tables: a file is sent and fetched, and how a job is now is for listeners. */
#define ALL_ROLES "\"x-roles\":[\"owner\",\"manager\",\"staff\",\"helper\"],\"x-token\":true,"
#define LEAD_ROLES "\"x-roles\":[\"owner\",\"manager\"],\"x-token\":true,"
#define JOB_IN_PATH "\"parameters\":[{\"name\":\"job\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"integer\",\"format\":\"int64\"}}],"
#define OR_FAULT "\"default\":{\"$ref\":\"#/components/responses/Fault\"}}"
static const struct { const char *path, *what; } apart[] = {
	{ "/api/v1/job/{job}/events", "{\"get\":{\"operationId\":\"get_job_events\",\"summary\":\"Tells by a server-sent event how a job is now, and ends; browsers ask again after a second.\","
	  ALL_ROLES JOB_IN_PATH "\"responses\":{\"200\":{\"description\":\"retry: 1000, and data: an object with job, what, state (running, done, failed, stopped), done, of, percent, stop_asked, attention, say.\","
	  "\"content\":{\"text/event-stream\":{\"schema\":{\"type\":\"string\"}}}}," OR_FAULT "}}" },
	{ "/api/v1/import", "{\"post\":{\"operationId\":\"post_import\",\"summary\":\"Reads customers and touches from an export that is sent along.\"," LEAD_ROLES
	  "\"requestBody\":{\"required\":true,\"content\":{\"multipart/form-data\":{\"schema\":{\"type\":\"object\",\"required\":[\"file\"],\"properties\":{"
	  "\"file\":{\"type\":\"string\",\"contentMediaType\":\"text/csv\",\"description\":\"the export, as it came; at most 256 MiB\"},\"format\":{\"type\":\"string\"},"
	  "\"passphrase\":{\"$ref\":\"#/components/schemas/Passphrase\"},"
	  "\"dry-run\":{\"type\":\"string\",\"enum\":[\"true\",\"false\"],\"description\":\"only says what would be understood; keeps nothing\"}}}}}},"
	  "\"responses\":{\"202\":{\"$ref\":\"#/components/responses/Begun\"}," OR_FAULT "}}" },
	{ "/api/v1/export", "{\"post\":{\"operationId\":\"post_export\",\"summary\":\"Everything in open formats as a ZIP, not encrypted; at most 256 MiB.\",\"x-roles\":[\"owner\"],\"x-token\":false,"
	  "\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"required\":[\"passphrase\"],\"additionalProperties\":false,"
	  "\"properties\":{\"passphrase\":{\"$ref\":\"#/components/schemas/Passphrase\"}}}}}},"
	  "\"responses\":{\"200\":{\"description\":\"the file\",\"content\":{\"application/zip\":{\"schema\":{\"type\":\"string\"}}}}," OR_FAULT "}}" },
	{ "/api/v1/import/{job}/refused", "{\"get\":{\"operationId\":\"get_import_refused\",\"summary\":\"The rows that the import of this job refused, masked, each with the reason; for an hour.\"," LEAD_ROLES
	  JOB_IN_PATH "\"responses\":{\"200\":{\"description\":\"row, reason, cells\",\"content\":{\"text/csv\":{\"schema\":{\"type\":\"string\"}}}}," OR_FAULT "}}" },
};

void desk_openapi(struct buf *out)
{
	struct json j = json_to(out);
	json_open(&j, '{');
	text_at(&j, "openapi", "3.1.0");
	json_key(&j, "info"), json_open(&j, '{');
	text_at(&j, "title", "Handback"), text_at(&j, "version", HANDBACK_VERSION);
	text_at(&j, "description", "The commands of handback, for programs: the same words, fields and rows.");
	json_close(&j);
	json_key(&j, "servers"), json_open(&j, '['), json_open(&j, '{'), text_at(&j, "url", "/"), json_close(&j), json_close(&j);
	json_key(&j, "security"), json_open(&j, '[');
	json_open(&j, '{'), json_key(&j, "token"), json_open(&j, '['), json_close(&j), json_close(&j);
	json_open(&j, '{'), json_key(&j, "session"), json_open(&j, '['), json_close(&j), json_close(&j);
	json_close(&j);
	json_key(&j, "paths"), json_open(&j, '{');
	for (size_t i = 0; i < LENGTH(apart); i++) {
		json_key(&j, apart[i].path), buf_put(out, str_of(apart[i].what));
		j.after_key = false;
	}
	for (size_t t = 0; t < room_verbs_n; t++)
		for (const struct verb *v = room_verbs[t]; v->name; v++) {
			char path[80];
			int n = snprintf(path, sizeof path, "/api/v1/%s", v->name);
			if (!verb_offered(v))
				continue;
			for (int i = 0; i < n; i++)
				path[i] = path[i] == ' ' ? '/' : path[i];
			json_key(&j, path), json_open(&j, '{');
			if (v->how == VERB_READ)
				tell_verb(&j, v, true);
			tell_verb(&j, v, false);
			json_close(&j);
		}
	json_close(&j);
	json_key(&j, "components");
	buf_put(out, str_of(components));
	json_close(&j);
}

/* ---- the same as YAML (1.2, block style): each text stays in the quotes that JSON and YAML share ---- */

static struct str json_piece(struct str *rest)           /* a text, or a number or word, off the beginning */
{
	size_t n = 0;
	if (rest->p[0] == '"')
		for (n = 1; rest->p[n] != '"'; n++)
			n += rest->p[n] == '\\';
	else
		while (n + 1 < rest->n && !strchr(",]}", rest->p[n + 1]))
			n++;
	struct str piece = { rest->p, n + 1 };
	rest->p += n + 1, rest->n -= n + 1;
	return piece;
}

static char json_byte(struct str *rest)
{
	char c = rest->p[0];
	rest->p++, rest->n--;
	return c;
}

/* rest: JSON of ours, without spaces. fresh: it begins behind a dash, on the same line. */
static void yaml_put(struct buf *out, struct str *rest, int depth, bool fresh)
{
	char open = rest->p[0], close = open == '{' ? '}' : ']';
	if (open != '{' && open != '[') {
		struct str piece = json_piece(rest);
		buf_printf(out, "%s" STR_FMT "\n", fresh ? "" : " ", STR_ARG(piece));
		return;
	}
	json_byte(rest);
	if (rest->p[0] == close) {
		json_byte(rest);
		buf_printf(out, "%s%c%c\n", fresh ? "" : " ", open, close);
		return;
	}
	buf_put(out, fresh || !depth ? STR("") : STR("\n"));
	for (bool first = true; first || rest->p[0] == ','; first = false) {
		if (!first)
			json_byte(rest);
		buf_printf(out, "%*s", first && fresh ? 0 : 2 * depth, "");
		if (open == '{') {
			struct str key = json_piece(rest);
			json_byte(rest);
			buf_printf(out, STR_FMT ":", STR_ARG(key));
		} else {
			buf_put(out, STR("- "));
		}
		yaml_put(out, rest, depth + 1, open == '[');
	}
	json_byte(rest);
}

void desk_openapi_yaml(struct buf *out)
{
	struct buf json = BUF(4 << 20);
	desk_openapi(&json);
	struct str rest = buf_str(&json);
	yaml_put(out, &rest, 0, false);
	buf_free(&json);
}

bool api_openapi_yaml(struct visit *v)
{
	v->reply->type = "application/yaml";             /* RFC 9512 */
	desk_openapi_yaml(&v->reply->body);
	return true;
}

bool api_openapi(struct visit *v)
{
	v->reply->type = application_json;
	desk_openapi(&v->reply->body);
	return true;
}
