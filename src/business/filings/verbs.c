/* verbs - filing list|make|proofs|sent|unsent. */
#include "filings.h"
#include "filings_sql.h"
#include "letter.h"
#include "log.h"
#include "notice.h"
#include "proof.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

enum { HOW_MAX = 200 };

static bool filing_asked(struct op *op, const struct args *args, struct incident *i, struct filing *f)
{
	return incident_named(op, args, i) && filing_named(op, i->id, args_text(args, "to"), args_text(args, "code"), f);
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct filing *f;
	size_t n, open = 0;
	if (!incident_named(op, args, &i) || !filings_list(op, i.id, &f, &n))
		return false;
	for (size_t k = 0; k < n; k++) {
		const struct obligation *o = &f[k].owed;
		bool late = !f[k].sent && o->by <= op->now;
		struct str by = o->by >= FAR_OFF ? STR("stopped by a hold") : when_due_text(op->a, op->zone, o->by, "en");
		answer_row(answer);
		answer_number(answer, "incident", i.id);
		answer_text(answer, "to", str_of(obligee_name(o->to)));
		answer_text(answer, "code", o->code);
		answer_text(answer, "whom", o->whom);
		answer_text(answer, "force", str_of(force_name(o->force)));
		answer_time(answer, "by", o->by);
		answer_flag(answer, "late", late);
		answer_time(answer, "sent", f[k].sent ? f[k].sent : FAR_OFF);
		answer_text(answer, "how", f[k].how);
		answer_text(answer, "reference", f[k].reference);
		answer_row_end(answer);
		answer_say(answer, "%s %-6s " STR_FMT "%s" STR_FMT ", --to %s --code " STR_FMT ": %s" STR_FMT "%s" STR_FMT, f[k].sent ? "[x]" : "[ ]", force_name(o->force), STR_ARG(o->law ? o->law->name : STR("")),
		           o->law ? ": " : "", STR_ARG(o->whom), obligee_name(o->to), STR_ARG(o->code), f[k].sent ? "sent on " : late ? "now, was due by " : o->by >= FAR_OFF ? "" : "by ",
		           STR_ARG(f[k].sent ? when_day_text(op->a, op->zone, f[k].sent, "en") : by), f[k].sent && f[k].how.n ? ", " : "", STR_ARG(f[k].how));
		open += !f[k].sent;
	}
	if (n)
		answer_say(answer, "%s. To make one: handback filing make %" PRId64 " --to WHO --code CODE", counted(op->a, (int64_t)open, "is open", "are open"), i.id);
	else
		answer_say(answer, "This incident obliges to tell no office and no partner, as far as is known.");
	return true;
}

struct making { int64_t incident; struct filing f; bool es; };

static bool letter_fill(struct op *op, void *of, int fd)
{
	struct making *m = of;
	struct filing_letter letter;
	return filing_letter(op, m->incident, &m->f, m->es, &letter, fd);
}

static bool make_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct making m = { 0 };
	struct filing_letter letter;
	if (!language_asked(op, args, &m.es) || !filing_asked(op, args, &i, &m.f))
		return false;
	m.incident = i.id;
	if (!filing_letter(op, i.id, &m.f, m.es, &letter, -1) || !pdf_asked(op, args, letter_fill, &m))
		return false;
	struct str *fill = ARENA_ARRAY(op->a, struct str, letter.n + 1);
	size_t fills = 0;
	for (size_t k = 0; k < letter.n; k++)
		if (letter.line[k].fill)
			fill[fills++] = letter.line[k].label;
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	answer_text(answer, "to", str_of(obligee_name(m.f.owed.to)));
	answer_text(answer, "code", m.f.owed.code);
	answer_text(answer, "text", letter.text);
	answer_words(answer, "to_fill_in", fill, fills);
	answer_text(answer, "where", filing_where(op, &m.f, m.es));
	answer_row_end(answer);
	answer_lines(answer, letter.text);
	if (m.f.owed.to == TO_REGULATOR)
		answer_note(answer, STR_FMT, STR_ARG(filing_where(op, &m.f, m.es)));
	answer_note(answer, "%s to be filled in by a person. It was not sent: send it, then keep that with handback filing sent.", counted(op->a, (int64_t)fills, "place is", "places are"));
	return true;
}

