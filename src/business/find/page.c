/* page - a scan's findings as one HTML file to read, print and hand on: no script, nothing loaded from anywhere, every text escaped by the
 * one function that writes texts. Of very many findings it shows some and says how many more there are. */
#include "fresh.h"
#include "told.h"

#include <inttypes.h>
#include <stdlib.h>

enum { BODY_MAX = 48 << 20, IN_A_FILE = 100, UNREAD_SHOWN = 1000 };

struct page {
	struct report report;
	struct fresh file;
	struct buf body, unread;
	int64_t now;
	struct arena *a;
	struct str path;                                 /* of the file being told, */
	struct str reason;                               /* and of the finding before in it */
	uint32_t todo_sorts;
	uint64_t in_file, left, unreads;                 /* left: that the page has no room for */
};

static void text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '<')
			buf_put(b, STR("&lt;"));
		else if (c == '>')
			buf_put(b, STR("&gt;"));
		else if (c == '&')
			buf_put(b, STR("&amp;"));
		else if (c == '"')
			buf_put(b, STR("&quot;"));
		else if (c == '\'')
			buf_put(b, STR("&#39;"));
		else
			buf_byte(b, c < 32 || c == 127 ? ' ' : (char)c);
	}
}

/* "%" stands for the next text. The pattern is ours. */
static void put(struct buf *b, const char *pattern, const struct str *s)
{
	for (const char *p = pattern; *p; p++)
		if (*p == '%')
			text(b, *s++);
		else
			buf_byte(b, *p);
}
#define PUT(b, pattern, ...) put((b), (pattern), (const struct str[]){ __VA_ARGS__ })

static void file_end(struct page *p)
{
	if (!p->path.n)
		return;
	put(&p->body, "</tbody></table>\n", NULL);
	if (p->in_file > IN_A_FILE)
		PUT(&p->body, "<p>And % more in this file; <code>handback find --all</code> lists them.</p>\n", arena_say(p->a, "%" PRIu64, p->in_file - IN_A_FILE));
	PUT(&p->body, "<p><strong>What to do:</strong> %</p>\n</section>\n", find_todo(p->a, p->todo_sorts, p->path, STR("")));
}

static void file_begin(struct page *p, struct str path)
{
	file_end(p);
	arena_reset(p->a);
	p->path = arena_str(p->a, path);
	p->reason = STR("");
	p->in_file = 0;
	p->todo_sorts = 0;
	PUT(&p->body, "<section>\n<h2>%</h2>\n<table><thead><tr><th scope=\"col\">Where</th><th scope=\"col\">What</th><th scope=\"col\">How sure</th>"
	              "<th scope=\"col\">Why</th></tr></thead><tbody>\n", safe_line(p->a, path));
}

static void on_hit(struct report *r, const struct telling *t)
{
	struct page *p = (struct page *)r;
	if (p->body.n > BODY_MAX - (1 << 18)) {
		p->left++;
		return;
	}
	if (!str_eq(p->path, t->path))
		file_begin(p, t->path);
	p->todo_sorts |= 1u << t->f->sort;
	if (p->in_file++ >= IN_A_FILE)
		return;
	struct str many = t->f->count > 1 ? arena_say(p->a, ", %" PRIu32 " times", t->f->count) : STR("");
	struct str where = t->f->line ? arena_say(p->a, "line %" PRIu64 ", character %" PRIu64, t->f->line, t->f->column) : t->spot;
	bool again = str_eq(p->reason, t->reason);
	PUT(&p->body, "<tr><td data-l=\"Where\">%%%</td><td data-l=\"What\">%%</td><td data-l=\"How sure\">%</td><td data-l=\"Why\">%</td></tr>\n", t->member,
	    t->member.n ? STR(", ") : STR(""), where, t->masked, many,
	    t->verdict && !t->back ? str_of(verdict_name(t->verdict)) : str_of(class_name(t->f->class)), again ? STR("As above.") : t->reason);
	if (!again)
		p->reason = arena_str(p->a, t->reason);
}

static void on_unread(struct report *r, struct str path, struct str member, struct str why)
{
	struct page *p = (struct page *)r;
	if (p->unreads++ < UNREAD_SHOWN)
		PUT(&p->unread, "<li>%%%: %</li>\n", short_path(p->a, path), member.n ? STR("!") : STR(""), short_path(p->a, member), why);
}

