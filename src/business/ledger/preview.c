/* preview - collects what an import that keeps nothing understands, and says it on the command line. */
#include "import_int.h"
#include "veil.h"

#include <inttypes.h>

static const char *const becomes[F_COUNT] = {
	[F_TIME] = N_("when it was"), [F_ZONE] = N_("its time zone"), [F_SOURCE] = N_("the payment's own number"), [F_KEY] = N_("the service's number of the customer"),
	[F_REF] = N_("our number of the customer"), [F_NAME] = N_("name"), [F_GIVEN] = N_("first name"), [F_FAMILY] = N_("last name"), [F_EMAIL] = N_("e-mail address"), [F_PHONE] = N_("phone number"),
	[F_LINE1] = N_("street"), [F_LINE2] = N_("street, second line"), [F_CITY] = N_("city"), [F_REGION] = N_("state or region"), [F_POSTAL_CODE] = N_("postal code"), [F_COUNTRY] = N_("country"),
	[F_LANGUAGE] = N_("language"), [F_ENTRY] = N_("what took the payment"), [F_SERVICE] = N_("the service"), [F_PERSON] = N_("who took it"), [F_PLACE] = N_("where it was"),
	[F_DATA_KINDS] = N_("what information came in"), [F_BRAND] = N_("card's brand"), [F_LAST4] = N_("card's last four digits"), [F_REFUNDED] = N_("when it was refunded"),
};

/* Also a column that only decides which information came in is needed. */
static const char *becomes_of(const struct layout *l, int column)
{
	for (size_t f = 0; f < F_COUNT; f++)
		for (size_t k = 0; k < l->format->where[f].n; k++)
			if (l->at[f][k] == column)
				return becomes[f];
	for (size_t r = 0; r < l->format->rules; r++)
		for (size_t k = 0; k < l->format->rule[r].n; k++)
			if (l->condition_at[r][k] == column)
				return becomes[F_DATA_KINDS];
	return NULL;
}

void preview_columns(struct op *op, struct preview *p, const struct layout *l, const struct str *cell, size_t n)
{
	p->format = l->format->name;
	p->contacts = l->format->contacts;
	p->column = ARENA_ARRAY(op->a, struct preview_column, n + 1);
	p->first = FAR_OFF, p->last = LONG_AGO;
	for (p->columns = 0; p->columns < n; p->columns++)
		p->column[p->columns] = (struct preview_column){ arena_str(op->a, str_trim(cell[p->columns])), becomes_of(l, (int)p->columns) };
}

static void part(struct op *op, struct preview_row *r, const char *what, struct str whole, struct str veiled)
{
	if (whole.n && r->parts < PREVIEW_PARTS)
		r->part[r->parts++] = (struct preview_part){ what, arena_str(op->a, veiled), arena_str(op->a, whole) };
}

static void plain(struct op *op, struct preview_row *r, const char *what, struct str s)
{
	part(op, r, what, s, s);
}

static void contacts(struct op *op, struct preview_row *r, const struct said *s)
{
	struct address at = { s->line1, s->line2, s->city, s->region, s->postal_code, s->country, 0 };
	part(op, r, becomes[F_NAME], s->name, veil_name(op->a, s->name));
	if (s->emails)
		part(op, r, becomes[F_EMAIL], s->email[0], veil_email(op->a, s->email[0]));
	if (s->phones)
		part(op, r, becomes[F_PHONE], s->phone[0], veil_phone(op->a, s->phone[0]));
	if (s->line1.n || s->city.n)
		part(op, r, N_("address"), arena_say(op->a, STR_FMT "%s" STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(s->line1), s->line1.n ? ", " : "", STR_ARG(s->city), STR_ARG(s->region),
		     STR_ARG(s->postal_code)), veil_address(op->a, &at));
	else
		plain(op, r, becomes[F_REGION], s->region);
}

void preview_row(struct op *op, struct preview *p, const struct csv_row *from, const struct said *s, bool named)
{
	p->understood++;
	p->named += !p->contacts && named, p->unnamed += !p->contacts && !named;
	if (!p->contacts)
		p->first = s->at.at < p->first ? s->at.at : p->first, p->last = s->at.at > p->last ? s->at.at : p->last;
	if (p->rows == PREVIEW_ROWS)
		return;
	struct preview_row *r = &p->row[p->rows++];
	*r = (struct preview_row){ .row = from->number, .line = from->line, .named = named, .at = p->contacts ? 0 : s->at.at };
	plain(op, r, becomes[F_REF], s->ref);
	plain(op, r, becomes[F_KEY], s->key);
	contacts(op, r, s);
	r->kinds = s->flavour.entry | s->flavour.service | s->flavour.person | s->flavour.place;
	if (p->contacts)
		return;
	plain(op, r, becomes[F_ENTRY], s->entry);
	plain(op, r, becomes[F_SERVICE], s->service);
	plain(op, r, becomes[F_PERSON], s->person);
	plain(op, r, becomes[F_PLACE], s->place);
}

