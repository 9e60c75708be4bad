/* Card numbers, digit by digit. */
#include "card.h"

#include <assert.h>
#include <endian.h>

#include "ranges.h"

/* Eight digits, the last one highest: each second from there counts double, less nine if that is more than nine. */
static unsigned luhn_of_eight(uint64_t x)
{
	uint64_t twice = x & 0x00FF00FF00FF00FFu, over = (twice + 0x007B007B007B007Bu) >> 7 & 0x0001000100010001u;
	return (unsigned)(((x + twice - 9 * over) * 0x0101010101010101u) >> 56);
}

bool card_check(const unsigned char *digit, size_t n)
{
	assert(n > 8 && n <= 24);
	uint64_t last, middle, first;
	memcpy(&last, digit + n - 8, 8);
	memcpy(&middle, n < 16 ? digit : digit + n - 16, 8);
	memcpy(&first, digit, 8);
	middle = le64toh(middle) << (n < 16 ? 8 * (16 - n) : 0);
	first = n > 16 ? le64toh(first) << 8 * (24 - n) : 0;
	return (luhn_of_eight(le64toh(last)) + luhn_of_eight(middle) + luhn_of_eight(first)) % 10 == 0;
}

bool card_begins(unsigned first4, size_t n)
{
	return first4 < LENGTH(beginnings) && n >= DIGITS_MIN && beginnings[first4] >> (n - DIGITS_MIN) & 1;
}

const struct range *card_range(const unsigned char *digit, size_t n)
{
	unsigned first4 = digit[0] * 1000u + digit[1] * 100u + digit[2] * 10u + digit[3];
	if (!card_begins(first4, n))
		return NULL;
	bool right = card_check(digit, n);
	if (!right && !(unchecked[first4 / 100] >> (n - DIGITS_MIN) & 1))
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
