/* readers - the register of card readers, the half-minute look at one on the phone, and its photos. */
#include "act.h"
#include "practice.h"
#include "readers.h"

static struct str choice_words(struct visit *v, const struct reader_check *c)
{
	return v->o->language == SPANISH ? c->es : c->en;
}

static void row_fill(struct visit *v, const struct reader *r, struct reader_row *row)
{
	*row = (struct reader_row){ .r = *r, .looked = r->looked <= LONG_AGO ? STR("") : day_words(v, r->looked), .due = day_words(v, r->due), .is_due = r->due <= v->op->now,
		.gone = r->until < FAR_OFF };
}

static bool readers_show(struct visit *v, struct form *f)
{
	struct readers_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD };
	struct reader *r;
	if (!readers_list(v->op, &r, &w.rows))
		return false;
	struct reader_row *row = ARENA_ARRAY(v->op->a, struct reader_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++)
		row_fill(v, &r[i], &row[i]);
	w.row = row;
	page_readers(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Card readers")));
}

bool readers_page(struct visit *v)
{
	return readers_show(v, &(struct form){ 0 });
}

bool reader_new_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	struct holder h;
	struct str name = visit_text(v, "reader");
	act_begin(v, &a, "reader set");
	act_give(v, &a, "reader", name);
	act_flag(v, &a, "new");
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return map_find(v->op, arena_say(v->op->a, "reader:" STR_FMT, STR_ARG(name)), &h) && visit_see(v, arena_say(v->op->a, "/reader/%lld", (long long)h.id.n));
	if (strcmp(v->op->err.field, "new") == 0)
		memcpy(v->op->err.field, "reader", 7);           /* as the form calls it */
	act_fault(v, &f);
	return readers_show(v, &f);
}

/* ---- one reader ---- */

static bool reader_there(struct visit *v, struct reader *r)
{
	if (reader_get(v->op, (holder_id){ path_number(v, "n") }, r))
		return true;
	if (v->op->err.code != NOT_FOUND && v->op->err.code != INVALID)
		return false;
	err_clear(&v->op->err);
	return err_set(&v->op->err, NOT_FOUND, NULL, "%s", visit_words(v, "There is no such card reader."));
}

