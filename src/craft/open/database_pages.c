/* database_pages - what the pages of a SQLite file hold besides the rows that its library gives: deleted rows, in free pages and in the
 * free parts of pages in use; of a damaged file, all rows that can be made out.
 *
 * A deleted cell keeps its bytes until others need the room, but for the first four, where SQLite keeps its list of free blocks (1.6).
 * A cell with its whole head is known by its length, which must fit; of one without it the lost bytes are worked out where the table's
 * columns and the block's size leave one way only. What is neither is given as the text of its bytes: an integer in it is lost. */
#include "database_int.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	HEADER = 100,                   /* bytes in front of the first page's tree (1.3) */
	PAGES_MAX = 1 << 24,            /* pages whose table can be known */
	COLUMNS_MAX = 2000,
	TEXT_MIN = 6,                   /* characters: a shorter text in what is left says nothing */
};
enum page_kind { INDEX_INNER = 2, TABLE_INNER = 5, INDEX_LEAF = 10, TABLE_LEAF = 13 };

struct pages {
	struct database *db;
	uint32_t size, usable, count;
	bool utf16;
	uint8_t *page;                  /* the one that is looked at, `number` */
	bool *edge;                     /* of each byte of the region that is looked at, and its end: whether a cell begins there */
	uint32_t number;
	struct bits free;               /* pages in no use (1.5) */
	uint16_t *tree_of;              /* of each page below `mapped`: 1 + its tree; 0: none known */
	uint32_t mapped;
	/* of the page that is looked at */
	const struct tree *tree;        /* or NULL */
	uint32_t columns;               /* of the records here; 0: not known */
	bool deleted;
	struct buf where;
};

static uint32_t u16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }
static uint32_t u32(const uint8_t *p) { return u16(p) << 16 | u16(p + 2); }

static bool read_page(struct pages *g, uint32_t number, uint8_t *to)
{
	return number && number <= g->count && source_read(g->db->s, (uint64_t)(number - 1) * g->size, to, g->size) == g->size;
}

/* ---- what pages are for ---- */

/* The list of free pages: trunks that name others. The tries are bounded: a list may go in a circle. */
static void learn_free(struct pages *g, uint32_t trunk)
{
	for (uint32_t tries = 0; trunk && tries < g->count && !bits_has(&g->free, trunk) && read_page(g, trunk, g->page); tries++) {
		bits_add(&g->free, trunk);
		uint32_t n = u32(g->page + 4);
		for (uint32_t i = 0; i < n && 8 + 4 * i + 4 <= g->usable; i++)
			bits_add(&g->free, u32(g->page + 8 + 4 * i));
		trunk = u32(g->page);
	}
}

/* Where a page's tree begins in it. */
static size_t start_of(uint32_t number) { return number == 1 ? HEADER : 0; }

static bool is_tree_page(const struct pages *g, const uint8_t *p)
{
	bool inner = *p == INDEX_INNER || *p == TABLE_INNER;
	return (inner || *p == INDEX_LEAF || *p == TABLE_LEAF) && start_of(g->number) + (inner ? 12 : 8) + 2 * u16(p + 3) <= g->usable;
}

/* Each page belongs to the first tree that leads to it, so that this comes to an end. */
static void learn_tree(struct pages *g, uint16_t id, uint32_t root, uint32_t *queue)
{
	uint32_t first = 0, last = 0;
	queue[last++] = root;
	while (first < last) {
		uint32_t n = queue[first++];
		if (!n || n >= g->mapped || g->tree_of[n] || !read_page(g, n, g->page))
			continue;
		g->tree_of[n] = id;
		g->number = n;
		const uint8_t *p = g->page + start_of(n);
		if (!is_tree_page(g, p) || (*p != TABLE_INNER && *p != INDEX_INNER))
			continue;
		uint32_t cells = u16(p + 3);
		for (uint32_t i = 0; i <= cells && last < g->mapped; i++) {
			size_t at = i < cells ? u16(p + 12 + 2 * i) : (size_t)(p - g->page) + 8;
			if (at + 4 <= g->usable)
				queue[last++] = u32(g->page + at);
		}
	}
}

