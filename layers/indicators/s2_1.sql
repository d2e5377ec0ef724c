-- S2.1: places of E whose main activity has a class (level 4, or a subclass of one) of the classification in force
-- and belongs to an industry group of the ward.
SELECT code AS id, why_not IS NULL AS in_denominator, why_not IS NULL AND fault IS NULL AS in_numerator,
  coalesce(why_not, fault, 'đã mã hoá và xếp nhóm ngành') AS reason, name, NULL AS model
FROM (
  SELECT p.code, p.name, p.why_not,
    CASE WHEN coalesce(p.industry_code, '') = '' THEN 'chưa có mã ngành'
      WHEN :vsic IS NULL THEN 'chưa nạp danh mục ngành'
      WHEN p.industry_version IS NOT :vsic THEN 'mã ngành chưa theo hệ thống ngành hiện hành (' || :vsic || ')'
      WHEN NOT p.class_in_force THEN 'mã ngành không có trong danh mục cấp 4'
      WHEN p.industry_group <> '' OR p.class_grouped THEN NULL
      ELSE 'chưa xếp nhóm ngành của phường'
    END AS fault
  FROM population p)
