-- round_put (incident i64, round i64, audience i64, template text, what text, what_es text, doing text, begins i64, until i64, drafted i64, nothing bytes)
INSERT INTO round (business, incident, round, audience, template, what, what_es, doing, begins, until, people, drafted, approved, ends, leave, opens, undone)
VALUES (:business, :incident, :round, :audience, :template, :what, :what_es, :doing, :begins, :until, 0, :drafted, 0, 0, :nothing, :nothing, 0);

-- round_get (incident i64, round i64) -> (audience i64, drafted i64, template text, what text, what_es text, doing text, begins i64, until i64, people i64, approved i64, ends i64, leave bytes, opens bytes, undone i64): one
SELECT audience, drafted, template, what, what_es, doing, begins, until, people, approved, ends, leave, opens, undone FROM round
WHERE business = :business AND incident = :incident AND round = :round;

-- round_word (incident i64, round i64, template text)
UPDATE round SET template = :template WHERE business = :business AND incident = :incident AND round = :round;

-- round_latest (incident i64) -> (round i64): one
SELECT coalesce(max(round), 0) FROM round WHERE business = :business AND incident = :incident;

-- round_approve (incident i64, round i64, approved i64, ends i64, leave bytes, opens bytes)
UPDATE round SET approved = :approved, ends = :ends, leave = :leave, opens = :opens WHERE business = :business AND incident = :incident AND round = :round;

-- round_undo (incident i64, round i64, undone i64, nothing bytes)
UPDATE round SET undone = :undone, leave = :nothing, opens = :nothing WHERE business = :business AND incident = :incident AND round = :round;

-- round_drop (incident i64, round i64)
DELETE FROM round WHERE business = :business AND incident = :incident AND round = :round;

-- round_whole (incident i64, round i64) -> (n i64, odd i64): one
SELECT count(*), count(CASE WHEN state BETWEEN 1 AND 13 AND channel BETWEEN 0 AND 5 THEN NULL ELSE 1 END) FROM notice
WHERE business = :business AND incident = :incident AND round = :round;

-- incident_holders (incident i64) -> (n i64): one
SELECT count(DISTINCT holder) FROM suspect WHERE business = :business AND incident = :incident;

-- round_people (incident i64, round i64, people i64)
UPDATE round SET people = :people WHERE business = :business AND incident = :incident AND round = :round;

-- reachable_now (incident i64, round i64) -> (n i64): one
SELECT count(*) FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.state = 13 AND ((c.ways & 4) <> 0 OR (n.attempts = 0 AND (c.ways & 1) <> 0));

-- notice_put (incident i64, round i64, customer i64, kinds i64, first_at i64, last_at i64, touches i64, channel i64, state i64, at i64)
INSERT INTO notice (business, incident, round, customer, kinds, first_at, last_at, touches, channel, state, attempts, due, at, code)
VALUES (:business, :incident, :round, :customer, :kinds, :first_at, :last_at, :touches, :channel, :state, 0, 0, :at, '');

-- notice_move (incident i64, round i64, customer i64, channel i64, state i64, attempts i64, due i64, at i64, code text)
UPDATE notice SET channel = :channel, state = :state, attempts = :attempts, due = :due, at = :at, code = CASE WHEN :code = '' THEN code ELSE :code END
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer;

-- notices_move (incident i64, round i64, before i64, state i64, least i64, most i64, at i64)
UPDATE notice SET state = :state, due = :at, at = :at
WHERE business = :business AND incident = :incident AND round = :round AND state = :before AND channel BETWEEN :least AND :most;

-- attempt_put (incident i64, round i64, customer i64, channel i64, attempt i64, state i64, at i64, code text, words bytes, entry i64, salt bytes, said bytes)
INSERT INTO attempt (business, incident, round, customer, channel, attempt, state, begun, at, code, words, entry, salt, said)
VALUES (:business, :incident, :round, :customer, :channel, :attempt, :state, :at, :at, :code, :words, :entry, :salt, :said)
ON CONFLICT (business, incident, round, customer, channel, attempt)
DO UPDATE SET state = excluded.state, begun = CASE WHEN excluded.state = 3 THEN excluded.begun ELSE attempt.begun END, at = excluded.at, code = excluded.code, words = excluded.words,
entry = excluded.entry, salt = excluded.salt, said = excluded.said;

-- attempt_move (incident i64, round i64, customer i64, channel i64, attempt i64, state i64, at i64, entry i64)
UPDATE attempt SET state = :state, at = :at, entry = :entry
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer AND channel = :channel AND attempt = :attempt;

