-- S1.1d: places of E that wait as a duplicate of another: an open question of an import, or the same folded name at
-- the same address as an older record of E when nobody has decided that they are two.
SELECT p.code AS id, p.why_not IS NULL AS in_denominator, p.why_not IS NULL AND (asked OR twin IS NOT NULL) AS in_numerator,
  CASE WHEN p.why_not IS NOT NULL THEN p.why_not WHEN asked THEN 'đang chờ người xử lý nghi trùng'
    WHEN twin IS NOT NULL THEN 'trùng tên và địa chỉ với điểm ' || twin ELSE 'không nghi trùng' END AS reason,
  p.name, NULL AS model
FROM (
  SELECT p.*, EXISTS (SELECT 1 FROM review r WHERE r.place_id = p.place_id AND r.reason LIKE 'duplicate%'
      AND (:known_at IS NULL OR r.opened_at <= :known_at)
      AND (r.closed_at IS NULL OR r.closed_at > :known_at)) AS asked,
    CASE WHEN p.why_not IS NULL AND p.address_key <> '' AND NOT EXISTS (
        SELECT 1 FROM review r WHERE r.place_id = p.place_id AND r.reason LIKE 'duplicate%' AND r.closed_at IS NOT NULL)
        AND row_number() OVER same > 1 THEN first_value(p.code) OVER same END AS twin
  FROM population p
  WINDOW same AS (PARTITION BY p.why_not IS NULL, p.name_fold, nullif(p.address_key, ''),
    CASE WHEN coalesce(p.address_key, '') = '' THEN p.place_id END ORDER BY p.place_id)) p
ORDER BY id
