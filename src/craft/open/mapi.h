/* mapi - what Outlook's properties are called [MS-OXPROPS], for messages in compound files and in TNEF. Pure. */
#ifndef MAPI_H
#define MAPI_H

#include <stdbool.h>
#include <stdint.h>

enum { MAPI_TEXT8 = 0x1E, MAPI_TEXT16 = 0x1F, MAPI_BINARY = 0x102, MAPI_OBJECT = 0x0D, MAPI_MANY = 0x1000 };
enum {
	PR_SENDER_NAME = 0x0C1A, PR_SENDER_EMAIL = 0x0C1F, PR_SENDER_SMTP = 0x5D01, PR_SENT_FOR_EMAIL = 0x0065, PR_BODY = 0x1000, PR_RTF = 0x1009,
	PR_HTML = 0x1013, PR_HEADERS = 0x007D, PR_SUBMITTED = 0x0039, PR_DELIVERED = 0x0E06, PR_PAGE = 0x3FFD, PR_INTERNET_PAGE = 0x3FDE,
	PR_DISPLAY_NAME = 0x3001, PR_EMAIL = 0x3003, PR_SMTP = 0x39FE, PR_DATA = 0x3701, PR_SHORT_NAME = 0x3704, PR_LONG_NAME = 0x3707, PR_MIME_TYPE = 0x370E,
};

const char *mapi_name(uint16_t id);                      /* for a person: "Subject", "mobile phone"; NULL: it has no words */
bool mapi_is_said(uint16_t id);                          /* its text is another property's too, or is made by machines */

#endif