-- attempts_on (incident i64, round i64, customer i64, channel i64) -> (attempts i64, begun i64): one
SELECT coalesce(max(attempt), 0), coalesce(min(begun), 0) FROM attempt
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer AND channel = :channel;

-- notices (incident i64, round i64) -> (customer i64, ref text, channel i64, state i64, attempts i64, at i64, code text, outbox i64): any
SELECT n.customer, c.ref, n.channel, n.state, n.attempts, n.at, n.code, CASE WHEN n.state = 4 AND EXISTS (
SELECT 1 FROM attempt a WHERE a.business = n.business AND a.incident = n.incident AND a.round = n.round AND a.customer = n.customer AND a.channel = n.channel
AND a.attempt = n.attempts AND a.code = 'outbox') THEN 1 ELSE 0 END FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round ORDER BY n.customer;

-- notices_in (incident i64, round i64, state i64) -> (customer i64, ref text, channel i64, attempts i64, at i64, code text, outbox i64): any
SELECT n.customer, c.ref, n.channel, n.attempts, n.at, n.code, CASE WHEN n.state = 4 AND EXISTS (
SELECT 1 FROM attempt a WHERE a.business = n.business AND a.incident = n.incident AND a.round = n.round AND a.customer = n.customer AND a.channel = n.channel
AND a.attempt = n.attempts AND a.code = 'outbox') THEN 1 ELSE 0 END FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.state = :state ORDER BY n.customer;

-- notice_numbers (incident i64, round i64) -> (customer i64): any
SELECT customer FROM notice WHERE business = :business AND incident = :incident AND round = :round ORDER BY customer;

-- notices_drafted (incident i64, round i64) -> (customer i64, channel i64): any
SELECT n.customer, n.channel FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.state = 1 ORDER BY n.customer;

-- notice_channel (incident i64, round i64, customer i64, channel i64)
UPDATE notice SET channel = :channel WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer AND state = 1;

-- notices_told (incident i64, round i64) -> (customer i64, kinds i64, first_at i64, last_at i64, touches i64): any
SELECT customer, kinds, first_at, last_at, touches FROM notice WHERE business = :business AND incident = :incident AND round = :round ORDER BY customer;

-- notices_to_go (incident i64, round i64) -> (customer i64, same_as i64, kinds i64, channel i64, state i64, attempts i64): any
SELECT n.customer, c.same_as, n.kinds, n.channel, n.state, n.attempts FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.state IN (1, 2);

-- notices_in_outbox (incident i64, round i64) -> (customer i64, same_as i64, ref text, kinds i64, channel i64, state i64, attempts i64, place text): any -- printed letters, and mails that nobody has sent
SELECT n.customer, c.same_as, c.ref, n.kinds, n.channel, n.state, n.attempts, a.code FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
JOIN attempt a ON a.business = n.business AND a.incident = n.incident AND a.round = n.round AND a.customer = n.customer AND a.channel = n.channel AND a.attempt = n.attempts
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND (n.state = 8 OR (n.state = 4 AND n.channel = 1 AND a.code = 'outbox'))
ORDER BY a.code, n.customer;

-- notice_from (incident i64, round i64, least i64) -> (customer i64): one
SELECT customer FROM notice WHERE business = :business AND incident = :incident AND round = :round AND customer >= :least ORDER BY customer LIMIT 1;

-- notice_largest (incident i64, round i64) -> (customer i64): one
SELECT coalesce(max(customer), 0) FROM notice WHERE business = :business AND incident = :incident AND round = :round;

-- notices_page (incident i64, round i64, state i64, skip i64, many i64) -> (customer i64, ref text, channel i64, attempts i64, at i64, code text): any
SELECT n.customer, c.ref, n.channel, n.attempts, n.at, n.code FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.state = :state
ORDER BY n.channel, n.due, n.customer LIMIT :many OFFSET :skip;

-- told_count (incident i64) -> (told i64): one
SELECT count(DISTINCT customer) FROM notice WHERE business = :business AND incident = :incident AND state IN (4, 9, 10);

-- notice_get (incident i64, round i64, customer i64) -> (kinds i64, first_at i64, last_at i64, touches i64, channel i64, state i64, attempts i64): one
SELECT kinds, first_at, last_at, touches, channel, state, attempts FROM notice
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer;

-- notices_due (incident i64, round i64, channel i64, now i64, many i64) -> (customer i64, kinds i64, first_at i64, last_at i64, touches i64, attempts i64): any
SELECT customer, kinds, first_at, last_at, touches, attempts FROM notice
WHERE business = :business AND incident = :incident AND round = :round AND state = 2 AND due <= :now AND channel = :channel
ORDER BY due, customer LIMIT :many;

