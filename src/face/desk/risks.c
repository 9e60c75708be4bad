/* risks - the pages of risky spots: three to do now, the rest for later; each can be said to be fixed, or accepted until a day. */
#include "act.h"
#include "risks.h"

static const char *said_in(const struct visit *v, struct both b)
{
	return v->o->language == SPANISH ? b.es : b.en;
}

void risk_row_fill(struct visit *v, const struct risk *r, struct risk_row *row)
{
	static const struct { struct said words; const char *colour; } severities[] = {
		[RISK_STOP] = { say("Stop today"), "red" }, [RISK_SOON] = { say("Soon"), "yellow" }, [RISK_GOOD] = { say("Good to do"), "grey" } };
	const struct risk_rule *rule = r->rule;
	static const int days[] = { [RISK_STOP] = 7, [RISK_SOON] = 30, [RISK_GOOD] = 90 };       /* for which it is accepted, if nobody says another day */
	bool next = risk_level(r) != rule->severity;
	int64_t until = v->op->now + days[rule->severity] * (int64_t)DAY;
	struct civil c = civil_of(zone_local(v->op->zone, until));
	static const char *const right[] = { [RISK_AT_READER] = "/reader/", [RISK_AT_SERVICE] = "/service/", [RISK_AT_HOLDER] = "/holder/", [RISK_AT_PRACTICE] = "/practice" };
	struct spot_place *place = ARENA_ARRAY(v->op->a, struct spot_place, r->places);
	for (size_t i = 0; i < r->places; i++)
		place[i] = (struct spot_place){ r->place[i].id, r->place[i].holder.id.n, r->place[i].name };
	*row = (struct risk_row){ rule->id, next ? visit_words(v, "Next") : visit_words(v, severities[rule->severity].words.english), next ? "yellow" : severities[rule->severity].colour, said_in(v, rule->says), said_in(v, rule->fix),
		said_in(v, rule->changes), said_in(v, rule->better), said_in(v, rule->avoid), rule->source, place, r->places, rule->minutes, rule->cost, r->back,
		r->state == RISK_ACCEPTED ? day_words(v, r->again - 1) : STR(""), r->reason, { .s = STR("") },
		arena_say(v->op->a, "%04d-%02d-%02d", c.year, c.month, c.day), day_words(v, until), visit_words(v, "it is planned, and done by then") };
	if (rule->does == RISK_AT_PRACTICE)
		row->go.s = str_of(right[rule->does]);
	else if (rule->does >= RISK_AT_READER && r->place->id)
		row->go.s = arena_say(v->op->a, "%s%lld", right[rule->does], (long long)r->place->id);
}

/* What was said to be fixed; what was accepted stands above it. */
static bool said_rows(struct visit *v, struct risks_view *w)
{
	struct risk_word *word;
	size_t n;
	if (!risks_said(v->op, &word, &n))
		return false;
	struct said_row *row = ARENA_ARRAY(v->op->a, struct said_row, n + 1);
	for (size_t i = 0; i < n; i++)
		if (word[i].fixed)
			row[w->saids++] = (struct said_row){ word[i].rule->id, word[i].place, said_in(v, word[i].rule->says), word[i].name, day_words(v, word[i].fixed), word[i].person,
				word[i].seen == SEEN_STILL, word[i].seen == SEEN_AGAIN };
	w->said = row;
	return true;
}

bool risks_page(struct visit *v)
{
	struct risks_view w = { .may = v->session->login.role & ROLES_LEAD };
	struct risk *r;
	size_t n;
	if (!risks_list(v->op, &r, &n) || !said_rows(v, &w))
		return false;
	struct risk_row *row = ARENA_ARRAY(v->op->a, struct risk_row, n + 1);
	for (size_t i = 0; i < n; i++) {
		risk_row_fill(v, &r[i], &row[i]);
		*(r[i].state == RISK_ACCEPTED ? &w.accepteds : r[i].now ? &w.nows : &w.laters) += 1;
	}
	w.now = row, w.later = row + w.nows, w.accepted = row + w.nows + w.laters;
	v->back = STR("/map");
	page_risks(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Risky spots")));
}

static bool risk_show(struct visit *v, struct form *f)
{
	struct risk_view w = { .form = f, .may = v->session->login.role & ROLES_LEAD };
	struct risk *r, *hit = NULL;
	size_t n;
	int64_t id = path_number(v, "n");
	if (!risks_list(v->op, &r, &n))
		return false;
	for (size_t i = 0; i < n && !hit; i++)
		hit = r[i].rule->id == id ? &r[i] : NULL;
	if (!hit)
		return err_set(&v->op->err, NOT_FOUND, NULL, "%s", visit_words(v, "This risky spot is no longer there."));
	risk_row_fill(v, hit, &w.row);
	w.accepted = hit->state == RISK_ACCEPTED;
	struct form_choice *place = ARENA_ARRAY(v->op->a, struct form_choice, hit->places);
	for (size_t i = 0; i < hit->places; i++)
		if (hit->place[i].id)                            /* what is the whole business's is fixed as a whole */
			place[w.places++] = (struct form_choice){ .value = arena_say(v->op->a, "%lld", (long long)hit->place[i].id), .text = hit->place[i].name };
	w.place = place;
	v->back = STR("/risks");
	page_risk(v->o, &w);
	return visit_show(v, str_of(w.row.says));
}

bool risk_page(struct visit *v)
{
	return risk_show(v, &(struct form){ 0 });
}

bool risk_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	bool accept = str_eq(visit_text(v, "do"), STR("accept")), undo = str_eq(visit_text(v, "do"), STR("undo"));
	act_begin(v, &a, accept ? "risk accept" : undo ? "risk undo" : "risk fixed");
	act_give(v, &a, "spot", arena_say(v->op->a, "R%lld", (long long)path_number(v, "n")));
	for (size_t i = 0; i < v->ask->form.n; i++)
		if (str_eq(v->ask->form.at[i].name, STR("place")))
			act_give(v, &a, "place", v->ask->form.at[i].value);
	if (accept) {
		act_give(v, &a, "reason", visit_text(v, "reason"));
		act_give(v, &a, "until", pair_has(v->ask->form, "until") ? visit_text(v, "until") : form_date_text(v->op->a, v->ask->form, "until"));
	}
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/risks"));
	if (undo)
		return false;
	act_fault(v, &f);
	return risk_show(v, &f);
}
