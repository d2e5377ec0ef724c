-- S2.4: the four uses for the work of the office; those seen in the quarter up to the day. Nothing was ever used: na.
, wanted (use, title) AS (
  VALUES ('report', 'xuất báo cáo quý'), ('dashboard', 'Dashboard lấy số liệu'), ('export_food_safety', 'xuất lớp an toàn thực phẩm'),
    ('inspection_plan', 'kế hoạch kiểm tra dùng danh sách trên bản đồ')),
quarter AS (SELECT substr(:as_of, 1, 5) || printf('%02d', (substr(:as_of, 6, 2) - 1) / 3 * 3 + 1) || '-01' AS first_on)
SELECT w.use AS id, any_recorded AS in_denominator, any_recorded AND times > 0 AS in_numerator,
  CASE WHEN times > 0 THEN times || ' lần trong quý' ELSE 'chưa có trong quý' END AS reason, w.title AS name, NULL AS model
FROM (
  SELECT w.*, (SELECT coalesce(sum(u.count), 0) FROM service_use u, quarter q WHERE u.kind = w.use AND u.day BETWEEN q.first_on AND :as_of) AS times,
    EXISTS (SELECT 1 FROM service_use u JOIN wanted x ON x.use = u.kind WHERE u.day <= :as_of) AS any_recorded FROM wanted w) w
