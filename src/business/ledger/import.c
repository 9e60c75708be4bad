/* import - from a file to customers, touches and listings: the file in a box, every cell past the detector, rows understood, kept in
 * whole days. */
#include "box.h"
#include "detect.h"
#include "import_int.h"
#include "ledger_import_sql.h"
#include "log.h"
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS_AT_ONCE = 8 << 20, CONTACTS_AT_ONCE = 4096, HEADER_WITHIN = 20, REASONS_SHOWN = 5, INDEX_FREE = 1000 };
#define BEFORE_CARDS_WENT_ONLINE INT64_C(631152000)      /* 1990-01-01: no reader's clock stood there rightly */
/* What we ourselves keep of what a service exports: of everything else only that it was there. */
#define KEPT_HERE (KIND(NAME) | KIND(EMAIL) | KIND(PHONE) | KIND(POSTAL_ADDRESS) | KIND(CARD_LAST4) | KIND(PURCHASES))
#define TICKET 0x40000000u                               /* with PENDING: the number is a ticket of people_contact */

struct counts { uint64_t rows, fresh, changed, known, folded, refused, named, unnamed, masked; };

/* ---- the file's digest, made by a thread beside the parsing: the two share nothing but this ---- */

struct digest { pthread_t thread; bool started; int fd; _Atomic bool given_up; int error; uint8_t bytes[32]; };

static void *digest_make(void *arg)
{
	enum { AT_ONCE = 1 << 20 };
	struct digest *d = arg;
	char *some = mem_get(AT_ONCE);
	struct blake h;
	ssize_t n;
	off_t done = 0;
	blake_start(&h);
	for (; (n = pread(d->fd, some, AT_ONCE, done)) > 0 && !d->given_up; done += n)
		blake_add(&h, (struct str){ some, (size_t)n });
	blake_end(&h, d->bytes);
	d->error = n < 0 ? errno : 0;
	wipe(some, AT_ONCE);
	free(some);
	return NULL;
}

static bool digest_start(struct digest *d, int fd, struct err *e)
{
	d->fd = fd;
	errno = pthread_create(&d->thread, NULL, digest_make, d);
	d->started = !errno;
	return d->started || err_errno(e, "Could not start a thread");
}

static bool digest_end(struct digest *d, bool wanted, struct err *e)
{
	if (!d->started)
		return true;
	d->given_up = !wanted;
	pthread_join(d->thread, NULL);
	d->started = false;
	errno = d->error;
	return !errno || err_errno(e, "The file can't be read");
}

struct import {
	struct op *op; struct answer *answer;
	const char *path, *name;
	int64_t id; bool dry, look;                      /* look: only at which format it is */
	const struct format *format; struct layout layout; bool laid, written[CSV_CELLS_MAX];
	struct setting setting;
	struct people *people; holder_id service;
	struct flavours flavours; struct flavour last; uint32_t last_code;      /* last: the one of the row before */
	uint64_t *asked;                                 /* index entries asked of the keeper since the passphrase was last given, by all files of this call */
	struct rows_of rows, refunds;                    /* refunds: touches beside their row's own, which make no rows */
	struct listing { kinds kinds; uint32_t *who; size_t n, cap; } listing[64]; size_t listings;
	/* names met in this file; the seed keeps a file from being written so that its names meet in one place */
	struct { struct str name; enum holder_sort sort; uint32_t id; } *holder; size_t holders_mask, holders; uint64_t holders_seed;
	struct { uint64_t hash; uint32_t times; } *again; size_t again_mask, agains;    /* rows without a source, how often met */
	struct counts count; struct merged merged;
	uint64_t skipped_hours, two_readings, cut_keys, odd_times, not_kept;      /* not_kept: rows that were read when it was stopped */
	bool open_end;
	int64_t first_day, last_day, first_at, last_at;
	struct digest digest;
	int lock;                                        /* op_hold; -1: none */
	const char *refused_to;                          /* a file that was named for it; NULL: beside the file */
	FILE *refused; char *refused_path, *refused_temp; size_t refused_shown; bool refused_failed;
	struct preview *preview;                         /* of a dry one */
	bool stopped, naming;                            /* naming: a transaction with new holders and flavours is open */
	struct arena *batch;
};

/* ---- what was refused: beside the file, masked, only for its owner ---- */

static void cell_out(FILE *f, struct str s, bool last)
{
	/* a spreadsheet must not take a cell for a formula (OWASP: CSV injection) */
	bool defuse = s.n && strchr("=+-@\t\r", s.p[0]);
	fputc('"', f);
	if (defuse)
		fputc('\'', f);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			fputc('"', f);
		fputc(s.p[i], f);
	}
	fputs(last ? "\"\n" : "\",", f);
}

