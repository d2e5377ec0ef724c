-- S0 VII.6 (S0:599, domain.md B.4): markets the ward manages; those with cashless payment deployed and its evidence
-- (list and published pictures) named. Policy market.needs_point = 1 also asks for a point with verified acceptance.
, sites AS (
  SELECT p.place_id AS site_key, p.place_id AS site_id, s.market_id
  FROM stall s CROSS JOIN population p ON p.place_id = s.place_id WHERE :market_needs_point <> '0' AND p.why_not IS NULL)
SELECT code AS id, managed AS in_denominator, managed AND deployed AND noted AND pointed AS in_numerator,
  CASE WHEN NOT managed THEN 'không thuộc phạm vi quản lý của phường' WHEN NOT deployed THEN 'chưa triển khai'
    WHEN NOT noted THEN 'chưa có minh chứng (danh sách, hình ảnh công bố)'
    WHEN NOT pointed THEN 'chưa có điểm nào được xác minh chấp nhận thanh toán số' ELSE 'đã triển khai, có minh chứng' END AS reason,
  name, NULL AS model
FROM (
  SELECT k.code, k.name, coalesce(k.ward_managed, 0) AS managed, coalesce(k.cashless_deployed, 0) AS deployed,
    trim(coalesce(k.evidence_note, '')) <> '' AS noted,
    :market_needs_point = '0' OR k.id IN (SELECT market_id FROM acceptance WHERE accepts) AS pointed
  FROM market k)