/* ---- the proofs that go along ---- */

static const char how_to_check[] =
	"Each file ending in .tlog-proof proves that one notice was logged, and when. Its name is the round's and the customer's number.\n"
	"The format is c2sp.org/tlog-proof; key.txt has the key of the log that signed it. To check one without a network:\n\n"
	"    handback log check FILE --key KEY\n\n"
	"or with any program that knows the format. It does not prove that the customer read the notice.\n";

struct proofs { struct op *op; bool (*put)(void *to, const char *name, struct str bytes); void *to; int64_t made, lacking; };

/* Everybody of a round who was told, NOTICE_PAGE at a time: one pass over the log for each PROOFS_MAX of them. */
static bool proofs_of_round(struct proofs *p, const struct notice_round *r)
{
	static const enum notice_state told[] = { SENT, POSTED, ACKNOWLEDGED, BOUNCED, RETURNED };
	struct op *op = p->op;
	customer_id *who = ARENA_ARRAY(op->a, customer_id, (size_t)r->split.all + 1);
	size_t n = 0, at_once = 0, page;
	for (size_t s = 0; s < LENGTH(told); s++) {
		struct notice_one *one;
		int64_t skip = 0;
		do {
			if (!notice_in_state(op, r->incident, r->round, told[s], skip, &one, &page))
				return false;
			for (size_t k = 0; k < page && n < (size_t)r->split.all; k++)
				who[n++] = one[k].who;
			skip += (int64_t)page;
		} while (page == NOTICE_PAGE);
	}
	for (size_t done = 0; done < n; done += at_once) {
		at_once = n - done < PROOFS_MAX ? n - done : PROOFS_MAX;
		struct str *file = ARENA_ARRAY(op->a, struct str, at_once);
		if (!notice_proofs(op, r->incident, r->round, who + done, at_once, file))
			return false;
		for (size_t k = 0; k < at_once; k++) {
			++*(file[k].n ? &p->made : &p->lacking);
			if (file[k].n && !p->put(p->to, arena_printf(op->a, "%s-%u.tlog-proof", notice_round_name(op, r->incident, r->round).p, who[done + k].n), file[k]))
				return false;
		}
	}
	return true;
}

bool filing_proofs(struct op *op, int64_t incident, bool (*put)(void *to, const char *name, struct str bytes), void *to, int64_t *made, int64_t *lacking)
{
	struct proofs p = { op, put, to, 0, 0 };
	struct notice_round *r;
	struct kept_head h;
	size_t n;
	if (!proof_head(op, &h) || !notice_rounds(op, incident, &r, &n))
		return false;
	for (size_t k = 0; k < n; k++)
		if (r[k].approved && !proofs_of_round(&p, &r[k]))
			return false;
	*made = p.made, *lacking = p.lacking;
	return put(to, "key.txt", arena_say(op->a, STR_FMT "\n", STR_ARG(h.key))) && put(to, "checkpoint.txt", h.note) && put(to, "README.txt", str_of(how_to_check));
}

struct given { struct op *op; const char *folder; struct answer *answer; };

/* Into the folder; where none was told, each proof is a row of the answer. */
static bool proof_give(void *to, const char *name, struct str bytes)
{
	const struct given *g = to;
	struct str round = str_of(name), ending = STR(".tlog-proof");
	if (*g->folder)
		return file_replace(arena_printf(g->op->a, "%s/%s", g->folder, name), bytes, 0600, &g->op->err);
	if (round.n < ending.n || !str_eq((struct str){ round.p + round.n - ending.n, ending.n }, ending))
		return true;
	answer_row(g->answer);
	answer_text(g->answer, "round", str_split(&round, '-'));
	answer_text(g->answer, "proof", bytes);
	answer_row_end(g->answer);
	return true;
}