static void refuse(struct import *im, const struct csv_row *r, const struct str *cell, size_t n, const char *why)
{
	im->count.refused++;
	if (im->dry) {
		preview_refuse(im->preview, r, why);
		return;
	}
	if (im->refused_shown++ < REASONS_SHOWN)
		answer_note(im->answer, "  row %" PRIu64 " (line %" PRIu64 "): %s", r->number, r->line, why);
	if (im->refused_failed)
		return;
	if (!im->refused) {
		int fd = -1;
		if (asprintf(&im->refused_path, "%s.refused.csv", im->path) < 0 || asprintf(&im->refused_temp, "%s.refused.csv.%d", im->path, (int)getpid()) < 0)
			abort();
		fd = im->refused_to ? open(im->refused_to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
		                    : open(im->refused_temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		im->refused = fd >= 0 ? fdopen(fd, "w") : NULL;
		if (!im->refused) {
			answer_note(im->answer, "The refused rows can't be written %s (%s).", im->refused_to ? "there" : "beside the file", strerror(errno));
			im->refused_failed = true;
			return;
		}
		fputs("row,reason,cells\n", im->refused);
	}
	fprintf(im->refused, "%" PRIu64 ",", r->number);
	cell_out(im->refused, str_of(why), n == 0);
	for (size_t i = 0; i < n; i++)
		cell_out(im->refused, cell[i], i + 1 == n);
}

static void refused_end(struct import *im, bool keep)
{
	if (!im->refused)
		return;
	bool good = fflush(im->refused) == 0 && !ferror(im->refused) && fsync(fileno(im->refused)) == 0;
	if (im->refused_to && !(keep && good))
		good = ftruncate(fileno(im->refused), 0) == 0;
	fclose(im->refused);
	if (im->refused_to)
		;                                        /* who named it knows where it is */
	else if (keep && good && rename(im->refused_temp, im->refused_path) == 0)
		answer_note(im->answer, "The refused rows are in %s, with every cell masked.", im->refused_path);
	else
		unlink(im->refused_temp);
	im->refused = NULL;
}

/* ---- names to numbers, kept for the file ---- */

/* New names are kept together, a batch of rows at a time. */
static bool naming(struct import *im)
{
	return im->naming || (im->naming = op_begin(im->op));
}

static bool naming_end(struct import *im, bool keep)
{
	bool open = im->naming;
	im->naming = false;
	return open ? op_end(im->op, keep) : keep;
}

static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 both = (unsigned __int128)a * b;
	return (uint64_t)both ^ (uint64_t)(both >> 64);
}

/* Names are short, and there are several in each row: cheaper than hash64, and good for this one table only. */
static size_t name_hash(const struct import *im, enum holder_sort sort, struct str s)
{
	uint64_t h = im->holders_seed ^ s.n << 8 ^ (uint64_t)sort, word = 0;
	size_t at = 0;
	for (; s.n - at > sizeof word; at += sizeof word) {
		memcpy(&word, s.p + at, sizeof word);
		h = fold(h ^ word, 0x9E3779B97F4A7C15u);
	}
	if (at)
		memcpy(&word, s.p + s.n - sizeof word, sizeof word);
	for (; !at && s.n; s.n--)
		word = word << 8 | (uint8_t)s.p[s.n - 1];
	return (size_t)fold(h ^ word, im->holders_seed | 1);
}

static bool holder_number(struct import *im, enum holder_sort sort, struct str name, uint32_t *id)
{
	*id = 0;
	if (!name.n)
		return true;
	if (2 * (im->holders + 1) > im->holders_mask) {
		size_t size = im->holders_mask ? 4 * (im->holders_mask + 1) : 256, mask = size - 1;
		void *fresh = mem_zero(size, sizeof *im->holder);
		typeof(im->holder) old = im->holder, to = fresh;
		for (size_t i = 0; old && i <= im->holders_mask; i++)
			if (old[i].id) {
				size_t at = name_hash(im, old[i].sort, old[i].name) & mask;
				while (to[at].id)
					at = (at + 1) & mask;
				to[at] = old[i];
			}
		free(old);
		im->holder = to, im->holders_mask = mask;
	}
	size_t at = name_hash(im, sort, name) & im->holders_mask;
	while (im->holder[at].id && (im->holder[at].sort != sort || !str_eq(im->holder[at].name, name)))
		at = (at + 1) & im->holders_mask;
	if (!im->holder[at].id) {
		holder_id made;
		if (!naming(im) || !map_name(im->op, sort, name, im->id, &made))
			return false;
		im->holder[at].name = arena_str(im->op->a, name);
		im->holder[at].sort = sort;
		im->holder[at].id = (uint32_t)made.n;
		im->holders++;
	}
	*id = im->holder[at].id;
	return true;
}

static bool flavour_number(struct import *im, const struct flavour *f, uint32_t *code)
{
	if (im->last_code && memcmp(&im->last, f, sizeof *f) == 0) {
		*code = im->last_code;
		return true;
	}
	bool known = false;
	for (size_t i = 1; i < im->flavours.n && !known; i++)
		known = memcmp(&im->flavours.by_code[i], f, sizeof *f) == 0;
	if ((!known && !naming(im)) || !flavour_code(im->op, &im->flavours, f, code))
		return false;
	im->last = *f, im->last_code = *code;
	return true;
}

/* A row without a source reference: its own hash, and which of its equals in the file it is. */
static uint64_t row_hash(struct import *im, const struct str *cell, size_t n)
{
	static const uint8_t key[16] = "handback-the-row";
	uint64_t h = 0xCBF29CE484222325u;
	for (size_t i = 0; i < n; i++)
		h = h * 0x100000001B3u ^ hash64(cell[i], key);
	if (2 * (im->agains + 1) > im->again_mask) {
		size_t size = im->again_mask ? 2 * (im->again_mask + 1) : 4096, mask = size - 1;
		typeof(im->again) old = im->again, to = mem_zero(size, sizeof *to);
		for (size_t i = 0; old && i <= im->again_mask; i++)
			if (old[i].times) {
				size_t at = (size_t)old[i].hash & mask;
				while (to[at].times)
					at = (at + 1) & mask;
				to[at] = old[i];
			}
		free(old);
		im->again = to, im->again_mask = mask;
	}
	size_t at = (size_t)h & im->again_mask;
	while (im->again[at].times && im->again[at].hash != h)
		at = (at + 1) & im->again_mask;
	if (!im->again[at].times)
		im->agains++;
	im->again[at].hash = h;
	return h + (uint64_t)im->again[at].times++ * 0x9E3779B97F4A7C15u;
}

/* ---- keeping ---- */

static bool listing_add(struct import *im, kinds k, uint32_t who)
{
	size_t i = 0;
	while (i < im->listings && im->listing[i].kinds != k)
		i++;
	if (i == im->listings) {
		if (im->listings == LENGTH(im->listing))
			return err_set(&im->op->err, TOO_BIG, NULL, "The file lists more sorts of customers than can be kept.");
		im->listing[im->listings++].kinds = k;
	}
	struct listing *l = &im->listing[i];
	if (l->n == l->cap)
		l->who = mem_grow(l->who, (l->cap = l->cap ? 2 * l->cap : 4096) * sizeof *l->who);
	l->who[l->n++] = who;
	return true;
}

static int number_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static bool listings_keep(struct import *im)
{
	struct instant day = zone_whole_day(im->op->zone, zone_local(im->op->zone, im->op->now) / DAY * DAY);
	if (!im->listings)
		return true;
	if (!op_begin(im->op))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < im->listings; i++) {
		struct listing *l = &im->listing[i];
		size_t kept = 0;
		qsort(l->who, l->n, sizeof *l->who, number_order);
		for (size_t k = 0; k < l->n; k++)
			if (!kept || l->who[kept - 1] != l->who[k])
				l->who[kept++] = l->who[k];
		good = listing_put(im->op, im->service.n ? im->service : map_self(im->op), im->id, l->kinds, day.at + (int64_t)day.spread, l->who, kept);
	}
	return op_end(im->op, good);
}

