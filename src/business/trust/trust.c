/* trust - what the owner chose, what was said when, and the verbs. */
#include "front.h"
#include "log.h"
#include "trust_int.h"
#include "trust_sql.h"
#include "wording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SENTENCE_MAX = 300, OWN_MAX = 20, CARD_MAX = 4 << 20, WEEK = 7 * DAY };
#define PUT_SETTING "trust.put"                          /* when the page was last put among the public files */

/* ---- what was said when ---- */

/* The sentences that are said, a line each, in both languages; without today's date, so that nothing new is no new version. */
static bool spoken(struct op *op, struct str *text, struct str *rests)
{
	struct claim *c;
	size_t n;
	struct open_ones open;
	struct buf b = BUF(64 << 10), r = BUF(64 << 10);
	bool good = trust_claims(op, &c, &n) && open_incidents(op, &open);
	for (int l = 0; good && l < 2; l++) {
		buf_printf(&b, "%s: " STR_FMT "\n", l ? "es" : "en", STR_ARG(word_of(op, open.told ? "status_open" : "status_none", l)));
		for (size_t i = 0; i < open.pages; i++)
			buf_printf(&b, "%s: " STR_FMT "\n", l ? "es" : "en", STR_ARG(open.page[i].out[l].title));
		for (size_t i = 0; i < n; i++)
			if (c[i].chosen && c[i].say[l].n)
				buf_printf(&b, "%s: " STR_FMT "\n", l ? "es" : "en", STR_ARG(c[i].say[l]));
	}
	for (size_t i = 0; good && i < n; i++)
		if (c[i].chosen && c[i].say[0].n)
			buf_printf(&r, STR_FMT ": " STR_FMT "\n", STR_ARG(c[i].name), STR_ARG(c[i].rests));
	*text = arena_str(op->a, buf_str(&b));
	*rests = arena_str(op->a, buf_str(&r));
	buf_free(&b);
	buf_free(&r);
	return good;
}

bool trust_keep(struct op *op, int64_t *version)
{
	struct sql_version_last q;
	struct str text, rests;
	uint8_t hash[32];
	bool found;
	if (!spoken(op, &text, &rests) || !sql_version_last(op, &q, &found))
		return false;
	*version = found ? q.id : 0;
	if (found && str_eq(q.body, text))
		return true;
	*version = op_count(op, "trust_version");
	sha256(text, hash);
	return *version && sql_version_put(op, *version, op->now, text, rests) && log_add_hash(op, "trust.said", ABOUT({ "version", *version }), "text", hash, NULL);
}

bool trust_versions(struct op *op, struct version **out, size_t *n)
{
	struct sql_versions q;
	size_t cap = 0;
	*out = NULL, *n = 0;
	if (!sql_versions(op, &q))
		return false;
	while (sql_versions_next(op, &q)) {
		*out = arena_more(op->a, *out, *n, &cap, sizeof **out);
		(*out)[(*n)++] = (struct version){ q.id, q.at, arena_str(op->a, q.body), arena_str(op->a, q.rests) };
	}
	return op->err.code == OK;
}

/* ---- putting it out ---- */

static bool file_into(struct op *op, const char *folder, const struct trust_file *f)
{
	const char *path = arena_printf(op->a, "%s/%s", folder, f->name), *slash = strrchr(path, '/');
	if (mkdir(arena_printf(op->a, "%.*s", (int)(slash - path), path), 0755) != 0 && errno != EEXIST)
		return err_set(&op->err, OUTSIDE, "folder", "The folder %.*s could not be made: %s.", (int)(slash - path), path, strerror(errno));
	return file_replace(path, f->bytes, 0644, &op->err);
}

static bool put_in_front(struct op *op, const struct trust_file *file, size_t n)
{
	int pages = front_open(op->folder, &op->err);
	bool good = pages >= 0;
	for (size_t i = 0; good && i < n; i++)
		good = front_put(pages, file[i].name, file[i].bytes, &op->err);
	if (pages >= 0)
		close(pages);
	return good;
}

