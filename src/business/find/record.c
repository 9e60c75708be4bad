/* Records: what a box says of a file, written there and read here. Touches memory only. */
#include "find_int.h"
#include "told.h"

const char *unread_words(enum unread why)
{
	static const char *const words[UNREAD_COUNT] = {
		[READ_WELL] = "", [UNREAD_BROKEN] = "it is damaged; what could be read of it was looked at",
		[UNREAD_ENCRYPTED] = "it is encrypted: open it with its password, then look at the copy", [UNREAD_TOO_BIG] = "it is over the limit of size: it unpacks to more than a file like it may; unpack it yourself, then look at that",
		[UNREAD_TOO_DEEP] = "it is over the limit of depth: unpack it yourself, then look at that",
		[UNREAD_TOO_LONG] = "it is over the limit of time: it takes longer to read than a file like it may; unpack or split it, then look at that",
		[UNREAD_TOO_MANY] = "it is over the limit of findings: it holds more than a file like it should; open it and see what it is",
		[UNREAD_NO_WAY] = "this sort of file can't be read", [UNREAD_STOPPED] = "reading it was stopped", [UNREAD_ERROR] = "its reader failed",
	};
	return words[why < UNREAD_COUNT ? why : UNREAD_ERROR];
}

/* More the larger the file: a small one that takes long was made to. Reading pictures takes its time, some seconds for a scanned page of
 * 50 KiB. */
unsigned reading_seconds(uint64_t size, bool ocr)
{
	uint64_t quick = 5 + (size >> 18), seconds = ocr ? 30 + (size >> 13) : (quick < 30 ? quick : 30) + (size >> 21);
	return seconds < 7200 ? (unsigned)seconds : 7200;
}

/* As long again: an opener is asked between pages only. */
unsigned reading_grace(uint64_t size, bool ocr)
{
	unsigned seconds = reading_seconds(size, ocr);
	return seconds < 30 ? seconds : 30;
}

uint64_t reading_finds(uint64_t size)
{
	return (1 << 16) + size;
}

/* ---- writing ---- */

/* Not cut within a number, which would be none any more, and stand there. */
static void put_text(struct buf *b, struct str s, size_t max)
{
	bool cut = s.n > max;
	s.n = cut ? max : s.n;
	while (cut && s.n && strchr("0123456789 -._", s.p[s.n - 1]))
		s.n--;
	buf_lstr(b, s);
}

static void put_hit(struct buf *b, const struct find_hit *h)
{
	const struct finding *f = &h->f;
	buf_u8(b, (uint8_t)f->sort);
	buf_u8(b, (uint8_t)f->class);
	buf_u32(b, (uint32_t)(f->score * 1000000));
	buf_u32(b, f->signs);
	buf_u32(b, f->alike);
	buf_u32(b, f->passing);
	buf_u64(b, f->at);
	buf_u64(b, f->line);
	buf_u64(b, f->column);
	buf_u32(b, f->length);
	buf_u32(b, f->count);
	buf_u32(b, f->record);
	buf_u64(b, f->same);
	put_text(b, str_of(f->brand), 31);
	put_text(b, str_of(f->last4), 4);
	put_text(b, h->member, MEMBER_MAX);
	put_text(b, f->where, WORDS_MAX);
	put_text(b, f->heading, WORDS_MAX);
}

static void put_contact(struct buf *b, const struct contact *c)
{
	buf_u8(b, (uint8_t)c->sort);
	buf_u64(b, c->line);
	buf_u64(b, c->record);
	buf_u64(b, c->from);
	buf_u64(b, c->to);
	buf_u64(b, (uint64_t)c->date);
	buf_u64(b, c->kinds);
	put_text(b, c->text, CONTACT_MAX);
	put_text(b, c->where, WORDS_MAX);
}

void record_put(struct buf *b, const struct record *r)
{
	buf_u8(b, (uint8_t)r->sort);
	buf_u32(b, r->id);
	switch (r->sort) {
	case RECORD_HIT:
		put_hit(b, &r->hit);
		break;
	case RECORD_CONTACT:
		put_contact(b, &r->contact);
		put_text(b, r->member, MEMBER_MAX);
		break;
	case RECORD_UNREAD:
		buf_u8(b, (uint8_t)r->why);
		put_text(b, r->member, MEMBER_MAX);
		break;
	case RECORD_PROGRESS:
		buf_u64(b, r->bytes);
		break;
	case RECORD_DONE:
		buf_u64(b, r->bytes);
		buf_u64(b, r->lines);
		buf_u64(b, r->behind);
		buf_u64(b, r->holes);
		put_text(b, r->what, WORDS_MAX);
		buf_u8(b, (uint8_t)r->why);
		buf_u32(b, r->unlikely);
		buf_u8(b, r->wants_ocr);
		break;
	case RECORD_LENT:
		buf_u32(b, r->files);
		buf_u8(b, r->wants_ocr);
		break;
	case RECORD_AGAIN:
	case RECORD_BEYOND:
		break;
	case RECORD_SORTS:
		break;
	}
}