void preview_refuse(struct preview *p, const struct csv_row *from, const char *why)
{
	p->refused_all++;
	if (p->refusals < PREVIEW_ROWS)
		p->refused[p->refusals++] = (struct preview_row){ .row = from->number, .line = from->line, .why = why };
}

void preview_mask(struct preview *p, const struct csv_row *from, size_t column)
{
	p->masked_all++;
	if (p->masks < PREVIEW_ROWS && column < p->columns)
		p->mask[p->masks++] = (struct preview_mask){ from->number, p->column[column].name };
}

/* ---- on the command line, where what is shown may stay on a screen: contacts veiled ---- */

void preview_say(struct op *op, const struct preview *p, struct answer *answer)
{
	size_t idle = 0;
	for (size_t i = 0; i < p->columns; i++)
		if (p->column[i].becomes)
			answer_say(answer, "  column " STR_FMT ": %s", STR_ARG(p->column[i].name), p->column[i].becomes);
		else
			idle++;
	if (idle) {
		struct buf b = BUF(64 << 10);
		for (size_t i = 0; i < p->columns; i++)
			if (!p->column[i].becomes)
				buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(p->column[i].name));
		answer_say(answer, "Columns not needed: " STR_FMT, STR_ARG(buf_str(&b)));
		buf_free(&b);
	}
	for (size_t i = 0; i < p->rows; i++) {
		const struct preview_row *r = &p->row[i];
		struct str line = p->contacts ? STR("") : arena_say(op->a, STR_FMT ", ", STR_ARG(when_local_text(op->a, op->zone, r->at)));
		for (size_t k = 0; k < r->parts; k++)
			line = arena_say(op->a, STR_FMT "%s: " STR_FMT ", ", STR_ARG(line), r->part[k].what, STR_ARG(r->part[k].veiled));
		answer_say(answer, "  row %" PRIu64 ": " STR_FMT "%s" STR_FMT, r->row, STR_ARG(line), r->named || p->contacts ? "" : "names nobody, ", STR_ARG(kinds_text(op->a, r->kinds, ", ")));
	}
	for (size_t i = 0; i < p->refusals; i++)
		answer_note(answer, "  row %" PRIu64 " (line %" PRIu64 "): %s", p->refused[i].row, p->refused[i].line, p->refused[i].why);
	for (size_t i = 0; i < p->masks; i++)
		answer_note(answer, "  row %" PRIu64 ", column " STR_FMT ": masked", p->mask[i].row, STR_ARG(p->mask[i].column));
}

static void row_put(const struct preview_row *r, struct answer *answer)
{
	json_open(&answer->j, '{');
	answer_number(answer, "row", (int64_t)r->row);
	answer_number(answer, "line", (int64_t)r->line);
	if (r->why)
		answer_text(answer, "why", str_of(r->why));
	else if (r->at)
		answer_time(answer, "touched_at", r->at);
	for (size_t k = 0; k < r->parts; k++)
		answer_text(answer, r->part[k].what, r->part[k].veiled);
	struct str words[KIND_COUNT];
	size_t m = 0;
	for (int k = 0; k < KIND_COUNT; k++)
		if (r->kinds >> k & 1)
			words[m++] = str_of(kind_name((enum kind)k));
	if (!r->why)
		answer_words(answer, "kinds", words, m);
	json_close(&answer->j);
}

static void rows_put(const char *key, const struct preview_row *row, size_t n, struct answer *answer)
{
	json_key(&answer->j, key);
	json_open(&answer->j, '[');
	for (size_t i = 0; i < n; i++)
		row_put(&row[i], answer);
	json_close(&answer->j);
}

void preview_put(const struct preview *p, struct answer *answer)
{
	if (!answer->json)
		return;
	json_key(&answer->j, "columns");
	json_open(&answer->j, '[');
	for (size_t i = 0; i < p->columns; i++) {
		json_open(&answer->j, '{');
		answer_text(answer, "column", p->column[i].name);
		answer_text(answer, "becomes", p->column[i].becomes ? str_of(p->column[i].becomes) : STR(""));
		json_close(&answer->j);
	}
	json_close(&answer->j);
	rows_put("first_rows", p->row, p->rows, answer);
	rows_put("first_refused", p->refused, p->refusals, answer);
}
