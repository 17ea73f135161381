# family: processes
# language: python
# expect: runtime_error
# exit: 137
# breach: a limit that the program puts on itself is told as a limit of ours
import os
import resource
import sys

resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
try:
    os.fork()
except OSError:
    pass
sys.exit(137)
