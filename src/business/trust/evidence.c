/* evidence - what a sentence rests on, looked at when it is asked for. */
#include "found.h"
#include "practice.h"
#include "readers.h"
#include "saq.h"
#include "services.h"
#include "signins.h"
#include "trust_int.h"
#include "trust_sql.h"

#include <inttypes.h>

static const kinds CARD_KINDS = KIND(CARD_NUMBER) | KIND(CARD_CODE) | KIND(CARD_TRACK) | KIND(CARD_PIN);

static void earliest(int64_t *at, int64_t other)
{
	*at = other < *at ? other : *at;
}

/* Who looked, by first names, as customers know them; nobody where one of them has no name ("Owner" is what op calls who told none). */
static void lookers(struct op *op, const struct reader *r, size_t n, struct ground *g)
{
	enum { NAMES = 3 };
	struct str name[NAMES];
	size_t names = 0;
	for (size_t i = 0; i < n; i++) {
		struct str rest = r[i].looked_by, first = str_split(&rest, ' ');
		bool known = false;
		if (r[i].until != FAR_OFF)
			continue;
		for (size_t k = 0; k < names; k++)
			known |= str_eq(name[k], first);
		if (!first.n || str_eq(first, STR("Owner")) || (!known && names == NAMES))
			return;
		if (!known)
			name[names++] = first;
	}
	for (int l = 0; l < 2 && names; l++) {
		const struct filling who = { "what", listed(op, name, names, "and", l) };
		g->what[l] = filled_in(op, word_of(op, "by", l), &who, 1);
	}
}

static bool readers_ground(struct op *op, int64_t days, struct ground *g)
{
	struct reader *r;
	size_t n;
	(void)days;
	if (!readers_list(op, &r, &n))
		return false;
	holder_id *holder = ARENA_ARRAY(op->a, holder_id, n + 1);
	struct buf rests = BUF(8 << 10);
	g->at = g->until = FAR_OFF;
	g->there = true;
	for (size_t i = 0; i < n; i++) {
		if (r[i].until != FAR_OFF)
			continue;
		holder[g->n++] = r[i].id;
		g->there &= r[i].looked != LONG_AGO && !r[i].odd;
		earliest(&g->at, r[i].looked);
		earliest(&g->until, r[i].due);
		buf_printf(&rests, "%sreader %" PRId64 " looked " STR_FMT, rests.n ? ", " : "", r[i].id.n, STR_ARG(when_text(op->a, r[i].looked)));
	}
	g->there &= g->n > 0;
	g->holder = holder, g->holders = (size_t)g->n;
	lookers(op, r, n, g);
	g->rests = arena_str(op->a, buf_str(&rests));
	buf_free(&rests);
	return true;
}

static bool practice_ground(struct op *op, int64_t days, struct ground *g)
{
	struct practice *p;
	size_t n;
	struct buf rests = BUF(8 << 10);
	bool good = practices(op, &p, &n);
	g->at = LONG_AGO, g->until = FAR_OFF, g->there = good && n > 0;
	for (size_t i = 0; good && i < n; i++) {
		struct signer *s;
		size_t signers, signed_by = 0;
		good = practice_signers(op, &p[i], &s, &signers);
		for (size_t k = 0; good && k < signers; k++) {
			if (s[k].due) {
				g->there = false;
				continue;
			}
			signed_by++;
			g->at = s[k].at > g->at ? s[k].at : g->at;
			earliest(&g->until, s[k].at + days * DAY);
		}
		g->there &= signed_by > 0;
		buf_printf(&rests, "%s" STR_FMT " version %" PRId64 " signed by %zu", rests.n ? ", " : "", STR_ARG(p[i].channel), p[i].version, signed_by);
	}
	g->rests = arena_str(op->a, buf_str(&rests));
	buf_free(&rests);
	return good;
}

/* The kinds that stand in some file by what is known, whoever's they are. */
static bool still_there(void *to, const struct found *f)
{
	kinds *of = to;
	*of |= f->last == FAR_OFF ? f->kinds | f->unnamed_kinds : 0;
	return true;
}