/* Pending numbers become customers'; low and high: the days that the rows are of. */
static void rows_name(struct import *im, struct rows_of *rows, int64_t *low, int64_t *high)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct row *r = &rows->p[i];
		if (r->who & PENDING)
			r->who = r->who & TICKET ? people_ticket(im->people, r->who & ~(PENDING | TICKET)) : people_number(im->people, r->who);
		int64_t day = when_day(r->at);
		*low = day < *low ? day : *low, *high = day > *high ? day : *high;
	}
}

/* Many look-ups of contacts need the passphrase once more: else they would be an oracle for phone numbers. */
static bool index_asked(struct import *im, size_t people)
{
	enum { EACH_AT_MOST = 6 };
	if (!people || (*im->asked += people * EACH_AT_MOST) <= INDEX_FREE)
		return true;
	*im->asked = 0;
	return op_key_again(im->op);
}

/* Customers first, so that no touch names one that is not there; then the touches, day by day. */
static bool keep(struct import *im)
{
	if (!index_asked(im, people_waiting(im->people)) || !people_flush(im->people))
		return false;
	int64_t low = INT64_MAX, high = INT64_MIN;
	rows_name(im, &im->rows, &low, &high);
	rows_name(im, &im->refunds, &low, &high);
	people_next(im->people);
	if (!im->rows.n)
		return true;
	im->first_day = low < im->first_day || im->last_day < im->first_day ? low : im->first_day;
	im->last_day = high > im->last_day ? high : im->last_day;
	struct sql_import_overlaps o;
	bool found;
	if (!sql_import_overlaps(im->op, im->id, im->format->name, &o, &found) || !op_begin(im->op) ||
	    !op_end(im->op, sql_import_days(im->op, im->id, im->first_day, im->last_day)))
		return false;
	struct merged beside = { 0 };
	bool good = segment_merge(im->op, im->rows.p, im->rows.n, o.n > 0, &im->merged, &im->stopped) &&
	            (im->stopped || segment_merge(im->op, im->refunds.p, im->refunds.n, o.n > 0, &beside, &im->stopped));
	im->rows.n = im->refunds.n = 0;
	return good;
}

/* ---- rows ---- */

static bool row_add(struct import *im, const struct said *s, int64_t at, bool refund, uint64_t hash, uint32_t who)
{
	struct flavour f = s->flavour;
	struct row r = { .at = at, .hash = hash, .who = who, .hint = s->hint, .import = (uint32_t)im->id };
	if (!holder_number(im, SERVICE, s->service, &r.service))
		return false;
	if (refund) {                                    /* at the service only */
		f = (struct flavour){ 0, 0, s->flavour.service, 0, 0 };
	} else if (!holder_number(im, s->entry_sort, s->entry, &r.entry) || !holder_number(im, PERSON, s->person, &r.person) ||
	           !holder_number(im, PLACE, s->place, &r.place)) {
		return false;
	}
	if (!flavour_number(im, &f, &r.flavour))
		return false;
	struct rows_of *to = refund ? &im->refunds : &im->rows;
	rows_room(to, 1);
	to->p[to->n++] = r;
	return true;
}

