-- service_by_holder (holder i64) -> (domain text, contact text, clause text, account text, hours i64, card i64, page i64, used i64, ends i64, asked i64): one
SELECT domain, contact, clause, account, hours, card, page, used, ends, asked FROM service WHERE business = :business AND holder = :holder;

-- service_put (holder i64, domain text, contact text, clause text, account text, hours i64, card i64, page i64, used i64, ends i64, asked i64)
INSERT INTO service (business, holder, domain, contact, clause, account, hours, card, page, used, ends, asked)
VALUES (:business, :holder, :domain, :contact, :clause, :account, :hours, :card, :page, :used, :ends, :asked)
ON CONFLICT (business, holder) DO UPDATE SET domain = excluded.domain, contact = excluded.contact, clause = excluded.clause, account = excluded.account,
 hours = excluded.hours, card = excluded.card, page = excluded.page, used = excluded.used, ends = excluded.ends, asked = excluded.asked;

-- service_emptied (holder i64, from i64) -> (at i64): one
SELECT coalesce(max(at), 0) AS at FROM holder_emptied WHERE business = :business AND holder = :holder AND at >= :from;

-- evidence_put (id i64, holder i64, sort text, result i64, seen i64, until i64, note text, link text, made i64)
INSERT INTO evidence (business, id, holder, sort, result, seen, until, note, link, made, ended)
VALUES (:business, :id, :holder, :sort, :result, :seen, :until, :note, :link, :made, 0);

-- evidence_all () -> (id i64, holder i64, sort text, result i64, seen i64, until i64, note text, link text, made i64, ended i64): any
SELECT id, holder, sort, result, seen, until, note, link, made, ended FROM evidence WHERE business = :business ORDER BY seen DESC, id DESC;

-- evidence_count (holder i64) -> (n i64): one
SELECT count(*) AS n FROM evidence WHERE business = :business AND holder = :holder AND ended = 0;

-- evidence_by_id (id i64) -> (holder i64): one
SELECT holder FROM evidence WHERE business = :business AND id = :id AND ended = 0;

-- evidence_end (id i64, ended i64)
UPDATE evidence SET ended = :ended WHERE business = :business AND id = :id;

-- evidence_end_sort (holder i64, sort text, ended i64)
UPDATE evidence SET ended = :ended WHERE business = :business AND holder = :holder AND sort = :sort AND ended = 0;

-- evidence_drop_old (holder i64, sort text, before i64)
DELETE FROM evidence WHERE business = :business AND holder = :holder AND sort = :sort AND ended <> 0 AND ended < :before;

-- holding_get (holder i64) -> (program text, moves i64, at i64, customers i64, unnamed i64, found i64): one
SELECT program, moves, at, customers, unnamed, found FROM holding WHERE business = :business AND holder = :holder;

-- holding_parts (holder i64) -> (kind i64, n i64): any
SELECT kind, n FROM holding_part WHERE business = :business AND holder = :holder ORDER BY kind;

-- holding_put (holder i64, program text, moves i64, at i64, customers i64, unnamed i64, found i64)
INSERT INTO holding (business, holder, program, moves, at, customers, unnamed, found) VALUES (:business, :holder, :program, :moves, :at, :customers, :unnamed, :found);

-- holding_part_put (holder i64, kind i64, n i64)
INSERT INTO holding_part (business, holder, kind, n) VALUES (:business, :holder, :kind, :n);

-- holding_drop (holder i64)
DELETE FROM holding WHERE business = :business AND holder = :holder;

-- holding_parts_drop (holder i64)
DELETE FROM holding_part WHERE business = :business AND holder = :holder;

-- holdings_drop ()
DELETE FROM holding WHERE business = :business;

-- holdings_parts_drop ()
DELETE FROM holding_part WHERE business = :business;
