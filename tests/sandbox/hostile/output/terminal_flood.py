# family: output
# language: python
# expect: output_limit
# terminal: yes
# limits: output=64
# heavy: yes
# breach: more output than the limit, or bytes for the terminal of whoever looks at it are taken for the runner's own
import os
import termios
import tty

tty.setraw(0)
while True:
    os.write(1, b'\x1b]0;title\x07\x1b[6n\x1bc' * 1000)
