/* undo - taking an import back, seen from whom it concerns: which incidents it tells something of, and what of their rounds has not gone out yet. Said before it
 * is done and after; who is at risk no more is taken out of what is approved. What is taken back, the ledger knows. */
#include "keep_int.h"

#include <inttypes.h>

struct seen { struct incident i; struct sources sources; struct bits who; int64_t unnamed; };
struct looking { struct op *op; int64_t import; struct seen *seen; size_t n; };

/* Of the import's days those on which a touch can answer to one of them: no other has to be read. */
static bool days_of(const struct looking *l, int64_t *first, int64_t *last)
{
	int64_t from = FAR_OFF, to = LONG_AGO, spread;
	if (!ledger_spread(l->op, &spread))
		return false;
	for (size_t k = 0; k < l->n; k++)
		for (size_t i = 0; i < l->seen[k].sources.n; i++) {
			const struct source *s = &l->seen[k].sources.source[i];
			from = s->from < from ? s->from : from;
			to = s->to > to ? s->to : to;
		}
	from = when_day(when_add(from, -spread)), to = when_day(to);
	*first = from > *first ? from : *first;
	*last = to < *last ? to : *last;
	return true;
}

static bool each_touch(void *to, const struct touch *t)
{
	struct looking *l = to;
	for (size_t k = 0; k < l->n && t->import == l->import; k++) {
		if (!exposure_touch(&l->seen[k].sources, t))
			continue;
		bits_add(&l->seen[k].who, t->who.n);
		l->seen[k].unnamed += !t->who.n;
	}
	return !op_stopped(l->op);
}

static bool each_listed(void *to, const struct listed *entry)
{
	struct looking *l = to;
	for (size_t k = 0; k < l->n && entry->import == l->import; k++)
		if (exposure_listing(&l->seen[k].sources, entry))
			bits_add(&l->seen[k].who, entry->who.n);
	return true;
}

/* As persons. */
static bool persons(struct op *op, struct bits *who)
{
	struct bits as = bits_open(who->n);
	for (size_t id = 1; bits_next(who, &id); id++)
		bits_add(&as, ledger_person(op, (customer_id){ (uint32_t)id }).n);
	bits_close(who);
	*who = as;
	return op->err.code == OK;
}

static bool rounds_of(struct op *op, const struct seen *s, struct reaching *r)
{
	struct notice_round *all;
	size_t n;
	if (!notice_rounds(op, s->i.id, &all, &n))
		return false;
	r->round = ARENA_ARRAY(op->a, struct reaching_round, n + 1);
	for (size_t k = n; k-- > 0;) {
		struct reaching_round *to = &r->round[r->rounds];
		*to = (struct reaching_round){ .round = all[k].round, .approved = all[k].approved > 0 };
		if (all[k].undone)
			continue;
		if (!notice_unsent(op, s->i.id, all[k].round, &s->who, &to->left))
			return false;
		r->rounds += to->left.waiting + to->left.printed + to->left.mails > 0;
	}
	return true;
}

/* The open incidents, with where each looks. */
static bool open_ones(struct op *op, struct looking *l)
{
	struct incident *all;
	size_t n;
	uint32_t customers;
	if (!incident_list(op, &all, &n) || !ledger_size(op, &customers))
		return false;
	l->seen = ARENA_ARRAY(op->a, struct seen, n + 1);
	for (size_t k = n; k-- > 0;) {
		struct seen *s = &l->seen[l->n];
		if (all[k].closed < FAR_OFF)
			continue;
		*s = (struct seen){ .who = bits_open((size_t)customers + 1) };
		l->n++;
		if (!incident_get(op, all[k].id, &s->i) || !exposure_sources(op, s->i.suspicion, s->i.n, &s->sources))
			return false;
	}
	return true;
}

