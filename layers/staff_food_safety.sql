-- Food safety as its officers see it: one row a place. Bound: nothing. unseal() opens a sealed value with the store's key and gives
-- null without it (staff_layers.c). years_later: calendar.c.
WITH today AS (SELECT day, (SELECT value + 0 FROM policy_today WHERE key = 'fs.soon_days') AS soon,
    (SELECT value + 0 FROM policy_today WHERE key = 'fs.remedy_days') AS remedy FROM day_today),
last AS (
  SELECT * FROM (
    SELECT i.*, row_number() OVER (PARTITION BY i.place_id ORDER BY i.inspected_on DESC, i.id DESC) AS rank,
      count(*) OVER (PARTITION BY i.place_id) AS times
    FROM fs_inspection i, today WHERE i.inspected_on <= today.day) WHERE rank = 1),
due AS (
  SELECT place_id,
    years_later(health_checked_on, (SELECT value FROM policy_today WHERE key = 'fs.health_years')) AS health_due,
    years_later(trained_on, (SELECT value FROM policy_today WHERE key = 'fs.training_years')) AS training_due
  FROM fs_place)
SELECT p.id AS id, p.code AS code, p.ref AS ref, p.name AS name,
  (SELECT unseal(r.sealed) FROM restricted r WHERE r.owner = 'place' AND r.owner_id = p.id AND r.field = 'owner_name') AS owner_name,
  (SELECT unseal(r.sealed) FROM restricted r WHERE r.owner = 'place' AND r.owner_id = p.id AND r.field = 'phone') AS phone,
  coalesce(e.address, m.name || ', ' || s.number_norm) AS address, g.name AS residential_group, p.status AS status,
  f.business_kind AS business_kind, f.regime AS regime, f.authority AS authority, d.type AS document,
  nullif(d.number, '') AS document_number, nullif(d.issuer, '') AS issuer, d.issued_on AS issued_on, d.expires_on AS expires_on,
  d.expires_source AS expires_source, t.state AS state,
  CAST(julianday(d.expires_on) - julianday(today.day) AS INTEGER) AS days_left,
  coalesce(julianday(d.expires_on) - julianday(today.day) BETWEEN 0 AND today.soon, 0) AS expiring_soon,
  f.health_checked_on AS health_checked_on, due.health_due AS health_due, coalesce(due.health_due < today.day, 0) AS health_overdue,
  f.trained_on AS trained_on, due.training_due AS training_due, coalesce(due.training_due < today.day, 0) AS training_overdue,
  coalesce(l.times, 0) AS inspections, l.inspected_on AS last_inspected_on, l.result AS last_result, l.vocabulary AS vocabulary,
  l.publish_state AS publish_state, coalesce(substr(l.inspected_on, 1, 4) = substr(today.day, 1, 4), 0) AS inspected_this_year,
  coalesce(l.result = 'fail', 0) AS must_recheck,
  CASE WHEN l.result = 'fail' THEN coalesce(l.remedy_due, date(l.inspected_on, '+' || today.remedy || ' days')) END AS recheck_due,
  coalesce((SELECT unseal(r.sealed) FROM restricted r WHERE r.owner = 'inspection' AND r.owner_id = l.id AND r.field = 'findings'),
    (SELECT group_concat(unseal(g.text), '; ') FROM fs_finding g WHERE g.inspection_id = l.id)) AS findings,
  (SELECT unseal(r.sealed) FROM restricted r WHERE r.owner = 'inspection' AND r.owner_id = l.id AND r.field = 'penalty') AS penalty,
  p.position AS position, p.valid_from AS valid_from, p.valid_to AS valid_to, p.geom AS geom
FROM fs_place f JOIN today JOIN place p ON p.id = f.place_id JOIN fs_state_today t ON t.place_id = f.place_id
LEFT JOIN due ON due.place_id = f.place_id LEFT JOIN fs_document d ON d.id = t.document_id
LEFT JOIN establishment e ON e.place_id = p.id LEFT JOIN stall s ON s.place_id = p.id LEFT JOIN market m ON m.id = s.market_id
LEFT JOIN residential_group g ON g.id = p.residential_group_id LEFT JOIN last l ON l.place_id = f.place_id
