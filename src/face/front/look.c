/* look - what somebody asks on an incident's public page: a day, a place, the last four digits of a card. Answered out of the file, and kept nowhere. */
#include "lookup.h"
#include "visitors_int.h"

#include "when.h"

#include <inttypes.h>

static bool figures(struct str s, size_t from, size_t n, int *out)
{
	int64_t value;
	struct str part = { s.p + from, n };
	for (size_t i = 0; i < n; i++)
		if (part.p[i] < '0' || part.p[i] > '9')
			return false;
	*out = str_i64(part, &value) ? (int)value : 0;
	return true;
}

/* YYYY-MM-DD, as browsers send a day; as days since 1970. */
static bool day_read(struct str s, int32_t *day)
{
	struct civil c = { 0 };
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !figures(s, 0, 4, &c.year) || !figures(s, 5, 2, &c.month) || !figures(s, 8, 2, &c.day) || !civil_valid(&c))
		return false;
	*day = (int32_t)when_day(civil_seconds(&c));
	return true;
}

bool lookup_do(struct visit *v)
{
	struct guest *g = &v->guest;
	struct str day = str_trim(pair_text(g->ask->form, "day")), digits = str_trim(pair_text(g->ask->form, "last4")), where = pair_text(g->ask->form, "place"),
	           language = pair_text(g->ask->form, "language");
	struct look_form form = { .day = day.n <= 10 ? day : STR(""), .digits = digits.n <= 4 ? digits : STR(""), .chosen = where };
	struct look_place *place;
	struct err e = { 0 };
	enum look_answer answer = LOOK_PERHAPS;
	int64_t asked = LOOK_ANYWHERE;
	int32_t at;
	int last4;
	g->o.language = str_eq(language, STR("es")) ? SPANISH : str_eq(language, STR("en")) ? ENGLISH : g->o.language;
	if (!str_i64(pair_text(g->ask->form, "incident"), &form.incident) || !front_look_places(g->pages, form.incident, g->ask->a, &place, &form.places, &e)) {
		guest_error(g, e.code == TORN ? 503 : 404, NULL);
		return true;
	}
	form.place = place;
	if (!day_read(day, &at))
		form.wrong = say("Write the day on which you paid, like 2026-03-01.").english;
	else if (digits.n != 4 || !figures(digits, 0, 4, &last4))
		form.wrong = say("Write the last four digits of the card, and only these.").english;
	else if (where.n && (!str_i64(where, &asked) || asked < 0 || asked > UINT32_MAX))
		form.wrong = say("Choose one of the places.").english;
	else if (!front_look(g->pages, form.incident, (uint32_t)asked, at, (unsigned)last4, &answer, &e)) {
		guest_error(g, 503, NULL);
		return true;
	}
	if (form.wrong)
		g->reply->status = 400;
	struct path page = { arena_say(g->ask->a, "/status/%" PRId64 "/%s", form.incident, g->o.language == SPANISH ? "index.es.html" : "index.html") };
	page_looked(&g->o, &(struct looked_view){ form.wrong ? &form : NULL, answer == LOOK_YES, answer == LOOK_NO, page });
	guest_show(g, form.wrong ? "Something is missing" : answer == LOOK_YES ? "Yes" : answer == LOOK_NO ? "No" : "Perhaps");
	return true;
}
