#include "when.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int64_t when_now(void)
{
	const char *told = getenv("HANDBACK_NOW");
	struct span span;
	if (told && when_parse(str_of(told), NULL, &span))
		return span.from;
	return (int64_t)time(NULL);
}

int64_t when_add(int64_t a, int64_t b)
{
	if (a <= LONG_AGO || a >= FAR_OFF)
		return a;
	if (b >= FAR_OFF - (a > 0 ? a : 0))
		return FAR_OFF;
	if (b <= LONG_AGO - (a < 0 ? a : 0))
		return LONG_AGO;
	return a + b;
}

int64_t when_day(int64_t at)
{
	return at / DAY - (at % DAY < 0);
}

static bool leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

bool civil_valid(const struct civil *c)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days[c->month - 1] + (c->month == 2 && leap(c->year)) && c->hour >= 0 && c->hour <= 23 &&
	       c->minute >= 0 && c->minute <= 59 && c->second >= 0 && c->second <= 59;
}

/* Days since 1970 by counting in eras of 400 years that begin in March. */
int64_t civil_seconds(const struct civil *c)
{
	int64_t y = c->year - (c->month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (c->month + (c->month > 2 ? -3 : 9)) + 2) / 5 + c->day - 1;
	int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
	return days * DAY + c->hour * 3600 + c->minute * 60 + c->second;
}

struct civil civil_of(int64_t seconds)
{
	int64_t days = when_day(seconds);
	int64_t rest = seconds - days * DAY;
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t of_era = days - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;
	struct civil c = { .day = (int)(of_year - (153 * m + 2) / 5 + 1), .month = (int)(m + (m < 10 ? 3 : -9)),
	                   .hour = (int)(rest / 3600), .minute = (int)(rest / 60 % 60), .second = (int)(rest % 60) };
	c.year = (int)(y + era * 400 + (c.month <= 2));
	return c;
}

struct zone {
	GTimeZone *tz;
	int64_t hour;                                    /* the local quarter of an hour last asked for, and its answer: */
	struct instant base;                             /* rows come in runs, and no zone changes within a quarter */
	bool known;
};

struct zone *zone_open(struct str name, struct err *e)
{
	char text[64];
	if (name.n == 0 || name.n >= sizeof text || !str_utf8(name)) {
		err_set(e, INVALID, "timezone", "A time zone is a name like America/New_York.");
		return NULL;
	}
	memcpy(text, name.p, name.n);
	text[name.n] = 0;
	GTimeZone *tz = g_time_zone_new_identifier(text);
	/* GLib also takes POSIX rules and offsets; only names are ours */
	if (!tz || strpbrk(text, "+:,<") || text[0] == '/' || strstr(text, "..")) {
		if (tz)
			g_time_zone_unref(tz);
		err_set(e, INVALID, "timezone", "There is no time zone \"%s\" on this machine. Use a name like America/New_York.", text);
		return NULL;
	}
	struct zone *z = mem_zero(1, sizeof *z);
	z->tz = tz;
	return z;
}

void zone_close(struct zone *z)
{
	if (!z)
		return;
	g_time_zone_unref(z->tz);
	free(z);
}

int64_t zone_local(struct zone *z, int64_t at)
{
	int i = g_time_zone_find_interval(z->tz, G_TIME_TYPE_UNIVERSAL, at);
	return at + g_time_zone_get_offset(z->tz, i);
}

/* All instants whose local time is `local`: try the offsets in force a day before and a day after. */
static struct instant instant_of(struct zone *z, int64_t local)
{
	int64_t before = zone_local(z, local - 2 * DAY) - (local - 2 * DAY);
	int64_t after = zone_local(z, local + 2 * DAY) - (local + 2 * DAY);
	bool a = zone_local(z, local - before) == local, b = zone_local(z, local - after) == local;
	if (a && b) {
		int64_t first = local - (before > after ? before : after), last = local - (before > after ? after : before);
		return (struct instant){ first, (uint32_t)(last - first), false };
	}
	if (a || b)
		return (struct instant){ local - (a ? before : after), 0, false };
	/* No instant shows this time: it was skipped. The clock before the jump gives the time "an hour later". */
	return (struct instant){ local - before, 0, true };
}

struct instant zone_instant(struct zone *z, int64_t local)
{
	int64_t quarter = (local / 900 - (local % 900 < 0)) * 900;
	if (!z->known || z->hour != quarter) {
		z->base = instant_of(z, quarter);
		z->hour = quarter;
		z->known = true;
	}
	struct instant i = z->base;
	i.at += local - quarter;
	return i;
}

struct instant zone_whole_day(struct zone *z, int64_t midnight)
{
	struct instant a = zone_instant(z, midnight), b = zone_instant(z, midnight + DAY);
	int64_t last = b.at + (int64_t)b.spread - 1;
	return (struct instant){ a.at, (uint32_t)(last - a.at), a.skipped };
}

static bool digits(struct cursor *c, int n, int *out)
{
	struct str s = cursor_bytes(c, (size_t)n);
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return !c->torn;
}

static bool sign(struct cursor *c, char wanted)
{
	return cursor_u8(c) == (uint8_t)wanted && !c->torn;
}

