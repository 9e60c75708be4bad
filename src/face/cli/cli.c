/* cli - from argv to a verb, and from its answer to an exit status. */
#include "cli.h"
#include "cli_int.h"
#include "desk.h"
#include "person.h"
#include "sample.h"
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct verb own_verbs[];
static const struct verb **tables;
static size_t tables_n;

/* Every room's, and what stands above them. */
static void tables_fill(void)
{
	tables_n = room_verbs_n + 3;
	tables = mem_get(tables_n * sizeof *tables);
	tables[0] = own_verbs, tables[1] = cli_verbs, tables[2] = sample_verbs;
	memcpy(tables + 3, room_verbs, room_verbs_n * sizeof *room_verbs);
}

static int complain(const struct err *e, bool json)
{
	terminal_progress_end();
	struct buf said = BUF(4096);
	buf_shown(&said, str_of(e->say));
	fprintf(stderr, "handback: " STR_FMT "\n", STR_ARG(buf_str(&said)));
	buf_free(&said);
	if (json) {
		struct buf b = BUF(4096);
		struct json j = json_to(&b);
		json_open(&j, '{');
		json_key(&j, "error"), json_str(&j, str_of(fault_name(e->code)));
		json_key(&j, "field"), json_str(&j, str_of(e->field));
		json_key(&j, "say"), json_str(&j, str_of(e->say));
		json_close(&j);
		fprintf(stdout, STR_FMT "\n", STR_ARG(buf_str(&b)));
		buf_free(&b);
	}
	return e->code == INVALID ? EXIT_CALL : EXIT_FAILED;
}

/* The verb with the most words that argv begins with; *used: how many. */
static const struct verb *find_verb(char **words, int n, int *used)
{
	const struct verb *best = NULL;
	*used = 0;
	for (size_t t = 0; t < tables_n; t++)
		for (const struct verb *v = tables[t]; v->name; v++) {
			struct str rest = str_of(v->name);
			int k = 0;
			bool same = true;
			while (rest.p && same) {
				struct str word = str_split(&rest, ' ');
				same = k < n && str_eq(word, str_of(words[k]));
				k++;
			}
			if (same && k > *used)
				best = v, *used = k;
		}
	return best;
}

static void arg_add(struct arena *a, struct arg *arg, const struct verb_field *f, const char *value, int max)
{
	if (!arg->value)
		arg->value = ARENA_ARRAY(a, struct str, (size_t)max);
	arg->field = f;
	arg->value[arg->n++] = str_of(value);
}

/* Takes what is common to all out of argv, wherever it stands. */
static bool take_common(int *argc, char **argv, struct common *c, struct err *e)
{
	int to = 1;
	for (int i = 1; i < *argc; i++) {
		static const char *const with_value[] = { "--data", "--passphrase-file", "--as" };
		const char **where[] = { &c->data, &c->passphrase_file, &c->as };
		bool taken = false;
		if (strcmp(argv[i], "--") == 0) {
			while (i < *argc)
				argv[to++] = argv[i++];
			break;
		}
		for (size_t k = 0; k < LENGTH(with_value) && !taken; k++) {
			size_t n = strlen(with_value[k]);
			if (strncmp(argv[i], with_value[k], n) != 0 || (argv[i][n] && argv[i][n] != '='))
				continue;
			if (!argv[i][n] && i + 1 >= *argc)
				return err_set(e, INVALID, with_value[k] + 2, "%s needs a value.", with_value[k]);
			*where[k] = argv[i][n] ? argv[i] + n + 1 : argv[++i];
			taken = true;
		}
		if (taken)
			continue;
		if (strcmp(argv[i], "--json") == 0)
			c->json = true;
		else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			c->help = true;
		else if (strcmp(argv[i], "--version") == 0)
			c->version = true;
		else
			argv[to++] = argv[i];
	}
	*argc = to;
	argv[to] = NULL;
	return true;
}

