#!/usr/bin/env bash
# `make test`: installs what is missing, builds, and runs every test; then runs the same suites in a build with the address and
# undefined-behaviour sanitizers. The last line says how many passed and failed.
#
# Most tests wait more than they compute, so several meson run beside each other. Of the first build: the servers; the windows and
# the boxes, one after another; the networks, which sit out a minute; and the second build, with what all these leave of the
# processors. Of the second: the servers, and everything that starts none.
set -eu
here=$(dirname "$(realpath "$0")")
cd "$here/.."

"$here/install-packages.sh"

# Control groups, network namespaces and the server's two users need root. Where sudo gives that without a question, the suites
# that start servers run as root, and everything else as whoever asked; without it they skip what they cannot do.
as_root=()
if [ "$(id -u)" != 0 ] && sudo -n true 2>/dev/null; then
  as_root=(sudo -n env "PATH=$PATH" PYTHONDONTWRITEBYTECODE=1 "ENTREVUE_WITHOUT_YJS=${ENTREVUE_WITHOUT_YJS:-}"
    "ENTREVUE_WITHOUT_OIDC=${ENTREVUE_WITHOUT_OIDC:-}")
fi
"${as_root[@]}" "$here/make-users.sh"

status=0
logs=()
failures=()
SECONDS=0

scratch=$(mktemp -d)
declare -A beside=()
end_all() {
  [ ${#beside[@]} -eq 0 ] || kill "${beside[@]}" 2>/dev/null || true
  rm -rf "$scratch"
}
trap end_all EXIT

# Starts a command beside what follows: its name, the command.
start() {
  local name=$1
  shift
  "$@" >"$scratch/$name" 2>&1 &
  beside[$name]=$!
}

# Waits for it; says whether it went well.
finish() {
  local result=0
  wait "${beside[$1]}" || result=$?
  unset "beside[$1]"
  return "$result"
}

# The same for tests, whose words are then shown.
finish_tests() {
  finish "$1" || status=1
  echo "The tests of $1, beside those above:"
  cat "$scratch/$1"
}

say_time() {
  echo "$1: done after $((SECONDS / 60)) min $((SECONDS % 60)) s."
}

# The tests that need the packages fail without them, and so does the whole, whatever else goes well.
install_npm() {
  local without=ENTREVUE_WITHOUT_${1^^}
  if [ -n "${!without:-}" ]; then
    echo "$without is set: the tests with $2 will skip."
  elif ! "$here/install-npm.sh" "$1" _build _asan; then
    failures+=(--failed "The tests with $2 did not run, because their packages could not be installed: the reason stands \
after the build. Mend that, or leave these tests out for once: $without=1 make test")
  fi
}

# As an array, so that what runs in the background is the program itself and can be ended.
test=(meson test --no-rebuild --print-errorlogs)
servers=("${as_root[@]}" "${test[@]}" --suite integration)

# A suite that is asked for brings all its tests, also those that a test setup leaves out.
not_here=(--no-suite network --no-suite long)

# The next build and test need no root: logs and pictures belong to whoever asked.
give_back() {
  [ ${#as_root[@]} -eq 0 ] || "${as_root[@]}" chown -R "$(id -u):$(id -g)" "$1"
}

"$here/build.sh" _build
install_npm yjs 'stock Yjs clients'
install_npm oidc 'a real OpenID Connect provider'
say_time 'Plain build'

rm -f _build/meson-logs/testlog*.json
logs+=(_build/meson-logs/testlog{,-servers,-networks,-windows}.json)
start build nice -n 19 "$here/build.sh" _asan --native-file tests/setups/asan.ini
start networks "${as_root[@]}" "${test[@]}" -C _build --logbase testlog-networks --suite network
start windows "${as_root[@]}" "${test[@]}" -C _build --logbase testlog-windows --suite boxes --suite e2e
"${test[@]}" -C _build --no-suite integration --no-suite e2e || status=1
"${servers[@]}" -C _build --logbase testlog-servers "${not_here[@]}" --no-suite boxes || status=1
finish_tests windows
finish_tests networks
give_back _build
say_time 'Plain tests'

if finish build; then
  tail -n 1 "$scratch/build"
  say_time 'Build with sanitizers'
  rm -f _asan/meson-logs/testlog*.json
  logs+=(_asan/meson-logs/testlog{,-servers}-asan.json)
  start units nice -n 10 "${test[@]}" -C _asan --setup asan --no-suite integration
  "${servers[@]}" -C _asan --setup asan --logbase testlog-servers "${not_here[@]}" --no-suite hostile || status=1
  finish_tests units
  give_back _asan
  say_time 'Tests with sanitizers'
else
  cat "$scratch/build"
  failures+=(--failed "The build with sanitizers failed: its words stand above.")
fi

"$here/count-tests.py" "${failures[@]}" "${logs[@]}" || status=1
exit "$status"
