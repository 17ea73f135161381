#!/usr/bin/python3
"""What the coordinator costs, beside others where there are some; one line of JSON each.

    bench-coordinator.py COORDINATOR BUILD_FOLDER http|relay|idle|start|memory|sockets|transactions [--rounds N]

Servers take turns in one run, and what is compared is the processor time of the whole server for each operation, from the
kernel's own count: that holds on a machine with other work, where times do not.
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import resource
import secrets
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, '..', '..', '..'))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'support'))

from bare_coordinator import BareCoordinator  # noqa: E402

SLOTS = 10_000
WRK_S = 2
PEOPLE = 12
SOCKETS_EACH = 8


def say(**figures):
    print(json.dumps({**figures, 'load': round(os.getloadavg()[0], 1)}), flush=True)


def read_cpu_ns(pid):
    total = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        with contextlib.suppress(OSError), open(f'/proc/{pid}/task/{task}/schedstat', encoding='ascii') as file:
            total += int(file.read().split()[0])
    return total


def read_rss_kib(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as file:
        return int(re.search(r'VmRSS:\s+(\d+)', file.read()).group(1))


def run_wrk(url, token, pid, *options, seconds=WRK_S):
    """Processor time of the server for each request in us, and requests a second."""
    command = ['wrk', '-t1', '-c32', f'-d{seconds}s', '--latency', '-H', 'Authorization: Bearer ' + token, *options, url]
    before = read_cpu_ns(pid)
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    cpu = read_cpu_ns(pid) - before
    count = int(re.search(r'(\d+) requests in', said).group(1))
    assert 'Non-2xx' not in said, said
    p99 = re.search(r'99%\s+([\d.]+)(\w+)', said)
    return cpu / 1000 / count, count / seconds, p99.group(1) + p99.group(2)


# --- the list of appointments, beside Fastify, Express and Go

def make_token(secret):
    def encode(data):
        return base64.urlsafe_b64encode(data).decode().rstrip('=')

    def make(person, org):
        head = encode(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode())
        body = encode(json.dumps({'sub': person, 'org': org, 'iss': 'bench', 'aud': 'bench', 'exp': int(time.time()) + 3600}).encode())
        return f'{head}.{body}.' + encode(hmac.new(secret, f'{head}.{body}'.encode(), hashlib.sha256).digest())
    return make


def add_slots(server, org):
    database = sqlite3.connect(os.path.join(server.data, 'entrevue.db'), timeout=60)
    person = database.execute("SELECT id FROM person WHERE email = 'ina@example.org'").fetchone()[0]
    now = int(time.time() * 1e6)
    rows = [(str(uuid.uuid4()), org, person, now + n * 3_600_000_000, now + n * 3_600_000_000 + 1_800_000_000) for n in range(1, SLOTS + 1)]
    with database:
        database.executemany(
            "INSERT INTO slot (id, org, interviewer, starts_at, ends_at, zone, kind, title, capacity, created_at)"
            " VALUES (?, ?, ?, ?, ?, 'Europe/Berlin', 'interview', 'A conversation about code', 1, 0)", rows)
    copy = os.path.join(server.folder, 'copy.db')
    database.execute('VACUUM INTO ?', (copy,))
    database.close()
    return person, copy


def start_peer(command, environment):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
    return process, int(process.stdout.readline())


def build_go(build):
    program = os.path.join(build, 'http-peer-go')
    subprocess.run(['go', 'build', '-o', program, os.path.join(HERE, 'http_peer.go')], check=True,
                   env={**os.environ, 'GO111MODULE': 'off', 'GOPATH': '/usr/share/gocode', 'GOFLAGS': '', 'CGO_ENABLED': '1',
                        'GOCACHE': os.path.join(build, 'go-cache')})
    return program


def install_node_peers(build):
    subprocess.run([os.path.join(ROOT, 'build-aux/install-peers.sh'), 'coordinator', build], check=True)
    for name in ('http-peer.mjs', 'relay-peer.mjs', 'relay-load.mjs'):
        with open(os.path.join(HERE, name), 'rb') as source, open(os.path.join(build, name), 'wb') as target:
            target.write(source.read())


def bench_http(program, build, rounds):
    install_node_peers(build)
    secret = secrets.token_bytes(32)
    environment = {'BENCH_SECRET': secret.hex(), 'NODE_ENV': 'production'}
    sql = os.path.join(HERE, 'list-statement.sql')
    with BareCoordinator(program, 'readers = 2\n') as server, contextlib.ExitStack() as stack:
        org = server.add_people()
        person, copy = add_slots(server, org)
        node = os.path.join(build, 'http-peer.mjs')
        token = make_token(secret)(person, org)
        servers = {'entrevue': (server.process.pid, server.port, server.sign_in('ina'))}
        for name, command in (('fastify', ['node', node, 'fastify', copy, sql]), ('express', ['node', node, 'express', copy, sql]),
                              ('go', [build_go(build), copy, sql])):
            process, port = start_peer(command, environment)
            stack.callback(process.kill)
            servers[name] = (process.pid, port, token)
        figures = {}
        for _ in range(rounds + 1):  # the first warms everything up
            for name, (pid, port, bearer) in servers.items():
                url = f'http://127.0.0.1:{port}/api/slots?limit=20'
                figures.setdefault(name, []).append(run_wrk(url, bearer, pid))
                if name != 'entrevue':
                    figures.setdefault(name + '-closing', []).append(run_wrk(url, bearer, pid, '-H', 'Connection: close'))
        own = statistics.median(f[0] for f in figures['entrevue'][1:])
        for name, runs in figures.items():
            cost = statistics.median(f[0] for f in runs[1:])
            goals = {'fastify': 0.8, 'go': 1.1, 'express': 0.4}
            extra = {'ratio': round(own / cost, 2), 'goal': goals[name.removesuffix('-closing')]} if name != 'entrevue' else {}
            say(bench='http-list', server=name, us_per_request=round(cost, 1), requests_s=round(statistics.median(f[1] for f in runs[1:])),
                rounds=rounds, **extra)


def bench_transactions(program, build, rounds):
    """A small durable transaction by HTTP: an organisation, its member and two rows of the audit."""
    with BareCoordinator(program, 'org-creation = anyone\n') as server:
        server.add_people()
        token = server.sign_in('ina')
        url = f'http://127.0.0.1:{server.port}/api/orgs'
        runs = [run_wrk(url, token, server.process.pid, '-s', os.path.join(HERE, 'post.lua')) for _ in range(rounds)]
        say(bench='http-transaction', us_per_request=round(statistics.median(r[0] for r in runs), 1),
            requests_s=round(statistics.median(r[1] for r in runs)), goal_us=300)


# --- rooms

def join(server, room, invite):
    status, _, joined = server.ask('POST', f'/api/rooms/{room}/join',
                                   {'invite': invite, 'name': 'Somebody', 'device_key': secrets.token_hex(16)})
    assert status == 200, joined
    return joined['room_token']


def make_room(server, people):
    room, invites = server.add_room([f'Guest {n}' for n in range(people)])
    return room, [join(server, room, invite) for invite in invites]


def sync_url(server, room, token):
    return f'ws://127.0.0.1:{server.port}/api/sync/{room}?token={token}'


def run_load(build, urls, pid, observers, **options):
    command = ['node', os.path.join(build, 'relay-load.mjs'), '--pid', str(pid)]
    for name, value in options.items():
        command += ['--' + name, str(value)]
    for url in observers:
        command += ['--observer', url]
    done = subprocess.run(command, input='\n'.join(urls), check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def load_ours(program, build, clients, **options):
    with BareCoordinator(program) as server:
        server.add_people()
        room, tokens = make_room(server, min(PEOPLE - 1, -(-clients // (SOCKETS_EACH - 1)) + 1))
        urls = [sync_url(server, room, tokens[n % len(tokens)]) for n in range(clients)]
        return run_load(build, urls, server.process.pid, urls[:1], **options)


def load_peer(build, clients, **options):
    process, port = start_peer(['node', os.path.join(build, 'relay-peer.mjs')], {'NODE_ENV': 'production'})
    try:
        url = f'ws://127.0.0.1:{port}/bench'
        return run_load(build, [url] * clients, process.pid, [url], **options)
    finally:
        process.kill()


def bench_relay(program, build, rounds):
    install_node_peers(build)
    for clients, goals in ((50, {'goal_ratio': 0.25, 'goal_p99_ms': 50}), (10, {'goal_p99_ms': 10})):
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(load_ours(program, build, clients))
            theirs.append(load_peer(build, clients))
        cost = [statistics.median(r['server_us_per_delivery'] for r in runs) for runs in (ours, theirs)]
        for name, runs, us in (('entrevue', ours, cost[0]), ('y-websocket', theirs, cost[1])):
            extra = {'ratio': round(cost[0] / cost[1], 3), **goals} if name == 'entrevue' else {}
            say(bench='relay', server=name, clients=clients, us_per_delivery=us, complete=all(r['complete'] for r in runs),
                p50_ms=statistics.median(r['p50_ms'] for r in runs), p99_ms=statistics.median(r['p99_ms'] for r in runs),
                server_percent=statistics.median(r['server_percent'] for r in runs),
                loader_percent=statistics.median(r['loader_percent'] for r in runs), rounds=rounds, **extra)


def bench_sockets(program, build, rounds):
    """Durable updates that come over sockets, each client in a room of its own, so that nothing is relayed."""
    install_node_peers(build)
    runs = []
    for _ in range(rounds):
        with BareCoordinator(program) as server:
            server.add_people()
            rooms = [make_room(server, 1) for _ in range(8)]
            urls = [sync_url(server, room, tokens[0]) for room, tokens in rooms]
            runs.append(run_load(build, urls, server.process.pid, urls, rate=500, seconds=5))
    say(bench='socket-updates', us_per_update=statistics.median(r['server_us_per_update'] for r in runs), sent=runs[0]['sent'],
        complete=all(r['complete'] for r in runs), goal_us=40)


# --- many sockets, memory, start

def open_sockets(server, room, token, count, kinds=('sync',)):
    """Sockets that have shaken hands and say nothing more."""
    made = []
    for _ in range(count):
        for kind in kinds:
            path = f'/api/sync/{room}?token={token}' if kind == 'sync' else f'/api/rooms/{room}/socket'
            connection = server.connect()
            connection.sendall((f'GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                                f'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n'
                                + ('Sec-WebSocket-Protocol: entrevue.v1\r\n' if kind == 'room' else '') + '\r\n').encode())
            head = connection.recv(4096)
            assert head.startswith(b'HTTP/1.1 101'), head[:200]
            if kind == 'room':
                connection.sendall(text_frame(json.dumps({'t': 'hello', 'id': 1, 'd': {'room_token': token}})))
            made.append(connection)
    return made


def text_frame(text):
    data = text.encode()
    head = bytes([0x81, 0x80 | len(data)]) if len(data) < 126 else bytes([0x81, 0x80 | 126]) + len(data).to_bytes(2, 'big')
    return head + b'\0\0\0\0' + data


def drain(connections):
    for connection in connections:
        connection.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while connection.recv(65536):
                pass
        connection.setblocking(True)


def measure_request(server, token, rounds):
    url = f'http://127.0.0.1:{server.port}/api/slots?limit=20'
    return statistics.median(run_wrk(url, token, server.process.pid, seconds=1)[0] for _ in range(rounds))


def bench_idle(program, build, rounds, count=10_000):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with BareCoordinator(program, 'max-sockets = 12000\n') as server:
        server.add_people()
        token = server.sign_in('ina')
        measure_request(server, token, 2)
        rooms = [make_room(server, PEOPLE - 1) for _ in range(-(-count // ((PEOPLE - 1) * SOCKETS_EACH)))]
        alone = measure_request(server, token, rounds)
        rss = read_rss_kib(server.process.pid)
        connections = []
        for room, tokens in rooms:
            for room_token in tokens:
                connections += open_sockets(server, room, room_token, min(SOCKETS_EACH, count - len(connections)))
        full = read_rss_kib(server.process.pid)
        cost = measure_request(server, token, rounds)
        drain(connections)
        say(bench='idle-sockets', sockets=len(connections), rooms=len(rooms), kib_each=round((full - rss) / len(connections), 2), goal_kib=8,
            request_us=round(cost, 1), request_us_without=round(alone, 1), ratio=round(cost / alone, 2), goal_ratio=1.3)


def bench_memory(program, build, rounds):
    with BareCoordinator(program) as server:
        server.add_people()
        idle = read_rss_kib(server.process.pid)
        connections = []
        for _ in range(200):
            room, tokens = make_room(server, 3)
            for token in tokens:
                connections += open_sockets(server, room, token, 1, ('room', 'sync'))
        server.ask('GET', '/health')
        drain(connections)
        say(bench='coordinator-memory', idle_mib=round(idle / 1024, 1), goal_idle_mib=15, rooms=200, people=600,
            mib=round(read_rss_kib(server.process.pid) / 1024, 1), goal_mib=40)


def fill(server, size):
    """A log of this many bytes in the database."""
    room, _ = server.add_room()
    database = sqlite3.connect(os.path.join(server.data, 'entrevue.db'), timeout=60)
    database.execute('PRAGMA synchronous = OFF')
    with database:
        database.executemany('INSERT INTO room_log (room, seq, at, kind, via, bytes) VALUES (?, ?, 0, 4, ?, ?)',
                             ((room, 1_000_000 + n, 'bench', os.urandom(64 * 1024)) for n in range(size // (64 * 1024))))
    database.execute('PRAGMA wal_checkpoint (TRUNCATE)')
    database.close()


def bench_start(program, build, rounds):
    with BareCoordinator(program) as server:
        server.stop()
        empty = []
        for _ in range(rounds):
            empty.append(server.start())
            server.stop()
        server.start()
        server.add_people()
        fill(server, 1 << 30)
        server.stop()
        full = []
        for _ in range(rounds):
            full.append(server.start())
            server.stop()
        size = os.path.getsize(os.path.join(server.data, 'entrevue.db'))
    fresh = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, BareCoordinator(program, data=os.path.join(folder, 'data')) as other:
            other.stop()
            subprocess.run(['rm', '-rf', other.data], check=True)
            fresh.append(other.start())
    say(bench='start', first_s=round(statistics.median(fresh), 3), empty_s=round(statistics.median(empty), 3), goal_empty_s=0.3,
        mib=size >> 20, full_s=round(statistics.median(full), 3), goal_full_s=1)


BENCHES = {'http': bench_http, 'relay': bench_relay, 'idle': bench_idle, 'start': bench_start, 'memory': bench_memory,
           'sockets': bench_sockets, 'transactions': bench_transactions}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('program')
    parser.add_argument('build')
    parser.add_argument('bench', choices=BENCHES)
    parser.add_argument('--rounds', type=int, default=3)
    options = parser.parse_args()
    BENCHES[options.bench](options.program, os.path.realpath(options.build), options.rounds)


if __name__ == '__main__':
    main()
