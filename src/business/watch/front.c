/* front - a service's public front, looked at from outside: what can be seen becomes evidence with its day. Reaches out by wire_fetch alone, and only to the service's own
 * domain, its mail domain and its status page. What could not be looked at is said to be so; it is not bad. */
#include "detect.h"
#include "signs.h"
#include "watch_int.h"
#include "wire_fetch.h"

#include <inttypes.h>

enum { DAYS_LEFT = 14, TXT_ABSENT_DAYS = 30, TXT_YEAR_DAYS = 365, NOTES = 9 };

struct seen { const char *sort; enum result result; struct str note, link; int64_t until; };
struct front { struct op *op; const struct service *s; struct wire_way way; struct str domain, mail; struct zone *utc; struct seen seen[NOTES]; size_t n; };

static void note(struct front *f, const char *sort, enum result result, struct str text)
{
	f->seen[f->n++] = (struct seen){ .sort = sort, .result = result, .note = text };
}

static struct str iso_day(struct arena *a, int64_t at)
{
	return (struct str){ when_text(a, at).p, 10 };
}

/* ---- the site ---- */

static void look_site(struct front *f)
{
	struct arena *a = f->op->a;
	struct wire_got got;
	int64_t age;
	wire_fetch(&f->way, &(struct wire_ask){ .url = arena_say(a, "https://" STR_FMT "/", STR_ARG(f->domain)), .stay = true }, &got, a);
	bool there = got.how == FETCH_ANSWERED || got.how == FETCH_TOO_BIG;
	int64_t left = (got.tls.until - f->op->now) / DAY;
	if (there)
		note(f, "tls", left > DAYS_LEFT ? RESULT_GOOD : got.tls.until ? RESULT_WEAK : RESULT_UNKNOWN,
		     arena_say(a, "%s; certificate until " STR_FMT ", %s left; %s in its chain", got.tls.version, STR_ARG(iso_day(a, got.tls.until)), counted(a, left, "day", "days"),
		               counted(a, got.tls.chain, "certificate", "certificates")));
	else
		note(f, "tls", got.how == FETCH_UNTRUSTED ? RESULT_WEAK : RESULT_UNKNOWN, str_of(arena_printf(a, "%s", got.why)));
	if (!there)
		note(f, "hsts", RESULT_UNKNOWN, str_of(arena_printf(a, "%s", got.why)));
	else if (hsts_read(got.hsts, &age))
		note(f, "hsts", age >= HSTS_ENOUGH ? RESULT_GOOD : RESULT_WEAK, arena_say(a, "browsers keep it for %s", counted(a, age / DAY, "day", "days")));
	else
		note(f, "hsts", RESULT_WEAK, STR("not said"));
}

/* Any of the redirects of RFC 9110, 15.4 that browsers follow by themselves. */
static void look_redirect(struct front *f)
{
	struct arena *a = f->op->a;
	struct wire_got got;
	wire_fetch(&f->way, &(struct wire_ask){ .url = arena_say(a, "http://" STR_FMT "/", STR_ARG(f->domain)), .plain = true }, &got, a);
	bool leads = got.status == 301 || got.status == 302 || got.status == 303 || got.status == 307 || got.status == 308;
	if (got.how != FETCH_ANSWERED && got.how != FETCH_TOO_BIG)
		note(f, "redirect", RESULT_UNKNOWN, str_of(arena_printf(a, "%s", got.why)));
	else if (leads)
		note(f, "redirect", str_starts(got.location, STR("https://")) ? RESULT_GOOD : RESULT_WEAK, arena_say(a, "%ld", got.status));
	else
		note(f, "redirect", got.status < 300 ? RESULT_WEAK : RESULT_UNKNOWN, arena_say(a, "answers without encryption: %ld", got.status));
}

