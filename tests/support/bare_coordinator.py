"""A real coordinator process and nothing beside it, for tests that end it, starve it or are rude to it.

    with BareCoordinator(program, 'general-per-user = 100000') as server:
        server.add_people()
        status, headers, answer = server.ask('GET', '/api/me', token=server.sign_in('ina'))

It runs as the caller's user on a free port, in a temporary folder. Where COORD_TEST_DATABASE names a PostgreSQL server (see
with_postgres.py) it gets a schema of its own there, else an SQLite file.
"""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 60
PASSWORD = 'correct horse battery'
ORGANISATION = 'Acme'
# What an ordinary test never wants to meet.
WIDE = '\n'.join(f'{key} = 1000000' for key in (
    'signin-per-account', 'signin-per-address', 'general-per-user', 'general-per-address', 'execute-per-user',
    'sockets-per-address')) + '\nmax-per-address = 100000\nmax-connections = 100000\n'


class BareCoordinator:
    def __init__(self, program, config='', data=None, environment=None, wrap=()):
        self.program = os.path.realpath(program)
        self.folder = tempfile.mkdtemp(prefix='entrevue-bare-')
        self.data = data or os.path.join(self.folder, 'data')
        self.wrap = list(wrap)  # a command that runs the server
        self.environment = {**os.environ, **(environment or {})}
        self.process = None
        self.address = None
        self.port = 0
        self.log_path = os.path.join(self.folder, 'log')
        self.database = os.environ.get('COORD_TEST_DATABASE')
        self.schema = os.path.basename(self.folder)
        if self.database:
            self.query_on_server(f'CREATE SCHEMA "{self.schema}"')
            self.database = f'{self.database}&options=-csearch_path%3D%22{self.schema}%22,public'
            # A section of a provider may end the configuration that was given.
            config = f'database = {self.database}\n{config}'
        self.config = os.path.join(self.folder, 'coordinator.conf')
        with open(self.config, 'w', encoding='utf-8') as file:
            file.write(WIDE + config)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.kill()
        if self.database:
            self.query_on_server(f'DROP SCHEMA "{self.schema}" CASCADE')
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- the process

    def start(self):
        """Returns how many seconds it took until it served."""
        began = time.monotonic()
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(
                [*self.wrap, self.program, 'serve', '--listen', f'127.0.0.1:{self.port}', '--data', self.data, '--config', self.config],
                stdout=subprocess.PIPE, stderr=log, text=True, cwd='/', env=self.environment)
        line = self.process.stdout.readline()
        took = time.monotonic() - began
        if not line:
            raise AssertionError('the coordinator did not start: ' + self.read_log()[-2000:])
        self.address = json.loads(line)['address']
        self.port = int(self.address.rsplit(':', 1)[1])
        return took

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def stop(self):
        self.process.terminate()
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.process = None
        return status

    def read_log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def read_status(self, name):
        """A number of /proc/PID/status, such as VmRSS in KiB."""
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as file:
            return int(next(line for line in file if line.startswith(name + ':')).split()[1])

    def count_descriptors(self):
        return len(os.listdir(f'/proc/{self.process.pid}/fd'))

    def list_clients(self):
        """Address and port of all clients whose connection this machine's kernel still keeps for the server."""
        with open('/proc/net/tcp', encoding='ascii') as file:
            rows = [line.split() for line in file][1:]
        clients = set()
        for _, local, remote, state, *_ in rows:
            if int(local.split(':')[1], 16) == self.port and state not in ('06', '07', '0A'):
                host, port = remote.split(':')
                clients.add((socket.inet_ntoa(int(host, 16).to_bytes(4, sys.byteorder)), int(port, 16)))
        return clients

    # --- command line and database

    def command(self, *words, stdin=None):
        done = subprocess.run([self.program, *words, '--data', self.data, '--config', self.config, '--json'], input=stdin,
                              capture_output=True, text=True, cwd='/')
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def query_on_server(self, sql):
        done = subprocess.run(['psql', self.database, '-qAtc', sql], check=True, capture_output=True, text=True)
        return done.stdout.splitlines()

    def query(self, sql):
        """The rows of a query of one column, as texts."""
        if self.database:
            return self.query_on_server(sql)
        database = sqlite3.connect(os.path.join(self.data, 'entrevue.db'))
        try:
            return [str(row[0]) for row in database.execute(sql)]
        finally:
            database.close()

    def execute(self, sql):
        if self.database:
            self.query_on_server(sql)
            return
        database = sqlite3.connect(os.path.join(self.data, 'entrevue.db'), timeout=PATIENCE_S)
        with database:
            database.execute(sql)
        database.close()

    # --- people and rooms

    def add_people(self, people=(('ina', 'interviewer'), ('ada', 'admin'))):
        """Makes the organisation, and accounts NAME@example.org with these roles; returns the organisation's id."""
        org = self.command('org', 'add', ORGANISATION)['id']
        for name, role in people:
            self.command('user', 'add', name + '@example.org', '--name', name, '--org', ORGANISATION, '--role', role,
                         '--password-stdin', stdin=PASSWORD + '\n')
        return org

    def sign_in(self, name):
        status, _, answer = self.ask('POST', '/api/auth/login', {'email': name + '@example.org', 'password': PASSWORD})
        assert status == 200, answer
        return answer['access']

    def add_room(self, guests=('Gus',), minutes=600):
        """Returns the room's id and the secrets of the guests' invitations, the first the candidate's, the others co-interviewers'."""
        words = ['interview', 'add', '--org', ORGANISATION, '--interviewer', 'ina@example.org', '--starts', 'now', '--minutes', str(minutes),
                 '--guest', guests[0], '--origin', 'https://entrevue.example.org']
        for name in guests[1:]:
            words += ['--co-interviewer', name]
        made = self.command(*words)
        links = [made['links']['candidate'], *made['links'].get('co_interviewers', [])]
        return made['room'], [link.rsplit('#', 1)[1].split('&')[0] for link in links]

    # --- requests

    def connect(self, timeout=PATIENCE_S):
        connection = socket.create_connection(('127.0.0.1', self.port), timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, method, path, body=None, token=None, headers=None):
        """Status, headers in lower case, and the decoded body; an OSError when the server is not there."""
        head = {'Host': f'127.0.0.1:{self.port}', **(headers or {})}
        data = b''
        if body is not None:
            data = json.dumps(body).encode()
            head |= {'Content-Type': 'application/json', 'Content-Length': len(data)}
        if token is not None:
            head['Authorization'] = 'Bearer ' + token
        text = f'{method} {path} HTTP/1.1\r\n' + ''.join(f'{name}: {value}\r\n' for name, value in head.items()) + '\r\n'
        with self.connect() as connection:
            connection.sendall(text.encode() + data)
            return read_answer(connection)


def read_answer(connection):
    answer = b''
    while chunk := connection.recv(65536):
        answer += chunk
    head, separator, body = answer.partition(b'\r\n\r\n')
    if not separator:
        raise ConnectionError(f'an answer of {len(answer)} bytes')
    lines = head.decode('latin-1').split('\r\n')
    headers = {name.strip().lower(): value.strip() for name, value in (line.split(':', 1) for line in lines[1:])}
    if 'content-length' in headers and len(body) < int(headers['content-length']):
        raise ConnectionError('half an answer')
    is_json = 'json' in headers.get('content-type', '')
    return int(lines[0].split()[1]), headers, json.loads(body) if is_json and body else body
