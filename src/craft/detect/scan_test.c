/* scan: what is found in whole texts and documents, how sure, where, and what is left alone. */
#include "scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct seen { struct finding f[64]; size_t n; char where[64], heading[64]; };

static void take(void *to, const struct finding *f)
{
	struct seen *s = to;
	if (s->n < LENGTH(s->f))
		s->f[s->n] = *f;
	if (s->n++ == 0) {
		snprintf(s->where, sizeof s->where, STR_FMT, STR_ARG(f->where));
		snprintf(s->heading, sizeof s->heading, STR_FMT, STR_ARG(f->heading));
	}
}

static struct scanner *scanner;

static int open_scanner(void **state)
{
	(void)state;
	scanner = scanner_open((const uint8_t[16]){ 7 });
	return 0;
}

static int close_scanner(void **state)
{
	(void)state;
	scanner_close(scanner);
	return 0;
}

static struct seen scan(struct str text)
{
	struct seen s = { 0 };
	scanner_begin(scanner, take, &s);
	for (bool last = false; !last;) {
		size_t room, n;
		char *p = scanner_room(scanner, &room);
		n = text.n < room ? text.n : room;
		memcpy(p, text.p, n);
		text.p += n;
		text.n -= n;
		last = n < room;
		scanner_take(scanner, n, last);
	}
	scanner_end(scanner);
	return s;
}

/* The findings of a text, in words: "card_class_line ..." */
static const char *said(const char *text)
{
	static char words[1024];
	static const char *const sorts[HIT_SORTS] = { "", "card", "track", "code", "test", "ssn", "itin", "iban", "bank", "sin", "nino", "birth", "passport", "licence" };
	static const char *const classes[] = { "unlikely", "likely", "certain" };
	struct seen s = scan(str_of(text));
	size_t n = 0;
	words[0] = 0;
	for (size_t i = 0; i < s.n && i < LENGTH(s.f); i++)
		n += (size_t)snprintf(words + n, sizeof words - n, "%s%s %s %d", i ? ", " : "", sorts[s.f[i].sort], classes[s.f[i].class], (int)s.f[i].line);
	return words;
}

#define SAYS(text, words) assert_string_equal(said(text), words)

static void cards_in_every_writing(void **state)
{
	(void)state;
	SAYS("My card is 4539 5787 6362 1486, thanks", "card certain 1");
	SAYS("\n\nCard: 4539-5787-6362-1486\n", "card certain 3");
	SAYS("4539.5787.6362.1486", "card certain 1");
	SAYS("pan=4539578763621486;", "card certain 1");
	SAYS("4539\xC2\xA0" "5787\xC2\xA0" "6362\xC2\xA0" "1486", "card certain 1");
	SAYS("4539\xE2\x80\x89" "5787\xE2\x80\x89" "6362\xE2\x80\x89" "1486", "card certain 1");
	SAYS("4539\xE2\x80\x93" "5787\xE2\x80\x93" "6362\xE2\x80\x93" "1486", "card certain 1");
	SAYS("amex 3714 496353 98430", "");                                  /* a wrong check digit */
	SAYS("amex 3714 861234 56784", "card certain 1");
	SAYS("4539578763621486 12/29", "card certain 1");
	SAYS("4539578763621486", "card likely 1");
	SAYS("4539578763621486.0", "card likely 1");
	SAYS("card 4539578763621486 cvv 123", "card certain 1, code certain 1");
	SAYS("cvv 123", "");
	SAYS("Card number\n4539 5787 6362 1486\nExpires\n04/28\nSecurity code\n506\n", "card certain 2, code certain 6");
	SAYS("N\xC3\xBAmero de tarjeta: 4539 5787 6362 1486\nC\xC3\xB3""digo de seguridad: 537\n", "card certain 1, code certain 2");
	SAYS("'cardNumber' => '4539578763621486',\n'cardCvc' => '440',\n", "card certain 1, code certain 2");
	SAYS("x_card_num=4539578763621486&x_card_code=093", "card certain 1, code certain 1");
	SAYS("<CardNum>4539578763621486</CardNum><CVNum>875</CVNum>", "card certain 1, code certain 1");
	SAYS("Card#:4539578763621486Exp:0127", "card certain 1");
	SAYS("name,note\nAna,card 4539 5787 6362 1486 cvv 123\n", "card certain 2, code certain 2");
	/* lines of JSON are no table, however alike they are */
	SAYS("{\"ts\": 1, \"body\": \"{\\\"pan\\\": \\\"4539578763621486\\\", \\\"cvv\\\": \\\"123\\\"}\"}\n"
	     "{\"ts\": 2, \"body\": \"{\\\"pan\\\": \\\"4485275742308327\\\", \\\"cvv\\\": \\\"456\\\"}\"}\n",
	     "card certain 1, code certain 1, card certain 2, code certain 2");
}

static void less_usual_writings(void **state)
{
	(void)state;
	SAYS("card 4539\xC2\xB7" "5787\xC2\xB7" "6362\xC2\xB7" "1486", "card certain 1");
	SAYS("card 4539 \xE2\x80\xA2 5787 \xE2\x80\xA2 6362 \xE2\x80\xA2 1486", "card certain 1");
	SAYS("card 4539=5787=6362=1486 and 4485~2757~4230~8327", "card certain 1, card certain 1");
	SAYS("card (4539) 5787 6362 1486", "card certain 1");
	SAYS("card (4539) (5787) (6362) (1486)", "card certain 1");
	SAYS("card 4539 5787-6362 1486", "card certain 1");
	SAYS("4539 5787-6362 1486", "card unlikely 1");
	SAYS("file id_4539578763621486_card.txt", "card certain 1");
	SAYS("file 4539578763621486_card.txt", "card certain 1");
	SAYS("file id_4539578763621486_id.txt", "");
	SAYS("paid VISA4539578763621486EXP1229 today", "card certain 1");
	SAYS("paid VISA4539578763621486X1229 today", "");
	SAYS("paid 4539578763621486EXP1229 today", "");
	SAYS("Florida driver license F255-921-50-094-0", "licence likely 1");
	SAYS("part F255-921-50-094-0", "");
}

