-- S1.1d: places of E that wait as a duplicate of another: an open question of an import, or the same folded name at the
-- same address (match_key) as an older record of E when nobody has decided that they are two.
SELECT code AS id, why_not IS NULL AS in_denominator, why_not IS NULL AND (asked OR twin IS NOT NULL) AS in_numerator,
  CASE WHEN why_not IS NOT NULL THEN why_not WHEN asked THEN 'đang chờ người xử lý nghi trùng'
    WHEN twin IS NOT NULL THEN 'trùng tên và địa chỉ với điểm ' || twin ELSE 'không nghi trùng' END AS reason,
  name, NULL AS model
FROM (
  SELECT p.code, p.name, p.why_not, coalesce(q.asked, 0) AS asked,
    CASE WHEN p.why_not IS NULL AND p.match_key IS NOT NULL AND q.decided IS NOT 1 AND row_number() OVER same > 1
      THEN first_value(p.code) OVER same END AS twin
  FROM population p LEFT JOIN (
    SELECT r.place_id, max(r.closed_at IS NULL OR coalesce(r.closed_at > :known_at, 0)) AS asked,
      max(r.closed_at IS NOT NULL AND coalesce(r.closed_at <= :known_at, 1)) AS decided
    FROM review r WHERE r.fault_group LIKE 'duplicate%' AND (:known_at IS NULL OR r.opened_at <= :known_at) GROUP BY r.place_id) q
    ON q.place_id = p.place_id
  WINDOW same AS (PARTITION BY p.why_not IS NULL, p.match_key, CASE WHEN p.match_key IS NULL THEN p.place_id END ORDER BY p.place_id))
ORDER BY id
