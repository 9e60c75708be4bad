/* sarif - a scan's findings as SARIF 2.1.0 (OASIS, 2020), for the tools that read it. Written as the scan goes: a result holds the kind, the
 * place and the sentence, never a number. */
#include "fresh.h"
#include "told.h"

#include <stdlib.h>

struct sarif { struct report report; struct fresh file; struct json j; struct buf unread; struct json unread_json; uint64_t unreads; };
enum { UNREAD_MAX = 16 << 20 };

static const enum hit_sort rules[] = { HIT_CARD, HIT_TRACK, HIT_CODE, HIT_TEST_NUMBER, HIT_SSN, HIT_ITIN, HIT_IBAN, HIT_BANK, HIT_SIN, HIT_NINO, HIT_BIRTH,
                                       HIT_PASSPORT, HIT_LICENCE };
_Static_assert(LENGTH(rules) == HIT_SORTS - HIT_CARD, "a rule for each sort, in the order of enum hit_sort");

static void text_at(struct json *j, const char *key, struct str text)
{
	json_key(j, key);
	json_open(j, '{');
	json_key(j, "text");
	json_str(j, text);
	json_close(j);
}

/* A path as a URI reference (RFC 3986): from the root with a scheme, else relative, without a dot in front (SARIF 2.1.0, 3.10.2). */
static void uri_put(struct json *j, const char *key, struct str path)
{
	if (path.n > 2 && str_starts(path, STR("./")))
		path = (struct str){ path.p + 2, path.n - 2 };
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	struct buf b = BUF(1 << 16);
	if (path.n && path.p[0] == '/')
		buf_put(&b, STR("file://"));
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] && strchr(plain, path.p[i]))
			buf_byte(&b, path.p[i]);
		else
			buf_printf(&b, "%%%02X", (unsigned char)path.p[i]);
	json_key(j, key);
	json_str(j, buf_str(&b));
	buf_free(&b);
}

static void artifact_put(struct json *j, struct str path)
{
	json_key(j, "artifactLocation");
	json_open(j, '{');
	uri_put(j, "uri", path);
	json_close(j);
}

static const char *level_of(const struct finding *f)
{
	return f->sort == HIT_TEST_NUMBER || f->class == SCAN_UNLIKELY ? "note" : f->class == SCAN_CERTAIN ? "error" : "warning";
}

