-- links_gone () -> (name text): any
SELECT name FROM link WHERE business = :business AND put = 0 LIMIT 256;

-- link_drop (name text)
DELETE FROM link WHERE business = :business AND name = :name;

-- reply_put (id i64, customer i64, came i64, sealed bytes)
INSERT INTO reply (business, id, customer, came, sealed, what, done) VALUES (:business, :id, :customer, :came, :sealed, '', 0);

-- replies_since (customer i64, since i64) -> (n i64): one
SELECT count(*) FROM reply WHERE business = :business AND customer = :customer AND came > :since;

-- replies_all () -> (n i64, unopened i64, waiting i64): one
SELECT count(*), coalesce(sum(CASE WHEN what = '' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN what <> '' AND done = 0 THEN 1 ELSE 0 END), 0) FROM reply WHERE business = :business;

-- replies_page (after i64, done_too i64, many i64) -> (id i64, customer i64, came i64, sealed bytes, what text, done i64, ref text): any
SELECT r.id, r.customer, r.came, r.sealed, r.what, r.done, c.ref FROM reply r JOIN customer c ON c.business = r.business AND c.id = r.customer
WHERE r.business = :business AND r.id > :after AND (r.done = 0 OR :done_too <> 0) ORDER BY r.id LIMIT :many;

-- replies_unopened (many i64) -> (id i64, customer i64, sealed bytes): any
SELECT id, customer, sealed FROM reply WHERE business = :business AND what = '' ORDER BY id LIMIT :many;

-- reply_get (id i64) -> (customer i64, came i64, sealed bytes, what text, done i64, ref text): one
SELECT r.customer, r.came, r.sealed, r.what, r.done, c.ref FROM reply r JOIN customer c ON c.business = r.business AND c.id = r.customer
WHERE r.business = :business AND r.id = :id;

-- reply_opened (id i64, what text, done i64)
UPDATE reply SET what = :what, done = :done WHERE business = :business AND id = :id;

-- reply_done (id i64, done i64)
UPDATE reply SET done = :done WHERE business = :business AND id = :id;
