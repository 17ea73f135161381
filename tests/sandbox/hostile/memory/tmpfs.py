# family: memory
# language: python
# expect: memory_limit
# limits: memory=64 disk=1024
# breach: files in memory are not counted
import os

with open('/dev/shm/big', 'wb', 0) as file:
    while True:
        file.write(os.urandom(1 << 20))
