#!/usr/bin/env bash
# `make run`: installs what is missing, builds, and holds a demo interview: coordinator, runner and two windows, on loopback only.
# The interview itself is in run_demo.py; this part runs before Python need be there.
set -eu
here=$(dirname "$(realpath "$0")")
cd "$here/.."

"$here/install-packages.sh"

# Built as the person who asked, also under sudo: a build folder that belongs to root would be in their way later.
if [ "$(id -u)" = 0 ] && [ "${SUDO_UID:-0}" != 0 ]; then
  setpriv --reuid "$SUDO_UID" --regid "$SUDO_GID" --init-groups env HOME="$(getent passwd "$SUDO_UID" | cut -d: -f6)" \
    "$here/build.sh" _build
else
  "$here/build.sh" _build
fi

exec /usr/bin/python3 -B "$here/run_demo.py" _build
