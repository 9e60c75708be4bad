/* What the words around a number say it is. The list is the project's own; the words are lower case, sorted. */
#include "around.h"

#include <limits.h>

#define BEFORE 64
#define BEHIND 48
#define WORD_MAX 24

static const struct word { const char *word; enum sense sense; } words[] = {
#define C SENSE_CARD
#define O SENSE_OTHER
#define F SENSE_FILLER
	{ "aba", SENSE_ROUTING }, { "account", SENSE_ACCOUNT }, { "accounts", SENSE_ACCOUNT }, { "acct", SENSE_ACCOUNT }, { "ach", SENSE_ROUTING },
	{ "american", C }, { "amex", C }, { "amount", O }, { "approval", O }, { "article", O }, { "assurance", F }, { "asset", O },
	{ "assicurazione", F }, { "auth", O }, { "authorization", O }, { "bankcard", C }, { "bankleitzahl", SENSE_ROUTING }, { "barcode", O }, { "batch", O },
	{ "birth", SENSE_BIRTH }, { "birthdate", SENSE_BIRTH }, { "birthday", SENSE_BIRTH }, { "birthdays", SENSE_BIRTH }, { "block", O }, { "bookmark", O }, { "born", SENSE_BIRTH },
	{ "build", O }, { "bytes", O }, { "card", C }, { "cardholder", C }, { "cardno", C }, { "cardnum", C }, { "cardnumber", C },
	{ "cards", C }, { "carta", C }, { "cartao", C }, { "carte", C }, { "cart\xC3\xA3o", C }, { "case", O }, { "cc", C }, { "ccn", C },
	{ "ccno", C }, { "ccnum", C }, { "ccnumber", C }, { "cell", O }, { "charge", C }, { "charged", C }, { "checking", SENSE_ACCOUNT }, { "checksum", SENSE_MASKED },
	{ "cid", SENSE_CODE }, { "claim", O }, { "code", F }, { "commit", O }, { "confirmation", O }, { "container", O }, { "contract", O }, { "correlation", O }, { "coupon", O },
	{ "credit", C }, { "csc", SENSE_CODE }, { "customer", O }, { "cvc", SENSE_CODE }, { "cvn", SENSE_CODE }, { "cvv", SENSE_CODE }, { "dankort", C },
	{ "date", F }, { "de", F }, { "debit", C }, { "del", F }, { "delivery", O }, { "der", F }, { "device", O }, { "digest", SENSE_MASKED }, { "diners", C }, { "discover", C },
	{ "dl", SENSE_LICENCE }, { "dob", SENSE_BIRTH }, { "document", O }, { "driver", F }, { "drivers", F }, { "driving", F }, { "duns", O }, { "ean", O }, { "ein", O }, { "epoch", O },
	{ "event", O }, { "exp", SENSE_EXPIRY }, { "expiration", SENSE_EXPIRY }, { "expires", SENSE_EXPIRY }, { "expiry", SENSE_EXPIRY }, { "express", C }, { "fax", O }, { "fingerprint", SENSE_MASKED },
	{ "f\xC3\xBChrerschein", SENSE_LICENCE }, { "geboren", SENSE_BIRTH }, { "geburtsdatum", SENSE_BIRTH }, { "geburtstag", SENSE_BIRTH }, { "gift", O }, { "gtin", O }, { "guid", O }, { "hash", SENSE_MASKED },
	{ "iban", SENSE_IBAN }, { "iccid", O }, { "id", O }, { "identifier", O }, { "ids", O }, { "imei", O }, { "imsi", O }, { "index", O }, { "insurance", F }, { "inv", O }, { "invoice", O }, { "invoices", O },
	{ "is", F }, { "isbn", O }, { "isin", O }, { "issn", O }, { "item", O }, { "itin", SENSE_ITIN }, { "jcb", C }, { "kaart", C }, { "karte", C }, { "key", O },
	{ "konto", SENSE_ACCOUNT }, { "kontonummer", SENSE_ACCOUNT }, { "kort", C }, { "last4", SENSE_MASKED }, { "lastfour", SENSE_MASKED }, { "lat", O }, { "latitude", O }, { "licence", SENSE_LICENCE },
	{ "license", SENSE_LICENCE }, { "licencia", SENSE_LICENCE }, { "lon", O }, { "longitude", O }, { "lot", O }, { "loyalty", O }, { "mac", O }, { "maestro", C }, { "mastercard", C }, { "mc", C }, { "meid", O },
	{ "member", O }, { "membership", O }, { "message", O }, { "meter", O }, { "mobile", O }, { "model", O }, { "ms", O }, { "msg", O }, { "my", F }, { "nacimiento", SENSE_BIRTH }, { "nacido", SENSE_BIRTH }, { "naissance", SENSE_BIRTH },
	{ "nas", SENSE_SIN }, { "nascimento", SENSE_BIRTH }, { "nascita", SENSE_BIRTH }, { "national", F }, { "ni", SENSE_NINO }, { "nino", SENSE_NINO }, { "no", F }, { "node", O }, { "nonce", O }, { "nr", F }, { "ns", O }, { "num", F }, { "number", F }, { "numbers", F },
	{ "numero", F }, { "nummer", F }, { "n\xC3\xBAmero", F }, { "n\xC3\xA9", SENSE_BIRTH }, { "num\xC3\xA9ro", F }, { "object", O }, { "of", F }, { "offset", O }, { "ord", O }, { "order", O }, { "orders", O }, { "package", O }, { "page", O }, { "paid", C }, { "pan", C }, { "parcel", O },
	{ "part", O }, { "pasaporte", SENSE_PASSPORT }, { "passeport", SENSE_PASSPORT }, { "passnummer", SENSE_PASSPORT }, { "passport", SENSE_PASSPORT }, { "patent", O }, { "permiso", F }, { "phone", O }, { "pid", O }, { "pin", F }, { "policy", O }, { "process", O }, { "product", O }, { "random", O },
	{ "receipt", O }, { "record", O }, { "ref", O }, { "reference", O }, { "reisepass", SENSE_PASSPORT }, { "req", O }, { "request", O }, { "rev", O }, { "revision", O }, { "routing", SENSE_ROUTING }, { "row", O }, { "rtn", SENSE_ROUTING }, { "rupay", C }, { "savings", SENSE_ACCOUNT },
	{ "seed", O }, { "segment", O }, { "sequence", O }, { "seq", O }, { "serial", O }, { "session", O }, { "sha", SENSE_MASKED }, { "shipment", O }, { "shipping", O }, { "sin", SENSE_SIN }, { "siren", O }, { "siret", O }, { "size", O }, { "sku", O }, { "sn", O }, { "snowflake", O }, { "soc", SENSE_SSN },
	{ "social", SENSE_SSN }, { "span", O }, { "ssn", SENSE_SSN }, { "ssns", SENSE_SSN }, { "svc", F }, { "tarjeta", C }, { "tax", F }, { "taxpayer", SENSE_ITIN }, { "tel", O }, { "telephone", O }, { "the", F }, { "thread", O }, { "ticket", O }, { "tid", O }, { "time", O }, { "timestamp", O }, { "timestamps", O }, { "tin", SENSE_ITIN },
	{ "token", SENSE_MASKED }, { "total", O }, { "trace", O }, { "tracking", O }, { "trans", O }, { "transaction", O }, { "ts", O }, { "txn", O }, { "uid", O }, { "unionpay", C }, { "upc", O }, { "us", O }, { "user", O }, { "uuid", O }, { "value", F }, { "vat", O }, { "version", O }, { "verve", C }, { "vin", O }, { "visa", C }, { "voucher", O }, { "was", F }, { "waybill", O },
#undef C
#undef O
#undef F
};

