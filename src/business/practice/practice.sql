-- practice_last (channel text) -> (version i64, duties text, since i64): one
SELECT version, duties, since FROM practice WHERE business = :business AND channel = :channel ORDER BY version DESC LIMIT 1;

-- practice_put (channel text, version i64, duties text, since i64)
INSERT INTO practice (business, channel, version, duties, since) VALUES (:business, :channel, :version, :duties, :since);

-- signed_put (channel text, version i64, name text, person i64, at i64)
INSERT INTO practice_signed (business, channel, version, name, person, at) VALUES (:business, :channel, :version, :name, :person, :at)
ON CONFLICT (business, channel, name, version) DO UPDATE SET at = excluded.at, person = excluded.person;

-- signed_of (channel text) -> (name text, version i64, at i64): any
SELECT name, max(version), max(at) FROM practice_signed s WHERE business = :business AND channel = :channel
AND version = (SELECT max(t.version) FROM practice_signed t WHERE t.business = s.business AND t.channel = s.channel AND t.name = s.name) GROUP BY name ORDER BY name;

-- staff_names () -> (id i64, name text): any
SELECT id, name FROM person WHERE business = :business AND ended = 0 AND role <> 8 ORDER BY name;

-- acting_name (id i64) -> (name text): one
SELECT name FROM person WHERE business = :business AND id = :id;
