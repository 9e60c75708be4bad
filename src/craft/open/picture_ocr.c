/* picture_ocr - reads pixels by tesseract, which is loaded when it is installed (by its C interface; nothing of it is needed to build).
 *
 * What counts are numbers. A page of text is read once. Where that gives no number, the picture is read again as a photo: its light made
 * even, dark and light exchanged, turned. Lines that look like numbers are read once more with digits alone. */
#include "picture_int.h"

#include <dlfcn.h>
#include <leptonica/allheaders.h>
#include <math.h>
#include <stdlib.h>

enum {
	PAGE_PIXELS = 9 << 20,          /* a page of letters at 300 dots an inch; larger pictures are made smaller */
	PHOTO_PIXELS = 3 << 20,
	TURNED_PIXELS = 1 << 20,
	SMALL_PIXELS = 5 << 19,         /* below so many, letters are likely small: made twice as large */
	PASS_MS = 25000,                /* longest time of one reading */
	DIGITS_MIN = 13, DIGITS_MAX = 19,      /* of what ends the search: a card number */
	LINES_MAX = 4000, NUMBERS_MAX = 60,
	TEXT_MAX = 4 << 20,
	SURE = 60,                      /* tesseract's confidence in a word, of 100 */
};

/* ---- tesseract, by the names of its capi.h ---- */

enum { SEGMENT_AUTO = 3, SEGMENT_LINE = 7, SEGMENT_SPARSE = 11 };      /* PageSegMode */
enum { LEVEL_LINE = 2, LEVEL_WORD };                 /* PageIteratorLevel */
enum { ENGINE_LSTM = 1 };

static struct {
	void *handle;
	void *(*create)(void);
	int (*init)(void *, const char *folder, const char *language, int engine);
	int (*set)(void *, const char *name, const char *value);
	void (*segment)(void *, int mode);
	void (*image)(void *, struct Pix *);
	void (*resolution)(void *, int);
	int (*recognize)(void *, void *monitor);
	void (*clear)(void *);
	void *(*monitor)(void);
	void (*monitor_end)(void *);
	void (*deadline)(void *, int ms);
	void *(*iterator)(void *);
	void (*iterator_end)(void *);
	char *(*text)(const void *, int level);
	float (*confidence)(const void *, int level);
	int (*next)(void *, int level);
	int (*box)(const void *, int level, int *left, int *top, int *right, int *bottom);
	int (*is_last)(const void *, int level, int element);
	void (*text_end)(const char *);
} tess;

static bool load_names(void *library)
{
	static const struct { const char *name; void *to; } names[] = {
		{ "TessBaseAPICreate", &tess.create }, { "TessBaseAPIInit2", &tess.init }, { "TessBaseAPISetVariable", &tess.set },
		{ "TessBaseAPISetPageSegMode", &tess.segment }, { "TessBaseAPISetImage2", &tess.image },
		{ "TessBaseAPISetSourceResolution", &tess.resolution }, { "TessBaseAPIRecognize", &tess.recognize }, { "TessBaseAPIClear", &tess.clear },
		{ "TessMonitorCreate", &tess.monitor }, { "TessMonitorDelete", &tess.monitor_end }, { "TessMonitorSetDeadlineMSecs", &tess.deadline },
		{ "TessBaseAPIGetIterator", &tess.iterator }, { "TessResultIteratorDelete", &tess.iterator_end },
		{ "TessResultIteratorGetUTF8Text", &tess.text }, { "TessResultIteratorConfidence", &tess.confidence },
		{ "TessResultIteratorNext", &tess.next }, { "TessPageIteratorBoundingBox", &tess.box },
		{ "TessPageIteratorIsAtFinalElement", &tess.is_last }, { "TessDeleteText", &tess.text_end },
	};
	for (size_t i = 0; i < LENGTH(names); i++) {
		void *found = dlsym(library, names[i].name);
		if (!found)
			return false;
		memcpy(names[i].to, &found, sizeof found);
	}
	return true;
}

bool open_ocr_ready(void)
{
	return tess.handle;
}

/* What it tells itself goes nowhere: a file that it opens when it first says something, as it does here of an empty page. */
static void open_its_log(void)
{
	PIX *empty = pixCreate(64, 32, 8);
	tess.set(tess.handle, "textord_debug_tabfind", "1");
	tess.segment(tess.handle, SEGMENT_AUTO);
	tess.image(tess.handle, empty);
	tess.recognize(tess.handle, NULL);
	tess.clear(tess.handle);
	tess.set(tess.handle, "textord_debug_tabfind", "0");
	pixDestroy(&empty);
}

