# family: disk
# language: python
# expect: ok
# says: held
# breach: more files than the limit of 4096, of whatever kind
import os
import socket

made = 0
for place in ('/work', '/tmp', '/dev/shm'):
    for i in range(5000):
        name = f'{place}/{i}'
        try:
            if i % 5 == 0:
                os.mkdir(name)
            elif i % 5 == 1:
                os.symlink('x', name)
            elif i % 5 == 2:
                os.mkfifo(name)
            elif i % 5 == 3 and made > 10:
                os.link('/work/4', f'/work/link{place[1:3]}{i}')
            else:
                open(name, 'w').close()
            made += 1
        except OSError:
            pass
print('held' if made <= 4096 else f'BREACH {made} files')