bool keep_undo_reaches(struct op *op, int64_t import, struct reaching **out, size_t *n)
{
	struct looking l = { .op = op, .import = import };
	struct imported *m;
	size_t found;
	*n = 0;
	if (!ledger_imports(op, import < INT64_MAX ? import + 1 : import, 1, &m, &found))
		return false;
	if (!found || m->id != import)
		return err_set(&op->err, NOT_FOUND, "import", "There is no import %" PRId64 ". handback import list shows them all.", import);
	bool good = open_ones(op, &l);
	int64_t first = m->first_day, last = m->last_day;
	good = good && days_of(&l, &first, &last) && (!l.n || (ledger_each_touch_on(op, first, last, each_touch, &l) && ledger_each_listed(op, each_listed, &l)));
	*out = ARENA_ARRAY(op->a, struct reaching, l.n + 1);
	for (size_t k = 0; good && k < l.n; k++) {
		struct seen *s = &l.seen[k];
		struct reaching *r = &(*out)[*n];
		if (!(good = persons(op, &s->who)))
			break;
		*r = (struct reaching){ .incident = s->i.id, .title = s->i.title, .customers = (int64_t)bits_count(&s->who), .unnamed = s->unnamed };
		good = rounds_of(op, s, r);
		*n += r->customers || r->unnamed;
	}
	for (size_t k = 0; k < l.n; k++)
		bits_close(&l.seen[k].who);
	return good;
}

/* ---- what is said ---- */

static struct str round_text(struct op *op, const struct reaching *r, const struct reaching_round *of)
{
	return notice_round_name(op, r->incident, of->round);
}

static void say_before(struct op *op, int64_t import, const struct reaching *r, size_t n, struct answer *answer)
{
	for (size_t k = 0; k < n; k++) {
		answer_note(answer, "Incident %" PRId64 " (" STR_FMT "): at risk by import %" PRId64 ": %s, %s. Whom nothing else names is so no more.", r[k].incident, STR_ARG(r[k].title), import,
		            counted(op->a, r[k].customers, "customer", "customers"), counted(op->a, r[k].unnamed, "payment without a name", "payments without a name"));
		for (size_t i = 0; i < r[k].rounds; i++) {
			const struct reaching_round *of = &r[k].round[i];
			struct str name = round_text(op, &r[k], of);
			const char *many = counted(op->a, of->left.waiting, "notice", "notices");
			if (of->approved && of->left.waiting)
				answer_note(answer, "Round " STR_FMT " is approved, with %s to them: who is at risk no more will not be written to.", STR_ARG(name), many);
			if (of->left.printed || of->left.mails)
				answer_note(answer, "Of round " STR_FMT " %s and %s to them lie ready: they are taken back for whoever is at risk no more. Have you posted or sent some of them? Say so first: handback notice posted " STR_FMT,
				            STR_ARG(name), counted(op->a, of->left.printed, "printed letter", "printed letters"), counted(op->a, of->left.mails, "mail in the outbox", "mails in the outbox"), STR_ARG(name));
			if (of->approved)
				continue;
			answer_note(answer, "Round " STR_FMT " is a draft, with %s to them: it will have to be drafted anew.", STR_ARG(name), many);
		}
	}
	if (!n)
		answer_note(answer, "No open incident looks at what import %" PRId64 " brought.", import);
}

/* The rounds that it reaches, drafts or approved ones, in words. */
static void answer_rounds(struct op *op, struct answer *answer, const char *key, const struct reaching *r, size_t n, bool approved)
{
	size_t rounds = 0, m = 0;
	for (size_t k = 0; k < n; k++)
		rounds += r[k].rounds;
	struct str *word = ARENA_ARRAY(op->a, struct str, rounds + 1);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < r[k].rounds; i++)
			if (r[k].round[i].approved == approved)
				word[m++] = round_text(op, &r[k], &r[k].round[i]);
	answer_words(answer, key, word, m);
}

static void answer_reaches(struct op *op, struct answer *answer, const struct reaching *r, size_t n)
{
	struct str *incident = ARENA_ARRAY(op->a, struct str, n + 1);
	for (size_t k = 0; k < n; k++)
		incident[k] = arena_say(op->a, "%" PRId64, r[k].incident);
	answer_words(answer, "incidents", incident, n);
	answer_rounds(op, answer, "drafts", r, n, false);
	answer_rounds(op, answer, "approved", r, n, true);
}

/* ---- the verb ---- */

/* Who was at risk by each incident, to be compared afterwards. */
struct undoing { int64_t import; struct reaching *r; size_t n; struct exposed **was; };

static bool exposed_now(struct op *op, int64_t incident, struct exposed **e)
{
	struct incident i;
	struct sources s;
	return incident_get(op, incident, &i) && exposure_of(op, i.suspicion, i.n, false, e, &s);
}