static const struct holder *holder_named(const struct holder *h, size_t n, int64_t sort, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (h[i].sort == (enum holder_sort)sort && str_eq(h[i].name, name))
			return &h[i];
	return NULL;
}

/* Every computer, storage and mailbox in use was searched, also one that is on no map because nothing was found there. `where`: those sorts; there: all of them were. */
static bool searches(struct op *op, int64_t days, struct ground *g)
{
	static const struct { enum holder_sort sort; const char *word; } sorts[] = { { COMPUTER, "computers" }, { STORAGE, "storages" }, { MAILBOX, "mailboxes" } };
	struct holder *h;
	struct sql_scans_done q;
	struct str word[2][LENGTH(sorts)];
	size_t n, words = 0, due = 0, done = 0;
	bool of_sort[LENGTH(sorts)] = { 0 };
	if (!map_holders(op, &h, &n))
		return false;
	holder_id *holder = ARENA_ARRAY(op->a, holder_id, n + 1);
	for (size_t i = 0; i < n; i++)
		for (size_t s = 0; s < LENGTH(sorts); s++)
			if (h[i].sort == sorts[s].sort && h[i].until == FAR_OFF && !map_own(h[i].id))
				holder[due++] = h[i].id;
	struct buf rests = BUF(8 << 10);
	g->at = FAR_OFF;
	if (!sql_scans_done(op, &q))
		return false;
	while (sql_scans_done_next(op, &q)) {
		const struct holder *on = holder_named(h, n, q.sort, q.name);
		if (on && on->until != FAR_OFF)
			continue;
		done += on && !map_own(on->id);
		earliest(&g->at, q.at);
		for (size_t s = 0; s < LENGTH(sorts); s++)
			of_sort[s] |= q.sort == sorts[s].sort;
		buf_printf(&rests, "%s%s " STR_FMT " searched " STR_FMT ", %s", rests.n ? "; " : "", sort_name((enum holder_sort)q.sort), STR_ARG(q.name),
		           STR_ARG(when_text(op->a, q.at)), counted(op->a, q.files, "file", "files"));
	}
	for (size_t s = 0; s < LENGTH(sorts); s++) {
		for (int l = 0; l < 2 && of_sort[s]; l++)
			word[l][words] = word_of(op, sorts[s].word, l);
		words += of_sort[s];
	}
	g->there = done == due && words;
	g->until = when_add(g->at, days * DAY);
	g->holder = holder, g->holders = due;
	for (int l = 0; l < 2; l++)
		g->where[l] = listed(op, word[l], words, "and", l);
	g->rests = arena_str(op->a, buf_str(&rests));
	buf_free(&rests);
	return op->err.code == OK;
}

static bool searched_ground(struct op *op, int64_t days, struct ground *g)
{
	kinds found = 0;
	if (!searches(op, days, g) || !found_each(op, still_there, &found))
		return false;
	g->there &= !(found & CARD_KINDS);
	return true;
}

/* What may rest with us: in lists, with Handback, in a file, or where the map says that it goes to, or is kept, at a place of ours. */
static bool resting(struct op *op, kinds *out)
{
	struct atlas a;
	struct sql_listed_kinds l;
	*out = 0;
	if (!map_atlas(op, &a) || !sql_listed_kinds(op, &l))
		return false;
	while (sql_listed_kinds_next(op, &l))
		*out |= (kinds)l.kinds;
	for (size_t h = 0; h < a.holders; h++) {
		const struct holder *at = &a.holder[h];
		bool ours = map_own(at->id) || at->sort == COMPUTER || at->sort == STORAGE || at->sort == MAILBOX || at->sort == PAPER || at->sort == WEBSITE;
		if (!ours || at->until != FAR_OFF)
			continue;
		for (size_t f = 0; f < a.flows; f++)
			*out |= a.flow[f].to.n == at->id.n && a.flow[f].until == FAR_OFF && !map_own(a.flow[f].from) ? a.flow[f].kinds : 0;
		for (size_t t = 0; t < a.tolds; t++)
			*out |= a.told[t].holder.n == at->id.n && a.told[t].keeps > 0 ? KINDS_ALL & (kinds)1 << a.told[t].kind : 0;
	}
	return op->err.code == OK && found_each(op, still_there, out);
}

