# family: secrets
# language: python
# expect: ok
# says: held
# breach: what an earlier box left is found by this one
import os
import subprocess

mark = 'left-by-an-earlier-box'
found = []
for place in ('/work', '/tmp', '/dev/shm', '/var/tmp'):
    path = f'{place}/{mark}'
    if os.path.exists(path):
        found.append(path)
    try:
        with open(path, 'w') as file:
            file.write(mark)
    except OSError:
        pass
for kind in ('shm', 'sem', 'msg'):
    with open(f'/proc/sysvipc/{kind}') as file:
        if len(file.readlines()) > 1:
            found.append(kind)
subprocess.run(['/usr/bin/ipcmk', '-M', '4096', '-Q', '-S', '1'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print('BREACH ' + ' '.join(found) if found else 'held')
