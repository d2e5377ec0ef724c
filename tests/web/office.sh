#!/bin/sh
# Serves a copy of a ward with a clerk and walks the office's map and the resident's page: office.sh MAPD WARD.db ARTEFACTS SCRIPT
set -eu
here=$(dirname "$0") program=$1 artefacts=$3 script=$4
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
mkdir -p "$artefacts"
ward=$folder/ward.db
"$program" backup "$2" "$ward"
cp "$2.key" "$ward.key"
echo "mua thu ha noi 54" | "$program" user add "$ward" thu.nhap --role entry
[ "$script" != budgets ] || /usr/bin/python3 "$here/crowd.py" "$ward" 10000
"$program" serve "$ward" --listen 127.0.0.1:0 >"$folder/address.txt" 2>/dev/null &
server=$!
i=0
until grep -qs '^listening on ' "$folder/address.txt"; do
  i=$((i + 1))
  [ $i -lt 100 ] || { echo "the server did not start"; exit 1; }
  sleep 0.1
done
node "$here/$script.mjs" "$(sed -n 's/^listening on //p' "$folder/address.txt")" "$artefacts"
