/* obligations - from the table and a case to whom to tell, by when, how surely, and why. */
#include "laws_int.h"

#include <inttypes.h>
#include <stdlib.h>

enum { HOUSE_DAYS = 30, OLD_MONTHS = 12, SAYS_MAX = 12, ASKS_MAX = 8 };

/* One duty being worked out. */
struct work {
	struct arena *a; const struct law_case *c;
	struct str say[SAYS_MAX], ask[ASKS_MAX]; size_t says, asks;
};

static void because(struct work *w, struct str s)
{
	for (size_t i = 0; i < w->says; i++)
		if (str_eq(w->say[i], s))
			return;
	if (w->says < SAYS_MAX)
		w->say[w->says++] = s;
}

static void question(struct work *w, struct str s)
{
	for (size_t i = 0; i < w->asks; i++)
		if (str_eq(w->ask[i], s))
			return;
	if (s.n && w->asks < ASKS_MAX)
		w->ask[w->asks++] = s;
}

const char *force_name(enum law_force f)
{
	static const char *const names[] = { "none", "LOOK", "SHOULD", "MUST" };
	return names[f];
}

const char *obligee_name(enum obligee t)
{
	static const char *const names[] = { [TO_PEOPLE] = "people", [TO_REGULATOR] = "regulator", [TO_BUREAUS] = "bureaus", [TO_CARDS] = "cards", [TO_INSURER] = "insurer" };
	return names[t];
}

/* ---- days ---- */

static int64_t floor_day(int64_t s)
{
	return s >= 0 ? s / DAY : -((-s + DAY - 1) / DAY);
}

int64_t law_days(struct zone *zone, int64_t at, int days, bool business)
{
	int64_t day = floor_day(zone_local(zone, at));
	for (int left = days; left > 0; left--)
		do
			day++;
		while (business && (day % 7 == 2 || day % 7 == 3));      /* 1970-01-01 was a Thursday: 2 is a Saturday */
	return zone_instant(zone, (day + 1) * DAY).at - 1;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return !a ? b : !b ? a : a < b ? a : b;
}

/* When a clock began. Where nobody said, the earliest that it can have been: being early breaks no law. */
static int64_t clock_of(struct work *w, struct str name)
{
	const struct law_case *c = w->c;
	bool determination = str_starts(name, STR("determination")) || str_eq(name, STR("confirmation")) || str_eq(name, STR("assessment")) || str_eq(name, STR("awareness_and_scope"));
	int64_t at = c->discovered;
	if (determination && c->determined)
		at = c->determined;
	else if (determination) {
		because(w, STR("The clock runs from the day on which it was determined that people are at risk. Nobody said when that was, so it is counted from the discovery."));
		question(w, STR("When was it determined that people are at risk?"));
	}
	if (memmem(name.p, name.n, "_or_notification", 16))
		at = earlier(at, c->vendor_told);
	return at;
}

/* ---- which people a law means ---- */

static bool choice_met(const kinds *choice, size_t n, bool any, kinds there)
{
	if (any)
		return there != 0;
	for (size_t i = 0; i < n; i++)
		if ((there & choice[i]) == choice[i])
			return true;
	return false;
}

/* How surely these kinds are what a list of words names; most: how surely at most. */
static enum law_force words_force(struct work *w, struct str list, kinds there, enum law_force most, bool named)
{
	enum law_force best = LAW_NONE;
	while (list.p && list.n) {
		const struct word *word = law_word(str_split(&list, '|'));
		enum law_force f = LAW_NONE;
		if (!word)
			continue;
		kinds seen = there;
		if (w->c->code_there == SAID_YES && there & KIND(CARD_NUMBER))
			seen |= KIND(CARD_CODE);
		if (choice_met(word->when, word->whens, word->any, seen))
			f = named || word->no_name ? most : LAW_SHOULD < most ? LAW_SHOULD : most;
		else if (choice_met(word->otherwise, word->otherwises, word->otherwise_any, seen) &&
		         !(w->c->code_there == SAID_NO && str_starts(word->name, STR("card_number_with_code"))))
			f = word->force < most ? word->force : most;
		if (f > LAW_NONE && f < LAW_MUST && !choice_met(word->when, word->whens, word->any, seen))
			question(w, word->question);
		if (f > best)
			best = f;
	}
	return best;
}

