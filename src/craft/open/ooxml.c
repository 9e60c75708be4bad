/* ooxml - Word's and PowerPoint's documents, and what all of Office Open XML (ECMA-376) shares: relationships, properties, text of
 * paragraphs and tables. Both the transitional and the strict form: names of elements are the same. */
#include "ooxml_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { RELATIONS_MAX = 1 << 16, NAME_MAX_BYTES = 1 << 10, SLIDES_MAX = 1 << 14 };

/* ---- relationships ---- */

struct gathering { struct office *o; const struct zip_part *part; struct relations *r; size_t cap; struct arena *a; };

/* A target is relative to the folder of its part (RFC 3986 5.2.4). */
static struct str resolve(struct buf *b, const struct zip_part *part, struct str target)
{
	buf_clear(b);
	if (part && target.n && target.p[0] != '/') {
		size_t n = part->name.n;
		while (n && part->name.p[n - 1] != '/')
			n--;
		buf_put(b, (struct str){ part->name.p, n });
	}
	while (target.p) {
		struct str step = str_split(&target, '/');
		if (str_eq(step, STR("..")) && b->n) {
			b->n--;
			while (b->n && b->p[b->n - 1] != '/')
				b->n--;
		} else if (step.n && !str_eq(step, STR(".")) && !str_eq(step, STR(".."))) {
			buf_put(b, step);
			if (target.p)
				buf_byte(b, '/');
		}
	}
	return buf_str(b);
}

static struct str last_word(struct str s)
{
	size_t n = s.n;
	while (n && s.p[n - 1] != '/')
		n--;
	return (struct str){ s.p + n, s.n - n };
}

static bool relation_begin(void *to, const struct xml_tag *tag)
{
	struct gathering *g = to;
	struct str target = xml_attribute(tag, "Target");
	if (tag->word != 0 || !target.p || g->r->n == RELATIONS_MAX)
		return true;
	if (str_eq(xml_attribute(tag, "TargetMode"), STR("External")))
		return office_say(g->o, target, STR("link"), (struct str){ "", 0 }, 0);
	struct buf b = BUF(NAME_MAX_BYTES);
	struct zip_part *part = zip_find(g->o->zip, resolve(&b, g->part, target));
	buf_free(&b);
	if (!part)
		return true;
	g->r->of = arena_more(g->a, g->r->of, g->r->n, &g->cap, sizeof *g->r->of);
	g->r->of[g->r->n++] = (struct relation){ arena_str(g->a, office_name(xml_attribute(tag, "Id"))),
	                                         arena_str(g->a, office_name(last_word(xml_attribute(tag, "Type")))), part };
	return true;
}

static bool no_end(void *to, int word)
{
	(void)to, (void)word;
	return true;
}

static bool no_text(void *to, int word, struct str text)
{
	(void)to, (void)word, (void)text;
	return true;
}

bool ooxml_relations(struct office *o, const struct zip_part *part, struct relations *r, struct arena *a)
{
	static const char *const words[] = { "Relationship" };
	static const struct xml_reader reader = { words, LENGTH(words), relation_begin, no_end, no_text };
	struct str name = part ? part->name : STR(""), base = last_word(name);
	struct str path = arena_say(a, STR_FMT "_rels/" STR_FMT ".rels", (int)(name.n - base.n), name.p, STR_ARG(base));
	struct zip_part *p = zip_find(o->zip, path);
	*r = (struct relations){ 0 };
	return !p || office_xml(o, p, &reader, &(struct gathering){ o, part, r, 0, a });
}

struct zip_part *ooxml_related(const struct relations *r, struct str id)
{
	for (size_t i = 0; id.p && i < r->n; i++)
		if (str_eq(r->of[i].id, id))
			return r->of[i].part;
	return NULL;
}

bool ooxml_type(const struct relation *r, const char *type)
{
	return str_eq(r->type, str_of(type));
}

/* ---- paragraphs and tables: WordprocessingML (17), DrawingML (21.1), comments of PresentationML (19.4) ---- */

#define WORDS(X) X(p) X(t) X(tbl) X(tr) X(tc) X(tab) X(br) X(cr) X(noBreakHyphen) X(delText) X(instrText) X(delInstrText) X(fldSimple) \
	X(moveFrom) X(txbxContent) X(comment) X(footnote) X(endnote) X(docPr) X(cNvPr) X(pPr) X(rPr) X(Fallback) X(gridSpan) X(tcPr) \
	X(cm) X(text)
