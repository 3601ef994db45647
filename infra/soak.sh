#!/bin/sh
# The long tests in full size, with what each run of kills came to. Takes some hours. FAULTBOX_SEED repeats the moments of an earlier run.
set -eu
root=$(dirname "$(dirname "$(readlink -f "$0")")")
cd "$root"
sh infra/setup.sh --tests
FAULTBOX_SOAK_KILLS=100 FAULTBOX_SOAK_FIGURES=1 FAULTBOX_SOAK_REQUESTS=20000 FAULTBOX_SOAK_CALLS=10000000 FAULTBOX_SOAK_FLOOD_BYTES=1073741824 \
  exec sh infra/node.sh node_modules/vitest/vitest.mjs run --test-timeout 3600000 test/crash test/load services/collector-wal/crash.test.ts "$@"
