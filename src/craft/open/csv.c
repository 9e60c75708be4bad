/* csv - the box's half: bytes of a file to frames of rows (csv_int.h). Touches only the two descriptors it is given.
 *
 * Text is decoded to UTF-8 a piece at a time (what can't be decoded becomes a byte that UTF-8 does not have), libcsv cuts it into
 * cells, and the cells are laid straight into the frame under way. A row with a fault is taken out of it again.
 */
#include "csv_int.h"
#include "role.h"

#include <../include/csv.h>                              /* libcsv's: <csv.h> would be this room's own */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	WINDOW = 1 << 20,       /* what the encoding is judged by */
	PIECE = 1 << 16,
	SNIFFED_ROWS = 20,      /* what the delimiter is judged by, in the first SNIFFED_BYTES */
	SNIFFED_BYTES = 1 << 16,
	SPARE = 4096,           /* for a cell's closing quote and the spaces behind it, which libcsv keeps for a while */
	NOT_UTF8 = 0xFF,        /* stands for what could not be decoded */
};

struct parse {
	int fd;
	bool (*say)(void *, struct str);
	void *to;
	bool gone;                                       /* the other end does not listen any more */
	size_t piece;
	uint8_t *raw;                                    /* WINDOW */
	enum csv_encoding encoding;
	char delimiter;
	uint64_t bytes;

	char *text;                                      /* a piece, decoded */
	int half;                                        /* UTF-16: the first byte of a unit, or -1 */
	uint32_t lead;                                   /* UTF-16: a leading surrogate, or 0 */

	struct csv_parser lib;
	uint64_t line, row_line;                         /* where we are, and where the row under way began */
	bool after_cr, cell_cr;                          /* between rows, within a cell: LF now belongs to the CR before */
	bool forgot;                                     /* the cell under way lost what there was of it */
	bool ending, open;                               /* the file is at its end; and its last row has no line end */
	bool odd, row_odd;                               /* the piece, the row: may hold NUL, non-ASCII, quotes */
	enum csv_fault fault;
	size_t row_cells, row_bytes;

	size_t n_rows, n_cells, n_text;                  /* the frame's whole rows; behind them stands the row under way */
	struct csv_line rows[CSV_FRAME_ROWS];            /* from here on not zeroed */
	uint32_t lengths[CSV_CELLS_CAP];
	char cells[CSV_TEXT_CAP];
};

/* ---- frames ---- */

static void say(struct parse *p, const void *bytes, size_t n)
{
	if (!p->gone && n && !p->say(p->to, (struct str){ bytes, n }))
		p->gone = true;
}

static void frame_send(struct parse *p)
{
	struct csv_frame f = { .rows = (uint32_t)p->n_rows, .cells = (uint32_t)p->n_cells, .text = (uint32_t)p->n_text, .open = p->open, .bytes = p->bytes };
	say(p, &f, sizeof f);
	say(p, p->rows, p->n_rows * sizeof *p->rows);
	say(p, p->lengths, p->n_cells * sizeof *p->lengths);
	say(p, p->cells, p->n_text);
	p->n_rows = p->n_cells = p->n_text = 0;
	p->open = false;
}

/* ---- rows ---- */

/* CRLF, LF and CR each end one line. What comes first in a cell that was forgotten only stands for what was counted already. */
static void count_lines(struct parse *p, struct str s)
{
	for (size_t i = p->forgot; i < s.n; i++) {
		p->line += s.p[i] == '\r' || (s.p[i] == '\n' && !p->cell_cr);
		p->cell_cr = s.p[i] == '\r';
	}
}

static void row_fault(struct parse *p, enum csv_fault fault)
{
	if (p->fault == FAULT_NONE)
		p->fault = fault;
}

static void on_cell(void *bytes, size_t n, void *context)
{
	struct parse *p = context;
	struct str s = { n ? bytes : "", n };
	p->after_cr = false;
	p->row_cells++;
	p->row_bytes += n;
	if (p->row_odd) {
		count_lines(p, s);
		p->cell_cr = p->forgot = false;
		if (!csv_plain(s) && !str_utf8(s))
			row_fault(p, memchr(s.p, 0, s.n) ? FAULT_NUL : FAULT_UTF8);
	}
	if (p->row_bytes > CSV_ROW_MAX)
		row_fault(p, FAULT_BYTES);
	if (p->row_cells > CSV_CELLS_MAX)
		row_fault(p, FAULT_CELLS);
	if (p->fault != FAULT_NONE)
		return;
	p->lengths[p->n_cells + p->row_cells - 1] = (uint32_t)n;
	memcpy(p->cells + p->n_text + p->row_bytes - n, s.p, n);
}

