/* demo - the invented business in a folder of its own, made in some seconds and opened like any other. */
#include "cli.h"
#include "cli_int.h"
#include "incident.h"
#include "ledger.h"
#include "payment.h"
#include "practice.h"
#include "readers.h"
#include "sample.h"
#include "services.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VALUES_MAX = 4 };

/* Everybody may know it: nothing in the folder is anybody's. */
#define DEMO_PASSPHRASE "four plain words here"

static bool known_passphrase(struct op *op, const char *why, struct str *passphrase)
{
	(void)why;
	*passphrase = arena_str(op->a, STR(DEMO_PASSPHRASE));
	return true;
}

static void nowhere(void *to, struct str s)
{
	(void)to, (void)s;
}

/* One verb, as the command line would do it; words: name and value in turn. What it answers is not shown. */
static bool does(struct op *op, const struct verb *table, const char *name, const char *const *words)
{
	struct answer answer = { .put = nowhere, .note = nowhere };
	const struct verb *v = table;
	while (v->name && strcmp(v->name, name) != 0)
		v++;
	struct args args = { ARENA_ARRAY(op->a, struct arg, v->n), v->n };
	for (size_t f = 0; f < v->n; f++) {
		struct arg *a = &args.arg[f];
		*a = (struct arg){ .field = &v->fields[f], .value = ARENA_ARRAY(op->a, struct str, VALUES_MAX) };
		for (const char *const *w = words; *w; w += 2)
			if (strcmp(v->fields[f].name, w[0]) == 0 && a->n < VALUES_MAX)
				a->value[a->n++] = str_of(w[1]);
	}
	return op_do(op, v, &args, &answer);
}
#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* How the plumber is paid, as the walk-through would have asked. */
static bool walked(struct op *op)
{
	static const char *const answers[][4] = {
		{ "channels", "phone_reader" }, { "provider", "Square" }, { "provider.phone", "(202) 555-0199" }, { "takers", "Ana Silva", "Ben Wu" }, { "provider.login", "own" },
		{ "provider.second", "yes" }, { "list", "Square" }, { "written", "notebook" }, { "cards_kept", "no" }, { "others", "-" }, { "old", "never" },
		{ "export", "few" }, { "swap", "call" },
		{ "phone_reader.kind", "tap_insert" }, { "phone_reader.readers", "Van 1 reader", "Van 2 reader", "Van 3 reader" }, { "phone_reader.phone", "company" },
		{ "phone_reader.lock", "yes" }, { "phone_reader.sight", "customer" }, { "phone_reader.typed", "app" }, { "phone_reader.offline", "?" },
		{ "phone_reader.receipt", "text", "email" }, { "phone_reader.visit", "list" }, { "phone_reader.night", "locked" },
	};
	struct str attested = when_text(op->a, op->now - 340 * DAY);     /* it runs out in some weeks */
	bool good = true;
	for (size_t i = 0; i < LENGTH(answers) && good; i++) {
		const char *words[9] = { "question", answers[i][0] };
		for (size_t k = 1; k < LENGTH(answers[i]) && answers[i][k]; k++)
			words[2 * k] = "answer", words[2 * k + 1] = answers[i][k];
		good = does(op, payment_verbs, "payment answer", words);
	}
	return good && does(op, payment_verbs, "payment apply", WORDS(NULL)) &&
	       does(op, readers_verbs, "reader set", WORDS("reader", "Van 2 reader", "make", "Square", "model", "Reader", "serial", "000-555-0102", "at", "Van 2", "with", "Ana Silva")) &&
	       does(op, services_verbs, "service set", WORDS("service", "Square", "contact", "(202) 555-0199", "hours", "72", "clause", "terms, 14.2")) &&
	       does(op, services_verbs, "service evidence", WORDS("service", "Square", "sort", "aoc", "seen", attested.p, "note", "for Point of Sale", "link", "office drive, Contracts")) &&
	       does(op, practice_verbs, "practice sign", WORDS("channel", "phone_reader", "name", "Ana Silva"));
}

