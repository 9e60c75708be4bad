-- draft_put (id i64, holder i64, source i64, entry text, title text, said text, classes text, happened i64, added i64, begins i64, ends i64, named i64, kinds i64, customers i64, made i64)
INSERT INTO draft (business, id, holder, source, entry, title, said, classes, happened, added, begins, ends, named, kinds, customers, made, state, decided, incident, reason)
VALUES (:business, :id, :holder, :source, :entry, :title, :said, :classes, :happened, :added, :begins, :ends, :named, :kinds, :customers, :made, 1, 0, 0, '');

-- drafts () -> (id i64, holder i64, source i64, entry text, title text, said text, classes text, happened i64, added i64, begins i64, ends i64, named i64, kinds i64, customers i64, made i64, state i64, decided i64, incident i64, reason text): any
SELECT id, holder, source, entry, title, said, classes, happened, added, begins, ends, named, kinds, customers, made, state, decided, incident, reason
FROM draft WHERE business = :business ORDER BY id DESC;

-- draft_decide (id i64, state i64, decided i64, incident i64, reason text)
UPDATE draft SET state = :state, decided = :decided, incident = :incident, reason = :reason WHERE business = :business AND id = :id AND state = 1;

-- breach_seen (holder i64, entry text) -> (added i64): one
SELECT added FROM breach_seen WHERE business = :business AND holder = :holder AND entry = :entry;

-- breach_seen_put (holder i64, entry text, added i64, at i64)
INSERT INTO breach_seen (business, holder, entry, added, at) VALUES (:business, :holder, :entry, :added, :at)
ON CONFLICT (business, holder, entry) DO UPDATE SET added = excluded.added, at = excluded.at;

-- watch_asked () -> (holder i64, at i64): any
SELECT holder, at FROM watch_ask WHERE business = :business ORDER BY at, holder;

-- watch_ask_put (holder i64, at i64)
INSERT INTO watch_ask (business, holder, at) VALUES (:business, :holder, :at) ON CONFLICT (business, holder) DO UPDATE SET at = excluded.at;

-- watch_ask_drop (holder i64)
DELETE FROM watch_ask WHERE business = :business AND holder = :holder;
