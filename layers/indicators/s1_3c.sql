-- S1.3c: changes that came in during the period: residents' notices of a wrong entry that were found right, and rows of lists that
-- waited for a decision; those applied within 5 working days (policy change.days; holidays do not count). One still open inside its
-- time is not counted yet.
, change AS (
  SELECT 'phản ánh ' || n.id AS id, n.received_on AS came_on, date(n.decided_at, '+7 hours') AS done_on, n.decided_at
  FROM notice n WHERE n.kind = 'wrong' AND n.state <> 'rejected' AND (:known_at IS NULL OR n.received_at <= :known_at)
  UNION ALL SELECT 'hàng chờ ' || r.id, date(r.opened_at, '+7 hours'), date(r.closed_at, '+7 hours'), r.closed_at
  FROM review r WHERE :known_at IS NULL OR r.opened_at <= :known_at),
dated AS (
  SELECT c.id, c.came_on, CASE WHEN :known_at IS NULL OR c.decided_at <= :known_at THEN c.done_on END AS done_on,
    (SELECT min(w.day) FROM workday w WHERE w.n = 1 + :change_days + (SELECT n FROM workday x WHERE x.day = c.came_on)) AS late_from
  FROM change c WHERE c.came_on BETWEEN :period_from AND :as_of)
SELECT id, counts AS in_denominator, counts AND in_time AS in_numerator,
  CASE WHEN NOT counts THEN 'chưa đến hạn' WHEN in_time THEN 'xử lý ngày ' || done_on WHEN done_on IS NULL THEN 'quá hạn, chưa xử lý'
    ELSE 'xử lý trễ ngày ' || done_on END AS reason,
  'nhận ngày ' || came_on AS name, NULL AS model
FROM (SELECT *, coalesce(done_on <= :as_of, 0) OR late_from <= :as_of AS counts, coalesce(done_on < late_from AND done_on <= :as_of, 0) AS in_time FROM dated)
