# family: processes
# language: python
# expect: ok
# says: started
# breach: the daemon goes on after the end of the program
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(3):
            os.close(fd)
        while True:
            time.sleep(60)
    os._exit(0)
os.wait()
print('started')
