/* mail - messages and mailboxes (gmime). */
#include "open_int.h"

enum open_end open_mail(const struct source *s, struct str name, struct listener *l)
{
	(void)s, (void)name, (void)l;
	return OPEN_NO_WAY;
}

enum open_end open_mbox(const struct source *s, struct str name, struct listener *l)
{
	(void)s, (void)name, (void)l;
	return OPEN_NO_WAY;
}

void open_mail_prepare(void)
{
}
