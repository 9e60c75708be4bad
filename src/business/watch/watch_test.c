/* watch: the formats by which a front speaks, and the catalogue, with what is wrong with them in the world. */
#include "signs.h"
#include "watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct zone *utc(void)
{
	static struct zone *z;
	struct err e = { 0 };
	return z ? z : (z = zone_open(STR("UTC"), &e));
}

static void hsts_is_read_as_the_standard_says(void **unused)
{
	static const struct { const char *header; int64_t age; } said[] = { { "max-age=31536000; includeSubDomains; preload", 31536000 }, { "MAX-AGE=\"15552000\"", 15552000 }, { " includeSubDomains ; max-age = 0 ", 0 },
		{ "includeSubDomains", -1 }, { "max-age=1; max-age=2", -1 }, { "max-age=abc", -1 }, { "max-age", -1 }, { "max-age=-5", -1 }, { "", -1 }, { "max-age=99999999999999999999", -1 } };
	(void)unused;
	for (size_t i = 0; i < LENGTH(said); i++) {
		int64_t age = -1;
		bool good = hsts_read(str_of(said[i].header), &age);
		if (good != (said[i].age >= 0) || age != said[i].age)
			fail_msg("%s: %lld", said[i].header, (long long)age);
	}
}

static void security_txt_needs_a_contact_and_one_end(void **unused)
{
	struct security_txt t;
	static const char *const not[] = { "", "Contact: mailto:s@example.com\n", "Expires: 2027-01-01T00:00:00Z\n", "Contact: a\nExpires: 2027-01-01T00:00:00Z\nExpires: 2028-01-01T00:00:00Z\n",
		"Contact: a\nExpires: 2027-01-01\n", "Contact: a\nExpires: 2027-01-01T00:00:00\n", "Contact:\nExpires: 2027-01-01T00:00:00Z\n", "<html><body>Contact: us</body></html>" };
	(void)unused;
	assert_true(security_txt_read(STR("# hello\r\nContact: mailto:s@example.com\r\ncontact: https://example.com/report\r\nExpires: 2027-01-01T00:00:00+02:00\r\nPreferred-Languages: en\r\n"), utc(), &t));
	assert_true(str_eq(t.contact, STR("mailto:s@example.com")) && t.contacts == 2 && !t.signed_text);
	assert_int_equal(t.expires, 1798754400);
	assert_true(security_txt_read(STR("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n- Contact: a\nExpires: 2027-01-01T00:00:00Z\n-----BEGIN PGP SIGNATURE-----\nExpires: x\n"), utc(), &t));
	assert_true(t.signed_text && str_eq(t.contact, STR("a")));
	for (size_t i = 0; i < LENGTH(not); i++)
		if (security_txt_read(str_of(not[i]), utc(), &t))
			fail_msg("%s", not[i]);
	char *large = calloc(1, SECURITY_TXT_MOST + 100);
	memset(large, '#', SECURITY_TXT_MOST + 1);
	assert_false(security_txt_read(str_of(large), utc(), &t));
	free(large);
}

static void spf_is_counted(void **unused)
{
	static const struct { const char *txt; unsigned records, lookups; char all; bool redirect; } said[] = {
		{ "v=spf1 include:_spf.example.com a mx ip4:192.0.2.0/24 -all", 1, 3, '-', false }, { "V=SPF1 ~ALL", 1, 0, '~', false }, { "v=spf1 redirect=_spf.example.com", 1, 1, 0, true }, { "v=spf1 all", 1, 0, '+', false },
		{ "v=spf10 -all", 0, 0, 0, false }, { "v=spf1", 1, 0, 0, false }, { "google-site-verification=x", 0, 0, 0, false }, { "v=spf1 +exists:%{i}.x ?all", 1, 1, '?', false } };
	struct spf s;
	(void)unused;
	for (size_t i = 0; i < LENGTH(said); i++) {
		struct str one = str_of(said[i].txt);
		spf_read(&one, 1, &s);
		if (s.records != said[i].records || s.lookups != said[i].lookups || s.all != said[i].all || s.redirect != said[i].redirect)
			fail_msg("%s: %u %u %c", said[i].txt, s.records, s.lookups, s.all ? s.all : '0');
	}
	struct str two[] = { STR("v=spf1 -all"), STR("v=spf1 ~all") };
	spf_read(two, 2, &s);
	assert_int_equal(s.records, 2);
	assert_true(spf_names(STR("v=spf1 +include:_spf.google.com ~all"), STR("include:_spf.google.com")));
	assert_false(spf_names(STR("v=spf1 include:x_spf.google.com ~all"), STR("include:_spf.google.com")));
}