static void what_is_hidden_is_unfolded(void **state)
{
	(void)state;
	SAYS("<td><b>4539</b> 5787 6362 1486</td>", "card certain 1");
	SAYS("<td>4539</td><td>5787</td><td>6362</td><td>1486</td>", "card likely 1");
	SAYS("card &#52;&#53;395787&#54;3621486", "card certain 1");
	SAYS("\"card\": \"\\u0034\\u0035395787\\u00363621486\"", "card certain 1");
	SAYS("?card=4539%205787%206362%201486&", "card certain 1");
	SAYS("?card=4539%25205787%25206362%25201486&", "card certain 1");
	SAYS("card \"\\64\\65\\63\\71\\65\\67\\70\\67\\66\\63\\66\\62\\61\\64\\70\\66\"", "card certain 1");
	SAYS("card 4539 5787=20=\r\n6362 1486", "card certain 1");
	SAYS("card 4539 5787\r\n6362 1486", "card certain 1");
	SAYS("card number 4539\xE2\x80\x8B" "5787\xE2\x80\x8B" "6362\xE2\x80\x8B" "1486", "card certain 1");
	SAYS("card \xEF\xBC\x94\xEF\xBC\x95\xEF\xBC\x93\xEF\xBC\x99\xEF\xBC\x95\xEF\xBC\x97\xEF\xBC\x98\xEF\xBC\x97\xEF\xBC\x96\xEF\xBC\x93\xEF\xBC\x96\xEF\xBC\x92\xEF\xBC\x91\xEF\xBC\x94\xEF\xBC\x98\xEF\xBC\x96", "card certain 1");
	SAYS("x: bXkgY2FyZCBudW1iZXIgaXMgNDUzOTU3ODc2MzYyMTQ4NiBhbmQgbW9yZQo=\n", "card certain 1");
	SAYS("card \"\\064\\065\\063\\071\\065\\067\\070\\067\\066\\063\\066\\062\\061\\064\\070\\066\"", "card certain 1");
	SAYS("<text>Card <tspan>45395787</tspan><tspan>63621486</tspan></text>", "card certain 1");
	/* in a terminal's colours, also inside of JSON */
	SAYS("paid by \x1B[31m4539578763621486\x1B[0m today", "card likely 1");
	SAYS("card=\x1B[01;31m\x1B[K4539578763621486\x1B[m\x1B[K", "card certain 1");
	SAYS("card \x1B[1m4539 5787\x1B[0m \x1B[1m6362 1486\x1B[0m", "card certain 1");
	SAYS("\x1B[33mcard\n\x1B[33m4539578763621486 was charged", "card certain 2");
	SAYS("{\"log\": \"card \\u001b[31m4539578763621486\\u001b[0m paid\"}", "card certain 1");
	SAYS("id\x1B[3Q4539578763621486", "");
	/* nothing but a number in base64 */
	SAYS("{\"id\": 10293847, \"card\": \"NDUzOTU3ODc2MzYyMTQ4Ng==\"}", "card certain 1");
	SAYS("{\"id\": 10293847, \"card\": \"NDUzOTU3ODc2MzYyMTQ4NQ==\"}", "");
	SAYS("{\"id\": 10293847, \"card\": \"NDUzOTU3ODc2MzYyMTQ4NnhO\"}", "");
	/* in hexadecimal, as databases write out bytes */
	SAYS("VALUES (17,'card',0x34353339353738373633363231343836,'12/29')", "card likely 1");
	SAYS("{\"card\": \"\\\\x43617264203435333920353738372036333632203134383600\"}", "card certain 1");
	SAYS("0x34353339353738373633363231343837, 0x44353339353738373633363231343836", "");
	SAYS("card = \"4539\" & \"5787\" & \"6362\" & \"1486\"", "card certain 1");
	assert_int_equal(scan(STR("card 0x34353339353738373633363231343836")).f[0].length, 32);
	assert_int_equal(scan(STR("id 10293847 NDUzOTU3ODc2MzYyMTQ4Ng==")).f[0].length, 22);
	char wide[200], text[] = "my card 4539578763621486 here";
	size_t n = sizeof text - 1;
	for (size_t i = 0; i < n; i++)
		wide[2 * i] = text[i], wide[2 * i + 1] = 0;
	struct seen little = scan((struct str){ wide, 2 * n });
	assert_int_equal(little.n, 1);
	assert_int_equal(little.f[0].class, SCAN_CERTAIN);
	memmove(wide + 1, wide, 2 * n);
	wide[0] = 0;
	assert_int_equal(scan((struct str){ wide, 2 * n }).n, 1);
}

/* Each part of a number in a field, a box or a string of its own. */
static void numbers_in_parts_are_put_together(void **state)
{
	(void)state;
	SAYS("{\"name\": \"Ana\", \"card1\": \"4539\", \"card2\": \"5787\", \"card3\": \"6362\", \"card4\": \"1486\"}", "card certain 1");
	SAYS("{\"region\": \"north\", \"sales1\": \"4539\", \"sales2\": \"5787\", \"sales3\": \"6362\", \"sales4\": \"1486\"}", "card unlikely 1");
	SAYS("POST /pay\n\nccnum1=4539&ccnum2=5787&ccnum3=6362&ccnum4=1486&expmonth=09\n", "card certain 3");
	SAYS("Card: <input name=\"c1\" size=\"4\" value=\"3782\"> <input name=\"c2\" size=\"6\" value=\"822463\"> <input name=\"c3\" size=\"5\" value=\"10005\">", "test likely 1");
	SAYS("Card: <input name=\"c1\" size=\"4\" value=\"4539\"> - <input name=\"c2\" size=\"4\" value=\"5787\"> - <input name=\"c3\" size=\"4\" value=\"6362\"> - <input name=\"c4\" size=\"4\" value=\"1486\">",
	     "card likely 1");
	SAYS("Amex ccnum1=3742&ccnum2=451890&ccnum3=12345", "");
	SAYS("Amex ccnum1=3742&ccnum2=451890&ccnum3=12346", "card certain 1");
	/* one more of the same is a list */
	SAYS("ccnum1=4539&ccnum2=5787&ccnum3=6362&ccnum4=1486&ccnum5=2000", "");
	SAYS("ccnum0=2000&ccnum1=4539&ccnum2=5787&ccnum3=6362&ccnum4=1486", "");
	SAYS("Card number    3714   49635398431", "test certain 1");
	SAYS("Card number    3745   18901234502\nroom 3745 18901234509", "card unlikely 2");
	/* boxes */
	SAYS("Card number |4|5|3|9|5|7|8|7|6|3|6|2|1|4|8|6| valid", "card certain 1");
	SAYS("levels |4|5|3|9|5|7|8|7|6|3|6|2|1|4|8|6| of 9", "card unlikely 1");
	SAYS("<p>Card: <i>4</i><i>5</i><i>3</i><i>9</i><i>5</i><i>7</i><i>8</i><i>7</i><i>6</i><i>3</i><i>6</i><i>2</i><i>1</i><i>4</i><i>8</i><i>6</i></p>", "card certain 1");
	SAYS("{\"pan\": [4, 5, 3, 9, 5, 7, 8, 7, 6, 3, 6, 2, 1, 4, 8, 6]}", "card likely 1");
	SAYS("{\"pan\": [4, 5, 3, 9, 5, 7, 8, 7, 6, 3, 6, 2, 1, 4, 8, 6, 4, 5, 3, 9, 5]}", "");
	SAYS("char pan[] = { '4', '5', '3', '9', '5', '7', '8', '7', '6', '3', '6', '2', '1', '4', '8', '6', 0 };", "card certain 1");
	SAYS("byte pan[] = { 0x34, 0x35, 0x33, 0x39, 0x35, 0x37, 0x38, 0x37, 0x36, 0x33, 0x36, 0x32, 0x31, 0x34, 0x38, 0x36 };", "card likely 1");
	SAYS("pan = \"\\u{34}\\u{35}\\u{33}\\u{39}\\u{35}\\u{37}\\u{38}\\u{37}\\u{36}\\u{33}\\u{36}\\u{32}\\u{31}\\u{34}\\u{38}\\u{36}\"", "card certain 1");
	/* as a spreadsheet shows it */
	SAYS("Card number: 4,539,578,763,621,486 exp 09/28", "card certain 1");
	SAYS("Card number: 1,024,4,539,578,763,621,486,123", "");
	SAYS("total bytes: 4,539,578,763,621,486", "card unlikely 1");
	/* strings that a program puts together, also over lines */
	SAYS("String PAN = \"45395787\"\n\t\t+ \"63621486\";", "card certain 1");
	SAYS("CARD = (\n    \"4539\"\n    \"5787\"\n    \"6362\"\n    \"1486\"\n)\n", "card likely 2");
	SAYS("card = \"453957\" & _\r\n  \"8763621486\"", "card certain 1");
	SAYS("SET pan = '453957' || '8763621486'", "card certain 1");
	SAYS("id = \"45395787\" + \"63621486\"", "card unlikely 1");
	SAYS("pan = [\"45395787\", \"63621486\"]", "");
	SAYS("pan = \"45395787\" + \"63621486\" + \"12\"", "");
	/* what is left of one text is not counted in the next */
	assert_int_equal(scan(STR("a=\"1111\" b=\"2222\" b=\"3333\" b=\"4444\" b=\"5555\" |4|5|3|9|5|7|8|7|6|3|6|2|1|4|8|5|")).n, 0);
	SAYS("card 4539578763621486", "card certain 1");
}

