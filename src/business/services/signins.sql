-- sign_ins () -> (flow i64, account i64, second i64, looked i64, wrong i64): any
SELECT flow, account, second, looked, wrong FROM sign_in WHERE business = :business;

-- sign_in_put (flow i64, account i64, second i64, looked i64, wrong i64)
INSERT INTO sign_in (business, flow, account, second, looked, wrong) VALUES (:business, :flow, :account, :second, :looked, :wrong)
ON CONFLICT (business, flow) DO UPDATE SET account = excluded.account, second = excluded.second, looked = excluded.looked, wrong = excluded.wrong;
