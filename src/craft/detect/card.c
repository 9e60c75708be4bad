/* Card numbers, digit by digit. */
#include "card.h"

#include "ranges.h"

bool card_check(const unsigned char *digit, size_t n)
{
	static const unsigned char doubled[10] = { 0, 2, 4, 6, 8, 1, 3, 5, 7, 9 };
	unsigned sum = 0;
	size_t i = n;
	for (; i >= 2; i -= 2)
		sum += digit[i - 1] + doubled[digit[i - 2]];
	if (i)
		sum += digit[0];
	return sum % 10 == 0;
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
	for (const struct range *r = ranges; r < ranges + LENGTH(ranges); r++)
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
