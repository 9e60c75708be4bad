/* bounce - what one mail says: first the forms made for machines (RFC 3464, 5965, 8098), then the words of those that use none. */
#include "bounce_data.h"
#include "bounce_int.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const classes[] = { "none", "hard", "soft", "complaint", "auto-reply", "unknown" };
static const char *const reasons[] = {
	[WHY_UNTOLD] = "untold", [WHY_NO_MAILBOX] = "no_mailbox", [WHY_NO_DOMAIN] = "no_domain", [WHY_BAD_ADDRESS] = "bad_address", [WHY_CLOSED] = "closed",
	[WHY_FULL] = "full", [WHY_TOO_BIG] = "too_big", [WHY_BLOCKED] = "blocked", [WHY_CONTENT] = "content", [WHY_UNREACHABLE] = "unreachable",
	[WHY_DELAYED] = "delayed", [WHY_LOOP] = "loop", [WHY_SPAM] = "spam", [WHY_AWAY] = "away", [WHY_ARRIVED] = "arrived", [WHY_READ] = "read",
	[WHY_CHALLENGE] = "challenge", [WHY_LEFT] = "left", [WHY_ANSWER] = "answer",
};

const char *bounce_class_name(enum bounce_class c)
{
	return c < BOUNCE_CLASSES ? classes[c] : "unknown";
}

const char *bounce_reason_name(enum bounce_reason r)
{
	return r < BOUNCE_REASONS ? reasons[r] : "untold";
}

/* ---- the phrases of data/bounce-phrases.txt ---- */

/* Where the first phrase of this sort stands; NULL: none does. text: in lower case. */
static const char *phrase_in(struct str text, const char *sort)
{
	struct str all = data_bounce_phrases_txt, wanted = str_of(sort);
	while (all.p) {
		struct str line = str_split(&all, '\n');
		if (line.n <= wanted.n + 2 || line.p[wanted.n] != ':' || !str_starts(line, wanted))
			continue;
		struct str phrase = str_trim((struct str){ line.p + wanted.n + 1, line.n - wanted.n - 1 });
		const char *at = text.n ? memmem(text.p, text.n, phrase.p, phrase.n) : NULL;
		if (at)
			return at;
	}
	return NULL;
}

static enum bounce_reason reason_in(struct str text)
{
	static const enum bounce_reason told[] = { WHY_FULL, WHY_CLOSED, WHY_TOO_BIG, WHY_NO_DOMAIN, WHY_NO_MAILBOX, WHY_LOOP, WHY_BLOCKED, WHY_CONTENT, WHY_UNREACHABLE };
	for (size_t i = 0; i < LENGTH(told); i++)
		if (phrase_in(text, reasons[told[i]]))
			return told[i];
	return WHY_UNTOLD;
}

/* ---- marks ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* How long the mark at s is; 0: there is none. */
static size_t mark_at(struct str s)
{
	size_t i = 0;
	for (int group = 0; group < 3; group++) {
		size_t begun = i;
		while (i < s.n && i - begun < 10 && is_digit(s.p[i]))
			i++;
		if (i == begun || i == s.n || s.p[i] != '-')
			return 0;
		i++;
	}
	size_t begun = i;
	while (i < s.n && is_word(s.p[i]))
		i++;
	return i - begun == BOUNCE_MAC ? i : 0;
}

static void marks_find(struct bounce *b, struct str text)
{
	for (size_t i = 0; i < text.n && b->marks < BOUNCE_MARKS; i++) {
		char mark[BOUNCE_MARK_MAX] = "";
		size_t n = is_digit(text.p[i]) && (!i || !is_word(text.p[i - 1])) ? mark_at((struct str){ text.p + i, text.n - i }) : 0;
		bool known = !n || n >= sizeof mark;
		for (size_t k = 0; !known && k < n; k++)
			mark[k] = (char)(text.p[i + k] >= 'A' && text.p[i + k] <= 'Z' ? text.p[i + k] + 32 : text.p[i + k]);
		for (size_t k = 0; !known && k < b->marks; k++)
			known = strcmp(b->mark[k], mark) == 0;
		if (!known)
			memcpy(b->mark[b->marks++], mark, sizeof mark);
		i += n ? n - 1 : 0;
	}
}

/* ---- codes ---- */

