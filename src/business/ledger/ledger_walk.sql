-- customers_by_ref () -> (id i64, ref view, region view): any
SELECT id, ref, region FROM customer WHERE business = :business ORDER BY ref;
