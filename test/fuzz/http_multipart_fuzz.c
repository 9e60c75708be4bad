/* Any form with files: the same fields and files however it is cut into pieces. */
#include "fields.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static enum multipart_state read_all(struct arena *a, struct str text, size_t piece, struct buf *to)
{
	struct multipart *m = multipart_open(a, STR("xx"));
	struct pairs fields;
	struct upload *file;
	size_t files;
	while (text.n) {
		size_t k = text.n < piece ? text.n : piece;
		multipart_put(m, (struct str){ text.p, k });
		text.p += k, text.n -= k;
	}
	enum multipart_state state = multipart_end(m, &fields, &file, &files);
	multipart_close(m);
	if (state)
		return state;
	for (size_t i = 0; i < fields.n; i++)
		buf_lstr(to, fields.at[i].name), buf_lstr(to, fields.at[i].value);
	for (size_t i = 0; i < files; i++) {
		char *p = mem_get(file[i].size + 1);
		if (read(file[i].fd, p, file[i].size + 1) != (ssize_t)file[i].size)
			abort();
		buf_lstr(to, file[i].name), buf_lstr(to, file[i].field), buf_lstr(to, (struct str){ p, file[i].size });
		free(p);
		close(file[i].fd);
	}
	return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_open();
	struct buf whole = BUF(1 << 28), parts = BUF(1 << 28);
	struct str text = { (const char *)bytes, n };
	enum multipart_state first = read_all(a, text, SIZE_MAX, &whole), second = read_all(a, text, 1 + n % 5, &parts);
	if (first != second || !str_eq(buf_str(&whole), buf_str(&parts)))
		abort();
	buf_free(&whole);
	buf_free(&parts);
	arena_close(a);
	return 0;
}
