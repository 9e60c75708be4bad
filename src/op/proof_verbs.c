/* proof_verbs - the log's own verbs: verifying it, what to keep of it elsewhere, and checking a proof that somebody shows. */
#include "log.h"
#include "op_int.h"
#include "op_sql.h"
#include "proof.h"
#include "paper.h"
#include "qr.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

const char log_record_lost_words[] =
	"The keeper's record (keeper.record) is missing, damaged or older than the log: whether an old copy of the database was put back can't be told from it. "
	"The next time the vault is opened it begins anew, and the log says so.";

enum { TERMINAL_MAX = 32 << 10 };

/* A file that was named, or its text. */
static bool text_asked(struct op *op, const struct args *args, const char *file, const char *text, struct str *out)
{
	struct buf b = BUF(PROOF_MAX);
	bool good = !args_has(args, file) || file_whole(arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, file))), &b, file, &op->err);
	if (good)
		*out = note_plain(op->a, args_has(args, file) ? buf_str(&b) : args_text(args, text));
	buf_free(&b);
	return good;
}

/* "handback/LOG/2": the log, and its epoch. */
static bool origin_read(struct str origin, struct str *log, int64_t *epoch)
{
	size_t n = origin.n;
	while (n && origin.p[n - 1] != '/')
		n--;
	*log = (struct str){ origin.p, n };
	return n && str_i64((struct str){ origin.p + n, origin.n - n }, epoch);
}

/* The checkpoint that somebody kept elsewhere, if one was given: of this log, and not changed since it was signed. */
static bool seen_asked(struct op *op, const struct args *args, struct log_seen *seen, struct checkpoint *c, enum signed_how *how)
{
	struct sql_log_head_get head;
	struct sql_business_get business;
	struct str note, log, own;
	int64_t epoch, now;
	bool found, known;
	if (!text_asked(op, args, "checkpoint", "note", &note) || !checkpoint_read(note, c, &op->err) || !sql_log_head_get(op, &head, &found) ||
	    !sql_business_get(op, &business, &known))
		return false;
	/* without a head of its own the log is broken, and is told so */
	if (found && origin_read(head.origin, &own, &now) && (!origin_read(c->origin, &log, &epoch) || !str_eq(log, own)))
		return err_set(&op->err, INVALID, NULL, "That checkpoint is another log's: " STR_FMT ". This one is " STR_FMT ".", STR_ARG(c->origin), STR_ARG(head.origin));
	*how = known && business.public_key.n == 32 ? checkpoint_signed(c, (const uint8_t *)business.public_key.p) : SIGNED_BY_ANOTHER;
	if (*how == SIGNED_FALSELY)
		return err_set(&op->err, INVALID, NULL, "That checkpoint was changed after it was signed. Take another copy of it.");
	*seen = (struct log_seen){ .size = c->size };
	memcpy(seen->root, c->root, sizeof seen->root);
	return true;
}

static const char *seen_name(const struct log_seen *s)
{
	return s->is == SEEN_SAME ? "same" : s->epoch ? "restored" : s->is == SEEN_OTHER ? "forked" : "rolled_back";
}

static void seen_say(struct answer *answer, const struct log_seen *seen, enum signed_how how, const struct log_state *s)
{
	if (seen->is == SEEN_SAME)
		answer_say(answer, "It goes on from the checkpoint: its first %" PRIu64 " entries are the same.", seen->size);
	else if (seen->epoch)
		answer_say(answer, "The checkpoint is from before a backup was put back (entry %" PRIu64 " says so): what was logged between that backup and the checkpoint is not here. "
		           "If nobody of yours put a backup back, keep this folder as it is and have it looked at.", seen->epoch_at);
	else if (seen->is == SEEN_OTHER)
		answer_say(answer, "The checkpoint does not fit: the first %" PRIu64 " entries here are not those that it knows. The log was rewritten, or this is another copy that went its own way. "
		           "Keep this folder as it is.", seen->size);
	else
		answer_say(answer, "The checkpoint knows %" PRIu64 " entries, and here are only %" PRIu64 ": an old copy of the database was put back. Keep this folder as it is.", seen->size, s->entries);
	if (how == SIGNED_BY_ANOTHER)
		answer_say(answer, "The checkpoint is signed with a key that this vault no longer has, so only its figures were compared.");
}

