/* ole - compound files (libgsf): which document a storage holds, and everything in it that its reader leaves: summaries, embedded
 * files, and streams that we have no better way for. */
#include "ole_int.h"

#include <gsf/gsf.h>
#include <gsf/gsf-input-impl.h>
#include <stdlib.h>

enum { NATIVE_HEAD = 8 << 10, NAME_LONGEST = 400 };

/* ---- a source for libgsf ---- */

struct source_input { GsfInput input; const struct source *s; guint8 *kept; size_t kept_n; };

static const guint8 *input_read(GsfInput *input, size_t n, guint8 *to)
{
	struct source_input *in = (struct source_input *)input;
	if (!to && n > in->kept_n) {
		in->kept = mem_grow(in->kept, n);
		in->kept_n = n;
	}
	guint8 *p = to ? to : in->kept;
	return source_read(in->s, (uint64_t)input->cur_offset, p, n) == n ? p : NULL;
}

static gboolean input_seek(GsfInput *input, gsf_off_t offset, GSeekType whence)
{
	(void)input, (void)offset, (void)whence;         /* reading goes by cur_offset */
	return FALSE;
}

static GsfInput *input_new(const struct source *);

static GsfInput *input_dup(GsfInput *input, GError **e)
{
	(void)e;
	return input_new(((struct source_input *)input)->s);
}

static void input_finalize(GObject *o)
{
	free(((struct source_input *)o)->kept);
	((GObjectClass *)g_type_class_peek_static(GSF_INPUT_TYPE))->finalize(o);
}

static void input_class(gpointer class, gpointer data)
{
	(void)data;
	((GObjectClass *)class)->finalize = input_finalize;
	GsfInputClass *c = class;
	c->Read = input_read;
	c->Seek = input_seek;
	c->Dup = input_dup;
}

static GsfInput *input_new(const struct source *s)
{
	static GType type;
	if (!type) {
		gsf_init();
		type = g_type_register_static_simple(GSF_INPUT_TYPE, "HandbackOleInput", sizeof(GsfInputClass), input_class,
		                                     sizeof(struct source_input), NULL, 0);
	}
	struct source_input *in = g_object_new(type, NULL);
	in->s = s;
	gsf_input_set_size(&in->input, (gsf_off_t)s->size);
	return &in->input;
}

/* ---- streams ---- */

static size_t stream_at(void *of, uint64_t at, void *to, size_t n)
{
	GsfInput *in = of;
	uint64_t size = (uint64_t)gsf_input_size(in);
	if (at >= size || gsf_input_seek(in, (gsf_off_t)at, G_SEEK_SET))
		return 0;
	if (n > size - at)
		n = (size_t)(size - at);
	if (gsf_input_read(in, n, to))
		return n;
	/* a chain that ends too soon: what there is of it */
	size_t done = 0;
	for (; done < n; done++)
		if (gsf_input_seek(in, (gsf_off_t)(at + done), G_SEEK_SET) || !gsf_input_read(in, 1, (guint8 *)to + done))
			break;
	return done;
}

static bool is_storage(GsfInput *child)
{
	return GSF_IS_INFILE(child) && gsf_infile_num_children((GsfInfile *)child) >= 0;
}

bool ole_child(struct ole *o, int i, struct ole_stream *s)
{
	GsfInput *in = gsf_infile_child_by_index(o->dir, i);
	if (!in || is_storage(in)) {
		if (in)
			g_object_unref(in);
		return false;
	}
	*s = (struct ole_stream){ .in = in, .source = { .size = (uint64_t)gsf_input_size(in), .of = in, .read = stream_at } };
	return true;
}

struct str ole_child_name(struct ole *o, int i)
{
	return str_of(gsf_infile_name_by_index(o->dir, i));
}

int ole_find(struct ole *o, const char *name)
{
	for (int i = 0; i < o->children; i++)
		if (str_eq_nocase(ole_child_name(o, i), str_of(name)))
			return i;
	return -1;
}

bool ole_open(struct ole *o, const char *name, struct ole_stream *s)
{
	int i = ole_find(o, name);
	if (i < 0 || !ole_child(o, i, s))
		return false;
	bits_add(&o->read, (size_t)i);
	return true;
}

void ole_close(struct ole_stream *s)
{
	g_object_unref(s->in);
}

