-- filing_put (incident i64, party i64, code text, sent i64, how text, reference text, kept i64, person_by i64)
INSERT INTO filing (business, incident, party, code, sent, how, reference, kept, person_by)
VALUES (:business, :incident, :party, :code, :sent, :how, :reference, :kept, :person_by)
ON CONFLICT (business, incident, party, code) DO UPDATE SET sent = excluded.sent, how = excluded.how, reference = excluded.reference, kept = excluded.kept, person_by = excluded.person_by;

-- filing_drop (incident i64, party i64, code text)
DELETE FROM filing WHERE business = :business AND incident = :incident AND party = :party AND code = :code;

-- filings_of (incident i64) -> (party i64, code text, sent i64, how text, reference text): any
SELECT party, code, sent, how, reference FROM filing WHERE business = :business AND incident = :incident ORDER BY party, code;
