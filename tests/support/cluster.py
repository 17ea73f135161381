"""Several coordinators on one PostgreSQL, runners that serve them all, and nginx in front, each a process that can be ended.

    with Cluster(build, nodes=3, runners=2) as cluster:
        room, links = cluster.add_room(['Gus', 'Thea'])
        cluster.nodes[0].kill()
"""

import collections
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from bare_coordinator import ORGANISATION, PASSWORD, WIDE, BareCoordinator
from local_server import LocalServer, ServerError
from with_postgres import find_programs

PATIENCE_S = 60
LOOK_S = 0.02
LAST_LINES = 150


def find_free_port():
    with socket.create_server(('127.0.0.1', 0)) as server:
        return server.getsockname()[1]


class Postgres:
    """A server of its own that waits for the disk, as an installation's does."""

    SETTINGS = ('listen_addresses=', 'max_connections=100', 'shared_buffers=32MB')

    def __init__(self, folder):
        self.folder = folder
        self.data = os.path.join(folder, 'data')
        self.programs = find_programs()
        is_root = os.geteuid() == 0
        self.user = 'postgres' if is_root else pwd.getpwuid(os.geteuid()).pw_name
        self.as_user = ['setpriv', '--reuid', self.user, '--regid', self.user, '--init-groups'] if is_root else []
        self.address = f'postgresql:///postgres?host={folder}&user={self.user}'
        os.makedirs(folder)
        if is_root:
            shutil.chown(folder, self.user, self.user)
        self.run('initdb', '-D', self.data, '-A', 'trust', '-U', self.user, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync')
        self.start()
        self.query('CREATE EXTENSION btree_gist')

    def run(self, name, *words):
        subprocess.run([*self.as_user, os.path.join(self.programs, name), *words], cwd='/', stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=True)

    def start(self):
        options = ' '.join(f'-c {setting}' for setting in [*self.SETTINGS, f'unix_socket_directories={self.folder}'])
        self.run('pg_ctl', '-D', self.data, '-l', os.path.join(self.folder, 'log'), '-o', options, '-w', 'start')

    def stop_at_once(self):
        self.run('pg_ctl', '-D', self.data, '-m', 'immediate', 'stop')

    def query(self, sql):
        """The lines of an answer; an OSError when the server is away."""
        done = subprocess.run(['psql', self.address, '-qAtc', sql], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ConnectionError(done.stderr.strip())
        return done.stdout.splitlines()


class Node(BareCoordinator):
    """One of the coordinators; what it knows is in the database they share and in keys that all have."""

    def __init__(self, program, postgres, folder, url, secrets_from=None):
        super().__init__(program, f'database = {postgres.address}\n')
        shutil.rmtree(self.folder)
        self.folder = folder
        self.data = os.path.join(folder, 'data')
        self.log_path = os.path.join(folder, 'log')
        os.makedirs(self.data)
        self.config = os.path.join(folder, 'coordinator.conf')
        with open(self.config, 'w', encoding='utf-8') as file:
            file.write(WIDE + f'database = {postgres.address}\nnode-url = {url}\n')
        if secrets_from is not None:
            shutil.copytree(os.path.join(secrets_from, 'secrets'), os.path.join(self.data, 'secrets'))
        self.is_stopped = False  # by SIGSTOP

    @property
    def is_up(self):
        return self.process is not None and not self.is_stopped

    def read_id(self):
        with open(os.path.join(self.data, 'node-id'), encoding='ascii') as file:
            return file.read()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)
        self.is_stopped = True

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)
        self.is_stopped = False


class Runners:
    """Some runners, each of which serves all coordinators; none where a host cannot hold programs."""

    def __init__(self, build, folder, nodes, count, log):
        self.server = LocalServer(build, folder, log=log)
        self.log = log
        self.running = {}
        check = None
        if count > 0:
            self.server.prepare()
            check = self.server.runner_command('check')
        if check is None or subprocess.run(check, stdout=subprocess.DEVNULL, stderr=log, cwd='/', check=False).returncode != 0:
            return
        self.addresses = [word for node in nodes for word in ('--connect', node.address)]
        for number in range(count):
            name = f'runner{number}'
            path = os.path.join(os.path.dirname(self.server.token_file), name)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o400), 'w', encoding='ascii') as file:
                file.write(nodes[0].command('runner', 'add', name)['token'] + '\n')
            if self.server.has_users:
                shutil.chown(path, 'entrevue-runner', 'entrevue-runner')
            self.running[name] = None
            self.start(name, path)

    def start(self, name, path=None):
        path = path or os.path.join(os.path.dirname(self.server.token_file), name)
        command = self.server.runner_command('serve', *self.addresses, '--token-file', path, '--slots', '2')
        self.running[name] = self.server.processes.start(name, command, stderr=self.log, cwd='/')

    def kill(self, name):
        self.server.processes.stop(self.running[name], signal.SIGKILL)


