#!/usr/bin/env python3
"""Signing in with other services over HTTP: test_providers.py COORDINATOR OIDC_PROVIDER_SCRIPT.

A real OpenID Connect provider (npm's oidc-provider), one that speaks the protocol wrongly in every way that came to mind, and a
stand-in that speaks GitHub's. The cases of the first skip when ENTREVUE_WITHOUT_OIDC is set, and fail without its packages otherwise.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import PASSWORD, BareCoordinator  # noqa: E402
from oidc_peers import App, Browser, GitHub, RealProvider, ScriptedProvider, describe, to_base64url, write_secret  # noqa: E402
from test_accounts import make_code  # noqa: E402

# As in room_peers.py: with sanitizers the system's authorities take as long to read as the server waits for a provider.
if 'ASAN_OPTIONS' in os.environ:
    os.environ['ASAN_OPTIONS'] += ':malloc_context_size=12'

PROGRAM, SCRIPT = sys.argv[1:3]


def to_base64url_number(number):
    return to_base64url(number.to_bytes((number.bit_length() + 7) // 8, 'big'))


class Providers(unittest.TestCase):
    """Servers with providers; what all cases share."""

    registration = 'open'

    @classmethod
    def start_server(cls, *sections, more=''):
        cls.server = BareCoordinator(PROGRAM, f'registration = {cls.registration}\n{more}' + '\n'.join(sections))
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.start()

    @classmethod
    def make_folder(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        return folder.name

    def ask(self, status, method, path, body=None, token=None):
        got, _, answer = self.server.ask(method, path, body, token)
        self.assertEqual(got, status, (path, answer))
        return answer

    def sign_in(self, name, provider='work', browser=None, **more):
        """Status and answer, with the browser of somebody of this name."""
        app = App(self.server)
        status, answer = app.take((browser or Browser(name)).open(app.start(provider)), **more)
        return status, answer, app

    def assert_page(self, page, status, *words):
        self.assertFalse(isinstance(page, str), page)
        self.assertEqual(page.status, status, page.text)
        self.assertIn("default-src 'none'", page.headers['Content-Security-Policy'])
        for word in words:
            self.assertIn(word, page.text)

    def register(self, name):
        self.ask(201, 'POST', '/api/auth/register', {'email': f'{name}@example.org', 'password': PASSWORD, 'name': name})
        return self.log_in(name)['access']

    def log_in(self, name):
        return self.ask(200, 'POST', '/api/auth/login', {'email': f'{name}@example.org', 'password': PASSWORD})

    def get_me(self, answer):
        return self.ask(200, 'GET', '/api/me', token=answer['access'])['user']


@unittest.skipIf(os.environ.get('ENTREVUE_WITHOUT_OIDC'), 'ENTREVUE_WITHOUT_OIDC is set')
class WithRealProvider(Providers):
    @classmethod
    def setUpClass(cls):
        cls.provider = RealProvider(SCRIPT)
        cls.addClassCleanup(cls.provider.close)
        folder = cls.make_folder()
        secret = write_secret(folder)
        cls.start_server(*(
            describe(name, cls.provider.issuer, client_id=client, client_secret_file=file, title=title) for name, client, file, title in (
                ('work', 'entrevue', secret, 'Work & Co'), ('es', 'es', secret, None), ('ed', 'ed', secret, None), ('open', 'open', None, None),
                ('wrong', 'entrevue', write_secret(folder, 'other', 'not it'), None))))

    def test_listed(self):
        answer = self.ask(200, 'GET', '/api/auth/providers')
        items = answer['items']
        self.assertEqual((answer['registration'], answer.get('mail', False)), ('open', False))
        self.assertEqual(items[0], {'name': 'work', 'title': 'Work & Co', 'kind': 'oidc'})
        self.assertEqual(len(items), 5)

    def test_an_account_is_made_and_signs_in_again(self):
        status, answer, app = self.sign_in('ada', zone='Europe/Berlin', locale='de_DE')
        self.assertEqual(status, 200, answer)
        self.assertEqual((answer['user']['email'], answer['user']['name'], answer['user']['verified']), ('ada@example.org', 'Ada', True))
        self.assertEqual((answer['user']['zone'], answer['user']['locale']), ('Europe/Berlin', 'de_DE'))
        # The code is good once; and nothing of what is secret was in an address or a log.
        self.assertEqual(app.change()[0], 403)
        browser = Browser('ada')
        _, again, app = self.sign_in('ada', browser=browser)
        self.assertEqual(self.get_me(again)['id'], answer['user']['id'])
        seen = '\n'.join(browser.seen) + self.server.read_log()
        for secret in (again['access'], again['refresh'], app.verifier, app.code):
            self.assertNotIn(secret, seen)
        # There is no password, so that none signs in.
        self.ask(401, 'POST', '/api/auth/login', {'email': 'ada@example.org', 'password': ''})
        # The only way in is not taken away.
        identity = self.ask(200, 'GET', '/api/me/identities', token=again['access'])['items'][0]
        self.assertEqual((identity['provider'], identity['title'], identity['email']), ('work', 'Work & Co', 'ada@example.org'))
        self.assertEqual(self.ask(409, 'DELETE', f"/api/me/identities/{identity['id']}", token=again['access'])['code'], 'conflict')

    def test_every_signature_and_client(self):
        ids = set()
        for provider in ('work', 'es', 'ed', 'open'):
            status, answer, _ = self.sign_in('alma', provider)
            self.assertEqual(status, 200, (provider, answer))
            ids.add(answer['user']['id'])
        self.assertEqual(len(ids), 1)

    def test_a_known_address_is_connected_by_its_owner_alone(self):
        token = self.register('olga')
        status, answer, app = self.sign_in('olga')
        self.assertEqual((status, answer['code']), (409, 'link_needed'))
        self.assertIn('Sign in with your password once', answer['detail'])
        self.ask(401, 'POST', '/api/me/identities', {'code': app.code, 'verifier': app.verifier})
        # The same code, once she is signed in.
        status, identity = app.connect(token)
        self.assertEqual((status, identity['email']), (201, 'olga@example.org'))
        self.assertTrue(self.ask(200, 'GET', '/api/me', token=token)['user']['verified'])
        status, answer, _ = self.sign_in('olga')
        self.assertEqual((status, answer['user']['email']), (200, 'olga@example.org'))
        # Off again, and it is as before.
        self.ask(204, 'DELETE', f"/api/me/identities/{identity['id']}", token=token)
        self.ask(404, 'DELETE', f"/api/me/identities/{identity['id']}", token=token)
        self.assertEqual(self.sign_in('olga')[1]['code'], 'link_needed')

    def test_an_identity_is_one_persons(self):
        token, other = self.register('ole'), self.register('pia')
        for who, expected in ((token, 201), (token, 201), (other, 409)):
            app = App(self.server)
            app.code = app.read(Browser('otto').open(app.start('work', purpose='connect')))['code']
            self.assertEqual(app.connect(who)[0], expected)
        self.assertEqual(len(self.ask(200, 'GET', '/api/me/identities', token=token)['items']), 1)
        self.assertEqual(self.ask(200, 'GET', '/api/me/identities', token=other)['items'], [])

    def test_a_second_factor_is_still_asked_for(self):
        token = self.register('tom')
        app = App(self.server)
        app.code = app.read(Browser('tom').open(app.start('work', purpose='connect')))['code']
        self.assertEqual(app.connect(token)[0], 201)
        secret = self.ask(200, 'POST', '/api/auth/totp', {'password': PASSWORD}, token)['secret']
        self.ask(200, 'POST', '/api/auth/totp/confirm', {'code': make_code(secret, step=-1)}, token)
        status, answer, _ = self.sign_in('tom')
        self.assertEqual((status, set(answer)), (200, {'second_factor', 'ticket'}))
        tokens = self.ask(200, 'POST', '/api/auth/second-factor', {'ticket': answer['ticket'], 'code': make_code(secret)})
        self.assertEqual(tokens['user']['email'], 'tom@example.org')

    def test_addresses_that_are_not_verified(self):
        for name in ('uma', 'noah'):
            app = App(self.server)
            page = Browser(name).open(app.start('work'))
            self.assert_page(page, 403, 'Your mail address is not confirmed')
            self.assertEqual(app.read(page.link), {'error': 'address_unverified'})
        page = Browser('uma', language='de-DE').open(App(self.server).start('work'))
        self.assert_page(page, 403, 'Ihre Mailadresse ist nicht bestätigt', 'Zurück zu Entrevue')
        # Somebody who is signed in anyhow may connect it; that tells nothing of the address.
        token = self.register('uma')
        app = App(self.server)
        app.code = app.read(Browser('uma').open(app.start('work', purpose='connect')))['code']
        self.assertEqual(app.change()[1]['code'], 'address_unverified')
        self.assertEqual(app.connect(token)[0], 201)
        self.assertNotIn('verified', self.ask(200, 'GET', '/api/me', token=token)['user'])
        self.assertEqual(self.sign_in('uma')[0], 200)

    def test_denied(self):
        app = App(self.server)
        page = Browser('dan', denies=True).open(app.start('work'))
        self.assert_page(page, 403, 'The sign-in was cancelled at the other service. Nothing was changed.')
        self.assertEqual(app.read(page.link), {'error': 'sign_in_denied'})

    def test_the_way_back_is_the_same_browsers_and_once(self):
        app = App(self.server)
        callback = Browser('ann').open(app.start('work'), until=self.server.address + '/api/auth/oidc/work/callback')
        self.assertIn('code=', callback)
        self.assert_page(Browser('eve').open(callback), 403, 'This sign-in has ended')
        browser = Browser('ann')
        callback = browser.open(app.start('work'), until=self.server.address + '/api/auth/oidc/work/callback')
        for changed in (re.sub('state=[^&]+', 'state=' + 'x' * 43, callback), re.sub('[?&]state=[^&]+', '?', callback),
                        callback.replace('/work/', '/es/'), callback.replace('/work/', '/nobody/')):
            page = browser.open(changed)
            self.assert_page(page, 404 if '/nobody/' in changed else 403)
        self.assertTrue(browser.open(callback).startswith(App.ADDRESS))
        self.assert_page(browser.open(callback), 403, 'This sign-in has ended')

    def test_too_late(self):
        app, browser = App(self.server), Browser('lea')
        callback = browser.open(app.start('work'), until=self.server.address + '/api/auth/oidc/work/callback')
        self.server.execute('UPDATE provider_attempt SET expires_at = 1')
        self.assert_page(browser.open(callback), 403, 'is too old')
        app.code = app.read(browser.open(app.start('work')))['code']
        self.server.execute('UPDATE provider_grant SET expires_at = 1')
        self.assertEqual(app.change()[1]['code'], 'sign_in_ended')

    def test_a_code_is_of_no_use_to_who_sees_it(self):
        app = App(self.server)
        app.code = app.read(Browser('gus').open(app.start('work')))['code']
        verifier, app.verifier = app.verifier, secrets.token_urlsafe(48)
        self.assertEqual(app.change()[1]['code'], 'sign_in_ended')
        app.verifier = verifier
        self.assertEqual(app.change()[1]['code'], 'sign_in_ended')

    def test_only_the_same_machine_gets_a_code(self):
        good = App.ADDRESS
        for wrong in ('https://127.0.0.1:9/a', 'http://localhost:9/a', 'http://127.0.0.1/a', 'http://127.0.0.1:9', 'http://127.0.0.1:09/a',
                      'http://127.0.0.1:9/a?b=c', 'http://127.0.0.1:9/a#b', 'http://127.0.0.1:9@example.org/a', 'http://127.0.0.1:99999/a',
                      'http://127.0.0.1.example.org:9/a', 'http://example.org:9/a', 'http://[::2]:9/a', 'javascript:alert(1)', '//127.0.0.1:9/a',
                      'http://127.0.0.1:9/a\r\nX: y', 'http://127.0.0.1:9/"', 'http://127.0.0.1:9/..%2f', 'http://127.0.0.1:9\\@example.org/',
                      'http://127.0.0.2:9/a', 'http://0x7f.1:9/a', 'HTTP://127.0.0.1:9/a', '', 'http://127.0.0.1:9/' + 'a' * 300, None):
            self.assert_page(Browser().open(App(self.server).start('work', redirect_uri=wrong)), 400, 'This address is not whole')
        for changes in ({'code_challenge': None}, {'code_challenge': 'x' * 42}, {'code_challenge': 'x' * 42 + '='}, {'state': None}, {'state': ''},
                        {'state': '<b>'}, {'state': 'x' * 129}, {'code_challenge_method': 'plain'}):
            self.assert_page(Browser().open(App(self.server).start('work', redirect_uri=good, **changes)), 400)
        self.assert_page(Browser().open(App(self.server).start('nobody')), 404, 'There is no such sign-in')
        answer = Browser().fetch(App(self.server).start('work', redirect_uri='http://[::1]:9/a'))
        self.assertEqual(answer.status, 302)
        self.assertIn('HttpOnly; SameSite=Lax', answer.headers['Set-Cookie'])

    def test_a_client_whose_secret_is_wrong(self):
        app = App(self.server)
        page = Browser('ada').open(app.start('wrong'))
        self.assert_page(page, 502, 'Sign-in with wrong does not work: it does not take the code that it gave (invalid_client).')
        self.assertEqual(app.read(page.link), {'error': 'provider_failed'})

    def test_numbers(self):
        self.sign_in('nina')
        _, _, text = self.server.ask('GET', '/metrics')
        self.assertRegex(text.decode(), r'entrevue_provider_accepted_total [1-9]')
        self.assertRegex(text.decode(), r'entrevue_outgoing_requests_total [1-9]')


class Hostile(ScriptedProvider):
    """Speaks OpenID Connect as its `way` has it."""

    def __init__(self, context=None):
        super().__init__(context)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.curve_key = ec.generate_private_key(ec.SECP256R1())
        self.nonces = {}
        self.way = {}
        self.kid = 'one'

    def make_jwks(self):
        numbers = self.key.public_key().public_numbers()
        return {'keys': [{'kty': 'RSA', 'kid': self.kid, 'use': 'sig', 'n': to_base64url_number(numbers.n), 'e': to_base64url_number(numbers.e)}]}

    def make_token(self, nonce):
        header = {'alg': 'RS256', 'kid': self.kid, **self.way.get('header', {})}
        claims = {'iss': self.issuer, 'aud': 'entrevue', 'sub': 'mallory', 'nonce': nonce, 'iat': self.now(), 'exp': self.now() + 300,
                  'email': 'mallory@example.org', 'email_verified': True, **self.way.get('claims', {})}
        claims = {name: value for name, value in claims.items() if value is not None}
        text = to_base64url(json.dumps(header).encode()) + '.' + to_base64url(json.dumps(claims).encode())
        signature = self.way.get('sign', self.sign)(text.encode())
        return text + '.' + to_base64url(signature)

    def sign(self, text):
        return self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())

    def handle(self, request):
        path, query, form = request['path'], request['query'], request['form']
        name = path.rsplit('/', 1)[-1]
        if name in self.way:
            return self.way[name](request)
        if path == '/.well-known/openid-configuration':
            return 200, {}, {'issuer': self.issuer, 'authorization_endpoint': self.issuer + '/authorize', 'token_endpoint': self.issuer + '/token',
                             'jwks_uri': self.issuer + '/jwks', 'userinfo_endpoint': self.issuer + '/userinfo', **self.way.get('metadata', {})}
        if path == '/authorize':
            code = secrets.token_hex(8)
            self.nonces[code] = query['nonce']
            back = {'code': code, 'state': query['state'], **self.way.get('back', {})}
            return 302, {'Location': query['redirect_uri'] + '?' + urllib.parse.urlencode(back)}, b''
        if path == '/token':
            nonce = self.nonces.pop(form['code'], None)
            if nonce is None:
                return 400, {}, {'error': 'invalid_grant'}
            return 200, {}, {'access_token': 'abc', 'token_type': 'Bearer', 'id_token': self.make_token(nonce), **self.way.get('answer', {})}
        if path == '/jwks':
            return 200, {}, self.make_jwks()
        return 404, {}, {}


class WithHostileProvider(Providers):
    @classmethod
    def setUpClass(cls):
        folder = cls.make_folder()
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem', '-out',
                        'certificate.pem', '-days', '2', '-subj', '/CN=127.0.0.1', '-batch'], cwd=folder, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(folder, 'certificate.pem'), os.path.join(folder, 'key.pem'))
        secret = write_secret(folder)
        cls.hostile, cls.tls, cls.slow, cls.broken, cls.liar = Hostile(), Hostile(context), Hostile(), Hostile(), Hostile()
        for provider in (cls.hostile, cls.tls, cls.slow, cls.broken, cls.liar):
            cls.addClassCleanup(provider.close)
        # Its name means an address inside, as one that an attacker has chosen would.
        inner = f'https://localhost:{cls.hostile.port}'
        cls.start_server(*(describe(name, issuer, client_secret_file=secret, **more) for name, issuer, more in (
            ('evil', cls.hostile.issuer, {}), ('tls', cls.tls.issuer, {}), ('slow', cls.slow.issuer, {}), ('broken', cls.broken.issuer, {}),
            ('liar', cls.liar.issuer, {}), ('inner', inner, {'allow_private_address': 'no'}),
            ('gone', 'http://127.0.0.1:9', {}))))
        # Sits out its ten seconds beside the other cases.
        cls.slow.way = {'token': lambda _: (cls.slow.is_ending.wait(60), (200, {}, {}))[1]}
        cls.slow_page = None
        cls.slow_thread = threading.Thread(target=cls.visit_slow)
        cls.slow_thread.start()

    @classmethod
    def visit_slow(cls):
        cls.slow_page = Browser().open(App(cls.server).start('slow'))

    def visit(self, provider='evil', **way):
        self.hostile.way = way
        self.addCleanup(self.hostile.way.clear)
        return Browser().open(App(self.server).start(provider))

    def count_people(self):
        return int(self.server.query("SELECT COUNT(*) FROM person WHERE email LIKE 'mallory%'")[0])

    def test_in_order_it_is_taken(self):
        # So that what follows is refused for its own reason.
        for name, way in enumerate(({}, {'claims': {'aud': ['entrevue']}}, {'claims': {'aud': ['x', 'entrevue'], 'azp': 'entrevue'}},
                                    {'claims': {'email_verified': 'true'}}, {'header': {'typ': 'JWT'}}, {'header': {'kid': None}},
                                    {'claims': {'exp': Hostile.now() - 30, 'iat': Hostile.now() + 30}})):
            way = {**way, 'claims': {**way.get('claims', {}), 'sub': f'good{name}', 'email': f'good{name}@example.org'}}
            if way.get('header', {}).get('kid', '') is None:
                way['header'] = {'kid': self.hostile.kid}
            address = self.visit(**way)
            self.assertTrue(isinstance(address, str), getattr(address, 'text', ''))

    def test_wrong_tokens(self):
        now = self.hostile.now()
        numbers = self.hostile.key.public_key().public_numbers()
        pem = self.hostile.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        jwk = {'kty': 'RSA', 'n': to_base64url_number(numbers.n), 'e': to_base64url_number(numbers.e)}

        def sign_with_public(text):
            return hmac.new(pem, text, hashlib.sha256).digest()

        cases = (
            ({'claims': {'iss': 'https://login.example.org'}}, 'is of another provider (iss)'),
            ({'claims': {'iss': self.hostile.issuer + '/'}}, 'is of another provider (iss)'),
            ({'claims': {'aud': 'another'}}, 'for another program (aud)'),
            ({'claims': {'aud': ['another', 'more']}}, 'for another program (aud)'),
            ({'claims': {'aud': []}}, 'for another program (aud)'),
            ({'claims': {'aud': {'entrevue': 1}}}, 'for another program (aud)'),
            ({'claims': {'aud': None}}, 'for another program (aud)'),
            ({'claims': {'aud': ['entrevue', 'another']}}, 'for another program (azp)'),
            ({'claims': {'azp': 'another'}}, 'for another program (azp)'),
            ({'claims': {'nonce': 'x' * 43}}, 'belongs to another sign-in (nonce)'),
            ({'claims': {'nonce': None}}, 'lacks a claim'),
            ({'claims': {'sub': None}}, 'lacks a claim'),
            ({'claims': {'sub': ''}}, 'does not say who signed in'),
            ({'claims': {'sub': 'x' * 256}}, 'cannot be read'),
            ({'claims': {'sub': 7}}, 'cannot be read'),
            ({'claims': {'exp': None}}, 'lacks a claim'),
            ({'claims': {'iat': None}}, 'lacks a claim'),
            ({'claims': {'exp': now - 120}}, 'has expired'),
            ({'claims': {'exp': -1}}, 'cannot be read'),
            ({'claims': {'exp': str(now + 300)}}, 'cannot be read'),
            ({'claims': {'iat': now + 300}}, 'is not good yet'),
            ({'claims': {'nbf': now + 300}}, 'is not good yet'),
            ({'header': {'alg': 'none'}, 'sign': lambda _: b''}, 'is no signed ID token'),
            ({'header': {'alg': 'none'}, 'sign': lambda _: b'x'}, 'is not signed by RS256, ES256 or EdDSA'),
            ({'header': {'alg': 'None'}, 'sign': lambda _: b'x'}, 'is not signed by RS256, ES256 or EdDSA'),
            ({'header': {'alg': 'HS256'}, 'sign': sign_with_public}, 'is not signed by RS256, ES256 or EdDSA'),
            ({'header': {'alg': 'HS256'}, 'sign': lambda text: hmac.new(b'secret', text, hashlib.sha256).digest()}, 'is not signed by RS256'),
            ({'header': {'alg': 'RS512'}, 'sign': lambda text: self.hostile.key.sign(text, padding.PKCS1v15(), hashes.SHA512())}, 'not signed by'),
            ({'header': {'alg': 'RS256 '}}, 'is not signed by RS256'),
            ({'header': {'alg': 'ES256'}}, 'a key that it does not publish'),
            ({'header': {'kid': 'two'}}, 'a key that it does not publish'),
            ({'header': {'jwk': jwk, 'jku': self.hostile.issuer + '/evil-keys'},
              'sign': lambda text: self.hostile.other_key.sign(text, padding.PKCS1v15(), hashes.SHA256())}, 'signature of its ID token is wrong'),
            ({'sign': lambda text: self.hostile.key.sign(text + b'x', padding.PKCS1v15(), hashes.SHA256())}, 'signature of its ID token is wrong'),
            ({'sign': lambda text: self.hostile.sign(text)[:-1]}, 'signature of its ID token is wrong'),
            ({'sign': lambda text: b'\0' + self.hostile.sign(text)}, 'signature of its ID token is wrong'),
            ({'sign': lambda text: b'\0' * 256}, 'signature of its ID token is wrong'),
            ({'header': {'crit': ['exp']}}, 'an extension that is not known'),
            ({'header': {'crit': []}}, 'an extension that is not known'),
            ({'header': {'typ': 'at+jwt'}}, 'a token of another kind'),
            ({'answer': {'id_token': 'a.b'}}, 'is no signed ID token'),
            ({'answer': {'id_token': ''}}, 'is no signed ID token'),
            ({'answer': {'id_token': 'x' * 20000}}, 'answers otherwise than the protocol wants'),
            ({'answer': {'id_token': None}}, 'gives no ID token'),
            ({'answer': {'token_type': 'mac'}}, 'answers otherwise than the protocol wants'),
            ({'answer': {'error': 'invalid_grant'}}, 'does not take the code that it gave (invalid_grant)'),
            ({'answer': {'error': '<script>alert(1)</script>'}}, 'does not take the code that it gave (another error)'),
            ({'claims': {'email_verified': False}}, 'does not tell who signed in'),
            ({'claims': {'email': None}, 'userinfo': lambda _: (200, {}, {'sub': 'victim', 'email': 'v@example.org', 'email_verified': True})},
             'about somebody else (sub)'),
            ({'claims': {'email': None}, 'userinfo': lambda _: (200, {}, b'[]')}, 'tells of a person cannot be read'),
        )
        for way, words in cases:
            page = self.visit(**way)
            self.assert_page(page, 502, 'The other service does not answer as it should', 'Sign-in with evil does not work: ')
            self.assertIn(words, page.sentence, way)
            self.assertNotIn('<script', page.text)
        self.assertEqual(self.count_people(), 0)

    def test_wrong_answers(self):
        elsewhere = self.hostile.issuer + '/elsewhere'
        cases = (
            ({'token': lambda _: (302, {'Location': elsewhere}, b'')}, 'sends this server elsewhere, which is not followed'),
            ({'token': lambda _: (307, {'Location': elsewhere}, b'')}, 'sends this server elsewhere, which is not followed'),
            ({'token': lambda _: (200, {}, b'x' * 70000)}, 'is too long'),
            ({'token': lambda _: (200, {'X-' + str(n): 'y' * 900 for n in range(60)}, {})}, 'is too long'),
            ({'token': lambda _: (200, {}, b'{"id_token": ' * 5000)}, 'otherwise than the protocol wants'),
            ({'token': lambda _: (200, {}, b'\xff\xfe')}, 'otherwise than the protocol wants'),
            ({'token': lambda _: (200, {}, b'')}, 'otherwise than the protocol wants'),
            ({'token': lambda _: (500, {}, b'<html>')}, 'otherwise than the protocol wants'),
            ({'token': lambda _: (400, {}, {'error': 'invalid_grant'})}, 'the code that it gave (invalid_grant)'),
            ({'back': {'iss': 'https://login.example.org'}}, 'comes from another provider (iss)'),
        )
        for way, words in cases:
            page = self.visit(**way)
            self.assert_page(page, 502)
            self.assertIn(words, page.sentence, way)
        self.assertFalse([request for request in self.hostile.requests if request['path'] == '/elsewhere'])
        self.assert_page(self.visit(back={'error': 'server_error'}), 502, 'it reports an error')
        self.assert_page(self.visit(back={'code': ''}), 400)
        self.assertEqual(self.count_people(), 0)

    def test_wrong_descriptions(self):
        # Nothing that was wrong is remembered, so the next one who comes is told of the next mistake.
        for metadata, words in (
                ({'issuer': 'https://login.example.org'}, 'calls itself by another name than the configured issuer'),
                ({'token_endpoint': 'file:///etc/passwd'}, 'is not an https address'),
                ({'jwks_uri': 'https://a:b@example.org/'}, 'is not an https address'),
                ({'authorization_endpoint': 'javascript:alert(1)'}, 'is not an https address'),
                ({'authorization_endpoint': 'https://example.org/\r\nX: y'}, 'is not an https address'),
                ({'token_endpoint': None}, 'description of itself cannot be read')):
            self.broken.way = {'metadata': metadata}
            page = Browser().open(App(self.server).start('broken'))
            self.assert_page(page, 502)
            self.assertIn(words, page.sentence, metadata)
        self.broken.way = {'openid-configuration': lambda _: (200, {}, b'x' * 200000)}
        self.assert_page(Browser().open(App(self.server).start('broken')), 502, 'is too long')
        self.broken.way = {'openid-configuration': lambda _: (302, {'Location': self.hostile.issuer}, b'')}
        self.assert_page(Browser().open(App(self.server).start('broken')), 502, 'it answers 302')
        # Plain http to the public internet is not for those inside either.
        self.broken.way = {'metadata': {'token_endpoint': 'http://192.0.43.8/token'}}
        self.assert_page(Browser().open(App(self.server).start('broken')), 502, 'is not reached at a public address by https')

    def test_keys(self):
        self.liar.way = {'jwks': lambda _: (200, {}, b'x' * 200000)}
        self.assert_page(Browser().open(App(self.server).start('liar')), 502, 'is too long')
        self.liar.way = {'jwks': lambda _: (200, {}, {'keys': [{'kty': 'RSA'}] * 65})}
        self.assert_page(Browser().open(App(self.server).start('liar')), 502, 'its keys cannot be read')
        # A key that is new is fetched; and not again and again for one that does not exist.
        self.liar.way = {}
        self.assertTrue(isinstance(Browser().open(App(self.server).start('liar')), str))
        self.liar.way = {'header': {'kid': 'two'}}
        count = len(self.liar.requests)
        for _ in range(3):
            self.assert_page(Browser().open(App(self.server).start('liar')), 502, 'a key that it does not publish')
        self.assertLessEqual(len([request for request in self.liar.requests[count:] if request['path'] == '/jwks']), 1)

    def test_addresses_inside(self):
        count = len(self.hostile.requests)
        page = Browser().open(App(self.server).start('inner'))
        self.assert_page(page, 502, 'localhost is not reached at a public address by https')
        self.assertEqual(len(self.hostile.requests), count)

    def test_certificates(self):
        self.assert_page(Browser().open(App(self.server).start('tls')), 502, 'The certificate of 127.0.0.1 is not valid.')

    def test_nobody_there(self):
        self.assert_page(Browser().open(App(self.server).start('gone')), 502, 'Sign-in with gone does not work. 127.0.0.1 cannot be reached')

    def test_too_slow(self):
        self.slow_thread.join(60)
        self.assert_page(self.slow_page, 502, '127.0.0.1 does not answer in time.')

    def test_too_many_on_their_way(self):
        self.server.execute("INSERT INTO provider_attempt (hash, provider, browser, redirect_uri, challenge, app_state, connects, expires_at)"
                            " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
                            " SELECT 'many' || i, 'evil', '', '', '', '', 0, 9000000000000000 FROM n")
        self.assert_page(self.visit(), 503, 'The server is busy')
        self.server.execute("DELETE FROM provider_attempt WHERE hash LIKE 'many%'")
        self.assertTrue(isinstance(self.visit(), str))


class WithGitHub(Providers):
    registration = 'closed'

    @classmethod
    def setUpClass(cls):
        folder = cls.make_folder()
        cls.github = GitHub()
        cls.addClassCleanup(cls.github.close)
        cls.start_server(*(describe(name, cls.github.issuer, kind='github', title='GitHub', client_secret_file=write_secret(folder, name, text))
                           for name, text in (('github', 'secret'), ('wrong', 'other'))))
        cls.org = cls.server.add_people()

    def test_registration_is_closed(self):
        self.assertEqual(self.ask(200, 'GET', '/api/auth/providers')['registration'], 'closed')
        status, answer, _ = self.sign_in('', 'github')
        self.assertEqual((status, answer['code']), (403, 'registration_closed'))

    def test_somebody_connects_and_signs_in(self):
        token = self.server.sign_in('ina')
        app = App(self.server)
        app.code = app.read(Browser().open(app.start('github', purpose='connect')))['code']
        status, identity = app.connect(token)
        self.assertEqual((status, identity['title'], identity['email']), (201, 'GitHub', 'mona@example.org'))
        # The login and the address may change, the number does not.
        self.github.user = {**self.github.user, 'login': 'other', 'name': None}
        self.github.addresses = []
        status, answer, _ = self.sign_in('', 'github')
        self.assertEqual((status, answer['user']['email']), (200, 'ina@example.org'))
        self.ask(204, 'DELETE', f"/api/me/identities/{identity['id']}", token=token)

    def test_its_quirks(self):
        # A refusal with status 200; an address that is not verified, or not told.
        page = Browser().open(App(self.server).start('wrong'))
        self.assert_page(page, 502, 'does not take the code that it gave (incorrect_client_credentials).')
        for change in ({'emails_status': 404}, {'addresses': []}, {'addresses': [{'email': 'm@example.org', 'primary': True, 'verified': False}]},
                       {'addresses': [{'email': 'm@example.org', 'primary': False, 'verified': True}]}):
            before = {name: getattr(self.github, name) for name in change}
            for name, value in {**change}.items():
                setattr(self.github, name, value)
            self.assert_page(Browser().open(App(self.server).start('github')), 403, 'Your mail address is not confirmed')
            for name, value in before.items():
                setattr(self.github, name, value)
        user, self.github.user = self.github.user, {'login': 'octocat', 'id': '583231'}
        self.assert_page(Browser().open(App(self.server).start('github')), 502, 'it does not tell who signed in')
        self.github.user = user


class Invited(Providers):
    registration = 'invited'

    @classmethod
    def setUpClass(cls):
        cls.provider = Hostile()
        cls.addClassCleanup(cls.provider.close)
        cls.start_server(describe('work', cls.provider.issuer))
        cls.org = cls.server.add_people()

    def test_an_invitation_lets_its_address_in(self):
        self.assertEqual(self.ask(200, 'GET', '/api/auth/providers')['registration'], 'invited')
        admin = self.server.sign_in('ada')
        made = self.ask(200, 'POST', f'/api/orgs/{self.org}/invites', {'email': 'mallory@example.org', 'role': 'candidate'}, admin)
        app = App(self.server)
        status, answer = app.take(Browser().open(app.start('work')))
        self.assertEqual((status, answer['code']), (403, 'registration_closed'))
        # The code stays good, so that the invitation can be given after it.
        status, answer = app.change(invite='x' * 43)
        self.assertEqual((status, answer['code']), (403, 'invitation_wrong'))
        status, answer = app.change(invite=made['token'])
        self.assertEqual((status, answer['user']['email']), (200, 'mallory@example.org'))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
