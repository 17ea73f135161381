#!/usr/bin/env python3
"""One's own account over HTTP, with real mail: test_accounts.py COORDINATOR [long]."""

import base64
import hashlib
import hmac
import json
import os
import re
import statistics
import struct
import sys
import time
import unittest
import urllib.parse
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import PASSWORD, BareCoordinator, read_answer  # noqa: E402
from mail_server import MailServer  # noqa: E402

PROGRAM = sys.argv[1]
IS_LONG = 'long' in sys.argv[2:]
OTHER_PASSWORD = 'another long password'
BCRYPT = '$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS'  # of PASSWORD
CONFIRM, RESET = 'Confirm your mail address', 'Set a new password'
TIMED_REQUESTS, TIMED_DIFFERENCE, TIMED_TRIES = 500, 0.05, 5


def fetch(server, method, url, form=None, language='en'):
    """What a browser without scripts gets: status, headers and text of a page."""
    path = url[url.index('/', 8):] if url.startswith('http') else url
    data = urllib.parse.urlencode(form).encode() if form is not None else b''
    head = [f'{method} {path} HTTP/1.1', f'Host: 127.0.0.1:{server.port}', f'Accept-Language: {language}']
    if form is not None:
        head += ['Content-Type: application/x-www-form-urlencoded', f'Content-Length: {len(data)}']
    with server.connect() as connection:
        connection.sendall('\r\n'.join(head + ['', '']).encode() + data)
        status, headers, body = read_answer(connection)
    return status, headers, body.decode()


def make_code(secret, at=None, step=0):
    """RFC 6238, told anew."""
    counter = int((time.time() if at is None else at) // 30) + step
    digest = hmac.new(base64.b32decode(secret), struct.pack('>Q', counter), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7fffffff) % 1000000:06}"


def make_png(width, height, more=b''):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    lines = zlib.compress((b'\0' + b'\0\0\0' * width) * height)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) + more
            + chunk(b'IDAT', lines) + chunk(b'IEND', b'')), chunk(b'tEXt', b'Comment\0here')


def find_link(text):
    return re.search(r'http://\S+', text).group()


