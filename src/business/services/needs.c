/* needs - what the data knows of evidence; what is at stake at a service, and what is needed of it for that. All but service_lacks is pure. */
#include "services.h"
#include "services_data.h"
#include "signins.h"

#include <assert.h>

enum { SORTS_MAX = 40, NEEDS_MAX = 20, A_YEAR = 365 * DAY };

/* ---- data/evidence.txt ---- */

static struct evidence_sort sort[SORTS_MAX];
static struct need need[NEEDS_MAX];
static struct tongues stake[STAKES];
static size_t sorts, needs;

static int word_of_list(struct str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, str_of(list[i])))
			return (int)i;
	assert(!"a word that the data may use");
	return 0;
}

/* A line of what stands above it; *open: whose Spanish the next line may be. */
static void sort_line(struct evidence_sort *s, struct str word, struct str line, struct tongues **open)
{
	static const char *const words[] = { "theirs", "auditor", "brand", "ours", "contract", "measured", "public" };
	int64_t days = 0;
	if (str_eq(word, STR("word")))
		s->word = (enum word_of)(WORD_THEIRS + word_of_list(line, words, LENGTH(words)));
	else if (str_eq(word, STR("days")) && str_i64(line, &days))
		s->days = (int)days;
	else
		*open = str_eq(word, STR("says")) ? &s->says : &s->shows;
}

static void need_line(struct need *d, struct str word, struct str line, struct tongues **open)
{
	static const char *const of[] = { [OF_CARD] = "card", [OF_MUCH] = "much", [OF_SOME] = "some" };
	if (str_eq(word, STR("of")))
		d->of = (enum need_of)word_of_list(line, of, LENGTH(of));
	else if (str_eq(word, STR("by")))
		d->by = line;
	else if (str_eq(word, STR("source")))
		d->source = line;
	else
		*open = str_eq(word, STR("says")) ? &d->says : &d->what;
}

static void data_read(void)
{
	static const char *const stakes[STAKES] = { "card", "bank", "ids", "home", "health", "page", "affects", "mail", "files", "many" };
	size_t s = 0, d = 0;
	int k = -1;
	struct tongues *open = NULL, *last = NULL;
	struct str rest = data_evidence_txt;
	while (!sorts && rest.p) {
		struct str line = str_trim(str_split(&rest, '\n')), word = str_split(&line, ' ');
		line = line.p ? str_trim(line) : STR("");
		if (!word.n || word.p[0] == '#')
			continue;
		open = NULL;
		if (str_eq(word, STR("evidence"))) {
			assert(s < SORTS_MAX);
			sort[s++].name = line;
		} else if (str_eq(word, STR("need"))) {
			assert(d < NEEDS_MAX);
			need[d++].name = line;
		} else if (str_eq(word, STR("stake"))) {
			k = word_of_list(line, stakes, LENGTH(stakes));
		} else if (str_eq(word, STR("es"))) {
			assert(last);
			last->es = line;
		} else if (k >= 0) {
			open = &stake[k];
		} else if (d) {
			need_line(&need[d - 1], word, line, &open);
		} else {
			sort_line(&sort[s - 1], word, line, &open);
		}
		if (open)
			open->en = line;
		last = open;
	}
	if (s)
		needs = d, sorts = s;
}

const struct evidence_sort *evidence_sorts(size_t *n)
{
	data_read();
	*n = sorts;
	return sort;
}

const struct evidence_sort *evidence_sort(struct str name)
{
	data_read();
	for (size_t i = 0; i < sorts; i++)
		if (str_eq(sort[i].name, name))
			return &sort[i];
	return NULL;
}

const struct need *needs_all(size_t *n)
{
	data_read();
	*n = needs;
	return need;
}

const struct tongues *stake_says(enum stake s)
{
	data_read();
	return &stake[s];
}

/* ---- what is at stake ---- */

