-- Threshold rows (S1:245-247, S1:361-363, domain.md B.6): facilities of the group in E; those with proven acceptance (no
-- transaction asked). Groups by division or class, the same digits in VSIC 2018 and 2025: health 86, education 85, retail =
-- supermarkets and shopping centres 4711 4719, hotels 551, restaurants 561, and all traders at market stalls.
, facility_group (name, prefix) AS (
  VALUES ('health', '86'), ('education', '85'), ('retail', '4711'), ('retail', '4719'), ('retail', '551'), ('retail', '561')),
sites AS (
  SELECT p.place_id AS site_key, p.place_id AS site_id, p.twin_id, p.code, p.name FROM population p WHERE p.why_not IS NULL AND ((:group = 'retail' AND p.type = 'stall') OR EXISTS (
    SELECT 1 FROM facility_group g WHERE g.name = :group AND substr(p.industry_code, 1, length(g.prefix)) = g.prefix)))
SELECT code AS id, 1 AS in_denominator, accepts AS in_numerator,
  CASE WHEN accepts THEN 'có minh chứng chấp nhận thanh toán số (' || coalesce(e1, e2) || ')'
    ELSE 'thiếu minh chứng chấp nhận thanh toán số đã xác minh còn hiệu lực' END AS reason,
  name, NULL AS model
FROM acceptance
ORDER BY id
