/* status_verbs - deciding on an incident's public page: its words, that it is public, that it is no more; and asking as a visitor would. */
#include "front.h"
#include "log.h"
#include "lookup.h"
#include "status.h"
#include "status_int.h"
#include "status_sql.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool asked(struct op *op, const struct args *args, struct incident *i, struct status *s)
{
	int64_t id = 0;
	args_number(args, "incident", &id);
	return incident_get(op, id, i) && status_get(op, i, s);
}

static const char *state_of(const struct status *s)
{
	return s->since ? "public" : s->version ? "not_public" : "none";
}

static void words_tell(struct answer *answer, const struct status_words in[2])
{
	answer_text(answer, "title", in[0].title);
	answer_text(answer, "text", in[0].text);
	answer_text(answer, "spanish_title", in[1].title);
	answer_text(answer, "spanish_text", in[1].text);
}

static void objections_tell(struct op *op, const struct status_look *look, struct answer *answer)
{
	struct str *line = ARENA_ARRAY(op->a, struct str, 4 * SIGHTINGS_MAX);
	size_t n = 0;
	for (int l = 0; l < 2; l++)
		for (int sort = 0; sort < 2; sort++) {
			const struct objection *o = sort ? look->brag[l] : look->untrue[l];
			for (size_t k = 0; k < (sort ? look->brags[l] : look->untrues[l]) && n < 4 * SIGHTINGS_MAX; k++)
				line[n++] = arena_say(op->a, "\"" STR_FMT "\": " STR_FMT " " STR_FMT, STR_ARG(o[k].words), STR_ARG(o[k].why), STR_ARG(o[k].instead));
		}
	answer_words(answer, "objections", line, n);
}

static void objections_say(const struct status_look *look, struct answer *answer)
{
	for (int l = 0; l < 2; l++) {
		for (size_t k = 0; k < look->untrues[l]; k++)
			answer_say(answer, "Not so, by what is known: \"" STR_FMT "\". " STR_FMT, STR_ARG(look->untrue[l][k].sentence), STR_ARG(look->untrue[l][k].why));
		for (size_t k = 0; k < look->brags[l]; k++)
			answer_say(answer, "Can't be said: \"" STR_FMT "\". " STR_FMT, STR_ARG(look->brag[l][k].words), STR_ARG(look->brag[l][k].why));
	}
	answer_say(answer, "In English %" PRId64 " sentences, the longest of %" PRId64 " words; in Spanish %" PRId64 ", the longest of %" PRId64 ".", look->read[0].sentences, look->read[0].longest,
	           look->read[1].sentences, look->read[1].longest);
}

/* ---- looking ---- */

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct status s;
	struct status_look look;
	struct lookup l;
	if (!asked(op, args, &i, &s) || !status_look(op, &i, s.in, &look) || !status_answers(op, &i, &l))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	answer_text(answer, "state", str_of(state_of(&s)));
	answer_time(answer, "since", s.since ? s.since : FAR_OFF);
	answer_flag(answer, "words_wait", s.waits);
	words_tell(answer, s.in);
	answer_flag(answer, "may_be_public", !look.refused);
	answer_number(answer, "places", (int64_t)l.places);
	answer_number(answer, "days_and_places", (int64_t)l.rows);
	objections_tell(op, &look, answer);
	answer_row_end(answer);
	answer_say(answer, "%s", s.since ? "The page of this incident is public." : "The page of this incident is not public.");
	for (int k = 0; k < 2; k++) {
		answer_say(answer, "%s", "");
		answer_lines(answer, s.in[k].title);
		answer_lines(answer, s.in[k].text);
	}
	answer_say(answer, "%s", "");
	objections_say(&look, answer);
	if (l.rows)
		answer_say(answer, "Who paid by card can ask there: %s.", l.places ? counted(op->a, (int64_t)l.places, "place is known", "places are known") : "no place is known, only days");
	else
		answer_say(answer, "No payment by card is at risk, so there is nothing to look up.");
	answer->attention = look.refused;
	return true;
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct status *s;
	size_t n;
	(void)args;
	if (!status_public(op, &s, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		answer_row(answer);
		answer_number(answer, "incident", s[k].incident);
		answer_time(answer, "since", s[k].since);
		answer_text(answer, "title", s[k].out[0].title);
		answer_text(answer, "spanish_title", s[k].out[1].title);
		answer_row_end(answer);
		answer_say(answer, "Incident %" PRId64 ", since " STR_FMT ": " STR_FMT, s[k].incident, STR_ARG(when_local_text(op->a, op->zone, s[k].since)), STR_ARG(s[k].out[0].title));
	}
	if (!n)
		answer_say(answer, "No incident has a public page.");
	return true;
}