static void row_end(struct parse *p)
{
	struct csv_line row = { .line = p->row_line, .fault = (uint32_t)p->fault };
	if (p->fault == FAULT_NONE) {
		row.cells = (uint32_t)p->row_cells;
		p->n_cells += p->row_cells;
		p->n_text += p->row_bytes;
	}
	p->rows[p->n_rows++] = row;
	p->open = p->ending;
	p->row_cells = p->row_bytes = 0;
	p->fault = FAULT_NONE;
	p->row_odd = p->odd;
	if (p->n_rows >= CSV_FRAME_ROWS || p->n_cells >= CSV_FRAME_CELLS || p->n_text >= CSV_FRAME_TEXT)
		frame_send(p);
}

/* libcsv tells every CR and LF outside quotes, also those of empty lines; -1 at the end of the file. */
static void on_row(int end, void *context)
{
	struct parse *p = context;
	if (p->row_cells)
		row_end(p);
	if (end == '\r' || (end == '\n' && !p->after_cr))
		p->line++;
	p->after_cr = end == '\r';
	p->row_line = p->line;
}

/* A cell grew past what is kept of it. What is there goes, so that parsing can go on to where the cell ends; libcsv looks back at
 * one byte at most (the closing quote). */
static void cell_forget(struct parse *p)
{
	row_fault(p, FAULT_BYTES);
	count_lines(p, (struct str){ (char *)p->lib.entry_buf, p->lib.entry_pos });
	p->forgot = p->row_odd = true;
	p->lib.entry_buf[0] = '"';
	p->lib.entry_pos = 1;
	p->lib.spaces = 0;
}

static void *cell_grow(void *old, size_t n)
{
	return n > CSV_ROW_MAX + SPARE ? NULL : mem_grow(old, n);
}

static void parse_text(struct parse *p, struct str s)
{
	p->odd = !csv_plain(s) || memchr(s.p, '"', s.n);
	p->row_odd |= p->odd;
	while (s.n && !p->gone) {
		size_t done = csv_parse(&p->lib, s.p, s.n, on_cell, on_row, p);
		s.p += done;
		s.n -= done;
		if (s.n)
			cell_forget(p);
	}
}

static void parse_end(struct parse *p)
{
	/* said only here, and only of a quote that is still open: before the end strictness would refuse a"b */
	csv_set_opts(&p->lib, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
	p->ending = true;
	if (csv_fini(&p->lib, on_cell, on_row, p) != 0) {
		p->fault = FAULT_QUOTE;
		row_end(p);
	}
	if (p->n_rows)
		frame_send(p);
	frame_send(p);
}

/* ---- decoding ---- */

static size_t utf8_put(char *to, uint32_t c)
{
	if (c < 0x80)
		return to[0] = (char)c, 1;
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; --i; c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3F));
	to[0] = (char)((0xF00 >> n) | c);
	return n;
}

static size_t not_utf8_put(char *to)
{
	return *to = (char)NOT_UTF8, 1;
}

/* Windows-1252 as the WHATWG Encoding Standard has it: the five bytes without a character stand for C1 controls. */
static size_t decode_cp1252(char *to, const uint8_t *s, size_t n)
{
	static const uint16_t upper[32] = {
		0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
		0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
	};
	size_t out = 0;
	for (size_t i = 0; i < n; i++)
		out += utf8_put(to + out, s[i] >= 0x80 && s[i] < 0xA0 ? upper[s[i] - 0x80] : s[i]);
	return out;
}

