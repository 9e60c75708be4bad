/* sample - the invented business's exports. Everything about customer i comes from a generator seeded by (seed, i), so both files
 * agree without either being kept in memory. */
#include "sample.h"
#include "sample_data.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* splitmix64 */
struct dice { uint64_t state; };

static uint64_t roll(struct dice *d)
{
	uint64_t z = d->state += 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static uint32_t below(struct dice *d, uint32_t n)
{
	return (uint32_t)((roll(d) >> 32) * n >> 32);
}

static struct dice dice_for(uint64_t seed, uint64_t what, uint64_t i)
{
	struct dice d = { seed * 0x100000001B3u ^ what << 56 ^ i };
	roll(&d);
	return d;
}

/* ---- invented people ---- */

struct lines { struct str line[64]; uint32_t n; };

static void lines_of(struct str text, struct lines *out)
{
	out->n = 0;
	while (text.p && out->n < LENGTH(out->line)) {
		struct str s = str_split(&text, '\n');
		if (s.n)
			out->line[out->n++] = s;
	}
}

struct names { struct lines given, family, whole, streets, towns; };

static void names_read(struct names *n)
{
	lines_of(data_given_txt, &n->given);
	lines_of(data_family_txt, &n->family);
	lines_of(data_whole_txt, &n->whole);
	lines_of(data_streets_txt, &n->streets);
	lines_of(data_towns_csv, &n->towns);
}

static const char *const brands[] = { "Visa", "MasterCard", "American Express", "Discover" };

struct person {
	char given[64], family[64], email[96], phone[24], street[96];
	struct str town, region, zip;
	const char *brand; unsigned last4;
};

static void ascii_lower(const char *from, char *to, size_t n)
{
	size_t k = 0;
	for (; *from && k + 1 < n; from++) {
		char c = *from >= 'A' && *from <= 'Z' ? (char)(*from + 32) : *from;
		if (c >= 'a' && c <= 'z')
			to[k++] = c;
	}
	to[k] = 0;
}

static void person_make(const struct sample *s, const struct names *n, uint32_t i, struct person *p)
{
	struct dice d = dice_for(s->seed, 1, i);
	memset(p, 0, sizeof *p);
	struct str given = n->given.line[below(&d, n->given.n)], family = n->family.line[below(&d, n->family.n)];
	if (i % 97 == 11) {                              /* other scripts, written as one name */
		given = n->whole.line[below(&d, n->whole.n)];
		family = STR("");
	}
	snprintf(p->given, sizeof p->given, STR_FMT, STR_ARG(given));
	snprintf(p->family, sizeof p->family, STR_FMT, STR_ARG(family));
	char local[64];
	ascii_lower(p->family, local, sizeof local);
	bool email = below(&d, 100) < 86, phone = below(&d, 100) < 90, street = below(&d, 100) < 94;
	if (email)
		snprintf(p->email, sizeof p->email, "%s%u@example.com", *local ? local : "customer", i);
	if (phone)                                       /* 555-0100 to 0199 is kept for fiction (NANP): extensions of area codes tell them apart */
		snprintf(p->phone, sizeof p->phone, "+1%03u55501%02u", 201 + below(&d, 780), below(&d, 100));
	if (street) {
		struct str town = n->towns.line[below(&d, n->towns.n)], way = n->streets.line[below(&d, n->streets.n)];
		p->town = str_split(&town, ',');
		p->region = str_split(&town, ',');
		p->zip = town;
		snprintf(p->street, sizeof p->street, "%u " STR_FMT, 1 + below(&d, 400), STR_ARG(way));
	}
	p->brand = brands[below(&d, 10) < 5 ? 0 : below(&d, 10) < 6 ? 1 : 2 + below(&d, 2)];
	p->last4 = below(&d, 10000);
}

/* ---- writing ---- */

static FILE *file_on(int fd, struct err *e)
{
	int own = dup(fd);
	FILE *f = own >= 0 ? fdopen(own, "w") : NULL;
	if (!f) {
		err_errno(e, "The sample file could not be written");
		if (own >= 0)
			close(own);
	} else {
		setvbuf(f, NULL, _IOFBF, 1 << 18);
	}
	return f;
}

static bool file_done(FILE *f, struct err *e)
{
	bool bad = ferror(f);
	if (fclose(f) != 0 || bad)
		return err_errno(e, "The sample file could not be written");
	return true;
}

bool sample_square_customers(const struct sample *s, int fd, struct err *e)
{
	struct names n;
	FILE *f = file_on(fd, e);
	if (!f)
		return false;
	names_read(&n);
	fputs("Reference ID,First Name,Last Name,Email Address,Phone Number,Nickname,Company Name,Street Address 1,Street Address 2,City,State,"
	      "Postal Code,Birthday,Memo,Square Customer ID,Creation Source,First Visit,Last Visit,Transaction Count,Lifetime Spend,"
	      "Email Subscription Status\r\n", f);
	for (uint32_t i = 1; i <= s->customers; i++) {
		struct person p;
		person_make(s, &n, i, &p);
		fprintf(f, "F%05u,%s,%s,%s,%s%s,,,%s,,"STR_FMT","STR_FMT","STR_FMT",,,SQC%05u,Directory,,,,,Unsubscribed\r\n", i, p.given, p.family, p.email,
		        *p.phone ? "'" : "", p.phone, p.street, STR_ARG(p.town), STR_ARG(p.region), STR_ARG(p.zip), i);
	}
	return file_done(f, e);
}

static const char transactions_header[] =
	"Date,Time,Time Zone,Gross Sales,Discounts,Service Charges,Net Sales,Gift Card Sales,Tax,Tip,Partial Refunds,Total Collected,Source,Card,"
	"Card Entry Methods,Cash,Square Gift Card,Other Tender,Other Tender Type,Tender Note,Fees,Net Total,Transaction ID,Payment ID,Card Brand,"
	"PAN Suffix,Device Name,Staff Name,Staff ID,Details,Description,Event Type,Location,Dining Option,Customer ID,Customer Name,"
	"Customer Reference ID,Device Nickname,Third Party Fees,Deposit ID,Deposit Date,Deposit Details,Fee Percentage Rate,Fee Fixed Rate,"
	"Refund Reason,Discount Name,Transaction Status,Cash App,Order Reference ID,Fulfillment Note,Free Processing Applied,Channel,"
	"Unattributed Tips,Table Info,International Fee\r\n";

/* One payment's place in the year: the i-th of n equal stretches, on a working hour of that day, local time. */
static struct civil moment_of(const struct sample *s, struct dice *d, uint32_t i)
{
	int64_t length = s->to - s->from;
	int64_t day = (s->from + (int64_t)((__int128)length * i / s->payments)) / DAY * DAY;
	return civil_of(day + 7 * 3600 + 1800 + below(d, 11 * 3600));
}

bool sample_square_transactions(const struct sample *s, int fd, struct err *e)
{
	static const char *const jobs[] = { "Drain clearing", "Faucet repair", "Water heater service", "Leak repair", "Boiler check", "Pipe thawing" };
	static const char *const vans[] = { "Van 1 reader", "Van 2 reader", "Van 3 reader" };
	static const char *const staff[] = { "Ana Silva", "Ben Wu", "Cara Novak" };
	struct names n;
	FILE *f = file_on(fd, e);
	if (!f)
		return false;
	names_read(&n);
	fputs(transactions_header, f);
	for (uint32_t i = 0; i < s->payments; i++) {
		struct dice d = dice_for(s->seed, 2, i);
		struct civil c = moment_of(s, &d, i);
		uint32_t who = 1 + (below(&d, 3) ? below(&d, s->customers) : below(&d, s->customers / 8 + 1));
		struct person p;
		person_make(s, &n, who, &p);
		bool unnamed = below(&d, 16) == 0, cash = below(&d, 25) == 0, keyed = !cash && below(&d, 20) == 0, on_file = !cash && !keyed && below(&d, 30) == 0;
		bool refunded = !cash && below(&d, 90) == 0;
		uint32_t van = below(&d, 3);
		bool office = below(&d, 8) == 0;
		const char *device = keyed || on_file ? "" : office ? "Counter Register" : vans[van];
		const char *method = cash ? "N/A" : keyed ? "Keyed" : on_file ? "On File" : below(&d, 3) ? below(&d, 2) ? "Tapped" : "Dipped" : "Swiped";
		const char *source = keyed ? "Virtual Terminal" : on_file ? "Invoices" : "Point of Sale";
		unsigned dollars = 45 + below(&d, 400), cents = below(&d, 2) * 50;
		const char *job = jobs[below(&d, LENGTH(jobs))];
		/* what happens: somebody typed the whole card into the description. A published test number stands for it. */
		const char *note = keyed && i % 3 == 0 ? " - card 4111 1111 1111 1111 exp 12/29" : "";
		char id[32], last4[8] = "", customer[32] = "", reference[32] = "", name[140] = "";
		snprintf(id, sizeof id, "%016" PRIX64 "%08X", roll(&d), i);
		if (!cash)
			snprintf(last4, sizeof last4, "%04u", p.last4);
		if (!unnamed) {
			snprintf(customer, sizeof customer, "SQC%05u", who);
			snprintf(reference, sizeof reference, "F%05u", who);
			snprintf(name, sizeof name, "%s%s%s", p.given, *p.family ? " " : "", p.family);
		}
		for (int event = 0; event <= refunded; event++) {
			const char *minus = event ? "-" : "";
			fprintf(f, "%04d-%02d-%02d,%02d:%02d:%02d,Eastern Time (US & Canada),%s$%u.%02u,$0.00,$0.00,%s$%u.%02u,$0.00,$0.00,$0.00,$0.00,%s$%u.%02u,%s,"
			           "%s$%u.%02u,%s,%s$%u.%02u,$0.00,$0.00,,,$0.00,%s$%u.%02u,T%s,%s%s,%s,%s,%s,%s,TM%u,"
			           "https://squareup.com/dashboard/sales/transactions/T%s,%s%s,%s,Fernwood Plumbing,,%s,%s,%s,%s,$0.00,,,,2.6,$0.10,,,Complete,$0.00,,,"
			           "$0.00,Fernwood Plumbing,$0.00,,$0.00\r\n",
			        c.year, c.month, c.day, c.hour + (event && c.hour < 22), c.minute, c.second, minus, dollars, cents, minus, dollars, cents, minus, dollars,
			        cents, source, cash ? "" : minus, cash ? 0 : dollars, cash ? 0 : cents, method, cash ? minus : "", cash ? dollars : 0, cash ? cents : 0,
			        minus, dollars, cents, id, event ? "R" : "P", id, cash ? "" : p.brand, last4, device, staff[van], 100 + van, id, job, event ? "" : note,
			        event ? "Refund" : "Payment", customer, name, reference, device);
		}
	}
	return file_done(f, e);
}

bool sample_touches(const struct sample *s, uint32_t readers, int fd, struct err *e)
{
	FILE *f = file_on(fd, e);
	if (!f)
		return false;
	fputs("touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n", f);
	for (uint32_t i = 0; i < s->payments; i++) {
		struct dice d = dice_for(s->seed, 3, i);
		struct civil c = civil_of(s->from + (int64_t)((__int128)(s->to - s->from) * i / s->payments));
		uint32_t reader = below(&d, readers), who = 1 + below(&d, s->customers);
		char ref[16] = "";
		if (below(&d, 16))
			snprintf(ref, sizeof ref, "C-%08u", who);
		fprintf(f, "%04d-%02d-%02dT%02d:%02d:%02dZ,%s,R-%05u,Square,Staff %04u,Store %04u,%s,S%09u\n", c.year, c.month, c.day, c.hour, c.minute, c.second,
		        ref, reader, reader / 6, reader / 22, below(&d, 3) ? "card_number|card_expiry|card_last4" : "name|card_number|card_expiry|card_track", i);
	}
	return file_done(f, e);
}

/* ---- the verb ---- */

static bool write_file(struct op *op, struct str folder, const char *name, bool (*write)(const struct sample *, int, struct err *),
                       const struct sample *s, struct answer *answer)
{
	const char *path = arena_printf(op->a, STR_FMT "/%s", STR_ARG(folder), name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(&op->err, OUTSIDE, "folder", "%s can't be written: %s.", path, strerror(errno));
	bool good = write(s, fd, &op->err);
	close(fd);
	answer_row(answer);
	answer_text(answer, "file", str_of(path));
	answer_row_end(answer);
	answer_say(answer, "%s", path);
	return good;
}

static uint32_t readers_asked = 300;

static bool write_touches(const struct sample *s, int fd, struct err *e)
{
	return sample_touches(s, readers_asked, fd, e);
}

static bool sample_run(struct op *op, const struct args *args, struct answer *answer)
{
	int64_t seed = 1, customers = 2900, payments = 0, readers = 300;
	struct str folder = args_text(args, "folder");
	bool touches = args_has(args, "touches");
	args_number(args, "seed", &seed);
	args_number(args, "customers", &customers);
	args_number(args, "readers", &readers);
	if (!args_number(args, touches ? "touches" : "payments", &payments))
		payments = customers * 3;
	if (customers < 1 || customers > 100000000 || payments < 1 || payments > 1000000000 || readers < 1 || readers > 99999)
		return err_set(&op->err, INVALID, NULL, "--customers is 1 to 100 million, payments 1 to 1,000 million, --readers 1 to 99,999.");
	if (mkdir(arena_printf(op->a, STR_FMT, STR_ARG(folder)), 0700) != 0 && errno != EEXIST)
		return err_set(&op->err, OUTSIDE, "folder", "The folder " STR_FMT " can't be made: %s.", STR_ARG(folder), strerror(errno));
	struct civil from = { 2025, 1, 1, 0, 0, 0 }, to = { 2026, 1, 1, 0, 0, 0 };
	struct sample s = { (uint64_t)seed, (uint32_t)customers, (uint32_t)payments, civil_seconds(&from), civil_seconds(&to) };
	readers_asked = (uint32_t)readers;
	if (touches)
		return write_file(op, folder, "touches.csv", write_touches, &s, answer);
	return write_file(op, folder, "square-customers.csv", sample_square_customers, &s, answer) &&
	       write_file(op, folder, "square-transactions.csv", sample_square_transactions, &s, answer);
}

const struct verb sample_verbs[] = {
	{ "sample", "Writes the invented business's exports into a folder: for trying things out.", "handback sample exports", VERB_ALONE,
	  FIELDS({ "folder", FIELD_PATH, FIELD_PLACED | FIELD_NEEDED, "where to; made if it is not there" },
	         { "seed", FIELD_NUMBER, 0, "the same seed and size give the same files" },
	         { "customers", FIELD_NUMBER, 0, "how many customers; 2,900 if not told" },
	         { "payments", FIELD_NUMBER, 0, "how many payments; three a customer if not told" },
	         { "touches", FIELD_NUMBER, 0, "instead one touches.csv in our own format, with so many rows" },
	         { "readers", FIELD_NUMBER, 0, "with --touches: how many readers; 300 if not told" }), sample_run },
	{ 0 },
};
