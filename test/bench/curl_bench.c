/* curl_bench PORT MAILS CONNECTIONS FILE: sends the mail in FILE so often to 127.0.0.1:PORT through libcurl's multi interface, connections reused, no record
 * kept; prints seconds. A peer for send_bench.py, nothing else. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 20 };
struct one { CURL *easy; struct curl_slist *to; size_t at; };
static char mail[1 << 20], url[100];
static size_t mail_n;

static size_t on_read(char *to, size_t size, size_t n, void *about)
{
	struct one *o = about;
	size_t left = mail_n - o->at, many = left < size * n ? left : size * n;
	memcpy(to, mail + o->at, many);
	o->at += many;
	return many;
}

static void begin(CURLM *multi, struct one *o, long number)
{
	char to[100];
	snprintf(to, sizeof to, "<june.%ld@example.com>", number);
	curl_slist_free_all(o->to);
	o->to = curl_slist_append(NULL, to), o->at = 0;
	curl_easy_setopt(o->easy, CURLOPT_URL, url);
	curl_easy_setopt(o->easy, CURLOPT_MAIL_FROM, "<office@fernwood.example.com>");
	curl_easy_setopt(o->easy, CURLOPT_MAIL_RCPT, o->to);
	curl_easy_setopt(o->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(o->easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(o->easy, CURLOPT_READDATA, o);
	curl_easy_setopt(o->easy, CURLOPT_PRIVATE, o);
	curl_multi_add_handle(multi, o->easy);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int n, char **arg)
{
	struct one one[MOST] = { { 0 } };
	FILE *f = n == 5 ? fopen(arg[4], "r") : NULL;
	if (!f || !(mail_n = fread(mail, 1, sizeof mail, f)))
		return 2;
	fclose(f);
	long mails = atol(arg[2]), next = 0, sent = 0, many = atol(arg[3]) < MOST ? atol(arg[3]) : MOST;
	snprintf(url, sizeof url, "smtp://127.0.0.1:%s/bench.example", arg[1]);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	CURLM *multi = curl_multi_init();
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, many);
	double begun = now();
	for (int running; next < many && next < mails; curl_multi_perform(multi, &running)) {
		one[next].easy = curl_easy_init();
		begin(multi, &one[next], next);
		next++;
	}
	while (sent < mails) {
		int running, left;
		curl_multi_perform(multi, &running);
		for (CURLMsg *m; (m = curl_multi_info_read(multi, &left)); ) {
			struct one *o;
			if (m->msg != CURLMSG_DONE || m->data.result != CURLE_OK) {
				fprintf(stderr, "%s\n", curl_easy_strerror(m->data.result));
				return 1;
			}
			curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&o);
			curl_multi_remove_handle(multi, o->easy);
			sent++;
			if (next < mails)
				begin(multi, o, next++);
		}
		if (sent < mails)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	printf("%.3f\n", now() - begun);
	for (long i = 0; i < many; i++) {
		curl_easy_cleanup(one[i].easy);
		curl_slist_free_all(one[i].to);
	}
	curl_multi_cleanup(multi);
	return 0;
}