/* What `export` writes for a source reference is the hash itself: the touch is known again, here and elsewhere. */
static bool exported_source(struct str s, uint64_t *hash)
{
	static const struct str begins = { "handback:", 9 };
	*hash = 0;
	if (s.n != begins.n + 16 || !str_starts(s, begins))
		return false;
	for (size_t i = begins.n; i < s.n; i++) {
		const char *digits = "0123456789abcdef", *at = s.p[i] ? strchr(digits, s.p[i]) : NULL;
		if (!at)
			return false;
		*hash = *hash << 4 | (uint64_t)(at - digits);
	}
	return true;
}

static bool row_take(struct import *im, const struct csv_row *from, const struct str *cell, size_t n, struct said *s)
{
	static const uint8_t key[16] = "handback-sources";
	im->skipped_hours += s->skipped_hour, im->two_readings += s->two_readings, im->cut_keys += s->cut_key;
	bool named = im->format->own ? s->ref.n : s->key.n || s->name.n || s->emails || s->phones;
	/* a bare name with neither key nor contact finds nobody: it stays unnamed, and the service can still say who it was */
	if (!im->format->own && !s->key.n && !s->emails && !s->phones)
		named = false;
	if (im->dry) {
		preview_row(im->op, im->preview, from, s, named);
		im->count.named += !im->format->contacts && named, im->count.unnamed += !im->format->contacts && !named;
		return true;
	}
	if (im->format->contacts) {
		uint32_t ticket = people_contact(im->people, s);
		/* for the listing: which kinds of this ticket's customer */
		rows_room(&im->rows, 1);
		im->rows.p[im->rows.n++] = (struct row){ .who = PENDING | TICKET | ticket, .hash = s->flavour.service };
		return true;
	}
	im->count.named += named, im->count.unnamed += !named;
	im->odd_times += s->at.at < BEFORE_CARDS_WENT_ONLINE || s->at.at > im->op->now + 2 * 86400;
	uint32_t who = !named ? 0 : im->format->own ? people_ref(im->people, s->ref) : PENDING | TICKET | people_contact(im->people, s);
	uint64_t hash;
	if (!(im->format->own && exported_source(s->source, &hash)))
		hash = s->source.n ? hash64(s->source, key) : row_hash(im, cell, n);
	if (!row_add(im, s, s->at.at, false, hash, who))
		return false;
	if (s->refund_too && !row_add(im, s, s->refunded_at, true, hash ^ 0x5245465544u, who))
		return false;
	return true;
}

/* After a batch of contacts: what each row changed, and the listing it makes. */
static bool contacts_keep(struct import *im)
{
	size_t n = im->rows.n;
	if (!index_asked(im, n) || !people_flush(im->people))
		return false;
	for (size_t i = 0; i < n; i++) {
		uint32_t ticket = im->rows.p[i].who & ~(PENDING | TICKET);
		enum change c = people_change(im->people, ticket);
		im->count.fresh += c == CHANGE_NEW, im->count.changed += c == CHANGE_CHANGED, im->count.known += c == CHANGE_KNOWN;
		if (im->rows.p[i].hash && !listing_add(im, im->rows.p[i].hash, people_ticket(im->people, ticket)))
			return false;
	}
	people_next(im->people);
	im->rows.n = 0;
	return true;
}

/* Which columns hold what people write of themselves: names and addresses. */
static void persons_columns(struct import *im)
{
	static const enum field of[] = { F_NAME, F_GIVEN, F_FAMILY, F_LINE1, F_LINE2, F_CITY };
	for (size_t i = 0; i < LENGTH(of); i++)
		for (size_t k = 0; k < PARTS_MAX; k++)
			if (im->layout.at[of[i]][k] >= 0 && im->layout.format->where[of[i]].n > k)
				im->written[im->layout.at[of[i]][k]] = true;
}

/* The row's own cells to be changed, in *cell; made when the first is. */
static struct str *cells_own(struct import *im, const struct csv_row *r, struct str **cell)
{
	if (!*cell) {
		*cell = ARENA_ARRAY(im->batch, struct str, r->n);
		memcpy(*cell, r->cell, r->n * sizeof **cell);
	}
	return *cell;
}

/* Every cell past the detector: outside the box, which may lie. What turns a text's direction (it begins with this byte) is left out, too. NULL: all is as it came. */
static struct str *masked(struct import *im, const struct csv_row *r)
{
	struct str *cell = NULL;
	struct buf b = BUF(2 << 20), person = BUF(2 << 20);
	for (uint32_t i = 0; i < r->n; i++) {
		enum { SHORTEST = 12 };
		if (memchr(r->cell[i].p, 0xE2, r->cell[i].n))
			cells_own(im, r, &cell)[i] = str_straight(im->batch, r->cell[i]);
		if (r->cell[i].n < SHORTEST || !(im->written[i] || detect_could(r->cell[i])))
			continue;
		buf_clear(&b);
		buf_clear(&person);
		size_t n = im->written[i] ? detect_mask_person(&person, r->cell[i]) : 0;
		if (!(n + detect_mask(&b, im->written[i] ? buf_str(&person) : r->cell[i])))
			continue;
		cells_own(im, r, &cell)[i] = str_straight(im->batch, arena_str(im->batch, buf_str(&b)));
		im->count.masked++;
		if (im->dry)
			preview_mask(im->preview, r, i);
	}
	buf_free(&b);
	buf_free(&person);
	return cell;
}