static bool parse(struct arena *a, const struct verb *v, char **words, int n, struct args *args, struct err *e)
{
	args->arg = ARENA_ARRAY(a, struct arg, v->n);
	args->n = v->n;
	for (size_t i = 0; i < v->n; i++)
		args->arg[i].field = &v->fields[i];
	size_t place = 0;
	bool only_places = false;
	for (int i = 0; i < n; i++) {
		if (!only_places && strcmp(words[i], "--") == 0) {
			only_places = true;
			continue;
		}
		if (only_places || strncmp(words[i], "--", 2) != 0) {
			while (place < v->n && (!(v->fields[place].how & FIELD_PLACED) || (args->arg[place].n && !(v->fields[place].how & FIELD_LIST))))
				place++;
			if (place == v->n)
				return err_set(e, INVALID, NULL, "\"%s\" is one word too many. Try: handback %s --help", words[i], v->name);
			arg_add(a, &args->arg[place], &v->fields[place], words[i], n);
			continue;
		}
		const char *name = words[i] + 2, *equals = strchr(name, '=');
		size_t length = equals ? (size_t)(equals - name) : strlen(name), f = 0;
		while (f < v->n && ((v->fields[f].how & FIELD_PLACED) || strlen(v->fields[f].name) != length ||
		                    strncmp(v->fields[f].name, name, length) != 0))
			f++;
		if (f == v->n)
			return err_set(e, INVALID, NULL, "handback %s has no option --%.*s. Try: handback %s --help", v->name, (int)length, name, v->name);
		bool flag = v->fields[f].type == FIELD_FLAG;
		if (flag && equals)
			return err_set(e, INVALID, v->fields[f].name, "--%s takes no value.", v->fields[f].name);
		if (!flag && !equals && i + 1 >= n)
			return err_set(e, INVALID, v->fields[f].name, "--%s needs a value.", v->fields[f].name);
		arg_add(a, &args->arg[f], &v->fields[f], flag ? "yes" : equals ? equals + 1 : words[++i], n);
	}
	return true;
}

/* XDG Base Directory Specification 0.8: what is missing above it is made, for its owner alone. */
struct str home_folder(struct arena *a, const char *name, bool make)
{
	const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	char *path = xdg && *xdg == '/' ? arena_printf(a, "%s/%s", xdg, name) : arena_printf(a, "%s/.local/share/%s", home && *home ? home : ".", name);
	for (char *slash = strchr(path + 1, '/'); make && slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(path, 0700);                               /* one that can't be made is told when the folder itself is */
		*slash = '/';
	}
	return str_of(path);
}

/* Empty: none was told. */
static struct str told_folder(const struct common *c)
{
	return str_of(c->data ? c->data : getenv("HANDBACK_DATA"));
}

