/* csv_read - the outside half: frames of rows from a box that may be in an enemy's hands. Every number is held against a limit or
 * another number before it is used; record numbers are counted here, not told. */
#include "csv_int.h"
#include "role.h"

#include <stdlib.h>

struct csv {
	int line;
	enum { FRESH, GOING, ENDED, BROKEN } state;
	struct csv_head head;
	uint64_t number, last_line, bytes;
	struct csv_line *lines;                          /* one frame as it came */
	uint32_t *lengths;
	char *text;
	size_t used;                                     /* of text, at most so far */
	struct csv_row *rows;                            /* and as it is shown */
	struct str *cells;
};

struct csv *csv_open(int line)
{
	struct csv *c = mem_zero(1, sizeof *c);
	c->line = line;
	c->lines = mem_get(CSV_FRAME_ROWS * sizeof *c->lines);
	c->lengths = mem_get(CSV_CELLS_CAP * sizeof *c->lengths);
	c->text = mem_get(CSV_TEXT_CAP);
	c->rows = mem_get(CSV_FRAME_ROWS * sizeof *c->rows);
	c->cells = mem_get(CSV_CELLS_CAP * sizeof *c->cells);
	return c;
}

void csv_close(struct csv *c)
{
	if (!c)
		return;
	wipe(c->text, c->used);                          /* names and card numbers passed through here */
	free(c->lines);
	free(c->lengths);
	free(c->text);
	free(c->rows);
	free(c->cells);
	free(c);
}

static bool torn(struct csv *c, struct err *e)
{
	c->state = BROKEN;
	return err_set(e, TORN, NULL, "Reading the table was broken off in the middle; check where the file comes from and try again.");
}

static bool head_read(struct csv *c)
{
	struct csv_head h;
	if (!line_read(c->line, &h, sizeof h) || h.encoding > CSV_CP1252 || !h.delimiter || !strchr(",;\t", h.delimiter))
		return false;
	c->head = h;
	return true;
}

static bool frame_read(struct csv *c, struct csv_frame *f)
{
	if (!line_read(c->line, f, sizeof *f) || f->open > (f->rows != 0) || f->bytes < c->bytes ||
	    f->rows > CSV_FRAME_ROWS || f->cells > CSV_CELLS_CAP || f->text > CSV_TEXT_CAP || (!f->rows && (f->cells || f->text)))
		return false;
	if (f->text > c->used)
		c->used = f->text;
	return line_read(c->line, c->lines, f->rows * sizeof *c->lines) &&
	       line_read(c->line, c->lengths, f->cells * sizeof *c->lengths) && line_read(c->line, c->text, f->text);
}

/* Lays the views over the frame's text. A frame that is plain as a whole is so in each cell. */
static bool cells_show(struct csv *c, const struct csv_frame *f)
{
	bool plain = csv_plain((struct str){ c->text, f->text });
	size_t at = 0;
	for (size_t i = 0; i < f->cells; i++) {
		struct str s = { c->text + at, c->lengths[i] };
		if (s.n > f->text - at || (!plain && !csv_plain(s) && !str_utf8(s)))
			return false;
		c->cells[i] = s;
		at += s.n;
	}
	return at == f->text;
}

static bool rows_show(struct csv *c, const struct csv_frame *f)
{
	static const char *const faults[FAULT_COUNT] = {
		[FAULT_BYTES] = N_("over 1 MiB"), [FAULT_CELLS] = N_("over 512 cells"), [FAULT_NUL] = N_("holds a NUL byte"),
		[FAULT_UTF8] = N_("not readable as text"), [FAULT_QUOTE] = N_("quote not closed"),
	};
	size_t at = 0;
	for (size_t i = 0; i < f->rows; i++) {
		const struct csv_line *l = &c->lines[i];
		bool faulty = l->fault != FAULT_NONE;
		if (l->line <= c->last_line || l->line > f->bytes || l->fault >= FAULT_COUNT || (l->cells == 0) != faulty ||
		    l->cells > CSV_CELLS_MAX || l->cells > f->cells - at)
			return false;
		c->last_line = l->line;
		c->rows[i] = (struct csv_row){ .number = ++c->number, .line = l->line, .n = l->cells, .cell = c->cells + at,
		                               .fault = faults[l->fault] };
		at += l->cells;
	}
	if (f->rows)
		c->rows[f->rows - 1].open = f->open;
	return at == f->cells;
}

bool csv_next(struct csv *c, struct csv_batch *batch, struct err *e)
{
	struct csv_frame f = { 0 };
	if (c->state == BROKEN || (c->state == FRESH && !head_read(c)))
		return torn(c, e);
	if (c->state != ENDED) {
		if (!frame_read(c, &f) || !cells_show(c, &f) || !rows_show(c, &f))
			return torn(c, e);
		c->bytes = f.bytes;
		c->state = f.rows ? GOING : ENDED;
	}
	*batch = (struct csv_batch){ c->rows, f.rows };
	return true;
}

enum csv_encoding csv_encoding(const struct csv *c) { return (enum csv_encoding)c->head.encoding; }
char csv_delimiter(const struct csv *c)             { return c->head.delimiter; }
uint64_t csv_bytes(const struct csv *c)             { return c->bytes; }