/* Parts of compound words ("Kreditkartennummer", "creditcardno"). */
static const struct { const char *stem; enum sense sense; } stems[] = {
	{ "creditcard", SENSE_CARD }, { "cardn", SENSE_CARD }, { "karten", SENSE_CARD }, { "kreditk", SENSE_CARD }, { "kaartn", SENSE_CARD }, { "kortn", SENSE_CARD },
	{ "tarjet", SENSE_CARD }, { "debitcard", SENSE_CARD }, { "bankkort", SENSE_CARD }, { "birth", SENSE_BIRTH }, { "geburt", SENSE_BIRTH }, { "passport", SENSE_PASSPORT },
	{ "licens", SENSE_LICENCE }, { "licenc", SENSE_LICENCE }, { "routing", SENSE_ROUTING }, { "tracking", SENSE_OTHER }, { "timestamp", SENSE_OTHER }, { "accountn", SENSE_ACCOUNT },
	{ "ordern", SENSE_OTHER }, { "invoicen", SENSE_OTHER }, { "orderid", SENSE_OTHER }, { "f\xC3\xB8" "dsel", SENSE_BIRTH }, { "f\xC3\xB6" "delse", SENSE_BIRTH }, { "geboorte", SENSE_BIRTH },
	{ "rechnung", SENSE_OTHER }, { "bestell", SENSE_OTHER }, { "factur", SENSE_OTHER }, { "pedido", SENSE_OTHER }, { "commande", SENSE_OTHER },
};