/* A card's track holds the name. */
static bool has_name(kinds there)
{
	return there & (KIND(NAME) | KIND(CARD_TRACK));
}

static bool encryption_excuses(const struct law *l)
{
	return str_starts(l->encryption_safe_harbour, STR("yes"));
}

static bool for_some_only(const struct law *l)
{
	return str_eq(l->code, STR("US-FTC-SAFEGUARDS")) || str_eq(l->code, STR("US-HIPAA"));
}

/* The people whom this law may mean: those of its place, and those of no known place when it is the business's own. */
struct concerned { int64_t must, should, look, unplaced, all; kinds kinds; };

static bool lives_under(struct work *w, const struct law *l, struct str place)
{
	struct str code[PLACE_LAWS];
	size_t n = laws_of_place(w->a, place, code);
	for (size_t i = 0; i < n; i++)
		if (str_eq(code[i], l->code))
			return true;
	return for_some_only(l) && str_starts(place, STR("US"));
}

static void count(struct concerned *p, enum law_force f, int64_t n)
{
	*(f == LAW_MUST ? &p->must : f == LAW_SHOULD ? &p->should : &p->look) += n;
}

/* named: of whom, by their place among the case's people, a law of their own place speaks. */
static struct concerned concerned_of(struct work *w, const struct law *l, bool *named)
{
	struct concerned p = { 0 };
	for (size_t i = 0; i < w->c->n; i++) {
		const struct residents *r = &w->c->people[i];
		bool placed = r->place.n && !str_eq(r->place, STR("US"));
		p.all += r->n;
		if (!r->kinds || !lives_under(w, l, placed || for_some_only(l) ? r->place : w->c->home))
			continue;
		enum law_force f = words_force(w, l->trigger_kinds, r->kinds, LAW_MUST, has_name(r->kinds)), g = words_force(w, l->other_kinds, r->kinds, LAW_SHOULD, has_name(r->kinds));
		f = g > f ? g : f;
		if (f == LAW_NONE)
			continue;
		if (f == LAW_SHOULD && !has_name(r->kinds))
			because(w, STR("The law counts these kinds together with a name; of some of them no name was there."));
		if (!placed && !for_some_only(l)) {
			p.unplaced += r->n;
			f = f > LAW_SHOULD ? LAW_SHOULD : f;
		}
		if (for_some_only(l))
			f = LAW_LOOK;
		p.kinds |= r->kinds;
		named[i] |= !for_some_only(l);
		count(&p, f, r->n);
	}
	return p;
}

static enum law_force force_of(const struct concerned *p)
{
	return p->must ? LAW_MUST : p->should ? LAW_SHOULD : p->look ? LAW_LOOK : LAW_NONE;
}

/* ---- what lowers a duty, always said ---- */

