-- Chợ 4.0 (S1:248, S1:364, domain.md B.5): distinct traders with an operating point in the markets where it is deployed,
-- pooled; those with an account. One row per trader, and one per market outside the count that says whether it is deployed.
SELECT 'tiểu thương ' || trader_id AS id, 1 AS in_denominator, account AS in_numerator,
  CASE WHEN account THEN 'đã tạo tài khoản' ELSE 'chưa ghi tài khoản' END AS reason, 'tiểu thương số ' || trader_id AS name,
  NULL AS model, NULL AS deployed
FROM (
  SELECT o.trader_id, max(coalesce(o.has_account, 0)) AS account
  FROM occupancy o JOIN stall s ON s.place_id = o.place_id JOIN market k ON k.id = s.market_id AND k.market_40 = 1
  JOIN population p ON p.place_id = o.place_id AND p.why_not IS NULL
  WHERE (o.valid_from IS NULL OR o.valid_from <= :as_of) AND (o.valid_to IS NULL OR :as_of <= o.valid_to)
  GROUP BY o.trader_id)
UNION ALL
SELECT code, 0, 0, CASE market_40 WHEN 1 THEN 'đã triển khai Chợ 4.0' WHEN 0 THEN 'chưa triển khai Chợ 4.0'
  ELSE 'chưa ghi có triển khai hay không' END, name, NULL, market_40 FROM market
