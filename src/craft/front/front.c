/* front - the files of the public side and what they are sealed with. Touches only the folder pages/.
 *
 * Ciphers: a page is XChaCha20-Poly1305 under a key derived from its secret; an answer is libsodium's sealed box. The file format stands in
 * doc/front.md.
 */
#include "front_data.h"
#include "front_int.h"

#include <ctype.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PAGE_VERSION = 1, NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	PAGE_STEP = 4096,                                /* pages are padded to a multiple of it: their length tells little */
	SECRET_DIGITS = 26, CHECK_DIGITS = 4, GROUP = 5, /* of five bits each */
	NAME_BYTES = (FRONT_NAME - 1) * 5 / 8,
	PROOF = 32,
};
_Static_assert(FRONT_SEALED_MAX <= PIPE_BUF, "an answer goes over the line whole");

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";     /* Crockford's: without I, L, O, U */
static const char *const own_folders[] = { "for", "proof" };
static const char say_write[] = "The public pages can't be written";

/* ---- names ---- */

static bool small(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool part_fits(struct str part)
{
	if (str_eq(part, STR(".well-known")))
		return true;
	for (size_t i = 0; i < part.n; i++)
		if (!small(part.p[i]) && (i == 0 || !strchr("-_.", part.p[i]) || (part.p[i] == '.' && part.p[i - 1] == '.')))
			return false;
	return part.n > 0;
}

static bool name_fits(struct str name)
{
	if (!name.n || name.n > FRONT_PATH_MAX)
		return false;
	while (name.p)
		if (!part_fits(str_split(&name, '/')))
			return false;
	return true;
}

const char *front_type(const char *name)
{
	static const struct { const char *end, *type; } types[] = {
		{ ".html", "text/html; charset=utf-8" }, { ".css", "text/css; charset=utf-8" }, { ".js", "text/javascript; charset=utf-8" },
		{ ".txt", "text/plain; charset=utf-8" }, { ".json", "application/json" }, { ".svg", "image/svg+xml" }, { ".png", "image/png" },
		{ ".pdf", "application/pdf" }, { ".xml", "application/xml" },
	};
	size_t n = strlen(name);
	for (size_t i = 0; i < LENGTH(types); i++) {
		size_t end = strlen(types[i].end);
		if (n > end && strcmp(name + n - end, types[i].end) == 0)
			return types[i].type;
	}
	return NULL;
}

bool front_path(struct arena *a, struct str path, enum language language, const char **name)
{
	struct str bare = path.n && path.p[0] == '/' ? (struct str){ path.p + 1, path.n - 1 } : path;
	bool folder = !bare.n || bare.p[bare.n - 1] == '/';
	*name = arena_printf(a, STR_FMT "%s", STR_ARG(bare), !folder ? "" : language == SPANISH ? "index.es.html" : "index.html");
	return name_fits(str_of(*name)) && front_type(*name);
}

struct str front_status(struct arena *a, struct str url, int64_t incident, enum language language)
{
	return arena_say(a, STR_FMT "/status/%lld/%s", STR_ARG(url), (long long)incident, language == SPANISH ? "index.es.html" : "");
}

/* ---- writing ---- */

static bool failed(struct err *e)
{
	return err_errno(e, say_write);
}

static bool write_whole(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			s.p += n, s.n -= (size_t)n;
	}
	return true;
}