static enum law_force lowered(struct work *w, const struct law *l, enum law_force f)
{
	const struct law_case *c = w->c;
	struct span since;
	if (c->encrypted == SAID_YES && encryption_excuses(l)) {
		if (c->key_taken == SAID_NO) {
			because(w, STR("The data was encrypted and the key was not taken: this law then asks for nothing. Have a lawyer look."));
			f = LAW_LOOK;
		} else {
			because(w, STR("The data was encrypted. Whether the key was taken, too, decides."));
			question(w, STR("Was the key taken, too?"));
		}
	} else if (c->encrypted == UNSAID && encryption_excuses(l) && f > LAW_LOOK) {
		question(w, STR("Was the data encrypted where it was taken?"));
	}
	if (c->no_harm == SAID_YES && !str_eq(l->harm_threshold, STR("none")) && f > LAW_LOOK) {
		because(w, str_eq(l->harm_record_years, STR("indefinite")) ? STR("You found that no harm is likely. Under this law nobody need be told then, if that finding is written down and kept for good. Have a lawyer look.") :
		           l->harm_record_years.n ? arena_say(w->a, "You found that no harm is likely. Under this law nobody need be told then, if that finding is written down and kept %.*s years. Have a lawyer look.",
		                                              STR_ARG(l->harm_record_years)) :
		           STR("You found that no harm is likely. Under this law nobody need be told then. Have a lawyer look."));
		f = LAW_LOOK;
	}
	if (c->paper == SAID_YES && !str_eq(l->paper_records, STR("yes")) && f > LAW_LOOK) {
		because(w, STR("It was paper, and this law speaks of computer data. Have a lawyer look."));
		f = LAW_LOOK;
	}
	if (when_parse((struct str){ l->effective.p, l->effective.n < 10 ? l->effective.n : 10 }, c->zone, &since) && since.from > c->discovered && f > LAW_LOOK) {
		because(w, arena_say(w->a, "This version of the law is in force from %.*s on, after the discovery. Have a lawyer look.", STR_ARG(l->effective)));
		f = LAW_LOOK;
	}
	return f;
}

/* How old the row is, and how sure. */
static void told_of_row(struct work *w, const struct law *l)
{
	struct civil now = civil_of(zone_local(w->c->zone, w->c->now));
	int64_t year = 0, month = 0;
	str_i64((struct str){ l->checked_through.p, 4 }, &year);
	str_i64((struct str){ l->checked_through.p + 5, 2 }, &month);
	if ((now.year - year) * 12 + now.month - month > OLD_MONTHS)
		because(w, arena_say(w->a, "This row was last checked in %.*s, more than a year ago: look whether the law has changed.", STR_ARG(l->checked_through)));
	if (!str_eq(l->confidence, STR("high")))
		because(w, STR("One part of this row rests on one source only."));
}

/* ---- by when ---- */

int64_t law_house_day(struct zone *zone, int64_t discovered)
{
	return law_days(zone, discovered, HOUSE_DAYS, false);
}

static int64_t house_day(const struct law_case *c)
{
	return law_house_day(c->zone, c->discovered);
}

/* people_by: when the people of the same law must be told; the letters went out, or will by then. */
static int64_t by_of(struct work *w, const struct deadline *d, struct str clock, int64_t people_by, bool *house)
{
	const struct law_case *c = w->c;
	int64_t letters = c->letters ? c->letters : people_by, from = clock_of(w, clock), by;
	*house = false;
	switch (d->sort) {
	case D_DAYS:           by = law_days(c->zone, from, d->n, false); break;
	case D_BUSINESS:       by = law_days(c->zone, from, d->n, true); break;
	case D_HOURS:          by = from + (int64_t)d->n * 3600; break;
	case D_WITH:
	case D_BEFORE:         by = letters; break;
	case D_AFTER:          by = law_days(c->zone, letters, d->n, false); break;
	case D_AFTER_BUSINESS: by = law_days(c->zone, letters, d->n, true); break;
	default:               *house = true; by = house_day(c);
	}
	return d->with_if_sooner && letters < by ? letters : by;
}

/* ---- a hold of the police ---- */

static bool word_among(struct str list, const char *word)
{
	while (list.p && list.n)
		if (str_eq(str_split(&list, '|'), str_of(word)))
			return true;
	return false;
}

