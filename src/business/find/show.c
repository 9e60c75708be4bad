/* show - the command: a scan told to people in sentences, to machines in rows, and to reports. Of very many findings in one file people see
 * the first few; rows are complete. */
#include "kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { IN_A_FILE = 5, OF_A_REASON = 5, REASONS_MAX = 64, SKIPPED_MAX = 64 << 20, SKIPPED_AFAR = 24 << 10, SKIPPED_ONE = 64 << 10, SKIPPED_ONE_AFAR = 2 << 10, REPORTS_MAX = 2 };

struct showing {
	struct op *op;
	struct answer *answer;
	struct arena *a, *one;                           /* of one file; of one finding in it */
	bool all;
	struct roots roots;
	struct verdicts *verdicts;
	struct keeping *keeping;                         /* NULL: there is no business to keep them in */
	struct kept_tally kept;
	bool told_holder, failed;                                     /* something could not be kept */
	struct report *report[REPORTS_MAX]; size_t reports;
	struct tally tally;
	/* the file being told */
	struct str path, real, said;                     /* said: why, the last time */
	uint64_t in_file, shown, weight, heaviest;
	uint32_t sorts;
	/* what was not read, by reason */
	struct { char why[160]; uint64_t n; } reason[REASONS_MAX];
	size_t reasons;
	struct buf skipped;
	struct json skipped_json;
	uint64_t skipped_more;
};

void told_make(struct arena *a, const struct find_hit *h, struct telling *t)
{
	const struct finding *f = &h->f;
	*t = (struct telling){ .f = f, .path = safe_path(a, h->path), .member = h->member, .masked = find_masked(a, f), .reason = find_reason(a, f) };
	t->spot = f->where.n ? f->where : arena_say(a, "%" PRIu64 ":%" PRIu64, f->line, f->column);
	struct str in = h->member.n ? arena_say(a, "!" STR_FMT, STR_ARG(h->member)) : STR("");
	t->place = arena_say(a, STR_FMT STR_FMT "%s" STR_FMT, STR_ARG(safe_line(a, h->path)), STR_ARG(in), f->where.n ? ", " : ":", STR_ARG(t->spot));
	t->todo = find_todo(a, 1u << f->sort, t->path, t->member);
}

/* ---- where a path is ---- */

struct roots roots_of(struct arena *a, const struct str *path, size_t n)
{
	struct roots r = { ARENA_ARRAY(a, struct str, n), ARENA_ARRAY(a, struct str, n), n };
	for (size_t i = 0; i < n; i++) {
		char *real = realpath(path[i].p, NULL);
		r.given[i] = path[i];
		while (r.given[i].n > 1 && r.given[i].p[r.given[i].n - 1] == '/')
			r.given[i].n--;
		r.real[i] = arena_str(a, real ? str_of(real) : r.given[i]);
		free(real);
	}
	return r;
}

struct str roots_path(struct arena *a, const struct roots *r, struct str path)
{
	for (size_t i = 0; i < r->n; i++) {
		struct str given = r->given[i], rest;
		if (!str_starts(path, given))
			continue;
		rest = (struct str){ path.p + given.n, path.n - given.n };
		bool root = str_eq(r->real[i], STR("/"));
		if (!rest.n || rest.p[0] == '/' || str_eq(given, STR("/")))
			return kept_name(a, arena_say(a, STR_FMT "%s" STR_FMT, STR_ARG(root ? STR("") : r->real[i]), str_eq(given, STR("/")) ? "/" : "", STR_ARG(rest)));
	}
	return kept_name(a, path);
}

/* ---- findings ---- */

static void file_begin(struct showing *s, struct str path)
{
	arena_reset(s->a);
	s->path = arena_str(s->a, path);
	s->real = roots_path(s->a, &s->roots, path);
	s->in_file = s->shown = s->weight = 0;
	s->said = STR("");
	s->sorts = 0;
}

/* How bad: what may never be kept weighs most. */
static uint64_t weight_of(const struct finding *f)
{
	return f->count * (f->sort == HIT_TRACK || f->sort == HIT_CODE ? 20u : f->sort == HIT_CARD ? 10u : 3u) * (f->class == SCAN_CERTAIN ? 2u : 1u);
}

