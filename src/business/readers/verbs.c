/* verbs - the register of card readers by hand, a look at one, and what a look has shown. */
#include "readers_int.h"
#include "detect.h"
#include "log.h"
#include "readers_sql.h"

#include <inttypes.h>
#include <limits.h>

enum { LOOKER_MAX = 200 };

/* NOT_FOUND, with the readers that may be meant. */
static bool unknown_reader(struct op *op, struct str name, struct str remark)
{
	struct str near;
	err_clear(&op->err);
	if (!map_near(op, READER, name, UINT_MAX, &near))
		return false;
	struct str ask = near.n ? arena_say(op->a, " Did you mean one of these: " STR_FMT "?", STR_ARG(near)) : STR("");
	return err_set(&op->err, NOT_FOUND, "reader", "There is no card reader \"" STR_FMT "\"." STR_FMT STR_FMT, STR_ARG(str_whole(name, 60)), STR_ARG(ask), STR_ARG(remark));
}

static bool reader_asked(struct op *op, const struct args *args, struct reader *r)
{
	struct holder h;
	struct str name = args_text(args, "reader");
	if (!map_find(op, name, &h)) {
		if (op->err.code == CONFLICT) {                  /* a van of the same name: the reader is meant */
			err_clear(&op->err);
			if (!map_find(op, arena_say(op->a, "reader:" STR_FMT, STR_ARG(name)), &h))
				return false;
		} else {
			return op->err.code == NOT_FOUND ? unknown_reader(op, name, STR("")) : false;
		}
	}
	return reader_get(op, h.id, r);
}

static struct str day_said(struct op *op, int64_t at)
{
	return when_day_text(op->a, op->zone, at, "en");
}

/* ---- the register ---- */

static void row_of(const struct reader *r, struct answer *answer)
{
	answer_text(answer, "reader", r->name);
	answer_text(answer, "make", r->make);
	answer_text(answer, "model", r->model);
	answer_text(answer, "serial", r->serial);
	answer_text(answer, "at", r->place_name);
	answer_text(answer, "with", r->person_name);
	answer_number(answer, "every_days", (r->every + DAY - 1) / DAY);
	answer_time(answer, "looked", r->looked);
	answer_text(answer, "looked_by", r->looked_by);
	answer_time(answer, "clean", r->clean);
	answer_time(answer, "due", r->until < FAR_OFF ? FAR_OFF : r->due);
	answer_flag(answer, "odd", r->odd);
}

static void stake_say(struct op *op, const struct reader *r, const struct at_stake *s, struct answer *answer)
{
	struct str since = s->since <= LONG_AGO ? STR("") : day_said(op, s->since);
	if (!s->customers && !s->unnamed)
		answer_say(answer, "  If something is found on it tomorrow, nobody is in question%s" STR_FMT ".", since.n ? ": nobody paid with it since " : "", STR_ARG(since));
	else if (r->clean <= LONG_AGO)
		answer_say(answer, "  It was never looked at: if something is found on it tomorrow, everybody who ever paid with it is in question: %s and %s.",
		           counted(op->a, (int64_t)s->customers, "customer", "customers"), counted(op->a, (int64_t)s->unnamed, "payment that names nobody", "payments that name nobody"));
	else
		answer_say(answer, "  If something is found on it tomorrow, only who paid with it since " STR_FMT " is in question: %s and %s.", STR_ARG(since),
		           counted(op->a, (int64_t)s->customers, "customer", "customers"), counted(op->a, (int64_t)s->unnamed, "payment that names nobody", "payments that name nobody"));
}

