/* Any bytes as a message, as a mailbox, and as what Outlook wraps: the opener keeps its promises (told.h). */
#include "open_int.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const enum file_sort sorts[] = { FILE_MAIL, FILE_MBOX, FILE_TNEF };
	static bool prepared;
	if (!prepared)
		open_mail_prepare();
	prepared = true;
	struct str text = { (const char *)bytes, n };
	struct source s = source_of_text(&text);
	for (size_t i = 0; i < LENGTH(sorts); i++) {
		struct told t;
		told_open(&t, &s, sorts[i], STR("x"), 1 << 24, n % 5 ? 0 : 1 + n % 7);
		buf_free(&t.out);
	}
	return 0;
}
