"""A WebSocket client that can also be rude: it sends what it is told, frame by frame."""

import base64
import json
import os
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Closed(Exception):
    """The other side closed: with a code, or without one when the connection just ended."""

    def __init__(self, code=None, reason=''):
        super().__init__(f'closed with {code} {reason}')
        self.code = code
        self.reason = reason


def encode_frame(opcode, payload=b'', fin=True, mask=True, reserved=0, length=None):
    """One frame; `length` may lie."""
    if isinstance(payload, str):
        payload = payload.encode()
    size = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    bit = 0x80 if mask else 0
    if size < 126:
        head += bytes([bit | size])
    elif size < 65536:
        head += struct.pack('>BH', bit | 126, size)
    else:
        head += struct.pack('>BQ', bit | 127, size)
    if not mask:
        return head + payload
    key = os.urandom(4)
    pad = (key * (len(payload) // 4 + 1))[:len(payload)]
    masked = (int.from_bytes(payload, 'big') ^ int.from_bytes(pad, 'big')).to_bytes(len(payload), 'big')
    return head + key + masked


class WebSocket:
    def __init__(self, server, path, headers=None, token=None, protocol=None):
        self.connection = server.connect()
        self.received = b''
        head = {'Host': f'127.0.0.1:{server.port}', 'Upgrade': 'websocket', 'Connection': 'Upgrade', 'Sec-WebSocket-Version': '13',
                'Sec-WebSocket-Key': base64.b64encode(os.urandom(16)).decode()}
        if protocol:
            head['Sec-WebSocket-Protocol'] = protocol
        if token is not None:
            head['Authorization'] = 'Bearer ' + token
        head.update(headers or {})
        self.connection.sendall((f'GET {path} HTTP/1.1\r\n' + ''.join(f'{n}: {v}\r\n' for n, v in head.items() if v is not None)
                                 + '\r\n').encode())
        while b'\r\n\r\n' not in self.received:
            chunk = self.connection.recv(65536)
            if not chunk:
                self.connection.close()
                raise ConnectionError('the handshake ended')
            self.received += chunk
        answer, _, self.received = self.received.partition(b'\r\n\r\n')
        lines = answer.decode('latin-1').split('\r\n')
        self.status = int(lines[0].split()[1])
        self.headers = {name.strip().lower(): value.strip() for name, value in (line.split(':', 1) for line in lines[1:])}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def close(self):
        self.connection.close()

    def send_raw(self, data):
        self.connection.sendall(data)

    def send(self, payload):
        self.send_raw(encode_frame(TEXT if isinstance(payload, str) else BINARY, payload))

    def _read(self, size):
        while len(self.received) < size:
            chunk = self.connection.recv(262144)
            if not chunk:
                raise Closed()
            self.received += chunk
        data, self.received = self.received[:size], self.received[size:]
        return data

    def read_frame(self):
        """Opcode, payload and whether it is the last of its message."""
        first, second = self._read(2)
        size = second & 0x7f
        if size == 126:
            size = struct.unpack('>H', self._read(2))[0]
        elif size == 127:
            size = struct.unpack('>Q', self._read(8))[0]
        if second & 0x80 or first & 0x70:
            raise AssertionError('a server must not mask its frames nor set reserved bits')
        return first & 0xf, self._read(size), bool(first & 0x80)

    def read(self):
        """The next message, bytes or str; answers pings; raises Closed."""
        while True:
            opcode, payload, _ = self.read_frame()
            if opcode == PING:
                self.send_raw(encode_frame(PONG, payload))
            elif opcode == CLOSE:
                raise Closed(struct.unpack('>H', payload[:2])[0] if len(payload) >= 2 else 1005, payload[2:].decode())
            elif opcode == TEXT:
                return payload.decode()
            elif opcode == BINARY:
                return payload

    def read_close(self):
        """The code with which it is closed, whatever comes before; None when the connection just ends."""
        try:
            while True:
                self.read()
        except Closed as closed:
            return closed.code
        except ConnectionError:
            return None

    def send_message(self, kind, data, number=None):
        self.send(json.dumps({'t': kind, **({'id': number} if number is not None else {}), 'd': data}))

    def read_message(self, kind):
        """The data of the next message of this kind; others are passed over."""
        while True:
            message = json.loads(self.read())
            if message['t'] == kind:
                return message.get('d', {})
            if message['t'] == 'error':
                raise AssertionError(f'instead of {kind} came {message}')