static void count(struct showing *s, const struct telling *t)
{
	const struct finding *f = t->f;
	struct tally *all = &s->tally;
	if (t->verdict && !t->back)
		all->judged += f->count;
	else if (f->sort == HIT_TEST_NUMBER && f->class != SCAN_UNLIKELY)
		all->tests += f->count;
	if (!told_counts(t))
		return;
	all->sorts[f->sort] += f->count;
	all->cards += f->sort == HIT_CARD || f->sort == HIT_TRACK ? f->count : 0;
	all->others += f->sort >= HIT_SSN ? f->count : 0;
	all->back += t->back;
	s->weight += weight_of(f);
	s->sorts |= 1u << f->sort;
}

static void row(struct answer *answer, const struct telling *t)
{
	const struct finding *f = t->f;
	answer_row(answer);
	answer_text(answer, "path", t->path);
	answer_text(answer, "member", t->member);
	answer_number(answer, "line", (int64_t)f->line);
	answer_number(answer, "column", (int64_t)f->column);
	answer_number(answer, "offset", f->line ? (int64_t)f->at : 0);
	answer_text(answer, "where", f->where);
	answer_text(answer, "place", t->place);
	answer_text(answer, "kind", str_of(find_kind(f)));
	answer_text(answer, "brand", str_of(f->brand));
	answer_text(answer, "last4", str_of(f->last4));
	answer_text(answer, "masked", t->masked);
	answer_number(answer, "count", f->count);
	answer_text(answer, "confidence", str_of(class_name(f->class)));
	answer_real(answer, "score", f->score);
	answer_text(answer, "reason", t->reason);
	answer_text(answer, "todo", t->todo);
	if (t->verdict)
		answer_text(answer, "verdict", t->back ? STR("lapsed") : str_of(verdict_name(t->verdict)));
	answer_row_end(answer);
}

static void sentence(struct showing *s, const struct telling *t)
{
	struct answer *answer = s->answer;
	if (s->in_file++ >= IN_A_FILE && !s->all)
		return;
	s->shown++;
	const char *sure = t->verdict && !t->back ? verdict_name(t->verdict) : class_name(t->f->class);
	struct str times = t->f->count > 1 ? arena_say(s->one, ", %" PRIu32 " times", t->f->count) : STR("");
	answer_say(answer, STR_FMT ": " STR_FMT STR_FMT " (%s)", STR_ARG(t->place), STR_ARG(t->masked), STR_ARG(times), sure);
	if (!str_eq(t->reason, s->said)) {
		answer_say(answer, "    " STR_FMT, STR_ARG(t->reason));
		s->said = arena_str(s->a, t->reason);
	}
	if (t->back)
		answer_say(answer, "    You said that it is cleaned up, but it is still there.");
}

static void on_hit(void *to, const struct find_hit *h)
{
	struct showing *s = to;
	struct telling t;
	if (!str_eq(s->path, h->path))
		file_begin(s, h->path);
	if (h->f.class == SCAN_UNLIKELY && !s->all)
		return;
	arena_reset(s->one);
	told_make(s->one, h, &t);
	t.verdict = verdicts_of(s->verdicts, s->real, &t);
	t.back = t.verdict == VERDICT_CLEANED_UP;
	if (t.back)
		verdicts_lapse(s->verdicts, s->real, &t);
	count(s, &t);
	if (t.verdict && !t.back && !s->all)
		return;
	if (s->keeping)
		keeping_hit(s->keeping, &t);
	for (size_t i = 0; i < s->reports; i++)
		s->report[i]->hit(s->report[i], &t);
	if (s->answer->json)
		row(s->answer, &t);
	else
		sentence(s, &t);
}

static void file_end(struct showing *s)
{
	struct stat st;
	if (s->in_file > s->shown)
		answer_say(s->answer, "    and %" PRIu64 " more in this file; --all shows them.", s->in_file - s->shown);
	if (!s->sorts) {
		if (s->shown)
			answer_say(s->answer, "%s", "");
		return;
	}
	s->tally.files++;
	answer_say(s->answer, "    What to do: " STR_FMT "\n", STR_ARG(find_todo(s->a, s->sorts, s->path, STR(""))));
	if (stat(s->path.p, &st) == 0 && st.st_mtime < s->tally.oldest)
		s->tally.oldest = st.st_mtime;
	if (s->weight > s->heaviest) {
		s->heaviest = s->weight;
		snprintf(s->tally.first, sizeof s->tally.first, STR_FMT, STR_ARG(safe_line(s->a, s->path)));
	}
}

