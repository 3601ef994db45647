#!/bin/sh
# A PostgreSQL server for one test: on loopback alone, ready for wal_stream(). Its data lies below TMPDIR, made afresh when it is not there.
#   postgres.sh PORT [-c setting=value …]     PG_BIN: folder of its programs, else Debian's newest
# PostgreSQL refuses to run as root: then it runs as the user postgres.
set -eu
port=$1; shift
bin=${PG_BIN:-}
[ -n "$bin" ] || for bin in /usr/lib/postgresql/*/bin; do :; done
[ -x "$bin/postgres" ] || { echo "postgres.sh: no PostgreSQL in $bin. Install it: apt-get install postgresql" >&2; exit 1; }

as_postgres=
if [ "$(id -u)" = 0 ]; then
  as_postgres="setpriv --reuid=postgres --regid=postgres --init-groups"
  chmod 711 "$TMPDIR"
fi
data=$TMPDIR/data

# initdb takes longer than everything else: its result is kept, once for each version, and copied.
make_data() {
  mkdir -m 700 "$data"
  [ -z "$as_postgres" ] || chown postgres:postgres "$data"
  template=/var/tmp/faultbox-postgres-$("$bin/postgres" --version | cut -d' ' -f3)-$(id -u)
  if [ ! -O "$template" ]; then
    fresh=$(mktemp -d /var/tmp/faultbox-postgres.XXXXXX)
    mkdir -m 700 "$fresh/data"
    [ -z "$as_postgres" ] || { chmod 711 "$fresh"; chown postgres:postgres "$fresh/data"; }
    $as_postgres "$bin/initdb" -D "$fresh/data" -N -A trust -U postgres --no-locale -E UTF8 >/dev/null
    # Whoever comes first leaves the one that stays.
    if [ -e "$template" ] || ! mv -T "$fresh" "$template" 2>/dev/null; then rm -rf "$fresh"; fi
  fi
  cp -a --reflink=auto "$template/data/." "$data"
}

[ -d "$data" ] || make_data
cd "$data"
exec $as_postgres "$bin/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
  -c wal_level=logical -c shared_buffers=16MB "$@"
