# family: disk
# language: python
# expect: ok
# limits: disk=8
# says: held
# breach: more bytes in files than the limit, also when spread over all places or without a name
import os

total = 0
held = []
for place in ('/work', '/tmp', '/dev/shm', '/work', '/tmp'):
    for i in range(40):
        path = f'{place}/f{i}'
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT)
            held.append(fd)
            os.unlink(path)
            while True:
                total += os.write(fd, b'x' * 65536)
        except OSError:
            pass
print('held' if total <= 8 << 20 else f'BREACH {total} bytes')
