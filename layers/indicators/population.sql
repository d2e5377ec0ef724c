-- What a report finds out once, before its queries ask (query.c): temporary tables of the connection, by parts. All are
-- filled and read in the order of place_id, the order of the register.
--
-- population: every place of the register; why_not is null for those of E: active establishments and occupied operating
-- stalls, each business once, at its stall when it has one (twin_id: the establishment's row, when a list has it too). A
-- closure counts from its own date on, when the date is known. What most queries read stands first.
CREATE TEMP TABLE IF NOT EXISTS population (
  place_id INTEGER PRIMARY KEY, why_not TEXT, type TEXT, business_kind TEXT, twin_id INTEGER, trusted INTEGER, inside INTEGER,
  verified_on TEXT, industry_version TEXT, industry_code TEXT, industry_group TEXT, residential_group_id INTEGER, source_date TEXT,
  batch_id INTEGER, address TEXT, licensed_on TEXT, einvoice_in_scope INTEGER, einvoice_connected INTEGER, has_account INTEGER,
  class_known INTEGER, class_in_force INTEGER, class_grouped INTEGER, position TEXT, code TEXT, name TEXT)
-- then
DELETE FROM temp.population
-- then
-- the classes of every classification: whether a code is one of :vsic at level 4, or below one, and that one has a group of the ward
CREATE TEMP TABLE IF NOT EXISTS class (version TEXT, code TEXT, in_force INTEGER, grouped INTEGER, PRIMARY KEY (version, code)) WITHOUT ROWID
-- then
DELETE FROM temp.class
-- then
INSERT INTO temp.class
  SELECT x.version, x.code, i.code IS NOT NULL, coalesce(i.group_name, '') <> ''
  FROM industry x LEFT JOIN industry i ON i.version = :vsic AND i.version = x.version AND i.level = 4 AND i.code = substr(x.code, 1, 4)
-- then
-- stalls somebody runs on the day; `ended`: we know until when
CREATE TEMP TABLE IF NOT EXISTS occupied (place_id INTEGER PRIMARY KEY, ended INTEGER)
-- then
DELETE FROM temp.occupied
-- then
INSERT INTO temp.occupied
  SELECT o.place_id, min(o.valid_to IS NOT NULL)
  FROM occupancy o LEFT JOIN import_batch b ON b.id = o.batch_id
  WHERE (o.valid_from IS NULL OR o.valid_from <= :as_of) AND (o.valid_to IS NULL OR :as_of <= o.valid_to)
    AND (:known_at IS NULL OR b.imported_at IS NULL OR b.imported_at <= :known_at)
  GROUP BY o.place_id
-- then
INSERT INTO temp.population
WITH twin AS MATERIALIZED (
  SELECT stall_place_id, min(place_id) AS place_id, kind FROM establishment WHERE stall_place_id IS NOT NULL GROUP BY stall_place_id)
  SELECT p.id,
    CASE
      WHEN e.stall_place_id IS NOT NULL THEN 'cùng một cơ sở với quầy/sạp, đã đếm ở quầy/sạp'
      WHEN p.ward_id NOT IN (SELECT id FROM ward WHERE is_home = 1) THEN 'thuộc phường khác'
      WHEN p.valid_from > :as_of THEN 'chưa hoạt động tại ngày tính (từ ' || p.valid_from || ')'
      WHEN p.valid_to < :as_of THEN 'không còn hoạt động (đến ' || p.valid_to || ')'
      WHEN p.status = 'suspended' THEN 'đang tạm ngừng'
      WHEN p.status = 'ceased' AND p.valid_to IS NULL THEN 'đã ngừng kinh doanh'
      WHEN p.type = 'stall' AND o.place_id IS NULL THEN 'quầy/sạp trống'
      WHEN p.status = 'vacant' AND NOT o.ended THEN 'quầy/sạp trống'
    END, p.type,
    CASE p.type WHEN 'establishment' THEN e.kind ELSE coalesce(t.kind, 'household') END, t.place_id,
    p.geom IS NOT NULL AND (p.position = 'house_number' OR p.position = 'gps' OR p.position = 'stall_plan'),
    CASE WHEN p.geom IS NOT NULL AND (p.position = 'house_number' OR p.position = 'gps' OR p.position = 'stall_plan')
        AND (SELECT geom FROM ward WHERE is_home = 1) IS NOT NULL
      THEN coalesce(point_in_area((SELECT geom FROM ward WHERE is_home = 1), p.geom),
        ST_Intersects((SELECT geom FROM ward WHERE is_home = 1), p.geom) = 1) ELSE 1 END,
    p.verified_on, p.industry_version, p.industry_code, p.industry_group, p.residential_group_id, p.source_date, p.batch_id,
    e.address, e.licensed_on, e.einvoice_in_scope, e.einvoice_connected, e.has_account,
    k.code IS NOT NULL, coalesce(k.in_force, 0), coalesce(k.grouped, 0), p.position, p.code, p.public_name
  FROM place p
  LEFT JOIN establishment e ON e.place_id = p.id
  LEFT JOIN temp.occupied o ON p.type = 'stall' AND o.place_id = p.id
  LEFT JOIN twin t ON p.type = 'stall' AND t.stall_place_id = p.id
  LEFT JOIN temp.class k ON k.version = p.industry_version AND k.code = p.industry_code
  WHERE :known_at IS NULL OR p.recorded_at <= :known_at
-- then
-- the newest dated source that names a digital platform of the place, the twin's at its stall; null: a source without a day
CREATE TEMP TABLE IF NOT EXISTS platform (place_id INTEGER PRIMARY KEY, last_on TEXT)
-- then
DELETE FROM temp.platform
-- then
INSERT INTO temp.platform SELECT place_id, max(source_date) FROM platform_use GROUP BY place_id
-- then
INSERT OR REPLACE INTO temp.platform
  SELECT p.place_id, nullif(max(coalesce(x.last_on, ''), coalesce(y.last_on, '')), '')
  FROM temp.population p CROSS JOIN temp.platform y ON y.place_id = p.twin_id LEFT JOIN temp.platform x ON x.place_id = p.place_id
  WHERE p.twin_id IS NOT NULL
-- then
-- industry codes of the register that belong to a group of facilities (table facility_group)
CREATE TEMP TABLE IF NOT EXISTS facility (industry_code TEXT, name TEXT, PRIMARY KEY (industry_code, name)) WITHOUT ROWID
-- then
DELETE FROM temp.facility
-- then
INSERT OR IGNORE INTO temp.facility
  SELECT c.industry_code, g.name FROM (SELECT DISTINCT industry_code FROM temp.population WHERE industry_code IS NOT NULL) c
  CROSS JOIN facility_group g ON substr(c.industry_code, 1, length(g.prefix)) = g.prefix
-- then
-- whose acceptance is asked about: members of models, market stalls (with their twins), facilities
CREATE TEMP TABLE IF NOT EXISTS asked (place_id INTEGER PRIMARY KEY)
-- then
DELETE FROM temp.asked
-- then
INSERT OR IGNORE INTO temp.asked
  SELECT place_id FROM temp.population
    WHERE type = 'stall' OR (why_not IS NULL AND industry_code IN (SELECT industry_code FROM temp.facility))
  UNION ALL SELECT twin_id FROM temp.population WHERE twin_id IS NOT NULL
  UNION ALL SELECT place_id FROM pilot_member
-- then
-- by place asked about, the last day of each class of evidence that had happened by :as_of and still counts: verified, and `_d`
-- with what is under dispute counted too
CREATE TEMP TABLE IF NOT EXISTS place_proof (place_id INTEGER PRIMARY KEY, e1 TEXT, e2 TEXT, e3 TEXT, e1_d TEXT, e2_d TEXT, e3_d TEXT)
-- then
DELETE FROM temp.place_proof
-- then
-- what is known now: the newest item of each class, its day and state in one text, is one step into the index evidence_place, which
-- alone answers; only where that one is under dispute a second step looks for the newest verified
INSERT INTO temp.place_proof
WITH n AS MATERIALIZED (
  SELECT a.place_id,
    (SELECT happened_on || state FROM evidence v WHERE v.place_id = a.place_id AND passed = 1 AND class = 'E1'
      AND happened_on BETWEEN :e1_from AND :as_of AND (state = 'verified' OR state = 'disputed')
      ORDER BY happened_on DESC, state DESC LIMIT 1) AS x1,
    (SELECT happened_on || state FROM evidence v WHERE v.place_id = a.place_id AND passed = 1 AND class = 'E2'
      AND happened_on BETWEEN :e2_from AND :as_of AND (state = 'verified' OR state = 'disputed')
      ORDER BY happened_on DESC, state DESC LIMIT 1) AS x2,
    (SELECT happened_on || state FROM evidence v WHERE v.place_id = a.place_id AND passed = 1 AND class = 'E3'
      AND happened_on BETWEEN :e3_from AND :as_of AND (state = 'verified' OR state = 'disputed')
      ORDER BY happened_on DESC, state DESC LIMIT 1) AS x3
  FROM temp.asked a WHERE :known_at IS NULL)
SELECT place_id,
  CASE WHEN x1 IS NULL OR substr(x1, 11) = 'verified' THEN substr(x1, 1, 10) ELSE (
    SELECT max(happened_on) FROM evidence v WHERE v.place_id = n.place_id AND passed = 1 AND class = 'E1'
      AND happened_on BETWEEN :e1_from AND :as_of AND state = 'verified') END,
  CASE WHEN x2 IS NULL OR substr(x2, 11) = 'verified' THEN substr(x2, 1, 10) ELSE (
    SELECT max(happened_on) FROM evidence v WHERE v.place_id = n.place_id AND passed = 1 AND class = 'E2'
      AND happened_on BETWEEN :e2_from AND :as_of AND state = 'verified') END,
  CASE WHEN x3 IS NULL OR substr(x3, 11) = 'verified' THEN substr(x3, 1, 10) ELSE (
    SELECT max(happened_on) FROM evidence v WHERE v.place_id = n.place_id AND passed = 1 AND class = 'E3'
      AND happened_on BETWEEN :e3_from AND :as_of AND state = 'verified') END,
  substr(x1, 1, 10), substr(x2, 1, 10), substr(x3, 1, 10)
FROM n
-- then
-- what was known on a day: the state of then
INSERT INTO temp.place_proof
  SELECT place_id,
    max(happened_on) FILTER (WHERE class = 'E1' AND state = 'verified' AND happened_on >= :e1_from),
    max(happened_on) FILTER (WHERE class = 'E2' AND state = 'verified' AND happened_on >= :e2_from),
    max(happened_on) FILTER (WHERE class = 'E3' AND state = 'verified' AND happened_on >= :e3_from),
    max(happened_on) FILTER (WHERE class = 'E1' AND happened_on >= :e1_from),
    max(happened_on) FILTER (WHERE class = 'E2' AND happened_on >= :e2_from),
    max(happened_on) FILTER (WHERE class = 'E3' AND happened_on >= :e3_from)
  FROM (
    SELECT v.place_id, v.class, v.happened_on, coalesce(
      (SELECT x.to_state FROM evidence_event x WHERE x.evidence_id = v.id AND x.at <= :known_at ORDER BY x.at DESC, x.id DESC LIMIT 1),
      CASE WHEN v.state = 'verified' AND v.verified_at > :known_at THEN 'submitted' ELSE v.state END) AS state
    FROM temp.asked a CROSS JOIN evidence v ON v.place_id = a.place_id
    WHERE :known_at IS NOT NULL AND v.passed = 1 AND v.happened_on <= :as_of AND v.created_at <= :known_at)
  WHERE state IN ('verified', 'disputed') GROUP BY place_id
-- then
-- a site's evidence is its own and that of its twin
INSERT OR REPLACE INTO temp.place_proof
  SELECT p.place_id,
    nullif(max(coalesce(x.e1, ''), coalesce(y.e1, '')), ''), nullif(max(coalesce(x.e2, ''), coalesce(y.e2, '')), ''),
    nullif(max(coalesce(x.e3, ''), coalesce(y.e3, '')), ''), nullif(max(coalesce(x.e1_d, ''), coalesce(y.e1_d, '')), ''),
    nullif(max(coalesce(x.e2_d, ''), coalesce(y.e2_d, '')), ''), nullif(max(coalesce(x.e3_d, ''), coalesce(y.e3_d, '')), '')
  FROM temp.population p CROSS JOIN temp.place_proof y ON y.place_id = p.twin_id LEFT JOIN temp.place_proof x ON x.place_id = p.place_id
  WHERE p.twin_id IS NOT NULL
-- then
-- days around the report, each with its number among the working days: Saturdays, Sundays and holidays repeat the number before
CREATE TEMP TABLE IF NOT EXISTS workday (day TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID
-- then
DELETE FROM temp.workday
-- then
INSERT INTO temp.workday
WITH RECURSIVE span (day) AS (
  SELECT date(:period_from, '-60 days') UNION ALL SELECT date(day, '+1 day') FROM span WHERE day < date(:as_of, '+60 days'))
SELECT day, sum(strftime('%w', day) NOT IN ('0', '6') AND day NOT IN (SELECT h.day FROM holiday h)) OVER (ORDER BY day) FROM span
