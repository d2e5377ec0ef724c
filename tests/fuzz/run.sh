#!/bin/sh
# Runs every fuzz target for some seconds, beginning with its corpus: run.sh BUILD_DIR SECONDS
set -eu
here=$(cd "$(dirname "$0")" && pwd) build=$1 seconds=$2
failed=0
for target in "$build"/tests/fuzz/fuzz_*; do
  [ -x "$target" ] && [ -f "$target" ] || continue
  name=$(basename "$target" | sed 's/^fuzz_//')
  mkdir -p "$build/found/$name" "$here/corpus/$name"
  printf '== %s: %s s\n' "$name" "$seconds"
  "$target" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$build/found/$name-" "$build/found/$name" "$here/corpus/$name" >"$build/found/$name.log" 2>&1 || {
    failed=1
    tail -40 "$build/found/$name.log"
  }
  grep -E 'stat::number_of_executed_units|stat::average_exec' "$build/found/$name.log" || true
done
exit $failed
