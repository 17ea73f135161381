#!/usr/bin/env python3
"""One's own account over HTTP, with real mail: test_accounts.py COORDINATOR [long]."""

import os
import re
import statistics
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import PASSWORD, BareCoordinator, read_answer  # noqa: E402
from mail_server import MailServer  # noqa: E402

PROGRAM = sys.argv[1]
IS_LONG = 'long' in sys.argv[2:]
OTHER_PASSWORD = 'another long password'
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