/* Of what the search looks for (the data's `absent`): what nothing says to rest with us, once all was searched. */
static bool absent_ground(struct op *op, int64_t days, struct ground *g)
{
	enum { ABSENT_MAX = 4 };                         /* more is no sentence any more */
	struct str text = trust_data(), word[2][ABSENT_MAX];
	struct entry e;
	kinds there;
	size_t n = 0;
	if (!searches(op, days, g) || !resting(op, &there))
		return false;
	there |= there & KIND(CARD_TRACK) ? KIND(CARD_NUMBER) : 0;
	while (entry_next(&text, &e)) {
		enum kind kind;
		if (!str_eq(e.kind, STR("absent")) || n == ABSENT_MAX || !kind_parse(e.name, &kind) || there >> kind & 1)
			continue;
		word[0][n] = e.say.in[0], word[1][n++] = e.say.in[1];
	}
	g->there &= n > 0;
	for (int l = 0; l < 2; l++)
		g->what[l] = listed(op, word[l], n, "nor", l);
	return true;
}

/* By the questionnaire that fits: those of them that are for who stores no card data. */
static bool stored_ground(struct op *op, int64_t days, struct ground *g)
{
	struct walk w;
	struct assessment s;
	kinds found = 0;
	if (!payment_in_force(op, &w) || !found_each(op, still_there, &found))
		return false;
	if (w.id)
		saq_assess(&w.answers, &s);
	g->there = w.id && s.n && !(found & CARD_KINDS) && !s.code_kept && s.fit.form != FORM_NONE && s.fit.form != FORM_D && s.fit.form != FORM_PROVIDER;
	g->at = w.applied, g->until = when_add(w.applied, days * DAY);
	g->rests = arena_say(op->a, "walk %" PRId64 " applied " STR_FMT, w.id, STR_ARG(when_text(op->a, w.applied)));
	return true;
}

static bool deleted_ground(struct op *op, int64_t days, struct ground *g)
{
	struct atlas a;
	if (!map_atlas(op, &a))
		return false;
	g->at = LONG_AGO;
	for (size_t i = 0; i < a.emptieds; i++)
		if (a.emptied[i].at > g->at && a.emptied[i].at <= op->now) {
			g->at = a.emptied[i].at;
			g->rests = arena_say(op->a, "holder %" PRId64 " emptied " STR_FMT, a.emptied[i].holder.n, STR_ARG(when_text(op->a, g->at)));
		}
	g->there = g->at != LONG_AGO;
	g->until = when_add(g->at, days * DAY);
	return true;
}