/* The version first, then the files: what stands there was always kept before. */
static bool page_put(struct op *op, const char *folder, int64_t *version, size_t *bytes)
{
	struct trust_file file[TRUST_FILES];
	size_t n;
	if (!trust_files(op, file, &n) || !op_begin(op) || !op_end(op, trust_keep(op, version)))
		return false;
	if (*folder && mkdir(folder, 0755) != 0 && errno != EEXIST)
		return err_set(&op->err, OUTSIDE, "folder", "The folder %s could not be made: %s.", folder, strerror(errno));
	for (size_t i = 0; *folder && i < n; i++)
		if (!file_into(op, folder, &file[i]))
			return false;
	*bytes = file[0].bytes.n;
	if (op->afar)                                    /* the pages can write no files: the courier does */
		return op_begin(op) && op_end(op, op_setting_put(op, PUT_SETTING, STR("0")));
	return *folder || (put_in_front(op, file, n) && op_begin(op) && op_end(op, op_setting_put(op, PUT_SETTING, arena_say(op->a, "%" PRId64, op->now))));
}

bool trust_renew(struct op *op)
{
	struct sql_version_last q;
	struct str text, rests;
	int64_t put, version;
	size_t bytes;
	bool found;
	if (!str_i64(op_setting(op, PUT_SETTING), &put))
		return true;
	if (!spoken(op, &text, &rests) || !sql_version_last(op, &q, &found))
		return false;
	return (found && str_eq(q.body, text) && op->now - put < WEEK) || page_put(op, "", &version, &bytes);
}

/* ---- verbs ---- */

static bool language_asked(struct op *op, const struct args *args, bool *spanish)
{
	struct str language = args_text(args, "language");
	*spanish = str_eq(language, STR("es"));
	return !language.n || *spanish || str_eq(language, STR("en")) || err_set(&op->err, INVALID, "language", "--language is en or es.");
}

static bool claims_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct claim *c;
	size_t n;
	bool spanish;
	if (!language_asked(op, args, &spanish) || !trust_claims(op, &c, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		answer_row(answer);
		answer_text(answer, "claim", c[i].name);
		answer_text(answer, "kind", c[i].promise ? STR("promise") : STR("fact"));
		answer_text(answer, "state", str_of(claim_state_name(c[i].state)));
		answer_flag(answer, "chosen", c[i].chosen);
		answer_text(answer, "say", c[i].say[spanish]);
		answer_text(answer, "rests_on", c[i].rests);
		answer_time(answer, "until", c[i].until);
		answer_row_end(answer);
		answer_say(answer, "%-10.*s %-7s %s " STR_FMT, STR_ARG(c[i].name), claim_state_name(c[i].state), c[i].chosen ? "*" : " ", STR_ARG(c[i].say[spanish].n ? c[i].say[spanish] : c[i].todo[spanish]));
		answer->attention |= c[i].chosen && c[i].state != CLAIM_TRUE;
	}
	answer_say(answer, "* stands on the page while it is true.");
	return true;
}

static bool claim_named(struct op *op, const struct args *args, struct claim *out)
{
	struct claim *c;
	size_t n;
	struct str name = args_text(args, "claim");
	if (!trust_claims(op, &c, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(c[i].name, name)) {
			*out = c[i];
			return true;
		}
	return err_set(&op->err, NOT_FOUND, "claim", "There is no sentence \"" STR_FMT "\". handback trust claims lists them.", STR_ARG(name));
}

static bool choose_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct claim c;
	if (!claim_named(op, args, &c))
		return false;
	if (c.state == CLAIM_LAPSED)
		return err_set(&op->err, CONFLICT, "claim", "That can't be said now, for nobody has looked. " STR_FMT, STR_ARG(c.todo[0]));
	if (!c.chosen && (!sql_chosen_put(op, c.name, op->now, op->person) || !log_add(op, "trust.chosen", ABOUT({ "by", op->person }))))
		return false;
	answer_say(answer, "It stands on the page while it is true: " STR_FMT, STR_ARG(c.say[0]));
	return true;
}

