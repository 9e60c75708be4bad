/* find - the scan as a whole, and the command. */
#include "find_int.h"

#include <inttypes.h>
#include <time.h>

static uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool find_scan(struct find *find, struct err *e)
{
	uint64_t began = now_ms();
	struct pool *pool = pool_open(find, e);
	if (!pool)
		return false;
	bool good = walk(find, pool, e);
	struct err after = { 0 };
	/* what was met is told, also when a path was not there */
	good = pool_finish(pool, good ? e : &after) && good;
	pool_close(pool);
	find->totals.milliseconds = now_ms() - began;
	return good;
}

/* ---- the command ---- */

struct showing {
	struct op *op;
	struct answer *answer;
	struct arena *a;
	bool all;
	struct buf skipped;                              /* JSON of what was left out, for the summary */
	struct json skipped_json;
	uint64_t sorts[HIT_SORTS], files, cards_files;
	struct str last_path, first_path;
	uint64_t unread_shown;
	char last[4096], first[4096];
	size_t last_n;
};

static struct str place_words(struct arena *a, const struct find_hit *h)
{
	struct str in = h->member.n ? arena_say(a, "!" STR_FMT, STR_ARG(h->member)) : STR("");
	if (h->f.where.n)
		return arena_say(a, STR_FMT STR_FMT ", " STR_FMT, STR_ARG(h->path), STR_ARG(in), STR_ARG(h->f.where));
	return arena_say(a, STR_FMT STR_FMT ":%" PRIu64 ":%" PRIu64, STR_ARG(h->path), STR_ARG(in), h->f.line, h->f.column);
}

static const char *class_name(enum scan_class c)
{
	return c == SCAN_CERTAIN ? "certain" : c == SCAN_LIKELY ? "likely" : "unlikely";
}

static void show_hit(void *to, const struct find_hit *h)
{
	struct showing *s = to;
	const struct finding *f = &h->f;
	if (f->class == SCAN_UNLIKELY && !s->all)
		return;
	if (f->class != SCAN_UNLIKELY) {
		s->sorts[f->sort] += f->count;
		bool again = h->path.n == s->last_n && memcmp(h->path.p, s->last, s->last_n) == 0;
		if (!again && f->sort != HIT_TEST_NUMBER && h->path.n < sizeof s->last) {
			s->files++;
			memcpy(s->last, h->path.p, h->path.n);
			s->last_n = h->path.n;
			if (s->files == 1)
				memcpy(s->first, s->last, sizeof s->last);
		}
	}
	struct answer *answer = s->answer;
	struct str where = place_words(s->a, h), masked = find_masked(s->a, f), reason = find_reason(s->a, f);
	answer_row(answer);
	answer_text(answer, "path", h->path);
	answer_text(answer, "member", h->member);
	answer_number(answer, "line", (int64_t)f->line);
	answer_number(answer, "column", (int64_t)f->column);
	answer_number(answer, "offset", f->line ? (int64_t)f->at : 0);
	answer_text(answer, "where", f->where);
	answer_text(answer, "kind", str_of(find_kind(f)));
	answer_text(answer, "brand", str_of(f->brand));
	answer_text(answer, "last4", str_of(f->last4));
	answer_text(answer, "masked", masked);
	answer_number(answer, "count", f->count);
	answer_text(answer, "confidence", str_of(class_name(f->class)));
	answer_real(answer, "score", f->score);
	answer_text(answer, "reason", reason);
	answer_row_end(answer);
	answer_say(answer, STR_FMT ": " STR_FMT " (%s)\n    " STR_FMT, STR_ARG(where), STR_ARG(masked), class_name(f->class), STR_ARG(reason));
	arena_reset(s->a);
}

static void show_unread(void *to, const struct find_unread *u)
{
	struct showing *s = to;
	if (s->answer->json && s->skipped.n < (1 << 20)) {
		json_open(&s->skipped_json, '{');
		json_key(&s->skipped_json, "path");
		json_str(&s->skipped_json, u->path);
		json_key(&s->skipped_json, "member");
		json_str(&s->skipped_json, u->member);
		json_key(&s->skipped_json, "why");
		json_str(&s->skipped_json, u->why);
		json_close(&s->skipped_json);
	}
	if (!s->answer->json && s->unread_shown++ < 200)
		answer_note(s->answer, "not read: " STR_FMT "%s" STR_FMT ": " STR_FMT, STR_ARG(u->path), u->member.n ? "!" : "", STR_ARG(u->member), STR_ARG(u->why));
}

