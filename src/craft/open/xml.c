/* xml - XML of a zip's part as it streams (libxml2). No DTD's content, no entities, no network; libxml2's own limits hold: 256 elements
 * deep, names and attributes of 10 MB. */
#include "zip_int.h"

#include <assert.h>
#include <libxml/parser.h>
#include <stdlib.h>

enum { CHUNK = 64 << 10, SLOTS = 256, DEPTH_MAX = 512 };

struct reading {
	xmlParserCtxtPtr ctxt;
	const struct xml_reader *reader;
	void *to;
	bool stopped, refused;
	struct { const xmlChar *name; int word; } slot[SLOTS];       /* the reader's words, by the parser's own pointers to names */
	int around[DEPTH_MAX];                           /* the words of the open elements */
	size_t depth;
};

static size_t slot_of(const struct reading *r, const xmlChar *name)
{
	size_t i = ((uintptr_t)name * 0x9E3779B97F4A7C15u) >> 56;
	while (r->slot[i].name && r->slot[i].name != name)
		i = (i + 1) % SLOTS;
	return i;
}

static void learn_words(struct reading *r)
{
	assert(r->reader->n < SLOTS / 2);
	for (size_t i = 0; i < r->reader->n; i++) {
		const xmlChar *name = xmlDictLookup(r->ctxt->dict, (const xmlChar *)r->reader->words[i], -1);
		size_t at = slot_of(r, name);
		r->slot[at].name = name, r->slot[at].word = (int)i;
	}
}

static void stop(struct reading *r)
{
	r->stopped = true;
	xmlStopParser(r->ctxt);
}

/* libxml2's array has five pointers an attribute: name, prefix, namespace, value, the value's end. */
struct str xml_attribute(const struct xml_tag *tag, const char *name)
{
	for (int i = 0; i < tag->n; i++) {
		const unsigned char *const *a = tag->attributes + 5 * i;
		if (strcmp((const char *)a[0], name) == 0)
			return (struct str){ (const char *)a[3], (size_t)(a[4] - a[3]) };
	}
	return (struct str){ NULL, 0 };
}

static bool ends(struct str s, const char *with)
{
	size_t n = strlen(with);
	return s.n >= n && memcmp(s.p + s.n - n, with, n) == 0;
}

/* Both forms' name spaces of relationships end so (ECMA-376 part 1, annex A; part 4). */
struct str xml_relation(const struct xml_tag *tag)
{
	static const char ending[] = "/officeDocument/relationships", short_ending[] = "/officeDocument/2006/relationships";
	for (int i = 0; i < tag->n; i++) {
		const unsigned char *const *a = tag->attributes + 5 * i;
		struct str space = str_of((const char *)a[2]);
		if (strcmp((const char *)a[0], "id") == 0 && (ends(space, ending) || ends(space, short_ending)))
			return (struct str){ (const char *)a[3], (size_t)(a[4] - a[3]) };
	}
	return (struct str){ NULL, 0 };
}

static void on_begin(void *of, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int spaces, const xmlChar **space, int n, int defaulted,
                     const xmlChar **attribute)
{
	(void)prefix, (void)uri, (void)spaces, (void)space, (void)defaulted;
	struct reading *r = of;
	size_t at = slot_of(r, name);
	struct xml_tag tag = { r->slot[at].name ? r->slot[at].word : -1, (const char *)name, attribute, n };
	if (r->depth < DEPTH_MAX)
		r->around[r->depth] = tag.word;
	r->depth++;
	if (!r->stopped && !r->reader->begin(r->to, &tag))
		stop(r);
}

static void on_end(void *of, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	(void)name, (void)prefix, (void)uri;
	struct reading *r = of;
	r->depth--;
	if (!r->stopped && !r->reader->end(r->to, r->depth < DEPTH_MAX ? r->around[r->depth] : -1))
		stop(r);
}

static void on_text(void *of, const xmlChar *p, int n)
{
	struct reading *r = of;
	int word = r->depth && r->depth <= DEPTH_MAX ? r->around[r->depth - 1] : -1;
	if (!r->stopped && !r->reader->text(r->to, word, (struct str){ (const char *)p, (size_t)n }))
		stop(r);
}

/* What a document declares itself is not in any office format, and is how XML grows without end. */
static void refuse(struct reading *r)
{
	r->refused = true;
	xmlStopParser(r->ctxt);
}

static void on_entity(void *of, const xmlChar *name, int type, const xmlChar *public, const xmlChar *system, xmlChar *content)
{
	(void)name, (void)type, (void)public, (void)system, (void)content;
	refuse(of);
}

static void on_attribute(void *of, const xmlChar *element, const xmlChar *name, int type, int how, const xmlChar *value, xmlEnumerationPtr tree)
{
	(void)element, (void)name, (void)type, (void)how, (void)value;
	xmlFreeEnumeration(tree);
	refuse(of);
}

enum open_end xml_read(const struct zip *z, const struct zip_part *p, struct listener *l, const struct xml_reader *reader, void *to)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC, .startElementNs = on_begin, .endElementNs = on_end, .characters = on_text, .cdataBlock = on_text,
		.ignorableWhitespace = on_text, .entityDecl = on_entity, .attributeDecl = on_attribute,
	};
	struct reading r = { .reader = reader, .to = to };
	r.ctxt = xmlCreatePushParserCtxt(&sax, &r, NULL, 0, NULL);
	if (!r.ctxt)
		return OPEN_TOO_BIG;
	xmlCtxtUseOptions(r.ctxt, XML_PARSE_NONET);
	learn_words(&r);
	struct unzip *u = unzip_open(z, p, l);
	char *chunk = mem_get(CHUNK);
	bool good = true;
	size_t used = 0;
	for (size_t n = CHUNK; good && n == CHUNK;) {
		n = unzip_more(u, chunk, CHUNK);
		used = n > used ? n : used;
		good = xmlParseChunk(r.ctxt, chunk, (int)n, n < CHUNK) == 0 && !r.stopped && !r.refused;
	}
	enum open_end end = unzip_close(u);
	if (r.stopped)
		end = OPEN_STOPPED;
	else if (end == OPEN_DONE && !good)
		end = OPEN_BROKEN;
	xmlFreeDoc(r.ctxt->myDoc);                       /* libxml2 makes one where a document declares something */
	xmlFreeParserCtxt(r.ctxt);
	wipe(chunk, used);
	free(chunk);
	return end;
}
