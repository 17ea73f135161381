# family: secrets
# language: python
# expect: ok
# says: held
# bwrap: its first process is of the same user and can be looked into
# breach: environments, memory or descriptors of other processes can be read
import os

seen = []
for pid in os.listdir('/proc'):
    if not pid.isdigit() or int(pid) == os.getpid():
        continue
    for name in ('environ', 'mem', 'maps', 'auxv', 'stack', 'syscall', 'fd', 'map_files', 'root', 'cwd', 'exe', 'io', 'task/1/environ'):
        path = f'/proc/{pid}/{name}'
        try:
            if name in ('fd', 'map_files'):
                got = os.listdir(path)
            elif name in ('root', 'cwd', 'exe'):
                got = os.readlink(path)
            else:
                with open(path, 'rb') as file:
                    got = file.read(100)
            if got:
                seen.append(path)
        except OSError:
            pass
print('BREACH ' + ' '.join(seen) if seen else 'held')
