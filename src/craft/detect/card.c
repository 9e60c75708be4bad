/* Card numbers, digit by digit. */
#include "card.h"

#include "eight.h"
#include "ranges.h"

#include <assert.h>

/* What eight digits count, the last one highest: each second from there double, less nine if that is more than nine. */
static uint64_t counts_of(uint64_t x)
{
	uint64_t twice = x & 0x00FF00FF00FF00FFu, over = (twice + 0x007B007B007B007Bu) >> 7 & 0x0001000100010001u;
	return x + twice - 9 * over;
}

/* Whether 24 digits, the last eight first, have a right check digit. */
static bool is_right(uint64_t last, uint64_t middle, uint64_t first)
{
	return ((counts_of(last) + counts_of(middle) + counts_of(first)) * 0x0101010101010101u >> 56) % 10 == 0;
}

bool card_check(const unsigned char *digit, size_t n)
{
	assert(n > 8 && n <= 24);
	uint64_t last, middle, first;
	memcpy(&last, digit + n - 8, 8);
	memcpy(&middle, n < 16 ? digit : digit + n - 16, 8);
	memcpy(&first, digit, 8);
	middle = little(middle) << (n < 16 ? 8 * (16 - n) : 0);
	first = n > 16 ? little(first) << 8 * (24 - n) : 0;
	return is_right(little(last), middle, first);
}

static inline unsigned lengths_of(unsigned first4) { return first4 < LENGTH(beginnings) ? (unsigned)beginnings[first4] << DIGITS_MIN : 0; }
static inline unsigned unchecked_of(unsigned first4) { return (unsigned)unchecked[first4 / 100 % 100] << DIGITS_MIN; }

bool card_begins(unsigned first4, size_t n) { return lengths_of(first4) >> n & 1; }

/* Sixteen bytes as one: all machines have instructions for these. */
typedef unsigned char sixteen __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));

bool card_may_be(struct str t, size_t end, size_t n)
{
	static const unsigned char digits_behind[32] = { [16] = 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15 };
	static const sixteen seconds = { 15, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15, 0 };
	const uint64_t value = 0x0F0F0F0F0F0F0F0Fu;
	const char *p = t.p + end;
	sixteen digit, ours;
	memcpy(&digit, p - 16, sizeof digit);
	memcpy(&ours, digits_behind + (n < 16 ? n : 16), sizeof ours);
	digit &= ours;
	digit += digit & seconds;                        /* up to 18; then its digits together are nine less */
	digit -= (sixteen)(digit > 9) & 9;
	halves sum = (halves)digit;
	uint64_t count = sum[0] + sum[1];
	if (n > 16)
		count += counts_of(eight_at(p - 24) & value << 8 * (24 - n));
	bool right = (count * 0x0101010101010101u >> 56) % 10 == 0;
	uint64_t begin = eight_at(p - n) & value;
	unsigned pairs = (unsigned)((begin * 10 + (begin >> 8)) & 0x00FF00FF), first4 = (pairs & 0xFF) * 100 + (pairs >> 16);
	return lengths_of(first4) >> n & (right | (unsigned)unchecked[pairs & 0xFF] << DIGITS_MIN >> n) & 1;
}

const struct range *card_range(const unsigned char *digit, size_t n)
{
	unsigned first4 = digit[0] * 1000u + digit[1] * 100u + digit[2] * 10u + digit[3];
	bool right = card_check(digit, n);
	if (!(lengths_of(first4) >> n & (right | unchecked_of(first4) >> n) & 1))
		return NULL;
	uint32_t prefix = first4;
	for (size_t i = 4; i < 8; i++)
		prefix = prefix * 10 + digit[i];
	for (const struct range *r = ranges + first_range[first4 / 100]; r < ranges + LENGTH(ranges); r++)
		if (prefix >= r->low && prefix <= r->high && r->lengths >> n & 1 && (right || !r->luhn))
			return r;
	return NULL;
}

bool card_test_number(const unsigned char *digit, size_t n)
{
	uint64_t number = 0;
	for (size_t i = 0; i < n; i++)
		number = number * 10 + digit[i];
	size_t low = 0, high = LENGTH(test_numbers);
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (test_numbers[mid] < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < LENGTH(test_numbers) && test_numbers[low] == number && digit[0];
}