/* Everything at a holder of ours was deleted so lately that nothing there is older than what it is said to keep. A sort of holder is named when that is so of each of them. */
static bool retention_ground(struct op *op, int64_t days, struct ground *g)
{
	static const struct { enum holder_sort sort; const char *word; } sorts[] = { { COMPUTER, "computers" }, { STORAGE, "storages" }, { MAILBOX, "mailboxes" }, { PAPER, "paper" } };
	struct atlas a;
	struct str word[2][LENGTH(sorts)];
	size_t words = 0;
	(void)days;
	if (!map_atlas(op, &a))
		return false;
	holder_id *holder = ARENA_ARRAY(op->a, holder_id, a.holders + 1);
	struct buf rests = BUF(8 << 10);
	int64_t longest = 0;
	g->at = g->until = FAR_OFF;
	for (size_t s = 0; s < LENGTH(sorts); s++) {
		size_t before = g->holders;
		int64_t at = FAR_OFF, until = FAR_OFF, most = 0;
		bool all = true;
		for (size_t h = 0; h < a.holders; h++) {
			int64_t keeps = 0, emptied = LONG_AGO;
			if (a.holder[h].sort != sorts[s].sort || a.holder[h].until != FAR_OFF || map_own(a.holder[h].id))
				continue;
			for (size_t t = 0; t < a.tolds; t++)
				if (a.told[t].holder.n == a.holder[h].id.n)
					keeps = a.told[t].keeps > keeps ? a.told[t].keeps : keeps;
			for (size_t e = 0; e < a.emptieds; e++)
				if (a.emptied[e].holder.n == a.holder[h].id.n && a.emptied[e].at <= op->now && a.emptied[e].at > emptied)
					emptied = a.emptied[e].at;
			all &= keeps > 0 && keeps < FAR_OFF && emptied != LONG_AGO && when_add(emptied, keeps) > op->now;
			if (!all)
				break;
			most = keeps > most ? keeps : most;
			earliest(&at, emptied);
			earliest(&until, when_add(emptied, keeps));
			holder[g->holders++] = a.holder[h].id;
		}
		if (!all || g->holders == before) {
			g->holders = before;
			continue;
		}
		for (size_t k = before; k < g->holders; k++)
			buf_printf(&rests, "%sholder %" PRId64 " emptied since " STR_FMT, rests.n ? ", " : "", holder[k].n, STR_ARG(when_text(op->a, at)));
		longest = most > longest ? most : longest;
		earliest(&g->at, at);
		earliest(&g->until, until);
		for (int l = 0; l < 2; l++)
			word[l][words] = word_of(op, sorts[s].word, l);
		words++;
	}
	g->there = words > 0;
	g->n = (longest + DAY - 1) / DAY;
	g->holder = holder;
	for (int l = 0; l < 2; l++)
		g->what[l] = listed(op, word[l], words, "and", l);
	g->rests = arena_str(op->a, buf_str(&rests));
	buf_free(&rests);
	return true;
}

static bool drill_ground(struct op *op, int64_t days, struct ground *g)
{
	struct sql_drill_last q;
	bool found;
	if (!sql_drill_last(op, &q, &found))
		return false;
	g->there = found;
	g->at = found ? q.at : LONG_AGO;
	g->until = when_add(g->at, days * DAY);
	g->rests = found ? arena_say(op->a, "drill %" PRId64 " ended " STR_FMT, q.id, STR_ARG(when_text(op->a, q.at))) : STR("");
	return true;
}

/* Of each open sign-in at a service somebody has said that it has a second step. */
static bool second_ground(struct op *op, int64_t days, struct ground *g)
{
	struct access *s;
	size_t n;
	if (!access_list(op, false, &s, &n))
		return false;
	holder_id *holder = ARENA_ARRAY(op->a, holder_id, n + 1);
	struct buf rests = BUF(8 << 10);
	g->at = FAR_OFF, g->there = true;
	for (size_t i = 0; i < n; i++) {
		if (s[i].holder.sort != SERVICE || !sign_in_open(&s[i], op->now))
			continue;
		holder[g->holders++] = s[i].holder.id;
		g->there &= s[i].second == SECOND_YES && s[i].looked && !s[i].wrong;
		earliest(&g->at, s[i].looked);
		buf_printf(&rests, "%ssign-in %" PRId64 " looked " STR_FMT, rests.n ? ", " : "", s[i].id, STR_ARG(when_text(op->a, s[i].looked)));
	}
	g->there &= g->holders > 0;
	g->until = when_add(g->at, days * DAY);
	g->holder = holder;
	g->rests = arena_str(op->a, buf_str(&rests));
	buf_free(&rests);
	return true;
}

static bool services_ground(struct op *op, int64_t days, struct ground *g)
{
	struct service *s;
	size_t n;
	if (!services_list(op, false, &s, &n))
		return false;
	struct str *name[2] = { ARENA_ARRAY(op->a, struct str, n + 1), ARENA_ARRAY(op->a, struct str, n + 1) };
	holder_id *holder = ARENA_ARRAY(op->a, holder_id, n + 1);
	struct buf rests = BUF(8 << 10);
	g->at = FAR_OFF, g->there = true;
	for (size_t i = 0; i < n; i++) {
		if (s[i].until != FAR_OFF)
			continue;
		holder[g->holders] = s[i].id;
		for (int l = 0; l < 2; l++)
			name[l][g->holders] = s[i].known ? arena_say(op->a, STR_FMT " (" STR_FMT ")", STR_ARG(s[i].name), STR_ARG(tongue(&s[i].known->does, l == 1))) : s[i].name;
		g->holders++;
		g->there &= s[i].used > 0;
		earliest(&g->at, s[i].used);
		buf_printf(&rests, "%sservice %" PRId64 " used " STR_FMT, rests.n ? ", " : "", s[i].id.n, STR_ARG(when_text(op->a, s[i].used)));
	}
	g->there &= g->holders > 0;
	g->until = when_add(g->at, days * DAY);
	for (int l = 0; l < 2; l++)
		g->what[l] = listed(op, name[l], g->holders, "and", l);
	g->holder = holder;
	g->rests = arena_str(op->a, buf_str(&rests));
	buf_free(&rests);
	return true;
}