/* What this law wants of a hold before it counts is there. */
static bool hold_counts(struct work *w, const struct law *l, bool endless)
{
	bool written = word_among(l->hold_needs, "written");
	if (!w->c->hold_named && (written || word_among(l->hold_needs, "documented"))) {
		because(w, written ? STR("A hold counts here only if the police ask in writing. Nobody said who, and on which paper: the clock goes on.")
		                   : STR("A hold counts here only if the police ask in writing, or you noted at once who asked. Nobody said who, and on which paper: the clock goes on."));
		return false;
	}
	if (endless && word_among(l->hold_needs, "dated")) {
		because(w, STR("A hold counts here only until a day that the police name. Nobody said until when: the clock goes on. Ask them for a day."));
		return false;
	}
	if (word_among(l->hold_needs, "tell_attorney_general"))
		because(w, STR("While the police ask you to wait, tell the Attorney General why, in writing, within the days that the law names."));
	if (word_among(l->hold_needs, "police_tell_attorney_general"))
		because(w, STR("A hold counts here only if the police told the Attorney General in writing. Ask them."));
	return true;
}

/* The section that lets a hold stop a clock stands before the first colon of its source. */
static struct str hold_section(const struct law *l)
{
	struct str rest = l->hold_source;
	return str_split(&rest, ':');
}

/* Whether a hold stops the clock of this duty, as the table has it: what the table does not know goes on, and is LOOK. */
static bool hold_stops(struct work *w, const struct obligation *d, bool endless)
{
	struct str says = d->to == TO_PEOPLE ? d->law->hold_people : d->to == TO_REGULATOR ? d->law->hold_regulator : STR("");
	if (!says.n) {
		because(w, STR("LOOK: the table does not know whether a hold of the police stops this clock, so it goes on. Have a lawyer look before you wait."));
		return false;
	}
	if (str_eq(says, STR("no"))) {
		because(w, arena_say(w->a, "The hold of the police does not stop this clock: " STR_FMT ".", STR_ARG(hold_section(d->law))));
		return false;
	}
	if (!hold_counts(w, d->law, endless))
		return false;
	if (!str_eq(d->law->hold_confidence, STR("high")))
		because(w, STR("That a hold stops this clock rests on one source. Have a lawyer look before you wait."));
	return true;
}

/* The day that was `by`, after a hold that ended: where the law says how soon after it, that; else moved by whole days of the business's calendar, those only begun left out. */
static int64_t after_hold(struct work *w, const struct obligation *d, int64_t from)
{
	const struct law_case *c = w->c;
	struct deadline after = { 0 };
	if (d->law && deadline_read(d->law->hold_after, &after) && after.sort != D_NONE) {
		int64_t then = law_days(c->zone, c->hold_until - 1, after.n, after.sort == D_BUSINESS);
		because(w, arena_say(w->a, "The police's hold moves it: " STR_FMT " lets you tell within %s of its end.", STR_ARG(hold_section(d->law)),
		                     after.sort == D_DAYS ? counted(w->a, after.n, "day", "days") : counted(w->a, after.n, "business day (Monday to Friday)", "business days (Monday to Friday)")));
		return then > d->by ? then : d->by;
	}
	because(w, d->law ? arena_say(w->a, "Moved by the time of the police's hold: " STR_FMT ". After it the law wants no further delay.", STR_ARG(hold_section(d->law)))
	                  : STR("Moved by the time of the police's hold."));
	return law_days(c->zone, d->by, (int)((zone_local(c->zone, c->hold_until) - zone_local(c->zone, from)) / DAY), false);
}

/* A hold of the police stops those clocks that the law lets it stop (the table's hold_ columns), and our own rule where no law of the table speaks; no contract's. A hold of
 * which no end was told has none. no_law: of this place the table has no law, so nothing lets it. */
