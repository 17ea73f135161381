#!/usr/bin/python3
"""A room on a coordinator with a certificate of its own: real peers reach it by the pin in their links, and nothing else."""

import json
import os
import socket
import ssl
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from room_peers import ACCOUNTS, Interview, run_cases  # noqa: E402

START = 'main.py'
PATIENCE_S = 60


def make_interview():
    interview = Interview()
    interview.use_config('tls = own\n')
    return interview


def get_pin(interview):
    return interview.server.address.split('#pin=')[1]


def a_room_by_pinned_links():
    with make_interview() as interview:
        assert interview.server.address.startswith('https://127.0.0.1:'), interview.server.address
        assert interview.links['candidate'].endswith('&pin=' + get_pin(interview)), interview.links
        host = interview.host().wait_joined()
        guest = interview.guest_peer().wait_joined()
        host.wait_linked('Gus')
        host.insert(START, 0, 'over tls\n')
        guest.wait_text(START, lambda text: text.startswith('over tls\n'))
        host.wait_durable()
        # Without the link between them everything goes over the two sockets.
        big = 'x' * 300_000
        guest.insert(START, 0, big)
        host.wait_text(START, lambda text: text.startswith(big))
        guest.wait_durable()


def the_same_key_after_a_restart():
    with make_interview() as interview:
        host = interview.host().wait_joined()
        before = get_pin(interview)
        secret = os.path.join(interview.server.data, 'secrets', 'tls.pem')
        assert os.stat(secret).st_mode & 0o777 == 0o600
        mark = host.mark()
        interview.server.kill_coordinator()
        host.wait('room', after=mark, match=lambda e: e['connection'] != 'online')
        host.insert(START, 0, 'while it was gone\n')
        interview.server.restart_coordinator()
        assert get_pin(interview) == before
        host.wait_durable()
        guest = interview.guest_peer().wait_joined()
        guest.wait_text(START, lambda text: text.startswith('while it was gone\n'))


def expect_refusal(peer, words):
    failed = peer.wait('room', match=lambda e: e['phase'] == 'failed')
    assert words in failed['sentence'], failed
    peer.process.wait(60)


def another_key_is_refused():
    with make_interview() as interview:
        pin = get_pin(interview)
        other = ('A' if pin[0] != 'A' else 'B') + pin[1:]
        wrong = interview.link_peer(interview.links['candidate'].replace(pin, other), 'Eve')
        expect_refusal(wrong, 'is not the server that your link was made for')
        bare = interview.link_peer(interview.links['candidate'].replace('&pin=' + pin, '')
                                   .replace('entrevue://join/127.0.0.1', 'https://127.0.0.1')
                                   .replace('/' + interview.room, '/join/' + interview.room), 'Eve', device='bare')
        expect_refusal(bare, 'is not valid')
        interview.peers.clear()  # they have ended, as they should


def count_descriptors(interview):
    return len(os.listdir(f'/proc/{interview.server.coordinator.pid}/fd'))


def strangers_at_the_door():
    """Half handshakes, rubbish and clients that leave cost nothing that lasts."""
    with make_interview() as interview:
        host, port = interview.server.address.split('://')[1].split('#')[0].split(':')
        interview.host().wait_joined()
        before = count_descriptors(interview)
        held = [socket.create_connection((host, int(port))) for _ in range(20)]
        for number, connection in enumerate(held):
            connection.sendall([b'', b'GET / HTTP/1.1\r\n\r\n', b'\x16\x03\x01\x02\x00', os.urandom(4000)][number % 4])
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        for number in range(20):
            with context.wrap_socket(socket.create_connection((host, int(port)))) as connection:
                assert connection.version() in ('TLSv1.2', 'TLSv1.3')
                connection.sendall(b'GET /health HTTP/1.1\r\nHost: x\r\n\r\n'[:1 + number * 3])
        interview.guest_peer().wait_joined()
        for connection in held:
            connection.close()
        deadline = time.monotonic() + 60
        while count_descriptors(interview) > before + 8:
            assert time.monotonic() < deadline, count_descriptors(interview)
            time.sleep(0.05)
        weak = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        weak.check_hostname = False
        weak.verify_mode = ssl.CERT_NONE
        weak.maximum_version = ssl.TLSVersion.TLSv1_1
        try:
            weak.wrap_socket(socket.create_connection((host, int(port))))
            raise AssertionError('TLS 1.1 was taken')
        except (ssl.SSLError, ConnectionError):
            pass


def nobody_else_by_plain_http():
    interview = Interview()
    interview.use_config('public-url = https://192.0.2.1:1\n')
    interview.server.prepare()
    try:
        command = interview.server.coordinator_command('serve', '--listen', '0.0.0.0:0', '--data', interview.server.data)
        import subprocess
        done = subprocess.run(command, capture_output=True, text=True, cwd='/', timeout=60)
        assert done.returncode == 1 and 'without TLS is refused' in done.stderr, done
    finally:
        interview.__exit__(None, None, None)



def send(interview, method, path, body, token=''):
    """A connection on which a request was sent, without a look at certificates."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    data = json.dumps(body) if body is not None else ''
    host, port = interview.server.address.split('://')[1].split('#')[0].split(':')
    connection = context.wrap_socket(socket.create_connection((host, int(port)), PATIENCE_S))
    connection.sendall(f'{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n'
                       f'Content-Length: {len(data)}\r\n\r\n{data}'.encode())
    return connection


def read(connection):
    with connection:
        return b''.join(iter(lambda: connection.recv(65536), b'')).split(b'\r\n\r\n', 1)[1].decode()


def wait_until(check, what):
    deadline = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def programs_are_stopped_when_their_client_leaves():
    """The one that runs in the only box, and the one that waits for it."""
    interview = Interview()
    interview.use_config('tls = own\nexecute-per-user = 100000\n')
    with interview:
        if not interview.server.start_runner('--slots', '1'):
            return 'this host cannot hold programs'
        account = {key: ACCOUNTS['interviewer'][key] for key in ('email', 'password')}
        token = json.loads(read(send(interview, 'POST', '/api/auth/login', account)))['access']

        def execute(code, **more):
            return send(interview, 'POST', '/api/code/execute', {'code': code, 'language': 'python', **more}, token)

        def can_run():
            return json.loads(read(execute('print(1)'))).get('output') == '1\n'
        wait_until(can_run, 'the runner did not sign on')
        leaving = [execute('while True: pass', tests=[{}] * 20) for _ in range(2)]  # each would take 100 s
        with open(os.path.join(interview.server.data, 'secrets/metrics-token'), encoding='ascii') as file:
            secret = file.read().strip()
        wait_until(lambda: '\nentrevue_runs_waiting 1\n' in read(send(interview, 'GET', '/metrics', None, secret)), 'they were not taken')
        for connection in leaving:
            connection.close()
        wait_until(can_run, 'a program whose client has left goes on')
    return None


if __name__ == '__main__':
    sys.exit(run_cases([
        a_room_by_pinned_links,
        the_same_key_after_a_restart,
        another_key_is_refused,
        strangers_at_the_door,
        nobody_else_by_plain_http,
        programs_are_stopped_when_their_client_leaves,
    ]))
