/* doctor - what mailbox providers look at before they take our own mails, and what to set where it is lacking. Reaches out by DNS alone.
 *
 * Rules: Google's and Yahoo's for senders (SPF or DKIM for everybody, both and DMARC for whoever sends much; a reverse name for the server), RFC 7208, 6376, 7489.
 */
#include "signs.h"
#include "watch_data.h"
#include "watch_int.h"
#include "wire.h"
#include "wire_fetch.h"


enum finding { FINE, LACKS, UNSURE };
struct relay { struct str suffix, name, include, dkim; };
struct doctor { struct op *op; struct answer *answer; struct wire_way way; struct str domain, from, server; struct relay relay; };

static void found(struct doctor *d, const char *what, enum finding f, const char *said, const char *todo)
{
	static const char *const result[] = { "good", "weak", "unknown" }, *const mark[] = { "ok  ", "do  ", "?   " };
	answer_row(d->answer);
	answer_text(d->answer, "check", str_of(what));
	answer_text(d->answer, "result", str_of(result[f]));
	answer_text(d->answer, "note", str_of(said));
	answer_text(d->answer, "do", str_of(todo));
	answer_row_end(d->answer);
	answer_say(d->answer, "%s%s: %s", mark[f], what, said);
	if (*todo)
		answer_say(d->answer, "      %s", todo);
	d->answer->attention |= f == LACKS;
}

static bool ends_in(struct str name, struct str suffix)
{
	return name.n >= suffix.n && str_eq_nocase((struct str){ name.p + name.n - suffix.n, suffix.n }, suffix) && (name.n == suffix.n || name.p[name.n - suffix.n - 1] == '.');
}

static void relay_find(struct str server, struct relay *out)
{
	struct str text = data_mail_relays_txt;
	struct relay r = { { 0 } };
	while (text.p) {
		struct str line = str_trim(str_split(&text, '\n')), word = str_split(&line, ' ');
		line = line.p ? str_trim(line) : STR("");
		if (str_eq(word, STR("relay"))) {
			if (r.suffix.n && ends_in(server, r.suffix))
				break;
			r = (struct relay){ .suffix = line };
		}
		struct str *to = str_eq(word, STR("name")) ? &r.name : str_eq(word, STR("include")) ? &r.include : str_eq(word, STR("dkim")) ? &r.dkim : NULL;
		if (to)
			*to = line;
	}
	*out = r.suffix.n && ends_in(server, r.suffix) ? r : (struct relay){ .suffix = STR(""), .name = STR(""), .include = STR(""), .dkim = STR("") };
}

static void look_spf(struct doctor *d)
{
	struct arena *a = d->op->a;
	struct dns_said said;
	struct spf s;
	const char *include = d->relay.include.n ? arena_printf(a, "include:" STR_FMT, STR_ARG(d->relay.include)) : "(what your mail service tells you)";
	const char *set = arena_printf(a, "Add a TXT record for " STR_FMT ": v=spf1 %s ~all", STR_ARG(d->domain), include);
	wire_dns(&d->way, d->domain, DNS_TXT, &said, a);
	spf_read(said.record, said.n, &s);
	if (said.how == DNS_FAILED)
		found(d, "SPF", UNSURE, "no name server answered", "Try again later.");
	else if (!s.records)
		found(d, "SPF", LACKS, "no record says which servers may send for you: mails land in spam, or are refused", set);
	else if (s.records > 1)
		found(d, "SPF", LACKS, "there are several records, which counts as none", "Put them together into one, and take the others away.");
	else if (s.lookups > SPF_LOOKUPS)
		found(d, "SPF", LACKS, "the record asks for more than ten names, which counts as none", "Take out of it the services that you no longer use.");
	else if (s.all == '+')
		found(d, "SPF", LACKS, "the record ends in +all: anybody may send for you", "Make its end ~all.");
	else if (d->relay.include.n && !s.redirect && !spf_names(s.text, str_of(include)))
		found(d, "SPF", LACKS, arena_printf(a, "there is a record, but " STR_FMT " does not stand in it by the name it usually has", STR_ARG(d->relay.name)),
		      arena_printf(a, "Put %s into it, before its end; ask " STR_FMT " if you are not sure.", include, STR_ARG(d->relay.name)));
	else
		found(d, "SPF", d->relay.include.n ? FINE : UNSURE, d->relay.include.n ? "the record names your mail service" : "there is a record; whether your mail server stands in it can't be told from its name alone",
		      d->relay.include.n ? "" : "Send a mail to yourself at another mail service and look for spf=pass in its headers.");
}

