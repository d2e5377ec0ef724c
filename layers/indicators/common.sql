-- What every indicator begins with. Bound: :as_of (day), :known_at (UTC time, or null for now), :policy
-- (STRICT, STANDARD, LENIENT), :e1_from :e2_from :e3_from (first day on which evidence of the class still counts),
-- :removed_from :platform_from :fresh_from (likewise), :vsic (the classification in force, or null).
--
-- An indicator's own file is one SELECT behind these: id, in_denominator, in_numerator, reason, name, model, then any
-- number of variants, each a column under its own name that is null (not in its denominator), 0 or 1.

-- stalls somebody runs on the day; `ended`: we know until when
WITH occupied AS (
  SELECT o.place_id, min(o.valid_to IS NOT NULL) AS ended
  FROM occupancy o LEFT JOIN import_batch b ON b.id = o.batch_id
  WHERE (o.valid_from IS NULL OR o.valid_from <= :as_of) AND (o.valid_to IS NULL OR :as_of <= o.valid_to)
    AND (:known_at IS NULL OR b.imported_at IS NULL OR b.imported_at <= :known_at)
  GROUP BY o.place_id),

-- every place of the register; why_not is null for those of E: active establishments and occupied operating stalls,
-- each business once, at its stall when it has one (twin_id: the establishment's row, when a list has it too). A closure counts from its own date on, when the date is known.
population AS (
  SELECT p.id AS place_id, CASE WHEN p.type = 'stall' THEN (SELECT x.place_id FROM establishment x WHERE x.stall_place_id = p.id) END AS twin_id,
    p.code, p.public_name AS name, p.type, p.status, p.position, p.geom,
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
  LEFT JOIN ward w ON w.id = p.ward_id
  WHERE :known_at IS NULL OR p.recorded_at <= :known_at),

home AS (SELECT geom FROM ward WHERE is_home = 1 AND geom IS NOT NULL LIMIT 1),

-- The indicator says which sites it asks about: `sites (site_key, site_id, twin_id, ...)`, one row per thing counted. Here
-- they get the last day of each class of evidence inside its window: verified, and `_d` with what is under dispute counted
-- too. A state of the past is looked up only when :known_at asks.
evidence_then AS (
  SELECT s.*, v.class, v.happened_on, CASE WHEN :known_at IS NULL THEN v.state ELSE coalesce(
    (SELECT x.to_state FROM evidence_event x WHERE x.evidence_id = v.id AND x.at <= :known_at ORDER BY x.at DESC, x.id DESC LIMIT 1),
    CASE WHEN v.state = 'verified' AND v.verified_at > :known_at THEN 'submitted' ELSE v.state END) END AS state
  FROM sites s LEFT JOIN evidence v ON v.place_id IN (s.site_id, s.twin_id) AND v.passed = 1 AND v.happened_on <= :as_of
    AND (:known_at IS NULL OR v.created_at <= :known_at)),

proof AS (
  SELECT *,
    max(CASE WHEN class = 'E1' AND state = 'verified' AND happened_on >= :e1_from THEN happened_on END) AS e1,
    max(CASE WHEN class = 'E2' AND state = 'verified' AND happened_on >= :e2_from THEN happened_on END) AS e2,
    max(CASE WHEN class = 'E3' AND state = 'verified' AND happened_on >= :e3_from THEN happened_on END) AS e3,
    max(CASE WHEN class = 'E1' AND state IN ('verified', 'disputed') AND happened_on >= :e1_from THEN happened_on END) AS e1_d,
    max(CASE WHEN class = 'E2' AND state IN ('verified', 'disputed') AND happened_on >= :e2_from THEN happened_on END) AS e2_d,
    max(CASE WHEN class = 'E3' AND state IN ('verified', 'disputed') AND happened_on >= :e3_from THEN happened_on END) AS e3_d
  FROM evidence_then GROUP BY site_key),

-- acceptance under the three readings of domain.md B.3; `accepts` is the one in force
acceptance AS (
  SELECT *, e1 IS NOT NULL AND e2 IS NOT NULL AS strict, e1 IS NOT NULL AS standard, e1 IS NOT NULL OR e2 IS NOT NULL AS lenient,
    CASE :policy WHEN 'STRICT' THEN e1 IS NOT NULL AND e2 IS NOT NULL WHEN 'LENIENT' THEN e1 IS NOT NULL OR e2 IS NOT NULL
      ELSE e1 IS NOT NULL END AS accepts,
    CASE :policy WHEN 'STRICT' THEN e1_d IS NOT NULL AND e2_d IS NOT NULL
      WHEN 'LENIENT' THEN e1_d IS NOT NULL OR e2_d IS NOT NULL ELSE e1_d IS NOT NULL END AS accepts_d
  FROM proof)
