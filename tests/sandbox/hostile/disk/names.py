# family: disk
# language: python
# expect: ok
# says: held
# collect: a/b
# collected: a/b
# breach: names that are no text, or as long as can be, break the runner or keep the box from being taken down
import os

os.mkdir('a')
with open('a/b', 'w', encoding='ascii') as file:
    file.write('x')
for raw in (b'\xff\xfe\xfa', b'line\nline', b'\x1b[2J\x07', b'-rf', b'*', b'$(reboot)', b'a"b\\c', b' ', b'\xc3', b'\xe2\x80\xae', b'%s%n', b'.' * 200, b'\x01' * 255):
    for base in (b'/work/', b'/tmp/', b'/dev/shm/', b'/work/a/'):
        try:
            os.mkdir(base + raw)
            with open(base + raw + b'/' + raw, 'wb') as file:
                file.write(raw)
            os.symlink(base + raw, base + raw + b'2')
            os.setxattr(base + raw + b'/' + raw, b'user.' + raw[:50], raw)
        except (OSError, ValueError):
            pass
here = os.open('.', os.O_RDONLY)
try:
    for _ in range(1000):
        os.mkdir('d' * 255)
        os.chdir('d' * 255)
except OSError:
    pass
print('held')