bool pages_put(int folder, const char *name, const struct str *piece, size_t n, bool last, struct err *e)
{
	char beside[FRONT_PATH_MAX + 16];
	snprintf(beside, sizeof beside, ".%s.new", name);
	int fd = openat(folder, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return failed(e);
	bool good = true;
	for (size_t i = 0; good && i < n; i++)
		good = write_whole(fd, piece[i]);
	good = (good && (!last || fsync(fd) == 0) && renameat(folder, beside, folder, name) == 0 && (!last || fsync(folder) == 0)) || failed(e);
	close(fd);
	if (!good)
		unlinkat(folder, beside, 0);
	return good;
}

int pages_folder(int in, const char *name, bool make, struct err *e)
{
	int fd = make && mkdirat(in, name, 0755) != 0 && errno != EEXIST ? -1 : openat(in, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && e)
		failed(e);
	return fd;
}

/* The folder that a name's file stands in, made on the way; *last becomes what stands behind its last /. */
static int folder_of(int pages, const char *name, bool make, const char **last, struct err *e)
{
	char part[FRONT_PATH_MAX + 1];
	int at = pages_folder(pages, "all", make, e);
	for (*last = name; at >= 0 && strchr(*last, '/'); *last = strchr(*last, '/') + 1) {
		snprintf(part, sizeof part, "%.*s", (int)strcspn(*last, "/"), *last);
		int next = pages_folder(at, part, make, e);
		close(at);
		at = next;
	}
	return at;
}

bool front_put(int pages, const char *name, struct str bytes, struct err *e)
{
	const char *last;
	if (!name_fits(str_of(name)) || !front_type(name))
		return err_set(e, INVALID, NULL, "%.60s can't be the name of a public file.", name);
	if (bytes.n > FRONT_FILE_MAX)
		return err_set(e, TOO_BIG, NULL, "%.60s is too large for a public file.", name);
	int at = folder_of(pages, name, true, &last, e);
	bool good = at >= 0 && pages_put(at, last, &bytes, 1, true, e);
	if (at >= 0)
		close(at);
	return good;
}

bool front_drop(int pages, const char *name, struct err *e)
{
	const char *last;
	int at = name_fits(str_of(name)) ? folder_of(pages, name, false, &last, NULL) : -1;
	bool good = at < 0 || unlinkat(at, last, 0) == 0 || errno == ENOENT || failed(e);
	if (at >= 0)
		close(at);
	return good;
}

int front_file(int pages, const char *name, uint64_t *size)
{
	const char *last;
	struct stat st;
	int at = name_fits(str_of(name)) ? folder_of(pages, name, false, &last, NULL) : -1;
	int fd = at >= 0 ? openat(at, last, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
	if (at >= 0)
		close(at);
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FRONT_FILE_MAX)) {
		close(fd);
		fd = -1;
	}
	if (fd >= 0)
		*size = (uint64_t)st.st_size;
	return fd;
}

/* What is there already is not written again: the first process of a new version puts its own. */
static bool look_put(int pages, const char *name, struct str bytes, struct err *e)
{
	uint64_t size = 0;
	int fd = front_file(pages, name, &size);
	struct buf there = BUF(FRONT_FILE_MAX);
	char *to = fd >= 0 ? buf_space(&there, size) : NULL;
	bool same = to && read(fd, to, size) == (ssize_t)size && str_eq(buf_str(&there), bytes);
	if (fd >= 0)
		close(fd);
	buf_free(&there);
	return same || front_put(pages, name, bytes, e);
}

int front_open(struct str folder, struct err *e)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, STR_FMT "/pages", STR_ARG(folder)) >= (int)sizeof path || sodium_init() < 0) {
		err_set(e, OUTSIDE, NULL, "The folder of public pages can't be opened.");
		return -1;
	}
	int pages = pages_folder(AT_FDCWD, path, true, e);
	bool good = pages >= 0;
	for (size_t i = 0; good && i < LENGTH(own_folders); i++) {
		int own = pages_folder(pages, own_folders[i], true, e);
		good = own >= 0;
		if (own >= 0)
			close(own);
	}
	if (pages >= 0 && (!good || !look_put(pages, "look/public.css", data_public_css, e) || !look_put(pages, "look/public.js", data_public_js, e))) {
		close(pages);
		pages = -1;
	}
	return pages;
}

bool front_sync(int pages, struct err *e)
{
	return syncfs(pages) == 0 || failed(e);
}

/* ---- secrets ---- */

