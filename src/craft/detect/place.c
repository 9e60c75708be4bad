/* Where something is: its line, its column in a table, its key or label, and what stands in the same place of many records. */
#include "scan_int.h"

/* ---- names of places, each once where it is asked for again at once ---- */

uint32_t name_put(struct scanner *s, struct str name)
{
	if (!name.n)
		return 0;
	if (name.n > 400)
		name.n = 400;
	if (s->last_name_at && str_eq(name, name_of(s, s->last_name_at)))
		return s->last_name_at;
	if (!s->names.n)
		buf_u32(&s->names, 0);                   /* so that no name is at 0 */
	size_t at = s->names.n;
	if (at + name.n + 4 > NAMES_MAX)
		return 0;
	buf_lstr(&s->names, name);
	return s->last_name_at = (uint32_t)at;
}

struct str name_of(const struct scanner *s, uint32_t name)
{
	if (!name)
		return (struct str){ "", 0 };
	struct cursor c = cursor_of((struct str){ s->names.p + name, s->names.n - name });
	return cursor_lstr(&c);
}

/* ---- groups: what stands in one place of many records ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

static uint64_t mix_text(uint64_t h, struct str t)
{
	for (size_t i = 0; i < t.n; i++)
		h = mix(h, (unsigned char)t.p[i]);
	return h;
}

uint32_t group_by_id(struct scanner *s, uint64_t id)
{
	id |= 1;                                         /* 0 is an empty slot */
	size_t at = 1 + (size_t)(id >> 32) % (GROUPS_MAX - 1);
	for (size_t tries = 0; tries < 64; tries++, at = at % (GROUPS_MAX - 1) + 1) {
		if (s->group[at].id == id)
			return (uint32_t)at;
		if (!s->group[at].id) {
			if (s->groups > GROUPS_MAX * 3 / 4)
				return 0;
			s->used[s->groups++] = (uint16_t)at;
			s->group[at].id = id;
			return (uint32_t)at;
		}
	}
	return 0;
}

/* Equal numbers say nothing new: the last few are known. */
void group_count(struct scanner *s, uint32_t group, uint64_t same, enum check passes)
{
	struct group *g = &s->group[group];
	if (!group)
		return;
	for (size_t i = 0; i < LENGTH(g->seen); i++)
		if (g->seen[i] == same)
			return;
	g->seen[g->alike++ % LENGTH(g->seen)] = same;
	g->passing += passes == RIGHT;
	g->misfit += passes == MISFIT;
}

uint64_t fingerprint(const struct scanner *s, enum hit_sort sort, const unsigned char *digit, size_t n)
{
	unsigned char text[40] = { (unsigned char)sort };
	n = n < sizeof text - 1 ? n : sizeof text - 1;
	memcpy(text + 1, digit, n);
	uint64_t same = hash64((struct str){ (const char *)text, n + 1 }, s->key);
	wipe(text, sizeof text);
	return same;
}

/* The same few headings come again and again. */
uint32_t senses_of(struct scanner *s, struct str heading)
{
	if (!heading.n)
		return 0;
	uint64_t id = mix_text(13, heading);
	size_t at = id % LENGTH(s->known);
	if (s->known[at].id != id) {
		s->known[at].id = id;
		s->known[at].senses = heading_senses(heading);
	}
	return s->known[at].senses;
}

/* ---- where something is ---- */

size_t source_at(const struct looking *l, size_t at)
{
	if (!l->v->map)
		return at;
	return at < l->v->text.n ? l->v->map[at] : l->v->map[l->v->text.n - 1] + 1;
}

/* The block that the view is of. */
static struct str block_of(const struct looking *l)
{
	const struct scanner *s = l->s;
	return l->in_record ? (struct str){ s->record, s->record_n } : (struct str){ s->buffer, s->filled };
}

static void line_around(struct looking *l, struct str t, size_t at)
{
	if (at >= l->line_from && at < l->line_to)
		return;
	const char *p = at ? memrchr(t.p, '\n', at) : NULL;
	l->line_from = p ? (size_t)(p - t.p) + 1 : 0;
	p = memchr(t.p + at, '\n', t.n - at);
	l->line_to = p ? (size_t)(p - t.p) + 1 : t.n + 1;
}

