-- drill_put (id i64, story text, holder text, begins i64, ends i64, told i64, opened i64, seen i64, drafted i64, approved i64, customers i64, person i64)
INSERT INTO drill (business, id, story, holder, begins, ends, told, opened, seen, drafted, approved, customers, person)
VALUES (:business, :id, :story, :holder, :begins, :ends, :told, :opened, :seen, :drafted, :approved, :customers, :person);

-- drills () -> (id i64, story text, holder text, begins i64, ends i64, told i64, opened i64, seen i64, drafted i64, approved i64, customers i64, name text): any
SELECT d.id, d.story, d.holder, d.begins, d.ends, d.told, d.opened, d.seen, d.drafted, d.approved, d.customers, p.name FROM drill d
JOIN person p ON p.business = d.business AND p.id = d.person WHERE d.business = :business ORDER BY d.id DESC;

-- last_incident () -> (id i64): one
SELECT coalesce(max(id), 0) FROM incident WHERE business = :business;

-- incident_after (after i64) -> (id i64, opened i64): one
SELECT id, opened FROM incident WHERE business = :business AND id > :after ORDER BY id LIMIT 1;