static void hold(struct work *w, struct obligation *d, bool no_law)
{
	const struct law_case *c = w->c;
	bool endless = !c->hold_until || c->hold_until >= FAR_OFF;
	int64_t from = c->hold_since > c->discovered ? c->hold_since : c->discovered;
	if (!c->hold_since)
		return;
	if (!c->hold_named)
		question(w, STR("Who asks you to wait, and on which paper?"));
	if (d->by <= from || (!endless && c->hold_until <= from))        /* it had run out before, or the hold was over before it began */
		return;
	if (no_law)
		because(w, STR("LOOK: the table does not know whether a hold of the police stops this clock, so it goes on. Have a lawyer look before you wait."));
	if (no_law || (d->law && !hold_stops(w, d, endless)))
		return;
	d->stopped = true;
	d->by = endless ? FAR_OFF : after_hold(w, d, from);
	if (endless && d->law)
		because(w, arena_say(w->a, "Stopped by the hold of the police: " STR_FMT ". When it ends, tell without delay.", STR_ARG(hold_section(d->law))));
	else if (endless)
		because(w, STR("Stopped by the hold of the police. When it ends, tell without delay."));
}

static struct str no_day_words(const struct deadline *d)
{
	return d->if_high_risk ? STR("No day is named: without delay, if the risk for people is high. By our own rule within 30 days of the discovery.")
	                       : STR("No day is named: without unreasonable delay. By our own rule within 30 days of the discovery.");
}

/* ---- duties ---- */

struct list { struct arena *a; struct obligation *v; size_t n, room; };

static void duty_add(struct list *l, struct work *w, struct obligation d)
{
	struct str *say = ARENA_ARRAY(l->a, struct str, w->says + 1), *ask = ARENA_ARRAY(l->a, struct str, w->asks + 1);
	memcpy(say, w->say, w->says * sizeof *say);
	memcpy(ask, w->ask, w->asks * sizeof *ask);
	d.because = say, d.n = w->says, d.question = ask, d.questions = w->asks;
	l->v = arena_more(l->a, l->v, l->n, &l->room, sizeof *l->v);
	l->v[l->n++] = d;
}

unsigned law_monitoring(const struct law *l, kinds there)
{
	struct str list = l->notice_contents, head = STR("free_credit_monitoring_months=");
	while (list.p && list.n) {
		struct str one = str_split(&list, '|');
		int64_t months;
		if (!str_starts(one, head))
			continue;
		one.p += head.n, one.n -= head.n;
		struct str number = str_split(&one, '_');
		kinds owed = KIND(SSN);
		if (memmem(one.p, one.n, "tax_id", 6))
			owed |= KIND(TAX_ID);
		if (memmem(one.p, one.n, "government_id", 13))
			owed |= KIND(DRIVERS_LICENCE) | KIND(STATE_ID) | KIND(NATIONAL_ID) | KIND(OTHER_GOVERNMENT_ID) | KIND(PASSPORT);
		if (memmem(one.p, one.n, "_dl_", 4))
			owed |= KIND(DRIVERS_LICENCE);
		if (memmem(one.p, one.n, "state_id", 8))
			owed |= KIND(STATE_ID);
		if (memmem(one.p, one.n, "bank_account", 12))
			owed |= KIND(BANK_ACCOUNT);
		if (there & owed && str_i64(number, &months))
			return (unsigned)months;
	}
	return 0;
}

static int64_t people_duty(struct list *out, const struct law_case *c, const struct law *l, bool *named, struct concerned *p, enum law_force *force)
{
	struct work w = { out->a, c, { { 0 } }, { { 0 } }, 0, 0 };
	struct deadline d;
	*p = concerned_of(&w, l, named);
	*force = force_of(p);
	if (*force == LAW_NONE || !deadline_read(l->individual_deadline, &d))
		return 0;
	struct obligation duty = { .to = TO_PEOPLE, .law = l, .code = l->code, .whom = l->name, .citation = l->statute, .must = p->must, .should = p->should, .look = p->look,
		.monitoring = law_monitoring(l, p->kinds) };
	if (for_some_only(l))
		because(&w, STR("This law is for some businesses only. Ask a lawyer whether it is for yours."));
	if (p->unplaced)
		because(&w, arena_say(w.a, "Of %" PRId64 " of them nobody knows where they live; they are counted here, where you are.", p->unplaced));
	*force = duty.force = lowered(&w, l, *force);
	duty.by = by_of(&w, &d, l->individual_clock, house_day(c), &duty.house);
	if (duty.house)
		because(&w, no_day_words(&d));
	hold(&w, &duty, false);
	told_of_row(&w, l);
	if (d.sort != D_NONE)
		duty_add(out, &w, duty);
	return duty.by;
}

