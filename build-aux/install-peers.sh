#!/usr/bin/env bash
# Installs the pinned packages that a benchmark compares with, from its lock file, into a folder: install-peers.sh SOURCE FOLDER, where
# SOURCE is a folder below tests/bench. Done once per lock file, and only by the benchmark: no test needs them. What must be compiled
# is compiled here, against the headers of the installed Node.
set -eu
source=$(dirname "$(realpath "$0")")/../tests/bench/$1
target=$2

mkdir -p "$target"
if [ -d "$target/node_modules" ] && cmp -s "$source/package-lock.json" "$target/.installed-lock.json"; then
  exit 0
fi
cp "$source/package.json" "$source/package-lock.json" "$target/"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
if [ -d "$target/node_modules/better-sqlite3" ]; then
  npm_config_nodedir=$(dirname "$(dirname "$(realpath "$(command -v node)")")") \
    npm rebuild --prefix "$target" better-sqlite3 --build-from-source --loglevel=error >&2
fi
cp "$source/package-lock.json" "$target/.installed-lock.json"
