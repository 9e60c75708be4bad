-- risk_said_all () -> (spot i64, place i64, fixed i64, accepted i64, again i64, reason text): any
SELECT spot, place, fixed, accepted, again, reason FROM risk_said WHERE business = :business;

-- risk_said_put (spot i64, place i64, fixed i64, accepted i64, again i64, reason text)
INSERT INTO risk_said (business, spot, place, fixed, accepted, again, reason) VALUES (:business, :spot, :place, :fixed, :accepted, :again, :reason)
ON CONFLICT (business, spot, place) DO UPDATE SET fixed = excluded.fixed, accepted = excluded.accepted, again = excluded.again, reason = excluded.reason;

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

-- registered () -> (holder i64): any
SELECT holder FROM reader WHERE business = :business AND serial <> '';
