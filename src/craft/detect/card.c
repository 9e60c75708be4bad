/* Card numbers, digit by digit. */
#include "card.h"

#include "ranges.h"

#include <assert.h>

bool card_check(const unsigned char *digit, size_t n)
{
	assert(n > 8 && n <= 24);
	uint64_t last, middle, first;
	memcpy(&last, digit + n - 8, 8);
	memcpy(&middle, n < 16 ? digit : digit + n - 16, 8);
	memcpy(&first, digit, 8);
	middle = little(middle) << (n < 16 ? 8 * (16 - n) : 0);
	first = n > 16 ? little(first) << 8 * (24 - n) : 0;
	return card_counts_right(card_counts(little(last)) + card_counts(middle) + card_counts(first));
}

static inline unsigned unchecked_of(unsigned first4) { return (unsigned)card_unchecked[first4 / 100 % 100] << DIGITS_MIN; }

bool card_begins(unsigned first4, size_t n) { return card_lengths(first4) >> n & 1; }

const struct range *card_range(const unsigned char *digit, size_t n)
{
	unsigned first4 = digit[0] * 1000u + digit[1] * 100u + digit[2] * 10u + digit[3];
	bool right = card_check(digit, n);
	if (!(card_lengths(first4) >> n & (right | unchecked_of(first4) >> n) & 1))
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
