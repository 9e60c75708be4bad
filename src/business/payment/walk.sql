-- walk_put (id i64, began i64)
INSERT INTO walk (business, id, began, changed, applied) VALUES (:business, :id, :began, :began, 0);

-- walk_touch (id i64, changed i64)
UPDATE walk SET changed = :changed WHERE business = :business AND id = :id;

-- walk_apply (id i64, applied i64)
UPDATE walk SET applied = :applied WHERE business = :business AND id = :id;

-- walk_draft () -> (id i64, began i64, changed i64, applied i64): one
SELECT id, began, changed, applied FROM walk WHERE business = :business AND applied = 0 ORDER BY id DESC LIMIT 1;

-- walk_in_force () -> (id i64, began i64, changed i64, applied i64): one
SELECT id, began, changed, applied FROM walk WHERE business = :business AND applied <> 0 ORDER BY id DESC LIMIT 1;

-- walk_answers (walk i64) -> (question text, answer text, person text, due i64): any
SELECT question, answer, person, due FROM walk_answer WHERE business = :business AND walk = :walk ORDER BY question;

-- walk_answer_put (walk i64, question text, answer text, person text, due i64)
INSERT INTO walk_answer (business, walk, question, answer, person, due) VALUES (:business, :walk, :question, :answer, :person, :due)
ON CONFLICT (business, walk, question) DO UPDATE SET answer = excluded.answer, person = excluded.person, due = excluded.due;

-- walk_copy (walk i64, from_walk i64)
INSERT INTO walk_answer (business, walk, question, answer, person, due)
SELECT business, :walk, question, answer, person, due FROM walk_answer WHERE business = :business AND walk = :from_walk;

-- walk_flow_put (flow i64, channel text)
INSERT INTO walk_flow (business, flow, channel) VALUES (:business, :flow, :channel) ON CONFLICT (business, flow) DO NOTHING;

-- walk_flows () -> (flow i64, channel text): any
SELECT flow, channel FROM walk_flow WHERE business = :business ORDER BY flow;

-- walk_holder_put (holder i64)
INSERT INTO walk_holder (business, holder) VALUES (:business, :holder) ON CONFLICT (business, holder) DO NOTHING;

-- walk_holders () -> (holder i64): any
SELECT holder FROM walk_holder WHERE business = :business ORDER BY holder;

-- walk_person (id i64) -> (name text): one
SELECT name FROM person WHERE business = :business AND id = :id;

-- walk_imported () -> (id i64): any
SELECT id FROM holder WHERE business = :business AND import <> 0 ORDER BY id;
