/* wording: what is hard to read is counted, what an exposure contradicts is found and what it bears out is not, and what brags is refused with something to say instead. */
#include "wording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *a;
static int bad;                                          /* each fault is told, then counted against the test */

static int setup(void **unused)
{
	(void)unused;
	a = arena_open();
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	arena_close(a);
	return 0;
}

/* ---- readability ---- */

static void sentences_and_words_are_counted(void **unused)
{
	static const struct { const char *text; int64_t sentences, words, longest; } texts[] = {
		{ "", 0, 0, 0 }, { "Hello", 1, 1, 1 }, { "We are sorry. Call us!", 2, 5, 3 }, { "Write to P.O. Box 9554, Allen, TX. It is free.", 2, 11, 8 },
		{ "Dr. Marsh of 12 Mill St. called.", 1, 7, 7 }, { "# Title\n\nOne two three.\n- four\n1. five six", 4, 7, 3 }, { "It costs 1.50 a day", 1, 6, 6 },
		{ "Don’t worry", 1, 2, 2 }, { "¿Qué ocurrió? Nada.", 2, 3, 2 }, { ". . ! ?", 0, 0, 0 }, { "\xFF\xFE \xC3", 0, 0, 0 },
	};
	(void)unused;
	bad = 0;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct readability r;
		wording_read(a, str_of(texts[i].text), STR("en"), &r);
		if (r.sentences != texts[i].sentences || r.words != texts[i].words || r.longest != texts[i].longest)
			bad++, print_error("\"%s\": %d sentences, %d words, longest %d\n", texts[i].text, (int)r.sentences, (int)r.words, (int)r.longest);
	}
	assert_int_equal(bad, 0);
}

static void hedging_passive_and_jargon_are_seen(void **unused)
{
	static const struct { const char *language, *text; int64_t hedging, passive, jargon; } texts[] = {
		{ "en", "Your data may have been affected.", 1, 1, 0 }, { "en", "Your data was at risk.", 0, 0, 0 }, { "en", "We took the reader away.", 0, 0, 0 },
		{ "en", "A file was quickly stolen.", 0, 1, 0 }, { "en", "An unauthorized third party exfiltrated it.", 0, 0, 3 },
		{ "en", "Out of an abundance of caution we write to you.", 1, 0, 0 }, { "en", "You may call us.", 0, 0, 0 }, { "en", "We do not believe your data was misused.", 1, 1, 0 },
		{ "es", "Sus datos podrían haberse visto afectados.", 0, 0, 0 }, { "es", "Sus datos podrían haber sido afectados.", 1, 1, 0 },
		{ "es", "Un tercero no autorizado entró.", 0, 0, 1 }, { "es", "Retiramos el lector.", 0, 0, 0 },
	};
	(void)unused;
	bad = 0;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct readability r;
		wording_read(a, str_of(texts[i].text), str_of(texts[i].language), &r);
		if (r.by[SIGHT_HEDGING] != texts[i].hedging || r.by[SIGHT_PASSIVE] != texts[i].passive || r.by[SIGHT_JARGON] != texts[i].jargon)
			bad++, print_error("\"%s\": %d hedging, %d passive, %d jargon\n", texts[i].text, (int)r.by[SIGHT_HEDGING], (int)r.by[SIGHT_PASSIVE], (int)r.by[SIGHT_JARGON]);
		for (size_t k = 0; k < r.n; k++)
			assert_true(r.seen[k].words.n && r.seen[k].sentence.n && (r.seen[k].instead.n || r.seen[k].sort == SIGHT_LONG));
	}
	assert_int_equal(bad, 0);
}

static void a_long_text_has_an_end(void **unused)
{
	struct buf b = BUF(1 << 20);
	struct readability r;
	(void)unused;
	bad = 0;
	for (int i = 0; i < 5000; i++)
		buf_put(&b, STR("It may be exposed. "));
	wording_read(a, buf_str(&b), STR("en"), &r);
	assert_int_equal(r.by[SIGHT_HEDGING], 5000);
	assert_int_equal(r.n, SIGHTINGS_MAX);
	buf_free(&b);
}

