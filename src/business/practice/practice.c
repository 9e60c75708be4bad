/* practice - the duties that the answers ask for, their version, and who has signed. */
#include "log.h"
#include "practice.h"
#include "practice_data.h"
#include "practice_sql.h"
#include "qr.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PDF_MAX = 8 << 20 };

/* ---- the data: lines of a word and what belongs to it ---- */

struct line { struct str word, rest; };

/* Where a `es` line goes: beside what was said last. */
struct reading { struct practice *p; struct duty *duty; struct str *es; };

static const char *zero_ended(struct arena *a, struct str s)
{
	return arena_printf(a, STR_FMT, STR_ARG(s));
}

/* "Q=A|B Q=A": all of them. */
static bool holds(struct arena *a, const struct answers *answers, struct str when)
{
	while (when.p && when.n) {
		struct str any = str_split(&when, ' '), question = str_split(&any, '=');
		bool one = false;
		while (any.p)
			one |= question_has(answers, zero_ended(a, question), zero_ended(a, str_split(&any, '|')));
		if (!one)
			return false;
	}
	return true;
}

/* The channel's page; answers NULL: with every duty. */
static bool read_page(struct arena *a, struct str channel, const struct answers *answers, struct practice *p)
{
	struct str text = data_practice_txt, title_es = STR("");
	struct duty *duty = ARENA_ARRAY(a, struct duty, DUTIES_MAX);
	struct str *es = NULL;
	struct line l;
	bool here = false, found = false;
	*p = (struct practice){ .channel = channel, .duty = duty };
	while (str_entry(&text, &l.word, &l.rest)) {
		if (str_eq(l.word, STR("practice")))
			found |= here = str_eq(l.rest, channel);
		else if (!here)
			continue;
		else if (str_eq(l.word, STR("title")))
			p->title.en = zero_ended(a, l.rest), es = &title_es;
		else if (str_eq(l.word, STR("odd")))
			p->odd_en = l.rest, es = &p->odd_es;
		else if (str_eq(l.word, STR("duty")) && p->n < DUTIES_MAX)
			duty[p->n++].name = l.rest;
		else if (str_eq(l.word, STR("say")))
			duty[p->n - 1].en = l.rest, es = &duty[p->n - 1].es;
		else if (str_eq(l.word, STR("es")))
			*es = l.rest;
		else if (str_eq(l.word, STR("when")) && answers && !holds(a, answers, l.rest))
			p->n--;
	}
	p->title.es = zero_ended(a, title_es);
	return found;
}

bool practice_whole(struct arena *a, struct str channel, struct practice *p)
{
	return read_page(a, channel, NULL, p);
}

/* ---- what is in force ---- */

