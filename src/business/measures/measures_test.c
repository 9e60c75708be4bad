/* measures: what people reach for is recognised, in English and Spanish, and only that. */
#include "measures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void what_people_type_is_recognised(void **unused)
{
	static const struct { const char *what, *name; enum measure_verdict verdict; } typed[] = {
		{ "Everybody changes their password every 90 days", "periodic_passwords", MEASURE_NO }, { "Cambiar las contraseñas cada mes", "periodic_passwords", MEASURE_NO },
		{ "Passwords need special symbols", "password_rules", MEASURE_NO }, { "Ban e-mail attachments", "ban_attachments", MEASURE_NO },
		{ "We stop taking cards for now", "stop_cards", MEASURE_NO }, { "CASH ONLY", "stop_cards", MEASURE_NO }, { "No USB: we ban USB sticks", "ban_devices", MEASURE_ASK },
		{ "A training course for everybody", "long_training", MEASURE_ASK }, { "Buy a new firewall", "new_product", MEASURE_ASK },
		{ "Turn on two-step sign-in, everywhere", "second_step", MEASURE_YES }, { "Look at each reader every morning", "inspect", MEASURE_YES },
		{ "Segundo paso al entrar en Square", "second_step", MEASURE_YES }, { "Move the till off the guests' Wi-Fi", NULL, MEASURE_UNKNOWN }, { "", NULL, MEASURE_UNKNOWN },
		{ "Customers must change their password", "customer_passwords", MEASURE_ASK }, { "Fire the technician", "blame", MEASURE_ASK }, { "Despedir al técnico", "blame", MEASURE_ASK },
		{ "Buy insurance", "insurance", MEASURE_ASK }, { "Contratar un seguro", "insurance", MEASURE_ASK }, { "Ban phones and USB sticks", "ban_devices", MEASURE_ASK },
		{ "Call the insurer", NULL, MEASURE_UNKNOWN }, { "Reset the exposed passwords", "reset_exposed", MEASURE_YES },
		{ "Discard old forms", NULL, MEASURE_UNKNOWN }, { "Prohibit attachments to e-mails", "ban_attachments", MEASURE_NO }, { "Nobody opens attachments any more", "ban_attachments", MEASURE_NO },
	};
	(void)unused;
	for (size_t i = 0; i < LENGTH(typed); i++) {
		struct known_measure m;
		bool found = measure_known(str_of(typed[i].what), &m);
		if (found != (typed[i].name != NULL) || (found && (!str_eq(m.name, str_of(typed[i].name)) || m.verdict != typed[i].verdict)))
			fail_msg("%s: " STR_FMT, typed[i].what, STR_ARG(found ? m.name : STR("nothing")));
		if (found)
			assert_true(m.why.n && m.why_es.n && m.source.n && (m.verdict == MEASURE_YES || (m.instead.n && m.instead_es.n)));
	}
}

/* With a cause ticked that it plainly does not remove, it is questioned all the same. */
static void a_cause_that_it_does_not_remove_is_questioned(void **unused)
{
	static const struct { const char *what, *cause; bool doubted; } asked[] = {
		{ "Customers must change their password", "reader:R-1", true }, { "Customers must change their password", "service:Square", false }, { "Customers must change their password", "", true },
		{ "Ban phones and USB sticks", "reader:R-1", true }, { "Ban phones and USB sticks", "computer:Office PC", false }, { "Ban phones and USB sticks", "R13", false },
		{ "Fire the technician", "reader:R-1", true }, { "Fire the technician", "person:Ben", true }, { "Buy insurance", "service:Square", true }, { "Buy insurance", "R13", true },
		{ "Turn on two-step sign-in", "reader:R-1", true }, { "Turn on two-step sign-in", "Service:Square", false }, { "Turn on two-step sign-in", "", false },
		{ "Look at each reader every morning", "service:Square", true }, { "Look at each reader every morning", "reader:R-1", false }, { "Move the till off the guests' Wi-Fi", "reader:R-1", false },
	};
	(void)unused;
	for (size_t i = 0; i < LENGTH(asked); i++) {
		struct known_measure m;
		bool doubted = measure_doubt(str_of(asked[i].what), str_of(asked[i].cause), false, &m);
		if (doubted != asked[i].doubted || (doubted && (!m.why.n || !m.why_es.n)))
			fail_msg("%s, %s", asked[i].what, asked[i].cause);
	}
}

int main(void)
{
	const struct CMUnitTest all[] = { cmocka_unit_test(what_people_type_is_recognised), cmocka_unit_test(a_cause_that_it_does_not_remove_is_questioned) };
	return cmocka_run_group_tests(all, NULL, NULL);
}
