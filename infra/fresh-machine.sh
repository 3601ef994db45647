#!/bin/bash
# Proves the two commands on a fresh machine: a bare Debian 12 root file system with Node and npm of this machine, a clone of this
# checkout, empty caches. `npm start` runs twice, the second time without a network. `--test` also runs `npm test`.
# Needs mmdebstrap. Everything it makes lies in one folder, which is removed at the end.
set -eu
root=$(dirname "$(dirname "$(readlink -f "$0")")")
fresh=$(mktemp -d /var/tmp/faultbox-fresh.XXXXXX)
bare=$fresh/root

clean() {
  for mount in dev sys proc ""; do umount -R "$bare/$mount" 2>/dev/null || umount -l "$bare/$mount" 2>/dev/null || true; done
  if grep -q " $bare" /proc/mounts; then echo "still mounted below $bare: not removed" >&2; else rm -rf "$fresh"; fi
}
trap clean EXIT
trap 'exit 1' INT TERM

echo "a bare Debian 12 in $bare"
mmdebstrap --quiet --variant=apt --include=ca-certificates,iproute2 bookworm "$bare"
# Authorities of this machine's own, where its network has some.
find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$bare/usr/local/share/ca-certificates" {} +
chroot "$bare" update-ca-certificates >/dev/null 2>&1
cp /etc/resolv.conf /etc/hosts "$bare/etc/" 2>/dev/null || true
node=$(readlink -f "$(command -v node)")
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
mkdir -p "$bare/usr/lib/node_modules"
cp "$node" "$bare/usr/bin/node"
cp -r "$npm" "$bare/usr/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$bare/usr/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$bare/usr/bin/npx"
git clone --quiet "$root" "$bare/faultbox"
# A root that is a mount point, as in every container.
mount --bind "$bare" "$bare"
for mount in proc sys dev; do
  mount --rbind "/$mount" "$bare/$mount"
  mount --make-rslave "$bare/$mount"
done

inside() { chroot "$bare" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt sh -c "cd /faultbox && $1"; }

echo; echo "npm start, the first time"
time inside "npm start"
echo; echo "npm start, the second time, without a network"
time unshare --net sh -c "ip link set lo up; exec chroot '$bare' /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c 'cd /faultbox && npm start'"
[ "${1:-}" != --test ] || { echo; echo "npm test"; inside "npm test"; }