/* ---- reading ---- */

/* A stranger's text is shown as it may be. */
static struct str take_text(struct cursor *c, struct arena *a, size_t max)
{
	struct str s = cursor_lstr(c);
	c->torn |= s.n > max;
	return c->torn || !s.n ? STR("") : safe_line(a, s);
}

static bool all_in(struct str s, char low, char high, char low2, char high2)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= low && s.p[i] <= high) || (s.p[i] >= low2 && s.p[i] <= high2)))
			return false;
	return true;
}

static bool take_hit(struct cursor *c, struct arena *a, struct find_hit *h)
{
	struct finding *f = &h->f;
	uint8_t sort = cursor_u8(c), class = cursor_u8(c);
	uint32_t score = cursor_u32(c);
	*f = (struct finding){ .sort = (enum hit_sort)sort, .class = (enum scan_class)class, .score = (float)score / 1000000 };
	f->signs = cursor_u32(c);
	f->alike = cursor_u32(c);
	f->passing = cursor_u32(c);
	f->at = cursor_u64(c);
	f->line = cursor_u64(c);
	f->column = cursor_u64(c);
	f->length = cursor_u32(c);
	f->count = cursor_u32(c);
	f->record = cursor_u32(c);
	f->same = cursor_u64(c);
	struct str brand = cursor_lstr(c), last4 = cursor_lstr(c);
	h->member = take_text(c, a, MEMBER_MAX);
	f->where = take_text(c, a, WORDS_MAX);
	f->heading = take_text(c, a, WORDS_MAX);
	if (c->torn || sort < HIT_CARD || sort >= HIT_SORTS || class > SCAN_CERTAIN || score > 1000000 || f->signs >> SIGNS || f->passing > f->alike || !f->count ||
	    f->at > INT64_MAX || f->line > INT64_MAX || f->column > INT64_MAX)
		return false;
	if (brand.n > 31 || !all_in(brand, 'a', 'z', '_', '_') || last4.n > 4 || !all_in(last4, '0', '9', 'A', 'Z'))
		return false;
	f->brand = arena_str(a, brand).p;
	memcpy(f->last4, last4.p, last4.n);
	return true;
}

static bool take_contact(struct cursor *c, struct arena *a, struct record *r)
{
	struct contact *k = &r->contact;
	*k = (struct contact){ .sort = (enum contact_sort)cursor_u8(c), .line = cursor_u64(c) };
	k->record = cursor_u64(c);
	k->from = cursor_u64(c);
	k->to = cursor_u64(c);
	k->date = (int64_t)cursor_u64(c);
	k->kinds = cursor_u64(c);
	k->text = cursor_lstr(c);
	k->where = take_text(c, a, WORDS_MAX);
	r->member = take_text(c, a, MEMBER_MAX);
	/* its text is asked after, never shown: the name of a member, cleaned as all are, begins with its file's */
	return !c->torn && !(k->kinds & ~KINDS_ALL) && k->sort >= CONTACT_EMAIL && k->sort < CONTACT_SORTS && k->text.n <= CONTACT_MAX && k->from <= k->to && k->line <= INT64_MAX && k->to <= INT64_MAX &&
	       k->date > LONG_AGO && k->date < FAR_OFF;
}

bool record_take(struct cursor *c, struct arena *a, struct record *r)
{
	*r = (struct record){ .sort = cursor_u8(c), .id = cursor_u32(c) };
	switch (r->sort) {
	case RECORD_HIT:
		return take_hit(c, a, &r->hit);
	case RECORD_CONTACT:
		return take_contact(c, a, r);
	case RECORD_UNREAD:
		r->why = cursor_u8(c);
		r->member = take_text(c, a, MEMBER_MAX);
		return !c->torn && r->why > READ_WELL && r->why < UNREAD_COUNT;
	case RECORD_PROGRESS:
		r->bytes = cursor_u64(c);
		return !c->torn;
	case RECORD_DONE:
		r->bytes = cursor_u64(c);
		r->lines = cursor_u64(c);
		r->behind = cursor_u64(c);
		r->holes = cursor_u64(c);
		r->what = take_text(c, a, WORDS_MAX);
		r->why = cursor_u8(c);
		r->unlikely = cursor_u32(c);
		r->wants_ocr = cursor_u8(c);
		return !c->torn && r->why < UNREAD_COUNT;
	case RECORD_LENT:
		r->files = cursor_u32(c);
		r->wants_ocr = cursor_u8(c);
		return !c->torn && r->files;
	case RECORD_AGAIN:
	case RECORD_BEYOND:
		return !c->torn;
	case RECORD_SORTS:
		break;
	}
	return false;
}