static size_t decode_utf16(struct parse *p, char *to, const uint8_t *s, size_t n)
{
	size_t out = 0;
	for (size_t i = 0; i < n; i++) {
		if (p->half < 0) {
			p->half = s[i];
			continue;
		}
		uint32_t unit = p->encoding == CSV_UTF16LE ? (uint32_t)s[i] << 8 | (uint32_t)p->half : (uint32_t)p->half << 8 | s[i];
		bool trail = unit >= 0xDC00 && unit < 0xE000;
		p->half = -1;
		if (p->lead && trail) {
			out += utf8_put(to + out, 0x10000 + ((p->lead - 0xD800) << 10) + (unit - 0xDC00));
			p->lead = 0;
			continue;
		}
		if (p->lead)
			out += not_utf8_put(to + out);
		p->lead = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
		if (trail)
			out += not_utf8_put(to + out);
		else if (!p->lead)
			out += utf8_put(to + out, unit);
	}
	return out;
}

static struct str decode(struct parse *p, const uint8_t *s, size_t n)
{
	if (p->encoding == CSV_UTF8 || p->encoding == CSV_UTF8_BOM)
		return (struct str){ (const char *)s, n };
	size_t out = p->encoding == CSV_CP1252 ? decode_cp1252(p->text, s, n) : decode_utf16(p, p->text, s, n);
	return (struct str){ p->text, out };
}

/* What is left when the file ends in the middle of a UTF-16 character. */
static void decode_end(struct parse *p)
{
	if (p->half >= 0 || p->lead)
		parse_text(p, (struct str){ p->text, not_utf8_put(p->text) });
}

/* ---- judging ---- */

/* Rather UTF-8 than one byte a character: of what is not ASCII all is well-formed, or nearly all, for letters of Windows-1252 seldom are by
 * chance. What is not is a fault of its row. A last character may be completed by `more` bytes. */
static bool looks_utf8(struct str s, bool more)
{
	size_t good = 0, bad = 0;
	for (size_t i = 0, takes; i < s.n; i += takes) {
		unsigned char c = (unsigned char)s.p[i];
		takes = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
		if (c < 0x80)
			continue;
		if (more && takes > s.n - i)
			break;
		bool whole = takes > 1 && takes <= s.n - i && str_utf8((struct str){ s.p + i, takes });
		good += whole;
		bad += !whole;
		takes = whole ? takes : 1;
	}
	return !bad || good > 4 * bad;
}

/* Latin text in UTF-16 has a NUL in nearly every character, always at the same end. */
static bool looks_utf16(const uint8_t *s, size_t n, size_t end)
{
	size_t nuls[2] = { 0 };
	for (size_t i = 0; i < n; i++)
		nuls[i & 1] += s[i] == 0;
	return nuls[end] * 5 > n && nuls[end] > 10 * nuls[!end];
}

/* Returns the length of the byte order mark. */
static size_t judge_encoding(struct parse *p, const uint8_t *s, size_t n)
{
	struct str text = { (const char *)s, n };
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		return p->encoding = CSV_UTF8_BOM, 3;
	if (str_starts(text, STR("\xFF\xFE")))
		return p->encoding = CSV_UTF16LE, 2;
	if (str_starts(text, STR("\xFE\xFF")))
		return p->encoding = CSV_UTF16BE, 2;
	p->encoding = looks_utf16(s, n, 1) ? CSV_UTF16LE : looks_utf16(s, n, 0) ? CSV_UTF16BE :
	              looks_utf8(text, n == WINDOW) ? CSV_UTF8 : CSV_CP1252;
	return 0;
}

static const char delimiters[] = { ',', ';', '\t' };
struct sniff { unsigned count[SNIFFED_ROWS][sizeof delimiters]; size_t n; };

/* How many of each there are outside quotes in the first rows that are not empty. */
static void sniff(struct sniff *f, struct str s)
{
	unsigned count[sizeof delimiters] = { 0 };
	bool quoted = false, start = true, empty = true;         /* a quote opens only at the start of a cell */
	for (size_t i = 0; i <= s.n && f->n < SNIFFED_ROWS; i++) {
		char c = i < s.n ? s.p[i] : '\n';
		const char *d = memchr(delimiters, c, sizeof delimiters);
		if (c == '"' && (quoted || start)) {
			quoted = !quoted;
			start = !quoted;                         /* "" within quotes closes and opens */
		} else if (i == s.n || (!quoted && (c == '\n' || c == '\r'))) {
			if (!empty)
				memcpy(f->count[f->n++], count, sizeof count);
			memset(count, 0, sizeof count);
			start = empty = true;
			continue;
		} else if (!quoted) {
			if (d)
				count[d - delimiters]++;
			start = d || (start && c == ' ');
		}
		empty = empty && (c == ' ' || c == '\t');
	}
}