static void dmarc_is_one_record_with_a_policy(void **unused)
{
	static const struct { const char *txt; bool sound; enum dmarc_policy policy; int64_t pct; } said[] = { { "v=DMARC1; p=reject; rua=mailto:d@example.com", true, DMARC_REJECT, 100 },
		{ "v=DMARC1;p=quarantine;pct=50", true, DMARC_QUARANTINE, 50 }, { "v=DMARC1; p=none; pct=500", true, DMARC_NONE, 100 }, { "v=DMARC1; rua=mailto:x@example.com", false, DMARC_NONE, 100 },
		{ "v=DMARC1; p=maybe", false, DMARC_NONE, 100 }, { "p=reject; v=DMARC1", false, DMARC_NONE, 100 }, { "v=dmarc1; p=reject", false, DMARC_NONE, 100 } };
	struct dmarc d;
	(void)unused;
	for (size_t i = 0; i < LENGTH(said); i++) {
		struct str one = str_of(said[i].txt);
		dmarc_read(&one, 1, &d);
		if (d.sound != said[i].sound || (d.sound && d.policy != said[i].policy) || d.pct != said[i].pct)
			fail_msg("%s", said[i].txt);
	}
	struct str two[] = { STR("v=DMARC1; p=reject"), STR("v=DMARC1; p=none") };
	dmarc_read(two, 2, &d);
	assert_false(d.sound);
}

static void a_status_page_is_read_in_both_forms(void **unused)
{
	struct arena *a = arena_open();
	struct status_said s;
	(void)unused;
	assert_true(status_json(STR("{\"status\":{\"indicator\":\"none\",\"description\":\"All Systems Operational\"},\"incidents\":[{\"name\":\"Slow logins\"},{\"name\":\"Unauthorized access to accounts\"}]}"), &s, a));
	assert_true(str_eq(s.line, STR("All Systems Operational")) && str_eq(s.worry, STR("Unauthorized access to accounts")) && s.entries == 2);
	assert_true(status_feed(STR("<rss><channel><title>x breach</title><item><title><![CDATA[Leaked &amp; found]]></title></item><item><title>Slow</title></item></channel></rss>"), &s, a));
	assert_true(str_eq(s.worry, STR("Leaked & found")) && s.entries == 2);
	assert_true(status_feed(STR("<feed><entry><title type='html'>All well</title></entry></feed>"), &s, a));
	assert_int_equal(s.worry.n, 0);
	assert_false(status_json(STR("<html>"), &s, a) || status_feed(STR("{}"), &s, a) || status_json(STR("[]"), &s, a) || status_feed(STR(""), &s, a) || status_json(STR(""), &s, a));
	assert_false(speaks_of_breach(STR("Bleak weather, unhackneyed")));
	assert_true(speaks_of_breach(STR("A data BREACH")) && speaks_of_breach(STR("Hacked")));
	arena_close(a);
}

static void html_becomes_plain_text(void **unused)
{
	static const struct { const char *html, *text; } said[] = { { "In <em>2012</em>, <a href=\"x\">Drop&amp;Box</a>&nbsp;lost&#33; &#x2014; it&rsquo;s", "In 2012, Drop&Box lost! \xE2\x80\x94 it\xE2\x80\x99s" },
		{ "a<script>alert('<b>')</script>b<style>x</style>c", "abc" }, { "one<br>two<p>three</p>", "one two three" }, { "1 < 2 & 3 &bogus; &#0; &#xD800;", "1 < 2 & 3 &bogus; &#0;  " }, { "<", "<" }, { "<b", "" },
		{ "a<!-- <b> -->c", "ac" }, { "&lt;img src=x onerror=alert(1)&gt;", "<img src=x onerror=alert(1)>" } };
	(void)unused;
	for (size_t i = 0; i < LENGTH(said); i++) {
		struct buf b = BUF(1000);
		html_plain(&b, str_of(said[i].html));
		if (!str_eq(buf_str(&b), str_of(said[i].text)))
			fail_msg("%s: \"" STR_FMT "\"", said[i].html, STR_ARG(buf_str(&b)));
		buf_free(&b);
	}
}

