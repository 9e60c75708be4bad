/* .handbackignore: its rules, and whether a path fits one. As gitignore(5): the last rule that fits says it. Touches memory only. */
#include "find_int.h"

#include <fnmatch.h>
#include <stdlib.h>

enum { RULES_MAX = 4096, PATTERN_MAX = 512, TEXT_MAX = 1 << 20 };

struct rule {
	const char *pattern;
	size_t file;                                     /* which .handbackignore it is of */
	bool folder, not, anchored;                      /* for folders only; takes back; from the file's folder, not any name below */
};
struct file { char *text; size_t n, rules, base; uint64_t left_out; struct buf some; };

struct ignore {
	struct rule rule[RULES_MAX];
	size_t rules;
	struct file file[WALK_DEPTH_MAX + 1];            /* one behind the other, on the way down */
	size_t files, text;
};

struct ignore *ignore_open(void)
{
	return mem_zero(1, sizeof(struct ignore));
}

void ignore_close(struct ignore *i)
{
	while (i->files)
		ignore_pop(i, NULL);
	free(i);
}

/* A line without its end: spaces behind go, unless the last has a backslash before it. */
static size_t without_spaces(const char *p, size_t n)
{
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r') && !(n > 1 && p[n - 2] == '\\'))
		n--;
	return n;
}

/* A rule of the line at p, whose n bytes are ours to change. */
static void take_rule(struct ignore *i, char *p, size_t n)
{
	struct rule r = { .file = i->files - 1 };
	n = without_spaces(p, n);
	if (!n || p[0] == '#')
		return;
	if (p[0] == '!')
		r.not = true, p++, n--;
	if (n && p[n - 1] == '/')
		r.folder = true, n--;
	r.anchored = memchr(p, '/', n) != NULL;
	if (n && p[0] == '/')
		p++, n--;
	if (!n || n > PATTERN_MAX || memchr(p, 0, n))
		return;
	p[n] = 0;
	r.pattern = p;
	i->rule[i->rules++] = r;
}

bool ignore_push(struct ignore *i, struct str text, size_t base)
{
	if (i->files == LENGTH(i->file) || text.n > TEXT_MAX - i->text)
		return false;
	struct file *f = &i->file[i->files++];
	*f = (struct file){ .text = mem_get(text.n + 1), .n = text.n, .rules = i->rules, .base = base, .some = BUF(1 << 12) };
	memcpy(f->text, text.p, text.n);
	f->text[text.n] = '\n';
	i->text += text.n;
	char *p = f->text, *end = p + text.n;
	if (text.n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
		p += 3;
	for (char *line; p < end && i->rules < RULES_MAX; p = line + 1) {
		line = memchr(p, '\n', (size_t)(end - p) + 1);
		take_rule(i, p, (size_t)(line - p));
	}
	if (p >= end)
		return true;
	ignore_pop(i, NULL);
	return false;
}

uint64_t ignore_pop(struct ignore *i, struct buf *some)
{
	struct file *f = &i->file[--i->files];
	if (some)
		buf_put(some, buf_str(&f->some));
	buf_free(&f->some);
	free(f->text);
	i->text -= f->n;
	i->rules = f->rules;
	return f->left_out;
}

/* Bytes of the pattern that stand for one byte c, if they do; else 0. */
static size_t one(const char *p, char c)
{
	if (*p == '?')
		return c != '/';
	if (*p == '\\' && p[1])
		return p[1] == c ? 2 : 0;
	if (*p != '[')
		return *p == c;
	size_t n = p[1] == '!' || p[1] == '^' ? 2 : 1;
	n += p[n] == ']';
	while (p[n] && p[n] != ']') {                    /* "[:alpha:]" holds a bracket */
		const char *class = p[n] == '[' && p[n + 1] == ':' ? strstr(p + n + 2, ":]") : NULL;
		n = class ? (size_t)(class - p) + 2 : n + (p[n] == '\\' && p[n + 1] ? 2 : 1);
	}
	char set[PATTERN_MAX + 1];
	if (!p[n])
		return *p == c;                          /* never closed: a bracket */
	memcpy(set, p, n + 1);
	set[n + 1] = 0;
	return c != '/' && fnmatch(set, (char[]){ c, 0 }, 0) == 0 ? n + 1 : 0;
}

/* "*" stays within a name, "**" goes over several. On a mismatch the last of each takes one more, so no pattern takes long. */
static bool fits(const char *pattern, const char *s)
{
	const char *p = pattern, *star = NULL, *star_s = NULL, *deep = NULL, *deep_s = NULL;
	for (;;) {
		if (p[0] == '*' && p[1] == '*' && (p == pattern || p[-1] == '/') && (p[2] == '/' || !p[2])) {
			if (!p[2])
				return *s != 0;
			deep = p += 3, deep_s = s, star = NULL;
			continue;
		}
		if (*p == '*') {
			while (*p == '*')
				p++;
			star = p, star_s = s;
			continue;
		}
		size_t takes = *s ? one(p, *s) : 0;
		if (takes) {
			p += takes, s++;
			continue;
		}
		if (!*s && !*p)
			return true;
		if (star && *star_s && *star_s != '/') {
			p = star, s = ++star_s;
			continue;
		}
		deep_s = deep ? strchr(deep_s, '/') : NULL;
		if (!deep_s)
			return false;
		p = deep, s = ++deep_s, star = NULL;
	}
}

static void name_put(struct buf *b, const char *below)
{
	if (b->n)
		buf_put(b, STR(", "));
	while (*below == '/')
		below++;
	buf_put(b, str_of(below));
}

bool ignore_fits(struct ignore *i, const char *path, const char *name, bool folder)
{
	for (size_t k = i->rules; k--;) {
		const struct rule *r = &i->rule[k];
		struct file *f = &i->file[r->file];
		const char *what = r->anchored ? path + f->base : name;
		while (r->anchored && *what == '/')
			what++;
		if ((r->folder && !folder) || !fits(r->pattern, what))
			continue;
		if (!r->not && f->left_out++ < IGNORE_NAMED)
			name_put(&f->some, path + f->base);
		return !r->not;
	}
	return false;
}
