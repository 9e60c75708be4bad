/* home - the first page, and the ways in and out. */
#include "desk_int.h"

bool home_page(struct visit *v)
{
	page_home(v->o, &(struct home_view){ op_setting(v->op, "business.name") });
	return visit_show(v, str_of(visit_words(v, "Home")));
}

bool open_page(struct visit *v)
{
	if (!session_open(v, pair_text(v->ask->param, "key")))
		return err_set(&v->op->err, REFUSED, NULL, "%s", visit_words(v, "This link was used already, or is older than 30 minutes. Start Handback again to get a new one."));
	return visit_see(v, STR("/"));
}

bool out_page(struct visit *v)
{
	session_end(v);
	return visit_see(v, STR("/"));
}
