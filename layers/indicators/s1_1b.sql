-- S1.1b: places of E that stand inside the ward with a position somebody can trust. A ward without a boundary cannot
-- be asked; then the method alone decides.
SELECT code AS id, why_not IS NULL AS in_denominator, why_not IS NULL AND trusted AND inside AS in_numerator,
  CASE
    WHEN why_not IS NOT NULL THEN why_not
    WHEN NOT trusted THEN 'chưa có vị trí tin cậy (' || CASE position WHEN 'interpolated' THEN 'suy từ số nhà lân cận'
      WHEN 'street' THEN 'chỉ biết đường' WHEN 'residential_group' THEN 'chỉ biết tổ dân phố' WHEN 'area' THEN 'chỉ biết khu vực'
      ELSE 'chưa có vị trí' END || ')'
    WHEN NOT inside THEN 'vị trí nằm ngoài ranh giới phường'
    ELSE CASE position WHEN 'gps' THEN 'toạ độ đo thực địa' WHEN 'stall_plan' THEN 'theo sơ đồ chợ' ELSE 'theo số nhà' END
  END AS reason,
  name, NULL AS model
FROM population
