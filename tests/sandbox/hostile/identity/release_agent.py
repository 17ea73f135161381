# family: identity
# language: python
# expect: ok
# says: held
# bwrap: files in /proc of the program itself can be written
# breach: the files of control groups can be reached, through which the host starts programs as root, or limits are lifted
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
won = []
for kind in (b'cgroup', b'cgroup2', b'proc', b'sysfs', b'overlay', b'tmpfs', b'devpts', b'debugfs', b'tracefs', b'bpf', b'mqueue', b'fuse', b'securityfs'):
    for options in (None, b'memory', b'rdma', b'none,name=x', b'lowerdir=/proc,upperdir=/tmp/u,workdir=/tmp/w'):
        if libc.mount(b'none', b'/tmp', kind, 0, options) == 0:
            won.append('mount ' + kind.decode())
    if libc.syscall(430, kind, 0) >= 0:
        won.append('fsopen ' + kind.decode())
if libc.unshare(0x12000000) == 0:
    won.append('namespace of control groups')
for folder, folders, files in os.walk('/'):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ('/usr', '/proc')]
    for name in files:
        if name in ('release_agent', 'cgroup.procs', 'notify_on_release', 'memory.max', 'memory.limit_in_bytes', 'core_pattern', 'uevent_helper'):
            won.append(os.path.join(folder, name))
for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe', '/proc/sys/fs/binfmt_misc/register', '/sys/kernel/uevent_helper', '/sys/fs/cgroup',
             '/proc/self/cgroup', '/proc/self/oom_score_adj', '/proc/self/attr/current', '/proc/self/uid_map', '/proc/sys/vm/overcommit_memory',
             '/proc/sysrq-trigger', '/proc/self/mem', '/proc/self/coredump_filter', '/proc/self/comm', '/proc/self/clear_refs', '/proc/self/timerslack_ns'):
    try:
        os.close(os.open(path, os.O_WRONLY))
        won.append('writes ' + path)
    except OSError:
        pass
print('BREACH ' + ', '.join(won[:9]) if won else 'held')
