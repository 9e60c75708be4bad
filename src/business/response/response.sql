-- first_approved (incident i64) -> (approved i64): one
SELECT approved FROM round WHERE business = :business AND incident = :incident AND approved > 0 AND undone = 0 ORDER BY approved LIMIT 1;

-- person_name (id i64) -> (name text): one
SELECT name FROM person WHERE business = :business AND id = :id;

-- home_place () -> (region text): one
SELECT region FROM business WHERE business = :business;

-- incident_task_put (incident i64, name text, what text, person text, due i64, state i64, reason text, person_by i64, at i64, n i64)
INSERT INTO incident_task (business, incident, name, what, person, due, state, reason, person_by, at, n)
VALUES (:business, :incident, :name, :what, :person, :due, :state, :reason, :person_by, :at, :n)
ON CONFLICT (business, incident, name) DO UPDATE SET what = excluded.what, person = excluded.person, due = excluded.due, state = excluded.state, reason = excluded.reason,
person_by = excluded.person_by, at = excluded.at, n = excluded.n;

-- incident_task_get (incident i64, name text) -> (what text, person text, due i64, state i64, reason text, person_by i64, at i64, n i64): one
SELECT what, person, due, state, reason, person_by, at, n FROM incident_task WHERE business = :business AND incident = :incident AND name = :name;

-- incident_tasks (incident i64) -> (name text, what text, person text, due i64, state i64, reason text, person_by i64, at i64, n i64): any
SELECT name, what, person, due, state, reason, person_by, at, n FROM incident_task WHERE business = :business AND incident = :incident ORDER BY n;

-- incident_tasks_own (incident i64) -> (n i64): one
SELECT count(*) FROM incident_task WHERE business = :business AND incident = :incident AND name LIKE 'own-%';

-- answer_put (incident i64, id i64, holder i64, who text, what text, begins text, ends text, manner text, said i64, kept i64, person_by i64)
INSERT INTO provider_answer (business, incident, id, holder, who, what, begins, ends, manner, said, kept, person_by)
VALUES (:business, :incident, :id, :holder, :who, :what, :begins, :ends, :manner, :said, :kept, :person_by);

-- answers_of (incident i64) -> (id i64, holder i64, who text, what text, begins text, ends text, manner text, said i64, kept i64, person_by i64): any
SELECT id, holder, who, what, begins, ends, manner, said, kept, person_by FROM provider_answer WHERE business = :business AND incident = :incident ORDER BY said DESC, id DESC;

-- assumption_put (name text, value i64, at i64)
INSERT INTO cost_assumption (business, name, value, at) VALUES (:business, :name, :value, :at)
ON CONFLICT (business, name) DO UPDATE SET value = excluded.value, at = excluded.at;

-- assumption_drop (name text)
DELETE FROM cost_assumption WHERE business = :business AND name = :name;

-- assumptions () -> (name text, value i64): any
SELECT name, value FROM cost_assumption WHERE business = :business ORDER BY name;

-- plan_put (incident i64, every i64, closing i64)
INSERT INTO update_plan (business, incident, every, closing) VALUES (:business, :incident, :every, :closing)
ON CONFLICT (business, incident) DO UPDATE SET every = excluded.every, closing = excluded.closing;

-- plan_get (incident i64) -> (every i64, closing i64): one
SELECT every, closing FROM update_plan WHERE business = :business AND incident = :incident;

-- words_told (incident i64) -> (round i64, approved i64, begins i64, until i64): any
SELECT round, approved, begins, until FROM round WHERE business = :business AND incident = :incident AND approved > 0 AND undone = 0 ORDER BY approved;

-- sent_of (incident i64) -> (round i64, state i64, channel i64, n i64, first_at i64, last_at i64): any
SELECT n.round, n.state, n.channel, count(*), min(n.at), max(n.at)
FROM round r CROSS JOIN notice n WHERE n.business = r.business AND n.incident = r.incident AND n.round = r.round AND n.state IN (4, 9, 10)
	AND r.business = :business AND r.incident = :incident GROUP BY n.round, n.state, n.channel ORDER BY n.round, n.state, n.channel;

-- round_about (incident i64, round i64) -> (audience i64, people i64): one
SELECT audience, people FROM round WHERE business = :business AND incident = :incident AND round = :round;

-- measure_about (id i64) -> (what text): one
SELECT what FROM measure WHERE business = :business AND id = :id;

-- draft_about (id i64) -> (holder i64, said text, classes text, added i64): one
SELECT holder, said, classes, added FROM draft WHERE business = :business AND id = :id;

-- filed (incident i64) -> (party i64, code text, sent i64, how text, reference text, name text): any
SELECT f.party, f.code, f.sent, f.how, f.reference, p.name FROM filing f JOIN person p ON p.business = f.business AND p.id = f.person_by
WHERE f.business = :business AND f.incident = :incident ORDER BY f.sent, f.party, f.code;

-- told_reading (incident i64, home text) -> (whole i64, spanish i64): one
SELECT count(*), coalesce(sum(CASE WHEN substr(CASE WHEN c.language = '' THEN :home ELSE c.language END, 1, 2) = 'es' THEN 1 ELSE 0 END), 0)
FROM (SELECT DISTINCT customer FROM notice WHERE business = :business AND incident = :incident AND state IN (4, 9, 10)) n JOIN customer c ON c.business = :business AND c.id = n.customer;