/* RFC 9116: at .well-known, and where older ones stand. A page of HTML is none. */
static void look_security_txt(struct front *f)
{
	static const char *const place[] = { "/.well-known/security.txt", "/security.txt" };
	struct arena *a = f->op->a;
	struct wire_got got;
	struct security_txt t;
	for (size_t i = 0; i < LENGTH(place); i++) {
		struct str url = arena_say(a, "https://" STR_FMT "%s", STR_ARG(f->domain), place[i]);
		wire_fetch(&f->way, &(struct wire_ask){ .url = url }, &got, a);
		if (got.how != FETCH_ANSWERED && got.how != FETCH_TOO_BIG) {
			note(f, "security_txt", RESULT_UNKNOWN, str_of(arena_printf(a, "%s", got.why)));
			return;
		}
		if (got.how == FETCH_ANSWERED && got.status == 200 && str_eq(got.type, STR("text/plain")) && security_txt_read(got.body, f->utc, &t)) {
			bool ends = t.expires <= f->op->now;
			int64_t year = f->op->now + TXT_YEAR_DAYS * (int64_t)DAY;
			note(f, "security_txt", ends ? RESULT_WEAK : RESULT_GOOD,
			     arena_say(a, STR_FMT "; %s " STR_FMT "%s", STR_ARG(t.contact), ends ? "ended" : "until", STR_ARG(iso_day(a, t.expires)), t.signed_text ? "; signed" : ""));
			f->seen[f->n - 1].link = url;
			f->seen[f->n - 1].until = ends ? f->op->now + TXT_ABSENT_DAYS * (int64_t)DAY : t.expires < year ? t.expires : year;
			return;
		}
	}
	note(f, "security_txt", RESULT_WEAK, STR("none there"));
	f->seen[f->n - 1].until = f->op->now + TXT_ABSENT_DAYS * (int64_t)DAY;
}

/* ---- its names ---- */

/* Why nothing can be said of a name; NULL: something can. A name that is said not to exist at all is one that could not be looked at from here. */
static const char *unlooked(const struct dns_said *said)
{
	return said->how == DNS_FAILED ? "no name server answered" : said->no_name ? "the name server says that there is no such name" : NULL;
}

static void look_mail(struct front *f)
{
	static const char *const policy[] = { [DMARC_NONE] = "none", [DMARC_QUARANTINE] = "quarantine", [DMARC_REJECT] = "reject" };
	struct arena *a = f->op->a;
	struct dns_said said;
	struct spf spf;
	struct dmarc d;
	wire_dns(&f->way, f->mail, DNS_TXT, &said, a);
	spf_read(said.record, said.n, &spf);
	const char *why = unlooked(&said), *none = said.no_name ? why : NULL;
	if (why)
		note(f, "spf", RESULT_UNKNOWN, str_of(why));
	else if (spf.records != 1 || spf.lookups > SPF_LOOKUPS)
		note(f, "spf", RESULT_WEAK, spf.records > 1 ? STR("several, which counts as none") : spf.records ? STR("asks for too many names, which counts as none") : STR("none there"));
	else
		note(f, "spf", spf.all == '-' || spf.all == '~' || (!spf.all && spf.redirect) ? RESULT_GOOD : RESULT_WEAK,
		     spf.all ? arena_say(a, "ends in %call", spf.all) : spf.redirect ? STR("stands under another name") : STR("has no end"));
	wire_dns(&f->way, arena_say(a, "_dmarc." STR_FMT, STR_ARG(f->mail)), DNS_TXT, &said, a);
	dmarc_read(said.record, said.n, &d);
	why = said.how == DNS_FAILED ? unlooked(&said) : none;           /* that there is no such name below one that there is means that it has none */
	if (why)
		note(f, "dmarc", RESULT_UNKNOWN, str_of(why));
	else if (!d.sound)
		note(f, "dmarc", RESULT_WEAK, d.records ? STR("there, but it can't be read") : STR("none there"));
	else
		note(f, "dmarc", d.policy != DMARC_NONE && d.pct == 100 ? RESULT_GOOD : RESULT_WEAK, arena_say(a, "p=%s, %" PRId64 " %%", policy[d.policy], d.pct));
}

/* RFC 8659, 3: the name's own, else that of the one above. */
static void look_caa(struct front *f)
{
	struct arena *a = f->op->a;
	struct dns_said said;
	wire_dns(&f->way, f->domain, DNS_CAA, &said, a);
	if (said.how == DNS_NONE && !str_eq(f->domain, f->mail))
		wire_dns(&f->way, f->mail, DNS_CAA, &said, a);
	const char *why = unlooked(&said);
	if (why)
		note(f, "caa", RESULT_UNKNOWN, str_of(why));
	else
		note(f, "caa", said.n ? RESULT_GOOD : RESULT_WEAK, said.n ? said.record[0] : STR("none there"));
}

/* ---- its status page ---- */

