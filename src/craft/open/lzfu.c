/* lzfu - unpacking by a window of 4 KiB that begins filled with what most RTF begins with. */
#include "lzfu.h"

enum { WINDOW = 4096, MAGIC_PACKED = 0x75465A4C, MAGIC_PLAIN = 0x414C454D };

static const char start[] =
	"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
	"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct window { char byte[WINDOW]; size_t at; };

static void put(struct window *w, struct buf *out, char c)
{
	w->byte[w->at] = c;
	w->at = (w->at + 1) % WINDOW;
	buf_byte(out, c);
}

bool lzfu_unpack(struct str packed, struct buf *rtf)
{
	struct cursor c = cursor_of(packed);
	cursor_u32(&c);                                  /* lengths: what comes is counted as it comes */
	cursor_u32(&c);
	uint32_t magic = cursor_u32(&c);
	cursor_u32(&c);                                  /* a checksum */
	if (magic == MAGIC_PLAIN && !c.torn)
		buf_put(rtf, cursor_bytes(&c, (size_t)(c.end - c.p)));
	if (magic != MAGIC_PACKED)
		return magic == MAGIC_PLAIN && !c.torn;
	struct window w = { .at = sizeof start - 1 };
	memcpy(w.byte, start, sizeof start - 1);
	while (!rtf->full) {
		uint8_t control = cursor_u8(&c);
		for (unsigned bit = 0; bit < 8 && !rtf->full; bit++) {
			if (!(control >> bit & 1)) {
				char literal = (char)cursor_u8(&c);
				if (c.torn)
					return false;
				put(&w, rtf, literal);
				continue;
			}
			unsigned high = cursor_u8(&c), low = cursor_u8(&c);
			size_t from = high << 4 | low >> 4;
			if (c.torn)
				return false;
			if (from == w.at)
				return true;
			for (unsigned n = (low & 15) + 2; n; n--, from = (from + 1) % WINDOW)
				put(&w, rtf, w.byte[from]);
		}
	}
	return false;
}
