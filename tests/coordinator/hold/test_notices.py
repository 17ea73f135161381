#!/usr/bin/env python3
"""What people are told arrives at once on all their sockets, whichever coordinator they are at, and on no socket whose sign-in has
ended.

    test_notices.py COORDINATOR
"""

import datetime
import json
import os
import shutil
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from access_token import resign  # noqa: E402
from bare_coordinator import PASSWORD, BareCoordinator  # noqa: E402
from web_socket import CLOSE, TEXT, Closed, WebSocket, encode_frame  # noqa: E402

PROGRAM = sys.argv[1]
PATH = '/api/me/socket'
NOT_SIGNED_IN, TRY_AGAIN, BAD_MESSAGE, TOO_BIG = 4401, 1013, 4400, 1009
MOST = 8  # sockets of one person
SHORT_S = 3
TIMES_AS_LONG = 20  # a short token lasts as a handshake takes here
PEOPLE = (('ina', 'interviewer'), ('ada', 'admin'), ('cara', 'candidate'), ('carl', 'candidate'))


def in_minutes(minutes):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)).strftime('%Y-%m-%dT%H:%M:%SZ')


class Notices(unittest.TestCase):
    def setUp(self):
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.org = self.server.add_people(PEOPLE)
        self.tokens = {name: self.server.sign_in(name) for name, _ in PEOPLE}
        self.next_minute = 60

    def open(self, name, server=None, token=None):
        socket = WebSocket(server or self.server, PATH, token=token or self.tokens[name], protocol='entrevue.v1')
        self.addCleanup(socket.close)
        self.assertEqual(socket.status, 101)
        self.assertEqual(socket.headers.get('sec-websocket-protocol'), 'entrevue.v1')
        return socket

    def open_welcome(self, name, **options):
        socket = self.open(name, **options)
        self.assertEqual(socket.read_message('welcome'), {})
        return socket

    def ask(self, method, path, name, body=None, status=200):
        got, _, answer = self.server.ask(method, path, body, self.tokens[name])
        self.assertEqual(got, status, answer)
        return answer

    def book(self, name='cara'):
        """An interview of its own hour, booked by the candidate."""
        self.next_minute += 60
        slot = self.ask('POST', '/api/slots', 'ina', {'org': self.org, 'title': 'Backend', 'starts': in_minutes(self.next_minute),
                                                      'ends': in_minutes(self.next_minute + 45)}, 201)
        return self.ask('POST', '/api/interviews', name, {'slot_id': slot['id']}, 201)['interview']

    def test_told(self):
        """Booking, cancelling and reminding, on all sockets of both, as the list says it; nobody else hears of it."""
        sockets = {name: self.open_welcome(name) for name in ('cara', 'ina', 'carl')}
        again = self.open_welcome('cara')
        interview = self.book()
        for name in ('cara', 'ina'):
            notice = sockets[name].read_message('notice')
            self.assertEqual((notice['kind'], notice['interview']), ('booked', interview['id']))
            self.assertEqual(notice, self.ask('GET', '/api/notifications', name)['items'][0])
        self.assertEqual(again.read_message('notice')['interview'], interview['id'])
        # The clock is not turned: the interview is.
        soon = int((time.time() + 600) * 1e6)
        self.server.execute(f"UPDATE interview SET starts_at = {soon}, ends_at = {soon + 10 ** 9} WHERE id = '{interview['id']}'")
        self.server.execute("UPDATE job SET due_at = 1 WHERE kind = 'reminder' AND subject LIKE '%:30'")
        for socket in (sockets['cara'], again, sockets['ina']):
            self.assertEqual(socket.read_message('notice')['kind'], 'soon')
        # The newest booking is the first that he hears of.
        other = self.book('carl')
        self.assertEqual(sockets['carl'].read_message('notice')['interview'], other['id'])

    def test_refused(self):
        for token in (None, 'nonsense', resign(self.server, self.tokens['cara'], exp=1),
                      resign(self.server, self.tokens['cara'], sid='00000000-0000-7000-8000-000000000000'),
                      self.ask('POST', '/api/keys', 'ada', {'org': self.org, 'name': 'k', 'scopes': ['execute']})['key']):
            with WebSocket(self.server, PATH, token=token) as socket:
                self.assertIn(socket.status, (401, 403))
        # A request that is no handshake is told so.
        self.assertEqual(self.ask('GET', PATH, 'cara', status=400)['code'], 'invalid')

    def test_ends_with_the_session(self):
        def log_out():
            self.assertEqual(self.server.ask('POST', '/api/auth/logout', {}, first)[0], 204)

        def end_session():
            sessions = self.ask('GET', '/api/auth/sessions', 'cara')['items']
            for session in sessions:
                if not session.get('current'):
                    self.ask('DELETE', f"/api/auth/sessions/{session['id']}", 'cara', status=204)

        def change_password():
            self.ask('POST', '/api/me/password', 'cara', {'old': PASSWORD, 'new': PASSWORD + '!'}, 204)

        for end in (log_out, end_session, change_password):
            with self.subTest(end.__name__):
                first = self.server.sign_in('cara')
                socket = self.open_welcome('cara', token=first)
                end()
                self.assertEqual(socket.read_close(), NOT_SIGNED_IN)

    def test_not_told_after_the_end(self):
        """A booking right after a sign-out: the socket is asked before it hears, and not when it is looked at next."""
        for _ in range(5):
            socket = self.open_welcome('ina', token=(token := self.server.sign_in('ina')))
            self.assertEqual(self.server.ask('POST', '/api/auth/logout', {}, token)[0], 204)
            self.book()
            with self.assertRaises(Closed) as closed:
                socket.read()
            self.assertEqual(closed.exception.code, NOT_SIGNED_IN)

    def test_expires_unless_renewed(self):
        began = time.monotonic()
        self.open_welcome('cara')
        span = SHORT_S + TIMES_AS_LONG * (time.monotonic() - began)
        short = resign(self.server, self.tokens['cara'], exp=int(time.time() + span))
        lost, kept = self.open_welcome('cara', token=short), self.open_welcome('cara', token=short)
        kept.send_message('auth', {'access': self.tokens['cara']}, 7)
        self.assertEqual(json.loads(kept.read()), {'t': 'welcome', 're': 7})
        self.assertEqual(lost.read_close(), NOT_SIGNED_IN)
        self.book()
        self.assertEqual(kept.read_message('notice')['kind'], 'booked')
        # Another person's, another sign-in's, and what is no token.
        for wrong in (self.tokens['carl'], self.server.sign_in('cara'), 'nonsense'):
            socket = self.open_welcome('cara')
            socket.send_message('auth', {'access': wrong}, 8)
            answer = json.loads(socket.read())
            self.assertEqual((answer['t'], answer['re'], answer['d']['code']), ('error', 8, 'not_signed_in'))
            self.assertEqual(socket.read_close(), NOT_SIGNED_IN)

    def test_what_may_be_said(self):
        for text, code in (('{}', BAD_MESSAGE), ('nonsense', BAD_MESSAGE), ('{"t":"auth","d":{}}', BAD_MESSAGE),
                           ('{"t":"welcome"}', BAD_MESSAGE), ('x' * 9000, TOO_BIG)):
            with self.subTest(text[:20]), self.open_welcome('carl') as socket:
                socket.send(text)
                self.assertEqual(socket.read_close(), code)
        with self.open_welcome('carl') as socket:
            socket.send_message('something-new', {'a': 1})
            self.book('carl')
            self.assertEqual(socket.read_message('notice')['kind'], 'booked')
            socket.send_raw(encode_frame(TEXT, '{"t":"something-new"}') * 50)
            self.assertEqual(socket.read_close(), TRY_AGAIN)

    def test_so_many(self):
        sockets = [self.open_welcome('cara') for _ in range(MOST)]
        self.assertEqual(self.open('cara').read_close(), TRY_AGAIN)
        self.open_welcome('carl')
        self.book()
        for socket in sockets:
            self.assertEqual(socket.read_message('notice')['kind'], 'booked')
        # One that ends makes room.
        sockets[0].send_raw(encode_frame(CLOSE, b'\x03\xe8'))
        self.assertEqual(sockets[0].read_close(), 1000)
        self.open_welcome('cara')

    def test_the_server_stops(self):
        socket = self.open_welcome('cara')
        self.assertEqual(self.server.stop(), 0)
        self.assertEqual(socket.read_close(), 4503)

    @unittest.skipUnless(os.environ.get('COORD_TEST_DATABASE'), 'needs PostgreSQL')
    def test_several_coordinators(self):
        other = BareCoordinator(PROGRAM)
        self.addCleanup(other.__exit__, None, None, None)
        shutil.copytree(os.path.join(self.server.data, 'secrets'), os.path.join(other.data, 'secrets'))
        shutil.copyfile(self.server.config, other.config)
        other.start()
        here, there = self.open_welcome('cara'), self.open_welcome('cara', server=other)
        interview = self.book()
        for socket in (here, there):
            self.assertEqual(socket.read_message('notice')['interview'], interview['id'])
        # A sign-in that ends at one of them ends at the other.
        self.assertEqual(other.ask('POST', '/api/auth/logout', {}, self.tokens['cara'])[0], 204)
        for socket in (here, there):
            self.assertEqual(socket.read_close(), NOT_SIGNED_IN)


if __name__ == '__main__':
    del sys.argv[1:]
    unittest.main()
