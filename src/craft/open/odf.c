/* odf - OpenDocument (ODF 1.3, part 3): texts, spreadsheets and presentations are made of the same paragraphs and tables. */
#include "office.h"

#include <stdio.h>
#include <stdlib.h>

enum { VALUE_MAX = 64 << 10, SPACES_MAX = 64 };

enum word { W_p, W_h, W_s, W_tab, W_break, W_annotation, W_note, W_changes, W_table, W_row, W_cell, W_covered, W_page, W_notes, W_spreadsheet,
            W_header, W_footer, W_title, W_desc };
static const char *const words[] = { "p", "h", "s", "tab", "line-break", "annotation", "note", "tracked-changes", "table", "table-row",
                                     "table-cell", "covered-table-cell", "page", "notes", "spreadsheet", "header", "footer", "title", "desc" };

enum { APART_MAX = 256 };                                /* XML is not deeper */

struct odf {
	struct office *o;
	struct prose *p;
	struct str place;                                /* of the part */
	/* Texts that stand in the middle of others: comments, notes, and what is in a shape, whose paragraphs are within a paragraph. */
	struct { unsigned paragraphs; bool shape; } apart[APART_MAX + 1];
	unsigned aparts;
	bool sheets, running;                            /* a spreadsheet; in a page's header or footer */
	uint32_t pages;
	struct buf value;
};

static uint32_t repeated(const struct xml_tag *tag, const char *name)
{
	int64_t n;
	return str_i64(xml_attribute(tag, name), &n) && n > 0 && n < 1 << 24 ? (uint32_t)n : 1;
}

static bool part_begins(struct odf *r, struct str place)
{
	bool on = prose_finish(r->p);
	prose_begin(r->p, place);
	return on;
}

static void apart_begins(struct odf *r, struct str what, bool shape)
{
	if (r->aparts == APART_MAX)
		return;
	r->aparts++;
	r->apart[r->aparts].paragraphs = 0, r->apart[r->aparts].shape = shape;
	prose_in(r->p, what, false);
}

static bool apart_ends(struct odf *r)
{
	if (!r->aparts)
		return true;
	r->aparts--;
	return prose_out(r->p);
}

static bool page_begins(struct odf *r, const struct xml_tag *tag)
{
	char place[32];
	if (!xml_attribute(tag, "master-page-name").p)   /* a presentation's page, not a number's field */
		return true;
	snprintf(place, sizeof place, "slide %u", ++r->pages);
	return part_begins(r, str_of(place));
}

/* In a paragraph it is a field of the same name. */
static bool running_begins(struct odf *r, struct str what)
{
	if (r->aparts || r->apart[0].paragraphs)
		return true;
	r->running = true;
	return part_begins(r, what);
}

/* The value as it is, beside how it is shown. */
static bool cell_begins(struct odf *r, const struct xml_tag *tag)
{
	char room[32];
	struct str type = xml_attribute(tag, "value-type"), value = xml_attribute(tag, "value"), formula = xml_attribute(tag, "formula");
	prose_wide(r->p, repeated(tag, "number-columns-repeated"));
	buf_clear(&r->value);
	if (str_eq(type, STR("string")))
		value = xml_attribute(tag, "string-value");
	else
		value = value.n ? office_number(value, room) : value;
	if (value.n <= VALUE_MAX)
		buf_put(&r->value, value);
	return !office_telling(formula) || prose_text(r->p, UNSEEN, formula);
}

static bool on_begin(void *to, const struct xml_tag *tag)
{
	struct odf *r = to;
	switch (tag->word) {
	case W_p: case W_h:
		if (r->apart[r->aparts].paragraphs)
			apart_begins(r, STR("text box"), true);
		r->apart[r->aparts].paragraphs++;
		return true;
	case W_s: {
		static const char spaces[SPACES_MAX] = { [0 ... SPACES_MAX - 1] = ' ' };
		uint32_t n = repeated(tag, "c");
		return prose_text(r->p, BODY, (struct str){ spaces, n < SPACES_MAX ? n : SPACES_MAX });
	}
	case W_tab:
		return prose_text(r->p, BODY, STR("\t"));
	case W_break:
		return prose_text(r->p, BODY, STR("\n"));
	case W_annotation:
		apart_begins(r, STR("comment"), false);
		return true;
	case W_note:
		apart_begins(r, STR("footnote"), false);
		return true;
	case W_notes:
		apart_begins(r, STR("notes"), false);
		return true;
	case W_changes:
		return part_begins(r, STR("deleted text"));
	case W_table:
		return prose_table(r->p, r->sheets ? xml_attribute(tag, "name") : (struct str){ "", 0 });
	case W_row:
		prose_tall(r->p, repeated(tag, "number-rows-repeated"));
		return true;
	case W_cell: case W_covered:
		return cell_begins(r, tag);
	case W_page:
		return page_begins(r, tag);
	case W_spreadsheet:
		r->sheets = true;
		return true;
	case W_header:
		return running_begins(r, STR("header"));
	case W_footer:
		return running_begins(r, STR("footer"));
	default:
		return true;
	}
}