/* Bytes as programs show them. */
static void dumps_are_read(void **state)
{
	(void)state;
	static const char xxd[] = "00000000: 0256 616e 6465 7220 2063 6172 643d 3435  .Vander  card=45\n"
	                          "00000010: 3339 3537 3837 3633 3632 3134 3836 2065  39578763621486 e\n";
	static const char hexdump[] = "00000000  02 56 61 6e 64 65 72 20  20 63 61 72 64 3d 34 35  |.Vander  card=45|\n"
	                              "00000010  33 39 35 37 38 37 36 33  36 32 31 34 38 36 20 65  |39578763621486 e|\n";
	SAYS(xxd, "card certain 1");
	SAYS(hexdump, "card certain 1");
	SAYS("10:02:11 RX card 02 00 34 35 33 39 35 37 38 37 36 33 36 32 31 34 38 36 03\n", "card certain 1");
	SAYS("10:02:11 RX card 02 00 34 35 33 39 35 37 38 37 36 33 36 32 31 34 38 35 03\n", "");
	struct seen s = scan(STR(xxd));
	assert_int_equal(s.f[0].at, 45);                 /* the first of its bytes */
	assert_true(s.f[0].signs & 1u << SIGN_ENCODED);
	/* in UTF-16 before it was put into base64 */
	SAYS("cc=NAA1ADMAOQA1ADcAOAA3ADYAMwA2ADIAMQA0ADgANgA=", "card certain 1");
	SAYS("{\"id\": 10293847, \"card\": \"NAA1ADMAOQA1ADcAOAA3ADYAMwA2ADIAMQA0ADgANgA=\"}", "card certain 1");
}

static void sixteen(char digit[17], uint64_t *chance, bool right)
{
	unsigned sum = 0;
	memcpy(digit, "4539", 4);
	for (int i = 4; i < 15; i++) {
		*chance = *chance * 6364136223846793005u + 1442695040888963407u;
		digit[i] = (char)('0' + (*chance >> 33) % 10);
	}
	for (int i = 0; i < 15; i++) {
		unsigned d = (unsigned)(digit[i] - '0') * (i % 2 ? 1 : 2);
		sum += d > 9 ? d - 9 : d;
	}
	digit[15] = (char)('0' + (200 - sum + (right ? 0 : 3)) % 10);
	digit[16] = 0;
}

/* Numbers in the same columns of each line, with other digits right around them; or spaces, and then in the column in front such as pass by chance. */
static size_t in_records(char *text, size_t n, const char *head, bool good, bool spaced)
{
	uint64_t chance = 7;
	size_t at = (size_t)snprintf(text, n, "%s", head);
	for (unsigned row = 0; row < 40; row++) {
		char first[17], second[17];
		sixteen(first, &chance, good || row % 8 == 0);
		sixteen(second, &chance, row % 8 == 3);
		if (spaced)
			at += (size_t)snprintf(text + at, n - at, "%c%-11s%-20s%s%9u\n", 'A' + (int)row % 26, row < 26 ? "na" : "bo", second, first, row * 79);
		else
			at += (size_t)snprintf(text + at, n - at, "5%06u%s2912%010uUSD\n", row * 37, first, row * 7919);
	}
	return at;
}

static void columns_of_records_are_known(void **state)
{
	(void)state;
	char text[4000];
	size_t n = in_records(text, sizeof text, "HEAD OF A BATCH\n", true, false);
	struct seen s = scan((struct str){ text, n });
	assert_int_equal(s.n, 40);
	assert_int_equal(s.f[39].class, SCAN_CERTAIN);
	assert_int_equal(s.f[39].line, 41);
	assert_int_equal(s.f[39].column, 8);
	assert_int_equal(s.f[39].length, 16);
	n = in_records(text, sizeof text, "", false, false);
	assert_int_equal(scan((struct str){ text, n }).n, 0);
	n = in_records(text, sizeof text, "", true, true);
	s = scan((struct str){ text, n });
	assert_int_equal(s.n, 45);
	for (size_t i = 0; i < s.n; i++)
		assert_int_equal(s.f[i].class, s.f[i].column == 33 ? SCAN_CERTAIN : SCAN_UNLIKELY);
}

static void a_number_goes_on_in_the_next_line(void **state)
{
	(void)state;
	SAYS("her card number is 453957\n8763621486, she says", "card likely 1");
	SAYS("her card number is 4539578763\r\n621486, she says", "card likely 1");
	SAYS("DESCRIPTION:card on file 45395787\r\n 63621486 exp 10/27\r\n", "card likely 1");        /* RFC 5545, 3.1 */
	SAYS("NOTE:card on file 4539 5787 63\r\n 62 1486 exp 10/27\r\n", "card certain 1");
	SAYS("her card number is 4539-578\n7-6362-1486, she says", "card certain 1");
	SAYS("her card number is 453957\n8763621487, she says", "");
	SAYS("453957\n8763621486\n", "card unlikely 1");       /* two numbers of a list */
	SAYS("her card number is 453957\n\n8763621486, she says", "");
	SAYS("her card number is 45395787\n6362 1486 of them", "");
	/* in cells of their own, where a heading or an expiry says so */
	SAYS("name,card1,card2,card3,card4,exp\nAna 1,4539,5787,6362,1486,10/27\nBo 2,4485,2757,4230,8327,11/27\n", "card certain 2, card certain 3");
	SAYS("name,a,b,c,d,total\nAna 1,4539,5787,6362,1486,1027\nBo 2,4485,2757,4230,8327,1127\n", "");
}

