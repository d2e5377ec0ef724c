-- S2.2: management layers that are live: of the records a layer applies to, at least 95 % are filled. One row per
-- required layer (domain.md B.2); a layer nobody has begun to fill is simply not live. All empty: na.
, places AS MATERIALIZED (
  SELECT count(*) AS n, count(*) FILTER (WHERE is_list) AS lists, count(*) FILTER (WHERE is_list AND business_kind <> 'other') AS licences,
    count(*) FILTER (WHERE is_list AND business_kind <> 'other' AND licensed_on IS NOT NULL) AS licensed,
    count(*) FILTER (WHERE is_list AND einvoice_in_scope IS NOT NULL) AS invoiced,
    count(*) FILTER (WHERE is_business) AS businesses, count(*) FILTER (WHERE is_business AND on_platform) AS platforms,
    count(*) FILTER (WHERE place_id IN (SELECT place_id FROM acceptance_listed)
      OR EXISTS (SELECT 1 FROM evidence v WHERE v.place_id = p.place_id AND v.state = 'verified')) AS cashless
  FROM (SELECT q.*, type = 'establishment' AS is_list, business_kind IN ('enterprise', 'branch', 'household') AS is_business,
      u.place_id IS NOT NULL AS on_platform
    FROM population q LEFT JOIN temp.platform u ON u.place_id = q.place_id WHERE why_not IS NULL) p),
food AS MATERIALIZED (
  SELECT count(*) AS n, count(*) FILTER (WHERE regime IN ('certificate', 'commitment', 'unknown')) AS papers,
    count(*) FILTER (WHERE regime IN ('certificate', 'commitment', 'unknown') AND f.place_id IN (
      SELECT place_id FROM fs_document WHERE issued_on IS NULL OR issued_on <= :as_of)) AS papered,
    count(*) FILTER (WHERE f.place_id IN (SELECT place_id FROM fs_inspection WHERE inspected_on <= :as_of)) AS inspected
  FROM fs_place f CROSS JOIN population p ON p.place_id = f.place_id WHERE p.why_not IS NULL)
SELECT layer AS id, any_recorded AS in_denominator, any_recorded AND applies > 0 AND 100 * filled >= 95 * applies AS in_numerator,
  title || ': ' || CASE WHEN applies = 0 THEN 'chưa có dữ liệu' ELSE filled || '/' || applies || ' bản ghi' END AS reason,
  title AS name, NULL AS model
FROM (
  SELECT *, max(filled) OVER () > 0 AS any_recorded FROM (
    SELECT 'licence' AS layer, 'Giấy phép, tình trạng' AS title, licences AS applies, licensed AS filled FROM places
    UNION ALL SELECT 'fs-document', 'Giấy chứng nhận, cam kết, tự công bố ATTP', papers, papered FROM food
    UNION ALL SELECT 'fs-inspection', 'Kết quả kiểm tra ATTP', n, inspected FROM food
    UNION ALL SELECT 'fs-alert', 'Cảnh báo ATTP', count(*), count(*) FROM fs_alert WHERE issued_on <= :as_of
    UNION ALL SELECT 'cashless', 'Thanh toán số', n, cashless FROM places
    UNION ALL SELECT 'platform', 'Nền tảng số', businesses, platforms FROM places
    UNION ALL SELECT 'e-invoice', 'Hoá đơn điện tử máy tính tiền', lists, invoiced FROM places))
