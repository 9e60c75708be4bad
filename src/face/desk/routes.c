/* routes - all that the desk answers, in one table. */
#include "desk_int.h"

const struct route desk_routes[] = {
	{ "GET", "/", 0, 0, home_page },
	{ "GET", "/open/:key", 0, ROUTE_OPEN, open_page },
	{ "GET", "/sign-in", 0, ROUTE_OPEN, sign_in_page },
	{ "POST", "/sign-in", 0, ROUTE_OPEN, sign_in_do },
	{ "GET", "/sign-in/code", 0, ROUTE_HALF, code_page },
	{ "POST", "/sign-in/code", 0, ROUTE_HALF, code_do },
	{ "POST", "/sign-out", 0, ROUTE_HALF, out_page },
	{ "GET", "/look/:name", 0, ROUTE_OPEN, asset_page },
};
const size_t desk_routes_n = LENGTH(desk_routes);

const struct menu_item desk_menu[] = {
	{ .path = { STR("/") }, .words = say("Home") },
};
const size_t desk_menu_n = LENGTH(desk_menu);