/* "STORE 0412 ALBANY NY TERMINAL 17", "CARD 4539578763621486 EXP 09/28", "BATCH 0044 CLOSED BY ANA" as a bank's host writes it. */
static void ebcdic_is_read(void **state)
{
	(void)state;
	static const char text[] =
		"\xE2\xE3\xD6\xD9\xC5\x40\xF0\xF4\xF1\xF2\x40\xC1\xD3\xC2\xC1\xD5\xE8\x40\xD5\xE8\x40\xE3\xC5\xD9\xD4\xC9\xD5\xC1\xD3\x40"
		"\xF1\xF7\x15\xC3\xC1\xD9\xC4\x40\xF4\xF5\xF3\xF9\xF5\xF7\xF8\xF7\xF6\xF3\xF6\xF2\xF1\xF4\xF8\xF6\x40\xC5\xE7\xD7\x40\xF0"
		"\xF9\x61\xF2\xF8\x15\xC2\xC1\xE3\xC3\xC8\x40\xF0\xF0\xF4\xF4\x40\xC3\xD3\xD6\xE2\xC5\xC4\x40\xC2\xE8\x40\xC1\xD5\xC1\x15";
	const size_t n = sizeof text - 1;
	struct seen s = scan((struct str){ text, n });
	assert_int_equal(s.n, 1);
	assert_int_equal(s.f[0].class, SCAN_CERTAIN);
	assert_int_equal(s.f[0].at, 38);
	assert_int_equal(s.f[0].line, 2);
	/* over blocks: the second is read as the first */
	const size_t many = 9000;
	char *all = malloc(many * n);
	for (size_t i = 0; i < many; i++)
		memcpy(all + i * n, text, n);
	assert_int_equal(scan((struct str){ all, many * n }).n, many);
	free(all);
	/* ASCII with as many signs for its spaces, and what is hardly text */
	SAYS("a@b.example c@d.example 4539578763621486@x card 4539578763621486 @ @ @ @ @ @ @ @ @ @ @", "card certain 1");
}

static void utf32_is_read(void **state)
{
	(void)state;
	const char text[] = "my card 4539578763621486 here";
	for (size_t place = 0; place <= 3; place += 3) {
		char wider[sizeof text * 4] = { 0 };
		for (size_t i = 0; i + 1 < sizeof text; i++)
			wider[4 * i + place] = text[i];
		assert_int_equal(scan((struct str){ wider, 4 * (sizeof text - 1) }).n, 1);
	}
}

static void what_is_no_card_is_left_alone(void **state)
{
	(void)state;
	SAYS("order 4539578763621486 shipped", "card unlikely 1");
	SAYS("tracking: 4539578763621486", "card unlikely 1");
	SAYS("0.4539578763621486", "");
	SAYS("x4539578763621486", "");
	SAYS("45395787636214860", "");
	SAYS("4539578763621486-1234567-4539578763621486-12345678901234567890", "card unlikely 1");
	SAYS("9c5b94b1-35ad-49bb-b118-453957876362", "");
	SAYS("4111 1111 1111 1111", "test certain 1");
	SAYS("[card ending 1486] 4539578763621486", "card likely 1");
}