/* ---- deciding ---- */

static bool version_put(struct op *op, const struct status *s, const struct status_words w[2], int64_t state, const char *event)
{
	uint8_t hash[32];
	sha256(arena_say(op->a, STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n", STR_ARG(w[0].title), STR_ARG(w[0].text), STR_ARG(w[1].title), STR_ARG(w[1].text)), hash);
	return sql_status_put(op, s->incident, s->version + 1, state, op->now, op->person, w[0].title, w[0].text, w[1].title, w[1].text) &&
	       log_add_hash(op, event, ABOUT({ "incident", s->incident }, { "version", s->version + 1 }, { "by", op->person }), "text", hash, NULL);
}

static bool words_run(struct op *op, const struct args *args, struct answer *answer)
{
	static const char *const field[] = { "title", "text", "spanish-title", "spanish-text" };
	struct incident i;
	struct status s;
	struct status_look look;
	bool any = args_has(args, "ours");
	if (!asked(op, args, &i, &s) || (any && !status_ours(op, &i, s.in)))
		return false;
	for (size_t k = 0; k < LENGTH(field); k++) {
		struct str *to = k % 2 ? &s.in[k / 2].text : &s.in[k / 2].title, given = str_trim(args_text(args, field[k]));
		if (!args_has(args, field[k]))
			continue;
		any = true;
		if (!given.n)
			return err_set(&op->err, INVALID, field[k], "Write a title and a text, in English and in Spanish.");
		if (given.n > (k % 2 ? STATUS_TEXT_MAX : STATUS_TITLE_MAX))
			return err_set(&op->err, TOO_BIG, field[k], k % 2 ? "The text is too long. Please write less." : "The title is too long. Please write less.");
		if (!(k % 2) && memchr(given.p, '\n', given.n))
			return err_set(&op->err, INVALID, field[k], "A title is one line.");
		*to = given;
	}
	if (!any)
		return err_set(&op->err, INVALID, "text", "Say what is to be written: --title, --text, --spanish-title, --spanish-text; or --ours.");
	if (!version_put(op, &s, s.in, STATUS_WAITS, "status.worded") || !status_look(op, &i, s.in, &look))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	answer_number(answer, "version", s.version + 1);
	answer_flag(answer, "may_be_public", !look.refused);
	objections_tell(op, &look, answer);
	answer_row_end(answer);
	answer_say(answer, "These words wait. They are public when you say so: handback page publish %" PRId64, i.id);
	objections_say(&look, answer);
	answer->attention = look.refused;
	return true;
}

/* The version first, then the files. Who asks from afar can write none: the courier does. */
static bool decide(struct op *op, const struct status *s, const struct status_words w[2], int64_t state, const char *event)
{
	return op_begin(op) && op_end(op, version_put(op, s, w, state, event) && incident_publish(op, s->incident, state == STATUS_OUT ? op->now : 0)) && (op->afar || status_renew(op, s->incident));
}

static bool publish_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct status s;
	struct status_look look;
	if (!asked(op, args, &i, &s) || !status_look(op, &i, s.in, &look))
		return false;
	for (int l = 0; l < 2 && look.refused; l++)
		if (look.untrues[l] + look.brags[l]) {
			const struct objection *o = look.untrues[l] ? look.untrue[l] : look.brag[l];
			return err_set(&op->err, INVALID, l ? "spanish-text" : "text", "\"" STR_FMT "\": " STR_FMT " " STR_FMT, STR_ARG(o->words), STR_ARG(o->why), STR_ARG(o->instead));
		}
	if (s.since && !s.waits)
		return err_set(&op->err, CONFLICT, "incident", "The page of incident %" PRId64 " is public already, with these words.", i.id);
	if (!decide(op, &s, s.in, STATUS_OUT, "status.published"))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	answer_number(answer, "version", s.version + 1);
	answer_row_end(answer);
	struct str url = op_setting(op, "public.url");
	if (url.n)
		answer_say(answer, "Everybody can read it: " STR_FMT, STR_ARG(front_status(op->a, url, i.id, ENGLISH)));
	else
		answer_say(answer, "It lies among the public files. handback serve --public shows them; say where that is: handback set public.url https://notice.example.com");
	return true;
}

static bool down_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct status s;
	if (!asked(op, args, &i, &s))
		return false;
	if (!s.since)
		return err_set(&op->err, CONFLICT, "incident", "Incident %" PRId64 " has no public page.", i.id);
	if (!decide(op, &s, s.in, STATUS_DOWN, "status.taken_down"))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	answer_row_end(answer);
	answer_say(answer, "Nobody can read it any more. The trust page no longer leads to it.");
	return true;
}

