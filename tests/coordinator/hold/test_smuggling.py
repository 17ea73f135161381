#!/usr/bin/env python3
"""Requests that two readers could cut differently, straight to the coordinator: one answer each at most, and no hidden one.

    test_smuggling.py COORDINATOR
"""

import os
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402
from smuggling import FORMS, HIDDEN, ODD_HEADS, count_hidden, read_answers  # noqa: E402

PROGRAM = sys.argv[1]
# What everybody reads alike: one request with one body, or none.
SOUND = {'GET with a body', 'expected', 'length of the hop', 'a socket of no version', 'h2c', 'Transfer_Encoding: chunked, then length',
         'length, then Transfer_Encoding: chunked', 'short length, then Transfer_Encoding: chunked', 'Content_Length: {n}'}


class Smuggling(unittest.TestCase):
    def setUp(self):
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()

    def count(self):
        return count_hidden(self.server.ask('GET', '/metrics')[2].decode())

    def send(self, data):
        """What comes back, until the end."""
        answer = b''
        with self.server.connect() as connection:
            connection.sendall(data)
            try:
                while chunk := connection.recv(65536):
                    answer += chunk
            except ConnectionResetError:
                pass  # when more was sent than is read
        return answer

    def test_each_form(self):
        with ThreadPoolExecutor(32) as threads:
            answers = list(threads.map(lambda form: self.send(form[1]), FORMS))
        for (name, data), answer in zip(FORMS, answers):
            with self.subTest(name):
                statuses = [status for status, _, _ in read_answers(answer)]
                self.assertLessEqual(len(statuses), 1)
                head = data.split(b'\r\n\r\n')[0]
                if name in SOUND or name.startswith('chunks: '):
                    # The route is none of ours, and takes no body.
                    self.assertIn(statuses, ([404], [413], [400], []))
                elif b'\r\n\r\n' in data and b'\n' in head:
                    self.assertEqual(statuses, [400], head)
        self.assertEqual(self.count()[0], 0, 'a hidden request was answered')

    def test_count(self):
        """The hidden request alone is seen by the counter that the other case trusts."""
        self.assertEqual([status for status, _, _ in read_answers(self.send(HIDDEN.encode()))], [200])
        self.assertEqual(self.count()[0], 1)
        self.assertGreater(len(FORMS), 100)
        self.assertEqual(len({name for name, _ in FORMS}), len(FORMS))
        self.assertLess(len(ODD_HEADS), len(FORMS))


if __name__ == '__main__':
    sys.argv[1:] = []
    unittest.main(verbosity=2)
