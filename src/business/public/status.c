/* status - the words of an incident's public page, its files, and whether they are what they should be. */
#include "front.h"
#include "json.h"
#include "lookup.h"
#include "notice.h"
#include "notice_public.h"
#include "pages.h"
#include "status.h"
#include "status_int.h"
#include "status_sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { STEPS_MAX = 8, PAGE_MAX = 128 << 10 };
static const uint8_t mark_key[16] = "handback-status";

/* ---- words ---- */

bool status_ours(struct op *op, const struct incident *i, struct status_words in[2])
{
	for (int l = 0; l < 2; l++) {
		struct str line[PUBLIC_LINES];
		struct buf b = BUF(STATUS_TEXT_MAX);
		size_t n;
		if (!notice_public(op, i, PUBLIC_WEBSITE, l ? "es" : "en", line, &n))
			return false;
		for (size_t k = 1; k < n; k++) {
			buf_put(&b, line[k]);
			buf_put(&b, k + 1 < n ? STR("\n") : STR(""));
		}
		in[l] = (struct status_words){ n ? line[0] : STR(""), arena_str(op->a, buf_str(&b)) };
		buf_free(&b);
	}
	return true;
}

bool status_get(struct op *op, const struct incident *i, struct status *s)
{
	struct sql_status_last last;
	struct sql_status_decided decided;
	struct sql_status_file_get file;
	bool any, was, made;
	*s = (struct status){ .incident = i->id };
	if (!sql_status_last(op, i->id, &last, &any) || !sql_status_decided(op, i->id, &decided, &was) || !sql_status_file_get(op, i->id, &file, &made))
		return false;
	s->put = made && file.mark ? file.at : 0;
	if (was && decided.state == STATUS_OUT) {
		s->since = decided.at;
		s->out[0] = (struct status_words){ decided.title_en, decided.text_en }, s->out[1] = (struct status_words){ decided.title_es, decided.text_es };
	}
	if (!any)
		return status_ours(op, i, s->in);
	s->version = last.version, s->waits = last.state == STATUS_WAITS;
	s->in[0] = (struct status_words){ last.title_en, last.text_en }, s->in[1] = (struct status_words){ last.title_es, last.text_es };
	return true;
}

bool status_public(struct op *op, struct status **out, size_t *n)
{
	struct sql_status_incidents q;
	size_t cap = 0, m = 0;
	int64_t *id = NULL;
	if (!sql_status_incidents(op, &q))
		return false;
	while (sql_status_incidents_next(op, &q)) {
		id = arena_more(op->a, id, m, &cap, sizeof *id);
		id[m++] = q.incident;
	}
	*out = ARENA_ARRAY(op->a, struct status, m + 1), *n = 0;
	for (size_t k = 0; op->err.code == OK && k < m; k++)
		if (status_get(op, &(struct incident){ .id = id[k] }, &(*out)[*n]) && (*out)[*n].since)
			++*n;
	return op->err.code == OK;
}

/* ---- what speaks against them ---- */

bool status_known(struct op *op, const struct incident *i, struct exposure_known *k)
{
	struct exposed *e;
	struct sources sources;
	struct tally tally;
	struct known_fact *fact;
	size_t n;
	if (!exposure_of(op, i->suspicion, i->n, false, &e, &sources))
		return false;
	bool good = incident_tally(op, e, 0, STR(""), &tally);
	*k = (struct exposure_known){ .kinds = e->unnamed_kinds | e->found_kinds, .people = good ? tally.customers + (int64_t)e->unnamed : 0 };
	for (int kind = 0; good && kind < KIND_COUNT; kind++)
		k->kinds |= tally.by_kind[kind] ? (kinds)1 << kind : 0;
	if (good)
		bits_close(&tally.who);
	exposed_close(e);
	if (!good || !incident_known(op, i->id, &fact, &n))
		return false;
	k->encrypted = known_safe(fact, n);
	return true;
}

bool status_look(struct op *op, const struct incident *i, const struct status_words words[2], struct status_look *look)
{
	struct exposure_known known;
	*look = (struct status_look){ 0 };
	if (!status_known(op, i, &known))
		return false;
	for (int l = 0; l < 2; l++) {
		struct str all = arena_say(op->a, STR_FMT "\n" STR_FMT, STR_ARG(words[l].title), STR_ARG(words[l].text)), language = l ? STR("es") : STR("en");
		wording_honest(op->a, all, language, &known, &look->untrue[l], &look->untrues[l]);
		wording_modest(op->a, all, language, &look->brag[l], &look->brags[l]);
		wording_read(op->a, words[l].text, language, &look->read[l]);
		objections_refused(look->brag[l], &look->brags[l]);
		look->refused |= look->untrues[l] || look->brags[l];
	}
	return true;
}

