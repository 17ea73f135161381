# family: memory
# language: python
# expect: memory_limit ok
# limits: memory=64 wall=4
# says: held|^$
# breach: extended attributes are a place without a bound
import os

kept = 0
for i in range(3000):
    try:
        open(f'f{i}', 'w').close()
        for j in range(64):
            os.setxattr(f'f{i}', f'user.a{j}', bytes(65536))
            kept += 65536
    except OSError:
        pass
print('BREACH attributes without bound' if kept > 200 << 20 else 'held')
