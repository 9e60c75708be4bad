-- joined_with (customer i64) -> (id i64): any -- everybody who was proved to be this person, at any remove
WITH RECURSIVE joined (id, depth) AS (
SELECT id, 1 FROM customer WHERE business = :business AND id = :customer
UNION SELECT c.id, j.depth + 1 FROM customer c JOIN joined j ON c.same_as = j.id WHERE c.business = :business AND c.same_as <> 0 AND j.depth < 32)
SELECT DISTINCT id FROM joined WHERE :business = :business ORDER BY id;

-- incidents_open (never i64) -> (id i64): any
SELECT id FROM incident WHERE business = :business AND closed = :never ORDER BY id;

-- noticed_in (incident i64, customer i64) -> (n i64): one
SELECT count(*) FROM notice WHERE business = :business AND incident = :incident AND customer = :customer AND state <> 12;

-- words_forget (customer i64, none bytes)
UPDATE attempt SET words = :none WHERE business = :business AND customer = :customer AND length(words) > 0;

-- vault () -> (name text, public_key bytes): one
SELECT name, public_key FROM business WHERE business = :business;

-- vault_slots () -> (id i64, sort i64, person i64, bytes bytes): any
SELECT id, sort, person, bytes FROM slot WHERE business = :business ORDER BY id;

-- counts () -> (customers i64, touches i64, imports i64, incidents i64, entries i64, chain bytes): one
SELECT (SELECT count(*) FROM customer WHERE business = :business), (SELECT coalesce(sum(n), 0) FROM day WHERE business = :business),
(SELECT count(*) FROM import WHERE business = :business), (SELECT count(*) FROM incident WHERE business = :business), h.size, h.chain
FROM log_head h WHERE h.business = :business;