/* ---- the files ---- */

/* For search engines: what it is, whose, and since when; url: where the public pages are, empty: not told. */
static struct str facts_of(struct op *op, const struct status *s, const struct status_words *w, struct str url, bool spanish)
{
	struct buf json = BUF(16 << 10), block = BUF(64 << 10);
	struct json j = json_to(&json);
	struct str phone = op_setting(op, "business.phone");
	json_open(&j, '{');
	json_key(&j, "@context"), json_str(&j, STR("https://schema.org"));
	json_key(&j, "@type"), json_str(&j, STR("SpecialAnnouncement"));
	json_key(&j, "name"), json_str(&j, w->title);
	json_key(&j, "text"), json_str(&j, w->text);
	json_key(&j, "inLanguage"), json_str(&j, spanish ? STR("es") : STR("en"));
	json_key(&j, "datePosted"), json_str(&j, when_text(op->a, s->since ? s->since : op->now));
	if (url.n)
		json_key(&j, "url"), json_str(&j, front_status(op->a, url, s->incident, spanish ? SPANISH : ENGLISH));
	json_key(&j, "announcementLocation");
	json_open(&j, '{');
	json_key(&j, "@type"), json_str(&j, STR("LocalBusiness"));
	json_key(&j, "name"), json_str(&j, op_setting(op, "business.name"));
	if (phone.n)
		json_key(&j, "telephone"), json_str(&j, phone);
	json_close(&j);
	json_close(&j);
	front_facts(&block, buf_str(&json));
	struct str all = arena_str(op->a, buf_str(&block));
	buf_free(&json);
	buf_free(&block);
	return all;
}

static bool page_write(struct op *op, const struct incident *i, const struct status *s, const struct status_words *w, const struct lookup *look, struct str host, bool preview, bool spanish,
                       kinds at_risk, struct str *out)
{
	struct buf body = BUF(PAGE_MAX), whole = BUF(PAGE_MAX);
	struct html o = { .b = &body, .language = spanish ? SPANISH : ENGLISH }, layout = { .b = &whole, .language = o.language };
	struct str step[STEPS_MAX], phone = op_setting(op, "business.phone"), url = op_setting(op, "public.url");
	struct str port = host, name = str_split(&port, ':');
	struct look_form form = { .incident = i->id, .host = name, .port = port, .preview = preview };
	if (look)
		form.place = look->place, form.places = look->places;
	const char *code = spanish ? "es" : "en";
	const struct status_view view = {
		.words = w, .preview = preview, .day = when_day_text(op->a, op->zone, op->now, code), .closed = i->closed != FAR_OFF ? when_day_text(op->a, op->zone, i->closed, code) : STR(""),
		.asks = look && look->rows, .form = look && look->rows && (!host.p || host.n) ? &form : NULL, .step = step,
		.steps = notice_advice(at_risk, spanish, step, LENGTH(step)), .phone = str_unparted(op->a, phone), .dial = str_dial(op->a, phone), .own = url.n && !host.p,
		.trust = op_setting(op, "trust.put").n > 0 && !host.p,
	};
	front_words();
	page_status(&o, &view);
	front_layout(&layout, &(struct front_view){ .title = w->title, .business = op_setting(op, "business.name"), .folder = true, .near = spanish ? STR("index.html") : STR("index.es.html"),
	                                            .head = { facts_of(op, s, w, host.p && !host.n ? STR("") : url, spanish) }, .body = { buf_str(&body) } });
	bool good = (!body.full && !whole.full) || err_set(&op->err, TOO_BIG, NULL, "The page is too long. Please write less.");
	*out = arena_str(op->a, buf_str(&whole));
	buf_free(&body);
	buf_free(&whole);
	return good;
}

bool status_files(struct op *op, const struct incident *i, const struct status *s, const struct status_words words[2], const struct lookup *look, struct str host,
                  bool preview, struct status_file file[STATUS_FILES])
{
	struct exposure_known known;
	if (!status_known(op, i, &known))
		return false;
	for (int l = 0; l < 2; l++) {
		file[l].name = arena_printf(op->a, "status/%" PRId64 "/%s", i->id, l ? "index.es.html" : "index.html");
		if (!page_write(op, i, s, &words[l], look, host, preview, l, known.kinds, &file[l].bytes))
			return false;
	}
	file[2] = (struct status_file){ "look/public.css", front_style() };
	return true;
}

