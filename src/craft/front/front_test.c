/* front: what is written is served and nothing else; a personal page opens with its secret alone; an answer with the business's key alone. */
#include "pages_test.h"

#include <fcntl.h>
#include <sodium.h>

static const uint8_t secret[FRONT_SECRET] = "sixteen bytes..";

static struct str file(struct arena *a, const char *name)
{
	uint64_t size;
	int fd = front_file(pages, name, &size);
	if (fd < 0)
		return STR("none");
	char *p = arena_get(a, size + 1);
	assert_int_equal(read(fd, p, size), size);
	close(fd);
	return (struct str){ p, size };
}

static void a_file_for_everybody(void **state)
{
	struct arena *a = arena_open();
	struct err e = { 0 };
	(void)state;
	assert_true(front_put(pages, "trust/index.html", STR("<p>first</p>"), &e));
	assert_true(front_put(pages, "trust/index.html", STR("<p>second</p>"), &e));
	assert_true(str_eq(file(a, "trust/index.html"), STR("<p>second</p>")));
	assert_true(front_put(pages, ".well-known/security.txt", STR("Contact: x"), &e));
	assert_true(str_eq(file(a, ".well-known/security.txt"), STR("Contact: x")));
	assert_true(file(a, "look/public.css").n > 1000);
	assert_true(front_drop(pages, "trust/index.html", &e));
	assert_true(front_drop(pages, "trust/index.html", &e));
	assert_true(str_eq(file(a, "trust/index.html"), STR("none")));
	arena_close(a);
}

static void names_that_are_none(void **state)
{
	static const char *const bad[] = { "", "/", "../answers.key", "all/../../handback.db", "a//b.html", "a/.hidden.html", ".well-known", "a.exe", "for/x", "A.html", "a b.html", "a\\b.html", "-a.html" };
	struct err e = { 0 };
	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		assert_false(front_put(pages, bad[i], STR("x"), &e));
		assert_int_equal(e.code, INVALID);
		err_clear(&e);
	}
	char *huge = mem_zero(FRONT_FILE_MAX + 1, 1), longer[FRONT_PATH_MAX + 10];
	assert_false(front_put(pages, "a.html", (struct str){ huge, FRONT_FILE_MAX + 1 }, &e));
	assert_int_equal(e.code, TOO_BIG);
	free(huge);
	memset(longer, 'a', sizeof longer);
	memcpy(longer + sizeof longer - 6, ".html", 6);
	err_clear(&e);
	assert_false(front_put(pages, longer, STR("x"), &e));
	assert_int_equal(e.code, INVALID);
}

static void paths_as_browsers_ask(void **state)
{
	static const struct { const char *path, *name; enum language language; } all[] = {
		{ "/", "index.html", ENGLISH }, { "/", "index.es.html", SPANISH }, { "/trust/", "trust/index.html", ENGLISH }, { "/a/b.pdf", "a/b.pdf", SPANISH },
		{ "/../x.html", NULL, ENGLISH }, { "/for/", "for/index.html", ENGLISH }, { "/trust", NULL, ENGLISH }, { "//x.html", NULL, ENGLISH }, { "/%2e/", NULL, ENGLISH },
	};
	struct arena *a = arena_open();
	const char *name;
	(void)state;
	for (size_t i = 0; i < LENGTH(all); i++) {
		assert_int_equal(front_path(a, str_of(all[i].path), all[i].language, &name), all[i].name != NULL);
		if (all[i].name)
			assert_string_equal(name, all[i].name);
	}
	arena_close(a);
}

/* A link out of pages/, a device: what is no plain file of ours is not there. */
static void only_plain_files(void **state)
{
	char path[100];
	uint64_t size;
	struct err e = { 0 };
	(void)state;
	assert_true(front_put(pages, "x/index.html", STR("x"), &e));
	snprintf(path, sizeof path, "%s/pages/all/x/passwd.txt", folder);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(front_file(pages, "x/passwd.txt", &size), -1);
	snprintf(path, sizeof path, "%s/pages/all/link", folder);
	assert_int_equal(symlink("/etc", path), 0);
	assert_int_equal(front_file(pages, "link/motd.txt", &size), -1);
}

