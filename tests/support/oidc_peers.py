"""What signing in with another service needs on its other sides: a provider, a browser, and the app.

    with RealProvider(script) as provider:
        server = BareCoordinator(program, provider.configure('work'))
        ...
        app = App(server)
        address = Browser('ada').open(app.start('work'))
        app.take(address)                       # the code that came back
"""

import base64
import hashlib
import html
import http.client
import http.cookiejar
import json
import os
import re
import secrets
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE_S = 60
MAX_STEPS = 20


def to_base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def write_secret(folder, name='provider-secret', text='secret'):
    path = os.path.join(folder, name)
    with open(path, 'w', encoding='ascii') as file:
        file.write(text + '\n')
    os.chmod(path, 0o600)
    return path


def describe(name, issuer, **keys):
    """A section of the configuration."""
    keys = {'issuer': issuer, 'client_id': 'entrevue', 'allow_private_address': 'yes', **keys}
    return f'[provider {name}]\n' + ''.join(f"{key.replace('_', '-')} = {value}\n" for key, value in keys.items() if value is not None)


class RealProvider:
    """npm's oidc-provider; script is oidc-provider.mjs in the build folder."""

    def __init__(self, script):
        self.process = subprocess.Popen(['node', script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            self.close()
            raise AssertionError('the provider did not start: are its packages there (build-aux/install-npm.sh oidc FOLDER)?')
        self.issuer = json.loads(line)['issuer']

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Page:
    def __init__(self, status, headers, text, address):
        self.status, self.headers, self.text, self.address = status, headers, text, address

    def find_form(self):
        """Where the form goes, and its fields with their values."""
        form = re.search(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', self.text, re.DOTALL)
        if form is None:
            return None, {}
        fields = {}
        for tag in re.findall(r'<input[^>]*>', form.group(2)):
            name, value = (re.search(f'{word}="([^"]*)"', tag) for word in ('name', 'value'))
            if name:
                fields[name.group(1)] = html.unescape(value.group(1)) if value else ''
        return html.unescape(form.group(1)), fields

    @property
    def sentence(self):
        found = re.search(r'<p>(.*?)</p>', self.text, re.DOTALL)
        return html.unescape(found.group(1)) if found else self.text

    @property
    def link(self):
        """The way back to the app."""
        found = re.search(r'<a href="([^"]+)"', self.text)
        return html.unescape(found.group(1)) if found else None


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """Keeps cookies, follows redirects, and fills in the forms of the provider as somebody with this name would."""

    def __init__(self, name='ada', language='en', denies=False):
        self.name, self.language, self.denies = name, language, denies
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            NoRedirect(), urllib.request.HTTPCookieProcessor(self.cookies), urllib.request.ProxyHandler({}))
        self.seen = []  # addresses

    def fetch(self, address, form=None):
        self.seen.append(address)
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(address, data, {'Accept-Language': self.language, 'Accept': 'text/html'})
        try:
            answer = self.opener.open(request, timeout=PATIENCE_S)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Page(answer.status, answer.headers, answer.read().decode(), address)

    def open(self, address, until=None):
        """The page where it ends, or the address when it starts with `until` or with that of an app."""
        form = None
        for _ in range(MAX_STEPS):
            page = self.fetch(address, form)
            form = None
            if page.status in (302, 303):
                address = urllib.parse.urljoin(address, page.headers['Location'])
                if address.startswith(App.ADDRESS) or (until and address.startswith(until)):
                    return address
                continue
            action, fields = page.find_form()
            if page.status != 200 or action is None or '/interaction/' not in action:
                return page
            if self.denies:
                address = urllib.parse.urljoin(address, re.search(r'href="([^"]*/abort)"', page.text).group(1))
                continue
            address = urllib.parse.urljoin(address, action)
            form = {**fields, **({'login': self.name, 'password': 'any'} if 'login' in fields else {})}
        raise AssertionError(f'it goes on for ever: {self.seen[-3:]}')


class App:
    """The app's side of one sign-in."""

    ADDRESS = 'http://127.0.0.1:9/signed-in'

    def __init__(self, server):
        self.server = server
        self.verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(16)
        self.code = None

    def start(self, provider, **changes):
        challenge = to_base64url(hashlib.sha256(self.verifier.encode()).digest())
        query = {'redirect_uri': self.ADDRESS, 'code_challenge': challenge, 'code_challenge_method': 'S256', 'state': self.state, **changes}
        query = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        return f'{self.server.address}/api/auth/oidc/{provider}/start?{query}'

    def read(self, address):
        """What came back."""
        assert isinstance(address, str), (address.status, address.text)
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
        assert query.pop('state') == self.state, address
        return query

    def take(self, address, **more):
        """Status and answer of changing the code for tokens."""
        self.code = self.read(address)['code']
        return self.change(**more)

    def change(self, **more):
        status, _, answer = self.server.ask(
            'POST', '/api/auth/oidc/token', {'code': self.code, 'verifier': self.verifier, 'device': 'test', **more})
        return status, answer

    def connect(self, token):
        status, _, answer = self.server.ask('POST', '/api/me/identities', {'code': self.code, 'verifier': self.verifier}, token)
        return status, answer


class ScriptedProvider:
    """A server in a thread that answers by functions, for providers that speak the protocol wrongly and for GitHub's."""

    def __init__(self, context=None):
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def answer(self):
                parts = urllib.parse.urlsplit(self.path)
                form = self.rfile.read(int(self.headers.get('Content-Length', 0))).decode()
                request = {'path': parts.path, 'query': dict(urllib.parse.parse_qsl(parts.query)),
                           'form': dict(urllib.parse.parse_qsl(form)), 'headers': dict(self.headers.items()), 'method': self.command}
                owner.requests.append(request)
                status, headers, body = owner.handle(request)
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                try:
                    self.send_response(status)
                    for name, value in {'Content-Type': 'application/json', 'Content-Length': len(data), 'Connection': 'close', **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass  # whoever asked has seen enough
                self.close_connection = True

            do_GET = do_POST = answer  # noqa: N815

            def log_message(self, *_):
                pass

        self.requests = []
        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.issuer = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self.is_ending = threading.Event()
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self):
        self.is_ending.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def handle(self, request):
        raise NotImplementedError

    @staticmethod
    def now():
        return int(time.time())


class GitHub(ScriptedProvider):
    """As GitHub documents its web application flow and its API, under the addresses of an Enterprise Server."""

    def __init__(self):
        super().__init__()
        self.user = {'login': 'octocat', 'id': 583231, 'name': 'Mona', 'email': None, 'type': 'User'}
        self.addresses = [
            {'email': 'old@example.org', 'primary': False, 'verified': True, 'visibility': None},
            {'email': 'mona@example.org', 'primary': True, 'verified': True, 'visibility': 'private'}]
        self.codes = {}  # code -> challenge
        self.token = 'gho_' + secrets.token_hex(18)
        self.emails_status = 200

    def handle(self, request):
        path, query, form, headers = (request[name] for name in ('path', 'query', 'form', 'headers'))
        if path == '/login/oauth/authorize':
            assert query['client_id'] == 'entrevue' and query['scope'] == 'read:user user:email', query
            code = secrets.token_hex(10)
            self.codes[code] = query['code_challenge']
            back = urllib.parse.urlencode({'code': code, 'state': query['state']})
            return 302, {'Location': query['redirect_uri'] + '?' + back}, b''
        if path == '/login/oauth/access_token':
            challenge = self.codes.pop(form['code'], None)
            if 'application/json' not in headers.get('Accept', ''):
                return 200, {'Content-Type': 'application/x-www-form-urlencoded'}, b'access_token=x'
            if form['client_secret'] != 'secret':
                return 200, {}, {'error': 'incorrect_client_credentials', 'error_description': 'The client_id and/or client_secret are wrong.'}
            if challenge != to_base64url(hashlib.sha256(form['code_verifier'].encode()).digest()):
                return 200, {}, {'error': 'bad_verification_code', 'error_description': 'The code passed is incorrect or expired.'}
            return 200, {}, {'access_token': self.token, 'scope': 'read:user,user:email', 'token_type': 'bearer'}
        if not headers.get('User-Agent'):
            return 403, {'Content-Type': 'text/plain'}, b'Request forbidden by administrative rules.'
        if headers.get('Authorization') != 'Bearer ' + self.token:
            return 401, {}, {'message': 'Bad credentials'}
        if path == '/api/v3/user':
            return 200, {}, self.user
        if path == '/api/v3/user/emails':
            return self.emails_status, {}, self.addresses if self.emails_status == 200 else {'message': 'Not Found'}
        return 404, {}, {'message': 'Not Found'}
