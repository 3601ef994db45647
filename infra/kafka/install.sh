#!/bin/sh
# Fetches the broker and the registry from Maven and makes their class archives, once: build/ is complete when build/ready is there.
set -eu
cd "$(dirname "$(readlink -f "$0")")"
[ ! -e build/ready ] || [ pom.xml -nt build/ready ] || exit 0
rm -rf build
mvn -B -q package
sh ../node.sh train.ts
touch build/ready
