-- S2.3c: codes of ceased records in the last full sweep; those whose page says that the place has ceased.
, run AS (
  SELECT id, at FROM service_check WHERE kind = 'codes_ceased' AND date(at, '+7 hours') <= :as_of AND (:known_at IS NULL OR at <= :known_at)
  ORDER BY at DESC, id DESC LIMIT 1)
SELECT i.item AS id, 1 AS in_denominator, 1 AND i.ok AS in_numerator,
  CASE WHEN i.ok THEN 'đạt' ELSE 'không đạt' END || CASE WHEN i.note <> '' THEN ': ' || i.note ELSE '' END
    || ' (chạy ngày ' || date(r.at, '+7 hours') || ')' AS reason,
  i.item AS name, NULL AS model
FROM run r CROSS JOIN service_check_item i ON i.check_id = r.id
