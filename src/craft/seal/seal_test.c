/* seal: through the public header and a real keeper process; and what a hostile asker gets. */
#include "role.h"
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PASSPHRASE STR("four plain words here")

struct vault { char record[64]; struct seal *s; struct slot slots[2]; char recovery[64]; uint8_t public_key[32]; struct arena *a; struct err e; };

static struct seal *keeper(struct vault *v, int64_t business)
{
	int fd = open(v->record, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	struct seal *s = seal_open(fd, business, &v->e);
	assert_non_null(s);
	return s;
}

static int make(void **state)
{
	struct vault *v = mem_zero(1, sizeof *v);
	strcpy(v->record, "/tmp/handback-record-XXXXXX");
	int fd = mkstemp(v->record);
	v->a = arena_open();
	close(fd);
	v->s = keeper(v, 1);
	*state = v;
	return seal_create(v->s, PASSPHRASE, 1, SLOT_COST_FLOOR, v->slots, v->recovery, v->public_key, v->a, &v->e) ? 0 : -1;
}

static int drop(void **state)
{
	struct vault *v = *state;
	seal_close(v->s);
	unlink(v->record);
	arena_close(v->a);
	free(v);
	return 0;
}

static void start_again(struct vault *v)
{
	seal_close(v->s);
	v->s = keeper(v, 1);
}

static enum fault refused(struct vault *v)
{
	enum fault f = v->e.code;
	err_clear(&v->e);
	return f;
}

static struct place place(const char *table, const char *column, int64_t business, int64_t row)
{
	return (struct place){ table, column, business, row };
}

static struct str sealed_at(struct vault *v, struct place p, struct str plain)
{
	struct str out;
	assert_true(seal_wrap(v->s, &p, &plain, &out, 1, v->a, &v->e));
	return out;
}

static void what_is_sealed_opens_where_it_belongs(void **state)
{
	struct vault *v = *state;
	enum { N = 5000 };
	struct place *p = ARENA_ARRAY(v->a, struct place, N);
	struct str *plain = ARENA_ARRAY(v->a, struct str, N), *sealed = ARENA_ARRAY(v->a, struct str, N), *back = ARENA_ARRAY(v->a, struct str, N);
	size_t bad;
	for (int i = 0; i < N; i++) {
		p[i] = place("customer", "sealed", 1, i + 1);
		plain[i] = arena_say(v->a, "person %d, with an address of some length to fill more than one batch", i);
	}
	assert_true(seal_wrap(v->s, p, plain, sealed, N, v->a, &v->e));
	assert_int_equal(sealed[7].n, plain[7].n + SEAL_EXTRA);
	assert_null(memmem(sealed[7].p, sealed[7].n, "person", 6));
	assert_true(seal_verify(v->s, p, sealed, N, &bad, &v->e));
	assert_true(seal_unwrap(v->s, p, sealed, back, 2000, v->a, &v->e));
	for (int i = 0; i < 2000; i++)
		assert_true(str_eq(back[i], plain[i]));
	struct str again = sealed_at(v, p[7], plain[7]);
	assert_false(str_eq(again, sealed[7]));          /* a fresh nonce each time */
}

static void a_moved_value_does_not_open(void **state)
{
	struct vault *v = *state;
	struct str sealed = sealed_at(v, place("customer", "sealed", 1, 5), STR("June Marsh")), back;
	const struct place elsewhere[] = { place("customer", "sealed", 1, 6), place("customer", "name", 1, 5), place("attempt", "sealed", 1, 5),
	                                   place("customers", "ealed", 1, 5) };
	for (size_t i = 0; i < LENGTH(elsewhere); i++) {
		assert_false(seal_unwrap(v->s, &elsewhere[i], &sealed, &back, 1, v->a, &v->e));
		assert_int_equal(refused(v), TORN);
	}
}

static void every_flipped_bit_is_found(void **state)
{
	struct vault *v = *state;
	struct place p = place("customer", "sealed", 1, 5);
	struct str sealed = sealed_at(v, p, STR("June"));
	size_t bad;
	for (size_t bit = 0; bit < sealed.n * 8; bit++) {
		((char *)(uintptr_t)sealed.p)[bit / 8] ^= (char)(1 << bit % 8);
		assert_false(seal_verify(v->s, &p, &sealed, 1, &bad, &v->e));
		assert_int_equal(refused(v), TORN);
		((char *)(uintptr_t)sealed.p)[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t n = 0; n < sealed.n; n++) {
		struct str cut = { sealed.p, n };
		assert_false(seal_verify(v->s, &p, &cut, 1, &bad, &v->e));
		refused(v);
	}
	assert_true(seal_verify(v->s, &p, &sealed, 1, &bad, &v->e));
}

static void a_passphrase_opens_after_a_restart_and_a_wrong_one_does_not(void **state)
{
	struct vault *v = *state;
	struct place p = place("customer", "sealed", 1, 5);
	struct str sealed = sealed_at(v, p, STR("June")), back;
	start_again(v);
	assert_false(seal_unwrap(v->s, &p, &sealed, &back, 1, v->a, &v->e));
	assert_int_equal(refused(v), LOCKED);
	assert_false(seal_login(v->s, v->slots, 2, 1, STR("four other words here"), NULL, &v->e));
	assert_int_equal(refused(v), REFUSED);
	assert_false(seal_is_open(v->s));
	assert_true(seal_login(v->s, v->slots, 2, 1, PASSPHRASE, NULL, &v->e));
	assert_true(seal_unwrap(v->s, &p, &sealed, &back, 1, v->a, &v->e) && str_eq(back, STR("June")));
}

static void the_recovery_code_opens_and_a_typing_mistake_is_named(void **state)
{
	struct vault *v = *state;
	char typed[64];
	size_t n = 0;
	for (const char *c = v->recovery; *c; c++)
		if (*c != '-')
			typed[n++] = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	start_again(v);
	assert_true(seal_login(v->s, v->slots, 2, 1, (struct str){ typed, n }, NULL, &v->e));
	start_again(v);
	typed[12] = typed[12] == '7' ? '8' : '7';        /* in the third group */
	assert_false(seal_login(v->s, v->slots, 2, 1, (struct str){ typed, n }, NULL, &v->e));
	assert_non_null(strstr(v->e.say, "group 3"));
	assert_int_equal(refused(v), REFUSED);
}

static void the_sixth_wrong_try_waits_also_with_a_new_keeper(void **state)
{
	struct vault *v = *state;
	for (int i = 0; i < 5; i++) {
		start_again(v);
		assert_false(seal_login(v->s, v->slots, 2, 1, STR("not this one at all"), NULL, &v->e));
		refused(v);
	}
	start_again(v);
	assert_false(seal_login(v->s, v->slots, 2, 1, PASSPHRASE, NULL, &v->e));
	assert_non_null(strstr(v->e.say, "minute"));
	assert_int_equal(refused(v), REFUSED);
}

static void a_swapped_or_weakened_slot_is_refused(void **state)
{
	struct vault *v = *state;
	struct slot other[2] = { v->slots[0], v->slots[1] };
	start_again(v);
	other[0].person = 2;                             /* somebody else's session */
	assert_false(seal_login(v->s, other, 1, 1, PASSPHRASE, NULL, &v->e));
	assert_int_equal(refused(v), REFUSED);
	char weak[256];
	memcpy(weak, v->slots[0].bytes.p, v->slots[0].bytes.n);
	memset(weak + 1, 0, 4), weak[1] = 1;             /* 1 MiB */
	other[0] = (struct slot){ 1, SLOT_OWNER, 1, { weak, v->slots[0].bytes.n } };
	assert_false(seal_login(v->s, other, 1, 1, PASSPHRASE, NULL, &v->e));
	assert_int_equal(refused(v), TORN);
	memset(weak + 1, 0xFF, 4);                       /* 4 PiB */
	assert_false(seal_login(v->s, other, 1, 1, PASSPHRASE, NULL, &v->e));
	assert_int_equal(refused(v), TORN);
}

static void short_passphrases_and_low_costs_are_refused(void **state)
{
	struct vault *v = *state;
	struct slot slots[2];
	char recovery[64];
	uint8_t key[32];
	start_again(v);
	assert_false(seal_create(v->s, STR("eleven char"), 1, SLOT_COST_FLOOR, slots, recovery, key, v->a, &v->e));
	assert_int_equal(refused(v), INVALID);
	char long_one[1025];
	memset(long_one, 'a', sizeof long_one);
	assert_false(seal_create(v->s, (struct str){ long_one, sizeof long_one }, 1, SLOT_COST_FLOOR, slots, recovery, key, v->a, &v->e));
	assert_int_equal(refused(v), INVALID);
	assert_false(seal_create(v->s, PASSPHRASE, 1, (struct slot_cost){ 45, 1 }, slots, recovery, key, v->a, &v->e));
	assert_int_equal(refused(v), INVALID);
}

static void blind_indexes_are_stable_and_apart(void **state)
{
	struct vault *v = *state;
	const struct str text[] = { STR("june@example.com"), STR("kofi@example.com"), STR("june@example.com") };
	uint64_t a[3], b[3], phone[3], other[3];
	assert_true(seal_index(v->s, INDEX_EMAIL, text, a, 3, &v->e) && seal_index(v->s, INDEX_PHONE, text, phone, 3, &v->e));
	assert_true(a[0] == a[2] && a[0] != a[1] && a[0] != phone[0] && a[0]);
	start_again(v);
	assert_true(seal_login(v->s, v->slots, 2, 1, PASSPHRASE, NULL, &v->e) && seal_index(v->s, INDEX_EMAIL, text, b, 3, &v->e));
	assert_memory_equal(a, b, sizeof a);
	struct vault *second = NULL;
	assert_int_equal(make((void **)&second), 0);
	assert_true(seal_index(second->s, INDEX_EMAIL, text, other, 3, &second->e));
	assert_true(other[0] != a[0]);
	drop((void **)&second);
}

static void budgets_outlive_the_keeper(void **state)
{
	struct vault *v = *state;
	struct place p = place("customer", "sealed", 1, 5), many[1000];
	struct str sealed = sealed_at(v, p, STR("June")), each[1000], back[1000];
	for (int i = 0; i < 1000; i++)
		many[i] = p, each[i] = sealed;
	for (int i = 0; i < 2; i++) {
		assert_true(seal_unwrap(v->s, many, each, back, 1000, v->a, &v->e));
		start_again(v);
		assert_true(seal_login(v->s, v->slots, 2, 1, PASSPHRASE, NULL, &v->e));
	}
	assert_false(seal_unwrap(v->s, &p, &sealed, back, 1, v->a, &v->e));
	assert_int_equal(refused(v), REFUSED);
	assert_true(seal_again(v->s, v->slots, 2, PASSPHRASE, &v->e));           /* the passphrase once more: a large job */
	assert_true(seal_unwrap(v->s, &p, &sealed, back, 1, v->a, &v->e));
}

static struct bits some_rows(void)
{
	struct bits b = bits_open(100);
	bits_add(&b, 5), bits_add(&b, 70);
	return b;
}

static void a_round_opens_just_its_customers(void **state)
{
	struct vault *v = *state;
	struct bits rows = some_rows();
	struct approval what = { 1, 1, &rows, { 7 } };
	struct leave leave;
	struct place in = place("customer", "sealed", 1, 70), out = place("customer", "sealed", 1, 71), other = place("attempt", "words", 1, 70);
	struct str a = sealed_at(v, in, STR("in")), b = sealed_at(v, out, STR("out")), c = sealed_at(v, other, STR("other")), back;
	assert_false(seal_approve(v->s, &what, time(NULL) + 3600, &leave, &v->e));
	assert_int_equal(refused(v), REFUSED);           /* the passphrase was not given again */
	assert_true(seal_again(v->s, v->slots, 2, PASSPHRASE, &v->e));
	assert_true(seal_approve(v->s, &what, time(NULL) + 3600, &leave, &v->e));
	assert_true(seal_use(v->s, &leave, &what, &v->e));
	assert_true(seal_unwrap(v->s, &in, &a, &back, 1, v->a, &v->e) && str_eq(back, STR("in")));
	assert_false(seal_unwrap(v->s, &out, &b, &back, 1, v->a, &v->e));
	assert_int_equal(refused(v), REFUSED);
	assert_false(seal_unwrap(v->s, &other, &c, &back, 1, v->a, &v->e));
	assert_int_equal(refused(v), REFUSED);
	assert_true(seal_use(v->s, NULL, NULL, &v->e) && seal_unwrap(v->s, &out, &b, &back, 1, v->a, &v->e));
	bits_close(&rows);
}

static void a_forged_changed_or_ended_leave_is_refused(void **state)
{
	struct vault *v = *state;
	struct bits rows = some_rows();
	struct approval what = { 1, 1, &rows, { 7 } };
	struct leave leave, forged;
	assert_true(seal_again(v->s, v->slots, 2, PASSPHRASE, &v->e));
	assert_true(seal_approve(v->s, &what, time(NULL) + 2, &leave, &v->e));
	for (size_t i = 0; i < leave.n; i++) {
		forged = leave;
		forged.bytes[i] ^= 1;
		assert_false(seal_use(v->s, &forged, &what, &v->e));
		assert_int_equal(refused(v), REFUSED);
	}
	bits_add(&rows, 6);                              /* one customer more than was approved */
	assert_false(seal_use(v->s, &leave, &what, &v->e));
	assert_int_equal(refused(v), REFUSED);
	bits_close(&rows);
	rows = some_rows();
	struct approval other[] = { { 2, 1, &rows, { 7 } }, { 1, 2, &rows, { 7 } }, { 1, 1, &rows, { 8 } } };      /* another round, another text */
	for (size_t i = 0; i < LENGTH(other); i++) {
		assert_false(seal_use(v->s, &leave, &other[i], &v->e));
		assert_int_equal(refused(v), REFUSED);
	}
	assert_true(seal_use(v->s, &leave, &what, &v->e));
	sleep(3);
	assert_false(seal_use(v->s, &leave, &what, &v->e));
	assert_int_equal(refused(v), REFUSED);
	assert_false(seal_approve(v->s, &what, time(NULL) - 1, &leave, &v->e));
	refused(v);
	bits_close(&rows);
}

/* n leaves, all alike but for what they begin with. */
static const uint8_t (*leaves(uint8_t first))[TREE_HASH]
{
	static uint8_t leaf[64][TREE_HASH];
	for (int i = 0; i < 64; i++)
		leaf[i][0] = first, leaf[i][1] = (uint8_t)i;
	return (const uint8_t (*)[TREE_HASH])leaf;
}

static struct tree tree_with(uint8_t first, int n)
{
	struct tree t = { 0 };
	for (int i = 0; i < n; i++)
		tree_add(&t, leaves(first)[i]);
	return t;
}

static bool signed_is(struct vault *v, const char *origin, uint64_t size, const uint8_t root[TREE_HASH], const uint8_t signature[64])
{
	struct buf text = BUF(CHECKPOINT_MAX);
	seal_checkpoint(&text, str_of(origin), size, root);
	bool is = seal_signed(v->public_key, buf_str(&text), signature);
	buf_free(&text);
	return is;
}

static bool signs(struct vault *v, struct tree *base, const uint8_t (*leaf)[TREE_HASH], size_t n)
{
	uint8_t signature[64], root[TREE_HASH];
	if (!seal_sign(v->s, STR("handback/test/1"), base, leaf, n, signature, &v->e))
		return false;
	tree_root(base, root);
	assert_true(signed_is(v, "handback/test/1", base->size, root, signature));
	assert_false(signed_is(v, "handback/test/1", base->size + 1, root, signature) || signed_is(v, "handback/test/2", base->size, root, signature));
	root[0] ^= 1;
	assert_false(signed_is(v, "handback/test/1", base->size, root, signature));
	return true;
}

static void only_what_extends_what_was_signed_is_signed(void **state)
{
	struct vault *v = *state;
	struct tree none = { 0 }, t = none, later, other = tree_with(2, 10);
	assert_true(signs(v, &t, leaves(1), 10) && t.size == 10);
	start_again(v);
	assert_true(seal_login(v->s, v->slots, 2, 1, PASSPHRASE, NULL, &v->e));
	assert_true(signs(v, &t, NULL, 0));              /* the same again is no harm */
	struct tree bad[] = { none, tree_with(1, 9), tree_with(1, 11), other };
	for (size_t i = 0; i < LENGTH(bad); i++)         /* another base, however long what comes behind it is */
		for (size_t n = 0; n < 40; n += 13) {
			assert_false(signs(v, &bad[i], leaves(1), n));
			assert_int_equal(refused(v), REFUSED);
		}
	later = t;
	assert_true(signs(v, &later, leaves(3), 20) && later.size == 30);
	assert_false(signs(v, &t, leaves(1), 30));       /* from before what was signed meanwhile */
	assert_int_equal(refused(v), REFUSED);
	assert_true(signs(v, &later, leaves(4), 1));
}

static void a_torn_record_loses_no_count(void **state)
{
	struct vault *v = *state;
	struct tree t = { 0 }, none = { 0 };
	assert_true(signs(v, &t, leaves(1), 10) && signs(v, &t, leaves(1), 10));
	seal_close(v->s);
	int fd = open(v->record, O_RDWR);
	char noise[64];
	memset(noise, 7, sizeof noise);
	/* the copy that a crash tore is one of the two: the other still counts */
	assert_int_equal(pwrite(fd, noise, sizeof noise, 0), sizeof noise);
	close(fd);
	v->s = keeper(v, 1);
	assert_true(seal_login(v->s, v->slots, 2, 1, PASSPHRASE, NULL, &v->e));
	assert_false(signs(v, &none, leaves(1), 40));
	assert_int_equal(refused(v), REFUSED);
}

/* The keeper's number is nobody's business but seal's: whoever is our child ends. */
static void end_children(void)
{
	char path[64];
	int child;
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while (fscanf(f, "%d", &child) == 1)
		assert_int_equal(kill(child, SIGKILL), 0);
	fclose(f);
}

static void a_keeper_that_is_gone_is_told(void **state)
{
	struct vault *v = *state;
	struct place p = place("customer", "sealed", 1, 5);
	struct str plain = STR("June"), out;
	end_children();
	assert_false(seal_wrap(v->s, &p, &plain, &out, 1, v->a, &v->e));
	assert_int_equal(refused(v), OUTSIDE);
	assert_false(seal_is_open(v->s));
}

/* ---- a hostile asker ---- */

static void what_is_no_request_ends_the_keeper(void **state)
{
	struct vault *v = *state;
	static const struct { uint32_t length; const char *bytes; size_t n; } asks[] = {
		{ 0, "", 0 }, { 0xFFFFFFFF, "", 0 }, { 1, "\0", 1 }, { 1, "\xFF", 1 }, { 1, "\x0B", 1 }, { 5, "\x01\xFF\xFF\xFF\xFF", 5 },
		{ 6, "\x02\x00\x00\x00\x00\x00", 6 }, { 17 << 20, "", 0 }, { 3, "\x09\x01\x02", 3 },
	};
	for (size_t i = 0; i < LENGTH(asks); i++) {
		pid_t child;
		int line;
		char answer[64];
		int record = open(v->record, O_RDWR);
		assert_true(role_start("keeper", "1", record, &child, &line, &v->e));
		close(record);
		struct str head = { (const char *)&asks[i].length, 4 }, bytes = { asks[i].bytes, asks[i].n };
		line_write(line, head);
		line_write(line, bytes);
		shutdown(line, SHUT_WR);
		/* refused in words (LOCKED), or the line is closed; never an OK */
		assert_true(!line_read(line, answer, 5) || answer[4] != OK);
		close(line);
		role_wait(child);
	}
}

static void a_locked_keeper_answers_nothing_secret(void **state)
{
	struct vault *v = *state;
	struct place p = place("customer", "sealed", 1, 5);
	struct str sealed = sealed_at(v, p, STR("June")), out;
	uint64_t key;
	struct tree none = { 0 };
	struct bits rows = some_rows();
	struct approval what = { 1, 1, &rows, { 7 } };
	struct leave leave;
	size_t bad;
	start_again(v);
	assert_false(seal_wrap(v->s, &p, &sealed, &out, 1, v->a, &v->e) || refused(v) != LOCKED);
	assert_false(seal_verify(v->s, &p, &sealed, 1, &bad, &v->e) || refused(v) != LOCKED);
	assert_false(seal_index(v->s, INDEX_EMAIL, &sealed, &key, 1, &v->e) || refused(v) != LOCKED);
	assert_false(signs(v, &none, leaves(1), 1) || refused(v) != LOCKED);
	assert_false(seal_approve(v->s, &what, time(NULL) + 60, &leave, &v->e) || refused(v) != LOCKED);
	bits_close(&rows);
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest all[] = {
		EACH(what_is_sealed_opens_where_it_belongs), EACH(a_moved_value_does_not_open), EACH(every_flipped_bit_is_found),
		EACH(a_passphrase_opens_after_a_restart_and_a_wrong_one_does_not), EACH(the_recovery_code_opens_and_a_typing_mistake_is_named),
		EACH(the_sixth_wrong_try_waits_also_with_a_new_keeper), EACH(a_swapped_or_weakened_slot_is_refused),
		EACH(short_passphrases_and_low_costs_are_refused), EACH(blind_indexes_are_stable_and_apart), EACH(budgets_outlive_the_keeper),
		EACH(a_round_opens_just_its_customers), EACH(a_forged_changed_or_ended_leave_is_refused), EACH(only_what_extends_what_was_signed_is_signed),
		EACH(a_torn_record_loses_no_count), EACH(a_keeper_that_is_gone_is_told), EACH(what_is_no_request_ends_the_keeper),
		EACH(a_locked_keeper_answers_nothing_secret),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
