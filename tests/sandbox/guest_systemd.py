#!/usr/bin/env python3
"""Boots a small guest whose first process is systemd, starts the shipped unit of the runner in it, and runs programs through it.

Usage: guest_systemd.py RUNNER UNIT. See guest.py for what it wants; systemd of this host is copied into the guest.
"""

import glob
import os
import re
import shutil
import sys

import guest

START = r'''#!/usr/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec /usr/lib/systemd/systemd --unit=guest.target --log-level=warning --log-target=console --show-status=no </dev/console >/dev/console 2>&1
'''

# As an operator: waits for the unit, runs programs through its socket, and stops it.
CHECK = r'''#!/usr/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
ip link set lo up 2>/dev/null
unit=entrevue-runner.service
group=/sys/fs/cgroup/system.slice/$unit
until [ -S /run/entrevue-runner/socket ] || [ $((n++)) -gt 300 ]; do sleep 0.2; done
echo "GUEST $(systemctl show -p ActiveState -p Delegate -p User $unit | tr '\n' ' ')"
echo "GUEST groups $(ls $group | grep -c '^main$') $(find $group -name 'box-*' | wc -l)"
echo "GUEST root has $(ps -eo uid,args | grep '[e]ntrevue-runner serve' | grep -c '^ *0 ')"
# With a user that is not there it can make no box itself: an answer comes from the runner of the unit.
run () { /guest/sandbox/entrevue-runner run --user not-there --json "$@" </dev/null; }
ask () { echo "GUEST $1 $(shift; run "$@")"; }
cat >/guest/hello.py <<'END'
import os
print("hello", os.getuid(), open("/proc/self/cgroup").read().strip())
END
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
cat >/guest/spin.sh <<'END'
while :; do :; done
END
ask hello -l python /guest/hello.py
ask memory -l python --limit memory=64 --limit wall=100 --limit cpu=100 /guest/hog.py
ask processes -l python --limit processes=16 --limit wall=100 --limit cpu=100 /guest/forks.py
ask time -l bash --limit cpu=1 --limit wall=100 /guest/spin.sh
main=$(systemctl show -p MainPID --value $unit)
rm /run/entrevue-runner/socket
kill -9 $main
until [ -S /run/entrevue-runner/socket ] || [ $((m++)) -gt 300 ]; do sleep 0.2; done
ask again -l python --limit wall=100 /guest/hello.py
systemctl stop $unit
echo "GUEST stopped $(systemctl show -p ActiveState -p Result $unit | tr '\n' ' ') $(ls -d $group 2>/dev/null | wc -l) $(ps -eo args | grep -c '[b]wrap')"
echo "GUEST end"
sleep 1000
'''

TARGET = '[Unit]\nRequires=guest-check.service\nAllowIsolate=yes\n'
SERVICE = '''[Unit]
DefaultDependencies=no
Wants=entrevue-runner.service
After=entrevue-runner.service
[Service]
Type=oneshot
StandardOutput=tty
StandardError=tty
TTYPath=/dev/console
ExecStart=/guest/check
'''


def furnish(root, unit):
    for name in ('systemctl', 'systemd-tmpfiles', 'tr', 'kill', 'head'):
        guest.copy_program(root, shutil.which(name))
    for path in ['/lib/systemd/systemd', *glob.glob('/lib/systemd/systemd-shutdown'), *glob.glob('/usr/lib/x86_64-linux-gnu/libseccomp.so*'),
                 *glob.glob('/usr/lib/x86_64-linux-gnu/libkmod.so*'), *glob.glob('/usr/lib/x86_64-linux-gnu/libmount.so*')]:
        guest.copy_program(root, '/usr' + path if path.startswith('/lib') else path)
    ip = shutil.which('ip')
    if ip:
        guest.copy_program(root, os.path.realpath(ip), '/usr/bin/ip')
    for name in ('sysinit.target', 'basic.target', 'shutdown.target', 'sockets.target', 'paths.target', 'timers.target', 'slices.target', 'local-fs.target',
                 'local-fs-pre.target', 'swap.target', 'umount.target', 'multi-user.target', 'emergency.target', 'rescue.target'):
        path = '/usr/lib/systemd/system/' + name
        if os.path.exists(path):
            with open(path, encoding='ascii') as file:
                # What they want of a whole system is not here.
                guest.write(root, path, re.sub(r'(?m)^(Wants|Requires|OnFailure\w*)=.*\n', '', file.read()))
    with open(unit, encoding='utf-8') as file:
        text = file.read()
    guest.write(root, '/usr/lib/systemd/system/entrevue-runner.service', text.replace('@bindir@', '/usr/bin').replace('@sysconfdir@', '/etc'))
    guest.write(root, '/usr/lib/systemd/system/guest.target', TARGET)
    guest.write(root, '/usr/lib/systemd/system/guest-check.service', SERVICE)
    guest.write(root, '/guest/check', CHECK, 0o755)
    guest.write(root, '/etc/entrevue/runner.token', 'x\n', 0o600)
    guest.write(root, '/etc/machine-id', 'a' * 32 + '\n')
    guest.write(root, '/etc/os-release', 'ID=guest\n')
    # The unit's program where the unit looks for it, with what belongs beside it where an installation has it.
    os.makedirs(root + '/usr/libexec/entrevue')
    os.makedirs(root + '/usr/share/entrevue')
    shutil.copy(root + '/guest/sandbox/entrevue-runner', root + '/usr/bin/entrevue-runner')
    for name in ('box-init', 'languages'):
        os.symlink('/guest/sandbox/' + name, root + '/usr/bin/' + name)


def judge(lines):
    text = '\n'.join(lines)

    def has(word, *wanted):
        said = next((line for line in lines if line.startswith(f'GUEST {word} ')), '')
        return all(part in said for part in wanted) and bool(said)

    return [('is-active', 'User=entrevue-runner' in text and 'Delegate=yes' in text and 'ActiveState=active' in text),
            ('has-its-groups', bool(re.search(r'^GUEST groups 1 [1-9]', text, re.M))),
            ('nothing-of-it-is-root', 'GUEST root has 0' in text),
            ('hello', has('hello', '"verdict":"ok"', 'hello 1000 0::/', '"limited":true')),
            ('memory', has('memory', '"verdict":"memory_limit"')),
            ('processes', has('processes', '"verdict":"process_limit"')),
            ('time', has('time', '"verdict":"time_limit"')),
            ('started-again-after-a-kill', has('again', '"verdict":"ok"')),
            ('stopped', has('stopped', 'ActiveState=inactive', 'Result=success', ' 0 0')),
            ('came-to-its-end', 'GUEST end' in lines)]


def main():
    runner, unit = sys.argv[1:3]
    if not os.path.exists('/usr/lib/systemd/systemd'):
        guest.skip('systemd is not installed')
    return guest.run(runner, START, judge, lambda root: furnish(root, unit))


if __name__ == '__main__':
    sys.exit(main())
