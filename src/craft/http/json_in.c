/* json_in - a JSON object of a program's call, as pairs. Touches jansson. */
#include "fields.h"

#include <inttypes.h>
#include <jansson.h>

static bool add(struct arena *a, struct pairs *p, size_t *cap, const char *name, const json_t *value)
{
	struct str text;
	switch (json_typeof(value)) {
	case JSON_STRING:
		text = arena_str(a, (struct str){ json_string_value(value), json_string_length(value) });
		break;
	case JSON_INTEGER:
		text = arena_say(a, "%" PRId64, (int64_t)json_integer_value(value));
		break;
	case JSON_TRUE:
		text = STR("yes");
		break;
	case JSON_FALSE: case JSON_NULL:
		return true;
	default:
		return false;
	}
	if (p->n == HTTP_PAIRS_MAX)
		return false;
	struct pair *at = arena_more(a, (struct pair *)(uintptr_t)p->at, p->n, cap, sizeof *at);
	at[p->n++] = (struct pair){ arena_str(a, str_of(name)), text };
	p->at = at;
	return true;
}

bool fields_json(struct arena *a, struct str text, struct pairs *out)
{
	json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL), *value, *one;
	struct pairs p = { 0 };
	size_t cap = 0, i;
	const char *name;
	bool good = json_is_object(root);
	if (good)
		json_object_foreach(root, name, value) {
			if (!json_is_array(value))
				good = good && add(a, &p, &cap, name, value);
			else
				json_array_foreach(value, i, one)
					good = good && add(a, &p, &cap, name, one);
		}
	json_decref(root);
	if (good)
		*out = p;
	return good;
}
