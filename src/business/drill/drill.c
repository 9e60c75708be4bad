/* drill - inventing a case, the copy that it is practised on, and how far that has come. */
#include "drill.h"
#include "drill_data.h"
#include "drill_sql.h"
#include "exposure.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CASES_MAX = 20, TRIED_MAX = 40, WINDOW_DAYS = 14, QUIET_DAYS = 3, RECORD_MAX = 1 << 20, TRIES = 20 };

/* ---- the data ---- */

struct story { struct str name, en, es; enum holder_sort sort; };

static size_t stories(struct story v[CASES_MAX])
{
	struct str text = data_drills_txt;
	size_t n = 0;
	while (text.p) {
		struct str line = str_trim(str_split(&text, '\n')), word = str_split(&line, ' ');
		line = line.p ? str_trim(line) : STR("");
		if (str_eq(word, STR("case")) && n < CASES_MAX)
			v[n++] = (struct story){ .name = line };
		else if (n && str_eq(word, STR("sort")))
			sort_parse(line, &v[n - 1].sort);
		else if (n && str_eq(word, STR("say")))
			v[n - 1].en = line;
		else if (n && str_eq(word, STR("es")))
			v[n - 1].es = line;
	}
	return n;
}

static void filled(struct buf *b, struct str text, const char *place, struct str with)
{
	struct str name = str_of(place);
	buf_clear(b);
	for (size_t i = 0; i < text.n;) {
		struct str rest = { text.p + i, text.n - i };
		bool here = str_starts(rest, name);
		buf_put(b, here ? with : (struct str){ rest.p, 1 });
		i += here ? name.n : 1;
	}
}

struct str drill_story(struct op *op, const struct drill *d, bool spanish)
{
	struct story v[CASES_MAX];
	size_t n = stories(v);
	const char *language = spanish ? "es" : "en";
	struct str said = d->story;                      /* one that the data has no more */
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].name, d->story))
			said = spanish ? v[i].es : v[i].en;
	const struct { const char *place; struct str with; } places[] = {
		{ "{from}", when_day_text(op->a, op->zone, d->from, language) }, { "{to}", when_day_text(op->a, op->zone, d->to - 1, language) }, { "{holder}", d->holder },
	};
	struct buf b = BUF(8 << 10);
	for (size_t i = 0; i < LENGTH(places); i++) {
		filled(&b, said, places[i].place, places[i].with);
		said = arena_str(op->a, buf_str(&b));
	}
	buf_free(&b);
	return said;
}

/* ---- inventing ---- */

