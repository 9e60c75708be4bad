/* Any bytes as Outlook's folders: the opener keeps its promises (told.h). */
#include "open_int.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static bool prepared;
	if (!prepared)
		open_mail_prepare();
	prepared = true;
	if (!n)
		return 0;
	struct told t;
	struct str file = { (const char *)bytes + 1, n - 1 };
	struct source s = source_of_text(&file);
	told_open(&t, &s, FILE_PST, STR("x.pst"), 1 << 24, bytes[0] < 128 ? 0 : bytes[0] - 127u);
	buf_free(&t.out);
	return 0;
}
