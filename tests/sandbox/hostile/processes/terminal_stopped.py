# family: processes
# language: python
# expect: time_limit
# terminal: yes
# limits: wall=1
# breach: a terminal that stands still is waited for without end
import os
import termios

termios.tcflow(0, termios.TCOOFF)
if os.fork() == 0:
    os.setpgid(0, 0)
    os.read(0, 1)
os.write(1, b'x' * 100000)
while True:
    os.write(1, b'x')