static void on_done(void *to, struct str path, bool well)
{
	struct showing *s = to;
	bool any = str_eq(s->path, path);
	if (any)
		file_end(s);
	if (s->keeping && !s->failed)
		s->failed = !keeping_done(s->keeping, any ? s->real : roots_path(s->a, &s->roots, path), well);
	s->path = (struct str){ 0 };
	arena_reset(s->a);
}

static void on_contact(void *to, const struct find_contact *c)
{
	struct showing *s = to;
	if (!s->failed)
		keeping_contact(s->keeping, c);
}

/* ---- what was not read ---- */

static void skipped_row(struct showing *s, struct str path, const struct find_unread *u)
{
	struct json *j = &s->skipped_json;
	size_t most = s->op->afar ? SKIPPED_AFAR : SKIPPED_MAX - SKIPPED_ONE, one = s->op->afar ? SKIPPED_ONE_AFAR : SKIPPED_ONE;
	if (s->skipped.n > most || path.n + u->member.n > one) {
		s->skipped_more++;
		return;
	}
	json_open(j, '{');
	json_key(j, "path");
	json_str(j, path);
	json_key(j, "member");
	json_str(j, u->member);
	json_key(j, "why");
	json_str(j, u->why);
	json_key(j, "left_out");
	json_bool(j, u->left_out);
	json_close(j);
}

static uint64_t *reason_count(struct showing *s, struct str why)
{
	size_t i = 0;
	while (i < s->reasons && !str_eq(str_of(s->reason[i].why), why))
		i++;
	if (i == s->reasons && i + 1 < REASONS_MAX)
		snprintf(s->reason[s->reasons++].why, sizeof s->reason[0].why, STR_FMT, STR_ARG(why));
	return &s->reason[i < s->reasons ? i : REASONS_MAX - 1].n;
}

static void on_unread(void *to, const struct find_unread *u)
{
	struct showing *s = to;
	struct arena *a = arena_open();
	struct str path = safe_path(a, u->path);
	s->tally.unread += !u->left_out;
	for (size_t i = 0; i < s->reports; i++)
		s->report[i]->unread(s->report[i], path, u->member, u->why);
	if (s->answer->json)
		skipped_row(s, path, u);
	else if (++*reason_count(s, u->why) <= OF_A_REASON || s->all)
		answer_note(s->answer, "%s" STR_FMT "%s" STR_FMT ": " STR_FMT, u->left_out ? "" : "not read: ", STR_ARG(short_path(a, path)), u->member.n ? "!" : "",
		            STR_ARG(short_path(a, u->member)), STR_ARG(u->why));
	arena_close(a);
}

static void unread_rest(struct showing *s)
{
	for (size_t i = 0; i < REASONS_MAX && !s->all; i++)
		if (s->reason[i].n > OF_A_REASON)
			answer_note(s->answer, "not read: %" PRIu64 " more: %s (--all names them)", s->reason[i].n - OF_A_REASON, s->reason[i].why[0] ? s->reason[i].why : "other reasons");
}

/* ---- at the end ---- */

static void summary_row(struct showing *s, const struct find_totals *totals)
{
	struct answer *answer = s->answer;
	const struct tally *t = &s->tally;
	const struct { const char *key; uint64_t n; } numbers[] = {
		{ "files", totals->files }, { "unchanged", totals->known }, { "bytes", totals->bytes }, { "files_with_findings", t->files }, { "card_numbers", t->cards }, { "others", t->others },
		{ "test_numbers", t->tests }, { "unlikely", totals->unlikely }, { "judged", t->judged },
	};
	struct buf b = BUF(SKIPPED_MAX + (1 << 16));
	struct json j = json_to(&b);
	json_open(&j, '{');
	json_key(&j, "summary");
	json_open(&j, '{');
	for (size_t i = 0; i < LENGTH(numbers); i++) {
		json_key(&j, numbers[i].key);
		json_i64(&j, (int64_t)numbers[i].n);
	}
	if (s->skipped_more) {
		json_key(&j, "skipped_more");
		json_i64(&j, (int64_t)s->skipped_more);
	}
	if (s->keeping) {
		const struct kept_tally *k = &s->kept;
		json_key(&j, "holder");
		json_str(&j, arena_say(s->op->a, "%s:" STR_FMT, sort_name(k->sort), STR_ARG(k->name)));
		json_key(&j, "on_map");
		json_i64(&j, (int64_t)k->files);
		json_key(&j, "gone");
		json_i64(&j, (int64_t)k->gone);
		json_key(&j, "customers");
		json_i64(&j, (int64_t)k->customers);
		json_key(&j, "whose");
		json_str(&j, k->looked ? STR("looked_up") : STR("not_looked_up"));
	}
	json_key(&j, "open_first");
	json_str(&j, str_of(t->first));
	json_key(&j, "oldest");
	if (t->oldest < FAR_OFF)
		json_str(&j, str_of(when_text(s->op->a, t->oldest).p));
	else
		json_none(&j);
	json_key(&j, "unread");
	json_i64(&j, (int64_t)t->unread);
	json_key(&j, "stopped");
	json_bool(&j, totals->stopped);
	json_key(&j, "seconds");
	json_decimal(&j, (double)totals->milliseconds / 1000);
	json_key(&j, "skipped");
	json_close(&s->skipped_json);
	buf_put(&b, buf_str(&s->skipped));
	buf_put(&b, STR("}}\n"));
	answer->put(answer->to, buf_str(&b));
	buf_free(&b);
}