unsigned service_stakes(const struct service *s, const struct holding *h)
{
	kinds there = 0;
	unsigned out = 0;
	int64_t contacts = 0;
	for (int k = 0; k < KIND_COUNT; k++)
		there |= h->by_kind[k] ? (kinds)1 << k : 0;
	if ((!h->known || h->untold) && s->known)
		there = s->known->usual | s->known->maybe;
	static const enum kind contact[] = { KIND_NAME, KIND_EMAIL, KIND_PHONE, KIND_POSTAL_ADDRESS };
	for (size_t i = 0; i < LENGTH(contact); i++)
		contacts = h->by_kind[contact[i]] > contacts ? h->by_kind[contact[i]] : contacts;
	bool handles = s->card && s->said_card != 1 && s->known && (s->known->card == CARD_PROCESSOR || s->known->card == CARD_TAKES);
	out |= handles || there & (KIND(CARD_NUMBER) | KIND(CARD_CODE) | KIND(CARD_TRACK) | KIND(CARD_PIN)) ? 1u << STAKE_CARD : 0;
	out |= there & (KIND(BANK_ACCOUNT) | KIND(ACCOUNT_CODE)) ? 1u << STAKE_BANK : 0;
	out |= there & (KIND(SSN) | KIND(TAX_ID) | KIND(NATIONAL_ID) | KIND(STATE_ID) | KIND(OTHER_GOVERNMENT_ID) | KIND(DRIVERS_LICENCE) | KIND(PASSPORT) | KIND(CREDENTIALS) |
	                KIND(BIOMETRIC) | KIND(GENETIC)) ? 1u << STAKE_IDS : 0;
	out |= there & KIND(HOME_ACCESS) ? 1u << STAKE_HOME : 0;
	out |= there & (KIND(HEALTH) | KIND(HEALTH_INSURANCE) | KIND(DATE_OF_BIRTH)) ? 1u << STAKE_HEALTH : 0;
	out |= s->power & POWER_PAGE ? 1u << STAKE_PAGE : 0;
	out |= s->card && !(out & (1u << STAKE_CARD | 1u << STAKE_PAGE)) && (s->said_card == 1 || (s->known && s->known->card == CARD_AFFECTS)) ? 1u << STAKE_AFFECTS : 0;
	out |= s->power & POWER_MAIL ? 1u << STAKE_MAIL : 0;
	out |= s->power & POWER_FILES ? 1u << STAKE_FILES : 0;
	out |= contacts >= STAKE_MANY_CUSTOMERS || ((!h->known || h->untold) && there & (KIND(EMAIL) | KIND(PHONE) | KIND(POSTAL_ADDRESS))) ? 1u << STAKE_MANY : 0;
	return out;
}

enum weight stakes_weight(unsigned stakes)
{
	return stakes & ~(1u << STAKE_MANY) ? WEIGHT_MUCH : stakes ? WEIGHT_SOME : WEIGHT_LITTLE;
}

/* ---- what is needed ---- */

/* Every open sign-in has a second step, and was looked at within a year. */
static bool seconds_told(struct op *op, holder_id id, int64_t *until)
{
	struct access *a;
	size_t n, all = 0, good = 0;
	int64_t oldest = FAR_OFF;
	if (!access_list(op, false, &a, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (a[i].holder.id.n != id.n || !sign_in_open(&a[i], op->now))
			continue;
		all++;
		good += a[i].second == SECOND_YES && a[i].looked + A_YEAR > op->now;
		oldest = a[i].looked < oldest ? a[i].looked : oldest;
	}
	*until = all && good == all ? oldest + A_YEAR : 0;
	return true;
}

static bool names(struct str list, struct str word)
{
	while (list.p)
		if (str_eq(str_split(&list, ' '), word))
			return true;
	return false;
}

static bool counts_now(const struct op *op, const struct evidence *e)
{
	return e->until > op->now && e->result <= RESULT_GOOD;
}

static bool met_by(struct op *op, const struct service *s, const struct evidence *e, size_t n, struct lack *l)
{
	int64_t until = 0;
	for (size_t i = 0; i < n; i++)
		if (names(l->need->by, e[i].sort->name) && e[i].result <= RESULT_GOOD && e[i].until > until)
			until = e[i].until;
	if (names(l->need->by, STR("contact")) && s->contact.n)
		until = FAR_OFF;
	if (names(l->need->by, STR("promise")) && s->hours != HOURS_UNTOLD)
		until = FAR_OFF;
	if (until <= op->now && names(l->need->by, STR("second_factor"))) {
		int64_t told;
		if (!seconds_told(op, s->id, &told))
			return false;
		until = told > until ? told : until;
	}
	l->met = until > op->now;
	l->until = l->met ? until : 0, l->was = l->met ? 0 : until;
	return true;
}

bool services_with(struct op *op, struct str by, size_t *of, size_t *with)
{
	struct service *s;
	struct evidence *e;
	size_t n, pieces;
	*of = *with = 0;
	if (!services_list(op, false, &s, &n) || !evidence_list(op, (holder_id){ 0 }, false, &e, &pieces))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool has = !by.n;
		if (!s[i].card || s[i].until <= op->now)
			continue;
		for (size_t k = 0; k < pieces && !has; k++)
			has = e[k].holder.n == s[i].id.n && counts_now(op, &e[k]) && names(by, e[k].sort->name);
		++*of, *with += has;
	}
	return true;
}

bool service_lacks(struct op *op, const struct service *s, const struct holding *h, struct lack **out, size_t *n)
{
	struct evidence *e;
	size_t pieces, m = 0;
	unsigned stakes = service_stakes(s, h);
	enum weight weight = stakes_weight(stakes);
	if (!evidence_list(op, s->id, false, &e, &pieces))
		return false;
	struct lack *l = ARENA_ARRAY(op->a, struct lack, NEEDS_MAX);
	data_read();
	for (size_t i = 0; i < needs && s->until > op->now; i++) {
		bool audited = need[i].of == OF_MUCH && s->card && names(need[i].by, STR("aoc"));        /* the card's own need asks for more */
		if (need[i].of == OF_CARD ? !s->card : need[i].of == OF_MUCH ? weight < WEIGHT_MUCH || audited : weight < WEIGHT_SOME)
			continue;
		l[m].need = &need[i];
		if (!met_by(op, s, e, pieces, &l[m++]))
			return false;
	}
	*out = l, *n = m;
	return true;
}