struct str ole_all(struct ole *o, const char *name, size_t max)
{
	struct ole_stream s;
	struct str all = { 0 };
	if (!ole_open(o, name, &s))
		return all;
	size_t n = s.source.size < max ? (size_t)s.source.size : max;
	char *p = mem_get(n + 1);
	all = (struct str){ p, source_read(&s.source, 0, p, n) };
	ole_close(&s);
	return all;
}

/* ---- telling ---- */

bool ole_tell(struct ole *o, struct str text, const char *place, struct str field, uint64_t record)
{
	if (o->stopped)
		return false;
	text = str_trim(text);
	struct buf where = BUF(2 * NAME_LONGEST);
	buf_put(&where, o->within);
	buf_put(&where, str_of(place));
	struct piece p = { .text = text, .where = buf_str(&where), .field = field, .record = record };
	o->stopped = !open_text(o->l, &p);
	buf_free(&where);
	return !o->stopped;
}

bool ole_member(struct ole *o, struct str name, const struct source *s)
{
	struct buf clean = BUF(4 * NAME_LONGEST), full = BUF(4 * NAME_LONGEST);
	while (name.n && (unsigned char)name.p[0] < ' ')         /* the sort of a stream that is not the program's own */
		name = (struct str){ name.p + 1, name.n - 1 };
	buf_put(&full, o->path);
	buf_put(&full, name.n ? open_name(&clean, open_cut(name, 255)) : STR("embedded"));
	if (!o->stopped)
		o->stopped = !o->l->member(o->l->to, buf_str(&full), s);
	buf_free(&clean);
	buf_free(&full);
	return !o->stopped;
}

bool ole_unread(struct ole *o, const char *what, enum open_end why)
{
	struct buf full = BUF(4 * NAME_LONGEST);
	buf_put(&full, o->within);
	buf_put(&full, str_of(what));
	if (!o->stopped)
		o->stopped = !o->l->unread(o->l->to, buf_str(&full), why);
	buf_free(&full);
	return !o->stopped;
}

/* ---- what stands in any storage ---- */

static struct str zero_ended(struct cursor *c)
{
	const uint8_t *from = c->p;
	while (cursor_u8(c))
		;
	return c->torn ? (struct str){ 0 } : (struct str){ (const char *)from, (size_t)(c->p - from) - 1 };
}

/* An embedded file [MS-OLEDS] 2.3.6, as packager writes it: its label, where it came from, and its bytes. */
static bool native_read(struct ole *o, const struct source *s)
{
	char head[NATIVE_HEAD];
	struct cursor c = cursor_of((struct str){ head, source_read(s, 0, head, sizeof head) });
	cursor_u32(&c);
	cursor_u16(&c);
	struct str label = zero_ended(&c);
	zero_ended(&c);
	cursor_u32(&c);
	cursor_bytes(&c, cursor_u32(&c));
	uint32_t n = cursor_u32(&c);
	uint64_t at = (uint64_t)((const char *)c.p - head);
	struct slice slice = { s, at, n };
	if (c.torn || at + n > s->size || !label.n)
		return false;
	struct source file = slice_source(&slice);
	return ole_member(o, label, &file);
}

static enum open_end storage_read(struct ole *, enum open_end (*reader)(struct ole *));

enum open_end ole_within(struct ole *o, int i, struct str within, enum open_end (*reader)(struct ole *))
{
	bits_add(&o->read, (size_t)i);
	if (o->depth >= OLE_DEPTH_MAX) {
		ole_unread(o, "what is embedded deeper", OPEN_TOO_DEEP);
		return OPEN_DONE;
	}
	GsfInput *in = gsf_infile_child_by_index(o->dir, i);
	if (!in)
		return OPEN_BROKEN;
	struct buf path = BUF(2 * NAME_LONGEST), name = BUF(2 * NAME_LONGEST);
	buf_put(&path, o->path);
	buf_put(&path, open_name(&name, ole_child_name(o, i)));
	buf_byte(&path, '/');
	struct ole child = { .l = o->l, .dir = in, .children = gsf_infile_num_children((GsfInfile *)in), .within = within, .path = buf_str(&path),
	                     .records = o->records, .names = o->names, .depth = o->depth + 1 };
	child.read = bits_open(child.children > 0 ? (size_t)child.children : 1);
	enum open_end end = child.children >= 0 ? storage_read(&child, reader) : OPEN_BROKEN;
	o->stopped |= child.stopped;
	bits_close(&child.read);
	buf_free(&path);
	buf_free(&name);
	g_object_unref(in);
	return end;
}

