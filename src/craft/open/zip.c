/* zip - office documents that are zip files of XML (OOXML, ODF); any other zip is an archive. */
#include "open_int.h"

enum open_end open_zip(const struct source *s, struct str name, struct listener *l)
{
	return open_archive(s, name, l);
}