static bool lay_out(struct import *im, const struct csv_row *r)
{
	size_t n;
	const struct format *all = format_all(&n), *f = im->format;
	for (size_t i = 0; i < n && !f; i++)
		if (format_tells(&all[i], r->cell, r->n))
			f = &all[i];
	if (!f || !format_tells(f, r->cell, r->n))
		return true;
	im->format = f;
	layout_make(im->op->a, f, r->cell, r->n, &im->layout);
	im->laid = true;
	persons_columns(im);
	if (im->dry)
		preview_columns(im->op, im->preview, &im->layout, r->cell, r->n);
	if (f->own && im->layout.unknowns)
		return err_set(&im->op->err, INVALID, "file", "The column \"" STR_FMT "\" is not one of the " STR_FMT " format's. Take it out, or correct its name.",
		               STR_ARG(im->layout.unknown[0]), STR_ARG(f->name));
	return true;
}

/* Once the format is known: the import's own row, its service, and the way from there to us. */
static bool begin(struct import *im, int fd)
{
	struct op *op = im->op;
	if (im->dry)
		return true;
	if (!digest_start(&im->digest, fd, &op->err) || !flavour_all(op, &im->flavours) || !op_begin(op))
		return false;
	struct buf name = BUF(8192);
	detect_mask(&name, str_of(im->name));
	im->id = op_count(op, "import");
	bool good = im->id && sql_import_put(op, im->id, buf_str(&name), STR(""), im->format->name, op->now);
	buf_free(&name);
	if (good && im->format->service.n)
		good = map_name(op, SERVICE, im->format->service, im->id, &im->service) && map_flow_have(op, im->service, map_self(op), COPIES, KEPT_HERE);
	im->lock = good ? op_hold(op, IMPORT_LOCK, im->id) : -1;
	if (!op_end(op, good && im->lock >= 0 && log_add(op, "import.began", ABOUT({ "import", im->id }))))
		return false;
	im->people = people_open(op, im->format, im->service, im->id);
	return im->people != NULL;
}

static bool rows_take(struct import *im, const struct csv_batch *batch, int fd)
{
	enum { AHEAD = 8 };
	struct said s;
	arena_reset(im->batch);
	for (size_t i = 0; i < batch->n; i++) {
		const struct csv_row *r = &batch->row[i];
		int ref = im->laid && im->people && !im->format->contacts ? im->layout.at[F_REF][0] : -1;
		if (ref >= 0 && i + AHEAD < batch->n && (uint32_t)ref < r[AHEAD].n)
			people_ref_soon(im->people, r[AHEAD].cell[ref]);
		if (!im->laid) {
			if (!r->fault && !lay_out(im, r))
				return false;
			if (!im->laid && r->number >= HEADER_WITHIN)
				break;
			if (im->laid && im->look) {
				im->stopped = true;
				return true;
			}
			if (im->laid && !begin(im, fd))
				return false;
			continue;
		}
		im->count.rows++;
		struct str *safe = r->fault ? NULL : masked(im, r);
		const struct str *cell = safe ? safe : r->cell;
		if (r->fault) {
			refuse(im, r, NULL, 0, r->fault);
			continue;
		}
		if (r->n > im->layout.columns) {
			refuse(im, r, cell, r->n, N_("there are more cells than columns: is a quote missing?"));
			continue;
		}
		if (r->open && r->n < im->layout.columns) {
			refuse(im, r, cell, r->n, N_("the file ends in the middle of this row: it was cut off, export it again"));
			continue;
		}
		im->open_end |= r->open;
		interpret(&im->layout, &im->setting, cell, r->n, im->batch, &s);
		if (s.refuse)
			refuse(im, r, cell, r->n, s.refuse);
		else if (!row_take(im, r, cell, r->n, &s))
			return false;
		bool many = im->format->contacts ? im->rows.n >= CONTACTS_AT_ONCE : im->rows.n >= ROWS_AT_ONCE || (im->people && people_waiting(im->people) >= CONTACTS_AT_ONCE * 4);
		if (many && !(naming_end(im, true) && (im->format->contacts ? contacts_keep(im) : keep(im))))
			return false;
		if (im->stopped)
			return true;
	}
	return naming_end(im, true);
}

static bool unknown_format(struct import *im)
{
	return err_set(&im->op->err, INVALID, "file", "%s: none of its first %d rows has column names that Handback knows%s. Take the file as Square or Stripe exports it (payments or customers, as CSV); or "
	               "name the columns of a list of your own customer_ref, name, email, phone, address1, city, region, postal_code, country, language.", im->name, HEADER_WITHIN,
	               im->format ? " for that format" : "");
}