static bool drop_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct claim c;
	int64_t id;
	if (!claim_named(op, args, &c))
		return false;
	bool own = c.own && str_i64((struct str){ c.name.p + 4, c.name.n - 4 }, &id);
	if (!(own ? sql_own_drop(op, id) : sql_chosen_drop(op, c.name)) || !log_add(op, "trust.dropped", ABOUT({ "by", op->person })))
		return false;
	answer_say(answer, "It stands on the page no more.");
	return true;
}

/* Nothing that a business can't show: refused, or (without `sure`) asked back. */
static bool modest(struct op *op, struct str text, const char *language, const char *field, bool sure)
{
	struct objection *o;
	size_t n;
	wording_modest(op->a, text, str_of(language), &o, &n);
	for (size_t i = 0; i < n; i++)
		if (o[i].sort == OBJECTION_REFUSED || !sure)
			return err_set(&op->err, INVALID, field, "\"" STR_FMT "\": " STR_FMT " " STR_FMT "%s", STR_ARG(o[i].words), STR_ARG(o[i].why), STR_ARG(o[i].instead),
			               o[i].sort == OBJECTION_REFUSED ? "" : " If you can show it, say that you are sure.");
	return true;
}

static bool say_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct str en = str_trim(args_text(args, "text")), es = str_trim(args_text(args, "spanish"));
	struct claim *c;
	size_t n, own = 0;
	bool sure = args_has(args, "sure");
	if (!en.n || !es.n)
		return err_set(&op->err, INVALID, en.n ? "spanish" : "text", "Write the sentence in English and in Spanish: the page is for everybody who reads one of them.");
	if (en.n > SENTENCE_MAX || es.n > SENTENCE_MAX)
		return err_set(&op->err, TOO_BIG, "text", "A sentence of yours has at most %d characters.", SENTENCE_MAX);
	if (!modest(op, en, "en", "text", sure) || !modest(op, es, "es", "spanish", sure) || !trust_claims(op, &c, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		own += c[i].own;
	if (own >= OWN_MAX)
		return err_set(&op->err, TOO_BIG, "text", "You have %d sentences of your own already. Take one away first.", OWN_MAX);
	int64_t id = op_count(op, "trust_own");
	if (!id || !sql_own_put(op, id, en, es, op->now, op->person) || !log_add(op, "trust.own", ABOUT({ "sentence", id }, { "by", op->person })))
		return false;
	answer_row(answer);
	answer_text(answer, "claim", arena_say(op->a, "own-%" PRId64, id));
	answer_row_end(answer);
	answer_say(answer, "It stands on the page, as your own word: own-%" PRId64 ".", id);
	return true;
}

static bool page_run(struct op *op, const struct args *args, struct answer *answer)
{
	const char *folder = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "folder")));
	int64_t version;
	size_t bytes;
	if (!page_put(op, folder, &version, &bytes))
		return false;
	answer_row(answer);
	answer_number(answer, "version", version);
	answer_number(answer, "bytes", (int64_t)bytes);
	answer_row_end(answer);
	if (*folder)
		answer_say(answer, "The page is in %s: put all of it on your web server as it is. It does not change there by itself: make it anew each week.", folder);
	else
		answer_say(answer, "The page is among the public files, as version %" PRId64 ". It follows from here on by itself.", version);
	return true;
}