/* One in ten passes: chance. All pass: cards. */
static void a_column_tells_chance_from_cards(void **state)
{
	(void)state;
	char text[4096];
	size_t n = (size_t)snprintf(text, sizeof text, "when,number,what\n");
	for (unsigned i = 0; i < 40; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%u,45395787636%05u,tea\n", i, 20000 + i * 37);
	struct seen s = scan((struct str){ text, n });
	assert_in_range(s.n, 1, 12);
	for (size_t i = 0; i < s.n; i++)
		assert_int_equal(s.f[i].class, SCAN_UNLIKELY);
	n = (size_t)snprintf(text, sizeof text, "when,number,what\n");
	for (unsigned i = 0; i < 10; i++) {
		char number[32];
		snprintf(number, sizeof number, "45395787636%04u", 2000 + i * 37);
		unsigned sum = 0;
		for (unsigned k = 0; k < 15; k++) {
			unsigned d = (unsigned)(number[14 - k] - '0') << !(k & 1);
			sum += d > 9 ? d - 9 : d;
		}
		n += (size_t)snprintf(text + n, sizeof text - n, "%u,%s%u,tea\n", i, number, (10 - sum % 10) % 10);
	}
	s = scan((struct str){ text, n });
	assert_int_equal(s.n, 10);
	for (size_t i = 0; i < s.n; i++) {
		assert_int_equal(s.f[i].class, SCAN_CERTAIN);
		assert_true(s.f[i].signs & 1u << SIGN_COLUMN);
		assert_int_equal(s.f[i].line, i + 2);
	}
	assert_string_equal(s.heading, "number");
	/* hardly more than chance are ten of sixty, written as on a card */
	n = 0;
	for (unsigned i = 0; i < 60; i++) {
		char number[32];
		snprintf(number, sizeof number, "45395787636%04u", 2000 + i * 37);
		unsigned sum = i % 6 != 0;
		for (unsigned k = 0; k < 15; k++) {
			unsigned d = (unsigned)(number[14 - k] - '0') << !(k & 1);
			sum += d > 9 ? d - 9 : d;
		}
		n += (size_t)snprintf(text + n, sizeof text - n, "tea %.4s %.4s %.4s %.3s%u\n", number, number + 4, number + 8, number + 12, (10 - sum % 10) % 10);
	}
	s = scan((struct str){ text, n });
	assert_int_equal(s.n, 10);
	for (size_t i = 0; i < s.n; i++)
		assert_int_equal(s.f[i].class, SCAN_UNLIKELY);
}

static void other_sorts(void **state)
{
	(void)state;
	SAYS("SSN 536-90-4399", "ssn certain 1");
	SAYS("536-90-4399", "ssn likely 1");
	SAYS("ssn: 536904399", "ssn certain 1");
	SAYS("SSN 078-05-1120", "ssn unlikely 1");
	SAYS("SSN 666-90-4399", "");
	SAYS("part 536-90-4399-1", "");
	SAYS("ITIN 912-70-1234", "itin certain 1");
	SAYS("%B4539578763621486^DOE/JOHN^29121010000000000?", "track certain 1");
	SAYS(";4539578763621486=29121010000000000?", "track certain 1");
	SAYS("pay to GB33BUKB20201555555555 now", "iban certain 1");
	SAYS("pay to GB33 BUKB 2020 1555 5555 55 now", "iban certain 1");
	SAYS("pay to GB34BUKB20201555555555 now", "");
	SAYS("IBAN DE89 3704 0044 0532 0130 00", "iban unlikely 1");
	SAYS("routing number 021000021, account 123456789", "bank certain 1");
	SAYS("number 021000021", "");
	SAYS("SIN: 130 692 544", "sin certain 1");
	SAYS("call 130 692 544", "");
	SAYS("NI number AB 12 34 56 C", "nino certain 1");
	SAYS("AB123456C", "nino unlikely 1");
	SAYS("NI number: AB-12-34-56-C", "nino certain 1");
	SAYS("part AB-12-34-56-C, AB-12-34-56-E", "nino unlikely 1");
	SAYS("DOB: 1985-03-12", "birth likely 1");
	SAYS("born on 03/12/1985", "birth likely 1");
	SAYS("built on 03/12/1985", "");
	SAYS("{\"dob\":\"1985-12-17T00:00:00Z\",\"built\":\"1985-12-17T00:00:00Z\"}", "birth likely 1");
	SAYS("\"birth_date\": \"1985-12-17T05:00:00.000Z\", \"dateOfBirth\": \"1985-12-18T00:00:00\"", "birth likely 1, birth likely 1");
	SAYS("\"dob_changed\": \"2025-12-17T10:22:31Z\", \"born_at\": \"2025-12-17T10:22:31Z\"", "");
	SAYS("born on host 10.12.43.7", "");
	/* also far behind one in a long text; a licence's shape there only where something else was met */
	static char text[200 << 10];
	memset(text, 'x', sizeof text);
	for (size_t i = 79; i < sizeof text; i += 80)
		text[i] = '\n';
	static const char row[] = "{\"dob\":\"1985-12-17T00:00:00Z\"}\nDL B7491223370\n";
	memcpy(text, row, sizeof row - 2);
	memcpy(text + 2400 * 80, row, sizeof row - 2);
	struct seen far = scan((struct str){ text, sizeof text });
	assert_int_equal(far.n, 2);
	assert_int_equal(far.f[0].sort, HIT_BIRTH);
	assert_int_equal(far.f[1].sort, HIT_BIRTH);
	assert_int_equal(far.f[1].at, 2400 * 80 + 8);
	SAYS("Passport No: 533401234", "passport likely 1");
	SAYS("Driver's license: D1234567", "licence likely 1");
	SAYS("92 658.6 88 658.6 DL 104 658.6 92 658.6 DL 100 658.6 96 658.6 DL", "");
	SAYS("name,ssn,born\nAna,536904399,1985-03-12\nBo,219099998,1990-01-02\n", "ssn certain 2, birth likely 2, ssn certain 3, birth likely 3");
}

/* Wherever a block ends, a number is found, once, and where it is. */
static void no_number_is_lost_at_an_edge(void **state)
{
	(void)state;
	enum { SIZE = 600 << 10, AROUND = 256 << 10 };
	char *text = malloc(SIZE);
	for (size_t edge = AROUND; edge <= AROUND + 4096 + 1024; edge += 1024)
		for (size_t off = 0; off < 48; off += 5) {
			memset(text, 'x', SIZE);
			for (size_t i = 79; i < SIZE; i += 80)
				text[i] = '\n';
			size_t at = (edge - 24 + off) / 80 * 80 + 20 + off / 2;
			memcpy(text + at, " card 4539-5787-6362-1486 ", 26);
			struct seen s = scan((struct str){ text, SIZE });
			assert_int_equal(s.n, 1);
			assert_int_equal(s.f[0].at, at + 6);
			assert_int_equal(s.f[0].line, (at + 6) / 80 + 1);
			assert_int_equal(s.f[0].column, (at + 6) % 80 + 1);
		}
	free(text);
}

static void pieces_are_seen_by_record(void **state)
{
	(void)state;
	struct seen s = { 0 };
	scanner_begin(scanner, take, &s);
	scanner_piece(scanner, STR("4539"), STR("sheet 1, cell A2"), STR("a"), 1);
	scanner_piece(scanner, STR("5787"), STR("sheet 1, cell B2"), STR("b"), 1);
	scanner_piece(scanner, STR("6362"), STR("sheet 1, cell C2"), STR("c"), 1);
	scanner_piece(scanner, STR("1486"), STR("sheet 1, cell D2"), STR("d"), 1);
	scanner_piece(scanner, STR("12/29"), STR("sheet 1, cell E2"), STR("expires"), 1);
	scanner_piece(scanner, STR("Card number:"), STR("paragraph 1"), STR(""), 0);
	scanner_piece(scanner, STR("4485275742308327"), STR("paragraph 2"), STR(""), 0);
	scanner_piece(scanner, STR("order 4485275742308327"), STR("paragraph 3"), STR(""), 0);
	assert_int_equal(scanner_end(scanner), 2);
	assert_string_equal(s.where, "sheet 1, cell A2");
	assert_true(s.f[0].signs & 1u << SIGN_SPLIT && s.f[0].signs & 1u << SIGN_EXPIRY);
	assert_int_equal(s.f[1].class, SCAN_CERTAIN);
	assert_int_equal(s.f[2].class, SCAN_UNLIKELY);
	/* one that is cut by the ends of paragraphs, once */
	scanner_begin(scanner, take, &s);
	s.n = 0;
	const char *const cut[] = { "Card number:", "4539 5787", "6362 1486", "12/29", "Card:", "4485", "2757", "4230", "8327", "12/29", "4485", "2757" };
	for (unsigned i = 0; i < LENGTH(cut); i++)
		scanner_piece(scanner, str_of(cut[i]), STR("paragraph"), STR(""), 0);
	assert_int_equal(scanner_end(scanner), 2);
	assert_string_equal(s.f[0].last4, "1486");
	assert_string_equal(s.f[1].last4, "8327");
	/* a code paragraphs behind its card; not one that is far */
	scanner_begin(scanner, take, &s);
	scanner_piece(scanner, STR("Card 4485275742308327"), STR("paragraph 1"), STR(""), 0);
	scanner_piece(scanner, STR("Name: Ana"), STR("paragraph 2"), STR(""), 0);
	scanner_piece(scanner, STR("Security code: 123"), STR("paragraph 3"), STR(""), 0);
	for (int i = 0; i < 8; i++)
		scanner_piece(scanner, STR("text"), STR("paragraph"), STR(""), 0);
	scanner_piece(scanner, STR("Security code: 456"), STR("paragraph 12"), STR(""), 0);
	assert_int_equal(scanner_end(scanner), 2);
	assert_int_equal(s.f[s.n - 1].sort, HIT_CODE);
	/* four cells of four digits that a check digit finds right by chance */
	scanner_begin(scanner, take, &s);
	for (unsigned i = 0; i < 300; i++) {
		char text[4][8];
		for (unsigned k = 0; k < 4; k++) {
			snprintf(text[k], sizeof text[k], "%u", 4000 + (i * 7919 + k * 104729 + i * i * 31) % 2000);
			scanner_piece(scanner, str_of(text[k]), STR("cell"), STR(""), i + 1);
		}
	}
	assert_int_equal(scanner_end(scanner), 0);
}

/* A database's numbers that are no cards: one in ten passes, each in a record of its own. */
static void a_column_of_records_is_judged_by_all_its_numbers(void **state)
{
	(void)state;
	struct seen s = { 0 };
	uint64_t number = 4539578763621486;
	char text[32];
	scanner_begin(scanner, take, &s);
	for (uint64_t i = 1; i <= 400; i++) {
		number += 1000003 * i % 90000000007;
		snprintf(text, sizeof text, "%llu", (unsigned long long)number);
		scanner_piece(scanner, str_of(text), STR("row"), STR("value"), i);
	}
	assert_int_equal(scanner_end(scanner), 0);
	assert_true(s.n > 20 && s.f[0].alike > 4 * s.f[0].passing);
}

/* What begins from `from` to before `until`, as one of several that share the work sees it. */
static uint64_t scan_part(struct str text, size_t from, size_t until, struct seen *s, uint64_t *behind)
{
	size_t room, before = from < SCAN_AROUND ? from : SCAN_AROUND, end = text.n - until < SCAN_AROUND ? text.n : until + SCAN_AROUND;
	scanner_begin(scanner, take, s);
	scanner_part(scanner, text, from, before, until);
	for (size_t at = from - before, n = 0; at < end || !n; at += n) {
		char *p = scanner_room(scanner, &room);
		n = end - at < room ? end - at : room;
		memcpy(p, text.p + at, n);
		scanner_take(scanner, n, at + n == end);
	}
	scanner_end(scanner);
	return scanner_lines(scanner, behind);
}

static void a_text_is_the_same_in_parts(void **state)
{
	(void)state;
	struct buf b = BUF(2 << 20);
	buf_put(&b, STR("order,pan,born,note\n"));
	while (b.n < 600000)
		buf_printf(&b, "%zu,44,unknown,no number is in this line\n", b.n % 10000);
	size_t near = b.n;
	buf_put(&b, STR("1,4539 5787 6362 1486,1961-03-04,a card\n2,4485-2757-4230-8327,1962-03-05,\"%B4539578763621486^DOE/JANE^29121010000000000?\"\n"
	                "3,45395787\n63621486,1970-01-01,over a line 4539578763621486 and 4485275742308327\n"));
	size_t far = b.n;
	while (b.n < 1200000)
		buf_printf(&b, "%zu,44,unknown,no number is in this line\n", b.n % 10000);
	struct seen whole = scan(buf_str(&b));
	assert_in_range(whole.n, 5, 64);
	for (size_t cut = near - 5; cut < far + 5; cut++) {
		struct seen parts = { 0 };
		uint64_t behind, lines = scan_part(buf_str(&b), 0, cut, &parts, &behind);
		size_t first = parts.n;
		scan_part(buf_str(&b), cut, b.n, &parts, &(uint64_t){ 0 });
		assert_int_equal(parts.n, whole.n);
		for (size_t i = 0; i < whole.n; i++) {
			struct finding *f = &parts.f[i];
			if (i >= first && f->line == 1)
				f->column = f->at - behind + 1;
			assert_int_equal(f->at, whole.f[i].at);
			assert_int_equal(f->sort, whole.f[i].sort);
			assert_int_equal(f->line + (i < first ? 0 : lines), whole.f[i].line);
			assert_int_equal(f->column, whole.f[i].column);
		}
	}
	buf_free(&b);
}

static void zeros_can_be_left_out(void **state)
{
	(void)state;
	struct seen s = { 0 };
	size_t room;
	scanner_begin(scanner, take, &s);
	for (int i = 0; i < 3; i++) {
		static const char text[] = "first\ncard 4539578763621486";
		memcpy(scanner_room(scanner, &room), text, sizeof text - 1);
		scanner_take(scanner, sizeof text - 1, i == 2);
		if (i < 2)
			scanner_skip(scanner, (uint64_t)1 << 40);
	}
	scanner_end(scanner);
	assert_int_equal(s.n, 3);
	for (uint64_t i = 0; i < 3; i++) {
		assert_int_equal(s.f[i].at, i * (((uint64_t)1 << 40) + 27) + 11);
		assert_int_equal(s.f[i].line, 2 + i);
		assert_int_equal(s.f[i].class, SCAN_CERTAIN);
	}
}

/* All sorts, in every writing, at every distance from a block's edge of the machine's words. */
static void every_set_of_instructions_sees_the_same(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"card 4539578763621486;", "4539 5787 6362 1486", "4539-5787-6362-1486 12/29", "card 4539/5787/6362/1486", "<td>4539</td><td>5787</td><td>6362</td><td>1486</td>",
		"SSN 536-90-4399", "ssn: 536904399", "SIN: 130 692 544", "NI number AB 12 34 56 C", "NI number AB123456C", "pay GB33BUKB20201555555555 now", "GB33 BUKB 2020 1555 5555 55",
		";4539578763621486=29121010000000000?", "DOB: 1985-03-12", "born on 03/12/1985", "Passport No: 533401234", "Driver's license: D1234567", "cc 4539&nbsp;5787&#32;6362 1486",
		"customerDob: 14/03/1979;", "n\xC3\xA9 le 14/03/1979;", "born 14.03.79;", "ssnNumber=536220001", "assurance sociale: 130692544", "NI number 18\tAB123456C",
		"card \xEF\xBC\x94\xEF\xBC\x95\xEF\xBC\x93\xEF\xBC\x99\xEF\xBC\x95\xEF\xBC\x97\xEF\xBC\x98\xEF\xBC\x97\xEF\xBC\x96\xEF\xBC\x93\xEF\xBC\x96\xEF\xBC\x92\xEF\xBC\x91\xEF\xBC\x94\xEF\xBC\x98\xEF\xBC\x96",
		"x: bXkgY2FyZCBudW1iZXIgaXMgNDUzOTU3ODc2MzYyMTQ4NiBhbmQgbW9yZQo=",
	};
	static const char *const sets[] = { "portable", "sse2", "avx2", "avx512", "neon" };
	unsigned tried = 0;
	for (size_t set = 0; set < LENGTH(sets); set++) {
		if (!scanner_use(scanner, sets[set]))
			continue;
		tried++;
		for (size_t k = 0; k < LENGTH(texts); k++)
			for (size_t front = 1; front < 140; front++) {
				char text[400];
				memset(text, '-', sizeof text);
				text[front - 1] = '\n';
				memcpy(text + front, texts[k], strlen(texts[k]));
				text[front + strlen(texts[k])] = '\n';
				struct seen s = scan((struct str){ text, sizeof text });
				if (s.n != 1 || s.f[0].class == SCAN_UNLIKELY || s.f[0].at < front || s.f[0].at >= front + strlen(texts[k]))
					fail_msg("%s: \"%s\" behind %zu bytes: %zu found", sets[set], texts[k], front, s.n);
			}
	}
	assert_in_range(tried, 1, LENGTH(sets));
	scanner_use(scanner, NULL);
}