/* The column of a table's line in which `at` is; COLUMNS_MAX: not known. */
static uint32_t column_of(const struct table *table, struct str t, size_t from, size_t at)
{
	uint32_t column = 0;
	bool quoted = false;
	for (size_t i = from; i < at; i++) {
		if (t.p[i] == '"')
			quoted = !quoted;
		else if (t.p[i] == table->delimiter && !quoted)
			column++;
	}
	return column < COLUMNS_MAX ? column : COLUMNS_MAX;
}

/* The last words in front, those with digits made equal: what a program writes in front of a number is the same each time. */
static uint64_t template_of(struct str t, size_t from, size_t at)
{
	uint64_t h = 3;
	size_t low = at - from > 20 ? at - 20 : from;
	while (low > from && low < at && joins(t.p[low - 1]))
		low++;
	while (low < at) {                               /* a word with a digit in it may be any */
		size_t end = low;
		bool digits = false;
		for (; end < at && joins(t.p[end]); end++)
			digits |= is_digit(t.p[end]);
		end += end == low;
		for (; !digits && low < end; low++)
			h = mix(h, (unsigned char)t.p[low]);
		if (digits)
			h = mix(h, '0');
		low = end;
	}
	return h;
}

/* SQL: in `(17, 'Ana', 4539...` the third; 0: no such row. */
static unsigned value_of(struct str t, size_t from, size_t at)
{
	unsigned commas = 0;
	bool quoted = false;
	size_t low = at - from > 2000 ? at - 2000 : from;
	if (!memchr(t.p + low, '(', at - low))
		return 0;
	for (size_t i = at; i > low; i--) {
		char c = t.p[i - 1];
		if (c == '\'')
			quoted = !quoted;
		else if (c == '(' && (!quoted || commas))
			return commas + 1;
		else if (c == ')' || c == '{' || c == ';')
			return 0;
		commas += c == ',' && (!quoted || i + 1 < at);
	}
	return 0;
}

/* The names of the columns in `INSERT INTO t (a, b) VALUES (` are kept for what follows. */
static void insert_names(struct scanner *s, struct str line)
{
	if (!line.p || line.n < 20 || (line.p[0] | 32) != 'i')
		return;
	const char *values = memmem(line.p, line.n < 2000 ? line.n : 2000, "VALUES", 6), *open = memchr(line.p, '(', line.n);
	const char *end = open ? memchr(open, ')', line.n - (size_t)(open - line.p)) : NULL;
	s->insert.n = s->insert.all_senses = 0;
	if (!values || !end || end > values)
		return;
	struct str names = { open + 1, (size_t)(end - open) - 1 };
	while (names.p && s->insert.n < LENGTH(s->insert.name)) {
		struct str name = str_trim(str_split(&names, ','));
		s->insert.all_senses |= s->insert.senses[s->insert.n] = heading_senses(name);
		s->insert.name[s->insert.n++] = name_put(s, name);
	}
}

/* The cell's heading, when lines with as many of a tab or bar stand above the one at t[from, to): the first of them, at most BACK bytes
 * above, whose cells have words and no long numbers. *column: which cell holds `at`. */
static bool heading_above(struct str t, size_t from, size_t to, size_t at, struct str *heading, uint32_t *column)
{
	static const char delimiters[] = { '\t', '|' };
	struct str line = { t.p + from, to - from };
	for (size_t k = 0; k < LENGTH(delimiters); k++) {
		if (!memchr(line.p, delimiters[k], line.n))
			continue;
		size_t cells = 0, top = from, low = at > BACK ? at - BACK : 0;
		*column = 0;
		for (size_t i = 0; i < line.n && i < 1000; i++) {
			cells += line.p[i] == delimiters[k];
			*column += line.p[i] == delimiters[k] && from + i < at;
		}
		while (cells >= 2 && top > low) {
			const char *p = memrchr(t.p, '\n', top - 1);
			size_t above = p ? (size_t)(p - t.p) + 1 : 0, here = 0;
			for (size_t i = above; i < top && above >= low; i++)
				here += t.p[i] == delimiters[k];
			if (here != cells)
				break;
			top = above;
		}
		if (top == from)
			continue;
		struct str rest = { t.p + top, (size_t)((const char *)memchr(t.p + top, '\n', from - top) - t.p) - top };
		for (size_t i = 0; i + 2 < rest.n; i++)
			if (is_digit(rest.p[i]) && is_digit(rest.p[i + 1]) && is_digit(rest.p[i + 2]))
				return false;
		for (uint32_t i = 0; i < *column; i++)
			str_split(&rest, delimiters[k]);
		*heading = str_trim(str_split(&rest, delimiters[k]));
		return heading->n > 0;
	}
	return false;
}

