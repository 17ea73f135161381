# family: output
# language: python
# expect: ok output_limit
# limits: output=64
# heavy: yes
# breach: children write on after the end of the program
import os

for _ in range(10):
    if os.fork() == 0:
        while True:
            os.write(1, b'z' * 65536)
print('end')
