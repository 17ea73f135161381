# expect: runtime_error
# signal: 15
import os
import signal

os.kill(os.getpid(), signal.SIGTERM)
signal.pause()