static void show_progress(void *to, const char *what, uint64_t n, uint64_t of)
{
	struct showing *s = to;
	if (s->op->progress)
		s->op->progress(s->op, what, n, of);
}

static void summary(struct showing *s, const struct find *find)
{
	struct answer *answer = s->answer;
	const struct find_totals *t = &find->totals;
	uint64_t cards = s->sorts[HIT_CARD] + s->sorts[HIT_TRACK], others = 0;
	for (size_t i = HIT_SSN; i < HIT_SORTS; i++)
		others += s->sorts[i];
	if (answer->json) {
		struct buf b = BUF(4 << 20);
		struct json j = json_to(&b);
		json_open(&j, '{');
		json_key(&j, "summary");
		json_open(&j, '{');
		json_key(&j, "files");
		json_i64(&j, (int64_t)t->files);
		json_key(&j, "bytes");
		json_i64(&j, (int64_t)t->bytes);
		json_key(&j, "card_numbers");
		json_i64(&j, (int64_t)cards);
		json_key(&j, "others");
		json_i64(&j, (int64_t)others);
		json_key(&j, "test_numbers");
		json_i64(&j, (int64_t)s->sorts[HIT_TEST_NUMBER]);
		json_key(&j, "unlikely");
		json_i64(&j, (int64_t)t->unlikely);
		buf_put(&b, STR(",\"skipped\":"));
		json_close(&s->skipped_json);
		buf_put(&b, buf_str(&s->skipped));
		buf_printf(&b, ",\"seconds\":%.3f}}\n", (double)t->milliseconds / 1000);
		answer->put(answer->to, buf_str(&b));
		buf_free(&b);
		return;
	}
	double seconds = (double)t->milliseconds / 1000, mb = (double)t->bytes / 1e6;
	if (cards + others + s->sorts[HIT_CODE])
		answer_say(answer, "\n%" PRIu64 " card number%s and %" PRIu64 " other personal number%s in %" PRIu64 " file%s. Open this one first: %s", cards, cards == 1 ? "" : "s",
		           others, others == 1 ? "" : "s", s->files, s->files == 1 ? "" : "s", s->first);
	else
		answer_say(answer, "\nNo card numbers or other personal numbers were found.");
	if (s->sorts[HIT_TEST_NUMBER])
		answer_say(answer, "%" PRIu64 " test card numbers, which are nobody's.", s->sorts[HIT_TEST_NUMBER]);
	if (t->unlikely && !s->all)
		answer_say(answer, "%" PRIu64 " that only look like one are not shown; --all shows them.", t->unlikely);
	answer_say(answer, "%" PRIu64 " files, %.1f MB, %.1f s; %" PRIu64 " could not be read or were left out.", t->files, mb, seconds, t->skipped);
}

static bool find_run(struct op *op, const struct args *args, struct answer *answer)
{
	const struct arg *paths = args_list(args, "path");
	struct showing s = { .op = op, .answer = answer, .a = arena_open(), .all = args_has(args, "all"), .skipped = BUF(2 << 20) };
	s.skipped_json = json_to(&s.skipped);
	json_open(&s.skipped_json, '[');
	int64_t jobs = 0;
	struct find find = { .a = op->a, .path = paths->value, .paths = paths->n, .leave = op->folder, .stop = op->stop, .hit = show_hit, .unread = show_unread,
	                     .progress = show_progress, .to = &s };
	bool good = !args_number(args, "jobs", &jobs) || (jobs >= 1 && jobs <= 64) || err_set(&op->err, INVALID, "jobs", "--jobs is from 1 to 64.");
	find.jobs = (unsigned)jobs;
	good = good && find_scan(&find, &op->err);
	if (good) {
		if (op_stopped(op))
			answer_note(answer, "Stopped before the end: what follows is of the part that was looked at.");
		summary(&s, &find);
		for (size_t i = HIT_CARD; i < HIT_SORTS; i++)
			answer->attention |= s.sorts[i] && i != HIT_TEST_NUMBER;
	}
	buf_free(&s.skipped);
	arena_close(s.a);
	return good;
}

const struct verb find_verbs[] = {
	{ "find", "Looks for card numbers and other personal data in files, folders, archives, mail, documents and pictures.", "handback find ~/Documents", VERB_ALONE,
	  FIELDS({ "path", FIELD_PATH, FIELD_PLACED | FIELD_NEEDED | FIELD_LIST, "files and folders to look at" },
	         { "jobs", FIELD_NUMBER, 0, "how many helpers read at once, 1 to 64; as many as there are processors if not told" },
	         { "all", FIELD_FLAG, 0, "shows the unlikely ones, too" }), find_run },
	{ 0 },
};