static bool verify_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct log_state s;
	struct log_seen seen = { 0 };
	struct checkpoint c;
	enum signed_how how = SIGNED_WELL;
	bool compares = args_has(args, "checkpoint") || args_has(args, "note");
	if ((compares && !seen_asked(op, args, &seen, &c, &how)) || !log_verify(op, compares ? &seen : NULL, &s))
		return false;
	compares = compares && !(s.broken && seen.is == SEEN_NOT_REACHED && seen.size > s.broken_at);      /* it came not so far */
	answer_row(answer);
	answer_number(answer, "entries", (int64_t)s.entries);
	answer_number(answer, "signed", (int64_t)s.signed_entries);
	answer_flag(answer, "unbroken", !s.broken);
	if (s.record_lost)
		answer_flag(answer, "record_lost", true);
	if (s.broken) {
		answer_number(answer, "broken_at", (int64_t)s.broken_at);
		answer_text(answer, "how", str_of(s.how));
	}
	if (compares) {
		answer_text(answer, "checkpoint", str_of(seen_name(&seen)));
		answer_number(answer, "checkpoint_entries", (int64_t)seen.size);
		answer_flag(answer, "checkpoint_signed", how == SIGNED_WELL);
		if (seen.epoch)
			answer_number(answer, "restored_at", (int64_t)seen.epoch_at);
	}
	answer_row_end(answer);
	if (s.broken)
		answer_say(answer, "The log is broken at entry %" PRIu64 ": %s. Keep this folder as it is and compare it with a backup.", s.broken_at, s.how);
	else
		answer_say(answer, "The log is unbroken: %" PRIu64 " entries, %" PRIu64 " of them signed.", s.entries, s.signed_entries);
	if (s.record_lost)
		answer_say(answer, "%s", log_record_lost_words);
	if (compares)
		seen_say(answer, &seen, how, &s);
	answer->attention = s.broken || s.record_lost || (compares && seen.is != SEEN_SAME);
	return true;
}

/* ---- what to keep elsewhere ---- */

bool checkpoint_sheet(struct op *op, bool spanish, int fd)
{
	struct kept_head h;
	struct qr qr;
	if (!proof_head(op, &h) || !qr_make(&qr, h.note, &op->err))
		return false;
	struct str day = when_day_text(op->a, op->zone, op->now, spanish ? "es" : "en");
	struct str line[] = {
		spanish ? STR("Guarde esta hoja lejos de la computadora de Handback: con su contador, su abogado o en una caja fuerte.")
		        : STR("Keep this sheet away from Handback's computer: with your accountant, your lawyer, or in a safe."),
		spanish ? STR("Si alguien cambia o borra algo del registro, esta hoja lo demuestra. No contiene datos de nadie.")
		        : STR("If somebody changes or takes out part of the log, this sheet shows it. It holds nobody's data."),
		spanish ? STR("Para comparar: escanee el código con un teléfono y pegue el texto en la página del registro, bajo «Comparar».")
		        : STR("To compare: scan the code with a phone and paste its text on the Log page, under \"Compare\"."),
	};
	struct placard sheet = {
		.above = op_setting(op, "business.name"),
		.title = arena_say(op->a, spanish ? "El registro el " STR_FMT ": %" PRIu64 " entradas" : "The log on " STR_FMT ": %" PRIu64 " entries", STR_ARG(day), h.size),
		.line = line, .n = LENGTH(line), .foot = h.key, .dark = qr.dark, .wide = qr.wide, .code = h.note,
	};
	return paper_placard(fd, &sheet, PLACARD_LETTER, spanish ? "es" : "en", &op->err);
}

/* Two rows of modules a line, light ones drawn: on a terminal's dark ground a camera sees it as printed. */
static bool terminal_code(struct op *op, struct str text, struct answer *answer)
{
	enum { QUIET = 2 };
	struct qr qr;
	struct buf b = BUF(TERMINAL_MAX);
	if (!qr_make(&qr, text, &op->err))
		return false;
	int wide = (int)qr.wide;
	for (int y = -QUIET; y < wide + QUIET; y += 2) {
		for (int x = -QUIET; x < wide + QUIET; x++) {
			bool light[2];
			for (int i = 0; i < 2; i++)
				light[i] = x < 0 || x >= wide || y + i < 0 || y + i >= wide || !qr.dark[(y + i) * wide + x];
			buf_put(&b, light[0] && light[1] ? STR("\u2588") : light[0] ? STR("\u2580") : light[1] ? STR("\u2584") : STR(" "));
		}
		buf_byte(&b, '\n');
	}
	answer_lines(answer, buf_str(&b));
	buf_free(&b);
	return true;
}

static bool sheet_written(struct op *op, bool spanish, const char *to)
{
	struct buf b = BUF(1 << 20);
	int pdf = memfd_create("sheet", MFD_CLOEXEC);
	bool good = pdf >= 0 ? checkpoint_sheet(op, spanish, pdf) && file_whole(arena_printf(op->a, "/proc/self/fd/%d", pdf), &b, "sheet", &op->err) &&
	                       file_put(to, buf_str(&b), 0644, &op->err)
	                     : err_errno(&op->err, "memory for the page");
	if (pdf >= 0)
		close(pdf);
	buf_free(&b);
	return good;
}