/* ---- records (2.1) ---- */

static size_t varint(const uint8_t *p, const uint8_t *end, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < 9 && p + i < end; i++) {
		if (i == 8) {
			*v = *v << 8 | p[i];
			return 9;
		}
		*v = *v << 7 | (p[i] & 127);
		if (!(p[i] & 128))
			return i + 1;
	}
	return 0;
}

/* Bytes that a value of a type takes; UINT64_MAX: no type. */
static uint64_t length_of(uint64_t type)
{
	static const uint8_t of[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };
	return type < LENGTH(of) ? of[type] : type < 12 ? UINT64_MAX : (type - 12) / 2;
}

struct record { uint32_t columns; uint64_t body; uint32_t type[COLUMNS_MAX]; const uint8_t *values; };

/* The types in [p, end), all of them. */
static bool take_types(struct record *r, const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		uint64_t type;
		size_t n = varint(p, end, &type);
		if (!n || length_of(type) == UINT64_MAX || type > UINT32_MAX || r->columns == COLUMNS_MAX)
			return false;
		r->type[r->columns++] = (uint32_t)type;
		r->body += length_of(type);
		p += n;
	}
	r->values = end;
	return r->columns > 0;
}

/* A header with its own length in front. */
static bool take_header(struct record *r, const uint8_t *p, const uint8_t *end)
{
	uint64_t n;
	*r = (struct record){ 0 };
	size_t takes = varint(p, end, &n);
	return takes && n > takes && n <= (uint64_t)(end - p) && take_types(r, p + takes, p + n);
}

static struct value value_at(uint32_t type, const uint8_t *p, size_t n)
{
	if (type >= 12)
		return (struct value){ .sort = type & 1 ? VALUE_TEXT : VALUE_BLOB, .bytes = { (const char *)p, n } };
	if (type == 0 || n < length_of(type))
		return (struct value){ .sort = VALUE_NULL };
	if (type >= 8)
		return (struct value){ .sort = VALUE_INTEGER, .integer = type == 9 };
	uint64_t v = n && p[0] & 128 ? UINT64_MAX : 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	struct value value = { .sort = VALUE_INTEGER, .integer = (int64_t)v };
	if (type == 7) {
		value.sort = VALUE_REAL;
		memcpy(&value.real, &v, sizeof v);
	}
	return value;
}

/* ---- giving ---- */

static struct str where(struct pages *g, struct str column)
{
	struct buf *b = &g->where;
	buf_clear(b);
	if (g->tree)
		buf_printf(b, "table " STR_FMT, STR_ARG(g->tree->shown));
	else
		buf_put(b, STR("table ?"));
	buf_printf(b, ", %s, page %u", g->deleted ? "deleted rows" : "rows", g->number);
	if (column.n)
		buf_printf(b, ", column " STR_FMT, STR_ARG(column));
	return buf_str(b);
}

/* Text of a file in UTF-16, without its zeros: digits and Latin letters, which is what is looked for. */
static struct str narrow(struct pages *g, struct str s, char *to)
{
	size_t n = 0;
	if (!g->utf16)
		return s;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			to[n++] = s.p[i];
	return (struct str){ to, n };
}

/* Of a free page nobody says whose it was. A record in it is that table's which alone has as many columns; NULL: nobody knows. */
static const struct tree *table_of(const struct pages *g, uint32_t columns)
{
	const struct tree *only = NULL;
	for (size_t i = 0; i < g->db->trees; i++) {
		const struct tree *tree = &g->db->tree[i];
		if (!tree->rows || tree->columns != columns)
			continue;
		if (only)
			return NULL;
		only = tree;
	}
	return only;
}

