-- offer_put (incident i64, vendor text, page text, phone text, until i64, months i64)
INSERT INTO enrolment_offer (business, incident, vendor, page, phone, until, months) VALUES (:business, :incident, :vendor, :page, :phone, :until, :months)
ON CONFLICT (business, incident) DO UPDATE SET vendor = excluded.vendor, page = excluded.page, phone = excluded.phone, until = excluded.until, months = excluded.months;

-- offer_get (incident i64) -> (vendor text, page text, phone text, until i64, months i64): one
SELECT vendor, page, phone, until, months FROM enrolment_offer WHERE business = :business AND incident = :incident;

-- offers () -> (incident i64): any
SELECT incident FROM enrolment_offer WHERE business = :business ORDER BY incident DESC;

-- codes_count (incident i64) -> (free i64, given i64): one
SELECT coalesce(sum(CASE WHEN customer = 0 THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN customer <> 0 THEN 1 ELSE 0 END), 0) FROM enrolment WHERE business = :business AND incident = :incident;

-- code_marked (mark i64) -> (n i64): one
SELECT count(*) FROM enrolment WHERE business = :business AND mark = :mark;

-- code_put (id i64, incident i64, mark i64, at i64, sealed bytes)
INSERT INTO enrolment (business, id, incident, mark, customer, at, sealed) VALUES (:business, :id, :incident, :mark, 0, :at, :sealed);

-- codes_free (incident i64, many i64) -> (id i64, sealed bytes): any
SELECT id, sealed FROM enrolment WHERE business = :business AND incident = :incident AND customer = 0 ORDER BY id LIMIT :many;

-- code_give (id i64, customer i64, at i64, sealed bytes)
UPDATE enrolment SET customer = :customer, at = :at, sealed = :sealed WHERE business = :business AND id = :id;

-- code_of (incident i64, customer i64) -> (customer i64, sealed bytes): one
SELECT customer, sealed FROM enrolment WHERE business = :business AND incident = :incident AND
(customer = :customer OR customer IN (SELECT id FROM customer WHERE business = :business AND same_as = :customer)) ORDER BY customer <> :customer, customer LIMIT 1;

-- codes_drop (incident i64)
DELETE FROM enrolment WHERE business = :business AND incident = :incident AND customer = 0;

-- codes_all (after i64) -> (id i64, customer i64, sealed bytes): any
SELECT id, customer, sealed FROM enrolment WHERE business = :business AND id > :after ORDER BY id LIMIT 1024;
