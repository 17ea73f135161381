# family: memory
# language: python
# expect: memory_limit
# limits: memory=64 wall=20
# heavy: yes
# breach: many small processes have more together than the limit
import os
import time

for _ in range(12):
    if os.fork() == 0:
        block = bytearray(16 << 20)
        time.sleep(20)
        os._exit(0)
for _ in range(12):
    os.wait()
