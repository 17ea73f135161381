"""One person of a room who writes, in the smallest Yjs that does: a text that only grows, under one client ID."""

import base64
import os
import threading

from web_socket import Closed, WebSocket


def encode_number(value):
    out = bytearray()
    while value > 0x7f:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def decode_number(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def decode_vector(data):
    """A state vector as a dictionary of client and clock."""
    count, at = decode_number(data, 0)
    vector = {}
    for _ in range(count):
        client, at = decode_number(data, at)
        vector[client], at = decode_number(data, at)
    return vector


def encode_text(data):
    return encode_number(len(data)) + data.encode()


def encode_append(client, clock, text, root):
    """The update that appends ASCII text to what this client has written under the root so far."""
    update = encode_number(1) + encode_number(1) + encode_number(client) + encode_number(clock)
    if clock:
        update += b'\x84' + encode_number(client) + encode_number(clock - 1)
    else:
        update += b'\x04\x01' + encode_text(root)
    return update + encode_text(text) + b'\x00'


def encode_sync(kind, payload):
    return b'\x00' + bytes([kind]) + encode_number(len(payload)) + payload


def decode_sync(message):
    """Kind (0 step 1, 1 step 2, 2 update) and payload, or None for what is no sync message."""
    if not message or message[0] != 0:
        return None
    size, at = decode_number(message, 2)
    return message[1], message[at:at + size]


class RoomWriter:
    """Joins, connects, writes, and knows what was acknowledged. It may connect again after the server died."""

    def __init__(self, server, room, invite, root='notes'):
        self.server = server
        self.room = room
        self.invite = invite
        self.device = base64.b64encode(os.urandom(18)).decode()
        self.root = root
        self.text = ''
        self.durable = 0  # how much of the text is on disk, as the server said
        self.heard = 0  # how much of it the server had when it last was asked
        self.client = None
        self.sync = None
        self.socket = None
        self.token = None
        self.lock = threading.Lock()
        self.moved = threading.Condition(self.lock)

    def join(self):
        status, _, joined = self.server.ask('POST', f'/api/rooms/{self.room}/join', {
            'invite': self.invite, 'name': 'Writer', 'device_key': self.device})
        assert status == 200, joined
        self.token = joined['room_token']
        if self.client is None:
            self.client = joined['clients'][0]

    def connect(self):
        """Says hello and brings the server up to date."""
        self.socket = WebSocket(self.server, f'/api/rooms/{self.room}/socket', protocol='entrevue.v1')
        self.socket.send_message('hello', {'room_token': self.token}, 1)
        self.socket.read_message('welcome')
        self.sync = WebSocket(self.server, f'/api/sync/{self.room}?token={self.token}')
        while True:
            step = decode_sync(self.sync.read())
            if step and step[0] == 0:
                break
        self.heard = decode_vector(step[1]).get(self.client, 0)
        missing = self.text[self.heard:]
        update = encode_append(self.client, self.heard, missing, self.root) if missing else b'\x00\x00'
        self.sync.send(encode_sync(1, update))

    def write(self, words):
        update = encode_append(self.client, len(self.text), words, self.root)
        self.text += words
        self.sync.send(encode_sync(2, update))

    def read_durable(self):
        """Waits for the next word about what is on disk."""
        vector = decode_vector(base64.b64decode(self.socket.read_message('durable')['sv']))
        with self.moved:
            self.durable = max(self.durable, vector.get(self.client, 0))
            self.moved.notify_all()

    def follow(self):
        """Reads until the connection ends; for a thread."""
        try:
            while True:
                self.read_durable()
        except (OSError, Closed, AssertionError):
            return

    def drain(self):
        """Reads the document socket until it ends; for a thread."""
        try:
            while True:
                self.sync.read()
        except (OSError, Closed):
            return

    def wait_durable(self, timeout=60):
        with self.moved:
            return self.moved.wait_for(lambda: self.durable >= len(self.text), timeout)

    def read_document(self):
        """The whole document as an update."""
        self.sync.send(encode_sync(0, b'\x00'))
        while True:
            step = decode_sync(self.sync.read())
            if step and step[0] == 1:
                return step[1]

    def close(self):
        for socket in (self.sync, self.socket):
            if socket is not None:
                socket.close()