/* ---- honesty ---- */

#define CARDS   (KIND(CARD_NUMBER) | KIND(NAME))
#define STRIPES (CARDS | KIND(CARD_CODE) | KIND(CARD_TRACK))
static const struct { const char *language, *text; kinds kinds; int64_t people; bool encrypted; const char *refused; } honesty[] = {
	{ "en", "No card data was exposed.", CARDS, 2900, false, "card" },
	{ "en", "No card data was exposed.", KIND(EMAIL), 2900, false, NULL },
	{ "en", "Your credit card number was not affected.", CARDS, 5, false, "card" },
	{ "en", "Card numbers weren’t taken.", CARDS, 5, false, "card" },
	{ "en", "None of your card data was involved.", CARDS, 5, false, "card" },
	{ "en", "The list did not include card numbers.", CARDS, 5, false, "card" },
	{ "en", "Your card is safe.", CARDS, 5, false, "card" },
	{ "en", "No financial information was involved.", CARDS, 5, false, "financial" },
	{ "en", "No Social Security numbers were exposed.", CARDS, 5, false, NULL },
	{ "en", "No Social Security numbers were exposed.", KIND(SSN), 5, false, "ssn" },
	{ "en", "Passwords were never part of it.", KIND(CREDENTIALS), 5, false, "passwords" },
	{ "en", "No customers were affected.", KIND(NAME), 5, false, "anything" },
	{ "en", "We do not know yet whether card numbers were not taken.", CARDS, 5, false, NULL },
	{ "en", "Your name was at risk. No other personal information was.", KIND(NAME), 5, false, NULL },
	{ "en", "No Social Security numbers or card numbers were taken.", CARDS, 5, false, "card" },
	{ "en", "No data was lost.", KIND(NAME), 5, false, "nothing" },
	{ "en", "There is no charge for a new card.", CARDS, 5, false, NULL },
	{ "en", "We never ask you for a card number.", CARDS, 5, false, NULL },
	{ "en", "We do not write card numbers down.", CARDS, 5, false, NULL },
	{ "en", "Only a few customers were affected.", CARDS, 11, false, "few" },
	{ "en", "Only a few customers were affected.", CARDS, 10, false, NULL },
	{ "en", "A small number of cards was read.", CARDS, 2900, false, "few" },
	{ "en", "We have no evidence that your information was misused.", KIND(EMAIL), 1, false, "no_evidence" },
	{ "en", "We are not aware of any misuse.", KIND(EMAIL), 1, false, "no_evidence" },
	{ "en", "Your data is safe.", KIND(EMAIL), 1, false, "safe" },
	{ "en", "Your data was not safe.", KIND(EMAIL), 1, false, NULL },
	{ "en", "There is no reason for concern.", KIND(EMAIL), 1, false, "safe" },
	{ "en", "The risk is very low.", KIND(EMAIL), 1, false, "no_risk" },
	{ "en", "All of it was encrypted.", KIND(EMAIL), 1, false, "encrypted" },
	{ "en", "All of it was encrypted.", KIND(EMAIL), 1, true, NULL },
	{ "en", "We took the reader away on May 3.", CARDS, 2900, false, NULL },
	{ "en", "Your data is safe. No card data was exposed.", 0, 0, false, NULL },
	/* what is left out by "only" is counted: refused, and the same said truly */
	{ "en", "Only names were involved.", STRIPES, 2900, false, "only" }, { "en", "Only your name was at risk.", KIND(NAME), 2900, false, NULL },
	{ "en", "Just your name and e-mail address were exposed.", STRIPES | KIND(EMAIL), 2900, false, "only" }, { "en", "Just your name and e-mail address were exposed.", KIND(NAME) | KIND(EMAIL), 5, false, NULL },
	{ "en", "It affected only names and e-mail addresses.", KIND(NAME) | KIND(EMAIL) | KIND(POSTAL_ADDRESS), 5, false, "only" }, { "en", "It affected only names and e-mail addresses.", KIND(NAME) | KIND(EMAIL), 5, false, NULL },
	{ "en", "It was limited to your name.", CARDS, 5, false, "only" }, { "en", "It was limited to your name and your card.", CARDS, 5, false, NULL },
	{ "en", "They got nothing but names.", CARDS, 5, false, "only" }, { "en", "They got nothing but names and card numbers.", CARDS, 5, false, NULL },
	{ "en", "The only information involved was your phone number.", CARDS | KIND(PHONE), 5, false, "only" }, { "en", "Only cards that passed this reader in December were read.", STRIPES, 5, false, NULL },
	{ "en", "Only card numbers were taken.", STRIPES, 5, false, "only" }, { "en", "Only customers who paid at this reader were affected.", STRIPES, 2900, false, NULL },
	{ "en", "Nobody's cards were touched.", STRIPES, 2900, false, "card" }, { "en", "Nobody's passwords were touched.", STRIPES, 2900, false, NULL },
	{ "en", "No one's card number was taken.", STRIPES, 5, false, "card" }, { "en", "Nobody’s card is charged for calling us.", STRIPES, 5, false, NULL },
	{ "en", "Luckily your card was not among it.", STRIPES, 2900, false, "card" }, { "en", "Luckily your password was not among it.", STRIPES, 2900, false, NULL },
	{ "en", "Not a single card was read.", STRIPES, 5, false, "card" }, { "en", "Your cards were spared.", STRIPES, 5, false, "card" },
	{ "en", "Fewer than 50 people are concerned.", STRIPES, 2900, false, "number" }, { "en", "Fewer than 50 people are concerned.", STRIPES, 49, false, NULL },
	{ "en", "Fewer than 3,000 people are concerned.", STRIPES, 2900, false, NULL }, { "en", "At most 2,000 customers were affected.", STRIPES, 2900, false, "number" },
	{ "en", "Only 50 of our customers are affected.", STRIPES, 2900, false, "number" }, { "en", "Fewer than fifty people are concerned.", STRIPES, 2900, false, "number_words" },
	{ "en", "It concerns 50 people in all.", STRIPES, 2900, false, "number" }, { "en", "It concerns 2,900 people in all.", STRIPES, 2900, false, NULL },
	{ "en", "Fewer than 50 people in Vermont are concerned.", STRIPES, 2900, false, NULL }, { "en", "In less than 50 minutes we took it away.", STRIPES, 2900, false, NULL },
	{ "en", "We do not believe your data was misused.", STRIPES, 2900, false, NULL },
	{ "es", "Solo los nombres se vieron afectados. Solo su nombre estuvo en riesgo.", STRIPES, 2900, false, "only" }, { "es", "Solo su nombre estuvo en riesgo.", KIND(NAME), 5, false, NULL },
	{ "es", "Se expusieron únicamente su nombre y su correo.", STRIPES | KIND(EMAIL), 5, false, "only" }, { "es", "Únicamente su nombre y su correo fueron expuestos.", KIND(NAME) | KIND(EMAIL), 5, false, NULL },
	{ "es", "Se limitó a los nombres.", CARDS, 5, false, "only" }, { "es", "Se limitó a nombres y números de tarjeta.", CARDS, 5, false, NULL },
	{ "es", "Solo quienes pagaron con tarjeta en este lector fueron afectados.", STRIPES, 5, false, NULL },
	{ "es", "Las tarjetas de nadie fueron tocadas.", STRIPES, 5, false, "card" }, { "es", "Por suerte su tarjeta no estaba entre ello.", STRIPES, 5, false, "card" },
	{ "es", "Por suerte su contraseña no estaba entre ello.", STRIPES, 5, false, NULL }, { "es", "Las contraseñas de nadie fueron tocadas.", STRIPES, 5, false, NULL },
	{ "es", "Menos de 50 personas están afectadas.", STRIPES, 2900, false, "number" }, { "es", "Menos de 50 personas están afectadas.", STRIPES, 49, false, NULL },
	{ "es", "Menos de 3.000 personas están afectadas.", STRIPES, 2900, false, NULL }, { "es", "Apenas cincuenta clientes están afectados.", STRIPES, 2900, false, "number_words" },
	{ "es", "No creemos que alguien usara sus datos.", STRIPES, 2900, false, NULL },
	{ "es", "No se vieron afectados datos de tarjetas.", CARDS, 5, false, "card" },
	{ "es", "Ningún número de tarjeta fue expuesto.", CARDS, 5, false, "card" },
	{ "es", "Ningún número de tarjeta fue expuesto.", KIND(EMAIL), 5, false, NULL },
	{ "es", "Solo unos pocos clientes están afectados.", CARDS, 2900, false, "few" },
	{ "es", "No tenemos evidencia de que alguien los usara.", KIND(EMAIL), 1, false, "no_evidence" },
	{ "es", "Su tarjeta está a salvo.", CARDS, 1, false, "card" },
	{ "es", "Nadie sufrió daños.", CARDS, 5, false, "no_risk" }, { "es", "Nadie ha sido perjudicado.", CARDS, 5, false, "no_risk" },
	{ "es", "Nadie resultó dañado.", CARDS, 5, false, "no_risk" },
	{ "es", "Sus datos están seguros.", KIND(EMAIL), 1, false, "safe" },
	{ "es", "Retiramos el lector el 3 de mayo.", CARDS, 2900, false, NULL },
};

