/* help - made from the verbs' own tables. */
#include "cli_int.h"

#include <stdio.h>

static const char common[] =
	"Common to all:\n"
	"  --data DIR              one business's folder (or HANDBACK_DATA; else $XDG_DATA_HOME/handback)\n"
	"  --passphrase-file FILE  opens the vault, and answers where the passphrase is asked again (or HANDBACK_PASSPHRASE_FILE)\n"
	"  --json                  JSON Lines for machines\n"
	"  --help                  this, or with a command: what it does, with an example\n"
	"Exit status: 0 done; 1 done, and the answer needs attention; 2 the call is wrong; 3 it could not be done.\n";

void help_all(const struct verb *const *tables, size_t n)
{
	puts("handback looks after the trust of a small business's customers: whose information was in whose hands, when; and who must be told.\n");
	for (size_t i = 0; i < n; i++)
		for (const struct verb *v = tables[i]; v->name; v++)
			printf("  handback %-20s %s\n", v->name, v->help);
	printf("\n%s", common);
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
	printf("%sExample:\n  %s\n\n%s", v->n ? "\n" : "", v->example, common);
}
