/* findings - folders of this machine looked through, and what was found there: a scan is a job of the verb `find`, which stores as the command does. What
 * stands where in a file is told from the rows that the newest scan of it answered. */
#include "act.h"
#include "find.h"
#include "found.h"
#include "job.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILES_PAGE = 50, PLACES_SHOWN = 50, WHO_SHOWN = 50, SCANS_SHOWN = 5, SCANS_SEARCHED = 20, LEFT_SHOWN = 20, FOLDERS_MAX = 16, HOLDERS_MAX = 500, FILES_OF_SCAN = 400 };

/* ---- words ---- */

/* The scanner's sentences are put together from ours; each piece has its words in the reader's language. */
static const char *todo_words(struct visit *v, struct str todo)
{
	static const char behind[] = " The other numbers: keep them only where a law or a contract asks for them; else delete them, too.";
	size_t n = sizeof behind - 1;
	bool both = todo.n > n && memcmp(todo.p + todo.n - n, behind, n) == 0;
	const char *first = visit_words(v, arena_str(v->op->a, (struct str){ todo.p, both ? todo.n - n : todo.n }).p);
	return both ? arena_printf(v->op->a, "%s %s", first, visit_words(v, "The other numbers: keep them only where a law or a contract asks for them; else delete them, too.")) : first;
}

static struct str reason_words(struct visit *v, struct str reason)
{
	struct buf b = BUF(4096);
	if (reason.n && reason.p[reason.n - 1] == '.')
		reason.n--;
	for (struct str rest = reason; rest.p;) {
		struct str piece = str_trim(str_split(&rest, ';')), quoted = STR("");
		const char *quote = memmem(piece.p, piece.n, " (\"", 3);
		if (quote) {
			quoted = (struct str){ quote, (size_t)(piece.p + piece.n - quote) };
			piece.n = (size_t)(quote - piece.p);
		}
		buf_printf(&b, "%s%s" STR_FMT, b.n ? "; " : "", visit_words(v, arena_str(v->op->a, piece).p), STR_ARG(quoted));
	}
	buf_byte(&b, '.');
	struct str said = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return said;
}

/* "Visa ending 1111, magnetic stripe" */
static struct str masked_words(struct visit *v, struct str masked)
{
	static const char ending[] = " ending ";
	const char *at = memmem(masked.p, masked.n, ending, sizeof ending - 1);
	if (!at)
		return arena_str(v->op->a, str_of(visit_words(v, arena_str(v->op->a, masked).p)));
	const char *what = arena_str(v->op->a, (struct str){ masked.p, (size_t)(at - masked.p) }).p, *last = at + sizeof ending - 1;
	struct str sort = { last, (size_t)(masked.p + masked.n - last) }, digits = str_split(&sort, ',');
	const char *of = sort.p ? visit_words(v, arena_str(v->op->a, str_trim(sort)).p) : "";
	return arena_say(v->op->a, "%s %s " STR_FMT "%s%s", visit_words(v, what), visit_words(v, "ending"), STR_ARG(digits), *of ? ", " : "", of);
}

static const char *verdict_words(struct visit *v, const char *verdict)
{
	static const struct { const char *name; struct said words; } all[] = {
		{ "test-data", say("Test data") }, { "not-a-card", say("Not a card") }, { "cleaned-up", say("Cleaned up") }, { "lapsed", say("Still there, though it was said to be cleaned up") },
	};
	for (size_t i = 0; verdict && i < LENGTH(all); i++)
		if (strcmp(all[i].name, verdict) == 0)
			return visit_words(v, all[i].words.english);
	return NULL;
}

/* ---- the rows that a scan answered ---- */

static struct str text_of(struct visit *v, const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);
	return json_is_string(value) ? arena_str(v->op->a, (struct str){ json_string_value(value), json_string_length(value) }) : STR("");
}

