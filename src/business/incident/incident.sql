-- incident_put (id i64, title text, opened i64, discovered i64, closed i64)
INSERT INTO incident (business, id, title, opened, discovered, closed) VALUES (:business, :id, :title, :opened, :discovered, :closed);

-- incident_by_id (id i64) -> (title text, opened i64, discovered i64, closed i64): one
SELECT title, opened, discovered, closed FROM incident WHERE business = :business AND id = :id;

-- incidents () -> (id i64, title text, opened i64, discovered i64, closed i64): any
SELECT id, title, opened, discovered, closed FROM incident WHERE business = :business ORDER BY id DESC;

-- suspects (incident i64) -> (holder i64, n i64, begins i64, ends i64, manner i64): any
SELECT holder, n, begins, ends, manner FROM suspect WHERE business = :business AND incident = :incident ORDER BY holder, n;

-- suspect_put (incident i64, holder i64, begins i64, ends i64, manner i64)
INSERT INTO suspect (business, incident, holder, n, begins, ends, manner)
SELECT :business, :incident, :holder, coalesce(max(s.n), 0) + 1, :begins, :ends, :manner
FROM suspect s WHERE s.business = :business AND s.incident = :incident AND s.holder = :holder;

-- suspect_clear (incident i64, holder i64)
DELETE FROM suspect WHERE business = :business AND incident = :incident AND holder = :holder;
