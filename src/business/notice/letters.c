/* letters - a round's letters on paper: PDFs in the outbox by language, and the list of whose stands where. */
#include "notice_sql.h"
#include "qr.h"
#include "sending.h"

#include <inttypes.h>
#include <stdio.h>

enum { LETTERS_A_FILE = 2000, ODD_SHOWN = 10 };

static void odd_letter(struct sending *s, const struct item *i)
{
	size_t n = strlen(s->odd_refs);
	if (s->odd++ < ODD_SHOWN)
		snprintf(s->odd_refs + n, sizeof s->odd_refs - n, "%s" STR_FMT, n ? ", " : "", STR_ARG(i->c.ref));
}

/* Where the last letter of any file stands, "001/00017": the next file's number goes on from there. */
static bool last_file(struct sending *s, int64_t *number)
{
	struct sql_letter_files q;
	bool found;
	*number = 0;
	if (!sql_letter_files(s->op, s->round.incident, s->round.round, &q, &found))
		return false;
	struct str rest = q.last;
	str_i64(str_split(&rest, '/'), number);
	return true;
}

static const char *letters_name(struct op *op, int64_t number)
{
	return arena_printf(op->a, "letters-%03" PRId64 ".pdf", number);
}

/* One PDF in one language: written beside, named, then kept in the database. Killed in between, it is written anew under its name. */
static bool letters_file(struct sending *s, struct item **item, size_t n, enum language language)
{
	struct op *op = s->op;
	struct sheet *sheet = ARENA_ARRAY(op->a, struct sheet, n);
	struct paper_result *result = ARENA_ARRAY(op->a, struct paper_result, n);
	int64_t number;
	if (!n)
		return true;
	if (!last_file(s, &number))
		return false;
	number++;
	for (size_t i = 0; i < n; i++) {
		struct telling t;
		struct words w;
		struct qr *qr = ARENA_NEW(op->a, struct qr);
		/* what ticks it off when it comes back, typed or scanned; where there are pages for customers the QR code is the link, which does that, too */
		struct str foot = arena_say(op->a, STR_FMT " " STR_FMT, STR_ARG(round_name(op, &s->round)), STR_ARG(item[i]->c.ref));
		if (!item_words_put(s, item[i], &t, &w) || !qr_make(qr, s->public.pages >= 0 ? front_link(op->a, s->public.url, item[i]->secret) : foot, &op->err))
			return false;
		item[i]->text = words_text(op, &w);
		sheet[i] = (struct sheet){ .dark = qr->dark, .wide = qr->wide, .address = address_lines(op, &item[i]->c), .date = when_day_text(op->a, op->zone, op->now, language_code(w.language).p),
		                           .code = foot,
		                           .passage = w.passage, .n = w.n };
	}
	if (!own_sync(op, &s->public) ||
	    !outbox_letters(op, &s->outbox, letters_name(op, number), &s->common, language, sheet, n, result) || !outbox_sync(&s->outbox, &op->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		s->printed++, s->done++;
		if (result[i].address_cut || result[i].missing_glyphs)
			odd_letter(s, item[i]);
		if (!notice_move(op, &item[i]->m, E_PRINT, &(struct outcome){ LETTER, item[i]->m.attempts + 1, 0, letter_place(op, number, &result[i]).p, { 0 }, item[i]->text }))
			return false;
	}
	return true;
}

/* In one transaction, so that nobody takes back what is being printed. */
static bool letters_batch(struct sending *s, struct item *item, size_t n)
{
	struct op *op = s->op;
	struct item **in[2] = { ARENA_ARRAY(op->a, struct item *, n), ARENA_ARRAY(op->a, struct item *, n) };
	size_t many[2] = { 0 };
	if (!sending_look(s) || !op_begin(op))
		return false;
	bool good = items_still_due(s, item, n);
	for (size_t i = 0; good && i < n; i++) {
		struct telling t;
		if (item[i].gone)
			continue;
		if (item[i].torn) {
			item[i].m.attempts++;
			good = item_spoil(s, &item[i], "damaged");
			continue;
		}
		if (customer_address(&item[i].c)) {
			customer_telling(op, &item[i].c, &t);
			in[t.language][many[t.language]++] = &item[i];
			continue;
		}
		s->done++;
		good = item_fall(s, &item[i], "no address", STR(""));
	}
	good = good && letters_file(s, in[ENGLISH], many[ENGLISH], ENGLISH) && letters_file(s, in[SPANISH], many[SPANISH], SPANISH);
	good = op_end(op, good);
	sending_progress(s, "Printing");
	return good;
}

/* The list, also when an earlier run was killed before it; a PDF that such a run had named and not kept goes. */
static bool letters_list(struct sending *s, bool any)
{
	struct split split;
	int64_t number;
	if (!round_split(s->op, &s->round, &split) || !last_file(s, &number))
		return false;
	for (int64_t more = 1; more <= 2; more++)
		outbox_drop(&s->outbox, letters_name(s->op, number + more));
	return (!any && !split.state[PRINTED]) || outbox_list(s->op, &s->outbox, &s->round);
}

bool letters_send(struct sending *s)
{
	struct op *op = s->op;
	bool good = true, any = false;
	while (good && !op_stopped(op)) {
		struct arena *mine = arena_open(), *whole = op->a;
		op->a = mine;
		struct item *item = ARENA_ARRAY(mine, struct item, LETTERS_A_FILE);
		size_t n;
		good = items_due(s, LETTER, LETTERS_A_FILE, item, &n) && (!n || (items_open(s, item, n) && letters_batch(s, item, n)));
		op->a = whole;
		arena_close(mine);
		any |= n > 0;
		if (!n)
			break;
	}
	return good && letters_list(s, any);
}
