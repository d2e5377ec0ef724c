-- S1.1a: rows of the reference lists (households, enterprises, stalls, food safety) imported by the day, each thing once; those that
-- became, or were found as, a record of the map. A row nobody could read or that waits for a decision is unmatched; it counts only
-- from the newest import of its file. A kind of list whose newest is older than policy list.days: na ("nguồn cũ").
, list AS MATERIALIZED (
  SELECT b.id, b.kind, b.file_name, coalesce(b.source_date, date(b.imported_at, '+7 hours')) AS dated_on,
    b.id = max(b.id) OVER (PARTITION BY b.kind, b.file_name, coalesce(b.sheet, '')) AS is_newest
  FROM import_batch b
  WHERE b.kind IN ('establishments', 'stalls', 'food-safety') AND b.undone_at IS NULL
    AND coalesce(b.source_date, date(b.imported_at, '+7 hours')) <= :as_of AND (:known_at IS NULL OR b.imported_at <= :known_at)),
stale AS MATERIALIZED (SELECT kind FROM list GROUP BY kind HAVING max(dated_on) < :list_from),
step (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM step WHERE i < 511),
matched AS MATERIALIZED (
  SELECT r.entity_id AS place_id FROM list l CROSS JOIN import_row r ON r.batch_id = l.id
  WHERE r.entity = 'place' AND r.entity_id IS NOT NULL AND r.verdict IN ('added', 'updated', 'unchanged')
  UNION SELECT k.first_id + s.i FROM list l CROSS JOIN import_pack k ON k.batch_id = l.id CROSS JOIN step s ON s.i < k.row_count
  WHERE k.first_id > 0)
SELECT coalesce(p.code, 'điểm ' || m.place_id) AS id, NOT EXISTS (SELECT 1 FROM stale) AS in_denominator,
  NOT EXISTS (SELECT 1 FROM stale) AND p.code IS NOT NULL AS in_numerator,
  CASE WHEN EXISTS (SELECT 1 FROM stale) THEN 'nguồn cũ: ' || (SELECT group_concat(kind, ', ') FROM stale)
    WHEN p.code IS NULL THEN 'bản ghi không còn trong sổ' ELSE 'đã khớp với một điểm trên bản đồ' END AS reason,
  p.name AS name, NULL AS model
FROM matched m LEFT JOIN population p ON p.place_id = m.place_id
UNION ALL
SELECT 'lần nhập ' || l.id || ' dòng ' || r.row, NOT EXISTS (SELECT 1 FROM stale), 0,
  CASE r.verdict WHEN 'review' THEN 'đang chờ người xử lý' ELSE 'dòng bị từ chối, chưa vào bản đồ' END, l.file_name, NULL
FROM list l CROSS JOIN import_row r ON r.batch_id = l.id
WHERE l.is_newest AND r.verdict IN ('rejected', 'review')
