/* mask - no card number comes further than the door. What a browser brings in a form or in the address is masked before anything reads it, so that no
 * page shows it again, no hidden field, link or redirect carries it on, and no error quotes it. Verbs mask once more, for all who call them.
 */
#include "desk_int.h"
#include "detect.h"

/* What is never shown again, and only fits whole: what proves who it is, and the desk's own words. */
bool mask_proves(struct str name)
{
	static const char *const names[] = { "passphrase", "look-passphrase", "new", "new-again", "again", "csrf", "page", "credential", "client", "data", "signature", "made" };
	for (size_t i = 0; i < LENGTH(names); i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

/* *safe: text without its card numbers. Whether it had any. */
static bool text_masked(struct arena *a, struct str text, struct str *safe)
{
	struct buf masked = BUF(4 * HTTP_BODY_MAX);
	bool found = detect_could(text) && detect_mask(&masked, text) > 0;
	*safe = found ? arena_str(a, buf_str(&masked)) : text;
	buf_free(&masked);
	return found;
}

static bool pairs_masked(struct arena *a, struct pairs *pairs)
{
	struct pair *safe = ARENA_ARRAY(a, struct pair, pairs->n + 1);
	bool found = false;
	for (size_t i = 0; i < pairs->n; i++) {
		safe[i] = pairs->at[i];
		found |= text_masked(a, safe[i].name, &safe[i].name);
		found |= !mask_proves(safe[i].name) && text_masked(a, safe[i].value, &safe[i].value);
	}
	pairs->at = safe;
	return found;
}

static bool name_masked(struct arena *a, struct str *name)
{
	struct buf masked = BUF(4 * HTTP_HEAD_MAX);
	bool found = detect_mask_name(&masked, *name) > 0;
	*name = found ? arena_str(a, buf_str(&masked)) : *name;
	buf_free(&masked);
	return found;
}

bool mask_asked(struct ask *ask)
{
	bool form = pairs_masked(ask->a, &ask->form), query = pairs_masked(ask->a, &ask->query), param = pairs_masked(ask->a, &ask->param);
	bool path = text_masked(ask->a, ask->path, &ask->path), file = false;
	for (size_t i = 0; i < ask->uploads; i++)
		file |= name_masked(ask->a, &ask->upload[i].name);
	return form || query || param || path || file;
}

struct str mask_said(const struct visit *v, struct str text)
{
	struct str safe;
	text_masked(v->op->a, text, &safe);
	return safe;
}

struct str mask_address(const struct ask *ask)
{
	struct buf b = BUF(4 * HTTP_HEAD_MAX);
	struct html o = { .b = &b };
	struct str rest = { ask->path.p + 1, ask->path.n - 1 };
	while (rest.p) {
		buf_byte(&b, '/');
		html_url_str(&o, str_split(&rest, '/'));
	}
	for (size_t i = 0; i < ask->query.n; i++) {
		buf_byte(&b, i ? '&' : '?');
		html_url_str(&o, ask->query.at[i].name);
		buf_byte(&b, '=');
		html_url_str(&o, ask->query.at[i].value);
	}
	struct str address = arena_str(ask->a, buf_str(&b));
	buf_free(&b);
	return address;
}