/* ---- HTML: a row's cells are named by those of the table's first row ---- */

enum { ROW_NEAR = 2000, TABLE_NEAR = 16 << 10 };

static bool is_tag(struct str t, size_t at, const char *name)
{
	size_t n = strlen(name);
	return at + n + 1 < t.n && strncasecmp(t.p + at + 1, name, n) == 0 && !is_letter(t.p[at + 1 + n]);
}

static bool is_cell_tag(struct str t, size_t at) { return is_tag(t, at, "td") || is_tag(t, at, "th"); }

/* Without tags and what stands in them; *digits: it has three of them in a row, and names nothing. */
static struct str words_in(struct str cell, char room[64], bool *digits)
{
	size_t n = 0, row = 0;
	for (size_t i = 0; i < cell.n && n < 64; i++) {
		if (cell.p[i] == '<')
			while (i + 1 < cell.n && cell.p[i] != '>')
				i++;
		else
			room[n++] = cell.p[i];
		row = is_digit(cell.p[i]) ? row + 1 : 0;
		*digits |= row >= 3;
	}
	return str_trim((struct str){ room, n });
}

/* The headings of the table at t[at]: none where its first row has data. */
static void html_headings(struct scanner *s, struct str t, size_t at)
{
	size_t row = at, end = t.n - at > TABLE_NEAR ? at + TABLE_NEAR : t.n, cell = 0;
	bool digits = false;
	s->html.n = 0;
	while (row < end && !(t.p[row] == '<' && is_tag(t, row, "tr")))
		row++;
	for (size_t i = row + 1; i < end && s->html.n < LENGTH(s->html.name); i++) {
		if (t.p[i] != '<')
			continue;
		bool over = is_tag(t, i, "tr") || is_tag(t, i, "/tr");
		if (cell && (over || is_cell_tag(t, i))) {
			char room[64];
			struct str words = words_in((struct str){ t.p + cell, i - cell }, room, &digits);
			s->html.senses[s->html.n] = heading_senses(words);
			s->html.name[s->html.n++] = name_put(s, words);
		}
		if (over)
			break;
		if (is_cell_tag(t, i))
			cell = i;
	}
	if (digits)
		s->html.n = 0;
}

/* Which cell of its row holds t[at], from 1; 0: not known. The last table in front of it is then the scanner's. */
static size_t html_cell(struct looking *l, struct str t, size_t at)
{
	struct scanner *s = l->s;
	size_t cell = 0, i = at, low = at > ROW_NEAR ? at - ROW_NEAR : 0;
	while (i > low && !(t.p[i - 1] == '<' && is_tag(t, i - 1, "tr")))
		cell += t.p[--i] == '<' && is_cell_tag(t, i);
	if (i == low)
		return 0;
	uint64_t place = s->base + at;
	i = s->html.looked > s->base ? (size_t)(s->html.looked - s->base) : 0;
	if (place < s->html.at) {                        /* back: looked at once more */
		i = at > TABLE_NEAR ? at - TABLE_NEAR : 0;
		s->html.at = s->html.looked = s->html.n = 0;
	}
	for (const char *p; i < at && (p = memchr(t.p + i, '<', at - i)); i = (size_t)(p - t.p) + 1)
		if (is_tag(t, (size_t)(p - t.p), "table")) {
			s->html.at = s->base + (uint64_t)(p - t.p);
			html_headings(s, t, (size_t)(p - t.p));
		}
	s->html.looked = place > s->html.looked ? place : s->html.looked;
	return cell;
}