static void a_code_is_read_as_it_is_typed(void **state)
{
	char code[FRONT_CODE], typed[100];
	uint8_t got[FRONT_SECRET], random[FRONT_SECRET];
	(void)state;
	for (int round = 0; round < 100; round++) {
		random_bytes(random, sizeof random);
		front_code(random, code);
		assert_int_equal(strlen(code), FRONT_CODE - 1);
		assert_true(front_code_read(str_of(code), got));
		assert_memory_equal(got, random, sizeof got);
		size_t n = 0;
		for (const char *c = code; *c; c++)
			typed[n++] = *c == '-' ? ' ' : *c == '0' ? 'o' : *c == '1' ? (round % 2 ? 'l' : 'I') : (char)(*c >= 'A' ? *c + 32 : *c);
		assert_true(front_code_read((struct str){ typed, n }, got));
		assert_memory_equal(got, random, sizeof got);
	}
	snprintf(typed, sizeof typed, "https://notice.example.com/p/abcdefgh#%s", code);
	assert_true(front_code_read(str_of(typed), got));
	assert_memory_equal(got, random, sizeof got);
	/* each single character, changed to the next one, is noticed */
	front_code(secret, code);
	for (size_t i = 0; code[i]; i++) {
		char was = code[i];
		if (was == '-')
			continue;
		code[i] = was == '7' ? '8' : '7';
		assert_false(front_code_read(str_of(code), got));
		code[i] = was;
	}
	assert_false(front_code_read(STR(""), got));
	assert_false(front_code_read((struct str){ code, FRONT_CODE - 2 }, got));
	snprintf(typed, sizeof typed, "%s7", code);
	assert_false(front_code_read(str_of(typed), got));
}

static void a_link_names_no_secret_before_the_sign(void **state)
{
	struct arena *a = arena_open();
	char name[FRONT_NAME], code[FRONT_CODE];
	(void)state;
	front_name(secret, name);
	front_code(secret, code);
	struct str link = front_link(a, STR("https://notice.example.com"), secret);
	assert_string_equal(link.p, arena_printf(a, "https://notice.example.com/p/%s#%s", name, code));
	assert_int_equal(strlen(name), FRONT_NAME - 1);
	arena_close(a);
}

static size_t sealed_file(struct arena *a, uint8_t **bytes, const char *name)
{
	const char *path = arena_printf(a, "%s/pages/for/%s", folder, name);
	struct buf b = BUF(1 << 20);
	struct err e = { 0 };
	assert_true(file_whole(path, &b, "file", &e));
	size_t n = b.n;
	*bytes = (uint8_t *)(uintptr_t)arena_str(a, buf_str(&b)).p;
	buf_free(&b);
	return n;
}

static void a_page_opens_with_its_secret_alone(void **state)
{
	struct arena *a = arena_open();
	struct err e = { 0 };
	struct str html;
	uint8_t other[FRONT_SECRET], *bytes;
	char name[FRONT_NAME];
	(void)state;
	memcpy(other, secret, sizeof other);
	other[15] ^= 1;
	assert_true(front_put_for(pages, secret, STR("<p>Ann Miller, Visa ending 1111</p>"), &e));
	assert_true(front_sync(pages, &e));
	assert_true(front_page_for(pages, secret, a, &html, &e));
	assert_true(str_eq(html, STR("<p>Ann Miller, Visa ending 1111</p>")));
	assert_false(front_page_for(pages, other, a, &html, &e));
	assert_int_equal(e.code, NOT_FOUND);
	front_name(secret, name);
	size_t n = sealed_file(a, &bytes, name);
	assert_null(memmem(bytes, n, "Miller", 6));
	/* its length tells nothing of a page of the usual size */
	assert_true(front_put_for(pages, other, STR("<p>short</p>"), &e));
	char others[FRONT_NAME];
	uint8_t *unused;
	front_name(other, others);
	assert_int_equal(sealed_file(a, &unused, others), n);
	/* changed, cut, or under another's name: it does not open */
	for (size_t at = 0; at < n; at += at < 64 ? 1 : 997) {
		err_clear(&e);
		bytes[at] ^= 4;
		assert_int_equal(unlink(arena_printf(a, "%s/pages/for/%s", folder, name)), 0);
		assert_true(file_put(arena_printf(a, "%s/pages/for/%s", folder, name), (struct str){ (char *)bytes, n }, 0600, &e));
		assert_false(front_page_for(pages, secret, a, &html, &e));
		assert_int_equal(e.code, TORN);
		bytes[at] ^= 4;
	}
	err_clear(&e);
	assert_int_equal(rename(arena_printf(a, "%s/pages/for/%s", folder, others), arena_printf(a, "%s/pages/for/%s", folder, name)), 0);
	assert_false(front_page_for(pages, secret, a, &html, &e));
	assert_int_equal(e.code, TORN);
	err_clear(&e);
	assert_true(front_drop_for(pages, name, &e));
	assert_false(front_page_for(pages, secret, a, &html, &e));
	assert_int_equal(e.code, NOT_FOUND);
	char *huge = mem_zero(FRONT_OWN_MAX + 1, 1);
	err_clear(&e);
	assert_false(front_put_for(pages, secret, (struct str){ huge, FRONT_OWN_MAX + 1 }, &e));
	assert_int_equal(e.code, TOO_BIG);
	free(huge);
	arena_close(a);
}

