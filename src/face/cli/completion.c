/* completion - what completes handback's commands, options and files on a terminal, for bash, zsh and fish; made from the verbs' own tables. */
#include "cli_int.h"

#include <stdio.h>

struct tables { const struct verb *const *table; size_t n; };

/* In single quotes of a shell. */
static void quoted(struct buf *b, const char *text)
{
	buf_byte(b, '\'');
	for (; *text; text++)
		if (*text == '\'')
			buf_put(b, STR("'\\''"));
		else
			buf_byte(b, *text);
	buf_byte(b, '\'');
}

static bool takes_file(const struct verb_field *f)
{
	return f->type == FIELD_PATH;
}

/* ---- bash, and zsh, which takes bash's functions (zshcompsys(1), bashcompinit) ---- */

/* "case" arms: what a command's options are, which of them take a value, and whether its own words are files. */
static void bash_arms(struct buf *b, const struct tables *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (const struct verb *v = t->table[i]; v->name; v++) {
			bool files = false;
			const char *space = "";
			buf_put(b, STR("\t"));
			quoted(b, v->name);
			buf_put(b, STR(") options='"));
			for (size_t f = 0; f < v->n; f++) {
				if (v->fields[f].how & FIELD_PLACED)
					files |= takes_file(&v->fields[f]);
				else
					buf_printf(b, "%s--%s", space, v->fields[f].name), space = " ";
			}
			buf_put(b, STR("' valued='"));
			space = "";
			for (size_t f = 0; f < v->n; f++)
				if (!(v->fields[f].how & FIELD_PLACED) && v->fields[f].type != FIELD_FLAG)
					buf_printf(b, "%s--%s%s", space, v->fields[f].name, takes_file(&v->fields[f]) ? "/" : ""), space = " ";
			buf_printf(b, "' files=%s ;;\n", files ? "yes" : "");
		}
}

static void bash(struct buf *b, const struct tables *t)
{
	buf_put(b, STR("_handback_commands='"));
	for (size_t i = 0; i < t->n; i++)
		for (const struct verb *v = t->table[i]; v->name; v++)
			buf_printf(b, "\n%s", v->name);
	buf_put(b, STR("'\n\n_handback_command() {\n\tcase $1 in\n"));
	bash_arms(b, t);
	buf_put(b, STR("\t*) options='' valued='' files= ;;\n\tesac\n}\n\n"
		"_handback_complete() {\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= options= valued= files= words= word i line IFS=$' \\t\\n'\n"
		"\tlocal common='--data --passphrase-file --as --json --help' common_valued='--data/ --passphrase-file/ --as'\n"
		"\tCOMPREPLY=()\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tword=${COMP_WORDS[i]}\n"
		"\t\tcase $word in --data|--passphrase-file|--as) ((i++)); continue ;; -*) continue ;; esac\n"
		"\t\tline=\"${command:+$command }$word\"\n"
		"\t\tcase $_handback_commands$'\\n' in *$'\\n'\"$line\"$'\\n'*|*$'\\n'\"$line \"*) command=$line ;; *) break ;; esac\n"
		"\tdone\n"
		"\t_handback_command \"$command\"\n"
		"\tcase \" $valued $common_valued \" in\n"
		"\t*\" $before/ \"*) compopt -o filenames 2>/dev/null; IFS=$'\\n'; COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
		"\t*\" $before \"*) return ;;\n"
		"\tesac\n"
		"\tif [[ $cur == -* ]]; then\n"
		"\t\tCOMPREPLY=($(compgen -W \"$options $common\" -- \"$cur\"))\n"
		"\t\treturn\n"
		"\tfi\n"
		"\twhile IFS= read -r line; do\n"
		"\t\tcase $line in\n"
		"\t\t\"${command:+$command }\"?*) line=${line#\"${command:+$command }\"}; words=\"$words ${line%% *}\" ;;\n"
		"\t\tesac\n"
		"\tdone <<<\"$_handback_commands\"\n"
		"\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\" | sort -u))\n"
		"\tif [[ $files ]]; then\n"
		"\t\tcompopt -o filenames 2>/dev/null\n"
		"\t\tIFS=$'\\n'\n"
		"\t\tCOMPREPLY+=($(compgen -f -- \"$cur\"))\n"
		"\tfi\n"
		"}\n"
		"complete -F _handback_complete handback"));
}