static void kept_sentences(struct showing *s)
{
	struct answer *answer = s->answer;
	const struct kept_tally *k = &s->kept;
	if (!s->keeping)
		return;
	if (k->files)
		answer_say(answer, "On the map: %s:" STR_FMT " holds what was found in %" PRIu64 " file%s%s.", sort_name(k->sort), STR_ARG(k->name), k->files, k->files == 1 ? "" : "s",
		           s->told_holder ? "" : " (--holder names another)");
	if (k->files && !k->looked)
		answer_say(answer, "Whose: not looked up, for the vault is locked. Scan again with --passphrase-file to know whom these files name.");
	else if (k->files)
		answer_say(answer, "Whose: %" PRIu64 " of your customers %s named there; %" PRIu64 " number%s in nobody's record.", k->customers, k->customers == 1 ? "is" : "are", k->unnamed, k->unnamed == 1 ? " stands" : "s stand");
	if (k->gone)
		answer_say(answer, "%" PRIu64 " file%s that held something before hold%s it no more: so it stands on the map.", k->gone, k->gone == 1 ? "" : "s", k->gone == 1 ? "s" : "");
}

static void summary_sentences(struct showing *s, const struct find_totals *totals)
{
	struct answer *answer = s->answer;
	const struct tally *t = &s->tally;
	struct arena *a = s->op->a;
	answer_say(answer, STR_FMT, STR_ARG(tally_sentence(a, t, s->op->now)));
	if (t->first[0] && t->files > 1)
		answer_say(answer, "Open this one first: %s", t->first);
	if (t->back)
		answer_say(answer, "%" PRIu64 " of them you said were cleaned up; they are still there.", t->back);
	if (t->judged)
		answer_say(answer, "%" PRIu64 " you have judged%s.", t->judged, s->all ? "" : " are not shown; --all shows them");
	if (t->tests)
		answer_say(answer, "%" PRIu64 " published test number%s: nobody's, and not counted.", t->tests, t->tests == 1 ? "" : "s");
	if (totals->unlikely && !s->all)
		answer_say(answer, "%" PRIu64 " that only look like %s not shown; --all shows them.", totals->unlikely, totals->unlikely == 1 ? "one is" : "one are");
	struct str known = totals->known ? arena_say(a, " (%" PRIu64 " unchanged since they were clean)", totals->known) : STR("");
	answer_say(answer, "Looked at %" PRIu64 " file%s" STR_FMT ", " STR_FMT ", in %.1f s%s.", totals->files, totals->files == 1 ? "" : "s", STR_ARG(known),
	           STR_ARG(find_bytes(a, totals->bytes)), (double)totals->milliseconds / 1000, t->unread ? "; what could not be read is not known to be clean" : "");
	kept_sentences(s);
	if (t->files)
		answer_say(answer, "Is one of them nobody's number, or a test? handback find verdict PLACE not-a-card (or test-data, cleaned-up), with its place as above.");
}

static void on_progress(void *to, const char *what, uint64_t n, uint64_t of)
{
	struct showing *s = to;
	s->op->progress(s->op, what, n, of);
}

