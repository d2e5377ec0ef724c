-- S2.3a: places of E without an approved exemption; those whose code was seen posted on a picture at most 365 days old (policy
-- posting.days). Nobody has confirmed any posting: na.
SELECT code AS id, why IS NULL AND any_recorded AS in_denominator, why IS NULL AND any_recorded AND posted AS in_numerator,
  CASE WHEN why IS NOT NULL THEN why WHEN NOT any_recorded THEN 'chưa ghi việc dán mã' WHEN posted THEN 'đã dán, ảnh ngày ' || posted_on
    WHEN posted_on IS NULL THEN 'chưa dán' ELSE 'ảnh dán mã đã cũ (' || posted_on || ')' END AS reason,
  name, NULL AS model
FROM (
  SELECT p.code, p.name, coalesce(p.why_not, 'được miễn theo ' || x.decision_ref) AS why, c.posted_on,
    coalesce(c.posted_on >= :posted_from AND c.posted_on <= :as_of, 0) AS posted, EXISTS (SELECT 1 FROM code_posting) AS any_recorded
  FROM population p LEFT JOIN code_posting c ON c.place_id = p.place_id
  LEFT JOIN code_exemption x ON x.place_id = p.place_id AND x.valid_from <= :as_of AND (x.valid_to IS NULL OR :as_of <= x.valid_to))