/* The names answered to a question, one after another; empty: none. */
static struct str names_answered(struct arena *a, const struct answers *answers, struct str question)
{
	struct buf b = BUF(8192);
	size_t q;
	if (question_named(question, &q) && answers->set[q] & ANSWER_NAMED) {
		for (struct str text = answers->text[q]; text.p;) {
			struct str one = str_split(&text, '\n');
			buf_printf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(one));
		}
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* What a version is of: the names of its duties, then line by line what else stands on the page. */
static struct str held(struct op *op, const struct answers *answers, const struct practice *p)
{
	struct buf b = BUF(32 << 10);
	for (size_t i = 0; i < p->n; i++)
		buf_printf(&b, "%s" STR_FMT, i ? " " : "", STR_ARG(p->duty[i].name));
	struct str provider = names_answered(op->a, answers, STR("provider")), phone = names_answered(op->a, answers, STR("provider.phone")), office = op_setting(op, "business.phone");
	buf_printf(&b, "\nreaders " STR_FMT "\nprovider " STR_FMT " " STR_FMT "\noffice " STR_FMT, STR_ARG(p->readers), STR_ARG(phone.n ? provider : phone), STR_ARG(phone), STR_ARG(office));
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

static bool practice_read(struct op *op, const struct answers *answers, struct str channel, struct practice *p)
{
	struct sql_practice_last last;
	bool any;
	if (!read_page(op->a, channel, answers, p))
		return err_set(&op->err, NOT_FOUND, "channel", "There is no page for \"" STR_FMT "\".", STR_ARG(channel));
	p->readers = names_answered(op->a, answers, arena_say(op->a, STR_FMT ".readers", STR_ARG(channel)));
	p->holds = held(op, answers, p);
	if (!sql_practice_last(op, channel, &last, &any))
		return false;
	bool same = any && str_eq(last.duties, p->holds);
	p->version = any ? last.version + !same : 1;
	p->since = same ? last.since : 0;
	return true;
}

/* The channels that have a page, of those that are paid by. */
static bool has_page(struct arena *a, const struct answers *answers, size_t part, struct practice *p)
{
	return part_chosen(answers, part) && read_page(a, str_of(walk_parts[part].name), answers, p);
}

bool practices(struct op *op, struct practice **out, size_t *n)
{
	struct walk w;
	size_t m = 0;
	if (!payment_in_force(op, &w))
		return false;
	struct practice *p = ARENA_ARRAY(op->a, struct practice, walk_parts_n);
	for (size_t i = 1; w.id && i < walk_parts_n; i++)
		if (has_page(op->a, &w.answers, i, &p[m]) && !practice_read(op, &w.answers, str_of(walk_parts[i].name), &p[m++]))
			return false;
	*out = p, *n = m;
	return true;
}

bool practice_of(struct op *op, struct str channel, struct practice *p)
{
	struct practice *all;
	size_t n;
	if (!practices(op, &all, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i].channel, channel)) {
			*p = all[i];
			return true;
		}
	return err_set(&op->err, NOT_FOUND, "channel", n ? "You are not paid by \"" STR_FMT "\". handback practice list shows the pages there are." :
	               "There is no page for \"" STR_FMT "\" yet: walk through how you are paid first, with handback payment walk.", STR_ARG(channel));
}

/* ---- who has signed ---- */

static int by_name(const void *a, const void *b)
{
	const struct signer *x = a, *y = b;
	return x->due != y->due ? y->due - x->due : str_cmp(x->name, y->name);
}

static void signer_add(struct op *op, struct signer **v, size_t *n, size_t *room, struct str name)
{
	for (size_t i = 0; i < *n; i++)
		if (str_same((*v)[i].name, name))
			return;
	*v = arena_more(op->a, *v, *n, room, sizeof **v);
	(*v)[(*n)++] = (struct signer){ .name = arena_str(op->a, name) };
}

bool practice_signers(struct op *op, const struct practice *p, struct signer **out, size_t *n)
{
	struct walk w;
	struct sql_signed_of q;
	struct sql_staff_names staff;
	struct signer *v = NULL;
	size_t room = 0, takers = 0;
	*n = 0;
	if (!payment_in_force(op, &w))
		return false;
	if (question_named(STR("takers"), &takers) && w.answers.set[takers] & ANSWER_NAMED)
		for (struct str text = w.answers.text[takers]; text.p;)
			signer_add(op, &v, n, &room, str_split(&text, '\n'));
	if (!*n) {                                               /* nobody said who takes payments: everybody who is here */
		if (!sql_staff_names(op, &staff))
			return false;
		while (sql_staff_names_next(op, &staff))
			signer_add(op, &v, n, &room, staff.name);
	}
	size_t concerned = *n;
	if (op->err.code != OK || !sql_signed_of(op, p->channel, &q))
		return false;
	while (sql_signed_of_next(op, &q)) {
		signer_add(op, &v, n, &room, q.name);
		for (size_t i = 0; i < *n; i++)
			if (str_same(v[i].name, q.name))
				v[i].version = q.version, v[i].at = q.at;
	}
	for (size_t i = 0; i < *n; i++)                          /* who signed once and takes payments no more owes nothing */
		v[i].due = i < concerned && (v[i].version != p->version || v[i].at <= op->now - SIGNED_FOR);
	if (*n)
		qsort(v, *n, sizeof *v, by_name);
	*out = v;
	return op->err.code == OK;
}

/* In a write transaction: from now on these duties are a version with a date. */
static bool version_keep(struct op *op, struct practice *p)
{
	if (p->since)
		return true;
	p->since = op->now;
	return sql_practice_put(op, p->channel, p->version, p->holds, op->now) &&
	       log_add(op, "practice.changed", ABOUT({ "version", p->version }, { "duties", (int64_t)p->n }));
}

/* ---- on paper ---- */

static struct str with_phone(struct op *op, struct str text, bool spanish)
{
	struct str phone = str_unparted(op->a, op_setting(op, "business.phone")), place = STR("{phone}");
	struct buf b = BUF(4096);
	if (!phone.n)
		phone = spanish ? STR("número de la oficina") : STR("the office");
	const char *at = memmem(text.p, text.n, place.p, place.n);
	if (!at)
		return text;
	size_t before = (size_t)(at - text.p);
	buf_printf(&b, "%.*s" STR_FMT "%.*s", (int)before, text.p, STR_ARG(phone), (int)(text.n - before - place.n), at + place.n);
	struct str s = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* The first of the names answered to a question, or a line; empty: none. */
static struct str one_answered(struct op *op, const char *question)
{
	struct walk w;
	size_t q;
	if (!payment_in_force(op, &w) || !question_named(str_of(question), &q) || !(w.answers.set[q] & ANSWER_NAMED))
		return STR("");
	struct str text = w.answers.text[q];
	return str_split(&text, '\n');
}

struct str practice_provider(struct op *op)
{
	struct str provider = one_answered(op, "provider"), phone = str_unparted(op->a, one_answered(op, "provider.phone"));
	return phone.n && provider.n ? arena_say(op->a, STR_FMT ": " STR_FMT, STR_ARG(provider), STR_ARG(phone)) : provider;
}

/* Whom to call: the office, and the payment company, whose number one wants at night. */
struct str practice_odd(struct op *op, const struct practice *p, bool spanish)
{
	struct str say = with_phone(op, spanish ? p->odd_es : p->odd_en, spanish);
	return one_answered(op, "provider.phone").n ? arena_say(op->a, STR_FMT " " STR_FMT ".", STR_ARG(say), STR_ARG(practice_provider(op))) : say;
}

struct str practice_call(struct arena *a, struct str phone)
{
	struct str dial = str_dial(a, phone);
	return dial.n ? arena_say(a, "tel:" STR_FMT, STR_ARG(dial)) : STR("");
}

struct str practice_code(struct op *op, struct str link, struct str *says)
{
	struct str phone = op_setting(op, "business.phone");
	*says = link;
	if (link.n)
		return link;
	if (!phone.n)
		phone = one_answered(op, "provider.phone");
	struct str code = practice_call(op->a, phone);
	*says = code.n ? phone : STR("");
	return code;
}

bool practice_print(struct op *op, const struct practice *p, enum placard_size size, bool spanish, struct str link, int fd)
{
	struct str line[DUTIES_MAX], name = op_setting(op, "business.name"), says, code = practice_code(op, link, &says);
	struct qr qr;
	for (size_t i = 0; i < p->n; i++)
		line[i] = spanish ? p->duty[i].es : p->duty[i].en;
	struct placard sheet = {
		.above = p->readers.n ? arena_say(op->a, STR_FMT ": " STR_FMT, STR_ARG(name), STR_ARG(p->readers)) : name,
		.title = str_of(spanish ? p->title.es : p->title.en), .line = line, .n = p->n,
		.odd_title = spanish ? STR("¿Algo raro?") : STR("Something odd?"), .odd = practice_odd(op, p, spanish),
		.foot = arena_say(op->a, spanish ? "Versión %" PRId64 ", " STR_FMT : "Version %" PRId64 ", " STR_FMT, p->version,
		                  STR_ARG(when_day_text(op->a, op->zone, p->since ? p->since : op->now, spanish ? "es" : "en"))),
		.code = says,
	};
	if (code.n && !qr_make(&qr, code, &op->err))
		return false;
	if (code.n)
		sheet.dark = qr.dark, sheet.wide = qr.wide;
	return paper_placard(fd, &sheet, size, spanish ? "es" : "en", &op->err);
}

/* ---- verbs ---- */

static bool in_spanish(struct op *op, const struct args *args, bool *spanish)
{
	struct str language = args_text(args, "language");
	*spanish = str_eq(language, STR("es"));
	return !language.n || *spanish || str_eq(language, STR("en")) || err_set(&op->err, INVALID, "language", "--language is en or es.");
}

static bool list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct practice *p;
	size_t n;
	(void)args;
	if (!practices(op, &p, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct signer *s;
		size_t signers, due = 0;
		if (!practice_signers(op, &p[i], &s, &signers))
			return false;
		struct str *signed_by = ARENA_ARRAY(op->a, struct str, signers + 1), *owed = ARENA_ARRAY(op->a, struct str, signers + 1);
		size_t have = 0;
		for (size_t k = 0; k < signers; k++)
			if (s[k].due)
				owed[due++] = s[k].name;
			else if (s[k].version == p[i].version)
				signed_by[have++] = s[k].name;
		answer_row(answer);
		answer_text(answer, "channel", p[i].channel);
		answer_text(answer, "title", str_of(p[i].title.en));
		answer_number(answer, "version", p[i].version);
		answer_time(answer, "since", p[i].since ? p[i].since : FAR_OFF);
		answer_words(answer, "signed", signed_by, have);
		answer_words(answer, "due", owed, due);
		answer_row_end(answer);
		answer_say(answer, "%-14.*s version %" PRId64 ", %s%s", STR_ARG(p[i].channel), p[i].version, counted(op->a, (int64_t)have, "signature", "signatures"),
		           due ? ", still to sign:" : "");
		for (size_t k = 0; k < due; k++)
			answer_say(answer, "    " STR_FMT, STR_ARG(owed[k]));
	}
	if (!n)
		answer_say(answer, "There is no page yet: walk through how you are paid first, with handback payment walk.");
	return true;
}

/* A row for each who is to sign, or ever signed. */
static bool status_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct practice *p;
	size_t n, owed = 0;
	(void)args;
	if (!practices(op, &p, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct signer *s;
		size_t signers;
		if (!practice_signers(op, &p[i], &s, &signers))
			return false;
		answer_say(answer, STR_FMT ", version %" PRId64, STR_ARG(p[i].channel), p[i].version);
		for (size_t k = 0; k < signers; k++) {
			answer_row(answer);
			answer_text(answer, "channel", p[i].channel);
			answer_text(answer, "name", s[k].name);
			answer_number(answer, "version", s[k].version);
			answer_number(answer, "version_now", p[i].version);
			answer_time(answer, "at", s[k].at ? s[k].at : FAR_OFF);
			answer_flag(answer, "due", s[k].due);
			answer_row_end(answer);
			answer_say(answer, "  %-20.*s %s", STR_ARG(s[k].name), !s[k].version ? "not signed yet" :
			           arena_printf(op->a, "signed version %" PRId64 " on " STR_FMT "%s", s[k].version, STR_ARG(when_day_text(op->a, op->zone, s[k].at, "en")), s[k].due ? ", to be signed anew" : ""));
			owed += s[k].due;
		}
	}
	if (!n)
		answer_say(answer, "There is no page yet: walk through how you are paid first, with handback payment walk.");
	answer->attention = owed > 0;
	return true;
}

static bool show_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct practice p;
	bool spanish;
	if (!in_spanish(op, args, &spanish) || !practice_of(op, args_text(args, "channel"), &p))
		return false;
	if (p.readers.n)
		answer_say(answer, STR_FMT, STR_ARG(p.readers));
	answer_say(answer, "%s", spanish ? p.title.es : p.title.en);
	for (size_t i = 0; i < p.n; i++) {
		answer_row(answer);
		answer_text(answer, "channel", p.channel);
		answer_number(answer, "version", p.version);
		answer_text(answer, "duty", p.duty[i].name);
		answer_text(answer, "say", spanish ? p.duty[i].es : p.duty[i].en);
		answer_row_end(answer);
		answer_say(answer, "  %zu. " STR_FMT, i + 1, STR_ARG(spanish ? p.duty[i].es : p.duty[i].en));
	}
	answer_say(answer, STR_FMT, STR_ARG(practice_odd(op, &p, spanish)));
	return true;
}

static bool size_asked(struct op *op, const struct args *args, enum placard_size *size)
{
	static const struct { const char *name; enum placard_size size; } sizes[] = { { "letter", PLACARD_LETTER }, { "a4", PLACARD_A4 }, { "pocket", PLACARD_POCKET } };
	*size = PLACARD_LETTER;
	for (size_t i = 0; i < LENGTH(sizes); i++)
		if (str_eq(args_text(args, "size"), str_of(sizes[i].name))) {
			*size = sizes[i].size;
			return true;
		}
	return !args_has(args, "size") || err_set(&op->err, INVALID, "size", "--size is letter, a4 or pocket.");
}

/* What was drawn, into a file that is new or to whoever reads the answer. */
static bool written(struct op *op, int pdf, const char *to, struct answer *answer)
{
	struct buf b = BUF(PDF_MAX);
	bool good = file_whole(arena_printf(op->a, "/proc/self/fd/%d", pdf), &b, "to", &op->err) && (!*to || file_put(to, buf_str(&b), 0644, &op->err));
	if (good && !*to)
		answer->bytes(answer->to, buf_str(&b));
	buf_free(&b);
	return good;
}

/* A phone that reads the code goes there: a page, and nothing else that an address can ask of a phone. */
static bool link_fits(struct op *op, struct str link)
{
	enum { LINK_MAX = 300 };
	struct str rest = str_starts(link, STR("https://")) ? (struct str){ link.p + 8, link.n - 8 } : str_starts(link, STR("http://")) ? (struct str){ link.p + 7, link.n - 7 } : STR("");
	bool good = rest.n && rest.p[0] != '/' && link.n <= LINK_MAX;
	for (size_t i = 0; i < rest.n && good; i++)
		good = (unsigned char)rest.p[i] > ' ' && (unsigned char)rest.p[i] < 0x7F;
	return good || err_set(&op->err, INVALID, "link", "This is not the address of a page, like https://handback.example.com/practice/phone_reader, of at most %d characters.", LINK_MAX);
}

static bool print_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct practice p;
	enum placard_size size;
	bool spanish;
	const char *to = zero_ended(op->a, args_text(args, "to"));
	if (!*to && !answer->bytes)
		return err_set(&op->err, INVALID, "to", "--to says where the PDF goes.");
	if (args_has(args, "link") && !link_fits(op, args_text(args, "link")))
		return false;
	if (!in_spanish(op, args, &spanish) || !size_asked(op, args, &size) || !practice_of(op, args_text(args, "channel"), &p) ||
	    !op_begin(op) || !op_end(op, version_keep(op, &p)))
		return false;
	int pdf = memfd_create("practice", MFD_CLOEXEC);
	if (pdf < 0)
		return err_errno(&op->err, "memory for the page");
	bool good = practice_print(op, &p, size, spanish, args_text(args, "link"), pdf) && written(op, pdf, to, answer);
	close(pdf);
	if (good && *to)
		answer_say(answer, "%s is in %s, ready to print.", spanish ? p.title.es : p.title.en, to);
	return good;
}

