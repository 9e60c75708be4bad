-- flavours () -> (code i64, spread i64, entry_kinds i64, service_kinds i64, person_kinds i64, place_kinds i64, checksum i64): any
SELECT code, spread, entry_kinds, service_kinds, person_kinds, place_kinds, checksum FROM flavour WHERE business = :business ORDER BY code;

-- flavour_put (code i64, spread i64, entry_kinds i64, service_kinds i64, person_kinds i64, place_kinds i64, checksum i64)
INSERT INTO flavour (business, code, spread, entry_kinds, service_kinds, person_kinds, place_kinds, checksum)
VALUES (:business, :code, :spread, :entry_kinds, :service_kinds, :person_kinds, :place_kinds, :checksum);

-- segment_put (day i64, dim i64, hi i64, part i64, lo i64, n i64, blob bytes, rest bytes)
INSERT INTO segment (business, day, dim, hi, part, lo, n, blob, rest)
VALUES (:business, :day, :dim, :hi, :part, :lo, :n, :blob, :rest);

-- segment_drop (day i64)
DELETE FROM segment WHERE business = :business AND day = :day;

-- segment_drop_copies (day i64)
DELETE FROM segment WHERE business = :business AND day = :day AND dim <> 1;

-- segments_of (day i64, dim i64) -> (hi i64, part i64, lo i64, n i64, blob view, rest view): any
SELECT hi, part, lo, n, blob, rest FROM segment WHERE business = :business AND day = :day AND dim = :dim ORDER BY hi, lo, part;

-- segments_all (day i64, dim i64) -> (blob view): any
SELECT blob FROM segment WHERE business = :business AND day = :day AND dim = :dim ORDER BY hi, lo, part;

-- segments_from (day i64, dim i64, least i64) -> (hi i64, part i64, lo i64): any
SELECT hi, part, lo FROM segment WHERE business = :business AND day = :day AND dim = :dim AND hi >= :least ORDER BY hi, lo, part;

-- segment_get (day i64, dim i64, hi i64, lo i64, part i64) -> (blob view): any
SELECT blob FROM segment WHERE business = :business AND day = :day AND dim = :dim AND hi = :hi AND lo = :lo AND part = :part;

-- segment_count (day i64) -> (n i64): one
SELECT count(*) FROM segment WHERE business = :business AND day = :day;

-- day_put (day i64, n i64, digest bytes)
INSERT INTO day (business, day, n, digest) VALUES (:business, :day, :n, :digest)
ON CONFLICT (business, day) DO UPDATE SET n = excluded.n, digest = excluded.digest;

-- day_drop (day i64)
DELETE FROM day WHERE business = :business AND day = :day;

-- day_get (day i64) -> (n i64, digest bytes): one
SELECT n, digest FROM day WHERE business = :business AND day = :day;

-- days (first i64, last i64) -> (day i64, n i64): any
SELECT day, n FROM day WHERE business = :business AND day >= :first AND day <= :last ORDER BY day;

-- segments_of_all () -> (day i64, n i64, blob view, rest view): any
SELECT day, n, blob, rest FROM segment WHERE business = :business AND dim = 1 ORDER BY day, hi, lo, part;

-- segments_whose () -> (day i64, hi i64, lo i64, part i64, blob view): any
SELECT day, hi, lo, part, blob FROM segment WHERE business = :business AND dim = 1 ORDER BY day, hi, lo, part;

-- segment_rest (day i64, hi i64, lo i64, part i64) -> (rest view): any
SELECT rest FROM segment WHERE business = :business AND day = :day AND dim = 1 AND hi = :hi AND lo = :lo AND part = :part;

-- days_total () -> (n i64): one
SELECT coalesce(sum(n), 0) FROM day WHERE business = :business;

-- orphan_segments () -> (day i64): any
SELECT DISTINCT s.day FROM segment s LEFT JOIN day d ON d.business = s.business AND d.day = s.day
WHERE s.business = :business AND d.day IS NULL;

-- listing_put_part (holder i64, import i64, kinds i64, part i64, came i64, n i64, blob bytes)
INSERT INTO listing (business, holder, import, kinds, part, came, n, blob) VALUES (:business, :holder, :import, :kinds, :part, :came, :n, :blob);

-- listing_drop (holder i64, import i64, kinds i64)
DELETE FROM listing WHERE business = :business AND holder = :holder AND import = :import AND kinds = :kinds;

-- listings () -> (holder i64, import i64, kinds i64, came i64, n i64, blob view): any
SELECT holder, import, kinds, came, n, blob FROM listing WHERE business = :business ORDER BY holder, import, kinds, part;

-- same_as_all () -> (id i64, same_as i64): any
SELECT id, same_as FROM customer WHERE business = :business AND same_as <> 0 AND same_as > 0 ORDER BY same_as, id;

-- customers_given () -> (value i64): one
SELECT value FROM counter WHERE business = :business AND name = 'customer';

-- customers_count () -> (n i64): one
SELECT count(*) FROM customer WHERE business = :business;

-- customers_ways () -> (id i64, ways i64): any
SELECT id, ways FROM customer WHERE business = :business ORDER BY id;

-- index_entries () -> (sort i64, customer i64): any
SELECT sort, customer FROM customer_index WHERE business = :business;

-- customer_largest () -> (id i64): one
SELECT id FROM customer WHERE business = :business ORDER BY id DESC LIMIT 1;
