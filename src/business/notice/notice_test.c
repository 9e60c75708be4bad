/* notice: the words of letters, advice, the table of states, Message-IDs. Sending is told by stories. */
#include "founded_test.h"
#include "marks.h"
#include "moves.h"
#include "pace.h"
#include "telling.h"
#include "ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

extern const struct str data_first_en_txt, data_first_es_txt, data_correction_en_txt, data_correction_es_txt, data_advice_en_txt, data_advice_es_txt, data_words_en_txt,
	data_words_es_txt;

static int make(void **state)
{
	return found(state, (struct founding){ .name = STR("Fernwood & <Sons>"), .region = STR("US-NY"), .timezone = STR("America/New_York") }, ask_founder);
}

static int clear(void **state)
{
	err_clear(&((struct op *)*state)->err);
	return 0;
}

static int64_t at(const char *text)
{
	struct span s;
	assert_true(when_parse(str_of(text), NULL, &s));
	return s.from;
}

static struct telling telling_of(struct op *op)
{
	struct law *law;
	size_t laws;
	assert_true(laws_in_force(op, &law, &laws));
	return (struct telling){ .language = ENGLISH, .customer = STR("June Marsh"), .business = op_setting(op, "business.name"), .phone = STR("(202) 555-0100"),
	                         .what = { STR("A skimmer was on a reader"), STR("Había un lector falso en una terminal") }, .from = at("2025-11-27T05:00:00Z"), .to = at("2025-12-16T05:00:00Z"),
	                         .kinds = KIND(NAME) | KIND(CARD_NUMBER), .first = at("2025-12-01T17:00:00Z"), .last = at("2025-12-01T18:00:00Z"), .touches = 2,
	                         .at = at("2026-01-02T17:00:00Z"), .zone = op->zone, .law = law, .laws = laws, .home = STR("US-NY"),
	                         .discovered = at("2025-12-20T17:00:00Z"), .affected = 12 };
}

static void told(struct op *op, struct str stored, const struct telling *t, struct words *w)
{
	struct templates templates;
	if (!templates_parse(op, stored, &templates))
		fail_msg("%s", op->err.say);
	templates_fill(op, &templates, t, w);
}

static bool has(struct str text, const char *part)
{
	return memmem(text.p, text.n, part, strlen(part)) != NULL;
}

static struct str plain(struct op *op, struct str stored, const struct telling *t)
{
	struct words w;
	told(op, stored, t, &w);
	struct str text = arena_str(op->a, words_text(op, &w));
	for (size_t i = 0; i < text.n; i++)              /* unwrapped, so that a phrase is found */
		if (text.p[i] == '\n' && i + 1 < text.n && text.p[i + 1] != '\n' && text.p[i + 1] != '-' && text.p[i + 1] != '=')
			((char *)(uintptr_t)text.p)[i] = ' ';
	return text;
}

#define assert_has(text, part)     do { if (!has(text, part)) fail_msg("\"%s\" is not in: " STR_FMT, part, STR_ARG(text)); } while (0)
#define assert_has_not(text, part) do { if (has(text, part)) fail_msg("\"%s\" is in: " STR_FMT, part, STR_ARG(text)); } while (0)

/* ---- words ---- */

static void the_first_notice_has_the_laws_form(void **state)
{
	static const char *const parts[] = { "Notice of Data Breach\n=====", "What Happened\n", "What Information Was Involved\n", "What We Are Doing\n", "What You Can Do\n",
	                                     "For More Information\n", "Dear June Marsh,", "A skimmer was on a reader. This was from November 27, 2025 to December 15, 2025.",
	                                     "Your information came there on December 1, 2025.", "- your name\n- your card number\n", "(202) 555-0100", "January 2, 2026",
	                                     "You can check that this notice is real.", "Fernwood & <Sons>" };
	struct telling t = telling_of(*state);
	struct str text = plain(*state, templates_builtin(*state), &t);
	for (size_t i = 0; i < LENGTH(parts); i++)
		assert_has(text, parts[i]);
	assert_has_not(text, "{{");
	assert_has_not(text, "may have");                /* 70 % of notices hedge; this one does not */
	assert_has_not(text, "Equifax");                 /* a freeze does not help against card misuse */
}

static void it_speaks_spanish(void **state)
{
	struct telling t = telling_of(*state);
	t.language = SPANISH;
	struct str text = plain(*state, templates_builtin(*state), &t);
	static const char *const parts[] = { "(Notice of Data Breach)", "(What Happened)", "(What Information Was Involved)", "(What We Are Doing)", "(What You Can Do)",
	                                     "(For More Information)", "Estimado/a June Marsh:", "27 de noviembre de 2025", "el número de su tarjeta" };
	for (size_t i = 0; i < LENGTH(parts); i++)
		assert_has(text, parts[i]);
}

static void every_kind_has_words_in_both_languages(void **state)
{
	struct op *op = *state;
	struct telling t = telling_of(op);
	for (enum language l = ENGLISH; l <= SPANISH; l++)
		for (int k = 0; k < KIND_COUNT; k++) {
			struct words w;
			t.language = l, t.kinds = (kinds)1 << k;
			told(op, STR("%% en\n# T\n\n{{ kinds }}\n\n{{ advice }}\n%% es\n# T\n\n{{ kinds }}\n\n{{ advice }}\n"), &t, &w);
			if (w.n < 3 || w.passage[1].sort != PASSAGE_BULLET || !w.passage[1].text.n || w.passage[2].sort != PASSAGE_NUMBERED)
				fail_msg("%s has no words or no advice in %s", kind_name((enum kind)k), language_code(l).p);
		}
}