/* MUST when so many of whom the law surely means are reached; SHOULD when only with the others, or in all; LOOK when with those whom no payment names. */
static enum law_force by_count(struct work *w, struct str least, const struct concerned *p, enum law_force people, const char *who)
{
	int64_t n = 1;
	str_i64(least, &n);
	int64_t sure = p->must, with = sure + p->should + p->look;
	const bool perhaps = with < n && with + w->c->unnamed >= n;
	if (perhaps && (people == LAW_LOOK || p->all < n))
		because(w, arena_say(w->a, "%s are told from %" PRId64 " people on. There are fewer here, but %" PRId64 " payments name nobody: with those people there may be enough. Ask.", who, n, w->c->unnamed));
	if (people == LAW_LOOK)
		return with >= n || perhaps ? LAW_LOOK : LAW_NONE;
	if (sure >= n)
		return people;
	if (with >= n)
		return with - p->look >= n ? LAW_SHOULD : LAW_LOOK;
	if (n > 1 && p->all >= n) {
		because(w, arena_say(w->a, "%s are told from %" PRId64 " people on. There are fewer here, but %" PRId64 " in all: ask.", who, n, p->all));
		return LAW_SHOULD;
	}
	return perhaps ? LAW_LOOK : LAW_NONE;
}

/* An office whose day hangs on the letters has no clock of its own that a hold could stop. */
static bool with_letters(const struct deadline *d)
{
	return d->sort == D_WITH || d->sort == D_BEFORE || d->sort == D_AFTER || d->sort == D_AFTER_BUSINESS;
}

enum office_when law_office_when(const struct law *l)
{
	struct deadline d;
	if (!deadline_read(l->regulator_deadline, &d))
		return OFFICE_APART;
	return d.sort == D_BEFORE ? OFFICE_BEFORE : d.sort == D_WITH ? OFFICE_WITH : OFFICE_APART;
}

static void held_with_letters(struct work *w, int64_t people_by)
{
	if (people_by >= FAR_OFF)
		because(w, STR("It goes with the letters, which the police's hold stops. Telling the office sooner breaks no law: by our own rule within 30 days of the discovery."));
}

/* As an office is addressed: "Attorney General, Office of Consumer Affairs and Business Regulation". What the table adds to that is said beside it. */
static struct str office_named(struct work *w, struct str regulator)
{
	struct str rest = regulator, name = STR("");
	size_t cut = 0;
	while (cut < rest.n && rest.p[cut] != ';' && !(cut + 1 < rest.n && rest.p[cut] == ' ' && rest.p[cut + 1] == '('))
		cut++;
	if (cut < rest.n)
		because(w, arena_say(w->a, "In the table it stands as: " STR_FMT ".", STR_ARG(regulator)));
	rest.n = cut;
	while (rest.p) {
		struct str one = str_trim(str_split(&rest, '+'));
		name = arena_say(w->a, STR_FMT "%s" STR_FMT, STR_ARG(name), name.n ? ", " : "", STR_ARG(one));
	}
	return name;
}

