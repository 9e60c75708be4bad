-- readers (sort i64, only i64, now i64, never i64) -> (id i64, name text, place i64, until i64, place_name text, make text, model text, serial text, person i64, person_name text, every i64, looked i64, looked_by text, clean i64, odd i64): any -- only: of that one; 0: of all. never: what stands where none looked
SELECT h.id, h.name, h.place, h.until, COALESCE(p.name, ''), COALESCE(r.make, ''), COALESCE(r.model, ''), COALESCE(r.serial, ''), COALESCE(r.person, 0), COALESCE(w.name, ''),
	COALESCE(r.every, 0), COALESCE(l.at, :never), COALESCE(l.looked_by, ''),
	COALESCE((SELECT i.at FROM inspection i WHERE i.business = :business AND i.holder = h.id AND i.odd = 0 AND i.at <= :now
		AND NOT EXISTS (SELECT 1 FROM inspection o WHERE o.business = :business AND o.holder = h.id AND o.odd <> 0 AND o.settled = 0 AND o.at <= i.at)
		ORDER BY i.at DESC, i.id DESC LIMIT 1), :never),
	(SELECT COUNT(*) FROM inspection o WHERE o.business = :business AND o.holder = h.id AND o.odd <> 0 AND o.settled = 0)
FROM holder h
LEFT JOIN reader r ON r.business = :business AND r.holder = h.id
LEFT JOIN holder p ON p.business = :business AND p.id = h.place
LEFT JOIN holder w ON w.business = :business AND w.id = r.person
LEFT JOIN inspection l ON l.business = :business AND l.id = (SELECT i.id FROM inspection i WHERE i.business = :business AND i.holder = h.id ORDER BY i.at DESC, i.id DESC LIMIT 1)
WHERE h.business = :business AND h.sort = :sort AND (:only = 0 OR h.id = :only);

-- reader_put (holder i64, make text, model text, serial text, person i64, every i64)
INSERT INTO reader (business, holder, make, model, serial, person, every) VALUES (:business, :holder, :make, :model, :serial, :person, :every)
ON CONFLICT (business, holder) DO UPDATE SET make = excluded.make, model = excluded.model, serial = excluded.serial, person = excluded.person, every = excluded.every;

-- reader_by_serial (serial text) -> (holder i64): any
SELECT holder FROM reader WHERE business = :business AND serial = :serial;

-- inspection_put (id i64, holder i64, at i64, person i64, looked_by text, entered i64, odd i64, note text)
INSERT INTO inspection (business, id, holder, at, person, looked_by, entered, odd, note, settled, why) VALUES (:business, :id, :holder, :at, :person, :looked_by, :entered, :odd, :note, 0, '');

-- inspections_of (holder i64, most i64) -> (id i64, at i64, entered i64, entered_by text, looked_by text, odd i64, note text, settled i64, why text): any
SELECT id, at, entered, COALESCE((SELECT p.name FROM person p WHERE p.business = :business AND p.id = inspection.person), ''), looked_by, odd, note, settled, why FROM inspection WHERE business = :business AND holder = :holder ORDER BY at DESC, id DESC LIMIT :most;

-- inspection_by_id (id i64) -> (holder i64, at i64, person i64, looked_by text, odd i64, note text): one
SELECT holder, at, person, looked_by, odd, note FROM inspection WHERE business = :business AND id = :id;

-- inspection_clean (holder i64, before i64) -> (at i64): one
SELECT i.at FROM inspection i WHERE i.business = :business AND i.holder = :holder AND i.odd = 0 AND i.at <= :before
AND NOT EXISTS (SELECT 1 FROM inspection o WHERE o.business = :business AND o.holder = :holder AND o.odd <> 0 AND o.settled = 0 AND o.at <= i.at)
ORDER BY i.at DESC, i.id DESC LIMIT 1;

-- inspections_settle (holder i64, settled i64, why text)
UPDATE inspection SET settled = :settled, why = :why WHERE business = :business AND holder = :holder AND odd <> 0 AND settled = 0;

-- photo_put (id i64, inspection i64, sealed bytes)
INSERT INTO inspection_photo (business, id, inspection, sealed) VALUES (:business, :id, :inspection, :sealed);

-- photo_pieces (inspection i64) -> (id i64, sealed bytes): any
SELECT id, sealed FROM inspection_photo WHERE business = :business AND inspection = :inspection ORDER BY id;

-- photo_there (inspection i64) -> (id i64): one
SELECT id FROM inspection_photo WHERE business = :business AND inspection = :inspection ORDER BY id LIMIT 1;

-- who_acts (id i64) -> (name text): one
SELECT name FROM person WHERE business = :business AND id = :id;

-- who_leads () -> (name text): any -- owners, then managers
SELECT name FROM person WHERE business = :business AND ended = 0 AND role IN (1, 2) ORDER BY role, id LIMIT 3;
