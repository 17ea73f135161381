#!/usr/bin/env python3
"""Boots a small guest whose control groups are version 2 alone, and runs cases of the integration_*.py in it: first as root,
then as the user of a delegated group, as systemd would start the runner.

Usage: guest_v2.py RUNNER [CASE...]. See guest.py for what it wants.
"""

import glob
import os
import re
import shutil
import sys

import guest

CASES = sys.argv[2:] or [
    'python_prints_and_ends', 'bytes_that_are_no_text', 'memory', 'memory_of_children', 'memory_within_the_limit', 'processes',
    'processor_time_of_many', 'output', 'disk', 'daemons_are_gone_with_the_box', 'secrets_are_hidden', 'a_terminal_of_our_own',
    'the_runner_killed_leaves_nothing']
PARTS = ('programs', 'limits', 'walls', 'runner')

START = r'''#!/usr/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 ENTREVUE_TEST_CPU_S=200
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm && mount -t devpts devpts /dev/pts
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up 2>/dev/null
echo "GUEST $(uname -r) $(cat /sys/fs/cgroup/cgroup.controllers)"
/guest/sandbox/entrevue-runner check; echo "GUEST check $?"
for part in PARTS; do
    python3 /guest/integration_$part.py /guest/sandbox/entrevue-runner CASES
    echo "GUEST root $part $?"
done

# As systemd does it with Delegate=yes: the service starts in a group that belongs to its user, with nothing above it of its own.
echo '+memory +pids +cpu' >/sys/fs/cgroup/cgroup.subtree_control
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
n=0
serve () {
    n=$((n + 1))
    group=/sys/fs/cgroup/service-$n
    mkdir $group
    chown entrevue-runner:entrevue-runner $group $group/cgroup.procs $group/cgroup.threads $group/cgroup.subtree_control
    bash -c 'echo 0 >'$group'/cgroup.procs; exec setpriv --reuid=entrevue-runner --regid=entrevue-runner --clear-groups --bounding-set=-all --no-new-privs env HOME=/tmp /guest/sandbox/entrevue-runner "$@"' serve "$@" </dev/null 2>&1
    echo "GUEST service $? $(find $group -name 'box-*' | wc -l)"
}
serve check
serve run -l python --json --limit memory=64 --limit wall=100 --limit cpu=100 /guest/hog.py
serve run -l python --json --limit processes=16 --limit wall=100 --limit cpu=100 /guest/forks.py
echo "GUEST end"
echo o >/proc/sysrq-trigger
sleep 1000
'''


def furnish(root):
    for path in [os.path.join(guest.HERE, name) for name in ('box_cases.py', 'programs.py')] + glob.glob(os.path.join(guest.HERE, 'integration_*.py')):
        shutil.copy(path, root + '/guest')


def judge(lines):
    """What the guest said, as cases of this test."""
    text = '\n'.join(lines)
    results = [(f'root/{name}', ok == 'ok') for ok, name in re.findall(r'^(ok|not ok) \d+ (\w+)$', text, re.M)]
    results.append(('is-version-2', 'memory' in text.split('GUEST ', 1)[-1].split('\n')[0]))
    results.append(('root/check', 'GUEST check 0' in lines and 'version 2' in text))
    results.append(('root/all-cases', len(re.findall(r'^(?:not )?ok \d+ \w+$', text, re.M)) == len(CASES) + len(PARTS)
                    and all(f'GUEST root {part} 0' in lines for part in PARTS)))
    results.append(('service/check', 'GUEST service 0 0' in lines))
    results.append(('service/memory', '"verdict":"memory_limit"' in text))
    results.append(('service/processes', '"verdict":"process_limit"' in text))
    results.append(('came-to-its-end', 'GUEST end' in lines))
    return results


def main():
    start = START.replace('CASES', ' '.join(CASES)).replace('PARTS', ' '.join(PARTS))
    return guest.run(sys.argv[1], start, judge, furnish)


if __name__ == '__main__':
    sys.exit(main())
