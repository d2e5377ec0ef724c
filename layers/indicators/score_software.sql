-- S0 VIII.2.1 (S0:612): this service, one software; it counts as dead when nothing was recorded within 30 days (policy
-- alive.days) up to the day. Whether a ward's own tool falls under the row is open (domain.md 0.2, 17): it is assumed.
SELECT 'mapd' AS id, last_on IS NOT NULL AS in_denominator, coalesce(last_on < :alive_from, 0) AS in_numerator,
  CASE WHEN last_on IS NULL THEN 'chưa có dữ liệu nào' ELSE 'dữ liệu gần nhất ngày ' || last_on END AS reason, 'phần mềm bản đồ số' AS name,
  NULL AS model
FROM (
  SELECT max(day) AS last_on FROM (
    SELECT date(imported_at, '+7 hours') AS day FROM import_batch
      WHERE undone_at IS NULL AND added + updated > 0 AND (:known_at IS NULL OR imported_at <= :known_at)
    UNION ALL SELECT date(at, '+7 hours') FROM evidence_event WHERE :known_at IS NULL OR at <= :known_at
    UNION ALL SELECT date(at, '+7 hours') FROM audit WHERE :known_at IS NULL OR at <= :known_at)
  WHERE day <= :as_of)