/* The English model: where the library looks by itself, then the usual places. Only one thread, for a box cannot make more. */
bool open_ocr_prepare(void)
{
	static const char *const folders[] = { NULL, "/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata",
	                                       "/usr/share/tesseract-ocr/4.00/tessdata" };
	if (tess.handle)
		return true;
	setenv("OMP_THREAD_LIMIT", "1", 1);
	void *library = dlopen("libtesseract.so.5", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		library = dlopen("libtesseract.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!library || !load_names(library))
		return false;
	void *handle = tess.create();
	bool good = false;
	tess.set(handle, "debug_file", "/dev/null");     /* also what it says of a folder without the model */
	for (size_t i = 0; i < LENGTH(folders) && !good; i++)
		good = tess.init(handle, folders[i], "eng", ENGINE_LSTM) == 0;
	if (good) {
		tess.handle = handle;
		open_its_log();
	}
	return good;
}

/* ---- one reading ---- */

struct stretch { uint32_t from, n; int left, top, right, bottom; };     /* bytes of the text, and where they stand */
struct ocr_line { uint32_t from, n; struct stretch number; };      /* number: its words that look like one, n 0 when none do */
struct reading {
	struct buf text;                /* lines with their ends */
	struct ocr_line line[LINES_MAX];
	size_t lines;
	unsigned sure, unsure;          /* words of two letters or more */
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static unsigned digits_in(struct str s)
{
	unsigned n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += is_digit(s.p[i]);
	return n;
}

/* Letters that are taken for digits, and the other way round. */
static bool like_digits(struct str s)
{
	size_t alike = 0;
	for (size_t i = 0; i < s.n; i++)
		alike += is_digit(s.p[i]) || strchr("OoQDIlLi|!]SsBZzGbqgAT?/\\-", s.p[i]) != NULL;
	return alike * 4 >= s.n * 3;
}

/* Words that look like digits one after another: the longest such stretch is the line's number. */
static void take_stretch(struct ocr_line *l, struct stretch *s, void *it, uint32_t from, uint32_t n)
{
	int left, top, right, bottom;
	if (!tess.box(it, LEVEL_WORD, &left, &top, &right, &bottom))
		return;
	if (s->n)
		*s = (struct stretch){ s->from, from + n - s->from, s->left < left ? s->left : left, s->top < top ? s->top : top,
		                       s->right > right ? s->right : right, s->bottom > bottom ? s->bottom : bottom };
	else
		*s = (struct stretch){ from, n, left, top, right, bottom };
	if (s->n > l->number.n)
		l->number = *s;
}

static void take_words(struct reading *r, void *it)
{
	struct ocr_line l = { 0 };
	struct stretch stretch = { 0 };
	do {
		char *word = tess.text(it, LEVEL_WORD);
		struct str text = str_of(word);
		if (text.n) {
			if (r->text.n > l.from)
				buf_byte(&r->text, ' ');
			uint32_t from = (uint32_t)r->text.n;
			buf_put(&r->text, text);
			if (like_digits(text))
				take_stretch(&l, &stretch, it, from, (uint32_t)text.n);
			else
				stretch.n = 0;
			if (text.n > 1)
				*(tess.confidence(it, LEVEL_WORD) >= SURE ? &r->sure : &r->unsure) += 1;
		}
		if (word)
			tess.text_end(word);
		if (tess.is_last(it, LEVEL_LINE, LEVEL_WORD)) {
			buf_byte(&r->text, '\n');
			l.n = (uint32_t)r->text.n - l.from;
			r->line[r->lines++] = l;
			l = (struct ocr_line){ .from = (uint32_t)r->text.n };
			stretch.n = 0;
		}
	} while (r->lines < LINES_MAX && !r->text.full && tess.next(it, LEVEL_WORD));
}

static void read_pix(struct reading *r, PIX *pix, int segment, const char *only)
{
	buf_clear(&r->text);
	r->lines = r->sure = r->unsure = 0;
	tess.set(tess.handle, "tessedit_char_whitelist", only);
	tess.segment(tess.handle, segment);
	tess.image(tess.handle, pix);
	tess.resolution(tess.handle, 300);
	void *monitor = tess.monitor();
	tess.deadline(monitor, PASS_MS);
	bool good = tess.recognize(tess.handle, monitor) == 0;
	tess.monitor_end(monitor);
	void *it = good ? tess.iterator(tess.handle) : NULL;
	if (it)
		take_words(r, it);
	if (it)
		tess.iterator_end(it);
	tess.clear(tess.handle);
}

static struct str line_text(const struct reading *r, size_t i)
{
	return (struct str){ r->text.p + r->line[i].from, r->line[i].n };
}

/* A run of as many digits as card numbers have, with single spaces or dashes in it. */
static bool has_number(struct str s)
{
	unsigned run = 0;
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && is_digit(s.p[i])) {
			run++;
		} else if (i < s.n && run && (s.p[i] == ' ' || s.p[i] == '-') && i + 1 < s.n && is_digit(s.p[i + 1])) {
			;
		} else {
			if (run >= DIGITS_MIN && run <= DIGITS_MAX)
				return true;
			run = 0;
		}
	}
	return false;
}

/* ---- the picture made easier to read ---- */

static PIX *resized(PIX *pix, unsigned most)
{
	double pixels = (double)pixGetWidth(pix) * pixGetHeight(pix), scale = 1;
	if (pixels > most)
		scale = sqrt(most / pixels);
	else if (pixels < SMALL_PIXELS)
		scale = pixels < SMALL_PIXELS / 8 ? 3 : 2;
	if (pixels * scale * scale > most)
		scale = sqrt(most / pixels);
	return fabs(scale - 1) < 0.02 ? pixClone(pix) : pixScale(pix, (float)scale, (float)scale);
}

static PIX *evened(PIX *pix)
{
	PIX *even = pixContrastNorm(NULL, pix, 80, 80, 50, 2, 2);
	return even ? even : pixClone(pix);
}

/* Made straight where its lines say how: up to 15 degrees, for a photo is taken in haste. */
static PIX *straight(PIX *pix)
{
	float angle = 0, sure = 0, dark = 0;
	PIX *bits = pixConvertTo1(pix, 128);
	if (bits && pixForegroundFraction(bits, &dark) == 0 && dark > 0.5f)
		pixInvert(bits, bits);
	bool known = bits && pixFindSkewSweepAndSearch(bits, &angle, &sure, 4, 2, 15, 1, 0.01f) == 0 && sure > 2.5f && fabsf(angle) > 0.4f;
	pixDestroy(&bits);
	PIX *turned = known ? pixRotate(pix, angle * (float)M_PI / 180, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0) : NULL;
	return turned ? turned : pixClone(pix);
}

/* ---- what is told ---- */

struct looking { struct listener *l; struct str where; enum open_end end; struct reading r, again; struct buf told; bool number; };

static void tell(struct looking *k, struct str text)
{
	buf_put(&k->told, text);
	k->number |= has_number(text);
	text = str_trim(text);
	while (text.n && k->end == OPEN_DONE) {
		size_t n = open_part(text);
		if (!k->l->piece(k->l->to, &(struct piece){ .text = { text.p, n }, .where = k->where }))
			k->end = OPEN_STOPPED;
		text.p += n;
		text.n -= n;
	}
}

/* The numbers of a text, one a line: digits with single spaces or dashes between. */
static void put_numbers(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_digit(s.p[i]))
			buf_byte(b, s.p[i]);
		else if ((s.p[i] != ' ' && s.p[i] != '-') || i + 1 == s.n || !is_digit(s.p[i + 1]))
			buf_byte(b, '\n');
	}
}

