-- The list of evidence behind a closed period: every item known at :known_at that had happened by :as_of, with the state it
-- had then. One text a row; their SHA-256 goes into the closing.
SELECT p.code || '|' || v.class || '|' || v.method || '|' || v.happened_on || '|' || v.minutes_number || '|' || v.passed || '|' ||
  coalesce((SELECT x.to_state FROM evidence_event x WHERE x.evidence_id = v.id AND x.at <= :known_at ORDER BY x.at DESC, x.id DESC LIMIT 1),
    CASE WHEN v.state = 'verified' AND v.verified_at > :known_at THEN 'submitted' ELSE v.state END) AS line
FROM evidence v JOIN place p ON p.id = v.place_id
WHERE v.happened_on <= :as_of AND v.created_at <= :known_at
ORDER BY line