static void what_is_not_known_is_said(void **state)
{
	struct op *op = *state;
	struct telling t = telling_of(op);
	t.from = LONG_AGO, t.customer = STR(""), t.phone = STR(""), t.touches = 0;
	struct str text = plain(op, templates_builtin(op), &t);
	assert_has(text, "Hello,");
	assert_has(text, "It ended on December 15, 2025. We do not know yet when it began.");
	assert_has(text, "Your details were kept there in that time.");
	assert_has(text, "Ask us in person. We are glad");
	t.reply = true;
	assert_has(plain(op, templates_builtin(op), &t), "Reply to this message");
	t.to = FAR_OFF;
	assert_has(plain(op, templates_builtin(op), &t), "We do not know yet when it began and ended.");
	t.from = at("2025-11-27T05:00:00Z");
	assert_has(plain(op, templates_builtin(op), &t), "It began on November 27, 2025. We do not know yet when it ended.");
	t.to = at("2025-11-28T05:00:00Z");
	assert_has(plain(op, templates_builtin(op), &t), "This was on November 27, 2025.");
	t.at = at("2025-11-20T12:00:00Z"), t.from = at("2025-11-19T05:00:00Z");           /* what has not come yet is not told as if it had */
	assert_has(plain(op, templates_builtin(op), &t), "It began on November 19, 2025. We do not know yet when it ended.");
	t.from = at("2025-11-27T05:00:00Z");
	assert_has(plain(op, templates_builtin(op), &t), "We do not know yet when it began and ended.");
}

static void who_proves_not_to_be_at_risk_gets_a_correction(void **state)
{
	struct op *op = *state;
	struct telling t = telling_of(op);
	t.kinds = 0, t.touches = 0;
	struct str text = plain(op, templates_builtin(op), &t);
	assert_has(text, "none of it was");
	assert_has_not(text, "Call your bank");
	struct words w;
	told(op, templates_builtin(op), &t, &w);
	assert_true(str_eq(words_subject(op, &w, &t), STR("Your Information Was Not at Risk: Fernwood & <Sons>")));
}

static void nothing_in_a_value_becomes_markup(void **state)
{
	struct op *op = *state;
	struct telling t = telling_of(op);
	struct words w;
	t.customer = STR("<b>June</b> & \"Co\"\n## Heading {{ what }}\n\n- x' onclick='y");
	t.what[0] = STR("<script>alert(1)</script>");
	told(op, templates_builtin(op), &t, &w);
	size_t headings = 0;
	for (size_t i = 0; i < w.n; i++)
		headings += w.passage[i].sort == PASSAGE_HEADING;
	assert_int_equal(headings, 5);
	struct str html = words_html(op, &w);
	assert_has(html, "Dear &lt;b&gt;June&lt;/b&gt; &amp; &quot;Co&quot; ## Heading {{ what }}  - x&#39; onclick=&#39;y,");
	assert_has(html, "&lt;script&gt;");
	assert_has(html, "Fernwood &amp; &lt;Sons&gt;");
	assert_has_not(html, "<script");
	assert_has_not(html, "<b>");
	assert_has_not(html, "<img");
	assert_has_not(html, "http");                    /* no link, no pixel */
}

static void html_and_text_say_the_same(void **state)
{
	struct op *op = *state;
	struct telling t = telling_of(op);
	struct words w;
	t.business = STR("Fernwood");
	told(op, templates_builtin(op), &t, &w);
	struct str html = words_html(op, &w);
	for (size_t i = 0; i < w.n; i++)
		if (!memchr(w.passage[i].text.p, '\'', w.passage[i].text.n))
			assert_has(html, arena_printf(op->a, ">" STR_FMT "<", STR_ARG(w.passage[i].text)));
}

/* ---- advice ---- */

static struct words advice(struct op *op, kinds k)
{
	struct telling t = telling_of(op);
	struct words w;
	t.kinds = k;
	told(op, STR("%% en\n# T\n\n{{ advice }}\n\n{{ bureaus }}\n"), &t, &w);
	return w;
}

static void advice_is_ranked_and_short(void **state)
{
	struct op *op = *state;
	struct words w = advice(op, KINDS_ALL);
	size_t numbered = 0, bullets = 0;
	for (size_t i = 0; i < w.n; i++) {
		numbered += w.passage[i].sort == PASSAGE_NUMBERED;
		bullets += w.passage[i].sort == PASSAGE_BULLET;
	}
	assert_int_equal(numbered, 3);
	assert_true(bullets <= 8);                       /* four further steps, four addresses */
}

static void advice_fits_what_was_exposed(void **state)
{
	struct op *op = *state;
	struct { kinds k; const char *first, *never; } cases[] = {
		{ KIND(CARD_NUMBER) | KIND(CARD_TRACK) | KIND(NAME), "Ask for a new card", "freeze" },
		{ KIND(CARD_NUMBER) | KIND(CARD_EXPIRY), "whether it wants to replace", "freeze" },
		{ KIND(CARD_PIN) | KIND(CARD_TRACK), "PIN", "freeze" },
		{ KIND(BANK_ACCOUNT), "new account", "freeze" },
		{ KIND(SSN) | KIND(NAME), "free credit freeze", "card's charges" },
		{ KIND(CREDENTIALS) | KIND(EMAIL), "Change this password", "freeze" },
		{ KIND(NAME) | KIND(EMAIL) | KIND(PURCHASES), "Expect false messages", "freeze" },
		{ KIND(HOME_ACCESS) | KIND(CARD_NUMBER), "Change the codes", "freeze" },
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct words w = advice(op, cases[i].k);
		assert_int_equal(w.passage[1].sort, PASSAGE_NUMBERED);
		assert_has(w.passage[1].text, cases[i].first);
		for (size_t k = 0; k < w.n; k++)
			assert_has_not(w.passage[k].text, cases[i].never);
	}
}

