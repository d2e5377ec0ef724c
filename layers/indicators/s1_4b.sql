-- S1.4b: sampled questions of the last run (the seed stands in its note); those with the right record among the first five.
-- Fewer than 50 are no sample: na.
, run AS (
  SELECT id, at FROM service_check WHERE kind = 'search_sample' AND date(at, '+7 hours') <= :as_of AND (:known_at IS NULL OR at <= :known_at)
  ORDER BY at DESC, id DESC LIMIT 1)
SELECT i.item AS id, ((SELECT count(*) FROM service_check_item n WHERE n.check_id = r.id) >= 50) AS in_denominator, ((SELECT count(*) FROM service_check_item n WHERE n.check_id = r.id) >= 50) AND i.ok AS in_numerator,
  CASE WHEN i.ok THEN 'đạt' ELSE 'không đạt' END || CASE WHEN i.note <> '' THEN ': ' || i.note ELSE '' END
    || ' (chạy ngày ' || date(r.at, '+7 hours') || ')' AS reason,
  i.item AS name, NULL AS model
FROM run r CROSS JOIN service_check_item i ON i.check_id = r.id
