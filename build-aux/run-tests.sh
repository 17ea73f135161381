#!/usr/bin/env bash
# `make test`: installs what is missing, builds, and runs every test; then builds with the address and undefined-behaviour
# sanitizers and runs the same suites again. The last line says how many passed and failed.
set -eu
here=$(dirname "$(realpath "$0")")
cd "$here/.."

"$here/install-packages.sh"
# Tests of the sandbox start the runner as root, which then becomes its own user.
"$here/make-users.sh"

status=0
rm -f _build/meson-logs/testlog.json _asan/meson-logs/testlog-asan.json
"$here/build.sh" _build
"$here/install-yjs.sh" "$PWD/_build" || echo "The Yjs packages could not be installed: the tests that need them will skip."
meson test -C _build --no-rebuild --print-errorlogs || status=1

"$here/build.sh" _asan --native-file tests/setups/asan.ini
mkdir -p _asan/tests/integration/yjs
ln -sfn "$PWD/_build/tests/integration/yjs/node_modules" _asan/tests/integration/yjs/node_modules
meson test -C _asan --no-rebuild --print-errorlogs --setup asan || status=1

"$here/count-tests.py" _build/meson-logs/testlog.json _asan/meson-logs/testlog-asan.json || status=1
exit "$status"
