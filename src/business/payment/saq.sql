-- saq_owners () -> (n i64): one
SELECT count(*) AS n FROM person WHERE business = :business AND role = 1 AND ended = 0;