/* Whatever sizes a text comes in, the same is found. */
static void blocks_of_any_size_give_the_same(void **state)
{
	(void)state;
	struct buf b = BUF(2 << 20);
	for (unsigned i = 0; b.n < 900000; i++)
		buf_printf(&b, "%u;%s;%u.%02u;45395787636%05u;note %u\n", i, i % 50 == 7 ? "4539 5787 6362 1486" : i % 50 == 9 ? "cvv 123, card 4485275742308327" : "none", i * 7, i % 100, i % 100000, i);
	static const size_t sizes[] = { 0, 1000, 4096, 77777, 262144, 300001 };
	struct seen first = { 0 };
	for (size_t k = 0; k < LENGTH(sizes); k++) {
		struct seen s = { 0 };
		struct str text = buf_str(&b);
		scanner_begin(scanner, take, &s);
		for (bool last = false; !last;) {
			size_t room, n;
			char *p = scanner_room(scanner, &room);
			n = sizes[k] && sizes[k] < room ? sizes[k] : room;
			n = n < text.n ? n : text.n;
			memcpy(p, text.p, n);
			text.p += n;
			text.n -= n;
			last = text.n == 0;
			scanner_take(scanner, n, last);
		}
		scanner_end(scanner);
		if (k == 0)
			first = s;
		assert_int_equal(s.n, first.n);
		for (size_t i = 0; i < s.n && i < LENGTH(s.f); i++) {
			assert_int_equal(s.f[i].at, first.f[i].at);
			assert_int_equal(s.f[i].class, first.f[i].class);
			assert_int_equal(s.f[i].line, first.f[i].line);
		}
	}
	assert_in_range(first.n, 300, 100000);
	buf_free(&b);
}

