# family: processes
# language: python
# expect: time_limit
# limits: cpu=1 wall=4
# breach: a program that takes no signals goes on past its limit
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    pass
