#!/usr/bin/env python3
"""Backups that a site administrator asks for over HTTP: test_backup.py COORDINATOR."""

import os
import shutil
import sqlite3
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402

PROGRAM = sys.argv[1]
PATIENCE_S = 60


class Backup(unittest.TestCase):
    def setUp(self):
        self.backups = tempfile.mkdtemp(prefix='entrevue-backups-')
        self.addCleanup(shutil.rmtree, self.backups, ignore_errors=True)
        self.server = BareCoordinator(PROGRAM, f'backup-folder = {self.backups}\nbackup-secrets = yes\n')
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.server.add_people((('ada', 'admin'), ('ben', 'admin')))
        for name in ('ada', 'ben'):
            self.server.command('user', 'role', f'{name}@example.org', '--site-admin')
        self.token = self.server.sign_in('ada')

    def ask(self, status, method, path, token=None):
        got, _, answer = self.server.ask(method, path, token=token or self.token)
        self.assertEqual(got, status, (path, answer))
        return answer

    def begin(self, token=None):
        return self.ask(202, 'POST', '/api/admin/backup', token)['job']

    def wait(self, job):
        until = time.monotonic() + PATIENCE_S
        while (shown := self.ask(200, 'GET', f'/api/admin/jobs/{job}'))['state'] == 'running':
            self.assertLess(time.monotonic(), until, 'it did not end')
            self.assertLessEqual(shown['percent'], 100)
            time.sleep(0.05)
        return shown

    def list_audit(self):
        return self.server.query("SELECT action FROM audit WHERE action LIKE 'backup.%' ORDER BY seq")

    def test_made(self):
        job = self.begin()
        shown = self.wait(job)
        self.assertEqual((shown['state'], shown['kind'], shown['percent'], shown['id']), ('done', 'backup', 100, job), shown)
        self.assertGreater(shown['rows'], 8)
        self.assertGreaterEqual(shown['ended'], shown['asked'])
        self.assertEqual(os.listdir(self.backups), [os.path.basename(shown['folder'])])
        self.assertEqual(os.stat(shown['folder']).st_mode & 0o777, 0o700)
        self.assertIn('refresh-key', os.listdir(os.path.join(shown['folder'], 'secrets')))
        self.assertEqual(self.list_audit(), ['backup.ask', 'backup.made'])

        # It is what the command makes: everybody is there after it was restored.
        other = BareCoordinator(PROGRAM)
        self.addCleanup(other.__exit__, None, None, None)
        self.assertEqual(other.command('restore', shown['folder'])['rows'], shown['rows'])
        other.start()
        other.sign_in('ada')
        # The job was being done when it was copied; nobody does it there.
        status, _, answer = other.ask('GET', f'/api/admin/jobs/{job}', token=other.sign_in('ada'))
        self.assertEqual(status, 200)
        if not other.database:
            self.assertEqual(answer['state'], 'failed')

        # Twice an hour, by one person; the copies do not get into each other's way.
        second = self.wait(self.begin())
        self.assertEqual(second['state'], 'done', second)
        self.assertEqual(len(os.listdir(self.backups)), 2)
        self.assertEqual(self.ask(429, 'POST', '/api/admin/backup')['code'], 'too_fast')
        self.wait(self.begin(self.server.sign_in('ben')))

    def test_not_made(self):
        shutil.rmtree(self.backups)
        shown = self.wait(self.begin())
        self.assertEqual((shown['state'], shown['percent']), ('failed', 0))
        self.assertIn(f'There is no folder {self.backups} for backups: make it', shown['message'])
        self.assertNotIn('rows', shown)
        self.assertEqual(self.list_audit(), ['backup.ask', 'backup.failed'])
        os.mkdir(self.backups)
        self.assertEqual(self.wait(self.begin())['state'], 'done')

    def test_ended_with_the_server(self):
        job = self.begin()
        self.wait(job)
        self.server.execute(f"UPDATE admin_job SET state = 0, permille = 500, ended_at = NULL, lease_until = 0 WHERE id = '{job}'")
        shown = self.ask(200, 'GET', f'/api/admin/jobs/{job}')
        self.assertEqual((shown['state'], shown['percent']), ('failed', 50))
        self.assertIn('Ask for it anew', shown['message'])
        # One whose process still holds its lease keeps another one from beginning.
        self.server.execute(f"UPDATE admin_job SET lease_until = {2 ** 62} WHERE id = '{job}'")
        for _ in range(3):  # what is refused is not counted
            self.assertIn(job, self.ask(409, 'POST', '/api/admin/backup')['detail'])
        # After a restart it is another process.
        self.server.kill()
        self.server.start()
        self.assertEqual(self.wait(self.begin())['state'], 'done')

    def test_of_many_rows(self):
        """While it is made the server answers; a server that stops does not wait for its end."""
        self.server.stop()
        if self.server.database:
            self.server.execute("INSERT INTO kept_answer SELECT 'nobody', 'k' || n, 'x', 200, repeat('x', 500), 1"
                                ' FROM generate_series(1, 20000) AS n')
        else:
            database = sqlite3.connect(os.path.join(self.server.data, 'entrevue.db'))
            with database:
                database.executemany('INSERT INTO kept_answer VALUES (?, ?, ?, 200, ?, 1)',
                                     (('nobody', f'k{n}', 'x', 'x' * 500) for n in range(20000)))
            database.close()
        self.server.start()
        job = self.begin()
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        shown = self.wait(job)
        if shown['state'] == 'failed':
            self.assertEqual(os.listdir(self.backups), [])
        else:
            self.assertEqual(os.listdir(self.backups), [os.path.basename(shown['folder'])])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