/* "5.1.1" (RFC 3463), else "550". An address of a machine, 5.1.1.7, is none. */
static bool code_in(struct str s, char out[12])
{
	for (size_t i = 0; i + 4 < s.n; i++) {
		if ((s.p[i] != '4' && s.p[i] != '5') || s.p[i + 1] != '.' || (i && (is_word(s.p[i - 1]) || s.p[i - 1] == '.')))
			continue;
		size_t k = i + 2, group = k;
		while (k < s.n && k - group < 3 && is_digit(s.p[k]))
			k++;
		if (k == group || k >= s.n || s.p[k] != '.')
			continue;
		group = ++k;
		while (k < s.n && k - group < 3 && is_digit(s.p[k]))
			k++;
		if (k == group || (k < s.n && is_digit(s.p[k])) || (k + 1 < s.n && s.p[k] == '.' && is_digit(s.p[k + 1])))
			continue;
		snprintf(out, 12, STR_FMT, (int)(k - i), s.p + i);
		return true;
	}
	for (size_t i = 0; i + 3 <= s.n; i++) {
		bool begins = !i || s.p[i - 1] == ' ' || s.p[i - 1] == '\n' || s.p[i - 1] == '#' || s.p[i - 1] == '(' || s.p[i - 1] == ':';
		if (begins && (s.p[i] == '4' || s.p[i] == '5') && s.p[i + 1] >= '0' && s.p[i + 1] <= '5' && is_digit(s.p[i + 2]) &&
		    (i + 3 == s.n || s.p[i + 3] == ' ' || s.p[i + 3] == '-')) {
			snprintf(out, 12, STR_FMT, 3, s.p + i);
			return true;
		}
	}
	return false;
}

/* What RFC 3463 and the register of codes say; large mail services' own codes as they document them. */
static enum bounce_reason reason_of(const char *status)
{
	static const struct { const char *code; enum bounce_reason why; } known[] = {
		{ ".1.1", WHY_NO_MAILBOX }, { ".1.10", WHY_NO_MAILBOX }, { ".1.6", WHY_NO_MAILBOX }, { ".1.2", WHY_NO_DOMAIN }, { ".1.3", WHY_BAD_ADDRESS },
		{ ".1.7", WHY_BLOCKED }, { ".1.8", WHY_BLOCKED }, { ".1.20", WHY_BAD_ADDRESS }, { ".2.1", WHY_CLOSED }, { ".2.2", WHY_FULL }, { ".2.3", WHY_TOO_BIG }, { ".3.4", WHY_TOO_BIG },
		{ ".4.4", WHY_NO_DOMAIN }, { ".4.310", WHY_NO_DOMAIN }, { ".4.6", WHY_LOOP }, { ".4.14", WHY_LOOP }, { ".4.7", WHY_UNREACHABLE }, { ".4.2", WHY_UNREACHABLE },
	};
	for (size_t i = 0; *status && i < LENGTH(known); i++)
		if (strcmp(status + 1, known[i].code) == 0)
			return known[i].why;
	return strncmp(status + (*status != 0), ".7.", 3) == 0 ? WHY_BLOCKED : strncmp(status + (*status != 0), ".6.", 3) == 0 ? WHY_CONTENT : WHY_UNTOLD;
}

/* ---- one mail ---- */

struct reading { struct bounce *b; struct arena *a; struct str dsn, feedback, read; struct buf text; };

static void leaf_read(void *to, const struct leaf *l)
{
	struct reading *r = to;
	marks_find(r->b, l->body);
	if (str_eq(l->type, STR("message/delivery-status")) || str_eq(l->type, STR("message/global-delivery-status")))
		r->dsn = r->dsn.n ? r->dsn : l->body;
	else if (str_eq(l->type, STR("message/feedback-report")))
		r->feedback = r->feedback.n ? r->feedback : l->body;
	else if (str_eq(l->type, STR("message/disposition-notification")) || str_eq(l->type, STR("message/global-disposition-notification")))
		r->read = r->read.n ? r->read : l->body;
	else if (str_eq(l->type, STR("text/plain")) || str_eq(l->type, STR("text/html"))) {
		struct str words = str_eq(l->type, STR("text/html")) ? html_words(l->body, r->a) : l->body;
		words = text_utf8(words, r->a);
		size_t room = BOUNCE_TEXT - r->text.n;
		if (words.n > room)
			for (words.n = room; words.n && ((unsigned char)words.p[words.n] & 0xC0) == 0x80;)
				words.n--;
		buf_put(&r->text, words);
	}
}

/* "rfc822; <joe@example.com>": the address. */
static void address_put(struct bounce *b, struct str value)
{
	const char *semicolon = value.n ? memchr(value.p, ';', value.n) : NULL;
	if (semicolon)
		value = (struct str){ semicolon + 1, value.n - (size_t)(semicolon + 1 - value.p) };
	value = str_trim(value);
	const char *open = value.n ? memchr(value.p, '<', value.n) : NULL, *close = open ? memchr(open, '>', value.n - (size_t)(open - value.p)) : NULL;
	if (close)
		value = (struct str){ open + 1, (size_t)(close - open - 1) };
	if (value.n && value.n < sizeof b->address && memchr(value.p, '@', value.n) && !memchr(value.p, ' ', value.n))
		snprintf(b->address, sizeof b->address, STR_FMT, STR_ARG(value));
}

