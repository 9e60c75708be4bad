/* outbox - files for the owner's hands: outbox/N.R in the data folder, with mails that no server is to take and print-ready letters.
 *
 * A file is there whole or not at all, and is named after what it is: written once more it is the same file. Names and addresses
 * stand in these files only; letters.csv knows references.
 */
#include "notice_data.h"
#include "notice_int.h"
#include "notice_sql.h"
#include "outbox.h"
#include "telling.h"
#include "ways.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_MAX = 1 << 30 };

static const char *outbox_path(struct op *op, const struct round *r)
{
	return arena_printf(op->a, STR_FMT "/outbox/" STR_FMT, STR_ARG(op->folder), STR_ARG(round_name(op, r)));
}

static bool folder_make(struct op *op, const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST || err_errno(&op->err, "The outbox can't be made");
}

bool outbox_open(struct op *op, const struct round *r, struct outbox *o)
{
	const char *path = outbox_path(op, r);
	if (!folder_make(op, arena_printf(op->a, STR_FMT "/outbox", STR_ARG(op->folder))) || !folder_make(op, path))
		return false;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return err_errno(&op->err, "The outbox can't be opened");
	*o = (struct outbox){ dir, path };
	return true;
}

void outbox_close(struct outbox *o)
{
	if (o->path)
		close(o->dir);
	o->path = NULL;
}

