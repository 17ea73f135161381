# family: identity
# language: python
# expect: ok
# says: held
# bwrap: no landlock keeps files of the program's own namespaces from being opened
# breach: the program learns or changes the names of the host or of its users
import os
import pwd
import socket

won = []
if os.uname().nodename != 'box' or socket.gethostname() != 'box':
    won.append('host name')
if sorted(entry.pw_name for entry in pwd.getpwall()) != ['box', 'root']:
    won.append('users')
if (os.getuid(), os.geteuid(), os.getgid(), os.getgroups()) != (1000, 1000, 1000, []):
    won.append('ids')
for call in (lambda: socket.sethostname('x'), lambda: open('/proc/sys/kernel/hostname', 'w').write('x'),
             lambda: open('/proc/sys/kernel/domainname', 'w').write('x'), lambda: open('/proc/self/loginuid', 'w').write('0'),
             lambda: open('/proc/self/uid_map', 'w').write('0 0 1'), lambda: open('/proc/self/gid_map', 'w').write('0 0 1'),
             lambda: open('/proc/self/setgroups', 'w').write('allow')):
    try:
        call()
        won.append('changed')
    except OSError:
        pass
print('BREACH ' + ' '.join(won) if won else 'held')
