# family: disk
# language: python
# expect: ok
# says: held
# breach: the box cannot be taken down
import os

depth = 0
try:
    while depth < 1000:
        os.mkdir('d' * 200)
        os.chdir('d' * 200)
        depth += 1
except OSError:
    pass
os.chmod('.', 0)
print('held' if depth == 1000 else depth)