static void look_dkim(struct doctor *d)
{
	static const char usual[] = "default dkim mail s1 s2 k1 selector1 selector2 google";
	struct arena *a = d->op->a;
	struct str rest = d->relay.dkim.n ? d->relay.dkim : str_of(usual);
	struct dns_said said;
	bool silent = false;
	while (rest.p) {
		struct str selector = str_split(&rest, ' ');
		wire_dns(&d->way, arena_say(a, STR_FMT "._domainkey." STR_FMT, STR_ARG(selector), STR_ARG(d->domain)), DNS_TXT, &said, a);
		silent |= said.how == DNS_FAILED;
		for (size_t i = 0; i < said.n; i++) {
			const char *key = memmem(said.record[i].p, said.record[i].n, "p=", 2);
			if (key && key + 2 < said.record[i].p + said.record[i].n && key[2] != ';') {
				found(d, "DKIM", FINE, arena_printf(a, "a key is published under " STR_FMT, STR_ARG(selector)), "");
				return;
			}
		}
		if (silent)
			break;
	}
	if (silent)
		found(d, "DKIM", UNSURE, "no name server answered", "Try again later.");
	else if (d->relay.dkim.n)
		found(d, "DKIM", LACKS, arena_printf(a, "no key stands where " STR_FMT " usually has it: your mails go out without a signature of yours", STR_ARG(d->relay.name)),
		      arena_printf(a, "Switch DKIM on at " STR_FMT " for " STR_FMT ", and add the record that it shows you.", STR_ARG(d->relay.name), STR_ARG(d->domain)));
	else
		found(d, "DKIM", UNSURE, "no key was found under the usual names; it may stand under another", "Ask your mail service whether DKIM is on for you. Or send a mail to yourself elsewhere and look for dkim=pass.");
}

static void look_dmarc(struct doctor *d)
{
	struct arena *a = d->op->a;
	struct dns_said said;
	struct dmarc m;
	struct str whole = wire_registrable(d->domain, a);
	wire_dns(&d->way, arena_say(a, "_dmarc." STR_FMT, STR_ARG(d->domain)), DNS_TXT, &said, a);
	if (said.how == DNS_NONE && !str_eq(whole, d->domain))
		wire_dns(&d->way, arena_say(a, "_dmarc." STR_FMT, STR_ARG(whole)), DNS_TXT, &said, a);
	dmarc_read(said.record, said.n, &m);
	const char *set = arena_printf(a, "Add a TXT record for _dmarc." STR_FMT ": v=DMARC1; p=none; rua=mailto:" STR_FMT ". After some quiet weeks make it p=quarantine.", STR_ARG(whole), STR_ARG(d->from));
	if (said.how == DNS_FAILED)
		found(d, "DMARC", UNSURE, "no name server answered", "Try again later.");
	else if (!m.records)
		found(d, "DMARC", LACKS, "nothing says what to do with mails that only pretend to be yours; large mailbox providers want a record", set);
	else if (!m.sound)
		found(d, "DMARC", LACKS, "the record can't be read, or there are several: that counts as none", set);
	else if (m.policy == DMARC_NONE)
		found(d, "DMARC", FINE, "there is a record; forged mails are only reported (p=none)", "When SPF and DKIM have been right for some weeks, make it p=quarantine.");
	else
		found(d, "DMARC", FINE, m.policy == DMARC_REJECT ? "forged mails are refused (p=reject)" : "forged mails go to spam (p=quarantine)", "");
}

