-- For tests and measurements only: customers without the sealing that a real one has; damage.

-- test_customer_put (id i64, ref text, same_as i64)
INSERT INTO customer (business, id, ref, region, country, language, ways, names, same_as, import, sealed)
VALUES (:business, :id, :ref, '', '', '', 0, x'', :same_as, 0, x'');

-- test_owner_put ()
INSERT INTO person (business, id, name, role, since, ended, language) VALUES (:business, 1, 'owner', 1, 0, 0, '');

-- test_segments () -> (day i64, dim i64, hi i64, part i64, blob bytes, rest bytes): any
SELECT day, dim, hi, part, blob, rest FROM segment WHERE business = :business ORDER BY day, dim, hi, part;

-- test_segment_set (day i64, dim i64, hi i64, part i64, blob bytes, rest bytes)
UPDATE segment SET blob = :blob, rest = :rest WHERE business = :business AND day = :day AND dim = :dim AND hi = :hi AND part = :part;

-- test_segment_drop (day i64, dim i64, hi i64, part i64)
DELETE FROM segment WHERE business = :business AND day = :day AND dim = :dim AND hi = :hi AND part = :part;

-- test_days () -> (day i64, n i64, digest bytes): any
SELECT day, n, digest FROM day WHERE business = :business ORDER BY day;

-- test_size () -> (bytes i64, rest i64): one
SELECT coalesce(sum(length(blob)), 0), coalesce(sum(length(rest)), 0) FROM segment WHERE business = :business;

-- test_customers_drop (above i64)
DELETE FROM customer WHERE business = :business AND id > :above;

-- test_flavour_drop (code i64)
DELETE FROM flavour WHERE business = :business AND code = :code;