#define X(word) W_##word,
enum word { WORDS(X) };
#undef X
#define X(word) #word,
static const char *const words[] = { WORDS(X) };
#undef X

struct prosing { struct office *o; struct prose *p; struct buf place; unsigned skip, moved; uint32_t notes; };

static bool say_attribute(struct prosing *r, const struct xml_tag *tag, const char *name)
{
	struct str s = xml_attribute(tag, name);
	return !s.n || (prose_text(r->p, UNSEEN, s) && prose_text(r->p, UNSEEN, STR("\n")));
}

/* As a person counts them: in their order, from 1, without the lines that part notes from the text (17.11.10), which have a type. */
static bool note_begins(struct prosing *r, const struct xml_tag *tag, const char *what)
{
	if (!prose_finish(r->p))
		return false;
	r->notes += !xml_attribute(tag, "type").p;
	buf_clear(&r->place);
	buf_printf(&r->place, "%s %u", what, r->notes);
	prose_begin(r->p, buf_str(&r->place));
	return true;
}

static bool on_begin(void *to, const struct xml_tag *tag)
{
	struct prosing *r = to;
	if (r->skip) {
		r->skip++;
		return true;
	}
	switch (tag->word) {
	case W_pPr: case W_rPr: case W_Fallback:         /* form; the same again for older programs */
		r->skip = 1;
		return true;
	case W_tab:
		return prose_text(r->p, BODY, STR("\t"));
	case W_br: case W_cr:
		return prose_text(r->p, BODY, STR("\n"));
	case W_noBreakHyphen:
		return prose_text(r->p, BODY, STR("-"));
	case W_tbl:
		return prose_table(r->p, (struct str){ "", 0 });
	case W_gridSpan: {
		int64_t n;
		if (str_i64(xml_attribute(tag, "val"), &n) && n > 1 && n < 1024)
			prose_wide(r->p, (uint32_t)n);
		return true;
	}
	case W_moveFrom:
		r->moved++;
		return true;
	case W_txbxContent:
		prose_in(r->p, STR("text box"), false);
		return true;
	case W_comment:
		return note_begins(r, tag, "comment");
	case W_footnote:
		return note_begins(r, tag, "footnote");
	case W_endnote:
		return note_begins(r, tag, "endnote");
	case W_fldSimple:
		return say_attribute(r, tag, "instr");
	case W_docPr: case W_cNvPr:
		return say_attribute(r, tag, "title") && say_attribute(r, tag, "descr");
	default:
		return true;
	}
}

static bool on_end(void *to, int word)
{
	struct prosing *r = to;
	if (r->skip) {
		r->skip--;
		return true;
	}
	switch (word) {
	case W_p: case W_cm:
		return prose_end_paragraph(r->p);
	case W_tc:
		return prose_cell(r->p, (struct str){ "", 0 });
	case W_tr:
		return prose_row(r->p);
	case W_tbl:
		return prose_end_table(r->p);
	case W_txbxContent:
		return prose_out(r->p);
	case W_moveFrom:
		r->moved--;
		return true;
	default:
		return true;
	}
}

static bool on_text(void *to, int word, struct str text)
{
	struct prosing *r = to;
	if (r->skip)
		return true;
	switch (word) {
	case W_t: case W_text:
		return prose_text(r->p, r->moved ? DELETED : BODY, text);
	case W_delText:
		return prose_text(r->p, DELETED, text);
	case W_instrText: case W_delInstrText:
		return prose_text(r->p, UNSEEN, text);
	default:
		return true;
	}
}

bool ooxml_prose(struct office *o, struct prose *p, struct zip_part *part, struct str place)
{
	static const struct xml_reader reader = { words, LENGTH(words), on_begin, on_end, on_text };
	struct prosing r = { .o = o, .p = p, .place = BUF(NAME_MAX_BYTES) };
	prose_begin(p, place);
	bool on = office_xml(o, part, &reader, &r) && prose_finish(p);
	buf_free(&r.place);
	return on;
}

/* ---- Word ---- */

static bool document(struct office *o, struct zip_part *part, struct prose *p, struct arena *a)
{
	static const struct { const char *type; struct str place; } kinds[] = {
		{ "header", { "header", 6 } }, { "footer", { "footer", 6 } }, { "footnotes", { "footnotes", 9 } }, { "endnotes", { "endnotes", 8 } },
		{ "comments", { "comments", 8 } }, { "glossaryDocument", { "building blocks", 15 } }, { "diagramData", { "diagram", 7 } },
	};
	struct relations r;
	if (!ooxml_prose(o, p, part, (struct str){ "", 0 }) || !ooxml_relations(o, part, &r, a))
		return false;
	for (size_t i = 0; i < r.n; i++)
		for (size_t k = 0; k < LENGTH(kinds); k++)
			if (ooxml_type(&r.of[i], kinds[k].type) && !r.of[i].part->read && !ooxml_prose(o, p, r.of[i].part, kinds[k].place))
				return false;
	return true;
}

