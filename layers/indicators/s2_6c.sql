-- S2.6c: yes or no: the last good backup is at most 24 hours old at the end of the day asked about, or now on a day still running.
-- None was ever made: na.
, run AS (
  SELECT max(c.at) AS at FROM service_check c
  WHERE c.kind = 'backup' AND date(c.at, '+7 hours') <= :as_of AND (:known_at IS NULL OR c.at <= :known_at)
    AND NOT EXISTS (SELECT 1 FROM service_check_item i WHERE i.check_id = c.id AND NOT i.ok))
SELECT 'sao lưu' AS id, 1 AS in_denominator,
  unixepoch(at) >= min(unixepoch(:as_of || 'T17:00:00Z'), unixepoch(coalesce(:known_at, 'now'))) - 24 * 3600 AS in_numerator,
  'bản sao lưu tốt gần nhất lúc ' || strftime('%H:%M ngày %d/%m/%Y', at, '+7 hours') AS reason, 'sao lưu' AS name, NULL AS model
FROM run WHERE at IS NOT NULL
