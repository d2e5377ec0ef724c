-- KPI-HDDT (S0:304): places the tax office lists as in scope of the cash-register e-invoice; those it lists as connected.
SELECT code AS id, why_not IS NULL AND coalesce(einvoice_in_scope, 0) AS in_denominator,
  why_not IS NULL AND coalesce(einvoice_in_scope, 0) AND coalesce(einvoice_connected, 0) AS in_numerator,
  CASE WHEN why_not IS NOT NULL THEN why_not WHEN NOT coalesce(einvoice_in_scope, 0) THEN 'không thuộc danh sách của cơ quan thuế'
    WHEN einvoice_connected THEN 'đã kết nối' ELSE 'chưa kết nối' END AS reason,
  name, NULL AS model
FROM population WHERE type = 'establishment'
