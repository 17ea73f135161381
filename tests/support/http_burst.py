"""Many requests at once, by one thread: all connect, then all is sent, then all answers are read.

    answers = burst(server, [request(server, 'POST', '/api/slots', body, token), ...])
"""

import errno
import json
import select
import socket

PATIENCE_S = 60


def request(server, method, path, body=None, token=None, headers=None):
    head = {'Host': f'127.0.0.1:{server.port}', **(headers or {})}
    data = b''
    if body is not None:
        data = json.dumps(body).encode()
        head |= {'Content-Type': 'application/json', 'Content-Length': len(data)}
    if token is not None:
        head['Authorization'] = 'Bearer ' + token
    return f'{method} {path} HTTP/1.1\r\n'.encode() + b''.join(f'{n}: {v}\r\n'.encode() for n, v in head.items()) + b'\r\n' + data


def _connect_all(server, count):
    sockets = []
    for _ in range(count):
        connection = socket.socket()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        problem = connection.connect_ex(('127.0.0.1', server.port))
        if problem not in (0, errno.EINPROGRESS):
            raise OSError(problem, 'cannot connect')
        sockets.append(connection)
    for connection in sockets:
        if not select.select([], [connection], [], PATIENCE_S)[1]:
            raise TimeoutError('not connected')
    return sockets


def _read_all(sockets):
    waiting = {connection.fileno(): (number, connection) for number, connection in enumerate(sockets)}
    received = [b''] * len(sockets)
    with select.epoll() as poll:
        for descriptor in waiting:
            poll.register(descriptor, select.EPOLLIN)
        while waiting:
            events = poll.poll(PATIENCE_S)
            if not events:
                raise TimeoutError(f'{len(waiting)} answers did not come')
            for descriptor, _ in events:
                number, connection = waiting[descriptor]
                chunk = connection.recv(65536)
                received[number] += chunk
                if not chunk:
                    poll.unregister(descriptor)
                    del waiting[descriptor]
    return received


def _parse(answer):
    head, separator, body = answer.partition(b'\r\n\r\n')
    if not separator:
        raise ConnectionError(f'an answer of {len(answer)} bytes')
    return int(head[9:12]), body


def burst(server, requests):
    """Status and body as bytes of each, in their order; all are on their way before the first answer is read."""
    sockets = _connect_all(server, len(requests))
    try:
        for connection, data in zip(sockets, requests):
            if connection.send(data) != len(data):
                raise ConnectionError('a request did not fit into the socket')
        return [_parse(answer) for answer in _read_all(sockets)]
    finally:
        for connection in sockets:
            connection.close()
