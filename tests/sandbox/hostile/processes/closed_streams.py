# family: processes
# language: python
# expect: time_limit
# limits: wall=1
# breach: a program without streams is taken for an ended one, or waited for without end
import os
import time

for fd in range(3):
    os.close(fd)
time.sleep(60)
