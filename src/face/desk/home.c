/* home - the first page. */
#include "desk_int.h"

bool home_page(struct visit *v)
{
	page_home(v->o, &(struct home_view){ op_setting(v->op, "business.name") });
	return visit_show(v, str_of(visit_words(v, "Home")));
}
