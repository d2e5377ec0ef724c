-- S1.1d: places of E that wait as a duplicate of another: an open question of an import, or the same folded name at the
-- same address (match_key) as an older record of E when nobody has decided that they are two.
, same AS MATERIALIZED (
  SELECT e.match_key, min(p.place_id) AS first_id
  FROM (SELECT match_key FROM establishment WHERE match_key IS NOT NULL GROUP BY match_key HAVING count(*) > 1) r
  CROSS JOIN establishment e ON e.match_key = r.match_key CROSS JOIN population p ON p.place_id = e.place_id
  WHERE p.why_not IS NULL GROUP BY e.match_key),
younger AS MATERIALIZED (
  SELECT e.place_id, s.first_id FROM same s CROSS JOIN establishment e ON e.match_key = s.match_key AND e.place_id > s.first_id),
question AS MATERIALIZED (
  SELECT r.place_id, max(r.closed_at IS NULL OR coalesce(r.closed_at > :known_at, 0)) AS asked,
    max(r.closed_at IS NOT NULL AND coalesce(r.closed_at <= :known_at, 1)) AS decided
  FROM review r WHERE r.fault_group LIKE 'duplicate%' AND (:known_at IS NULL OR r.opened_at <= :known_at) GROUP BY r.place_id)
SELECT code AS id, why_not IS NULL AS in_denominator, why_not IS NULL AND (asked OR twin IS NOT NULL) AS in_numerator,
  CASE WHEN why_not IS NOT NULL THEN why_not WHEN asked THEN 'đang chờ người xử lý nghi trùng'
    WHEN twin IS NOT NULL THEN 'trùng tên và địa chỉ với điểm ' || (SELECT o.code FROM population o WHERE o.place_id = twin)
    ELSE 'không nghi trùng' END AS reason,
  name, NULL AS model
FROM (
  SELECT p.code, p.name, p.why_not, p.place_id IN (SELECT place_id FROM question WHERE asked) AS asked,
    CASE WHEN p.place_id IN (SELECT place_id FROM younger) AND p.place_id NOT IN (SELECT place_id FROM question WHERE decided)
      THEN (SELECT y.first_id FROM younger y WHERE y.place_id = p.place_id) END AS twin
  FROM population p)
