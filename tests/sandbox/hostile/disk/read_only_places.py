# family: disk
# language: python
# expect: ok
# says: held
# breach: anything outside the work folder, /tmp and /dev/shm can be changed
import os

won = []
for folder in ('/', '/usr', '/usr/bin', '/usr/lib', '/usr/local', '/etc', '/dev', '/dev/pts', '/proc', '/proc/self', '/proc/sys', '/run', '/var',
               '/media', '/home'):
    for call in (lambda p: open(p, 'w').close(), os.mkdir, lambda p: os.symlink('x', p), os.mkfifo):
        path = folder + '/escape'
        try:
            call(path)
            won.append(path)
        except OSError:
            pass
for path in ('/etc/passwd', '/etc/hosts', '/box-init', '/usr/bin/python3', '/usr/bin/env', '/bin/sh', '/etc/ld.so.cache', '/dev/null'):
    for call in (lambda p: os.truncate(p, 0), lambda p: os.chmod(p, 0o777), lambda p: os.utime(p), lambda p: os.rename(p, p + 'x'),
                 os.unlink, lambda p: os.setxattr(p, 'user.x', b'x'), lambda p: os.link(p, '/work/link'),
                 lambda p: os.open(p, os.O_WRONLY | os.O_APPEND)):
        try:
            call(path)
            if path != '/dev/null':
                won.append(path)
        except OSError:
            pass
print('BREACH ' + ' '.join(won) if won else 'held')
