/* rtf - text of RTF. */
#include "open_int.h"

enum open_end open_rtf(const struct source *s, struct str name, struct listener *l)
{
	(void)s, (void)name, (void)l;
	return OPEN_NO_WAY;
}
