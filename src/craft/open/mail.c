/* mail - messages (RFC 5322, MIME: RFC 2045 to 2049, 2183, 2231, 3676) and mailboxes of them (mbox). Reads onwards only, a line at a
 * time, so that a mailbox of any size takes the same memory. The walk through the parts is ours, because it must go on where MIME is
 * broken and must not keep what a sender can multiply; gmime decodes words, parameters, addresses, dates and transfer encodings.
 */
#include "charset.h"
#include "open_int.h"

#include <gmime/gmime.h>
#include <stdlib.h>

enum {
	LINE_MAX_BYTES = 8 << 10,       /* a longer line comes in parts */
	HEADERS_MAX = 256 << 10,        /* of one part; what follows is read as its text */
	HEADER_MAX = 16 << 10,          /* of a header field, of what is decoded */
	BOUNDARIES_MAX = 32,            /* multiparts within multiparts */
	FORWARDS_MAX = 8,               /* messages within messages */
	WHERE_MAX = 380,
	TEXT_BLOCK = 256 << 10,
};

/* Why a body ended. */
enum { END_OF_SOURCE = -1, END_OF_MESSAGE = -2 };        /* or the number of the boundary, from 0 */

struct boundary { char text[256]; size_t n; };

struct mail {
	struct listener *l;
	const struct source *s;
	uint64_t at;                    /* of the source: what is in the buffer ends here */
	char *buffer;
	size_t from, to, most;          /* most: what was ever in it */
	bool line_begins, line_was_empty, last_again;
	struct str last;                /* the line given last; again when asked */
	bool mbox;
	struct boundary boundary[BOUNDARIES_MAX];
	int boundaries;
	int end;                        /* END_... or a boundary */
	bool closes;                    /* it was the boundary's last */
	uint64_t number;                /* of a mailbox's message; 0: there is only one */
	uint64_t records, record;       /* the last one's number, and this message's */
	unsigned forwards, parts;
	bool stopped;
};

static void ready(void)
{
	static bool done;
	if (!done)
		g_mime_init();
	done = true;
}

/* Where libraries tell of a broken file; they may tell what is in it. */
static void say_nothing(const char *domain, GLogLevelFlags level, const char *text, void *of)
{
	(void)domain, (void)level, (void)text, (void)of;
}

void open_mail_prepare(void)
{
	ready();
	g_log_set_default_handler(say_nothing, NULL);
	charset_prepare();
}

/* ---- lines ---- */

/* The next line, or the next part of a long one, with its end. false: the source has no more. */
static bool line_raw(struct mail *m, struct str *line)
{
	const char *end;
	for (;;) {
		size_t n = m->to - m->from;
		end = memchr(m->buffer + m->from, '\n', n < LINE_MAX_BYTES ? n : LINE_MAX_BYTES);
		if (end || n >= LINE_MAX_BYTES)
			break;
		memmove(m->buffer, m->buffer + m->from, n);
		m->from = 0;
		size_t got = source_read(m->s, m->at, m->buffer + n, 8 * LINE_MAX_BYTES - n);
		m->to = n + got;
		m->most = m->to > m->most ? m->to : m->most;
		m->at += got;
		if (!got && !n)
			return false;
		if (!got)
			break;
	}
	size_t n = end ? (size_t)(end - m->buffer) + 1 - m->from : m->to - m->from < LINE_MAX_BYTES ? m->to - m->from : LINE_MAX_BYTES;
	*line = (struct str){ m->buffer + m->from, n };
	m->from += n;
	return true;
}

