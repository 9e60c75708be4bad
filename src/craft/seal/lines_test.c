/* seal: several lines to one keeper, who may ask what on them, and what somebody gets who has taken the desk over. */
#include "role.h"
#include "seal_int.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PASSPHRASE STR("four plain words here")
#define ANAS       STR("another four words there")

struct vault { char record[64]; struct seal *s; struct slot slots[4]; size_t n; char recovery[64]; uint8_t public_key[32]; struct arena *a; struct err e; };

static struct seal *keeper(struct vault *v)
{
	int fd = open(v->record, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	struct seal *s = seal_open(fd, 1, &v->e);
	assert_non_null(s);
	return s;
}

/* A vault with an owner (1) and Ana (2). */
static int make(void **state)
{
	struct vault *v = mem_zero(1, sizeof *v);
	char none[64];
	strcpy(v->record, "/tmp/handback-record-XXXXXX");
	close(mkstemp(v->record));
	v->a = arena_open();
	v->s = keeper(v);
	v->n = 3;
	*state = v;
	if (!seal_create(v->s, PASSPHRASE, 1, SLOT_COST_FLOOR, v->slots, v->recovery, v->public_key, v->a, &v->e) ||
	    !seal_again(v->s, v->slots, 2, PASSPHRASE, &v->e))
		return -1;
	v->slots[2] = (struct slot){ 3, SLOT_PERSON, 2, v->slots[0].bytes };
	uint8_t leaf[1][TREE_HASH] = { { 1 } }, signature[64];           /* a vault's record has signed from its founding on */
	return seal_slot(v->s, &v->slots[2], ANAS, none, v->a, &v->e) && seal_sign(v->s, STR("handback/test/1"), &(struct tree){ 0 }, (const uint8_t (*)[TREE_HASH])leaf, 1, signature, &v->e) ? 0 : -1;
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

static enum fault refused(struct vault *v)
{
	enum fault code = v->e.code;
	assert_true(code != OK);
	err_clear(&v->e);
	return code;
}

static void start_again(struct vault *v)
{
	seal_close(v->s);
	v->s = keeper(v);
}

static struct seal *line_of(struct vault *v, enum asker asker)
{
	int fd = seal_line(v->s, asker, &v->e);
	assert_true(fd >= 0);
	return seal_on(fd, 1);
}

static struct place customer(int64_t row)
{
	return (struct place){ "customer", "sealed", 1, row };
}

static struct str sealed_by(struct seal *s, struct vault *v, int64_t row, struct str plain)
{
	struct place p = customer(row);
	struct str sealed;
	assert_true(seal_wrap(s, &p, &plain, &sealed, 1, v->a, &v->e));
	return sealed;
}

static bool opens(struct seal *s, struct vault *v, int64_t row, struct str sealed)
{
	struct place p = customer(row);
	struct str plain;
	return seal_unwrap(s, &p, &sealed, &plain, 1, v->a, &v->e);
}

static bool login(struct seal *s, struct vault *v, int64_t person, struct str passphrase, uint8_t token[SEAL_TOKEN])
{
	return seal_login(s, v->slots, v->n, person, passphrase, token, &v->e);
}

/* ---- sessions ---- */

static void a_session_is_known_on_every_line_by_its_token_and_ends_once_for_all(void **state)
{
	struct vault *v = *state;
	struct str sealed = sealed_by(v->s, v, 5, STR("June"));
	start_again(v);
	struct seal *a = line_of(v, ASKER_DESK), *b = line_of(v, ASKER_DESK);
	uint8_t token[SEAL_TOKEN], wrong[SEAL_TOKEN] = { 1 };
	assert_false(opens(a, v, 5, sealed) || refused(v) != LOCKED);
	assert_true(login(a, v, 1, PASSPHRASE, token) && opens(a, v, 5, sealed));
	assert_false(opens(b, v, 5, sealed) || refused(v) != LOCKED);            /* the vault is open, but nobody is signed in there */
	assert_false(seal_session(b, wrong, &v->e) || refused(v) != LOCKED);
	assert_true(seal_session(b, token, &v->e) && seal_is_open(b) && opens(b, v, 5, sealed));
	assert_true(seal_session(b, NULL, &v->e) && !seal_is_open(b));
	assert_false(opens(b, v, 5, sealed) || refused(v) != LOCKED);
	assert_true(seal_session(b, token, &v->e) && seal_end(a, token, &v->e));
	assert_false(opens(b, v, 5, sealed) || refused(v) != LOCKED);
	assert_false(seal_session(b, token, &v->e) || refused(v) != LOCKED);
	seal_close(a);
	seal_close(b);
}

static void a_person_has_rights_and_tries_of_their_own(void **state)
{
	struct vault *v = *state;
	char recovery[64];
	start_again(v);
	struct seal *a = line_of(v, ASKER_DESK);
	for (int i = 0; i < 5; i++)
		assert_false(login(a, v, 2, STR("not this one at all"), NULL) || refused(v) != REFUSED);
	assert_false(login(a, v, 2, ANAS, NULL) || refused(v) != REFUSED);       /* a minute's tries are used up: Ana's, not the owner's */
	assert_false(login(a, v, 2, PASSPHRASE, NULL) || refused(v) != REFUSED);
	assert_true(login(a, v, 1, PASSPHRASE, NULL));
	assert_false(login(a, v, 3, PASSPHRASE, NULL) || refused(v) != REFUSED); /* who has no slot */
	start_again(v);
	seal_close(a);
	unlink(v->record);                               /* the minute is over */
	close(open(v->record, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	int fd = open(v->record, O_RDWR | O_CLOEXEC);
	assert_true(seal_record_new(fd, &v->e));
	close(fd);
	start_again(v);
	a = line_of(v, ASKER_DESK);
	assert_true(login(a, v, 2, ANAS, NULL) && seal_again(a, v->slots, v->n, ANAS, &v->e));
	struct slot mine = v->slots[2], other[] = { v->slots[0], v->slots[1], { 4, SLOT_PERSON, 3, mine.bytes }, { 3, SLOT_OWNER, 2, mine.bytes } };
	for (size_t i = 0; i < LENGTH(other); i++)       /* the owner's, a code, somebody's, and to be an owner */
		assert_false(seal_slot(a, &other[i], i == 1 ? STR("") : STR("a passphrase of mine"), recovery, v->a, &v->e) || refused(v) != REFUSED);
	assert_true(seal_slot(a, &mine, STR("a passphrase of mine"), recovery, v->a, &v->e));
	v->slots[2] = mine;
	assert_false(login(a, v, 2, ANAS, NULL) || refused(v) != REFUSED);
	assert_true(login(a, v, 2, STR("a passphrase of mine"), NULL));
	seal_close(a);
}

static void the_passphrase_given_again_counts_for_its_session_only(void **state)
{
	struct vault *v = *state;
	char recovery[64];
	start_again(v);
	struct seal *a = line_of(v, ASKER_DESK), *b = line_of(v, ASKER_DESK);
	uint8_t token[SEAL_TOKEN];
	assert_true(login(a, v, 1, PASSPHRASE, token) && seal_again(a, v->slots, v->n, PASSPHRASE, &v->e) && login(b, v, 1, PASSPHRASE, NULL));
	struct slot code = v->slots[1];
	assert_false(seal_slot(b, &code, STR(""), recovery, v->a, &v->e) || refused(v) != REFUSED);
	assert_true(seal_session(b, token, &v->e) && seal_slot(b, &code, STR(""), recovery, v->a, &v->e));
	seal_close(a);
	seal_close(b);
}

/* ---- lines ---- */

static bool line_says(int line, enum request which, struct str payload, uint8_t *fault)
{
	struct buf b = BUF(1 << 20);
	uint32_t n;
	char some[4096];
	buf_u32(&b, (uint32_t)(payload.n + 1));
	buf_u8(&b, (uint8_t)which);
	buf_put(&b, payload);
	bool good = line_write(line, buf_str(&b)) && line_read(line, &n, sizeof n) && n && n <= sizeof some && line_read(line, some, n);
	*fault = good ? (uint8_t)some[0] : 0xFF;
	buf_free(&b);
	return good;
}

static void what_a_line_may_not_ask_ends_it_and_nobody_else(void **state)
{
	struct vault *v = *state;
	static const struct { enum asker asker; enum request which; } asks[] = {
		{ ASKER_DESK, R_LINE }, { ASKER_DESK, R_LINK }, { ASKER_COURIER, R_ANSWER }, { ASKER_DESK, R_BACKUP }, { ASKER_COURIER, R_ROTATE }, { ASKER_COURIER, R_LOCK }, { ASKER_COURIER, R_LOGIN }, { ASKER_COURIER, R_AGAIN },
		{ ASKER_COURIER, R_CREATE }, { ASKER_COURIER, R_SESSION }, { ASKER_COURIER, R_INDEX }, { ASKER_COURIER, R_VERIFY },
		{ ASKER_COURIER, R_APPROVE }, { ASKER_COURIER, R_SLOT }, { ASKER_COURIER, R_RESEAL }, { ASKER_COURIER, R_GIVE }, { ASKER_COURIER, R_LINE }, { ASKER_COURIER, R_END },
	};
	uint8_t fault;
	for (size_t i = 0; i < LENGTH(asks); i++) {
		int fd = seal_line(v->s, asks[i].asker, &v->e);
		assert_true(fd >= 0);
		assert_false(line_says(fd, asks[i].which, STR("0123456789abcdef"), &fault));
		close(fd);
	}
	assert_true(opens(v->s, v, 5, sealed_by(v->s, v, 5, STR("June"))));
}

static void a_courier_opens_what_a_round_may_and_only_in_an_open_vault(void **state)
{
	struct vault *v = *state;
	struct bits rows = bits_open(100);
	struct approval what = { 1, 1, &rows, { 7 } };
	struct leave leave;
	bits_add(&rows, 5);
	struct str in = sealed_by(v->s, v, 5, STR("June")), out = sealed_by(v->s, v, 6, STR("Kofi"));
	assert_true(seal_approve(v->s, &what, time(NULL) + 3600, &leave, &v->e));
	start_again(v);
	struct seal *c = line_of(v, ASKER_COURIER), *d = line_of(v, ASKER_DESK);
	assert_false(seal_use(c, &leave, &what, &v->e) || refused(v) != LOCKED);
	uint8_t token[SEAL_TOKEN];
	assert_true(login(d, v, 2, ANAS, token) && seal_end(d, token, &v->e));   /* whoever opened it may be gone again */
	assert_true(seal_use(c, &leave, &what, &v->e) && opens(c, v, 5, in) && seal_is_open(c));
	assert_false(opens(c, v, 6, out) || refused(v) != REFUSED);
	assert_true(seal_use(c, NULL, NULL, &v->e));
	assert_false(opens(c, v, 5, in) || refused(v) != LOCKED);
	seal_close(c);
	seal_close(d);
	bits_close(&rows);
}

static bool opens_code(struct seal *s, struct vault *v, const char *column, int64_t row, struct str sealed)
{
	struct place p = { "enrolment", column, 1, row };
	struct str plain;
	return seal_unwrap(s, &p, &sealed, &plain, 1, v->a, &v->e) && str_eq(plain, STR("ABC-1"));
}

static void a_round_opens_its_customers_enrolment_codes_and_nobodys_others(void **state)
{
	struct vault *v = *state;
	struct bits rows = bits_open(100);
	struct approval what = { 1, 1, &rows, { 7 } };
	struct leave leave;
	const struct place pool = { "enrolment", "pool", 1, 5 };
	const int64_t row[] = { 5, 5, 6 }, to[] = { 5, 6, 5 };
	struct str code = STR("ABC-1"), pooled, given[2];
	bits_add(&rows, 5);
	assert_true(seal_wrap(v->s, &pool, &code, &pooled, 1, v->a, &v->e));
	struct str two[] = { pooled, pooled };
	assert_true(seal_give(v->s, row, to, two, given, 2, v->a, &v->e));
	assert_false(seal_give(v->s, row + 2, to + 2, &pooled, given, 1, v->a, &v->e) || refused(v) != TORN);      /* it lies in another row of the pool */
	assert_true(opens_code(v->s, v, "sealed", 5, given[0]) && opens_code(v->s, v, "sealed", 6, given[1]));
	assert_true(seal_approve(v->s, &what, time(NULL) + 3600, &leave, &v->e) && seal_use(v->s, &leave, &what, &v->e));
	assert_true(opens_code(v->s, v, "sealed", 5, given[0]));
	assert_false(opens_code(v->s, v, "sealed", 6, given[1]) || refused(v) != REFUSED);
	assert_false(opens_code(v->s, v, "pool", 5, pooled) || refused(v) != REFUSED);
	assert_true(seal_use(v->s, NULL, NULL, &v->e));
	bits_close(&rows);
}

static void lines_have_an_end_and_their_places_are_used_again(void **state)
{
	struct vault *v = *state;
	int line[80], n = 0;
	while (n < 80 && (line[n] = seal_line(v->s, ASKER_DESK, &v->e)) >= 0)
		n++;
	assert_int_equal(n, 63);
	assert_int_equal(refused(v), TOO_BIG);
	for (int i = 0; i < n; i++)
		close(line[i]);
	assert_true(opens(v->s, v, 5, sealed_by(v->s, v, 5, STR("June"))));      /* lets the keeper see that they have ended */
	for (int i = 0; i < 200; i++) {
		int fd = seal_line(v->s, ASKER_DESK, &v->e);
		assert_true(fd >= 0);
		close(fd);
	}
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One line stops in the middle of a request, one takes no answers, four have passphrases tried: the others go on. */
static void a_slow_line_holds_up_nobody(void **state)
{
	struct vault *v = *state;
	enum { N = 64 << 10 };
	int half = seal_line(v->s, ASKER_DESK, &v->e), deaf = seal_line(v->s, ASKER_DESK, &v->e), trying[4];
	struct str plain = { arena_get(v->a, N), N };
	uint32_t n = 1 << 20;
	assert_true(half >= 0 && deaf >= 0 && line_write(half, (struct str){ (const char *)&n, 4 }));
	struct buf b = BUF(8 << 20);
	n = 1 + 4 + (4 + 8 + 4 + 6 + 8 + 4 + N) * 16;
	buf_u32(&b, n);
	buf_u8(&b, R_WRAP);
	buf_u32(&b, 16);
	for (int i = 0; i < 16; i++)
		buf_lstr(&b, STR("customer")), buf_lstr(&b, STR("sealed")), buf_u64(&b, 5), buf_lstr(&b, plain);
	assert_true(line_write(deaf, buf_str(&b)) && line_write(deaf, (struct str){ b.p, 4 }));
	for (int i = 0; i < 4; i++) {
		buf_clear(&b);
		buf_u32(&b, 0);
		buf_u8(&b, R_LOGIN);
		buf_u64(&b, 1);
		buf_lstr(&b, PASSPHRASE);
		buf_u32(&b, 1);
		buf_u64(&b, 1), buf_u8(&b, SLOT_OWNER), buf_u64(&b, 1), buf_lstr(&b, v->slots[0].bytes);
		n = (uint32_t)b.n - 4;
		memcpy(b.p, &n, 4);
		trying[i] = seal_line(v->s, ASKER_DESK, &v->e);
		assert_true(trying[i] >= 0 && line_write(trying[i], buf_str(&b)));
	}
	double begun = seconds(), longest = 0;
	for (int i = 0; i < 20; i++) {
		double now = seconds();
		assert_true(opens(v->s, v, 5, sealed_by(v->s, v, 5, STR("June"))));
		longest = seconds() - now > longest ? seconds() - now : longest;
	}
	char answer[5];
	for (int i = 0; i < 4; i++)
		assert_true(line_read(trying[i], answer, 5) && answer[4] == OK);
	print_message("# 20 values took at most %.1f ms each while four passphrases were tried in %.0f ms\n", longest * 1e3, (seconds() - begun) * 1e3);
	for (int i = 0; i < 4; i++)
		close(trying[i]);
	close(half);
	close(deaf);
	buf_free(&b);
}

/* ---- links and answers ---- */

/* As craft/front seals one: the proof that its writer had the link, then the body. */
static struct str answered(struct vault *v, const uint8_t secret[LINK_SECRET], const uint8_t key[ANSWER_KEY], const char *body)
{
	uint8_t plain[32 + 100] = { 0 }, *sealed = arena_get(v->a, sizeof plain + crypto_box_SEALBYTES);
	memcpy(plain + 32, body, strlen(body));
	keyed_hash(secret, LINK_SECRET, "answer", (struct str){ (const char *)plain + 32, 100 }, plain);
	assert_int_equal(crypto_box_seal(sealed, plain, sizeof plain, key), 0);
	return (struct str){ (const char *)sealed, sizeof plain + crypto_box_SEALBYTES };
}

static void links_are_told_under_a_round_and_answers_open_in_a_session(void **state)
{
	struct vault *v = *state;
	struct bits rows = bits_open(100);
	struct approval what = { 1, 1, &rows, { 7 } };
	struct leave leave;
	uint8_t secret[2][LINK_SECRET], again[2][LINK_SECRET], key[ANSWER_KEY], public_key[32];
	bits_add(&rows, 5), bits_add(&rows, 9);
	assert_true(seal_again(v->s, v->slots, v->n, PASSPHRASE, &v->e));
	assert_true(seal_approve(v->s, &what, time(NULL) + 3600, &leave, &v->e));
	struct seal *courier = line_of(v, ASKER_COURIER);
	const int64_t both[2] = { 5, 9 }, other[2] = { 5, 6 };
	assert_false(seal_links(courier, both, 2, secret, key, &v->e) || refused(v) != REFUSED);                 /* no round is in use */
	assert_false(seal_links(v->s, both, 2, secret, key, &v->e) || refused(v) != REFUSED);                    /* nor does a session do */
	assert_true(seal_use(courier, &leave, &what, &v->e));
	assert_true(seal_links(courier, both, 2, secret, key, &v->e));
	assert_memory_not_equal(secret[0], secret[1], LINK_SECRET);
	assert_false(seal_links(courier, other, 2, again, key, &v->e) || refused(v) != REFUSED);
	/* what came by a link opens as its customer's alone; what somebody wrote without it does not, and keeps nobody from being read */
	uint8_t guessed[LINK_SECRET] = { 0 };
	struct str sealed[4] = { answered(v, secret[0], key, "call me"), answered(v, secret[0], key, "call me"), answered(v, guessed, key, "forged"), STR("rubbish") }, plain[4];
	const int64_t from[4] = { 5, 9, 5, 5 };
	assert_true(seal_answers(v->s, from, sealed, plain, 4, v->a, &v->e));
	assert_string_equal(plain[0].p, "call me");
	assert_true(!plain[1].p && !plain[2].p && !plain[3].p);
	/* a new key changes no link */
	struct slot ring = { .id = 4 };
	char recovery[64];
	assert_true(seal_rotate(v->s, PASSPHRASE, &v->slots[0], &v->slots[1], &ring, recovery, public_key, v->a, &v->e));
	assert_true(seal_again(v->s, (struct slot[]){ v->slots[0], ring }, 2, PASSPHRASE, &v->e));
	assert_true(seal_approve(v->s, &what, time(NULL) + 3600, &leave, &v->e) && seal_use(courier, &leave, &what, &v->e));
	assert_true(seal_links(courier, both, 2, again, key, &v->e));
	assert_memory_equal(again, secret, sizeof secret);
	assert_true(seal_answers(v->s, from, sealed, plain, 1, v->a, &v->e));
	assert_string_equal(plain[0].p, "call me");
	seal_close(courier);
	bits_close(&rows);
}

static void answers_have_a_budget(void **state)
{
	struct vault *v = *state;
	enum { MANY = 2001 };
	struct str *sealed = ARENA_ARRAY(v->a, struct str, MANY), *plain = ARENA_ARRAY(v->a, struct str, MANY);
	int64_t *from = ARENA_ARRAY(v->a, int64_t, MANY);
	start_again(v);
	assert_true(login(v->s, v, 1, PASSPHRASE, NULL));
	assert_false(seal_answers(v->s, from, sealed, plain, MANY, v->a, &v->e) || refused(v) != REFUSED);
	assert_true(seal_answers(v->s, from, sealed, plain, MANY - 1, v->a, &v->e));
	assert_false(seal_answers(v->s, from, sealed, plain, 1, v->a, &v->e) || refused(v) != REFUSED);
}

/* ---- rotation ---- */

static void a_new_key_seals_from_now_on_and_the_old_values_open_still(void **state)
{
	struct vault *v = *state;
	struct str before = sealed_by(v->s, v, 5, STR("June")), after, moved, text = STR("june@example.com");
	struct place p = customer(5);
	struct slot ring = { .id = 4 };
	char recovery[64];
	uint8_t public_key[32], leaf[2][TREE_HASH] = { { 1 }, { 2 } }, root[TREE_HASH], signature[64];
	struct tree t = { 0 };
	uint64_t key_before, key_after;
	struct slot old[2] = { v->slots[0], v->slots[1] };
	assert_int_equal(seal_generation(before), 1);
	assert_true(seal_index(v->s, INDEX_EMAIL, &text, &key_before, 1, &v->e));
	struct vault other = *v;                         /* another keeper of the same vault: a desk's */
	other.s = keeper(v);
	assert_true(login(other.s, v, 2, ANAS, NULL));
	assert_false(seal_rotate(v->s, ANAS, &v->slots[0], &v->slots[1], &ring, recovery, public_key, v->a, &v->e) || refused(v) != REFUSED);
	assert_true(seal_rotate(v->s, PASSPHRASE, &v->slots[0], &v->slots[1], &ring, recovery, public_key, v->a, &v->e));
	v->slots[3] = ring;
	v->n = 4;
	assert_true(memcmp(public_key, v->public_key, 32) != 0 && strcmp(recovery, v->recovery) != 0);
	after = sealed_by(v->s, v, 5, STR("June"));
	assert_int_equal(seal_generation(after), 2);
	assert_true(opens(v->s, v, 5, before) && opens(v->s, v, 5, after));
	assert_true(seal_reseal(v->s, &p, &before, &moved, 1, v->a, &v->e) && opens(v->s, v, 5, moved));
	assert_int_equal(seal_generation(moved), 2);
	assert_true(seal_index(v->s, INDEX_EMAIL, &text, &key_after, 1, &v->e) && key_before == key_after);
	tree_add(&t, leaf[0]);
	assert_true(seal_sign(v->s, STR("handback/test/1"), &t, (const uint8_t (*)[TREE_HASH])&leaf[1], 1, signature, &v->e));
	tree_root(&t, root);
	struct buf head = BUF(CHECKPOINT_MAX);
	seal_checkpoint(&head, STR("handback/test/1"), 2, root);
	assert_true(seal_signed(public_key, buf_str(&head), signature));
	buf_free(&head);
	/* kept from here on: the next who opens the vault tells its record */
	start_again(v);
	assert_true(login(v->s, v, 1, PASSPHRASE, NULL) && opens(v->s, v, 5, before) && opens(v->s, v, 5, after));
	assert_false(opens(other.s, v, 5, before) || refused(v) != LOCKED);      /* the other keeper knows that its key is history */
	seal_close(other.s);
	start_again(v);
	assert_false(login(v->s, v, 2, ANAS, NULL) || refused(v) != TORN);       /* Ana's slot is the old key's */
	assert_false(seal_login(v->s, old, 2, 1, PASSPHRASE, NULL, &v->e) || refused(v) != TORN);        /* and so is an old copy's */
	assert_true(seal_login(v->s, v->slots, v->n, 1, str_of(recovery), NULL, &v->e) && opens(v->s, v, 5, moved));
}

static void a_key_that_could_not_be_kept_is_forgotten(void **state)
{
	struct vault *v = *state;
	struct str before = sealed_by(v->s, v, 5, STR("June"));
	struct slot old[2] = { v->slots[0], v->slots[1] }, ring = { .id = 4 };
	char recovery[64];
	uint8_t public_key[32];
	assert_true(seal_rotate(v->s, PASSPHRASE, &v->slots[0], &v->slots[1], &ring, recovery, public_key, v->a, &v->e));
	assert_true(seal_lock(v->s, &v->e));
	assert_false(opens(v->s, v, 5, before) || refused(v) != LOCKED);
	/* what the database still has opens it as before */
	assert_true(seal_login(v->s, old, 2, 1, PASSPHRASE, NULL, &v->e) && opens(v->s, v, 5, before));
	assert_int_equal(seal_generation(sealed_by(v->s, v, 6, STR("July"))), 1);
}

static void many_generations_open_and_there_is_an_end(void **state)
{
	struct vault *v = *state;
	struct str sealed[4];
	char recovery[64];
	uint8_t public_key[32];
	v->slots[3] = (struct slot){ .id = 4 };
	for (int g = 0; g < 4; g++) {
		sealed[g] = sealed_by(v->s, v, g + 1, STR("June"));
		if (g < 3)
			assert_true(seal_rotate(v->s, PASSPHRASE, &v->slots[0], &v->slots[1], &v->slots[3], recovery, public_key, v->a, &v->e));
	}
	v->n = 4;
	start_again(v);
	assert_true(login(v->s, v, 1, PASSPHRASE, NULL));
	for (int g = 0; g < 4; g++)
		assert_true(opens(v->s, v, g + 1, sealed[g]) && seal_generation(sealed[g]) == (uint32_t)g + 1);
	((char *)(uintptr_t)v->slots[3].bytes.p)[40] ^= 1;
	start_again(v);
	assert_false(login(v->s, v, 1, PASSPHRASE, NULL) || refused(v) != TORN);
}

/* ---- a hostile desk ---- */

enum { CUSTOMERS = 10000 };

/* Opens as many contacts as it can: in lots of every size, on lines of its own, with every token it has. */
static int64_t plundered(struct vault *v, const struct str *sealed, struct bits *got, uint8_t token[][SEAL_TOKEN], size_t tokens)
{
	static const size_t lots[] = { 1000, 100, 10, 1 };
	for (size_t t = 0; t < tokens; t++)
		for (int lines = 0; lines < 3; lines++) {
			struct seal *d = line_of(v, ASKER_DESK);
			for (size_t i = 0; seal_session(d, token[t], &v->e) && i < LENGTH(lots); i++)
				for (size_t n = lots[i], done = 0; done + n <= CUSTOMERS; done += n) {
					struct place p[1000];
					struct str plain[1000];
					if (bits_has(got, done))
						continue;
					for (size_t k = 0; k < n; k++)
						p[k] = customer((int64_t)(done + k) + 1);
					if (!seal_unwrap(d, p, sealed + done, plain, n, v->a, &v->e)) {
						refused(v);
						break;
					}
					for (size_t k = 0; k < n; k++)
						bits_add(got, done + k);
				}
			err_clear(&v->e);
			seal_close(d);
		}
	return (int64_t)bits_count(got);
}

static void who_has_taken_the_desk_over_gets_what_the_budget_allows(void **state)
{
	struct vault *v = *state;
	struct place *p = ARENA_ARRAY(v->a, struct place, CUSTOMERS);
	struct str *plain = ARENA_ARRAY(v->a, struct str, CUSTOMERS), *sealed = ARENA_ARRAY(v->a, struct str, CUSTOMERS);
	struct bits got = bits_open(CUSTOMERS);
	uint8_t token[3][SEAL_TOKEN], fault;
	struct bits all = bits_open(CUSTOMERS + 1);
	struct approval approved = { 1, 1, &all, { 7 } };
	struct leave leave;
	uint8_t public_key[32];
	for (int i = 0; i < CUSTOMERS; i++)
		p[i] = customer(i + 1), plain[i] = arena_say(v->a, "person %d", i);
	assert_true(seal_wrap(v->s, p, plain, sealed, CUSTOMERS, v->a, &v->e));
	for (size_t i = 1; i <= CUSTOMERS; i++)
		bits_add(&all, i);
	assert_true(seal_again(v->s, v->slots, v->n, PASSPHRASE, &v->e));
	assert_true(seal_approve(v->s, &approved, time(NULL) + 3600, &leave, &v->e));    /* the database has it for whoever has the desk */
	start_again(v);
	/* nobody is signed in: of all that can be asked nothing is answered but that this is so, whatever comes with it */
	for (int which = 1; which < R_COUNT; which++)
		for (int kind = 0; kind < 40; kind++) {
			int fd = seal_line(v->s, ASKER_DESK, &v->e);
			char noise[256];
			random_bytes(noise, sizeof noise);
			memset(noise, 0, kind % 2 ? 24 : 0);
			assert_true(fd >= 0);
			bool answered = line_says(fd, (enum request)which, (struct str){ noise, (size_t)kind * 4 }, &fault);
			assert_true(!answered || fault != OK || which == R_SESSION || which == R_END);
			close(fd);
		}
	assert_int_equal(plundered(v, sealed, &got, token, 0), 0);
	/* three sessions of one person, whose passphrase was not typed since */
	struct seal *d = line_of(v, ASKER_DESK);
	for (int i = 0; i < 3; i++)
		assert_true(login(d, v, 1, PASSPHRASE, token[i]));
	/* an approved round's leave opens nothing on a desk's line */
	struct seal *round = line_of(v, ASKER_DESK);
	struct str opened[1];
	assert_true(seal_use(round, &leave, &approved, &v->e));
	assert_false(seal_unwrap(round, p, sealed, opened, 1, v->a, &v->e) || refused(v) != LOCKED);
	seal_close(round);
	/* nor is it an oracle for phone numbers and addresses beyond a day's */
	size_t asked = 0;
	static uint64_t key[1000];
	while (seal_index(d, INDEX_EMAIL, plain + asked % CUSTOMERS, key, 1000, &v->e))
		asked += 1000;
	assert_true(refused(v) == REFUSED && asked == 20000);
	seal_close(d);
	assert_int_equal(plundered(v, sealed, &got, token, 3), 2000);
	/* a new keeper, and the same again */
	start_again(v);
	assert_int_equal(plundered(v, sealed, &got, token, 3), 2000);            /* the tokens are the old keeper's */
	d = line_of(v, ASKER_DESK);
	assert_true(login(d, v, 1, PASSPHRASE, token[0]));
	assert_int_equal(plundered(v, sealed, &got, token, 1), 2000);
	/* what needs the passphrase is not to be had, nor a new vault on the old record, which would count from nothing */
	char recovery[64];
	struct slot slot = { 9, SLOT_OWNER, 9, v->slots[0].bytes }, fresh[2];
	assert_false(seal_approve(d, &(struct approval){ 1, 1, &got, { 0 } }, time(NULL) + 3600, &leave, &v->e) || refused(v) != REFUSED);
	assert_false(seal_slot(d, &slot, STR("the thief's passphrase"), recovery, v->a, &v->e) || refused(v) != REFUSED);
	assert_false(seal_reseal(d, p, sealed, plain, 1, v->a, &v->e) || refused(v) != REFUSED);
	seal_close(d);
	start_again(v);
	d = line_of(v, ASKER_DESK);
	assert_false(seal_create(d, STR("the thief's passphrase"), 1, SLOT_COST_FLOOR, fresh, recovery, public_key, v->a, &v->e) || refused(v) != CONFLICT);
	seal_close(d);
	print_message("# of %d contacts a hostile desk got %zu\n", CUSTOMERS, bits_count(&got));
	bits_close(&got);
	bits_close(&all);
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest all[] = {
		EACH(links_are_told_under_a_round_and_answers_open_in_a_session), EACH(answers_have_a_budget),
		EACH(a_session_is_known_on_every_line_by_its_token_and_ends_once_for_all), EACH(a_person_has_rights_and_tries_of_their_own),
		EACH(the_passphrase_given_again_counts_for_its_session_only), EACH(what_a_line_may_not_ask_ends_it_and_nobody_else),
		EACH(a_courier_opens_what_a_round_may_and_only_in_an_open_vault), EACH(a_round_opens_its_customers_enrolment_codes_and_nobodys_others),
		EACH(lines_have_an_end_and_their_places_are_used_again),
		EACH(a_slow_line_holds_up_nobody), EACH(a_new_key_seals_from_now_on_and_the_old_values_open_still),
		EACH(a_key_that_could_not_be_kept_is_forgotten), EACH(many_generations_open_and_there_is_an_end), EACH(who_has_taken_the_desk_over_gets_what_the_budget_allows),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
