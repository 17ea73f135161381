#!/usr/bin/env python3
"""Forged, expired, truncated and changed tokens of every kind: none is accepted, and none is answered with an error of the server.

    test_tokens.py COORDINATOR COUNT

Access tokens, refresh tokens, API keys, runner tokens, room tokens and invitations, at least COUNT in all, from a fixed seed.
"""

import base64
import hashlib
import hmac
import json
import os
import random
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402
from web_socket import Closed, WebSocket  # noqa: E402

PROGRAM, COUNT = sys.argv[1], int(sys.argv[2])
SEED = 20261121
LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'


def encode(data):
    if isinstance(data, (dict, list)):
        data = json.dumps(data, separators=(',', ':'))
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def decode(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.random = random.Random(SEED)
        cls.server = BareCoordinator(PROGRAM)
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.start()
        cls.org = cls.server.add_people()
        cls.access = cls.server.sign_in('ada')
        cls.tried = 0
        with open(os.path.join(cls.server.data, 'secrets', 'signing-key'), encoding='ascii') as file:
            cls.key = decode(file.read().strip())

    @classmethod
    def tearDownClass(cls):
        print(f'# {cls.tried} wrong tokens tried, 0 accepted', flush=True)

    # --- changing a text

    def change(self, token):
        """The token with one thing wrong."""
        at = self.random.randrange(len(token))
        kind = self.random.randrange(9)
        if kind == 0:
            return token[:at]
        if kind == 1:
            return token[at + 1:]
        if kind == 2:
            return token[:at] + token[at + 1:]
        if kind == 3:
            return token[:at] + self.random.choice(LETTERS) + token[at:]
        if kind == 4:
            return token + self.random.choice(LETTERS + '.=~')
        if kind == 5:
            return token[:at] + token[at].swapcase() + token[at + 1:]
        if kind == 6:
            return ''.join(self.random.sample(token, len(token)))
        if kind == 7:
            return token[:at] + self.random.choice(('%00', '%0a', '%20', '+', '/', '%ff')) + token[at:]
        # One bit.
        return token[:at] + chr(ord(token[at]) ^ 1 << self.random.randrange(7)) + token[at + 1:]

    def make_changes(self, token, count):
        """So many changed ones that a header can carry."""
        made = []
        while len(made) < count:
            changed = self.change(token)
            if changed != token and all(32 < ord(c) < 127 for c in changed):
                made.append(changed)
        return made

    def refuse(self, answer, *statuses):
        type(self).tried += 1
        self.assertIn(answer[0], statuses, answer)

    # --- access tokens

    def forge(self, header, claims, key=None, method=hashlib.sha256):
        text = f'{encode(header)}.{encode(claims)}'
        return text + '.' + encode(hmac.new(key if key is not None else self.key, text.encode(), method).digest())

    def make_forged(self):
        """Tokens that somebody makes who knows everything but the key; and, marked so, such that only the server itself could sign."""
        header, claims, signature = self.access.split('.')
        head, body = json.loads(decode(header)), json.loads(decode(claims))
        now = int(time.time())
        admin = {**body, 'sub': '01a1fdea-d0f9-7000-ad85-604165d66db7'}
        for algorithm in ('none', 'None', 'NONE', 'nOnE', '', 'HS384', 'HS512', 'RS256', 'ES256', 'PS256', 'EdDSA', 'hs256', 'HS256 ', None, 1,
                          ['HS256'], {'a': 1}, True):
            yield f"{encode({**head, 'alg': algorithm})}.{claims}."
            yield f"{encode({**head, 'alg': algorithm})}.{claims}.{signature}"
            yield self.forge({**head, 'alg': algorithm}, body)
        for method in (hashlib.sha384, hashlib.sha512, hashlib.sha1, hashlib.md5):
            yield self.forge({**head, 'alg': 'HS' + str(method().digest_size * 8)}, body, method=method)
            yield self.forge(head, body, method=method)
        for key in (b'', b'\0' * 32, b'secret', b'entrevue', head['kid'].encode(), self.key[:-1], self.key[:16], self.key + b'\0', encode(self.key).encode()):
            yield self.forge(head, admin, key) if key else self.forge(head, admin, b'\0')
        for extra in ({'jwk': {'kty': 'oct', 'k': encode(b'k' * 32)}}, {'jku': 'http://127.0.0.1/keys'}, {'x5u': 'http://127.0.0.1'}, {'crit': ['exp']},
                      {'cty': 'JWT'}, {'b64': False}, {'zip': 'DEF'}, {'x5c': ['MII']}):
            yield self.forge({**head, **extra}, body)
        for kid in ('', 'x', '../../dev/null', "' OR 1=1 --", head['kid'] + 'x', None, 0, [head['kid']]):
            yield self.forge({**head, 'kid': kid}, body)
        for typ in ('', 'jwt', 'at+jwt', None, 'JWE'):
            yield self.forge({**head, 'typ': typ}, body)
        for name in head:
            yield self.forge({key: value for key, value in head.items() if key != name}, body)
        for name in body:
            yield self.forge(head, {key: value for key, value in body.items() if key != name})
            for value in (None, '', [], {}, True, -1, 1.5, '1', 1 << 70, 'x' * 65):
                if name != 'jti' or not isinstance(value, str):
                    yield self.forge(head, {**body, name: value})
        for changes in ({'exp': now - 1}, {'exp': 0}, {'exp': -now}, {'nbf': now + 3600}, {'iat': now + 3600}, {'iss': 'other'}, {'aud': 'entrevue'},
                        {'aud': ['entrevue-api']}, {'ver': body['ver'] + 1}, {'ver': body['ver'] - 1}, {'sub': "x' OR '1'='1"}, {'sid': 'x'},
                        {'extra': 1}, {'admin': True}, {'scope': '*'}):
            yield self.forge(head, {**body, **changes})
        yield self.forge(head, {'sub': body['sub']})
        for shape in (f'{header}.{claims}', f'{header}.{claims}.', f'.{claims}.{signature}', f'{header}..{signature}', '..', '.', 'a.b.c', 'null',
                      f'{header}.{claims}.{signature}.', f'{header}.{claims}.{signature}.x', f'{claims}.{header}.{signature}',
                      f'{header}.{claims}.{signature[:-1]}', f'{header}.{claims}.{signature}=', f'{header}=.{claims}.{signature}',
                      f'{header}.{claims}.' + signature.replace('_', '/').replace('-', '+') + '==', 'x' * 2048, 'x' * 8000,
                      '.'.join([header] * 3), encode('{}') + '.' + encode('{}') + '.', f'{header}.{claims}.{encode(bytes(32))}'):
            yield shape

    def test_access_tokens(self):
        self.assertEqual(self.server.ask('GET', '/api/me', token=self.access)[0], 200)
        for token in [*self.make_forged(), *self.make_changes(self.access, COUNT // 3)]:
            if token != self.access:
                self.refuse(self.server.ask('GET', '/api/me', token=token), 401)
        self.assertEqual(self.server.ask('GET', '/api/me', token=self.access)[0], 200)

    # --- opaque tokens

    def test_refresh_tokens(self):
        status, _, made = self.server.ask('POST', '/api/auth/login', {'email': 'ina@example.org', 'password': 'correct horse battery'})
        self.assertEqual(status, 200)
        token = made['refresh']
        stored = self.server.query('SELECT hash FROM refresh_token')
        others = [made['access'], self.access, '', 'x', *stored, *self.make_changes(token, COUNT // 8)]
        for other in others:
            self.refuse(self.server.ask('POST', '/api/auth/refresh', {'refresh': other}), 400, 401)
        self.assertEqual(self.server.ask('POST', '/api/auth/refresh', {'refresh': token})[0], 200)
        self.server.execute('UPDATE refresh_token SET expires_at = 1')
        status, _, made = self.server.ask('POST', '/api/auth/refresh', {'refresh': token})
        self.refuse((status, made), 401)

    def test_keys(self):
        made = self.server.ask('POST', '/api/keys', {'org': self.org, 'name': 'K', 'scopes': ['execute']}, self.access)[2]
        key = made['key']
        others = [made['start'], 'entk_', key.replace('entk_', ''), key.upper(), *self.server.query('SELECT hash FROM api_key'),
                  *self.make_changes(key, COUNT // 8)]
        for other in others:
            for headers in ({'Authorization': 'Bearer ' + other}, {'X-API-Key': other}):
                self.refuse(self.server.ask('GET', '/api/code/languages', headers=headers), 401)
        self.assertEqual(self.server.ask('GET', '/api/code/languages', token=key)[0], 200)
        self.server.execute('UPDATE api_key SET expires_at = 1')
        self.refuse(self.server.ask('GET', '/api/code/languages', token=key), 401)

    def knock_as_runner(self, token):
        with WebSocket(self.server, '/runner/v1/socket', token=token) as socket:
            return socket.status, socket.headers

    def test_runner_tokens(self):
        token = self.server.command('runner', 'add', 'one')['token']
        for other in ['', self.access, *self.server.query('SELECT token_hash FROM runner'), *self.make_changes(token, COUNT // 8)]:
            self.refuse(self.knock_as_runner(other), 401)
        self.assertEqual(self.knock_as_runner(token)[0], 101)
        self.server.command('runner', 'revoke', 'one')
        self.refuse(self.knock_as_runner(token), 401)

    def test_invitations(self):
        room, (invite,) = self.server.add_room()
        other_room, (other_invite,) = self.server.add_room()

        def join(text, where=room):
            return self.server.ask('POST', f'/api/rooms/{where}/join', {'invite': text, 'device_key': 'a device of some kind'})
        for other in ['', 'x', other_invite, self.access, *self.server.query('SELECT token_hash FROM invitation'), *self.make_changes(invite, COUNT // 8)]:
            self.refuse(join(other), 403)
        self.refuse(join(invite, other_room), 403)
        self.assertEqual(join(invite)[0], 200)
        self.server.execute('UPDATE invitation SET expires_at = 1')
        self.refuse(join(invite), 403)

    def greet(self, room, token):
        """Whether a room token lets in, on both sockets."""
        is_in = []
        with WebSocket(self.server, f'/api/rooms/{room}/socket', protocol='entrevue.v1') as socket:
            socket.send_message('hello', {'room_token': token}, 1)
            try:
                socket.read_message('welcome')
                is_in.append(True)
            except (AssertionError, Closed):
                is_in.append(False)
        with WebSocket(self.server, f'/api/sync/{room}?token={urllib.parse.quote(token)}') as socket:
            try:
                is_in.append(bool(socket.read()))
            except Closed as closed:
                self.assertIn(closed.code, (4401, 4403))
                is_in.append(False)
        type(self).tried += 1
        return is_in

    def test_room_tokens(self):
        room, (invite,) = self.server.add_room()
        joined = self.server.ask('POST', f'/api/rooms/{room}/join', {'invite': invite, 'device_key': 'a device of some kind'})[2]
        token = joined['room_token']
        for other in ['', 'x', invite, self.access, *self.server.query('SELECT hash FROM room_token'), *self.make_changes(token, COUNT // 16)]:
            self.assertEqual(self.greet(room, other), [False, False], other)
        self.assertEqual(self.greet(room, token), [True, True])
        self.server.execute('UPDATE room_token SET expires_at = 1')
        self.assertEqual(self.greet(room, token), [False, False])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
