/* What a browser sends of a new passkey: CBOR with authenticator data in it; and base64url. */
#include "passkey.h"
#include "person_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	struct str in = { (const char *)data, size }, bytes;
	struct passkey_made m;
	if (passkey_read(a, in, &m) && (m.credential.n > PASSKEY_ID_MAX || m.data.n > PASSKEY_BYTES_MAX))
		__builtin_trap();
	if (base64url(a, in, PASSKEY_BYTES_MAX, &bytes) && bytes.n > PASSKEY_BYTES_MAX)
		__builtin_trap();
	arena_close(a);
	return 0;
}