static void office_duty(struct list *out, const struct law_case *c, const struct law *l, const struct concerned *p, enum law_force people, int64_t people_by, enum obligee to)
{
	struct work w = { out->a, c, { { 0 } }, { { 0 } }, 0, 0 };
	bool bureaus = to == TO_BUREAUS;
	struct deadline d;
	struct str least = bureaus ? l->cra_min_residents : l->regulator_min_residents, deadline = bureaus ? l->cra_deadline : l->regulator_deadline;
	if (!least.n || !deadline.n || people == LAW_NONE || !deadline_read(deadline, &d))
		return;
	struct obligation duty = { .to = to, .law = l, .code = l->code, .whom = bureaus ? STR("Equifax, Experian, TransUnion") : office_named(&w, l->regulator), .citation = l->statute, .must = p->must,
		.should = p->should, .look = p->look };
	duty.force = by_count(&w, least, p, people, bureaus ? "The credit bureaus" : "They");
	if (duty.force == LAW_NONE)
		return;
	if (people == LAW_LOOK)
		because(&w, STR("Follows from telling the people, about which a lawyer should look."));
	duty.by = by_of(&w, &d, bureaus ? l->individual_clock : l->regulator_clock, people_by < FAR_OFF && people_by ? people_by : house_day(c), &duty.house);
	if (duty.house)
		because(&w, no_day_words(&d));
	else if (d.sort == D_WITH)
		because(&w, STR("No later than the letters go out."));
	else if (d.sort == D_BEFORE)
		because(&w, STR("Before the letters go out."));
	else if (d.sort == D_AFTER || d.sort == D_AFTER_BUSINESS)
		because(&w, arena_say(w.a, "%s after the first letters.", d.sort == D_AFTER ? counted(w.a, d.n, "day", "days") : counted(w.a, d.n, "business day (Monday to Friday)", "business days (Monday to Friday)")));
	if (with_letters(&d))
		held_with_letters(&w, people_by);
	else
		hold(&w, &duty, false);
	told_of_row(&w, l);
	duty_add(out, &w, duty);
}

static void contract_duties(struct list *out, const struct law_case *c)
{
	kinds there = 0;
	size_t n;
	int64_t people = 0;
	for (size_t i = 0; i < c->n; i++) {
		there |= c->people[i].kinds;
		people += c->people[i].n;
	}
	if (!people)
		return;
	const struct contract *k = card_contracts(out->a, &n);
	for (size_t i = 0; i < n && there & (KIND(CARD_NUMBER) | KIND(CARD_TRACK) | KIND(CARD_CODE) | KIND(CARD_PIN)); i++) {
		struct work w = { out->a, c, { { 0 } }, { { 0 } }, 0, 0 };
		struct obligation d = { .to = TO_CARDS, .code = k[i].who, .whom = k[i].to, .citation = k[i].source, .must = people, .force = i ? LAW_SHOULD : LAW_MUST };
		because(&w, k[i].note);
		d.by = by_of(&w, &k[i].after, STR("discovery"), 0, &d.house);
		duty_add(out, &w, d);
	}
	struct work w = { out->a, c, { { 0 } }, { { 0 } }, 0, 0 };
	struct obligation d = { .to = TO_INSURER, .code = STR("insurer"), .whom = STR("Your insurer"), .citation = STR("Your policy"), .must = people, .force = LAW_SHOULD, .by = c->discovered };
	because(&w, STR("If you have a policy that covers this: most pay only for what they were asked about first."));
	duty_add(out, &w, d);
}

/* The law of a place; NULL: the table has none. */
static const struct law *law_of_place(struct arena *a, const struct law *law, size_t n, struct str place)
{
	struct str code[PLACE_LAWS];
	const struct law *l = NULL;
	for (size_t i = 0, codes = laws_of_place(a, place, code); i < codes && !l; i++)
		l = law_named(law, n, code[i]);
	return l;
}

/* "Illinois, Ohio", each once, at most so many of them by name. */
static void place_add(struct arena *a, struct str *list, size_t *places, struct str *last, struct str name)
{
	enum { NAMED_MOST = 12 };
	if (str_eq(*last, name))                         /* the case's people stand by place */
		return;
	if (*places < NAMED_MOST)
		*list = arena_say(a, STR_FMT "%s" STR_FMT, STR_ARG(*list), *places ? ", " : "", STR_ARG(name));
	else if (*places == NAMED_MOST)
		*list = arena_say(a, STR_FMT " ...", STR_ARG(*list));
	*last = name, ++*places;
}

