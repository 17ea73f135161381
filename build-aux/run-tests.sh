#!/usr/bin/env bash
# `make test`: installs what is missing, builds, and runs every test; then builds with the address and undefined-behaviour
# sanitizers and runs the same suites again. The last line says how many passed and failed.
set -eu
here=$(dirname "$(realpath "$0")")
cd "$here/.."

"$here/install-packages.sh"

# Control groups, network namespaces and the server's two users need root. Where sudo gives that without a question, the suites
# that start servers run as root, and everything else as whoever asked; without it they skip what they cannot do.
as_root=()
if [ "$(id -u)" != 0 ] && sudo -n true 2>/dev/null; then
  as_root=(sudo -n env "PATH=$PATH" PYTHONDONTWRITEBYTECODE=1 "ENTREVUE_WITHOUT_YJS=${ENTREVUE_WITHOUT_YJS:-}")
fi
"${as_root[@]}" "$here/make-users.sh"

status=0
logs=()
failures=()
SECONDS=0

say_time() {
  echo "$1: done after $((SECONDS / 60)) min $((SECONDS % 60)) s."
}

# The tests that need the packages fail without them, and so does the whole, whatever else goes well.
install_yjs() {
  if [ -n "${ENTREVUE_WITHOUT_YJS:-}" ]; then
    echo "ENTREVUE_WITHOUT_YJS is set: the tests with stock Yjs clients will skip."
  elif ! "$here/install-yjs.sh" _build _asan; then
    failures+=(--failed "The tests with stock Yjs clients did not run, because their packages could not be installed: the reason stands \
after the build. Mend that, or leave these tests out for once: ENTREVUE_WITHOUT_YJS=1 make test")
  fi
}

# Runs suites of a build folder: run_suites FOLDER LOG MESON_TEST_ARGUMENT...; the log is named without its setup.
run_suites() {
  local folder=$1 log=$2
  shift 2
  "${runner[@]}" meson test -C "$folder" --no-rebuild --print-errorlogs --logbase "$log" "$@" || status=1
}

# Runs all suites of a build folder: run_all FOLDER SUFFIX_OF_LOG SUITE_OF_SERVERS... -- MESON_TEST_ARGUMENT...
run_all() {
  local folder=$1 suffix=$2 runner=() chosen=() others=()
  shift 2
  while [ "$1" != -- ]; do
    chosen+=(--suite "$1")
    others+=(--no-suite "$1")
    shift
  done
  shift

  rm -f "$folder"/meson-logs/testlog*.json
  logs+=("$folder/meson-logs/testlog$suffix.json")
  if [ ${#as_root[@]} -eq 0 ]; then
    run_suites "$folder" testlog "$@"
    return
  fi
  run_suites "$folder" testlog "${others[@]}" "$@"
  runner=("${as_root[@]}")
  logs+=("$folder/meson-logs/testlog-servers$suffix.json")
  run_suites "$folder" testlog-servers "${chosen[@]}" "$@"
  # Logs and pictures, so that the next build and test need no root.
  "${as_root[@]}" chown -R "$(id -u):$(id -g)" "$folder"
}

"$here/build.sh" _build
install_yjs
say_time 'Plain build'
run_all _build '' integration e2e --
say_time 'Plain tests'

"$here/build.sh" _asan --native-file tests/setups/asan.ini
say_time 'Build with sanitizers'
run_all _asan -asan integration -- --setup asan --no-suite network
say_time 'Tests with sanitizers'

"$here/count-tests.py" "${failures[@]}" "${logs[@]}" || status=1
exit "$status"
