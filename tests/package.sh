#!/bin/sh
# The package on a bare Debian 12: package.sh BUILD_DIR [FOLDER]. Needs root, debootstrap and a mirror (read from this machine's own
# apt sources). Installs the version before, makes a ward, imports, serves as the unit does, upgrades, removes, purges.
# FOLDER/base is made once and kept; the rest is removed.
set -eu
build=$(realpath "$1")
folder=$(realpath -m "${2:-$build/package}")
[ "$(id -u)" = 0 ] || { echo "package: skipped, needs root"; exit 77; }
command -v debootstrap >/dev/null || { echo "package: skipped, debootstrap is missing"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
base=$folder/base root=$folder/root server=
mkdir -p "$folder"

cleanup() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  for point in proc dev; do umount "$root/$point" 2>/dev/null || true; done
  rm -rf "$root"
}
trap cleanup EXIT
ok() { echo "ok   $*"; }
fail() { echo "FAIL $*"; exit 1; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
as_mapd() { inside runuser -u mapd -- "$@"; }

# --- two packages: of yesterday and of today ---
(cd "$folder" && rm -f ./*.deb && cpack -G DEB --config "$build/CPackConfig.cmake" -R 0.0.9 >cpack.log && cpack -G DEB --config "$build/CPackConfig.cmake" >>cpack.log) ||
  { cat "$folder/cpack.log"; fail "cpack"; }
rm -rf "$folder/_CPack_Packages"
old=$(echo "$folder"/mapd_0.0.9_*.deb) new=$(find "$folder" -name 'mapd_*.deb' ! -name 'mapd_0.0.9_*')
dpkg-deb --info "$new" | grep -E '^ (Version|Depends|Installed-Size)'
dpkg-deb --info "$new" | grep -q 'libsqlite3-0.*libspatialite7\|libspatialite7.*libsqlite3-0' || fail "its dependencies are not generated"
ok "packages $(du -h "$new" | cut -f1)"

# --- a bare root ---
if [ ! -e "$base/etc/debian_version" ]; then
  mirror=$(awk '/^URIs:/ { print $2; exit } /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }' \
    $(ls /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null))
  rm -rf "$base"
  debootstrap --variant=minbase bookworm "$base" "$mirror" >"$folder/debootstrap.log" 2>&1 || { tail -5 "$folder/debootstrap.log"; fail "debootstrap"; }
fi
rm -rf "$root"
cp -a "$base" "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
for file in /etc/apt/apt.conf.d/99*; do [ ! -e "$file" ] || cp "$file" "$root/etc/apt/apt.conf.d/"; done
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp "$old" "$new" "$root/tmp/"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

# --- install, first day ---
inside apt-get update -q >/dev/null
inside apt-get install -y -q --no-install-recommends systemd >/dev/null 2>&1 || fail "systemd in the root"
inside apt-get install -y -q --no-install-recommends "/tmp/$(basename "$old")" >"$folder/install.log" 2>&1 || { tail -20 "$folder/install.log"; fail "install"; }
inside mapd version | grep -q . || fail "the program does not run"
[ "$(stat -c '%U %a' "$root/var/lib/mapd" 2>/dev/null | cut -d' ' -f2)" = 700 ] || fail "the folder is open to others"
[ -L "$root/etc/systemd/system/multi-user.target.wants/mapd.service" ] || fail "the service is not enabled"
ok "installed: $(inside dpkg-query -W -f='${Package} ${Version}' mapd)"
as_mapd mapd init /var/lib/mapd/ward.db --ward 99001 --name "Phường Mẫu" --sample >/dev/null
printf 'mua thu ha noi 54\n' | as_mapd mapd user add /var/lib/mapd/ward.db quan.tri --role admin >/dev/null
printf 'Mã điểm,Tên cơ sở,Chủ hộ,Kinh độ,Vĩ độ\nA1,Quán Mẫu,Nguyễn Văn Mẫu,108.2,16.05\n' >"$root/var/lib/mapd/list.csv"
inside chown mapd:mapd /var/lib/mapd/list.csv
as_mapd mapd import /var/lib/mapd/ward.db /var/lib/mapd/list.csv --as establishments >/dev/null || [ $? = 3 ] || fail "import"
as_mapd mapd check /var/lib/mapd/ward.db | grep -q "nguyên vẹn" || fail "check"
ok "first administrator, import, check"

# --- serve, as the unit says ---
unit=$root/usr/lib/systemd/system/mapd.service
serve() {
  . "$root/etc/default/mapd"
  # shellcheck disable=SC2086
  : >"$folder/address" # the address of the server before is not this one's
  command=$(sed -n 's/^ExecStart=//p' "$unit" | sed "s|\$MAPD_OPTIONS|$MAPD_OPTIONS|; s|127.0.0.1:8080|127.0.0.1:0|")
  # shellcheck disable=SC2086
  chroot "$root" env -i PATH=/usr/bin:/bin setpriv --reuid mapd --regid mapd --clear-groups $command >"$folder/address" 2>"$folder/serve.log" &
  server=$!
  i=0
  until grep -q '^listening on ' "$folder/address"; do
    i=$((i + 1))
    [ $i -lt 100 ] || { cat "$folder/serve.log"; fail "does not serve"; }
    sleep 0.1
  done
  url=$(sed -n 's/^listening on //p' "$folder/address")
  curl -fsS "${url}health" | grep -q '"status":"ok"' || fail "/health"
  curl -fsS "${url}ogc/collections/establishments/items" | grep -q "Quán Mẫu" || fail "the register"
  curl -fsS "${url}staff/sign-in" | grep -q 'type="password"' || fail "the sign-in"
  kill "$server"
  wait "$server" || fail "does not end well"
  server=
}
serve
ok "serves as its user"
systemd-analyze verify --root="$root" mapd.service 2>"$folder/verify.log" || { cat "$folder/verify.log"; fail "systemd-analyze verify"; }
systemd-analyze security --offline=true --root="$root" --threshold=25 mapd.service >"$folder/security.log" 2>&1 || { tail -3 "$folder/security.log"; fail "systemd-analyze security"; }
ok "unit: $(tail -1 "$folder/security.log")"

# --- upgrade, remove, purge ---
echo 'MAPD_OPTIONS="--listen 127.0.0.1:8080 --base-url https://bando.example"' >"$root/etc/default/mapd"
inside apt-get install -y -q --no-install-recommends "/tmp/$(basename "$new")" >"$folder/upgrade.log" 2>&1 || { tail -20 "$folder/upgrade.log"; fail "upgrade"; }
grep -q bando.example "$root/etc/default/mapd" || fail "the upgrade changed the settings"
serve
as_mapd mapd check /var/lib/mapd/ward.db | grep -q "nguyên vẹn" || fail "check after the upgrade"
as_mapd mapd user list /var/lib/mapd/ward.db | grep -q quan.tri || fail "accounts after the upgrade"
ok "upgraded: $(inside dpkg-query -W -f='${Version}' mapd), data and settings kept"
inside apt-get remove -y -q mapd >/dev/null 2>&1 || fail "remove"
[ ! -e "$root/usr/bin/mapd" ] && [ -e "$root/var/lib/mapd/ward.db" ] && [ -e "$root/etc/default/mapd" ] || fail "remove took too much or too little"
inside apt-get purge -y -q mapd >/dev/null 2>&1 || fail "purge"
[ ! -e "$root/etc/default/mapd" ] && [ -e "$root/var/lib/mapd/ward.db.key" ] || fail "purge took too much or too little"
ok "removed, purged; the ward's data stay"
echo "package: all passed"