/* A name that is none of those who are to sign may be mistyped. */
static bool signs_here(struct op *op, const struct practice *p, struct str name, struct answer *answer)
{
	struct signer *s;
	size_t n, i = 0;
	if (!practice_signers(op, p, &s, &n))
		return false;
	while (i < n && !str_same(s[i].name, name))
		i++;
	if (i == n)
		answer_note(answer, STR_FMT " is not among those who take payments, as the walk-through has them. It is kept all the same.", STR_ARG(name));
	return true;
}

static bool sign_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct practice p;
	struct sql_acting_name me;
	bool known;
	enum role role;
	struct str name = str_trim(args_text(args, "name"));
	if (!practice_of(op, args_text(args, "channel"), &p) || !sql_acting_name(op, op->person, &me, &known) || !op_role(op, &role))
		return false;
	if (!name.n && args_has(args, "name"))
		return err_set(&op->err, INVALID, "name", "Whose name? Leave it away to sign for yourself.");
	if (!name.n)
		name = arena_str(op->a, me.name);
	if (name.n > NAME_LENGTH)
		return err_set(&op->err, TOO_BIG, "name", "A name has at most %d characters.", NAME_LENGTH);
	if (!str_eq(name, me.name) && !(role & ROLES_LEAD))
		return err_set(&op->err, REFUSED, "name", "You sign for yourself.");
	if (!signs_here(op, &p, name, answer))
		return false;
	if (!version_keep(op, &p) || !sql_signed_put(op, p.channel, p.version, name, op->person, op->now) ||
	    !log_add(op, "practice.signed", ABOUT({ "version", p.version }, { "by", op->person }, { "duties", (int64_t)p.n })))
		return false;
	answer_row(answer);
	answer_text(answer, "channel", p.channel);
	answer_number(answer, "version", p.version);
	answer_text(answer, "name", name);
	answer_time(answer, "at", op->now);
	answer_row_end(answer);
	answer_say(answer, STR_FMT " has signed \"%s\", version %" PRId64 ".", STR_ARG(name), p.title.en, p.version);
	return true;
}