/* The delimiter is the most frequent one of the header. The header is the first row where one occurs that the next row has too
 * (rows of title come before it in some exports); of two as frequent, the one that more rows agree on; a comma if nothing tells. */
static char sniff_judge(const struct sniff *f)
{
	for (int alone = 0; alone <= 1; alone++)                 /* second round: the next row need not have it */
		for (size_t r = 0; r < f->n; r++) {
			unsigned best = 0, best_agree = 0;
			char found = 0;
			for (size_t d = 0; d < sizeof delimiters; d++) {
				unsigned count = f->count[r][d], agree = 0;
				if (!count || !(alone || r + 1 == f->n || f->count[r + 1][d]))
					continue;
				for (size_t i = r; i < f->n; i++)
					agree += f->count[i][d] == count;
				if (count > best || (count == best && agree > best_agree)) {
					best = count;
					best_agree = agree;
					found = delimiters[d];
				}
			}
			if (found)
				return found;
		}
	return ',';
}

static void judge_delimiter(struct parse *p, const uint8_t *s, size_t n)
{
	struct sniff f = { .n = 0 };
	sniff(&f, decode(p, s, n < SNIFFED_BYTES ? n : SNIFFED_BYTES));
	p->half = -1;
	p->lead = 0;
	p->delimiter = sniff_judge(&f);
}

/* ---- all of it ---- */

/* As much as there is up to n; -1 when it can't be read. */
static ssize_t read_up_to(int fd, uint8_t *to, size_t n)
{
	size_t have = 0;
	while (have < n) {
		ssize_t got = read(fd, to + have, n - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static void parse_bytes(struct parse *p, const uint8_t *s, size_t n)
{
	for (size_t at = 0; at < n && !p->gone; at += p->piece) {
		size_t some = n - at < p->piece ? n - at : p->piece;
		p->bytes += some;
		struct str text = decode(p, s + at, some);
		if (text.n)
			parse_text(p, text);
	}
}

static bool parse_file(struct parse *p)
{
	ssize_t n = read_up_to(p->fd, p->raw, WINDOW);
	if (n < 0)
		return false;
	size_t mark = judge_encoding(p, p->raw, (size_t)n);
	judge_delimiter(p, p->raw + mark, (size_t)n - mark);
	csv_set_delim(&p->lib, (unsigned char)p->delimiter);
	struct csv_head head = { (uint8_t)p->encoding, p->delimiter };
	say(p, &head, sizeof head);
	p->bytes = mark;
	parse_bytes(p, p->raw + mark, (size_t)n - mark);
	bool more = n == WINDOW;
	while (more && !p->gone) {
		n = read_up_to(p->fd, p->raw, PIECE);
		if (n < 0)
			return false;
		parse_bytes(p, p->raw, (size_t)n);
		more = n == PIECE;
	}
	decode_end(p);
	parse_end(p);
	return true;
}

int csv_box(int fd, size_t piece, bool (*to_say)(void *, struct str), void *to)
{
	struct parse *p = mem_get(sizeof *p);
	memset(p, 0, offsetof(struct parse, rows));
	p->fd = fd;
	p->say = to_say;
	p->to = to;
	p->piece = piece;
	p->raw = mem_get(WINDOW);
	p->text = mem_get(3 * (piece > SNIFFED_BYTES ? piece : SNIFFED_BYTES) + 3);    /* no encoding needs more than three for one */
	p->half = -1;
	p->line = p->row_line = 1;
	csv_init(&p->lib, CSV_REPALL_NL);
	csv_set_realloc_func(&p->lib, cell_grow);
	csv_set_blk_size(&p->lib, SPARE);
	bool done = parse_file(p);
	csv_free(&p->lib);
	free(p->raw);
	free(p->text);
	free(p);
	return done ? 0 : 1;
}

static bool say_line(void *line, struct str s)
{
	return line_write(*(int *)line, s);
}

int csv_main(int line, int fd)
{
	lseek(fd, 0, SEEK_SET);                                  /* a pipe has no start to go back to */
	return csv_box(fd, PIECE, say_line, &line);
}
