-- KPI-K100 (S3:600): all operating stalls of the markets a model stands in, participants or not; those that provably
-- accept cashless payment (no transaction asked). One row per model and stall.
, area AS (
  SELECT m.pilot_id, s.market_id FROM pilot_member m LEFT JOIN establishment e ON e.place_id = m.place_id
    JOIN stall s ON s.place_id = coalesce(e.stall_place_id, m.place_id) LEFT JOIN import_batch b ON b.id = m.batch_id
    WHERE m.joined_on <= :as_of AND (:known_at IS NULL OR b.imported_at IS NULL OR b.imported_at <= :known_at)
  UNION SELECT q.id, k.id FROM pilot q JOIN market k ON k.code = q.code),
sites AS (
  SELECT q.code || ' ' || s.place_id AS site_key, s.place_id AS site_id, q.code AS model
  FROM area CROSS JOIN pilot q ON q.id = area.pilot_id AND q.type = 'market' AND (q.valid_from IS NULL OR q.valid_from <= :as_of)
    AND (q.valid_to IS NULL OR :as_of <= q.valid_to)
  CROSS JOIN stall s ON s.market_id = area.market_id)
SELECT p.code AS id, why_not IS NULL AS in_denominator, why_not IS NULL AND accepts AS in_numerator,
  CASE WHEN why_not IS NOT NULL THEN why_not WHEN accepts THEN 'có minh chứng chấp nhận thanh toán số (' || coalesce(e1, e2) || ')'
    ELSE 'thiếu minh chứng chấp nhận thanh toán số đã xác minh còn hiệu lực' END AS reason,
  p.name, a.model,
  CASE WHEN why_not IS NULL THEN strict END AS STRICT,
  CASE WHEN why_not IS NULL THEN standard END AS STANDARD,
  CASE WHEN why_not IS NULL THEN lenient END AS LENIENT,
  CASE WHEN why_not IS NULL THEN accepts_d END AS with_disputed
FROM acceptance a CROSS JOIN population p ON p.place_id = a.site_id
