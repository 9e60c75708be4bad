/* settings - what letters and mails say of the business, and how they go out. */
#include "act.h"
#include "places.h"
#include "qr.h"

/* By their name, and as the form's field: an id has no dots. */
static const struct { const char *name, *field; } names[] = {
	{ "business.name", "business-name" }, { "business.phone", "business-phone" }, { "business.address", "business-address" }, { "region", "region" },
	{ "timezone", "timezone" }, { "language", "language" }, { "notice.doing", "notice-doing" }, { "mail.from", "mail-from" }, { "mail.server", "mail-server" },
	{ "letter.cost", "letter-cost" }, { "paper.size", "paper-size" }, { "notice.email-consent", "notice-email-consent" },
	{ "mail.day-limit", "mail-day-limit" }, { "mail.limit", "mail-limit" },
};

/* The desk's own address as a QR code, where another machine can use it. */
static bool address_of(struct visit *v, struct settings_view *w)
{
	struct str host = v->ask->host;
	struct buf svg = BUF(64 << 10);
	if (str_starts(host, STR("localhost")) || str_starts(host, STR("127.")) || str_starts(host, STR("[::1]")))
		return true;
	w->address = arena_say(v->op->a, "%s://" STR_FMT "/", v->ask->secure ? "https" : "http", STR_ARG(host));
	bool good = qr_svg(&svg, w->address, &v->op->err);
	w->picture.s = arena_str(v->op->a, buf_str(&svg));
	buf_free(&svg);
	return good;
}

static bool settings_show(struct visit *v, const struct form *f, bool saved)
{
	struct str value[LENGTH(names)];
	struct form_choice region[PLACES_MAX], zone[PLACES_MAX];
	struct settings_view w = { .form = f, .saved = saved, .value = value, .owner = v->session->login.role == ROLE_OWNER };
	for (size_t i = 0; i < LENGTH(names); i++)
		value[i] = op_setting(v->op, names[i].name);
	w.region = region, w.regions = place_regions(region, op_setting(v->op, "region"));
	w.zone = zone, w.zones = place_zones(zone, op_setting(v->op, "timezone"), false);
	if (!address_of(v, &w))
		return false;
	page_settings(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "Settings")));
}

bool settings_page(struct visit *v)
{
	return settings_show(v, &(struct form){ 0 }, pair_has(v->ask->query, "saved"));
}

/* Sets one, or with `check` only asks whether it could be. What is wrong is noted beside its field. */
static void set(struct visit *v, struct form *f, size_t i, struct str value, bool check)
{
	struct form told = { 0 };
	struct act a;
	act_begin(v, &a, "set");
	act_give(v, &a, "key", str_of(names[i].name));
	if (value.n)
		act_give(v, &a, "value", value);
	else
		act_flag(v, &a, "value");                /* empty: takes it away */
	if (check)
		act_flag(v, &a, "check");
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return;
	act_fault(v, &told);
	form_fault(f, names[i].field, told.fault[0].say);
}

/* Only what is different is set, and only when all of it can be: the form says what is wrong, and nothing of it is kept. */
bool settings_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	for (int check = 1; check >= 0 && !f.n; check--)
		for (size_t i = 0; i < LENGTH(names) && (check || !f.n); i++) {
			struct str value = visit_text(v, names[i].field);
			if (pair_has(v->ask->form, names[i].field) && !str_eq(value, op_setting(v->op, names[i].name)))
				set(v, &f, i, value, check);
		}
	return f.n ? settings_show(v, &f, false) : visit_see(v, STR("/settings?saved=yes"));
}