/* ---- PowerPoint ---- */

struct slides { struct str *id; size_t n, cap; struct arena *a; };

static bool slide_begin(void *to, const struct xml_tag *tag)
{
	struct slides *s = to;
	if (tag->word != 0 || s->n == SLIDES_MAX)
		return true;
	s->id = arena_more(s->a, s->id, s->n, &s->cap, sizeof *s->id);
	s->id[s->n++] = arena_str(s->a, office_name(xml_relation(tag)));
	return true;
}

static bool slide(struct office *o, struct zip_part *part, struct prose *p, struct arena *a, uint32_t number)
{
	static const struct { const char *type, *what; } kinds[] = { { "notesSlide", "notes" }, { "comments", "comment" }, { "comment", "comment" }, { "diagramData", "diagram" } };
	struct relations r;
	if (!ooxml_prose(o, p, part, arena_say(a, "slide %u", number)) || !ooxml_relations(o, part, &r, a))
		return false;
	for (size_t i = 0; i < r.n; i++)
		for (size_t k = 0; k < LENGTH(kinds); k++)
			if (ooxml_type(&r.of[i], kinds[k].type) && !r.of[i].part->read &&
			    !ooxml_prose(o, p, r.of[i].part, arena_say(a, "slide %u, %s", number, kinds[k].what)))
				return false;
	return true;
}

static bool presentation(struct office *o, struct zip_part *part, struct prose *p, struct arena *a)
{
	static const char *const names[] = { "sldId" };
	static const struct xml_reader reader = { names, LENGTH(names), slide_begin, no_end, no_text };
	struct slides s = { .a = a };
	struct relations r;
	if (!office_xml(o, part, &reader, &s) || !ooxml_relations(o, part, &r, a))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		struct zip_part *one = ooxml_related(&r, s.id[i]);
		if (one && !one->read && !slide(o, one, p, a, (uint32_t)i + 1))
			return false;
	}
	return true;
}

/* ---- the package ---- */

struct root { char name[32]; };

static bool root_begin(void *to, const struct xml_tag *tag)
{
	struct root *r = to;
	snprintf(r->name, sizeof r->name, "%s", tag->name);
	return false;
}

/* What the main part is: by its root, since its name and its type differ from program to program. */
static bool main_part(struct office *o, struct zip_part *part, struct prose *p, struct arena *a)
{
	static const struct xml_reader reader = { NULL, 0, root_begin, no_end, no_text };
	static const struct str binary = { ".bin", 4 };
	struct root root = { "" };
	if (part->name.n > binary.n && str_eq_nocase((struct str){ part->name.p + part->name.n - binary.n, binary.n }, binary))
		return ooxml_binary_workbook(o, part, p, a);
	xml_read(o->zip, part, o->l, &reader, &root);
	if (strcmp(root.name, "document") == 0)
		return document(o, part, p, a);
	if (strcmp(root.name, "workbook") == 0)
		return ooxml_workbook(o, part, p, a);
	if (strcmp(root.name, "presentation") == 0)
		return presentation(o, part, p, a);
	return true;
}

enum open_end open_ooxml(struct zip *z, struct listener *l)
{
	struct office o = { .zip = z, .l = l };
	struct arena *a = arena_open();
	struct prose *p = prose_open(&o);
	struct relations r;
	bool on = ooxml_relations(&o, NULL, &r, a);
	for (size_t i = 0; i < r.n && on; i++) {
		struct zip_part *part = r.of[i].part;
		if (part->read)
			continue;
		if (ooxml_type(&r.of[i], "officeDocument"))
			on = main_part(&o, part, p, a);
		else if (ooxml_type(&r.of[i], "core-properties") || ooxml_type(&r.of[i], "extended-properties") || ooxml_type(&r.of[i], "extendedProperties") ||
		         ooxml_type(&r.of[i], "custom-properties") || ooxml_type(&r.of[i], "customProperties"))
			on = office_properties(&o, part);
	}
	prose_close(p);
	arena_close(a);
	return office_rest(&o);
}
