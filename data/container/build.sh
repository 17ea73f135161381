#!/bin/sh
# Makes a container image of the coordinator: a minimal system by mmdebstrap with what it links to, put together by buildah. As root, on
# Debian 12, where the program was built (binutils, mmdebstrap, buildah).
# Usage: build.sh NAME PROGRAM
#   NAME     of the image, such as localhost/entrevue-coordinator
#   PROGRAM  a built entrevue-coordinator
# Run it with its data as a volume, on the host's loopback or behind a proxy in the same pod:
#   podman run --rm --read-only --cap-drop all --security-opt no-new-privileges --network host \
#     -v entrevue-data:/var/lib/entrevue -v /etc/entrevue:/etc/entrevue:ro localhost/entrevue-coordinator
set -eu
name=$1
program=$2
# The packages of the libraries that it names, so that none is forgotten; these bring what they need themselves.
packages=$(ldd "$program" >/dev/null && for library in $(objdump -p "$program" | sed -n 's/^ *NEEDED *//p'); do
    path=$(ldd "$program" | sed -n "s|^.*$library => \(/[^ ]*\) .*|\1|p")
    [ -z "$path" ] || dpkg -S "*${path#/usr}" | sed -n '1s/[:,].*//p'
done | sort -u | paste -sd ,)
folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
chmod 755 "$folder"
mmdebstrap --variant=minbase --format=directory --aptopt='Acquire::Languages "none"' \
    --include="$packages,ca-certificates,tzdata" bookworm "$folder/root"
root=$folder/root
# Nothing that installs programs, changes users, or helps whoever should not be here.
rm -rf "$root"/var/lib/apt "$root"/var/cache/apt "$root"/var/lib/dpkg "$root"/usr/share/doc "$root"/usr/share/man \
    "$root"/usr/share/locale "$root"/var/log/*
rm -f "$root"/usr/bin/apt* "$root"/usr/bin/dpkg* "$root"/usr/bin/perl*
find "$root" -xdev -type f -perm /6000 -exec chmod a-s {} +
install -m 755 "$program" "$root/usr/bin/entrevue-coordinator"
chroot "$root" /usr/bin/entrevue-coordinator --help >/dev/null # all its libraries are there
echo 'entrevue:x:998:998::/var/lib/entrevue:/usr/sbin/nologin' >>"$root/etc/passwd"
echo 'entrevue:x:998:' >>"$root/etc/group"
install -d -m 711 -o 998 -g 998 "$root/var/lib/entrevue"
install -d -m 755 "$root/etc/entrevue"

container=$(buildah from scratch)
# Not by `buildah copy`, which makes everything root's.
cp -a "$root/." "$(buildah mount "$container")/"
buildah umount "$container" >/dev/null
buildah config --user 998:998 --volume /var/lib/entrevue --stop-signal TERM \
    --entrypoint '["/usr/bin/entrevue-coordinator"]' --cmd 'serve --data /var/lib/entrevue' "$container"
buildah commit --rm "$container" "$name"
