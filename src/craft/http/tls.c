/* tls - reads the certificate and its key, and gives them to each handshake. Touches the two files. */
#include "tls.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/abstract.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CHAIN_MAX = 10, FILE_MAX = 1 << 20, LOOK_SECONDS = 2 };

/* What a file was when it was read. */
struct state { ino_t inode; off_t size; struct timespec changed; };
struct shown { gnutls_pcert_st chain[CHAIN_MAX]; unsigned n; gnutls_privkey_t key; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *paths[2];
static struct state states[2];
static struct shown *now, *before;               /* before: handshakes under way may still hold it */
static time_t looked;

static void shown_free(struct shown *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->n; i++)
		gnutls_pcert_deinit(&s->chain[i]);
	if (s->key)
		gnutls_privkey_deinit(s->key);
	free(s);
}

static bool read_file(const char *path, struct buf *b, struct state *state, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char piece[4096];
	ssize_t n = -1;
	if (fd >= 0 && fstat(fd, &st) == 0)
		while ((n = read(fd, piece, sizeof piece)) > 0)
			buf_put(b, (struct str){ piece, (size_t)n });
	if (n == 0)
		*state = (struct state){ st.st_ino, st.st_size, st.st_mtim };
	else
		err_set(e, OUTSIDE, NULL, "%s can't be read: %s.", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	wipe(piece, sizeof piece);
	return n == 0 && (!b->full || err_set(e, TOO_BIG, NULL, "%s is too large for a certificate or key.", path));
}

static bool belong_together(struct shown *s, struct err *e)
{
	uint8_t a[64], b[64];
	size_t a_n = sizeof a, b_n = sizeof b;
	gnutls_pubkey_t public_key;
	if (gnutls_pubkey_init(&public_key) != 0)
		return err_set(e, OUTSIDE, NULL, "TLS could not be prepared.");
	bool good = gnutls_pubkey_import_privkey(public_key, s->key, 0, 0) == 0 && gnutls_pubkey_get_key_id(public_key, GNUTLS_KEYID_USE_SHA256, a, &a_n) == 0 &&
	            gnutls_pubkey_get_key_id(s->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, b, &b_n) == 0 && a_n == b_n && memcmp(a, b, a_n) == 0;
	gnutls_pubkey_deinit(public_key);
	return good || err_set(e, INVALID, NULL, "The certificate %s and the key %s don't belong together.", paths[0], paths[1]);
}

static struct shown *load(struct state fresh[2], struct err *e)
{
	struct buf cert = BUF(FILE_MAX), key = BUF(FILE_MAX);
	struct shown *s = mem_zero(1, sizeof *s);
	bool good = read_file(paths[0], &cert, &fresh[0], e) && read_file(paths[1], &key, &fresh[1], e);
	if (good) {
		gnutls_datum_t c = { (unsigned char *)cert.p, (unsigned)cert.n }, k = { (unsigned char *)key.p, (unsigned)key.n };
		s->n = CHAIN_MAX;
		if (!cert.n || gnutls_pcert_list_import_x509_raw(s->chain, &s->n, &c, GNUTLS_X509_FMT_PEM, 0) != 0) {
			s->n = 0;
			good = err_set(e, INVALID, NULL, "%s is no certificate in PEM.", paths[0]);
		}
		if (good && (!key.n || gnutls_privkey_init(&s->key) != 0 || gnutls_privkey_import_x509_raw(s->key, &k, GNUTLS_X509_FMT_PEM, NULL, 0) != 0))
			good = err_set(e, INVALID, NULL, "%s is no key in PEM without a passphrase.", paths[1]);
		good = good && belong_together(s, e);
	}
	buf_free(&cert);
	buf_free(&key);
	if (good)
		return s;
	shown_free(s);
	return NULL;
}

static bool changed(void)
{
	struct stat st;
	for (int i = 0; i < 2; i++)
		if (stat(paths[i], &st) == 0 && (st.st_ino != states[i].inode || st.st_size != states[i].size || st.st_mtim.tv_sec != states[i].changed.tv_sec ||
		                                 st.st_mtim.tv_nsec != states[i].changed.tv_nsec))
			return true;
	return false;
}

/* Files that are just being replaced, or are wrong, change nothing: what was shown before is shown on. */
static void look_again(void)
{
	time_t t = time(NULL);
	struct state fresh[2];
	if (t < looked + LOOK_SECONDS)
		return;
	looked = t;
	struct shown *s = changed() ? load(fresh, &(struct err){ 0 }) : NULL;
	if (!s)
		return;
	memcpy(states, fresh, sizeof states);
	shown_free(before);
	before = now;
	now = s;
}

static int retrieve(gnutls_session_t session, const gnutls_datum_t *authorities, int n, const gnutls_pk_algorithm_t *algorithms, int m, gnutls_pcert_st **chain,
                    unsigned *chain_n, gnutls_privkey_t *key)
{
	(void)session, (void)authorities, (void)n, (void)algorithms, (void)m;
	pthread_mutex_lock(&lock);
	look_again();
	*chain = now->chain;
	*chain_n = now->n;
	*key = now->key;
	pthread_mutex_unlock(&lock);
	return 0;
}

bool tls_start(const char *cert, const char *key, struct err *e)
{
	paths[0] = cert, paths[1] = key;
	now = load(states, e);
	return now != NULL;
}

void tls_stop(void)
{
	shown_free(before);
	shown_free(now);
	before = now = NULL;
}

void *tls_callback(void)
{
	union { gnutls_certificate_retrieve_function2 *f; void *p; } u = { .f = retrieve };
	return u.p;
}
