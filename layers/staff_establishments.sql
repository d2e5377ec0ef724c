-- Establishments as the office sees them. unseal() opens a sealed value with the store's key and gives null without it.
SELECT p.id AS id, p.code AS code, p.ref AS ref, p.name AS name,
  (SELECT unseal(r.sealed) FROM restricted r WHERE r.owner = 'place' AND r.owner_id = p.id AND r.field = 'owner_name') AS owner_name,
  (SELECT unseal(r.sealed) FROM restricted r WHERE r.owner = 'place' AND r.owner_id = p.id AND r.field = 'identity') AS identity,
  (SELECT unseal(r.sealed) FROM restricted r WHERE r.owner = 'place' AND r.owner_id = p.id AND r.field = 'phone') AS phone,
  e.kind AS kind, p.status AS status, p.status_raw AS status_raw, p.industry_code AS industry_code, p.industry_group AS "group",
  e.address AS address, g.name AS residential_group, w.name AS ward, e.at_home AS at_home, e.licensed_on AS licensed_on,
  p.position AS position, p.accuracy_m AS accuracy_m, p.needs_review AS needs_review, p.source_date AS source_date,
  p.verified_on AS verified_on, p.updated_at AS updated_at, p.valid_from AS valid_from, p.valid_to AS valid_to, p.geom AS geom
FROM place p JOIN establishment e ON e.place_id = p.id
LEFT JOIN residential_group g ON g.id = p.residential_group_id LEFT JOIN ward w ON w.id = p.ward_id