static void drop(struct report *r)
{
	struct page *p = (struct page *)r;
	fresh_drop(&p->file);
	buf_free(&p->body);
	buf_free(&p->unread);
	arena_close(p->a);
	free(p);
}

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<title>What handback find found</title>\n<style>\n"
	":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#c9ced6;--soft:#f3f5f8;--mark:#8a1c1c}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e8eaee;--paper:#15181c;--line:#3d444e;--soft:#1f242a;--mark:#ffb3a8}}\n"
	"*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1.5rem 1rem 3rem;color:var(--ink);background:var(--paper);"
	"font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}\n"
	"h1{font-size:1.7rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.1rem;margin:0 0 .5rem;overflow-wrap:anywhere}p{margin:.5rem 0;max-width:44rem}\n"
	".sum{font-size:1.2rem}.first{border-left:.3rem solid var(--mark);padding:.2rem 0 .2rem .8rem;overflow-wrap:anywhere}\n"
	"section{border-top:1px solid var(--line);padding:1rem 0;margin-top:1.2rem}\n"
	"table{border-collapse:collapse;width:100%;font-size:.95rem}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;"
	"border-bottom:1px solid var(--line);overflow-wrap:anywhere}th{font-weight:600}td:nth-child(1){width:22%}td:nth-child(2){width:20%}td:nth-child(3){width:10%}\n"
	"li{overflow-wrap:anywhere}code{background:var(--soft);padding:0 .2rem}\n"
	"@media(max-width:40rem){thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}table,tbody,tr,td{display:block}"
	"tr{border-bottom:1px solid var(--line);padding:.4rem 0}td,td:nth-child(n){border:0;padding:.1rem 0;width:auto}"
	"td::before{content:attr(data-l) \": \";font-weight:600}}\n"
	"@media print{:root{--ink:#000;--paper:#fff;--line:#999;--soft:#fff;--mark:#000}body{max-width:none;padding:0;font-size:10pt}tr{break-inside:avoid}h2{break-after:avoid}}\n"
	"</style>\n</head>\n<body>\n<main>\n<h1>What was found</h1>\n";

static bool keep(struct report *r, const struct tally *t, const struct find_totals *totals, struct err *e)
{
	struct page *p = (struct page *)r;
	struct arena *a = arena_open();
	file_end(p);
	fresh_put(&p->file, STR(head));
	struct buf *b = fresh_buf(&p->file);
	struct civil now = civil_of(p->now);
	struct str when = arena_say(a, "%04d-%02d-%02d %02d:%02d UTC", now.year, now.month, now.day, now.hour, now.minute);
	PUT(b, "<p class=\"sum\">%</p>\n", tally_sentence(a, t, p->now));
	if (totals->stopped)
		put(b, "<p class=\"first\"><strong>The scan was stopped before its end.</strong> What was not looked at by then is not in this page and not known to be clean.</p>\n", NULL);
	if (t->first[0])
		PUT(b, "<p class=\"first\"><strong>Open this one first:</strong> %</p>\n", str_of(t->first));
	PUT(b, "<p>Looked at %%, %, %. No number stands in this page: only its last four.</p>\n", arena_say(a, "%" PRIu64 " file%s", totals->files, totals->files == 1 ? "" : "s"),
	    totals->stopped ? STR(" until then") : STR(""), find_bytes(a, totals->bytes), when);
	if (t->tests)
		PUT(b, "<p>Published test numbers met, too, which are nobody's: %</p>\n", arena_say(a, "%" PRIu64, t->tests));
	if (t->judged)
		PUT(b, "<p>% you have judged before.</p>\n", arena_say(a, "%" PRIu64, t->judged));
	fresh_flush(&p->file);
	fresh_put(&p->file, buf_str(&p->body));
	fresh_flush(&p->file);
	b = fresh_buf(&p->file);
	if (p->left)
		PUT(b, "<p>% no room here; <code>handback find --json</code> lists all.</p>\n", arena_say(a, "%" PRIu64 " more finding%s", p->left, p->left == 1 ? " has" : "s have"));
	if (p->unreads) {
		PUT(b, "<section>\n<h2>Not read</h2>\n<p>What could not be read is not known to be clean.</p>\n<ul>\n", STR(""));
		buf_put(b, buf_str(&p->unread));
		put(b, "</ul>\n", NULL);
		if (p->unreads > UNREAD_SHOWN)
			PUT(b, "<p>And % more.</p>\n", arena_say(a, "%" PRIu64, p->unreads - UNREAD_SHOWN));
		put(b, "</section>\n", NULL);
	}
	put(b, "</main>\n</body>\n</html>\n", NULL);
	bool good = fresh_keep(&p->file, true, e);
	arena_close(a);
	drop(r);
	return good;
}

struct report *html_report_open(struct str path, int64_t now, struct err *e)
{
	struct page *p = mem_zero(1, sizeof *p);
	if (!fresh_may_replace(path, STR("<title>What handback find found</title>"), "html", e) || !fresh_open(&p->file, path, "html", true, e)) {
		free(p);
		return NULL;
	}
	p->report = (struct report){ on_hit, on_unread, keep, drop };
	p->body = BUF(BODY_MAX);
	p->unread = BUF(8 << 20);
	p->a = arena_open();
	p->now = now;
	return &p->report;
}