static void say_reader(struct op *op, const struct reader *r, struct answer *answer)
{
	struct buf b = BUF(4096);
	buf_put(&b, r->name);
	if (r->until < FAR_OFF)
		buf_put(&b, STR("  (no longer in use)"));
	const struct str what[] = { r->make, r->model };
	for (size_t i = 0; i < LENGTH(what); i++)
		if (what[i].n)
			buf_printf(&b, "%s" STR_FMT, i && what[0].n ? " " : ", ", STR_ARG(what[i]));
	if (r->serial.n)
		buf_printf(&b, ", serial number " STR_FMT, STR_ARG(r->serial));
	if (r->place_name.n)
		buf_printf(&b, ", stands at " STR_FMT, STR_ARG(r->place_name));
	if (r->person_name.n)
		buf_printf(&b, ", with " STR_FMT, STR_ARG(r->person_name));
	answer_say(answer, STR_FMT, STR_ARG(buf_str(&b)));
	buf_free(&b);
	if (r->looked <= LONG_AGO)
		answer_say(answer, "  Nobody has looked at it yet.");
	else
		answer_say(answer, "  Last looked at on " STR_FMT " by " STR_FMT ": %s.%s" STR_FMT "%s", STR_ARG(day_said(op, r->looked)), STR_ARG(r->looked_by),
		           r->odd ? "something was not right" : "all was right", r->until < FAR_OFF ? "" : r->due <= op->now ? " The next look has been due since " : " The next look is due on ",
		           STR_ARG(r->until < FAR_OFF ? STR("") : day_said(op, r->due)), r->until < FAR_OFF ? "" : ".");
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct reader *r;
	size_t n, shown = 0;
	bool due = args_has(args, "due");
	if (!readers_list(op, &r, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct at_stake s;
		if (due && (r[i].due > op->now || r[i].until < FAR_OFF))
			continue;
		if (!reader_at_stake(op, r[i].id, op->now, &s))
			return false;
		answer_row(answer);
		row_of(&r[i], answer);
		answer_number(answer, "customers_in_question", (int64_t)s.customers);
		answer_number(answer, "unnamed_in_question", (int64_t)s.unnamed);
		answer_row_end(answer);
		say_reader(op, &r[i], answer);
		if (r[i].until >= FAR_OFF)
			stake_say(op, &r[i], &s, answer);
		shown++;
	}
	if (!shown)
		answer_say(answer, "%s", !n ? "There is no card reader on the map. To add one: handback reader set 'Van 1 reader' --new" : "No reader is due for a look.");
	return true;
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct reader r;
	struct inspection *look;
	struct at_stake s;
	size_t n, checks;
	const struct reader_check *check = reader_checks(&checks);
	if (!reader_asked(op, args, &r) || !reader_looks(op, r.id, &look, &n) || !reader_at_stake(op, r.id, op->now, &s))
		return false;
	say_reader(op, &r, answer);
	if (r.until >= FAR_OFF)
		stake_say(op, &r, &s, answer);
	for (size_t i = 0; i < n; i++) {
		struct str odd[CHECKS_MAX];
		size_t odds = 0;
		for (size_t k = 0; k < checks; k++)
			if (look[i].odd >> check[k].bit & 1)
				odd[odds++] = check[k].name;
		answer_row(answer);
		answer_number(answer, "look", look[i].id);
		answer_text(answer, "reader", r.name);
		answer_time(answer, "at", look[i].at);
		answer_text(answer, "by", look[i].by);
		answer_time(answer, "entered", look[i].entered);
		answer_text(answer, "entered_by", look[i].entered_by);
		answer_words(answer, "odd", odd, odds);
		answer_text(answer, "note", look[i].note);
		answer_flag(answer, "photo", look[i].photo);
		answer_time(answer, "settled", look[i].settled ? look[i].settled : FAR_OFF);
		answer_text(answer, "why", look[i].why);
		answer_row_end(answer);
		answer_say(answer, "  look %" PRId64 ", " STR_FMT ", " STR_FMT ": %s%s%s" STR_FMT, look[i].id, STR_ARG(day_said(op, look[i].at)), STR_ARG(look[i].by),
		           odds ? "something was not right" : "all was right", look[i].photo ? ", with a photo" : "", look[i].note.n ? ". " : "", STR_ARG(look[i].note));
		if (look[i].entered > look[i].at)
			answer_say(answer, "    entered later, on " STR_FMT ", by " STR_FMT, STR_ARG(day_said(op, look[i].entered)), STR_ARG(look[i].entered_by));
		for (size_t k = 0; k < odds; k++)
			for (size_t c = 0; c < checks; c++)
				if (str_eq(check[c].name, odd[k]))
					answer_say(answer, "    not so: " STR_FMT, STR_ARG(check[c].en));
		if (look[i].settled)
			answer_say(answer, "    looked into by " STR_FMT ": " STR_FMT, STR_ARG(day_said(op, look[i].settled)), STR_ARG(look[i].why));
	}
	return true;
}

/* The holder of a sort that a field names; made when it is new, which is said. */
static bool other_asked(struct op *op, const struct args *args, const char *field, enum holder_sort sort, holder_id *id, struct answer *answer)
{
	struct holder *h;
	size_t n;
	struct str name = args_text(args, field), rest = name, before = str_split(&rest, ':');
	enum holder_sort told;
	if (!args_has(args, field))
		return true;
	if (rest.p && sort_parse(before, &told)) {
		if (told != sort)
			return err_set(&op->err, INVALID, field, "--%s is a %s.", field, sort_name(sort));
		name = str_trim(rest);
	}
	if (!name.n || name.n > 200)
		return err_set(&op->err, INVALID, field, "A name has 1 to 200 characters.");
	if (!map_holders(op, &h, &n) || !map_name(op, sort, name, 0, id))
		return false;
	return id->n <= (n ? h[n - 1].id.n : 0) || map_new_note(op, sort, name, answer);
}

/* The reader that is meant; a new one only when that is said, for a name that was mistyped would be another reader in the register. */
static bool set_asked(struct op *op, const struct args *args, holder_id *id, struct answer *answer)
{
	struct str name = args_text(args, "reader"), rest = name, before = str_split(&rest, ':');
	enum holder_sort told, other = 0;
	struct holder *h;
	size_t n;
	bool new = args_has(args, "new"), there = false;
	if (rest.p && sort_parse(before, &told) && told == READER)
		name = str_trim(rest);
	if (!map_holders(op, &h, &n))
		return false;
	struct str meant = name;
	for (size_t i = 0; i < n && !(there && str_eq(meant, name)); i++) {      /* letter by letter before any other writing */
		bool same = str_same(h[i].name, name);
		if (same && h[i].sort == READER && (!there || str_eq(h[i].name, name)))
			there = true, *id = h[i].id, meant = h[i].name;
		else if (same)
			other = h[i].sort;
	}
	if (there)
		return !new || err_set(&op->err, CONFLICT, "new", "There is a reader " STR_FMT " already. Give the new one another name.", STR_ARG(meant));
	if (new)
		return other_asked(op, args, "reader", READER, id, answer);
	struct str what = other ? arena_say(op->a, " There is a %s of that name.", sort_name(other)) : STR("");
	return unknown_reader(op, name, arena_say(op->a, STR_FMT " If it is a new reader, say so: %snew.", STR_ARG(what), op->afar ? "" : "--"));
}

/* What came in as digits of a card number was masked at the door, and is never kept. A serial number may look like one. */
static bool not_masked(struct op *op, const char *field, struct str text)
{
	return !detect_masked(text) ||
	       err_set(&op->err, INVALID, field, "This looks like a card number, so it was not kept. If it is the reader's serial number, enter only its last 6 characters.");
}

static bool set_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct reader r;
	holder_id id = { 0 };
	int64_t every;
	if (!set_asked(op, args, &id, answer) || !reader_get(op, id, &r))
		return false;
	every = r.every;
	if (args_has(args, "every") && (!when_duration(args_text(args, "every"), &every) || every < DAY || every > 366 * DAY))
		return err_set(&op->err, INVALID, "every", "--every is how often it is looked at: from 1d to 366d, like 7d.");
	if (!other_asked(op, args, "at", PLACE, &r.place, answer) || !other_asked(op, args, "with", PERSON, &r.person, answer))
		return false;
	static const struct { const char *field; size_t at; } texts[] = { { "make", offsetof(struct reader, make) }, { "model", offsetof(struct reader, model) },
	                                                                 { "serial", offsetof(struct reader, serial) } };
	for (size_t i = 0; i < LENGTH(texts); i++)
		if (args_has(args, texts[i].field)) {
			struct str text = args_text(args, texts[i].field);
			if (text.n > 100)
				return err_set(&op->err, INVALID, texts[i].field, "--%s has at most 100 characters.", texts[i].field);
			if (!not_masked(op, texts[i].field, text))
				return false;
			*(struct str *)(void *)((char *)&r + texts[i].at) = text;
		}
	struct sql_reader_by_serial same;
	if (r.serial.n) {
		if (!sql_reader_by_serial(op, r.serial, &same))
			return false;
		while (sql_reader_by_serial_next(op, &same))
			if (same.holder != id.n)
				answer_note(answer, "Another reader in the register has the same serial number. Look at both.");
	}
	if (op->err.code != OK || !sql_reader_put(op, id.n, r.make, r.model, r.serial, r.person.n, every) || !map_stand(op, id, r.place) || !reader_get(op, id, &r) ||
	    !log_add(op, "reader.set", ABOUT({ "holder", id.n }, { "place", r.place.n }, { "with", r.person.n }, { "every", every })))
		return false;
	answer_row(answer);
	row_of(&r, answer);
	answer_row_end(answer);
	say_reader(op, &r, answer);
	return true;
}

