-- task_put (id i64, question text, person text, due i64, made i64)
INSERT INTO task (business, id, question, person, due, made, done) VALUES (:business, :id, :question, :person, :due, :made, 0);

-- task_end (id i64, done i64)
UPDATE task SET done = :done WHERE business = :business AND id = :id;

-- tasks () -> (id i64, question text, person text, due i64, made i64, done i64): any
SELECT id, question, person, due, made, done FROM task WHERE business = :business ORDER BY due, id;

-- task_move (id i64, person text, due i64)
UPDATE task SET person = :person, due = :due WHERE business = :business AND id = :id;
