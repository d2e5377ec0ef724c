#!/bin/sh
# Every benchmark: run.sh BUILD_DIR SAMPLE_DIR. Ratios against peers of the same run; seconds alone mean little.
set -eu
here=$(cd "$(dirname "$0")" && pwd) build=$1 sample=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '\n== geocode: the sample ward, a town of 216 streets, one of 3,000, names without houses\n'
for gazetteer in "sample $sample" "invented 216" "invented 3000" "names 216"; do
  # shellcheck disable=SC2086
  /usr/bin/python3 "$here/geocode.py" "$build/mapd" "$work" $gazetteer
done
shared=${MAPD_SHARED:-$here/../../../shared}/data
if [ -d "$shared" ]; then
  printf '\n== geocode: real addresses of one city, every street name of another\n'
  /usr/bin/python3 "$here/geocode.py" "$build/mapd" "$work" hanoi "$shared/osm_hanoi_pois_overpass_2024.csv"
  /usr/bin/python3 "$here/geocode.py" "$build/mapd" "$work" danang "$shared/danang_streets_by_district_2019.json"
else
  printf '\nskipped: real addresses and names (set MAPD_SHARED to the folder that holds data/)\n'
fi
for bench in import serve instructions load indicators export; do
  printf '\n== %s\n' "$bench"
  /usr/bin/python3 "$here/$bench.py" "$build" "$sample"
done