/* ---- looks ---- */

static bool checks_run(struct op *op, const struct args *args, struct answer *answer)
{
	size_t n;
	const struct reader_check *check = reader_checks(&n);
	(void)op, (void)args;
	answer_say(answer, "Half a minute, the reader in your hand:");
	for (size_t i = 0; i < n; i++) {
		answer_row(answer);
		answer_text(answer, "check", check[i].name);
		answer_text(answer, "en", check[i].en);
		answer_text(answer, "es", check[i].es);
		answer_row_end(answer);
		answer_say(answer, "  %-9.*s " STR_FMT ".", STR_ARG(check[i].name), STR_ARG(check[i].en));
	}
	answer_say(answer, "All so: handback reader inspect 'Van 1 reader'. If one is not so: --odd and its name.");
	return true;
}

static bool odd_asked(struct op *op, const struct args *args, int64_t *odd)
{
	size_t n;
	const struct reader_check *check = reader_checks(&n);
	const struct arg *list = args_list(args, "odd");
	*odd = 0;
	for (size_t i = 0; list && i < list->n; i++) {
		bool known = false;
		for (size_t k = 0; k < n; k++)
			if (str_eq(check[k].name, list->value[i]))
				*odd |= (int64_t)1 << check[k].bit, known = true;
		if (!known)
			return err_set(&op->err, INVALID, "odd", "There is no check \"" STR_FMT "\". handback reader checks lists them.", STR_ARG(list->value[i]));
	}
	return true;
}

