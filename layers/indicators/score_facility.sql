-- Threshold rows (S1:245-247, S1:361-363, domain.md B.6): facilities of the group in E; those with proven acceptance (no
-- transaction asked). Which classes make a group stands in the table facility_group; to retail belong all traders at market
-- stalls too.
, sites AS (
  SELECT p.place_id AS site_key, p.place_id AS site_id, p.code, p.name FROM population p
  WHERE p.why_not IS NULL AND ((:group = 'retail' AND p.type = 'stall')
    OR p.industry_code IN (SELECT f.industry_code FROM facility f WHERE f.name = :group)))
SELECT code AS id, 1 AS in_denominator, accepts AS in_numerator,
  CASE WHEN accepts THEN 'có minh chứng chấp nhận thanh toán số (' || coalesce(e1, e2) || ')'
    ELSE 'thiếu minh chứng chấp nhận thanh toán số đã xác minh còn hiệu lực' END AS reason,
  name, NULL AS model
FROM acceptance
