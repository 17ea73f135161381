#!/usr/bin/python3
"""The shipped configurations of nginx and Caddy, run by the real programs in front of a real coordinator."""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from local_server import ROOT  # noqa: E402
from raw_http2 import RawHttp2  # noqa: E402
from room_peers import ACCOUNTS, Interview, run_cases  # noqa: E402
import smuggling_http2  # noqa: E402
from smuggling import FORMS, SPOOFED, SPOOFS, count_hidden, read_answers  # noqa: E402

START = 'main.py'
WAIT_S = 60


def find_free_port():
    with socket.create_server(('127.0.0.1', 0)) as server:
        return server.getsockname()[1]


def make_certificate(folder):
    """Returns its two files and its pin."""
    key, certificate = os.path.join(folder, 'key.pem'), os.path.join(folder, 'certificate.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                    '-subj', '/CN=proxy', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
                   check=True, stderr=subprocess.DEVNULL)
    public = subprocess.run(['openssl', 'pkey', '-in', key, '-pubout', '-outform', 'DER'], check=True, capture_output=True).stdout
    os.chmod(key, 0o644)
    return key, certificate, base64.urlsafe_b64encode(hashlib.sha256(public).digest()).decode().rstrip('=')


class Proxy:
    """One of the two, with the example's names and places replaced by the test's."""

    def __init__(self, interview):
        self.interview = interview
        self.folder = os.path.join(interview.folder, 'proxy')
        os.makedirs(self.folder, mode=0o755)
        self.key, self.certificate, self.pin = make_certificate(self.folder)
        self.port = find_free_port()
        self.plain_port = find_free_port()
        self.log = os.path.join(self.folder, 'access.log')
        self.words = open(os.path.join(self.folder, 'words'), 'w', encoding='utf-8')
        self.process = None

    @property
    def place(self):
        return f'https://127.0.0.1:{self.port}#pin={self.pin}'

    def read_example(self, name, *replacements):
        with open(os.path.join(ROOT, 'data/proxy', name), encoding='utf-8') as file:
            text = file.read()
        upstream = self.interview.server.address.split('://')[1]
        for old, new in (('127.0.0.1:8710', upstream), *replacements):
            assert old in text, f'{name} has no {old}'
            text = text.replace(old, new)
        return text

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path

    def run(self, command, **options):
        self.process = subprocess.Popen(command, stdout=self.words, stderr=self.words, cwd=self.folder, **options)
        deadline = time.monotonic() + WAIT_S
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(self.words.name, encoding='utf-8') as file:
                    raise AssertionError('the proxy did not start: ' + file.read())
            with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', self.port)):
                return
            time.sleep(0.02)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(WAIT_S)
        self.words.close()

    def ask(self, method, path, body=None, headers=None):
        context = ssl.create_default_context(cafile=self.certificate)
        connection = http.client.HTTPSConnection('127.0.0.1', self.port, context=context, timeout=WAIT_S)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def send(self, data):
        """Bytes as they are; what comes back until the end."""
        context = ssl.create_default_context(cafile=self.certificate)
        answer = b''
        with socket.create_connection(('127.0.0.1', self.port), WAIT_S) as plain, \
                context.wrap_socket(plain, server_hostname='127.0.0.1') as connection:
            with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
                connection.sendall(data)
                while chunk := connection.recv(65536):
                    answer += chunk
        return answer


class Nginx(Proxy):
    TOO_LARGE = (413,)

    def start(self):
        text = self.read_example(
            'nginx.conf',
            ('listen 80;', f'listen 127.0.0.1:{self.plain_port};'), ('listen 443 ssl', f'listen 127.0.0.1:{self.port} ssl'),
            ('/etc/letsencrypt/live/interviews.example.org/fullchain.pem', self.certificate),
            ('/etc/letsencrypt/live/interviews.example.org/privkey.pem', self.key),
            ('/var/log/nginx/entrevue.log', self.log), ('interviews.example.org', '127.0.0.1'))
        text = re.sub(r'  listen \[::\].*\n', '', text)
        self.write('entrevue.conf', text)
        main = self.write('nginx.conf', f'''
daemon off; pid {self.folder}/pid; error_log stderr; worker_processes 1;
events {{ worker_connections 512; }}
http {{
  client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/temp; fastcgi_temp_path {self.folder}/f;
  uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
  include {self.folder}/entrevue.conf;
}}
''')
        self.run(['/usr/sbin/nginx', '-p', self.folder, '-c', main, '-e', 'stderr'])


