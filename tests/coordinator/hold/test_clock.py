#!/usr/bin/env python3
"""The server's clock jumps by a day, forward and back, and by a week, as after a sleep: no token counts outside of its time and a
minute, no reminder is lost and none comes twice.

    test_clock.py COORDINATOR [JUMPS]

libfaketime gives the server its time of day, from a file that the test writes; what counts how long something takes goes on, as it does
when somebody sets a clock.
"""

import datetime
import glob
import os
import random
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from access_token import resign  # noqa: E402
from bare_coordinator import PASSWORD, BareCoordinator  # noqa: E402
from web_socket import WebSocket  # noqa: E402

PROGRAM = sys.argv[1]
JUMPS = int(sys.argv[2]) if len(sys.argv) > 2 else 40
LIBRARY = next(iter(glob.glob('/usr/lib/*/faketime/libfaketimeMT.so.1')), None)
SEED = 20261121
MINUTE, HOUR, DAY = 60, 3600, 86400
ACCESS_S, SKEW_S, REFRESH_S = 900, 60, 7 * DAY
MARGIN_S = 20  # around a border, in which the test itself may be slow
PATIENCE_S = 90
PEOPLE = (('ina', 'interviewer'), ('cara', 'candidate'))


class Clock(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.file = os.path.join(self.server.folder, 'offset')
        self.offset = 0
        self.jump(0)
        self.server.environment |= {'LD_PRELOAD': LIBRARY, 'FAKETIME_TIMESTAMP_FILE': self.file, 'FAKETIME_NO_CACHE': '1',
                                    'FAKETIME_DONT_FAKE_MONOTONIC': '1'}
        self.server.start()
        self.org = self.server.add_people(PEOPLE)
        self.tokens = {}
        self.sign_in()

    def jump(self, offset_s):
        """The server's clock is so far from this one's from now on."""
        self.offset = offset_s
        with open(self.file + '.new', 'w', encoding='ascii') as file:
            file.write(f'{offset_s:+d}s\n')
        os.rename(self.file + '.new', self.file)

    def sign_in(self):
        self.tokens = {name: self.server.sign_in(name) for name, _ in PEOPLE}

    def get_status(self, token):
        status, _, answer = self.server.ask('GET', '/api/me', token=token)
        return status, answer.get('code')

    # --- tokens

    def test_skew(self):
        now = int(time.time())
        for name, claims, status in (
                ('signed by a clock that is fast', {'iat': now + SKEW_S - MARGIN_S, 'nbf': now + SKEW_S - MARGIN_S}, 200),
                ('signed by one that is too fast', {'iat': now + SKEW_S + MARGIN_S, 'nbf': now + SKEW_S + MARGIN_S}, 401),
                ('not before in a while', {'nbf': now + SKEW_S + MARGIN_S}, 401),
                ('just over', {'exp': now - 1}, 401),
                ('over since the skew', {'exp': now - SKEW_S}, 401)):
            self.assertEqual(self.get_status(resign(self.server, self.tokens['cara'], **claims))[0], status, name)

    def test_access_in_its_time_alone(self):
        token, signed = self.tokens['cara'], time.time()
        accepted = 0
        for number in range(JUMPS):
            span = (20 * MINUTE, DAY, 7 * DAY)[number % 3]
            self.jump(self.random.randint(-span, span))
            age = self.offset + time.time() - signed
            if min(abs(age + SKEW_S), abs(age - ACCESS_S)) < MARGIN_S:
                continue
            status, code = self.get_status(token)
            self.assertEqual(status == 200, -SKEW_S < age < ACCESS_S, f'{age:.0f} s after it was signed: {status} {code}')
            accepted += status == 200
        self.jump(0)
        self.assertEqual(self.get_status(token)[0], 200)
        print(f'# {JUMPS} jumps, accepted {accepted} times, each in its time', flush=True)

    def log_in(self):
        status, _, answer = self.server.ask('POST', '/api/auth/login', {'email': 'cara@example.org', 'password': PASSWORD})
        self.assertEqual(status, 200, answer)
        return answer

    def refresh(self, refresh):
        status, _, answer = self.server.ask('POST', '/api/auth/refresh', {'refresh': refresh})
        return status, answer

    def test_a_day_forward_and_back(self):
        today = self.log_in()
        self.jump(DAY)
        self.assertEqual(self.get_status(today['access']), (401, 'token_expired'))
        status, tomorrow = self.refresh(today['refresh'])
        self.assertEqual(status, 200, tomorrow)
        self.assertEqual(self.get_status(tomorrow['access'])[0], 200)
        self.jump(0)
        self.assertEqual(self.get_status(tomorrow['access']), (401, 'not_signed_in'))
        # Whoever has it refreshes it, and is in.
        status, again = self.refresh(tomorrow['refresh'])
        self.assertEqual(status, 200, again)
        self.assertEqual(self.get_status(again['access'])[0], 200)
        self.jump(-DAY)
        self.assertEqual(self.get_status(again['access']), (401, 'not_signed_in'))

    def test_a_week_of_sleep(self):
        session = self.log_in()
        socket = WebSocket(self.server, '/api/me/socket', token=session['access'], protocol='entrevue.v1')
        self.addCleanup(socket.close)
        self.assertEqual(socket.status, 101)
        self.jump(REFRESH_S + MINUTE)
        self.assertEqual(socket.read_close(), 4401)
        self.assertEqual(self.get_status(session['access']), (401, 'token_expired'))
        self.assertEqual(self.refresh(session['refresh'])[0], 401)
        self.assertEqual(self.get_status(self.log_in()['access'])[0], 200)

    # --- a clock that cannot be right

    def get_health(self):
        return self.server.ask('GET', '/health')[2]['status']

    def test_1970(self):
        self.assertEqual(self.get_health(), 'ok')
        self.assertEqual(self.server.stop(), 0)
        self.assertNotIn('cannot be', self.server.read_log())
        self.jump(HOUR - int(time.time()))
        self.server.start()
        self.assertEqual(self.get_health(), 'degraded')
        self.assertIn('says 1970-01-01', self.server.read_log())
        self.jump(0)
        self.assertEqual(self.get_health(), 'ok')
        deadline = time.monotonic() + PATIENCE_S
        while 'was turned by' not in self.server.read_log():
            self.assertLess(time.monotonic(), deadline, 'no word of the turn')
            time.sleep(0.1)

    def test_before_the_newest_row(self):
        self.assertEqual(self.server.stop(), 0)
        self.jump(-30 * DAY)
        self.server.start()
        self.assertIn('but the database has something of', self.server.read_log())

    def test_apart_from_the_database(self):
        if not self.server.database:
            self.skipTest('there the database has no clock of its own')
        for jump, said in ((HOUR, ' s ahead of the database'), (0, 'agrees with the database')):
            self.jump(jump)
            deadline = time.monotonic() + PATIENCE_S
            while said not in self.server.read_log():
                self.assertLess(time.monotonic(), deadline, 'no word of the clocks')
                time.sleep(0.1)

    # --- reminders

    def book(self, starts_s):
        """An interview so long after this clock's now."""
        starts = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=starts_s)
        body = {'org': self.org, 'starts': starts.strftime('%Y-%m-%dT%H:%M:%SZ'),
                'ends': (starts + datetime.timedelta(minutes=5)).strftime('%Y-%m-%dT%H:%M:%SZ')}
        status, _, slot = self.server.ask('POST', '/api/slots', body, self.tokens['ina'])
        self.assertEqual(status, 201, slot)
        status, _, answer = self.server.ask('POST', '/api/interviews', {'slot_id': slot['id']}, self.tokens['cara'])
        self.assertEqual(status, 201, answer)
        return answer['interview']['id']

    def count_reminders(self, interview):
        rows = self.server.query(f"SELECT kind FROM notification WHERE interview = '{interview}' AND kind IN ('day-before', 'soon')")
        return {kind: rows.count(kind) for kind in sorted(set(rows))}

    def wait_for_reminders(self, interview, expected):
        deadline = time.monotonic() + PATIENCE_S
        while self.count_reminders(interview) != expected:
            self.assertLess(time.monotonic(), deadline, f'{self.count_reminders(interview)} instead of {expected}')
            time.sleep(0.1)

    def let_it_look(self):
        """When it has sent a reminder that is due last, it has looked at all that were due. Two people are reminded of each."""
        self.sign_in()
        last = self.book(self.offset + DAY + self.next_minute * MINUTE)
        self.next_minute += 10
        self.jump(self.offset + self.next_minute * MINUTE)
        self.wait_for_reminders(last, {'day-before': 2})

    def look_at_mail(self):
        """Whoever was told got a mail, and one."""
        told, mails = (int(self.server.query(f'SELECT COUNT(*) FROM {table}')[0]) for table in ('notification', 'outbox'))
        self.assertEqual(told, mails)

    def test_reminders(self):
        self.next_minute = 10
        first = self.book(25 * HOUR)
        self.jump(2 * HOUR)
        self.wait_for_reminders(first, {'day-before': 2})
        # A day back: its time comes once more, and it stays what it was.
        self.jump(2 * HOUR - DAY)
        self.let_it_look()
        self.jump(2 * HOUR)
        self.let_it_look()
        self.assertEqual(self.count_reminders(first), {'day-before': 2})
        # A day ahead.
        self.jump(24 * HOUR + 45 * MINUTE)
        self.wait_for_reminders(first, {'day-before': 2, 'soon': 2})
        self.jump(45 * MINUTE)
        self.let_it_look()
        self.jump(26 * HOUR)
        self.let_it_look()
        self.assertEqual(self.count_reminders(first), {'day-before': 2, 'soon': 2})
        # A week of sleep, over the start of one, both reminders of another (the later one says enough), and not as far as a third.
        self.jump(0)
        self.sign_in()
        missed, overdue, later = self.book(5 * DAY), self.book(9 * DAY + 15 * MINUTE), self.book(12 * DAY)
        self.jump(2 * DAY)
        self.jump(9 * DAY)
        self.wait_for_reminders(overdue, {'soon': 2})
        self.let_it_look()
        self.assertEqual(self.count_reminders(missed), {}, 'of what is over nobody is reminded')
        self.assertEqual(self.count_reminders(later), {})
        self.jump(11 * DAY + HOUR)
        self.wait_for_reminders(later, {'day-before': 2})
        self.let_it_look()
        self.assertEqual([self.count_reminders(which) for which in (first, missed, overdue, later)],
                         [{'day-before': 2, 'soon': 2}, {}, {'soon': 2}, {'day-before': 2}])
        self.look_at_mail()

    def test_reminders_over_a_restart(self):
        """Stopped before a reminder is due and started after it, twice."""
        interview = self.book(25 * HOUR)
        self.assertEqual(self.server.stop(), 0)
        self.jump(2 * HOUR)
        self.server.start()
        self.wait_for_reminders(interview, {'day-before': 2})
        self.server.kill()
        self.server.start()
        self.next_minute = 10
        self.let_it_look()
        self.assertEqual(self.count_reminders(interview), {'day-before': 2})


if __name__ == '__main__':
    if LIBRARY is None:
        print('libfaketime is not installed: apt install faketime')
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=2)
