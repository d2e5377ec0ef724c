-- KPI-K100 (S3:600): all operating stalls of the markets a model stands in, participants or not; those that provably
-- accept cashless payment (no transaction asked). One row per model and stall.
SELECT p.code AS id, why_not IS NULL AS in_denominator, why_not IS NULL AND coalesce(accepts, 0) AS in_numerator,
  CASE WHEN why_not IS NOT NULL THEN why_not WHEN accepts THEN 'có minh chứng chấp nhận thanh toán số (' || coalesce(e1, e2) || ')'
    ELSE 'thiếu minh chứng chấp nhận thanh toán số đã xác minh còn hiệu lực' END AS reason,
  p.name, q.code AS model,
  CASE WHEN why_not IS NULL THEN coalesce(strict, 0) END AS STRICT,
  CASE WHEN why_not IS NULL THEN coalesce(standard, 0) END AS STANDARD,
  CASE WHEN why_not IS NULL THEN coalesce(lenient, 0) END AS LENIENT,
  CASE WHEN why_not IS NULL THEN coalesce(accepts_d, 0) END AS with_disputed
FROM (
  SELECT m.pilot_id, s.market_id FROM pilot_member m JOIN identity i ON i.place_id = m.place_id
    JOIN stall s ON s.place_id = i.site_id LEFT JOIN import_batch b ON b.id = m.batch_id
    WHERE m.joined_on <= :as_of AND (:known_at IS NULL OR b.imported_at IS NULL OR b.imported_at <= :known_at)
  UNION SELECT q.id, k.id FROM pilot q JOIN market k ON k.code = q.code) area
JOIN pilot q ON q.id = area.pilot_id AND q.type = 'market' AND (q.valid_from IS NULL OR q.valid_from <= :as_of)
  AND (q.valid_to IS NULL OR :as_of <= q.valid_to)
JOIN stall s ON s.market_id = area.market_id
JOIN population p ON p.place_id = s.place_id
LEFT JOIN acceptance a ON a.site_id = p.place_id
ORDER BY model, id
