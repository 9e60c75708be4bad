/* veil - contacts made fit for those who may not see them whole. */
#include "veil.h"

#define REST "\xE2\x80\xA6"                              /* an ellipsis, however much there is */

/* The first character of well-formed UTF-8; a mark that stands on it stays behind. */
static struct str first(struct str s)
{
	size_t n = s.n > 0;
	while (n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n++;
	return (struct str){ s.p, n };
}

struct str veil_name(struct arena *a, struct str name)
{
	enum { WORDS_SHOWN = 4 };
	struct str said = STR("");
	for (size_t words = 0; name.p && words < WORDS_SHOWN;) {
		struct str word = str_trim(str_split(&name, ' '));
		if (!word.n)
			continue;
		said = arena_say(a, STR_FMT "%s" STR_FMT REST, STR_ARG(said), words++ ? " " : "", STR_ARG(first(word)));
	}
	return said;
}

struct str veil_email(struct arena *a, struct str email)
{
	struct str rest = str_trim(email), user = str_split(&rest, '@');
	return user.n || rest.n ? arena_say(a, STR_FMT REST "@" STR_FMT REST, STR_ARG(first(user)), STR_ARG(first(rest))) : STR("");
}

struct str veil_phone(struct arena *a, struct str phone)
{
	enum { SHOWN = 2, LEAST = 7 };
	char figure[SHOWN];
	size_t n = 0;
	for (size_t i = 0; i < phone.n; i++)
		if (phone.p[i] >= '0' && phone.p[i] <= '9') {
			figure[0] = figure[1];
			figure[1] = phone.p[i];
			n++;
		}
	if (n < LEAST)                                   /* of a short one two figures are too much */
		return phone.n ? STR(REST) : STR("");
	return arena_say(a, REST "%.*s", SHOWN, figure);
}

struct str veil_address(struct arena *a, const struct address *at)
{
	struct str city = veil_name(a, first(str_trim(at->city)));
	return arena_say(a, STR_FMT "%s" STR_FMT, STR_ARG(city), city.n && at->region.n ? ", " : "", STR_ARG(at->region));
}

static void facts(struct arena *a, struct fact_of *fact, size_t n, struct str (*veil)(struct arena *, struct str))
{
	for (size_t i = 0; i < n; i++)
		fact[i].value = veil(a, fact[i].value);
}

void veil_customer(struct arena *a, struct customer *c)
{
	facts(a, c->name, c->names, veil_name);
	facts(a, c->email, c->emails, veil_email);
	facts(a, c->phone, c->phones, veil_phone);
	for (size_t i = 0; i < c->addresses; i++) {
		struct address *at = &c->address[i];
		*at = (struct address){ .city = veil_name(a, first(str_trim(at->city))), .region = at->region, .country = at->country, .import = at->import };
	}
}
