-- person_put (id i64, name text, role i64, since i64)
INSERT INTO person (business, id, name, role, since, ended, language) VALUES (:business, :id, :name, :role, :since, 0, '');

-- person_speaks (id i64, language text)
UPDATE person SET language = :language WHERE business = :business AND id = :id;

-- person_set (id i64, role i64, ended i64)
UPDATE person SET role = :role, ended = :ended WHERE business = :business AND id = :id;

-- persons () -> (id i64, name text, role i64, since i64, ended i64, slots i64, totps i64, passkeys i64, language text): any
SELECT id, name, role, since, ended,
	(SELECT count(*) FROM slot s WHERE s.business = p.business AND s.person = p.id AND s.sort IN (1, 3)),
	(SELECT count(*) FROM totp t WHERE t.business = p.business AND t.person = p.id AND t.proved <> 0),
	(SELECT count(*) FROM passkey k WHERE k.business = p.business AND k.person = p.id), language
FROM person p WHERE business = :business ORDER BY id;

-- slot_insert (id i64, sort i64, person i64, bytes bytes, made i64)
INSERT INTO slot (business, id, sort, person, bytes, made) VALUES (:business, :id, :sort, :person, :bytes, :made)
ON CONFLICT (business, id) DO UPDATE SET sort = excluded.sort, bytes = excluded.bytes, made = excluded.made;

-- slots_made () -> (id i64, sort i64, person i64, made i64): any
SELECT id, sort, person, made FROM slot WHERE business = :business ORDER BY id;

-- slot_drop (person i64)
DELETE FROM slot WHERE business = :business AND person = :person AND sort IN (1, 3);

-- session_put (hash bytes, person i64, stage i64, began i64, again i64, agent text)
INSERT INTO session (business, hash, person, stage, began, seen, again, agent) VALUES (:business, :hash, :person, :stage, :began, :began, :again, :agent);

-- session_get (hash bytes) -> (person i64, stage i64, began i64, seen i64, again i64, agent text): one
SELECT person, stage, began, seen, again, agent FROM session WHERE business = :business AND hash = :hash;

-- session_seen (hash bytes, seen i64)
UPDATE session SET seen = :seen WHERE business = :business AND hash = :hash;

-- sessions (person i64) -> (hash bytes, stage i64, began i64, seen i64, again i64, agent text): any
SELECT hash, stage, began, seen, again, agent FROM session WHERE business = :business AND person = :person ORDER BY began DESC, hash;

-- session_drop (hash bytes)
DELETE FROM session WHERE business = :business AND hash = :hash;

-- session_drop_all (person i64)
DELETE FROM session WHERE business = :business AND person = :person;

-- session_drop_old (began i64, seen i64)
DELETE FROM session WHERE business = :business AND (began <= :began OR seen <= :seen);

-- token_put (id i64, hash bytes, sort i64, person i64, name text, made i64, ends i64)
INSERT INTO token (business, id, hash, sort, person, name, made, ends, seen) VALUES (:business, :id, :hash, :sort, :person, :name, :made, :ends, 0);

-- token_get (hash bytes, sort i64) -> (id i64, person i64, ends i64, seen i64): one
SELECT id, person, ends, seen FROM token WHERE business = :business AND hash = :hash AND sort = :sort;

-- token_seen (id i64, seen i64)
UPDATE token SET seen = :seen WHERE business = :business AND id = :id;

-- token_number (id i64) -> (person i64): one
SELECT person FROM token WHERE business = :business AND id = :id AND sort = 2;

-- tokens () -> (id i64, person i64, name text, made i64, ends i64, seen i64): any
SELECT id, person, name, made, ends, seen FROM token WHERE business = :business AND sort = 2 ORDER BY id;

-- token_drop (id i64)
DELETE FROM token WHERE business = :business AND id = :id;

-- token_drop_all (person i64)
DELETE FROM token WHERE business = :business AND person = :person;

-- token_drop_old (now i64)
DELETE FROM token WHERE business = :business AND ends <= :now;

-- totp_put (person i64, sealed bytes)
INSERT INTO totp (business, person, sealed, step, proved) VALUES (:business, :person, :sealed, 0, 0)
ON CONFLICT (business, person) DO UPDATE SET sealed = excluded.sealed, step = 0, proved = 0;

-- totp_get (person i64) -> (sealed bytes, step i64, proved i64): one
SELECT sealed, step, proved FROM totp WHERE business = :business AND person = :person;

-- totp_used (person i64, step i64, proved i64)
UPDATE totp SET step = :step, proved = :proved WHERE business = :business AND person = :person;

-- totp_drop (person i64)
DELETE FROM totp WHERE business = :business AND person = :person;

-- code_put (person i64, hash bytes)
INSERT INTO recovery_code (business, person, hash) VALUES (:business, :person, :hash);

-- code_use (person i64, hash bytes) -> (hash bytes): one
DELETE FROM recovery_code WHERE business = :business AND person = :person AND hash = :hash RETURNING hash;

-- codes_left (person i64) -> (n i64): one
SELECT count(*) FROM recovery_code WHERE business = :business AND person = :person;

-- codes_drop (person i64)
DELETE FROM recovery_code WHERE business = :business AND person = :person;

-- passkey_put (id i64, person i64, name text, credential bytes, algorithm i64, public_key bytes, counter i64, made i64)
INSERT INTO passkey (business, id, person, name, credential, algorithm, public_key, counter, made, seen)
VALUES (:business, :id, :person, :name, :credential, :algorithm, :public_key, :counter, :made, 0);

-- passkey_get (credential bytes) -> (id i64, person i64, algorithm i64, public_key bytes, counter i64): one
SELECT id, person, algorithm, public_key, counter FROM passkey WHERE business = :business AND credential = :credential;

-- passkeys (person i64) -> (id i64, name text, credential bytes, made i64, seen i64): any
SELECT id, name, credential, made, seen FROM passkey WHERE business = :business AND person = :person ORDER BY id;

-- passkey_used (id i64, counter i64, seen i64)
UPDATE passkey SET counter = :counter, seen = :seen WHERE business = :business AND id = :id;

-- passkey_drop (id i64, person i64) -> (id i64): one
DELETE FROM passkey WHERE business = :business AND id = :id AND person = :person RETURNING id;

-- passkeys_drop (person i64)
DELETE FROM passkey WHERE business = :business AND person = :person;
