-- S2.6b: yes or no: the last trial of a restore within 90 days (policy period.days) succeeded. None was ever made: na.
, run AS (
  SELECT c.id, date(c.at, '+7 hours') AS day, NOT EXISTS (SELECT 1 FROM service_check_item i WHERE i.check_id = c.id AND NOT i.ok) AS good, c.note
  FROM service_check c WHERE c.kind = 'restore' AND date(c.at, '+7 hours') <= :as_of AND (:known_at IS NULL OR c.at <= :known_at)
  ORDER BY c.at DESC, c.id DESC LIMIT 1)
SELECT 'khôi phục thử' AS id, 1 AS in_denominator, good AND day >= :period_from AS in_numerator,
  'lần gần nhất ngày ' || day || CASE WHEN good THEN ': thành công' ELSE ': không thành công' END || CASE WHEN note <> '' THEN ' (' || note || ')' ELSE '' END AS reason,
  'khôi phục thử' AS name, NULL AS model
FROM run
