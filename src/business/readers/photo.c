/* photo - of a card reader: sealed in pieces, each at its own place, so that none can be moved or left out unseen at an end. */
#include "readers_int.h"
#include "readers_sql.h"
#include "seal.h"

#include <inttypes.h>

enum { PIECE = 256 << 10, PIECES_MAX = PHOTO_MAX / PIECE + 1 };

const char *photo_type(struct str s)
{
	if (s.n >= 3 && memcmp(s.p, "\xFF\xD8\xFF", 3) == 0)
		return "image/jpeg";
	if (s.n >= 8 && memcmp(s.p, "\x89PNG\r\n\x1A\n", 8) == 0)
		return "image/png";
	return s.n >= 12 && memcmp(s.p, "RIFF", 4) == 0 && memcmp(s.p + 8, "WEBP", 4) == 0 ? "image/webp" : NULL;
}

/* The first piece begins with the photo's whole length: an end that is missing shows. */
bool photo_keep(struct op *op, int64_t look, struct str photo)
{
	struct place place[PIECES_MAX];
	struct str plain[PIECES_MAX], sealed[PIECES_MAX];
	size_t n = 0;
	if (photo.n > PHOTO_MAX)
		return err_set(&op->err, TOO_BIG, "photo", "A photo has at most %d MB. Take it smaller.", PHOTO_MAX >> 20);
	if (!photo_type(photo))
		return err_set(&op->err, INVALID, "photo", "A photo is a JPEG, PNG or WebP file.");
	struct buf first = BUF(PIECE + 8);
	size_t head = photo.n < PIECE ? photo.n : PIECE;
	buf_u64(&first, photo.n);
	buf_put(&first, (struct str){ photo.p, head });
	plain[n++] = buf_str(&first);
	for (size_t at = head; at < photo.n; at += PIECE)
		plain[n++] = (struct str){ photo.p + at, photo.n - at < PIECE ? photo.n - at : PIECE };
	int64_t id = op_count_many(op, "photo", (int64_t)n);
	for (size_t i = 0; i < n; i++)
		place[i] = (struct place){ "inspection_photo", "sealed", op->business, id + (int64_t)i };
	bool good = id && op_keeper(op) && seal_wrap(op->seal, place, plain, sealed, n, op->a, &op->err);
	for (size_t i = 0; good && i < n; i++)
		good = sql_photo_put(op, place[i].row, look, sealed[i]);
	buf_free(&first);
	return good;
}

bool reader_photo(struct op *op, int64_t look, struct buf *out, const char **type)
{
	struct sql_photo_pieces q;
	struct place place[PIECES_MAX];
	struct str sealed[PIECES_MAX], plain[PIECES_MAX];
	size_t n = 0;
	if (!sql_photo_pieces(op, look, &q))
		return false;
	while (sql_photo_pieces_next(op, &q))
		if (n < PIECES_MAX) {
			place[n] = (struct place){ "inspection_photo", "sealed", op->business, q.id };
			sealed[n++] = arena_str(op->a, q.sealed);
		}
	if (op->err.code != OK)
		return false;
	if (!n)
		return err_set(&op->err, NOT_FOUND, "look", "There is no photo of look %" PRId64 ".", look);
	if (!op_key(op) || !op_looked(op, 1) || !seal_unwrap(op->seal, place, sealed, plain, n, op->a, &op->err))
		return false;
	struct cursor c = cursor_of(plain[0]);
	uint64_t whole = cursor_u64(&c);
	buf_put(out, (struct str){ (const char *)c.p, (size_t)(c.end - c.p) });
	for (size_t i = 1; i < n; i++)
		buf_put(out, plain[i]);
	*type = photo_type(buf_str(out));
	if (c.torn || out->full || out->n != whole || !*type)
		return err_set(&op->err, TORN, "look", "A piece of this photo is missing. Restore a backup.");
	return true;
}