static void zsh(struct buf *b, const struct tables *t)
{
	buf_put(b, STR("#compdef handback\nautoload -U +X bashcompinit && bashcompinit\n"));
	bash(b, t);
	buf_put(b, STR("\n_bash_complete -F _handback_complete"));       /* the first time this file is the function that is asked */
}

/* ---- fish ---- */

/* Each word that can follow the words of `group`, once, with its command's help or, for a group's word, none. */
static void fish_words(struct buf *b, const struct tables *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (const struct verb *v = t->table[i]; v->name; v++) {
			size_t last = 0;
			for (size_t k = 0; v->name[k]; k++)
				last = v->name[k] == ' ' ? k + 1 : last;
			for (size_t from = 0; from < last;) {    /* the words before the last: groups */
				size_t word = strcspn(v->name + from, " ");
				buf_printf(b, "complete -c handback -n '__handback_at %.*s' -a %.*s\n", (int)(from ? from - 1 : 0), v->name, (int)word, v->name + from);
				from += word + 1;
			}
			buf_printf(b, "complete -c handback -n '__handback_at %.*s' -a %s -d ", (int)(last ? last - 1 : 0), v->name, v->name + last);
			quoted(b, v->help);
			buf_byte(b, '\n');
		}
}

static void fish(struct buf *b, const struct tables *t)
{
	buf_put(b, STR("# true where just these words, and options, stand on the line\n"
		"function __handback_at\n"
		"\tset -l said\n"
		"\tset -l skip\n"
		"\tfor word in (commandline -opc)[2..-1]\n"
		"\t\tif test -n \"$skip\"\n\t\t\tset skip\n\t\t\tcontinue\n\t\tend\n"
		"\t\tswitch $word\n"
		"\t\t\tcase --data --passphrase-file --as\n\t\t\t\tset skip yes\n"
		"\t\t\tcase '-*'\n"
		"\t\t\tcase '*'\n\t\t\t\tset -a said $word\n"
		"\t\tend\n\tend\n"
		"\ttest \"$said\" = \"$argv\"\n"
		"end\n"
		"# true behind this command's words\n"
		"function __handback_in\n"
		"\tstring match -q -- \"* $argv *\" \" \"(string join -- ' ' (commandline -opc)[2..-1])\" \"\n"
		"end\n"
		"complete -c handback -f\n"));
	for (size_t i = 0; i < common_options_n; i++) {
		const struct common_option *o = &common_options[i];
		buf_printf(b, "complete -c handback -l %s%s -d ", o->name, !o->value ? "" : strcmp(o->name, "as") == 0 ? " -x" : " -r -F");
		quoted(b, o->help);
		buf_byte(b, '\n');
	}
	fish_words(b, t);
	for (size_t i = 0; i < t->n; i++)
		for (const struct verb *v = t->table[i]; v->name; v++)
			for (size_t f = 0; f < v->n; f++) {
				const struct verb_field *field = &v->fields[f];
				buf_printf(b, "complete -c handback -n '__handback_in %s' ", v->name);
				if (field->how & FIELD_PLACED && !takes_file(field))
					buf_printf(b, "-f\n");
				else if (field->how & FIELD_PLACED)
					buf_printf(b, "-F\n");
				else {
					buf_printf(b, "-l %s%s -d ", field->name, field->type == FIELD_FLAG ? "" : takes_file(field) ? " -r -F" : " -x");
					quoted(b, field->help);
					buf_byte(b, '\n');
				}
			}
}

bool completion_write(const struct verb *const *table, size_t n, const char *shell, struct buf *b, struct err *e)
{
	static const struct { const char *name; void (*write)(struct buf *, const struct tables *); } shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
	const struct tables t = { table, n };
	for (size_t i = 0; i < LENGTH(shells); i++)
		if (strcmp(shells[i].name, shell) == 0) {
			shells[i].write(b, &t);
			return true;
		}
	return err_set(e, INVALID, "completion", "--completion is bash, zsh or fish.");
}