/* ---- asking as a visitor would ---- */

static const char *answer_name(enum look_answer a)
{
	return a == LOOK_YES ? "yes" : a == LOOK_NO ? "no" : "perhaps";
}

static bool ask_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct status s;
	struct lookup l;
	struct span day;
	struct holder place = { 0 };
	struct str digits = args_text(args, "last4"), where = args_text(args, "place");
	int64_t last4;
	if (!asked(op, args, &i, &s))
		return false;
	if (digits.n != 4 || !str_i64(digits, &last4) || last4 < 0 || digits.p[0] == '-' || digits.p[0] == '+')
		return err_set(&op->err, INVALID, "last4", "--last4 is the last four digits of the card.");
	if (!op_been(op, "day", args_text(args, "day"), &day))
		return false;
	if (!day.date_only)
		return err_set(&op->err, INVALID, "day", "Write the day like 2026-03-01.");
	if (where.n && !map_find(op, where, &place))
		return false;
	if (!status_answers(op, &i, &l))
		return false;
	int32_t at = (int32_t)when_day(zone_local(op->zone, day.from));
	enum look_answer a = l.rows ? look_answer(l.from, l.to, look_find(&l, (uint32_t)place.id.n, at), at, (unsigned)last4) : LOOK_NO;
	answer_row(answer);
	answer_text(answer, "answer", str_of(answer_name(a)));
	answer_row_end(answer);
	answer_say(answer, "%s", a == LOOK_YES ? "Yes: that payment is among those at risk." : a == LOOK_NO ? "No: that payment is not among those at risk." :
	           "Perhaps: by what is known it can't be told.");
	return true;
}

/* ---- a folder for any web host ---- */

static bool file_into(struct op *op, const char *folder, const struct status_file *f)
{
	char *path = arena_printf(op->a, "%s/%s", folder, f->name);
	for (char *slash = path + strlen(folder); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		bool made = mkdir(path, 0755) == 0 || errno == EEXIST;
		*slash = '/';
		if (!made)
			return err_set(&op->err, OUTSIDE, "folder", "The folder %s could not be made: %s.", folder, strerror(errno));
	}
	return file_replace(path, f->bytes, 0644, &op->err);
}

