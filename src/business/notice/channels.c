/* channels - in which order people are told: e-mail, letter, SMS, phone, in person. One that has failed in a round is not tried again by
 * itself. */
#include "notice_int.h"
#include "notice_sql.h"

bool ways_now(struct op *op, customer_id who, unsigned *ways)
{
	struct families f;
	struct sql_customer_ways w;
	bool found;
	if (!sql_customer_ways(op, who.n, &w, &found) || !families_open(op, &f))
		return false;
	*ways = found ? (unsigned)w.ways : 0;
	bool good = family_ways(op, &f, who, ways);
	families_close(&f);
	return good;
}

bool channel_open(struct op *op, enum notice_channel c, unsigned ways)
{
	switch (c) {
	case EMAIL:     return ways & WAY_EMAIL;
	case LETTER:    return ways & WAY_POSTAL;
	case SMS:       return ways & WAY_PHONE && op_setting(op, "sms.gateway").n;
	case PHONE:     return ways & WAY_PHONE;
	default:        return false;
	}
}

enum notice_channel channel_first(struct op *op, unsigned ways, unsigned tried)
{
	for (enum notice_channel c = EMAIL; c <= PHONE; c++)
		if (!(tried & 1u << c) && channel_open(op, c, ways))
			return c;
	/* whom no call reaches is told when they come by */
	return tried & 1u << PHONE && !(tried & 1u << IN_PERSON) ? IN_PERSON : NO_CHANNEL;
}

bool channels_tried(struct op *op, const struct moving *m, unsigned *tried)
{
	struct sql_channels_tried q;
	*tried = m->channel ? 1u << m->channel : 0;
	if (!sql_channels_tried(op, m->incident, m->round, m->who.n, &q))
		return false;
	while (sql_channels_tried_next(op, &q))
		*tried |= q.channel > NO_CHANNEL && q.channel <= IN_PERSON ? 1u << q.channel : 0;
	return op->err.code == OK;
}

bool again_on(struct op *op, const struct moving *m, enum notice_channel channel, struct outcome *o)
{
	struct sql_attempts_on q;
	bool found;
	if (!sql_attempts_on(op, m->incident, m->round, m->who.n, channel, &q, &found))
		return false;
	*o = (struct outcome){ channel, q.attempts, op->now, "", { 0 } };
	return true;
}

bool channel_next(struct op *op, struct moving *m, const char *code, enum notice_channel *to)
{
	struct outcome o;
	unsigned ways, tried;
	if (!ways_now(op, m->who, &ways) || !channels_tried(op, m, &tried))
		return false;
	*to = channel_first(op, ways, tried);
	if (*to == NO_CHANNEL)
		return true;
	if (!again_on(op, m, *to, &o))
		return false;
	o.code = code;
	return notice_move(op, m, E_NEXT_CHANNEL, &o);
}