/* Only who runs the sending server can give it a name: a mail service does, so that is left alone. */
static void look_reverse(struct doctor *d)
{
	struct arena *a = d->op->a;
	struct dns_said address, name, back;
	if (!d->server.n || d->relay.suffix.n || !str_eq(wire_registrable(d->server, a), wire_registrable(d->domain, a))) {
		found(d, "Reverse name", d->relay.suffix.n ? FINE : UNSURE, d->relay.suffix.n ? "your mail service's business" : "your mail server is somebody else's: it is theirs to set", "");
		return;
	}
	wire_dns(&d->way, d->server, DNS_A, &address, a);
	if (address.how != DNS_THERE) {
		found(d, "Reverse name", UNSURE, "your mail server's name has no address that could be looked up", "");
		return;
	}
	wire_dns(&d->way, address.record[0], DNS_PTR, &name, a);
	if (name.how == DNS_FAILED) {
		found(d, "Reverse name", UNSURE, "no name server answered", "Try again later.");
	} else if (name.how == DNS_NONE) {
		found(d, "Reverse name", LACKS, arena_printf(a, STR_FMT " has no name: many refuse mails from such an address", STR_ARG(address.record[0])),
		      arena_printf(a, "Ask whoever gives you that address to set its reverse name (PTR) to " STR_FMT ".", STR_ARG(d->server)));
	} else {
		wire_dns(&d->way, name.record[0], DNS_A, &back, a);
		bool same = false;
		for (size_t i = 0; i < back.n; i++)
			same |= str_eq(back.record[i], address.record[0]);
		found(d, "Reverse name", same ? FINE : back.how == DNS_FAILED ? UNSURE : LACKS, same ? "your server's address has a name that leads back to it" : "your server's address has a name that does not lead back to it",
		      same ? "" : arena_printf(a, "Ask whoever gives you that address to set its reverse name (PTR) to " STR_FMT ".", STR_ARG(d->server)));
	}
}

static void look_replies(struct doctor *d)
{
	struct dns_said said;
	wire_dns(&d->way, d->domain, DNS_MX, &said, d->op->a);
	if (said.how == DNS_FAILED)
		found(d, "Answers", UNSURE, "no name server answered", "Try again later.");
	else
		found(d, "Answers", said.n ? FINE : LACKS, said.n ? "your domain takes mails, so customers can answer" : "your domain takes no mails: answers and bounces are lost",
		      said.n ? "" : "Set mail.from to an address that you read, or have an MX record added.");
}

bool doctor_mail_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct doctor d = { .op = op, .answer = answer, .from = op_setting(op, "mail.from"), .server = STR("") };
	struct str server = op_setting(op, "mail.server");
	struct wire_account account;
	(void)args;
	const char *at = d.from.n ? memrchr(d.from.p, '@', d.from.n) : NULL;
	if (!at)
		return err_set(&op->err, INVALID, "mail.from", "No sender is set yet: handback set mail.from you@example.com");
	d.domain = (struct str){ at + 1, (size_t)(d.from.p + d.from.n - at - 1) };
	if (!wire_registrable(d.domain, op->a).n)
		return err_set(&op->err, INVALID, "mail.from", "The domain of " STR_FMT " has letters that this can't look up yet.", STR_ARG(d.from));
	if (server.n && !str_eq(server, STR("none"))) {
		if (!wire_account(server, &account, op->a, &op->err))
			return false;
		d.server = account.host;
	}
	relay_find(d.server, &d.relay);
	op_outward(op, &d.way);
	answer_say(answer, "Mails from " STR_FMT "%s" STR_FMT ":", STR_ARG(d.from), d.server.n ? " by way of " : "; no mail server is set", STR_ARG(d.server));
	look_spf(&d);
	look_dkim(&d);
	look_dmarc(&d);
	look_replies(&d);
	look_reverse(&d);
	answer_say(answer, "%s", answer->attention ? "What is to do, whoever looks after your domain does in some minutes: send them these lines." : "Nothing here stands in the way of your mails.");
	return true;
}