class Caddy(Proxy):
    TOO_LARGE = (413, 502)  # of 2.8 and 2.6

    def start(self):
        text = self.read_example(
            'Caddyfile', ('\ninterviews.example.org {', f'\nhttps://127.0.0.1:{self.port} {{\n\ttls {self.certificate} {self.key}'),
            ('/var/log/caddy/entrevue.log', self.log))
        text = text.replace('\n{\n', f'\n{{\n\tadmin off\n\tauto_https disable_redirects\n\thttp_port {self.plain_port}\n', 1)
        path = self.write('Caddyfile', text)
        environment = {**os.environ, 'HOME': self.folder, 'XDG_DATA_HOME': self.folder, 'XDG_CONFIG_HOME': self.folder}
        self.run(['caddy', 'run', '--config', path, '--adapter', 'caddyfile'], env=environment)


@contextlib.contextmanager
def proxied(kind):
    interview = Interview()
    interview.use_config('trusted-proxies = 127.0.0.1\nsignin-per-address = 4\nexecute-per-user = 100000\npublic-url = https://127.0.0.1\n')
    with interview:
        proxy = kind(interview)
        try:
            proxy.start()
            yield proxy, interview
        finally:
            proxy.stop()


def log_in(proxy, headers=None):
    body = json.dumps({'email': 'nobody@example.org', 'password': 'guess' + str(time.monotonic())})
    return proxy.ask('POST', '/api/auth/login', body, {'Content-Type': 'application/json', **(headers or {})})[0]


def check_http(proxy):
    status, headers, body = proxy.ask('GET', '/health')
    assert status == 200 and json.loads(body)['status'] == 'ok', (status, body)
    assert headers['Strict-Transport-Security'] == 'max-age=31536000', headers
    assert headers['Cache-Control'] == 'no-store', headers
    assert proxy.ask('GET', '/metrics')[0] == 404
    status = proxy.ask('POST', '/api/auth/login', b'x' * 200_000, {'Content-Type': 'application/json'})[0]
    assert status in proxy.TOO_LARGE, status


def check_addresses(proxy):
    """Everybody here has one address, whatever they write; it is counted once and not as the proxy's. The count falls again with time,
    of which a busy machine takes more."""
    answers = [log_in(proxy, {'X-Forwarded-For': f'192.0.2.{n}', 'Forwarded': f'for=192.0.2.{n}', 'X-Real-IP': f'192.0.2.{n}'})
               for n in range(12)]
    assert answers[:3] == [401] * 3 and 429 in answers, answers
    assert proxy.ask('GET', '/health', headers={'X-Forwarded-Proto': 'http'})[0] == 200


def check_room(proxy, interview):
    account = ('--server', proxy.place, '--email', 'ira@example.org', '--room', interview.room)
    host = interview._add(list(account), 'host', None, 'correct horse battery').wait_joined()  # pylint: disable=protected-access
    link = interview.links['candidate'].split('#')[1]
    guest = interview.link_peer(f'https://127.0.0.1:{proxy.port}/join/{interview.room}#{link}&pin={proxy.pin}', 'Gus',
                                device='guest').wait_joined()
    host.insert(START, 0, 'through a proxy\n')
    guest.wait_text(START, lambda text: text.startswith('through a proxy\n'))
    host.wait_durable()


def check_log(proxy, interview):
    """Routes, but no token of a room."""
    deadline = time.monotonic() + WAIT_S
    for peer in interview.peers:
        peer.leave()
    while True:
        with open(proxy.log, encoding='utf-8') as file:
            text = file.read()
        if text.count('/api/sync/') >= 2:
            break
        assert time.monotonic() < deadline, text
        time.sleep(0.02)
    assert re.search(r'token=(?!REMOVED)', text) is None, text
    assert 'Bearer' not in text and 'Sec-Websocket-Key' not in text, text


