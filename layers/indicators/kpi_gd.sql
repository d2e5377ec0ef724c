-- KPI-GD (S3:1157, domain.md B.3): points on the approved list of a model that operate; those that provably accept
-- cashless payment and had a transaction since they joined. One row per model and point; a point that came back counts
-- from its last joining. The leave date itself no longer counts.
SELECT code AS id, why_not IS NULL AS in_denominator, why_not IS NULL AND done AS in_numerator,
  CASE
    WHEN why_not IS NOT NULL THEN why_not
    WHEN done THEN 'có minh chứng chấp nhận thanh toán số (' || coalesce(e1, e2) || ') và giao dịch mẫu (' || e3 || ')'
    WHEN NOT accepts AND NOT paid THEN 'thiếu minh chứng chấp nhận thanh toán số đã xác minh còn hiệu lực; thiếu giao dịch mẫu đã xác minh còn hiệu lực'
    WHEN NOT accepts THEN 'thiếu minh chứng chấp nhận thanh toán số đã xác minh còn hiệu lực'
    WHEN e3 IS NOT NULL THEN 'giao dịch mẫu (' || e3 || ') trước ngày tham gia (' || joined_on || ')'
    ELSE 'thiếu giao dịch mẫu đã xác minh còn hiệu lực'
  END AS reason,
  name, model,
  CASE WHEN why_not IS NULL THEN strict AND paid END AS STRICT,
  CASE WHEN why_not IS NULL THEN standard AND paid END AS STANDARD,
  CASE WHEN why_not IS NULL THEN lenient AND paid END AS LENIENT,
  CASE WHEN why_not IS NULL THEN accepts_d AND paid_d END AS with_disputed,
  CASE WHEN why_not IS NULL OR (not_operating IS NULL AND left_on >= :removed_from AND left_on <= :as_of) THEN done END AS with_removed
FROM (
  SELECT p.code, p.name, q.code AS model, m.joined_on, m.left_on, e1, e2, e3,
    CASE WHEN q.valid_from > :as_of THEN 'mô hình chưa bắt đầu' WHEN q.valid_to < :as_of THEN 'mô hình đã kết thúc'
      ELSE p.why_not END AS not_operating,
    CASE WHEN m.left_on <= :as_of THEN 'đã rời mô hình từ ' || m.left_on
      WHEN q.valid_from > :as_of THEN 'mô hình chưa bắt đầu' WHEN q.valid_to < :as_of THEN 'mô hình đã kết thúc'
      ELSE p.why_not END AS why_not,
    coalesce(accepts, 0) AS accepts, coalesce(accepts_d, 0) AS accepts_d, coalesce(strict, 0) AS strict,
    coalesce(standard, 0) AS standard, coalesce(lenient, 0) AS lenient,
    coalesce(e3 >= m.joined_on, 0) AS paid, coalesce(e3_d >= m.joined_on, 0) AS paid_d,
    coalesce(accepts AND e3 >= m.joined_on, 0) AS done
  FROM (
    SELECT m.pilot_id, i.site_id, m.joined_on, m.left_on, row_number() OVER (PARTITION BY m.pilot_id, i.site_id
      ORDER BY (m.left_on IS NULL OR m.left_on > :as_of) DESC, m.joined_on DESC, m.id DESC) AS rank
    FROM pilot_member m JOIN identity i ON i.place_id = m.place_id LEFT JOIN import_batch b ON b.id = m.batch_id
    WHERE m.joined_on <= :as_of AND (:known_at IS NULL OR b.imported_at IS NULL OR b.imported_at <= :known_at)) m
  JOIN pilot q ON q.id = m.pilot_id
  JOIN population p ON p.place_id = m.site_id
  LEFT JOIN acceptance a ON a.site_id = m.site_id
  WHERE m.rank = 1)
ORDER BY model, id
