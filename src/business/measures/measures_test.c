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

int main(void)
{
	const struct CMUnitTest all[] = { cmocka_unit_test(what_people_type_is_recognised) };
	return cmocka_run_group_tests(all, NULL, NULL);
}