static void look_status(struct front *f)
{
	static const char *const place[] = { "/api/v2/summary.json", "/history.rss", "/history.atom" };
	struct arena *a = f->op->a;
	struct status_said said;
	struct wire_got got;
	if (!f->s->known || !f->s->known->status.n)
		return;
	struct str site = arena_say(a, "https://" STR_FMT, STR_ARG(f->s->known->status));
	for (size_t i = 0; i < LENGTH(place); i++) {
		wire_fetch(&f->way, &(struct wire_ask){ .url = arena_say(a, STR_FMT "%s", STR_ARG(site), place[i]) }, &got, a);
		if (got.how != FETCH_ANSWERED) {
			note(f, "status", RESULT_UNKNOWN, str_of(arena_printf(a, "%s", got.why)));
			return;
		}
		if (got.status != 200 || !(i == 0 ? status_json(got.body, &said, a) : status_feed(got.body, &said, a)))
			continue;
		note(f, "status", said.worry.n ? RESULT_WEAK : RESULT_GOOD, said.worry.n ? arena_say(a, "Look at this: " STR_FMT, STR_ARG(said.worry)) : said.line.n ? said.line : STR("it is there"));
		f->seen[f->n - 1].link = site;
		return;
	}
	note(f, "status", RESULT_UNKNOWN, STR("what it tells can't be read by a program: look at it yourself"));
	f->seen[f->n - 1].link = site;
}

/* ---- kept ---- */

/* Evidence in somebody else's word is not overtaken by itself (evidence_put): what was seen before at the same place is. */
static bool older_end(struct op *op, holder_id holder, const struct evidence_sort *sort)
{
	struct evidence *e;
	size_t n;
	if (sort->word == WORD_MEASURED)
		return true;
	if (!evidence_list(op, holder, false, &e, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (e[i].sort == sort && e[i].result != RESULT_NONE && !evidence_end(op, e[i].id))
			return false;
	return true;
}

static bool keep(struct front *f)
{
	struct op *op = f->op;
	if (!op_begin(op))
		return false;
	bool good = true;
	for (size_t i = 0; i < f->n && good; i++) {
		const struct evidence_sort *sort = evidence_sort(str_of(f->seen[i].sort));
		struct evidence e = { .holder = f->s->id, .sort = sort, .result = f->seen[i].result, .seen = op->now, .until = f->seen[i].until, .note = f->seen[i].note,
		                      .link = f->seen[i].link.n ? f->seen[i].link : STR("") };
		good = older_end(op, f->s->id, sort) && evidence_put(op, &e);
	}
	return op_end(op, good) && good;
}

static void tell(struct front *f, struct answer *answer)
{
	static const char *const result[] = { "", "good", "weak", "unknown" }, *const mark[] = { "", "  ok  ", "  look", "  ?   " };
	answer_say(answer, STR_FMT " (" STR_FMT "):", STR_ARG(f->s->name), STR_ARG(f->domain));
	for (size_t i = 0; i < f->n; i++) {
		const struct seen *s = &f->seen[i];
		answer_row(answer);
		answer_text(answer, "service", f->s->name);
		answer_text(answer, "check", str_of(s->sort));
		answer_text(answer, "result", str_of(result[s->result]));
		answer_text(answer, "note", s->note);
		answer_row_end(answer);
		answer_say(answer, "%s  " STR_FMT ": " STR_FMT "%s", mark[s->result], STR_ARG(evidence_sort(str_of(s->sort))->says.en), STR_ARG(s->note),
		           s->result == RESULT_UNKNOWN ? " (could not be looked at; that says nothing against it)" : "");
	}
}

bool front_check(struct op *op, const struct service *s, struct answer *answer, unsigned *done, unsigned *unknown)
{
	struct front f = { .op = op, .s = s };
	*done = *unknown = 0;
	if (!s->domains)
		return true;
	op_outward(op, &f.way);
	f.domain = s->domain[0];
	f.mail = wire_registrable(f.domain, op->a);
	if (!f.mail.n)
		return true;
	f.utc = zone_open(STR("UTC"), &op->err);
	if (!f.utc)
		return false;
	look_site(&f);
	look_redirect(&f);
	look_security_txt(&f);
	look_mail(&f);
	look_caa(&f);
	look_status(&f);
	zone_close(f.utc);
	for (size_t i = 0; i < f.n; i++) {               /* a stranger's words are shown and kept without what could be a card number */
		struct buf b = BUF(4096);
		detect_mask(&b, (struct str){ f.seen[i].note.p, f.seen[i].note.n > 400 ? 400 : f.seen[i].note.n });
		f.seen[i].note = arena_str(op->a, buf_str(&b));
		buf_free(&b);
		*unknown += f.seen[i].result == RESULT_UNKNOWN;
	}
	*done = (unsigned)f.n;
	if (!keep(&f))
		return false;
	tell(&f, answer);
	return true;
}