-- notices_waiting (incident i64, round i64, channel i64) -> (due i64, n i64): one
SELECT coalesce(min(due), 0), count(*) FROM notice
WHERE business = :business AND incident = :incident AND round = :round AND state = 2 AND channel = :channel;

-- earlier_customers (incident i64) -> (customer i64, same_as i64): any
SELECT DISTINCT n.customer, c.same_as FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.state <> 12;

-- told_customers (incident i64) -> (customer i64, same_as i64): any
SELECT DISTINCT n.customer, c.same_as FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.state IN (3, 4, 5, 8, 9, 10);

-- states_count (incident i64, round i64) -> (state i64, channel i64, n i64): any
SELECT state, channel, count(*) FROM notice WHERE business = :business AND incident = :incident AND round = :round GROUP BY state, channel ORDER BY state, channel;

-- in_outbox (incident i64, round i64) -> (n i64): one
SELECT count(*) FROM notice n
JOIN attempt a ON a.business = n.business AND a.incident = n.incident AND a.round = n.round AND a.customer = n.customer AND a.channel = n.channel AND a.attempt = n.attempts
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.state = 4 AND n.channel = 1 AND a.code = 'outbox';

-- attempt_logged (incident i64, round i64, customer i64, channel i64, attempt i64) -> (salt bytes, said bytes): one
SELECT salt, said FROM attempt
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer AND channel = :channel AND attempt = :attempt;

-- attempt_proved (incident i64, round i64, customer i64) -> (channel i64, attempt i64, state i64, code text, entry i64, salt bytes, said bytes): one
SELECT channel, attempt, state, code, entry, salt, said FROM attempt
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer AND length(salt) > 0 AND entry >= 0
ORDER BY length(said) > 0 AND code <> 'outbox' DESC, entry DESC LIMIT 1;

-- customer_ref (id i64) -> (ref text): one
SELECT ref FROM customer WHERE business = :business AND id = :id;

-- attempt_by_hand (incident i64, round i64, customer i64, attempt i64, at i64, entry i64)
UPDATE attempt SET code = 'by hand', at = :at, entry = :entry
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer AND channel = 1 AND attempt = :attempt;

-- round_last () -> (incident i64): one
SELECT coalesce(max(incident), 0) FROM round WHERE business = :business;

-- notices_hasten (incident i64, round i64, now i64)
UPDATE notice SET due = :now
WHERE business = :business AND incident = :incident AND round = :round AND state = 2 AND due > :now;

-- notices_delay (incident i64, round i64, due i64)
UPDATE notice SET due = :due
WHERE business = :business AND incident = :incident AND round = :round AND state = 2 AND due < :due;

-- rounds_waiting (channel i64, now i64) -> (incident i64, round i64, due i64): any
SELECT incident, round, due FROM (
SELECT r.incident, r.round, (SELECT min(n.due) FROM notice n WHERE n.business = r.business AND n.incident = r.incident AND n.round = r.round
AND n.state = 2 AND n.channel = :channel) AS due
FROM round r WHERE r.business = :business AND r.approved > 0 AND r.undone = 0 AND r.ends > :now) w WHERE due IS NOT NULL ORDER BY due, incident, round;

-- rounds_handed () -> (incident i64, round i64): any
SELECT r.incident, r.round FROM round r WHERE r.business = :business AND EXISTS (
SELECT 1 FROM notice n WHERE n.business = r.business AND n.incident = r.incident AND n.round = r.round AND n.state = 3) ORDER BY r.incident, r.round;

-- letters (incident i64, round i64) -> (customer i64, ref text, attempt i64, state i64, place text): any
SELECT n.customer, c.ref, a.attempt, n.state, a.code FROM notice n
JOIN attempt a ON a.business = n.business AND a.incident = n.incident AND a.round = n.round AND a.customer = n.customer AND a.channel = 2 AND a.attempt = n.attempts
JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.channel = 2 AND n.state IN (8, 9, 11) ORDER BY a.code, n.customer;

-- letter_files (incident i64, round i64) -> (last text): one
SELECT coalesce(max(code), '') FROM attempt WHERE business = :business AND incident = :incident AND round = :round AND channel = 2 AND code LIKE '%/%';

-- joined_roots () -> (same_as i64): any
SELECT DISTINCT same_as FROM customer WHERE business = :business AND same_as <> 0;

-- joined_to (customer i64) -> (id i64, ways i64): any
WITH RECURSIVE joined (id, depth) AS (
SELECT id, 1 FROM customer WHERE business = :business AND same_as = :customer AND same_as <> 0
UNION SELECT c.id, j.depth + 1 FROM customer c JOIN joined j ON c.same_as = j.id WHERE c.business = :business AND c.same_as <> 0 AND j.depth < 32)
SELECT c.id, c.ways FROM customer c JOIN joined j ON c.id = j.id WHERE c.business = :business ORDER BY c.id;

