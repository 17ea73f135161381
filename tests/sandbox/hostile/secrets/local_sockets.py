# family: secrets
# language: python
# expect: ok
# says: held
# breach: a socket of the host can be reached
import os
import socket

won = []
with open('/proc/net/unix') as file:
    names = [line.split()[7] for line in file.readlines()[1:] if len(line.split()) > 7]
for name in names + ['@/tmp/.X11-unix/X0', '@/tmp/dbus-x', '/run/dbus/system_bus_socket', '/run/systemd/notify', '/var/run/docker.sock',
                     '/run/entrevue/runner.sock', '/run/systemd/journal/socket', '/tmp/.X11-unix/X0']:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        with socket.socket(socket.AF_UNIX, kind) as s:
            try:
                s.settimeout(1)
                s.connect('\0' + name[1:] if name.startswith('@') else name)
                won.append(name)
            except OSError:
                pass
print('BREACH ' + ' '.join(won) if won else 'held')