static void bureaus_are_named_where_an_identity_number_was_exposed(void **state)
{
	struct op *op = *state;
	struct words w = advice(op, KIND(DRIVERS_LICENCE));
	bool there = false;
	for (size_t i = 0; i < w.n; i++)
		there |= has(w.passage[i].text, "Equifax");
	assert_true(there);
}

static void what_a_state_wants_is_said_to_its_residents(void **state)
{
	struct op *op = *state;
	struct telling t = telling_of(op);
	t.region = STR("US-MA");
	struct str text = plain(op, templates_builtin(op), &t);
	assert_has_not(text, "skimmer");                 /* Mass. Gen. Laws ch. 93H: not the nature of the breach */
	assert_has(text, "right to get a police report");
	assert_has(text, "Equifax");
	t.region = STR("US-NC");
	text = plain(op, templates_builtin(op), &t);
	assert_has(text, "A skimmer was on a reader.");
	assert_has(text, "Equifax");
	assert_has(text, "Federal Trade Commission");
	assert_has_not(text, "police");
	t.region = STR("US-NY");
	assert_has_not(plain(op, templates_builtin(op), &t), "Equifax");
}

/* ---- what laws want of a letter ---- */

static struct str lacks(struct op *op, struct str stored, const struct telling *t, bool stops_only)
{
	struct templates templates;
	struct lacking *l;
	struct buf b = BUF(4000);
	size_t n;
	if (!templates_parse(op, stored, &templates))
		fail_msg("%s", op->err.say);
	letter_lacks(op, &templates, t, &l, &n);
	for (size_t i = 0; i < n; i++)
		if (l[i].stops || !stops_only)
			buf_printf(&b, "%s" STR_FMT, b.n ? " " : "", STR_ARG(l[i].rule));
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* Our own words have what each law of the table wants, in either language, by mail and by letter, whatever was exposed. */
static void our_words_have_what_each_law_wants(void **state)
{
	static const kinds exposed[] = { KIND(NAME) | KIND(CARD_NUMBER), KIND(NAME) | KIND(SSN) | KIND(DRIVERS_LICENCE), KIND(NAME) | KIND(CREDENTIALS), KIND(NAME) | KIND(HEALTH) | KIND(CARD_TRACK) };
	struct op *op = *state;
	struct telling t = telling_of(op);
	const struct offer offer = { .vendor = STR("Example Watch"), .page = STR("example.com/enrol"), .until = FAR_OFF - 1, .months = 24 };
	int bad = 0;
	t.offer = &offer, t.code = STR("EX-0001");       /* as monitoring.c gives it to those who are owed it */
	for (size_t i = 0; i < t.laws; i++) {
		if (t.law[i].code.n != 5 && t.law[i].code.n != 2)
			continue;                                /* laws of no place: HIPAA, the FTC's rule */
		t.region = str_eq(t.law[i].code, STR("EU")) ? STR("DE") : t.law[i].code;
		for (int way = 0; way < 2 * (int)LENGTH(exposed) * 2; way++) {
			t.language = way & 1 ? SPANISH : ENGLISH, t.letter = way & 2, t.kinds = exposed[way / 4];
			struct str lack = lacks(op, templates_builtin(op), &t, true);
			if (lack.n)
				bad++, print_error(STR_FMT " in %s, %s: " STR_FMT "\n", STR_ARG(t.region), way & 1 ? "Spanish" : "English", way & 2 ? "letter" : "mail", STR_ARG(lack));
		}
	}
	assert_int_equal(bad, 0);
}

#define TEXT(happened, more) "# Notice of Data Breach\n\n{{ date }}\n\n{{ greeting }}\n\n## What Happened\n\n" happened "\n\n## What Information Was Involved\n\n{{ kinds }}\n\n" \
	"## What We Are Doing\n\nWe ask.\n\n## What You Can Do\n\n{{ advice }}\n\n## For More Information\n\n{{ call }} {{ business }}\n\n" more "\n"
static void what_an_own_text_lacks_is_named(void **state)
{
	static const struct { const char *place, *text, *lacks; kinds kinds; } cases[] = {
		{ "US-CA", TEXT("{{ what }} {{ window }}", "{{ bureaus }}"), "", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-CA", TEXT("{{ what }} {{ window }}", ""), "law_enforcement_delay", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-CA", TEXT("{{ what }} {{ window }}", ""), "law_enforcement_delay credit_bureaus free_credit_monitoring_months", KIND(NAME) | KIND(SSN) },
		{ "US-CA", TEXT("{{ what }}", "{{ bureaus }}"), "date", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-MA", TEXT("{{ what }} {{ window }}", "{{ bureaus }}"), "mitigation_services parent_company_name", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-MA", TEXT("Somebody put a skimmer on a reader. {{ window }}", "{{ bureaus }}"), "mitigation_services parent_company_name must_not_state_nature_of_breach", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-MA", TEXT("A skimmer was on a reader", "{{ bureaus }}"), "mitigation_services parent_company_name must_not_state_nature_of_breach", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-MA", TEXT("{{ what }}", "{{ bureaus }}\n\nIt concerns 12 residents."), "mitigation_services parent_company_name must_not_state_number_of_residents", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-MA", TEXT("{{ what }}", "You have a right to a police report."), "freeze_info mitigation_services parent_company_name", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-IL", TEXT("{{ what }}", "{{ bureaus }}\n\nWe wrote to 350 customers."), "must_not_state_number_of_residents", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-NC", TEXT("{{ what }}", "Look at your statements. Ask the Federal Trade Commission and the Attorney General of North Carolina."), "credit_bureaus ag_contact", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-RI", TEXT("{{ what }} {{ window }}", "{{ bureaus }}"), "remediation_services", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-NM", TEXT("{{ what }} {{ window }}", "Look at your statements. Equifax, Experian, TransUnion."), "fcra_rights", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "US-TX", TEXT("Something.", ""), "", KIND(NAME) | KIND(CARD_NUMBER) },
		{ "", TEXT("{{ what }}", ""), "ag_contact ftc", KIND(NAME) | KIND(CARD_NUMBER) },                  /* of no known place: the business's own, New York */
	};
	struct op *op = *state;
	struct telling t = telling_of(op);
	int bad = 0;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		t.region = str_of(cases[i].place), t.kinds = cases[i].kinds;
		struct str lack = lacks(op, arena_say(op->a, "%%%% en\n%s", cases[i].text), &t, false);
		if (!str_eq(lack, str_of(cases[i].lacks)))
			bad++, print_error("%s, case %zu: \"" STR_FMT "\", not \"%s\"\n", cases[i].place, i, STR_ARG(lack), cases[i].lacks);
	}
	assert_int_equal(bad, 0);
	t.region = STR("US-VA"), t.phone = STR(""), t.letter = true, t.address = STR("12 Mill St, Millbrook");
	assert_true(str_eq(lacks(op, templates_builtin(op), &t, true), STR("contact")));                    /* a number is wanted, an address is not enough */
	t.region = STR("US-NC");
	assert_int_equal(lacks(op, templates_builtin(op), &t, true).n, 0);
}

/* An owner's text goes to everybody but those whose law does not let it; they read ours, or what it has for them. */
static void people_under_one_law_may_read_another_text(void **state)
{
	struct op *op = *state;
	struct telling t = telling_of(op);
	struct str stored;
	assert_true(templates_own(op, STR(TEXT("Ed put a skimmer on a reader.", "{{ bureaus }}")), true, &stored));
	assert_has(plain(op, stored, &t), "Ed put a skimmer");
	t.region = STR("US-MA");
	assert_has_not(plain(op, stored, &t), "skimmer");
	assert_has(plain(op, stored, &t), "Information of yours was at risk.");
	assert_int_equal(lacks(op, stored, &t, true).n, 0);
	assert_true(templates_own(op, STR("%% en\n" TEXT("Ed put a skimmer on a reader.", "{{ bureaus }}") "%% en.US-MA\n" TEXT("We can't say what.", "{{ bureaus }}")), true, &stored));
	assert_has(plain(op, stored, &t), "We can't say what.");
	t.region = STR("US-NY");
	assert_has(plain(op, stored, &t), "Ed put a skimmer");
	assert_false(templates_own(op, STR("%% en\n" TEXT("x", "") "%% fr.US-MA\n# T\n"), true, &stored));
	assert_has(str_of(op->err.say), "fr.US-MA");
}

/* Own and built-in sentences: none over 25 words (GOV.UK), so that a tired person understands them. */
static void sentences_are_short(void **state)
{
	const struct str texts[] = { data_first_en_txt, data_first_es_txt, data_correction_en_txt, data_correction_es_txt, data_advice_en_txt, data_advice_es_txt,
	                             data_words_en_txt, data_words_es_txt };
	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct str rest = texts[i];
		size_t words = 0;
		while (rest.p) {
			struct str line = str_split(&rest, '\n');
			bool list = i >= 4;
			if (!line.n || line.p[0] == '#' || list)
				words = 0;
			if (line.n && line.p[0] == '#')
				continue;
			const char *begin = line.n && list ? memchr(line.p, i < 6 ? ':' : '=', line.n) : NULL;
			if (begin)
				line.n -= (size_t)(begin + 1 - line.p), line.p = begin + 1;
			while (line.p) {
				struct str word = str_split(&line, ' ');
				words += word.n > 0;
				if (words > 25)
					fail_msg("a sentence with more than 25 words before: " STR_FMT, STR_ARG(word));
				if (word.n && strchr(".!?:", word.p[word.n - 1]))
					words = 0;
			}
		}
	}
}

