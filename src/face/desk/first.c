/* first - the pages before there is a business: one question each, then the parent founds it (founding.h), then the recovery sheet. This desk
 * opens no file of the data folder. The answers stay in its memory, and the code on the sheet does until two of its groups were typed back;
 * then this desk ends, and the parent starts one for the business.
 */
#include "desk_int.h"
#include "founding.h"
#include "once.h"
#include "places.h"

#include <pthread.h>
#include <stdio.h>

enum { NAME_MAX_BYTES = 200, PASSPHRASE_MAX = 1024, TYPED_GROUPS = 2 };

/* What was answered so far. key: of the link by which the visitor goes on to the next desk. */
static struct {
	pthread_mutex_t lock;
	char machine[64];                                /* this computer's own zone */
	char name[NAME_MAX_BYTES + 1], region[8], zone[64], passphrase[PASSPHRASE_MAX + 1];
	bool placed, zoned;
	char code[64], key[FOUNDING_KEY + 1];
	size_t group[TYPED_GROUPS];
	bool over;
} first = { .lock = PTHREAD_MUTEX_INITIALIZER };

void first_start(void)
{
	struct arena *a = arena_open();
	snprintf(first.machine, sizeof first.machine, STR_FMT, STR_ARG(str_whole(when_machine_zone(a), sizeof first.machine - 1)));
	arena_close(a);
}

static void keep(char *to, struct str s)
{
	memcpy(to, s.p, s.n);
	to[s.n] = 0;
}

static bool founded(void)
{
	return first.code[0] != 0;
}

/* The first question without an answer; when all have one, the page on which they are checked; after that, the sheet. */
static const char *next_page(void)
{
	return founded()           ? "/first/sheet"
	       : !first.name[0]       ? "/first/name"
	       : !first.placed        ? "/first/place"
	       : !first.zoned         ? "/first/zone"
	       : !first.passphrase[0] ? "/first/passphrase"
	                              : "/first/check";
}

/* ---- showing ---- */

static bool show(struct visit *v, void (*page)(struct html *, const struct first_view *), const struct form *f, const char *title)
{
	struct form_choice region[PLACES_MAX], zone[PLACES_MAX];
	struct first_view w = { .form = f, .name = str_of(first.name), .region = STR(""), .folder = v->op->folder, .code = str_of(first.code), .zones = zone, .regions = region,
		.region_value = str_of(first.region), .zone_value = str_of(first.zone), .machine = str_of(first.machine), .group = first.group };
	w.regions_n = place_regions(region, w.region_value), w.zones_n = place_zones(zone, w.zone_value, true);
	if (w.region_value.n)
		w.region = place_chosen(region, w.regions_n, w.region_value)->text;
	w.zone = place_chosen(zone, w.zones_n, w.zone_value)->label;
	v->faulty = f->n > 0;
	if (f->n)
		v->reply->status = 400;
	page(v->o, &w);
	return visit_show(v, str_of(visit_words(v, title)));
}

struct question { void (*page)(struct html *, const struct first_view *); const char *title; };
static const struct question questions[] = {
	{ page_first_name, "Your business's name" }, { page_first_place, "Where your business is" }, { page_first_zone, "Your time zone" }, { page_first_passphrase, "Your passphrase" },
};
enum { ASK_NAME, ASK_PLACE, ASK_ZONE, ASK_PASSPHRASE };

/* Once it is founded there are no questions any more. */
static bool question(struct visit *v, int which, const struct form *f)
{
	pthread_mutex_lock(&first.lock);
	bool good = founded() ? visit_see(v, str_of(next_page())) : show(v, questions[which].page, f, questions[which].title);
	pthread_mutex_unlock(&first.lock);
	return good;
}

static bool name_page(struct visit *v) { return question(v, ASK_NAME, &(struct form){ 0 }); }
static bool place_page(struct visit *v) { return question(v, ASK_PLACE, &(struct form){ 0 }); }
static bool zone_page(struct visit *v) { return question(v, ASK_ZONE, &(struct form){ 0 }); }
static bool passphrase_page(struct visit *v) { return question(v, ASK_PASSPHRASE, &(struct form){ 0 }); }

