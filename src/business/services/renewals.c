/* renewals - what of services runs out, or is to be looked at again, and when. */
#include "services.h"

#include <stdlib.h>

enum { A_YEAR = 365 * DAY, DELETION_DAYS = 30 };

static int soonest(const void *a, const void *b)
{
	const struct renewal *x = a, *y = b;
	return x->due != y->due ? (x->due > y->due) - (x->due < y->due) : x->id.n != y->id.n ? (x->id.n > y->id.n) - (x->id.n < y->id.n) : (int)x->of - (int)y->of;
}

struct list { struct op *op; int days; struct renewal *r; size_t n, cap; };

static void add(struct list *l, const struct service *s, enum renewal_of of, int64_t due, const struct evidence_sort *sort)
{
	if (due >= FAR_OFF - 1 || due > l->op->now + l->days * (int64_t)DAY)
		return;
	int64_t left = due - l->op->now;
	l->r = arena_more(l->op->a, l->r, l->n, &l->cap, sizeof *l->r);
	l->r[l->n++] = (struct renewal){ of, due, s->id, s->name, sort, (int)(left > 0 ? (left + DAY - 1) / DAY : left / DAY) };
}

/* Asked for again by a person: not what is measured, nor what a catalogue says. */
static bool renewed_by_hand(const struct evidence_sort *s)
{
	return s->word != WORD_MEASURED && s->word != WORD_PUBLIC && s->days > 30;
}

/* Of each sort what counts longest. */
static void evidence_of(struct list *l, const struct service *s, const struct evidence *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool longest = e[i].holder.n == s->id.n && renewed_by_hand(e[i].sort);
		for (size_t k = 0; k < n && longest; k++)
			longest = k == i || e[k].holder.n != s->id.n || e[k].sort != e[i].sort || e[k].until < e[i].until || (e[k].until == e[i].until && k > i);
		if (longest)
			add(l, s, RENEW_EVIDENCE, e[i].until - 1, e[i].sort);      /* the last day on which it counts */
	}
}

bool services_renewals(struct op *op, int days, struct renewal **out, size_t *n)
{
	struct service *s;
	struct evidence *e;
	size_t services, pieces;
	struct list l = { .op = op, .days = days };
	if (!services_list(op, false, &s, &services) || !evidence_list(op, (holder_id){ 0 }, false, &e, &pieces))
		return false;
	for (size_t i = 0; i < services; i++) {
		if (s[i].until <= op->now) {
			add(&l, &s[i], RENEW_DELETION, s[i].asked ? s[i].asked + DELETION_DAYS * (int64_t)DAY : s[i].until, NULL);
			continue;
		}
		evidence_of(&l, &s[i], e, pieces);
		add(&l, &s[i], RENEW_CONTRACT, s[i].ends, NULL);
		if (s[i].used)
			add(&l, &s[i], RENEW_USED, s[i].used + A_YEAR, NULL);
	}
	if (l.n)
		qsort(l.r, l.n, sizeof *l.r, soonest);
	*out = l.r, *n = l.n;
	return true;
}

struct tongues renewal_says(struct op *op, const struct renewal *r)
{
	switch (r->of) {
	case RENEW_CONTRACT: return (struct tongues){ STR("The contract: keep it, or give notice"), STR("El contrato: seguir, o dar aviso de baja") };
	case RENEW_USED:     return (struct tongues){ STR("Is it still used?"), STR("¿Se usa todavía?") };
	case RENEW_DELETION: return (struct tongues){ STR("It was left: has it deleted what it had?"), STR("Se dejó: ¿borró lo que tenía?") };
	case RENEW_EVIDENCE: break;
	}
	return (struct tongues){ arena_say(op->a, "To be asked for again: " STR_FMT, STR_ARG(r->sort->says.en)), arena_say(op->a, "Hay que pedir de nuevo: " STR_FMT, STR_ARG(r->sort->says.es)) };
}

/* ---- as a calendar ---- */

static void ics_text(struct buf *b, struct str s)                /* RFC 5545, 3.3.11 */
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ',' || s.p[i] == ';' || s.p[i] == '\\')
			buf_byte(b, '\\');
		if ((unsigned char)s.p[i] >= ' ')
			buf_byte(b, s.p[i]);
	}
}

/* A line of more than 75 bytes goes on behind CR LF and a blank (3.1), not within a letter. */
static void ics_line(struct buf *out, const struct buf *line)
{
	size_t at = 0;
	for (size_t i = 0; i < line->n; i++, at++) {
		if (at >= 70 && ((unsigned char)line->p[i] & 0xc0) != 0x80) {
			buf_put(out, STR("\r\n "));
			at = 1;
		}
		buf_byte(out, line->p[i]);
	}
	buf_put(out, STR("\r\n"));
}

static void ics_put(struct buf *out, const char *name, struct str value)
{
	struct buf line = BUF(8192);
	buf_put(&line, str_of(name));
	ics_text(&line, value);
	ics_line(out, &line);
	buf_free(&line);
}

void renewals_ics(struct op *op, const struct renewal *r, size_t n, bool spanish, struct buf *out)
{
	struct civil now = civil_of(op->now);
	buf_put(out, STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Handback//Renewals//EN\r\n"));
	for (size_t i = 0; i < n; i++) {
		struct civil day = civil_of(zone_local(op->zone, r[i].due));
		struct tongues says = renewal_says(op, &r[i]);
		buf_printf(out, "BEGIN:VEVENT\r\nUID:%lld-%d-%.*s-%lld@handback\r\nDTSTAMP:%04d%02d%02dT%02d%02d%02dZ\r\nDTSTART;VALUE=DATE:%04d%02d%02d\r\n", (long long)r[i].id.n, (int)r[i].of,
		           r[i].sort ? (int)r[i].sort->name.n : 0, r[i].sort ? r[i].sort->name.p : "", (long long)r[i].due, now.year, now.month, now.day, now.hour, now.minute, now.second, day.year,
		           day.month, day.day);
		ics_put(out, "SUMMARY:", arena_say(op->a, STR_FMT ": " STR_FMT, STR_ARG(r[i].service), STR_ARG(tongue(&says, spanish))));
		for (int k = 0; k < 2; k++) {
			buf_printf(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P%dD\r\n", k ? 7 : 30);
			ics_put(out, "DESCRIPTION:", r[i].service);
			buf_put(out, STR("END:VALARM\r\n"));
		}
		buf_put(out, STR("END:VEVENT\r\n"));
	}
	buf_put(out, STR("END:VCALENDAR\r\n"));
}
