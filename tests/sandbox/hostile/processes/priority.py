# family: processes
# language: python
# expect: ok
# says: held
# breach: the program puts itself before others
import ctypes
import os

won = []
libc = ctypes.CDLL(None, use_errno=True)
for what, call in (
        ('nice', lambda: os.setpriority(os.PRIO_PROCESS, 0, -20)),
        ('fifo', lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))),
        ('rr', lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(50))),
        ('others', lambda: os.setpriority(os.PRIO_USER, 0, -5))):
    try:
        call()
        won.append(what)
    except OSError:
        pass
if libc.syscall(251, 1, 0, 1 << 13) == 0:  # ioprio_set: real time
    won.append('ioprio')
print('BREACH ' + ' '.join(won) if won else 'held')
