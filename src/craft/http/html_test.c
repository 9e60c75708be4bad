/* What a page shows is text, whatever it is given; words come in the reader's language. */
#include "html.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct buf b;
static struct html o;

static int up(void **state)
{
	(void)state;
	b = BUF(1 << 20);
	o = (struct html){ .b = &b, .csrf = STR("to\"ken") };
	return 0;
}

static int down(void **state)
{
	(void)state;
	buf_free(&b);
	return 0;
}

#define assert_written(want) do { struct str want_ = STR(want); assert_int_equal(b.n, want_.n); assert_memory_equal(b.p, want_.p, want_.n); buf_clear(&b); } while (0)

static void text_is_escaped_for_text_and_attributes(void **state)
{
	(void)state;
	html_put(&o, STR("<b a='1' b=\"2\">&amp;"));
	assert_written("&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;amp;");
	html_put(&o, "a<b");
	assert_written("a&lt;b");
	html_put(&o, ((struct safe){ STR("<hr>") }));
	assert_written("<hr>");
}

static void what_is_no_text_is_marked(void **state)
{
	(void)state;
	html_put(&o, STR("a\xC3(\xED\xA0\x80\xC3\xA9" "\0b\xF0\x9F"));
	assert_written("a\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD" "b\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void numbers_are_written_whole(void **state)
{
	(void)state;
	html_put(&o, INT64_MIN);
	assert_written("-9223372036854775808");
	html_put(&o, UINT64_MAX);
	assert_written("18446744073709551615");
}

static void addresses_hold_nothing_that_leads_elsewhere(void **state)
{
	(void)state;
	html_url(&o, STR("a/b?c=d&e \"\xC3\xA9"));
	assert_written("a%2Fb%3Fc%3Dd%26e%20%22%C3%A9");
	html_path(&o, (struct path){ STR("/incident/3?from=2&x=1") });
	assert_written("/incident/3?from=2&amp;x=1");
	static const char *const others[] = { "//evil.example", "/\\evil.example", "javascript:alert(1)", "https://evil.example", "" };
	for (size_t i = 0; i < LENGTH(others); i++) {
		html_path(&o, (struct path){ str_of(others[i]) });
		assert_written("/");
	}
	html_site(&o, (struct site){ STR("https://example.com/a?b=1&c=\"") });
	assert_written("https://example.com/a?b=1&amp;c=&quot;");
	static const char *const no_sites[] = { "http://example.com/", "javascript:alert(1)", "/", "" };
	for (size_t i = 0; i < LENGTH(no_sites); i++) {
		html_site(&o, (struct site){ str_of(no_sites[i]) });
		assert_written("/");
	}
}

static void the_hidden_field_is_escaped_too(void **state)
{
	(void)state;
	html_csrf(&o);
	assert_written("<input type=\"hidden\" name=\"csrf\" value=\"to&quot;ken\">");
	o.page = STR("7\"");
	html_csrf(&o);
	assert_written("<input type=\"hidden\" name=\"csrf\" value=\"to&quot;ken\"><input type=\"hidden\" name=\"page\" value=\"7&quot;\">");
}

static void numbers_choose_their_words(void **state)
{
	(void)state;
	html_put(&o, plural(1, "{n} letter", "{n} letters"));
	assert_written("1 letter");
	html_put(&o, plural(1234567, "{n} letter", "{n} letters"));
	assert_written("1,234,567 letters");
	html_put(&o, plural(-1000, "one", "{n} <b>"));
	assert_written("-1,000 &lt;b&gt;");
	html_put(&o, plural(0, "one", "none left"));
	assert_written("none left");
}

static void sentence(int n, struct str who)
{
	for (struct saying w = words_begin(&o, "{0} of {1} told"); words_next(&o, &w);)
		switch (w.place) {
		case 0: html_put(&o, n); break;
		case 1: html_put(&o, who); break;
		}
}

/* "{0} of {1} told" -> "De {1}, {0} avisados"; "Back" -> "Atrás"; "{n} letter" / "{n} letters" -> ... as msgfmt writes them. */
static struct str catalogue(void)
{
#define T(text) { text, sizeof text - 1 }
	static const struct str from[] = { T(""), T("%s is needed: %s."), T("%s%s: %s."), T("Back"), T("There is no round %.*s."), T("There is no round %.*s. To draft one: draft %ld"), T("This is %s, so: %s."),
		T("as they will sign in"), T("{0} of {1} told"), T("{n} letter\0{n} letters") };
	static const struct str to[] = { T("Language: es\n"), T("Falta %s: %s."), T("MAL"), T("Atr\xC3\xA1s"), T("No hay tanda %.*s."), T("No hay tanda %.*s. Redacte: draft %ld"), T("%.0sAs\xC3\xAD: %s."),
		T("como se presenta"), T("De {1}, {0} avisados"), T("{n} carta\0{n} cartas") };
	static struct buf mo = BUF(4096);
	buf_clear(&mo);
	uint32_t at = 28 + 8 * 2 * LENGTH(from);
	buf_u32(&mo, 0x950412de), buf_u32(&mo, 0), buf_u32(&mo, LENGTH(from)), buf_u32(&mo, 28), buf_u32(&mo, 28 + 8 * LENGTH(from)), buf_u32(&mo, 0), buf_u32(&mo, at);
	for (size_t t = 0; t < 2; t++)
		for (size_t i = 0; i < LENGTH(from); i++) {
			struct str s = t ? to[i] : from[i];
			buf_u32(&mo, (uint32_t)s.n), buf_u32(&mo, at);
			at += (uint32_t)s.n + 1;
		}
	for (size_t t = 0; t < 2; t++)
		for (size_t i = 0; i < LENGTH(from); i++) {
			buf_put(&mo, t ? to[i] : from[i]);
			buf_byte(&mo, 0);
		}
	return buf_str(&mo);
}

static void the_readers_language_orders_a_sentence(void **state)
{
	(void)state;
	sentence(3, STR("<5>"));
	assert_written("3 of &lt;5&gt; told");
	words_load(SPANISH, catalogue());
	o.language = SPANISH;
	sentence(3, STR("<5>"));
	assert_written("De &lt;5&gt;, 3 avisados");
	html_put(&o, say("Back"));
	assert_written("Atr\xC3\xA1s");
	html_put(&o, say("Not translated yet"));
	assert_written("Not translated yet");
	html_put(&o, plural(1, "{n} letter", "{n} letters"));
	assert_written("1 carta");
	html_put(&o, plural(2000, "{n} letter", "{n} letters"));
	assert_written("2,000 cartas");
	words_load(SPANISH, STR("no catalogue"));
	html_put(&o, say("Back"));
	assert_written("Back");
}

static struct str fit(const char *english)
{
	static struct arena *a;
	a = a ? a : arena_open();
	return words_fit(a, SPANISH, str_of(english));
}

static void a_sentence_is_found_by_its_form(void **state)
{
	static const char *const cases[][2] = {
		{ "name is needed: as they will sign in.", "Falta name: como se presenta." },
		{ "name is needed: something else.", "Falta name: something else." },
		{ "There is no round 1.2.", "No hay tanda 1.2." },
		{ "There is no round 1.2. To draft one: draft 1", "No hay tanda 1.2. Redacte: draft 1" },
		{ "There is no round Back.", "No hay tanda Back." },             /* a single word is a name */
		{ "There is no round .", "No hay tanda ." },
		{ "There is no round 1.2", "There is no round 1.2" },
		{ "This is so and so, so: Back.", "As\xC3\xAD: Back." },         /* a place that is left out */
		{ "There is no round 1 letter.", "No hay tanda 1 carta." }, { "There is no round 1,200 letters.", "No hay tanda 1,200 cartas." }, { "3 letter", "3 carta" }, { "3 lettuces", "3 lettuces" },
		{ "a: b.", "a: b." },                                            /* hardly any words of its own: no form */
		{ " is needed: .", "Falta : ." },
		{ "", "" }, { " ", " " }, { "%s is needed: %s.", "Falta %s: %s." },
	};
	(void)state;
	words_load(SPANISH, catalogue());
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (!str_eq(fit(cases[i][0]), str_of(cases[i][1])))
			fail_msg("%s: " STR_FMT, cases[i][0], STR_ARG(fit(cases[i][0])));
	words_load(SPANISH, STR("no catalogue"));
	assert_true(str_eq(fit("There is no round 1.2."), STR("There is no round 1.2.")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_is_escaped_for_text_and_attributes, up, down),
		cmocka_unit_test_setup_teardown(what_is_no_text_is_marked, up, down),
		cmocka_unit_test_setup_teardown(numbers_are_written_whole, up, down),
		cmocka_unit_test_setup_teardown(addresses_hold_nothing_that_leads_elsewhere, up, down),
		cmocka_unit_test_setup_teardown(the_hidden_field_is_escaped_too, up, down),
		cmocka_unit_test_setup_teardown(numbers_choose_their_words, up, down),
		cmocka_unit_test_setup_teardown(the_readers_language_orders_a_sentence, up, down),
		cmocka_unit_test(a_sentence_is_found_by_its_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
