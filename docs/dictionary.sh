#!/bin/sh
# Prints docs/du-lieu.md from layers/layers.def: `sh docs/dictionary.sh >docs/du-lieu.md`. A test compares the two.
cd "$(dirname "$0")/.."
cat <<'EOF'
# Từ điển dữ liệu / data dictionary

Các lớp công khai và trường của chúng: đúng những gì bản đồ, API, tệp xuất và ô vector đưa ra, không hơn. Tên trường là tên trong API, CSV,
GeoJSON, GPKG; "tên ngắn" dùng cho Shapefile; tiêu đề tiếng Việt dùng cho XLSX. Trang này sinh ra từ `layers/layers.def`
(`sh docs/dictionary.sh`).

Giá trị của các trường phân loại:

| trường | giá trị |
|---|---|
| kind (cơ sở) | `enterprise` doanh nghiệp · `branch` chi nhánh · `household` hộ kinh doanh · `cooperative` hợp tác xã · `other` khác |
| kind (quầy sạp) | `counter` quầy · `stand` sạp · `kiosk` ki-ốt · `shop` cửa hàng · `lot` lô |
| status | `active` đang hoạt động · `suspended` tạm ngừng · `ceased` đã ngừng · `vacant` quầy trống |
| food_safety, state | `valid` còn hạn · `expiring` sắp hết hạn · `expired` hết hạn · `commitment` thuộc diện cam kết · `exempt` được miễn · `none` chưa có giấy tờ · `unknown` chưa rõ |
| regime | `certificate` `commitment` `exempt_cert_holder` `exempt_other` `none_required` `unknown` |
| last_result | `pass` đạt · `fail` không đạt · `not_inspected` chưa kiểm tra; trống khi chưa có quyết định công khai |
| position | `gps` đo tại chỗ · `stall_plan` theo sơ đồ chợ · `house_number` đúng số nhà · `interpolated` nội suy · `street` chỉ biết đường · `residential_group` chỉ biết tổ · `area` chỉ biết khu vực · `none` chưa có |
EOF
awk -F'"' '
/^(LAYER|BASE)\(/ { printf "\n## %s — %s\n\n%s\n\n| trường | kiểu | tiêu đề | title | tên ngắn |\n|---|---|---|---|---|\n", $2, $6, $8 }
/^FIELD\(/ { split($3, type, ", *"); printf "| `%s` | %s | %s | %s | `%s` |\n", $2, type[2], $4, $6, $8 }
' layers/layers.def