static void what_the_exposure_contradicts_is_refused(void **unused)
{
	(void)unused;
	bad = 0;
	for (size_t i = 0; i < LENGTH(honesty); i++) {
		struct objection *o;
		size_t n;
		bool seen = false;
		wording_honest(a, str_of(honesty[i].text), str_of(honesty[i].language), &(struct exposure_known){ honesty[i].kinds, honesty[i].people, honesty[i].encrypted }, &o, &n);
		for (size_t k = 0; k < n; k++) {
			seen |= honesty[i].refused && str_eq(o[k].name, str_of(honesty[i].refused));
			assert_true(o[k].sort == OBJECTION_REFUSED && o[k].sentence.n && o[k].words.n && o[k].why.n && o[k].instead.n);
		}
		if (seen != (honesty[i].refused != NULL) || (!honesty[i].refused && n))
			bad++, print_error("\"%s\": %s\n", honesty[i].text, n ? arena_printf(a, STR_FMT ", in \"" STR_FMT "\"", STR_ARG(o[0].name), STR_ARG(o[0].words)) : "nothing");
	}
	assert_int_equal(bad, 0);
}

static void the_reason_gives_the_number(void **unused)
{
	struct objection *o;
	size_t n;
	(void)unused;
	bad = 0;
	wording_honest(a, STR("Hello. Only a few customers were affected."), STR("en"), &(struct exposure_known){ CARDS, 2900, false }, &o, &n);
	bool told = false;
	for (size_t i = 0; i < n; i++)
		told |= memmem(o[i].why.p, o[i].why.n, "2900", 4) && str_eq(o[i].sentence, STR("Only a few customers were affected."));
	assert_true(told);
}

