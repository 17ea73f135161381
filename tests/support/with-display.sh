#!/usr/bin/env bash
# Runs a program with a display, a session bus and a home folder of its own, and removes all three afterwards:
#   with-display.sh PROGRAM [ARGUMENT...]
# The exit status and stdout are the program's. ENTREVUE_TEST_SCREEN may name another screen size than 1600x1000x24.
set -eu

if [ "${1:-}" != --on-the-bus ]; then
  # The bus comes first, so that whatever it starts sees neither the display nor the bus of the person at the desk.
  folder=$(mktemp -d "${TMPDIR:-/tmp}/entrevue-display-XXXXXX")
  trap 'rm -rf "$folder"' EXIT
  mkdir -m 0700 "$folder/run"
  unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS XAUTHORITY SESSION_MANAGER
  export HOME=$folder XDG_RUNTIME_DIR=$folder/run
  export XDG_DATA_HOME=$folder/data XDG_CONFIG_HOME=$folder/config XDG_CACHE_HOME=$folder/cache XDG_STATE_HOME=$folder/state
  # A test that wants a keyring starts its own.
  export ENTREVUE_SECRETS=file
  export GDK_BACKEND=x11 GSK_RENDERER=cairo GTK_USE_PORTAL=0 NO_AT_BRIDGE=0 LC_ALL=${LC_ALL:-C.UTF-8}
  status=0
  # The bus and what it starts chat; the program's own words go around them.
  dbus-run-session -- "$0" --on-the-bus "$@" 3>&1 4>&2 >"$folder/bus.log" 2>&1 || status=$?
  exit "$status"
fi
shift
exec >&3 2>&4 3>&- 4>&-

mkfifo "$HOME/display-number"
exec {number}<>"$HOME/display-number"
Xvfb -displayfd "$number" -screen 0 "${ENTREVUE_TEST_SCREEN:-1600x1000x24}" -nolisten tcp -noreset >"$HOME/xvfb.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" || true' EXIT
if ! read -r -t 120 -u "$number" display; then
  echo "Xvfb did not start:" >&2
  cat "$HOME/xvfb.log" >&2
  exit 99
fi
export DISPLAY=:$display

status=0
"$@" || status=$?
exit "$status"
