/* manual - the pages of the manual, made from the verbs' own tables: handback(1), and one for each command. In mdoc(7). */
#include "cli_int.h"
#include "person.h"
#include "when.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void put_word(FILE *f, const char *word, size_t n)
{
	if (*word == '.' || *word == '\'')               /* a request, at the beginning of a line */
		fputs("\\&", f);
	for (size_t i = 0; i < n; i++)
		if (word[i] == '\\')
			fputs("\\e", f);
		else if (word[i] == '-')                 /* one that can be copied */
			fputs("\\-", f);
		else
			putc(word[i], f);
}

/* Words of ours as roff takes them: in lines of 80, each sentence on a new one. */
static void put(FILE *f, const char *text)
{
	enum { WIDTH = 72 };
	size_t column = 0;
	for (bool ended = false; *text;) {
		size_t n = strcspn(text, " ");
		if (column && (ended || column + n > WIDTH))
			putc('\n', f), column = 0;
		else if (column)
			putc(' ', f), column++;
		put_word(f, text, n);
		column += n;
		ended = n && strchr(".!?", text[n - 1]);
		text += n + (text[n] == ' ');
	}
}

/* In a macro line a word that is a macro's name, or a mark of its own, must not be taken for one. */
static void put_argument(FILE *f, const char *text)
{
	putc('"', f);
	for (; *text; text++)
		fputs(*text == '"' ? "\"\"" : *text == '\\' ? "\\e" : *text == '-' ? "\\-" : (char[]){ *text, 0 }, f);
	putc('"', f);
}

static const char *page_name(struct arena *a, const char *verb)
{
	char *name = arena_printf(a, "handback%s%s", *verb ? "-" : "", verb);
	for (char *p = name; *p; p++)
		*p = *p == ' ' ? '-' : *p;
	return name;
}

/* The day it is made, or the one that a distribution wants (reproducible-builds.org). */
static int64_t made_at(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t at;
	return epoch && str_i64(str_of(epoch), &at) ? at : when_now();
}

static void head(FILE *f, struct arena *a, const char *verb, const char *help)
{
	static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
	struct civil day = civil_of(made_at());
	const char *name = page_name(a, verb);
	size_t n = strlen(help);
	fprintf(f, ".Dd %s %d, %d\n.Dt ", months[day.month - 1], day.day, day.year);
	for (const char *p = name; *p; p++)
		putc(*p >= 'a' && *p <= 'z' ? *p - 32 : *p, f);
	fprintf(f, " 1\n.Os Handback %s\n.Sh NAME\n.Nm %s\n.Nd ", HANDBACK_VERSION, name);
	put(f, arena_printf(a, "%.*s", (int)(n && help[n - 1] == '.' ? n - 1 : n), help));
	putc('\n', f);
}

static void field_synopsis(FILE *f, const struct verb_field *field)
{
	const char *more = field->how & FIELD_LIST ? " ..." : "", *open = field->how & FIELD_NEEDED ? "" : "Op ";
	if (field->how & FIELD_PLACED)
		fprintf(f, ".%sAr %s%s\n", open, field->name, more);
	else if (field->type == FIELD_FLAG)
		fprintf(f, ".Op Fl \\-%s\n", field->name);
	else
		fprintf(f, ".%sFl \\-%s Ar %s%s\n", open, field->name, field_value(field), more);
}

static void field_item(FILE *f, const struct verb_field *field)
{
	if (field->how & FIELD_PLACED)
		fprintf(f, ".It Ar %s\n", field->name);
	else if (field->type == FIELD_FLAG)
		fprintf(f, ".It Fl \\-%s\n", field->name);
	else
		fprintf(f, ".It Fl \\-%s Ar %s\n", field->name, field_value(field));
	put(f, field->help);
	fputs(field->how & FIELD_LIST ? "\n(may be given more than once)\n" : "\n", f);
}