-- customer_ways (id i64) -> (ways i64): one
SELECT ways FROM customer WHERE business = :business AND id = :id;

-- customer_place (id i64) -> (region text, country text): one
SELECT region, country FROM customer WHERE business = :business AND id = :id;

-- wish_put (customer i64, channel i64, at i64, own i64)
INSERT INTO wish (business, customer, channel, at, own) VALUES (:business, :customer, :channel, :at, :own)
ON CONFLICT (business, customer) DO UPDATE SET channel = excluded.channel, at = excluded.at, own = excluded.own;

-- wish_drop (customer i64)
DELETE FROM wish WHERE business = :business AND customer = :customer;

-- wishes () -> (customer i64, same_as i64, channel i64, at i64, own i64): any
SELECT w.customer, c.same_as, w.channel, w.at, w.own FROM wish w JOIN customer c ON c.business = w.business AND c.id = w.customer
WHERE w.business = :business ORDER BY w.customer;

-- forward_put (id i64, incident i64, customer i64, at i64, person i64, day i64, holder i64, last4 text, moment i64, service i64, source i64)
INSERT INTO forward (business, id, incident, customer, at, person, day, holder, last4, moment, service, source, undone)
VALUES (:business, :id, :incident, :customer, :at, :person, :day, :holder, :last4, :moment, :service, :source, 0);

-- forward_get (id i64) -> (incident i64, customer i64, moment i64, service i64, source i64, undone i64): one
SELECT incident, customer, moment, service, source, undone FROM forward WHERE business = :business AND id = :id;

-- forwards (incident i64, after i64, many i64) -> (id i64, customer i64, ref text, at i64, day i64, holder i64, last4 text, moment i64, undone i64, other i64): any
SELECT f.id, f.customer, c.ref, f.at, f.day, f.holder, f.last4, f.moment, f.undone,
f.moment = 0 AND EXISTS (SELECT 1 FROM forward o WHERE o.business = f.business AND o.incident = f.incident AND o.customer = f.customer AND o.moment > 0 AND o.undone = 0) FROM forward f JOIN customer c ON c.business = f.business AND c.id = f.customer
WHERE f.business = :business AND f.incident = :incident AND f.id > :after ORDER BY f.id LIMIT :many;

-- forward_undo (id i64, undone i64)
UPDATE forward SET undone = :undone WHERE business = :business AND id = :id;

-- wayless_customers () -> (id i64): any
SELECT id FROM customer WHERE business = :business AND ways = 0 AND same_as = 0;

-- lost_customers (incident i64) -> (customer i64): any
SELECT DISTINCT n.customer FROM notice n WHERE n.business = :business AND n.incident = :incident AND n.state IN (6, 11, 13) AND NOT EXISTS (
SELECT 1 FROM notice t WHERE t.business = n.business AND t.incident = n.incident AND t.customer = n.customer AND t.state IN (3, 4, 5, 8, 9, 10));

-- incident_close (id i64, closed i64, unwritten i64)
UPDATE incident SET closed = :closed, unwritten = :unwritten WHERE business = :business AND id = :id;

-- people_in (incident i64) -> (n i64): one
SELECT coalesce(sum(people), 0) FROM round WHERE business = :business AND incident = :incident;

-- reach_get (incident i64) -> (moves i64, at i64, told i64): one
SELECT moves, at, told FROM reach WHERE business = :business AND incident = :incident;

-- reach_parts (incident i64, round i64) -> (state i64, n i64): any
SELECT state, n FROM reach_part WHERE business = :business AND incident = :incident AND round = :round ORDER BY state;

-- reach_put (incident i64, moves i64, at i64, told i64)
INSERT INTO reach (business, incident, moves, at, told) VALUES (:business, :incident, :moves, :at, :told);

-- reach_part_put (incident i64, round i64, state i64, n i64)
INSERT INTO reach_part (business, incident, round, state, n) VALUES (:business, :incident, :round, :state, :n);

-- reach_drop (incident i64)
DELETE FROM reach WHERE business = :business AND incident = :incident;

-- reach_parts_drop (incident i64)
DELETE FROM reach_part WHERE business = :business AND incident = :incident;

-- round_incidents () -> (incident i64): any
SELECT DISTINCT incident FROM round WHERE business = :business ORDER BY incident DESC;