/* What stands in [p, end) of the page, of a record: the last value may be cut short there. */
static void give_record(struct pages *g, const struct record *r, const uint8_t *end)
{
	struct database *db = g->db;
	const struct tree *of_page = g->tree;
	if (!g->tree && g->deleted)
		g->tree = table_of(g, r->columns);
	const uint8_t *p = r->values;
	char *room = g->utf16 ? mem_get(g->size) : NULL;
	bool named = g->tree && g->tree->rows && r->columns == g->tree->columns, good = db->end == OPEN_DONE;
	db->record++;
	for (uint32_t i = 0; good && i < r->columns && p <= end; i++) {
		uint64_t n = length_of(r->type[i]);
		if (n > (uint64_t)(end - p))
			n = (uint64_t)(end - p);
		struct value v = value_at(r->type[i], p, (size_t)n);
		if (v.sort == VALUE_TEXT)
			v.bytes = narrow(g, v.bytes, room);
		struct str column = named ? g->tree->column[i] : STR("");
		good = database_give(db, &v, where(g, column), column, db->record);
		p += n;
	}
	g->tree = of_page;
	free(room);
}

static bool has_text(struct str s)
{
	size_t run = 0;
	for (size_t i = 0; i < s.n && run < TEXT_MIN; i++)
		run = (unsigned char)s.p[i] >= ' ' ? run + 1 : 0;
	return run >= TEXT_MIN;
}

/* Bytes that no cell could be made of. */
static void give_rest(struct pages *g, const uint8_t *from, const uint8_t *to)
{
	if (to - from < TEXT_MIN || g->db->end != OPEN_DONE)
		return;
	char *room = g->utf16 ? mem_get(g->size) : NULL;
	struct value v = { .sort = VALUE_TEXT, .bytes = narrow(g, (struct str){ (const char *)from, (size_t)(to - from) }, room) };
	if (has_text(v.bytes))
		database_give(g->db, &v, where(g, STR("")), STR(""), 0);
	free(room);
}

/* ---- cells (1.6) ---- */

/* How many of a payload's bytes stand on the page itself. */
static uint64_t local_part(const struct pages *g, uint64_t payload, bool row)
{
	uint64_t u = g->usable, most = row ? u - 35 : (u - 12) * 64 / 255 - 23, least = (u - 12) * 32 / 255 - 23;
	if (payload <= most)
		return payload;
	uint64_t k = least + (payload - least) % (u - 4);
	return k <= most ? k : least;
}

/* A whole cell of a leaf at p: length, row number, record. Returns how many bytes it takes; 0: there is none. */
static size_t cell_at(const struct pages *g, const uint8_t *p, const uint8_t *end, bool row, struct record *r)
{
	uint64_t payload, number;
	size_t n = varint(p, end, &payload), m = 0;
	if (!n || payload < 2 || payload > INT32_MAX)
		return 0;
	if (row && !(m = varint(p + n, end, &number)))
		return 0;
	uint64_t local = local_part(g, payload, row);
	const uint8_t *head = p + n + m;
	if (local > (uint64_t)(end - head) || !take_header(r, head, head + local))
		return 0;
	if ((uint64_t)(r->values - head) + r->body != payload || !r->body)
		return 0;
	return n + m + (size_t)local + (local < payload ? 4 : 0);
}

/* A free block's first four bytes are gone. What was in them: length and row number, and then maybe the header's length, and the first
 * type. Returns the bytes that the cell takes; 0: not to be made out. */
