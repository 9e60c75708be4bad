/* asset - style, script and icon, from the program's own bytes. */
#include "desk_data.h"
#include "desk_int.h"

#include <stdio.h>

static struct asset { const char *name, *type; const struct str *plain, *zipped; char path[64]; } assets[] = {
	{ "desk.css", "text/css; charset=utf-8", &data_desk_css, &data_desk_css_gz, "" },
	{ "desk.js", "text/javascript; charset=utf-8", &data_desk_js, &data_desk_js_gz, "" },
	{ "icon.svg", "image/svg+xml", &data_icon_svg, &data_icon_svg_gz, "" },
};

void asset_start(void)
{
	for (size_t i = 0; i < LENGTH(assets); i++) {
		uint8_t hash[32];
		const char *dot = strrchr(assets[i].name, '.');
		sha256(*assets[i].plain, hash);
		snprintf(assets[i].path, sizeof assets[i].path, "%.*s-%02x%02x%02x%02x%02x%02x%s", (int)(dot - assets[i].name), assets[i].name,
		         hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], dot);
	}
}

struct str asset_path(const char *name)
{
	for (size_t i = 0; i < LENGTH(assets); i++)
		if (strcmp(assets[i].name, name) == 0)
			return str_of(assets[i].path);
	return STR("");
}

/* gzip is taken by every browser; a script that doesn't say so gets the plain bytes. */
static bool takes_gzip(const struct ask *ask)
{
	struct str list = ask_header(ask, "Accept-Encoding");
	while (list.p)
		if (str_eq_nocase(str_trim(str_split(&list, ',')), STR("gzip")))
			return true;
	return false;
}

bool asset_page(struct visit *v)
{
	struct str name = pair_text(v->ask->param, "name");
	for (size_t i = 0; i < LENGTH(assets); i++) {
		if (!str_eq(name, str_of(assets[i].path)))
			continue;
		bool zipped = takes_gzip(v->ask);
		v->reply->type = assets[i].type;
		v->reply->fixed = zipped ? *assets[i].zipped : *assets[i].plain;
		reply_head(v->reply, "Cache-Control", STR("public, max-age=31536000, immutable"));
		reply_head(v->reply, "Vary", STR("Accept-Encoding"));
		if (zipped)
			reply_head(v->reply, "Content-Encoding", STR("gzip"));
		return true;
	}
	return err_set(&v->op->err, NOT_FOUND, NULL, "%s", visit_words(v, "There is no such file."));
}