/* When it was looked at: now, or an earlier moment at which the reader was there already and that somebody can still know of. */
static bool time_asked(struct op *op, const struct args *args, holder_id reader, int64_t *at)
{
	struct holder h;
	struct span s = { .from = op->now };
	if (!op_been(op, "at", args_text(args, "at"), &s))
		return false;
	/* of a day alone: its beginning, for nothing later is proved */
	*at = s.from;
	if (!args_has(args, "at"))
		return true;
	if (s.from < op->now - LOOK_BACK_DAYS * (int64_t)DAY)
		return err_set(&op->err, INVALID, "at", "--at is more than three years ago. Leave such a look on paper.");
	if (!map_holder(op, reader, &h))
		return false;
	return s.from >= h.since || err_set(&op->err, INVALID, "at", "--at is before " STR_FMT " came into use: " STR_FMT ".", STR_ARG(h.name), STR_ARG(day_said(op, h.since)));
}

/* Whose look it is and when. Staff write down their own, now: an earlier one, or another's, would move what a window rests on. */
static bool looker_asked(struct op *op, const struct args *args, struct str *by)
{
	struct sql_who_acts me;
	enum role role;
	bool known;
	*by = args_text(args, "by");
	if (!op_role(op, &role) || !sql_who_acts(op, op->person, &me, &known))
		return false;
	struct str own = known ? arena_str(op->a, me.name) : STR("Owner");
	if (!(role & ROLES_LEAD) && by->n && !str_same(*by, own))
		return err_set(&op->err, REFUSED, "by", "You look for yourself. An owner or a manager can enter another's look.");
	if (!(role & ROLES_LEAD) && args_has(args, "at"))
		return err_set(&op->err, REFUSED, "at", "A look is kept as of now. An owner or a manager can enter an earlier one.");
	if (!by->n)
		*by = own;
	return by->n <= LOOKER_MAX || err_set(&op->err, TOO_BIG, "by", "A name has at most %d characters.", LOOKER_MAX);
}

