#!/usr/bin/python3
"""The private calendar feed, read by python3-icalendar as a calendar program would: test_feed.py COORDINATOR.

Who has the address has the calendar, until it is taken back or replaced; what changes is seen, what does not is not sent again, and nobody
asks too often.
"""

import datetime
import os
import sys
import unittest

import icalendar

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402

PROGRAM = sys.argv.pop(1)
PEOPLE = (('ina', 'interviewer'), ('cara', 'candidate'), ('carl', 'candidate'))
AN_HOUR = 60
DAY_US = 86400 * 10 ** 6


class Feed(unittest.TestCase):
    def setUp(self):
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.org = self.server.add_people(PEOPLE)
        self.tokens = {name: self.server.sign_in(name) for name, _ in PEOPLE}
        self.starts = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=2)

    def ask(self, method, path, name, body=None, headers=None):
        status, got, answer = self.server.ask(method, path, body, self.tokens[name], headers)
        self.assertLess(status, 300, answer)
        return got, answer

    def book(self, name, title):
        self.starts += datetime.timedelta(hours=2)
        ends = self.starts + datetime.timedelta(minutes=45)
        slot = self.ask('POST', '/api/slots', 'ina', {'org': self.org, 'title': title, 'starts': self.starts.strftime('%Y-%m-%dT%H:%M:%SZ'),
                                                      'ends': ends.strftime('%Y-%m-%dT%H:%M:%SZ')})[1]
        return self.ask('POST', '/api/interviews', name, {'slot_id': slot['id']})[1]['interview']

    def subscribe(self, name):
        url = self.ask('POST', '/api/me/calendar', name)[1]['url']
        self.assertTrue(url.startswith(self.server.address) and url.endswith('.ics'), url)
        return url.removeprefix(self.server.address)

    def fetch(self, path, headers=None, status=200):
        got, head, body = self.server.ask('GET', path, headers=headers)
        self.assertEqual(got, status, body)
        return head, body

    def read(self, path):
        head, body = self.fetch(path)
        self.assertEqual(head['content-type'], 'text/calendar; charset=utf-8')
        self.assertEqual(head['cache-control'], 'no-store')
        return {str(event['uid']): event for event in icalendar.Calendar.from_ical(body).walk('VEVENT')}

    def cancel(self, interview):
        head, _ = self.ask('GET', f"/api/interviews/{interview['id']}", 'ina')
        self.ask('PATCH', f"/api/interviews/{interview['id']}/cancel", 'ina', {'reason': 'Ill'}, {'If-Match': head['etag']})

    def test_what_it_holds(self):
        mine, other = self.book('cara', 'Größe; "C", \\o/ 😀'), self.book('carl', 'Not hers')
        path = self.subscribe('cara')
        events = self.read(path)
        self.assertEqual(list(events), [mine['id'] + '@entrevue'])
        event = events[mine['id'] + '@entrevue']
        self.assertEqual(str(event['summary']), 'Größe; "C", \\o/ 😀')
        self.assertEqual(event['dtstart'].dt.strftime('%Y-%m-%dT%H:%M:%SZ'), mine['starts'])
        self.assertEqual((event['status'], event['sequence']), ('CONFIRMED', 0))
        self.assertIn(mine['room'], str(event['url']))
        # The interviewer has both.
        self.assertEqual(set(self.read(self.subscribe('ina'))), {mine['id'] + '@entrevue', other['id'] + '@entrevue'})
        self.cancel(mine)
        event = self.read(path)[mine['id'] + '@entrevue']
        self.assertEqual((event['status'], event['sequence']), ('CANCELLED', 1))
        # What was long ago is no more there.
        self.server.execute(f"UPDATE interview SET starts_at = starts_at - {40 * DAY_US}, ends_at = ends_at - {40 * DAY_US}"
                            f" WHERE id = '{mine['id']}'")
        self.assertEqual(self.read(path), {})

    def test_unchanged(self):
        interview = self.book('cara', 'Backend')
        path = self.subscribe('cara')
        tag = self.fetch(path)[0]['etag']
        for known in (tag, f'"other", {tag}'):
            head, body = self.fetch(path, {'If-None-Match': known}, 304)
            self.assertEqual((head['etag'], body), (tag, b''))
        self.fetch(path, {'If-None-Match': 'W/"other"'})
        self.cancel(interview)
        self.assertNotEqual(self.fetch(path, {'If-None-Match': tag})[0]['etag'], tag)

    def test_taken_back(self):
        first = self.subscribe('cara')
        self.fetch(first)
        second = self.subscribe('cara')
        self.assertNotEqual(first, second)
        self.fetch(first, status=404)
        self.fetch(second)
        self.fetch(second.removesuffix('.ics'))
        self.ask('DELETE', '/api/me/calendar', 'cara')
        self.fetch(second, status=404)
        # It is in the database as a hash only, and is no credential elsewhere.
        third = self.subscribe('cara')
        token = third.rsplit('/', 1)[1].removesuffix('.ics')
        self.assertNotIn(token, ''.join(self.server.query('SELECT token_hash FROM calendar_feed')))
        self.assertEqual(self.server.ask('GET', '/api/me', token=token)[0], 401)
        self.assertNotIn(token, self.server.read_log())

    def test_so_often(self):
        path, other = self.subscribe('cara'), self.subscribe('carl')
        for _ in range(AN_HOUR):
            self.fetch(path)
        head, answer = self.fetch(path, status=429)
        self.assertEqual(answer['code'], 'too_fast')
        self.assertGreater(int(head['retry-after']), 0)
        self.fetch(other)


if __name__ == '__main__':
    unittest.main(verbosity=2)