/* Whether all digits of the line were told as one number. */
static bool told_digits(const struct looking *k, struct str line)
{
	struct buf mine = BUF(1 << 10), theirs = BUF(TEXT_MAX);
	for (size_t i = 0; i < line.n; i++)
		if (is_digit(line.p[i]))
			buf_byte(&mine, line.p[i]);
	put_numbers(&theirs, buf_str(&k->told));
	bool told = mine.n == 0 || memmem(theirs.p, theirs.n, mine.p, mine.n);
	buf_free(&mine);
	buf_free(&theirs);
	return told;
}

/* The stretch read with digits alone, when that makes it a number. */
static bool read_digits(struct looking *k, PIX *pix, const struct stretch *s, struct str *digits)
{
	int height = s->bottom - s->top, edge = height / 3;
	if (height < 8 || height > 400)
		return false;
	BOX *box = boxCreate(s->left - edge, s->top - edge, s->right - s->left + 2 * edge, height + 2 * edge);
	PIX *cut = pixClipRectangle(pix, box, NULL), *even = cut ? pixScale(cut, 48.0f / (float)height, 48.0f / (float)height) : NULL;
	if (even)
		read_pix(&k->again, even, SEGMENT_LINE, "0123456789");
	*digits = str_trim(buf_str(&k->again.text));
	bool number = even && has_number(*digits);
	pixDestroy(&even);
	pixDestroy(&cut);
	boxDestroy(&box);
	return number;
}

