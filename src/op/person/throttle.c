/* throttle - how often somebody may try to sign in. In memory: a desk that starts anew forgets, the keeper's own count does not. */
#include "person.h"

#include <arpa/inet.h>
#include <pthread.h>

enum { FREE = 5, LONGEST = 15 * 60, FORGOTTEN = 3600, PLACES = 1024, WAYS = 4 };

/* Each key has WAYS places; when all are taken, the one that failed longest ago is given up. */
static struct { uint64_t key; int64_t at; unsigned failures; } places[PLACES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static uint64_t key_of(struct str text)
{
	static const uint8_t key[16] = "handback-tries";
	return hash64(text, key);
}

static uint64_t person_key(int64_t person)
{
	return key_of((struct str){ (const char *)&person, sizeof person });
}

/* The network that an address stands for; whatever is no address counts as itself. */
static uint64_t address_key(struct str address)
{
	char text[INET6_ADDRSTRLEN] = { 0 };
	uint8_t bytes[17] = { 0 };
	if (address.n >= sizeof text)
		return key_of(address);
	memcpy(text, address.p, address.n);
	if (inet_pton(AF_INET, text, bytes + 1) == 1) {
		bytes[0] = 4;
		return key_of((struct str){ (const char *)bytes, 4 });           /* 24 bits */
	}
	if (inet_pton(AF_INET6, text, bytes + 1) != 1)
		return key_of(address);
	static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	if (memcmp(bytes + 1, mapped, sizeof mapped) == 0) {              /* ::ffff:192.0.2.1 is 192.0.2.1 */
		memmove(bytes + 1, bytes + 13, 3);
		bytes[0] = 4;
		return key_of((struct str){ (const char *)bytes, 4 });
	}
	bytes[0] = 6;
	return key_of((struct str){ (const char *)bytes, 9 });                   /* 64 bits */
}

/* The key's place, or the one to be given up for it. */
static size_t place_of(uint64_t key)
{
	size_t best = key % (PLACES / WAYS) * WAYS, first = best;
	for (size_t i = first; i < first + WAYS; i++) {
		if (places[i].failures && places[i].key == key)
			return i;
		if (!places[i].failures || (places[best].failures && places[i].at < places[best].at))
			best = i;
	}
	return best;
}

static int64_t wait_of(uint64_t key, int64_t now)
{
	size_t i = place_of(key);
	if (places[i].key != key || places[i].failures < FREE || now - places[i].at >= FORGOTTEN)
		return 0;
	unsigned doubled = places[i].failures - FREE;
	int64_t wait = doubled < 10 ? (int64_t)1 << doubled : LONGEST, left = places[i].at + (wait < LONGEST ? wait : LONGEST) - now;
	return left > 0 ? left : 0;
}

static void count(uint64_t key, int64_t now)
{
	size_t i = place_of(key);
	if (places[i].key != key || now - places[i].at >= FORGOTTEN)
		places[i].failures = 0;
	places[i].key = key;
	places[i].at = now;
	places[i].failures++;
}

bool throttle_may(int64_t person, struct str address, int64_t now, struct err *e)
{
	pthread_mutex_lock(&mutex);
	int64_t a = person ? wait_of(person_key(person), now) : 0, b = wait_of(address_key(address), now), wait = a > b ? a : b;
	pthread_mutex_unlock(&mutex);
	if (wait == 1)
		return err_set(e, REFUSED, NULL, "Too many tries. Wait a second, then try again.");
	return !wait || err_set(e, REFUSED, NULL, "Too many tries. Wait %d seconds, then try again.", (int)wait);
}

void throttle_failed(int64_t person, struct str address, int64_t now)
{
	pthread_mutex_lock(&mutex);
	if (person)
		count(person_key(person), now);
	count(address_key(address), now);
	pthread_mutex_unlock(&mutex);
}

void throttle_good(int64_t person)
{
	uint64_t key = person_key(person);
	pthread_mutex_lock(&mutex);
	size_t i = place_of(key);
	if (places[i].key == key)
		places[i].failures = 0;
	pthread_mutex_unlock(&mutex);
}

void throttle_reset(void)
{
	pthread_mutex_lock(&mutex);
	memset(places, 0, sizeof places);
	pthread_mutex_unlock(&mutex);
}
