#!/usr/bin/env bash
# Installs the pinned npm packages that some tests talk to, from the lock file in tests/integration/NAME, into a build folder, and
# links them into others: install-npm.sh NAME FOLDER [OTHER_FOLDER...]. NAME is yjs (stock clients of the document's protocol) or oidc
# (a provider to sign in with). Done once per lock file. What hinders it for a moment (a slow or busy registry) is tried again; what
# hinders it for good ends with status 1 and one sentence about what to do.
set -eu -o pipefail
name=$1
source=$(dirname "$(realpath "$0")")/../tests/integration/$name
target=$(realpath -m "$2")/tests/integration/$name
shift 2
pauses_s=(5 20)

give_up() {
  echo "The npm packages of $name could not be installed: $1" >&2
  exit 1
}

# What npm's last words mean for whoever reads them: explain LOG.
explain() {
  local registry
  registry=$(npm config get registry 2>/dev/null)
  case $(<"$1") in
    *ENOTFOUND* | *EAI_AGAIN* | *ENETUNREACH* | *EHOSTUNREACH*)
      echo "there is no network to $registry. Connect this machine, or name a registry it reaches: npm config set registry URL." ;;
    *ECONNREFUSED* | *ECONNRESET* | *ETIMEDOUT* | *ERR_SOCKET_TIMEOUT* | *'network timeout'* | *E5[0-9][0-9]*)
      echo "the registry $registry does not answer. Try again later, or name another: npm config set registry URL." ;;
    *E401* | *E403* | *E404*)
      echo "the registry $registry does not give them (see above). Name another: npm config set registry URL." ;;
    *CERT*)
      echo "this machine does not trust the registry $registry (see above). Name the file of its certificates: npm config set cafile FILE." ;;
    *EINTEGRITY*)
      echo "the registry $registry gives other packages than the pinned ones (see above)." ;;
    *) echo "npm failed (see above)." ;;
  esac
}

# The folder is there when all of it is: packages are unpacked beside it and moved.
install_packages() {
  local staging=$target/staging
  rm -rf "$staging" && mkdir "$staging" &&
    cp "$source/package.json" "$source/package-lock.json" "$staging/" &&
    npm ci --prefix "$staging" --ignore-scripts --no-audit --no-fund --loglevel=error \
      --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000 &&
    mv "$staging/node_modules" "$target/" &&
    mv "$staging/package-lock.json" "$target/.installed-lock.json" &&
    rm -rf "$staging"
}

mkdir -p "$target"
for other; do
  mkdir -p "$other/tests/integration/$name"
  ln -sfn "$target/node_modules" "$other/tests/integration/$name/node_modules"
done
if [ -d "$target/node_modules" ] && cmp -s "$source/package-lock.json" "$target/.installed-lock.json"; then
  exit 0
fi
rm -rf "$target/node_modules"

command -v node >/dev/null || give_up "Node is missing. Install the Debian package nodejs."
command -v npm >/dev/null || give_up "npm is missing. Install the Debian package npm."
[ "$(node -p 'parseInt(process.versions.node)')" -ge 18 ] ||
  give_up "they need Node 18 or later, and this is $(node --version). Install Debian's package nodejs."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
for pause_s in "${pauses_s[@]}" end; do
  if install_packages 2>&1 | tee "$log"; then
    exit 0
  fi
  [ "$pause_s" = end ] && break
  echo "The npm packages of $name could not be installed; trying again in $pause_s s." >&2
  sleep "$pause_s"
done
give_up "$(explain "$log")"
