-- S1.5a: the last 30 days that are over; those on which the service's own probe (six an hour) was well at least 95 % of the time.
-- Days before the first probe count as not served; no probe at all: na.
, span AS (SELECT min(:as_of, date(coalesce(:known_at, 'now'), '+7 hours', '-1 day')) AS last_on),
day AS (
  SELECT w.day FROM workday w, span WHERE w.day <= span.last_on AND w.day > date(span.last_on, '-30 days')
    AND EXISTS (SELECT 1 FROM service_probe p WHERE substr(p.hour, 1, 10) <= :as_of))
SELECT day AS id, 1 AS in_denominator, 100 * ok >= 95 * 144 AS in_numerator,
  ok || '/144 lần kiểm tra tốt' AS reason, day AS name, NULL AS model
FROM (SELECT d.day, (SELECT coalesce(sum(min(p.ok, 6)), 0) FROM service_probe p WHERE p.hour >= d.day || 'T' AND p.hour < d.day || 'U') AS ok
  FROM day d)
