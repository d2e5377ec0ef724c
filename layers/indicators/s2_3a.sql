-- S2.3a: places of E without an approved exemption; those whose label was posted, by its last step of posting or taking down, with a
-- picture at most 365 days old (policy posting.days). A merged record's code leads to the place. Nothing was ever posted: na.
, step AS (
  SELECT l.code, max(l.id), l.state, CASE WHEN i.hash IS NOT NULL THEN min(date(l.at, '+7 hours'), coalesce(i.taken_on, '9999')) END AS day
  FROM label l LEFT JOIN image i ON i.hash = l.image
  WHERE (l.state = 'posted' OR l.state = 'retired') AND date(l.at, '+7 hours') <= :as_of AND (:known_at IS NULL OR l.at <= :known_at)
  GROUP BY l.code),
posting AS MATERIALIZED (
  SELECT coalesce(p.id, r.place_id) AS place_id, max(s.day) AS posted_on, max(s.day IS NULL) AS unseen
  FROM step s LEFT JOIN place p ON p.code = s.code LEFT JOIN retired_place r ON r.code = s.code WHERE s.state = 'posted' GROUP BY 1)
SELECT code AS id, why IS NULL AND any_recorded AS in_denominator, why IS NULL AND any_recorded AND posted AS in_numerator,
  CASE WHEN why IS NOT NULL THEN why WHEN NOT any_recorded THEN 'chưa ghi việc dán mã' WHEN posted THEN 'đã dán, ảnh ngày ' || posted_on
    WHEN posted_on IS NOT NULL THEN 'ảnh dán mã đã cũ (' || posted_on || ')' WHEN unseen THEN 'đã dán nhưng chưa có ảnh' ELSE 'chưa dán' END AS reason,
  name, NULL AS model
FROM (
  SELECT p.code, p.name, coalesce(p.why_not, 'được miễn theo ' || x.decision_ref) AS why, c.posted_on, c.unseen,
    coalesce(c.posted_on >= :posted_from AND c.posted_on <= :as_of, 0) AS posted, EXISTS (SELECT 1 FROM label WHERE state = 'posted') AS any_recorded
  FROM population p LEFT JOIN posting c ON c.place_id = p.place_id
  LEFT JOIN code_exemption x ON x.place_id = p.place_id AND x.valid_from <= :as_of AND (x.valid_to IS NULL OR :as_of <= x.valid_to))
