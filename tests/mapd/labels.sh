#!/bin/sh
# Every QR of a market's label sheets is read back from a 150 dpi rendering: labels.sh MAPD WARD.db
# Of a whole page of many labels zbarimg loses one now and then, so it gets them one by one, as a phone does.
set -eu
at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
failed=0

# cut_labels SIZE LEFT TOP WIDTH HEIGHT COLUMNS ROWS: each label of each page, in pixels of 150 dpi
cut_labels() {
  for column in $(seq 0 $(($6 - 1))); do
    for row in $(seq 0 $(($7 - 1))); do
      pdftoppm -r 150 -gray -x $(($2 + column * $4)) -y $(($3 + row * $5)) -W $4 -H $5 "$at/$1.pdf" "$at/$1-$column-$row"
    done
  done
}

for size in small medium large; do
  printed=$("$1" labels "$2" "$at/$size.pdf" --market CHO02 --size $size --base-url https://bando.example 2>/dev/null |
    sed -E 's/[^0-9]*([0-9]+) nhãn.*/\1/')
  case $size in
  small) cut_labels small 88 144 354 366 3 4 ;;
  medium) cut_labels medium 88 115 531 508 2 3 ;;
  large) pdftoppm -r 150 -gray "$at/large.pdf" "$at/large" ;;
  esac
  zbarimg -q --raw "$at/$size"-*.pgm 2>/dev/null | sort -u >"$at/$size.txt" || true
  read_back=$(grep -c '^HTTPS://BANDO.EXAMPLE/C/[0-9A-Z]\{11\}$' "$at/$size.txt")
  echo "$size: $printed printed, $read_back read back"
  [ "$printed" -gt 100 ] && [ "$printed" = "$read_back" ] || failed=1
  rm -f "$at/$size"-*.pgm
done
"$1" labels "$2" "$at/wrong.pdf" --market CHO02 --size huge >/dev/null 2>"$at/said" && failed=1
grep -q "small, medium, large" "$at/said" || failed=1
echo "--size huge: $(cat "$at/said")"
exit $failed
