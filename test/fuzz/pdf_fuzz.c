/* A page with any content and form: its text, fields and notes are told within bounds. The file around it is sound, for what goes wrong
 * inside poppler is not ours to mend; a box contains it. */
#include "told.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* As a hexadecimal string, so that it can hold anything. */
static void put_string(struct buf *b, struct str s)
{
	buf_byte(b, '<');
	for (size_t i = 0; i < s.n; i++)
		buf_printf(b, "%02x", (unsigned char)s.p[i]);
	buf_byte(b, '>');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static bool ready;
	if (!ready)
		ready = open_prepare(false);             /* as in a box: no fonts */
	struct str content = { (const char *)bytes, n }, rest = content, name = str_split(&rest, 0), value = str_split(&rest, 0);
	struct buf b = BUF(16 << 20);
	size_t at[8];
	buf_put(&b, STR("%PDF-1.4\n"));
	at[1] = b.n;
	buf_put(&b, STR("1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>endobj\n"));
	at[2] = b.n;
	buf_put(&b, STR("2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"));
	at[3] = b.n;
	buf_put(&b, STR("3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Annots[5 0 R 6 0 R]"
	                "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"));
	at[4] = b.n;
	buf_printf(&b, "4 0 obj<</Length %zu>>stream\n", content.n);
	buf_put(&b, content);
	buf_put(&b, STR("\nendstream endobj\n"));
	at[5] = b.n;
	buf_put(&b, STR("5 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/Rect[72 700 400 720]/DA(/F 12 Tf)/T"));
	put_string(&b, name);
	buf_put(&b, STR("/V"));
	put_string(&b, value);
	buf_put(&b, STR(">>endobj\n"));
	at[6] = b.n;
	buf_put(&b, STR("6 0 obj<</Type/Annot/Subtype/Text/Rect[10 10 30 30]/Contents"));
	put_string(&b, value);
	buf_put(&b, STR(">>endobj\n"));
	at[7] = b.n;
	buf_put(&b, STR("xref\n0 7\n0000000000 65535 f \n"));
	for (int i = 1; i < 7; i++)
		buf_printf(&b, "%010zu 00000 n \n", at[i]);
	buf_printf(&b, "trailer<</Size 7/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", at[7]);
	struct str file = buf_str(&b);
	struct source s = source_of_text(&file);
	struct told t;
	told_open(&t, &s, FILE_PDF, STR("x.pdf"), 64 << 20, 0);
	buf_free(&t.out);
	buf_free(&b);
	return 0;
}
