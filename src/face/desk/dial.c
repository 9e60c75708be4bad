/* dial - phone numbers that a page shows for calling: a tap calls them. */
#include "act.h"

enum { FIGURES_LEAST = 7, FIGURES_MOST = 15 };           /* E.164 has fifteen at most; a local number seven */

static bool figure(char c)
{
	return c >= '0' && c <= '9';
}

/* How long a number is that begins here, with what people write between its figures; 0: none does. A day (2026-11-27) is none. */
static size_t number_at(struct str s)
{
	size_t figures = 0, end = 0, dashes = 0;
	if (!s.n || !(figure(s.p[0]) || ((s.p[0] == '+' || s.p[0] == '(') && s.n > 1 && figure(s.p[1]))))
		return 0;
	for (size_t i = 0; i < s.n && (figure(s.p[i]) || memchr("+() .-/\xC2\xA0", s.p[i], 9)); i++) {          /* the last two: a space that holds together */
		if (i && s.p[i] == '+')
			break;
		dashes += s.p[i] == '-';
		if (figure(s.p[i]))
			figures++, end = i + 1;
	}
	bool day = dashes >= 2 && end >= 10 && figures >= 8 && s.p[4] == '-' && s.p[7] == '-';
	return figures >= FIGURES_LEAST && figures <= FIGURES_MOST && !day ? end : 0;
}

void dialled(struct html *o, struct str text)
{
	size_t from = 0;
	for (size_t i = 0; i < text.n; i++) {
		bool inside = i && (figure(text.p[i - 1]) || (text.p[i - 1] >= 'A' && text.p[i - 1] <= 'Z') || (text.p[i - 1] >= 'a' && text.p[i - 1] <= 'z'));
		struct str number = { text.p + i, inside ? 0 : number_at((struct str){ text.p + i, text.n - i }) };
		if (!number.n)
			continue;
		html_str(o, (struct str){ text.p + from, i - from });
		html_raw(o, "<a class=\"govuk-link desk-ref\" href=\"tel:");
		for (size_t k = 0; k < number.n; k++)
			if (figure(number.p[k]) || number.p[k] == '+')
				html_str(o, (struct str){ number.p + k, 1 });
		html_raw(o, "\">");
		html_str(o, number);
		html_raw(o, "</a>");
		from = i + number.n;
		i = from - 1;
	}
	html_str(o, (struct str){ text.p + from, text.n - from });
}