static bool take_file(struct import *im, int fd, uint64_t size)
{
	const struct box_limits limits = { 256 << 20, 3600 };
	struct op *op = im->op;
	if (format_workbook(fd))
		return err_set(&op->err, INVALID, "file", "%s is a workbook of Excel or the like, or a packed file, not a CSV file. Open it, choose Save as or Export, then CSV, and give that file.", im->name);
	struct box *box = box_start("csv", fd, &limits, &op->err);
	struct csv *csv = box ? csv_open(box_line(box)) : NULL;
	struct csv_batch batch = { 0 };
	bool good = csv != NULL, more = good;
	while (good && more && !im->stopped) {
		good = csv_next(csv, &batch, &op->err);
		more = good && batch.n;
		good = good && rows_take(im, &batch, fd);
		if (good && !im->laid && (!more || batch.row[batch.n - 1].number >= HEADER_WITHIN))
			good = unknown_format(im);
		if (good && op->progress && csv)
			op->progress(op, "Importing", csv_bytes(csv), size);
		/* stopped by hand before anything of this part is kept: what was kept is whole days */
		if (op_stopped(op))
			im->stopped = true;
	}
	if (good && im->laid && !im->stopped && !im->dry)
		good = im->format->contacts ? contacts_keep(im) && listings_keep(im) : keep(im);
	if (csv && im->laid && !im->look) {
		static const char *const encodings[] = { "UTF-8", "UTF-8", "UTF-16", "UTF-16", "Windows-1252" };
		char d = csv_delimiter(csv);
		if (good && (csv_encoding(csv) >= CSV_UTF16LE || d != ','))
			answer_note(im->answer, "%s was read as %s, columns divided by %s.", im->name, encodings[csv_encoding(csv)],
			            d == ';' ? "semicolons" : d == '\t' ? "tabs" : "commas");
	}
	csv_close(csv);
	if (!good && op->err.code == TORN) {             /* why the box stopped says more */
		struct err why = { 0 };
		if (!box_end(box, &why))
			op->err = why;
		return false;
	}
	struct err ignored = { 0 };
	bool ended = box_end(box, good && !im->stopped ? &op->err : &ignored);
	return good && (ended || im->stopped || !im->laid);
}

static bool finish(struct import *im)
{
	struct op *op = im->op;
	struct counts *c = &im->count;
	if (!im->format->contacts)
		c->fresh = im->merged.fresh, c->changed = im->merged.changed, c->known = im->merged.known, c->folded = im->merged.folded;
	if (im->dry)
		c->fresh = c->rows - c->refused;
	im->not_kept = c->rows - (c->fresh + c->changed + c->known + c->folded + c->refused);
	c->rows -= im->not_kept;
	if (im->dry || !im->id)
		return true;
	return digest_end(&im->digest, true, &op->err) && op_begin(op) &&
	       op_end(op, sql_import_done(op, im->id, (struct str){ (const char *)im->digest.bytes, sizeof im->digest.bytes }, im->stopped ? 0 : op->now,
	                                  (int64_t)c->rows, (int64_t)c->fresh, (int64_t)c->changed, (int64_t)c->known, (int64_t)c->folded, (int64_t)c->refused, (int64_t)c->named, (int64_t)c->unnamed, (int64_t)c->masked, im->first_day, im->last_day) &&
	                      log_add(op, im->stopped ? "import.stopped" : "import.done",
	                              ABOUT({ "import", im->id }, { "rows", (int64_t)c->rows }, { "new", (int64_t)c->fresh }, { "changed", (int64_t)c->changed },
	                                    { "refused", (int64_t)c->refused }, { "masked", (int64_t)c->masked })));
}

