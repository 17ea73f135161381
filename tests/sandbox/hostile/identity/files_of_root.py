# family: identity
# language: python
# expect: ok
# says: held
# breach: files with an owner, a device or a capability that the program has no right to
import os
import stat

won = []
open('f', 'w').close()
for what, call in (
        ('chown', lambda: os.chown('f', 0, 0)),
        ('chgrp', lambda: os.chown('f', -1, 0)),
        ('capability', lambda: os.setxattr('f', 'security.capability', bytes.fromhex('0100000202000000000000000000000000000000'))),
        ('trusted', lambda: os.setxattr('f', 'trusted.x', b'x')),
        ('disk', lambda: os.mknod('disk', 0o600 | stat.S_IFBLK, os.makedev(254, 0))),
        ('memory', lambda: os.mknod('memory', 0o600 | stat.S_IFCHR, os.makedev(1, 1))),
        ('kmsg', lambda: os.mknod('/dev/shm/kmsg', 0o600 | stat.S_IFCHR, os.makedev(1, 11)))):
    try:
        call()
        won.append(what)
    except OSError:
        pass
try:
    os.mknod('whiteout', 0o600 | stat.S_IFCHR, os.makedev(0, 0))
    os.open('whiteout', os.O_RDONLY)
    won.append('whiteout')
except OSError:
    pass
print('BREACH ' + ' '.join(won) if won else 'held')
