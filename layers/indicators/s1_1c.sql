-- S1.1c: places of E whose core fields are all there and valid: name, kind, status, industry code, address,
-- residential group, source and its date (that of the list, else the day it came in). A stall's kind and address (market and number) are there by construction;
-- a code is valid when its own version of the classification, once loaded, has it.
SELECT code AS id, why_not IS NULL AS in_denominator, why_not IS NULL AND lacks = '' AS in_numerator,
  CASE WHEN why_not IS NOT NULL THEN why_not WHEN lacks = '' THEN 'đủ các trường cốt lõi' ELSE 'thiếu' || substr(lacks, 2) END AS reason,
  name, NULL AS model
FROM (
  SELECT p.code, p.name, p.why_not,
    CASE WHEN trim(p.name) = '' THEN ', tên' ELSE '' END
    || CASE WHEN p.industry_code IS NULL OR p.industry_code = '' THEN ', mã ngành'
         WHEN EXISTS (SELECT 1 FROM industry i WHERE i.version = p.industry_version)
           AND NOT EXISTS (SELECT 1 FROM industry i WHERE i.version = p.industry_version AND i.code = p.industry_code)
         THEN ', mã ngành hợp lệ' ELSE '' END
    || CASE WHEN p.type = 'establishment' AND trim(coalesce(p.address, '')) = '' THEN ', địa chỉ' ELSE '' END
    || CASE WHEN p.residential_group_id IS NULL THEN ', tổ dân phố' ELSE '' END
    || CASE WHEN p.batch_id IS NULL THEN ', nguồn' ELSE '' END
    || CASE WHEN coalesce(p.source_date, b.source_date, b.imported_at) IS NULL THEN ', ngày của nguồn' ELSE '' END AS lacks
  FROM population p LEFT JOIN import_batch b ON b.id = p.batch_id)
ORDER BY id
