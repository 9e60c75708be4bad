/* mapi - the table of properties that have words. */
#include "mapi.h"
#include "base.h"

static const struct { uint16_t id; const char *name; } known[] = {
	{ 0x0037, "Subject" }, { PR_BODY, "text" }, { PR_HTML, "HTML text" }, { PR_SENDER_NAME, "From" }, { PR_SENDER_EMAIL, "From" }, { PR_SENDER_SMTP, "From" },
	{ 0x0042, "From" }, { PR_SENT_FOR_EMAIL, "From" }, { 0x0E02, "Bcc" }, { 0x0E03, "Cc" }, { 0x0E04, "To" }, { 0x0050, "Reply-To" },
	{ PR_DISPLAY_NAME, "name" }, { PR_EMAIL, "e-mail address" }, { PR_SMTP, "e-mail address" }, { 0x3004, "comment" }, { 0x3A00, "account" },
	{ 0x3A02, "callback phone" }, { 0x3A06, "given name" }, { 0x3A08, "business phone" }, { 0x3A09, "home phone" }, { 0x3A11, "surname" }, { 0x3A15, "address" },
	{ 0x3A16, "company" }, { 0x3A1A, "phone" }, { 0x3A1B, "business phone" }, { 0x3A1C, "mobile phone" }, { 0x3A1F, "other phone" }, { 0x3A23, "fax" },
	{ 0x3A24, "business fax" }, { 0x3A27, "city" }, { 0x3A29, "street" }, { 0x3A2A, "postal code" }, { 0x3A2F, "home phone" }, { 0x3A4A, "customer number" },
	{ 0x3A4C, "web page" }, { 0x3A5D, "home street" }, { 0x3A5B, "home postal code" },
};

const char *mapi_name(uint16_t id)
{
	for (size_t i = 0; i < LENGTH(known); i++)
		if (known[i].id == id)
			return known[i].name;
	return NULL;
}

bool mapi_is_said(uint16_t id)
{
	static const uint16_t ids[] = { 0x001A, 0x003D, 0x0070, 0x0E1D, 0x1035, 0x1039, 0x1042, 0x0064, 0x0075, 0x0077, 0x0C1E, 0x3002, 0x3FF8, 0x3FFA,
	                                PR_HEADERS, PR_RTF, 0x0E05, 0x5D02, 0x5D07, 0x5D08, 0x0076, 0x0078, 0x0040, 0x0044, 0x3703, 0x3712,
	                                PR_MIME_TYPE };
	for (size_t i = 0; i < LENGTH(ids); i++)
		if (ids[i] == id)
			return true;
	return false;
}
