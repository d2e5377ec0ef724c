-- S1.5c: yes or no: something changed within the last 30 days (policy alive.days). Guards S0:612.
SELECT 'alive' AS id, last_on IS NOT NULL AS in_denominator, coalesce(last_on >= :alive_from, 0) AS in_numerator,
  CASE WHEN last_on IS NULL THEN 'chưa có lần cập nhật nào' ELSE 'cập nhật gần nhất ngày ' || last_on END AS reason,
  'dữ liệu phát sinh' AS name, NULL AS model
FROM (
  SELECT max(day) AS last_on FROM (
    SELECT date(imported_at, '+7 hours') AS day FROM import_batch
      WHERE undone_at IS NULL AND added + updated > 0 AND (:known_at IS NULL OR imported_at <= :known_at)
    UNION ALL SELECT date(at, '+7 hours') FROM evidence_event WHERE :known_at IS NULL OR at <= :known_at
    UNION ALL SELECT date(at, '+7 hours') FROM audit WHERE :known_at IS NULL OR at <= :known_at)
  WHERE day <= :as_of)
