/* throttle - a table by hash, looked through a few entries on. */
#include "throttle.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>

enum { NEAR = 16 };

static struct { pthread_mutex_t lock; bool keyed; uint8_t key[16]; struct { uint64_t place; int64_t began; unsigned n; } of[THROTTLE_PLACES]; } table =
	{ .lock = PTHREAD_MUTEX_INITIALIZER };

/* Never 0. What is no address is a place like another: a proxy may tell names. */
static uint64_t place_of(struct str address)
{
	char text[64];
	struct in6_addr six;
	snprintf(text, sizeof text, STR_FMT, STR_ARG(address));
	struct str place = inet_pton(AF_INET6, text, &six) == 1 ? (struct str){ (const char *)&six, 8 } : address;
	uint64_t h = hash64(place, table.key);
	return h ? h : 1;
}

bool throttle_lets(struct str address, int64_t now)
{
	pthread_mutex_lock(&table.lock);
	if (!table.keyed)
		random_bytes(table.key, sizeof table.key), table.keyed = true;
	uint64_t place = place_of(address);
	size_t at = place % THROTTLE_PLACES, oldest = at;
	for (size_t i = 0; i < NEAR && table.of[at].place != place; i++) {
		at = (place + i) % THROTTLE_PLACES;
		if (table.of[at].began < table.of[oldest].began || !table.of[at].place)
			oldest = at;
	}
	at = table.of[at].place == place ? at : oldest;
	if (table.of[at].place != place || now - table.of[at].began >= THROTTLE_SECONDS)
		table.of[at].place = place, table.of[at].began = now, table.of[at].n = 0;
	bool lets = table.of[at].n < THROTTLE_MOST;
	table.of[at].n += lets;
	pthread_mutex_unlock(&table.lock);
	return lets;
}
