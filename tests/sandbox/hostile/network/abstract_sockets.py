# family: network
# language: python
# expect: ok
# says: held
# breach: two boxes talk through the names of sockets
import socket

name = '\0entrevue-meeting-point'
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
    try:
        s.connect(name)
        print('BREACH another box listens')
    except OSError:
        pass
own = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
own.bind(name)
own.listen()
import time
time.sleep(0.3)
print('held')
