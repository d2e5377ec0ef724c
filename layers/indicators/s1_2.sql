-- S1.2: of the layers the decision requires, those that exist with their declared view, stand in EPSG:4326 with a
-- spatial index, hold at least one feature on the day, and are described in the register of layers.
SELECT layer AS id, 1 AS in_denominator, has_view AND has_index AND filled AS in_numerator,
  CASE WHEN NOT has_view THEN 'chưa có cấu trúc lớp' WHEN NOT has_index THEN 'chưa có chỉ mục không gian hoặc sai hệ toạ độ'
    WHEN NOT filled THEN 'chưa có dữ liệu' ELSE 'đã có dữ liệu, đúng cấu trúc' END AS reason,
  layer AS name, NULL AS model
FROM (
  SELECT r.layer,
    EXISTS (SELECT 1 FROM sqlite_master v WHERE v.type = 'view' AND v.name = 'pub_' || replace(r.layer, '-', '_')) AS has_view,
    EXISTS (SELECT 1 FROM geometry_columns g WHERE g.srid = 4326 AND g.spatial_index_enabled = 1
      AND g.f_table_name = CASE r.layer WHEN 'establishments' THEN 'place' WHEN 'stalls' THEN 'place' WHEN 'food-safety' THEN 'place'
        WHEN 'markets' THEN 'market' WHEN 'streets' THEN 'street' WHEN 'residential-groups' THEN 'residential_group'
        WHEN 'wards' THEN 'ward' WHEN 'pilots' THEN 'place' END) AS has_index,
    CASE r.layer
      WHEN 'establishments' THEN EXISTS (SELECT 1 FROM population WHERE type = 'establishment' AND why_not IS NULL)
      WHEN 'stalls' THEN EXISTS (SELECT 1 FROM population p JOIN stall s ON s.place_id = p.place_id)
      WHEN 'food-safety' THEN EXISTS (SELECT 1 FROM fs_place f JOIN population p ON p.place_id = f.place_id)
      WHEN 'markets' THEN EXISTS (SELECT 1 FROM market)
      WHEN 'streets' THEN EXISTS (SELECT 1 FROM street)
      WHEN 'residential-groups' THEN EXISTS (SELECT 1 FROM residential_group)
      WHEN 'wards' THEN EXISTS (SELECT 1 FROM ward WHERE geom IS NOT NULL)
      WHEN 'pilots' THEN EXISTS (SELECT 1 FROM pilot WHERE valid_from IS NULL OR valid_from <= :as_of)
      ELSE 0 END AS filled
  FROM layer_registry r WHERE r.required = 1)