static struct place place_by_text(struct looking *l, struct str t, size_t from, size_t at)
{
	struct str label = label_before(t, at);
	size_t cell = !l->in_record && (str_eq_nocase(label, STR("td")) || str_eq_nocase(label, STR("th"))) ? html_cell(l, t, at) : 0;
	if (cell && cell <= l->s->html.n)
		return (struct place){ .group = group_by_id(l->s, mix(mix(29, l->s->html.at), cell)), .senses = l->s->html.senses[cell - 1],
		                       .heading = name_of(l->s, l->s->html.name[cell - 1]) };
	if (label_is_markup(label)) {
		struct str words = label_before_tags(t, at);
		uint32_t senses = senses_of(l->s, words);
		return (struct place){ .group = group_by_id(l->s, mix_text(7, senses ? words : label)), .senses = senses, .heading = senses ? words : (struct str){ 0 } };
	}
	if (label.n)
		return (struct place){ .group = group_by_id(l->s, mix_text(7, label)), .senses = senses_of(l->s, label), .heading = label };
	uint32_t column;
	if (!l->in_record && heading_above(t, from, l->line_to - 1, at, &label, &column))
		return (struct place){ .group = group_by_id(l->s, mix(mix_text(19, label), column)), .senses = senses_of(l->s, label), .heading = label };
	unsigned value = value_of(t, from, at);
	if (value) {
		insert_names(l->s, (struct str){ t.p + from, at - from });
		bool named = value <= l->s->insert.n;
		return (struct place){ .group = group_by_id(l->s, mix(17, value)), .senses = named ? l->s->insert.senses[value - 1] : 0,
		                       .heading = named ? name_of(l->s, l->s->insert.name[value - 1]) : (struct str){ 0 } };
	}
	/* of records of a fixed width what stands as far from the line's beginning; else behind the same words */
	bool fixed = !l->in_record && l->s->fixed.width && l->line_to - l->line_from == l->s->fixed.width && from == l->line_from;
	return (struct place){ .group = group_by_id(l->s, fixed ? mix(23, at - from) : template_of(t, from, at)) };
}

enum { CELL_SHORT = 32 };

struct place place_in_record(struct looking *l, size_t at)
{
	struct scanner *s = l->s;
	size_t i = 0;
	while (i + 1 < s->cells && at >= s->cell[i].to)
		i++;
	struct cell *c = &s->cell[i];
	struct place p = { .senses = c->senses, .heading = c->field };
	if (c->field.n) {
		p.group = group_by_id(s, mix_text(5, c->field));
	} else if (s->record_id && c->to - c->from <= CELL_SHORT) {
		p.group = group_by_id(s, mix(mix(7, s->cells), i));      /* a column that nobody named: its place among the record's cells */
	} else {
		struct str t = { s->record, s->record_n };
		line_around(l, t, at);
		/* in front of the first cell stands the end of the text before */
		p = place_by_text(l, t, c->from > l->line_from && c->from <= at ? c->from : l->line_from, at);
	}
	p.where = c->where;
	p.record = (uint32_t)s->record_id;
	return p;
}

struct place place_of(struct looking *l, size_t at)
{
	struct scanner *s = l->s;
	at = source_at(l, at);
	if (l->in_record)
		return place_in_record(l, at);
	struct str t = block_of(l);
	line_around(l, t, at);
	bool whole = l->line_from || s->base == 0;
	if (s->table.delimiter && whole) {
		uint32_t column = column_of(&s->table, t, l->line_from, at);
		if (column < COLUMNS_MAX && column < s->table.columns)
			return (struct place){ .group = group_by_id(s, mix(11, column)), .heading = s->table.heading[column],
			                       .senses = s->table.senses[column] };
	}
	return place_by_text(l, t, l->line_from, at);
}

/* ---- tables ---- */

enum { DELIMITERS = 4 };

