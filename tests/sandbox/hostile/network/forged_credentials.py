# family: network
# language: python
# expect: ok
# says: held
# unfiltered: breach
# bwrap: there is no filter before the other families
# breach: a message through a local socket says that it is from somebody else, or carries what the program may not open
import os
import socket
import struct

one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
other.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
won = []
for pid, uid, gid in ((1, 1000, 1000), (os.getpid(), 0, 1000), (os.getpid(), 1000, 0), (1, 0, 0), (2 ** 20, 1000, 1000), (os.getpid(), 65534, 65534)):
    try:
        one.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, struct.pack('iII', pid, uid, gid))])
        won.append(f'from {pid} {uid} {gid}')
    except OSError:
        pass
# Descriptors that only name a file: what they name cannot be opened through them on the other side either.
for path in ('/', '/proc', '/usr', '/dev', '/proc/1', '/work'):
    fd = os.open(path, os.O_PATH)
    socket.send_fds(one, [b'y'], [fd])
    # The credentials come beside it, and take room.
    _, control, _, _ = other.recvmsg(10, 200)
    fds = [struct.unpack('i', data[:4])[0] for _, kind, data in control if kind == socket.SCM_RIGHTS]
    for name in ('..', '../..', 'proc/1/root', '1/root', '../proc/1/environ', 'root', 'cwd', 'fd/3'):
        try:
            found = os.open(name, os.O_RDONLY, dir_fd=fds[0])
            if os.path.isdir(f'/proc/self/fd/{found}') and set(os.listdir(found)) & {'home', 'root', 'boot', 'var'}:
                won.append(f'{path} {name}')
            os.close(found)
        except OSError:
            pass
for family, kind in ((40, 1), (40, 2), (17, 3), (17, 2), (16, 3), (38, 5), (44, 3), (29, 3), (31, 1), (15, 3), (21, 5)):
    try:
        socket.socket(family, kind, 0)
        won.append(f'family {family}')
    except OSError:
        pass
print('BREACH ' + ', '.join(won) if won else 'held')