#define CHANNEL  { "channel", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "the payment channel, as practice list names it" }
#define LANGUAGE { "language", FIELD_TEXT, 0, "en or es" }

const struct verb practice_verbs[] = {
	{ "practice list", "The pages for staff, one for each way of being paid, and who has signed them.", "handback practice list", VERB_READ, NO_FIELDS, list_run, ROLES_ALL },
	{ "practice status", "Who has signed which page, in which version and when; exit status 1 when somebody still has to.", "handback practice status", VERB_READ, NO_FIELDS, status_run, ROLES_ALL },
	{ "practice show", "What staff do when a customer pays this way.", "handback practice show phone_reader --language es", VERB_READ, FIELDS(CHANNEL, LANGUAGE), show_run, ROLES_ALL },
	{ "practice print", "The page as a PDF: to hang up, or six pocket cards to cut apart.", "handback practice print phone_reader --size pocket --to cards.pdf", VERB_LONG,
	  FIELDS(CHANNEL, { "to", FIELD_PATH, 0, "the file, which must not be there yet; not told: standard output" }, { "size", FIELD_TEXT, 0, "letter, a4 or pocket" }, LANGUAGE,
	         { "link", FIELD_TEXT, 0, "an address, as a QR code: the page where staff sign it; without it the code calls your number" }), print_run },
	{ "practice sign", "Keeps that somebody has read the page and will do so.", "handback practice sign phone_reader --name Ana", VERB_WRITE,
	  FIELDS(CHANNEL, { "name", FIELD_TEXT, 0, "who signs; you, if not told" }), sign_run, ROLES_WORK },
	{ 0 },
};
