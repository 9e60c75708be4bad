/* known - what the data knows of common services. Touches nothing but its arguments. */
#include "services.h"
#include "services_data.h"

#include <assert.h>

enum { SERVICES_MAX = 120, WORDS_MAX = 40 };

static struct str line_word(struct str *line)
{
	struct str word = str_split(line, ' ');
	*line = line->p ? str_trim(*line) : STR("");
	return word;
}

/* ---- services ---- */

struct worded { struct str name; struct tongues says; };

static struct tongues words_of(const struct worded *w, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(w[i].name, name))
			return w[i].says;
	assert(!"a name that the data has");
	return (struct tongues){ { 0 }, { 0 } };
}

static kinds kinds_of(struct str words)
{
	kinds k = 0;
	struct str bad;
	bool good = !words.n || kinds_parse(words, ' ', &k, &bad);
	assert(good);
	return k;
}

static enum card_role role_of(struct str word)
{
	static const char *const roles[] = { [CARD_NONE] = "none", [CARD_PARTNER] = "partner", [CARD_PROCESSOR] = "processor", [CARD_TAKES] = "takes", [CARD_AFFECTS] = "affects" };
	for (size_t i = 0; i < LENGTH(roles); i++)
		if (str_eq(word, str_of(roles[i])))
			return (enum card_role)i;
	assert(!"a role that the data has");
	return CARD_NONE;
}

static unsigned power_of(struct str words)
{
	unsigned power = 0;
	while (words.p) {
		struct str word = str_split(&words, ' ');
		power |= str_eq(word, STR("page")) ? POWER_PAGE : str_eq(word, STR("mail")) ? POWER_MAIL : str_eq(word, STR("files")) ? POWER_FILES : 0;
	}
	return power;
}

static struct known_service known[SERVICES_MAX];
static size_t known_n;

static void service_line(struct known_service *k, struct str word, struct str line, struct tongues **open, const struct worded *class, size_t classes, const struct worded *way, size_t ways)
{
	*open = NULL;
	if (str_eq(word, STR("class")))
		k->class = line, k->does = words_of(class, classes, line);
	else if (str_eq(word, STR("names")))
		k->names = line;
	else if (str_eq(word, STR("domains")))
		k->domains = line;
	else if (str_eq(word, STR("kinds")))
		k->usual = kinds_of(line);
	else if (str_eq(word, STR("maybe")))
		k->maybe = kinds_of(line);
	else if (str_eq(word, STR("card")))
		k->card = role_of(line);
	else if (str_eq(word, STR("power")))
		k->power = power_of(line);
	else if (str_eq(word, STR("evidence")))
		k->way = words_of(way, ways, line);
	else if (str_eq(word, STR("second")))
		k->second = str_eq(line, STR("yes"));
	else if (str_eq(word, STR("status")))
		k->status = line;
	else if (str_eq(word, STR("export")))
		k->export.en = line, *open = &k->export;
	else if (str_eq(word, STR("ask")))
		k->ask.en = line, *open = &k->ask;
	else if (str_eq(word, STR("sure")))
		k->sure = line;
}

const struct known_service *services_known(size_t *n)
{
	struct worded class[WORDS_MAX], way[WORDS_MAX];
	size_t classes = 0, ways = 0, services = 0;
	struct tongues *open = NULL;
	struct str rest = data_services_txt;
	while (!known_n && rest.p) {
		struct str line = str_trim(str_split(&rest, '\n'));
		if (!line.n || line.p[0] == '#')
			continue;
		struct str word = line_word(&line);
		bool in_service = services > 0;
		if (str_eq(word, STR("es")) && open) {
			open->es = line;
		} else if (str_eq(word, STR("service"))) {
			assert(services < SERVICES_MAX);
			known[services++] = (struct known_service){ .name = line };
		} else if (in_service) {
			service_line(&known[services - 1], word, line, &open, class, classes, way, ways);
		} else if (str_eq(word, STR("class")) || str_eq(word, STR("way"))) {
			bool is_class = word.p[0] == 'c';
			assert((is_class ? classes : ways) < WORDS_MAX);
			*(is_class ? &class[classes++] : &way[ways++]) = (struct worded){ .name = line };
		} else {
			open = str_eq(word, STR("does")) ? &class[classes - 1].says : &way[ways - 1].says;
			open->en = line;
		}
	}
	if (services)
		known_n = services;
	*n = known_n;
	return known;
}

/* Does `word` stand in `text` as whole words? */
static bool stands_in(struct str text, struct str word)
{
	for (size_t i = 0; word.n && i + word.n <= text.n; i++) {
		char before = i ? text.p[i - 1] : ' ', after = i + word.n < text.n ? text.p[i + word.n] : ' ';
		bool alone = !((before | 0x20) >= 'a' && (before | 0x20) <= 'z') && !((after | 0x20) >= 'a' && (after | 0x20) <= 'z');
		if (alone && str_eq_nocase((struct str){ text.p + i, word.n }, word))
			return true;
	}
	return false;
}

/* The domain itself, or one below it. */
static bool is_under(struct str host, struct str domain)
{
	if (host.n < domain.n || !str_eq_nocase((struct str){ host.p + host.n - domain.n, domain.n }, domain))
		return false;
	return host.n == domain.n || host.p[host.n - domain.n - 1] == '.';
}

static bool known_by(const struct known_service *k, struct str text)
{
	if (stands_in(text, k->name))
		return true;
	for (struct str rest = k->names; rest.n;)
		if (stands_in(text, str_split(&rest, '|')))
			return true;
	return false;
}

const struct known_service *service_known(struct str text)
{
	size_t n;
	const struct known_service *k = services_known(&n);
	for (size_t i = 0; i < n; i++)
		for (struct str rest = k[i].domains; rest.n;)
			if (is_under(text, str_split(&rest, ' ')))
				return &k[i];
	for (size_t i = 0; i < n; i++)
		if (known_by(&k[i], text))
			return &k[i];
	return NULL;
}
