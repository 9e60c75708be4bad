/* help - made from the verbs' own tables. */
#include "cli_int.h"
#include "person.h"

#include <stdio.h>

const struct common_option common_options[] = {
	{ "data", "DIR", "one business's folder (or HANDBACK_DATA; else $XDG_DATA_HOME/handback)" },
	{ "passphrase-file", "FILE", "opens the vault, and answers where the passphrase is asked again (or HANDBACK_PASSPHRASE_FILE)" },
	{ "as", "PERSON", "acts as this person, by number or name, with their passphrase; else as the one who founded it" },
	{ "json", NULL, "JSON Lines for machines" },
	{ "help", NULL, "this, or with a command: what it does, with an example" },
};
const size_t common_options_n = LENGTH(common_options);
const char exit_words[] = "0 done; 1 done, and the answer needs attention; 2 the call is wrong; 3 it could not be done.";

static void say_common(void)
{
	puts("Common to all:");
	for (size_t i = 0; i < common_options_n; i++) {
		const struct common_option *o = &common_options[i];
		int n = printf("  --%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
		printf("%*s%s\n", n < 26 ? 26 - n : 1, "", o->help);
	}
	printf("Exit status: %s\n", exit_words);
}

static const char *const types[] = { "text", "number", "time", "flag", "path" };

const char *field_value(const struct verb_field *f)
{
	return types[f->type];
}

/* What people come for, in the order in which they do; a test looks that each command's first word stands here. */
static const struct part { const char *heading; struct { const char *words, *what; } line[12]; } parts[] = {
	{ "To begin", {
		{ "ui, serve", "its pages in a browser: on this machine; for phones and others" },
		{ "demo", "the same for an invented business, to look around" },
		{ "init", "makes a business's folder and its vault" },
		{ "import", "reads customers and payments from an export" },
		{ "payment", "walks through how you are paid, one question at a time" } } },
	{ "Something happened", {
		{ "incident", "who is at risk and why, the law's clocks, the work, what it costs" },
		{ "notice", "writes to each of them, and goes on until everybody is reached" },
		{ "filing, laws", "the offices and partners to tell; the breach laws that are known" },
		{ "enrolment", "codes for free credit monitoring, one for each who is owed it" },
		{ "page, reply", "what everybody can read about it, and what customers answer" },
		{ "measure", "what you do about it, what that costs, and whether it helps" },
		{ "drill", "practises all that on a copy" } } },
	{ "Looking after it", {
		{ "find", "card numbers and personal data where they should not be" },
		{ "map, holder, flow", "who holds what, and where it goes on to" },
		{ "risk, task", "risky spots with their cheapest fix; what is still to be found out" },
		{ "reader", "the card readers, and the looks at them" },
		{ "access", "who can sign in where" },
		{ "practice", "the page for staff, and who has signed it" },
		{ "service", "providers: what they hold, what shows that they are good, whether one was breached" },
		{ "customer", "what we hold of one; corrected, exported, forgotten" },
		{ "trust", "what you may tell your customers, and what it rests on" } } },
	{ "Keeping it", {
		{ "backup, restore", "everything in one encrypted file, and back" },
		{ "export", "everything in open formats" },
		{ "log, check", "proves that nothing was changed, and that all is sound" },
		{ "doctor", "looks the machine over, and the sending of mail" },
		{ "person, session, token", "who may use it, and is signed in" },
		{ "vault", "passphrases, the recovery code, the key" },
		{ "set", "the settings" },
		{ "job", "long work that the pages began" },
		{ "sample, version, help", "exports of the invented business; which handback this is; this" } } },
};

void help_overview(void)
{
	puts("handback looks after the trust of a small business's customers: whose information was in whose hands, when; and who must be told.");
	for (size_t i = 0; i < LENGTH(parts); i++) {
		printf("\n%s\n", parts[i].heading);
		for (size_t k = 0; k < LENGTH(parts[i].line) && parts[i].line[k].words; k++)
			printf("  %-24s%s\n", parts[i].line[k].words, parts[i].line[k].what);
	}
	puts("\nOne reader was bad for two weeks:\n"
	     "  handback incident open --title 'A skimmer was found' --holder 'reader:Van 2' --from 2026-02-01 --to 2026-02-14\n"
	     "  handback incident exposed 1, notice draft 1, notice preview 1.1, notice approve 1.1, notice send 1.1, notice status 1.1\n\n"
	     "A word's commands: handback help notice. One of them: handback notice draft --help. All of them: handback help --all\n");
	say_common();
}

void help_all(const struct verb *const *tables, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (const struct verb *v = tables[i]; v->name; v++)
			printf("  handback %-20s %s\n", v->name, v->help);
	putchar('\n');
	say_common();
}

bool help_group(const struct verb *const *tables, size_t n, const char *word)
{
	size_t found = 0, length = strlen(word);
	for (size_t i = 0; i < n; i++)
		for (const struct verb *v = tables[i]; v->name; v++)
			if (strncmp(v->name, word, length) == 0 && v->name[length] == ' ') {
				printf("  handback %-20s %s\n", v->name, v->help);
				found++;
			}
	if (found)
		printf("\nMore on one of them: handback %s ... --help\n", word);
	return found;
}

void help_verb(const struct verb *v)
{
	printf("%s\n\n  handback %s", v->help, v->name);
	for (size_t i = 0; i < v->n; i++) {
		const struct verb_field *f = &v->fields[i];
		bool needed = f->how & FIELD_NEEDED;
		const char *more = f->how & FIELD_LIST ? " ..." : "";
		if (f->how & FIELD_PLACED)
			printf(needed ? " %s%s" : " [%s%s]", f->name, more);
		else if (f->type == FIELD_FLAG)
			printf(" [--%s]", f->name);
		else
			printf(needed ? " --%s X%s" : " [--%s X%s]", f->name, more);
	}
	puts("\n");
	for (size_t i = 0; i < v->n; i++) {
		const struct verb_field *f = &v->fields[i];
		printf("  %s%-*s %s%s\n", f->how & FIELD_PLACED ? "" : "--", f->how & FIELD_PLACED ? 22 : 20, f->name, f->help,
		       f->how & FIELD_LIST ? " (may be given more than once)" : "");
	}
	printf("%sExample:\n  %s\n\n", v->n ? "\n" : "", v->example);
	say_common();
}

void help_rows(const struct verb *const *tables, size_t n)
{
	static const char *const hows[] = { "read", "write", "long", "alone", "maybe", "new", "out" };
	static const enum role roles[] = { ROLE_OWNER, ROLE_MANAGER, ROLE_STAFF, ROLE_HELPER };
	for (size_t t = 0; t < n; t++)
		for (const struct verb *v = tables[t]; v->name; v++) {
			struct buf b = BUF(1 << 16);
			struct json j = json_to(&b);
			json_open(&j, '{');
			json_key(&j, "command"), json_str(&j, str_of(v->name));
			json_key(&j, "help"), json_str(&j, str_of(v->help));
			json_key(&j, "how"), json_str(&j, str_of(hows[v->how]));
			json_key(&j, "job"), json_bool(&j, v->slow);
			json_key(&j, "roles"), json_open(&j, '[');
			for (size_t i = 0; i < LENGTH(roles); i++)
				if (verb_roles(v) & roles[i])
					json_str(&j, str_of(role_name(roles[i])));
			json_close(&j);
			json_key(&j, "fields"), json_open(&j, '[');
			for (size_t i = 0; i < v->n; i++) {
				const struct verb_field *f = &v->fields[i];
				json_open(&j, '{');
				json_key(&j, "name"), json_str(&j, str_of(f->name));
				json_key(&j, "type"), json_str(&j, str_of(types[f->type]));
				json_key(&j, "needed"), json_bool(&j, f->how & FIELD_NEEDED);
				json_key(&j, "list"), json_bool(&j, f->how & FIELD_LIST);
				json_key(&j, "placed"), json_bool(&j, f->how & FIELD_PLACED);
				json_key(&j, "help"), json_str(&j, str_of(f->help));
				json_close(&j);
			}
			json_close(&j);
			json_close(&j);
			printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
			buf_free(&b);
		}
}
