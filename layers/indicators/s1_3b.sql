-- S1.3b: places of E verified within the last 90 days (policy fresh.days). Nobody has verified anything yet: na.
SELECT code AS id, why_not IS NULL AND any_recorded AS in_denominator,
  why_not IS NULL AND any_recorded AND fresh AS in_numerator,
  CASE WHEN why_not IS NOT NULL THEN why_not WHEN NOT any_recorded THEN 'chưa ghi ngày xác minh'
    WHEN fresh THEN 'xác minh ngày ' || verified_on WHEN verified_on IS NULL THEN 'chưa xác minh'
    ELSE 'xác minh đã lâu (' || verified_on || ')' END AS reason, name, NULL AS model
FROM (
  SELECT code, name, why_not, verified_on, EXISTS (SELECT 1 FROM place WHERE verified_on IS NOT NULL) AS any_recorded,
    coalesce(verified_on >= :fresh_from AND verified_on <= :as_of, 0) AS fresh
  FROM population)