/* What has lines of its own comes whole (a map, a list of references): of its control characters only the line ends go out. */
static void put_out(void *to, struct str s)
{
	(void)to;
	terminal_progress_end();
	for (size_t i = 0, from = 0; i <= s.n; i++) {
		bool drives = i < s.n && (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n' && s.p[i] != '\t') || s.p[i] == 0x7F);
		if (i < s.n && !drives)
			continue;
		fwrite(s.p + from, 1, i - from, stdout);
		if (drives)
			fputs("\xEF\xBF\xBD", stdout);
		from = i + 1;
	}
	if (!s.n)
		fflush(stdout);
}

static void put_bytes(void *to, struct str s)
{
	(void)to;
	fwrite(s.p, 1, s.n, stdout);
}

static void tell(struct op *op, const char *remark)
{
	(void)op;
	terminal_progress_end();
	fprintf(stderr, "%s\n", remark);
}

static void put_note(void *to, struct str s)
{
	(void)to;
	terminal_progress_end();
	fflush(stdout);
	fwrite(s.p, 1, s.n, stderr);
}

static bool version_run(struct op *op, const struct args *args, struct answer *answer)
{
	(void)op, (void)args;
	answer_row(answer);
	answer_text(answer, "handback", STR(HANDBACK_VERSION));
	answer_row_end(answer);
	answer_say(answer, "handback %s", HANDBACK_VERSION);
	return true;
}

/* never run: cli_main answers it */
static bool help_run(struct op *op, const struct args *args, struct answer *answer)
{
	(void)op, (void)args, (void)answer;
	return true;
}

static const struct verb own_verbs[] = {
	{ "init", "Makes a business's folder and its vault; shows the recovery code, once.",
	  "handback init --name 'Fernwood Plumbing' --region US-NY --timezone America/New_York", VERB_NEW,
	  FIELDS({ "name", FIELD_TEXT, FIELD_NEEDED, "the business's name, as customers know it" },
	         { "region", FIELD_TEXT, 0, "where it is, like US-CA (ISO 3166-2)" },
	         { "timezone", FIELD_TEXT, 0, "like America/New_York; else this machine's" },
	         { "kdf-memory", FIELD_NUMBER, 0, "MiB that guessing the passphrase shall cost: 46 to 4096, 256 if not told" },
	         { "kdf-passes", FIELD_NUMBER, 0, "and how many passes over it: 1 to 10, 3 if not told" },
	         { "database", FIELD_TEXT, 0, "postgresql://...: comes in a later version" }), init_run },
	{ "ui", "Shows Handback's pages in a browser on this machine, and sends what was approved, until Ctrl-C.", "handback ui", VERB_MAYBE,
	  FIELDS({ "port", FIELD_NUMBER, 0, "the port on this machine; else a free one" }), ui_run, ROLES_ALL },
	{ "demo", "Opens the invented business in a folder of its own.", "handback demo", VERB_ALONE,
	  FIELDS({ "reset", FIELD_FLAG, 0, "makes it anew; what was tried out in it is gone" }, { "no-pages", FIELD_FLAG, 0, "only makes it" },
	         { "port", FIELD_NUMBER, 0, "the port on this machine; else a free one" }), demo_run, ROLES_ALL },
	{ "drill", "Invents an incident on a copy of your data, to practise: sends nothing, and measures how long each step takes.", "handback drill", VERB_LONG,
	  FIELDS({ "port", FIELD_NUMBER, 0, "the port on this machine; else a free one" }), drill_run },
	{ "doctor", "Looks the machine over: folder, room, disk, swap, powers, clock, backups. Says what to do.", "handback doctor", VERB_READ, NO_FIELDS, doctor_run },
	{ "serve", "Serves the pages for others than this machine, and sends what was approved, until it is ended.",
	  "handback serve --listen 0.0.0.0:443 --url https://handback.example.com --tls-cert cert.pem --tls-key key.pem", VERB_MAYBE,
	  FIELDS({ "listen", FIELD_TEXT, 0, "address and port; 127.0.0.1:8443 if not told. Another than this machine's own needs TLS" },
	         { "url", FIELD_TEXT, 0, "how people reach the pages, like https://handback.example.com" },
	         { "tls-cert", FIELD_PATH, 0, "a PEM file with the certificate and those above it; read again when it changes" },
	         { "tls-key", FIELD_PATH, 0, "a PEM file with its key" },
	         { "proxy", FIELD_FLAG, 0, "a proxy on this machine stands before it, does the TLS and tells who asks" },
	         { "public", FIELD_TEXT, 0, "also the public pages, for anybody: address and port, like 127.0.0.1:8090" },
	         { "public-cert", FIELD_PATH, 0, "for TLS of the public pages: a PEM file with their certificate and its chain" },
	         { "public-key", FIELD_PATH, 0, "its key" }), serve_run, ROLES_ALL },
	{ "help", "Shows what there is, the commands of a word, all of them, or one with an example.", "handback help incident open", VERB_ALONE,
	  FIELDS({ "command", FIELD_TEXT, FIELD_PLACED | FIELD_LIST, "a command, or the word that a group of them begins with" },
	         { "all", FIELD_FLAG, 0, "all commands, a line each" },
	         { "openapi", FIELD_FLAG, 0, "what the API of the pages takes and answers: OpenAPI 3.1, in YAML" },
	         { "man", FIELD_PATH, 0, "writes the manual into this folder: a page for each command" },
	         { "completion", FIELD_TEXT, 0, "what completes commands on a terminal: for bash, zsh or fish" }), help_run },
	{ "version", "Shows which handback this is.", "handback version --json", VERB_ALONE, NO_FIELDS, version_run },
	{ 0 },
};

static int run(struct op *op, const struct common *c, const struct verb *v, const struct args *args)
{
	struct answer answer = { .json = c->json, .put = put_out, .note = put_note, .bytes = isatty(1) ? NULL : put_bytes };
	bool opened = v->how == VERB_ALONE;
	op->key_at_hand = c->passphrase_file && *c->passphrase_file;
	op->ask = terminal_passphrase;
	op->ask_new = terminal_new_passphrase;
	op->sure = isatty(0) && isatty(1) && !c->json ? terminal_sure : NULL;
	op->progress = isatty(2) ? terminal_progress : NULL;
	op->tell = tell;
	op->stop = &terminal_stop;
	op->now = when_now();
	op->folder = told_folder(c);
	if (!opened) {
		op->folder = op->folder.n ? op->folder : home_folder(op->a, "handback", v->how == VERB_NEW);
		opened = v->how == VERB_MAYBE && !op_is_there(op, op->folder);
		fprintf(stderr, "data: %s" STR_FMT "\n", opened ? "no business at " : "", STR_ARG(op->folder));
	}
	opened = opened || v->how == VERB_NEW || op_open(op, op->folder);
	if (!opened && v->how == VERB_MAYBE && op->err.code == NOT_FOUND) {     /* a database that a killed founding left */
		db_close(op->db);
		op->db = NULL;
		err_clear(&op->err);
		opened = true;
	}
	if (op_read_only(op))
		fputs("This data folder can only be read: looking works, changing does not.\n", stderr);
	struct person who;
	if (opened && op->db && c->as) {
		opened = person_named(op, str_of(c->as), &who);
		op->person = opened ? who.id : 0;
	}
	bool good = opened && op_do(op, v, args, &answer);
	terminal_progress_end();
	/* a full disk or a closed pipe behind stdout must not look like success */
	if (good && fflush(stdout) != 0 && errno != EPIPE)
		good = err_errno(&op->err, "The answer could not be written");
	return good ? answer.attention ? EXIT_ATTENTION : EXIT_DONE : complain(&op->err, c->json);
}

/* A service that systemd starts finds its credentials there (systemd.exec(5)): the owner has chosen that it opens the vault by itself. The path is kept
 * for good; NULL: there is none. */
static const char *credential(void)
{
	static char path[4096];
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	bool there = folder && snprintf(path, sizeof path, "%s/handback-passphrase", folder) < (int)sizeof path && access(path, R_OK) == 0;
	if (there)
		fputs("The vault is opened by a systemd credential: whoever has this machine and its disk can open it, too.\n", stderr);
	return there ? path : NULL;
}

int cli_main(int argc, char **argv)
{
	struct common c = { .passphrase_file = getenv("HANDBACK_PASSPHRASE_FILE") };
	struct op op = { 0 };
	struct args args;
	int used, status;
	tables_fill();
	umask(077);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	if (!take_common(&argc, argv, &c, &op.err))
		return complain(&op.err, c.json);
	char version_word[] = "version", *version_words[] = { argv[0], version_word, NULL };
	if (c.version)
		argc = 2, argv = version_words;
	const struct verb *v = find_verb(argv + 1, argc - 1, &used);
	bool asked = argc >= 2 && strcmp(argv[1], "help") == 0;
	if (asked && !c.help) {                          /* handback help COMMAND, as COMMAND --help */
		v = find_verb(argv + 2, argc - 2, &used);
		argv++, argc--;
		c.help = true;
	}
	if (asked && argc == 3 && strcmp(argv[1], "--man") == 0)
		return manual_write(tables, tables_n, argv[2], &op.err) ? EXIT_DONE : complain(&op.err, c.json);
	if (asked && argc >= 2 && (strcmp(argv[1], "--openapi") == 0 || (argc == 3 && strcmp(argv[1], "--completion") == 0))) {
		struct buf b = BUF(1 << 20);
		if (argc == 2)
			desk_openapi_yaml(&b);
		bool good = argc == 2 || completion_write(tables, tables_n, argv[2], &b, &op.err);
		if (good)
			printf(STR_FMT "%s", STR_ARG(buf_str(&b)), argc == 2 ? "" : "\n");      /* YAML ends its last line itself */
		buf_free(&b);
		return good ? EXIT_DONE : complain(&op.err, c.json);
	}
	if (asked && argc < 2 && c.json) {
		help_rows(tables, tables_n);
		return EXIT_DONE;
	}
	if (asked && argc == 2 && strcmp(argv[1], "--all") == 0) {
		help_all(tables, tables_n);
		return EXIT_DONE;
	}
	if (argc < 2 || (!v && c.help && argv[1][0] == '-')) {
		help_overview();
		return c.help ? EXIT_DONE : EXIT_CALL;
	}
	if (!v && c.help && help_group(tables, tables_n, argv[1]))
		return EXIT_DONE;
	if (!v) {
		err_set(&op.err, INVALID, NULL, "There is no command \"%s%s%s\". handback --help shows what there is.", argv[1], argc > 2 ? " " : "",
		        argc > 2 ? argv[2] : "");
		return complain(&op.err, c.json);
	}
	if (c.help) {
		help_verb(v);
		return EXIT_DONE;
	}
	terminal_watch_stop();
	if (strcmp(v->name, "serve") == 0 && !(c.passphrase_file && *c.passphrase_file))
		c.passphrase_file = credential();
	terminal_use_file(c.passphrase_file && *c.passphrase_file ? c.passphrase_file : NULL);
	struct arena *a = arena_open();
	op.a = a;
	status = parse(a, v, argv + 1 + used, argc - 1 - used, &args, &op.err) ? run(&op, &c, v, &args) : complain(&op.err, c.json);
	if (op.a != a)
		op_close(&op);
	arena_close(a);
	return status;
}
