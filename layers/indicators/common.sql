-- What every indicator begins with. Bound: :as_of (day), :known_at (UTC time, or null for now), :policy
-- (STRICT, STANDARD, LENIENT), :e1_from :e2_from :e3_from (first day on which evidence of the class still counts),
-- :removed_from :platform_from :fresh_from (likewise), :vsic (the classification in force, or null).
--
-- An indicator's own file is one SELECT behind these: id, in_denominator, in_numerator, reason, name, model, then any
-- number of variants, each a column under its own name that is null (not in its denominator), 0 or 1. It finds the tables
-- `population` and `place_proof` of population.sql filled.

-- The indicator says which sites it asks about: `sites (site_key, site_id, twin_id, ...)`, one row per thing counted. A
-- site's evidence is its own and that of its twin.
WITH both AS (
  SELECT s.*, max(coalesce(x.e1, ''), coalesce(y.e1, '')) AS b1, max(coalesce(x.e2, ''), coalesce(y.e2, '')) AS b2,
    max(coalesce(x.e3, ''), coalesce(y.e3, '')) AS b3, max(coalesce(x.e1_d, ''), coalesce(y.e1_d, '')) AS b1_d,
    max(coalesce(x.e2_d, ''), coalesce(y.e2_d, '')) AS b2_d, max(coalesce(x.e3_d, ''), coalesce(y.e3_d, '')) AS b3_d
  FROM sites s LEFT JOIN place_proof x ON x.place_id = s.site_id LEFT JOIN place_proof y ON y.place_id = s.twin_id),

proof AS (
  SELECT *, nullif(b1, '') AS e1, nullif(b2, '') AS e2, nullif(b3, '') AS e3, nullif(b1_d, '') AS e1_d, nullif(b2_d, '') AS e2_d,
    nullif(b3_d, '') AS e3_d
  FROM both),

-- acceptance under the three readings of domain.md B.3; `accepts` is the one in force
acceptance AS (
  SELECT *, e1 IS NOT NULL AND e2 IS NOT NULL AS strict, e1 IS NOT NULL AS standard, e1 IS NOT NULL OR e2 IS NOT NULL AS lenient,
    CASE :policy WHEN 'STRICT' THEN e1 IS NOT NULL AND e2 IS NOT NULL WHEN 'LENIENT' THEN e1 IS NOT NULL OR e2 IS NOT NULL
      ELSE e1 IS NOT NULL END AS accepts,
    CASE :policy WHEN 'STRICT' THEN e1_d IS NOT NULL AND e2_d IS NOT NULL
      WHEN 'LENIENT' THEN e1_d IS NOT NULL OR e2_d IS NOT NULL ELSE e1_d IS NOT NULL END AS accepts_d
  FROM proof)
