/* paper_bench LETTERS FILE: typical breach letters into FILE, and one JSON line: letters and pages a second (of the clock, and of the processor), bytes a page. */
#include "paper.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t which)
{
	struct timespec t;
	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#define SAME(sort, literal)  { sort, { literal, sizeof(literal) - 1 } }
static const struct passage letter[] = {
	SAME(PASSAGE_TITLE, "Notice of data breach"),
	{ PASSAGE_TEXT, { 0 } },
	SAME(PASSAGE_HEADING, "What happened"),
	SAME(PASSAGE_TEXT, "On 3 May 2024 we found out that someone had used the password of one of our employees, between 28 April and 2 May 2024, to read "
	     "records in our order system. We closed the account on the same day and had all passwords changed. We have told the police and the authorities."),
	SAME(PASSAGE_HEADING, "What information was involved"),
	{ PASSAGE_TEXT, { 0 } },
	SAME(PASSAGE_HEADING, "What we are doing"),
	SAME(PASSAGE_TEXT, "We have taken away what the account could reach, now ask for a second proof at every login, and have an outside firm look through "
	     "our systems. We will write again if we learn anything that changes what this letter says."),
	SAME(PASSAGE_HEADING, "What you can do"),
	SAME(PASSAGE_BULLET, "Look at your bank statements for the next twelve months, and tell your bank at once about a payment that you do not know."),
	SAME(PASSAGE_BULLET, "You may have a fraud alert or a security freeze put on your credit file. Both are free: Equifax, 1-888-298-0045; Experian, "
	     "1-888-397-3742; TransUnion, 1-800-916-8800."),
	SAME(PASSAGE_BULLET, "Be wary of calls and messages that mention this letter. We will not ask you for a password or a card number."),
	SAME(PASSAGE_HEADING, "For more information"),
	SAME(PASSAGE_TEXT, "Call us at 1-555-010-0199, Monday to Friday from 9 a.m. to 5 p.m., or write to privacy@oakandiron.example. Please have the code at the "
	     "foot of this letter at hand. We are sorry that this happened."),
	SAME(PASSAGE_TEXT, "Jordan Reyes\nOak & Iron Hardware"),
};

int main(int argc, char **argv)
{
	size_t n = argc == 3 ? (size_t)atol(argv[1]) : 0;
	int fd = n ? open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	if (fd < 0) {
		fputs("usage: paper_bench LETTERS FILE\n", stderr);
		return 2;
	}
	static const char *const given[] = { "Maria", "Οδυσσέας", "James", "فاطمة", "Ana", "Wei", "अनीता", "Thomas" }, *const family[] = { "García", "Smith", "Okafor", "Nguyen", "Lindqvist" };
	struct arena *a = arena_open();
	struct sheet *sheet = ARENA_ARRAY(a, struct sheet, n);
	struct paper_result *r = ARENA_ARRAY(a, struct paper_result, n);
	for (size_t i = 0; i < n; i++) {
		struct passage *p = arena_get(a, sizeof letter);
		memcpy(p, letter, sizeof letter);
		const char *name = arena_printf(a, "%s %s", given[i % LENGTH(given)], family[i % LENGTH(family)]);
		p[1].text = arena_say(a, "Dear %s,\n\nwe are writing to tell you of an incident that concerns some of your personal information.", name);
		p[5].text = arena_say(a, "Your name, your postal address, your telephone number and %zu of your orders. No card numbers and no passwords were in these records.", i % 17 + 1);
		sheet[i] = (struct sheet){ .address = arena_say(a, "%s\n%zu Orchard Street\nSpringfield, IL %05zu", name, i + 1, 62701 + i % 99), .date = STR("May 10, 2024"),
			.code = arena_say(a, "HB-%05zu", i), .passage = p, .n = LENGTH(letter) };
	}
	struct paper_style style = { PAPER_LETTER, STR("Oak & Iron Hardware\n410 Mill Road\nSpringfield, IL 62704\n1-555-010-0199"), "en" };
	struct err e = { 0 };
	double begun = now(CLOCK_MONOTONIC), worked = now(CLOCK_PROCESS_CPUTIME_ID);
	if (!paper_letters(fd, sheet, n, &style, r, &e)) {
		fprintf(stderr, "paper_bench: %s\n", e.say);
		return 1;
	}
	double took = now(CLOCK_MONOTONIC) - begun, cpu = now(CLOCK_PROCESS_CPUTIME_ID) - worked;
	struct stat st;
	fstat(fd, &st);
	unsigned pages = r[n - 1].first_page + r[n - 1].pages - 1;
	printf("{\"letters\":%zu,\"pages\":%u,\"seconds\":%.2f,\"pages_per_second\":%.0f,\"pages_per_cpu_second\":%.0f,\"bytes\":%lld,\"bytes_per_page\":%.0f}\n", n, pages, took, pages / took, pages / cpu,
	       (long long)st.st_size, (double)st.st_size / pages);
	close(fd);
	arena_close(a);
	return 0;
}