/* ---- bragging ---- */

static void what_brags_is_refused_or_questioned(void **unused)
{
	static const struct { const char *language, *text, *name; enum objection_sort sort; } said[] = {
		{ "en", "Your data is 100% safe.", "hundred_percent", OBJECTION_REFUSED }, { "en", "Our shop is 100 % secure", "hundred_percent", OBJECTION_REFUSED },
		{ "en", "We use bank-grade encryption.", "like_a_bank", OBJECTION_REFUSED }, { "en", "Military grade protection", "like_a_bank", OBJECTION_REFUSED },
		{ "en", "State-of-the-art security", "best", OBJECTION_REFUSED }, { "en", "We take your security very seriously.", "take_seriously", OBJECTION_REFUSED },
		{ "en", "Your privacy is important to us.", "your_privacy", OBJECTION_REFUSED }, { "en", "We have never been hacked.", "never_hacked", OBJECTION_REFUSED },
		{ "en", "Zero risk for you", "zero_risk", OBJECTION_REFUSED }, { "en", "We are PCI certified.", "certified", OBJECTION_REFUSED },
		{ "en", "PCI-approved payments", "certified", OBJECTION_REFUSED }, { "en", "GDPR certified", "certified", OBJECTION_REFUSED },
		{ "en", "Payments are end-to-end encrypted.", "end_to_end", OBJECTION_REFUSED }, { "en", "Your data stays anonymous.", "anonymous", OBJECTION_REFUSED },
		{ "en", "We never share your data.", "never_share", OBJECTION_REFUSED }, { "en", "We guarantee the safety of your data.", "guarantee", OBJECTION_REFUSED },
		{ "en", "Our site is unhackable.", "unhackable", OBJECTION_REFUSED }, { "en", "We use industry-leading tools.", "best", OBJECTION_REFUSED },
		{ "en", "FTC approved", "certified", OBJECTION_REFUSED }, { "en", "We encrypt your card.", "encrypted", OBJECTION_QUESTIONED },
		{ "en", "Rest assured, we are careful.", "praise", OBJECTION_QUESTIONED }, { "en", "We follow all applicable laws.", "compliant", OBJECTION_QUESTIONED },
		{ "en", "Ana looked at each card reader on November 20.", NULL, 0 }, { "en", "We answer the card industry's yearly questionnaire. Last: March 12, 2026.", NULL, 0 },
		{ "en", "Your card number goes from the reader straight to Square. We do not keep it.", NULL, 0 },
		{ "en", "We keep your name, phone and address to do the work. We delete them two years after the last job.", NULL, 0 },
		{ "en", "If something happens to your information, we will tell you ourselves, soon, and say what to do.", NULL, 0 },
		{ "es", "Sus datos están 100 % seguros.", "hundred_percent", OBJECTION_REFUSED }, { "es", "Cifrado de nivel bancario", "like_a_bank", OBJECTION_REFUSED },
		{ "es", "Tomamos muy en serio su seguridad.", "take_seriously", OBJECTION_REFUSED }, { "es", "Estamos certificados por PCI.", "certified", OBJECTION_REFUSED },
		{ "es", "Nunca compartimos sus datos.", "never_share", OBJECTION_REFUSED }, { "es", "Garantizamos la seguridad de sus datos.", "guarantee", OBJECTION_REFUSED },
		{ "es", "Nadie puede hackearnos.", "unhackable", OBJECTION_REFUSED },
		{ "es", "Nuestro sistema es imposible de hackear.", "unhackable", OBJECTION_REFUSED },
		{ "es", "Protegemos sus datos como un banco.", "like_a_bank", OBJECTION_REFUSED },
		{ "es", "Somos el negocio más seguro de la ciudad.", "best", OBJECTION_REFUSED },
		{ "es", "Su privacidad es lo primero.", "your_privacy", OBJECTION_REFUSED },
		{ "es", "Jamás hemos sufrido un ataque.", "never_hacked", OBJECTION_REFUSED },
		{ "es", "No hemos tenido ningún incidente.", "never_hacked", OBJECTION_REFUSED },
		{ "es", "Pagar aquí no tiene riesgo.", "zero_risk", OBJECTION_REFUSED },
		{ "es", "Cumplimos con PCI.", "certified", OBJECTION_REFUSED },
		{ "es", "Somos una tienda certificada.", "certified", OBJECTION_REFUSED },
		{ "es", "Protección total.", "hundred_percent", OBJECTION_REFUSED },
		{ "es", "Seguridad de primer nivel.", "best", OBJECTION_REFUSED },
		{ "es", "Vigilamos día y noche.", "always", OBJECTION_QUESTIONED },
		{ "es", "Confíe en nosotros.", "praise", OBJECTION_QUESTIONED },
		{ "es", "Pagos seguros.", "safe", OBJECTION_QUESTIONED },
		{ "en", "Nadie puede hackearnos.", "unhackable", OBJECTION_REFUSED }, { "es", "Your data is 100% safe.", "hundred_percent", OBJECTION_REFUSED },    /* in the other's place */
		{ "es", "Ana revisó cada lector el 20 de noviembre.", NULL, 0 }, { "es", "Si algo le ocurre a su información, se lo diremos nosotros mismos, pronto.", NULL, 0 },
	};
	(void)unused;
	bad = 0;
	for (size_t i = 0; i < LENGTH(said); i++) {
		struct objection *o;
		size_t n;
		bool seen = false;
		wording_modest(a, str_of(said[i].text), str_of(said[i].language), &o, &n);
		for (size_t k = 0; k < n; k++) {
			seen |= said[i].name && str_eq(o[k].name, str_of(said[i].name)) && o[k].sort == said[i].sort;
			assert_true(o[k].why.n && o[k].instead.n && o[k].words.n);
		}
		if (seen != (said[i].name != NULL) || (!said[i].name && n))
			bad++, print_error("\"%s\": %s\n", said[i].text, n ? arena_printf(a, STR_FMT, STR_ARG(o[0].name)) : "nothing");
	}
	assert_int_equal(bad, 0);
}

