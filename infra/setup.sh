#!/bin/sh
# Makes a fresh Debian machine (root, Node 20 or newer, npm) able to run faultbox: Debian packages, npm packages with Node 24 and the
# ClickHouse engine among them, the native programs, the demo services. What is there already is not touched: the second time takes
# some milliseconds and needs no network. `--tests` also brings what only the tests need, `--kafka` a local Kafka.
set -eu
cd "$(dirname "$(dirname "$(readlink -f "$0")")")"

packages="gcc make libc6-dev libbpf-dev libelf-dev zlib1g-dev clang llvm bpftool redis-server postgresql nats-server"
[ "${1:-}" != --tests ] || packages="$packages golang-go python3 procps curl mount"
kafka=
case "${1:-}" in
  --tests | --kafka) kafka=1 packages="$packages openjdk-17-jre-headless maven" ;;
esac

say() { printf '  %s\n' "$*" >&2; }

fail() {
  printf '\nSet-up stopped: %s\n' "$1" >&2
  [ ! -s "${2:-/dev/null}" ] || { printf 'The last lines of %s:\n' "$2" >&2; tail -n 15 "$2" >&2; }
  exit 3
}

# step NAME COMMAND…: says what is done, shows that it goes on, keeps the output for the case that it fails.
step() {
  name=$1; shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 &
  job=$!
  seconds=0
  while kill -0 "$job" 2>/dev/null; do
    sleep 1
    seconds=$((seconds + 1))
    [ $((seconds % 5)) -ne 2 ] || say "$name … ${seconds} s"
  done
  wait "$job" || fail "$name did not work." "$log"
  rm -f "$log"
  say "$name: done"
}

missing_packages() {
  for p in $packages; do
    # A tool that the machine has from elsewhere need not come from Debian.
    case $p in
      golang-go) ! command -v go >/dev/null 2>&1 || continue ;;
      python3) ! command -v python3 >/dev/null 2>&1 || continue ;;
      openjdk-17-jre-headless) ! java -version 2>&1 | grep -Eq 'version "(1[7-9]|[2-9][0-9])' || continue ;;
      maven) ! command -v mvn >/dev/null 2>&1 || continue ;;
      redis-server | nats-server) ! command -v "$p" >/dev/null 2>&1 || continue ;;
      postgresql) ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || continue ;;
    esac
    dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || printf '%s ' "$p"
  done
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  # Servers that demos and tests start themselves must not be set up or started by their packages.
  policy=/usr/sbin/policy-rc.d
  [ ! -e "$policy" ] || policy=
  [ -z "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"; }
  no_cluster=/etc/postgresql-common/createcluster.d/faultbox.conf
  mkdir -p "${no_cluster%/*}"
  echo "create_main_cluster = false" >"$no_cluster"
  status=0
  { apt-get update && apt-get install -y --no-install-recommends "$@"; } || status=$?
  rm -f "$no_cluster" ${policy:+"$policy"}
  rmdir -p "${no_cluster%/*}" 2>/dev/null || true
  return "$status"
}

setup_packages() {
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  [ "$(id -u)" = 0 ] || fail "these Debian packages are missing and only root can install them: $missing"
  command -v apt-get >/dev/null || fail "these packages are missing, and this machine has no apt-get: $missing"
  # shellcheck disable=SC2086
  step "Debian packages ($missing)" install_packages $missing
}

setup_node_modules() {
  stamp=node_modules/.faultbox-lock
  cmp -s package-lock.json "$stamp" && return 0
  command -v npm >/dev/null || fail "npm is missing."
  step "npm packages (about 180 MB, the ClickHouse engine among them)" npm ci --no-audit --no-fund --prefer-offline
  cp package-lock.json "$stamp"
}

check_kernel() {
  [ -r /sys/kernel/btf/vmlinux ] || fail "this kernel has no BTF (/sys/kernel/btf/vmlinux): faultbox needs CONFIG_DEBUG_INFO_BTF, which Debian's kernels have. Is /sys mounted?"
}

setup_native() {
  make -q -C native >/dev/null 2>&1 || { check_kernel; step "native programs" sh native/build.sh; }
  make -q -C examples/services >/dev/null 2>&1 || step "demo services" make -C examples/services
}

setup_kafka() {
  [ -n "$kafka" ] || return 0
  [ -e infra/kafka/build/ready ] && [ ! infra/kafka/pom.xml -nt infra/kafka/build/ready ] && return 0
  step "Kafka and the schema registry (about 210 MB from Maven)" sh infra/kafka/install.sh
}

setup_packages
setup_node_modules
setup_native
setup_kafka
