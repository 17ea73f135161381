# family: kernel
# language: python
# expect: ok
# says: held
# bwrap: a device of number 0, which does nothing, can be made
# breach: a device beside the few harmless ones is there, or can be made
import os
import stat

known = {'null', 'zero', 'full', 'random', 'urandom', 'tty', 'pts', 'ptmx', 'shm', 'stdin', 'stdout', 'stderr', 'fd', 'core', 'console'}
won = sorted(set(os.listdir('/dev')) - known)
for name in ('kvm', 'fuse', 'userfaultfd', 'net/tun', 'vhost-net', 'vsock', 'loop-control', 'mapper/control', 'mem', 'kmsg', 'port', 'vda', 'sda', 'snapshot',
             'cpu/0/msr', 'uinput', 'hpet', 'rtc0', 'tty0', 'ttyS0', 'vcs', 'dri/card0', 'binder'):
    try:
        os.close(os.open('/dev/' + name, os.O_RDONLY | os.O_NONBLOCK))
        won.append(name)
    except OSError:
        pass
for folder in ('/work', '/tmp', '/dev/shm', '/dev'):
    for kind, number in ((stat.S_IFCHR, os.makedev(1, 1)), (stat.S_IFCHR, os.makedev(10, 200)), (stat.S_IFBLK, os.makedev(254, 0)), (stat.S_IFCHR, 0)):
        try:
            os.mknod(f'{folder}/made', kind | 0o600, number)
            won.append(folder)
            os.unlink(f'{folder}/made')
        except OSError:
            pass
print('BREACH ' + ' '.join(won) if won else 'held')
