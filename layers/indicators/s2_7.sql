-- S2.7: groups of the ward's data store (S3:1162); those whose catalogue, update procedure and permission are in place. None has
-- any: na.
SELECT name AS id, any_recorded AS in_denominator, any_recorded AND lacks = '' AS in_numerator,
  CASE lacks WHEN '' THEN 'đủ danh mục, quy trình, phân quyền' ELSE 'thiếu' || substr(lacks, 2) END AS reason, title AS name, NULL AS model
FROM (
  SELECT name, title, EXISTS (SELECT 1 FROM data_group WHERE catalogue_ref || procedure_ref || permission_ref <> '') AS any_recorded,
    CASE WHEN catalogue_ref = '' THEN ', danh mục' ELSE '' END || CASE WHEN procedure_ref = '' THEN ', quy trình cập nhật' ELSE '' END
    || CASE WHEN permission_ref = '' THEN ', phân quyền' ELSE '' END AS lacks
  FROM data_group)
