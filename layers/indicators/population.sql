-- What a report finds out once, before its queries ask (query.c): temporary tables of the connection, by parts.
-- every place of the register; why_not is null for those of E: active establishments and occupied operating stalls,
-- each business once, at its stall when it has one (twin_id: the establishment's row, when a list has it too). A closure counts from its own date on, when the date is known.
CREATE TEMP TABLE IF NOT EXISTS population (
  place_id INTEGER NOT NULL, twin_id INTEGER, code TEXT PRIMARY KEY, name TEXT, type TEXT, status TEXT, position TEXT, has_point INTEGER,
  inside INTEGER, industry_version TEXT, industry_code TEXT, industry_group TEXT, residential_group_id INTEGER, verified_on TEXT,
  source_date TEXT, batch_id INTEGER, ward_id INTEGER, match_key BLOB, address TEXT, licensed_on TEXT, einvoice_in_scope INTEGER,
  einvoice_connected INTEGER, has_account INTEGER, business_kind TEXT, why_not TEXT) WITHOUT ROWID
-- then
CREATE INDEX IF NOT EXISTS temp.population_place ON population (place_id)
-- then
DELETE FROM temp.population
-- then
INSERT INTO temp.population
-- stalls somebody runs on the day; `ended`: we know until when
WITH occupied AS (
  SELECT o.place_id, min(o.valid_to IS NOT NULL) AS ended
  FROM occupancy o LEFT JOIN import_batch b ON b.id = o.batch_id
  WHERE (o.valid_from IS NULL OR o.valid_from <= :as_of) AND (o.valid_to IS NULL OR :as_of <= o.valid_to)
    AND (:known_at IS NULL OR b.imported_at IS NULL OR b.imported_at <= :known_at)
  GROUP BY o.place_id),
home AS (SELECT geom FROM ward WHERE is_home = 1 AND geom IS NOT NULL LIMIT 1)
  SELECT p.id AS place_id, CASE WHEN p.type = 'stall' THEN (SELECT x.place_id FROM establishment x WHERE x.stall_place_id = p.id) END AS twin_id,
    p.code, p.public_name AS name, p.type, p.status, p.position,
    p.geom IS NOT NULL AS has_point,
    CASE WHEN p.geom IS NOT NULL AND p.position IN ('gps', 'stall_plan', 'house_number') AND h.geom IS NOT NULL
      THEN coalesce(point_in_area(h.geom, p.geom), ST_Intersects(h.geom, p.geom) = 1) ELSE 1 END AS inside,
    p.industry_version, p.industry_code, p.industry_group, p.residential_group_id, p.verified_on, p.source_date, p.batch_id,
    p.ward_id, e.match_key, e.address, e.licensed_on, e.einvoice_in_scope, e.einvoice_connected, e.has_account,
    CASE WHEN p.type = 'establishment' THEN e.kind
      ELSE coalesce((SELECT x.kind FROM establishment x WHERE x.stall_place_id = p.id), 'household') END AS business_kind,
    CASE
      WHEN e.stall_place_id IS NOT NULL THEN 'cùng một cơ sở với quầy/sạp, đã đếm ở quầy/sạp'
      WHEN w.is_home = 0 THEN 'thuộc phường khác'
      WHEN p.valid_from > :as_of THEN 'chưa hoạt động tại ngày tính (từ ' || p.valid_from || ')'
      WHEN p.valid_to < :as_of THEN 'không còn hoạt động (đến ' || p.valid_to || ')'
      WHEN p.status = 'suspended' THEN 'đang tạm ngừng'
      WHEN p.status = 'ceased' AND p.valid_to IS NULL THEN 'đã ngừng kinh doanh'
      WHEN p.type = 'stall' AND o.place_id IS NULL THEN 'quầy/sạp trống'
      WHEN p.status = 'vacant' AND NOT o.ended THEN 'quầy/sạp trống'
    END AS why_not
  FROM place p
  LEFT JOIN establishment e ON e.place_id = p.id
  LEFT JOIN occupied o ON o.place_id = p.id
  LEFT JOIN ward w ON w.id = p.ward_id LEFT JOIN home h
  WHERE :known_at IS NULL OR p.recorded_at <= :known_at
  ORDER BY p.code
-- then
-- by place, the last day of each class of evidence that had happened by :as_of and still counts: verified, and `_d` with what is
-- under dispute counted too
CREATE TEMP TABLE IF NOT EXISTS place_proof (place_id INTEGER PRIMARY KEY, e1 TEXT, e2 TEXT, e3 TEXT, e1_d TEXT, e2_d TEXT, e3_d TEXT)
-- then
DELETE FROM temp.place_proof
-- then
-- what is known now: the index alone answers
INSERT INTO temp.place_proof
  SELECT place_id,
    max(CASE WHEN class = 'E1' AND state = 'verified' AND happened_on >= :e1_from THEN happened_on END) AS e1,
    max(CASE WHEN class = 'E2' AND state = 'verified' AND happened_on >= :e2_from THEN happened_on END) AS e2,
    max(CASE WHEN class = 'E3' AND state = 'verified' AND happened_on >= :e3_from THEN happened_on END) AS e3,
    max(CASE WHEN class = 'E1' AND happened_on >= :e1_from THEN happened_on END) AS e1_d,
    max(CASE WHEN class = 'E2' AND happened_on >= :e2_from THEN happened_on END) AS e2_d,
    max(CASE WHEN class = 'E3' AND happened_on >= :e3_from THEN happened_on END) AS e3_d
  FROM evidence INDEXED BY evidence_place
  WHERE :known_at IS NULL AND passed = 1 AND happened_on <= :as_of AND state IN ('verified', 'disputed') GROUP BY place_id
-- then
-- what was known on a day: the state of then
INSERT INTO temp.place_proof
  SELECT place_id,
    max(CASE WHEN class = 'E1' AND state = 'verified' AND happened_on >= :e1_from THEN happened_on END) AS e1,
    max(CASE WHEN class = 'E2' AND state = 'verified' AND happened_on >= :e2_from THEN happened_on END) AS e2,
    max(CASE WHEN class = 'E3' AND state = 'verified' AND happened_on >= :e3_from THEN happened_on END) AS e3,
    max(CASE WHEN class = 'E1' AND happened_on >= :e1_from THEN happened_on END) AS e1_d,
    max(CASE WHEN class = 'E2' AND happened_on >= :e2_from THEN happened_on END) AS e2_d,
    max(CASE WHEN class = 'E3' AND happened_on >= :e3_from THEN happened_on END) AS e3_d
  FROM (
    SELECT v.place_id, v.class, v.happened_on, coalesce(
      (SELECT x.to_state FROM evidence_event x WHERE x.evidence_id = v.id AND x.at <= :known_at ORDER BY x.at DESC, x.id DESC LIMIT 1),
      CASE WHEN v.state = 'verified' AND v.verified_at > :known_at THEN 'submitted' ELSE v.state END) AS state
    FROM evidence v WHERE :known_at IS NOT NULL AND v.passed = 1 AND v.happened_on <= :as_of AND v.created_at <= :known_at)
  WHERE state IN ('verified', 'disputed') GROUP BY place_id
