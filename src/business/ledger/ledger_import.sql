-- import_put (id i64, file text, no_digest bytes, format text, at i64)
INSERT INTO import (business, id, file, digest, format, at, done, n_rows, fresh, changed, known, folded, refused, named, unnamed, masked, first_day, last_day, undo, undone)
VALUES (:business, :id, :file, :no_digest, :format, :at, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0);

-- import_done (id i64, digest bytes, done i64, n_rows i64, fresh i64, changed i64, known i64, folded i64, refused i64, named i64, unnamed i64, masked i64, first_day i64, last_day i64)
UPDATE import SET digest = :digest, done = :done, n_rows = :n_rows, fresh = :fresh, changed = :changed, known = :known, folded = :folded, refused = :refused,
	named = :named, unnamed = :unnamed, masked = :masked, first_day = :first_day, last_day = :last_day
WHERE business = :business AND id = :id;

-- import_days (id i64, first_day i64, last_day i64)
UPDATE import SET first_day = :first_day, last_day = :last_day WHERE business = :business AND id = :id;

-- imports (below i64, many i64) -> (id i64, file text, digest bytes, format text, at i64, done i64, n_rows i64, fresh i64, changed i64, known i64, folded i64, refused i64, named i64, unnamed i64, masked i64, first_day i64, last_day i64, undo i64, undone i64): any
SELECT id, file, digest, format, at, done, n_rows, fresh, changed, known, folded, refused, named, unnamed, masked, first_day, last_day, undo, undone FROM import
WHERE business = :business AND id < :below ORDER BY id DESC LIMIT :many;

-- imports_on (day i64) -> (id i64, file text, format text, fresh i64, first_day i64, last_day i64): any
SELECT id, file, format, fresh, first_day, last_day FROM import WHERE business = :business AND first_day <= :day AND last_day >= :day AND undo = 0 ORDER BY id;

-- import_by_id (id i64) -> (file text, format text, changed i64, first_day i64, last_day i64, undo i64, undone i64): one
SELECT file, format, changed, first_day, last_day, undo, undone FROM import WHERE business = :business AND id = :id;

-- import_undo (id i64, at i64)
UPDATE import SET undo = :at WHERE business = :business AND id = :id;

-- import_undone (id i64, at i64)
UPDATE import SET undone = :at WHERE business = :business AND id = :id;

-- listings_undo (import i64)
DELETE FROM listing WHERE business = :business AND import = :import;

-- holders_of_import (import i64) -> (n i64): one
SELECT count(*) FROM holder WHERE business = :business AND import = :import;

-- customers_of_import (import i64) -> (id i64): any
SELECT id FROM customer WHERE business = :business AND import = :import;

-- customers_told () -> (customer i64): any
SELECT customer FROM finding_customer WHERE business = :business
UNION SELECT customer FROM notice WHERE business = :business;

-- import_overlaps (id i64, format text) -> (n i64): one
SELECT count(*) FROM import WHERE business = :business AND id <> :id AND format = :format AND first_day <= last_day;

-- refs () -> (id i64, ref view): any
SELECT id, ref FROM customer WHERE business = :business;

-- keys (service i64) -> (customer i64, key view): any
SELECT customer, key FROM foreign_key WHERE business = :business AND service = :service;

-- keys_at_services (key text, sort i64) -> (customer i64): any
SELECT f.customer FROM holder h JOIN foreign_key f ON f.business = h.business AND f.service = h.id AND f.key = :key
WHERE h.business = :business AND h.sort = :sort ORDER BY f.customer;

-- key_put (service i64, key text, customer i64)
INSERT INTO foreign_key (business, service, key, customer) VALUES (:business, :service, :key, :customer)
ON CONFLICT (business, service, key) DO UPDATE SET customer = excluded.customer;

-- keys_all () -> (service i64, key view, customer i64): any
SELECT service, key, customer FROM foreign_key WHERE business = :business;

-- key_drop (service i64, key text)
DELETE FROM foreign_key WHERE business = :business AND service = :service AND key = :key;

-- customer_put (id i64, ref text, region text, country text, language text, ways i64, names bytes, import i64, sealed bytes)
INSERT INTO customer (business, id, ref, region, country, language, ways, names, same_as, import, sealed)
VALUES (:business, :id, :ref, :region, :country, :language, :ways, :names, 0, :import, :sealed);

-- customers_put (none text, no_bytes bytes, import i64) x 64 (id i64, ref text)
INSERT INTO customer (business, id, ref, region, country, language, ways, names, same_as, import, sealed)
VALUES (:business, :id, :ref, :none, :none, :none, 0, :no_bytes, 0, :import, :no_bytes);

-- customer_change (id i64, region text, country text, language text, ways i64, names bytes, sealed bytes)
UPDATE customer SET region = :region, country = :country, language = :language, ways = :ways, names = :names, sealed = :sealed
WHERE business = :business AND id = :id;

-- customer_empty (id i64, none bytes)
UPDATE customer SET region = '', country = '', language = '', ways = 0, names = :none, sealed = :none
WHERE business = :business AND id = :id;

-- customer_same (id i64, same_as i64)
UPDATE customer SET same_as = :same_as WHERE business = :business AND id = :id;

