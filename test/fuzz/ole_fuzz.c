/* Any bytes as a compound file, and as the streams of documents in a sound one: the opener keeps its promises (told.h). The first byte
 * says which. */
#include "lzfu.h"
#include "open_int.h"
#include "told.h"

#include <gsf/gsf.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
const char *__lsan_default_suppressions(void);

/* libgsf 1.14.50 forgets what it had made of a directory that turns out to be broken; in a box that ends with the file. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libglib-2.0";
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
	struct told t;
	struct source s = source_of_text(&file);
	told_open(&t, &s, FILE_OLE, STR("x"), 1 << 24, stop_after);
	buf_free(&t.out);
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
	size_t which = bytes[0] % (LENGTH(streams) + 1), stop_after = bytes[1] ? 0 : 1 + bytes[2], first = (n - 4) * bytes[3] / 255;
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