static void on_hit(struct report *r, const struct telling *t)
{
	struct sarif *s = (struct sarif *)r;
	struct json *j = &s->j;
	struct arena *a = arena_open();
	fresh_buf(&s->file);
	json_open(j, '{');
	json_key(j, "ruleId");
	json_str(j, str_of(find_kind(t->f)));
	json_key(j, "ruleIndex");
	json_i64(j, (int64_t)(t->f->sort - HIT_CARD));
	json_key(j, "level");
	json_str(j, str_of(level_of(t->f)));
	text_at(j, "message", arena_say(a, STR_FMT ". " STR_FMT " " STR_FMT, STR_ARG(t->masked), STR_ARG(t->reason), STR_ARG(t->todo)));
	json_key(j, "rank");
	json_decimal(j, (double)t->f->score * 100);
	json_key(j, "locations");
	json_open(j, '[');
	json_open(j, '{');
	json_key(j, "physicalLocation");
	json_open(j, '{');
	artifact_put(j, t->path);
	if (t->f->line && !t->member.n) {
		json_key(j, "region");
		json_open(j, '{');
		json_key(j, "startLine");
		json_i64(j, (int64_t)t->f->line);
		json_key(j, "startColumn");
		json_i64(j, (int64_t)t->f->column);
		json_key(j, "byteOffset");
		json_i64(j, (int64_t)t->f->at);
		json_key(j, "byteLength");
		json_i64(j, t->f->length);
		json_close(j);
	}
	json_close(j);
	if (t->member.n || !t->f->line) {
		json_key(j, "logicalLocations");
		json_open(j, '[');
		json_open(j, '{');
		json_key(j, "fullyQualifiedName");
		json_str(j, t->member.n ? arena_say(a, STR_FMT ", " STR_FMT, STR_ARG(t->member), STR_ARG(t->spot)) : t->spot);
		json_close(j);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	if (t->verdict && !t->back) {
		json_key(j, "suppressions");
		json_open(j, '[');
		json_open(j, '{');
		json_key(j, "kind");
		json_str(j, STR("external"));
		json_key(j, "justification");
		json_str(j, str_of(verdict_name(t->verdict)));
		json_close(j);
		json_close(j);
	}
	json_close(j);
	arena_close(a);
}

static void on_unread(struct report *r, struct str path, struct str member, struct str why)
{
	struct sarif *s = (struct sarif *)r;
	struct json *j = &s->unread_json;
	struct arena *a = arena_open();
	if (s->unread.n > UNREAD_MAX - (1 << 17))
		s->unreads++;
	else {
		json_open(j, '{');
		json_key(j, "level");
		json_str(j, STR("warning"));
		text_at(j, "message", arena_say(a, "Not read: " STR_FMT "%s" STR_FMT ": " STR_FMT, STR_ARG(path), member.n ? "!" : "", STR_ARG(member), STR_ARG(why)));
		json_key(j, "locations");
		json_open(j, '[');
		json_open(j, '{');
		json_key(j, "physicalLocation");
		json_open(j, '{');
		artifact_put(j, path);
		json_close(j);
		json_close(j);
		json_close(j);
		json_close(j);
	}
	arena_close(a);
}

static void drop(struct report *r)
{
	struct sarif *s = (struct sarif *)r;
	fresh_drop(&s->file);
	buf_free(&s->unread);
	free(s);
}

static bool keep(struct report *r, const struct tally *t, const struct find_totals *totals, struct err *e)
{
	struct sarif *s = (struct sarif *)r;
	struct json *j = &s->j;
	(void)t;
	fresh_buf(&s->file);
	json_close(j);                                   /* results */
	json_key(j, "invocations");
	json_open(j, '[');
	json_open(j, '{');
	json_key(j, "executionSuccessful");
	json_bool(j, !totals->stopped);
	json_key(j, "toolExecutionNotifications");
	if (s->unreads) {
		json_open(&s->unread_json, '{');
		json_key(&s->unread_json, "level");
		json_str(&s->unread_json, STR("warning"));
		text_at(&s->unread_json, "message", STR("More files were not read than are listed here."));
		json_close(&s->unread_json);
	}
	json_close(&s->unread_json);
	buf_put(s->j.out, buf_str(&s->unread));
	j->after_key = false;
	json_close(j);
	json_close(j);
	json_close(j);                                   /* the run */
	json_close(j);
	json_close(j);
	buf_byte(s->j.out, '\n');
	bool good = fresh_keep(&s->file, true, e);
	drop(r);
	return good;
}

static void rules_put(struct json *j)
{
	json_key(j, "rules");
	json_open(j, '[');
	for (size_t i = 0; i < LENGTH(rules); i++) {
		struct finding f = { .sort = rules[i], .class = SCAN_CERTAIN };
		struct arena *a = arena_open();
		json_open(j, '{');
		json_key(j, "id");
		json_str(j, str_of(find_kind(&f)));
		text_at(j, "shortDescription", arena_say(a, "%s %s is kept here", rules[i] == HIT_IBAN ? "An" : "A", sort_words(rules[i])));
		text_at(j, "help", find_todo(a, 1u << rules[i], STR(""), STR("")));
		json_key(j, "defaultConfiguration");
		json_open(j, '{');
		json_key(j, "level");
		json_str(j, str_of(level_of(&f)));
		json_close(j);
		json_close(j);
		arena_close(a);
	}
	json_close(j);
}

struct report *sarif_open(struct str path, struct err *e)
{
	struct sarif *s = mem_zero(1, sizeof *s);
	if (!fresh_may_replace(path, STR("\"name\":\"Handback\""), "sarif", e) || !fresh_open(&s->file, path, "sarif", true, e)) {
		free(s);
		return NULL;
	}
	s->report = (struct report){ on_hit, on_unread, keep, drop };
	s->unread = BUF(UNREAD_MAX);
	s->unread_json = json_to(&s->unread);
	json_open(&s->unread_json, '[');
	struct json *j = &s->j;
	*j = json_to(fresh_buf(&s->file));
	json_open(j, '{');
	json_key(j, "$schema");
	json_str(j, STR("https://json.schemastore.org/sarif-2.1.0.json"));
	json_key(j, "version");
	json_str(j, STR("2.1.0"));
	json_key(j, "runs");
	json_open(j, '[');
	json_open(j, '{');
	json_key(j, "tool");
	json_open(j, '{');
	json_key(j, "driver");
	json_open(j, '{');
	json_key(j, "name");
	json_str(j, STR("Handback"));
	json_key(j, "version");
	json_str(j, STR(HANDBACK_VERSION));
	rules_put(j);
	json_close(j);
	json_close(j);
	json_key(j, "columnKind");
	json_str(j, STR("unicodeCodePoints"));
	json_key(j, "results");
	json_open(j, '[');
	return &s->report;
}
