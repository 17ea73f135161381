#!/bin/sh
# Makes a container image of the runner with the languages of a recipe: a minimal system by mmdebstrap, cleaned like a box's, with
# bubblewrap and the runner installed in it, put together by buildah. As root. Usage: container.sh NAME INSTALLED [RECIPE]
#   NAME       of the image, such as localhost/entrevue-runner
#   INSTALLED  folder that `meson install --destdir` filled (prefix /usr)
#   RECIPE     one of the .image files beside this one: all (if none is given), python ...
set -eu
here=$(dirname "$(readlink -f "$0")")
name=$1
installed=$2
recipe=$here/${3:-all}.image
folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
packages=$(sed -n 's/^packages=//p' "$recipe" | tr ';' ',')
mmdebstrap --variant=minbase --format=directory --aptopt='Acquire::Languages "none"' \
    --include="$packages,bubblewrap,libglib2.0-0,libjson-glib-1.0-0,libsoup-3.0-0,libseccomp2,glib-networking,ca-certificates" \
    "$(sed -n 's/^suite=//p' "$recipe")" "$folder/root"
/bin/sh "$here/clean.sh" "$folder/root"
cp "$installed/usr/bin/entrevue-runner" "$folder/root/usr/bin/"
mkdir -p "$folder/root/usr/libexec/entrevue" "$folder/root/usr/share/entrevue" "$folder/root/media" "$folder/root/var/cache/entrevue-runner"
cp "$installed/usr/libexec/entrevue/box-init" "$folder/root/usr/libexec/entrevue/"
cp -r "$installed/usr/share/entrevue/languages" "$folder/root/usr/share/entrevue/"
echo 'entrevue-runner:x:999:999::/var/cache/entrevue-runner:/usr/sbin/nologin' >>"$folder/root/etc/passwd"
echo 'entrevue-runner:x:999:' >>"$folder/root/etc/group"
chown 999:999 "$folder/root/var/cache/entrevue-runner"

container=$(buildah from scratch)
buildah copy "$container" "$folder/root" /
buildah config --entrypoint '["/usr/bin/entrevue-runner"]' --cmd '' "$container"
buildah commit --rm "$container" "$name"