static bool start_page(struct visit *v)
{
	pthread_mutex_lock(&first.lock);
	bool good = founded() ? visit_see(v, str_of(next_page())) : show(v, page_first_start, &(struct form){ 0 }, "Welcome");
	pthread_mutex_unlock(&first.lock);
	return good;
}

/* ---- answers ---- */

/* Keeps an answer that fits, else asks again. placed, zoned: what is noted with it, or NULL. */
static bool answered(struct visit *v, int which, struct form *f, char *to, struct str value, bool *noted)
{
	if (f->n)
		return question(v, which, f);
	pthread_mutex_lock(&first.lock);
	if (!founded()) {
		keep(to, value);
		if (noted)
			*noted = true;
	}
	visit_see(v, str_of(next_page()));
	pthread_mutex_unlock(&first.lock);
	return true;
}

static bool name_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str name = str_straight(v->op->a, visit_text(v, "name"));
	if (!name.n)
		form_fault(&f, "name", str_of(visit_words(v, "Type your business's name, as your customers know it.")));
	else if (name.n > NAME_MAX_BYTES)
		form_fault(&f, "name", str_of(visit_words(v, "That is longer than a name can be here: 200 characters.")));
	else if (v->masked) {
		f.given = (struct pairs){ 0 };           /* not shown again */
		form_fault(&f, "name", str_of(visit_words(v, "That has a card number in it. Type only the name.")));
	}
	return answered(v, ASK_NAME, &f, first.name, name, NULL);
}

static bool place_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str region = visit_text(v, "region");
	struct form_choice choice[PLACES_MAX];
	if (!place_chosen(choice, place_regions(choice, STR("")), region))
		form_fault(&f, "region", str_of(visit_words(v, "Choose a state from the list, or the first line if you don't know.")));
	return answered(v, ASK_PLACE, &f, first.region, region, &first.placed);
}

static bool zone_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str zone = visit_text(v, "zone");
	struct form_choice choice[PLACES_MAX];
	if (!place_chosen(choice, place_zones(choice, STR(""), true), zone))
		form_fault(&f, "zone", str_of(visit_words(v, "Choose a time zone from the list, or the first line if you don't know.")));
	return answered(v, ASK_ZONE, &f, first.zone, zone, &first.zoned);
}

static bool passphrase_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str one = pair_text(v->ask->form, "passphrase"), two = pair_text(v->ask->form, "again");
	pthread_mutex_lock(&first.lock);
	struct str business = arena_str(v->op->a, str_of(first.name));
	pthread_mutex_unlock(&first.lock);
	if (!op_passphrase_fits(v->op, one, business)) {
		form_fault(&f, "passphrase", visit_said(v, arena_str(v->op->a, str_of(v->op->err.say))));
		err_clear(&v->op->err);
	} else if (!str_eq(one, two)) {
		form_fault(&f, "again", str_of(visit_words(v, "The two are not the same. Type the passphrase once more, both times.")));
	}
	return answered(v, ASK_PASSPHRASE, &f, first.passphrase, one, NULL);
}

/* ---- founding ---- */

static bool check_page(struct visit *v)
{
	pthread_mutex_lock(&first.lock);
	const char *next = next_page();
	bool good = strcmp(next, "/first/check") != 0 ? visit_see(v, str_of(next)) : show(v, page_first_check, &(struct form){ 0 }, "Check your answers");
	pthread_mutex_unlock(&first.lock);
	return good;
}

static bool check_do(struct visit *v)
{
	struct founding_asked asked;
	struct form f = { 0 };
	pthread_mutex_lock(&first.lock);
	const char *next = next_page();
	bool good = true;
	if (strcmp(next, "/first/check") == 0) {
		asked = (struct founding_asked){ str_of(first.name), str_of(first.region), str_of(first.zone), str_of(first.passphrase) };
		if (founding_ask(&asked, first.code, first.key, &v->op->err)) {
			wipe(first.passphrase, sizeof first.passphrase);
			groups_choose(first.group);
		} else {
			form_fault(&f, "answers", visit_said(v, arena_str(v->op->a, str_of(v->op->err.say))));
			err_clear(&v->op->err);
		}
		next = next_page();
	}
	good = f.n ? show(v, page_first_check, &f, "Check your answers") : visit_see(v, str_of(next));
	pthread_mutex_unlock(&first.lock);
	return good;
}

/* ---- the sheet ---- */

