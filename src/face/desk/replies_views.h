/* replies_views - what the page of replies is given. */
#ifndef REPLIES_VIEWS_H
#define REPLIES_VIEWS_H

#include "form.h"
#include "html.h"

struct reply_line { struct said label; struct str text; };
/* link: where what is asked for is done. line: what stands in it; locked ones have none. */
struct reply_row { int64_t id; struct str ref, came; struct said what; bool unopened, done; struct path link; struct said link_words; struct reply_line line[4]; size_t lines; };
struct replies_view { const struct form *form; const struct reply_row *row; size_t rows; int64_t unopened; bool locked, all, is_public; struct path more; };

#endif
