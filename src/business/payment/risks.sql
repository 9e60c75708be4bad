-- risk_said_all () -> (spot i64, place i64, fixed i64, accepted i64, again i64, reason text, person text): any -- the newest first
SELECT r.spot, r.place, r.fixed, r.accepted, r.again, r.reason, coalesce(p.name, '') AS person
  FROM risk_said r LEFT JOIN person p ON p.business = r.business AND p.id = r.person
 WHERE r.business = :business ORDER BY r.fixed + r.accepted DESC, r.spot, r.place;

-- risk_said_put (spot i64, place i64, fixed i64, accepted i64, again i64, reason text, person i64)
INSERT INTO risk_said (business, spot, place, fixed, accepted, again, reason, person) VALUES (:business, :spot, :place, :fixed, :accepted, :again, :reason, :person)
ON CONFLICT (business, spot, place) DO UPDATE SET fixed = excluded.fixed, accepted = excluded.accepted, again = excluded.again, reason = excluded.reason, person = excluded.person;

-- risk_said_drop (spot i64, place i64)
DELETE FROM risk_said WHERE business = :business AND spot = :spot AND place = :place;

-- masked_imports () -> (holder i64, at i64): any -- services whose newest list, or newest file of a format of theirs ("square-transactions"), had a card number in a text field
SELECT l.holder, MAX(i.at) FROM listing l JOIN import i ON i.business = l.business AND i.id = l.import
 WHERE l.business = :business AND i.masked > 0 AND i.undo = 0 AND
       NOT EXISTS (SELECT 1 FROM listing k JOIN import j ON j.business = k.business AND j.id = k.import
                    WHERE k.business = l.business AND k.holder = l.holder AND j.id > i.id AND j.undo = 0)
 GROUP BY l.holder
UNION ALL
SELECT h.id, i.at FROM holder h JOIN import i ON i.business = h.business AND substr(i.format, 1, length(h.name) + 1) = lower(h.name) || '-'
 WHERE h.business = :business AND h.sort = 2 AND i.masked > 0 AND i.undo = 0 AND
       NOT EXISTS (SELECT 1 FROM import j WHERE j.business = i.business AND j.format = i.format AND j.id > i.id AND j.undo = 0);

-- strangers (bits i64) -> (holder i64, at i64): any -- readers of which a look found one of these things, and nobody has looked into it
SELECT holder, MAX(at) FROM inspection WHERE business = :business AND settled = 0 AND (odd & :bits) <> 0 GROUP BY holder;

-- shown (since i64) -> (name text): any -- who signed a page of the practice
SELECT DISTINCT name FROM practice_signed WHERE business = :business AND at >= :since;
