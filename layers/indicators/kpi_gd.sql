-- KPI-GD (S3:1157, domain.md B.3): points on the approved list of a model that operate; those that provably accept
-- cashless payment and had a transaction since they joined. One row per model and point; a point that came back counts
-- from its last joining. The leave date itself no longer counts.
, listed AS (
  SELECT m.id, m.pilot_id, coalesce(e.stall_place_id, m.place_id) AS site_id, m.joined_on, m.left_on,
    row_number() OVER (PARTITION BY m.pilot_id, coalesce(e.stall_place_id, m.place_id)
      ORDER BY (m.left_on IS NULL OR m.left_on > :as_of) DESC, m.joined_on DESC, m.id DESC) AS rank
  FROM pilot_member m LEFT JOIN establishment e ON e.place_id = m.place_id LEFT JOIN import_batch b ON b.id = m.batch_id
  WHERE m.joined_on <= :as_of AND (:known_at IS NULL OR b.imported_at IS NULL OR b.imported_at <= :known_at)),
sites AS (SELECT m.id AS site_key, m.site_id, m.pilot_id, m.joined_on, m.left_on FROM listed m WHERE m.rank = 1),
point AS (
  SELECT p.code, p.name, q.code AS model, a.joined_on, a.left_on, e1, e2, e3, accepts, accepts_d, strict, standard, lenient,
    CASE WHEN q.valid_from > :as_of THEN 'mô hình chưa bắt đầu' WHEN q.valid_to < :as_of THEN 'mô hình đã kết thúc'
      ELSE p.why_not END AS not_operating,
    coalesce(e3 >= a.joined_on, 0) AS paid, coalesce(e3_d >= a.joined_on, 0) AS paid_d
  FROM acceptance a CROSS JOIN pilot q ON q.id = a.pilot_id CROSS JOIN population p ON p.place_id = a.site_id)
SELECT code AS id, why_not IS NULL AS in_denominator, why_not IS NULL AND accepts AND paid AS in_numerator,
  CASE
    WHEN why_not IS NOT NULL THEN why_not
    WHEN accepts AND paid THEN 'có minh chứng chấp nhận thanh toán số (' || coalesce(e1, e2) || ') và giao dịch mẫu (' || e3 || ')'
    WHEN NOT accepts AND NOT paid
      THEN 'thiếu minh chứng chấp nhận thanh toán số đã xác minh còn hiệu lực; thiếu giao dịch mẫu đã xác minh còn hiệu lực'
    WHEN NOT accepts THEN 'thiếu minh chứng chấp nhận thanh toán số đã xác minh còn hiệu lực'
    WHEN e3 IS NOT NULL THEN 'giao dịch mẫu (' || e3 || ') trước ngày tham gia (' || joined_on || ')'
    ELSE 'thiếu giao dịch mẫu đã xác minh còn hiệu lực'
  END AS reason,
  name, model,
  CASE WHEN why_not IS NULL THEN strict AND paid END AS STRICT,
  CASE WHEN why_not IS NULL THEN standard AND paid END AS STANDARD,
  CASE WHEN why_not IS NULL THEN lenient AND paid END AS LENIENT,
  CASE WHEN why_not IS NULL THEN accepts_d AND paid_d END AS with_disputed,
  CASE WHEN why_not IS NULL OR (not_operating IS NULL AND left_on >= :removed_from) THEN accepts AND paid END AS with_removed
FROM (
  SELECT *, CASE WHEN left_on <= :as_of THEN 'đã rời mô hình từ ' || left_on ELSE not_operating END AS why_not FROM point)