static struct str without_end(struct str line)
{
	if (line.n && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* A line that begins a message in a mailbox: "From someone Mon Nov  3 10:00:00 2025" (RFC 4155, read leniently: it has a time). */
static bool from_line(struct str line)
{
	if (!str_starts(line, STR("From ")))
		return false;
	for (size_t i = 6; i + 1 < line.n; i++)
		if (line.p[i] == ':' && g_ascii_isdigit(line.p[i - 1]) && g_ascii_isdigit(line.p[i + 1]))
			return true;
	return false;
}

/* Which boundary it is, the innermost first, else END_OF_SOURCE. */
static int boundary_of(struct mail *m, struct str line)
{
	if (line.n < 3 || line.p[0] != '-' || line.p[1] != '-')
		return END_OF_SOURCE;
	struct str text = without_end((struct str){ line.p + 2, line.n - 2 });
	while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	for (int i = m->boundaries; i-- > 0;) {
		struct str b = { m->boundary[i].text, m->boundary[i].n };
		m->closes = text.n == b.n + 2 && text.p[b.n] == '-' && text.p[b.n + 1] == '-';
		if ((text.n == b.n || m->closes) && str_starts(text, b))
			return i;
	}
	return END_OF_SOURCE;
}

/* The next line of this part; false where it ends, and m->end says why. */
static bool line_next(struct mail *m, struct str *line)
{
	if (m->last_again) {
		m->last_again = false;
		*line = m->last;
		return true;
	}
	m->end = END_OF_SOURCE;
	if (!line_raw(m, line))
		return false;
	bool begins = m->line_begins, after_empty = m->line_was_empty;
	m->line_begins = line->p[line->n - 1] == '\n';
	m->line_was_empty = begins && !without_end(*line).n;
	if (begins) {
		int i = boundary_of(m, *line);
		if (i >= 0) {
			m->end = i;
			return false;
		}
		if (m->mbox && after_empty && from_line(*line)) {
			m->end = END_OF_MESSAGE;
			return false;
		}
		size_t quotes = 0;
		while (m->mbox && quotes < line->n && line->p[quotes] == '>')
			quotes++;
		if (quotes && str_starts((struct str){ line->p + quotes, line->n - quotes }, STR("From ")))
			*line = (struct str){ line->p + 1, line->n - 1 };
	}
	m->last = *line;
	return true;
}

static void say(struct mail *m, const struct piece *p)
{
	if (!m->stopped)
		m->stopped = !open_text(m->l, p);
}

static void skip_part(struct mail *m)
{
	struct str line;
	while (line_next(m, &line))
		;
}

/* ---- a part's bytes, decoded ---- */

struct body {
	struct mail *m;
	GMimeEncoding encoding;
	char *out;
	size_t from, to, most;          /* most: what was ever in it */
	bool begun;                     /* uuencoded: its first line has been seen */
	bool ended, too_big;
	bool at_end;                    /* of the part, too */
};

/* Decodes some more; false at the end. */
static bool body_more(struct body *b)
{
	struct str line;
	while (!b->ended) {
		b->from = b->to = 0;
		if (!line_next(b->m, &line)) {
			b->to = g_mime_encoding_flush(&b->encoding, "", 0, b->out);
			b->ended = b->at_end = true;
		} else if (!b->begun) {
			b->begun = str_starts(line, STR("begin "));
		} else {
			b->to = g_mime_encoding_step(&b->encoding, line.p, line.n, b->out);
		}
		b->most = b->to > b->most ? b->to : b->most;
		if (b->to && !open_takes(b->m->l, b->to)) {
			b->ended = b->too_big = true;
			b->to = 0;
		}
		if (b->to)
			return true;
	}
	return false;
}

static size_t body_read(void *of, char *to, size_t n)
{
	struct body *b = of;
	size_t done = 0;
	while (done < n && (b->from < b->to || body_more(b))) {
		size_t some = b->to - b->from < n - done ? b->to - b->from : n - done;
		memcpy(to + done, b->out + b->from, some);
		b->from += some;
		done += some;
	}
	return done;
}

static struct body body_of(struct mail *m, GMimeContentEncoding encoding)
{
	struct body b = { .m = m, .out = mem_get(2 * LINE_MAX_BYTES), .begun = encoding != GMIME_CONTENT_ENCODING_UUENCODE };
	g_mime_encoding_init_decode(&b.encoding, encoding);
	return b;
}

static void body_close(struct body *b)
{
	if (!b->m->stopped && !b->at_end)
		skip_part(b->m);
	wipe(b->out, b->most);
	free(b->out);
}

/* ---- header fields ---- */

struct part {
	struct buf headers;             /* "Name: value" lines as they came, unfolded, each ended by '\n' */
	GMimeContentType *type;
	GMimeContentDisposition *disposition;
	GMimeContentEncoding encoding;
};

/* The value of a header line with this name. */
static bool named(struct str line, const char *name, struct str *value)
{
	size_t n = strlen(name);
	if (line.n <= n || line.p[n] != ':' || !str_eq_nocase((struct str){ line.p, n }, str_of(name)))
		return false;
	*value = str_trim((struct str){ line.p + n + 1, line.n - n - 1 });
	return true;
}

static bool header_get(const struct part *p, const char *name, struct str *value)
{
	struct str rest = buf_str(&p->headers);
	while (rest.p && rest.n)
		if (named(str_split(&rest, '\n'), name, value))
			return true;
	return false;
}

/* Zero-ended, for gmime; the caller frees. */
static char *header_copy(const struct part *p, const char *name)
{
	struct str v;
	if (!header_get(p, name, &v) || !v.n)
		return NULL;
	return g_strndup(v.p, v.n < HEADER_MAX ? v.n : HEADER_MAX);
}

static bool is_header(struct str line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] > ' ' && line.p[n] < 127 && line.p[n] != ':')
		n++;
	return n && n < line.n && line.p[n] == ':';
}

