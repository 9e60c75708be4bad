/* pdf - text, form fields, notes, embedded files and pictures of pages (poppler, by its C interface). Nothing is loaded from the file
 * system: poppler is shown none of its own data, and fontconfig no font; text needs neither. */
#include "pdf_int.h"

#include <cairo.h>
#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum {
	PAGES_MAX = 50000,
	ATTACHMENT_MAX = 96 << 20,
	FIELDS_MAX = 10000, NOTES_MAX = 10000, OUTLINE_MAX = 50000, OUTLINE_DEPTH = 32,
	WORDS_OVER_PICTURE = 8,         /* so many words on a picture: its text is there already */
	PIXELS_MAX = 12 << 20,
	DOTS_PER_INCH = 300,
	FIELD_NAME_MAX = 400,
};

/* ---- a stream for poppler over a source ---- */

/* Poppler keeps all that it reads of a stream in memory, unless it is one over memory; so this says it is one. */
struct source_stream { GMemoryInputStream parent; const struct source *s; uint64_t at; };

static gssize pdf_read(GInputStream *stream, void *to, gsize n, GCancellable *c, GError **e)
{
	(void)c, (void)e;
	struct source_stream *t = (struct source_stream *)stream;
	size_t got = source_read(t->s, t->at, to, n);
	t->at += got;
	return (gssize)got;
}

static gssize pdf_skip(GInputStream *stream, gsize n, GCancellable *c, GError **e)
{
	(void)c, (void)e;
	struct source_stream *t = (struct source_stream *)stream;
	uint64_t left = t->at < t->s->size ? t->s->size - t->at : 0;
	n = n < left ? n : (gsize)left;
	t->at += n;
	return (gssize)n;
}

static gboolean pdf_close(GInputStream *stream, GCancellable *c, GError **e)
{
	(void)stream, (void)c, (void)e;
	return TRUE;
}

static goffset stream_tell(GSeekable *stream)
{
	return (goffset)((struct source_stream *)stream)->at;
}

static gboolean stream_can(GSeekable *stream)
{
	(void)stream;
	return TRUE;
}

static gboolean stream_seek(GSeekable *stream, goffset by, GSeekType from, GCancellable *c, GError **e)
{
	(void)c, (void)e;
	struct source_stream *t = (struct source_stream *)stream;
	goffset base = from == G_SEEK_SET ? 0 : from == G_SEEK_CUR ? (goffset)t->at : (goffset)t->s->size;
	t->at = by < -base ? 0 : (uint64_t)(base + by);
	return TRUE;
}

static gboolean stream_cannot(GSeekable *stream)
{
	(void)stream;
	return FALSE;
}

static void stream_class(gpointer class, gpointer data)
{
	(void)data;
	GInputStreamClass *c = class;
	c->read_fn = pdf_read;
	c->skip = pdf_skip;
	c->close_fn = pdf_close;
}

static void stream_seekable(gpointer iface, gpointer data)
{
	(void)data;
	GSeekableIface *i = iface;
	i->tell = stream_tell;
	i->can_seek = stream_can;
	i->seek = stream_seek;
	i->can_truncate = stream_cannot;
}

static GInputStream *stream_of(const struct source *s)
{
	static GType type;
	if (!type) {
		static const GInterfaceInfo seekable = { .interface_init = stream_seekable };
		type = g_type_register_static_simple(G_TYPE_MEMORY_INPUT_STREAM, "HandbackSource", sizeof(GMemoryInputStreamClass), stream_class,
		                                     sizeof(struct source_stream), NULL, 0);
		g_type_add_interface_static(type, G_TYPE_SEEKABLE, &seekable);
	}
	struct source_stream *t = g_object_new(type, NULL);
	t->s = s;
	return G_INPUT_STREAM(t);
}

/* ---- what poppler loads late ---- */

