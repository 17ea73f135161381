#!/usr/bin/env python3
"""Boots a small guest whose control groups are version 2 alone, and runs the runner in it as podman's container, without --privileged:
the settings of sandbox/images/README.md, and that programs are held to their limits.

Usage: guest_container.py RUNNER. See guest.py for what it wants; podman, conmon and crun of this host are copied into the guest.
"""

import os
import shutil
import sys

import guest

TOOLS = ('podman', 'conmon', 'crun', 'newuidmap', 'newgidmap', 'mktemp', 'chmod')

START = r'''#!/usr/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm && mount -t devpts devpts /dev/pts && mount -t tmpfs tmpfs /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --make-rshared /
cat >/guest/hog.py <<'END'
x = []
while True: x.append(bytearray(1 << 20))
END
cat >/guest/forks.py <<'END'
import os, signal, sys
try:
    while True:
        if os.fork() == 0: signal.pause()
except OSError: sys.exit(1)
END
echo 'print("hello")' >/guest/hello.py
# The container's root file system is one with the runner in it; here the guest's own.
mkdir /container && mount --bind / /container
cat >/guest/podman <<'END'
podman --storage-driver=vfs --cgroup-manager=cgroupfs --runtime=crun --log-level=error run --rm --cgroupns=private $CGROUPS --network=none \
    --security-opt unmask=ALL --security-opt seccomp=unconfined --rootfs /container /guest/sandbox/entrevue-runner "$@" </dev/null
END
ask () { name=$1; shift; echo "GUEST $who $name $(start run -l python --json --limit wall=200 --limit cpu=100 "$@" 2>&1)"; }
try () {
    start check; echo "GUEST $who check $?"
    ask hello /guest/hello.py
    ask memory --limit memory=64 /guest/hog.py
    ask processes --limit processes=16 /guest/forks.py
    echo "GUEST $who left $(find /sys/fs/cgroup -name 'box-*' | wc -l)"
}
who=root
export CGROUPS=
start () { bash /guest/podman "$@"; }
try

# An ordinary user with numbers of its own for the container's users; each time in a group that was given to it, as systemd does.
who=user
echo '+memory +pids +cpu' >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p /run/person /home/person && chown person:person /run/person /home/person
start () {
    group=$(mktemp -d /sys/fs/cgroup/person-XXXXXX) && chmod 755 $group && chown -R person:person $group
    bash -c 'echo 0 >'$group'/cgroup.procs; exec setpriv --reuid=person --regid=person --init-groups \
        env XDG_RUNTIME_DIR=/run/person HOME=/home/person CGROUPS=--cgroups=split bash /guest/podman "$@"' start "$@"
}
try
echo "GUEST end"
sleep 1000
'''


def furnish(root):
    for name in TOOLS:
        guest.copy_program(root, os.path.realpath(shutil.which(name)), '/usr/bin/' + name)
    guest.write(root, '/etc/containers/containers.conf', '[containers]\n[engine]\nevents_logger = "none"\n[network]\n')
    guest.write(root, '/etc/containers/policy.json', '{"default":[{"type":"insecureAcceptAnything"}]}\n')
    for name in ('newuidmap', 'newgidmap'):
        os.chmod(root + '/usr/bin/' + name, 0o4755)
    for name in ('passwd', 'group'):
        with open(root + '/etc/' + name, 'a', encoding='ascii') as file:
            file.write('person:x:1001:1001::/home/person:/bin/bash\n' if name == 'passwd' else 'person:x:1001:\n')
    for name in ('subuid', 'subgid'):
        guest.write(root, '/etc/' + name, 'person:100000:65536\n')
    guest.write(root, '/etc/resolv.conf', '')
    guest.write(root, '/etc/hosts', '127.0.0.1 localhost\n')


def judge(lines):
    def has(who, word, *wanted):
        said = next((line for line in lines if line.startswith(f'GUEST {who} {word} ')), '')
        return all(part in said for part in wanted) and bool(said)

    results = []
    for who in ('root', 'user'):
        results += [(f'{who}/check', f'GUEST {who} check 0' in lines),
                    (f'{who}/hello', has(who, 'hello', '"verdict":"ok"', '"limited":true')),
                    (f'{who}/memory', has(who, 'memory', '"verdict":"memory_limit"')),
                    (f'{who}/processes', has(who, 'processes', '"verdict":"process_limit"')),
                    (f'{who}/nothing-is-left', f'GUEST {who} left 0' in lines)]
    return [*results, ('came-to-its-end', 'GUEST end' in lines)]


def main():
    for name in TOOLS:
        if not shutil.which(name):
            guest.skip(f'{name} is not installed')
    return guest.run(sys.argv[1], START, judge, furnish)


if __name__ == '__main__':
    sys.exit(main())