/* Reads the header fields, to the empty line behind them or to the first that can be none. false: the part ends with them. */
static bool headers_read(struct mail *m, struct part *p)
{
	struct str line;
	bool begins = true, any = false;
	p->headers = BUF(HEADERS_MAX);
	while (line_next(m, &line)) {
		struct str text = without_end(line);
		bool whole = line.p[line.n - 1] == '\n', folded = text.n && (text.p[0] == ' ' || text.p[0] == '\t');
		if (begins && !text.n)
			return true;
		if ((begins && ((!folded && !is_header(text)) || (folded && !any))) || p->headers.n + text.n + 1 > HEADERS_MAX) {
			m->last_again = true;
			return true;
		}
		if (begins && !folded && any)
			buf_byte(&p->headers, '\n');
		buf_put(&p->headers, text);
		any = true;
		begins = whole;
	}
	return false;
}

static void part_parse(struct part *p, const char *usual)
{
	char *type = header_copy(p, "Content-Type"), *disposition = header_copy(p, "Content-Disposition");
	char *encoding = header_copy(p, "Content-Transfer-Encoding");
	p->type = g_mime_content_type_parse(NULL, type ? type : usual);
	p->disposition = disposition ? g_mime_content_disposition_parse(NULL, disposition) : NULL;
	p->encoding = encoding ? g_mime_content_encoding_from_string(encoding) : GMIME_CONTENT_ENCODING_DEFAULT;
	g_free(type);
	g_free(disposition);
	g_free(encoding);
}

static void part_close(struct part *p)
{
	buf_free(&p->headers);
	if (p->type)
		g_object_unref(p->type);
	if (p->disposition)
		g_object_unref(p->disposition);
}

static bool is_type(const struct part *p, const char *type, const char *subtype)
{
	return g_mime_content_type_is_type(p->type, type, subtype);
}

static struct str parameter(const struct part *p, const char *name)
{
	return str_of(p->type ? g_mime_content_type_get_parameter(p->type, name) : NULL);
}

/* The name of a file that a part holds; empty: none is given. */
static struct str file_name(const struct part *p)
{
	struct str name = { 0 };
	if (p->disposition)
		name = str_of(g_mime_content_disposition_get_parameter(p->disposition, "filename"));
	return name.n ? name : parameter(p, "name");
}

/* Text for a person's eyes, in one line. */
static void put_clean(struct buf *b, struct str s, size_t max)
{
	struct buf clean = BUF(4096);
	buf_put(b, open_cut(open_name(&clean, open_cut(s, 1000)), max));
	buf_free(&clean);
}

/* "2025-11-03 from ana@example.com", as far as it is known. */
static void put_date_and_sender(struct buf *where, const struct part *p)
{
	char *text = header_copy(p, "Date");
	GDateTime *date = text ? g_mime_utils_header_decode_date(text) : NULL;
	if (date)
		buf_printf(where, " of %04d-%02d-%02d", g_date_time_get_year(date), g_date_time_get_month(date), g_date_time_get_day_of_month(date));
	if (date)
		g_date_time_unref(date);
	g_free(text);
	text = header_copy(p, "From");
	if (!text)
		return;
	text[strlen(text) < 1000 ? strlen(text) : 1000] = 0;
	InternetAddressList *list = internet_address_list_parse(NULL, text);
	InternetAddress *first = list && internet_address_list_length(list) ? internet_address_list_get_address(list, 0) : NULL;
	const char *address = first && INTERNET_ADDRESS_IS_MAILBOX(first) ? internet_address_mailbox_get_addr((InternetAddressMailbox *)first) : NULL;
	buf_put(where, STR(" from "));
	put_clean(where, str_of(address && *address ? address : text), 80);
	if (list)
		g_object_unref(list);
	g_free(text);
}

