#!/usr/bin/env bash
# Configures a build folder if need be, and builds it: build.sh [FOLDER [MESON SETUP ARGUMENT...]]; the folder is _build if not given.
set -eu
cd "$(dirname "$(realpath "$0")")/.."

folder=${1:-_build}
[ $# -eq 0 ] || shift
[ -f "$folder/build.ninja" ] || meson setup "$folder" "$@"
exec ninja -C "$folder"