static const char smallest[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
	"trailer<</Root 1 0 R>>\n%%EOF\n";

/* Poppler looks once, with the first document, what data there is, and opens it when a document needs it; in a box that would be its
 * end. So while it looks no directory can be opened. The first document stays: when none is open, poppler forgets. */
void open_pdf_prepare(void)
{
	static const struct str text = { smallest, sizeof smallest - 1 };
	static struct source s;
	static PopplerDocument *kept;
	struct rlimit files, none;
	if (kept)
		return;
	FcConfig *no_fonts = FcConfigCreate();
	FcConfigSetCurrent(no_fonts);
	FcConfigDestroy(no_fonts);                       /* it keeps its own reference */
	s = source_of_text(&text);
	GInputStream *stream = stream_of(&s);
	getrlimit(RLIMIT_NOFILE, &files);
	none = (struct rlimit){ 0, files.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	kept = poppler_document_new_from_stream(stream, (goffset)s.size, NULL, NULL, NULL);
	setrlimit(RLIMIT_NOFILE, &files);
	g_object_unref(stream);
	cairo_font_face_destroy(cairo_toy_font_face_create("", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL));
	tzset();                                         /* else the C library looks for the machine's zone when it first needs a date */
}

/* ---- giving ---- */

struct pdf {
	const struct source *s;
	struct listener *l;
	PopplerDocument *doc;
	struct page_text text;
	struct buf where, name;
	int page;                       /* from 0: that is read now */
	uint32_t row;                   /* of it, told last */
	uint64_t record;
	enum open_end end;              /* OPEN_DONE while it goes on */
	bool torn;
};

static bool end_with(struct pdf *p, enum open_end why)
{
	p->end = why;
	return false;
}

/* A text of poppler's, which is freed; long ones in parts that end with a line. */
static bool give(struct pdf *p, struct str text, struct str where, struct str field, uint64_t record)
{
	while (text.n && p->end == OPEN_DONE) {
		size_t n = open_part(text);
		struct piece piece = { .text = { text.p, n }, .where = where, .field = field, .record = record };
		if (!p->l->piece(p->l->to, &piece))
			return end_with(p, OPEN_STOPPED);
		text.p += n;
		text.n -= n;
	}
	return p->end == OPEN_DONE;
}

static bool give_own(struct pdf *p, char *text, struct str where, struct str field, uint64_t record)
{
	bool good = give(p, str_trim(str_of(text)), where, field, record);
	g_free(text);
	return good;
}

static struct str where(struct pdf *p, int page, const char *what)
{
	buf_clear(&p->where);
	if (page >= 0)
		buf_printf(&p->where, "page %d", page + 1);
	if (page >= 0 && *what)
		buf_put(&p->where, STR(", "));
	buf_put(&p->where, str_of(what));
	return buf_str(&p->where);
}

/* ---- embedded files ---- */

static gboolean take_bytes(const gchar *bytes, gsize n, gpointer to, GError **e)
{
	(void)e;
	buf_put(to, (struct str){ bytes, n });
	return !((struct buf *)to)->full;
}

/* Takes the attachment over. */
static void give_attachment(struct pdf *p, PopplerAttachment *a)
{
	if (!a)
		return;
	struct buf bytes = BUF(ATTACHMENT_MAX);
	const char *raw = poppler_attachment_get_name(a);
	struct str name = raw && *raw ? open_name(&p->name, str_of(raw)) : STR("attachment");
	if (name.n > FIELD_NAME_MAX)
		name = STR("attachment");
	bool whole = poppler_attachment_save_to_callback(a, take_bytes, &bytes, NULL);
	enum open_end why = bytes.full ? OPEN_TOO_BIG : OPEN_BROKEN;
	if (p->end != OPEN_DONE) {
		;
	} else if (!whole) {
		if (!p->l->unread(p->l->to, name, why))
			end_with(p, OPEN_STOPPED);
	} else if (!open_takes(p->l, bytes.n)) {
		end_with(p, OPEN_TOO_BIG);
	} else {
		struct str text = buf_str(&bytes);
		struct source s = source_of_text(&text);
		if (!p->l->member(p->l->to, name, &s))
			end_with(p, OPEN_STOPPED);
	}
	buf_free(&bytes);
	g_object_unref(a);
}

static void attachments(struct pdf *p)
{
	GList *list = poppler_document_has_attachments(p->doc) ? poppler_document_get_attachments(p->doc) : NULL;
	for (GList *i = list; i; i = i->next)
		give_attachment(p, i->data);
	g_list_free(list);
}

/* ---- of the document ---- */

/* Its day, in UTC. Poppler's other way to it looks for time zones' files, and GLib's words for it for one about character sets. */
static char *created(PopplerDocument *doc)
{
	time_t at = poppler_document_get_creation_date(doc);
	struct tm t;
	if (at == (time_t)-1 || !gmtime_r(&at, &t))
		return NULL;
	return g_strdup_printf("%04d-%02d-%02d", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
}

static void properties(struct pdf *p)
{
	static const struct { const char *name; char *(*get)(PopplerDocument *); } property[] = {
		{ "Title", poppler_document_get_title }, { "Author", poppler_document_get_author }, { "Subject", poppler_document_get_subject },
		{ "Keywords", poppler_document_get_keywords }, { "Creator", poppler_document_get_creator }, { "Producer", poppler_document_get_producer },
		{ "Created", created },
	};
	p->record++;
	for (size_t i = 0; i < LENGTH(property); i++)
		give_own(p, property[i].get(p->doc), str_of(property[i].name), str_of(property[i].name), p->record);
	give_own(p, poppler_document_get_metadata(p->doc), STR("properties"), STR(""), 0);
}

static void outline(struct pdf *p, PopplerIndexIter *i, unsigned depth, unsigned *left)
{
	do {
		PopplerAction *action = i ? poppler_index_iter_get_action(i) : NULL;
		if (!action)
			break;
		if (action->any.title && *action->any.title)
			give(p, str_of(action->any.title), STR("table of contents"), STR(""), 0);
		poppler_action_free(action);
		PopplerIndexIter *child = depth ? poppler_index_iter_get_child(i) : NULL;
		if (child)
			outline(p, child, depth - 1, left);
		poppler_index_iter_free(child);
	} while (p->end == OPEN_DONE && *left && (*left)-- && poppler_index_iter_next(i));
}

static void outlines(struct pdf *p)
{
	unsigned left = OUTLINE_MAX;
	PopplerIndexIter *i = poppler_index_iter_new(p->doc);
	if (i)
		outline(p, i, OUTLINE_DEPTH, &left);
	poppler_index_iter_free(i);
}

static void show_layer(PopplerLayersIter *i, unsigned depth)
{
	do {
		PopplerLayer *layer = poppler_layers_iter_get_layer(i);
		if (layer) {
			poppler_layer_show(layer);
			g_object_unref(layer);
		}
		PopplerLayersIter *child = depth ? poppler_layers_iter_get_child(i) : NULL;
		if (child)
			show_layer(child, depth - 1);
		poppler_layers_iter_free(child);
	} while (poppler_layers_iter_next(i));
}

/* What a reader hides stands in the file all the same. */
static void show_layers(PopplerDocument *doc)
{
	PopplerLayersIter *i = poppler_layers_iter_new(doc);
	if (i)
		show_layer(i, OUTLINE_DEPTH);
	poppler_layers_iter_free(i);
}

/* ---- of a page ---- */

/* Poppler tells places of fields and pictures with y upwards. */
static struct area area_of(const PopplerRectangle *r, double height)
{
	return (struct area){ fmin(r->x1, r->x2), height - fmax(r->y1, r->y2), fmax(r->x1, r->x2), height - fmin(r->y1, r->y2) };
}

static char *value_of(PopplerFormField *f)
{
	PopplerFormFieldType type = poppler_form_field_get_field_type(f);
	if (type == POPPLER_FORM_FIELD_TEXT)
		return poppler_form_field_text_get_text(f);
	if (type != POPPLER_FORM_FIELD_CHOICE)
		return NULL;
	char *own = poppler_form_field_choice_get_text(f);
	for (int i = 0; !own && i < poppler_form_field_choice_get_n_items(f); i++)
		if (poppler_form_field_choice_is_item_selected(f, i))
			own = poppler_form_field_choice_get_item(f, i);
	return own;
}

/* The form fields, one record; where they stand goes to `place`, at most FIELDS_MAX. */
static size_t fields(struct pdf *p, PopplerPage *page, int number, double height, struct area *place)
{
	size_t n = 0;
	GList *list = poppler_page_get_form_field_mapping(page);
	p->record++;
	for (GList *i = list; i && n < FIELDS_MAX; i = i->next) {
		PopplerFormFieldMapping *m = i->data;
		char *value = value_of(m->field);
		if (!value || !*value) {
			g_free(value);
			continue;
		}
		char *name = poppler_form_field_get_alternate_ui_name(m->field);
		if (!name || !*name) {
			g_free(name);
			name = poppler_form_field_get_name(m->field);
		}
		struct str field = open_name(&p->name, str_of(name));
		field.n = field.n <= FIELD_NAME_MAX ? field.n : 0;
		place[n++] = area_of(&m->area, height);
		give_own(p, value, where(p, number, "form"), field, p->record);
		g_free(name);
	}
	poppler_page_free_form_field_mapping(list);
	return n;
}

static void note(struct pdf *p, PopplerAnnot *a, int number)
{
	give_own(p, poppler_annot_get_contents(a), where(p, number, "note"), STR(""), 0);
	if (POPPLER_IS_ANNOT_MARKUP(a))
		give_own(p, poppler_annot_markup_get_subject(POPPLER_ANNOT_MARKUP(a)), where(p, number, "note"), STR(""), 0);
	if (POPPLER_IS_ANNOT_FILE_ATTACHMENT(a))
		give_attachment(p, poppler_annot_file_attachment_get_attachment(POPPLER_ANNOT_FILE_ATTACHMENT(a)));
}

static void notes(struct pdf *p, PopplerPage *page, int number)
{
	GList *list = poppler_page_get_annot_mapping(page);
	unsigned n = 0;
	for (GList *i = list; i && n < NOTES_MAX && p->end == OPEN_DONE; i = i->next, n++)
		note(p, ((PopplerAnnotMapping *)i->data)->annot, number);
	poppler_page_free_annot_mapping(list);
}

/* ---- pictures on it ---- */

/* Where pictures stand that may hold text of their own, as one area; false: nowhere. */
static bool pictures(struct pdf *p, PopplerPage *page, struct area whole, struct area *where)
{
	bool any = false;
	double least = (whole.x2 - whole.x1) * (whole.y2 - whole.y1) / 30;
	GList *list = poppler_page_get_image_mapping(page);
	for (GList *i = list; i; i = i->next) {
		struct area a = area_of(&((PopplerImageMapping *)i->data)->area, 0);
		a = (struct area){ fmax(a.x1, whole.x1), fmax(-a.y2, whole.y1), fmin(a.x2, whole.x2), fmin(-a.y1, whole.y2) };
		if (a.x2 - a.x1 < 36 || a.y2 - a.y1 <= 0)
			continue;
		/* a scan may come in strips: where no word stands at all, each counts */
		if (p->text.words && ((a.x2 - a.x1) * (a.y2 - a.y1) < least || page_words_within(&p->text, a) >= WORDS_OVER_PICTURE))
			continue;
		*where = any ? (struct area){ fmin(where->x1, a.x1), fmin(where->y1, a.y1), fmax(where->x2, a.x2), fmax(where->y2, a.y2) } : a;
		any = true;
	}
	poppler_page_free_image_mapping(list);
	return any;
}

static cairo_surface_t *drawn(PopplerPage *page, struct area a, double scale)
{
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil((a.x2 - a.x1) * scale), (int)ceil((a.y2 - a.y1) * scale));
	cairo_t *c = cairo_create(s);
	cairo_set_source_rgb(c, 1, 1, 1);
	cairo_paint(c);
	cairo_scale(c, scale, scale);
	cairo_translate(c, -a.x1, -a.y1);
	poppler_page_render(page, c);
	bool good = cairo_status(c) == CAIRO_STATUS_SUCCESS;
	cairo_destroy(c);
	cairo_surface_flush(s);
	if (good && cairo_surface_status(s) == CAIRO_STATUS_SUCCESS)
		return s;
	cairo_surface_destroy(s);
	return NULL;
}

/* The surface in grey, in its own memory: row by row to its beginning. */
static void make_grey(uint8_t *bytes, unsigned w, unsigned h, unsigned stride)
{
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++) {
			uint32_t rgb;
			memcpy(&rgb, bytes + (size_t)y * stride + 4 * x, sizeof rgb);
			bytes[(size_t)y * w + x] = (uint8_t)(((rgb >> 16 & 255) * 77 + (rgb >> 8 & 255) * 151 + (rgb & 255) * 28) >> 8);
		}
}

/* Whether anything is drawn on a page without text or pictures: letters may be drawn as lines. */
static bool has_ink(PopplerPage *page, struct area whole)
{
	cairo_surface_t *s = drawn(page, whole, fmin(0.5, 500 / fmax(whole.x2, whole.y2)));
	if (!s)
		return false;
	unsigned w = (unsigned)cairo_image_surface_get_width(s), h = (unsigned)cairo_image_surface_get_height(s);
	uint8_t *grey = cairo_image_surface_get_data(s);
	make_grey(grey, w, h, (unsigned)cairo_image_surface_get_stride(s));
	size_t dark = 0;
	for (size_t i = 0; i < (size_t)w * h; i++)
		dark += grey[i] < 160;
	cairo_surface_destroy(s);
	return dark > 50;
}

static void read_pictures(struct pdf *p, PopplerPage *page, int number, struct area whole)
{
	struct area a = whole;
	if (!pictures(p, page, whole, &a) && (p->text.words || !has_ink(page, whole)))
		return;
	if (!open_ocr_ready()) {
		p->l->wants_ocr = true;
		return;
	}
	double scale = fmin(DOTS_PER_INCH / 72.0, sqrt(PIXELS_MAX / ((a.x2 - a.x1) * (a.y2 - a.y1))));
	cairo_surface_t *s = drawn(page, a, scale);
	if (!s)
		return;
	unsigned w = (unsigned)cairo_image_surface_get_width(s), h = (unsigned)cairo_image_surface_get_height(s);
	uint8_t *grey = cairo_image_surface_get_data(s);
	make_grey(grey, w, h, (unsigned)cairo_image_surface_get_stride(s));
	enum open_end end = open_pixels(grey, w, h, w, where(p, number, "picture"), p->l);
	cairo_surface_destroy(s);
	if (end == OPEN_STOPPED || end == OPEN_TOO_BIG)
		end_with(p, end);
}

static bool tell_text(void *to, struct str text, struct str heading, uint32_t row)
{
	struct pdf *p = to;
	p->record += row && row != p->row;
	p->row = row;
	return give(p, text, where(p, p->page, ""), heading, row ? p->record : 0);
}

static void read_page(struct pdf *p, PopplerPage *page, int number)
{
	struct area whole = { 0 };
	poppler_page_get_size(page, &whole.x2, &whole.y2);
	struct area *place = mem_get(FIELDS_MAX * sizeof *place);
	size_t places = fields(p, page, number, whole.y2, place);
	p->page = number;
	p->row = 0;
	page_text_read(&p->text, page, place, places);
	free(place);
	notes(p, page, number);
	if (p->end == OPEN_DONE && whole.x2 >= 1 && whole.y2 >= 1)
		read_pictures(p, page, number, whole);
}

static void pages(struct pdf *p)
{
	int n = poppler_document_get_n_pages(p->doc);
	for (int i = 0; i < n && p->end == OPEN_DONE; i++) {
		if (i == PAGES_MAX || !open_may_go_on(p->l)) {
			end_with(p, OPEN_TOO_BIG);
			break;
		}
		PopplerPage *page = poppler_document_get_page(p->doc, i);
		if (page)
			read_page(p, page, i);
		else
			p->torn = true;
		if (page)
			g_object_unref(page);
	}
	p->torn |= n <= 0;
}

/* A file that was cut off has no startxref in its end (ISO 32000-1, 7.5.5); poppler puts together what there is. */
static bool cut_off(const struct source *s)
{
	enum { TAIL = 64 << 10 };
	char *tail = mem_get(TAIL);
	uint64_t at = s->size > TAIL ? s->size - TAIL : 0;
	size_t n = source_read(s, at, tail, TAIL);
	bool whole = memmem(tail, n, "startxref", 9);
	free(tail);
	return !whole;
}

enum open_end open_pdf(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	GError *e = NULL;
	struct pdf p = { .s = s, .l = l, .where = BUF(1 << 10), .name = BUF(1 << 16) };
	p.text.tell = tell_text;
	p.text.to = &p;
	GInputStream *stream = stream_of(s);
	p.doc = poppler_document_new_from_stream(stream, (goffset)s->size, NULL, NULL, &e);
	g_object_unref(stream);
	if (p.doc) {
		p.torn = cut_off(s);
		show_layers(p.doc);
		properties(&p);
		outlines(&p);
		attachments(&p);
		pages(&p);
		if (p.end == OPEN_DONE && p.torn)
			p.end = OPEN_BROKEN;
		g_object_unref(p.doc);
	} else {
		p.end = g_error_matches(e, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED) ? OPEN_ENCRYPTED : OPEN_BROKEN;
		g_clear_error(&e);
	}
	page_text_free(&p.text);
	buf_free(&p.where);
	buf_free(&p.name);
	return p.end;
}
