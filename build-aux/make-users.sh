#!/usr/bin/env bash
# Makes the two system users that the server's programs run as, where they are missing; data/systemd/entrevue.sysusers does the
# same on an installed system. Needs root, and does nothing without it: the runner then has to be started in another way.
set -eu
[ "$(id -u)" = 0 ] || exit 0
for name in entrevue entrevue-runner; do
  getent passwd "$name" >/dev/null ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$name"
done