bool when_parse(struct str text, struct zone *z, struct span *out)
{
	struct cursor c = cursor_of(text);
	struct civil t = { 0 };
	if (!digits(&c, 4, &t.year) || !sign(&c, '-') || !digits(&c, 2, &t.month) || !sign(&c, '-') || !digits(&c, 2, &t.day))
		return false;
	if (c.p == c.end) {
		if (!z || !civil_valid(&t))
			return false;
		struct instant i = zone_whole_day(z, civil_seconds(&t));
		*out = (struct span){ i.at, i.at + (int64_t)i.spread + 1, true };
		return true;
	}
	char between = (char)cursor_u8(&c);
	if ((between != 'T' && between != 't' && between != ' ') || !digits(&c, 2, &t.hour) || !sign(&c, ':') ||
	    !digits(&c, 2, &t.minute))
		return false;
	if (c.p < c.end && *c.p == ':' && (c.p++, !digits(&c, 2, &t.second)))
		return false;
	if (t.second == 60)                                    /* a leap second: the second before it */
		t.second = 59;
	if (!civil_valid(&t))
		return false;
	if (c.p < c.end && *c.p == '.') {
		const uint8_t *dot = c.p++;
		while (c.p < c.end && *c.p >= '0' && *c.p <= '9')
			c.p++;
		if (c.p == dot + 1)
			return false;
	}
	if (c.p == c.end) {
		if (!z)
			return false;
		struct instant i = zone_instant(z, civil_seconds(&t));
		*out = (struct span){ i.at, i.at + (int64_t)i.spread + 1, false };
		return true;
	}
	int offset = 0, h = 0, m = 0;
	char way = (char)cursor_u8(&c);
	if (way == '+' || way == '-') {
		if (!digits(&c, 2, &h) || (c.p < c.end && *c.p == ':' && (c.p++, false)) || !digits(&c, 2, &m) || h > 23 || m > 59)
			return false;
		offset = (h * 60 + m) * (way == '-' ? -60 : 60);
	} else if (way != 'Z' && way != 'z') {
		return false;
	}
	if (!cursor_done(&c))
		return false;
	int64_t at = civil_seconds(&t) - offset;
	*out = (struct span){ at, at + 1, false };
	return true;
}

bool when_duration(struct str s, int64_t *seconds)
{
	static const struct { char unit; int64_t seconds; } units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', DAY }, { 'w', 7 * DAY }, { 'y', 365 * (int64_t)DAY },
	};
	int64_t n;
	if (s.n < 2 || !str_i64((struct str){ s.p, s.n - 1 }, &n) || n < 0 || n > 1000000000)
		return false;
	for (size_t i = 0; i < LENGTH(units); i++)
		if (s.p[s.n - 1] == units[i].unit)
			return !__builtin_mul_overflow(n, units[i].seconds, seconds) && *seconds < FAR_OFF / 4;
	return false;
}

struct str when_text(struct arena *a, int64_t at)
{
	if (at <= LONG_AGO || at >= FAR_OFF)
		return STR("unknown");
	struct civil c = civil_of(at);
	return arena_say(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

struct str when_local_text(struct arena *a, struct zone *z, int64_t at)
{
	if (at <= LONG_AGO || at >= FAR_OFF)
		return STR("unknown");
	int64_t local = zone_local(z, at), offset = (local - at) / 60;
	struct civil c = civil_of(local);
	return arena_say(a, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second,
	                 offset < 0 ? '-' : '+', (int)(offset < 0 ? -offset : offset) / 60, (int)(offset < 0 ? -offset : offset) % 60);
}

struct str when_day_text(struct arena *a, struct zone *z, int64_t at, const char *language)
{
	static const char *const en[] = { "January", "February", "March", "April", "May", "June", "July", "August",
	                                  "September", "October", "November", "December" };
	static const char *const es[] = { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
	                                  "septiembre", "octubre", "noviembre", "diciembre" };
	if (at <= LONG_AGO || at >= FAR_OFF)
		return STR("unknown");
	struct civil c = civil_of(zone_local(z, at));
	if (language && strncmp(language, "es", 2) == 0)
		return arena_say(a, "%d de %s de %d", c.day, es[c.month - 1], c.year);
	return arena_say(a, "%s %d, %d", en[c.month - 1], c.day, c.year);
}

struct str when_due_text(struct arena *a, struct zone *z, int64_t at, const char *language)
{
	if (at <= LONG_AGO || at >= FAR_OFF || (zone_local(z, at) + 1) % DAY == 0)
		return when_day_text(a, z, at, language);
	struct civil c = civil_of(zone_local(z, at - 1));
	return arena_say(a, STR_FMT ", %02d:%02d", STR_ARG(when_day_text(a, z, at - 1, language)), c.hour, c.minute);
}

struct str when_machine_zone(struct arena *a)
{
	char target[256];
	const char *tz = getenv("TZ");
	if (tz && *tz && *tz != ':')
		return str_of(tz);
	ssize_t n = readlink("/etc/localtime", target, sizeof target - 1);
	target[n > 0 ? n : 0] = 0;
	const char *zone = strstr(target, "zoneinfo/");
	return zone ? arena_str(a, str_of(zone + strlen("zoneinfo/"))) : STR("UTC");
}