static int64_t number_of(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

/* Each row of it; false from `each` ends it. */
static void rows_each(struct str rows, bool (*each)(void *, const json_t *), void *to)
{
	bool on = true;
	while (on && rows.n) {
		struct str line = str_split(&rows, '\n');
		json_t *row = json_loadb(line.p, line.n, 0, NULL);
		on = !row || each(to, row);
		json_decref(row);
	}
}

static bool is_scan(const struct job *j)
{
	return str_eq(j->what, STR("find"));
}

/* ---- what is on the map ---- */

/* id: only that one, gone or not; path: only what is there in that file. */
struct founds { struct visit *v; struct found *f; size_t n, cap; int64_t id; struct str path; };

static bool keep_found(void *to, const struct found *f)
{
	struct founds *s = to;
	if (s->id ? f->id != s->id : f->last < FAR_OFF || (s->path.n && !str_eq(s->path, f->path)))
		return true;
	s->f = arena_more(s->v->op->a, s->f, s->n, &s->cap, sizeof *s->f);
	s->f[s->n] = *f;
	s->f[s->n].path = arena_str(s->v->op->a, f->path), s->f[s->n].sample = arena_str(s->v->op->a, f->sample);
	s->n++;
	return !s->id;
}

/* How bad, as the command weighs it: what may never be kept counts most. */
static uint64_t weight_of(const struct found *f)
{
	return f->numbers * (f->kinds & (KIND(CARD_TRACK) | KIND(CARD_CODE)) ? 20 : f->kinds & KIND(CARD_NUMBER) ? 10 : 3);
}

static int by_weight(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	uint64_t p = weight_of(x), q = weight_of(y);
	return p != q ? (p < q) - (p > q) : (x->id > y->id) - (x->id < y->id);
}

struct naming { struct visit *v; struct customer_of { customer_id who; kinds kinds; struct str spot; } some[WHO_SHOWN]; int64_t n; };

static bool keep_name(void *to, customer_id who, kinds k, struct str spot)
{
	struct naming *s = to;
	if (s->n < WHO_SHOWN)
		s->some[s->n] = (struct customer_of){ who, k, arena_str(s->v->op->a, spot) };
	s->n++;
	return true;
}

/* ---- the page that begins ---- */

static size_t folders_offered(struct visit *v, struct form_choice *choice)
{
	struct str rest = op_setting(v->op, "find.folders");
	size_t n = 0;
	while (rest.n && n < FOLDERS_MAX) {
		struct str one = str_split(&rest, ':');
		choice[n++] = (struct form_choice){ .value = one, .text = one };
	}
	return n;
}

static bool holders_offered(struct visit *v, struct find_view *w)
{
	struct form_choice *choice = ARENA_ARRAY(v->op->a, struct form_choice, HOLDERS_MAX);
	struct atlas map;
	char host[65] = { 0 };
	size_t n = 0;
	if (!map_atlas(v->op, &map))
		return false;
	gethostname(host, sizeof host - 1);              /* as the verb calls this computer */
	choice[n++] = (struct form_choice){ .value = STR(""), .label = say("This computer") };
	for (size_t i = 0; i < map.holders && n < HOLDERS_MAX; i++) {
		const struct holder *h = &map.holder[i];
		bool here = h->sort == COMPUTER && str_eq(h->name, str_of(host));
		if (!here && h->until > v->op->now && (h->sort == COMPUTER || h->sort == STORAGE || h->sort == MAILBOX || h->sort == SERVICE || h->sort == WEBSITE))
			choice[n++] = (struct form_choice){ .value = arena_say(v->op->a, "%s:" STR_FMT, sort_name(h->sort), STR_ARG(h->name)), .text = holder_said(v, h) };
	}
	w->holder = choice, w->holders = n;
	return true;
}

static bool scans_shown(struct visit *v, struct find_view *w)
{
	struct scan_row *row = ARENA_ARRAY(v->op->a, struct scan_row, SCANS_SHOWN);
	struct job *j;
	size_t n, k = 0;
	if (!job_list(v->op, &j, &n))
		return false;
	for (size_t i = 0; i < n && k < SCANS_SHOWN; i++)
		if (is_scan(&j[i]))
			row[k++] = (struct scan_row){ j[i].id, j[i].of > 0 ? 100 * j[i].done / j[i].of : 0, moment_words(v, j[i].began), j[i].say, j[i].state == JOB_RUNNING, j[i].state == JOB_FAILED };
	w->scan = row, w->scans = k;
	return true;
}

static bool files_shown(struct visit *v, struct find_view *w)
{
	struct founds s = { .v = v };
	struct file_row *row = ARENA_ARRAY(v->op->a, struct file_row, FILES_PAGE);
	int64_t from = 0;
	if (!found_each(v->op, keep_found, &s))
		return false;
	if (!query_number(v, "from", &from))
		return false;
	if (s.n)
		qsort(s.f, s.n, sizeof *s.f, by_weight);
	w->all = (int64_t)s.n;
	w->first_page = from <= 0;
	for (size_t i = from > 0 ? (size_t)from : 0; i < s.n && w->rows < FILES_PAGE; i++) {
		const struct found *f = &s.f[i];
		struct naming who = { .v = v };
		struct holder h;
		if (!found_names(v->op, f->id, keep_name, &who) || !map_holder(v->op, f->holder, &h))
			return false;
		row[w->rows++] = (struct file_row){ f->id, f->path, holder_said(v, &h), kinds_words(v, f->kinds), day_words(v, f->seen), (int64_t)f->numbers, who.n, f->looked };
	}
	if (w->rows && w->first_page)
		w->first_todo = str_of(todo_words(v, find_todo_of(v->op->a, s.f[0].kinds, s.f[0].path)));
	if (w->rows == FILES_PAGE && from + FILES_PAGE < w->all)
		w->more.s = arena_say(v->op->a, "/find?from=%lld", (long long)(from > 0 ? from : 0) + FILES_PAGE);
	w->row = row;
	return true;
}

static bool find_show(struct visit *v, const struct form *f)
{
	struct form_choice folder[FOLDERS_MAX];
	struct find_view w = { .form = f, .folder = folder, .folders = folders_offered(v, folder), .may = v->session->login.role & ROLES_LEAD };
	w.locked = !act_key_at_hand(v);
	if (!files_shown(v, &w) || (w.may && (!holders_offered(v, &w) || !scans_shown(v, &w))))
		return false;
	page_find(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Look through files")));
}

bool find_page(struct visit *v)
{
	return find_show(v, &(struct form){ 0 });
}

static bool scan_begin(struct visit *v, struct str path, struct str holder, bool all, int64_t *job)
{
	struct act a;
	act_begin(v, &a, "find");
	act_give(v, &a, "path", path);
	act_give(v, &a, "holder", holder);
	if (all)
		act_flag(v, &a, "all");
	bool good = job_begin_for(v, &a, NULL, job);
	act_end(&a);
	return good;
}

bool find_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str folder = visit_text(v, "folder"), inside = visit_text(v, "inside");
	int64_t job;
	if (!folder.n) {
		form_fault(&f, "folder", str_of(visit_words(v, "Choose a folder.")));
		v->faulty = true;
		v->reply->status = 422;
		return find_show(v, &f);
	}
	if (inside.n)
		folder = arena_say(v->op->a, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(inside));
	/* a wrong passphrase is told now, not by a job that fails */
	if ((!pair_text(v->ask->form, "passphrase").n || act_key(v)) && scan_begin(v, folder, visit_text(v, "holder"), false, &job))
		return job_see(v, job);
	act_fault(v, &f);
	return find_show(v, &f);
}

/* ---- what one scan came to ---- */

/* Of what find_todo_of tells apart. */
static kinds kind_of(struct str kind)
{
	return str_eq(kind, STR("card_track")) ? KIND(CARD_TRACK) : str_eq(kind, STR("card_code")) ? KIND(CARD_CODE) : str_eq(kind, STR("card_number")) ? KIND(CARD_NUMBER) : KIND(SSN);
}

struct telling_scan { struct visit *v; struct scan_view *w; struct scanned_file *row; struct left_row *left; };

static bool take_row(void *to, const json_t *row)
{
	struct telling_scan *t = to;
	struct visit *v = t->v;
	struct scan_view *w = t->w;
	const json_t *all = json_object_get(row, "summary"), *left = json_object_get(all, "skipped");
	if (!all) {
		struct str path = text_of(v, row, "path"), verdict = text_of(v, row, "verdict");
		struct scanned_file *f = w->rows ? &t->row[w->rows - 1] : NULL;
		if ((verdict.n && !str_eq(verdict, STR("lapsed"))) || str_eq(text_of(v, row, "kind"), STR("card_test_number")) || str_eq(text_of(v, row, "confidence"), STR("unlikely")))
			return true;
		if (!f || !str_eq(f->path, path)) {
			if (w->rows == FILES_OF_SCAN)
				return true;
			f = &t->row[w->rows++];
			*f = (struct scanned_file){ .path = path, .masked = masked_words(v, text_of(v, row, "masked")) };
		}
		f->kinds |= kind_of(text_of(v, row, "kind"));
		f->numbers += number_of(row, "count");
		f->places++;
		return true;
	}
	const struct { const char *key; int64_t *to; } numbers[] = {
		{ "card_numbers", &w->cards }, { "others", &w->others }, { "files_with_findings", &w->files }, { "files", &w->looked }, { "unchanged", &w->unchanged }, { "test_numbers", &w->tests },
		{ "unlikely", &w->unlikely }, { "judged", &w->judged }, { "unread", &w->unread }, { "gone", &w->gone }, { "on_map", &w->on_map }, { "customers", &w->customers },
		{ "skipped_more", &w->lefts_more },
	};
	for (size_t i = 0; i < LENGTH(numbers); i++)
		*numbers[i].to = number_of(all, numbers[i].key);
	struct holder h;
	w->first = text_of(v, all, "open_first"), w->holder_whole = w->holder = text_of(v, all, "holder");
	if (w->holder.n && map_find(v->op, w->holder, &h))
		w->holder = holder_said(v, &h);
	err_clear(&v->op->err);
	w->whose = str_eq(text_of(v, all, "whose"), STR("looked_up"));
	w->bytes = find_bytes(v->op->a, (uint64_t)number_of(all, "bytes"));
	int64_t year;
	struct str oldest = text_of(v, all, "oldest");
	if (oldest.n > 4 && str_i64((struct str){ oldest.p, 4 }, &year) && year != civil_of(v->op->now).year)
		w->year = year;
	for (size_t i = 0; i < json_array_size(left); i++) {
		const json_t *one = json_array_get(left, i);
		struct str member = text_of(v, one, "member"), why = text_of(v, one, "why");
		if (w->lefts == LEFT_SHOWN) {
			w->lefts_more += (int64_t)(json_array_size(left) - i);
			break;
		}
		t->left[w->lefts++] = (struct left_row){ arena_say(v->op->a, STR_FMT "%s" STR_FMT, STR_ARG(text_of(v, one, "path")), member.n ? "!" : "", STR_ARG(member)),
		                                         str_of(visit_words(v, why.p)) };
	}
	return true;
}

struct placing { struct visit *v; struct scan_view *w; struct scanned_file *row; };

static bool place_found(void *to, const struct found *f)
{
	struct placing *p = to;
	for (size_t i = 0; f->last >= FAR_OFF && i < p->w->rows; i++)
		if (!p->row[i].id && str_eq(kept_name(p->v->op->a, p->row[i].path), f->path))
			p->row[i].id = f->id;
	return true;
}

bool find_scan_page(struct visit *v)
{
	struct scan_view w = { 0 };
	struct job j;
	struct telling_scan t = { v, &w, ARENA_ARRAY(v->op->a, struct scanned_file, FILES_OF_SCAN), ARENA_ARRAY(v->op->a, struct left_row, LEFT_SHOWN) };
	if (!job_get(v->op, path_number(v, "n"), &j))
		return false;
	if (!is_scan(&j) || j.state == JOB_RUNNING || j.state == JOB_FAILED)
		return visit_see(v, arena_say(v->op->a, "/job/%lld", (long long)j.id));
	rows_each(j.rows, take_row, &t);
	w.row = t.row, w.left = t.left;
	w.at = moment_words(v, j.began), w.stopped = j.state == JOB_STOPPED;
	w.more = w.files > (int64_t)w.rows ? w.files - (int64_t)w.rows : 0;
	if (!found_each(v->op, place_found, &(struct placing){ v, &w, t.row }))
		return false;
	for (size_t i = 0; i < w.rows; i++) {
		t.row[i].todo = todo_words(v, find_todo_of(v->op->a, t.row[i].kinds, t.row[i].path));
		if (str_eq(t.row[i].path, w.first))
			w.first_id = t.row[i].id;
	}
	v->back = STR("/find");
	page_find_scan(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What was found")));
}

/* ---- one file ---- */

struct said_one { struct str member, spot, kind, last4; const char *verdict; };
struct verdicts_in { struct visit *v; struct said_one *one; size_t n, cap; };
struct placing_in { struct visit *v; struct finding_view *w; struct found_place *place; bool any; struct verdicts_in *said; };

static void keep_verdict(void *to, struct str member, struct str spot, struct str kind, struct str last4, const char *verdict)
{
	struct verdicts_in *s = to;
	struct arena *a = s->v->op->a;
	s->one = arena_more(a, s->one, s->n, &s->cap, sizeof *s->one);
	s->one[s->n++] = (struct said_one){ arena_str(a, member), arena_str(a, spot), arena_str(a, kind), arena_str(a, last4), verdict };
}

static const char *verdict_of(const struct placing_in *p, const json_t *row)
{
	struct visit *v = p->v;
	struct arena *a = v->op->a;
	struct str where = text_of(v, row, "where");
	struct str spot = where.n ? where : arena_say(a, "%lld:%lld", (long long)number_of(row, "line"), (long long)number_of(row, "column"));
	const struct said_one one = { kept_name(a, text_of(v, row, "member")), kept_name(a, spot), text_of(v, row, "kind"), text_of(v, row, "last4"), NULL };
	for (size_t i = 0; i < p->said->n; i++) {
		const struct said_one *s = &p->said->one[i];
		if (str_eq(s->member, one.member) && str_eq(s->spot, one.spot) && str_eq(s->kind, one.kind) && str_eq(s->last4, one.last4))
			return s->verdict;
	}
	return NULL;
}

static bool take_place(void *to, const json_t *row)
{
	struct placing_in *p = to;
	struct visit *v = p->v;
	struct str path = text_of(v, row, "path"), place = text_of(v, row, "place"), where = text_of(v, row, "where"), member = text_of(v, row, "member");
	if (!path.n || !str_eq(kept_name(v->op->a, path), p->w->path))
		return true;
	p->any = true;
	if (p->w->places == PLACES_SHOWN) {
		p->w->more++;
		return true;
	}
	if (!where.n)
		where = arena_say(v->op->a, "%s %lld", visit_words(v, "line"), (long long)number_of(row, "line"));
	p->place[p->w->places++] = (struct found_place){
		.place = place, .where = member.n ? arena_say(v->op->a, STR_FMT ", " STR_FMT, STR_ARG(member), STR_ARG(where)) : where, .masked = masked_words(v, text_of(v, row, "masked")),
		.reason = reason_words(v, text_of(v, row, "reason")), .count = number_of(row, "count"), .certain = str_eq(text_of(v, row, "confidence"), STR("certain")), .unlikely = str_eq(text_of(v, row, "confidence"), STR("unlikely")),
		.verdict = verdict_words(v, verdict_of(p, row)),
	};
	return true;
}

/* From the newest scan that met it. */
static bool places_shown(struct visit *v, struct finding_view *w)
{
	struct verdicts_in said = { .v = v };
	struct placing_in p = { v, w, ARENA_ARRAY(v->op->a, struct found_place, PLACES_SHOWN), false, &said };
	struct job *all, j;
	size_t n, searched = 0;
	if (!job_list(v->op, &all, &n) || !find_verdicts_in(v->op, w->path, keep_verdict, &said))
		return false;
	for (size_t i = 0; i < n && !p.any && searched < SCANS_SEARCHED; i++) {
		if (!is_scan(&all[i]) || (all[i].state != JOB_DONE && all[i].state != JOB_STOPPED))
			continue;
		if (!job_get(v->op, all[i].id, &j))
			return false;
		searched++;
		rows_each(j.rows, take_place, &p);
		w->told = moment_words(v, j.began);
	}
	w->place = p.place;
	return true;
}

static bool whose_shown(struct visit *v, struct finding_view *w)
{
	struct naming who = { .v = v };
	struct whose_row *row = ARENA_ARRAY(v->op->a, struct whose_row, WHO_SHOWN);
	if (!found_names(v->op, w->id, keep_name, &who))
		return false;
	w->customers = who.n;
	for (int64_t i = 0; w->may && i < who.n && i < WHO_SHOWN; i++) {
		struct customer c;
		if (!ledger_customers(v->op, &who.some[i].who, 1, &c))
			return false;
		row[w->whos++] = (struct whose_row){ c.ref, kinds_words(v, who.some[i].kinds), who.some[i].spot };
	}
	w->who = row;
	return true;
}

static bool finding_get(struct visit *v, struct found *f)
{
	struct founds s = { .v = v, .id = path_number(v, "n") };
	if (!s.id || !found_each(v->op, keep_found, &s))
		return err_set(&v->op->err, NOT_FOUND, NULL, "There is no such finding.");
	if (!s.n)
		return err_set(&v->op->err, NOT_FOUND, NULL, "There is no such finding.");
	*f = s.f[0];
	return true;
}

static bool finding_show(struct visit *v, const struct form *form)
{
	struct finding_view w = { .form = form, .may = v->session->login.role & ROLES_LEAD, .kept = pair_has(v->ask->query, "kept"), .taken_back = pair_has(v->ask->query, "back") };
	struct found f;
	struct holder h;
	if (!finding_get(v, &f) || !map_holder(v->op, f.holder, &h))
		return false;
	w.id = f.id, w.path = f.path, w.holder = holder_said(v, &h), w.holder_whole = arena_say(v->op->a, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name));
	w.kinds = kinds_words(v, f.kinds), w.sample = f.sample, w.numbers = (int64_t)f.numbers, w.unnamed = (int64_t)f.unnamed, w.looked = f.looked;
	w.since = f.began > LONG_AGO ? day_words(v, f.began) : STR(""), w.seen = day_words(v, f.seen), w.gone = f.last < FAR_OFF ? day_words(v, f.last) : STR("");
	w.todo = todo_words(v, find_todo_of(v->op->a, f.kinds, f.path));
	w.can_look = w.may && !w.gone.n && !memchr(f.path.p, '[', f.path.n);
	if (!whose_shown(v, &w) || (w.may && !places_shown(v, &w)))
		return false;
	v->back = STR("/find");
	page_finding(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What was found")));
}

bool finding_page(struct visit *v)
{
	return finding_show(v, &(struct form){ 0 });
}

/* All in it is told then, what was judged, too. What is there now may be another finding than was. */
bool finding_look_do(struct visit *v)
{
	struct form form = { .given = v->ask->form };
	struct found f;
	struct holder h;
	struct job j;
	int64_t id;
	if (!finding_get(v, &f) || !map_holder(v->op, f.holder, &h))
		return false;
	if (!scan_begin(v, f.path, arena_say(v->op->a, "%s:" STR_FMT, sort_name(h.sort), STR_ARG(h.name)), true, &id)) {
		act_fault(v, &form);
		return finding_show(v, &form);
	}
	struct founds there = { .v = v, .path = f.path };
	if (!job_wait(v, id, &j) || !found_each(v->op, keep_found, &there))
		return false;
	if (j.state != JOB_DONE)
		return visit_see(v, arena_say(v->op->a, "/job/%lld", (long long)id));
	return visit_see(v, arena_say(v->op->a, "/find/file/%lld", (long long)(there.n ? there.f[0].id : f.id)));
}

/* The verb looks at the place itself, so it is a job, too; as a rule it is done before this is answered. */
bool finding_judge_do(struct visit *v)
{
	struct form form = { .given = v->ask->form };
	struct job j;
	struct act a;
	int64_t id;
	act_begin(v, &a, "find verdict");
	act_give(v, &a, "place", visit_text(v, "place"));
	act_give(v, &a, "verdict", visit_text(v, "verdict"));
	bool good = job_begin_for(v, &a, NULL, &id);
	act_end(&a);
	if (good && !job_wait(v, id, &j))
		return false;
	if (good && j.state == JOB_RUNNING)
		return visit_see(v, arena_say(v->op->a, "/job/%lld", (long long)id));
	if (good && j.state == JOB_DONE)
		return visit_see(v, arena_say(v->op->a, "/find/file/%lld?%s=yes", (long long)path_number(v, "n"), str_eq(visit_text(v, "verdict"), STR("none")) ? "back" : "kept"));
	if (good)
		err_set(&v->op->err, CONFLICT, NULL, STR_FMT, STR_ARG(j.say));
	act_fault(v, &form);
	return finding_show(v, &form);
}
