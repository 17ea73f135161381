"""A small guest in an emulated machine, whose control groups are version 2 alone: a root file system of programs of this host,
a kernel and an initramfs, and what is said on its console.

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

HERE = os.path.dirname(os.path.realpath(__file__))
PROGRAMS = ('bash', 'python3.11', 'cat', 'true', 'env', 'sleep', 'setpriv', 'mount', 'mkdir', 'chown', 'find', 'rmdir', 'uname', 'wc', 'echo', 'setsid',
            'bwrap', 'ls', 'ln', 'rm', 'stty', 'yes', 'seq', 'ps', 'grep')

INIT = r'''#!/bin/busybox sh
busybox mount -t tmpfs -o size=80%,mode=755 tmpfs /new
cd /new && busybox tar xf /root.tar && busybox rm /root.tar
exec busybox switch_root /new /guest/start
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
    if not os.path.islink(target):  # a library that is there already, and the link would lead out of the guest
        shutil.copy(path, target)


def copy_program(root, path, target=None):
    copy(root, path) if target is None else shutil.copy(path, root + target)
    linked = subprocess.run(['ldd', path], capture_output=True, text=True, check=False).stdout
    for library in re.findall(r'(/\S+) \(0x', linked):
        copy(root, os.path.realpath(library))
        wanted = root + library
        if not os.path.exists(wanted):
            os.makedirs(os.path.dirname(wanted), exist_ok=True)
            os.symlink(os.path.realpath(library), wanted)


def write(root, path, text, mode=0o644):
    os.makedirs(os.path.dirname(root + path), exist_ok=True)
    with open(root + path, 'w', encoding='ascii') as out:
        out.write(text)
    os.chmod(root + path, mode)


def make_root(folder, runner, start):
    """Bash and Python, the runner with box-init and these two languages in /guest/sandbox, and the script /guest/start as the first process."""
    root = os.path.join(folder, 'root')
    for name in ('usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'proc', 'sys', 'dev', 'tmp', 'run', 'root', 'home', 'var/cache', 'etc', 'media', 'mnt',
                 'srv', 'guest/sandbox/languages'):
        os.makedirs(os.path.join(root, name))
    for name in ('bin', 'sbin', 'lib', 'lib64'):
        os.symlink('usr/' + name, os.path.join(root, name))
    for name in PROGRAMS:
        copy_program(root, '/usr/bin/' + name)
    os.symlink('python3.11', os.path.join(root, 'usr/bin/python3'))
    os.symlink('bash', os.path.join(root, 'usr/bin/sh'))
    copy(root, '/usr/lib/python3.11')
    for library in glob.glob('/usr/lib/python3.11/lib-dynload/*.so'):
        copy_program(root, library)
    for name in ('entrevue-runner', 'box-init'):
        copy_program(root, os.path.join(os.path.dirname(runner), name), '/guest/sandbox/' + name)
    for name in ('python', 'bash'):
        shutil.copy(os.path.join(os.path.dirname(runner), 'languages', name + '.language'), root + '/guest/sandbox/languages')
    if os.path.isdir('/usr/lib/locale/C.utf8'):
        copy(root, '/usr/lib/locale/C.utf8')
    write(root, '/etc/passwd', 'root:x:0:0::/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\nentrevue-runner:x:999:999::/:/bin/false\n')
    write(root, '/etc/group', 'root:x:0:\nnogroup:x:65534:\nentrevue-runner:x:999:\n')
    write(root, '/etc/shadow', 'root:*:1::::::\n', 0o600)
    write(root, '/guest/start', start, 0o755)
    return root


def make_initramfs(folder, root):
    first, image = os.path.join(folder, 'first'), os.path.join(folder, 'initramfs')
    subprocess.run(['ldconfig', '-r', root], check=True)
    for name in ('bin', 'new', 'proc', 'dev'):
        os.makedirs(os.path.join(first, name))
    shutil.copy(find_parts()[1], first + '/bin/busybox')
    subprocess.run(['tar', 'cf', first + '/root.tar', '-C', root, '.'], check=True)
    write(first, '/init', INIT, 0o755)
    with open(image, 'wb') as out:
        names = subprocess.run(['find', '.'], cwd=first, stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(['cpio', '-o', '-H', 'newc', '--quiet'], cwd=first, input=names, stdout=out, check=True)
    return image


def find_parts():
    """The kernel and busybox; ends the test with a skip where one of them, or what makes and boots a guest, is missing."""
    kernels = sorted(glob.glob('/boot/vmlinuz-*'))
    kernel = os.environ.get('ENTREVUE_TEST_KERNEL') or (kernels[-1] if kernels else None)
    busybox = os.environ.get('ENTREVUE_TEST_BUSYBOX') or shutil.which('busybox')
    for thing, name in ((kernel, 'a Linux kernel'), (busybox, 'busybox'), (shutil.which('qemu-system-x86_64'), 'qemu-system-x86_64'),
                        (shutil.which('cpio'), 'cpio'), *((shutil.which(name), name) for name in PROGRAMS)):
        if not thing:
            skip(f'{name} is not installed')
    return kernel, busybox


def boot(image):
    """The lines of its console, up to GUEST end."""
    command = ['qemu-system-x86_64', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '1536', '-kernel', find_parts()[0], '-initrd', image,
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


def run(runner, start, judge, furnish):
    """Makes a guest that furnish(root) completes, boots it, and tells as TAP what judge(lines) finds: (name, whether it is good)."""
    find_parts()
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(folder, os.path.realpath(runner), start)
        furnish(root)
        results = judge(boot(make_initramfs(folder, root)))
    print(f'1..{len(results)}')
    for number, (name, good) in enumerate(results, 1):
        print(f'{"ok" if good else "not ok"} {number} {name}')
    return 0 if all(good for _, good in results) else 1
