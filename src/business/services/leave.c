/* leave - a service is used no more; what it has is to be deleted there, and counts until that is confirmed. */
#include "log.h"
#include "services.h"

bool service_leave(struct op *op, struct service *s, int64_t at)
{
	struct atlas m;
	if (s->until < FAR_OFF)
		return err_set(&op->err, CONFLICT, "service", STR_FMT " was left on " STR_FMT " already.", STR_ARG(s->name), STR_ARG(when_day_text(op->a, op->zone, s->until, "en")));
	if (!map_atlas(op, &m) || !map_holder_end(op, s->id, at))
		return false;
	for (size_t i = 0; i < m.flows; i++)                     /* sign-ins stay open: whoever can still sign in there still sees what is there */
		if (m.flow[i].to.n == s->id.n && m.flow[i].until > at && m.flow[i].since < at && !map_flow_end(op, m.flow[i].id, at))
			return false;
	s->until = at;
	return log_add(op, "service.left", ABOUT({ "holder", s->id.n }, { "at", at }));
}

static bool is_left(struct op *op, const struct service *s)
{
	return s->until < FAR_OFF || err_set(&op->err, CONFLICT, "service", STR_FMT " is still used. First: leave it.", STR_ARG(s->name));
}

bool service_asked(struct op *op, struct service *s, int64_t at)
{
	s->asked = at;
	return is_left(op, s) && service_put(op, s) && log_add(op, "service.asked", ABOUT({ "holder", s->id.n }, { "at", at }));
}

bool service_deleted(struct op *op, struct service *s, int64_t at, struct str note)
{
	struct evidence e = { .holder = s->id, .sort = evidence_sort(STR("deletion")), .seen = at, .note = note };
	if (!is_left(op, s))
		return false;
	if (at < s->until)
		return err_set(&op->err, INVALID, "confirmed", "That is before the day on which you left it: what came after it may still be there.");
	s->emptied = at;
	return map_emptied_put(op, s->id, at) && evidence_put(op, &e);
}

struct str service_letter(struct op *op, const struct service *s, bool spanish)
{
	struct str day = when_day_text(op->a, op->zone, op->now, spanish ? "es" : "en"), us = op_setting(op, "business.name"), phone = op_setting(op, "business.phone");
	struct str left = s->until < FAR_OFF ? when_day_text(op->a, op->zone, s->until, spanish ? "es" : "en") : STR("");
	const char *account = s->account.n ? arena_printf(op->a, spanish ? " (nuestra cuenta: " STR_FMT ")" : " (our account: " STR_FMT ")", STR_ARG(s->account)) : "";
	if (spanish)
		return arena_say(op->a, STR_FMT "\n\nPara " STR_FMT "\n\n%s" STR_FMT "%s. Les pedimos:\n\n"
		                 "1. Borrar todo lo que tengan de nuestros clientes y de nosotros: cuentas, archivos, mensajes, grabaciones y lo que hayan entregado a otros.\n"
		                 "2. Decirnos por escrito en qué fecha quedó borrado, y cuándo desaparece de los respaldos.\n"
		                 "3. Decirnos qué deben conservar por ley, por cuánto tiempo y por qué.\n"
		                 "4. Cerrar nuestros accesos y los de las aplicaciones conectadas.\n"
		                 "5. Avisarnos, también después, si algo de lo nuestro llega a manos ajenas.\n\n"
		                 "Por favor contesten dentro de 30 días. Hasta que confirmen, contamos con que los datos siguen ahí.\n\n" STR_FMT "%s" STR_FMT "\n",
		                 STR_ARG(day), STR_ARG(s->name), left.n ? "Dejamos de usar su servicio el " : "Vamos a dejar de usar su servicio", STR_ARG(left), account,
		                 STR_ARG(us), phone.n ? ", " : "", STR_ARG(phone));
	return arena_say(op->a, STR_FMT "\n\nTo " STR_FMT "\n\n%s" STR_FMT "%s. Please:\n\n"
	                 "1. Delete everything that you hold of our customers and of us: accounts, files, messages, recordings, and what you passed on to others.\n"
	                 "2. Tell us in writing on which day it was deleted, and when it is gone from your backups.\n"
	                 "3. Tell us what the law makes you keep, for how long, and why.\n"
	                 "4. Close our sign-ins, and those of the apps that were connected.\n"
	                 "5. Tell us, later too, if anything of ours comes into the wrong hands.\n\n"
	                 "Please answer within 30 days. Until you confirm it, we take the data to be with you.\n\n" STR_FMT "%s" STR_FMT "\n",
	                 STR_ARG(day), STR_ARG(s->name), left.n ? "We stopped using your service on " : "We are going to stop using your service", STR_ARG(left), account,
	                 STR_ARG(us), phone.n ? ", " : "", STR_ARG(phone));
}