static bool on_end(void *to, int word)
{
	struct odf *r = to;
	switch (word) {
	case W_p: case W_h: {
		bool on = prose_end_paragraph(r->p);
		if (r->apart[r->aparts].paragraphs)
			r->apart[r->aparts].paragraphs--;
		return on && (!r->apart[r->aparts].shape || apart_ends(r));
	}
	case W_annotation: case W_note: case W_notes:
		return apart_ends(r);
	case W_changes:
		return part_begins(r, r->place);
	case W_header: case W_footer:
		if (!r->running)
			return true;
		r->running = false;
		return part_begins(r, r->place);
	case W_cell: case W_covered: {
		bool on = prose_cell(r->p, buf_str(&r->value));
		buf_clear(&r->value);
		return on;
	}
	case W_row:
		return prose_row(r->p);
	case W_table:
		return prose_end_table(r->p);
	case W_title: case W_desc:
		return prose_text(r->p, UNSEEN, STR("\n"));
	default:
		return true;
	}
}

static bool on_text(void *to, int word, struct str text)
{
	struct odf *r = to;
	if (word == W_title || word == W_desc)
		return prose_text(r->p, UNSEEN, text);
	return !r->apart[r->aparts].paragraphs || prose_text(r->p, BODY, text);
}

static bool read_part(struct office *o, struct prose *p, struct zip_part *part, struct str place)
{
	static const struct xml_reader reader = { words, LENGTH(words), on_begin, on_end, on_text };
	struct odf *r = mem_zero(1, sizeof *r);
	*r = (struct odf){ .o = o, .p = p, .place = place, .value = BUF(VALUE_MAX) };
	prose_begin(p, place);
	bool on = office_xml(o, part, &reader, r) && prose_finish(p);
	buf_free(&r->value);
	free(r);
	return on;
}

/* ---- the manifest (part 2, 3): which parts need a password ---- */

static bool manifest_begin(void *to, const struct xml_tag *tag)
{
	bool *encrypted = to;
	*encrypted = *encrypted || tag->word == 0;
	return !*encrypted;
}

static bool manifest_end(void *to, int word)
{
	(void)to, (void)word;
	return true;
}

static bool manifest_text(void *to, int word, struct str text)
{
	(void)to, (void)word, (void)text;
	return true;
}

static bool needs_password(const struct zip *z, struct listener *l)
{
	static const char *const names[] = { "encryption-data" };
	static const struct xml_reader reader = { names, LENGTH(names), manifest_begin, manifest_end, manifest_text };
	const struct zip_part *manifest = zip_find(z, STR("META-INF/manifest.xml"));
	bool encrypted = false;
	if (manifest)
		xml_read(z, manifest, l, &reader, &encrypted);
	return encrypted;
}

/* "Object 1" of Object 1/content.xml, a document within; false: of no such name. */
static bool object_of(struct str name, struct str *object)
{
	static const struct str ending = { "/content.xml", 12 };
	if (name.n <= ending.n || !str_eq((struct str){ name.p + name.n - ending.n, ending.n }, ending))
		return false;
	*object = office_name((struct str){ name.p, name.n - ending.n });
	return true;
}

enum open_end open_odf(struct zip *z, struct listener *l)
{
	static const struct { const char *name; struct str place; } parts[] = { { "content.xml", { "", 0 } }, { "styles.xml", { "page style", 10 } } };
	if (needs_password(z, l))
		return OPEN_ENCRYPTED;
	struct office o = { .zip = z, .l = l };
	struct prose *p = prose_open(&o);
	bool on = true;
	zip_find(z, STR("mimetype"))->read = true;
	for (size_t i = 0; on && i < LENGTH(parts); i++) {
		struct zip_part *part = zip_find(z, str_of(parts[i].name));
		on = !part || read_part(&o, p, part, parts[i].place);
	}
	struct zip_part *meta = zip_find(z, STR("meta.xml"));
	if (on && meta)
		on = office_properties(&o, meta);
	for (size_t i = 0; on && i < z->n; i++) {
		struct str object;
		if (!z->part[i].read && object_of(z->part[i].name, &object))
			on = read_part(&o, p, &z->part[i], object);
	}
	prose_close(p);
	return office_rest(&o);
}
