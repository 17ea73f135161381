#!/usr/bin/env python3
"""Passwords are tried from everywhere: few are hashed, the owner gets in meanwhile, and how long an answer takes tells nothing.

    test_signin.py COORDINATOR [TRIES ADDRESSES TIMED]

The server stands behind a proxy that it trusts, so that each request can come from an address of its own. TIMED pairs of sign-ins, with a
known and an unknown address by turns, are measured; in the long form (100 and more) their medians must differ by less than 5 %.
"""

import collections
import os
import random
import re
import statistics
import sys
import time
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import PASSWORD, BareCoordinator, read_answer  # noqa: E402
from crowd import Crowd  # noqa: E402
from http_burst import burst, request  # noqa: E402

PROGRAM = sys.argv[1]
TRIES, ADDRESSES, TIMED = (int(word) for word in sys.argv[2:5]) if len(sys.argv) > 4 else (600, 60, 8)
SEED = 20261121
AT_ONCE = 50
FLOOD = 60
OWNER, HOME = 'ina@example.org', '198.51.100.7'
MOST_HASHED = 200
LONG = 100
DIFFERENCE = 0.05
TRIES_OF_ONE = 4  # before failures of one account make it wait


class SignIn(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.server = BareCoordinator(PROGRAM, 'trusted-proxies = 127.0.0.1\n')
        self.addCleanup(self.server.__exit__, None, None, None)

    def start(self, has_limits):
        if has_limits:
            with open(self.server.config, encoding='utf-8') as file:
                text = file.read()
            with open(self.server.config, 'w', encoding='utf-8') as file:
                file.write(re.sub(r'(?m)^signin-per-.*\n', '', text))
        self.server.start()
        self.server.add_people((('ina', 'interviewer'),))

    @staticmethod
    def from_address(address):
        return {'X-Forwarded-For': address, 'X-Forwarded-Proto': 'https'}

    def sign_in(self, email, password, address=HOME):
        return self.server.ask('POST', '/api/auth/login', {'email': email, 'password': password}, headers=self.from_address(address))[0]

    def test_tried_from_everywhere(self):
        self.start(has_limits=True)
        self.assertEqual(self.sign_in(OWNER, PASSWORD), 200)
        addresses = [f'10.{n >> 16}.{n >> 8 & 255}.{n & 255}' for n in self.random.sample(range(1 << 24), ADDRESSES)]
        answers, owner = collections.Counter(), []
        for number in range(0, TRIES, AT_ONCE):
            tries = [request(self.server, 'POST', '/api/auth/login', {'email': OWNER, 'password': f'wrong {number + i}'},
                             headers=self.from_address(addresses[(number + i) % ADDRESSES])) for i in range(AT_ONCE)]
            answers.update(status for status, _ in burst(self.server, tries))
            if number // AT_ONCE % max(1, TRIES // AT_ONCE // 6) == 0:
                owner.append(self.sign_in(OWNER, PASSWORD))
        # A password that is wrong was hashed; what came too fast was not.
        self.assertEqual(set(answers), {401, 429})
        self.assertLessEqual(answers[401], MOST_HASHED)
        self.assertEqual(set(owner), {200}, 'the owner was kept out')
        print(f'# {TRIES} wrong sign-ins from {ADDRESSES} addresses: {answers[401]} hashed, the owner got in {len(owner)} times of '
              f'{len(owner)}', flush=True)

    def test_owner_is_counted_too(self):
        """Where the owner has been, passwords cannot be tried at will either."""
        self.start(has_limits=True)
        self.assertEqual(self.sign_in(OWNER, PASSWORD), 200)
        statuses = [self.sign_in(OWNER, 'wrong') for _ in range(12)]
        self.assertEqual(statuses[:5], [401] * 5)
        self.assertIn(429, statuses)
        # That is no trouble elsewhere.
        self.assertEqual(self.sign_in(OWNER, PASSWORD, '203.0.113.9'), 200)

    def test_flood(self):
        """More sign-ins than are compared, from everywhere and for anybody: who has been here gets in."""
        self.start(has_limits=False)
        self.assertEqual(self.sign_in(OWNER, PASSWORD), 200)
        flood = []
        for number in range(FLOOD):
            connection = self.server.connect()
            self.addCleanup(connection.close)
            connection.sendall(request(self.server, 'POST', '/api/auth/login', {'email': f'nobody{number}@example.org', 'password': 'wrong'},
                                       headers=self.from_address(f'10.0.0.{number}')))
            flood.append(connection)
        self.assertEqual(self.sign_in(OWNER, PASSWORD), 200)
        answers = collections.Counter(read_answer(connection)[0] for connection in flood)
        self.assertEqual(set(answers) - {401, 503}, set())

    def test_unknown_takes_as_long(self):
        self.start(has_limits=False)
        people = Crowd(self.server, 'ina', TIMED // TRIES_OF_ONE + 1)
        self.server.execute("UPDATE person SET password = (SELECT password FROM person WHERE email = 'ina@example.org') WHERE password = ''")
        times = {'known': [], 'unknown': []}
        for number in range(TIMED):
            for kind in ('known', 'unknown') if number % 2 else ('unknown', 'known'):
                name = f'ina{number % len(people.ids)}' if kind == 'known' else uuid.uuid4().hex
                began = time.perf_counter()
                self.assertEqual(self.sign_in(name + '@example.org', 'wrong password'), 401)
                times[kind].append(time.perf_counter() - began)
        known, unknown = (statistics.median(times[kind]) for kind in ('known', 'unknown'))
        difference = abs(known - unknown) / max(known, unknown)
        print(f'# a known address {known * 1000:.1f} ms, an unknown one {unknown * 1000:.1f} ms: {difference:.1%}', flush=True)
        if TIMED >= LONG:
            self.assertLess(difference, DIFFERENCE)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
