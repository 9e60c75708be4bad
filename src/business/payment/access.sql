-- leaving_put (person i64, item i64, due i64)
INSERT INTO leaving (business, person, item, due, done) VALUES (:business, :person, :item, :due, 0) ON CONFLICT (business, person, item) DO NOTHING;

-- leaving_end (person i64, item i64, done i64)
UPDATE leaving SET done = :done WHERE business = :business AND person = :person AND item = :item;

-- leavings () -> (person i64, item i64, due i64, done i64): any
SELECT person, item, due, done FROM leaving WHERE business = :business ORDER BY due, item DESC;

-- signs_in_here (name text) -> (id i64): one
SELECT id FROM person WHERE business = :business AND name = :name AND ended = 0;

-- answer_renamed (walk i64, question text, answer text)
UPDATE walk_answer SET answer = :answer WHERE business = :business AND walk = :walk AND question = :question;

-- tasks_renamed (name text, into text)
UPDATE task SET person = :into WHERE business = :business AND person = :name;

-- reader_renamed (person i64, into i64)
UPDATE reader SET person = :into WHERE business = :business AND person = :person;

-- leaving_renamed (person i64, into i64)
UPDATE leaving SET person = :into WHERE business = :business AND person = :person AND
       NOT EXISTS (SELECT 1 FROM leaving l WHERE l.business = leaving.business AND l.person = :into AND l.item = leaving.item);
