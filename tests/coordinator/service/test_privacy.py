#!/usr/bin/env python3
"""A copy of what is kept of a person, and erasing them, over HTTP with real mail: test_privacy.py COORDINATOR."""

import base64
import hashlib
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import unittest
import zipfile
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from bare_coordinator import PASSWORD, BareCoordinator  # noqa: E402
from mail_server import MailServer  # noqa: E402
from room_writer import RoomWriter  # noqa: E402

PROGRAM = sys.argv[1]
PATIENCE_S = 60
READY = 'The copy of your data is ready'
DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=='
# Words that stand nowhere else.
NAME, FAMILY = 'Zephyrine', 'Quillfeather'
ADDRESS = 'zephyrine.quillfeather@example.org'


class Member(RoomWriter):
    """Somebody with an account who writes."""

    def __init__(self, server, room, token, root):
        super().__init__(server, room, None, root)
        self.access = token

    def join(self):
        status, _, joined = self.server.ask('POST', f'/api/rooms/{self.room}/join', {'device_key': self.device}, self.access)
        assert status == 200, joined
        self.token = joined['room_token']
        self.client = self.client or joined['clients'][0]

    def say(self, text):
        """Writes, and comes back when it is on disk."""
        self.join()
        self.connect()
        self.write(text)
        while self.durable < len(self.text):
            self.read_durable()
        self.close()