static void proofs_come_later_without_the_secret(void **state)
{
	struct arena *a = arena_open();
	struct err e = { 0 };
	struct str bytes;
	uint8_t key[FRONT_KEY], other[FRONT_SECRET];
	char name[FRONT_NAME];
	const struct front_proof proof[] = { { STR("key"), STR("the key") }, { STR("1.1"), STR("c2sp.org/tlog-proof@v1 Ann Miller") }, { STR("1.2"), STR("") } };
	(void)state;
	memcpy(other, secret, sizeof other);
	other[0] ^= 1;
	front_name(secret, name);
	front_proof_key(secret, key);
	assert_false(front_proof_for(pages, secret, STR("1.1"), a, &bytes, &e));
	assert_int_equal(e.code, NOT_FOUND);
	assert_true(front_put_proofs(pages, name, key, proof, 3, &e));
	for (size_t i = 0; i < 3; i++)
		assert_true(front_proof_for(pages, secret, proof[i].name, a, &bytes, &e) && str_eq(bytes, proof[i].bytes));
	err_clear(&e);
	assert_false(front_proof_for(pages, secret, STR("2.1"), a, &bytes, &e));
	assert_int_equal(e.code, NOT_FOUND);
	err_clear(&e);
	assert_false(front_proof_for(pages, other, STR("1.1"), a, &bytes, &e));
	assert_int_equal(e.code, NOT_FOUND);
	/* what is another's, or was changed, does not open; who has the folder reads nothing */
	const char *path = arena_printf(a, "%s/pages/proof/%s", folder, name);
	struct buf b = BUF(1 << 20);
	err_clear(&e);
	assert_true(file_whole(path, &b, "file", &e));
	assert_null(memmem(b.p, b.n, "Miller", 6));
	assert_int_equal(b.n % 4096, 1 + crypto_box_SEALBYTES);
	for (size_t at = 0; at < b.n; at += at < 64 ? 1 : 997) {
		b.p[at] ^= 4;
		assert_int_equal(unlink(path), 0);
		assert_true(file_put(path, buf_str(&b), 0600, &e));
		assert_false(front_proof_for(pages, secret, STR("1.1"), a, &bytes, &e));
		assert_int_equal(e.code, TORN);
		err_clear(&e);
		b.p[at] ^= 4;
	}
	buf_free(&b);
	char *huge = mem_zero(FRONT_PAGE_MAX, 1);
	assert_false(front_put_proofs(pages, name, key, &(struct front_proof){ STR("1.1"), { huge, FRONT_PAGE_MAX } }, 1, &e));
	assert_int_equal(e.code, TOO_BIG);
	free(huge);
	err_clear(&e);
	assert_true(front_drop_for(pages, name, &e));
	assert_false(front_proof_for(pages, secret, STR("1.1"), a, &bytes, &e));
	assert_int_equal(e.code, NOT_FOUND);
	arena_close(a);
}