static bool look_keep(struct op *op, const struct reader *r, int64_t at, struct str by, int64_t odd, struct str note, struct str photo, int64_t *id)
{
	*id = op_count(op, "inspection");
	return *id && sql_inspection_put(op, *id, r->id.n, at, op->person, by, op->now, odd, note) && (!photo.n || photo_keep(op, *id, photo)) &&
	       log_add(op, "reader.inspected", ABOUT({ "look", *id }, { "holder", r->id.n }, { "at", at }, { "odd", odd }, { "photo", photo.n > 0 }));
}

/* lead: who looked may open an incident; else `tell` is who is told. */
static void look_say(struct op *op, const struct reader *r, int64_t id, int64_t at, int64_t odd, const struct at_stake *before, bool lead, struct str tell, struct answer *answer)
{
	answer_row(answer);
	answer_number(answer, "look", id);
	answer_text(answer, "reader", r->name);
	answer_flag(answer, "clean", !odd);
	answer_time(answer, "at", at);
	answer_number(answer, "customers_in_question", odd ? (int64_t)before->customers : 0);
	answer_number(answer, "unnamed_in_question", odd ? (int64_t)before->unnamed : 0);
	answer_row_end(answer);
	if (!odd) {
		answer_say(answer, r->odd ? "Kept: all was right with " STR_FMT " this time. What was odd before is not looked into yet: until then its window stays open (handback reader settle)." :
		           "Kept: all was right with " STR_FMT ". Whoever paid with it before is out of the question for what may come.", STR_ARG(r->name));
		return;
	}
	answer->attention = true;
	if (!lead) {
		answer_say(answer, "Kept. Now:\n  1. Use this reader no more; leave it as it is, and switch nothing on or off.\n  2. Tell " STR_FMT " now: they call whoever you have it from, and see who paid with it.\n"
		                   "Nobody is in trouble for calling.", STR_ARG(tell));
		return;
	}
	answer_say(answer, "Kept. Now:\n  1. Use this reader no more; leave it as it is, and switch nothing on or off.\n  2. Call whoever you have it from.\n"
	                   "  3. %s and %s paid with it since the last clean look. See who: handback incident open --title 'Something is wrong with a reader' --holder 'reader:" STR_FMT
	                   "' --from inspected --to unknown --only passing\nNobody is in trouble for calling.",
	           counted(op->a, (int64_t)before->customers, "customer", "customers"), counted(op->a, (int64_t)before->unnamed, "person we cannot name", "people we cannot name"), STR_ARG(r->name));
}

static bool inspect_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct reader r;
	int64_t odd, at, id;
	struct at_stake before = { 0 };
	struct buf photo = BUF(PHOTO_MAX);
	struct str by, tell, note = args_text(args, "note");
	enum role role;
	if (!reader_asked(op, args, &r) || !odd_asked(op, args, &odd) || !looker_asked(op, args, &by) || !time_asked(op, args, r.id, &at))
		return false;
	if (r.until < FAR_OFF)
		return err_set(&op->err, CONFLICT, "reader", STR_FMT " is no longer in use.", STR_ARG(r.name));
	if (note.n > 1000)
		return err_set(&op->err, TOO_BIG, "note", "--%s is too long.", "note");
	bool good = !args_has(args, "photo") || (file_whole(arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "photo"))), &photo, "photo", &op->err) && op_key(op));
	good = good && (!odd || reader_at_stake(op, r.id, at, &before)) && op_begin(op) && op_end(op, look_keep(op, &r, at, by, odd, note, buf_str(&photo), &id));
	if (good && op_role(op, &role) && reader_tell(op, &tell))
		look_say(op, &r, id, at, odd, &before, role & ROLES_LEAD, tell, answer);
	buf_free(&photo);
	return good;
}