/* ---- an owner's own text ---- */

#define HEADINGS "## What Happened\n\nx\n\n## What Information Was Involved\n\n{{ kinds }}\n\n## What We Are Doing\n\nx\n\n## WHAT YOU CAN DO\n\n{{ advice }}\n\n## For More Information\n\nx\n"

static void an_own_text_is_taken(void **state)
{
	struct op *op = *state;
	struct str stored;
	struct telling t = telling_of(op);
	assert_true(templates_own(op, STR("# Notice of Data Breach\n\n{{ greeting }}\n\nOne line\nand the next.\n- a bullet\n  goes on\n- another\n\n" HEADINGS), true, &stored));
	struct str text = plain(op, stored, &t);
	assert_has(text, "One line and the next.\n");
	assert_has(text, "- a bullet goes on\n- another\n");
	t.language = SPANISH;                            /* it was written in one language only: all of it stays in that */
	assert_has(plain(op, stored, &t), "your card number");
}

static void an_own_text_in_two_languages(void **state)
{
	struct op *op = *state;
	struct str stored;
	struct telling t = telling_of(op);
	assert_true(templates_own(op, STR("%% en\n# Update\n\nIt is over.\n%% es\n# Novedad\n\nTerminó.\n"), false, &stored));
	assert_has(plain(op, stored, &t), "It is over.");
	t.language = SPANISH;
	assert_has(plain(op, stored, &t), "Terminó.");
}

