#!/bin/sh
# Serves a copy of a ward with a clerk and walks the pages of staff in headless Chromium: staff.sh MAPD WARD.db ARTEFACTS WALK
# WALK: staff (every page), clerk (a list from upload to undo, the review queue), pages (the desks and the dashboard at every width)
set -eu
here=$(dirname "$0") program=$1 artefacts=$3 walk=$4
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
mkdir -p "$artefacts"
ward=$folder/ward.db
"$program" backup "$2" "$ward"
cp "$2.key" "$ward.key"
echo "mua thu ha noi 54" | "$program" user add "$ward" thu.nhap --role entry
echo "mua thu ha noi 54" | "$program" user add "$ward" quan.tri --role admin
echo "mua thu ha noi 54" | "$program" user add "$ward" xac.minh --role verifier
echo "mua thu ha noi 54" | "$program" user add "$ward" an.toan --role food_safety
cat >"$folder/khao-sat.csv" <<'END'
DANH SÁCH CƠ SỞ KHẢO SÁT,,,,,
STT,Tên cơ sở,Chủ hộ,Điện thoại,Địa chỉ,Buôn bán gì
1,Quán Thử Một,Nguyễn Thị Thử,0905000111,lưu động,Ăn uống
2,,Trần Văn Thử,,lưu động,Bán lẻ
3,Tạp hoá Thử,Lê Thị Thử,090512,9999 đường không có thật,Bán lẻ
END
[ "$walk" = staff ] || awk 'BEGIN { for (i = 4; i <= 6000; i++)
  printf "%d,Quán Thử %d,Người Thử %d,09050%05d,%s,Ăn uống\n", i, i, i, i, i % 9 ? "lưu động" : i " đường không có thật" }' >>"$folder/khao-sat.csv"
"$program" serve "$ward" --listen 127.0.0.1:0 >"$folder/address.txt" 2>/dev/null &
server=$!
i=0
until grep -q '^listening on ' "$folder/address.txt"; do
  i=$((i + 1))
  [ $i -lt 100 ] || { echo "the server did not start"; exit 1; }
  sleep 0.1
done
node "$here/$walk.mjs" "$(sed -n 's/^listening on //p' "$folder/address.txt")" "$artefacts" "$folder/khao-sat.csv"
