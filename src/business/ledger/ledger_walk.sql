-- customers_by_ref () -> (id i64, ref view, region view): any
SELECT id, ref, region FROM customer WHERE business = :business ORDER BY ref;

-- customers_by_region () -> (id i64, region view): any
SELECT id, region FROM customer WHERE business = :business AND region <> '' ORDER BY region;

-- customers_by_place () -> (id i64, region view, country view, ways i64): any
SELECT id, region, country, ways FROM customer WHERE business = :business ORDER BY id;
