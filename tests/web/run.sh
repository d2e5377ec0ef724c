#!/bin/sh
# Serves a ward and walks its pages in headless Chromium: run.sh MAPD WARD.db ARTEFACTS
set -eu
here=$(dirname "$0") program=$1 ward=$2 artefacts=$3
mkdir -p "$artefacts"
"$program" serve "$ward" --listen 127.0.0.1:0 >"$artefacts/address.txt" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
i=0
until grep -q '^listening on ' "$artefacts/address.txt"; do
  i=$((i + 1))
  [ $i -lt 100 ] || { echo "the server did not start"; exit 1; }
  sleep 0.1
done
base=$(sed -n 's/^listening on //p' "$artefacts/address.txt")
node "$here/smoke.mjs" "$base" "$artefacts"
