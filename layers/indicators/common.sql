-- What every indicator begins with. Bound: :as_of (day), :known_at (UTC time, or null for now), :policy
-- (STRICT, STANDARD, LENIENT), :e1_from :e2_from :e3_from (first day on which evidence of the class still counts),
-- :removed_from :platform_from :fresh_from (likewise), :vsic (the classification in force, or null).
--
-- An indicator's own file is one SELECT behind these: id, in_denominator, in_numerator, reason, name, model, then any
-- number of variants, each a column under its own name that is null (not in its denominator), 0 or 1. It finds the temporary
-- tables of population.sql filled, and names no order: its rows are handed out by model and id (query.c).

-- The indicator says which sites it asks about: `sites (site_key, site_id, ...)`, one row per thing counted. Acceptance under the
-- three readings of domain.md B.3; `accepts` is the one in force.
WITH acceptance AS (
  SELECT s.*, x.e1, x.e2, x.e3, x.e1_d, x.e2_d, x.e3_d,
    x.e1 IS NOT NULL AND x.e2 IS NOT NULL AS strict, x.e1 IS NOT NULL AS standard, x.e1 IS NOT NULL OR x.e2 IS NOT NULL AS lenient,
    CASE :policy WHEN 'STRICT' THEN x.e1 IS NOT NULL AND x.e2 IS NOT NULL WHEN 'LENIENT' THEN x.e1 IS NOT NULL OR x.e2 IS NOT NULL
      ELSE x.e1 IS NOT NULL END AS accepts,
    CASE :policy WHEN 'STRICT' THEN x.e1_d IS NOT NULL AND x.e2_d IS NOT NULL
      WHEN 'LENIENT' THEN x.e1_d IS NOT NULL OR x.e2_d IS NOT NULL ELSE x.e1_d IS NOT NULL END AS accepts_d
  FROM sites s LEFT JOIN temp.place_proof x ON x.place_id = s.site_id)
