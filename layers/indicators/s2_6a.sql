-- S2.6a: the hours of the last 90 days that are over; those in which the service's probe was well every time it looked. Announced
-- maintenance is left out, up to 8 hours, and listed. No probe at all: na.
, span AS (SELECT min(:as_of, date(coalesce(:known_at, 'now'), '+7 hours', '-1 day')) AS last_on),
clock (h) AS (VALUES ('00'), ('01'), ('02'), ('03'), ('04'), ('05'), ('06'), ('07'), ('08'), ('09'), ('10'), ('11'), ('12'), ('13'), ('14'),
  ('15'), ('16'), ('17'), ('18'), ('19'), ('20'), ('21'), ('22'), ('23')),
hour AS (
  SELECT w.day || 'T' || c.h AS hour FROM span CROSS JOIN workday w CROSS JOIN clock c
  WHERE w.day <= span.last_on AND w.day > date(span.last_on, '-90 days')
    AND EXISTS (SELECT 1 FROM service_probe p WHERE substr(p.hour, 1, 10) <= :as_of)),
paused AS (
  SELECT hour FROM hour h WHERE EXISTS (
    SELECT 1 FROM service_pause p WHERE h.hour >= p.from_hour AND h.hour < p.to_hour AND p.announced_on < substr(p.from_hour, 1, 10))
  ORDER BY hour LIMIT 8)
SELECT h.hour AS id, x.hour IS NULL AS in_denominator, x.hour IS NULL AND coalesce(p.ok > 0 AND p.failed = 0, 0) AS in_numerator,
  CASE WHEN x.hour IS NOT NULL THEN 'bảo trì đã báo trước' WHEN p.hour IS NULL THEN 'không có lần kiểm tra nào'
    WHEN p.failed > 0 THEN p.failed || ' lần kiểm tra không tốt' ELSE 'hoạt động' END AS reason,
  h.hour AS name, NULL AS model
FROM hour h LEFT JOIN service_probe p ON p.hour = h.hour LEFT JOIN paused x ON x.hour = h.hour