static bool same_group(const char *a, const char *b)
{
	size_t n = strcspn(a, " ");
	return a[n] && strncmp(a, b, n + 1) == 0 && strcmp(a, b) != 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Its group's other commands, by name, as the manual's rules have it. */
static void see_also(FILE *f, struct arena *a, const struct verb *const *tables, size_t n, const struct verb *of)
{
	const char **page = NULL;
	size_t pages = 0, room = 0;
	for (size_t i = 0; i < n; i++)
		for (const struct verb *v = tables[i]; v->name; v++)
			if (same_group(of->name, v->name)) {
				page = arena_more(a, page, pages, &room, sizeof *page);
				page[pages++] = page_name(a, v->name);
			}
	if (pages)
		qsort(page, pages, sizeof *page, by_name);
	fputs(".Sh SEE ALSO\n.Xr handback 1", f);
	for (size_t i = 0; i < pages; i++)
		fprintf(f, " ,\n.Xr %s 1", page[i]);
	putc('\n', f);
}

static void exit_status(FILE *f)
{
	fputs(".Sh EXIT STATUS\n", f);
	put(f, exit_words);
	putc('\n', f);
}

static void verb_page(FILE *f, struct arena *a, const struct verb *const *tables, size_t n, const struct verb *v)
{
	static const enum role roles[] = { ROLE_OWNER, ROLE_MANAGER, ROLE_STAFF, ROLE_HELPER };
	const char *comma = "";
	head(f, a, v->name, v->help);
	fprintf(f, ".Sh SYNOPSIS\n.Nm handback %s\n", v->name);
	for (size_t i = 0; i < v->n; i++)
		field_synopsis(f, &v->fields[i]);
	fputs(".Sh DESCRIPTION\n", f);
	put(f, v->help);
	fputs("\n.Pp\nIt may be run by: ", f);
	for (size_t i = 0; i < LENGTH(roles); i++)
		if (verb_roles(v) & roles[i])
			fprintf(f, "%s%s", comma, role_name(roles[i])), comma = ", ";
	fputs(".\n.Pp\n", f);
	if (v->n) {
		fputs("The options, besides those that are common to all commands in\n.Xr handback 1 :\n.Bl -tag -width Ds\n", f);
		for (size_t i = 0; i < v->n; i++)
			field_item(f, &v->fields[i]);
		fputs(".El\n", f);
	} else {
		fputs("It has the options that are common to all commands:\n.Xr handback 1 .\n", f);
	}
	exit_status(f);
	fputs(".Sh EXAMPLES\n.Dl ", f);
	put_argument(f, v->example);
	putc('\n', f);
	see_also(f, a, tables, n, v);
}

static void whole_page(FILE *f, struct arena *a, const struct verb *const *tables, size_t n)
{
	head(f, a, "", "whose information was in whose hands, when; and who must be told");
	fputs(".Sh SYNOPSIS\n.Nm handback\n.Ar command\n.Op Ar options\n.Sh DESCRIPTION\n", f);
	put(f, "It looks after the trust of a small business's customers: it finds out whose card data and details were exposed, and tells them. "
	       "Each business has a data folder of its own; every command says on standard error which it used.");
	fputs("\n.Pp\nThe commands:\n.Bl -tag -width Ds\n", f);
	for (size_t i = 0; i < n; i++)
		for (const struct verb *v = tables[i]; v->name; v++) {
			fprintf(f, ".It Xr %s 1\n", page_name(a, v->name));
			put(f, v->help);
			putc('\n', f);
		}
	fputs(".El\n.Pp\nCommon to all:\n.Bl -tag -width Ds\n", f);
	for (size_t i = 0; i < common_options_n; i++) {
		const struct common_option *o = &common_options[i];
		fprintf(f, ".It Fl \\-%s%s%s\n", o->name, o->value ? " Ar " : "", o->value ? o->value : "");
		put(f, o->help);
		putc('\n', f);
	}
	fputs(".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev HANDBACK_DATA\nthe data folder\n.It Ev HANDBACK_PASSPHRASE_FILE\nthe file with the passphrase\n.El\n", f);
	exit_status(f);
	fputs(".Sh EXAMPLES\n.Dl handback demo\n", f);
}

static bool page_write(struct arena *a, const char *folder, const struct verb *const *tables, size_t n, const struct verb *v, struct err *e)
{
	const char *path = arena_printf(a, "%s/%s.1", folder, page_name(a, v ? v->name : ""));
	FILE *f = fopen(path, "we");
	if (f && v)
		verb_page(f, a, tables, n, v);
	else if (f)
		whole_page(f, a, tables, n);
	bool good = f && !ferror(f);
	if (f)
		good &= fclose(f) == 0;
	return good || err_set(e, OUTSIDE, "man", "%s can't be written: %s.", path, strerror(errno));
}

bool manual_write(const struct verb *const *tables, size_t n, const char *folder, struct err *e)
{
	struct arena *a = arena_open();
	bool good = page_write(a, folder, tables, n, NULL, e);
	for (size_t i = 0; i < n; i++)
		for (const struct verb *v = tables[i]; good && v->name; v++)
			good = page_write(a, folder, tables, n, v, e);
	arena_close(a);
	return good;
}
