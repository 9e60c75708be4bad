/* rows - rows of small tables. */
#include "rows.h"

enum { FIELD_MAX = 4 << 20 };

static struct str field_read(struct arena *a, struct str *rest, char separator, bool *last, bool *torn)
{
	struct buf b = BUF(FIELD_MAX);
	size_t i = 0;
	if (rest->n && rest->p[0] == '"') {
		for (i = 1; i < rest->n; i++)
			if (rest->p[i] != '"')
				buf_byte(&b, rest->p[i]);
			else if (i + 1 < rest->n && rest->p[i + 1] == '"')
				buf_byte(&b, rest->p[i++]);
			else
				break;
		*torn |= i >= rest->n;
		i += i < rest->n;
	}
	size_t from = i;
	while (i < rest->n && rest->p[i] != separator && rest->p[i] != '\n')
		i++;
	buf_put(&b, (struct str){ rest->p + from, i - from - (i > from && rest->p[i - 1] == '\r') });
	*last = i >= rest->n || rest->p[i] == '\n';
	i += i < rest->n;
	*rest = (struct str){ rest->p + i, rest->n - i };
	struct str s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

bool row_next(struct arena *a, struct str *rest, char separator, struct str *field, size_t max, size_t *n, bool *torn)
{
	bool last = false;
	*n = 0;
	if (!rest->n)
		return false;
	while (!last) {
		struct str s = field_read(a, rest, separator, &last, torn);
		if (*n < max)
			field[*n] = s;
		++*n;
	}
	return true;
}