static size_t torn_cell(const struct pages *g, const uint8_t *p, const uint8_t *end, struct record *r)
{
	if (!g->columns || end - p < 6)
		return 0;
	for (size_t skip = 4; skip <= 10 && p + skip < end; skip++)               /* only the numbers in front are gone */
		if (take_header(r, p + skip, end) && r->columns == g->columns && r->body <= (uint64_t)(end - r->values))
			return (size_t)(r->values - p) + (size_t)r->body;
	for (uint32_t lost = 0; lost <= 1 && lost < g->columns; lost++) {
		*r = (struct record){ .columns = lost };
		const uint8_t *at = p + 4;
		uint64_t type = 0;
		size_t n = 1;
		while (r->columns < g->columns && r->columns < COLUMNS_MAX && (n = varint(at, end, &type)) && length_of(type) != UINT64_MAX && type < UINT32_MAX) {
			r->type[r->columns++] = (uint32_t)type;
			r->body += length_of(type);
			at += n;
		}
		r->values = at;
		if (r->columns < g->columns || r->body > (uint64_t)(end - at))
			continue;
		uint64_t rest = (uint64_t)(end - at) - r->body;
		if (lost) {                                                       /* its length is what is left */
			static const uint8_t integer[] = { 0, 1, 2, 3, 4, 13, 5, 13, 6 };
			r->type[0] = rest < LENGTH(integer) && integer[rest] != 13 ? integer[rest] : (uint32_t)(13 + 2 * rest);
			r->body += rest;
			rest = 0;
		}
		if (!rest)
			return (size_t)(end - p);
	}
	return 0;
}

/* Free blocks that touch become one, and each but the first keeps the four bytes of its own list entry: where the next block is, and its
 * size, up to where it ended then: the region's end, or another cell. So from the end downwards the cells' beginnings can be made out. */
static void find_edges(struct pages *g, size_t from, size_t to, bool row)
{
	struct record r;
	memset(g->edge + from, 0, to - from);
	g->edge[to] = true;
	for (size_t at = to - 4; to >= 4 && at >= from + 4; at--) {
		const uint8_t *p = g->page + at;
		size_t next = u16(p), ends = at + u16(p + 2), n;
		bool entry = ends >= at + 4 && ends <= to && g->edge[ends] && (!next || (next > ends && next < g->usable));
		if (entry || (*p && (n = cell_at(g, p, g->page + to, row, &r)) && at + n <= to && g->edge[at + n]))
			g->edge[at] = true;
	}
}

static const uint8_t *next_edge(const struct pages *g, const uint8_t *p)
{
	do
		p++;
	while (!g->edge[p - g->page]);
	return p;
}

/* Free bytes of the page: deleted cells, and what is between them. */
static void look_region(struct pages *g, size_t from, size_t to, bool block, bool row)
{
	struct record r;
	const uint8_t *p = g->page + from, *end = g->page + to, *rest = p;
	find_edges(g, from, to, row);
	g->edge[from] = block;
	while (p < end && g->db->end == OPEN_DONE) {
		bool first = block && p == g->page + from;
		size_t n = *p && !first ? cell_at(g, p, end, row, &r) : 0, skip = 1;
		if (!n && g->edge[p - g->page]) {
			n = torn_cell(g, p, next_edge(g, p), &r);
			skip = 4;                                                 /* an entry of the list is no text */
		}
		if (n || skip > 1)
			give_rest(g, rest, p);
		if (n)
			give_record(g, &r, p + n < end ? p + n : end);
		p += n ? n : skip;
		if (n || skip > 1)
			rest = p;
	}
	give_rest(g, rest, end);
}

/* ---- pages ---- */

/* The cells that the page itself names; `give` them, or only learn how many columns they have. */
static void look_cells(struct pages *g, const uint8_t *p, bool give)
{
	struct record r;
	bool row = *p == TABLE_LEAF;
	size_t inner = *p == INDEX_INNER ? 4 : 0, head = inner ? 12 : 8;
	if (*p == TABLE_INNER)
		return;
	for (uint32_t i = 0, n = u16(p + 3); i < n && g->db->end == OPEN_DONE; i++) {
		size_t at = u16(p + head + 2 * i) + inner;
		size_t takes = at < g->usable ? cell_at(g, g->page + at, g->page + g->usable, row, &r) : 0;
		if (!takes)
			continue;
		if (r.columns > g->columns)
			g->columns = r.columns;
		if (!give)
			break;
		give_record(g, &r, g->page + at + takes);
	}
}