static bool reports_open(struct showing *s, const struct args *args)
{
	struct op *op = s->op;
	if (args_has(args, "sarif") && !(s->report[s->reports++] = sarif_open(args_text(args, "sarif"), &op->err)))
		return s->reports--, false;
	if (args_has(args, "sarif") && args_has(args, "html") && str_eq(args_text(args, "sarif"), args_text(args, "html")))
		return err_set(&op->err, INVALID, "html", "--sarif and --html need a file each.");
	if (args_has(args, "html") && !(s->report[s->reports++] = html_report_open(args_text(args, "html"), op->now, &op->err)))
		return s->reports--, false;
	return true;
}

static bool scan(struct showing *s, const struct args *args)
{
	struct op *op = s->op;
	static const struct arg none;
	const struct arg *paths = args_has(args, "path") ? args_list(args, "path") : &none;
	struct find find = { .a = op->a, .path = paths->value, .paths = paths->n, .database = args_text(args, "database"), .leave = op->folder, .stop = op->stop,
	                     .hit = on_hit, .unread = on_unread, .done = on_done, .progress = op->progress ? on_progress : NULL, .to = s };
	int64_t jobs = 0;
	if (args_number(args, "jobs", &jobs) && (jobs < 1 || jobs > 64))
		return err_set(&op->err, INVALID, "jobs", "--jobs is from 1 to 64.");
	if (!find.paths && !find.database.n)
		return err_set(&op->err, INVALID, "path", "Say what to look at: files and folders, or --database.");
	find.jobs = (unsigned)jobs;
	s->roots = roots_of(op->a, paths->value, paths->n);
	s->told_holder = args_has(args, "holder");
	if (s->told_holder && !op->db)
		return err_set(&op->err, NOT_FOUND, "holder", "There is no business at " STR_FMT ", so there is no map. Make one with handback init, or leave --holder away.",
		               STR_ARG(op->folder));
	if (!(s->verdicts = verdicts_open(op)) || !reports_open(s, args) || (op->db && !(s->keeping = keeping_open(op, args_text(args, "holder"), &s->roots))))
		return false;
	find.contact = keeping_asks(s->keeping) ? on_contact : NULL;
	find.seen = seen_open(op, find.contact != NULL);
	find.unlikely = s->all;
	bool good = find_scan(&find, &op->err);
	seen_close(find.seen);
	if (!good || s->failed || (s->keeping && !keeping_end(s->keeping, &find.totals, !op_stopped(op), &s->kept)))
		return false;
	unread_rest(s);
	if (s->answer->json)
		summary_row(s, &find.totals);
	else
		summary_sentences(s, &find.totals);
	s->answer->attention |= s->tally.files || s->tally.unread;
	while (s->reports && s->report[s->reports - 1]->keep(s->report[s->reports - 1], &s->tally, &find.totals, &op->err))
		s->reports--;
	if (s->reports)
		return s->reports--, false;
	return !op_stopped(op) || err_set(&op->err, OUTSIDE, NULL, "Stopped before the end: what is told is of the part that was looked at. Run it again for the whole.");
}

bool find_run(struct op *op, const struct args *args, struct answer *answer)
{
	static const char *const others[] = { "html", "sarif", "holder", "all" };
	if (args_has(args, "redact-copy")) {
		if (!args_has(args, "path") || args_list(args, "path")->n != 1 || args_has(args, "database"))
			return err_set(&op->err, INVALID, "path", "--redact-copy takes one file or folder.");
		for (size_t i = 0; i < LENGTH(others); i++)
			if (args_has(args, others[i]))
				return err_set(&op->err, INVALID, others[i], "--redact-copy makes copies and no report: leave --%s away, and run find once more for it.", others[i]);
		return redact_copy(op, args_text(args, "path"), args_text(args, "redact-copy"), answer);
	}
	struct showing s = { .op = op, .answer = answer, .a = arena_open(), .one = arena_open(), .all = args_has(args, "all"), .skipped = BUF(SKIPPED_MAX), .tally = { .oldest = FAR_OFF } };
	s.skipped_json = json_to(&s.skipped);
	json_open(&s.skipped_json, '[');
	bool good = scan(&s, args);
	while (s.reports)
		s.reports--, s.report[s.reports]->drop(s.report[s.reports]);
	good = verdicts_close(s.verdicts) && good;
	keeping_close(s.keeping);
	buf_free(&s.skipped);
	arena_close(s.a);
	arena_close(s.one);
	return good;
}