static void a_wrong_text_is_refused_with_its_line(void **state)
{
	struct op *op = *state;
	struct { const char *text; const char *say; } cases[] = {
		{ "# N\n\nHello {{ nmae }}\n\n" HEADINGS, "Line 3: there is no field \"nmae\"" },
		{ "# N\n\na\nb {{ what\n\n" HEADINGS, "Line 4: \"{{\" without" },
		{ "# N\n\nThese: {{ kinds }}\n\n" HEADINGS, "Line 3: {{ kinds }}" },
		{ "%% en\n# N\n\n{{ x }}\n", "Line 4:" },
		{ "# N\n\nYour card 4111 1111 1111 1111\n\n" HEADINGS, "Line 3: there is a card number" },
		{ "# N\n\n## What Happened\n\nx\n\n## What You Can Do\n", "\"## What Information Was Involved\", \"## What We Are Doing\", \"## For More Information\"" },
		{ HEADINGS, "begins with its title" },
		{ "", "begins with its title" },
		{ "# N\n\n\xff\n" HEADINGS, "UTF-8" },
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct str stored;
		err_clear(&op->err);
		if (templates_own(op, str_of(cases[i].text), true, &stored) || !strstr(op->err.say, cases[i].say))
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].text, op->err.say, cases[i].say);
	}
}

static void a_text_has_limits(void **state)
{
	struct op *op = *state;
	struct str stored;
	struct buf b = BUF(1 << 20);
	buf_put(&b, STR("# N\n\n" HEADINGS));
	for (int i = 0; i < 201; i++)
		buf_put(&b, STR("\n\nx"));
	assert_false(templates_own(op, buf_str(&b), true, &stored));
	assert_int_equal(op->err.code, TOO_BIG);
	err_clear(&op->err);
	buf_clear(&b);
	buf_put(&b, STR("# N\n\n" HEADINGS "\n"));
	for (int i = 0; i < 1001; i++)
		buf_put(&b, STR("{{ what }}"));
	assert_false(templates_own(op, buf_str(&b), true, &stored));
	assert_int_equal(op->err.code, TOO_BIG);
	err_clear(&op->err);
	while (b.n <= 64 << 10)
		buf_put(&b, STR("and so on and so on\n"));
	assert_false(templates_own(op, buf_str(&b), true, &stored));
	buf_free(&b);
}

/* ---- states ---- */

static void every_arrow_is_in_the_page_and_every_other_is_refused(void **state)
{
	struct op *op = *state;
	char path[512];
	size_t lines = 0, found = 0, refused = 0;
	snprintf(path, sizeof path, "%s/doc/notice-states.md", getenv("HANDBACK_SOURCE") ? getenv("HANDBACK_SOURCE") : ".");
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	char line[512];
	struct buf page = BUF(1 << 20);
	while (fgets(line, sizeof line, f)) {
		lines += line[0] == '|';
		buf_put(&page, str_of(line));
	}
	fclose(f);
	for (enum notice_state from = DRAFTED; from <= UNREACHABLE; from++)
		for (enum event e = 0; e < EVENTS; e++) {
			enum notice_state to;
			struct moving m = { 1, 1, { 1 }, EMAIL, from, 0 };
			if (state_after(from, e, &to)) {
				found++;
				assert_has(buf_str(&page), arena_printf(op->a, "| %s | %s | %s |", notice_state_name(from), event_name(e), notice_state_name(to)));
				continue;
			}
			refused++;
			err_clear(&op->err);
			assert_false(notice_move(op, &m, e, &(struct outcome){ EMAIL, 1, 0, "", { 0 } }));
			assert_int_equal(op->err.code, CONFLICT);
		}
	assert_int_equal(found, arrows_n);               /* no arrow stands there twice */
	assert_int_equal(lines, arrows_n + 2);           /* nor one in the page that the table does not know */
	assert_int_equal(found + refused, 13 * EVENTS);
	buf_free(&page);
}

/* The picture in doc/notice-states.md, as the table draws it: in full, so that it shows no arrow more and none less. */
static struct str drawn(struct op *op)
{
	struct buf b = BUF(1 << 16);
	buf_put(&b, STR("```mermaid\nstateDiagram-v2\n"));
	buf_printf(&b, "    [*] --> %s\n", notice_state_name(DRAFTED));
	for (enum notice_state from = DRAFTED; from <= UNREACHABLE; from++) {
		size_t out = 0;
		for (enum notice_state to = DRAFTED; to <= UNREACHABLE; to++) {
			size_t n = 0;
			for (size_t i = 0; i < arrows_n; i++)
				if (arrows[i].from == from && arrows[i].to == to && ++out && !n++)
					buf_printf(&b, "    %s --> %s: %s", notice_state_name(from), notice_state_name(to), event_name(arrows[i].event));
				else if (arrows[i].from == from && arrows[i].to == to)
					buf_printf(&b, ", %s", event_name(arrows[i].event));
			if (n)
				buf_byte(&b, '\n');
		}
		if (!out)
			buf_printf(&b, "    %s --> [*]\n", notice_state_name(from));
	}
	buf_put(&b, STR("```\n"));
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

static void the_picture_in_the_page_is_drawn_from_the_table(void **state)
{
	struct op *op = *state;
	struct buf b = BUF(1 << 20);
	const char *source = getenv("HANDBACK_SOURCE");
	assert_true(file_whole(arena_printf(op->a, "%s/doc/notice-states.md", source ? source : "."), &b, "doc", &op->err));
	struct str page = arena_str(op->a, buf_str(&b)), want = drawn(op);
	buf_free(&b);
	if (!has(page, want.p))
		fail_msg("In doc/notice-states.md should stand:\n" STR_FMT, STR_ARG(want));
	const char *first = strstr(page.p, "```mermaid");
	assert_null(strstr(first + 1, "```mermaid"));    /* and no other one */
}

/* What the whole room rests on: nothing is sent again unless a server answered or a person decided. */
static void nobody_is_sent_to_twice_by_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < arrows_n; i++) {
		const struct arrow *a = &arrows[i];
		bool by_person = a->event == E_TRY_AGAIN || a->event == E_UNSENT, answered = a->event == E_PUT_OFF || a->event == E_NEXT_CHANNEL;
		if (a->to == QUEUED && a->from != DRAFTED && a->from != QUEUED)
			assert_true(by_person || (answered && (a->from == HANDED || a->from == BOUNCED || a->from == RETURNED)));
		if (a->from == SENT)
			assert_true(a->to == ACKNOWLEDGED || a->to == BOUNCED || a->event == E_UNSENT);      /* which is about the outbox only */
		assert_true(a->from != ACKNOWLEDGED && a->from != UNDONE);
	}
}

