/* json - a JSON writer (RFC 8259). Values are escaped by construction; bad UTF-8 goes out as U+FFFD. */
#ifndef JSON_H
#define JSON_H

#include "base.h"

struct json { struct buf *out; uint64_t depth_bits; int depth; bool first, after_key; };
struct json json_to(struct buf *);
void json_open(struct json *, char bracket);             /* '{' or '[' */
void json_close(struct json *);
void json_key(struct json *, const char *);
void json_str(struct json *, struct str);
void json_i64(struct json *, int64_t);
void json_decimal(struct json *, double);                /* with three digits behind the point */
void json_bool(struct json *, bool);
void json_none(struct json *);

#endif
