-- bounce_known (digest bytes) -> (id i64): one
SELECT id FROM bounce WHERE business = :business AND digest = :digest;

-- bounce_put (id i64, at i64, class i64, reason i64, final i64, status text, incident i64, round i64, customer i64, knew i64, moved i64, settled i64, digest bytes, mail bytes)
INSERT INTO bounce (business, id, at, class, reason, final, status, incident, round, customer, knew, moved, settled, digest, mail)
VALUES (:business, :id, :at, :class, :reason, :final, :status, :incident, :round, :customer, :knew, :moved, :settled, :digest, :mail);

-- bounce_get (id i64) -> (at i64, class i64, reason i64, final i64, status text, incident i64, round i64, customer i64, knew i64, moved i64, settled i64, mail bytes): one
SELECT at, class, reason, final, status, incident, round, customer, knew, moved, settled, mail FROM bounce WHERE business = :business AND id = :id;

-- bounce_settle (id i64, incident i64, round i64, customer i64, knew i64, moved i64, settled i64)
UPDATE bounce SET incident = :incident, round = :round, customer = :customer, knew = :knew, moved = :moved, settled = :settled WHERE business = :business AND id = :id;

-- bounces (least i64, waiting i64, incident i64, round i64, many i64) -> (id i64, at i64, class i64, reason i64, final i64, status text, incident i64, round i64, customer i64, ref text, knew i64, moved i64, settled i64): any
SELECT b.id, b.at, b.class, b.reason, b.final, b.status, b.incident, b.round, b.customer, coalesce(c.ref, ''), b.knew, b.moved, b.settled
FROM bounce b LEFT JOIN customer c ON c.business = b.business AND c.id = b.customer
WHERE b.business = :business AND b.id < :least AND (:waiting = 0 OR b.settled = 0) AND (:incident = 0 OR (b.incident = :incident AND b.round = :round))
ORDER BY b.id DESC LIMIT :many;

-- bounces_waiting () -> (n i64): one
SELECT count(*) FROM bounce WHERE business = :business AND settled = 0;

-- mailed_last (customer i64, since i64) -> (incident i64, round i64): one
SELECT incident, round FROM attempt WHERE business = :business AND customer = :customer AND channel = 1 AND state IN (4, 5) AND at >= :since
ORDER BY at DESC, incident DESC, round DESC LIMIT 1;

-- first_approved () -> (at i64): one
SELECT coalesce(min(approved), 0) FROM round WHERE business = :business AND approved > 0;

-- notices_by_hand (incident i64, round i64, skip i64, many i64) -> (customer i64, ref text, channel i64, attempts i64, at i64, code text): any
SELECT n.customer, c.ref, n.channel, n.attempts, n.at, n.code FROM notice n JOIN customer c ON c.business = n.business AND c.id = n.customer
WHERE n.business = :business AND n.incident = :incident AND n.round = :round AND n.state = 2 AND n.channel IN (4, 5)
ORDER BY n.channel, n.attempts, n.customer LIMIT :many OFFSET :skip;

-- pace_get (domain i64, since i64) -> (n i64, first i64): one
SELECT coalesce(sum(n), 0), coalesce(min(at), 0) FROM mail_pace WHERE business = :business AND domain = :domain AND at > :since;

-- pace_add (domain i64, at i64, n i64)
INSERT INTO mail_pace (business, domain, at, n) VALUES (:business, :domain, :at, :n) ON CONFLICT (business, domain, at) DO UPDATE SET n = mail_pace.n + excluded.n;

-- pace_forget (until i64)
DELETE FROM mail_pace WHERE business = :business AND at <= :until;

-- notice_later (incident i64, round i64, customer i64, due i64)
UPDATE notice SET due = :due WHERE business = :business AND incident = :incident AND round = :round AND customer = :customer AND state = 2;

-- pace_move (domain i64, before i64, at i64)
INSERT INTO mail_pace (business, domain, at, n) SELECT business, domain, :at, n FROM mail_pace WHERE business = :business AND domain = :domain AND at = :before
ON CONFLICT (business, domain, at) DO UPDATE SET n = mail_pace.n + excluded.n;

-- pace_drop (domain i64, at i64)
DELETE FROM mail_pace WHERE business = :business AND domain = :domain AND at = :at;

-- pace_at (at i64) -> (domain i64): any
SELECT domain FROM mail_pace WHERE business = :business AND at = :at;
