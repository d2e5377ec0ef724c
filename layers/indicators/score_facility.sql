-- Threshold rows (S1:245-247, S1:361-363, domain.md B.6): facilities of the group in E; those with proven acceptance (no
-- transaction asked). Groups by division or class, the same digits in VSIC 2018 and 2025: health 86, education 85, retail =
-- supermarkets and shopping centres 4711 4719, hotels 551, restaurants 561, and all traders at market stalls.
SELECT p.code AS id, 1 AS in_denominator, coalesce(a.accepts, 0) AS in_numerator,
  CASE WHEN a.accepts THEN 'có minh chứng chấp nhận thanh toán số (' || coalesce(a.e1, a.e2) || ')'
    ELSE 'thiếu minh chứng chấp nhận thanh toán số đã xác minh còn hiệu lực' END AS reason,
  p.name, NULL AS model
FROM population p LEFT JOIN acceptance a ON a.site_id = p.place_id
WHERE p.why_not IS NULL AND (
  (:group = 'retail' AND p.type = 'stall')
  OR EXISTS (SELECT 1 FROM (SELECT 'health' AS name, '86' AS prefix UNION ALL SELECT 'education', '85'
      UNION ALL SELECT 'retail', '4711' UNION ALL SELECT 'retail', '4719' UNION ALL SELECT 'retail', '551' UNION ALL SELECT 'retail', '561') g
    WHERE g.name = :group AND substr(p.industry_code, 1, length(g.prefix)) = g.prefix))
ORDER BY id
