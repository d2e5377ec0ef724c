#!/bin/sh
# The long forms of what ./dev test runs in its small form: soak.sh BUILD_DIR ASAN_BUILD_DIR [PART...]   Figures: docs/soak.md.
# Parts: kill fault crowd limits proxies scan fuzz package targets (each libFuzzer target ten minutes). Each prints its last lines; the exit status says whether all passed.
set -u
build=$1 asan=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
failed=0
part() {
  name=$1
  shift
  printf '== %s\n' "$name"
  "$@" >"$build/soak-$name.log" 2>&1 || { failed=1; grep FAIL "$build/soak-$name.log" | head -5; }
  tail -3 "$build/soak-$name.log"
}
for name in ${*:-kill fault crowd limits proxies scan fuzz package targets}; do
  case $name in
  kill) part kill /usr/bin/python3 "$here/mapd/kill.py" "$build/mapd" 500 "$(date +%j)" ;;
  fault) part fault /usr/bin/python3 "$here/mapd/fault.py" "$build/mapd" "$build/tests/libfault.so" 100 ;;
  crowd) part crowd /usr/bin/python3 "$here/mapd/crowd.py" "$build/mapd" 300 ;;
  limits) part limits /usr/bin/python3 "$here/mapd/limits.py" "$build/mapd" --long ;;
  proxies) part proxies /usr/bin/python3 "$here/mapd/proxies.py" "$build/mapd" ;;
  scan) part scan /usr/bin/python3 "$here/mapd/scan.py" "$build/mapd" 25 ;;
  fuzz) part fuzz /usr/bin/python3 "$here/mapd/http_fuzz.py" "$asan/mapd" 100000 "$(date +%j)" ;;
  package) part package sh "$here/package.sh" "$build" ;;
  targets) part targets sh "$here/../dev" fuzz 600 ;;
  *) echo "soak: no such part: $name"; exit 2 ;;
  esac
done
exit $failed
