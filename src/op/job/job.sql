-- job_put (id i64, what text, person i64, began i64)
INSERT INTO job (business, id, what, person, began, changed, done, todo, state, stop, attention, say, answer)
VALUES (:business, :id, :what, :person, :began, :began, 0, 0, 1, 0, 0, '', '');

-- job_step (id i64, say text, done i64, todo i64, changed i64) -> (stop i64): one
UPDATE job SET say = :say, done = :done, todo = :todo, changed = :changed WHERE business = :business AND id = :id RETURNING stop;

-- job_end (id i64, state i64, attention i64, say text, answer text, changed i64)
UPDATE job SET state = :state, attention = :attention, say = :say, answer = :answer, changed = :changed WHERE business = :business AND id = :id;

-- job_ask_stop (id i64)
UPDATE job SET stop = 1 WHERE business = :business AND id = :id AND state = 1;

-- jobs_drop (before i64)
DELETE FROM job WHERE business = :business AND id <= :before AND state <> 1;

-- job_get (id i64) -> (what text, person i64, began i64, changed i64, done i64, todo i64, state i64, stop i64, attention i64, say text, answer text): one
SELECT what, person, began, changed, done, todo, state, stop, attention, say, answer FROM job WHERE business = :business AND id = :id;

-- jobs (many i64) -> (id i64, what text, person i64, began i64, changed i64, done i64, todo i64, state i64, stop i64, attention i64, say text): any
SELECT id, what, person, began, changed, done, todo, state, stop, attention, say FROM job WHERE business = :business ORDER BY id DESC LIMIT :many;
