/* pdf_table - tables on a PDF's page. A PDF knows none: a row of words alone that stand apart names columns when the row below it stands
 * under them, and so does every later one, also on the pages that follow, until others are named. */
#include "pdf_int.h"

#include <math.h>
#include <stdlib.h>

enum { CELLS_LEAST = 3 };
static const double near_by = 1.5;              /* points: so exactly cells stand under their heading */

static bool near(double a, double b) { return fabs(a - b) <= near_by; }

static struct area area_of_words(const struct page_word *const *w, size_t n)
{
	struct area a = w[0]->at;
	for (size_t i = 1; i < n; i++)
		a = area_joined(a, w[i]->at);
	return a;
}

static bool begins_with_one(const struct page_table *t, struct area a)
{
	bool any = false;
	for (size_t k = 0; k < t->n; k++)
		any |= near(a.x1, t->heading[k].at.x1);
	return any;
}

static bool ends_with_one(const struct page_table *t, struct area a)
{
	bool any = false;
	for (size_t k = 0; k < t->n; k++)
		any |= near(a.x2, t->heading[k].at.x2);
	return any;
}

/* The words of the first cell, which ends at a wide gap; with headings also where the next word begins with one, or, unless the cell
 * itself began with one, where it ends with one. */
static size_t first_cell(const struct page_table *t, const struct page_word *const *w, size_t n)
{
	bool right = !begins_with_one(t, w[0]->at);
	for (size_t i = 1; i < n; i++)
		if (page_wide_gap(w[i - 1], w[i]) || begins_with_one(t, w[i]->at) || (right && ends_with_one(t, w[i - 1]->at)))
			return i;
	return n;
}

/* The heading that a cell stands under: begins with it, ends with it, has the same middle; else the nearest. *even: not only the nearest. */
static size_t heading_over(const struct page_table *t, struct area cell, bool *even)
{
	size_t nearest = 0;
	double least = INFINITY;
	*even = false;
	for (int side = 0; side < 3; side++)
		for (size_t k = 0; k < t->n; k++) {
			struct area h = t->heading[k].at;
			double a[] = { cell.x1, cell.x2, (cell.x1 + cell.x2) / 2 }, b[] = { h.x1, h.x2, (h.x1 + h.x2) / 2 };
			if ((*even = near(a[side], b[side])))
				return k;
			if (fabs(a[side] - b[side]) < least)
				least = fabs(a[side] - b[side]), nearest = k;
		}
	return nearest;
}

/* At least three cells, and two of three exactly under a heading. */
static bool fits(const struct page_table *t, const struct page_word *const *w, size_t n)
{
	size_t cells = 0, under = 0;
	for (size_t i = 0, takes; i < n; i += takes, cells++) {
		bool even;
		takes = first_cell(t, w + i, n - i);
		heading_over(t, area_of_words(w + i, takes), &even);
		under += even;
	}
	return t->n && cells >= CELLS_LEAST && under * 3 >= cells * 2;
}

/* Its words, when they have letters and no digit. */
static bool take_heading(struct page_heading *h, const char *text, const struct page_word *const *w, size_t n)
{
	bool letters = false;
	h->at = area_of_words(w, n);
	h->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (h->n + 1 + w[i]->n > sizeof h->text)
			return false;
		if (i)
			h->text[h->n++] = ' ';
		for (uint32_t k = 0; k < w[i]->n; k++) {
			char c = text[w[i]->from + k];
			if (g_ascii_isdigit(c))
				return false;
			letters |= g_ascii_isalpha(c) || (unsigned char)c >= 0x80;
			h->text[h->n++] = c;
		}
	}
	return letters && str_utf8((struct str){ h->text, h->n });
}

bool page_table_begins(struct page_table *t, const char *text, const struct page_word *const *w, size_t n, const struct page_word *const *below,
                       size_t n_below)
{
	static const struct page_table none;
	struct page_table *new = mem_zero(1, sizeof *new);
	bool good = true;
	for (size_t i = 0, takes; good && i < n; i += takes) {
		takes = first_cell(&none, w + i, n - i);
		good = new->n < LENGTH(new->heading) && take_heading(&new->heading[new->n++], text, w + i, takes);
	}
	good = good && new->n >= CELLS_LEAST && fits(new, below, n_below);
	if (good)
		*t = *new;
	free(new);
	return good;
}

bool page_table_row(const struct page_table *t, const struct page_word *const *w, size_t n, struct page_cell *cell, size_t *cells)
{
	*cells = 0;
	if (!fits(t, w, n))
		return false;
	for (size_t i = 0, takes; i < n; i += takes) {
		bool even;
		takes = first_cell(t, w + i, n - i);
		size_t heading = heading_over(t, area_of_words(w + i, takes), &even);
		if (*cells && cell[*cells - 1].heading == heading)
			cell[*cells - 1].words += takes;
		else
			cell[(*cells)++] = (struct page_cell){ heading, takes };
	}
	return true;
}
