/* Any bytes as each of the formats by which a provider's front speaks: nothing is read past its end, and what is said to be there is in bounds. */
#include "signs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool good)
{
	if (!good)
		abort();
}

static bool within(struct str part, struct str all)
{
	return !part.n || (part.p >= all.p && part.p + part.n <= all.p + all.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct zone *utc;
	struct err e = { 0 };
	struct arena *a = arena_open();
	struct str s = { (const char *)bytes, n }, rest = s, txt[8];
	struct security_txt t;
	struct status_said said;
	struct spf spf;
	struct dmarc d;
	struct buf b = BUF(1 << 20);
	int64_t age;
	size_t k = 0;
	utc = utc ? utc : zone_open(STR("UTC"), &e);
	while (rest.p && k < LENGTH(txt))
		txt[k++] = str_split(&rest, '\x01');
	if (hsts_read(s, &age))
		must(age >= 0);
	if (security_txt_read(s, utc, &t))
		must(t.contacts && t.contact.n && within(t.contact, s) && n <= SECURITY_TXT_MOST);
	spf_read(txt, k, &spf);
	must(within(spf.text, s) && spf.records <= k && (!spf.all || strchr("+-~?", spf.all)));
	spf_names(spf.text, STR("include:_spf.example.com"));
	dmarc_read(txt, k, &d);
	must(d.pct >= 0 && d.pct <= 100 && within(d.reports, s) && (!d.sound || d.records == 1));
	if (status_json(s, &said, a) || status_feed(s, &said, a))
		must(said.worry.n <= 1200 && (!said.worry.n || said.entries));
	html_plain(&b, s);
	must(b.n <= n + 1);
	buf_free(&b);
	arena_close(a);
	return 0;
}
