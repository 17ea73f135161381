#!/usr/bin/env python3
"""Boots a small guest whose control groups are version 2 alone, and runs cases of the integration_*.py in it: first as root,
then as the user of a delegated group, as systemd would start the runner.

Usage: guest_v2.py RUNNER [CASE...]

Wants qemu-system-x86_64, a static busybox and a Linux kernel (ENTREVUE_TEST_KERNEL and ENTREVUE_TEST_BUSYBOX, else the newest of
/boot and the one in PATH). Everything is emulated, so times are ten to twenty times longer. Skips where something is missing.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

RUNNER = os.path.realpath(sys.argv[1])
HERE = os.path.dirname(os.path.realpath(__file__))
CASES = sys.argv[2:] or [
    'python_prints_and_ends', 'bytes_that_are_no_text', 'memory', 'memory_of_children', 'memory_within_the_limit', 'processes',
    'processor_time_of_many', 'output', 'disk', 'daemons_are_gone_with_the_box', 'secrets_are_hidden', 'a_terminal_of_our_own',
    'the_runner_killed_leaves_nothing']
PARTS = ('programs', 'limits', 'walls', 'runner')
TIMEOUT_S = 900

INIT = r'''#!/bin/busybox sh
busybox mount -t tmpfs -o size=80%,mode=755 tmpfs /new
cd /new && busybox tar xf /root.tar && busybox rm /root.tar
exec busybox switch_root /new /guest/start
'''

START = r'''#!/usr/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
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
serve run -l python --json --limit memory=64 /guest/hog.py
serve run -l python --json --limit processes=16 /guest/forks.py
echo "GUEST end"
echo o >/proc/sysrq-trigger
sleep 1000
'''


def skip(reason):
    print(f'1..0 # SKIP {reason}')
    sys.exit(0)


def copy(root, path):
    """A file or folder of the host to the same place of the guest."""
    target = root + path
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns('test', 'tests', 'idlelib', 'dist-packages', '*.pyc'))
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copy(path, target)


def copy_program(root, path, target=None):
    copy(root, path) if target is None else shutil.copy(path, root + target)
    linked = subprocess.run(['ldd', path], capture_output=True, text=True).stdout
    for library in re.findall(r'(/\S+) \(0x', linked):
        copy(root, os.path.realpath(library))
        wanted = root + library
        if not os.path.exists(wanted):
            os.makedirs(os.path.dirname(wanted), exist_ok=True)
            os.symlink(os.path.realpath(library), wanted)


def make_root(folder):
    root = os.path.join(folder, 'root')
    for name in ('usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'proc', 'sys', 'dev', 'tmp', 'run', 'root', 'home', 'var/cache', 'etc', 'media', 'mnt',
                 'srv', 'guest/sandbox/languages'):
        os.makedirs(os.path.join(root, name))
    for name in ('bin', 'sbin', 'lib', 'lib64'):
        os.symlink('usr/' + name, os.path.join(root, name))
    for name in ('bash', 'python3.11', 'cat', 'true', 'env', 'sleep', 'setpriv', 'mount', 'mkdir', 'chown', 'find', 'rmdir', 'uname', 'wc', 'echo', 'setsid',
                 'bwrap', 'ls', 'ln', 'rm', 'stty'):
        copy_program(root, '/usr/bin/' + name)
    os.symlink('python3.11', os.path.join(root, 'usr/bin/python3'))
    os.symlink('bash', os.path.join(root, 'usr/bin/sh'))
    copy(root, '/usr/lib/python3.11')
    for library in glob.glob('/usr/lib/python3.11/lib-dynload/*.so'):
        copy_program(root, library)
    for name in ('entrevue-runner', 'box-init'):
        copy_program(root, os.path.join(os.path.dirname(RUNNER), name), '/guest/sandbox/' + name)
    for name in ('python', 'bash'):
        shutil.copy(os.path.join(os.path.dirname(RUNNER), 'languages', name + '.language'), root + '/guest/sandbox/languages')
    for path in [os.path.join(HERE, name) for name in ('box_cases.py', 'programs.py')] + glob.glob(os.path.join(HERE, 'integration_*.py')):
        shutil.copy(path, root + '/guest')
    if os.path.isdir('/usr/lib/locale/C.utf8'):
        copy(root, '/usr/lib/locale/C.utf8')
    with open(root + '/etc/passwd', 'w') as out:
        out.write('root:x:0:0::/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\nentrevue-runner:x:999:999::/:/bin/false\n')
    with open(root + '/etc/group', 'w') as out:
        out.write('root:x:0:\nnogroup:x:65534:\nentrevue-runner:x:999:\n')
    with open(root + '/etc/shadow', 'w') as out:
        out.write('root:*:1::::::\n')
    os.chmod(root + '/etc/shadow', 0o600)
    with open(root + '/guest/start', 'w') as out:
        out.write(START.replace('CASES', ' '.join(CASES)).replace('PARTS', ' '.join(PARTS)))
    os.chmod(root + '/guest/start', 0o755)
    subprocess.run(['ldconfig', '-r', root], check=True)
    return root


def make_initramfs(folder, busybox):
    root, first = make_root(folder), os.path.join(folder, 'first')
    for name in ('bin', 'new', 'proc', 'dev'):
        os.makedirs(os.path.join(first, name))
    shutil.copy(busybox, first + '/bin/busybox')
    subprocess.run(['tar', 'cf', first + '/root.tar', '-C', root, '.'], check=True)
    with open(first + '/init', 'w') as out:
        out.write(INIT)
    os.chmod(first + '/init', 0o755)
    image = os.path.join(folder, 'initramfs')
    with open(image, 'wb') as out:
        names = subprocess.run(['find', '.'], cwd=first, stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(['cpio', '-o', '-H', 'newc', '--quiet'], cwd=first, input=names, stdout=out, check=True)
    return image


def boot(kernel, image):
    command = ['qemu-system-x86_64', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '1536', '-kernel', kernel, '-initrd', image,
               '-append', 'console=ttyS0 quiet panic=-1 cgroup_no_v1=all mitigations=off', '-nographic', '-no-reboot', '-nic', 'none']
    lines = []
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    try:
        for line in process.stdout:
            line = line.rstrip()
            lines.append(line)
            print('# ' + line, flush=True)
            if line == 'GUEST end':
                break
    finally:
        process.kill()
        process.wait()
    return lines


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
    kernels = sorted(glob.glob('/boot/vmlinuz-*'))
    kernel = os.environ.get('ENTREVUE_TEST_KERNEL') or (kernels[-1] if kernels else None)
    busybox = os.environ.get('ENTREVUE_TEST_BUSYBOX') or shutil.which('busybox')
    for thing, name in ((kernel, 'a Linux kernel'), (busybox, 'busybox'), (shutil.which('qemu-system-x86_64'), 'qemu-system-x86_64'),
                        (shutil.which('cpio'), 'cpio')):
        if not thing:
            skip(f'{name} is not installed')
    with tempfile.TemporaryDirectory() as folder:
        image = make_initramfs(folder, busybox)
        results = judge(boot(kernel, image))
    print(f'1..{len(results)}')
    for number, (name, good) in enumerate(results, 1):
        print(f'{"ok" if good else "not ok"} {number} {name}')
    sys.exit(0 if all(good for _, good in results) else 1)


main()