static bool exposures(struct op *op, struct undoing *u)
{
	bool good = true;
	u->was = ARENA_ARRAY(op->a, struct exposed *, u->n + 1);
	for (size_t k = 0; good && k < u->n; k++)
		good = exposed_now(op, u->r[k].incident, &u->was[k]);
	return good;
}

static bool dropped_of(struct op *op, const struct undoing *u, size_t k, int64_t *dropped)
{
	struct exposed *now;
	*dropped = 0;
	if (!exposed_now(op, u->r[k].incident, &now))
		return false;
	for (uint32_t who = 1; exposed_next(u->was[k], &who); who++)
		*dropped += !exposed_kinds(now, who);
	exposed_close(now);
	return true;
}

/* In a write transaction of its own, right after the import is gone: nobody whom it dropped can be sent anything meanwhile, for each sending looks, too. */
static bool settle_all(struct op *op, const struct reaching *r, struct unsent *taken)
{
	bool good = op_begin(op);
	if (!good)
		return false;
	for (size_t i = 0; good && i < r->rounds; i++)
		good = !r->round[i].approved || notice_settle(op, r->incident, r->round[i].round, &taken[i]);
	if (!op_end(op, good))
		return false;
	for (size_t i = 0; good && i < r->rounds; i++)
		good = notice_settled(op, r->incident, r->round[i].round, &taken[i]);
	return good;
}

/* What was taken back of one round. */
static int64_t say_taken(struct op *op, struct str name, const struct unsent *t, struct answer *answer)
{
	int64_t all = t->waiting + t->printed + t->mails;
	answer_note(answer, "Round " STR_FMT " is approved; taken back, so that it does not go out: %s.", STR_ARG(name), counted(op->a, all, "notice", "notices"));
	if (t->mails)
		answer_note(answer, "With them went %s from the outbox.", counted(op->a, t->mails, "mail", "mails"));
	if (t->printed)
		answer_note(answer, "Of them %s on paper already. If not posted yet, take these pages out of the pile: " STR_FMT, counted(op->a, t->printed, "letter is", "letters are"), STR_ARG(t->pages));
	return all;
}

static bool say_after(void *to, struct op *op, bool complete, struct answer *answer)
{
	struct undoing *u = to;
	int64_t gone = 0, unsent = 0;
	answer_reaches(op, answer, u->r, u->n);
	for (size_t k = 0; complete && k < u->n; k++) {
		const struct reaching *r = &u->r[k];
		int64_t dropped;
		struct unsent *taken = ARENA_ARRAY(op->a, struct unsent, r->rounds + 1);
		if (!dropped_of(op, u, k, &dropped) || !settle_all(op, r, taken))
			return false;
		gone += dropped;
		answer_note(answer, "Incident %" PRId64 " (" STR_FMT "): at risk no more: %s.", r->incident, STR_ARG(r->title), counted(op->a, dropped, "customer", "customers"));
		for (size_t i = 0; i < r->rounds; i++) {
			if (r->round[i].approved)
				unsent += say_taken(op, round_text(op, r, &r->round[i]), &taken[i], answer);
			else if (dropped)
				answer_note(answer, "Round " STR_FMT " is a draft that no longer fits: take it back and draft anew.", STR_ARG(round_text(op, r, &r->round[i])));
		}
	}
	answer_number(answer, "at_risk_no_more", gone);
	answer_number(answer, "not_sent", unsent);
	return true;
}

bool undo_import_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct undoing u = { 0 };
	args_number(args, "import", &u.import);
	if (!keep_undo_reaches(op, u.import, &u.r, &u.n))
		return false;
	say_before(op, u.import, u.r, u.n, answer);
	if (args_has(args, "dry-run")) {
		answer_row(answer);
		answer_number(answer, "import", u.import);
		answer_reaches(op, answer, u.r, u.n);
		answer_flag(answer, "complete", false);
		answer_row_end(answer);
		answer_say(answer, "Nothing is taken back yet.");
		return true;
	}
	if (op->sure && !op->sure(op, "Take it back?"))
		return err_set(&op->err, REFUSED, NULL, "Nothing was taken back.");
	bool good = exposures(op, &u) && ledger_undo(op, u.import, answer, say_after, &u);
	for (size_t k = 0; u.was && k < u.n; k++)
		exposed_close(u.was[k]);
	return good;
}
