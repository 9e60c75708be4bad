/* keys - what opens the vault; a new recovery sheet, a new key. For owners. */
#include "act.h"
#include "job.h"
#include "once.h"
#include "seal.h"

static struct said slot_said(int sort)
{
	static const struct said words[] = { [SLOT_OWNER] = say("Passphrase of an owner"), [SLOT_RECOVERY] = say("Recovery sheet"), [SLOT_PERSON] = say("Passphrase"),
		[SLOT_RING] = say("Older keys") };
	return words[sort];
}

/* The sealing anew that is at work; 0: none is. */
static bool rotating(struct visit *v, int64_t *id)
{
	struct job *j;
	size_t n;
	*id = 0;
	if (!job_list(v->op, &j, &n))
		return false;
	for (size_t i = 0; i < n && !*id; i++)
		if (j[i].state == JOB_RUNNING && str_eq(j[i].what, STR("vault rotate")))
			*id = j[i].id;
	return true;
}

bool keys_page(struct visit *v)
{
	struct slot_made *slots;
	struct person p;
	struct keys_view w = { 0 };
	size_t n;
	if (!slot_list(v->op, &slots, &n) || !rotating(v, &w.job))
		return false;
	struct slot_row *row = ARENA_ARRAY(v->op->a, struct slot_row, n + 1);
	for (size_t i = 0; i < n; i++) {
		bool whose = slots[i].sort == SLOT_OWNER || slots[i].sort == SLOT_PERSON;
		if (whose && !person_get(v->op, slots[i].person, &p))
			return false;
		row[w.rows++] = (struct slot_row){ slot_said(slots[i].sort), whose ? p.name : STR(""), day_words(v, slots[i].made) };
	}
	w.row = row;
	w.sheet = once_get(v, ONCE_SHEET).n > 0;
	v->back = STR("/settings");
	page_keys(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Keys")));
}

/* A new code is shown on a sheet, and two groups of it are to be typed back. */
static void sheet_put(struct visit *v, struct str code)
{
	size_t group[2];
	groups_choose(group);
	once_put(v, ONCE_SHEET, code);
	once_put(v, ONCE_TYPED, arena_say(v->op->a, "%zu%zu", group[0], group[1]));
	wipe((char *)(uintptr_t)code.p, code.n);
}

static bool new_code(struct visit *v, const char *verb, const char *flag, struct form *f)
{
	struct act a;
	act_begin(v, &a, verb);
	if (flag)
		act_flag(v, &a, flag);
	bool good = act_do(v, &a);
	if (good)
		sheet_put(v, act_text(v, &a, "recovery"));
	else
		act_fault(v, f);
	act_end(&a);
	return good;
}

static bool asked(struct visit *v, void (*page)(struct html *, const struct keys_view *), const struct form *f, const char *title)
{
	v->back = STR("/keys");
	page(v->o, &(struct keys_view){ .form = f });
	return visit_show(v, str_of(visit_words(v, title)));
}

static bool recovery_show(struct visit *v, const struct form *f) { return asked(v, page_keys_recovery, f, "A new recovery sheet"); }
static bool rotate_show(struct visit *v, const struct form *f) { return asked(v, page_keys_rotate, f, "A new key"); }
static bool rest_show(struct visit *v, const struct form *f) { return asked(v, page_keys_rest, f, "Seal the rest anew"); }

bool recovery_page(struct visit *v) { return recovery_show(v, &(struct form){ 0 }); }
bool rotate_page(struct visit *v) { return rotate_show(v, &(struct form){ 0 }); }
bool rest_page(struct visit *v) { return rest_show(v, &(struct form){ 0 }); }

bool recovery_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	return new_code(v, "vault recovery", NULL, &f) ? visit_see(v, STR("/keys/sheet")) : recovery_show(v, &f);
}

/* ---- a new key: made at once; what is sealed is sealed anew by a job ---- */

static bool rest_start(struct visit *v)
{
	struct act a;
	int64_t id;
	act_begin(v, &a, "vault rotate");
	act_flag(v, &a, "rest");
	bool good = job_begin_for(v, &a, NULL, &id);
	act_end(&a);
	return good;
}

bool rotate_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	if (!new_code(v, "vault rotate", "key-only", &f))
		return rotate_show(v, &f);
	return rest_start(v) && visit_see(v, STR("/keys/sheet"));
}

bool rest_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	if (act_key_again(v) && rest_start(v))
		return visit_see(v, STR("/keys"));
	act_fault(v, &f);
	return rest_show(v, &f);
}

/* ---- the sheet ---- */

static bool sheet_show(struct visit *v, void (*page)(struct html *, const struct sheet_view *), const struct form *f, const char *title)
{
	struct str group = once_get(v, ONCE_TYPED);
	struct sheet_view w = { .form = f, .name = op_setting(v->op, "business.name"), .folder = v->op->folder, .code = once_get(v, ONCE_SHEET), .made = day_words(v, v->op->now) };
	if (!w.code.n || group.n != 2)
		return visit_see(v, STR("/keys"));
	if (!rotating(v, &w.job))
		return false;
	w.group[0] = (size_t)(group.p[0] - '0'), w.group[1] = (size_t)(group.p[1] - '0');
	v->faulty = f->n > 0;
	v->reply->status = f->n ? 422 : 200;
	page(v->o, &w);
	return visit_show(v, str_of(visit_words(v, title)));
}

bool keys_sheet_page(struct visit *v)
{
	return sheet_show(v, page_sheet, &(struct form){ 0 }, "Your recovery sheet");
}

bool keys_typed_page(struct visit *v)
{
	return sheet_show(v, page_sheet_typed, &(struct form){ 0 }, "Type two groups of the code");
}

bool keys_typed_do(struct visit *v)
{
	static const char *const fields[] = { "one", "two" };
	struct form f = { 0 };
	struct str code = once_get(v, ONCE_SHEET), group = once_get(v, ONCE_TYPED);
	for (size_t i = 0; code.n && group.n == 2 && i < LENGTH(fields); i++)
		if (!str_eq_nocase(visit_text(v, fields[i]), group_of(code, (size_t)(group.p[i] - '0'))))
			group_fault(v, &f, fields[i], (size_t)(group.p[i] - '0'));
	if (f.n)
		return sheet_show(v, page_sheet_typed, &f, "Type two groups of the code");
	once_end(v, ONCE_SHEET);
	once_end(v, ONCE_TYPED);
	return visit_see(v, STR("/keys"));
}
