/* Measures the detector in process.
 *   scan_bench speed [--rounds N] FILE...   the scanner beside its peers on the same bytes: read() alone, a search for one byte, Hyperscan
 *                                           with nothing but card patterns (when it was there at build). All read the file in blocks;
 *                                           processor time, the best of N interleaved rounds; MB/s and ratios.
 *   scan_bench find [--portable] FILE...    what is found: a line each, for corpus_text.py, with tabs between:
 *                                           file, offset, sort, class, score, last four, count, likes, likes that pass, signs, line, column, heading
 */
#include "scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifdef HYPERSCAN
#include <hs/hs.h>
#endif

enum { ROOM = 256 << 10 };

static const char *const sorts[HIT_SORTS] = { "", "card", "track", "code", "test", "ssn", "itin", "iban", "bank", "sin", "nino", "birth", "passport", "licence" };
static const char *const classes[] = { "unlikely", "likely", "certain" };

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

static size_t fill(int fd, char *p, size_t room)
{
	size_t n = 0;
	for (ssize_t got; n < room && (got = read(fd, p + n, room - n)) > 0; n += (size_t)got)
		;
	return n;
}

/* ---- find ---- */

static void show(void *to, const struct finding *f)
{
	printf("%s\t%llu\t%s\t%s\t%.4f\t%s\t%u\t%u\t%u\t%x\t%llu\t%llu\t" STR_FMT "\n", (const char *)to, (unsigned long long)f->at, sorts[f->sort], classes[f->class],
	       (double)f->score, f->last4, f->count, f->alike, f->passing, f->signs, (unsigned long long)f->line, (unsigned long long)f->column, STR_ARG(f->heading));
}

static void count(void *to, const struct finding *f)
{
	*(size_t *)to += f->class > SCAN_UNLIKELY;
}

static size_t scan_file(struct scanner *s, const char *path, void (*found)(void *, const struct finding *), void *to)
{
	int fd = open_file(path);
	scanner_begin(s, found, to);
	for (bool last = false; !last;) {
		size_t room;
		char *p = scanner_room(s, &room);
		size_t n = fill(fd, p, room);
		last = n < room;
		scanner_take(s, n, last);
	}
	close(fd);
	return scanner_end(s);
}

/* ---- speed: ours and its peers ---- */

static struct scanner *scanner;
static char *block;

static size_t by_handback(const char *path)
{
	size_t n = 0;
	scan_file(scanner, path, count, &n);
	return n;
}

static size_t by_read(const char *path)
{
	int fd = open_file(path);
	size_t sum = 0;
	for (size_t n; (n = fill(fd, block, ROOM));)
		sum += n;
	close(fd);
	return sum & 1;
}

static size_t by_memchr(const char *path)
{
	int fd = open_file(path);
	size_t found = 0;
	for (size_t n; (n = fill(fd, block, ROOM));)
		found += memchr(block, 0x01, n) != NULL;
	close(fd);
	return found;
}

#ifdef HYPERSCAN
static hs_database_t *patterns;
static hs_scratch_t *scratch;

/* The usual patterns of card numbers, with a space or dash between the groups or none. */
static const char *const cards[] = {
	"\\b4\\d{3}[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{4}\\b", "\\b(?:5[1-5]\\d\\d|2[2-7]\\d\\d)[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{4}\\b",
	"\\b(?:6011|65\\d\\d|64[4-9]\\d)[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{4}\\b", "\\b35(?:2[89]|[3-8]\\d)[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{4}\\b",
	"\\b3[47]\\d\\d[ -]?\\d{6}[ -]?\\d{5}\\b", "\\b3(?:0[0-5]|[689]\\d)\\d[ -]?\\d{6}[ -]?\\d{4}\\b",
};

static void hyperscan_open(void)
{
	unsigned flags[LENGTH(cards)] = { 0 }, ids[LENGTH(cards)] = { 0 };
	hs_compile_error_t *error;
	if (hs_compile_multi(cards, flags, ids, LENGTH(cards), HS_MODE_BLOCK, NULL, &patterns, &error) != HS_SUCCESS || hs_alloc_scratch(patterns, &scratch) != HS_SUCCESS) {
		fprintf(stderr, "hyperscan does not take the patterns\n");
		exit(1);
	}
}

static int matched(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *n)
{
	(void)id, (void)from, (void)to, (void)flags;
	++*(size_t *)n;
	return 0;
}

static size_t by_hyperscan(const char *path)
{
	int fd = open_file(path);
	size_t found = 0;
	for (size_t n; (n = fill(fd, block, ROOM));)
		hs_scan(patterns, block, (unsigned)n, 0, scratch, matched, &found);
	close(fd);
	return found;
}
#endif

static const struct peer { const char *name; size_t (*run)(const char *path); } peers[] = {
	{ "handback", by_handback }, { "read", by_read }, { "memchr", by_memchr },
#ifdef HYPERSCAN
	{ "hyperscan", by_hyperscan },
#endif
};

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void speed(const char *path, unsigned rounds)
{
	double best[LENGTH(peers)] = { 0 };
	size_t found[LENGTH(peers)] = { 0 };
	int fd = open_file(path);
	double size = (double)lseek(fd, 0, SEEK_END) / 1e6;
	close(fd);
	for (unsigned round = 0; round <= rounds; round++)           /* the first warms up */
		for (size_t i = 0; i < LENGTH(peers); i++) {
			double begun = seconds();
			found[i] = peers[i].run(path);
			double took = seconds() - begun;
			if (round && (best[i] == 0 || took < best[i]))
				best[i] = took;
		}
	const char *name = strrchr(path, '/');
	printf("%-20s %7.0f MB %7zu found", name ? name + 1 : path, size, found[0]);
	for (size_t i = 0; i < LENGTH(peers); i++)
		printf("  %s %6.0f", peers[i].name, size / best[i]);
	for (size_t i = 1; i < LENGTH(peers); i++)
		printf("  x %s %.2f", peers[i].name, best[i] / best[0]);
	putchar('\n');
	fflush(stdout);
}

int main(int argc, char **argv)
{
	bool find = argc > 2 && strcmp(argv[1], "find") == 0;
	if (argc < 3 || (!find && strcmp(argv[1], "speed") != 0)) {
		fprintf(stderr, "usage: scan_bench speed [--rounds N] FILE... | find FILE...\n");
		return 2;
	}
	int at = 2;
	unsigned rounds = 5;
	if (at + 1 < argc && strcmp(argv[at], "--rounds") == 0) {
		rounds = (unsigned)atoi(argv[at + 1]);
		at += 2;
	}
	scanner = scanner_open((const uint8_t[16]){ 7 });
	block = mem_get(ROOM);
#ifdef HYPERSCAN
	hyperscan_open();
#endif
	for (; at < argc; at++) {
		if (find)
			scan_file(scanner, argv[at], show, argv[at]);
		else
			speed(argv[at], rounds);
	}
	free(block);
	scanner_close(scanner);
	return 0;
}
