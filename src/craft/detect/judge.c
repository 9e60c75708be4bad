/* The judgement: what a finding's own signs weigh, and what its likes in the same place say of it. Log-odds, added up. */
#include "scan_int.h"

#include <math.h>

/* Of n look-alikes in one place k pass a check that chance passes one time in ten. Two stories: none is what it looks like (k is
 * binomial), or a share of them is, any share being as likely (k is then uniform). Returns the log-odds that one which passes is
 * the real thing, the stories being equally likely beforehand. */
static double log_odds_of_place(unsigned n, unsigned k)
{
	const double chance = 0.1;
	double null = exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(chance) + (n - k) * log(1 - chance));
	double mixed = 1 / ((1 - chance) * (n + 1.0));
	double story = mixed / (mixed + null);
	double share = ((k + 1.0) / (n + 2.0) - chance) / (1 - chance);
	if (share < 0.01)
		share = 0.01;
	double p = story * share / (share + chance * (1 - share));
	double odds = log(p / (1 - p));
	return odds > 4.5 ? 4.5 : odds < -5 ? -5 : odds;
}

/* Of the look-alikes in a whole file that nobody says anything of, `fail` have a card's range and a wrong check digit: then a ninth as
 * many pass by chance. The log-odds that one which passes is more than that. */
static double log_odds_of_file(unsigned fail, unsigned pass)
{
	double chance = fail / 9.0, more = pass > chance ? pass - chance : 0;
	return log((more + 0.8) / (chance + 0.2));
}

static bool has_check_digit(enum hit_sort sort)
{
	return sort == HIT_CARD || sort == HIT_TEST_NUMBER;
}

void judge(struct scanner *s, const struct spot *spot, struct finding *f)
{
	struct group *g = &s->group[spot->group];
	*f = (struct finding){ .sort = spot->sort, .signs = spot->signs, .at = s->wide && !spot->where && !spot->record ? spot->at * 2 : spot->at, .line = spot->line, .column = spot->column,
	                       .length = s->wide && !spot->where && !spot->record ? spot->length * 2 : spot->length, .count = 1,
	                       .record = spot->record, .same = spot->same, .brand = spot->brand, .where = name_of(s, spot->where), .heading = name_of(s, spot->heading) };
	memcpy(f->last4, spot->last4, sizeof f->last4);
	double weight = spot->weight;
	if (has_check_digit(spot->sort)) {
		unsigned n = spot->group && g->alike ? g->alike : 1, k = spot->group && g->alike ? g->passing : 1;
		k = k ? k : 1;
		if (g->judged.n != n || g->judged.k != k) {
			g->judged.n = n;
			g->judged.k = k;
			g->judged.odds = log_odds_of_place(n, k);
		}
		double place = g->judged.odds;
		/* check digits of numbers that are in no card's range are right by chance one time in ten, not in four: others' numbers */
		if (g->misfit >= 3 && g->misfit * 4 > n)
			place = -4;
		if (n >= 20 && k * 5 < n && place > -3.3)
			place = -3.3;                    /* hardly more than chance */
		bool against = spot->signs & 1u << SIGN_HEADING_AGAINST;
		if ((n == 1 || (n < 5 && k < n)) && !(spot->signs & (1u << SIGN_GROUPED | 1u << SIGN_HEADING | 1u << SIGN_WORD | 1u << SIGN_EXPIRY))) {
			double whole = log_odds_of_file(s->unsaid[0], s->unsaid[1]);
			place = whole < place ? whole : place;
		}
		/* numbers with a check digit of the same kind there are others: of loyalty cards, of businesses in France */
		weight += against && place > 2.5 ? 2.5 : place;
		if (n >= 3) {
			f->alike = n;
			f->passing = k;
			if (place > 2)
				f->signs |= 1u << SIGN_COLUMN;
			else if (place < -0.5)
				f->signs |= 1u << SIGN_COLUMN_AGAINST;
		}
	}
	if (spot->where || spot->record)
		f->line = f->column = 0;
	f->score = (float)(1 / (1 + exp(-weight)));
	f->class = weight >= 3 ? SCAN_CERTAIN : weight >= 0 ? SCAN_LIKELY : SCAN_UNLIKELY;
}
