#!/bin/sh
# Every QR on every page of a market's label sheet is read back from a 150 dpi rendering: labels.sh MAPD WARD.db
set -eu
at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
failed=0
for size in small medium large; do
  printed=$("$1" labels "$2" "$at/$size.pdf" --market CHO02 --size $size --base-url https://bando.example 2>/dev/null |
    sed -E 's/[^0-9]*([0-9]+) nhãn.*/\1/')
  pdftoppm -r 150 -gray "$at/$size.pdf" "$at/$size"
  zbarimg -q --raw "$at/$size"-*.pgm 2>/dev/null | sort -u >"$at/$size.txt"
  read_back=$(grep -c '^HTTPS://BANDO.EXAMPLE/C/[0-9A-Z]\{11\}$' "$at/$size.txt")
  echo "$size: $printed printed, $read_back read back"
  [ "$printed" -gt 100 ] && [ "$printed" = "$read_back" ] || failed=1
  rm -f "$at/$size"-*.pgm
done
exit $failed
