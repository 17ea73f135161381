#!/usr/bin/env bash
# Installs the pinned engines that the document benchmark compares with, from the lock file, into a folder: install-peers.sh FOLDER.
# Done once per lock file, and only by the benchmark: no test needs them.
set -eu
source=$(dirname "$(realpath "$0")")/../tests/bench/document
target=$1

mkdir -p "$target"
if [ -d "$target/node_modules" ] && cmp -s "$source/package-lock.json" "$target/.installed-lock.json"; then
  exit 0
fi
cp "$source/package.json" "$source/package-lock.json" "$target/"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
cp "$source/package-lock.json" "$target/.installed-lock.json"
