-- verdicts () -> (path text, member text, spot text, kind text, last4 text, verdict i64): any
SELECT path, member, spot, kind, last4, verdict FROM verdict WHERE business = :business;

-- verdicts_in (path text) -> (member view, spot view, kind view, last4 view, verdict i64): any
SELECT member, spot, kind, last4, verdict FROM verdict WHERE business = :business AND path = :path;

-- verdict_put (path text, member text, spot text, kind text, last4 text, verdict i64, at i64)
INSERT INTO verdict (business, path, member, spot, kind, last4, verdict, at) VALUES (:business, :path, :member, :spot, :kind, :last4, :verdict, :at)
ON CONFLICT (business, path, member, spot, kind, last4) DO UPDATE SET verdict = excluded.verdict, at = excluded.at;

-- verdict_drop (path text, member text, spot text, kind text, last4 text)
DELETE FROM verdict WHERE business = :business AND path = :path AND member = :member AND spot = :spot AND kind = :kind AND last4 = :last4;