/* Five bits a digit, the highest first; what is left of the last digit is 0. */
static void spell(const uint8_t *bytes, size_t n, char *to, size_t many)
{
	for (size_t i = 0; i < many; i++) {
		unsigned value = 0;
		for (size_t bit = i * 5; bit < i * 5 + 5; bit++)
			value = value << 1 | (bit < n * 8 ? bytes[bit / 8] >> (7 - bit % 8) & 1u : 0);
		to[i] = digits[value];
	}
}

void front_name(const uint8_t secret[FRONT_SECRET], char name[FRONT_NAME])
{
	uint8_t hash[32];
	keyed_hash(secret, FRONT_SECRET, "page name", STR(""), hash);
	spell(hash, NAME_BYTES, name, FRONT_NAME - 1);
	for (size_t i = 0; i < FRONT_NAME - 1; i++)
		name[i] = name[i] >= 'A' ? (char)(name[i] + 32) : name[i];
	name[FRONT_NAME - 1] = 0;
}

static void code_digits(const uint8_t secret[FRONT_SECRET], char all[SECRET_DIGITS + CHECK_DIGITS])
{
	uint8_t hash[32];
	keyed_hash(secret, FRONT_SECRET, "code check", STR(""), hash);
	spell(secret, FRONT_SECRET, all, SECRET_DIGITS);
	spell(hash, sizeof hash, all + SECRET_DIGITS, CHECK_DIGITS);
}

void front_code(const uint8_t secret[FRONT_SECRET], char code[FRONT_CODE])
{
	char all[SECRET_DIGITS + CHECK_DIGITS], *to = code;
	code_digits(secret, all);
	for (size_t i = 0; i < sizeof all; i++) {
		if (i && i % GROUP == 0)
			*to++ = '-';
		*to++ = all[i];
	}
	*to = 0;
}

bool front_code_read(struct str typed, uint8_t secret[FRONT_SECRET])
{
	char all[SECRET_DIGITS + CHECK_DIGITS], right[SECRET_DIGITS + CHECK_DIGITS];
	size_t n = 0;
	size_t from = typed.n;
	memset(secret, 0, FRONT_SECRET);
	/* of a link what stands behind its #, which a scanner that types for another keyboard makes another sign */
	while (from && (isalnum((unsigned char)typed.p[from - 1]) || memchr("- \n\r\t", typed.p[from - 1], 5)))
		from--;
	for (size_t i = from; i < typed.n; i++) {
		char c = typed.p[i];
		if (c == '-' || c == ' ' || c == '\n' || c == '\r' || c == '\t')
			continue;
		c = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		const char *digit = c ? strchr(digits, c) : NULL;
		if (!digit || n == sizeof all)
			return false;
		for (size_t bit = 0; n < SECRET_DIGITS && bit < 5; bit++)
			if (((size_t)(digit - digits) >> (4 - bit) & 1) && n * 5 + bit < FRONT_SECRET * 8)
				secret[(n * 5 + bit) / 8] |= (uint8_t)(0x80 >> ((n * 5 + bit) % 8));
		all[n++] = c;
	}
	code_digits(secret, right);
	return n == sizeof all && memcmp(all, right, sizeof all) == 0;
}

struct str front_link(struct arena *a, struct str url, const uint8_t secret[FRONT_SECRET])
{
	char name[FRONT_NAME], code[FRONT_CODE];
	front_name(secret, name);
	front_code(secret, code);
	return arena_say(a, STR_FMT "/p/%s#%s", STR_ARG(url), name, code);
}

/* ---- a page of one's own: version, nonce, ciphertext and tag ---- */

static void page_key(const uint8_t secret[FRONT_SECRET], uint8_t key[32])
{
	keyed_hash(secret, FRONT_SECRET, "page key", STR(""), key);
}

/* What is authenticated with it: another page under this name does not open. */
static struct str page_about(char about[32], const char name[FRONT_NAME])
{
	return (struct str){ about, (size_t)snprintf(about, 32, "page%d%s", PAGE_VERSION, name) };
}

