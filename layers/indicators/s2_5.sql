-- S2.5: residents' notices of a wrong entry whose deadline fell into the period; those answered by then.
SELECT 'phản ánh ' || n.id AS id, 1 AS in_denominator, in_time AS in_numerator,
  CASE WHEN in_time THEN 'trả lời ngày ' || done_on WHEN done_on IS NULL THEN 'quá hạn ' || due_on || ', chưa trả lời'
    ELSE 'trả lời trễ ngày ' || done_on || ' (hạn ' || due_on || ')' END AS reason,
  'nhận ngày ' || received_on AS name, NULL AS model
FROM (
  SELECT id, received_on, due_on, done_on, coalesce(done_on <= due_on, 0) AS in_time FROM (
    SELECT id, received_on, due_on, CASE WHEN :known_at IS NULL OR decided_at <= :known_at THEN date(decided_at, '+7 hours') END AS done_on
    FROM notice WHERE kind = 'wrong' AND due_on BETWEEN :period_from AND :as_of AND (:known_at IS NULL OR received_at <= :known_at))) n
