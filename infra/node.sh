#!/bin/sh
# Runs a TypeScript file with the checkout's own Node (24 or newer), whatever the machine's is.
root=$(dirname "$(dirname "$(readlink -f "$0")")")
for node in "$root"/node_modules/node-linux-*/bin/node; do [ -x "$node" ] && break; done
[ -x "$node" ] || node=node
exec "$node" --disable-warning=ExperimentalWarning "$@"