class Privacy(unittest.TestCase):
    def setUp(self):
        self.mail = MailServer()
        self.mail.__enter__()
        self.addCleanup(self.mail.__exit__)
        self.server = BareCoordinator(PROGRAM, 'registration = open\n' + self.mail.config)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.org = self.server.add_people((('ina', 'interviewer'), ('ada', 'admin'), ('cara', 'candidate')))
        self.ada = self.server.sign_in('ada')

    def ask(self, status, method, path, body=None, token=None, headers=None):
        got, _, answer = self.server.ask(method, path, body, token, headers)
        self.assertEqual(got, status, (path, answer))
        return answer

    def count(self, sql):
        return int(self.server.query(sql)[0])

    def wait_for(self, what, *args):
        until = time.monotonic() + PATIENCE_S
        while not what(*args):
            self.assertLess(time.monotonic(), until, 'it did not come')
            time.sleep(0.05)

    def add_person(self, role):
        """Somebody whose name and address can be searched for, with a confirmed address."""
        self.ask(201, 'POST', '/api/auth/register', {'email': ADDRESS, 'password': PASSWORD, 'name': f'{NAME} {FAMILY}', 'locale': 'en',
                                                     'zone': 'Europe/Berlin'})
        text = self.mail.wait_for(ADDRESS, 'Confirm your mail address')
        self.ask(204, 'POST', '/api/auth/verify-email', {'token': text.split('token=')[1].split()[0]})
        made = self.ask(200, 'POST', '/api/auth/login', {'email': ADDRESS, 'password': PASSWORD, 'device': f'{NAME} laptop'})
        self.ask(201, 'POST', f'/api/orgs/{self.org}/members', {'email': ADDRESS, 'role': role}, self.ada)
        self.ask(204, 'PUT', '/api/me/picture', {'data': DOT}, made['access'])
        self.ask(200, 'POST', '/api/me/calendar', token=made['access'])
        return made['access'], made['user']['id']

    @staticmethod
    def in_days(days, minutes=0):
        starts = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=days, minutes=minutes)
        return {'starts': starts.strftime('%Y-%m-%dT%H:%M:%SZ'),
                'ends': (starts + timedelta(minutes=30)).strftime('%Y-%m-%dT%H:%M:%SZ')}

    def offer(self, token, days=2, minutes=0):
        return self.ask(201, 'POST', '/api/slots', {'org': self.org, **self.in_days(days, minutes)}, token)['id']

    def book(self, slot, token, note=None):
        body = {'slot_id': slot, **({'note': note} if note else {})}
        return self.ask(201, 'POST', '/api/interviews', body, token)['interview']

    def hold(self, candidate, words, others='from the interviewer'):
        """An interview that goes on now; the candidate writes in it, then the interviewer; returns it."""
        made = self.server.command('interview', 'add', '--org', self.org, '--interviewer', 'ina@example.org', '--starts', 'now',
                                   '--minutes', '60', '--candidate', ADDRESS, '--origin', 'https://e.example.org')
        reader = Member(self.server, made['room'], candidate, 'notes')
        reader.join()
        reader.connect()
        # One of the files that are there from the start.
        file = re.search(rb'text:[0-9a-f-]{36}', reader.read_document()).group().decode()
        reader.close()
        writer = Member(self.server, made['room'], candidate, file)
        writer.device = reader.device
        writer.say(words)
        Member(self.server, made['room'], self.server.sign_in('ina'), file).say(others)
        return made

    # --- the copy

    def fetch(self, token, path='/api/me/export/archive'):
        status, headers, body = self.server.ask('GET', path, token=token)
        return status, headers, body

    def make_export(self, token):
        asked = self.ask(202, 'POST', '/api/me/export', {'password': PASSWORD}, token)
        self.assertEqual(asked['state'], 'preparing')
        self.wait_for(lambda: self.ask(200, 'GET', '/api/me/export', token=token)['state'] == 'ready')
        shown = self.ask(200, 'GET', '/api/me/export', token=token)
        status, headers, archive = self.fetch(token)
        self.assertEqual((status, headers['content-type']), (200, 'application/zip'))
        self.assertIn('attachment', headers['content-disposition'])
        self.assertEqual((len(archive), hashlib.sha256(archive).hexdigest()), (shown['bytes'], shown['sha256']))
        return zipfile.ZipFile(io.BytesIO(archive)), archive

    def test_copy(self):
        token, person = self.add_person('candidate')
        slot = self.offer(self.server.sign_in('ina'))
        self.book(slot, token, 'I bring my own keyboard')
        self.assertEqual(self.ask(404, 'GET', '/api/me/export', token=token)['code'], 'not_found')
        self.assertEqual(self.ask(401, 'POST', '/api/me/export', {'password': 'no'}, token)['code'], 'wrong_password')
        self.assertEqual(self.ask(401, 'POST', '/api/me/export', {}, token)['code'], 'wrong_password')
        self.hold(token, '# my own words', '# and those of ina@')
        archive, raw = self.make_export(token)
        self.assertIsNone(archive.testzip())
        file, = [name for name in archive.namelist() if name.startswith('interviews/')]
        self.assertRegex(file, r'^interviews/\d{4}-\d\d-\d\d Interview \([0-9a-f]{8}\)/files/main\.[a-z]+$')
        text = archive.read(file).decode()
        self.assertIn('# my own words', text)
        self.assertEqual(text.count('\u2026'), 1)
        names = archive.namelist()
        for name in ('README.txt', 'account', 'sessions', 'memberships', 'interviews', 'bookings', 'notifications', 'audit',
                     'calendar-feed', 'mails', 'links'):
            self.assertIn(name if '.' in name else name + '.json', names)
        self.assertEqual(archive.read('picture.png'), base64.b64decode(DOT))
        account, = json.loads(archive.read('account.json'))
        self.assertEqual((account['id'], account['email'], account['name']), (person, ADDRESS, f'{NAME} {FAMILY}'))
        self.assertTrue(account['address_confirmed'].endswith('Z'))
        self.assertEqual(json.loads(archive.read('bookings.json'))[0]['note'], 'I bring my own keyboard')
        self.assertEqual(json.loads(archive.read('memberships.json'))[0]['organisation'], 'Acme')
        self.assertIn(f'{NAME} laptop', archive.read('sessions.json').decode())
        self.mail.wait_for(ADDRESS, READY)

        # No secrets, hashed or not, and nobody else.
        everything = b''.join(archive.read(name) for name in names)
        for sql in (f"SELECT password FROM person WHERE id = '{person}'", 'SELECT hash FROM refresh_token',
                    'SELECT token_hash FROM calendar_feed', 'SELECT hash FROM account_link'):
            for secret in self.server.query(sql):
                self.assertNotIn(secret.encode(), everything, sql)
        for other in (b'ina@', b'ada@', b'cara'):
            self.assertNotIn(other, everything)

        # For nobody else, and for three days.
        other = self.server.sign_in('cara')
        self.assertEqual(self.fetch(token, f'/api/users/{person}/export')[2], raw)
        for path in ('/api/me/export/archive', f'/api/users/{person}/export'):
            self.assertEqual(self.fetch(other, path)[0], 404)
            self.assertEqual(self.server.ask('GET', path)[0], 401)
        self.server.execute('UPDATE person_export SET expires_at = 1')
        self.assertEqual(self.fetch(token)[0], 404)
        self.ask(404, 'GET', '/api/me/export', token=token)

        # Twice a day; what was asked for can be taken back.
        self.make_export(token)
        self.ask(204, 'DELETE', '/api/me/export', token=token)
        self.assertEqual(self.fetch(token)[0], 404)
        self.assertEqual(self.ask(429, 'POST', '/api/me/export', {'password': PASSWORD}, token)['code'], 'too_fast')

    # --- erasing

    def dump(self):
        """Every byte that is left in the database, as well as it can be had."""
        if self.server.database:
            done = subprocess.run(['pg_dump', '--schema', self.server.schema, self.server.database.split('&options')[0]],
                                  check=True, capture_output=True)
            return done.stdout
        self.assertEqual(self.server.stop(), 0)
        left = b''
        for name in sorted(os.listdir(self.server.data)):
            path = os.path.join(self.server.data, name)
            if os.path.isfile(path):
                with open(path, 'rb') as file:
                    left += file.read()
        database = sqlite3.connect(os.path.join(self.server.data, 'entrevue.db'))
        left += '\n'.join(database.iterdump()).encode()
        database.close()
        self.server.start()
        return left

    def assert_forgotten(self):
        self.wait_for(lambda: self.count("SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'sending')") == 0)
        self.wait_for(lambda: self.count('SELECT COUNT(*) FROM audit WHERE chain IS NULL') == 0)
        left = self.dump().lower()
        for word in (NAME, FAMILY, ADDRESS):
            at = left.find(word.lower().encode())
            self.assertEqual(at, -1, left[max(0, at - 200):at + 200])
        self.server.command('audit', 'verify')

    def test_candidate_is_erased(self):
        token, person = self.add_person('candidate')
        refresh = self.ask(200, 'POST', '/api/auth/login', {'email': ADDRESS, 'password': PASSWORD})['refresh']
        ina = self.server.sign_in('ina')
        interview = self.book(self.offer(ina), token, f'I am {NAME}')
        held = self.hold(token, f'{NAME} wrote this')
        self.make_export(token)
        shown = self.ask(200, 'GET', '/api/me/erasure', token=token)
        self.assertEqual(shown, {'cancelled': 2, 'records': 2, 'hand_over': []})
        self.assertEqual(self.ask(401, 'POST', '/api/me/erase', {'password': 'no'}, token)['code'], 'wrong_password')
        self.assertEqual(self.ask(404, 'POST', f'/api/users/{person}/erase', {'password': PASSWORD}, self.ada)['code'], 'not_found')
        self.ask(204, 'POST', '/api/me/erase', {'password': PASSWORD}, token)

        # Everything ends at once.
        self.ask(401, 'GET', '/api/me', token=token)
        self.ask(401, 'POST', '/api/auth/refresh', {'refresh': refresh})
        self.ask(401, 'POST', '/api/auth/login', {'email': ADDRESS, 'password': PASSWORD})
        self.mail.wait_for('ina@example.org', 'Interview cancelled: Interview')
        seen = self.ask(200, 'GET', f"/api/interviews/{interview['id']}", token=ina)['interview']
        self.assertEqual((seen['state'], seen['candidate_name']), ('cancelled', 'A former participant'))
        self.assertFalse([to for to, message in self.mail.messages if to == ADDRESS and 'cancelled' in message['Subject']])

        # What was written goes when nobody can be in the room any more.
        self.assertGreater(self.count('SELECT COUNT(*) FROM room_log'), 0)
        self.server.execute("UPDATE job SET due_at = 1 WHERE kind = 'record.remove'")
        self.wait_for(lambda: self.count("SELECT COUNT(*) FROM job WHERE kind = 'record.remove'") == 0)
        self.assertEqual(self.count('SELECT COUNT(*) FROM room_log'), 0)
        self.assertEqual(self.count(f"SELECT COUNT(*) FROM room WHERE record_removed_at IS NULL AND id = '{held['room']}'"), 0)
        gone = self.ask(410, 'POST', f"/api/rooms/{held['room']}/join", {'device_key': 'x' * 20}, ina)
        self.assertIn('was removed on', gone['detail'])
        self.assert_forgotten()

        # The address can begin anew.
        self.ask(201, 'POST', '/api/auth/register', {'email': ADDRESS, 'password': PASSWORD, 'name': 'Anew'})
        again = self.ask(200, 'POST', '/api/auth/login', {'email': ADDRESS, 'password': PASSWORD})
        self.assertNotEqual(again['user']['id'], person)

    def test_interviewer_is_erased(self):
        token, person = self.add_person('interviewer')
        path = f'/api/orgs/{self.org}/availability/{person}'
        hours = {'zone': 'Europe/Berlin', 'length_s': 1800, 'weekly': [{'weekday': 0, 'from_minute': 540, 'until_minute': 600}]}
        status, headers, shown = self.server.ask('GET', path, token=token)
        self.assertEqual(status, 200, shown)
        self.server.ask('PUT', path, hours, token, {'If-Match': headers['etag']})
        cara = self.server.sign_in('cara')
        slot = self.offer(token)
        self.offer(token, minutes=60)
        interview = self.book(slot, cara)
        self.mail.wait_for('cara@example.org', 'Interview booked: Interview')
        self.ask(204, 'POST', '/api/me/erase', {'password': PASSWORD}, token)
        self.mail.wait_for('cara@example.org', 'Interview cancelled: Interview')
        seen = self.ask(200, 'GET', f"/api/interviews/{interview['id']}", token=cara)['interview']
        self.assertEqual((seen['state'], seen['host_name']), ('cancelled', 'A former participant'))
        self.assertEqual(self.ask(200, 'GET', '/api/slots', token=cara)['items'], [])
        self.assertEqual(self.count('SELECT COUNT(*) FROM busy'), 0)
        self.assert_forgotten()

    def test_last_administrator_hands_over(self):
        token, person = self.add_person('admin')
        ada = self.ask(200, 'GET', '/api/me', token=self.ada)['user']['id']
        self.ask(204, 'DELETE', f'/api/orgs/{self.org}/members/{ada}', token=token)
        self.assertEqual(self.ask(200, 'GET', '/api/me/erasure', token=token)['hand_over'], ['Acme'])
        refused = self.ask(409, 'POST', '/api/me/erase', {'password': PASSWORD}, token)
        self.assertEqual(refused['code'], 'conflict')
        self.assertIn('Acme', refused['detail'])
        self.ask(200, 'GET', '/api/me', token=token)
        self.ask(201, 'POST', f'/api/orgs/{self.org}/members', {'email': 'ada@example.org', 'role': 'admin'}, token)
        self.ask(204, 'POST', '/api/me/erase', {'password': PASSWORD}, token)

    def test_site_administrator_erases(self):
        _, person = self.add_person('candidate')
        self.server.command('user', 'add', 'sita@example.org', '--name', 'sita', '--site-admin', '--password-stdin', stdin=PASSWORD + '\n')
        sita = self.server.sign_in('sita')
        self.assertEqual(self.ask(401, 'POST', f'/api/users/{person}/erase', {'password': 'no'}, sita)['code'], 'wrong_password')
        self.ask(204, 'POST', f'/api/users/{person}/erase', {'password': PASSWORD}, sita)
        self.assertEqual(self.ask(404, 'POST', f'/api/users/{person}/erase', {'password': PASSWORD}, sita)['code'], 'not_found')
        self.assert_forgotten()

    def test_operator_exports_and_erases(self):
        token, person = self.add_person('candidate')
        path = os.path.join(self.server.folder, 'copy.zip')
        self.assertEqual(self.server.command('user', 'export', ADDRESS, '--to', path)['id'], person)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        with zipfile.ZipFile(path) as archive:
            self.assertIn(ADDRESS, archive.read('account.json').decode())
        with self.assertRaisesRegex(AssertionError, 'File exists'):
            self.server.command('user', 'export', ADDRESS, '--to', path)
        self.server.command('user', 'erase', ADDRESS)
        self.ask(401, 'GET', '/api/me', token=token)
        # A guest without an account, under the same address.
        ina = self.server.sign_in('ina')
        me = self.ask(200, 'GET', '/api/me', token=ina)['user']['id']
        link = {'name': f'{NAME} {FAMILY}', 'email': ADDRESS, 'interviewers': [me]}
        self.ask(200, 'POST', f'/api/orgs/{self.org}/booking-links', link, ina)
        self.server.command('user', 'erase', ADDRESS)
        self.assert_forgotten()
        with self.assertRaisesRegex(AssertionError, 'Nothing is kept of'):
            self.server.command('user', 'erase', ADDRESS)

    def test_records_are_kept_for_some_days(self):
        token, _ = self.add_person('candidate')
        held = self.hold(token, 'my words')
        archive, _ = self.make_export(token)
        org = self.ask(200, 'GET', f'/api/orgs/{self.org}', token=self.ada)
        self.ask(200, 'PATCH', f'/api/orgs/{self.org}', {'record_days': 30}, self.ada, {'If-Match': f'"{org["version"]}"'})
        past = 'UPDATE interview SET starts_at = starts_at - {0}, ends_at = ends_at - {0}'
        self.server.execute(past.format(31 * 86400 * 1000000))
        self.server.execute("UPDATE job SET due_at = 1 WHERE kind = 'record.tidy'")
        self.wait_for(lambda: self.count('SELECT COUNT(*) FROM room_log') == 0)
        seen = self.ask(200, 'GET', f"/api/interviews/{held['interview']}", token=token)['interview']
        self.assertTrue(seen['record_removed'].endswith('Z'))
        gone = self.ask(410, 'POST', f"/api/rooms/{held['room']}/join", {'device_key': 'x' * 20}, token)
        self.assertIn('was removed on', gone['detail'])

    def test_account_without_a_password(self):
        token, _ = self.add_person('candidate')
        self.server.execute("UPDATE person SET password = '' WHERE email = '" + ADDRESS + "'")
        self.server.execute('UPDATE session_family SET created_at = created_at - 3600000000')
        self.assertEqual(self.ask(403, 'POST', '/api/me/erase', {}, token)['code'], 'sign_in_too_old')
        self.server.execute('UPDATE session_family SET created_at = created_at + 3600000000')
        self.ask(204, 'POST', '/api/me/erase', {}, token)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