/* How many of each delimiter stand in a line outside quotes. */
static void count_cells(struct str line, size_t cells[DELIMITERS])
{
	static const unsigned char which[256] = { [','] = 1, [';'] = 2, ['\t'] = 3, ['|'] = 4, ['"'] = 5 };
	bool quoted = false;
	for (size_t i = 0; i < line.n; i++) {
		unsigned char k = which[(unsigned char)line.p[i]];
		if (k == 5)
			quoted = !quoted;
		else if (k && !quoted)
			cells[k - 1]++;
	}
}

static struct str unquoted(struct str cell)
{
	cell = str_trim(cell);
	if (cell.n >= 2 && cell.p[0] == '"' && cell.p[cell.n - 1] == '"')
		cell = (struct str){ cell.p + 1, cell.n - 2 };
	return cell;
}

/* The first lines have equally many of one delimiter: a table. Its first line names the columns, if it has words and no long numbers. */
void table_begin(struct scanner *s, struct str text)
{
	static const char delimiters[DELIMITERS] = { ',', ';', '\t', '|' };
	struct table *t = &s->table;
	struct str rest = text, first = { 0 };
	size_t cells[DELIMITERS] = { 0 }, lines = 0;
	while (rest.p && rest.n && lines < 5) {
		struct str line = str_split(&rest, '\n');
		if (!rest.p && text.n == BLOCK)
			break;                           /* not whole */
		if (!str_trim(line).n)
			continue;
		size_t here[DELIMITERS] = { 0 };
		count_cells(line, here);
		for (size_t k = 0; k < DELIMITERS; k++)
			cells[k] = lines == 0 || here[k] == cells[k] ? here[k] : 0;
		first = lines++ ? first : line;
	}
	if (first.n && strchr("{[<", str_trim(first).p[0]))
		return;                                  /* JSON, XML: their own marks name what stands in them */
	size_t best = 0;
	for (size_t k = 1; k < DELIMITERS; k++)
		if (cells[k] > cells[best])
			best = k;
	if (lines < 2 || !cells[best])
		return;
	t->delimiter = delimiters[best];
	t->columns = 0;
	t->all_senses = 0;
	t->named = false;
	for (; first.p && t->columns < COLUMNS_MAX; t->columns++) {
		struct str cell = unquoted(str_split(&first, t->delimiter));
		bool digits = false;
		for (size_t i = 0; i + 2 < cell.n; i++)
			digits |= is_digit(cell.p[i]) && is_digit(cell.p[i + 1]) && is_digit(cell.p[i + 2]);
		if (digits)
			cell.n = 0;                      /* data: no heading */
		t->senses[t->columns] = heading_senses(cell);
		t->heading[t->columns] = arena_str(t->words, cell);
		t->all_senses |= t->senses[t->columns];
		t->named |= cell.n > 0;
	}
}

/* The cells under headings that mean something. */
void table_look(struct looking *l)
{
	struct scanner *s = l->s;
	struct str t = l->v->text;
	const char *line = l->from ? memrchr(t.p, '\n', l->from) : NULL;
	if (!line && l->base)                            /* a row whose beginning is out of sight */
		line = memchr(t.p + l->from, '\n', t.n - l->from);
	size_t at = line ? (size_t)(line - t.p) + 1 : l->base ? t.n : 0;
	while (at < l->limit) {
		uint32_t column = 0;
		for (size_t cell = at;; at++) {
			bool end = at >= t.n || t.p[at] == '\n';
			if (at < t.n && t.p[at] == '"') {
				const char *p = memchr(t.p + at + 1, '"', t.n - at - 1);
				if (p)
					at = (size_t)(p - t.p);
				continue;
			}
			if (!end && t.p[at] != s->table.delimiter)
				continue;
			uint32_t senses = column < s->table.columns ? s->table.senses[column] : 0;
			if (senses & ~(SENSE(CARD) | SENSE(EXPIRY) | SENSE(OTHER))) {
				struct str text = unquoted((struct str){ t.p + cell, at - cell });
				size_t begin = (size_t)(text.p - t.p);
				struct place p = { .group = group_by_id(s, mix(11, column)), .heading = s->table.heading[column], .senses = senses };
				if (text.n && text.n <= 64)
					other_cell(l, begin, begin + text.n, &p);
			}
			column++;
			cell = at + 1;
			if (end)
				break;
		}
		at++;
	}
}

