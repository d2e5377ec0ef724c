-- KPI-NTS (S3:598, S3:1156): enterprises (branches at their own address included) and household businesses of E, a stall's
-- trader counted as a household unless the register says otherwise; those listed with a digital platform by a source of
-- at most 365 days old (policy platform.days). A list younger than the day asked about counts too: what was known
-- when is :known_at's to say, not :as_of's (design of the two dates).
SELECT code AS id, fault IS NULL AS in_denominator, fault IS NULL AND uses AS in_numerator,
  CASE WHEN fault IS NOT NULL THEN fault WHEN uses THEN 'có dùng nền tảng số (nguồn ngày ' || last_on || ')'
    WHEN last_on IS NOT NULL THEN 'nguồn về nền tảng số đã cũ (' || last_on || ')' ELSE 'không có nguồn có ngày ghi nền tảng số' END AS reason,
  name, NULL AS model
FROM (
  SELECT p.code, p.name, coalesce(p.why_not, CASE WHEN p.business_kind NOT IN ('enterprise', 'branch', 'household')
      THEN 'không phải doanh nghiệp, hộ kinh doanh' END) AS fault,
    coalesce(u.last_on >= :platform_from, 0) AS uses, u.last_on
  FROM population p LEFT JOIN temp.platform u ON u.place_id = p.place_id)