static bool proofs_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct given g = { op, arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "folder"))), answer };
	struct incident i;
	struct kept_head h;
	int64_t made, lacking;
	if (!incident_named(op, args, &i) || !proof_head(op, &h))
		return false;
	if (*g.folder && mkdir(g.folder, 0700) != 0 && errno != EEXIST)
		return err_set(&op->err, OUTSIDE, "folder", "The folder %s could not be made: %s.", g.folder, strerror(errno));
	if (!filing_proofs(op, i.id, proof_give, &g, &made, &lacking))
		return false;
	answer_row(answer);
	answer_number(answer, "incident", i.id);
	answer_number(answer, "proofs", made);
	answer_number(answer, "without", lacking);
	answer_text(answer, "key", h.key);
	answer_row_end(answer);
	if (*g.folder)
		answer_say(answer, "%s in %s, with the key that checks them.", counted(op->a, made, "proof is", "proofs are"), g.folder);
	if (lacking)
		answer_say(answer, "%s none yet: the mail lies in the outbox, or the entry waits for its signature.", counted(op->a, lacking, "notice has", "notices have"));
	return true;
}

static bool sent_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct filing f;
	struct span s = { .from = op->now };
	struct str how = args_text(args, "how"), reference = args_text(args, "reference");
	if (!filing_asked(op, args, &i, &f))
		return false;
	if (how.n > HOW_MAX || reference.n > HOW_MAX)
		return err_set(&op->err, TOO_BIG, how.n > HOW_MAX ? "how" : "reference", "Say it in at most %d characters.", HOW_MAX);
	if (!op_been(op, "on", args_text(args, "on"), &s) || !sql_filing_put(op, i.id, f.owed.to, f.owed.code, s.from, how, reference, op->now, op->person) ||
	    !log_add(op, "filing.sent", ABOUT({ "incident", i.id }, { "party", f.owed.to }, { "at", s.from })))
		return false;
	answer_say(answer, STR_FMT ": kept as sent on " STR_FMT ".", STR_ARG(f.owed.whom), STR_ARG(when_day_text(op->a, op->zone, s.from, "en")));
	return true;
}

static bool unsent_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct incident i;
	struct filing f;
	if (!filing_asked(op, args, &i, &f))
		return false;
	if (!f.sent)
		return err_set(&op->err, CONFLICT, "code", "It is not kept as sent.");
	answer_say(answer, STR_FMT ": open again.", STR_ARG(f.owed.whom));
	return sql_filing_drop(op, i.id, f.owed.to, f.owed.code) && log_add(op, "filing.unsent", ABOUT({ "incident", i.id }, { "party", f.owed.to }));
}

#define INCIDENT { "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" }
#define TO       { "to", FIELD_TEXT, FIELD_NEEDED, "regulator, bureaus, cards or insurer" }
#define CODE     { "code", FIELD_TEXT, FIELD_NEEDED, "of the law or contract, like US-NY, visa or insurer; filing list shows them" }

const struct verb filings_verbs[] = {
	{ "filing list", "Which offices and partners an incident obliges to tell, by when, and which were told.", "handback filing list 1", VERB_READ, FIELDS(INCIDENT), list_run, ROLES_LEAD | ROLE_HELPER },
	{ "filing make", "The letter to one of them, with what its form asks; what only a person can tell is marked.", "handback filing make 1 --to regulator --code US-NY --pdf ny.pdf", VERB_READ,
	  FIELDS(INCIDENT, TO, CODE, { "language", FIELD_TEXT, 0, "en or es; en, if not told" }, { "pdf", FIELD_PATH, 0, "a new file for it as PDF" }), make_run, ROLES_LEAD | ROLE_HELPER },
	{ "filing proofs", "Puts a proof of each notice that went out into a folder, for an office that asks: it can check without Handback that the notice was logged, and when.",
	  "handback filing proofs 1 /srv/for-the-regulator", VERB_READ, FIELDS(INCIDENT, { "folder", FIELD_PATH, FIELD_PLACED, "where to; not told: the proofs are the answer (--json)" }), proofs_run },
	{ "filing sent", "Keeps that it was sent: the obligation is met.", "handback filing sent 1 --to regulator --code US-NY --how 'web form' --reference 2026-0417", VERB_WRITE,
	  FIELDS(INCIDENT, TO, CODE, { "on", FIELD_TIME, 0, "the day; now, if not told" }, { "how", FIELD_TEXT, 0, "how: web form, e-mail, letter, phone" },
	         { "reference", FIELD_TEXT, 0, "their number for it" }), sent_run },
	{ "filing unsent", "Takes that back.", "handback filing unsent 1 --to regulator --code US-NY", VERB_WRITE, FIELDS(INCIDENT, TO, CODE), unsent_run },
	{ 0 },
};
