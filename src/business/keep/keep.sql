-- numbers_of (customer i64) -> (service text, key text): any -- a service's own numbers of one customer
SELECT h.name, k.key FROM foreign_key k JOIN holder h ON h.business = k.business AND h.id = k.service
WHERE k.business = :business AND k.customer = :customer ORDER BY h.name, k.key;

-- notices_to (customer i64) -> (incident i64, round i64, state i64, channel i64, at i64): any
SELECT r.incident, r.round, n.state, n.channel, n.at FROM round r
JOIN notice n ON n.business = r.business AND n.incident = r.incident AND n.round = r.round AND n.customer = :customer
WHERE r.business = :business ORDER BY r.incident DESC, r.round DESC;

-- incidents_open (never i64) -> (id i64): any
SELECT id FROM incident WHERE business = :business AND closed = :never ORDER BY id;

-- noticed_in (incident i64, customer i64) -> (n i64): one
SELECT count(*) FROM notice WHERE business = :business AND incident = :incident AND customer = :customer AND state <> 12;

-- words_forget (customer i64, none bytes)
UPDATE attempt SET words = :none, salt = :none WHERE business = :business AND customer = :customer AND (length(words) > 0 OR length(salt) > 0);

-- vault () -> (name text, public_key bytes): one
SELECT name, public_key FROM business WHERE business = :business;

-- vault_slots () -> (id i64, sort i64, person i64, bytes bytes): any
SELECT id, sort, person, bytes FROM slot WHERE business = :business ORDER BY id;

-- began (person i64) -> (since i64): one
SELECT since FROM person WHERE business = :business AND id = :person;

-- counts () -> (customers i64, touches i64, imports i64, incidents i64, entries i64, chain bytes): one
SELECT (SELECT count(*) FROM customer WHERE business = :business), (SELECT coalesce(sum(n), 0) FROM day WHERE business = :business),
(SELECT count(*) FROM import WHERE business = :business), (SELECT count(*) FROM incident WHERE business = :business), h.size, h.chain
FROM log_head h WHERE h.business = :business;

-- sessions_clear ()
DELETE FROM session WHERE business = :business;

-- links_clear ()
DELETE FROM token WHERE business = :business AND sort = 1;

-- sealed_customers (after i64) -> (id i64, sealed bytes): any
SELECT id, sealed FROM customer WHERE business = :business AND id > :after AND length(sealed) > 0 ORDER BY id LIMIT 512;

-- sealed_customer_set (id i64, sealed bytes)
UPDATE customer SET sealed = :sealed WHERE business = :business AND id = :id;

-- sealed_reasons (after i64) -> (customer i64, reason bytes): any
SELECT customer, reason FROM forgotten WHERE business = :business AND customer > :after AND length(reason) > 0 ORDER BY customer LIMIT 512;

-- sealed_reason_set (customer i64, reason bytes)
UPDATE forgotten SET reason = :reason WHERE business = :business AND customer = :customer;

-- sealed_words (incident i64, round i64, customer i64, channel i64, attempt i64) -> (incident i64, round i64, customer i64, channel i64, attempt i64, words bytes): any
SELECT incident, round, customer, channel, attempt, words FROM attempt
WHERE business = :business AND (incident, round, customer, channel, attempt) > (:incident, :round, :customer, :channel, :attempt) AND length(words) > 0
ORDER BY incident, round, customer, channel, attempt LIMIT 512;

-- sealed_words_set (incident i64, round i64, customer i64, channel i64, attempt i64, words bytes)
UPDATE attempt SET words = :words
WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer AND channel = :channel AND attempt = :attempt;

-- sealed_totps (after i64) -> (person i64, sealed bytes): any
SELECT person, sealed FROM totp WHERE business = :business AND person > :after ORDER BY person LIMIT 512;

-- sealed_totp_set (person i64, sealed bytes)
UPDATE totp SET sealed = :sealed WHERE business = :business AND person = :person;

-- sealed_photos (after i64) -> (id i64, sealed bytes): any
SELECT id, sealed FROM inspection_photo WHERE business = :business AND id > :after ORDER BY id LIMIT 16;

-- sealed_photo_set (id i64, sealed bytes)
UPDATE inspection_photo SET sealed = :sealed WHERE business = :business AND id = :id;

-- sealed_bounces (after i64) -> (id i64, mail bytes): any
SELECT id, mail FROM bounce WHERE business = :business AND id > :after AND length(mail) > 0 ORDER BY id LIMIT 64;

-- sealed_bounce_set (id i64, mail bytes)
UPDATE bounce SET mail = :mail WHERE business = :business AND id = :id;

-- sealed_codes (after i64) -> (id i64, customer i64, sealed bytes): any
SELECT id, customer, sealed FROM enrolment WHERE business = :business AND id > :after ORDER BY id LIMIT 512;

-- sealed_code_set (id i64, sealed bytes)
UPDATE enrolment SET sealed = :sealed WHERE business = :business AND id = :id;

-- codes_forget (customer i64)
DELETE FROM enrolment WHERE business = :business AND customer = :customer;

-- lost_codes ()
DELETE FROM enrolment WHERE business = :business;

-- bounces_forget (customer i64, none bytes)
UPDATE bounce SET mail = :none WHERE business = :business AND customer = :customer;

-- lost_bounces (none bytes)
UPDATE bounce SET mail = :none WHERE business = :business;

-- sealed_all () -> (n i64): one
SELECT (SELECT count(*) FROM customer WHERE business = :business AND length(sealed) > 0) + (SELECT count(*) FROM forgotten WHERE business = :business AND length(reason) > 0)
+ (SELECT count(*) FROM attempt WHERE business = :business AND length(words) > 0) + (SELECT count(*) FROM totp WHERE business = :business) + (SELECT count(*) FROM inspection_photo WHERE business = :business)
+ (SELECT count(*) FROM bounce WHERE business = :business AND length(mail) > 0) + (SELECT count(*) FROM enrolment WHERE business = :business);

-- lost_customers (none bytes)
UPDATE customer SET sealed = :none, names = :none, ways = 0 WHERE business = :business;

-- lost_index ()
DELETE FROM customer_index WHERE business = :business;

-- lost_forgotten (none bytes)
UPDATE forgotten SET reason = :none, names = :none WHERE business = :business;

-- lost_forgotten_keys ()
DELETE FROM forgotten_key WHERE business = :business;

-- lost_words (none bytes)
UPDATE attempt SET words = :none WHERE business = :business AND length(words) > 0;

-- lost_totps ()
DELETE FROM totp WHERE business = :business;

-- lost_photos ()
DELETE FROM inspection_photo WHERE business = :business;

-- lost_approvals (none bytes)
UPDATE round SET leave = :none, approved = 0, ends = 0 WHERE business = :business AND length(leave) > 0;

-- links_end (customer i64)
UPDATE link SET put = 0 WHERE business = :business AND customer = :customer;

-- wish_forget (customer i64)
DELETE FROM wish WHERE business = :business AND customer = :customer;

-- forward_forget (customer i64)
UPDATE forward SET day = 0, holder = 0, last4 = '' WHERE business = :business AND customer = :customer;

-- forwards_of (customer i64) -> (at i64, day i64, last4 text): any
SELECT at, day, last4 FROM forward WHERE business = :business AND customer = :customer ORDER BY id;

-- wish_of (customer i64) -> (channel i64, at i64, own i64): one
SELECT channel, at, own FROM wish WHERE business = :business AND customer = :customer;

-- replies_forget (customer i64)
DELETE FROM reply WHERE business = :business AND customer = :customer;
