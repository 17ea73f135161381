#!/bin/sh
# Takes out of a freshly made root file system what no program in a box needs: package tools, programs that change users, set-id
# bits, everything of /etc that is about accounts, and what is only read by people. Usage: clean.sh FOLDER
set -eu
cd "$1"
[ -d usr/bin ] && [ "$(pwd -P)" != / ]
mkdir -p usr/share/entrevue-image
[ -f var/lib/dpkg/status ] && sed -n 's/^\(Package\|Version\): //p' var/lib/dpkg/status | paste -d' ' - - >usr/share/entrevue-image/packages
for name in apt apt-cache apt-cdrom apt-config apt-get apt-key apt-mark chage chfn chsh expiry gpasswd mount newgrp passwd su umount; do
    rm -f "usr/bin/$name"
done
rm -rf usr/bin/dpkg* usr/sbin/* usr/lib/apt usr/lib/dpkg usr/share/dpkg usr/share/doc usr/share/man usr/share/info usr/share/lintian \
    usr/local etc/apt etc/dpkg etc/shadow* etc/gshadow* etc/subuid* etc/subgid* etc/pam* etc/security etc/machine-id \
    var home root srv media mnt boot opt run
find . -xdev -type f -perm /6000 -exec chmod a-s {} +