/* Written by machines for machines: signatures, ids and traces, whose digits are no one's. */
static bool for_machines(struct str line)
{
	static const char *const starts[] = { "Received", "X-Received", "DKIM-Signature", "ARC-", "X-Google-", "Authentication-Results", "Message-ID",
	                                      "References", "In-Reply-To", "X-MS-Exchange-", "X-Microsoft-Antispam", "X-Forefront-", "Content-", "MIME-Version" };
	for (size_t i = 0; i < LENGTH(starts); i++) {
		size_t n = strlen(starts[i]);
		if (line.n > n && str_eq_nocase((struct str){ line.p, n }, str_of(starts[i])))
			return true;
	}
	return false;
}

/* In every message, and kept by Outlook as properties of their own. */
static bool is_usual(struct str line)
{
	static const char *const names[] = { "From", "To", "Cc", "Bcc", "Subject", "Date", "Reply-To", "Sender" };
	struct str value;
	for (size_t i = 0; i < LENGTH(names); i++)
		if (named(line, names[i], &value))
			return true;
	return false;
}

static void headers_tell(struct mail *m, const struct part *p, struct str where, bool usual)
{
	struct buf words = BUF(WHERE_MAX + 100);
	struct str rest = buf_str(&p->headers);
	while (rest.p && rest.n && !m->stopped) {
		struct str line = str_split(&rest, '\n');
		if (!is_header(line) || for_machines(line) || (!usual && is_usual(line)))
			continue;
		struct str name = { line.p, (size_t)((const char *)memchr(line.p, ':', line.n) - line.p) };
		struct str value = str_trim((struct str){ line.p + name.n + 1, line.n - name.n - 1 });
		if (name.n > 80)
			name.n = 80;
		buf_clear(&words);
		buf_put(&words, where);
		buf_put(&words, name);
		/* what is too long to be decoded is told as it stands */
		char *raw = g_strndup(value.p, value.n < HEADER_MAX ? value.n : 0), *text = g_mime_utils_header_decode_text(NULL, raw);
		struct piece piece = { .text = value.n < HEADER_MAX ? str_of(text) : value, .where = buf_str(&words), .field = name, .record = m->record };
		say(m, &piece);
		g_free(raw);
		g_free(text);
	}
	buf_free(&words);
}

/* ---- text ---- */

/* Lines that were broken for the screen only, made whole again (RFC 3676): a line that ends with a space goes on in the next of the
 * same quoting. */
static void unflow(struct str text, bool delete_space, struct buf *out)
{
	size_t before = 0;
	bool soft = false;
	while (text.p && text.n) {
		struct str line = str_split(&text, '\n');
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		size_t quotes = 0;
		while (quotes < line.n && line.p[quotes] == '>')
			quotes++;
		struct str bare = { line.p + quotes, line.n - quotes };
		if (bare.n && bare.p[0] == ' ')
			bare = (struct str){ bare.p + 1, bare.n - 1 };
		bool signature = str_eq(bare, STR("-- "));
		if (soft && quotes == before && !signature) {
			buf_put(out, bare);
		} else {
			if (out->n)
				buf_byte(out, '\n');
			buf_put(out, (struct str){ line.p, quotes });
			buf_put(out, bare);
		}
		soft = bare.n && bare.p[bare.n - 1] == ' ' && !signature;
		if (soft && delete_space)
			out->n--;
		before = quotes;
	}
}

static void unread(struct mail *m, struct str where, const char *what, enum open_end why)
{
	struct buf name = BUF(WHERE_MAX + 100);
	buf_put(&name, where);
	buf_put(&name, str_of(what));
	if (!m->stopped)
		m->stopped = !m->l->unread(m->l->to, buf_str(&name), why);
	buf_free(&name);
}

/* How much of a block can be told: up to its last line's end, if it has one. */
static size_t whole_lines(struct str s)
{
	const char *end = s.n ? memrchr(s.p, '\n', s.n) : NULL;
	return end && s.n - (size_t)(end - s.p) < TEXT_BLOCK / 2 ? (size_t)(end - s.p) + 1 : s.n;
}

