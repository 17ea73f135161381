# family: processes
# language: python
# expect: runtime_error
# signal: 9
# breach: a program that kills itself is told as one that was out of memory, stopped or late
import os
import resource
import signal

resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))
try:
    bytearray(1 << 29)
except MemoryError:
    os.kill(os.getpid(), signal.SIGKILL)
