/* verbs - the table of what the work of an incident is done with. */
#include "response_int.h"

#define INCIDENT { "incident", FIELD_NUMBER, FIELD_PLACED | FIELD_NEEDED, "the incident's number" }
#define LANGUAGE { "language", FIELD_TEXT, 0, "en or es" }
#define PDF      { "pdf", FIELD_PATH, 0, "also as a PDF, into a new file" }
#define HOLDER   { "holder", FIELD_TEXT, 0, "the provider, [sort:]name; may be left away when one service was concerned" }

const struct verb response_verbs[] = {
	{ "incident tasks", "What is to be done about an incident, by whom, by when: three things now, the rest later.", "handback incident tasks 1", VERB_READ, FIELDS(INCIDENT, LANGUAGE), tasks_run, ROLES_ALL },
	{ "incident task", "Says what became of a task, who does it, or adds one.", "handback incident task 1 call_insurer --skip --reason 'We have no policy for this'", VERB_WRITE,
	  FIELDS(INCIDENT, { "task", FIELD_TEXT, FIELD_PLACED, "which one, as incident tasks names it" }, { "what", FIELD_TEXT, 0, "what else is to be done, in a sentence" }, { "who", FIELD_TEXT, 0, "who does it" },
	         { "by", FIELD_TIME, 0, "until which day" }, { "done", FIELD_FLAG, 0, "it is done" }, { "skip", FIELD_FLAG, FIELD_LEAD, "it is left away, as an owner or a manager may say; --reason says why" }, { "again", FIELD_FLAG, 0, "it is to be done after all" },
	         { "reason", FIELD_TEXT, 0, "why it is left away, or what came of it" }, { "on", FIELD_TIME, 0, "when it was done; now, if not told" }), task_run, ROLES_WORK },
	{ "incident ask", "The letter that asks a provider what happened, out of the incident's facts.", "handback incident ask 1 --holder service:Square --pdf questions.pdf", VERB_READ,
	  FIELDS(INCIDENT, HOLDER, LANGUAGE, PDF), ask_run },
	{ "incident answer", "Keeps what a provider said; a window that it names is compared with the incident's.", "handback incident answer 1 --who 'Ana at Square' --said 'Only in November' --from 2026-11-01 --to 2026-11-20", VERB_WRITE,
	  FIELDS(INCIDENT, HOLDER, { "who", FIELD_TEXT, FIELD_NEEDED, "who said it" }, { "said", FIELD_TEXT, FIELD_NEEDED, "what was said" }, { "on", FIELD_TIME, 0, "when; now, if not told" },
	         { "from", FIELD_TIME, 0, "when it began, as they say: a day, a time, or unknown" }, { "to", FIELD_TIME, 0, "when it ended, as they say" }, { "only", FIELD_TEXT, 0, "passing or kept, as for incident suspect" }), answer_run },
	{ "incident answers", "What the providers have said, and whom the windows they name would add and drop.", "handback incident answers 1", VERB_READ, FIELDS(INCIDENT), answers_run, ROLES_LEAD | ROLE_HELPER },
	{ "incident say", "What to say when customers ring, and what not to say.", "handback incident say 1 --language es", VERB_READ, FIELDS(INCIDENT, LANGUAGE), say_run, ROLES_ALL },
	{ "incident cost", "What it will cost in money and hours, and the assumptions that this rests on.", "handback incident cost 1", VERB_READ, FIELDS(INCIDENT, LANGUAGE), cost_run, ROLES_LEAD | ROLE_HELPER },
	{ "incident assume", "Says your own figure instead of one that the cost assumes; without a value ours counts again.", "handback incident assume calls-percent 15", VERB_WRITE,
	  FIELDS({ "name", FIELD_TEXT, FIELD_PLACED | FIELD_NEEDED, "which assumption, as incident cost names it" }, { "value", FIELD_NUMBER, FIELD_PLACED, "in its own unit" }), assume_run },
	{ "incident updates", "When those who were told hear next.", "handback incident updates", VERB_READ, FIELDS({ "incident", FIELD_NUMBER, FIELD_PLACED, "only of this incident" }), updates_run, ROLES_ALL },
	{ "incident update", "Shows what those who were told would read next, drafts it as a round, or sets how often they hear.", "handback incident update 1 --news 'The reader is exchanged.' --draft", VERB_WRITE,
	  FIELDS(INCIDENT, { "every", FIELD_NUMBER, 0, "so many days from one word to the next, 1 to 90" }, { "news", FIELD_TEXT, 0, "what is new, in your words" }, { "news-es", FIELD_TEXT, 0, "the same in Spanish" },
	         { "closing", FIELD_FLAG, 0, "as the last word" }, { "draft", FIELD_FLAG, 0, "drafts it, to be read and approved" }), update_run },
	{ "incident timeline", "What happened and what was done, in order, with the log's entries and its tree head: for an insurer or a regulator.", "handback incident timeline 1 --pdf timeline.pdf", VERB_READ,
	  FIELDS(INCIDENT, LANGUAGE, PDF), timeline_run, ROLES_LEAD | ROLE_HELPER },
	{ 0 },
};
