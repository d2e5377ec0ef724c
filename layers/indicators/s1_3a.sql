-- S1.3a: required layers with an owner, a frequency, a source and a procedure. Nothing recorded for any layer: na.
SELECT layer AS id, any_recorded AS in_denominator, any_recorded AND lacks = '' AS in_numerator,
  CASE lacks WHEN '' THEN 'đã phân công' ELSE 'thiếu' || substr(lacks, 2) END AS reason, layer AS name, NULL AS model
FROM (
  SELECT layer,
    EXISTS (SELECT 1 FROM layer_registry WHERE coalesce(owner, frequency, procedure_ref, '') <> '') AS any_recorded,
    CASE WHEN coalesce(owner, '') = '' THEN ', người phụ trách' ELSE '' END
    || CASE WHEN coalesce(frequency, '') = '' THEN ', chu kỳ cập nhật' ELSE '' END
    || CASE WHEN coalesce(source, '') = '' THEN ', nguồn' ELSE '' END
    || CASE WHEN coalesce(procedure_ref, '') = '' THEN ', quy trình' ELSE '' END AS lacks
  FROM layer_registry WHERE required = 1)