static void an_answer_goes_one_way(void **state)
{
	struct arena *a = arena_open();
	struct err e = { 0 };
	uint8_t public_key[32], secret_key[32], packet[FRONT_SEALED_MAX], plain[FRONT_SEALED_MAX], proof[32];
	char name[FRONT_NAME], expected[FRONT_NAME], huge[FRONT_ANSWER_MAX + 1] = { 0 };
	size_t n, m;
	struct str sealed;
	int line[2];
	(void)state;
	assert_false(front_answer(pages, secret, STR("read"), packet, &n, &e));
	assert_int_equal(e.code, NOT_FOUND);
	err_clear(&e);
	crypto_box_keypair(public_key, secret_key);
	assert_true(front_key_put(pages, public_key, &e));
	assert_true(front_answer(pages, secret, STR("read"), packet, &n, &e));
	assert_true(front_answer(pages, secret, (struct str){ huge, FRONT_ANSWER_MAX }, plain, &m, &e));
	assert_int_equal(n, m);                          /* short or long: the line shows no difference */
	assert_false(front_answer(pages, secret, (struct str){ huge, FRONT_ANSWER_MAX + 1 }, plain, &m, &e));
	assert_int_equal(e.code, TOO_BIG);
	assert_int_equal(pipe2(line, O_DIRECT | O_NONBLOCK), 0);
	assert_false(front_answer_take(line[0], a, name, &sealed));
	assert_int_equal(write(line[1], packet, n), n);
	assert_int_equal(write(line[1], "short", 5), 5);
	assert_true(front_answer_take(line[0], a, name, &sealed));
	front_name(secret, expected);
	assert_string_equal(name, expected);
	assert_int_equal(crypto_box_seal_open(plain, (const uint8_t *)sealed.p, sealed.n, public_key, secret_key), 0);
	n = sealed.n - crypto_box_SEALBYTES;
	keyed_hash(secret, sizeof secret, "answer", (struct str){ (const char *)plain + 32, n - 32 }, proof);
	assert_memory_equal(proof, plain, 32);
	struct cursor c = cursor_of((struct str){ (const char *)plain + 32, n - 32 });
	assert_true(str_eq(cursor_lstr(&c), STR("read")));
	assert_false(front_answer_take(line[0], a, name, &sealed));      /* what is none is taken off, and nothing comes of it */
	arena_close(a);
}

static void what_a_page_holds_is_read_as_it_was_written(void **state)
{
	struct own_page page = { .language = SPANISH, .letter = true, .phone = STR("(202) 555-0100"), .n = OWN_TOLD_MAX }, read;
	struct buf b = BUF(FRONT_OWN_MAX);
	(void)state;
	for (size_t i = 0; i < OWN_TOLD_MAX; i++)
		page.told[i] = (struct own_told){ 1, OWN_TOLD_MAX - (int64_t)i, i % 2 ? SPANISH : ENGLISH, STR("A <title>"), STR("May 3, 2026"), STR("<p>Words.</p>") };
	front_own_write(&b, &page);
	struct str whole = buf_str(&b);
	assert_true(front_own_read(whole, &read));
	assert_true(read.language == SPANISH && read.letter && str_eq(read.phone, page.phone) && read.n == OWN_TOLD_MAX);
	for (size_t i = 0; i < OWN_TOLD_MAX; i++)
		assert_true(read.told[i].round == page.told[i].round && read.told[i].language == page.told[i].language && str_eq(read.told[i].title, STR("A <title>")) && str_eq(read.told[i].text, STR("<p>Words.</p>")));
	for (size_t n = 0; n < whole.n; n++)
		assert_false(front_own_read((struct str){ whole.p, n }, &read));
	assert_false(front_own_read(STR("<!DOCTYPE html><p>none of ours</p>"), &read));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_for_everybody), cmocka_unit_test(names_that_are_none), cmocka_unit_test(paths_as_browsers_ask), cmocka_unit_test(only_plain_files),
		cmocka_unit_test(a_code_is_read_as_it_is_typed), cmocka_unit_test(a_link_names_no_secret_before_the_sign),
		cmocka_unit_test(a_page_opens_with_its_secret_alone), cmocka_unit_test(what_a_page_holds_is_read_as_it_was_written), cmocka_unit_test(proofs_come_later_without_the_secret), cmocka_unit_test(an_answer_goes_one_way),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
