/* Any answers to any questions, in any order: the walk goes on to its end, and what is kept reads back as it was. */
#include "questions.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_open();
	struct answers answers = { 0 };
	struct str rest = { (const char *)bytes, n };
	for (int lines = 0; rest.p && lines < 200; lines++) {
		struct str line = str_split(&rest, '\n'), value[NAMES_MAX + 1], text, again;
		struct err e = { 0 };
		size_t q = line.n ? (uint8_t)line.p[0] % questions_n : 0, m = 0;
		uint32_t set, set_again;
		struct str words = { line.p + (line.n > 0), line.n - (line.n > 0) };
		while (words.p && m < LENGTH(value))
			value[m++] = str_split(&words, ',');
		if (!question_read(a, q, value, m, &set, &text, &e)) {
			if (e.code != INVALID && e.code != TOO_BIG)
				abort();
			continue;
		}
		m = 0;
		for (struct str kept = text; kept.p && m < LENGTH(value);)
			value[m++] = str_split(&kept, '\n');
		if (!question_read(a, q, value, m, &set_again, &again, &e) || set_again != set || !str_eq(text, again))
			abort();
		answers.set[q] = set, answers.text[q] = text;
	}
	size_t asked = 0;
	for (size_t q; (q = question_next(&answers, 0)) < questions_n; answers.set[q] = ANSWER_UNKNOWN)
		if (++asked > questions_n)
			abort();
	arena_close(a);
	return 0;
}
