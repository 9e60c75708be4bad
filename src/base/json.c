#include "json.h"

#include <assert.h>
#include <inttypes.h>

struct json json_to(struct buf *out)
{
	return (struct json){ .out = out, .first = true };
}

static void before(struct json *j)
{
	if (!j->after_key && !j->first)
		buf_byte(j->out, ',');
	j->after_key = j->first = false;
}

void json_open(struct json *j, char bracket)
{
	before(j);
	assert(j->depth < 63);
	j->depth_bits = j->depth_bits << 1 | (bracket == '[');
	j->depth++;
	buf_byte(j->out, bracket);
	j->first = true;
}

void json_close(struct json *j)
{
	assert(j->depth > 0);
	buf_byte(j->out, j->depth_bits & 1 ? ']' : '}');
	j->depth_bits >>= 1;
	j->depth--;
	j->first = false;
}

static void quoted(struct json *j, struct str s)
{
	bool good = str_utf8(s);
	buf_byte(j->out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\') {
			buf_byte(j->out, '\\');
			buf_byte(j->out, (char)c);
		} else if (c < 0x20 || c == 0x7F) {
			buf_printf(j->out, "\\u%04x", c);
		} else if (c >= 0x80 && !good) {
			buf_put(j->out, STR("\\ufffd"));
		} else {
			buf_byte(j->out, (char)c);
		}
	}
	buf_byte(j->out, '"');
}

void json_key(struct json *j, const char *key)
{
	before(j);
	quoted(j, str_of(key));
	buf_byte(j->out, ':');
	j->after_key = true;
}

void json_str(struct json *j, struct str s) { before(j); quoted(j, s); }
void json_i64(struct json *j, int64_t v)    { before(j); buf_printf(j->out, "%" PRId64, v); }
void json_bool(struct json *j, bool v)      { before(j); buf_put(j->out, v ? STR("true") : STR("false")); }
void json_decimal(struct json *j, double v)    { before(j); buf_printf(j->out, "%.3f", v); }
void json_none(struct json *j)              { before(j); buf_put(j->out, STR("null")); }