static bool sheet(struct visit *v, void (*page)(struct html *, const struct first_view *), const struct form *f, const char *title)
{
	pthread_mutex_lock(&first.lock);
	bool good = founded() ? show(v, page, f, title) : visit_see(v, str_of(next_page()));
	pthread_mutex_unlock(&first.lock);
	return good;
}

static bool sheet_page(struct visit *v) { return sheet(v, page_first_sheet, &(struct form){ 0 }, "Your recovery sheet"); }
static bool typed_page(struct visit *v) { return sheet(v, page_first_typed, &(struct form){ 0 }, "Type two groups of the code"); }

/* The way on: to the next desk, which takes over while this is read. */
static bool done_show(struct visit *v, struct str key)
{
	page_first_done(v->o, &(struct first_view){ .key = key });
	return visit_show(v, str_of(visit_words(v, "Your business is set up")));
}

static bool typed_do(struct visit *v)
{
	static const char *const fields[TYPED_GROUPS] = { "one", "two" };
	struct form f = { 0 };
	struct str key = STR("");
	pthread_mutex_lock(&first.lock);
	bool there = founded();
	for (size_t i = 0; i < TYPED_GROUPS && there; i++)
		if (!str_eq_nocase(visit_text(v, fields[i]), group_of(str_of(first.code), first.group[i])))
			group_fault(v, &f, fields[i], first.group[i]);
	if (there && !f.n) {
		key = arena_str(v->op->a, str_of(first.key));
		wipe(first.code, sizeof first.code);
		wipe(first.key, sizeof first.key);
		first.over = true;
	}
	pthread_mutex_unlock(&first.lock);
	if (!there || f.n)
		return sheet(v, page_first_typed, &f, "Type two groups of the code");
	desk_finish();
	return done_show(v, key);
}

/* On a connection that was there before the last answer: who is so quick is asked to press the button once more. */
static bool link_page(struct visit *v)
{
	pthread_mutex_lock(&first.lock);
	bool over = first.over;
	pthread_mutex_unlock(&first.lock);
	return over ? done_show(v, pair_text(v->ask->param, "key")) : open_page(v);
}

static bool door_page(struct visit *v)
{
	page_first_door(v->o, &(struct first_view){ 0 });
	return visit_show(v, str_of(visit_words(v, "Open the link")));
}

const struct route first_routes[] = {
	{ "GET", "/", 0, 0, start_page },
	{ "GET", "/first/name", 0, 0, name_page },
	{ "POST", "/first/name", 0, 0, name_do },
	{ "GET", "/first/place", 0, 0, place_page },
	{ "POST", "/first/place", 0, 0, place_do },
	{ "GET", "/first/zone", 0, 0, zone_page },
	{ "POST", "/first/zone", 0, 0, zone_do },
	{ "GET", "/first/passphrase", 0, 0, passphrase_page },
	{ "POST", "/first/passphrase", 0, 0, passphrase_do },
	{ "GET", "/first/check", 0, 0, check_page },
	{ "POST", "/first/check", 0, 0, check_do },
	{ "GET", "/first/sheet", 0, 0, sheet_page },
	{ "GET", "/first/typed", 0, 0, typed_page },
	{ "POST", "/first/typed", 0, 0, typed_do },
	{ "GET", "/first/restore", 0, 0, restore_page },
	{ "POST", "/first/restore", 0, ROUTE_FILES, restore_do },
	{ "GET", "/first/restore/look/:key", 0, 0, restore_open_page },
	{ "POST", "/first/restore/look/:key", 0, 0, restore_open_do },
	{ "GET", "/first/restore/put", 0, 0, restore_put_page },
	{ "POST", "/first/restore/put", 0, 0, restore_put_do },
	{ "GET", "/open/:key", 0, ROUTE_OPEN, link_page },
	{ "GET", "/sign-in", 0, ROUTE_OPEN, door_page },
	{ "POST", "/language", 0, ROUTE_OPEN, language_do },
	{ "GET", "/look/:name", 0, ROUTE_OPEN, asset_page },
};
const size_t first_routes_n = LENGTH(first_routes);

/* ---- when there is a business ---- */

bool choices_page(struct visit *v)
{
	page_first_choices(v->o, &(struct first_view){ .name = op_setting(v->op, "business.name") });
	return visit_show(v, str_of(visit_words(v, "Your business is set up")));
}
