-- saq_owners () -> (n i64): one
SELECT count(*) AS n FROM person WHERE business = :business AND role = 1 AND ended = 0;

-- saq_drilled () -> (told i64, approved i64): one
SELECT told, approved FROM drill WHERE business = :business ORDER BY id DESC LIMIT 1;

-- saq_signed (since i64) -> (n i64, last i64): one
SELECT count(DISTINCT name) AS n, coalesce(max(at), 0) AS last FROM practice_signed WHERE business = :business AND at >= :since;