-- customer_by_id (id i64) -> (ref text, region text, country text, language text, ways i64, names bytes, same_as i64, sealed bytes): one
SELECT ref, region, country, language, ways, names, same_as, sealed FROM customer WHERE business = :business AND id = :id;

-- customer_by_ref (ref text) -> (id i64): one
SELECT id FROM customer WHERE business = :business AND ref = :ref;

-- customers_by_ref (ref text, many i64) -> (id i64): any
SELECT id FROM customer WHERE business = :business AND lower(ref) = lower(:ref) ORDER BY ref LIMIT :many;

-- customers_page (after text, many i64) -> (id i64, ref text, region text, country text, language text, ways i64): any
SELECT id, ref, region, country, language, ways FROM customer WHERE business = :business AND ref > :after ORDER BY ref LIMIT :many;

-- customer_root (id i64) -> (same_as i64): one
SELECT same_as FROM customer WHERE business = :business AND id = :id;

-- customers_sealed (after i64) -> (id i64, sealed bytes): any
SELECT id, sealed FROM customer WHERE business = :business AND id > :after AND length(sealed) > 0 ORDER BY id LIMIT 4096;

-- index_put (sort i64, key i64, customer i64)
INSERT INTO customer_index (business, sort, key, customer) VALUES (:business, :sort, :key, :customer)
ON CONFLICT (business, sort, key, customer) DO NOTHING;

-- index_find (sort i64, key i64) -> (customer i64): any
SELECT customer FROM customer_index WHERE business = :business AND sort = :sort AND key = :key ORDER BY customer;

-- index_all () -> (sort i64, key i64, customer i64): any
SELECT sort, key, customer FROM customer_index WHERE business = :business;

-- index_drop (sort i64, key i64, customer i64)
DELETE FROM customer_index WHERE business = :business AND sort = :sort AND key = :key AND customer = :customer;

-- forgotten_all () -> (customer i64): any
SELECT customer FROM forgotten WHERE business = :business;

-- forgotten_get (customer i64) -> (at i64, reason bytes, names bytes): one
SELECT at, reason, names FROM forgotten WHERE business = :business AND customer = :customer;

-- forgotten_put (customer i64, at i64, reason bytes, names bytes)
INSERT INTO forgotten (business, customer, at, reason, names) VALUES (:business, :customer, :at, :reason, :names);

-- forgotten_drop (customer i64)
DELETE FROM forgotten WHERE business = :business AND customer = :customer;

-- forgotten_key_put (sort i64, key i64, customer i64)
INSERT INTO forgotten_key (business, sort, key, customer) VALUES (:business, :sort, :key, :customer)
ON CONFLICT (business, sort, key, customer) DO NOTHING;

-- forgotten_keys_drop (customer i64)
DELETE FROM forgotten_key WHERE business = :business AND customer = :customer;

-- forgotten_by_key (sort i64, key i64) -> (customer i64, names bytes): any
SELECT k.customer, f.names FROM forgotten_key k JOIN forgotten f ON f.business = k.business AND f.customer = k.customer
WHERE k.business = :business AND k.sort = :sort AND k.key = :key ORDER BY k.customer;

-- forgotten_known () -> (customer i64): any
SELECT f.customer FROM forgotten f JOIN customer c ON c.business = f.business AND c.id = f.customer
WHERE f.business = :business AND length(c.sealed) > 0;

-- doubt_put (a i64, b i64, shares i64, import i64)
INSERT INTO doubt (business, a, b, shares, import, apart) VALUES (:business, :a, :b, :shares, :import, 0)
ON CONFLICT (business, a, b) DO NOTHING;

-- doubt_apart (a i64, b i64, at i64) -- said by a person: no import doubts it again
INSERT INTO doubt (business, a, b, shares, import, apart) VALUES (:business, :a, :b, 0, 0, :at)
ON CONFLICT (business, a, b) DO UPDATE SET apart = :at;

-- doubts_undo (import i64)
DELETE FROM doubt WHERE business = :business AND import = :import AND apart = 0;

-- doubts_settle () -- nobody is doubted who has no contact
DELETE FROM doubt WHERE business = :business
AND EXISTS (SELECT 1 FROM customer c WHERE c.business = doubt.business AND c.id IN (doubt.a, doubt.b) AND length(c.sealed) = 0);

-- doubts (import i64) -> (a i64, b i64, a_ref text, b_ref text, shares i64): any
SELECT d.a, d.b, x.ref, y.ref, d.shares FROM doubt d
JOIN customer x ON x.business = d.business AND x.id = d.a
JOIN customer y ON y.business = d.business AND y.id = d.b
WHERE d.business = :business AND (:import = 0 OR d.import = :import) AND d.apart = 0 ORDER BY x.ref, y.ref;

-- joined_with (customer i64) -> (id i64): any -- everybody who was proved to be this person, at any remove
WITH RECURSIVE joined (id, depth) AS (
SELECT id, 1 FROM customer WHERE business = :business AND id = :customer
UNION SELECT c.id, j.depth + 1 FROM customer c JOIN joined j ON c.same_as = j.id WHERE c.business = :business AND c.same_as <> 0 AND j.depth < 32)
SELECT DISTINCT id FROM joined WHERE :business = :business ORDER BY id;
