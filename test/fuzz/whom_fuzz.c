/* whom never fails, whatever the text: a record ends behind its beginning, what is told stood there, and blocks of any size say the same. */
#include "whom.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum;

static void found(void *to, const struct contact *c)
{
	(void)to;
	assert(c->sort > 0 && c->sort < CONTACT_SORTS && c->text.n <= 254 && (c->to == 0 || c->from <= c->to));
	for (size_t i = 0; i < c->text.n; i++)
		sum = sum * 31 + (unsigned char)c->text.p[i];
	sum = sum * 31 + c->from * 7 + c->to * 3 + c->line + (uint64_t)c->date;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct whom *c;
	if (!c)
		c = whom_open();
	if (!size)
		return 0;
	size_t block = 1 + data[0];
	struct str text = { (const char *)data + 1, size - 1 };
	sum = 0;
	whom_begin(c, found, NULL);
	whom_text(c, text);
	whom_end(c);
	uint64_t whole = sum;
	sum = 0;
	whom_begin(c, found, NULL);
	for (size_t at = 0; at < text.n; at += block)
		whom_text(c, (struct str){ text.p + at, text.n - at < block ? text.n - at : block });
	whom_end(c);
	assert(sum == whole);
	whom_begin(c, found, NULL);
	whom_piece(c, text, STR("page 1"), STR("Phone"), block);
	whom_end(c);
	return 0;
}
