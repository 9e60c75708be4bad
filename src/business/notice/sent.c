/* sent - what is told of a run of sending: how many, what waits, whom to look at, and what to do next. */
#include "notice_sql.h"
#include "sending.h"

#include <inttypes.h>

const char *stuck_cause(const struct sending *s)
{
	bool policy = strstr(s->code, " 5.7.") != NULL, certificate = strcasestr(s->why, "certificate") != NULL;
	if (strstr(s->why, "STARTTLS"))
		return ". Ask your mail provider for the port that takes mail safely: often 465, with smtps:// in mail.server.";
	if (!*s->code && !certificate && strcasestr(s->why, "TLS packet"))
		return ". This port does not speak TLS from the start: try smtp:// in mail.server (it turns TLS on by STARTTLS), or port 465.";
	if (!*s->code && (certificate || strcasestr(s->why, "SSL") || strcasestr(s->why, "TLS")))
		return ". Its certificate is not for the name in mail.server, or is not known here: use the name that your provider tells, or name its certificate by mail.ca-file.";
	if (strncmp(s->code, "530", 3) == 0 || strncmp(s->code, "534", 3) == 0 || strncmp(s->code, "535", 3) == 0)
		return ". This is about the sign-in: look at the user in mail.server and the password in mail.password-file (many providers want an app password).";
	if (strncmp(s->code, "553", 3) == 0)
		return ". This is about the sender: look at mail.from; it must be an address that this account may send from.";
	if (policy)
		return ". This is about your account or the text, not about the customers' addresses: ask your mail provider.";
	return "";
}

bool sending_report(struct sending *s)
{
	struct op *op = s->op;
	struct mails_waiting w;
	struct sql_in_outbox unsent;
	struct split split;
	bool found;
	const char *name = round_name(op, &s->round).p;
	if (!mails_waiting(op, &s->round, &w) || !round_split(op, &s->round, &split) ||
	    !sql_in_outbox(op, s->round.incident, s->round.round, &unsent, &found))
		return false;
	answer_row(s->answer);
	answer_text(s->answer, "round", str_of(name));
	answer_number(s->answer, "sent", s->sent);
	answer_number(s->answer, "printed", s->printed);
	answer_number(s->answer, "in_doubt", s->in_doubt);
	answer_number(s->answer, "failed", s->failed);
	answer_number(s->answer, "unreachable", s->unreachable);
	answer_number(s->answer, "waiting", notice_waits(&split));
	if (s->dropped)
		answer_number(s->answer, "dropped", s->dropped);
	if (split.state[QUEUED] - notice_waits(&split))
		answer_number(s->answer, "to_call", split.state[QUEUED] - notice_waits(&split));
	answer_number(s->answer, "open", split.open);
	if (unsent.n)
		answer_number(s->answer, "in_outbox", unsent.n);
	answer_row_end(s->answer);
	int64_t mails = s->sent - s->texts;
	answer_say(s->answer, "%s %s, %s printed.", counted(op->a, mails, "e-mail", "e-mails"), s->wire ? "sent" : "put into the outbox",
	           counted(op->a, s->printed, "letter", "letters"));
	if (s->dropped)
		answer_note(s->answer, "%s taken back: since the approval the exposure has changed, and what they would have read is no more so.", counted(op->a, s->dropped, "notice is", "notices are"));
	if (s->texts)
		answer_say(s->answer, "%s sent.", counted(op->a, s->texts, "text message", "text messages"));
	if (s->printed || (mails && !s->wire))
		answer_say(s->answer, "They are in %s", s->outbox.path);
	if (unsent.n)
		answer_say(s->answer, "Nobody has sent the %s in the outbox yet: no mail server %s. Open each in your mail program and send it, then: handback notice posted %s --mails\n"
		                      "To have a server send them instead: handback set mail.server ..., then: handback notice retry %s --state outbox",
		           counted(op->a, unsent.n, "mail", "mails"), s->wire ? "was set then" : "is set", name, name);
	if (mails && !s->wire && !op_setting(op, "mail.from").n)
		answer_note(s->answer, "The mails have no sender of yours: your mail program puts it. For the next round: handback set mail.from you@example.com");
	if (s->to_letter)
		answer_say(s->answer, "%s did not work; those customers get a letter.", counted(op->a, s->to_letter, "e-mail address", "e-mail addresses"));
	if (split.state[QUEUED] - notice_waits(&split))
		answer_say(s->answer, "%s to be told by you: handback notice calls %s", counted(op->a, split.state[QUEUED] - notice_waits(&split), "customer is", "customers are"), name);
	if (split.state[FAILED])
		answer_say(s->answer, "%" PRId64 " could not be written: what is kept of these customers is damaged. Who: handback notice status %s --state failed",
		           split.state[FAILED], name);
	if (split.state[UNREACHABLE])
		answer_say(s->answer, "%s no way left: call or visit them. Who: handback notice status %s --state unreachable",
		           counted(op->a, split.state[UNREACHABLE], "customer has", "customers have"), name);
	if (split.state[IN_DOUBT])
		answer_note(s->answer, "%s in doubt: they may have been sent. Who: handback notice status %s --state in_doubt", counted(op->a, split.state[IN_DOUBT], "is", "are"), name);
	if (s->odd)
		answer_note(s->answer, "%s a look: an address too long for the window, or letters that no font here has: %s", counted(op->a, s->odd, "letter needs", "letters need"), s->odd_refs);
	if (s->stuck)
		answer_note(s->answer, "The mail server could not be used: %s%s", s->why, stuck_cause(s));
	if (s->lost >= s->batch)
		answer_note(s->answer, "The mail server took %s and never answered. The run stopped, so that no more come into doubt. Look after the server (its log tells what it took) before you run it again.",
		            counted(op->a, s->lost, "mail", "mails"));
	if (w.n && w.due > op->now)
		answer_note(s->answer, "%s%s. After " STR_FMT " run again: handback notice send %s%s", counted(op->a, w.n, "e-mail waits", "e-mails wait"),
		            w.limited ? ", for no more may go now (mail.limit, mail.day-limit)" : "", STR_ARG(when_local_text(op->a, op->zone, w.due)), name, w.limited ? "" : " (at once: --now)");
	else if (notice_waits(&split))
		answer_note(s->answer, "%s. %s: handback notice send %s", counted(op->a, notice_waits(&split), "waits", "wait"), s->stuck ? "When that is mended, run again" : "Run again", name);
	if (split.state[PRINTED])
		answer_say(s->answer, "When the letters are in the post: handback notice posted %s", name);
	s->answer->attention = split.open > 0;
	return true;
}
