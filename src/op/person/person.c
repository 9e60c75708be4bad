/* person - who there is, their passphrases, and signing in with one. */
#include "log.h"
#include "person_int.h"
#include "person_sql.h"
#include "seal.h"
#include "store.h"

const char *role_name(enum role role)
{
	return role == ROLE_OWNER ? "owner" : role == ROLE_MANAGER ? "manager" : role == ROLE_STAFF ? "staff" : "helper";
}

bool person_list(struct op *op, struct person **list, size_t *n)
{
	struct sql_persons q;
	size_t cap = 0;
	*list = NULL;
	*n = 0;
	if (!sql_persons(op, &q))
		return false;
	while (sql_persons_next(op, &q)) {
		*list = arena_more(op->a, *list, *n, &cap, sizeof **list);
		(*list)[(*n)++] = (struct person){ q.id, q.name, (enum role)q.role, q.since, q.ended, q.slots != 0, q.totps != 0, q.passkeys, q.language };
	}
	sql_persons_stop(&q);
	return op->err.code == OK;
}

static bool find(struct op *op, int64_t id, struct str name, struct person *out, bool *found)
{
	struct person *list;
	size_t n;
	*found = false;
	if (!person_list(op, &list, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (name.n ? !list[i].ended && str_same(list[i].name, name) : list[i].id == id)
			*out = list[i], *found = true;
	return true;
}

bool person_get(struct op *op, int64_t id, struct person *out)
{
	bool found;
	if (!find(op, id, STR(""), out, &found))
		return false;
	return found || err_set(&op->err, NOT_FOUND, "person", "There is no person with this number. handback person list shows them.");
}

bool person_named(struct op *op, struct str text, struct person *out)
{
	int64_t id;
	bool found;
	if (str_i64(text, &id))
		return person_get(op, id, out);
	if (!find(op, 0, text, out, &found))
		return false;
	return found || err_set(&op->err, NOT_FOUND, "person", "There is no person \"" STR_FMT "\". handback person list shows them.", STR_ARG(text));
}

bool factor_roles(struct op *op, unsigned *roles)
{
	int64_t n = 0;
	str_i64(op_setting(op, "factor.roles"), &n);
	*roles = (unsigned)n & ROLES_ALL;
	return op->err.code == OK;
}

/* ---- passphrases ---- */

bool person_slot(struct op *op, int64_t id, struct str passphrase)
{
	struct person p;
	struct slot *slots, fresh = { .person = id };
	size_t n;
	char none[64];
	bool own;
	if (!person_get(op, id, &p) || !op_passphrase_fits(op, passphrase, STR("")))
		return false;
	if (p.ended)
		return err_set(&op->err, CONFLICT, "person", "This person is here no more.");
	if (!op_key_again(op) || !op_slots(op, &slots, &n) || !n)
		return false;
	fresh.sort = p.role == ROLE_OWNER ? SLOT_OWNER : SLOT_PERSON;
	int64_t last = 0;
	for (size_t i = 0; i < n; i++) {
		last = slots[i].id > last ? slots[i].id : last;
		if (slots[i].sort == SLOT_OWNER)
			fresh.bytes = slots[i].bytes;            /* what guessing costs is the same for all */
		if (slots[i].person == id && (slots[i].sort == SLOT_OWNER || slots[i].sort == SLOT_PERSON))
			fresh.id = slots[i].id;
	}
	fresh.id = fresh.id ? fresh.id : last + 1;
	return seal_slot(op->seal, &fresh, passphrase, none, op->a, &op->err) && step_begin(op, &own) &&
	       step_end(op, own, sql_slot_insert(op, fresh.id, fresh.sort, id, fresh.bytes, op->now) && log_add(op, "slot.made", ABOUT({ "slot", fresh.id }, { "who", id })));
}

bool person_slot_end(struct op *op, int64_t id)
{
	struct person p;
	bool own;
	if (!person_get(op, id, &p))
		return false;
	if (id == PERSON_FIRST)
		return err_set(&op->err, CONFLICT, "person", "The founder's passphrase stays; give it another: handback vault passphrase");
	if (!p.slot)
		return err_set(&op->err, NOT_FOUND, "person", STR_FMT " has no passphrase.", STR_ARG(p.name));
	return step_begin(op, &own) && step_end(op, own, sql_slot_drop(op, id) && sql_session_drop_all(op, id) && log_add(op, "slot.ended", ABOUT({ "who", id })));
}

/* ---- signing in ---- */

bool sign_in(struct op *op, struct str name, struct str passphrase, struct sign_in *out)
{
	struct slot *slots, decoy = { 0 };
	size_t n, given = 0;
	bool found = false;
	if (!name.n || name.n > PERSON_NAME_MAX)
		name = STR("?");
	if (!op_keeper(op) || !op_slots(op, &slots, &n) || !find(op, 0, name, &out->person, &found))
		return false;
	for (size_t i = 0; i < n; i++) {
		given |= found && slots[i].person == out->person.id && slots[i].sort != SLOT_RECOVERY;
		if (slots[i].sort == SLOT_OWNER)
			decoy = slots[i];
	}
	/* a name that is none takes as long as one with a wrong passphrase: a slot is tried that nothing opens */
	if (!given) {
		decoy.person = INT64_MAX;
		slots = &decoy;
		n = 1;
	}
	struct err e = { 0 };
	if (!seal_login(op->seal, slots, n, given ? out->person.id : INT64_MAX, passphrase, out->token, &e)) {
		if (e.code == REFUSED && !strstr(e.say, "minute"))
			return err_set(&op->err, REFUSED, "passphrase", "The name or the passphrase is not right.");
		return err_set(&op->err, e.code, "passphrase", "%s", e.say);
	}
	out->second = out->person.totp || out->person.passkeys;
	return true;
}