class Accounts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mail = MailServer()
        cls.mail.__enter__()
        cls.addClassCleanup(cls.mail.__exit__)
        cls.server = BareCoordinator(PROGRAM, 'registration = open\n' + cls.mail.config)
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.start()

    def ask(self, status, method, path, body=None, token=None, headers=None):
        got, _, answer = self.server.ask(method, path, body, token, headers)
        self.assertEqual(got, status, (path, answer))
        return answer

    def register(self, name, **more):
        self.ask(201, 'POST', '/api/auth/register', {'email': f'{name}@example.org', 'password': PASSWORD, 'name': name, **more})
        return self.sign_in(name)

    def sign_in(self, name, password=PASSWORD):
        return self.ask(200, 'POST', '/api/auth/login', {'email': f'{name}@example.org', 'password': password})

    def assert_page(self, page, status, *words):
        got, headers, text = page
        self.assertEqual((got, headers['content-type']), (status, 'text/html; charset=utf-8'), text)
        self.assertIn("default-src 'none'", headers['content-security-policy'])
        self.assertEqual(headers['referrer-policy'], 'no-referrer')
        self.assertNotIn('<script', text)
        for word in words:
            self.assertIn(word, text)
        return text

    # --- the profile

    def change(self, status, token, version, **change):
        return self.ask(status, 'PATCH', '/api/me', change, token, {'If-Match': f'"{version}"'} if version else {})

    def test_profile(self):
        token = self.register('pia')['access']
        _, headers, me = self.server.ask('GET', '/api/me', token=token)
        self.assertEqual(headers['etag'], '"1"')
        self.assertEqual(me['version'], 1)
        user = self.change(200, token, 1, name=' Pia P. ', zone='Europe/Berlin', locale='de_DE')['user']
        self.assertEqual((user['name'], user['zone'], user['locale'], user['version']), ('Pia P.', 'Europe/Berlin', 'de_DE', 2))
        self.assertEqual(self.change(412, token, 1, name='Late')['code'], 'changed')
        self.assertEqual(self.change(428, token, None, name='Blind')['code'], 'version_needed')
        for wrong in ({'name': ' '}, {'zone': 'Europe/Nowhere'}, {'locale': '../de'}, {'locale': 'german'}):
            self.assertEqual(self.change(400, token, 2, **wrong)['code'], 'invalid', wrong)
        self.assertEqual(self.change(400, token, 2, email='x@example.org')['code'], 'unknown_field')
        self.assertEqual(self.change(200, token, 2, zone='UTC')['user']['name'], 'Pia P.')

    def put_picture(self, status, token, data):
        return self.ask(status, 'PUT', '/api/me/picture', {'data': base64.b64encode(data).decode()}, token)

    def test_picture(self):
        pia, other = self.register('piet'), self.register('olga')
        token, path = pia['access'], f"/api/users/{pia['user']['id']}/picture"
        good, comment = make_png(64, 32)
        self.ask(404, 'GET', path, token=token)
        self.put_picture(204, token, good)
        self.assertEqual(base64.b64decode(self.ask(200, 'GET', path, token=token)['data']), good)
        # Whoever has nothing to do with somebody is told what is told of nobody.
        self.ask(404, 'GET', path, token=other['access'])
        self.ask(401, 'GET', path)
        for wrong in (make_png(513, 1)[0], make_png(0, 8)[0], make_png(8, 8, comment)[0], good + b'more', good[:-4], b'GIF89a', b'',
                      b'\xff\xd8\xff\xe1\0\x04ab\xff\xd9', b'\xff\xd8\xff\xd9'):
            self.assertEqual(self.put_picture(400, token, wrong)['code'], 'invalid')
        self.put_picture(400, token, make_png(512, 512)[0] + b'x' * 65536)
        self.ask(204, 'DELETE', '/api/me/picture', token=token)
        self.ask(404, 'GET', path, token=token)

    # --- the second factor

    def enrol(self, name):
        """Returns the secret and the codes on paper; the step of now is spent by that."""
        token = self.register(name)['access']
        self.assertEqual(self.ask(200, 'GET', '/api/auth/totp', token=token), {'enabled': False})
        self.assertEqual(self.ask(401, 'POST', '/api/auth/totp', {'password': 'not mine at all'}, token)['code'], 'wrong_password')
        made = self.ask(200, 'POST', '/api/auth/totp', {'password': PASSWORD}, token)
        self.assertEqual(made['uri'], f"otpauth://totp/Entrevue:{name}@example.org?secret={made['secret']}&issuer=Entrevue")
        # Until it is confirmed it is not asked for.
        self.assertIn('access', self.sign_in(name))
        self.assertEqual(self.ask(401, 'POST', '/api/auth/totp/confirm', {'code': '0000000'}, token)['code'], 'wrong_code')
        codes = self.ask(200, 'POST', '/api/auth/totp/confirm', {'code': make_code(made['secret'], step=-1)}, token)['codes']
        self.assertEqual(len(set(codes)), 10)
        self.assertEqual(self.ask(200, 'GET', '/api/auth/totp', token=token), {'enabled': True, 'codes_left': 10})
        self.assertEqual(self.ask(409, 'POST', '/api/auth/totp', {'password': PASSWORD}, token)['code'], 'conflict')
        return token, made['secret'], codes

    def give(self, status, name, code, ticket=None):
        if ticket is None:
            answer = self.sign_in(name)
            self.assertEqual(set(answer), {'second_factor', 'ticket'})
            ticket = answer['ticket']
        return self.ask(status, 'POST', '/api/auth/second-factor', {'ticket': ticket, 'code': code})

    def test_second_factor(self):
        token, secret, codes = self.enrol('tom')
        to_hex = "encode(secret, 'hex')" if self.server.database else 'hex(secret)'
        sealed = self.server.query(f'SELECT {to_hex} FROM second_factor')
        self.assertFalse([text for text in sealed if base64.b32decode(secret).hex() in text.lower()])
        now = make_code(secret)
        self.assertEqual(self.give(200, 'tom', now)['user']['name'], 'tom')
        # A code, and any before it, is good once.
        self.assertEqual(self.give(401, 'tom', now)['code'], 'wrong_code')
        self.assertEqual(self.give(401, 'tom', make_code(secret, step=-1))['code'], 'wrong_code')
        self.assertEqual(self.give(401, 'tom', make_code(secret, step=9))['code'], 'wrong_code')
        # Codes on paper, as people type them, once each.
        self.give(200, 'tom', codes[0].lower().replace('-', ' '))
        self.assertEqual(self.give(401, 'tom', codes[0])['code'], 'wrong_code')
        self.assertEqual(self.ask(200, 'GET', '/api/auth/totp', token=token)['codes_left'], 9)
        # A ticket is good for one sign-in, and opens nothing itself.
        ticket = self.sign_in('tom')['ticket']
        self.ask(401, 'GET', '/api/me', token=ticket)
        self.give(200, 'tom', codes[1], ticket)
        self.assertEqual(self.give(401, 'tom', codes[2], ticket)['code'], 'not_signed_in')
        # Another password and the old ticket goes with it, the factor stays.
        ticket = self.sign_in('tom')['ticket']
        self.ask(204, 'POST', '/api/me/password', {'old': PASSWORD, 'new': OTHER_PASSWORD}, token)
        self.assertEqual(self.give(401, 'tom', codes[2], ticket)['code'], 'not_signed_in')
        token = self.give(200, 'tom', codes[2], self.sign_in('tom', OTHER_PASSWORD)['ticket'])['access']
        # New codes on paper need the password and a code, and end the old ones.
        change = {'password': OTHER_PASSWORD, 'code': codes[3]}
        self.assertEqual(self.ask(401, 'POST', '/api/auth/totp/codes', {**change, 'password': PASSWORD}, token)['code'], 'wrong_password')
        self.assertEqual(self.ask(401, 'POST', '/api/auth/totp/codes', {**change, 'code': '000000'}, token)['code'], 'wrong_code')
        self.assertEqual(self.ask(401, 'POST', '/api/auth/totp/codes', {'password': OTHER_PASSWORD}, token)['code'], 'wrong_code')
        new_codes = self.ask(200, 'POST', '/api/auth/totp/codes', change, token)['codes']
        self.assertEqual(len(set(new_codes) - set(codes)), 10)
        self.assertEqual(self.give(401, 'tom', codes[4], self.sign_in('tom', OTHER_PASSWORD)['ticket'])['code'], 'wrong_code')
        # So does off again.
        change = {'password': OTHER_PASSWORD, 'code': new_codes[0]}
        self.ask(401, 'POST', '/api/auth/totp/disable', {**change, 'password': PASSWORD}, token)
        self.assertEqual(self.ask(401, 'POST', '/api/auth/totp/disable', {**change, 'code': codes[5]}, token)['code'], 'wrong_code')
        self.assertEqual(self.ask(401, 'POST', '/api/auth/totp/disable', {'password': OTHER_PASSWORD}, token)['code'], 'wrong_code')
        self.ask(204, 'POST', '/api/auth/totp/disable', change, token)
        self.assertIn('access', self.sign_in('tom', OTHER_PASSWORD))

    def test_codes_are_not_guessed(self):
        _, _, codes = self.enrol('gus')
        ticket = self.sign_in('gus')['ticket']
        for _ in range(5):
            self.assertEqual(self.give(401, 'gus', '000000', ticket)['code'], 'wrong_code')
        self.assertEqual(self.give(401, 'gus', codes[0], ticket)['code'], 'not_signed_in')
        # A new ticket does not start anew: from the sixth failure on somebody waits.
        began = time.time()
        self.assertEqual(self.give(401, 'gus', '000000')['code'], 'wrong_code')
        # A second at first, in which a busy machine compares no password: here it lasts an hour.
        self.server.execute(f"UPDATE second_factor SET wait_until = wait_until + {3600 * 10 ** 6} WHERE wait_until > {int((began + 1) * 10 ** 6)}")
        self.assertEqual(self.give(429, 'gus', codes[0])['code'], 'too_fast')
        self.server.execute("UPDATE second_factor SET wait_until = 0")
        self.give(200, 'gus', codes[0])

    def test_operator_takes_it_off(self):
        self.enrol('lou')
        self.server.command('user', 'totp-off', 'lou@example.org')
        self.assertIn('access', self.sign_in('lou'))

    # --- accounts of another system

    def test_import(self):
        hashed = BCRYPT
        path = os.path.join(self.server.folder, 'people.json')
        with open(path, 'w', encoding='utf-8') as file:
            json.dump({'people': [
                {'email': 'ben@example.org', 'name': 'Ben', 'password_hash': hashed, 'zone': 'Europe/Berlin'},
                {'email': 'mia@example.org', 'name': 'Mia'},
                {'email': 'BEN@example.org', 'name': 'Again'},
                {'email': 'nobody', 'name': 'No address'},
                {'email': 'old@example.org', 'name': 'Old', 'password_hash': '5f4dcc3b5aa765d61d8327deb882cf99'},
                {'email': 'slow@example.org', 'name': 'Slow', 'password_hash': hashed.replace('$04$', '$31$')}]}, file)
        done = self.server.command('user', 'import', path)
        self.assertEqual(done['added'], 2)
        self.assertEqual([line.split(',')[0] for line in done['refused']], ['people[2]', 'people[3]', 'people[4]', 'people[5]'])

        # Nobody's password is compared with somebody's hash, which takes as long, and is never right.
        for number in range(20):
            self.ask(401, 'POST', '/api/auth/login', {'email': f'nobody{number}@example.org', 'password': PASSWORD})

        def read_hash():
            return self.server.query("SELECT password FROM person WHERE email = 'ben@example.org'")[0]

        self.assertEqual(read_hash(), hashed)
        self.ask(401, 'POST', '/api/auth/login', {'email': 'ben@example.org', 'password': PASSWORD + '!'})
        self.assertEqual(read_hash(), hashed)
        token = self.sign_in('ben')['access']
        self.assertTrue(read_hash().startswith('$argon2id$'))
        self.ask(200, 'GET', '/api/me', token=token)
        self.sign_in('ben')
        self.ask(401, 'POST', '/api/auth/login', {'email': 'mia@example.org', 'password': ''})

    # --- links by mail

    def test_address_is_confirmed_by_a_page(self):
        token = self.register('vera', locale='de')['access']
        self.assertNotIn('verified', self.ask(200, 'GET', '/api/me', token=token)['user'])
        link = find_link(self.mail.wait_for('vera@example.org', 'Bestätigen Sie Ihre Mailadresse'))
        self.assertTrue(link.startswith(self.server.address + '/account/verify?token='), link)

        # Looking, as scanners of mail do, changes nothing.
        for _ in range(2):
            page = self.assert_page(fetch(self.server, 'GET', link, language='de-DE,en;q=0.5'), 200, '<html lang="de">', 'Bestätigen</button>')
        self.assertNotIn('verified', self.ask(200, 'GET', '/api/me', token=token)['user'])
        form = {'token': re.search('name="token" value="([^"]+)"', page).group(1)}
        self.assert_page(fetch(self.server, 'POST', '/account/verify', form), 200, 'is confirmed')
        self.assertTrue(self.ask(200, 'GET', '/api/me', token=token)['user']['verified'])

        # Once only, and for nothing else.
        self.assert_page(fetch(self.server, 'POST', '/account/verify', form), 403, 'not good any more')
        self.assert_page(fetch(self.server, 'GET', link), 403, 'not good any more')
        self.assertEqual(self.ask(403, 'POST', '/api/auth/verify-email', form)['code'], 'link_ended')
        self.assertEqual(self.ask(403, 'POST', '/api/auth/reset', {**form, 'password': OTHER_PASSWORD})['code'], 'link_ended')

    def test_address_is_confirmed_by_a_program(self):
        token = self.register('paul')['access']
        first = find_link(self.mail.wait_for('paul@example.org', CONFIRM))
        self.ask(202, 'POST', '/api/me/verification', token=token)
        second = find_link(self.mail.wait_for('paul@example.org', CONFIRM, 2))
        self.assertNotEqual(first, second)
        self.ask(204, 'POST', '/api/auth/verify-email', {'token': second.split('=')[1]})
        self.assertTrue(self.ask(200, 'GET', '/api/me', token=token)['user']['verified'])

    def test_password_is_reset_by_a_page(self):
        before = self.register('rita')
        self.ask(202, 'POST', '/api/auth/forgot', {'email': 'Rita@Example.org'})
        text = self.mail.wait_for('rita@example.org', RESET)
        page = self.assert_page(fetch(self.server, 'GET', find_link(text)), 200, 'New password')
        form = {'token': re.search('name="token" value="([^"]+)"', page).group(1), 'password': OTHER_PASSWORD, 'again': OTHER_PASSWORD}

        # What is mistyped spends nothing.
        self.assert_page(fetch(self.server, 'POST', '/account/reset', {**form, 'again': 'yet another one'}), 400, 'differ')
        self.assert_page(fetch(self.server, 'POST', '/account/reset', {**form, 'password': 'short', 'again': 'short'}), 400, 'characters')
        self.assert_page(fetch(self.server, 'POST', '/account/reset', {**form, 'token': 'x' * 43}), 403, 'not good any more')
        self.assert_page(fetch(self.server, 'POST', '/account/reset', {**form, 'more': 'x'}), 400)
        self.assert_page(fetch(self.server, 'POST', '/account/reset', form), 200, 'is set')
        self.assert_page(fetch(self.server, 'POST', '/account/reset', form), 403, 'not good any more')

        # Nobody stays signed in; who reads the mail owns the address.
        self.ask(401, 'GET', '/api/me', token=before['access'])
        self.ask(401, 'POST', '/api/auth/refresh', {'refresh': before['refresh']})
        self.ask(401, 'POST', '/api/auth/login', {'email': 'rita@example.org', 'password': PASSWORD})
        self.assertTrue(self.sign_in('rita', OTHER_PASSWORD)['user']['verified'])

    def test_one_reset_ends_the_others(self):
        self.register('otto')
        tokens = []
        for count in (1, 2):
            self.ask(202, 'POST', '/api/auth/forgot', {'email': 'otto@example.org'})
            tokens.append(find_link(self.mail.wait_for('otto@example.org', RESET, count)).split('=')[1])
        self.ask(204, 'POST', '/api/auth/reset', {'token': tokens[1], 'password': OTHER_PASSWORD})
        self.assertEqual(self.ask(403, 'POST', '/api/auth/reset', {'token': tokens[0], 'password': PASSWORD})['code'], 'link_ended')

    def test_nobody_learns_who_has_an_account(self):
        self.register('kurt')
        answers = []
        for name in ('kurt', 'nobody'):
            status, headers, body = self.server.ask('POST', '/api/auth/forgot', {'email': f'{name}@example.org'})
            answers.append((status, {name: value for name, value in headers.items() if name not in ('date', 'ratelimit-remaining',
                                                                                                    'ratelimit-reset')}, body))
        self.assertEqual(*answers)
        self.ask(201, 'POST', '/api/auth/register', {'email': 'kurt@example.org', 'password': OTHER_PASSWORD, 'name': 'Eve'})
        for subject in (CONFIRM, RESET, 'You have an account already'):
            self.mail.wait_for('kurt@example.org', subject)
        self.assertFalse([to for to, _ in self.mail.messages if to == 'nobody@example.org'])

    @unittest.skipUnless(IS_LONG, 'the long form measures')
    def test_nor_by_the_time_it_takes(self):
        self.register('tina')
        found = []
        for _ in range(TIMED_TRIES):
            times = {'tina': [], 'nobody': []}
            for number in range(TIMED_REQUESTS):
                for name in ('tina', 'nobody') if number % 2 else ('nobody', 'tina'):
                    began = time.perf_counter()
                    self.ask(202, 'POST', '/api/auth/forgot', {'email': f'{name}@example.org'})
                    times[name].append(time.perf_counter() - began)
            known, unknown = (statistics.median(times[name]) for name in ('tina', 'nobody'))
            found.append(abs(known - unknown) / max(known, unknown))
            print(f'# known {known * 1e6:.0f} us, unknown {unknown * 1e6:.0f} us, {found[-1]:.1%}', flush=True)
        self.assertLess(min(found), TIMED_DIFFERENCE)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