void front_own_write(struct buf *b, const struct own_page *p)
{
	buf_u8(b, (uint8_t)p->language), buf_u8(b, p->letter);
	buf_lstr(b, p->phone);
	buf_u8(b, (uint8_t)p->n);
	for (const struct own_told *t = p->told; t < p->told + p->n; t++) {
		buf_u64(b, (uint64_t)t->incident), buf_u64(b, (uint64_t)t->round), buf_u8(b, (uint8_t)t->language);
		buf_lstr(b, t->title), buf_lstr(b, t->day), buf_lstr(b, t->text);
	}
}

static enum language language_of(struct cursor *c)
{
	return cursor_u8(c) == SPANISH ? SPANISH : ENGLISH;
}

bool front_own_read(struct str bytes, struct own_page *p)
{
	struct cursor c = cursor_of(bytes);
	*p = (struct own_page){ .language = language_of(&c), .letter = cursor_u8(&c), .phone = cursor_lstr(&c) };
	size_t n = cursor_u8(&c);
	for (; p->n < n && p->n < OWN_TOLD_MAX && !c.torn; p->n++) {
		struct own_told *t = &p->told[p->n];
		t->incident = (int64_t)cursor_u64(&c), t->round = (int64_t)cursor_u64(&c), t->language = language_of(&c);
		t->title = cursor_lstr(&c), t->day = cursor_lstr(&c), t->text = cursor_lstr(&c);
	}
	return p->n && cursor_done(&c);
}

