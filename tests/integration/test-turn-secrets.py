#!/usr/bin/python3
"""The shipped set-up of coturn with the coordinator's credentials, and how its secret is changed without a gap."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from local_server import ROOT  # noqa: E402
from room_peers import Interview, run_cases  # noqa: E402

WAIT_S = 60
MAGIC = 0x2112a442
ALLOCATE, CREATE_PERMISSION = 0x003, 0x008
USERNAME, INTEGRITY, ERROR, REALM, NONCE, PEER, TRANSPORT = 0x006, 0x008, 0x009, 0x014, 0x015, 0x012, 0x019
FIRST, SECOND = 'first-secret-of-the-relay', 'second-secret-of-the-relay'


def make_attribute(kind, value):
    return struct.pack('>HH', kind, len(value)) + value + b'\0' * (-len(value) % 4)


class TurnClient:
    """Just enough of RFC 8656 to ask for an address and a peer."""

    def __init__(self, port, username, password):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=WAIT_S)
        self.username, self.password = username, password
        self.realm = self.nonce = b''

    def close(self):
        self.socket.close()

    def ask(self, method, attributes):
        """Returns 0 for success, or the code of the error."""
        body = attributes
        if self.nonce:
            body += (make_attribute(USERNAME, self.username.encode()) + make_attribute(REALM, self.realm)
                     + make_attribute(NONCE, self.nonce))
            key = hashlib.md5(f'{self.username}:{self.realm.decode()}:{self.password}'.encode()).digest()
            head = self.make_head(method, len(body) + 24)
            body += make_attribute(INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest())
        self.socket.sendall(self.make_head(method, len(body)) + body)
        return self.read_answer()

    @staticmethod
    def make_head(method, size):
        return struct.pack('>HHI', method, size, MAGIC) + b'entrevue-tid'

    def read_exactly(self, count):
        data = b''
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            assert part, 'the relay hung up'
            data += part
        return data

    def read_answer(self):
        kind, size, _ = struct.unpack('>HHI', self.read_exactly(20)[:8])
        body, code = self.read_exactly(size), 0
        while body:
            attribute, length = struct.unpack('>HH', body[:4])
            value = body[4:4 + length]
            if attribute == ERROR:
                code = value[2] * 100 + value[3]
            elif attribute == REALM:
                self.realm = value
            elif attribute == NONCE:
                self.nonce = value
            body = body[4 + length + -length % 4:]
        return code if kind & 0x0110 == 0x0110 else 0

    def allocate(self):
        transport = make_attribute(TRANSPORT, b'\x11\0\0\0')
        first = self.ask(ALLOCATE, transport)
        assert first == 401, first  # here are realm and nonce
        return self.ask(ALLOCATE, transport)

    def permit(self, address):
        packed = struct.unpack('>I', socket.inet_aton(address))[0] ^ MAGIC
        return self.ask(CREATE_PERMISSION, make_attribute(PEER, struct.pack('>BBHI', 0, 1, 9 ^ (MAGIC >> 16), packed)))


def find_free_port():
    with socket.create_server(('127.0.0.1', 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def relay(interview, *secrets):
    """coturn with the example and these secrets; gives its port."""
    port = find_free_port()
    with open(os.path.join(ROOT, 'data/coturn/turnserver.conf'), encoding='utf-8') as file:
        text = file.read()
    path = os.path.join(interview.folder, f'turnserver-{port}.conf')
    assert text.count('static-auth-secret=REPLACE-ME\n') == 1 and 'listening-port=3478\n' in text
    text = text.replace('static-auth-secret=REPLACE-ME\n', ''.join(f'static-auth-secret={secret}\n' for secret in secrets))
    text = text.replace('listening-port=3478\n', f'listening-port={port}\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\n')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    process = subprocess.Popen(['turnserver', '-c', path, '--pidfile', path + '.pid', '--userdb', path + '.db'],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=interview.folder)
    try:
        deadline = time.monotonic() + WAIT_S
        while True:
            assert process.poll() is None and time.monotonic() < deadline, 'coturn did not start'
            with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port)):
                break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(WAIT_S)


def get_credentials(interview, device):
    """As the coordinator gives them to whom it lets into the room."""
    address = interview.server.address.removeprefix('http://')
    connection = http.client.HTTPConnection(address, timeout=WAIT_S)
    link = interview.add_interview(device)['links']['candidate']
    body = json.dumps({'invite': link.split('#')[1], 'name': 'Gus', 'device_key': device * 4})
    with contextlib.closing(connection):
        connection.request('POST', f'/api/rooms/{interview.room}/join', body, {'Content-Type': 'application/json'})
        joined = json.loads(connection.getresponse().read())
    server = joined['ice'][0]
    assert server['urls'] == ['turn:turn.example.org:3478?transport=udp'], server
    return server['username'], server['credential']


def try_allocate(port, credentials):
    with contextlib.closing(TurnClient(port, *credentials)) as client:
        return client.allocate()


def write_secret(interview, text):
    path = os.path.join(interview.folder, 'turn-secret')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text + '\n')
    os.chmod(path, 0o400)
    if interview.server.has_users:
        shutil.chown(path, 'entrevue')
    return path


def use_relay(interview):
    interview.server.prepare()  # the users are there then
    path = write_secret(interview, FIRST)
    interview.use_config(f'turn-urls = turn:turn.example.org:3478?transport=udp\nturn-secret-file = {path}\n')


def a_secret_is_changed_without_a_gap():
    interview = Interview()
    use_relay(interview)
    with interview:
        old = get_credentials(interview, 'first')
        with relay(interview, FIRST) as port:
            assert try_allocate(port, old) == 0
        write_secret(interview, SECOND)
        interview.server.processes.stop(interview.server.coordinator)
        interview.server.restart_coordinator()
        new = get_credentials(interview, 'second')
        with relay(interview, FIRST, SECOND) as port:
            assert try_allocate(port, old) == 0
            assert try_allocate(port, new) == 0
            assert try_allocate(port, (new[0], old[1])) == 401
            past = str(int(time.time()) - 1) + ':x'
            digest = hmac.new(SECOND.encode(), past.encode(), hashlib.sha1).digest()
            assert try_allocate(port, (past, base64.b64encode(digest).decode())) == 401
        with relay(interview, SECOND) as port:
            assert try_allocate(port, old) == 401
            assert try_allocate(port, new) == 0


def inner_networks_are_out_of_reach():
    interview = Interview()
    use_relay(interview)
    with interview, relay(interview, FIRST) as port:
        with contextlib.closing(TurnClient(port, *get_credentials(interview, 'device'))) as client:
            assert client.allocate() == 0
            for address in ('127.0.0.1', '10.1.2.3', '172.20.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'):
                assert client.permit(address) == 403, address
            assert client.permit('192.0.2.1') == 0


if __name__ == '__main__':
    sys.exit(run_cases([a_secret_is_changed_without_a_gap, inner_networks_are_out_of_reach]))