static bool tell(struct import *im)
{
	struct answer *answer = im->answer;
	const struct counts *c = &im->count;
	struct doubtful *d;
	struct useless useless = im->people ? people_useless(im->people) : (struct useless){ 0 };
	size_t doubts = 0;
	answer_row(answer);
	answer_number(answer, "import", im->id);
	answer_text(answer, "file", str_of(im->name));
	answer_text(answer, "format", im->format->name);
	answer_number(answer, "rows", (int64_t)c->rows);
	answer_number(answer, "new", (int64_t)c->fresh);
	answer_number(answer, "changed", (int64_t)c->changed);
	answer_number(answer, "known", (int64_t)c->known);
	answer_number(answer, "folded", (int64_t)c->folded);
	answer_number(answer, "refused", (int64_t)c->refused);
	answer_number(answer, "named", (int64_t)c->named);
	answer_number(answer, "unnamed", (int64_t)c->unnamed);
	answer_number(answer, "masked", (int64_t)c->masked);
	answer_number(answer, "unusable", (int64_t)(useless.emails + useless.phones));
	answer_flag(answer, "complete", !im->stopped);
	if (im->dry)
		preview_put(im->preview, answer);
	answer_row_end(answer);
	if (im->dry)
		answer_say(answer, "(nothing kept) %s: taken as " STR_FMT ". %s: %" PRIu64 " understood, %" PRIu64 " refused.", im->name, STR_ARG(im->format->name),
		           counted(im->op->a, (int64_t)c->rows, "row", "rows"), c->fresh, c->refused);
	else
		answer_say(answer, "%s: taken as " STR_FMT ". %" PRIu64 " row%s: %" PRIu64 " new, %" PRIu64 " changed, %" PRIu64 " known, %" PRIu64 " folded, %" PRIu64 " refused.",
		           im->name, STR_ARG(im->format->name), c->rows, c->rows == 1 ? "" : "s", c->fresh, c->changed, c->known, c->folded, c->refused);
	if (c->unnamed && !im->stopped)
		answer_say(answer, c->unnamed == 1 ? "%" PRIu64 " payment names nobody. It is kept and counted." : "%" PRIu64 " payments name nobody. They are kept and counted.", c->unnamed);
	if (c->masked)
		answer_note(answer, c->masked == 1 ? "A card number was found in %" PRIu64 " cell and masked: none is kept here. Delete it where this file came from, too."
		                                   : "A card number was found in %" PRIu64 " cells and masked: none is kept here. Delete it where this file came from, too.", c->masked);
	if (useless.emails + useless.phones)
		answer_note(answer, "What stands for %s and %s is none, so nobody can be reached by it. To put one right: handback customer correct REF --email ADDRESS",
		            counted(im->op->a, (int64_t)useless.emails, "e-mail address", "e-mail addresses"), counted(im->op->a, (int64_t)useless.phones, "phone number", "phone numbers"));
	if (im->skipped_hours)
		answer_note(answer, im->skipped_hours == 1 ? "%" PRIu64 " time stands in the hour that the clocks skip in spring; it was taken an hour later."
		                                           : "%" PRIu64 " times stand in the hour that the clocks skip in spring; they were taken an hour later.", im->skipped_hours);
	if (im->cut_keys)
		answer_note(answer, "%" PRIu64 " %s a number that a spreadsheet has cut short, like 4.24E+15. It was not used to tell rows apart. Import the original file, "
		            "not one saved by a spreadsheet.", im->cut_keys, im->cut_keys == 1 ? "row carries" : "rows carry");
	if (im->open_end)
		answer_note(answer, "The last row has no line end. If the file was cut off, export it again and import it: what is known already stays.");
	if (im->odd_times)
		answer_note(answer, "%s before 1990 or later than tomorrow: a clock or a year may be wrong. Kept as told.", counted(im->op->a, (int64_t)im->odd_times, "time is", "times are"));
	if (im->two_readings)
		answer_note(answer, im->two_readings == 1 ? "%" PRIu64 " time carries zone letters with two meanings; it was taken in your own time zone."
		                                          : "%" PRIu64 " times carry zone letters with two meanings; they were taken in your own time zone.", im->two_readings);
	if (im->id && !ledger_doubts(im->op, im->id, &d, &doubts))
		return false;
	for (size_t i = 0; i < doubts && i < REASONS_SHOWN; i++)
		answer_note(answer, "Not joined: " STR_FMT " and " STR_FMT " share %s but not the name.", STR_ARG(d[i].a_ref), STR_ARG(d[i].b_ref),
		            d[i].email ? "an e-mail address" : "a phone number");
	if (doubts)
		answer_note(answer, doubts == 1 ? "%zu pair may be one person: handback customer find --doubtful" : "%zu pairs may be one person each: handback customer find --doubtful", doubts);
	if (im->stopped)
		answer_note(answer, "The import was stopped: %" PRIu64 " %s not kept. What is kept is complete up to a day; import the same file again, and it goes on.", im->not_kept,
		            im->not_kept == 1 ? "row that was read is" : "rows that were read are");
	answer->stopped = im->stopped;
	answer->attention |= c->refused || c->masked || im->stopped || im->cut_keys;
	return true;
}

/* -1: it can't be read, or is no file. */
static int file_open(struct op *op, const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		err_set(&op->err, INVALID, "file", "%s can't be read: %s.", path, strerror(errno));
	} else if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
		close(fd);
		fd = -1;
		err_set(&op->err, INVALID, "file", "%s is not a file.", path);
	}
	return fd;
}

static const char *own_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Reads no further than to the columns' names. */
static bool recognise(struct op *op, const char *path, const struct format *forced)
{
	struct stat st;
	struct import im = { .op = op, .path = path, .name = own_name(path), .look = true, .format = forced };
	int fd = file_open(op, path, &st);
	if (fd < 0)
		return false;
	im.batch = arena_open();
	bool good = take_file(&im, fd, (uint64_t)st.st_size);
	arena_close(im.batch);
	close(fd);
	return good;
}

/* name: what it is called elsewhere, when it lies in memory; refused_to: where its refused rows go; preview: it is only looked at. */
static bool import_one(struct op *op, const char *path, struct str name, struct str refused_to, struct preview *preview, const struct format *forced, uint64_t *asked,
                       struct answer *answer)
{
	struct stat st;
	struct import im = { .op = op, .answer = answer, .path = path, .name = name.n ? arena_str(op->a, name).p : own_name(path),
	                     .refused_to = refused_to.n ? arena_str(op->a, refused_to).p : NULL,
	                     .refused_failed = name.n && !refused_to.n,  /* there is no place beside it */
	                     .dry = preview, .preview = preview, .asked = asked, .format = forced, .first_day = 0, .last_day = -1, .lock = -1 };
	int fd = file_open(op, path, &st);
	if (fd < 0)
		return false;
	struct str region = op_setting(op, "region");
	im.setting = (struct setting){ .zone = op->zone, .country = region.n >= 2 ? (struct str){ region.p, 2 } : STR("US"), .keep = op->a };
	im.batch = arena_open();
	random_bytes(&im.holders_seed, sizeof im.holders_seed);
	bool good = take_file(&im, fd, (uint64_t)st.st_size);
	naming_end(&im, false);                          /* what an error left open */
	good = good && finish(&im);
	digest_end(&im.digest, false, &op->err);
	refused_end(&im, good);
	good = good && tell(&im);
	if (good && preview)
		preview->read = preview->understood + preview->refused_all;
	if (im.lock >= 0)
		close(im.lock);
	people_close(im.people);
	setting_close(&im.setting);
	for (size_t i = 0; i < im.listings; i++)
		free(im.listing[i].who);
	free(im.rows.p);
	free(im.refunds.p);
	free(im.holder);
	free(im.again);
	free(im.refused_path);
	free(im.refused_temp);
	arena_close(im.batch);
	close(fd);
	return good;
}

