-- holder_put (id i64, sort i64, name text, since i64, until i64, place i64, import i64)
INSERT INTO holder (business, id, sort, name, since, until, place, import) VALUES (:business, :id, :sort, :name, :since, :until, :place, :import);

-- holder_update (id i64, since i64, until i64, place i64)
UPDATE holder SET since = :since, until = :until, place = :place WHERE business = :business AND id = :id;

-- holder_by_name (sort i64, name text) -> (id i64, since i64, until i64, place i64): one
SELECT id, since, until, place FROM holder WHERE business = :business AND sort = :sort AND name = :name;

-- holder_by_id (id i64) -> (sort i64, name text, since i64, until i64, place i64): one
SELECT sort, name, since, until, place FROM holder WHERE business = :business AND id = :id;

-- holders () -> (id i64, sort i64, name text, since i64, until i64, place i64): any
SELECT id, sort, name, since, until, place FROM holder WHERE business = :business ORDER BY id;

-- holders_standing () -> (id i64, sort i64, place i64): any
SELECT id, sort, place FROM holder WHERE business = :business;

-- holder_largest () -> (id i64): one
SELECT id FROM holder WHERE business = :business ORDER BY id DESC LIMIT 1;

-- keeps_put (holder i64, kind i64, keeps i64, told i64)
INSERT INTO holder_keeps (business, holder, kind, keeps, told) VALUES (:business, :holder, :kind, :keeps, :told)
ON CONFLICT (business, holder, kind) DO UPDATE SET keeps = excluded.keeps, told = excluded.told;

-- keeps_all () -> (holder i64, kind i64, keeps i64, told i64): any
SELECT holder, kind, keeps, told FROM holder_keeps WHERE business = :business ORDER BY holder, kind;

-- emptied_put (holder i64, at i64)
INSERT INTO holder_emptied (business, holder, at) VALUES (:business, :holder, :at) ON CONFLICT (business, holder, at) DO NOTHING;

-- emptied_drop (holder i64, at i64)
DELETE FROM holder_emptied WHERE business = :business AND holder = :holder AND at = :at;

-- emptied_all () -> (holder i64, at i64): any
SELECT holder, at FROM holder_emptied WHERE business = :business ORDER BY holder, at;

-- flow_put (id i64, source i64, target i64, manner i64, kinds i64, keeps i64, since i64, until i64, told i64)
INSERT INTO flow (business, id, source, target, manner, kinds, keeps, since, until, told)
VALUES (:business, :id, :source, :target, :manner, :kinds, :keeps, :since, :until, :told);

-- flow_again (id i64, told i64)
UPDATE flow SET told = :told WHERE business = :business AND id = :id AND told < :told;

-- keeps_again (holder i64, kind i64, told i64)
UPDATE holder_keeps SET told = :told WHERE business = :business AND holder = :holder AND kind = :kind AND told < :told;

-- flow_close (id i64, until i64)
UPDATE flow SET until = :until WHERE business = :business AND id = :id;

-- flows () -> (id i64, source i64, target i64, manner i64, kinds i64, keeps i64, since i64, until i64, told i64): any
SELECT id, source, target, manner, kinds, keeps, since, until, told FROM flow WHERE business = :business ORDER BY id;

-- person_into (a i64) -> (into i64): one
SELECT b FROM person_told WHERE business = :business AND a = :a AND one = 1;

-- persons_told () -> (a i64, b i64): any
SELECT a, b FROM person_told WHERE business = :business ORDER BY a, b;

-- person_told (a i64, b i64, one i64, at i64)
INSERT INTO person_told (business, a, b, one, at) VALUES (:business, :a, :b, :one, :at) ON CONFLICT (business, a, b) DO UPDATE SET one = excluded.one, at = excluded.at;

-- flow_move (id i64, source i64, target i64)
UPDATE flow SET source = :source, target = :target WHERE business = :business AND id = :id;
