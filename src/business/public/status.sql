-- status_last (incident i64) -> (version i64, state i64, at i64, title_en text, text_en text, title_es text, text_es text): one
SELECT version, state, at, title_en, text_en, title_es, text_es FROM status_page WHERE business = :business AND incident = :incident ORDER BY version DESC LIMIT 1;

-- status_decided (incident i64) -> (version i64, state i64, at i64, title_en text, text_en text, title_es text, text_es text): one
SELECT version, state, at, title_en, text_en, title_es, text_es FROM status_page WHERE business = :business AND incident = :incident AND state IN (2, 3) ORDER BY version DESC LIMIT 1;

-- status_put (incident i64, version i64, state i64, at i64, person i64, title_en text, text_en text, title_es text, text_es text)
INSERT INTO status_page (business, incident, version, state, at, person, title_en, text_en, title_es, text_es)
VALUES (:business, :incident, :version, :state, :at, :person, :title_en, :text_en, :title_es, :text_es);

-- status_incidents () -> (incident i64): any
SELECT DISTINCT incident FROM status_page WHERE business = :business ORDER BY incident DESC;

-- status_versions (incident i64) -> (version i64, state i64, at i64, title_en text, text_en text, title_es text, text_es text): any
SELECT version, state, at, title_en, text_en, title_es, text_es FROM status_page WHERE business = :business AND incident = :incident ORDER BY version DESC;

-- status_file_get (incident i64) -> (mark i64, at i64): one
SELECT mark, at FROM status_file WHERE business = :business AND incident = :incident;

-- status_file_put (incident i64, mark i64, at i64)
INSERT INTO status_file (business, incident, mark, at) VALUES (:business, :incident, :mark, :at)
ON CONFLICT (business, incident) DO UPDATE SET mark = excluded.mark, at = excluded.at;
