-- S1.5b: accounts issued to staff and used within the last 30 days (policy alive.days). The row names no person.
SELECT 'account-' || id AS id, 1 AS in_denominator, used AS in_numerator,
  CASE WHEN used THEN 'có phiên làm việc trong kỳ' ELSE 'chưa đăng nhập trong kỳ' END AS reason,
  'tài khoản số ' || id AS name, NULL AS model
FROM (
  SELECT id, coalesce(date(last_seen_at, 'unixepoch', '+7 hours') >= :alive_from AND date(last_seen_at, 'unixepoch', '+7 hours') <= :as_of, 0) AS used
  FROM user WHERE disabled = 0 AND date(created_at, 'unixepoch', '+7 hours') <= :as_of
    AND (:known_at IS NULL OR created_at <= unixepoch(:known_at)))