class Cluster:
    def __init__(self, build, nodes=3, runners=2):
        self.build = build
        self.folder = tempfile.mkdtemp(prefix='entrevue-cluster-')
        os.chmod(self.folder, 0o755)
        self.n_nodes = nodes
        self.n_runners = runners
        self.log = open(os.path.join(self.folder, 'words'), 'w', encoding='utf-8')
        self.nodes = []
        self.runners = None
        self.proxy = None
        self.port = find_free_port()
        self.postgres = None
        self.address = f'http://127.0.0.1:{self.port}'

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self):
        program = os.path.join(self.build, 'coordinator/entrevue-coordinator')
        self.postgres = Postgres(os.path.join(self.folder, 'postgres'))
        for number in range(self.n_nodes):
            first = self.nodes[0].data if self.nodes else None
            node = Node(program, self.postgres, os.path.join(self.folder, f'node{number}'), f'{self.address}/node/{number}', first)
            self.nodes.append(node)
            node.start()
        self._start_proxy()
        self.org = self.nodes[0].add_people()
        self.runners = Runners(self.build, os.path.join(self.folder, 'runners'), self.nodes, self.n_runners, self.log)

    def _start_proxy(self):
        """Whoever is away is asked again after a second; a request that makes something is given to one alone."""
        servers = '\n'.join(f'server 127.0.0.1:{node.port} max_fails=1 fail_timeout=1s;' for node in self.nodes)
        own = '\n    '.join(f'location /node/{number}/ {{ proxy_pass http://127.0.0.1:{node.port}/; }}'
                          for number, node in enumerate(self.nodes))
        config = os.path.join(self.folder, 'nginx.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(f'''
daemon off; master_process off; pid {self.folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  upstream coordinators {{ {servers} }}
  server {{
    listen 127.0.0.1:{self.port};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_connect_timeout 2s;
    proxy_read_timeout 75s;
    location / {{ proxy_pass http://coordinators; }}
    {own}
  }}
}}
''')
        self.proxy = subprocess.Popen(['/usr/sbin/nginx', '-p', self.folder, '-c', config, '-e', 'stderr'],
                                      stdout=self.log, stderr=self.log, cwd='/')
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', self.port), 1):
                return
            if self.proxy.poll() is not None or time.monotonic() > deadline:
                raise ServerError('nginx did not start.')
            time.sleep(LOOK_S)

    def __exit__(self, kind, *_):
        if self.runners is not None:
            self.runners.server.stop()
        for node in self.nodes:
            if node.process is not None:
                node.kill()
        if self.proxy is not None:
            self.proxy.kill()
            self.proxy.wait()
        if self.postgres is not None:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.postgres.stop_at_once()
        self.log.close()
        if kind is not None:
            # What peers, runners and nginx said; coordinators have their own log.
            with open(self.log.name, encoding='utf-8', errors='replace') as words:
                print(''.join('#   ' + line for line in collections.deque(words, LAST_LINES)), flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_room(self, guests):
        """A room that is open now: its id and a link for each guest, the first the candidate's."""
        words = ['interview', 'add', '--org', ORGANISATION, '--interviewer', 'ina@example.org', '--starts', 'now', '--minutes', '60',
                 '--guest', guests[0], '--origin', self.address]
        for name in guests[1:]:
            words += ['--co-interviewer', name]
        made = self.nodes[0].command(*words)
        return made['room'], [made['links']['candidate'], *made['links'].get('co_interviewers', [])]

    # --- as a client of the proxy: what SlotClient needs

    def ask(self, method, path, body=None, token=None, headers=None):
        return BareCoordinator.ask(self, method, path, body, token, {'Connection': 'close', **(headers or {})})

    def sign_in(self, name):
        status, _, answer = self.ask('POST', '/api/auth/login', {'email': name + '@example.org', 'password': PASSWORD})
        if status != 200:
            raise ConnectionError(f'{status} {answer}')
        return answer['access']

    def connect(self, timeout=PATIENCE_S):
        return socket.create_connection(('127.0.0.1', self.port), timeout)