static bool is_word(char c) { return is_letter(c) || (unsigned char)c > 127; }

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c; }

/* The table by first letter and length would be faster; by a hash made once it is fastest, and it is small. */
static const struct word *slots[1024];
static bool made;

static unsigned hash(const char *p, size_t n)
{
	unsigned h = (unsigned)n;
	for (size_t i = 0; i < n; i++)
		h = h * 31 + (unsigned char)p[i];
	return (h ^ h >> 10) & (LENGTH(slots) - 1);
}

static void make(void)
{
	for (size_t i = 0; i < LENGTH(words); i++) {
		unsigned at = hash(words[i].word, strlen(words[i].word));
		while (slots[at])
			at = (at + 1) & (LENGTH(slots) - 1);
		slots[at] = &words[i];
	}
	made = true;
}

enum sense word_sense(struct str word)
{
	char low[WORD_MAX + 1];
	if (!word.n || word.n > WORD_MAX)
		return SENSE_NONE;
	if (!made)
		make();
	for (size_t i = 0; i < word.n; i++)
		low[i] = lower(word.p[i]);
	low[word.n] = 0;
	for (unsigned at = hash(low, word.n); slots[at]; at = (at + 1) & (LENGTH(slots) - 1))
		if (strncmp(slots[at]->word, low, word.n) == 0 && !slots[at]->word[word.n])
			return slots[at]->sense;
	if (word.n >= 6)
		for (size_t i = 0; i < LENGTH(stems); i++)
			if (strstr(low, stems[i].stem))
				return stems[i].sense;
	return SENSE_NONE;
}

/* The next word of a heading; camelCase is several, and what that parts wrongly ("SSNs") is looked at as a whole too. */
static struct str heading_word(struct str h, size_t *at)
{
	while (*at < h.n && !is_word(h.p[*at]))
		++*at;
	size_t from = *at;
	while (*at < h.n && is_word(h.p[*at])) {
		bool hump = *at > from && h.p[*at] >= 'A' && h.p[*at] <= 'Z' && !(h.p[*at - 1] >= 'A' && h.p[*at - 1] <= 'Z');
		if (hump)
			break;
		++*at;
	}
	return (struct str){ h.p + from, *at - from };
}

uint32_t heading_senses(struct str h)
{
	uint32_t senses = 0;
	struct str word;
	if (h.n > 200)
		h.n = 200;
	for (size_t at = 0; (word = heading_word(h, &at)).n;)
		senses |= 1u << word_sense(word);
	for (size_t at = 0; at < h.n; at++)
		if (is_word(h.p[at]) && (!at || !is_word(h.p[at - 1]))) {
			word = word_at(h, at);
			/* "last4" and the like: letters and the digits behind them */
			size_t end = at + word.n;
			while (end < h.n && is_digit(h.p[end]))
				end++;
			senses |= 1u << word_sense(word) | 1u << word_sense((struct str){ h.p + at, end - at });
		}
	if (senses & SENSE(SSN) && memmem(h.p, h.n, "nsurance", 8))
		senses = (senses & ~SENSE(SSN)) | SENSE(SIN);      /* "social insurance" is Canada's */
	if (memmem(h.p, h.n, "ecurity", 7) && (memmem(h.p, h.n, "ode", 3)))
		senses |= SENSE(CODE);
	if (senses & SENSE(FILLER) && memmem(h.p, h.n, "ational", 7) && memmem(h.p, h.n, "nsurance", 8))
		senses |= SENSE(NINO);
	return senses & ~(SENSE(NONE) | SENSE(FILLER));
}

/* Where the word or key that ends at `to` begins. */
static size_t key_begin(struct str t, size_t to)
{
	size_t at = to;
	while (at && to - at < 48 && (is_word(t.p[at - 1]) || is_digit(t.p[at - 1]) || t.p[at - 1] == '_' || t.p[at - 1] == '-' || t.p[at - 1] == '.'))
		at--;
	return at;
}

static size_t back_over(struct str t, size_t at, const char *set)
{
	while (at && t.p[at - 1] && strchr(set, t.p[at - 1]))
		at--;
	return at;
}