static void states_have_their_names(void **state)
{
	(void)state;
	for (enum notice_state s = DRAFTED; s <= UNREACHABLE; s++) {
		enum notice_state back;
		assert_true(state_parse(str_of(notice_state_name(s)), &back));
		assert_int_equal(back, s);
	}
	assert_string_equal(notice_state_name(IN_DOUBT), "in_doubt");
	assert_false(state_parse(STR("unknown"), &(enum notice_state){ 0 }));
}

/* ---- SMS ---- */

/* How many messages a phone is sent: 3GPP TS 23.038, 23.040. In GSM 03.38 160 letters or parts of 153, {}[]~\\|^ and the euro as two; else 70 or parts of 67. */
static size_t sms_parts(struct str s)
{
	static const char seven[] = "@$_!\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz \n\r";
	static const char *const more[] = { "£", "¥", "è", "é", "ù", "ì", "ò", "Ç", "Ø", "ø", "Å", "å", "Æ", "æ", "ß", "É", "¤", "¡", "Ä", "Ö", "Ñ", "Ü", "§", "¿", "ä", "ö", "ñ", "ü", "à" };
	size_t gsm = 0, wide = 0;
	bool plain = true;
	for (size_t i = 0; i < s.n;) {
		size_t n = 1, m = 0;
		while (i + n < s.n && ((unsigned char)s.p[i + n] & 0xC0) == 0x80)
			n++;
		while (m < LENGTH(more) && !str_eq((struct str){ s.p + i, n }, str_of(more[m])))
			m++;
		bool twice = n == 1 && strchr("{}[]~\\|^", s.p[i]);
		plain &= twice || (n == 1 && strchr(seven, s.p[i])) || m < LENGTH(more);
		gsm += 1 + twice, wide += 1 + (n == 4);
		i += n;
	}
	return plain ? gsm <= 160 ? 1 : (gsm + 152) / 153 : wide <= 70 ? 1 : (wide + 66) / 67;
}

/* Whatever a business is called, whatever its number and address: two parts in plain letters, five in others; the link whole or not at all. */
static void an_sms_stays_short_with_its_link(void **state)
{
	static const char *const letter[] = { "a", "W", " ", "&", "[", "é", "ñ", "á", "日", "😀", "\n" };
	struct op *op = *state;
	uint32_t random = 7;
	size_t linked = 0, unlinked = 0;
	for (int round = 0; round < 3000; round++) {
		struct buf name = BUF(4096), url = BUF(4096), phone = BUF(4096);
		struct telling t = telling_of(op);
		size_t kinds_of_letters = round % 3 == 0 ? 4 : LENGTH(letter);
		for (uint32_t n = 1 + ((random = random * 1664525 + 1013904223) % 3000 >> round % 12); n; n--)
			buf_put(&name, str_of(letter[(random = random * 1664525 + 1013904223) / 65536 % kinds_of_letters]));
		for (uint32_t n = (random = random * 1664525 + 1013904223) / 65536 % 90; n; n--)
			buf_byte(&url, 'u');
		for (uint32_t n = (random = random * 1664525 + 1013904223) / 65536 % 200; n; n--)
			buf_byte(&phone, '5');
		t.business = arena_str(op->a, buf_str(&name)), t.phone = arena_str(op->a, buf_str(&phone)), t.language = round & 1 ? SPANISH : ENGLISH;
		struct str link = round % 4 ? arena_say(op->a, "https://" STR_FMT "/p/abcdefghij234567#ABCDE-FGHJK-MNPQR-STVWX-YZ012-34567", STR_ARG(buf_str(&url))) : STR("");
		struct str text = sms_words(op, &t, link);
		bool has_link = link.n && memmem(text.p, text.n, link.p, link.n);
		assert_true(str_utf8(text));
		assert_true(has_link || !memmem(text.p, text.n, "https", 5));
		assert_true(sms_parts(text) <= (t.language == ENGLISH && kinds_of_letters == 4 ? 3 : 5));
		linked += has_link, unlinked += link.n && !has_link;
		buf_free(&name), buf_free(&url), buf_free(&phone);
	}
	assert_true(linked > 1500 && unlinked > 0);
	struct telling t = telling_of(op);
	t.business = STR("Fernwood Plumbing");
	struct str text = sms_words(op, &t, STR("https://notice.example.com/p/abcdefghij234567#ABCDE-FGHJK-MNPQR-STVWX-YZ012-34567"));
	assert_has(text, "Fernwood Plumbing");
	assert_true(sms_parts(text) <= 2);
	assert_int_equal(sms_parts(STR("a")), 1);
	assert_int_equal(sms_parts(STR("á")), 1);
}

/* ---- the order of channels ---- */

