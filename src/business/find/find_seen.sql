-- seen () -> (files bytes): one
SELECT files FROM seen WHERE business = :business;

-- seen_put (files bytes)
INSERT INTO seen (business, files) VALUES (:business, :files) ON CONFLICT (business) DO UPDATE SET files = excluded.files;