struct str label_before(struct str t, size_t at)
{
	size_t i = back_over(t, at, " \t\"'");
	if (i && t.p[i - 1] == '>') {                       /* a tag */
		size_t end = i - 1, from = end;
		while (from && end - from < 120 && t.p[from - 1] != '<' && t.p[from - 1] != '\n')
			from--;
		if (!from || t.p[from - 1] != '<')
			return (struct str){ 0 };
		size_t n = 0;
		while (from + n < end && (joins(t.p[from + n]) || t.p[from + n] == '-' || t.p[from + n] == ':' || t.p[from + n] == '.'))
			n++;
		return (struct str){ t.p + from, n };
	}
	i = back_over(t, i, "[(");
	i = back_over(t, i, " \t");
	if (!i || !strchr(":=#", t.p[i - 1]))
		return (struct str){ 0 };
	i = back_over(t, i - 1, ":=#> \t");
	if (i && (t.p[i - 1] == '"' || t.p[i - 1] == '\'')) {       /* a quoted key */
		char quote = t.p[i - 1];
		size_t from = i - 1;
		while (from && i - from < 64 && t.p[from - 1] != quote && t.p[from - 1] != '\n')
			from--;
		return from && t.p[from - 1] == quote ? (struct str){ t.p + from, i - 1 - from } : (struct str){ 0 };
	}
	size_t from = key_begin(t, i);
	/* a label of several words: "Card number: " */
	for (int more = 0; more < 3 && from > 1 && t.p[from - 1] == ' ' && (is_word(t.p[from - 2]) || is_digit(t.p[from - 2])); more++)
		from = key_begin(t, from - 1);
	return (struct str){ t.p + from, i - from };
}

static bool is_cell_end(char c) { return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\x1f'; }

static void take(struct near *n, struct str t, size_t at, unsigned far, bool same_cell)
{
	struct str word = word_at(t, at);
	enum sense sense = word_sense(word);
	if (sense == SENSE_NONE || sense == SENSE_FILLER)
		return;
	if (sense == SENSE_CARD || sense == SENSE_EXPIRY || sense == SENSE_CODE)
		n->card = far < n->card ? far : n->card;
	if (sense == SENSE_OTHER || sense == SENSE_MASKED) {
		if (!same_cell)
			return;
		n->other = far < n->other ? far : n->other;
	}
	n->senses |= 1u << sense;
}

/* Of what detect_mask wrote nothing is evidence: "[card ending 1111]". */
static bool our_mask_around(struct str t, size_t at)
{
	size_t open = at;
	while (open && at - open < 12 && t.p[open - 1] != '[' && t.p[open - 1] != ']')
		open--;
	return open && t.p[open - 1] == '[' && str_starts((struct str){ t.p + open, t.n - open }, STR("card "));
}

/* The line that ends at `at` is short and has no number of its own: it may name what stands below. */
static bool is_label_line(struct str t, size_t at)
{
	for (size_t i = at; i && t.p[i - 1] != '\n'; i--)
		if (is_digit(t.p[i - 1]) || at - i > 40)
			return false;
	return true;
}

struct near words_near(struct str t, size_t from, size_t to)
{
	struct near n = { .card = UINT_MAX, .other = UINT_MAX };
	size_t low = from > BEFORE ? from - BEFORE : 0;
	bool same_cell = true, letters = false;
	for (size_t at = from; at > low; at--) {
		char c = t.p[at - 1];
		if (c == '\n' && (letters || !is_label_line(t, at - 1)))
			break;
		if (is_cell_end(c))
			same_cell = false;
		bool begins = is_word(c) && (at == 1 || !is_word(t.p[at - 2]));
		if (begins && !our_mask_around(t, at - 1))
			take(&n, t, at - 1, (unsigned)(from - at), same_cell);
		letters |= is_word(c);
	}
	size_t high = t.n - to > BEHIND ? to + BEHIND : t.n;
	for (size_t at = to; at < high && t.p[at] != '\n'; at++) {
		if (is_cell_end(t.p[at]))
			same_cell = false;
		if (is_word(t.p[at]) && !is_word(t.p[at - 1]) && !our_mask_around(t, at)) {
			struct str word = word_at(t, at);
			enum sense sense = word_sense(word);
			if (sense == SENSE_CARD || sense == SENSE_EXPIRY || sense == SENSE_CODE)    /* what stands behind is no label */
				take(&n, t, at, (unsigned)(at - to) + 8, false);
		}
	}
	return n;
}
