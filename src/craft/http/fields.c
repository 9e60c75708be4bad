/* fields - parsers of what askers write: percent-encoding, forms, cookies, paths, header parameters. */
#include "fields.h"

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool fields_percent(struct arena *a, struct str in, bool plus, struct str *out)
{
	char *to = arena_get(a, in.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] != '%') {
			to[n++] = plus && in.p[i] == '+' ? ' ' : in.p[i];
			continue;
		}
		int high = i + 2 < in.n ? hex_digit(in.p[i + 1]) : -1, low = high >= 0 ? hex_digit(in.p[i + 2]) : -1;
		if (low < 0)
			return false;
		to[n++] = (char)(high << 4 | low);
		i += 2;
	}
	if (!str_utf8((struct str){ to, n }))
		return false;
	*out = (struct str){ to, n };
	return true;
}

struct list { struct arena *a; struct pair *at; size_t n, cap; };

static bool list_add(struct list *l, struct str name, struct str value)
{
	if (l->n == HTTP_PAIRS_MAX)
		return false;
	l->at = arena_more(l->a, l->at, l->n, &l->cap, sizeof *l->at);
	l->at[l->n++] = (struct pair){ name, value };
	return true;
}

bool fields_form(struct arena *a, struct str text, struct pairs *out)
{
	struct list l = { .a = a };
	while (text.p) {
		struct str value = str_split(&text, '&'), name;
		if (!value.n)
			continue;
		name = str_split(&value, '=');
		if (!fields_percent(a, name, true, &name) || !fields_percent(a, value.p ? value : STR(""), true, &value) || !list_add(&l, name, value))
			return false;
	}
	*out = (struct pairs){ l.at, l.n };
	return true;
}

bool fields_cookie(struct arena *a, struct str text, struct pairs *out)
{
	struct list l = { .a = a };
	while (text.p) {
		struct str value = str_split(&text, ';'), name = str_split(&value, '=');
		name = str_trim(name);
		if (!value.p || !name.n)
			continue;
		value = str_trim(value);
		if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = (struct str){ value.p + 1, value.n - 2 };
		if (!list_add(&l, name, value))
			return false;
	}
	*out = (struct pairs){ l.at, l.n };
	return true;
}

bool fields_path(struct arena *a, const char *pattern, struct str path, struct pairs *out)
{
	struct list l = { .a = a };
	struct str wanted = str_of(pattern);
	while (wanted.p && path.p) {
		struct str want = str_split(&wanted, '/'), rest = path, word = str_split(&path, '/');
		if (want.n && want.p[0] == '*') {
			if (!rest.n || !list_add(&l, (struct str){ want.p + 1, want.n - 1 }, rest))
				return false;
			wanted.p = path.p = NULL;
			break;
		}
		if (want.n && want.p[0] == ':') {
			if (!word.n || !list_add(&l, (struct str){ want.p + 1, want.n - 1 }, word))
				return false;
		} else if (!str_eq(want, word)) {
			return false;
		}
	}
	if (wanted.p || path.p)
		return false;
	*out = (struct pairs){ l.at, l.n };
	return true;
}

/* A quoted string's content from behind its first quote; *rest goes behind the last one. */
static bool unquote(struct arena *a, struct str *rest, struct str *out)
{
	char *to = arena_get(a, rest->n + 1);
	size_t n = 0;
	for (size_t i = 0; i < rest->n; i++) {
		if (rest->p[i] == '"') {
			*rest = (struct str){ rest->p + i + 1, rest->n - i - 1 };
			*out = (struct str){ to, n };
			return true;
		}
		i += rest->p[i] == '\\' && i + 1 < rest->n;
		to[n++] = rest->p[i];
	}
	return false;
}

bool fields_parameter(struct arena *a, struct str header, const char *name, struct str *out)
{
	str_split(&header, ';');
	while (header.p) {
		struct str key = { header.p, 0 }, value;
		while (key.n < header.n && header.p[key.n] != '=' && header.p[key.n] != ';')
			key.n++;
		if (key.n == header.n)
			return false;
		bool bare = header.p[key.n] == ';';
		header.p += key.n + 1, header.n -= key.n + 1;
		if (bare)
			continue;
		if (header.n && header.p[0] == '"') {
			header.p++, header.n--;
			if (!unquote(a, &header, &value))
				return false;
			str_split(&header, ';');
		} else {
			value = str_trim(str_split(&header, ';'));
		}
		if (str_eq_nocase(str_trim(key), str_of(name))) {
			*out = value;
			return true;
		}
	}
	return false;
}

struct str pair_text(struct pairs p, const char *name)
{
	for (size_t i = 0; i < p.n; i++)
		if (str_eq(p.at[i].name, str_of(name)))
			return p.at[i].value;
	return STR("");
}

bool pair_has(struct pairs p, const char *name)
{
	for (size_t i = 0; i < p.n; i++)
		if (str_eq(p.at[i].name, str_of(name)))
			return true;
	return false;
}
