#!/bin/sh
# Sets everything up, then runs every test. Ends with a line "N passed, N failed" counted from the results.
set -eu
root=$(dirname "$(dirname "$(readlink -f "$0")")")
cd "$root"
sh infra/setup.sh --tests
results=$(mktemp)
status=0
sh infra/node.sh node_modules/vitest/vitest.mjs run --reporter=default --reporter=json --outputFile.json="$results" "$@" || status=$?
sh infra/node.sh infra/count-results.ts "$results" || status=1
rm -f "$results"
exit "$status"