static void text_read(struct mail *m, const struct part *p, struct str where, const char *what)
{
	struct str charset_name = parameter(p, "charset");
	struct charset *charset = charset_name.n ? charset_open(charset_name.p) : NULL;
	bool flowed = str_eq_nocase(parameter(p, "format"), STR("flowed")), delete_space = str_eq_nocase(parameter(p, "delsp"), STR("yes"));
	struct buf words = BUF(WHERE_MAX + 100), text = BUF(8 * TEXT_BLOCK), lines = BUF(8 * TEXT_BLOCK);
	struct body b = body_of(m, p->encoding);
	char *block = mem_get(TEXT_BLOCK);
	size_t have = 0, most = 0;
	buf_put(&words, where);
	buf_put(&words, str_of(what));
	for (bool last = false, first = true; !last && !m->stopped; first = false) {
		size_t got = body_read(&b, block + have, TEXT_BLOCK - have);
		last = have + got < TEXT_BLOCK;
		most = have + got > most ? have + got : most;
		struct str s = { block, have + got };
		if (first && memmem(s.p, s.n, "-----BEGIN PGP MESSAGE-----", 27))
			unread(m, buf_str(&words), "", OPEN_ENCRYPTED);
		size_t used = charset ? charset_take(charset, s, &text) : (buf_put(&text, s), s.n);
		have = last ? 0 : s.n - used;
		memmove(block, block + used, have);
		size_t n = last ? text.n : whole_lines(buf_str(&text));
		struct piece piece = { .text = { text.p, n }, .where = buf_str(&words), .record = m->record };
		if (flowed) {
			buf_clear(&lines);
			unflow(piece.text, delete_space, &lines);
			piece.text = buf_str(&lines);
		}
		say(m, &piece);
		if (n < text.n)
			memmove(text.p, text.p + n, text.n - n);
		text.n -= n;
	}
	if (b.too_big)
		unread(m, buf_str(&words), "", OPEN_TOO_BIG);
	body_close(&b);
	charset_close(charset);
	wipe(block, most);
	free(block);
	buf_free(&words);
	buf_free(&text);
	buf_free(&lines);
}

/* ---- attachments ---- */

/* In a mailbox the name says which message it came with. */
static struct str attachment_name(struct mail *m, const struct part *p, struct str where, struct buf *name)
{
	struct str own = file_name(p);
	if (m->number) {
		buf_put(name, (struct str){ where.p, where.n - 2 });      /* without ", " */
		buf_byte(name, '/');
	}
	if (own.n)
		put_clean(name, own, 255);
	else
		buf_printf(name, "part %u (", m->parts);
	if (!own.n) {
		put_clean(name, str_of(g_mime_content_type_get_media_type(p->type)), 40);
		buf_byte(name, '/');
		put_clean(name, str_of(g_mime_content_type_get_media_subtype(p->type)), 40);
		buf_byte(name, ')');
	}
	return buf_str(name);
}

static void attachment_read(struct mail *m, const struct part *p, struct str where)
{
	struct buf name = BUF(WHERE_MAX + 300);
	struct body b = body_of(m, p->encoding);
	struct stream stream = { .more = body_read, .of = &b };
	struct str called = attachment_name(m, p, where, &name);
	struct piece file = { .text = file_name(p), .where = called, .record = m->record };
	say(m, &file);
	if (!m->stopped && body_more(&b)) {
		struct source s = stream_source(&stream, UINT64_MAX);
		m->stopped = !m->l->member(m->l->to, called, &s);
		stream_close(&stream);
	}
	if (b.too_big && !m->stopped)
		m->stopped = !m->l->unread(m->l->to, called, OPEN_TOO_BIG);
	body_close(&b);
	buf_free(&name);
}

/* ---- parts ---- */

static void message_read(struct mail *m, struct str outer);
static void part_read(struct mail *m, const char *usual, struct str where);

/* Opens a multipart's boundary; false: it has none, or there are too many. */
static bool boundary_push(struct mail *m, const struct part *p)
{
	struct str b = parameter(p, "boundary");
	if (!b.n || b.n >= sizeof m->boundary->text || m->boundaries == BOUNDARIES_MAX)
		return false;
	struct boundary *to = &m->boundary[m->boundaries++];
	memcpy(to->text, b.p, b.n);
	to->n = b.n;
	return true;
}

static void multipart_read(struct mail *m, const struct part *p, struct str where)
{
	static const struct part plain = { .encoding = GMIME_CONTENT_ENCODING_DEFAULT };
	if (!boundary_push(m, p)) {
		if (m->boundaries == BOUNDARIES_MAX)
			unread(m, where, "parts within parts", OPEN_TOO_DEEP);
		text_read(m, p, where, "text");
		return;
	}
	int mine = m->boundaries - 1;
	text_read(m, &plain, where, "text before the parts");
	while (m->end == mine && !m->closes && !m->stopped)
		part_read(m, is_type(p, "multipart", "digest") ? "message/rfc822" : "text/plain", where);
	m->boundaries = mine;
	if (m->end == mine && !m->stopped)
		text_read(m, &plain, where, "text behind the parts");
}

