#!/usr/bin/env bash
# Installs the pinned Yjs packages that the interoperability tests use, from the lock file, into a build folder: install-yjs.sh FOLDER.
# Done once per lock file; the tests that need them skip with a reason when they are not there.
set -eu
source=$(dirname "$(realpath "$0")")/../tests/integration/yjs
target=$1/tests/integration/yjs

mkdir -p "$target"
if [ -d "$target/node_modules" ] && cmp -s "$source/package-lock.json" "$target/.installed-lock.json"; then
  exit 0
fi
cp "$source/package.json" "$source/package-lock.json" "$target/"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --loglevel=error
cp "$source/package-lock.json" "$target/.installed-lock.json"
