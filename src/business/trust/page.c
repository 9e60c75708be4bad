/* page - the trust page in both languages, its style, security.txt and the counter card. The page is small, needs no script, and asks nobody else for anything. */
#include "front.h"
#include "json.h"
#include "paper.h"
#include "qr.h"
#include "trust_data.h"
#include "trust_int.h"

#include <inttypes.h>

enum { CARD_LINES = 4, SECURITY_DAYS = 90 };             /* Expires of security.txt: at most a year (RFC 9116, 2.5.5); renewed with the page */

struct page { struct op *op; struct buf b; int language; struct str business, phone, mail, url, today; const struct claim *claim; size_t n; struct open_ones open; };

static void raw(struct page *p, const char *html)
{
	buf_put(&p->b, str_of(html));
}

static void put(struct page *p, const char *tag, struct str text)
{
	buf_printf(&p->b, "<%s>", tag);
	buf_markup(&p->b, text);
	buf_printf(&p->b, "</%s>\n", tag);
}

static void lead(struct page *p, struct str text)
{
	raw(p, "<p class=\"lead\">");
	buf_markup(&p->b, text);
	raw(p, "</p>\n");
}

static struct str word(struct page *p, const char *name)
{
	const struct filling f[] = { { "date", p->today }, { "phone", str_unparted(p->op->a, p->phone) } };
	return filled_in(p->op, word_of(p->op, name, p->language), f, LENGTH(f));
}

static bool said(const struct page *p, const struct claim *c)
{
	return c->chosen && (c->state == CLAIM_TRUE || c->state == CLAIM_DUE) && c->say[p->language].n;
}

static bool any(const struct page *p, const char *part)
{
	for (size_t i = 0; i < p->n; i++)
		if (said(p, &p->claim[i]) && str_eq(p->claim[i].part, str_of(part)))
			return true;
	return false;
}

static void sentences(struct page *p, const char *part)
{
	if (!any(p, part))
		return;
	raw(p, "<ul>\n");
	for (size_t i = 0; i < p->n; i++)
		if (said(p, &p->claim[i]) && str_eq(p->claim[i].part, str_of(part)))
			put(p, "li", p->claim[i].say[p->language]);
	raw(p, "</ul>\n");
}

static void data_block(struct page *p)
{
	struct buf b = BUF(4 << 10);
	struct json j = json_to(&b);
	json_open(&j, '{');
	json_key(&j, "@context"), json_str(&j, STR("https://schema.org"));
	json_key(&j, "@type"), json_str(&j, STR("LocalBusiness"));
	json_key(&j, "name"), json_str(&j, p->business);
	if (p->phone.n)
		json_key(&j, "telephone"), json_str(&j, p->phone);
	if (p->url.n) {
		json_key(&j, "publishingPrinciples");
		json_str(&j, arena_say(p->op->a, STR_FMT "/trust/%s", STR_ARG(p->url), p->language ? "index.es.html" : ""));
	}
	json_close(&j);
	front_facts(&p->b, buf_str(&b));
	buf_free(&b);
}

static void link_to(struct page *p, const char *scheme, struct str where)
{
	buf_printf(&p->b, "<a href=\"%s", scheme);
	buf_markup(&p->b, strcmp(scheme, "tel:") == 0 ? str_dial(p->op->a, where) : where);
	raw(p, "\">");
	buf_markup(&p->b, strcmp(scheme, "tel:") == 0 ? str_unparted(p->op->a, where) : where);
	raw(p, "</a>");
}

static void section(struct page *p, const char *part)
{
	if (!any(p, part))
		return;
	put(p, "h2", word(p, part));
	sentences(p, part);
}