static bool is_encrypted(const struct part *p)
{
	if (is_type(p, "multipart", "encrypted"))
		return true;
	bool cms = is_type(p, "application", "pkcs7-mime") || is_type(p, "application", "x-pkcs7-mime");
	struct str sort = parameter(p, "smime-type");            /* RFC 8551, 3.2.2 */
	return cms && (!sort.n || str_eq_nocase(sort, STR("enveloped-data")) || str_eq_nocase(sort, STR("authEnveloped-data")));
}

static void part_body(struct mail *m, const struct part *p, struct str where)
{
	bool attached = p->disposition && g_mime_content_disposition_is_attachment(p->disposition);
	bool encoded = p->encoding == GMIME_CONTENT_ENCODING_BASE64 || p->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
	bool text = is_type(p, "text", "*") || (is_type(p, "message", "*") && !is_type(p, "message", "rfc822"));
	bool unsaid = is_type(p, "application", "octet-stream") && !encoded;     /* also what a type that is none is taken for */
	m->parts++;
	if (is_encrypted(p)) {
		unread(m, where, "encrypted part", OPEN_ENCRYPTED);
		skip_part(m);
	} else if (is_type(p, "multipart", "*")) {
		multipart_read(m, p, where);
	} else if ((is_type(p, "message", "rfc822") || is_type(p, "message", "global")) && !encoded && m->forwards < FORWARDS_MAX) {
		m->forwards++;
		message_read(m, where);
		m->forwards--;
	} else if ((text || unsaid) && !attached && !file_name(p).n) {
		text_read(m, p, where, is_type(p, "text", "html") ? "HTML text" : "text");
	} else {
		attachment_read(m, p, where);
	}
}

static void part_read(struct mail *m, const char *usual, struct str where)
{
	struct part p = { 0 };
	if (headers_read(m, &p)) {
		part_parse(&p, usual);
		part_body(m, &p, where);
	}
	part_close(&p);
}

static void message_read(struct mail *m, struct str outer)
{
	struct part p = { 0 };
	struct buf where = BUF(WHERE_MAX);
	bool body = headers_read(m, &p);
	m->record = ++m->records;
	buf_put(&where, outer);
	buf_put(&where, outer.n ? STR("with mail") : STR("mail"));
	if (m->number && !outer.n)
		buf_printf(&where, " %llu", (unsigned long long)m->number);
	put_date_and_sender(&where, &p);
	buf_put(&where, STR(", "));
	headers_tell(m, &p, buf_str(&where), true);
	if (body && !m->stopped) {
		part_parse(&p, "text/plain");
		part_body(m, &p, buf_str(&where));
	}
	m->record = outer.n ? ++m->records : 0;          /* what follows in the outer one is a record of its own */
	part_close(&p);
	buf_free(&where);
}

static struct mail *mail_open(const struct source *s, struct listener *l)
{
	struct mail *m = mem_zero(1, sizeof *m);
	ready();
	m->s = s;
	m->l = l;
	m->buffer = mem_get(8 * LINE_MAX_BYTES);
	m->line_begins = true;
	return m;
}

static enum open_end mail_close(struct mail *m)
{
	enum open_end end = m->stopped ? OPEN_STOPPED : OPEN_DONE;
	wipe(m->buffer, m->most);
	free(m->buffer);
	free(m);
	return end;
}

bool open_mail_fields(struct listener *l, struct str fields, struct str within, uint64_t record)
{
	struct source s = source_of_text(&fields);
	struct mail *m = mail_open(&s, l);
	struct part p = { 0 };
	m->record = record;
	headers_read(m, &p);
	headers_tell(m, &p, within, false);
	part_close(&p);
	return mail_close(m) != OPEN_STOPPED;
}

enum open_end open_mail(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	struct mail *m = mail_open(s, l);
	message_read(m, STR(""));
	return mail_close(m);
}

enum open_end open_mbox(const struct source *s, struct str name, struct listener *l)
{
	(void)name;
	struct mail *m = mail_open(s, l);
	struct str line;
	m->mbox = m->line_was_empty = true;
	line_next(m, &line);                             /* the first "From " */
	do {
		m->number++;
		m->parts = 0;
		m->boundaries = 0;
		message_read(m, STR(""));
	} while (m->end == END_OF_MESSAGE && !m->stopped && open_may_go_on(l));
	bool late = m->end == END_OF_MESSAGE && !m->stopped;
	enum open_end end = mail_close(m);
	return late ? OPEN_TOO_BIG : end;
}