bool status_preview(struct op *op, const struct incident *i, const struct status *s, struct status_file file[STATUS_FILES])
{
	struct lookup look;
	return status_answers(op, i, &look) && status_files(op, i, s, s->in, &look, (struct str){ 0 }, true, file);
}

/* ---- keeping them as they should be ---- */

/* Whatever the page is made of; 0: there should be none. */
static bool mark_of(struct op *op, const struct incident *i, const struct status *s, int64_t *mark)
{
	static const char *const settings[] = { "business.name", "business.phone", "public.url", "trust.put", "timezone" };
	struct buf b = BUF(64 << 10);
	int64_t moves;
	*mark = 0;
	if (!s->since)
		return true;
	if (!op_moves(op, MOVES_ANSWERS, &moves))
		return false;
	buf_u64(&b, (uint64_t)moves), buf_u64(&b, (uint64_t)s->since), buf_u64(&b, (uint64_t)i->closed), buf_u64(&b, (uint64_t)when_day(op->now));
	for (size_t k = 0; k < LENGTH(settings); k++)
		buf_lstr(&b, op_setting(op, settings[k]));
	buf_put(&b, STR(HANDBACK_VERSION));
	*mark = (int64_t)(hash64(buf_str(&b), mark_key) >> 1 | 1);
	buf_free(&b);
	return true;
}

static bool files_drop(struct op *op, int pages, int64_t id)
{
	return front_drop(pages, arena_printf(op->a, "status/%" PRId64 "/index.html", id), &op->err) &&
	       front_drop(pages, arena_printf(op->a, "status/%" PRId64 "/index.es.html", id), &op->err) && front_look_drop(pages, id, &op->err);
}

/* The answers first: a form that is there is answered. */
static bool files_put(struct op *op, int pages, const struct incident *i, const struct status *s)
{
	struct lookup look;
	struct status_file file[STATUS_FILES];
	if (!status_answers(op, i, &look) || !status_files(op, i, s, s->out, &look, (struct str){ 0 }, false, file))
		return false;
	bool good = look.rows ? front_look_put(pages, i->id, &look, &op->err) : front_look_drop(pages, i->id, &op->err);
	for (size_t k = 0; good && k < STATUS_FILES; k++)
		good = front_put(pages, file[k].name, file[k].bytes, &op->err);
	return good;
}

bool status_renew(struct op *op, int64_t id)
{
	struct incident i;
	struct status s;
	int64_t mark;
	if (!incident_get(op, id, &i) || !status_get(op, &i, &s) || !mark_of(op, &i, &s, &mark))
		return false;
	int pages = front_open(op->folder, &op->err);
	bool good = pages >= 0 && (mark ? files_put(op, pages, &i, &s) : files_drop(op, pages, id));
	if (pages >= 0)
		close(pages);
	return good && op_begin(op) && op_end(op, sql_status_file_put(op, id, mark, op->now));
}

/* A restored backup knows files that are not there. */
static bool is_there(struct op *op, int64_t id)
{
	uint64_t size;
	int pages = front_open(op->folder, &op->err), fd = pages >= 0 ? front_file(pages, arena_printf(op->a, "status/%" PRId64 "/index.html", id), &size) : -1;
	if (fd >= 0)
		close(fd);
	if (pages >= 0)
		close(pages);
	return fd >= 0;
}

bool status_stale(struct op *op, int64_t *stale, size_t most, size_t *n)
{
	struct sql_status_incidents q;
	size_t m = 0;
	*n = 0;
	if (!sql_status_incidents(op, &q))
		return false;
	while (m < most && sql_status_incidents_next(op, &q))
		stale[m++] = q.incident;
	sql_status_incidents_stop(&q);
	for (size_t k = 0; op->err.code == OK && k < m; k++) {
		struct incident i;
		struct status s;
		struct sql_status_file_get file;
		int64_t mark;
		bool made;
		if (!incident_get(op, stale[k], &i) || !status_get(op, &i, &s) || !mark_of(op, &i, &s, &mark) || !sql_status_file_get(op, i.id, &file, &made))
			return false;
		if (mark != (made ? file.mark : 0) || (mark && !is_there(op, i.id)))
			stale[(*n)++] = i.id;
	}
	return op->err.code == OK;
}

bool status_due(struct op *op, bool *due)
{
	int64_t stale[STATUS_MANY];
	size_t n;
	if (!status_stale(op, stale, LENGTH(stale), &n))
		return false;
	*due = n > 0;
	return true;
}