/* The parts of a tree's page that are in no use: between its list of cells and the first cell, and its list of free blocks. */
static void look_gaps(struct pages *g, const uint8_t *p)
{
	bool row = *p == TABLE_LEAF || *p == TABLE_INNER;
	size_t first = (size_t)(p - g->page) + (*p == INDEX_INNER || *p == TABLE_INNER ? 12 : 8) + 2 * u16(p + 3);
	size_t content = u16(p + 5) ? u16(p + 5) : 65536, block = u16(p + 1);
	if (content > g->usable)
		content = g->usable;
	if (first < content)
		look_region(g, first, content, false, row);
	for (size_t last = 0; block > last && block + 4 <= g->usable; last = block, block = u16(g->page + block)) {
		size_t to = block + u16(g->page + block + 2);
		if (to >= block + 4 && to <= g->usable)
			look_region(g, block, to, true, row);
	}
}

static void look_page(struct pages *g, bool damaged)
{
	uint32_t n = g->number;
	const uint8_t *p = g->page + start_of(n);
	uint16_t id = n < g->mapped ? g->tree_of[n] : 0;
	bool free = bits_has(&g->free, n), tree_page = is_tree_page(g, p);
	g->tree = id ? &g->db->tree[id - 1] : NULL;
	g->columns = g->tree && g->tree->rows ? g->tree->columns : 0;
	bool all = free || (damaged && (!g->tree || !g->tree->read));
	if (!all && (!g->tree || !tree_page))
		return;                                          /* in use, and read */
	g->deleted = free;
	if (!tree_page) {
		look_region(g, (size_t)(p - g->page), g->usable, false, true);
		return;
	}
	look_cells(g, p, all);
	g->deleted = true;
	look_gaps(g, p);
}

static bool read_header(struct pages *g)
{
	uint8_t h[HEADER];
	uint64_t size = g->db->s->size;
	if (source_read(g->db->s, 0, h, sizeof h) != sizeof h)
		return false;
	g->size = u16(h + 16) == 1 ? 65536 : u16(h + 16);
	if (g->size < 512 || (g->size & (g->size - 1)) || g->size - h[20] < 480)
		return false;
	g->usable = g->size - h[20];
	g->count = size / g->size < UINT32_MAX ? (uint32_t)(size / g->size) : UINT32_MAX - 1;
	g->utf16 = u32(h + 56) == 2 || u32(h + 56) == 3;
	g->mapped = g->count < PAGES_MAX ? g->count + 1 : PAGES_MAX;
	g->free = bits_open((size_t)g->count + 1);
	g->page = mem_get(g->size);
	g->edge = mem_get((size_t)g->size + 1);
	learn_free(g, u32(h + 32));
	return true;
}

void database_pages(struct database *db)
{
	struct pages g = { .db = db, .where = BUF(1 << 16) };
	bool damaged = false;
	if (!read_header(&g)) {
		db->end = OPEN_BROKEN;
		return;
	}
	g.tree_of = mem_zero(g.mapped, sizeof *g.tree_of);
	uint32_t *queue = mem_get((size_t)g.mapped * sizeof *queue);
	for (size_t i = 0; i < db->trees; i++) {
		learn_tree(&g, (uint16_t)(i + 1), db->tree[i].root, queue);
		damaged |= !db->tree[i].read;
	}
	free(queue);
	for (g.number = 1; g.number <= g.count && db->end == OPEN_DONE; g.number++)
		if (read_page(&g, g.number, g.page))
			look_page(&g, damaged);
	buf_free(&g.where);
	bits_close(&g.free);
	wipe(g.page, g.size);
	free(g.page);
	free(g.edge);
	free(g.tree_of);
}
