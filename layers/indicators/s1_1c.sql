-- S1.1c: places of E whose core fields are all there and valid: name, kind, status, industry code, address,
-- residential group, source and its date (that of the list, else the day it came in). A stall's kind and address (market and number) are there by construction;
-- a code is valid when its own version of the classification, once loaded, has it.
SELECT code AS id, why_not IS NULL AS in_denominator,
  CASE WHEN why_not IS NOT NULL OR no_name OR no_class OR bad_class OR no_address OR no_group OR no_source OR no_day THEN 0 ELSE 1 END AS in_numerator,
  CASE WHEN why_not IS NOT NULL THEN why_not
    WHEN no_name OR no_class OR bad_class OR no_address OR no_group OR no_source OR no_day THEN 'thiếu' || substr(
      CASE WHEN no_name THEN ', tên' ELSE '' END
      || CASE WHEN no_class THEN ', mã ngành' WHEN bad_class THEN ', mã ngành hợp lệ' ELSE '' END
      || CASE WHEN no_address THEN ', địa chỉ' ELSE '' END || CASE WHEN no_group THEN ', tổ dân phố' ELSE '' END
      || CASE WHEN no_source THEN ', nguồn' ELSE '' END || CASE WHEN no_day THEN ', ngày của nguồn' ELSE '' END, 2)
    ELSE 'đủ các trường cốt lõi' END AS reason,
  name, NULL AS model
FROM (
  SELECT p.code, p.name, p.why_not, trim(p.name) = '' AS no_name, coalesce(p.industry_code, '') = '' AS no_class,
    CASE WHEN p.class_known THEN 0 ELSE EXISTS (SELECT 1 FROM industry x WHERE x.version = p.industry_version) END AS bad_class,
    p.type = 'establishment' AND (p.address IS NULL OR p.address = '' OR trim(p.address) = '') AS no_address,
    p.residential_group_id IS NULL AS no_group,
    p.batch_id IS NULL AS no_source, p.source_date IS NULL AND p.batch_id IS NULL AS no_day
  FROM population p)
