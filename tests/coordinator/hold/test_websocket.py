#!/usr/bin/env python3
"""A table of WebSocket conformance: what RFC 6455 forbids is answered with the right close code, what it allows is taken.

    test_websocket.py COORDINATOR

On the document socket, which takes binary messages and answers an awareness query, and on the room socket. There are no extensions: a
reserved bit is an error even when the client offered compression.
"""

import os
import struct
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402
from room_writer import RoomWriter  # noqa: E402
from web_socket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Closed, WebSocket, encode_frame  # noqa: E402

PROGRAM = sys.argv[1]
PROTOCOL, BAD_UTF8, TOO_BIG, BAD_MESSAGE = 1002, 1007, 1009, 4400
QUESTION = b'\x00\x00\x01\x00'  # sync step 1 of somebody who has nothing; it is answered by a step 2
F = encode_frame


def closing(code, reason=b''):
    return F(CLOSE, struct.pack('>H', code) + reason)


# What is sent on the document socket, and the code with which it closes.
REFUSED = {
    'a frame without a mask': (F(BINARY, QUESTION, mask=False), PROTOCOL),
    'an unmasked ping': (F(PING, b'', mask=False), PROTOCOL),
    'reserved bit 1': (F(BINARY, QUESTION, reserved=4), PROTOCOL),
    'reserved bit 2': (F(BINARY, QUESTION, reserved=2), PROTOCOL),
    'reserved bit 3': (F(BINARY, QUESTION, reserved=1), PROTOCOL),
    'a reserved bit in a ping': (F(PING, b'', reserved=4), PROTOCOL),
    'a reserved bit in a later fragment': (F(BINARY, QUESTION[:1], fin=False) + F(CONTINUATION, QUESTION[1:], reserved=4), PROTOCOL),
    'a continuation of nothing': (F(CONTINUATION, QUESTION), PROTOCOL),
    'an unfinished continuation of nothing': (F(CONTINUATION, QUESTION, fin=False), PROTOCOL),
    'a message in a message': (F(BINARY, QUESTION[:1], fin=False) + F(BINARY, QUESTION), PROTOCOL),
    'a text in a message': (F(BINARY, QUESTION[:1], fin=False) + F(TEXT, 'x'), PROTOCOL),
    'a ping in fragments': (F(PING, b'x', fin=False), PROTOCOL),
    'a close in fragments': (F(CLOSE, b'', fin=False), PROTOCOL),
    'a ping of 126 bytes': (F(PING, b'x' * 126), PROTOCOL),
    'a pong of 126 bytes': (F(PONG, b'x' * 126), PROTOCOL),
    'a close of 126 bytes': (F(CLOSE, struct.pack('>H', 1000) + b'x' * 124), PROTOCOL),
    'a close of one byte': (F(CLOSE, b'\x03'), PROTOCOL),
    'a close with bad UTF-8': (closing(1000, b'\xff'), BAD_UTF8),
    'bad UTF-8': (F(TEXT, b'\xc3\x28'), BAD_UTF8),
    'UTF-8 that ends in the middle': (F(TEXT, b'\xe2\x82'), BAD_UTF8),
    'a surrogate': (F(TEXT, b'\xed\xa0\x80'), BAD_UTF8),
    'UTF-8 in a longer form': (F(TEXT, b'\xc0\xaf'), BAD_UTF8),
    'a character beyond Unicode': (F(TEXT, b'\xf4\x90\x80\x80'), BAD_UTF8),
    'bad UTF-8 over two fragments': (F(TEXT, b'\xe2', fin=False) + F(CONTINUATION, b'\x28\xa1'), BAD_UTF8),
    'a length with the highest bit': (b'\x82\xff' + struct.pack('>Q', 1 << 63) + b'abcd', PROTOCOL),
    'a short length in eight bytes': (b'\x82\xff' + struct.pack('>Q', 5) + b'abcd' + b'x' * 5, PROTOCOL),
    'a short length in two bytes': (b'\x82\xfe' + struct.pack('>H', 5) + b'abcd' + b'x' * 5, PROTOCOL),
    'too much in one frame': (b'\x82\xff' + struct.pack('>Q', 1 << 40) + b'abcd', TOO_BIG),
    'too much in fragments': (F(BINARY, b'x', fin=False) + F(CONTINUATION, b'x' * 60000, fin=False) * 700, TOO_BIG),
    'a message in crumbs': (F(BINARY, b'x', fin=False) + F(CONTINUATION, b'x', fin=False) * 300, TOO_BIG),
    'empty fragments without an end': (F(BINARY, b'', fin=False) + F(CONTINUATION, b'', fin=False) * 300, TOO_BIG),
    'a text where bytes are spoken': (F(TEXT, 'hello'), BAD_MESSAGE),
    'nonsense': (F(BINARY, b'\x00\x07\xff\xff'), BAD_MESSAGE),
    **{f'opcode {opcode}': (F(opcode, b''), PROTOCOL) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{f'close code {code}': (closing(code), PROTOCOL) for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)},
}
# What is allowed: the close codes come back, and the rest does not disturb.
CLOSED = {**{f'close code {code}': (closing(code, b'bye'), code) for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)},
          'a close without a code': (F(CLOSE), 1005),
          'a close with the longest reason': (closing(1000, b'x' * 123), 1000)}
