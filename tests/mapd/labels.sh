#!/bin/sh
# Every QR of a market's label sheets is read back from a 150 dpi rendering: labels.sh MAPD WARD.db
# zbarimg looks at whole pages of 2 and 6 labels; of the pages with 12 it loses one now and then, so it gets those
# label by label, as a phone does.
set -eu
at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
failed=0

cut_labels() { # 3 columns of 60 mm and 4 rows of 62 mm in the middle of A4, in pixels of 150 dpi
  for x in 88 442 796; do
    for y in 144 510 876 1242; do
      pdftoppm -r 150 -gray -x $x -y $y -W 356 -H 368 "$at/small.pdf" "$at/small-$x-$y"
    done
  done
}

for size in small medium large; do
  printed=$("$1" labels "$2" "$at/$size.pdf" --market CHO02 --size $size --base-url https://bando.example 2>/dev/null |
    sed -E 's/[^0-9]*([0-9]+) nhãn.*/\1/')
  if [ $size = small ]; then cut_labels; else pdftoppm -r 150 -gray "$at/$size.pdf" "$at/$size"; fi
  zbarimg -q --raw "$at/$size"-*.pgm 2>/dev/null | sort -u >"$at/$size.txt" || true
  read_back=$(grep -c '^HTTPS://BANDO.EXAMPLE/C/[0-9A-Z]\{11\}$' "$at/$size.txt")
  echo "$size: $printed printed, $read_back read back"
  [ "$printed" -gt 100 ] && [ "$printed" = "$read_back" ] || failed=1
  rm -f "$at/$size"-*.pgm
done
exit $failed