static struct str odd_words(struct visit *v, int64_t odd)
{
	size_t n;
	const struct reader_check *c = reader_checks(&n);
	struct buf b = BUF(4096);
	for (size_t i = 0; i < n; i++)
		if (odd >> c[i].bit & 1)
			buf_printf(&b, "%s" STR_FMT, b.n ? "; " : "", STR_ARG(choice_words(v, &c[i])));
	struct str s = arena_str(v->op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

static bool reader_show(struct visit *v, struct form *f)
{
	struct reader_view w = { .form = f };
	struct reader r;
	struct inspection *look;
	struct at_stake s;
	size_t n;
	if (!reader_there(v, &r) || !reader_looks(v->op, r.id, &look, &n) || !reader_at_stake(v->op, r.id, v->op->now, &s) || !reader_tell(v->op, &w.tell))
		return false;
	row_fill(v, &r, &w.row);
	struct look_row *row = ARENA_ARRAY(v->op->a, struct look_row, n + 1);
	for (size_t i = 0; i < n; i++)
		row[i] = (struct look_row){ look[i].id, moment_words(v, look[i].at), look[i].by, look[i].note, odd_words(v, look[i].odd), look[i].photo, look[i].why,
			look[i].entered > look[i].at ? moment_words(v, look[i].entered) : STR(""), look[i].entered_by };
	w.look = row, w.looks = n;
	w.customers = (int64_t)s.customers, w.unnamed = (int64_t)s.unnamed;
	w.since = s.since <= LONG_AGO ? STR("") : day_words(v, s.since);
	w.title = str_of(visit_words(v, "Something is wrong with a card reader"));
	w.from = s.since <= LONG_AGO ? STR("unknown") : when_text(v->op->a, s.since);
	w.company = practice_provider(v->op);
	w.may = v->session->login.role & ROLES_LEAD;
	w.can_look = v->session->login.role & ROLES_WORK && !w.row.gone;
	w.locked = !act_key_at_hand(v);
	w.days = (r.every + DAY - 1) / DAY, w.every = arena_say(v->op->a, "%lld", (long long)w.days);
	w.name = arena_say(v->op->a, "reader:" STR_FMT, STR_ARG(r.name));
	v->back = STR("/readers");
	page_reader(v->o, &w);
	return visit_show(v, r.name);
}

bool reader_page(struct visit *v)
{
	return reader_show(v, &(struct form){ 0 });
}

bool reader_set_do(struct visit *v)
{
	static const char *const fields[] = { "make", "model", "serial", "at", "with" };
	struct form f = { .given = v->ask->form };
	struct reader r;
	struct act a;
	if (!reader_there(v, &r))
		return false;
	act_begin(v, &a, "reader set");
	act_give(v, &a, "reader", r.name);
	for (size_t i = 0; i < LENGTH(fields); i++)
		act_give(v, &a, fields[i], visit_text(v, fields[i]));
	if (visit_text(v, "every").n)
		act_give(v, &a, "every", arena_say(v->op->a, STR_FMT "d", STR_ARG(visit_text(v, "every"))));
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/reader/%lld", (long long)r.id.n));
	act_fault(v, &f);
	return reader_show(v, &f);
}

/* ---- the look ---- */

static bool look_show(struct visit *v, struct form *f)
{
	struct inspect_view w = { .form = f };
	struct reader r;
	size_t n;
	const struct reader_check *c = reader_checks(&n);
	if (!reader_there(v, &r))
		return false;
	struct form_choice *choice = ARENA_ARRAY(v->op->a, struct form_choice, n);
	for (size_t i = 0; i < n; i++)
		choice[i] = (struct form_choice){ .value = c[i].name, .text = choice_words(v, &c[i]) };
	row_fill(v, &r, &w.row);
	w.check = choice, w.checks = n, w.locked = !act_key_at_hand(v);
	v->back = arena_say(v->op->a, "/reader/%lld", (long long)r.id.n);
	page_inspect(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Look at a reader")));
}

bool look_page(struct visit *v)
{
	return look_show(v, &(struct form){ 0 });
}

/* What is ticked is odd. */
static bool look_answered(struct visit *v, struct form *f, struct act *a)
{
	size_t n, odd = 0;
	const struct reader_check *c = reader_checks(&n);
	bool wrong = str_eq(visit_text(v, "all"), STR("no"));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v->ask->form.n; k++)
			if (str_eq(v->ask->form.at[k].name, STR("odd")) && str_eq(v->ask->form.at[k].value, c[i].name)) {
				act_give(v, a, "odd", c[i].name);
				odd++;
			}
	if (!wrong && !str_eq(visit_text(v, "all"), STR("yes")))
		form_fault(f, "all", str_of(visit_words(v, "Say whether all was right.")));
	else if (!wrong && odd)
		form_fault(f, "all", str_of(visit_words(v, "You said that all was right, and ticked something that is not. Which is it?")));
	else if (wrong && !odd)
		form_fault(f, "odd", str_of(visit_words(v, "Tick what was not right.")));
	return !f->n;
}

bool look_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct reader r;
	struct act a;
	if (!reader_there(v, &r))
		return false;
	act_begin(v, &a, "reader inspect");
	act_give(v, &a, "reader", r.name);
	act_give(v, &a, "note", visit_text(v, "note"));
	for (size_t i = 0; i < v->ask->uploads; i++)
		if (str_eq(v->ask->upload[i].field, STR("photo")) && v->ask->upload[i].size)
			act_give(v, &a, "photo", arena_say(v->op->a, "/proc/self/fd/%d", v->ask->upload[i].fd));
	bool good = look_answered(v, &f, &a) && act_do(v, &a), odd = a.attention;
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, odd ? "/reader/%lld?odd=yes" : "/readers", (long long)r.id.n));
	if (!f.n)
		act_fault(v, &f);
	v->reply->status = 422;
	v->faulty = true;
	return look_show(v, &f);
}

bool reader_settle_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct reader r;
	struct act a;
	if (!reader_there(v, &r))
		return false;
	act_begin(v, &a, "reader settle");
	act_give(v, &a, "reader", r.name);
	act_give(v, &a, "why", visit_text(v, "why"));
	bool good = visit_text(v, "why").n && act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, arena_say(v->op->a, "/reader/%lld", (long long)r.id.n));
	if (!visit_text(v, "why").n)
		form_fault(&f, "why", str_of(visit_words(v, "Say in a sentence what came out.")));
	else
		act_fault(v, &f);
	return reader_show(v, &f);
}

bool look_photo_do(struct visit *v)
{
	struct form f = { 0 };
	struct reader r;
	struct inspection look;
	const char *type;
	struct buf photo = BUF(PHOTO_MAX + 1);
	int64_t id = path_number(v, "look");
	if (!reader_there(v, &r) || !reader_look(v->op, id, &look))
		return false;
	if (look.reader.n != r.id.n)
		return err_set(&v->op->err, NOT_FOUND, NULL, "%s", visit_words(v, "There is no such look."));
	bool good = act_key(v) && reader_photo(v->op, id, &photo, &type);
	if (good) {
		v->reply->type = type;
		buf_put(&v->reply->body, buf_str(&photo));
	}
	buf_free(&photo);
	if (good)
		return true;
	act_fault(v, &f);
	return reader_show(v, &f);
}