#define ENTRY(name, more) "{\"Name\":\"" name "\",\"Title\":\"T\",\"Domain\":\"example.com\",\"BreachDate\":\"2020-02-01\",\"AddedDate\":\"2021-05-06T07:08:09Z\",\"Description\":\"<b>x</b>\"," \
	"\"DataClasses\":[\"Email addresses\",\"Passwords\",\"Favourite colours\"]" more "}"

static void the_catalogue_is_read_within_bounds(void **unused)
{
	struct arena *a = arena_open();
	struct err e = { 0 };
	struct breach *b;
	size_t n, unread;
	static const struct { const char *date; int64_t doubt; } dates[] = { { "2020-02-01", 1583020800 }, { "2020-01-01", 1609459200 }, { "2020-02-17", 1581897600 + 8 * DAY }, { "2020-12-01", 1609459200 } };
	(void)unused;
	assert_true(catalogue_read(STR("[" ENTRY("A", ",\"IsVerified\":true") "," ENTRY("B", ",\"IsFabricated\":true") "," ENTRY("C", ",\"IsSpamList\":true") "," ENTRY("D", ",\"IsStealerLog\":true,\"New\":{}") "," ENTRY("", "") ",7,{\"Name\":\"E\"}]"), utc(), &b, &n, &unread, a, &e));
	assert_int_equal(n, 1);
	assert_int_equal(unread, 3);
	assert_true(str_eq(b[0].name, STR("A")) && str_eq(b[0].said, STR("x")) && b[0].verified && b[0].kinds == (KIND(EMAIL) | KIND(CREDENTIALS)));
	assert_true(str_eq(b[0].classes, STR("Email addresses, Passwords, Favourite colours")));
	for (size_t i = 0; i < LENGTH(dates); i++) {
		struct str json = arena_say(a, "[{\"Name\":\"A\",\"BreachDate\":\"%s\",\"AddedDate\":\"2022-01-01T00:00:00Z\"}]", dates[i].date);
		assert_true(catalogue_read(json, utc(), &b, &n, &unread, a, &e) && n == 1);
		if (b[0].doubt != dates[i].doubt)
			fail_msg("%s: %lld", dates[i].date, (long long)b[0].doubt);
	}
	static const char *const not[] = { "", "{}", "[", "<html>", "[1,2", "null", "[{\"a\":1,\"a\":2}]" };
	for (size_t i = 0; i < LENGTH(not); i++, err_clear(&e))
		if (catalogue_read(str_of(not[i]), utc(), &b, &n, &unread, a, &e) || e.code != INVALID)
			fail_msg("%s", not[i]);
	struct buf many = BUF(1 << 20);
	buf_byte(&many, '[');
	for (int i = 0; i <= CATALOGUE_ENTRIES; i++)
		buf_put(&many, STR("0,"));
	buf_put(&many, STR("0]"));
	assert_false(catalogue_read(buf_str(&many), utc(), &b, &n, &unread, a, &e));
	assert_int_equal(e.code, TOO_BIG);
	err_clear(&e), buf_clear(&many);
	for (int i = 0; i < 100000; i++)
		buf_byte(&many, '[');
	assert_false(catalogue_read(buf_str(&many), utc(), &b, &n, &unread, a, &e));
	assert_int_equal(e.code, INVALID);
	err_clear(&e);
	assert_false(catalogue_read((struct str){ many.p, (size_t)CATALOGUE_MOST + 1 }, utc(), &b, &n, &unread, a, &e));         /* its size is looked at first */
	assert_int_equal(e.code, TOO_BIG);
	buf_free(&many);
	arena_close(a);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(hsts_is_read_as_the_standard_says), cmocka_unit_test(security_txt_needs_a_contact_and_one_end), cmocka_unit_test(spf_is_counted), cmocka_unit_test(dmarc_is_one_record_with_a_policy),
		cmocka_unit_test(a_status_page_is_read_in_both_forms), cmocka_unit_test(html_becomes_plain_text), cmocka_unit_test(the_catalogue_is_read_within_bounds),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