def check(kind):
    with proxied(kind) as (proxy, interview):
        check_http(proxy)
        check_room(proxy, interview)
        check_addresses(proxy)
        check_log(proxy, interview)


LAST = b'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'


def read_metrics(interview):
    """The request for them."""
    with open(os.path.join(interview.server.data, 'secrets/metrics-token'), encoding='ascii') as file:
        token = file.read().strip()
    return urllib.request.Request(interview.server.address + '/metrics', headers={'Authorization': 'Bearer ' + token})


def count_requests(interview):
    with urllib.request.urlopen(read_metrics(interview), timeout=WAIT_S) as answer:
        return count_hidden(answer.read().decode())


def is_hidden(answer):
    """Of the coordinator, and not of the proxy for a place that it does not know."""
    status, head, body = answer
    return status == 200 and not body and b'nosniff' in head.lower()


def check_cut(proxy, interview):
    """A proxy and the coordinator agree where each request ends.

    What a proxy itself reads as two requests in a row is answered twice, to whom it belongs and in order. Nothing is answered that the
    proxy did not ask for, and nobody's answer comes to somebody else.
    """
    before = count_requests(interview)[0]
    with ThreadPoolExecutor(16) as threads:
        answers = [read_answers(data) for data in threads.map(lambda form: proxy.send(form[1] + LAST), FORMS)]
    seen = 0
    for (name, _), got in zip(FORMS, answers):
        hidden = sum(map(is_hidden, got))
        seen += hidden
        assert hidden <= 1 and len(got) <= 2 + hidden, (name, got)
        assert not got or not is_hidden(got[0]), (name, got)
        for status, _, body in got[1 + hidden:]:
            assert status == 400 or json.loads(body)['status'] == 'ok', (name, got)
    assert count_requests(interview)[0] - before == seen, 'a request was answered to nobody'


def check_spoofs(proxy):
    """Whoever is told in whatever spelling: the address that is counted stays the client's, and https stays https.

    The client's own has asked so often before that no other one can have as little left, even after the seconds that a busy machine
    takes for all this.
    """
    def ask(line):
        data = f'GET /api/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n{line}\r\nConnection: close\r\n\r\n'
        for status, head, _ in read_answers(proxy.send(data.encode())):
            found = re.search(rb'(?i)\r\nratelimit-limit: *(\d+).*\r\nratelimit-remaining: *(\d+)', head, re.DOTALL)
            assert status in (200, 400), (line, status)
            assert (found is None) == (status == 400), (line, head)
            if found is not None:
                yield int(found[1]) - int(found[2])

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda _: list(ask('X-Honest: 1')), range(3 * len(SPOOFS))))
    counts = [(line, count) for line in SPOOFS for count in ask(line.format(a=SPOOFED))]
    assert counts
    for line, count in counts:
        assert count > len(SPOOFS), (line, counts)


def ask_http2(proxy, form):
    """What comes of a form, and of a sound request behind it; of the latter on another connection when the proxy has ended this one."""
    _, headers, body, options = form
    with contextlib.closing(RawHttp2(proxy.port, proxy.certificate)) as connection:
        got = connection.read_answer(connection.ask(headers, body, **options))
        last = connection.read_answer(connection.ask(smuggling_http2.LAST))
    if last[0] is None:
        with contextlib.closing(RawHttp2(proxy.port, proxy.certificate)) as connection:
            last = connection.read_answer(connection.ask(smuggling_http2.LAST))
    return got, last


def check_http2(proxy, interview):
    """However a request of HTTP/2 is written, the coordinator gets one of it or none, and never the one that it hides."""
    before = count_requests(interview)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda form: ask_http2(proxy, form), smuggling_http2.FORMS))
    n_asked = 0
    for form, ((status, headers, body), last) in zip(smuggling_http2.FORMS, answers):
        assert last[0] == 200 and json.loads(last[2])['status'] == 'ok', (form[0], last)
        # Nobody asks for a path that there is. What is good is Caddy's own answer to a host that is none of its own.
        is_ours = b'x-content-type-options' in dict(headers)
        assert status is None or status >= 400 or not is_ours and not body, (form[0], status, body)
        n_asked += status is None or is_ours
    hidden, every = (after - first for after, first in zip(count_requests(interview), before))
    assert hidden == 0, 'a hidden request was answered'
    # Every form and every last one has come once at most; the first count counts itself.
    assert every <= n_asked + len(answers) + 1, (every, n_asked, len(answers))
    assert len(smuggling_http2.FORMS) > 200