/* Tells what was just read of pix; only_new: just the lines with numbers that were not told. What looks like a number and is none as
 * it was read is read again. */
static void tell_reading(struct looking *k, PIX *pix, bool only_new)
{
	struct buf text = BUF(2 * TEXT_MAX);
	unsigned again = 0;
	for (size_t i = 0; i < k->r.lines; i++) {
		struct str line = line_text(&k->r, i), digits;
		const struct stretch *s = &k->r.line[i].number;
		struct str number = { k->r.text.p + s->from, s->n }, whole = line;
		size_t begin = text.n;
		if (s->n >= DIGITS_MIN - 1 && digits_in(number) >= 6 && !has_number(number) && again++ < NUMBERS_MAX &&
		    read_digits(k, pix, s, &digits)) {
			buf_put(&text, (struct str){ line.p, (size_t)(number.p - line.p) });
			buf_put(&text, digits);
			whole = (struct str){ number.p + number.n, (size_t)(line.p + line.n - number.p - number.n) };
		}
		buf_put(&text, whole);
		struct str said = { text.p + begin, text.n - begin };
		if (only_new && (digits_in(said) < 8 || told_digits(k, said)))
			text.n = begin;
	}
	tell(k, buf_str(&text));
	buf_free(&text);
}

static void read_as_page(struct looking *k, PIX *pix)
{
	PIX *page = resized(pix, PAGE_PIXELS), *even = page ? straight(page) : NULL;
	if (even) {
		read_pix(&k->r, even, SEGMENT_AUTO, "");
		tell_reading(k, even, false);
	}
	pixDestroy(&even);
	pixDestroy(&page);
}

static void read_as_photo(struct looking *k, PIX *photo)
{
	for (int inverted = 0; inverted < 2 && k->end == OPEN_DONE && !k->number && open_may_go_on(k->l); inverted++) {
		if (inverted)
			pixInvert(photo, photo);
		read_pix(&k->r, photo, SEGMENT_SPARSE, "");
		tell_reading(k, photo, true);
	}
}

/* How many quarters turn it upright: the way in which most words are sure. */
static int quarters(struct looking *k, PIX *pix)
{
	int best = 0;
	unsigned most = 0;
	PIX *small = resized(pix, TURNED_PIXELS);
	for (int way = 0; small && way < 4 && open_may_go_on(k->l); way++) {
		PIX *turned = pixRotateOrth(small, way);
		if (!turned)
			break;
		read_pix(&k->r, turned, SEGMENT_SPARSE, "");
		if (k->r.sure > most) {
			most = k->r.sure;
			best = way;
		}
		pixDestroy(&turned);
	}
	pixDestroy(&small);
	return best;
}

static void look(struct looking *k, PIX *pix)
{
	enum { FEW = 12 };
	read_as_page(k, pix);
	unsigned sure = k->r.sure, unsure = k->r.unsure;
	if (k->end != OPEN_DONE || k->number || (sure >= FEW && sure > unsure))
		return;
	PIX *photo = resized(pix, PHOTO_PIXELS), *even = photo ? evened(photo) : NULL;
	pixDestroy(&photo);
	int way = even && sure < FEW && unsure > sure ? quarters(k, even) : 0;
	if (way) {
		PIX *turned = pixRotateOrth(even, way);
		pixDestroy(&even);
		even = turned;
		if (even) {
			read_pix(&k->r, even, SEGMENT_AUTO, "");
			tell_reading(k, even, false);
		}
	}
	PIX *level = even ? straight(even) : NULL;
	pixDestroy(&even);
	if (level)
		read_as_photo(k, level);
	pixDestroy(&level);
}

enum open_end ocr_read(PIX *pix, struct str where, struct listener *l)
{
	struct looking *k = mem_zero(1, sizeof *k);
	*k = (struct looking){ .l = l, .where = where, .r.text = BUF(TEXT_MAX), .again.text = BUF(TEXT_MAX), .told = BUF(TEXT_MAX) };
	setMsgSeverity(L_SEVERITY_NONE);
	look(k, pix);
	pixDestroy(&pix);
	enum open_end end = k->end;
	buf_free(&k->r.text);
	buf_free(&k->again.text);
	buf_free(&k->told);
	free(k);
	return end;
}
