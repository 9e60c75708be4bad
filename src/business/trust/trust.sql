-- scans_done () -> (sort i64, name text, at i64, files i64): any
SELECT sort, name, at, files FROM scan_done WHERE business = :business ORDER BY sort, name;

-- rounds_told (incident i64) -> (n i64): one
SELECT count(*) FROM round WHERE business = :business AND incident = :incident AND approved > 0 AND undone = 0;

-- chosen_put (claim text, at i64, person i64)
INSERT INTO trust_chosen (business, claim, at, person) VALUES (:business, :claim, :at, :person) ON CONFLICT (business, claim) DO NOTHING;

-- chosen_drop (claim text)
DELETE FROM trust_chosen WHERE business = :business AND claim = :claim;

-- chosen_all () -> (claim text): any
SELECT claim FROM trust_chosen WHERE business = :business ORDER BY claim;

-- own_put (id i64, en text, es text, at i64, person i64)
INSERT INTO trust_own (business, id, en, es, at, person) VALUES (:business, :id, :en, :es, :at, :person);

-- own_drop (id i64)
DELETE FROM trust_own WHERE business = :business AND id = :id;

-- own_all () -> (id i64, en text, es text, at i64): any
SELECT id, en, es, at FROM trust_own WHERE business = :business ORDER BY id;

-- version_put (id i64, at i64, body text, rests text)
INSERT INTO trust_version (business, id, at, text, rests) VALUES (:business, :id, :at, :body, :rests);

-- version_last () -> (id i64, at i64, body text): one
SELECT id, at, text FROM trust_version WHERE business = :business ORDER BY id DESC LIMIT 1;

-- versions () -> (id i64, at i64, body text, rests text): any
SELECT id, at, text, rests FROM trust_version WHERE business = :business ORDER BY id DESC;

-- customers_known () -> (email i64, phone i64, address i64, n i64): one
SELECT coalesce(max(ways & 1), 0), coalesce(max(ways & 2), 0), coalesce(max(ways & 4), 0), count(*) FROM customer WHERE business = :business;

-- listed_kinds () -> (kinds i64): any
SELECT DISTINCT kinds FROM listing WHERE business = :business;

-- drill_last () -> (id i64, at i64): one
SELECT id, approved FROM drill WHERE business = :business AND approved > 0 ORDER BY approved DESC LIMIT 1;
