#!/bin/sh
# Prints what docs/performance.md records. `npm run bench -- overhead suite store pipeline memory wal topic poll language` picks some.
set -eu
root=$(dirname "$(dirname "$(readlink -f "$0")")")
cd "$root"
sh infra/setup.sh
[ $# -gt 0 ] || set -- overhead suite store pipeline memory wal topic poll language
for name in "$@"; do sh infra/node.sh "test/bench/$name.ts"; done
