/* Any bytes as a compound file, and as the streams of documents in a sound one: nothing is told past the listener's limits, nor after it
 * has said stop. The first byte says which. */
#include "lzfu.h"
#include "open.h"
#include "open_int.h"

#include <gsf/gsf.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
const char *__lsan_default_suppressions(void);

/* libgsf 1.14.50 forgets what it had made of a directory that turns out to be broken; in a box that ends with the file. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libglib-2.0";
}

struct heard { size_t events, stop_after; };

static bool on(struct heard *h)
{
	if (h->events == h->stop_after)
		abort();
	return ++h->events < h->stop_after;
}

static bool on_piece(void *to, const struct piece *p)
{
	if (p->text.n > OPEN_PIECE_MAX || !p->text.n || !p->where.n)
		abort();
	return on(to);
}

static bool on_member(void *to, struct str name, const struct source *s)
{
	(void)name;
	char head[512];
	source_read(s, 0, head, sizeof head);
	source_read(s, 600, head, sizeof head);
	return on(to);
}

static bool on_unread(void *to, struct str name, enum open_end why)
{
	(void)name;
	if (why == OPEN_DONE || why == OPEN_STOPPED)
		abort();
	return on(to);
}

static void put(GsfOutfile *in, const char *name, struct str bytes)
{
	GsfOutput *out = gsf_outfile_new_child(in, name, FALSE);
	gsf_output_write(out, bytes.n, (const guint8 *)bytes.p);
	gsf_output_close(out);
	g_object_unref(out);
}

static void hear(struct str file, size_t stop_after)
{
	struct heard h = { .stop_after = stop_after };
	struct source s = source_of_text(&file);
	struct listener l = { .to = &h, .piece = on_piece, .member = on_member, .unread = on_unread, .left = 1 << 24 };
	enum open_end end = open_ole(&s, STR("x"), &l);
	if ((h.events == h.stop_after) != (end == OPEN_STOPPED))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const streams[][2] = {
		{ "Workbook", "Pictures" }, { "Book", "Data" }, { "WordDocument", "0Table" }, { "WordDocument", "1Table" }, { "PowerPoint Document", "Pictures" },
		{ "__properties_version1.0", "__substg1.0_10090102" }, { "\5SummaryInformation", "\1Ole10Native" },
	};
	static bool prepared;
	if (!prepared)
		open_mail_prepare();
	prepared = true;
	if (n < 4)
		return 0;
	size_t which = bytes[0] % (LENGTH(streams) + 1), stop_after = bytes[1] ? 1 << 30 : 1 + bytes[2], first = (n - 4) * bytes[3] / 255;
	struct str rest = { (const char *)bytes + 4, n - 4 };
	if (which == LENGTH(streams)) {
		hear(rest, stop_after);
		return 0;
	}
	GsfOutput *memory = gsf_output_memory_new();
	GsfOutfile *root = gsf_outfile_msole_new(memory);
	put(root, streams[which][0], (struct str){ rest.p, first });
	put(root, streams[which][1], (struct str){ rest.p + first, rest.n - first });
	gsf_output_close((GsfOutput *)root);
	g_object_unref(root);
	hear((struct str){ (const char *)gsf_output_memory_get_bytes((GsfOutputMemory *)memory), (size_t)gsf_output_size(memory) }, stop_after);
	g_object_unref(memory);
	struct buf rtf = BUF(1 << 20);
	lzfu_unpack(rest, &rtf);
	buf_free(&rtf);
	return 0;
}
