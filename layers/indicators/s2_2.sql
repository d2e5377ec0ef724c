-- S2.2: management layers that are live: of the records a layer applies to, at least 95 % are filled. One row per
-- required layer (domain.md B.2); a layer nobody has begun to fill is simply not live. All empty: na.
SELECT layer AS id, any_recorded AS in_denominator, any_recorded AND applies > 0 AND 100 * filled >= 95 * applies AS in_numerator,
  title || ': ' || CASE WHEN applies = 0 THEN 'chưa có dữ liệu' ELSE filled || '/' || applies || ' bản ghi' END AS reason,
  title AS name, NULL AS model
FROM (
  SELECT *, max(filled) OVER () > 0 AS any_recorded FROM (
    SELECT 'licence' AS layer, 'Giấy phép, tình trạng' AS title, count(*) AS applies, coalesce(sum(licensed_on IS NOT NULL), 0) AS filled
      FROM population WHERE why_not IS NULL AND type = 'establishment' AND business_kind <> 'other'
    UNION ALL SELECT 'fs-document', 'Giấy chứng nhận, cam kết, tự công bố ATTP', count(*), coalesce(sum(EXISTS (
        SELECT 1 FROM fs_document d WHERE d.place_id = f.place_id AND (d.issued_on IS NULL OR d.issued_on <= :as_of))), 0)
      FROM fs_place f JOIN population p ON p.place_id = f.place_id
      WHERE p.why_not IS NULL AND f.regime IN ('certificate', 'commitment', 'unknown')
    UNION ALL SELECT 'fs-inspection', 'Kết quả kiểm tra ATTP', count(*), coalesce(sum(EXISTS (
        SELECT 1 FROM fs_inspection n WHERE n.place_id = f.place_id AND n.inspected_on <= :as_of)), 0)
      FROM fs_place f JOIN population p ON p.place_id = f.place_id WHERE p.why_not IS NULL
    UNION ALL SELECT 'fs-alert', 'Cảnh báo ATTP', 0, 0
    UNION ALL SELECT 'cashless', 'Thanh toán số', count(*), coalesce(sum(
        EXISTS (SELECT 1 FROM evidence v WHERE v.place_id = p.place_id AND v.state = 'verified')
        OR p.place_id IN (SELECT place_id FROM acceptance_listed)), 0)
      FROM population p WHERE p.why_not IS NULL
    UNION ALL SELECT 'platform', 'Nền tảng số', (SELECT count(*) FROM population p
        WHERE p.why_not IS NULL AND p.business_kind IN ('enterprise', 'branch', 'household')),
      (SELECT count(*) FROM (SELECT DISTINCT place_id FROM platform_use) u CROSS JOIN population p ON p.place_id = u.place_id
        WHERE p.why_not IS NULL AND p.business_kind IN ('enterprise', 'branch', 'household'))
    UNION ALL SELECT 'e-invoice', 'Hoá đơn điện tử máy tính tiền', count(*), coalesce(sum(einvoice_in_scope IS NOT NULL), 0)
      FROM population WHERE why_not IS NULL AND type = 'establishment'))