ALLOWED = {
    'one frame': F(BINARY, QUESTION),
    'fragments': b''.join(F(BINARY if n == 0 else CONTINUATION, QUESTION[n:n + 1], fin=n == 3) for n in range(4)),
    'empty fragments': F(BINARY, b'', fin=False) + F(CONTINUATION, b'', fin=False) + F(CONTINUATION, QUESTION),
    'a ping between fragments': F(BINARY, QUESTION[:2], fin=False) + F(PING, b'here?') + F(CONTINUATION, QUESTION[2:]),
    'a pong that nobody wanted': F(PONG, b'x') + F(BINARY, QUESTION),
    'a ping of 125 bytes': F(PING, b'x' * 125) + F(BINARY, QUESTION),
    'an empty ping': F(PING) + F(BINARY, QUESTION),
}


class Table(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = BareCoordinator(PROGRAM)
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.start()
        cls.server.add_people()
        room, invites = cls.server.add_room()
        cls.writer = RoomWriter(cls.server, room, invites[0])
        cls.writer.join()

    def open(self, **options):
        socket = WebSocket(self.server, f'/api/sync/{self.writer.room}?token={self.writer.token}', **options)
        self.assertEqual(socket.status, 101)
        socket.read()  # its step 1
        return socket

    def send(self, socket, data):
        try:
            socket.send_raw(data)
        except OSError:
            pass  # it closed before all was sent

    def test_refused(self):
        for name, (data, code) in REFUSED.items():
            with self.subTest(name), self.open() as socket:
                self.send(socket, data)
                self.assertEqual(socket.read_close(), code, name)

    def test_closed(self):
        for name, (data, code) in CLOSED.items():
            with self.subTest(name), self.open() as socket:
                socket.send_raw(data)
                self.assertEqual(socket.read_close(), code, name)
                # Then the connection ends from its side.
                self.assertRaises((Closed, ConnectionError), socket.read_frame)

    def test_allowed(self):
        for name, data in ALLOWED.items():
            with self.subTest(name), self.open() as socket:
                socket.send_raw(data)
                answer = socket.read()
                while answer[:2] != b'\x00\x01':
                    answer = socket.read()

    def test_byte_by_byte(self):
        with self.open() as socket:
            for byte in F(BINARY, QUESTION[:1], fin=False) + F(PING, b'x') + F(CONTINUATION, QUESTION[1:]):
                socket.send_raw(bytes([byte]))
            # Which is first depends on how many bytes the server found at once.
            answers = {socket.read_frame()[0] for _ in range(2)}
            self.assertEqual(answers, {PONG, BINARY})

    def test_pongs_repeat_what_came(self):
        with self.open() as socket:
            for payload in (b'', b'x' * 125, bytes(range(100))):
                socket.send_raw(F(PING, payload))
                self.assertEqual(socket.read_frame()[:2], (PONG, payload))

    def test_nothing_is_answered_after_close(self):
        with self.open() as socket:
            socket.send_raw(closing(1000) + F(BINARY, QUESTION) + F(PING, b'x'))
            self.assertEqual(socket.read_frame()[0], CLOSE)
            self.assertRaises((Closed, ConnectionError), socket.read_frame)

    def test_compression_is_not_taken(self):
        for offer in ('permessage-deflate', 'permessage-deflate; client_max_window_bits', 'x-webkit-deflate-frame', 'nonsense; a=b'):
            with self.open(headers={'Sec-WebSocket-Extensions': offer}) as socket:
                self.assertNotIn('sec-websocket-extensions', socket.headers)
                socket.send_raw(F(BINARY, QUESTION, reserved=4))
                self.assertEqual(socket.read_close(), PROTOCOL)

    def test_handshake(self):
        path = f'/api/sync/{self.writer.room}?token={self.writer.token}'
        for headers in ({'Sec-WebSocket-Version': '12'}, {'Sec-WebSocket-Version': None}, {'Sec-WebSocket-Key': None},
                        {'Upgrade': None}, {'Upgrade': 'h2c'}, {'Connection': 'close'}):
            with WebSocket(self.server, path, headers=headers) as socket:
                self.assertIn(socket.status, (400, 426), headers)
        with WebSocket(self.server, f'/api/rooms/{self.writer.room}/socket', protocol='entrevue.v1') as socket:
            self.assertEqual((socket.status, socket.headers['sec-websocket-protocol']), (101, 'entrevue.v1'))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