-- notice_of_place (incident i64, round i64, place text) -> (customer i64, kinds i64, first_at i64, last_at i64, touches i64, channel i64): one
SELECT n.customer, n.kinds, n.first_at, n.last_at, n.touches, n.channel FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.kinds <> 0
ORDER BY CASE WHEN c.region = :place OR c.country = :place THEN 0 ELSE 1 END, n.kinds DESC, n.customer LIMIT 1;

-- channels_tried (incident i64, round i64, customer i64) -> (channel i64): any
SELECT DISTINCT channel FROM attempt WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer ORDER BY channel;

-- round_affected (incident i64, round i64) -> (n i64): one
SELECT count(DISTINCT customer) AS n FROM notice WHERE business = :business AND incident = :incident AND round <= :round AND kinds <> 0 AND state <> 12;

-- round_places (incident i64, round i64) -> (region text, country text, kinds i64, language text, channel i64, n i64, open i64): any
SELECT c.region, c.country, n.kinds, substr(c.language, 1, 2) AS language, n.channel, count(*) AS n, count(CASE WHEN n.state IN (1, 2) THEN 1 END) AS open FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.kinds <> 0 GROUP BY c.region, c.country, n.kinds, substr(c.language, 1, 2), n.channel
ORDER BY c.region, c.country, n.kinds, substr(c.language, 1, 2), n.channel;

-- places_get (incident i64, round i64) -> (notices i64, answers i64, at i64, affected i64): one
SELECT notices, answers, at, affected FROM round_places WHERE business = :business AND incident = :incident AND round = :round;

-- places_parts (incident i64, round i64) -> (region text, country text, kinds i64, language text, channel i64, n i64, open i64): any
SELECT region, country, kinds, language, channel, n, open FROM round_place WHERE business = :business AND incident = :incident AND round = :round
ORDER BY region, country, kinds, language, channel;

-- places_put (incident i64, round i64, notices i64, answers i64, at i64, affected i64)
INSERT INTO round_places (business, incident, round, notices, answers, at, affected) VALUES (:business, :incident, :round, :notices, :answers, :at, :affected);

-- places_part_put (incident i64, round i64, region text, country text, kinds i64, language text, channel i64, n i64, open i64)
INSERT INTO round_place (business, incident, round, region, country, kinds, language, channel, n, open)
VALUES (:business, :incident, :round, :region, :country, :kinds, :language, :channel, :n, :open);

-- places_drop (incident i64, round i64)
DELETE FROM round_places WHERE business = :business AND incident = :incident AND round = :round;

-- places_parts_drop (incident i64, round i64)
DELETE FROM round_place WHERE business = :business AND incident = :incident AND round = :round;

-- notices_to_code (incident i64, round i64) -> (customer i64, kinds i64, region text, country text): any
SELECT n.customer, n.kinds, c.region, c.country FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.state IN (1, 2) AND n.kinds <> 0 ORDER BY c.region, c.country, n.kinds, n.customer;

-- link_put (name text, customer i64, put i64, seal bytes)
INSERT INTO link (business, name, customer, put, seal, proved) VALUES (:business, :name, :customer, :put, :seal, -1)
ON CONFLICT (business, name) DO UPDATE SET put = excluded.put, seal = excluded.seal;

-- customers_unproved (before i64) -> (customer i64): any
SELECT l.customer FROM link l JOIN (
SELECT customer, max(entry) AS entry FROM attempt WHERE business = :business AND entry < :before AND length(salt) > 0 GROUP BY customer) a ON a.customer = l.customer
WHERE l.business = :business AND l.put <> 0 AND a.entry > l.proved;

-- links_after (after text, many i64) -> (customer i64, name text, seal bytes): any
SELECT customer, name, seal FROM link WHERE business = :business AND name > :after AND put <> 0 ORDER BY name LIMIT :many;

-- link_proved (name text, proved i64)
UPDATE link SET proved = :proved WHERE business = :business AND name = :name;

-- link_there (name text) -> (put i64): one
SELECT put FROM link WHERE business = :business AND name = :name;

-- rounds_approved () -> (incident i64, round i64): any
SELECT incident, round FROM round WHERE business = :business AND approved > 0 ORDER BY incident DESC, round DESC LIMIT 64;

-- link_find (name text) -> (customer i64, ref text): one
SELECT l.customer, c.ref FROM link l JOIN customer c ON c.business = l.business AND c.id = l.customer
WHERE l.business = :business AND l.name = :name AND l.put <> 0;

-- notices_of (customer i64) -> (incident i64, round i64, channel i64, state i64, attempts i64): any
SELECT incident, round, channel, state, attempts FROM notice WHERE business = :business AND customer = :customer ORDER BY incident, round;
