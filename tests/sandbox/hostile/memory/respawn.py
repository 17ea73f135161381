# family: memory
# language: python
# expect: memory_limit
# limits: memory=64 wall=20
# heavy: yes
# breach: a parent whose children are killed for memory starts new ones for ever
import os

while True:
    if os.fork() == 0:
        block = []
        while True:
            block.append(bytearray(4 << 20))
    os.wait()