static void words_put(struct bounce *b, struct str words)
{
	struct buf shown = BUF(4 * sizeof b->words);
	words = str_trim(words);
	buf_shown(&shown, (struct str){ words.p, words.n < sizeof b->words ? words.n : sizeof b->words });
	struct str s = buf_str(&shown);
	size_t n = s.n < sizeof b->words ? s.n : sizeof b->words - 1;
	while (n < s.n && n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;                                     /* not within a character */
	snprintf(b->words, sizeof b->words, STR_FMT, (int)n, s.p);
	buf_free(&shown);
}

/* A refusal, given the code and the words. */
static void refused(struct bounce *b, struct str said, struct str text)
{
	/* a sending service's own list says nothing of the mailbox, whatever its code */
	b->reason = phrase_in(said, "suppressed") ? WHY_BLOCKED : reason_of(b->status);
	if (b->reason == WHY_UNTOLD || strcmp(b->status, "5.4.1") == 0)
		b->reason = reason_in(said);
	if (b->reason == WHY_UNTOLD)
		b->reason = reason_in(text);
	b->class = b->status[0] == '4' || b->reason == WHY_FULL || (!*b->status && b->reason == WHY_UNREACHABLE) ? BOUNCE_SOFT : BOUNCE_HARD;
	b->final = true;
}

static void delayed(struct bounce *b)
{
	b->class = BOUNCE_SOFT, b->reason = WHY_DELAYED, b->final = false;
}

/* RFC 3464: of several recipients the one that fares worst. */
static void report_read(struct reading *r, struct str text)
{
	static const char *const worst[] = { "failed", "delayed", "relayed", "delivered", "expanded" };
	struct bounce *b = r->b;
	struct str rest = r->dsn, group = { rest.p, 0 }, best = STR("");
	size_t grade = LENGTH(worst);
	while (rest.p) {
		struct str line = str_trim(str_split(&rest, '\n')), action;
		group.n = rest.p ? (size_t)(rest.p - group.p) : (size_t)(r->dsn.p + r->dsn.n - group.p);
		if (line.n && rest.p)
			continue;
		for (size_t g = 0; g < grade && head_get(group, "Action", &action, r->a); g++)
			if (str_starts(text_lower(action, r->a), str_of(worst[g])))
				grade = g, best = group;
		group = (struct str){ rest.p, 0 };
	}
	struct str value, said = STR("");
	if (head_get(best, "Final-Recipient", &value, r->a))
		address_put(b, value);
	if (head_get(best, "Original-Recipient", &value, r->a))
		address_put(b, value);
	if (head_get(best, "Diagnostic-Code", &said, r->a))
		words_put(b, said);
	char told[12] = "", more[12] = "";
	if (head_get(best, "Status", &value, r->a))
		code_in(value, told);
	/* the server's own words may be more exact than a status that says nothing */
	if (code_in(said, more) && (!*told || strcmp(told + 1, ".0.0") == 0))
		memcpy(told, more, sizeof told);
	memcpy(b->status, told, sizeof told);
	if (grade == 0)
		refused(b, text_lower(said, r->a), text);
	else if (grade == 1)
		delayed(b);
	else if (grade < LENGTH(worst))
		b->class = BOUNCE_AUTO, b->reason = WHY_ARRIVED;
	else
		b->class = BOUNCE_UNKNOWN;
}

/* RFC 5965; also what large providers send, in the same form. */
static void complaint_read(struct reading *r)
{
	struct bounce *b = r->b;
	struct str type = STR(""), value;
	head_get(r->feedback, "Feedback-Type", &type, r->a);
	if (head_get(r->feedback, "Original-Rcpt-To", &value, r->a))
		address_put(b, value);
	words_put(b, type);
	b->class = BOUNCE_COMPLAINT, b->reason = WHY_SPAM, b->final = true;
	if (str_eq_nocase(type, STR("not-spam")))
		b->class = BOUNCE_AUTO, b->reason = WHY_ARRIVED, b->final = false;
	else if (str_starts(text_lower(type, r->a), STR("auth-failure")))        /* RFC 6591: about our domain, not about a reader */
		b->class = BOUNCE_UNKNOWN, b->reason = WHY_UNTOLD, b->final = false;
}

/* The line in which something stands, as what the server said. */
static void line_put(struct bounce *b, struct str text, struct str lower, const char *at)
{
	size_t from = (size_t)(at - lower.p), to = from;
	while (from && text.p[from - 1] != '\n')
		from--;
	while (to < text.n && text.p[to] != '\n')
		to++;
	words_put(b, (struct str){ text.p + from, to - from });
}

/* A report in words only. text ends where the mail that came back begins. */
static void words_read(struct reading *r, struct str head, struct str subject, struct str text, struct str lower)
{
	struct bounce *b = r->b;
	struct str value;
	if (head_get(head, "X-Failed-Recipients", &value, r->a)) {
		struct str rest = value;
		address_put(b, str_split(&rest, ','));
	}
	for (struct str rest = text; !*b->address && rest.p;) {  /* the first that stands in angles or on a line of its own */
		struct str line = str_trim(str_split(&rest, '\n'));
		if (line.n && line.p[line.n - 1] == ':')
			line.n--;
		address_put(b, line);
	}
	bool again = phrase_in(lower, "delayed") || phrase_in(subject, "delayed"), gone = phrase_in(lower, "gave_up");
	code_in(text, b->status);
	refused(b, lower, subject);
	if (again && !gone)
		delayed(b);
	else if (!*b->status && b->reason == WHY_UNTOLD)
		b->class = BOUNCE_UNKNOWN, b->final = false;
	const char *why = *b->status ? memmem(text.p, text.n, b->status, strlen(b->status)) : phrase_in(lower, reasons[b->reason]);
	if (why)
		line_put(b, text, lower, *b->status ? lower.p + (why - text.p) : why);
}

/* Whether a mail without the machines' form is a report all the same: of a mail system, and in a report's words. */
static bool is_report(struct reading *r, struct str head, struct str subject, struct str lower)
{
	struct str value, from = STR("");
	head_get(head, "From", &from, r->a);
	from = text_lower(from, r->a);
	bool system = phrase_in(from, "daemon") || (head_get(head, "Return-Path", &value, r->a) && str_eq(value, STR("<>"))) ||
	              head_get(head, "X-Failed-Recipients", &value, r->a) || (head_get(head, "Auto-Submitted", &value, r->a) && !str_eq_nocase(value, STR("no")));
	return system && (phrase_in(subject, "bounce") || phrase_in(lower, "bounce"));
}

static void answer_read(struct reading *r, struct str head, struct str subject, struct str lower)
{
	static const char *const signs[] = { "Auto-Submitted", "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response-Suppress", "X-Vacation" };
	struct bounce *b = r->b;
	struct str value;
	bool machine = phrase_in(subject, "away") != NULL;
	for (size_t i = 0; i < LENGTH(signs); i++)
		machine |= head_get(head, signs[i], &value, r->a) && !str_eq_nocase(value, STR("no"));
	if (head_get(head, "Precedence", &value, r->a))
		machine |= str_starts(text_lower(value, r->a), STR("auto")) || str_eq_nocase(value, STR("bulk")) || str_eq_nocase(value, STR("junk"));
	bool challenge = phrase_in(lower, "challenge") || phrase_in(subject, "challenge");
	if (challenge || (machine && phrase_in(lower, "left"))) {
		b->class = BOUNCE_UNKNOWN, b->reason = challenge ? WHY_CHALLENGE : WHY_LEFT;
	} else if (machine || phrase_in(subject, "arrived")) {
		b->class = BOUNCE_AUTO, b->reason = phrase_in(subject, "away") ? WHY_AWAY : WHY_ARRIVED;
	} else {
		b->class = BOUNCE_NONE, b->reason = WHY_ANSWER;
	}
}

void bounce_read(struct str mail, struct bounce *b, struct arena *a)
{
	struct reading r = { .b = b, .a = a, .text = BUF(BOUNCE_TEXT + 1) };
	struct str head, subject = STR("");
	*b = (struct bounce){ 0 };
	mail.n = mail.n < BOUNCE_MAIL_MAX ? mail.n : BOUNCE_MAIL_MAX;
	mime_walk(mail, &head, leaf_read, &r, a);
	marks_find(b, head);
	head_get(head, "Subject", &subject, a);
	subject = head_words(subject, a);
	b->text = arena_str(a, buf_str(&r.text));
	buf_free(&r.text);
	struct str lower = text_lower(b->text, a), title = text_lower(subject, a);
	const char *original = phrase_in(lower, "original");
	lower.n = original ? (size_t)(original - lower.p) : lower.n;
	struct str text = { b->text.p, lower.n };
	if (r.feedback.n)
		complaint_read(&r);
	else if (r.dsn.n)
		report_read(&r, lower);
	else if (r.read.n)
		b->class = BOUNCE_AUTO, b->reason = WHY_READ;
	else if (is_report(&r, head, title, lower))
		words_read(&r, head, title, text, lower);
	else
		answer_read(&r, head, title, lower);
	if (!*b->words)
		words_put(b, subject);
}
