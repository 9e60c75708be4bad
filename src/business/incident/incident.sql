-- incident_put (id i64, title text, title_es text, opened i64, discovered i64, closed i64)
INSERT INTO incident (business, id, title, title_es, opened, discovered, closed, unwritten, published) VALUES (:business, :id, :title, :title_es, :opened, :discovered, :closed, 0, 0);

-- incident_publish (id i64, published i64)
UPDATE incident SET published = :published WHERE business = :business AND id = :id;

-- incident_title (id i64, title text, title_es text)
UPDATE incident SET title = :title, title_es = :title_es WHERE business = :business AND id = :id;

-- incident_by_id (id i64) -> (title text, title_es text, opened i64, discovered i64, closed i64, unwritten i64, published i64): one
SELECT title, title_es, opened, discovered, closed, unwritten, published FROM incident WHERE business = :business AND id = :id;

-- incidents () -> (id i64, title text, title_es text, opened i64, discovered i64, closed i64, unwritten i64, published i64): any
SELECT id, title, title_es, opened, discovered, closed, unwritten, published FROM incident WHERE business = :business ORDER BY id DESC;

-- suspects (incident i64) -> (holder i64, n i64, begins i64, ends i64, manner i64): any
SELECT holder, n, begins, ends, manner FROM suspect WHERE business = :business AND incident = :incident ORDER BY holder, n;

-- suspect_put (incident i64, holder i64, begins i64, ends i64, manner i64)
INSERT INTO suspect (business, incident, holder, n, begins, ends, manner)
SELECT :business, :incident, :holder, coalesce(max(s.n), 0) + 1, :begins, :ends, :manner
FROM suspect s WHERE s.business = :business AND s.incident = :incident AND s.holder = :holder;

-- suspect_clear (incident i64, holder i64)
DELETE FROM suspect WHERE business = :business AND incident = :incident AND holder = :holder;

-- tally_get (incident i64) -> (program text, moves i64, at i64, customers i64, forgotten i64, unnamed i64, found i64, touched i64, dwelt i64, letters i64): one
SELECT program, moves, at, customers, forgotten, unnamed, found, touched, dwelt, letters FROM tally WHERE business = :business AND incident = :incident;

-- tally_parts (incident i64) -> (kind i64, region text, n i64): any
SELECT kind, region, n FROM tally_part WHERE business = :business AND incident = :incident ORDER BY n DESC, region;

-- tally_put (incident i64, program text, moves i64, at i64, customers i64, forgotten i64, unnamed i64, found i64, touched i64, dwelt i64, letters i64)
INSERT INTO tally (business, incident, program, moves, at, customers, forgotten, unnamed, found, touched, dwelt, letters)
VALUES (:business, :incident, :program, :moves, :at, :customers, :forgotten, :unnamed, :found, :touched, :dwelt, :letters);

-- tally_part_put (incident i64, kind i64, region text, n i64)
INSERT INTO tally_part (business, incident, kind, region, n) VALUES (:business, :incident, :kind, :region, :n);

-- tally_homes (incident i64) -> (place text, kinds i64, n i64): any
SELECT place, kinds, n FROM tally_home WHERE business = :business AND incident = :incident ORDER BY place, kinds;

-- tally_home_put (incident i64, place text, kinds i64, n i64)
INSERT INTO tally_home (business, incident, place, kinds, n) VALUES (:business, :incident, :place, :kinds, :n);

-- tally_homes_drop (incident i64)
DELETE FROM tally_home WHERE business = :business AND incident = :incident;

-- tallies_homes_drop ()
DELETE FROM tally_home WHERE business = :business;

-- tally_drop (incident i64)
DELETE FROM tally WHERE business = :business AND incident = :incident;

-- tally_parts_drop (incident i64)
DELETE FROM tally_part WHERE business = :business AND incident = :incident;

-- tallies_drop ()
DELETE FROM tally WHERE business = :business;

-- tallies_parts_drop ()
DELETE FROM tally_part WHERE business = :business;

-- incident_facts (incident i64) -> (name text, value text): any
SELECT name, value FROM incident_fact WHERE business = :business AND incident = :incident ORDER BY name;

-- incident_fact_put (incident i64, name text, value text, at i64)
INSERT INTO incident_fact (business, incident, name, value, at) VALUES (:business, :incident, :name, :value, :at)
ON CONFLICT (business, incident, name) DO UPDATE SET value = excluded.value, at = excluded.at;

-- incident_fact_drop (incident i64, name text)
DELETE FROM incident_fact WHERE business = :business AND incident = :incident AND name = :name;

-- first_letters (incident i64) -> (approved i64): one
SELECT approved FROM round WHERE business = :business AND incident = :incident AND approved > 0 AND undone = 0 ORDER BY approved LIMIT 1;

-- home_region () -> (region text): one
SELECT region FROM business WHERE business = :business;