static void what_each_law_takes_as_a_notice_is_read_from_the_table(void **state)
{
	static const struct { const char *code; bool sms, phone, consent; } of[] = {
		{ "US-CA", true, true, true }, { "US-NY", true, false, true }, { "US-AZ", true, false, false }, { "US-FL", true, true, false }, { "EU", false, true, false }, { "KR", false, false, false }, { "JP", false, false, false },
		{ "CA-AB", false, false, false }, { "US-WI", true, true, true }, { "US-FTC-SAFEGUARDS", false, false, false },
	};
	struct law *law;
	size_t n;
	assert_true(laws_in_force(*state, &law, &n));
	for (size_t i = 0; i < n; i++) {                 /* a letter counts everywhere; e-mail is barred nowhere outright, and none both takes it and asks for consent */
		assert_false(law_bars(&law[i], LETTER));
		assert_false(law_bars(&law[i], EMAIL));
	}
	for (size_t i = 0; i < LENGTH(of); i++) {
		const struct law *l = law_named(law, n, str_of(of[i].code));
		assert_non_null(l);
		assert_int_equal(law_bars(l, SMS), of[i].sms);
		assert_int_equal(law_bars(l, PHONE), of[i].phone);
		assert_int_equal(law_asks_consent(l), of[i].consent);
	}
	assert_false(law_bars(NULL, PHONE));
}

/* Of every set of ways, wish and bars: each open way is tried once, no barred wish comes before what is written and open, and who has a phone ends in person. */
static void each_way_is_tried_once_and_a_barred_wish_never_first(void **state)
{
	struct op *op = *state;
	for (unsigned ways = 0; ways < 8; ways++)
		for (unsigned wish = NO_CHANNEL; wish <= PHONE; wish++)
			for (unsigned barred = 0; barred < 32; barred += 2) {
				struct plan p = { ways, barred & ~(1u << LETTER), 1u << SMS, (enum notice_channel)wish };
				for (unsigned gone = 0; gone < 64; gone += 2)            /* what is shut is no way, whoever wished for it */
					assert_int_not_equal(channel_first(op, &p, gone), SMS);
				p.shut = 0;
				unsigned tried = 0;
				enum notice_channel c, first = channel_first(op, &p, 0);
				while ((c = channel_first(op, &p, tried))) {
					assert_false(tried & 1u << c);
					tried |= 1u << c;
				}
				assert_int_equal(tried & (1u << EMAIL | 1u << LETTER | 1u << PHONE), (ways & WAY_EMAIL ? 1u << EMAIL : 0) | (ways & WAY_POSTAL ? 1u << LETTER : 0) | (ways & WAY_PHONE ? 1u << PHONE : 0));
				assert_int_equal(!!(tried & 1u << IN_PERSON), !!(ways & WAY_PHONE));
				if (wish && channel_open(op, (enum notice_channel)wish, ways) && !(p.barred & 1u << wish))
					assert_int_equal(first, wish);
				if (p.barred & 1u << EMAIL && ways & WAY_POSTAL)
					assert_int_not_equal(first, EMAIL);
				if (p.barred & 1u << PHONE && ways & WAY_POSTAL)
					assert_int_not_equal(first, PHONE);
			}
}

/* ---- Message-ID ---- */

static void a_message_id_is_the_same_for_each_try_and_no_other(void **state)
{
	struct op *op = *state;
	const uint8_t key[MARK_KEY] = { 1 }, other[MARK_KEY] = { 2 };
	struct moving m = { 1, 1, { 1 }, EMAIL, QUEUED, 0 }, tried = { 1, 1, { 1 }, EMAIL, HANDED, 3 }, read;
	struct moving others[] = { { 2, 1, { 1 }, EMAIL, QUEUED, 0 }, { 1, 2, { 1 }, EMAIL, QUEUED, 0 }, { 1, 1, { 2 }, EMAIL, QUEUED, 0 } };
	struct str id = message_id(op->a, key, &m, STR("example.com")), mark = mark_of(op->a, key, &m);
	assert_true(str_eq(id, message_id(op->a, key, &tried, STR("example.com"))));
	for (size_t i = 0; i < LENGTH(others); i++)
		assert_false(str_eq(id, message_id(op->a, key, &others[i], STR("example.com"))));
	assert_false(str_eq(id, message_id(op->a, other, &m, STR("example.com"))));
	/* a mark is read by its key only, and one changed letter or number makes it nobody's */
	assert_true(mark_read(op->a, key, mark, &read) && read.incident == 1 && read.round == 1 && read.who.n == 1);
	assert_false(mark_read(op->a, other, mark, &read));
	for (size_t i = 0; i < mark.n; i++) {
		struct str changed = arena_str(op->a, mark);
		((char *)(uintptr_t)changed.p)[i] = changed.p[i] == 'b' ? 'c' : changed.p[i] == '1' ? '2' : changed.p[i] == '-' ? '-' : 'b';
		assert_true(mark.p[i] == '-' || !mark_read(op->a, key, changed, &read));
	}
	assert_false(mark_read(op->a, key, STR("1-1"), &read) || mark_read(op->a, key, STR("1-1-99999999999-abcdefghij234567"), &read));
	/* as a sender's address */
	assert_true(str_eq(envelope_from(op->a, STR("shop+*@example.com"), STR("a@example.com"), key, &m), arena_say(op->a, "shop+" STR_FMT "@example.com", STR_ARG(mark))));
	assert_true(str_eq(envelope_from(op->a, STR("back@example.com"), STR("a@example.com"), key, &m), STR("back@example.com")));
	assert_true(str_eq(envelope_from(op->a, STR(""), STR("a@example.com"), key, &m), STR("a@example.com")));
	assert_true(str_eq(envelope_from(op->a, STR("a-name-so-long-that-the-mark-finds-no-place+*@example.com"), STR("a@example.com"), key, &m), STR("a@example.com")));
}

/* Of any most + 1 that are told apart by when they could have gone, the last can't have gone less than `seconds` after the first. */
struct gone { int64_t from, to; };
static void within(struct limit l, const struct gone *sent, size_t n)
{
	for (size_t i = 0; l.most && i + (size_t)l.most < n; i++)
		if (sent[i + (size_t)l.most].from < sent[i].to + 1 + l.seconds)
			fail_msg("%lld in %lld seconds: mail %zu", (long long)l.most + 1, (long long)l.seconds, i);
}

