-- KPI-TK (S0:318): household businesses of E, traders at stalls included; those listed with a cashless account. No
-- account number is kept anywhere.
SELECT code AS id, fault IS NULL AS in_denominator, fault IS NULL AND coalesce(account, 0) AS in_numerator,
  CASE WHEN fault IS NOT NULL THEN fault WHEN account THEN 'có tài khoản thanh toán' WHEN account = 0 THEN 'chưa có tài khoản thanh toán'
    ELSE 'danh sách không ghi tài khoản thanh toán' END AS reason,
  name, NULL AS model
FROM (
  SELECT p.code, p.name, coalesce(p.why_not, CASE WHEN p.business_kind <> 'household' THEN 'không phải hộ kinh doanh' END) AS fault,
    CASE WHEN p.type = 'establishment' THEN p.has_account
      ELSE coalesce((SELECT max(o.has_account) FROM occupancy o WHERE o.place_id = p.place_id
          AND (o.valid_from IS NULL OR o.valid_from <= :as_of) AND (o.valid_to IS NULL OR :as_of <= o.valid_to)),
        (SELECT e.has_account FROM establishment e WHERE e.place_id = p.twin_id)) END AS account
  FROM population p)
