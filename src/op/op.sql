-- business_get () -> (name text, region text, timezone text, public_key bytes): one
SELECT name, region, timezone, public_key FROM business WHERE business = :business;

-- business_put (name text, region text, timezone text, created i64, public_key bytes)
INSERT INTO business (business, name, region, timezone, created, public_key)
VALUES (:business, :name, :region, :timezone, :created, :public_key);

-- business_set_name (value text)
UPDATE business SET name = :value WHERE business = :business;

-- business_set_region (value text)
UPDATE business SET region = :value WHERE business = :business;

-- business_set_timezone (value text)
UPDATE business SET timezone = :value WHERE business = :business;

-- business_set_key (public_key bytes)
UPDATE business SET public_key = :public_key WHERE business = :business;

-- slot_put (id i64, sort i64, person i64, bytes bytes, made i64)
INSERT INTO slot (business, id, sort, person, bytes, made) VALUES (:business, :id, :sort, :person, :bytes, :made);

-- slot_set (id i64, bytes bytes, made i64)
UPDATE slot SET bytes = :bytes, made = :made WHERE business = :business AND id = :id;

-- slots_drop ()
DELETE FROM slot WHERE business = :business;

-- slots () -> (id i64, sort i64, person i64, bytes bytes): any
SELECT id, sort, person, bytes FROM slot WHERE business = :business ORDER BY id;

-- setting_get (name text) -> (value text): one
SELECT value FROM setting WHERE business = :business AND name = :name;

-- setting_put (name text, value text)
INSERT INTO setting (business, name, value) VALUES (:business, :name, :value)
ON CONFLICT (business, name) DO UPDATE SET value = excluded.value;

-- setting_drop (name text)
DELETE FROM setting WHERE business = :business AND name = :name;

-- counter_add (name text, n i64) -> (value i64): one
INSERT INTO counter (business, name, value) VALUES (:business, :name, :n)
ON CONFLICT (business, name) DO UPDATE SET value = counter.value + excluded.value RETURNING value;

-- counter_get (name text) -> (value i64): one
SELECT value FROM counter WHERE business = :business AND name = :name;

-- log_head_get () -> (size i64, chain bytes, frontier bytes, signed_size i64, signed_frontier bytes, signature bytes, origin text): one
SELECT size, chain, frontier, signed_size, signed_frontier, signature, origin FROM log_head WHERE business = :business;

-- log_head_put (size i64, chain bytes, frontier bytes, empty bytes, origin text)
INSERT INTO log_head (business, size, chain, frontier, signed_size, signed_frontier, signature, origin)
VALUES (:business, :size, :chain, :frontier, 0, :empty, :empty, :origin)
ON CONFLICT (business) DO UPDATE SET size = excluded.size, chain = excluded.chain, frontier = excluded.frontier, origin = excluded.origin;

-- log_head_sign (signed_size i64, signed_frontier bytes, signature bytes)
UPDATE log_head SET signed_size = :signed_size, signed_frontier = :signed_frontier, signature = :signature
WHERE business = :business AND signed_size < :signed_size;

-- log_head_unsign ()
UPDATE log_head SET signed_size = 0 WHERE business = :business;

-- entry_put (n i64, body text, chain bytes)
INSERT INTO entry (business, n, text, chain) VALUES (:business, :n, :body, :chain);

-- entries (first i64) -> (n i64, body view, chain view): any
SELECT n, text, chain FROM entry WHERE business = :business AND n >= :first ORDER BY n;

-- person_first (name text, since i64)
INSERT INTO person (business, id, name, role, since, ended, language) VALUES (:business, 1, :name, 1, :since, 0, '');

-- person_name (person i64) -> (name text): one
SELECT name FROM person WHERE business = :business AND id = :person AND ended = 0;

-- person_role (person i64) -> (role i64): one
SELECT role FROM person WHERE business = :business AND id = :person AND ended = 0;
