#!/bin/sh
# Every benchmark: run.sh BUILD_DIR SAMPLE_DIR. Ratios against peers of the same run; seconds alone mean little.
set -eu
here=$(cd "$(dirname "$0")" && pwd) build=$1 sample=$2
for bench in "$here"/*.py; do
  [ "$(basename "$bench")" = common.py ] && continue
  printf '\n== %s\n' "$(basename "$bench" .py)"
  /usr/bin/python3 "$bench" "$build" "$sample"
done