static bool card_run(struct op *op, const struct args *args, struct answer *answer)
{
	const char *to = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "to")));
	struct buf b = BUF(CARD_MAX);
	bool spanish;
	if (!*to && !answer->bytes)
		return err_set(&op->err, INVALID, "to", "Name the file for the card.");
	if (!language_asked(op, args, &spanish))
		return false;
	int pdf = memfd_create("card", MFD_CLOEXEC);
	if (pdf < 0)
		return err_errno(&op->err, "memory for the card");
	bool good = trust_card(op, spanish, pdf) && file_whole(arena_printf(op->a, "/proc/self/fd/%d", pdf), &b, "to", &op->err) && (!*to || file_put(to, buf_str(&b), 0644, &op->err));
	close(pdf);
	if (good && !*to)
		answer->bytes(answer->to, buf_str(&b));
	buf_free(&b);
	if (good && *to)
		answer_say(answer, "The card is in %s, ready to print.", to);
	return good;
}

static bool versions_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct version *v;
	size_t n, first = 0;
	struct span s = { 0 };
	bool dated = args_has(args, "at");
	if (dated && !when_parse(args_text(args, "at"), op->zone, &s))
		return err_set(&op->err, INVALID, "at", "\"" STR_FMT "\" is no day. Write it like 2026-05-03.", STR_ARG(args_text(args, "at")));
	if (!trust_versions(op, &v, &n))
		return false;
	while (dated && first < n && v[first].at >= s.to)      /* the one that stood there as that day ended */
		first++;
	if (dated && first == n)
		return err_set(&op->err, NOT_FOUND, "at", "Nothing was said yet on that day.");
	for (size_t i = first; i < (dated ? first + 1 : n); i++) {
		answer_row(answer);
		answer_number(answer, "version", v[i].id);
		answer_time(answer, "since", v[i].at);
		answer_text(answer, "text", v[i].text);
		answer_text(answer, "rests_on", v[i].rests);
		answer_row_end(answer);
		answer_say(answer, "Version %" PRId64 ", since " STR_FMT, v[i].id, STR_ARG(when_local_text(op->a, op->zone, v[i].at)));
		answer_lines(answer, str_trim(v[i].text));
	}
	if (!n)
		answer_say(answer, "Nothing was said yet.");
	return true;
}

#define CLAIM    { "claim", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "the sentence's name, as trust claims lists it" }
#define LANGUAGE { "language", FIELD_TEXT, 0, "en or es" }

const struct verb trust_verbs[] = {
	{ "trust claims", "What you may tell your customers today about how you treat their information, and what each sentence rests on.", "handback trust claims", VERB_READ,
	  FIELDS(LANGUAGE), claims_run, ROLES_ALL },
	{ "trust choose", "Puts a sentence on the page, for as long as it is true.", "handback trust choose readers", VERB_WRITE, FIELDS(CLAIM), choose_run },
	{ "trust drop", "Takes a sentence off the page.", "handback trust drop readers", VERB_WRITE, FIELDS(CLAIM), drop_run },
	{ "trust say", "Puts a sentence of your own on the page; what a business can't show is refused.", "handback trust say 'We hand your card back at once.' --spanish 'Le devolvemos la tarjeta enseguida.'", VERB_WRITE,
	  FIELDS({ "text", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "the sentence" }, { "spanish", FIELD_TEXT, FIELD_NEEDED, "the same in Spanish" },
	         { "sure", FIELD_FLAG, 0, "you can show what was questioned" }), say_run },
	{ "trust page", "Makes the page for customers: a folder for any web server, or among Handback's own public files.", "handback trust page /srv/www/fernwood", VERB_LONG,
	  FIELDS({ "folder", FIELD_PATH, FIELD_PLACED, "where to; not told: the public files that serve --public shows" }), page_run },
	{ "trust card", "A card for the counter as a PDF (A5), with a QR code that leads to the page.", "handback trust card card.pdf", VERB_LONG,
	  FIELDS({ "to", FIELD_PATH, FIELD_PLACED, "the file, which must not be there yet; not told: standard output" }, LANGUAGE), card_run },
	{ "trust versions", "What was said when, and what it rested on.", "handback trust versions --at 2026-05-03", VERB_READ, FIELDS({ "at", FIELD_TIME, 0, "only what stood there on that day" }), versions_run, ROLES_ALL },
	{ 0 },
};