/* Exact in context: what a column, a label, SQL's columns, a companion say. */
static void what_is_beside_a_number_counts(void **state)
{
	(void)state;
	SAYS("INSERT INTO t (id, order_no, name) VALUES (1, 4539578763621486, 'Ana');\n", "card unlikely 1");
	SAYS("INSERT INTO t (id, pan, name) VALUES (1, 4539578763621486, 'Ana');\n", "card certain 1");
	SAYS("<ns2:number>4539578763621486</ns2:number>\n<ns2:cvv>123</ns2:cvv>\n", "card likely 1, code certain 2");
	SAYS("<input name=\"cardNumber\" value=\"4539578763621486\">", "card certain 1");
	SAYS("Kreditkartennummer: 4539578763621486", "card certain 1");
	SAYS("num\xC3\xA9ro de carte : 4539578763621486", "card certain 1");
	SAYS("n\xFAmero de tarjeta: 4539578763621486", "card certain 1");
	SAYS("DE002: 4539578763621486 DE003: 000000", "card certain 1");
	SAYS("0200723C4491A8E08020164539578763621486000000000000012500", "card likely 1");
	SAYS("                0004539578763621486          ", "card likely 1");
	SAYS("card_token=4539578763621486", "card unlikely 1");
	SAYS("5, 4377, 3190, 4378, 7631, 4119, 3763", "");
	SAYS(" 2234 2239 2244 2249 2254 2260 2265 2270\n", "");
	SAYS("ratio 2.450591455558162", "");
	SAYS("[.4300.0020.0011.0002]", "");
	SAYS("card 4111111111111111 cvv 123", "test certain 1");
	SAYS("ssn: 111-22-3333", "ssn unlikely 1");
	SAYS("MD_AUTH_PASSPORT = $00000040;", "");
	SAYS("10001010000037D0000001C2F14", "");
}