/* What only says how others are to be read. */
static bool for_machines(struct str name)
{
	static const char *const names[] = { "\1CompObj", "\1Ole", "\3ObjInfo", "\3EPRINT", "\3META", "\3PRINT", "\2OlePres000", "\2OlePres001", "0Table", "1Table",
	                                     "Current User", "\6DataSpaces" };
	for (size_t i = 0; i < LENGTH(names); i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

static void stream_other(struct ole *o, struct str name, struct ole_stream *s)
{
	bool document = str_eq(name, STR("\5DocumentSummaryInformation"));
	if (document || str_eq(name, STR("\5SummaryInformation")))
		ole_summary(o, &s->source, document);
	else if (!(str_eq(name, STR("\1Ole10Native")) && (native_read(o, &s->source) || o->stopped)))
		ole_member(o, name, &s->source);
}

/* What a storage's reader has left. */
static enum open_end rest_read(struct ole *o)
{
	enum open_end end = OPEN_DONE;
	for (int i = 0; i < o->children && !o->stopped; i++) {
		struct str name = ole_child_name(o, i);
		struct ole_stream s;
		if (bits_has(&o->read, (size_t)i) || for_machines(name))
			continue;
		if (ole_child(o, i, &s)) {
			if (s.source.size)
				stream_other(o, name, &s);
			ole_close(&s);
			continue;
		}
		struct buf within = BUF(NAME_LONGEST), clean = BUF(NAME_LONGEST);
		buf_put(&within, o->within);
		buf_printf(&within, "embedded " STR_FMT ", ", STR_ARG(open_name(&clean, name)));
		enum open_end how = ole_within(o, i, buf_str(&within), NULL);
		if (how == OPEN_ENCRYPTED)
			ole_unread(o, "an embedded document", how);
		else if (how != OPEN_DONE)
			end = how;
		buf_free(&within);
		buf_free(&clean);
	}
	return end;
}

static enum open_end (*reader_for(struct ole *o))(struct ole *)
{
	static const struct { const char *stream; enum open_end (*reader)(struct ole *); } readers[] = {
		{ "Workbook", ole_xls }, { "Book", ole_xls }, { "WordDocument", ole_doc }, { "PowerPoint Document", ole_ppt },
		{ "__properties_version1.0", ole_msg },
	};
	for (size_t i = 0; i < LENGTH(readers); i++)
		if (ole_find(o, readers[i].stream) >= 0)
			return readers[i].reader;
	return NULL;
}

static enum open_end storage_read(struct ole *o, enum open_end (*reader)(struct ole *))
{
	if (o->children > OLE_CHILDREN_MAX) {
		ole_unread(o, "more parts than can be looked at", OPEN_TOO_BIG);
		o->children = OLE_CHILDREN_MAX;
	}
	if (ole_find(o, "EncryptedPackage") >= 0)        /* Office Open XML with a password [MS-OFFCRYPTO] 2.3.1 */
		return OPEN_ENCRYPTED;
	if (!reader)
		reader = reader_for(o);
	enum open_end end = reader ? reader(o) : OPEN_DONE;
	if (end == OPEN_ENCRYPTED || o->stopped)
		return o->stopped ? OPEN_STOPPED : end;
	enum open_end rest = rest_read(o);
	return o->stopped ? OPEN_STOPPED : end == OPEN_DONE ? rest : end;
}

enum open_end open_ole(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	uint64_t records = 0;
	GsfInput *in = input_new(s);
	GError *e = NULL;
	GsfInfile *root = gsf_infile_msole_new(in, &e);
	enum open_end end = OPEN_BROKEN;
	if (e)
		g_error_free(e);
	if (root) {
		struct ole o = { .l = l, .dir = root, .children = gsf_infile_num_children(root), .within = STR(""), .path = STR(""), .records = &records };
		o.read = bits_open(o.children > 0 ? (size_t)o.children : 1);
		end = storage_read(&o, NULL);
		bits_close(&o.read);
		g_object_unref(root);
	} else if (!open_bytes(l, s)) {
		end = OPEN_STOPPED;
	}
	g_object_unref(in);
	return end;
}
