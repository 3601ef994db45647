#!/bin/sh
# Builds launch, tracer, keeper and engine into native/build. Quick when nothing changed.
set -eu
cd "$(dirname "$0")"
exec make --silent --jobs="$(nproc)" "$@"