/* Whom no law of their own place names is not passed over: the table may lack their place, or their law may mean kinds that ours don't tell. */
static void unnamed_duties(struct list *out, const struct law_case *c, const struct law *law, size_t laws, const bool *named)
{
	static const struct { const char *code, *why; } of[] = {
		{ "other-kinds", "The laws there speak of other kinds of data than those known to be at risk here. By our own rule these people are told all the same, within 30 days of the discovery. Have a lawyer look." },
		{ "other-places", "The table has no law of these places. By our own rule these people are told all the same, within 30 days of the discovery. Have a lawyer look." },
	};
	for (size_t s = 0; s < LENGTH(of); s++) {
		struct work w = { out->a, c, { { 0 } }, { { 0 } }, 0, 0 };
		struct obligation d = { .to = TO_PEOPLE, .force = LAW_LOOK, .code = str_of(of[s].code), .whom = STR(""), .citation = STR("No law of the table"), .by = house_day(c), .house = true };
		struct str last = STR("");
		size_t places = 0;
		for (size_t i = 0; i < c->n; i++) {
			const struct residents *r = &c->people[i];
			struct str place = r->place.n && !str_eq(r->place, STR("US")) ? r->place : c->home;
			const struct law *l = r->kinds && !named[i] ? law_of_place(out->a, law, laws, place) : NULL;
			if (!r->kinds || named[i] || (l == NULL) != (s == 1))
				continue;
			d.look += r->n;
			place_add(out->a, &d.whom, &places, &last, l ? l->name : place.n ? place : STR("?"));
		}
		because(&w, str_of(of[s].why));
		hold(&w, &d, s == 1);
		if (d.look)
			duty_add(out, &w, d);
	}
}

/* What a law's own day bounds goes before what our rule does. */
static int urgent_first(const void *a, const void *b)
{
	const struct obligation *x = a, *y = b;
	if (x->by != y->by)
		return (x->by > y->by) - (x->by < y->by);
	if (x->force != y->force)
		return (x->force < y->force) - (x->force > y->force);
	if (x->house != y->house)
		return x->house - y->house;
	return x->to != y->to ? (x->to > y->to) - (x->to < y->to) : str_cmp(x->code, y->code);
}

bool laws_obligations(struct arena *a, const struct law *law, size_t n, const struct law_case *c, struct obligation **out, size_t *m, struct err *e)
{
	struct list l = { .a = a };
	bool *named = ARENA_ARRAY(a, bool, c->n + 1);
	if (!c->discovered)
		return err_set(e, INVALID, "discovered", "Say first when it was discovered.");
	for (size_t i = 0; i < n; i++) {
		struct concerned p;
		enum law_force force;
		int64_t by = people_duty(&l, c, &law[i], named, &p, &force);
		office_duty(&l, c, &law[i], &p, force, by, TO_REGULATOR);
		office_duty(&l, c, &law[i], &p, force, by, TO_BUREAUS);
	}
	unnamed_duties(&l, c, law, n, named);
	contract_duties(&l, c);
	if (l.n)
		qsort(l.v, l.n, sizeof *l.v, urgent_first);
	*out = l.v, *m = l.n;
	return true;
}

void laws_questions(struct arena *a, const struct obligation *d, size_t n, struct str **out, size_t *m)
{
	struct str *asked = NULL;
	size_t room = 0;
	*m = 0;
	for (size_t k = 0; k < n; k++)
		for (size_t q = 0; q < d[k].questions; q++) {
			bool known = false;
			for (size_t i = 0; i < *m; i++)
				known |= str_eq(asked[i], d[k].question[q]);
			if (known)
				continue;
			asked = arena_more(a, asked, *m, &room, sizeof *asked);
			asked[(*m)++] = d[k].question[q];
		}
	*out = asked;
}