static bool phone_ground(struct op *op, int64_t days, struct ground *g)
{
	(void)days;
	g->there = op_setting(op, "business.phone").n > 0;
	g->at = op->now, g->until = FAR_OFF;
	g->rests = STR("business.phone");
	return true;
}

bool ground_look(struct op *op, struct str rests, int64_t days, struct ground *g)
{
	static const struct { const char *name; bool (*look)(struct op *, int64_t, struct ground *); } all[] = {
		{ "readers", readers_ground }, { "practice", practice_ground }, { "searched", searched_ground }, { "absent", absent_ground }, { "stored", stored_ground }, { "deleted", deleted_ground },
		{ "services", services_ground }, { "phone", phone_ground }, { "retention", retention_ground }, { "drill", drill_ground }, { "second", second_ground },
	};
	*g = (struct ground){ 0 };
	for (size_t i = 0; i < LENGTH(all); i++)
		if (str_eq(rests, str_of(all[i].name)))
			return all[i].look(op, days, g);
	return err_set(&op->err, TORN, NULL, "data/trust.txt rests on \"" STR_FMT "\", which there is not.", STR_ARG(rests));
}

struct str trust_uses(struct op *op, int language)
{
	struct atlas a;
	struct str text = trust_data(), word[KIND_COUNT];
	struct entry e;
	struct sql_customers_known q;
	struct sql_listed_kinds l;
	kinds used = 0;
	size_t n = 0;
	bool found;
	if (!map_atlas(op, &a) || !sql_customers_known(op, &q, &found) || !sql_listed_kinds(op, &l))
		return STR("");
	while (sql_listed_kinds_next(op, &l))
		used |= (kinds)l.kinds;
	if (found && q.n)
		used |= KIND(NAME) | (q.email ? KIND(EMAIL) : 0) | (q.phone ? KIND(PHONE) : 0) | (q.address ? KIND(POSTAL_ADDRESS) : 0);
	for (size_t i = 0; i < a.flows; i++)
		used |= a.flow[i].until == FAR_OFF && !map_own(a.flow[i].from) ? a.flow[i].kinds : 0;
	while (entry_next(&text, &e)) {
		enum kind kind;
		if (str_eq(e.kind, STR("kind")) && n < KIND_COUNT && kind_parse(e.name, &kind) && used >> kind & 1)
			word[n++] = e.say.in[language];
	}
	return listed(op, word, n, "and", language);
}

bool open_incidents(struct op *op, struct open_ones *o)
{
	struct incident *i;
	size_t n, cap = 0;
	*o = (struct open_ones){ 0 };
	if (!incident_list(op, &i, &n) || !status_public(op, &o->page, &o->pages))
		return false;
	o->told = o->pages > 0;                          /* a page that is still up is a notice, be the incident closed */
	for (size_t k = 0; k < n; k++) {
		struct incident whole;
		struct sql_rounds_told q;
		bool found;
		if (i[k].closed != FAR_OFF)
			continue;
		if (!incident_get(op, i[k].id, &whole) || !sql_rounds_told(op, i[k].id, &q, &found))
			return false;
		o->told |= q.n > 0;
		for (size_t s = 0; s < whole.n; s++) {
			o->suspicion = arena_more(op->a, o->suspicion, o->n, &cap, sizeof *o->suspicion);
			o->suspicion[o->n++] = whole.suspicion[s];
		}
	}
	return true;
}
