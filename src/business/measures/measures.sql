-- measure_put (id i64, incident i64, what text, cause text, reason text, staff i64, customers i64, again i64, made i64)
INSERT INTO measure (business, id, incident, what, cause, reason, staff, customers, again, made, ended)
VALUES (:business, :id, :incident, :what, :cause, :reason, :staff, :customers, :again, :made, 0);

-- measures () -> (id i64, incident i64, what text, cause text, reason text, staff i64, customers i64, again i64, made i64, ended i64): any
SELECT id, incident, what, cause, reason, staff, customers, again, made, ended FROM measure WHERE business = :business ORDER BY CASE WHEN ended = 0 THEN 0 ELSE 1 END, again, id;

-- measure_again (id i64, again i64)
UPDATE measure SET again = :again WHERE business = :business AND id = :id;

-- measure_end (id i64, ended i64)
UPDATE measure SET ended = :ended WHERE business = :business AND id = :id;