/* The end of the two weeks: some days ago, but not after the ledger's last touch. false: nothing was ever imported. */
static bool window_end(struct op *op, int64_t *end, bool *known)
{
	enum { IMPORTS_MAX = 10000 };
	struct imported *all;
	size_t n;
	int64_t last = -1;
	if (!ledger_imports(op, INT64_MAX, IMPORTS_MAX, &all, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		last = all[i].last_day > last ? all[i].last_day : last;
	*known = last >= 0;
	int64_t touched = (last + 1) * DAY, quiet = op->now - QUIET_DAYS * DAY;
	*end = touched < quiet ? touched : quiet;
	return true;
}

/* Whole days here, like those that an owner would be told: the day that this moment is in. */
static int64_t day_begins(struct op *op, int64_t at)
{
	struct str day = when_local_text(op->a, op->zone, at);
	struct span s;
	return when_parse((struct str){ day.p, 10 }, op->zone, &s) ? s.from : at;
}

static bool busiest(struct op *op, const struct holder *h, size_t n, enum holder_sort sort, struct drill *d, bool *found)
{
	size_t most = 0, tried = 0;
	for (size_t i = 0; i < n && tried < TRIED_MAX; i++) {
		if (h[i].sort != sort || map_own(h[i].id))
			continue;
		struct suspicion s = { h[i].id, d->from, d->to, BOTH };
		struct exposed *e = NULL;
		if (!exposure_of(op, &s, 1, false, &e, &(struct sources){ 0 }))
			return false;
		size_t customers = exposed_customers(e);
		exposed_close(e);
		tried++;
		if (customers > most)
			most = customers, d->holder = h[i].name;
	}
	*found = most > 0;
	return true;
}

bool drill_invent(struct op *op, struct drill *d)
{
	struct story v[CASES_MAX];
	struct holder *h;
	struct drill *before;
	size_t n = stories(v), holders, done;
	int64_t end;
	bool found = false;
	*d = (struct drill){ 0 };
	if (!map_holders(op, &h, &holders) || !drills(op, &before, &done) || !window_end(op, &end, &found))
		return false;
	d->to = day_begins(op, end + DAY - 1), d->from = day_begins(op, d->to - WINDOW_DAYS * DAY + DAY / 2);
	size_t first = 0;                                /* the one after the last that was practised */
	for (size_t i = 0; i < n && done; i++)
		if (str_eq(v[i].name, before->story))
			first = i + 1;
	bool any = found;
	found = false;
	for (size_t i = 0; i < n && any && !found; i++) {
		const struct story *s = &v[(first + i) % n];
		d->story = s->name;
		if (!busiest(op, h, holders, s->sort, d, &found))
			return false;
	}
	return found || err_set(&op->err, CONFLICT, NULL, "There is nobody yet whom an incident would concern. Import what your payment service exports first, then practise.");
}

/* ---- the copy ---- */

struct str drill_folder(struct op *op)
{
	return arena_say(op->a, STR_FMT "/drill", STR_ARG(op->folder));
}

static bool record_read(struct op *op, struct buf *b)
{
	const char *path = arena_printf(op->a, STR_FMT "/keeper.record", STR_ARG(op->folder));
	buf_clear(b);
	return access(path, F_OK) != 0 || file_whole(path, b, NULL, &op->err);
}

/* The keeper's record goes with the log that it knows: both are of one moment when it was the same before and after. */
static bool files_copy(struct op *op, const char *folder)
{
	const char *database = arena_printf(op->a, "%s/handback.db", folder);
	struct buf before = BUF(RECORD_MAX), after = BUF(RECORD_MAX);
	bool good = true, same = false;
	for (int i = 0; i < TRIES && good && !same; i++) {
		unlink(database);
		good = record_read(op, &before) && db_copy(op->db, database, &op->err) && record_read(op, &after);
		same = str_eq(buf_str(&before), buf_str(&after));
	}
	if (good && !same)
		good = err_set(&op->err, CONFLICT, NULL, "Handback is very busy just now. Try again in a moment.");
	good = good && (!after.n || file_put(arena_printf(op->a, "%s/keeper.record", folder), buf_str(&after), 0600, &op->err));
	buf_free(&before);
	buf_free(&after);
	return good;
}

/* What it is about, and that nothing goes out by any way. */
static bool copy_mark(struct op *copy, struct drill *d)
{
	static const char *const ways[] = { "sms.gateway", "public.url", "bounces.box", "find.folders", "watch.checks", "watch.catalogue" };
	struct sql_last_incident last;
	bool found;
	if (!op_begin(copy))
		return false;
	d->told = copy->now;
	bool good = sql_last_incident(copy, &last, &found) && op_setting_put(copy, "mail.server", STR("none"));
	for (size_t i = 0; i < LENGTH(ways) && good; i++)
		good = op_setting_put(copy, ways[i], STR(""));
	good = good && op_setting_put(copy, "drill", arena_say(copy->a, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " " STR_FMT " " STR_FMT, d->told, last.id, d->from, d->to,
	                                                       STR_ARG(d->story), STR_ARG(d->holder)));
	return op_end(copy, good);
}

bool drill_copy(struct op *op, struct str folder, struct drill *d)
{
	struct op copy = { 0 };
	const char *path = arena_printf(op->a, STR_FMT, STR_ARG(folder));
	if (mkdir(path, 0700) != 0)
		return err_set(&op->err, OUTSIDE, "data", "The folder %s for the copy can't be made: %s.", path, strerror(errno));
	if (!files_copy(op, path))
		return false;
	bool good = op_open(&copy, folder) && copy_mark(&copy, d);
	if (!good)
		op->err = copy.err;
	op_close(&copy);
	return good;
}

/* ---- how far it is ---- */

/* Everybody at risk stands in a notice that was approved; since when. */
static bool all_approved(struct op *op, int64_t incident, struct drill *d)
{
	struct notice_round *r;
	struct incident i;
	struct left left;
	size_t n;
	int64_t last = 0, told = 0;
	bool waits = false;
	if (!notice_rounds(op, incident, &r, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		d->drafted = !d->drafted || r[k].drafted < d->drafted ? r[k].drafted : d->drafted;
		if (r[k].undone)
			continue;
		waits |= !r[k].approved;
		last = r[k].approved > last ? r[k].approved : last;
		told += r[k].split.all;
	}
	if (!last || waits)
		return true;
	if (!incident_get(op, incident, &i) || !notice_left(op, &i, &left))
		return false;
	if (!left.unwritten)
		d->approved = last, d->customers = told;
	return true;
}

/* What the copy's setting says; incident: the first that was opened in it, 0 as long as none was. */
static bool practised(struct op *op, struct drill *d, int64_t *incident)
{
	struct str rest = op_setting(op, "drill");
	struct sql_incident_after i;
	int64_t number[4];
	bool found;
	*d = (struct drill){ 0 };
	*incident = 0;
	if (!rest.n)
		return true;
	for (size_t k = 0; k < LENGTH(number); k++)
		if (!str_i64(str_split(&rest, ' '), &number[k]))
			return err_set(&op->err, TORN, NULL, "The setting of this drill is damaged. End it and begin another one.");
	d->told = number[0], d->from = number[2], d->to = number[3];
	d->story = str_split(&rest, ' '), d->holder = rest.p ? rest : STR("");
	if (!sql_incident_after(op, number[1], &i, &found))
		return false;
	if (found)
		d->opened = i.opened, *incident = i.id;
	return true;
}

bool drill_here(struct op *op, struct drill *d)
{
	int64_t incident;
	if (!practised(op, d, &incident))
		return false;
	if (!incident)
		return true;
	if (!str_i64(op_setting(op, "drill.seen"), &d->seen))
		d->seen = 0;
	if (!all_approved(op, incident, d))
		return false;
	if (d->drafted && (!d->seen || d->seen > d->drafted))            /* a draft says who is in it */
		d->seen = d->drafted;
	return true;
}

bool drill_seen(struct op *op, int64_t incident)
{
	struct drill d;
	int64_t practises;
	if (!op_setting(op, "drill").n || op_setting(op, "drill.seen").n)
		return true;
	if (!practised(op, &d, &practises) || practises != incident)
		return op->err.code == OK;
	return op_begin(op) && op_end(op, op_setting_put(op, "drill.seen", arena_say(op->a, "%" PRId64, op->now)));
}

void drill_steps(const struct drill *d, int64_t took[DRILL_STEPS])
{
	const int64_t at[] = { d->told, d->opened, d->seen, d->drafted, d->approved };
	for (size_t i = 0; i + 1 < LENGTH(at); i++)
		took[i] = at[i] && at[i + 1] ? at[i + 1] - at[i] : -1;
	took[DRILL_STEPS - 1] = d->approved ? d->approved - d->told : -1;
}

bool drills(struct op *op, struct drill **out, size_t *n)
{
	struct sql_drills q;
	struct drill *v = NULL;
	size_t room = 0, m = 0;
	if (!sql_drills(op, &q))
		return false;
	while (sql_drills_next(op, &q)) {
		v = arena_more(op->a, v, m, &room, sizeof *v);
		v[m++] = (struct drill){ q.id, q.story, q.holder, q.begins, q.ends, q.told, q.opened, q.seen, q.drafted, q.approved, q.customers, q.name };
	}
	*out = v, *n = m;
	return op->err.code == OK;
}

bool drill_before(struct op *op, int64_t id, struct drill *d)
{
	struct drill *all;
	size_t n, i = 0;
	*d = (struct drill){ 0 };
	if (!drills(op, &all, &n))
		return false;
	while (id && i < n && all[i].id >= id)
		i++;
	if (i < n)
		*d = all[i];
	return true;
}
