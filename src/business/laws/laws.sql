-- law_table () -> (csv bytes, at i64): one
SELECT csv, at FROM law_table WHERE business = :business;

-- law_table_put (csv bytes, at i64)
INSERT INTO law_table (business, csv, at) VALUES (:business, :csv, :at) ON CONFLICT (business) DO UPDATE SET csv = excluded.csv, at = excluded.at;

-- law_table_drop ()
DELETE FROM law_table WHERE business = :business;
