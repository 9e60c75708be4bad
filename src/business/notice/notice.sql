-- round_put (incident i64, round i64, audience i64, template text, drafted i64, leave bytes)
INSERT INTO round (business, incident, round, audience, template, drafted, approved, ends, leave)
VALUES (:business, :incident, :round, :audience, :template, :drafted, 0, 0, :leave);

-- round_get (incident i64, round i64) -> (audience i64, template text, drafted i64, approved i64, ends i64, leave bytes): one
SELECT audience, template, drafted, approved, ends, leave FROM round WHERE business = :business AND incident = :incident AND round = :round;

-- round_latest (incident i64) -> (round i64): one
SELECT coalesce(max(round), 0) FROM round WHERE business = :business AND incident = :incident;

-- round_approve (incident i64, round i64, approved i64, ends i64, leave bytes)
UPDATE round SET approved = :approved, ends = :ends, leave = :leave WHERE business = :business AND incident = :incident AND round = :round;

-- notice_put (incident i64, round i64, customer i64, kinds i64, first_at i64, last_at i64, touches i64, channel i64, at i64)
INSERT INTO notice (business, incident, round, customer, kinds, first_at, last_at, touches, channel, state, attempts, due, at, code)
VALUES (:business, :incident, :round, :customer, :kinds, :first_at, :last_at, :touches, :channel, 1, 0, 0, :at, '');

-- notice_move (incident i64, round i64, customer i64, channel i64, state i64, attempts i64, due i64, at i64, code text)
UPDATE notice SET channel = :channel, state = :state, attempts = :attempts, due = :due, at = :at, code = :code
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer;

-- attempt_put (incident i64, round i64, customer i64, channel i64, attempt i64, state i64, at i64, code text, words bytes)
INSERT INTO attempt (business, incident, round, customer, channel, attempt, state, at, code, words)
VALUES (:business, :incident, :round, :customer, :channel, :attempt, :state, :at, :code, :words)
ON CONFLICT (business, incident, round, customer, channel, attempt) DO UPDATE SET state = excluded.state, at = excluded.at, code = excluded.code, words = excluded.words;

-- notices (incident i64, round i64) -> (customer i64, kinds i64, first_at i64, last_at i64, touches i64, channel i64, state i64, attempts i64, due i64, at i64, code text): any
SELECT customer, kinds, first_at, last_at, touches, channel, state, attempts, due, at, code FROM notice
WHERE business = :business AND incident = :incident AND round = :round ORDER BY customer;

-- notice_get (incident i64, round i64, customer i64) -> (kinds i64, first_at i64, last_at i64, touches i64, channel i64, state i64, attempts i64): one
SELECT kinds, first_at, last_at, touches, channel, state, attempts FROM notice
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer;

-- notices_due (incident i64, round i64, channel i64, now i64, many i64) -> (customer i64, kinds i64, first_at i64, last_at i64, touches i64, attempts i64): any
SELECT customer, kinds, first_at, last_at, touches, attempts FROM notice
WHERE business = :business AND incident = :incident AND round = :round AND state = 2 AND due <= :now AND channel = :channel
ORDER BY due, customer LIMIT :many;

-- notices_next_due (incident i64, round i64, channel i64) -> (due i64, n i64): one
SELECT coalesce(min(due), 0), count(*) FROM notice
WHERE business = :business AND incident = :incident AND round = :round AND state = 2 AND channel = :channel;

-- notices_handed (incident i64, round i64) -> (customer i64, channel i64, attempts i64): any
SELECT customer, channel, attempts FROM notice WHERE business = :business AND incident = :incident AND round = :round AND state = 3 ORDER BY customer;

-- first_attempt (incident i64, round i64, customer i64, channel i64) -> (at i64): one
SELECT coalesce(min(at), 0) FROM attempt
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer AND channel = :channel AND attempt > 0;

-- earlier_customers (incident i64) -> (customer i64): any
SELECT DISTINCT customer FROM notice WHERE business = :business AND incident = :incident AND state <> 12;

-- told_customers (incident i64) -> (customer i64): any
SELECT DISTINCT customer FROM notice WHERE business = :business AND incident = :incident AND state IN (4, 5, 8, 9, 10);

-- states_count (incident i64, round i64) -> (state i64, channel i64, n i64): any
SELECT state, channel, count(*) FROM notice WHERE business = :business AND incident = :incident AND round = :round GROUP BY state, channel ORDER BY state, channel;

-- printed (incident i64, round i64) -> (customer i64, code text, ref text): any
SELECT n.customer, n.code, c.ref FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.state = 8 ORDER BY n.code;

-- round_drop (incident i64, round i64)
DELETE FROM round WHERE business = :business AND incident = :incident AND round = :round;

-- public_key () -> (public_key bytes): one
SELECT public_key FROM business WHERE business = :business;