/* What the rules offer instead does not brag itself. */
static void what_is_offered_instead_is_modest(void **unused)
{
	static const char *const said[] = { "Your data is 100% safe.", "We use bank-grade encryption.", "We take your security very seriously.", "PCI certified", "We never share your data.", "We have never been hacked." };
	(void)unused;
	bad = 0;
	for (size_t i = 0; i < LENGTH(said); i++) {
		struct objection *o, *again;
		size_t n, m;
		wording_modest(a, str_of(said[i]), STR("en"), &o, &n);
		assert_true(n > 0);
		wording_modest(a, o[0].instead, STR("en"), &again, &m);
		for (size_t k = 0; k < m; k++)
			if (again[k].sort == OBJECTION_REFUSED)
				bad++, print_error("\"" STR_FMT "\" is refused for " STR_FMT "\n", STR_ARG(o[0].instead), STR_ARG(again[k].name));
	}
	assert_int_equal(bad, 0);
}

static bool says(const char *language, const char *text, const char *name, struct str *sentence)
{
	return wording_says(wording_take(a, str_of(text), str_of(language)), str_of(name), sentence);
}

static void what_a_letter_says_is_found(void **unused)
{
	struct str s;
	(void)unused;
	assert_true(says("en", "Hello.\nEquifax: 1-888-298-0045", "equifax", &s) && str_eq(s, STR("Equifax: 1-888-298-0045")));
	assert_true(says("en", "You can get a police report.", "police_report", &s));
	assert_false(says("en", "You can get a report.", "police_report", &s));
	assert_true(says("en", "A skimmer was on a reader.", "nature", &s));
	assert_false(says("en", "Information of yours was at risk. Beware of identity theft.", "nature", &s));
	assert_true(says("es", "Cada una se lo congela gratis.", "freeze_free", &s));
	assert_true(says("en", "This was from November 27, 2025 to December 15, 2025.", "day", &s) && says("es", "Fue el 27 de noviembre de 2025.", "day", &s));
	assert_true(says("en", "We do not know yet when it began and ended.", "day", &s));
	assert_false(says("en", "You may call us.", "day", &s) || says("en", "Hello.", "no such name", &s));
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(sentences_and_words_are_counted), cmocka_unit_test(hedging_passive_and_jargon_are_seen), cmocka_unit_test(a_long_text_has_an_end),
		cmocka_unit_test(what_the_exposure_contradicts_is_refused), cmocka_unit_test(the_reason_gives_the_number), cmocka_unit_test(what_brags_is_refused_or_questioned),
		cmocka_unit_test(what_is_offered_instead_is_modest), cmocka_unit_test(what_a_letter_says_is_found),
	};
	return cmocka_run_group_tests(all, setup, teardown);
}