static struct str page_html(struct page *p)
{
	struct str uses = trust_uses(p->op, p->language);
	const struct filling what[] = { { "what", uses } };
	p->b = BUF(TRUST_PAGE_MAX);
	p->today = when_day_text(p->op->a, p->op->zone, p->op->now, p->language ? "es" : "en");
	buf_printf(&p->b, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<title>", p->language ? "es" : "en");
	buf_markup(&p->b, arena_say(p->op->a, STR_FMT " - " STR_FMT, STR_ARG(word(p, "title")), STR_ARG(p->business)));
	raw(p, "</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"description\" content=\"");
	buf_markup(&p->b, word(p, "lead"));
	raw(p, "\">\n<link rel=\"stylesheet\" href=\"trust.css\">\n");
	data_block(p);
	raw(p, "</head>\n<body>\n<header><p>");
	buf_markup(&p->b, p->business);
	buf_printf(&p->b, "</p><p class=\"other\"><a href=\"%s\" lang=\"%s\" hreflang=\"%s\">", p->language ? "index.html" : "index.es.html", p->language ? "en" : "es", p->language ? "en" : "es");
	buf_markup(&p->b, word(p, "other"));
	raw(p, "</a></p></header>\n<main>\n");
	put(p, "h1", word(p, "title"));
	lead(p, word(p, "lead"));
	raw(p, p->open.told ? "<section class=\"status open\">\n" : "<section class=\"status\">\n");
	put(p, "h2", word(p, "status"));
	buf_printf(&p->b, "<p>");
	buf_markup(&p->b, word(p, p->open.told ? "status_open" : "status_none"));
	raw(p, " <span>");
	buf_markup(&p->b, word(p, "as_of"));
	raw(p, "</span></p>\n");
	for (size_t i = 0; i < p->open.pages; i++) {
		buf_printf(&p->b, "<p><a href=\"");
		buf_markup(&p->b, p->url.n ? p->url : STR(".."));
		buf_printf(&p->b, "/status/%" PRId64 "/index%s.html\">", p->open.page[i].incident, p->language ? ".es" : "");
		buf_markup(&p->b, p->open.page[i].out[p->language].title);
		raw(p, "</a></p>\n");
	}
	raw(p, "</section>\n");
	section(p, "check");
	if (any(p, "keep") || uses.n) {
		put(p, "h2", word(p, "keep"));
		if (uses.n)
			put(p, "p", filled_in(p->op, word_of(p->op, "uses", p->language), what, 1));
		sentences(p, "keep");
	}
	section(p, "help");
	section(p, "tell");
	put(p, "h2", word(p, "call"));
	put(p, "p", word(p, p->phone.n ? "call_do" : "call_do_none"));
	sentences(p, "call");
	if (p->phone.n || p->mail.n) {
		put(p, "h2", word(p, "contact"));
		raw(p, "<p class=\"contact\">");
		if (p->phone.n)
			link_to(p, "tel:", p->phone);
		if (p->mail.n) {
			raw(p, p->phone.n ? "<br>" : "");
			link_to(p, "mailto:", p->mail);
		}
		raw(p, "</p>\n");
		const struct filling whom[] = { { "what", p->mail.n ? p->mail : str_unparted(p->op->a, p->phone) } };
		put(p, "p", filled_in(p->op, word_of(p->op, "contact_security", p->language), whom, 1));
	}
	raw(p, "</main>\n<footer>");
	put(p, "p", word(p, "made"));
	raw(p, "</footer>\n</body>\n</html>\n");
	struct str s = arena_str(p->op->a, buf_str(&p->b));
	bool full = p->b.full;
	buf_free(&p->b);
	if (full)
		err_set(&p->op->err, TOO_BIG, NULL, "The trust page is longer than %d bytes. Choose fewer sentences.", TRUST_PAGE_MAX);
	return s;
}

/* The number as it is dialled from anywhere, which a tel: address wants (RFC 3966, 5.1.4): as it was told, or of North America by where the business is. Empty: not known. */
static struct str phone_anywhere(const struct page *p)
{
	struct str dial = str_dial(p->op->a, p->phone), region = op_setting(p->op, "region");
	bool america = str_starts(region, STR("US")) || str_starts(region, STR("CA"));
	if (dial.n && dial.p[0] == '+')
		return dial;
	return america && dial.n == 10 ? arena_say(p->op->a, "+1" STR_FMT, STR_ARG(dial)) : america && dial.n == 11 && dial.p[0] == '1' ? arena_say(p->op->a, "+" STR_FMT, STR_ARG(dial)) : STR("");
}

/* Empty: there is no way to reach anybody, and the file needs one (RFC 9116, 2.5.3). */
static struct str security_txt(struct page *p)
{
	struct buf b = BUF(2 << 10);
	struct str phone = phone_anywhere(p);
	if (p->mail.n)
		buf_printf(&b, "Contact: mailto:" STR_FMT "\n", STR_ARG(p->mail));
	if (phone.n)
		buf_printf(&b, "Contact: tel:" STR_FMT "\n", STR_ARG(phone));
	if (!b.n && p->phone.n && p->url.n)              /* the page has the number */
		buf_printf(&b, "Contact: " STR_FMT "/trust/\n", STR_ARG(p->url));
	if (!b.n)
		return STR("");
	/* from the start of the day, so that the same day gives the same file */
	buf_printf(&b, "Expires: " STR_FMT "\nPreferred-Languages: en, es\n", STR_ARG(when_text(p->op->a, (when_day(p->op->now) + SECURITY_DAYS) * DAY)));
	if (p->url.n)
		buf_printf(&b, "Canonical: " STR_FMT "/.well-known/security.txt\nPolicy: " STR_FMT "/trust/\n", STR_ARG(p->url), STR_ARG(p->url));
	struct str s = arena_str(p->op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

static bool page_begin(struct op *op, struct page *p)
{
	struct claim *c;
	*p = (struct page){ .op = op, .business = op_setting(op, "business.name"), .phone = op_setting(op, "business.phone"), .mail = op_setting(op, "mail.from"),
	                    .url = op_setting(op, "public.url") };
	if (!trust_claims(op, &c, &p->n) || !open_incidents(op, &p->open))
		return false;
	p->claim = c;
	return true;
}

bool trust_files(struct op *op, struct trust_file file[TRUST_FILES], size_t *n)
{
	struct page p;
	if (!page_begin(op, &p))
		return false;
	*n = 0;
	for (p.language = 0; p.language < 2; p.language++)
		file[(*n)++] = (struct trust_file){ p.language ? "trust/index.es.html" : "trust/index.html", page_html(&p) };
	file[(*n)++] = (struct trust_file){ "trust/trust.css", data_trust_css };
	struct str security = security_txt(&p);
	if (security.n)
		file[(*n)++] = (struct trust_file){ ".well-known/security.txt", security };
	return op->err.code == OK;
}

/* What stands on the card: of what is chosen and said, the sentences that are meant for it, facts before promises, and room for two promises where there are so many. */
static size_t card_lines(const struct page *p, struct str line[CARD_LINES])
{
	size_t of[2] = { 0 }, n = 0;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < p->n; i++) {
			const struct claim *c = &p->claim[i];
			bool fits = said(p, c) && c->card;
			if (fits && pass == 0)
				of[c->promise]++;
			else if (fits && of[c->promise])
				line[n++] = c->say[p->language], of[c->promise]--;
		}
		if (pass == 0) {
			size_t promises = of[1] < 2 ? of[1] : 2;
			of[0] = of[0] < CARD_LINES - promises ? of[0] : CARD_LINES - promises;
			of[1] = of[1] < CARD_LINES - of[0] ? of[1] : CARD_LINES - of[0];
		}
	}
	return n;
}

bool trust_card(struct op *op, bool spanish, int fd)
{
	struct page p;
	struct qr qr;
	struct str line[CARD_LINES];
	if (!page_begin(op, &p))
		return false;
	p.language = spanish;
	p.today = when_day_text(op->a, op->zone, op->now, spanish ? "es" : "en");
	if (!p.url.n)
		return err_set(&op->err, CONFLICT, "public.url", "Tell first where the page is: handback set public.url https://notice.example.com");
	size_t n = card_lines(&p, line);
	if (!n)
		return err_set(&op->err, CONFLICT, "claim", "Choose first what the page says: the card has the first sentences of it.");
	/* short enough to type; the page is in the reader's language, and leads to the other */
	struct str link = arena_say(op->a, STR_FMT "/trust/", STR_ARG(p.url));
	if (!qr_make(&qr, link, &op->err))
		return false;
	const struct counter_card card = { .business = p.business, .title = word(&p, "title"), .line = line, .n = n, .dark = qr.dark, .wide = qr.wide, .more = word(&p, "card_more"),
	                                   .url = str_starts(link, STR("https://")) ? (struct str){ link.p + 8, link.n - 8 } : link, .call = p.phone.n ? word(&p, "card_call") : STR(""),
	                                   .phone = p.phone.n ? str_unparted(op->a, p.phone) : STR(""), .note = word(&p, "card_note") };
	return op->err.code == OK && paper_card(fd, &card, spanish ? "es" : "en", &op->err);
}
