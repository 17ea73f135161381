# family: network
# language: python
# expect: ok
# says: held
# limits: wall=5
# breach: an address can be reached, or a name looked up
import socket

won = []
for host, port in (('127.0.0.1', 22), ('127.0.0.1', 80), ('169.254.169.254', 80), ('10.0.0.1', 443), ('1.1.1.1', 53), ('::1', 80),
                   ('2606:4700:4700::1111', 53)):
    try:
        socket.create_connection((host, port), 0.3).close()
        won.append(host)
    except OSError:
        pass
for name in ('example.org', 'localhost.localdomain', 'metadata.google.internal'):
    try:
        won.append(f'{name} {socket.getaddrinfo(name, 80)}')
    except OSError:
        pass
print('BREACH ' + ' '.join(won) if won else 'held')
