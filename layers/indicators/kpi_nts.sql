-- KPI-NTS (S3:598, S3:1156): enterprises (branches at their own address included) and household businesses of E, a stall's
-- trader counted as a household unless the register says otherwise; those listed with a digital platform by a source of
-- the last 365 days (policy platform.days).
SELECT code AS id, fault IS NULL AS in_denominator, fault IS NULL AND coalesce(last_on >= :platform_from, 0) AS in_numerator,
  CASE WHEN fault IS NOT NULL THEN fault WHEN last_on >= :platform_from THEN 'có dùng nền tảng số (nguồn ngày ' || last_on || ')'
    WHEN last_on IS NOT NULL THEN 'nguồn về nền tảng số đã cũ (' || last_on || ')'
    WHEN undated THEN 'có ghi nền tảng số nhưng nguồn không có ngày' ELSE 'chưa ghi nền tảng số' END AS reason,
  name, NULL AS model
FROM (
  SELECT p.code, p.name, coalesce(p.why_not, CASE WHEN p.business_kind NOT IN ('enterprise', 'branch', 'household')
      THEN 'không phải doanh nghiệp, hộ kinh doanh' END) AS fault, u.last_on, coalesce(u.undated, 0) AS undated
  FROM population p LEFT JOIN (
    SELECT i.site_id, max(CASE WHEN u.source_date <= :as_of THEN u.source_date END) AS last_on, max(u.source_date IS NULL) AS undated
    FROM platform_use u JOIN identity i ON i.place_id = u.place_id GROUP BY i.site_id) u ON u.site_id = p.place_id)
ORDER BY id