/* Batches at random, each of which goes out at some moment between being handed over and having its answers, and is kept in whole seconds; some are killed
 * meanwhile, and one that was not offered went nowhere. */
static void no_stretch_of_time_has_more_than_the_limits(void **state)
{
	struct op *op = *state;
	enum { DOMAINS = 3, BATCHES = 400, MAILS = 4000 };
	static const struct { struct limit domain, server[2]; } limits[] = {
		{ { 1, 1 }, { { 0, 1 }, { 0, 1 } } }, { { 4, 2 }, { { 5, 3 }, { 0, 1 } } }, { { 5, 7 }, { { 3, 2 }, { 30, 90 } } }, { { 0, 1 }, { { 40, 60 }, { 60, 300 } } },
		{ { 40, 60 }, { { 0, 1 }, { 50, 100 } } },
	};
	static const char *const to[DOMAINS] = { "a@one.example", "b@TWO.example", "c@three.example" };
	static struct gone sent[DOMAINS + 1][MAILS];     /* the last: all of them, by the one server */
	const uint8_t key[MARK_KEY] = { 1 };
	const int64_t now = op->now;
	srandom(7);
	for (size_t l = 0; l < LENGTH(limits); l++) {
		struct pace p = { .domain = limits[l].domain, .server = { limits[l].server[0], limits[l].server[1] }, .relay = -1 };
		size_t n[DOMAINS + 1] = { 0 }, put_off = 0, spared = 0, killed = 0;
		op->now += 100000;                       /* nothing of before counts */
		for (int batch = 0; batch < BATCHES; batch++) {
			int64_t handed = op->now += random() % 3, later = 0, room = 0;
			size_t before[DOMAINS + 1];
			memcpy(before, n, sizeof n);
			assert_true(op_begin(op) && pace_room(op, &p, &room, &later) && (room > 0 ? !later : later > op->now));
			put_off += !room;
			for (long mails = random() % 6; mails-- > 0 && room > 0; room--) {
				size_t d = (size_t)random() % DOMAINS;
				assert_true(pace_take(op, &p, key, str_of(to[d]), &later));
				assert_true(!later || later > op->now);
				put_off += later > 0;
				if (later)
					continue;
				if (random() % 8 == 0 && ++spared) {
					assert_true(pace_spare(op, &p, key, str_of(to[d])));
					continue;
				}
				sent[d][n[d]++].from = sent[DOMAINS][n[DOMAINS]++].from = handed;
			}
			assert_true(op_end(op, true));
			op->now += random() % 3;
			assert_true(op_begin(op));
			if (random() % 10 == 0 && ++killed) {    /* and the next run begins */
				p.n = 0, op->now += random() % 100;
				assert_true(pace_resume(op, &p));
			}
			assert_true(op_end(op, pace_done(op, &p)));
			for (size_t d = 0; d <= DOMAINS; d++)
				while (before[d] < n[d])
					sent[d][before[d]++].to = op->now;
		}
		for (size_t d = 0; d < DOMAINS; d++)
			within(limits[l].domain, sent[d], n[d]);
		within(limits[l].server[0], sent[DOMAINS], n[DOMAINS]);
		within(limits[l].server[1], sent[DOMAINS], n[DOMAINS]);
		assert_true(put_off && spared && killed && n[0] > 5);
	}
	op->now = now;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_first_notice_has_the_laws_form, clear),
		cmocka_unit_test_setup(it_speaks_spanish, clear),
		cmocka_unit_test_setup(every_kind_has_words_in_both_languages, clear),
		cmocka_unit_test_setup(what_is_not_known_is_said, clear),
		cmocka_unit_test_setup(who_proves_not_to_be_at_risk_gets_a_correction, clear),
		cmocka_unit_test_setup(nothing_in_a_value_becomes_markup, clear),
		cmocka_unit_test_setup(html_and_text_say_the_same, clear),
		cmocka_unit_test_setup(advice_is_ranked_and_short, clear),
		cmocka_unit_test_setup(advice_fits_what_was_exposed, clear),
		cmocka_unit_test_setup(bureaus_are_named_where_an_identity_number_was_exposed, clear),
		cmocka_unit_test_setup(what_a_state_wants_is_said_to_its_residents, clear), cmocka_unit_test_setup(our_words_have_what_each_law_wants, clear),
		cmocka_unit_test_setup(what_an_own_text_lacks_is_named, clear), cmocka_unit_test_setup(people_under_one_law_may_read_another_text, clear),
		cmocka_unit_test_setup(sentences_are_short, clear),
		cmocka_unit_test_setup(an_own_text_is_taken, clear),
		cmocka_unit_test_setup(an_own_text_in_two_languages, clear),
		cmocka_unit_test_setup(a_wrong_text_is_refused_with_its_line, clear),
		cmocka_unit_test_setup(a_text_has_limits, clear),
		cmocka_unit_test_setup(every_arrow_is_in_the_page_and_every_other_is_refused, clear),
		cmocka_unit_test_setup(the_picture_in_the_page_is_drawn_from_the_table, clear),
		cmocka_unit_test_setup(nobody_is_sent_to_twice_by_itself, clear),
		cmocka_unit_test_setup(an_sms_stays_short_with_its_link, clear),
		cmocka_unit_test_setup(what_each_law_takes_as_a_notice_is_read_from_the_table, clear),
		cmocka_unit_test_setup(each_way_is_tried_once_and_a_barred_wish_never_first, clear),
		cmocka_unit_test_setup(states_have_their_names, clear),
		cmocka_unit_test_setup(no_stretch_of_time_has_more_than_the_limits, clear),
		cmocka_unit_test_setup(a_message_id_is_the_same_for_each_try_and_no_other, clear),
	};
	return cmocka_run_group_tests(tests, make, founded_drop);
}
