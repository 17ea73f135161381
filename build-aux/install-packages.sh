#!/usr/bin/env bash
# Installs what packages-debian12.txt names and this machine lacks. Quick and silent when nothing is missing.
# Needs root or sudo for that; says so in one sentence when there is neither.
set -eu

list=$(dirname "$(realpath "$0")")/packages-debian12.txt
mapfile -t wanted < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$list")

if ! command -v dpkg-query >/dev/null; then
  echo "This is not a Debian system: install by hand what $list names." >&2
  exit 1
fi

# One question for all packages; names that dpkg has never heard of are simply absent from the answer.
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
  sed -n 's/ installed$//p' | sort -u) || true

missing=()
for package in "${wanted[@]}"; do
  case $'\n'"$installed"$'\n' in *$'\n'"$package"$'\n'*) continue ;; esac
  # Node from elsewhere (a vendor's package, a version manager) serves as well, and must not be replaced.
  case $package in
    nodejs) command -v node >/dev/null && continue ;;
    npm) command -v npm >/dev/null && continue ;;
  esac
  missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing, and installing them needs root or sudo: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

refresh() {
  "${as_root[@]}" apt-get update -q || true
}

echo "Installing ${#missing[@]} packages: ${missing[*]}"
# A bare system has no package lists, and others may have old ones: those are refreshed only when the first try shows it.
compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null || refresh
if ! install; then
  refresh
  install || {
    echo "These packages could not be installed (see above): ${missing[*]}" >&2
    exit 1
  }
fi