def check_smuggling(kind):
    with proxied(kind) as (proxy, interview):
        check_cut(proxy, interview)
        check_http2(proxy, interview)
        check_spoofs(proxy)


ENDLESS = json.dumps({'code': 'while True: pass', 'language': 'python', 'tests': [{}] * 20})  # it would take 100 s


def send_http1(proxy, token, many):
    """Sends so many requests for a program without end; returns what ends their connections."""
    head = ('POST /api/code/execute HTTP/1.1', 'Host: 127.0.0.1', 'Authorization: Bearer ' + token, 'Content-Type: application/json',
            f'Content-Length: {len(ENDLESS)}', '', ENDLESS)
    context = ssl.create_default_context(cafile=proxy.certificate)
    ends = contextlib.ExitStack()
    for _ in range(many):
        connection = context.wrap_socket(socket.create_connection(('127.0.0.1', proxy.port), WAIT_S), server_hostname='127.0.0.1')
        ends.enter_context(connection).sendall('\r\n'.join(head).encode())
    return ends


def send_http2(proxy, token, many):
    """As send_http1(), on one connection."""
    connection = RawHttp2(proxy.port, proxy.certificate)
    for _ in range(many):
        connection.ask(((b':method', b'POST'), (b':scheme', b'https'), (b':authority', b'127.0.0.1'), (b':path', b'/api/code/execute'),
                        (b'authorization', b'Bearer ' + token.encode()), (b'content-type', b'application/json')), ENDLESS.encode())
    return contextlib.closing(connection)


def wait_until(check):
    deadline = time.monotonic() + WAIT_S
    while not check():
        assert time.monotonic() < deadline, 'a program whose client has left goes on, or never came'
        time.sleep(0.05)


def check_leaving(kind):
    """The programs of a client that leaves the proxy are stopped, the one that runs and the one that waits for the only box."""
    with proxied(kind) as (proxy, interview):
        if not interview.server.start_runner('--slots', '1'):
            return  # this host cannot hold programs
        account = {key: ACCOUNTS['interviewer'][key] for key in ('email', 'password')}
        token = json.loads(proxy.ask('POST', '/api/auth/login', json.dumps(account), {'Content-Type': 'application/json'})[2])['access']

        def is_waiting():
            with urllib.request.urlopen(read_metrics(interview), timeout=WAIT_S) as answer:
                return '\nentrevue_runs_waiting 1\n' in answer.read().decode()

        def runs():
            body = json.dumps({'code': 'print(1)', 'language': 'python'})
            headers = {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + token}
            return json.loads(proxy.ask('POST', '/api/code/execute', body, headers)[2]).get('output') == '1\n'
        for send in (send_http1, send_http2):
            wait_until(runs)
            with send(proxy, token, 2):
                wait_until(is_waiting)
            wait_until(runs)


def nothing_smuggled_through_nginx():
    check_smuggling(Nginx)


def nothing_smuggled_through_caddy():
    check_smuggling(Caddy)


def behind_nginx():
    check(Nginx)


def behind_caddy():
    check(Caddy)


def leaving_nginx():
    check_leaving(Nginx)


def leaving_caddy():
    check_leaving(Caddy)


def nginx_leads_to_https():
    with proxied(Nginx) as (proxy, _):
        connection = http.client.HTTPConnection('127.0.0.1', proxy.plain_port, timeout=WAIT_S)
        with contextlib.closing(connection):
            connection.request('GET', '/join/x')
            answer = connection.getresponse()
            assert answer.status == 301 and answer.getheader('Location') == 'https://127.0.0.1/join/x', answer.getheaders()


if __name__ == '__main__':
    sys.exit(run_cases([behind_nginx, nginx_leads_to_https, behind_caddy, nothing_smuggled_through_nginx, nothing_smuggled_through_caddy,
                        leaving_nginx, leaving_caddy]))