bool import_run(struct op *op, const struct args *args, struct answer *answer)
{
	const struct arg *files = args_list(args, "file");
	const struct format *forced = NULL;
	uint64_t asked = 0;
	if (args_has(args, "format") && !(forced = format_named(args_text(args, "format"))))
		return err_set(&op->err, INVALID, "format", "There is no format \"" STR_FMT "\". handback import --help lists them.", STR_ARG(args_text(args, "format")));
	if (args_has(args, "refused") && files->n > 1)
		return err_set(&op->err, INVALID, "refused", "--refused goes with one file.");
	/* one that can't be read or is not known is said before any is imported */
	for (size_t i = 0; i < files->n && files->n > 1; i++)
		if (!recognise(op, arena_printf(op->a, STR_FMT, STR_ARG(files->value[i])), forced))
			return false;
	for (size_t i = 0; i < files->n; i++) {
		struct preview *preview = args_has(args, "dry-run") ? arena_get(op->a, sizeof *preview) : NULL;
		if (!import_one(op, arena_printf(op->a, STR_FMT, STR_ARG(files->value[i])), args_text(args, "name"), args_text(args, "refused"), preview, forced, &asked, answer))
			return false;
		if (preview)
			preview_say(op, preview, answer);
	}
	return true;
}

bool ledger_preview(struct op *op, const char *path, struct str name, struct preview *out, struct answer *notes)
{
	uint64_t asked = 0;
	*out = (struct preview){ 0 };
	return import_one(op, path, name, STR(""), out, NULL, &asked, notes);
}

/* ---- what was imported ---- */

bool ledger_imports(struct op *op, int64_t below, int64_t many, struct imported **out, size_t *n)
{
	struct sql_imports q;
	struct imported *v = NULL;
	size_t room = 0, m = 0;
	if (!sql_imports(op, below, many, &q))
		return false;
	while (sql_imports_next(op, &q)) {
		v = arena_more(op->a, v, m, &room, sizeof *v);
		bool open = !q.undone && (!q.done || q.undo);
		v[m++] = (struct imported){ q.id, q.at, q.done, q.undo, q.undone, open && op_held(op, IMPORT_LOCK, q.id), q.file, q.format, q.digest, q.n_rows, q.fresh, q.changed, q.known, q.folded, q.refused, q.named, q.unnamed, q.masked,
		                         q.first_day, q.last_day };
	}
	*out = v, *n = m;
	return op->err.code == OK;
}

static const char *how_it_stands(const struct imported *m)
{
	if (m->undone)
		return "  (taken back)";
	if (m->at_work)
		return m->undo ? "  (being taken back now)" : "  (being imported now)";
	return m->undo ? "  (being taken back: run import undo again)" : m->done ? "" : "  (stopped: run it again)";
}

bool import_list_run(struct op *op, const struct args *args, struct answer *answer)
{
	struct imported *all;
	size_t n;
	(void)args;
	if (!ledger_imports(op, INT64_MAX, INT64_MAX, &all, &n))
		return false;
	for (size_t i = n; i-- > 0;) {
		const struct imported *m = &all[i];
		answer_row(answer);
		answer_number(answer, "import", m->id);
		answer_text(answer, "file", m->file);
		answer_text(answer, "format", m->format);
		answer_time(answer, "at", m->at);
		answer_flag(answer, "complete", m->done != 0);
		answer_flag(answer, "at_work", m->at_work);
		answer_number(answer, "rows", m->rows);
		answer_number(answer, "new", m->fresh);
		answer_number(answer, "changed", m->changed);
		answer_number(answer, "known", m->known);
		answer_number(answer, "folded", m->folded);
		answer_number(answer, "refused", m->refused);
		answer_number(answer, "named", m->named);
		answer_number(answer, "unnamed", m->unnamed);
		answer_number(answer, "masked", m->masked);
		answer_time(answer, "undone", m->undone ? m->undone : FAR_OFF);
		answer_row_end(answer);
		answer_say(answer, "%3" PRId64 "  " STR_FMT "  %-20.*s %8" PRId64 " %s, %" PRId64 " new%s  " STR_FMT, m->id, STR_ARG(when_local_text(op->a, op->zone, m->at)), STR_ARG(m->format),
		           m->rows, m->rows == 1 ? "row" : "rows", m->fresh, how_it_stands(m), STR_ARG(m->file));
	}
	if (!n)
		answer_say(answer, "Nothing was imported yet. handback import FILE");
	return true;
}
