-- findings_there (holder i64, never i64) -> (id i64, path text, kinds i64): any
SELECT id, path, kinds FROM finding WHERE business = :business AND holder = :holder AND gone = :never ORDER BY id;

-- finding_there (holder i64, path text, never i64) -> (id i64, kinds i64, numbers i64, unnamed i64, unnamed_kinds i64, began i64, looked i64): one
SELECT id, kinds, numbers, unnamed, unnamed_kinds, began, looked FROM finding
WHERE business = :business AND holder = :holder AND path = :path AND gone = :never;

-- finding_put (id i64, holder i64, path text, kinds i64, numbers i64, unnamed i64, unnamed_kinds i64, sample text, began i64, came i64, seen i64, gone i64, looked i64)
INSERT INTO finding (business, id, holder, path, kinds, numbers, unnamed, unnamed_kinds, sample, began, came, seen, gone, looked)
VALUES (:business, :id, :holder, :path, :kinds, :numbers, :unnamed, :unnamed_kinds, :sample, :began, :came, :seen, :gone, :looked);

-- finding_again (id i64, kinds i64, numbers i64, unnamed i64, unnamed_kinds i64, began i64, seen i64, looked i64)
UPDATE finding SET kinds = :kinds, numbers = :numbers, unnamed = :unnamed, unnamed_kinds = :unnamed_kinds, began = :began,
	seen = CASE WHEN seen > :seen THEN seen ELSE :seen END, looked = :looked
WHERE business = :business AND id = :id;

-- finding_gone (id i64, gone i64)
UPDATE finding SET gone = CASE WHEN seen > :gone THEN seen ELSE :gone END WHERE business = :business AND id = :id;

-- finding_names (finding i64, customer i64, kinds i64, spot text)
INSERT INTO finding_customer (business, finding, customer, kinds, spot) VALUES (:business, :finding, :customer, :kinds, :spot)
ON CONFLICT (business, finding, customer) DO UPDATE SET kinds = excluded.kinds | finding_customer.kinds;

-- finding_customers (finding i64) -> (customer i64, kinds i64, spot view): any
SELECT customer, kinds, spot FROM finding_customer WHERE business = :business AND finding = :finding ORDER BY customer;

-- findings_holders () -> (holder i64): any
SELECT DISTINCT holder FROM finding WHERE business = :business ORDER BY holder;

-- findings (never i64) -> (id i64, holder i64, path text, kinds i64, numbers i64, unnamed i64, unnamed_kinds i64, sample text, began i64, came i64, seen i64, gone i64, looked i64, emptied i64): any
SELECT f.id, f.holder, f.path, f.kinds, f.numbers, f.unnamed, f.unnamed_kinds, f.sample, f.began, f.came, f.seen, f.gone, f.looked,
	coalesce((SELECT min(e.at) FROM holder_emptied e WHERE e.business = f.business AND e.holder = f.holder AND e.at > f.seen), :never)
FROM finding f WHERE f.business = :business ORDER BY f.holder, f.id;

-- findings_unsound () -> (id i64): any
SELECT f.id FROM finding f LEFT JOIN holder h ON h.business = f.business AND h.id = f.holder
WHERE f.business = :business AND (h.id IS NULL OR f.began > f.came OR f.came > f.seen OR f.seen > f.gone OR f.unnamed > f.numbers)
UNION SELECT n.finding FROM finding_customer n
LEFT JOIN customer c ON c.business = n.business AND c.id = n.customer LEFT JOIN finding g ON g.business = n.business AND g.id = n.finding
WHERE n.business = :business AND (c.id IS NULL OR g.id IS NULL) ORDER BY 1;

-- findings_count () -> (n i64): one
SELECT count(*) FROM finding WHERE business = :business;

-- scan_done_put (sort i64, name text, at i64, files i64)
INSERT INTO scan_done (business, sort, name, at, files) VALUES (:business, :sort, :name, :at, :files)
ON CONFLICT (business, sort, name) DO UPDATE SET at = excluded.at, files = excluded.files;
