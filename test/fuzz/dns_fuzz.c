/* Any bytes as a name server's answer: read as each sort; a record there is within bounds, and none there is said to be none. */
#include "wire_fetch.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_open();
	for (enum dns_sort sort = DNS_TXT; sort <= DNS_A; sort++) {
		struct dns_said said;
		dns_read((struct str){ (const char *)bytes, n }, sort, &said, a);
		if ((said.how == DNS_THERE) != (said.n > 0) || said.n > DNS_RECORDS)
			abort();
		for (size_t i = 0; i < said.n; i++)
			if (said.record[i].n > n + 1100)     /* a name is unpacked to at most 1,025 bytes */
				abort();
	}
	wire_registrable((struct str){ (const char *)bytes, n }, a);
	arena_close(a);
	return 0;
}