/* Labels that are nearly ours, and numbers that only a label tells. */
static void labels_are_read_as_they_are_meant(void **state)
{
	(void)state;
	SAYS("License #859649", "");
	SAYS("split common-licenses. Closes: #1022096", "");
	SAYS("name,license key\nAna,D1234567\nBo,E7654321\n", "");
	SAYS("DL: D1234567", "licence likely 1");
	SAYS("gift card 4539578763621486", "card unlikely 1");
	SAYS("carte cadeau 4539578763621486", "card unlikely 1");
	SAYS("name,membership card\nAna,4539578763621486\nBo,4485275742308327\n", "card unlikely 2, card unlikely 3");
	SAYS("order_id,amount,paid by card\n4539578763621486,1,yes\n", "card unlikely 2");
	SAYS("{\"orders\": [17, 4539578763621486]}", "card unlikely 1");
	SAYS("{\"cards\": [17, 4539578763621486]}", "card certain 1");
	SAYS("{\"body\": \"{\\\"pan\\\": \\\"4539578763621486\\\", \\\"cvv\\\": \\\"123\\\"}\"}", "card certain 1, code certain 1");
	SAYS("<b>4539</b>&nbsp;5787 6362 1486", "card certain 1");
	SAYS("<p>4539 5787<b>&nbsp;6362 1486</b></p>", "card certain 1");
	SAYS("1,4539578763621480,4539 5787 6362 1486,5\n2,4539578763621481,4485 2757 4230 8327,6\n", "card certain 1, card certain 2");
	SAYS("Driving licence: MORGA657054SM9IJ", "licence likely 1");
	SAYS("part MORGA657054SM9IJ", "");
	SAYS("card_number_4539578763621486", "card certain 1");
	SAYS("Happy birthday! Party on 03/14/2024", "");
	SAYS("Passport photos: order 533380006", "");
	SAYS("DOB 14 March 1979", "birth likely 1");
	SAYS("DOB: 14-Mar-1979", "birth likely 1");
	SAYS("Date of birth: March 14, 1979", "birth likely 1");
	SAYS("Geburtsdatum: 14. M\xC3\xA4rz 1979", "birth likely 1");
	SAYS("DOB: 3/14/79", "birth likely 1");
	SAYS("built 14 March 1979, release 3/14/79", "");
	SAYS("Hello,\nthe list of last week:\n\nCustomer\tOrder\tAmount\tCard number\nAna\t4539578763621486\t9\t4485275742308327\n", "card unlikely 5, card certain 5");
	SAYS("<table><tr><th>Customer<th>Order<th>Card number</tr>\n<tr><td>Ana<td>4539578763621486<td>4485275742308327</tr></table>\n"
	     "<TABLE><TR><TD>Card</TD><TD>Order</TD></TR><TR><TD>4556737586899855</TD><TD>4539578763621486</TD></TR></TABLE>",
	     "card unlikely 2, card certain 2, card certain 3, card unlikely 3");
	/* passports and licences of any shape, behind their word and what says nothing */
	SAYS("Passport No. 64BD55222, expires 04/2031", "passport likely 1");
	SAYS("Reisepass-Nr.: C01X00T47", "passport likely 1");
	SAYS("Pasaporte: AAB871233", "passport likely 1");
	SAYS("Passeport n\xC2\xB0 09CK79595", "passport likely 1");
	SAYS("{\"passportNumber\": \"KWZ74WP34\"}", "passport likely 1");
	SAYS("<dl><dt>Passport number</dt><dd>BE4945941</dd><dt>Passport number</dt><dd>199034609</dd></dl>", "passport likely 1, passport likely 1");
	SAYS("name,passport no,passport expiry\nAna,GCKZZ33N0,20300102\n", "passport likely 2");
	SAYS("Passport photos: 64BD55222", "");
	SAYS("Passport, 2 pages: 2024-03-04", "");
	SAYS("F\xC3\xBChrerschein-Nr. J011RRA4639", "licence likely 1");
	SAYS("DL# B749-1223-3707", "licence likely 1");
	SAYS("DL/ID: A3644771", "licence likely 1");
	SAYS("Permis de conduire n\xC2\xB0 098084913422", "licence likely 1");
	SAYS("takes 5 dl A3644771", "");
	SAYS("License A364-4771-1234", "");
	SAYS("D.O.B. 02/24/1971", "birth likely 1");
	SAYS("A.O.B. 02/24/1971", "");
	SAYS("<table><tr><th>Name</th><th>DOB</th></tr>\n<tr><td>Ana</td><td>02/24/1971</td></tr></table>", "birth likely 2");
	SAYS("Name: Ana\nDate of Birth\n05/25/1987\n", "birth likely 3");
	SAYS("Date of birth\n05/25/1987 10:11 logged in\n", "");
	SAYS("Date of Birth (MM/DD/YYYY): 10/22/1969", "birth likely 1");
	SAYS("SSN 484960990 DOB 19990919", "ssn likely 1, birth likely 1");
	SAYS("DOB 19991919, build 19990919", "");
	SAYS("Date of birth unknown. Opened 04/05/2020", "");
	SAYS("S.I.N. 130 692 544", "sin certain 1");
	SAYS("\xE2\x91\x86" "021000021" "\xE2\x91\x86 2250034224" "\xE2\x91\x88 1021", "bank certain 1");
	SAYS("\xE2\x91\x86" "021000022" "\xE2\x91\x86 2250034224" "\xE2\x91\x88 1021", "");
	SAYS("Drivers Lic. # 216756226", "licence likely 1");
	SAYS("name,tax id\nAna,534703763\n", "ssn certain 2");
	/* what a sine is of, and a sin */
	SAYS("y = math.sin(130692544); it is a sin to waste 130692544", "");
	SAYS("SIN 130692544", "sin likely 1");
	SAYS("sin: 130692544", "sin certain 1");
	SAYS("x = 4539578763621486L; /* card */", "card certain 1");
	SAYS("x = 4539578763621486Lx; /* card */", "");
	/* how HTML looks says nothing; the words in front do */
	SAYS("<p>Pay with <span>4539</span><span>5787</span><span>6362</span><span>1486</span> today</p>", "card likely 1");
	SAYS("<dl><dt>Card number</dt><dd>4539578763621486</dd></dl>", "card certain 1");
	SAYS("<dl><dt>Order number</dt><dd>4539578763621486</dd></dl>", "card unlikely 1");
	SAYS("ABA number of the bank is 021000021. Routing table 021000021", "");
	SAYS("Routing number: 021000021\nInvoice 20231", "");
	SAYS("Direct deposit: routing number 319501591, account number 664469223", "bank certain 1");
	struct seen s = scan(STR("routing number 021000021, account 123456789"));
	assert_string_equal(s.f[0].last4, "6789");
	s = scan(STR("account 5512349876 for 100, routing 021000021"));
	assert_string_equal(s.f[0].last4, "9876");
	s = scan(STR("Routing 028055639 account 827057662\nParcel 6160768\nRouting 266545862 account 18150408753\n"));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.f[1].last4, "8753");       /* of its own line, not of the one before */
	s = scan(STR("\xFF\xFE" "S\0S\0N\0 \0" "5\0" "3\0" "6\0-\0" "9\0" "0\0-\0" "4\0" "3\0" "9\0" "9\0"));
	assert_int_equal(s.n, 1);
	assert_int_equal(s.f[0].class, SCAN_CERTAIN);
	assert_int_equal(s.f[0].column, 5);
	/* columns count characters: of UTF-8, with a mark or without, and of Latin-1 */
	s = scan(STR("Gr\xC3\xBC\xC3\x9F""e \xE2\x82\xAC 4539578763621486, J\xC3\xB6rg 4485275742308327\n\xC3\xA9 4539578763621486"));
	assert_int_equal(s.f[0].column, 9);
	assert_int_equal(s.f[1].column, 32);
	assert_int_equal(s.f[2].column, 3);
	s = scan(STR("\xEF\xBB\xBF""card 4539578763621486"));
	assert_int_equal(s.f[0].column, 6);
	s = scan(STR("Gr\xFC\xDF""e \x80 4539578763621486"));
	assert_int_equal(s.f[0].column, 9);
}

static void hostile_texts_end(void **state)
{
	(void)state;
	static const char *const parts[] = { "4539 5787 6362 1486 ", "<<<<", "&#52", "9", "1,2,3,4,", "\"\"\"", "%3", "\xE2\x80", "AB 12 34 56 ", "=\n", "1234 " };
	struct buf b = BUF(2 << 20);
	for (size_t p = 0; p < LENGTH(parts); p++) {
		buf_clear(&b);
		while (b.n < 700000)
			buf_put(&b, str_of(parts[p]));
		scan(buf_str(&b));
	}
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cards_in_every_writing), cmocka_unit_test(less_usual_writings), cmocka_unit_test(what_is_hidden_is_unfolded), cmocka_unit_test(numbers_in_parts_are_put_together), cmocka_unit_test(dumps_are_read), cmocka_unit_test(columns_of_records_are_known), cmocka_unit_test(a_number_goes_on_in_the_next_line), cmocka_unit_test(utf32_is_read), cmocka_unit_test(ebcdic_is_read),
		cmocka_unit_test(what_is_no_card_is_left_alone),
		cmocka_unit_test(a_column_tells_chance_from_cards), cmocka_unit_test(other_sorts), cmocka_unit_test(no_number_is_lost_at_an_edge),
		cmocka_unit_test(pieces_are_seen_by_record), cmocka_unit_test(a_column_of_records_is_judged_by_all_its_numbers),
		cmocka_unit_test(a_text_is_the_same_in_parts), cmocka_unit_test(zeros_can_be_left_out), cmocka_unit_test(every_set_of_instructions_sees_the_same),
		cmocka_unit_test(blocks_of_any_size_give_the_same), cmocka_unit_test(what_is_beside_a_number_counts), cmocka_unit_test(labels_are_read_as_they_are_meant), cmocka_unit_test(hostile_texts_end),
	};
	return cmocka_run_group_tests(tests, open_scanner, close_scanner);
}