static bool settle_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct reader r;
	struct str why = args_text(args, "why");
	if (!reader_asked(op, args, &r))
		return false;
	if (!r.odd)
		return err_set(&op->err, CONFLICT, "reader", "Nothing is open about " STR_FMT ".", STR_ARG(r.name));
	if (!why.n || why.n > 1000)
		return err_set(&op->err, INVALID, "why", "Say in a sentence what came out.");
	answer_say(answer, STR_FMT " is settled. From the next clean look on, only who paid since then is in question.", STR_ARG(r.name));
	return sql_inspections_settle(op, r.id.n, op->now, why) && log_add(op, "reader.settled", ABOUT({ "holder", r.id.n }));
}

static bool photo_run(struct op *op, const struct args *args, struct answer *answer)
{
	int64_t id;
	struct inspection look;
	const char *type, *to = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "to")));
	struct buf photo = BUF(PHOTO_MAX + 1);
	args_number(args, "look", &id);
	if (!*to && !answer->bytes)
		return err_set(&op->err, INVALID, "to", "--to says where the photo goes.");
	bool good = reader_look(op, id, &look) && reader_photo(op, id, &photo, &type) && (!*to || file_put(to, buf_str(&photo), 0600, &op->err));
	if (good && !*to)
		answer->bytes(answer->to, buf_str(&photo));
	else if (good)
		answer_say(answer, "The photo of look %" PRId64 " is in %s (%s). It is not sealed there: delete it when you have seen it.", id, to, type);
	buf_free(&photo);
	return good;
}

#define READER_FIELD { "reader", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "the reader's name on the map" }

const struct verb readers_verbs[] = {
	{ "reader list", "The register of card readers: what each is, who has it, when it was last looked at.", "handback reader list", VERB_READ,
	  FIELDS({ "due", FIELD_FLAG, 0, "only those that are due for a look" }), list_run, ROLES_ALL },
	{ "reader show", "One card reader, and all looks at it.", "handback reader show 'Van 2 reader'", VERB_READ, FIELDS(READER_FIELD), show_run, ROLES_ALL },
	{ "reader set", "Puts a card reader into the register, or changes what is known of it.",
	  "handback reader set 'Van 2 reader' --make SumUp --model Solo --serial 200101554 --at 'Van 2' --with Ana --new", VERB_WRITE,
	  FIELDS(READER_FIELD, { "make", FIELD_TEXT, 0, "who built it" }, { "model", FIELD_TEXT, 0, "what they call it" }, { "serial", FIELD_TEXT, 0, "the number printed on it" },
	         { "at", FIELD_TEXT, 0, "the place where it stands: a van, a counter" }, { "with", FIELD_TEXT, 0, "the person who has it" },
	         { "every", FIELD_TEXT, 0, "how often it is looked at, like 7d (a week, if not told)" }, { "new", FIELD_FLAG, 0, "it is a new reader: without this an unknown name is refused" }), set_run },
	{ "reader inspect", "Keeps that somebody looked at a reader: all was right, or what was not.", "handback reader inspect 'Van 2 reader' --by Ana", VERB_LONG,
	  FIELDS(READER_FIELD, { "odd", FIELD_TEXT, FIELD_LIST, "what was not right: a name of handback reader checks" }, { "note", FIELD_TEXT, 0, "in your words" },
	         { "by", FIELD_TEXT, 0, "who looked; you, if not told. Another than oneself: for owners and managers" }, { "at", FIELD_TIME, 0, "when; now, if not told. Earlier: for owners and managers, and kept as entered later" },
	         { "photo", FIELD_PATH, 0, "a photo of it, kept sealed" }), inspect_run, ROLES_WORK },
	{ "reader settle", "Says that somebody looked into what was odd about a reader, and what came out; until then its window stays open.",
	  "handback reader settle 'Van 2 reader' --why 'the provider exchanged it'", VERB_WRITE,
	  FIELDS(READER_FIELD, { "why", FIELD_TEXT, FIELD_NEEDED, "what came out" }), settle_run },
	{ "reader photo", "Writes the photo of a look into a file; needs the passphrase.", "handback reader photo 12 --to look.jpg", VERB_LONG,
	  FIELDS({ "look", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the look's number" }, { "to", FIELD_PATH, 0, "the file, which must not be there yet; else to standard output" }), photo_run },
	{ "reader checks", "What to look for, half a minute.", "handback reader checks", VERB_ALONE, NO_FIELDS, checks_run, ROLES_ALL },
	{ 0 },
};
