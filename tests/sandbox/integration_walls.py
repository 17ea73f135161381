#!/usr/bin/env python3
"""What programs in real boxes must not see, reach or leave behind, through `entrevue-runner run`.

Usage: integration_walls.py RUNNER [CASE...]
"""

import base64
import glob
import json
import os
import subprocess
import tempfile

import box_cases as boxes
from box_cases import case, run, same


@case
def secrets_are_hidden():
    code = r'''
import os, glob
for path in ["/etc/shadow", "/root", "/home", "/var", "/run", "/sys", "/proc/1/environ", "/proc/1/mem", "/proc/kcore", "/usr/local/bin",
             "/media", "/mnt", "/etc/ssh", "/etc/machine-id", "/proc/1/root/etc", "/proc/1/cwd/x"]:
    try:
        found = os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(10)
        if found: print("seen", path, found)
    except OSError: pass
print(sorted(os.environ))
print(sorted(p for p in os.listdir("/proc") if p.isdigit()))
print(sorted(os.listdir("/proc/self/fd")))
print(os.getuid(), os.getgid(), os.getgroups())
print([l.split()[1] for l in open("/proc/self/status") if l.startswith(("CapEff", "CapBnd", "CapPrm", "NoNewPrivs", "Seccomp:"))])
print(os.uname().nodename)
'''
    report = run('python', code, env={'CANARY_OF_THE_RUNNER': 'secret'})
    lines = report['stdout'].split('\n')
    assert not [line for line in lines if line.startswith('seen')], report['stdout']
    assert 'CANARY' not in report['stdout']
    assert lines[1] == "['1', '2']", lines[1]
    assert lines[2] == "['0', '1', '2', '3']", lines[2]
    assert lines[3] == '1000 1000 []', lines[3]
    assert lines[4] == "['0000000000000000', '0000000000000000', '0000000000000000', '1', '2']", lines[4]
    assert lines[5] == 'box'


@case
def network_is_refused():
    code = '''
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, 38, 40):
    try:
        socket.socket(family, socket.SOCK_DGRAM)
        print("made", family)
    except OSError as e: print(e.errno)
try: socket.create_connection(("127.0.0.1", 22), 1); print("connected")
except OSError: pass
a, b = socket.socketpair()
a.send(b"x"); print(b.recv(1))
'''
    same(run('python', code), verdict='ok', stdout='13\n' * 6 + "b'x'\n")


@case
def kernel_doors_are_shut():
    code = r'''
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(name, number, *args):
    r = libc.syscall(number, *args)
    print(name, "refused" if r < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS, errno.EACCES) else "DONE %d %d" % (r, ctypes.get_errno()))
call("unshare user", 272, 0x10000000)
call("unshare mount", 272, 0x20000)
call("setns", 308, 0, 0)
call("mount", 165, b"x", b"/tmp", b"tmpfs", 0, 0)
call("umount", 166, b"/proc", 2)
call("pivot_root", 155, b"/", b"/")
call("chroot", 161, b"/")
call("ptrace", 101, 0, 0, 0, 0)
call("bpf", 321, 0, 0, 0)
call("io_uring", 425, 1, 0)
call("userfaultfd", 323, 0)
call("perf", 298, 0, 0, 0, 0, 0)
call("keyctl", 250, 0, 0)
call("add_key", 248, b"user", b"x", b"y", 1, -3)
call("clone user", 56, 0x10000000 | 17, 0, 0, 0, 0)
call("personality", 135, 0x40000)
call("process_vm_readv", 310, 1, 0, 0, 0, 0, 0)
call("open_by_handle_at", 304, 0, 0, 0)
call("fsopen", 430, b"tmpfs", 0)
call("open_tree", 428, -100, b"/", 1)
call("settime", 227, 0, ctypes.create_string_buffer(16))
call("sethostname", 170, b"x", 1)
call("mknod device", 133, b"/work/d", 0o60666, 0x800)
call("memfd_secret", 447, 0)
call("reboot", 169, 0, 0, 0, 0)
call("syslog", 103, 3, ctypes.create_string_buffer(100), 100)
call("kill init", 62, 1, 9)
'''
    report = run('python', code)
    same(report, verdict='ok')
    assert 'DONE' not in report['stdout'], report['stdout']


@case
def foreign_architecture_is_killed():
    report = run('c', 'int main(void) { int r; __asm__ volatile ("int $0x80" : "=a" (r) : "a" (20)); return r > 0 ? 0 : 3; }')
    assert report['verdict'] == 'runtime_error', report


@case
def nothing_outside_the_work_folder_is_written():
    code = '''
import os
for path in ["/x", "/usr/x", "/etc/passwd", "/dev/x", "/proc/sys/kernel/hostname", "/box-init", "/proc/self/oom_score_adj"]:
    try:
        open(path, "a").write("x")
        print("wrote", path)
    except OSError: pass
for path in ["/work/x", "/tmp/x", "/dev/shm/x", "/dev/null"]: open(path, "w").write("x")
'''
    same(run('python', code), verdict='ok', stdout='')


@case
def daemons_are_gone_with_the_box():
    token = f'canary-{os.getpid()}'
    report = run('bash', f'for i in 1 2 3; do setsid bash -c "exec -a {token} sleep 1000" >/dev/null 2>&1 & done; sleep 0.1; exit 7')
    same(report, verdict='runtime_error', exit_code=7)
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            assert token.encode() not in open(path, 'rb').read(), path
        except OSError:
            pass


@case
def a_closed_output_does_not_hold_the_box():
    same(run('bash', 'setsid sleep 1000 & exit 0'), verdict='ok')


@case
def planted_links_are_not_followed():
    report = run('bash', 'ln -s /etc/passwd evil; ln -s / root; mkfifo pipe; echo text >out; ln out second; mkdir d; echo deep >d/f; ln -s d dl; truncate -s 30M large',
                 *[x for name in ('evil', 'root/etc/passwd', 'pipe', 'second', 'd/f', 'dl/f', 'd', 'none', 'large') for x in ('--collect', name)])
    same(report, verdict='ok')
    assert [c['path'] for c in report['collected'] if 'base64' in c] == ['d/f'], report['collected']
    assert base64.b64decode(report['collected'][4]['base64']) == b'deep\n'


@case
def a_compiler_cannot_plant_links():
    # The assembler writes where the source says; what it leaves in the build folder is copied only when it is plain.
    code = '__asm__(".incbin \\"/etc/passwd\\"");\nint main(void) { return 0; }'
    report = run('c', code)
    assert report['verdict'] in ('ok', 'compile_error')
    assert '/root' not in json.dumps(report).replace('/root:/usr/sbin/nologin', '')


@case
def boxes_share_nothing():
    first = run('bash', 'echo secret >/dev/shm/x; echo secret >/tmp/x; echo secret >x; ipcmk -M 100 >/dev/null; echo done')
    same(first, verdict='ok', stdout='done\n')
    same(run('bash', 'cat /dev/shm/x /tmp/x x 2>/dev/null; grep -c . /proc/sysvipc/shm'), stdout='1\n')


@case
def two_at_once():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'main.py')
        with open(path, 'w') as out:
            out.write('import os, time\ntime.sleep(0.5)\nprint(sorted(p for p in os.listdir("/proc") if p.isdigit()))')
        runs = [subprocess.Popen([boxes.RUNNER, 'run', '--language', 'python', '--json', path], stdout=subprocess.PIPE) for _ in range(2)]
        for process in runs:
            same(json.loads(process.communicate(timeout=60)[0]), verdict='ok', stdout="['1', '2']\n")


boxes.main()