static bool checkpoint_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct kept_head h;
	struct str extends = STR("");
	int64_t old;
	const char *sheet = arena_printf(op->a, STR_FMT, STR_ARG(args_text(args, "sheet")));
	struct str language = args_text(args, "language");
	if (language.n && !str_eq(language, STR("en")) && !str_eq(language, STR("es")))
		return err_set(&op->err, INVALID, "language", "--language is en or es.");
	if (!proof_head(op, &h) || (args_number(args, "old", &old) && !proof_extends(op, old > 0 ? (uint64_t)old : 0, &extends)) ||
	    (*sheet && !sheet_written(op, str_eq(language, STR("es")), sheet)))
		return false;
	answer_row(answer);
	answer_text(answer, "log", h.origin);
	answer_number(answer, "entries", (int64_t)h.size);
	answer_text(answer, "key", h.key);
	answer_text(answer, "checkpoint", h.note);
	if (extends.n)
		answer_text(answer, "extends", extends);
	answer_row_end(answer);
	answer_lines(answer, str_trim(extends.n ? extends : h.note));
	if (args_has(args, "print") && !terminal_code(op, h.note, answer))
		return false;
	if (args_has(args, "print"))
		answer_say(answer, "Keep this away from this computer. It is checked with the key " STR_FMT, STR_ARG(h.key));
	if (*sheet)
		answer_say(answer, "%s is ready to print. Keep the sheet away from this computer.", sheet);
	return true;
}

/* ---- a proof that somebody shows ---- */

static bool check_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct shown p;
	struct str file;
	uint8_t key[32];
	struct kept_head h;
	bool own = op->db != NULL && !args_has(args, "key");
	if (!args_has(args, "file") && !args_has(args, "text"))
		return err_set(&op->err, INVALID, "file", "Name the file with the proof.");
	if (!text_asked(op, args, "file", "text", &file) || !proof_read(op->a, file, &p, &op->err))
		return false;
	if (!own && !args_has(args, "key"))
		return err_set(&op->err, INVALID, "key", "The hashes hold. Who signed them can be told with the log's key only: --key NAME+ID+KEY, which the business publishes.");
	if (!(own ? proof_head(op, &h) && key_read(h.key, key, &op->err) : key_read(args_text(args, "key"), key, &op->err)))
		return false;
	if (checkpoint_signed(&p.head, key) != SIGNED_WELL)
		return err_set(&op->err, INVALID, "file", "The proof does not hold: its checkpoint is not signed with this key.");
	answer_row(answer);
	answer_text(answer, "log", p.head.origin);
	answer_number(answer, "entry", (int64_t)p.n);
	answer_number(answer, "entries", (int64_t)p.head.size);
	answer_text(answer, "text", p.entry);
	answer_text(answer, "said", p.said);
	answer_row_end(answer);
	answer_say(answer, "The proof holds. Entry %" PRIu64 " of " STR_FMT " says:", p.n, STR_ARG(p.head.origin));
	answer_say(answer, "    " STR_FMT, STR_ARG(p.entry));
	for (struct str rest = p.said; rest.n;) {
		struct str line = str_split(&rest, '\n');
		answer_say(answer, "    " STR_FMT, STR_ARG(line));
	}
	return true;
}

const struct verb log_verbs[] = {
	{ "log verify", "Proves that no entry of the log was changed, taken out or moved, and that it goes on from a checkpoint that was kept elsewhere.",
	  "handback log verify --checkpoint kept-in-may.txt", VERB_READ,
	  FIELDS({ "checkpoint", FIELD_PATH, 0, "a file with a checkpoint, as log checkpoint gave it" }, { "note", FIELD_TEXT, 0, "or the checkpoint itself" }), verify_run, ROLES_ALL },
	{ "log checkpoint", "What to keep of the log elsewhere: how long it is and what stands in it, in five signed lines without anybody's data.",
	  "handback log checkpoint --sheet for-the-safe.pdf", VERB_READ,
	  FIELDS({ "print", FIELD_FLAG, 0, "as a QR code, too" }, { "sheet", FIELD_PATH, 0, "a PDF to print, which must not be there yet" }, { "language", FIELD_TEXT, 0, "of the sheet: en or es" },
	         { "old", FIELD_NUMBER, 0, "how many entries an older checkpoint knows: proves that this one extends it" }), checkpoint_run, ROLES_ALL },
	{ "log check", "Checks a proof that somebody shows: that its entry stands in the log, and who signed it.", "handback log check A-1.tlog-proof", VERB_MAYBE,
	  FIELDS({ "file", FIELD_PATH, FIELD_PLACED, "the proof" }, { "text", FIELD_TEXT, 0, "or the proof itself" },
	         { "key", FIELD_TEXT, 0, "the log's key, as log checkpoint --print shows it; not told: this business's" }), check_run, ROLES_ALL },
	{ 0 },
};