bool front_put_for(int pages, const uint8_t secret[FRONT_SECRET], struct str bytes, struct err *e)
{
	char name[FRONT_NAME], about[32];
	uint8_t key[32], head[1 + NONCE] = { PAGE_VERSION };
	struct buf b = BUF(FRONT_OWN_MAX + PAGE_STEP + TAG);
	if (bytes.n > FRONT_OWN_MAX)
		return err_set(e, TOO_BIG, NULL, "A customer's page is too large.");
	front_name(secret, name);
	struct str with = page_about(about, name);
	size_t padded = 0;
	uint8_t *p = (uint8_t *)buf_space(&b, bytes.n + PAGE_STEP + TAG);
	memcpy(p, bytes.p, bytes.n);
	int bad = sodium_pad(&padded, p, bytes.n, PAGE_STEP, bytes.n + PAGE_STEP);
	assert(!bad);
	page_key(secret, key);
	random_bytes(head + 1, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(p, NULL, p, padded, (const uint8_t *)with.p, with.n, NULL, head + 1, key);
	wipe(key, sizeof key);
	int own = pages_folder(pages, "for", false, e);
	bool good = own >= 0 && pages_put(own, name, (const struct str[]){ { (const char *)head, sizeof head }, { (const char *)p, padded + TAG } }, 2, false, e);
	if (own >= 0)
		close(own);
	buf_free(&b);
	return good;
}

bool front_drop_for(int pages, const char name[FRONT_NAME], struct err *e)
{
	bool good = true;
	for (size_t i = 0; good && i < LENGTH(own_folders); i++) {
		int own = pages_folder(pages, own_folders[i], false, e);
		good = own >= 0 && (unlinkat(own, name, 0) == 0 || errno == ENOENT || failed(e));
		if (own >= 0)
			close(own);
	}
	return good;
}

/* Its bytes as they lie there; false: there is none. */
static bool page_read(int pages, const char *folder, const char name[FRONT_NAME], struct buf *b)
{
	struct stat st;
	int own = pages_folder(pages, folder, false, NULL), fd = own >= 0 ? openat(own, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
	char *to = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 ? buf_space(b, (size_t)st.st_size) : NULL;
	bool good = to && read(fd, to, (size_t)st.st_size) == (ssize_t)st.st_size;
	if (fd >= 0)
		close(fd);
	if (own >= 0)
		close(own);
	return good;
}

bool front_page_for(int pages, const uint8_t secret[FRONT_SECRET], struct arena *a, struct str *bytes, struct err *e)
{
	char name[FRONT_NAME], about[32];
	uint8_t key[32];
	struct buf b = BUF(FRONT_OWN_MAX + PAGE_STEP + TAG + NONCE + 1);
	front_name(secret, name);
	struct str with = page_about(about, name);
	if (!page_read(pages, "for", name, &b)) {
		buf_free(&b);
		return err_set(e, NOT_FOUND, NULL, "There is no page for this code.");
	}
	struct cursor c = cursor_of(buf_str(&b));
	uint8_t version = cursor_u8(&c);
	struct str nonce = cursor_bytes(&c, NONCE);
	size_t left = (size_t)(c.end - c.p), n = 0;
	uint8_t *plain = arena_get(a, left + 1);
	page_key(secret, key);
	bool good = !c.torn && version == PAGE_VERSION && left > TAG &&
	            crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, c.p, left, (const uint8_t *)with.p, with.n, (const uint8_t *)nonce.p, key) == 0 &&
	            sodium_unpad(&n, plain, left - TAG, PAGE_STEP) == 0;
	wipe(key, sizeof key);
	buf_free(&b);
	*bytes = (struct str){ (const char *)plain, n };
	return good || err_set(e, TORN, NULL, "This page was changed, and does not open.");
}

/* ---- what is added later: version, and a sealed box to a key that follows from the secret ---- */

static void proof_keys(const uint8_t secret[FRONT_SECRET], uint8_t key[FRONT_KEY], uint8_t opens[32])
{
	uint8_t seed[32];
	keyed_hash(secret, FRONT_SECRET, "proof key", STR(""), seed);
	crypto_box_seed_keypair(key, opens, seed);
	wipe(seed, sizeof seed);
}

void front_proof_key(const uint8_t secret[FRONT_SECRET], uint8_t key[FRONT_KEY])
{
	uint8_t opens[32];
	proof_keys(secret, key, opens);
	wipe(opens, sizeof opens);
}

bool front_put_proofs(int pages, const char name[FRONT_NAME], const uint8_t key[FRONT_KEY], const struct front_proof *proof, size_t n, struct err *e)
{
	struct buf b = BUF(FRONT_PAGE_MAX), sealed = BUF(FRONT_PAGE_MAX + PAGE_STEP + crypto_box_SEALBYTES);
	size_t padded = 0;
	for (size_t i = 0; i < n; i++)
		buf_lstr(&b, proof[i].name), buf_lstr(&b, proof[i].bytes);
	if (b.full) {
		buf_free(&b);
		return err_set(e, TOO_BIG, NULL, "A customer's proofs are too large.");
	}
	uint8_t *plain = mem_zero(b.n + PAGE_STEP, 1), *p = (uint8_t *)buf_space(&sealed, b.n + PAGE_STEP + crypto_box_SEALBYTES);
	memcpy(plain, b.p, b.n);
	int bad = sodium_pad(&padded, plain, b.n, PAGE_STEP, b.n + PAGE_STEP);
	assert(!bad);
	int own = crypto_box_seal(p, plain, padded, key) == 0 ? pages_folder(pages, "proof", false, e) : -1;
	bool good = own >= 0 && pages_put(own, name, (const struct str[]){ { (const char[]){ PAGE_VERSION }, 1 }, { (const char *)p, padded + crypto_box_SEALBYTES } }, 2, false, e);
	if (own >= 0)
		close(own);
	free(plain);
	buf_free(&b);
	buf_free(&sealed);
	return good;
}

bool front_proof_for(int pages, const uint8_t secret[FRONT_SECRET], struct str which, struct arena *a, struct str *bytes, struct err *e)
{
	char name[FRONT_NAME];
	uint8_t key[FRONT_KEY], opens[32];
	struct buf b = BUF(FRONT_PAGE_MAX + PAGE_STEP + crypto_box_SEALBYTES + 1);
	size_t n = 0;
	front_name(secret, name);
	bool there = page_read(pages, "proof", name, &b), good = there && b.n > 1 + crypto_box_SEALBYTES && b.p[0] == PAGE_VERSION;
	uint8_t *plain = arena_get(a, b.n + 1);
	proof_keys(secret, key, opens);
	good = good && crypto_box_seal_open(plain, (const uint8_t *)b.p + 1, b.n - 1, key, opens) == 0 && sodium_unpad(&n, plain, b.n - 1 - crypto_box_SEALBYTES, PAGE_STEP) == 0;
	wipe(opens, sizeof opens);
	buf_free(&b);
	if (there && !good)
		return err_set(e, TORN, NULL, "This proof was changed, and does not open.");
	for (struct cursor c = cursor_of((struct str){ (const char *)plain, n }); good && c.p < c.end && !c.torn;) {
		struct str found = cursor_lstr(&c);
		*bytes = cursor_lstr(&c);
		if (!c.torn && str_eq(found, which))
			return true;
	}
	return err_set(e, NOT_FOUND, NULL, "This proof is not there yet.");
}

/* ---- answers ---- */

static const char key_file[] = "answers.key";

bool front_key_put(int pages, const uint8_t key[FRONT_KEY], struct err *e)
{
	return pages_put(pages, key_file, &(struct str){ (const char *)key, FRONT_KEY }, 1, true, e);
}

bool front_answer(int pages, const uint8_t secret[FRONT_SECRET], struct str body, uint8_t out[FRONT_SEALED_MAX], size_t *n, struct err *e)
{
	enum { PLAIN = 4 + FRONT_ANSWER_MAX };
	uint8_t key[FRONT_KEY], plain[PROOF + PLAIN] = { 0 };
	char name[FRONT_NAME];
	if (body.n > FRONT_ANSWER_MAX)
		return err_set(e, TOO_BIG, NULL, "This is too long. Please write less.");
	int fd = openat(pages, key_file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool there = fd >= 0 && read(fd, key, sizeof key) == sizeof key;
	if (fd >= 0)
		close(fd);
	if (!there)
		return err_set(e, NOT_FOUND, NULL, "Answers can't be taken here just now.");
	struct buf b = BUF(PLAIN);
	buf_lstr(&b, body);
	memcpy(plain + PROOF, b.p, b.n);
	buf_free(&b);
	keyed_hash(secret, FRONT_SECRET, "answer", (struct str){ (const char *)plain + PROOF, PLAIN }, plain);
	front_name(secret, name);
	memcpy(out, name, FRONT_NAME - 1);
	*n = FRONT_NAME - 1 + sizeof plain + crypto_box_SEALBYTES;
	assert(*n <= FRONT_SEALED_MAX);
	bool good = crypto_box_seal(out + FRONT_NAME - 1, plain, sizeof plain, key) == 0;
	wipe(plain, sizeof plain);
	return good || err_set(e, TORN, NULL, "Answers can't be taken here just now.");
}

bool front_answer_take(int line, struct arena *a, char name[FRONT_NAME], struct str *sealed)
{
	char packet[FRONT_SEALED_MAX];
	ssize_t n = read(line, packet, sizeof packet);       /* a pipe in packet mode: one answer, or what somebody took for one */
	if (n <= FRONT_NAME - 1)
		return false;
	memcpy(name, packet, FRONT_NAME - 1);
	name[FRONT_NAME - 1] = 0;
	*sealed = arena_str(a, (struct str){ packet + FRONT_NAME - 1, (size_t)n - FRONT_NAME + 1 });
	return true;
}

void front_facts(struct buf *b, struct str json)
{
	buf_put(b, STR("<script type=\"application/ld+json\">"));
	for (size_t i = 0; i < json.n; i++)
		if (json.p[i] == '<' || json.p[i] == '&')
			buf_printf(b, "\\u%04x", json.p[i]);
		else
			buf_byte(b, json.p[i]);
	buf_put(b, STR("</script>\n"));
}

struct str front_icon(void)
{
	return data_front_svg;
}

struct str front_style(void)
{
	return data_public_css;
}

void front_words(void)
{
	words_load(SPANISH, data_front_mo);
}
