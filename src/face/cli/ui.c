/* ui - starts the desk on this machine's own address and prints the link that opens it. */
#include "cli_int.h"
#include "desk.h"
#include "http.h"
#include "role.h"

#include <poll.h>
#include <unistd.h>

bool ui_run(struct op *op, const struct args *args, struct answer *answer)
{
	int64_t wanted = 0;
	uint16_t port;
	uint8_t key[16];
	pid_t desk;
	int line;
	args_number(args, "port", &wanted);
	if (wanted < 0 || wanted > 65535)
		return err_set(&op->err, INVALID, "port", "A port is a number from 1 to 65535.");
	port = (uint16_t)wanted;
	struct desk_start s = { .folder = op->folder, .listener = { http_listen(false, &port, &op->err), -1 }, .listeners = 1 };
	if (s.listener[0] < 0)
		return false;
	s.listener[1] = http_listen(true, &port, &(struct err){ 0 });     /* without it where a machine has no IPv6 */
	s.listeners += s.listener[1] >= 0;
	random_bytes(key, sizeof key);
	s.key = hex(op->a, key, sizeof key);
	s.url = arena_say(op->a, "http://localhost:%u", port);
	if (!role_start("desk", NULL, -1, &desk, &line, &op->err))
		return false;
	bool good = desk_hand_over(line, &s, &op->err);
	for (size_t i = 0; i < s.listeners; i++)
		close(s.listener[i]);
	if (good) {
		answer_row(answer);
		answer_text(answer, "link", arena_say(op->a, STR_FMT "/open/" STR_FMT, STR_ARG(s.url), STR_ARG(s.key)));
		answer_row_end(answer);
		answer_say(answer, "Open this link within 30 minutes; it works once: %s/open/%s", s.url.p, s.key.p);
		answer_say(answer, "Ctrl-C ends Handback.");
		answer->put(answer->to, STR(""));
	}
	struct pollfd ended = { .fd = line, .events = POLLIN };
	while (good && !op_stopped(op) && poll(&ended, 1, 1000) <= 0)
		;
	close(line);
	role_wait(desk);
	return good;
}
