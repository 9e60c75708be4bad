/* lzfu - the packing of RTF bodies in Outlook's messages and folders [MS-OXRTFCP]. Pure. */
#ifndef LZFU_H
#define LZFU_H

#include "base.h"

/* Appends what is packed, up to the buffer's limit. false: it is damaged; what came before counts. */
bool lzfu_unpack(struct str packed, struct buf *rtf);

#endif