bool outbox_there(struct op *op, const struct round *r)
{
	struct stat st;
	return lstat(outbox_path(op, r), &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_mail(const char *name)
{
	size_t n = strlen(name);
	return n > 4 && strcmp(name + n - 4, ".eml") == 0;
}

/* Files of other people's making are left alone, and keep the folder; what a killed write left of ours goes. */
bool outbox_clear(struct op *op, const struct round *r, bool mails, bool letters)
{
	const char *path = outbox_path(op, r);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	for (struct dirent *e; d && (e = readdir(d));) {
		bool ours = strncmp(e->d_name, "letters", 7) == 0 || (e->d_name[0] == '.' && e->d_name[1] && e->d_name[1] != '.');
		if (is_mail(e->d_name) ? mails : ours && letters)
			unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	return rmdir(path) == 0;
}

void outbox_drop_mail(struct op *op, const struct round *r, struct str ref)
{
	unlink(arena_printf(op->a, "%s/" STR_FMT ".eml", outbox_path(op, r), STR_ARG(ref)));
}

/* ---- a file, whole or not at all ---- */

struct whole { int fd; char temp[160]; };

static bool whole_begin(struct outbox *o, const char *name, struct whole *w, struct err *e)
{
	snprintf(w->temp, sizeof w->temp, ".%s.new", name);
	w->fd = openat(o->dir, w->temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	return w->fd >= 0 || err_errno(e, "The outbox can't be written");
}

/* Once what was written is durable, it gets its name. */
static bool whole_end(struct outbox *o, const char *name, struct whole *w, bool good, struct err *e)
{
	close(w->fd);
	if (good && renameat(o->dir, w->temp, o->dir, name) != 0)
		good = err_errno(e, "The outbox can't be written");
	if (!good)
		unlinkat(o->dir, w->temp, 0);
	return good;
}

static bool durable(int result, struct err *e)
{
	return result == 0 || err_errno(e, "The outbox can't be written");
}

static bool write_all(int fd, struct str s, struct err *e)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno != EINTR)
			return err_errno(e, "The outbox can't be written");
		if (n > 0)
			s.p += n, s.n -= (size_t)n;
	}
	return true;
}

/* Many files are made durable by one call for the whole file system: each by itself would wait for the disk as often as there are files. */
bool outbox_put(struct outbox *o, const struct outbox_file *file, size_t n, struct err *e)
{
	struct whole w[OUTBOX_AT_ONCE];
	size_t begun = 0;
	bool good = n <= LENGTH(w) || err_set(e, TOO_BIG, NULL, "Too many files for the outbox at once.");
	for (; good && begun < n && (good = whole_begin(o, file[begun].name, &w[begun], e)); begun++)
		good = write_all(w[begun].fd, file[begun].bytes, e);
	if (good && n)
		good = durable(n > 1 ? syncfs(o->dir) : fsync(w->fd), e);
	for (size_t i = 0; i < begun; i++)
		good = whole_end(o, file[i].name, &w[i], good, e);
	return good;
}

void outbox_drop(struct outbox *o, const char *name)
{
	unlinkat(o->dir, name, 0);
}

bool outbox_sync(struct outbox *o, struct err *e)
{
	return durable(fsync(o->dir), e);
}

/* ---- letters ---- */

/* The country as two letters: as told, else the region's, else the business's own. */
static struct str country_of(struct op *op, const struct address *a)
{
	struct str home = op_setting(op, "region");
	return a->country.n ? a->country : str_region(a->region) ? (struct str){ a->region.p, 2 } : home.n >= 2 ? (struct str){ home.p, 2 } : STR("US");
}

/* The last line of an address abroad; the home country is not written. What is no code known stays as it is. */
static struct str country_line(struct op *op, struct str country)
{
	struct str home = op_setting(op, "region"), text = data_countries_txt;
	if (str_eq_nocase(country, home.n >= 2 ? (struct str){ home.p, 2 } : STR("US")))
		return STR("");
	while (text.p) {
		struct str name = str_split(&text, '\n'), code = str_split(&name, '=');
		if (code.n == 2 && str_eq_nocase(code, country))
			return name;
	}
	return country;
}

/* "US-NY" is NY where the post writes such parts, and nothing elsewhere; another text stays as it is. */
static struct str region_line(struct str region, struct str country)
{
	bool written = str_eq_nocase(country, STR("US")) || str_eq_nocase(country, STR("CA")) || str_eq_nocase(country, STR("AU"));
	return !str_region(region) ? region : written ? (struct str){ region.p + 3, region.n - 3 } : STR("");
}

static void line_put(struct op *op, struct buf *b, struct str line)
{
	line = str_trim(plain_line(op, line));
	if (line.n)
		buf_printf(b, "%s" STR_FMT, b->n ? "\n" : "", STR_ARG(line));
}

struct str address_lines(struct op *op, const struct customer *c)
{
	const struct address *a = customer_address(c);
	struct buf b = BUF(8192);
	line_put(op, &b, customer_name(c));
	line_put(op, &b, a->line1);
	line_put(op, &b, a->line2);
	struct str country = country_of(op, a), region = region_line(a->region, country);
	line_put(op, &b, arena_say(op->a, STR_FMT "%s" STR_FMT "%s" STR_FMT, STR_ARG(a->city), a->city.n && region.n ? ", " : "", STR_ARG(region),
	                           (a->city.n || region.n) && a->postal_code.n ? " " : "", STR_ARG(a->postal_code)));
	line_put(op, &b, country_line(op, country));
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* The setting divides the address by commas; what follows the last one, state and code, stays on the town's line. */
struct str notice_sender(struct op *op, struct str business, struct str address, struct str phone)
{
	struct buf b = BUF(4096);
	struct str rest = address;
	buf_put(&b, business);
	for (bool first = true; rest.p && rest.n; first = false) {
		struct str part = str_trim(str_split(&rest, ','));
		buf_put(&b, !rest.p && !first ? STR(", ") : STR("\n"));
		buf_put(&b, part);
	}
	if (phone.n)
		buf_printf(&b, "\n" STR_FMT, STR_ARG(phone));
	struct str out = arena_str(op->a, buf_str(&b));
	buf_free(&b);
	return out;
}

bool outbox_letters(struct op *op, struct outbox *o, const char *name, const struct telling *common, enum language language, const struct sheet *sheet, size_t n,
                    struct paper_result *result)
{
	struct whole w;
	struct paper_style style = { .size = str_eq(op_setting(op, "paper.size"), STR("a4")) ? PAPER_A4 : PAPER_LETTER, .sender = notice_sender(op, common->business, common->address, common->phone),
	                             .language = language_code(language).p };
	return whole_begin(o, name, &w, &op->err) &&
	       whole_end(o, name, &w, paper_letters(w.fd, sheet, n, &style, result, &op->err) && durable(fsync(w.fd), &op->err), &op->err);
}

struct str letter_place(struct op *op, int64_t file, const struct paper_result *r)
{
	return arena_say(op->a, "%03" PRId64 "/%05u%s", file, r->first_page, r->missing_glyphs ? "/no font" : r->address_cut ? "/cut" : "");
}

const char *letter_look(struct str place)
{
	str_split(&place, '/'), str_split(&place, '/');
	return str_eq(place, STR("no font")) ? "no font here has some of its letters" : str_eq(place, STR("cut")) ? "its address is too long for the window" : "";
}

/* A row a letter that is printed; the codes are those at the letters' foot. */
bool outbox_list(struct op *op, struct outbox *o, const struct round *r)
{
	struct sql_letters q;
	struct buf b = BUF(LIST_MAX);
	struct arena *mine = arena_open(), *whole = op->a;
	struct str name = round_name(op, r);
	buf_put(&b, STR("code,customer_ref,file,page,look\r\n"));
	op->a = mine;
	bool good = sql_letters(op, r->incident, r->round, &q);
	for (size_t n = 0; good && sql_letters_next(op, &q); n++) {
		struct str rest = q.place, file = str_split(&rest, '/'), page = str_split(&rest, '/');
		int64_t number = 0;
		str_i64(page, &number);
		buf_printf(&b, STR_FMT " " STR_FMT "," STR_FMT ",letters-" STR_FMT ".pdf,%" PRId64 ",%s\r\n", STR_ARG(name), STR_ARG(q.ref), STR_ARG(q.ref),
		           STR_ARG(file), number, letter_look(q.place));
		if (n % 1024 == 1023)
			arena_reset(mine);
	}
	op->a = whole;
	arena_close(mine);
	good = good && op->err.code == OK && (!b.full || err_set(&op->err, TOO_BIG, NULL, "letters.csv is too long.")) &&
	       outbox_put(o, &(struct outbox_file){ "letters.csv", buf_str(&b) }, 1, &op->err) && outbox_sync(o, &op->err);
	buf_free(&b);
	return good;
}

/* ---- for pages: the letters to print ---- */

static bool is_letters(struct str name)
{
	bool pdf = name.n > 12 && str_starts(name, STR("letters-")) && str_eq((struct str){ name.p + name.n - 4, 4 }, STR(".pdf"));
	for (size_t i = 8; pdf && i < name.n - 4; i++)
		pdf = name.p[i] >= '0' && name.p[i] <= '9';
	return pdf || str_eq(name, STR("letters.csv"));
}

/* The list comes behind the letters. */
static int by_name(const void *a, const void *b)
{
	const struct str *x = a, *y = b;
	bool list_x = x->p[7] == '.', list_y = y->p[7] == '.';
	return list_x != list_y ? list_x - list_y : str_cmp(*x, *y);
}

bool notice_letters(struct op *op, int64_t incident, int64_t round, struct str name[LETTER_FILES], size_t *n)
{
	struct round r = { .incident = incident, .round = round };
	DIR *d = opendir(outbox_path(op, &r));
	*n = 0;
	for (struct dirent *e; d && *n < LETTER_FILES && (e = readdir(d));)
		if (is_letters(str_of(e->d_name)))
			name[(*n)++] = arena_str(op->a, str_of(e->d_name));
	if (d)
		closedir(d);
	else if (errno != ENOENT)
		return err_errno(&op->err, "The outbox can't be opened");
	if (*n)
		qsort(name, *n, sizeof *name, by_name);
	return true;
}

bool notice_letters_open(struct op *op, int64_t incident, int64_t round, struct str name, int *fd, uint64_t *size)
{
	struct round r = { .incident = incident, .round = round };
	struct stat st;
	*fd = is_letters(name) ? open(arena_printf(op->a, "%s/" STR_FMT, outbox_path(op, &r), STR_ARG(name)), O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (*fd >= 0 && fstat(*fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*size = (uint64_t)st.st_size;
		return true;
	}
	if (*fd >= 0)
		close(*fd);
	return err_set(&op->err, NOT_FOUND, NULL, "There is no such file of letters any more: what was posted is taken away.");
}