static bool fill(struct op *op)
{
	const char *exports = arena_printf(op->a, STR_FMT "/exports", STR_ARG(op->folder));
	return does(op, sample_verbs, "sample", WORDS("folder", exports)) &&
	       does(op, ledger_verbs, "import", WORDS("file", arena_printf(op->a, "%s/square-customers.csv", exports), "file", arena_printf(op->a, "%s/square-transactions.csv", exports))) &&
	       does(op, op_verbs, "set", WORDS("key", "business.phone", "value", "(202) 555-0100")) &&
	       does(op, op_verbs, "set", WORDS("key", "business.address", "value", "12 Mill St, Millbrook, NY 12545")) &&
	       does(op, op_verbs, "set", WORDS("key", "mail.from", "value", "care@fernwood.example.com")) &&
	       does(op, incident_verbs, "incident open", WORDS("title", "A card skimmer was found on one of our card readers", "holder", "reader:Van 2 reader",
	                                                         "from", "2025-11-27", "to", "2025-12-15", "only", "passing")) && walked(op);
}

static bool marked(struct op *op)
{
	return op_setting_put(op, "demo", STR("yes")) && map_begin(op);
}

static int drop_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

bool folder_take_away(struct op *op, const char *folder, const char *what)
{
	return nftw(folder, drop_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || err_errno(&op->err, arena_printf(op->a, "%s could not be taken away", what));
}

/* Only what was made as a demo is taken away. */
static bool drop(struct op *op, const char *folder)
{
	struct op old = { 0 };
	bool is_demo = op_is_there(op, str_of(folder)) && op_open(&old, str_of(folder)) && op_setting(&old, "demo").n > 0;
	op_close(&old);
	if (!is_demo)
		return err_set(&op->err, CONFLICT, "reset", "%s is no demo of Handback's, so it is left alone. Move it away first.", folder);
	return folder_take_away(op, folder, "The old demo");
}

static bool make(struct op *op, const char *folder)
{
	char recovery[64];
	struct founding f = { STR("Fernwood Plumbing"), STR("US-NY"), STR("America/New_York"), STR(DEMO_PASSPHRASE), .kdf_mib = 46, .kdf_passes = 1, .first = marked };
	bool good = op_create(op, str_of(folder), &f, recovery) && fill(op);
	wipe(recovery, sizeof recovery);
	return good;
}

bool demo_run(struct op *op, const struct args *args, struct answer *answer)
{
	const char *folder = arena_str(op->a, op->folder.n ? op->folder : home_folder(op->a, "handback-demo", true)).p;
	bool there = op_is_there(op, str_of(folder));
	if (there && args_has(args, "reset")) {
		if (!serve_free(op, folder) || !drop(op, folder))
			return false;
		there = false;
	}
	op->ask = known_passphrase;
	op->key_at_hand = true;
	if (!(there ? op_open(op, str_of(folder)) : make(op, folder)))
		return false;
	if (!op_setting(op, "demo").n)
		return err_set(&op->err, CONFLICT, "data", "%s is no demo of Handback's, so it is left alone. Name another folder: handback --data DIR demo", folder);
	answer_note(answer, "data: %s (a demo: its people are invented; nothing leaves this machine)", folder);
	answer_note(answer, "The demo's passphrase: " DEMO_PASSPHRASE);
	return args_has(args, "no-pages") || ui_run(op, args, answer);
}

/* As if it had been typed: its rows, of which the first is the link, go to whoever asked. */
int demo_main(int line, const char *folder)
{
	char *argv[] = { (char *)(uintptr_t)"handback", (char *)(uintptr_t)"--json", (char *)(uintptr_t)"--data", (char *)(uintptr_t)folder, (char *)(uintptr_t)"demo", NULL };
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || dup2(line, STDOUT_FILENO) < 0)
		return 3;
	return cli_main(LENGTH(argv) - 1, argv);
}