static bool folder_run(struct op *op, const struct args *args, struct answer *answer)
{
	const char *folder = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "folder")));
	struct incident i;
	struct status s;
	struct lookup l;
	struct status_file file[STATUS_FILES];
	struct str url = op_setting(op, "public.url"), host = str_starts(url, STR("https://")) ? (struct str){ url.p + 8, url.n - 8 } : (struct str){ "", 0 };
	if (!asked(op, args, &i, &s))
		return false;
	if (!s.since)
		return err_set(&op->err, CONFLICT, "incident", "Incident %" PRId64 " has no public page. First: handback page publish %" PRId64, i.id, i.id);
	if (!status_answers(op, &i, &l) || !status_files(op, &i, &s, s.out, &l, host, false, file))
		return false;
	for (size_t k = 0; *folder && k < STATUS_FILES; k++)
		if (!file_into(op, folder, &file[k]))
			return false;
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	answer_flag(answer, "look_up", l.rows && host.n);
	answer_text(answer, "page", file[0].bytes);
	answer_text(answer, "spanish_page", file[1].bytes);
	answer_row_end(answer);
	if (!*folder)
		return true;
	answer_say(answer, "The page is in %s: put all of it on your web server. It does not change there by itself: make it anew when something changes.", folder);
	if (l.rows && host.n)
		answer_say(answer, "Its look-up is answered by " STR_FMT ", so serve --public must run there.", STR_ARG(host));
	else if (l.rows)
		answer_say(answer, "A plain web host can't answer the look-up, so the page asks people to call you. With serve --public and an address in public.url that begins with https:// it would.");
	return true;
}

/* ---- for the courier ---- */

static bool round_run(struct op *op, const struct args *args, struct answer *answer)
{
	int64_t stale[STATUS_MANY];
	size_t n;
	(void)args;
	if (!status_stale(op, stale, LENGTH(stale), &n))
		return false;
	for (size_t k = 0; k < n && !op_stopped(op); k++)
		if (!status_renew(op, stale[k]))
			return false;
	answer_say(answer, "%s made anew.", counted(op->a, (int64_t)n, "public page was", "public pages were"));
	return true;
}

const struct verb status_round = { "page round", "Makes the public pages of incidents what they should be.", "", VERB_LONG, NO_FIELDS, round_run, ROLES_LEAD };

#define INCIDENT { "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "its number" }

const struct verb status_verbs[] = {
	{ "page list", "Which incidents have a page that everybody can read.", "handback page list", VERB_READ, NO_FIELDS, list_run, ROLES_ALL },
	{ "page show", "What an incident's public page says or would say, and what speaks against it.", "handback page show 1", VERB_READ, FIELDS(INCIDENT), show_run },
	{ "page words", "Puts an incident's public page into your own words; they are public only when you say so.", "handback page words 1 --title 'A card reader of ours was tampered with'", VERB_WRITE,
	  FIELDS(INCIDENT, { "title", FIELD_TEXT, 0, "its title" }, { "text", FIELD_TEXT, 0, "its text, a line a paragraph" }, { "spanish-title", FIELD_TEXT, 0, "the title in Spanish" },
	         { "spanish-text", FIELD_TEXT, 0, "the text in Spanish" },
	         { "ours", FIELD_FLAG, 0, "our words again, for all that is not told here" }), words_run },
	{ "page publish", "Makes an incident's page public, with the words that page show tells. Read it first.", "handback page publish 1", VERB_LONG, FIELDS(INCIDENT), publish_run, ROLE_OWNER },
	{ "page down", "Takes an incident's page down: nobody can read it any more.", "handback page down 1", VERB_LONG, FIELDS(INCIDENT), down_run, ROLE_OWNER },
	{ "page ask", "What the page answers to somebody who asks about a payment by card. Nothing of it is kept.", "handback page ask 1 --day 2026-03-01 --last4 4242", VERB_READ,
	  FIELDS(INCIDENT, { "day", FIELD_TIME, FIELD_NEEDED, "when they paid" }, { "last4", FIELD_TEXT, FIELD_NEEDED, "the card's last four digits" }, { "place", FIELD_TEXT, 0, "where; not told: they are not sure" }),
	  ask_run, ROLES_WORK },
	{ "page folder", "Puts an incident's public page into a folder for any web host.", "handback page folder 1 /srv/www/fernwood", VERB_READ,
	  FIELDS(INCIDENT, { "folder", FIELD_PATH, FIELD_PLACED, "where to; not told: the page is the answer (--json)" }), folder_run },
	{ 0 },
};
