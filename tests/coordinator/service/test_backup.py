#!/usr/bin/env python3
"""Backups that a site administrator asks for over HTTP, and what an operator sees of them: test_backup.py COORDINATOR.

Where it may mount, it runs itself again with a small disk at /mnt; elsewhere the case of the full disk is skipped.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import PASSWORD, WIDE, BareCoordinator  # noqa: E402

PROGRAM = sys.argv[1]
PATIENCE_S = 60
HOUR_US = 3600 * 1000000
NAMESPACE = 'ENTREVUE_TEST_NAMESPACE'  # set inside the mount namespace
DISK = '/mnt'
DISK_MIB = 64
NAME = 'entrevue-2026-01-0%d-031500-00000%d'  # of older copies


class Backup(unittest.TestCase):
    keep = 3

    def make_folder(self):
        backups = tempfile.mkdtemp(prefix='entrevue-backups-')
        self.addCleanup(shutil.rmtree, backups, ignore_errors=True)
        return backups

    def setUp(self):
        self.backups = self.make_folder()
        self.settings = f'backup-folder = {self.backups}\nbackup-secrets = yes\nbackup-keep = {self.keep}\n'
        self.server = BareCoordinator(PROGRAM, self.settings)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.server.command('user', 'add', 'ada@example.org', '--name', 'ada', '--site-admin', '--password-stdin', stdin=PASSWORD + '\n')
        self.token = self.server.sign_in('ada')

    def sign_in_ben(self):
        self.server.command('user', 'add', 'ben@example.org', '--name', 'ben', '--site-admin', '--password-stdin', stdin=PASSWORD + '\n')
        return self.server.sign_in('ben')

    def ask(self, status, method, path, token=None, server=None):
        got, self.headers, answer = (server or self.server).ask(method, path, token=token or self.token)
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

    def wait_for(self, what):
        until = time.monotonic() + PATIENCE_S
        while not what():
            self.assertLess(time.monotonic(), until, 'it did not come')
            time.sleep(0.05)

    def let_ask_again(self):
        """An hour later."""
        self.server.execute(f'UPDATE admin_job SET asked_at = asked_at - {HOUR_US}')

    def read_metrics(self, server=None):
        status, _, text = (server or self.server).ask('GET', '/metrics')
        self.assertEqual(status, 200)
        return {line.split()[0]: float(line.split()[1]) for line in text.decode().splitlines() if line.startswith('entrevue_backup')}

    def list_audit(self):
        return self.server.query("SELECT action FROM audit WHERE action LIKE 'backup.%' ORDER BY seq")

    def test_made(self):
        job = self.begin()
        shown = self.wait(job)
        self.assertEqual((shown['state'], shown['kind'], shown['percent'], shown['id']), ('done', 'backup', 100, job), shown)
        self.assertGreater(shown['rows'], 3)
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
        # The job was being done when it was copied; there it is known to be done, and no alarm rings.
        status, _, answer = other.ask('GET', f'/api/admin/jobs/{job}', token=other.sign_in('ada'))
        self.assertEqual((status, answer['state'], answer['percent'], answer['rows']), (200, 'done', 100, shown['rows']))
        self.wait_for(lambda: self.read_metrics(other)['entrevue_backup_last_size_bytes'] == answer['bytes'])
        numbers = self.read_metrics(other)
        self.assertEqual((numbers['entrevue_backup_failures'], numbers['entrevue_backups_running']), (0, 0))
        self.assertAlmostEqual(numbers['entrevue_backup_last_success_timestamp_seconds'],
                               self.read_metrics()['entrevue_backup_last_success_timestamp_seconds'], delta=PATIENCE_S)

        # Twice an hour, by one person; the copies do not get into each other's way.
        second = self.wait(self.begin())
        self.assertEqual(second['state'], 'done', second)
        self.assertEqual(len(os.listdir(self.backups)), 2)
        self.assertEqual(self.ask(429, 'POST', '/api/admin/backup')['code'], 'too_fast')
        self.assertIn(int(self.headers['retry-after']), range(1, 3601))
        self.wait(self.begin(self.sign_in_ben()))

    def test_listed(self):
        """Who asked, when, what came of it: over HTTP, by the command, and as numbers."""
        self.wait_for(lambda: self.read_metrics() == {
            'entrevue_backup_last_success_timestamp_seconds': 0, 'entrevue_backup_last_duration_seconds': 0,
            'entrevue_backup_last_size_bytes': 0, 'entrevue_backup_failures': 0, 'entrevue_backups_running': 0})
        jobs = [self.begin()]
        first = self.wait(jobs[0])
        os.rename(self.backups, self.backups + '.away')
        jobs.insert(0, self.begin(self.sign_in_ben()))
        self.assertEqual(self.wait(jobs[0])['state'], 'failed')
        self.wait_for(lambda: self.read_metrics()['entrevue_backup_failures'] == 1)
        os.rename(self.backups + '.away', self.backups)
        shown = self.ask(200, 'GET', '/api/admin/backups')
        self.assertEqual([(item['id'], item['state'], item['name']) for item in shown['items']],
                         [(jobs[0], 'failed', 'ben'), (jobs[1], 'done', 'ada')])
        self.assertEqual(shown['items'][1], first)
        self.assertEqual(first['bytes'], sum(os.path.getsize(os.path.join(folder, file))
                                             for folder, _, files in os.walk(first['folder']) for file in files))
        self.assertIn('There is no folder', shown['items'][0]['message'])
        page = self.ask(200, 'GET', '/api/admin/backups?limit=1')
        rest = self.ask(200, 'GET', '/api/admin/backups?limit=1&after=' + page['next'])
        self.assertEqual([page['items'], rest['items']], [shown['items'][:1], shown['items'][1:]])
        self.ask(400, 'GET', '/api/admin/backups?limit=0')

        # What the command makes stands there, too.
        other = os.path.join(self.make_folder(), 'nightly')
        rows = self.server.command('backup', other)['rows']
        newest = self.ask(200, 'GET', '/api/admin/backups')['items'][0]
        self.assertEqual((newest['state'], newest['by'], newest['folder'], newest['rows'], newest['bytes']),
                         ('done', 'operator', other, rows, os.path.getsize(os.path.join(other, 'entrevue.db'))))
        listed = self.server.command('backup', 'list')['items']
        self.assertEqual([(item['state'], item['by']) for item in listed], [('done', 'operator'), ('failed', 'ben'), ('done', 'ada')])
        self.assertRegex(listed[0]['size'], '^[0-9]+ MiB$')
        with self.assertRaisesRegex(AssertionError, 'exists already'):
            self.server.command('backup', other)
        self.assertEqual(self.server.command('backup', 'list')['items'][0]['state'], 'failed')

        # A server that starts knows all of that.
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.wait_for(lambda: self.read_metrics()['entrevue_backup_failures'] == 1)
        numbers = self.read_metrics()
        self.assertEqual(numbers['entrevue_backup_last_size_bytes'], newest['bytes'])
        self.assertGreater(numbers['entrevue_backup_last_success_timestamp_seconds'], 1700000000)
        self.assertEqual(numbers['entrevue_backups_running'], 0)

    def test_oldest_removed(self):
        """So many are kept as the configuration says, and what is not the server's stays."""
        for number in range(1, 4):
            shutil.copytree(self.wait(self.begin())['folder'] if number == 1 else os.path.join(self.backups, NAME % (1, 1)),
                            os.path.join(self.backups, NAME % (number, number)))
        mine = os.path.join(self.backups, NAME % (4, 4))
        shutil.copytree(os.path.join(self.backups, NAME % (1, 1)), mine)
        with open(os.path.join(mine, 'notes'), 'w', encoding='utf-8') as file:
            file.write('keep')
        shutil.copytree(os.path.join(self.backups, NAME % (1, 1)), os.path.join(self.backups, 'entrevue-2026-01-01'))
        first = self.ask(200, 'GET', '/api/admin/backups')['items'][0]
        second = self.wait(self.begin())
        self.assertEqual(sorted(os.listdir(self.backups)), sorted(
            ['entrevue-2026-01-01', *(NAME % (n, n) for n in (3, 4)), *(os.path.basename(job['folder']) for job in (first, second))]))
        self.let_ask_again()
        third = self.wait(self.begin())
        fourth = self.wait(self.begin())
        self.assertEqual(sorted(os.listdir(self.backups)), sorted(
            ['entrevue-2026-01-01', NAME % (4, 4), *(os.path.basename(job['folder']) for job in (second, third, fourth))]))
        self.assertEqual([item['state'] for item in self.ask(200, 'GET', '/api/admin/backups')['items']], ['done'] * 3 + ['removed'])
        self.assertEqual(self.ask(200, 'GET', '/api/admin/jobs/' + first['id'])['state'], 'removed')
        self.assertEqual(self.list_audit().count('backup.removed'), 4)
        self.wait_for(lambda: self.read_metrics()['entrevue_backups_running'] == 0)

    def test_leftovers_at_start(self):
        """What a killed server left goes, but not what a living one makes, nor anything else."""
        self.server.kill()
        for number in range(1, 4):
            os.mkdir(os.path.join(self.backups, NAME % (number, number) + '.unfinished'))
        with open(os.path.join(self.backups, NAME % (1, 1) + '.unfinished', 'entrevue.db'), 'wb') as file:
            file.write(b'half')
        with open(os.path.join(self.backups, NAME % (2, 2) + '.unfinished', 'notes'), 'wb') as file:
            file.write(b'mine')
        os.mkdir(os.path.join(self.backups, 'other.unfinished'))
        if self.server.database:  # of another coordinator that shares the folder
            self.server.execute("INSERT INTO admin_job (id, kind, process, state, permille, row_count, folder, asked_at, lease_until)"
                                f" VALUES ('x', 'backup', 'y', 0, 0, 0, '{os.path.join(self.backups, NAME % (3, 3))}', 1, {2 ** 62})")
        stays = [NAME % (2, 2) + '.unfinished', *([NAME % (3, 3) + '.unfinished'] if self.server.database else []), 'other.unfinished']
        self.server.start()
        self.wait_for(lambda: sorted(os.listdir(self.backups)) == stays)
        if self.server.database:  # one at a time of all that share the database
            self.ask(409, 'POST', '/api/admin/backup')
            self.server.execute('UPDATE admin_job SET lease_until = 0')
        self.assertEqual(self.wait(self.begin())['state'], 'done')

    def test_limit_of_all(self):
        """Two an hour, whichever coordinator is asked, and after a restart."""
        if not self.server.database:
            self.wait(self.begin())
            self.wait(self.begin())
            self.assertEqual(self.server.stop(), 0)
            self.server.start()
            self.ask(429, 'POST', '/api/admin/backup')
            return
        second = BareCoordinator(PROGRAM)
        self.addCleanup(second.__exit__, None, None, None)
        with open(second.config, 'w', encoding='utf-8') as file:
            file.write(f'{WIDE}database = {self.server.database}\n{self.settings}')
        os.mkdir(second.data)
        shutil.copytree(os.path.join(self.server.data, 'secrets'), os.path.join(second.data, 'secrets'))
        second.start()
        # Into one folder, but one after the other, whoever makes it.
        jobs = [self.begin()]
        self.server.execute(f"UPDATE admin_job SET state = 0, lease_until = {2 ** 62} WHERE id = '{self.wait(jobs[0])['id']}'")
        self.assertIn(jobs[0], self.ask(409, 'POST', '/api/admin/backup', server=second)['detail'])
        self.server.execute('UPDATE admin_job SET state = 1')
        jobs.append(self.ask(202, 'POST', '/api/admin/backup', server=second)['job'])
        self.assertEqual(self.wait(jobs[1])['state'], 'done')
        self.assertEqual(len(os.listdir(self.backups)), 2)
        for server in (self.server, second):
            self.ask(429, 'POST', '/api/admin/backup', server=server)
        self.let_ask_again()
        self.wait(self.begin())

    @unittest.skipIf(NAMESPACE not in os.environ, 'no mount namespace here')
    def test_no_room(self):
        """A copy that would leave too little is refused before it begins; one that turns out to do so is stopped."""
        self.server.stop()
        small = os.path.join(DISK, 'backups')
        os.mkdir(small)
        self.addCleanup(shutil.rmtree, small)
        with open(self.server.config, encoding='utf-8') as file:
            text = file.read()
        with open(self.server.config, 'w', encoding='utf-8') as file:
            file.write(text.replace(self.backups, small))
        self.server.start()
        filler = os.path.join(DISK, 'filler')
        with open(filler, 'wb') as file:
            file.write(bytes((DISK_MIB - 15) << 20))
        for _ in range(3):  # what is refused is not counted
            answer = self.ask(507, 'POST', '/api/admin/backup')
            self.assertEqual(answer['code'], 'storage_full')
            self.assertRegex(answer['detail'], f'There is no room for a backup in {small}: .*Make room there')
        with self.assertRaisesRegex(AssertionError, 'There is no room for a backup'):
            self.server.command('backup', os.path.join(small, 'by-hand'))
        self.assertEqual((os.listdir(small), self.list_audit()), ([], ['backup.failed']))
        self.assertEqual(self.ask(200, 'GET', '/health')['status'], 'ok')
        os.unlink(filler)
        self.assertEqual(self.wait(self.begin())['state'], 'done')
        if self.server.database:
            # Its files stay as big as they were; the last copy tells better.
            self.server.execute("ALTER TABLE kept_answer ALTER body SET STORAGE EXTERNAL;"
                                " INSERT INTO kept_answer SELECT 'nobody', 'k' || n, 'x', 200, repeat ('x', 1000000), 1"
                                f' FROM generate_series (1, {DISK_MIB}) AS n; DELETE FROM kept_answer;'
                                ' ALTER TABLE kept_answer ALTER body SET STORAGE EXTENDED')
            self.assertEqual(self.wait(self.begin())['state'], 'done')
            self.let_ask_again()
            # It keeps such texts small, so that it cannot be known before.
            self.server.execute("INSERT INTO kept_answer SELECT 'nobody', 'k' || n, 'x', 200, repeat('x', 1000000), 1"
                                f' FROM generate_series(1, {DISK_MIB}) AS n')
            shown = self.wait(self.begin())
            self.assertEqual(shown['state'], 'failed')
            self.assertRegex(shown['message'], f'The disk of {small} has become full: 16 MiB stay free')
            self.assertEqual(len(os.listdir(small)), 2)

    def test_not_made(self):
        shutil.rmtree(self.backups)
        shown = self.wait(self.begin())
        self.assertEqual((shown['state'], shown['percent']), ('failed', 0))
        self.assertIn(f'There is no folder {self.backups} for backups: make it', shown['message'])
        self.assertNotIn('rows', shown)
        self.assertEqual(self.list_audit(), ['backup.ask', 'backup.failed'])
        os.mkdir(self.backups)
        self.assertEqual(self.wait(self.begin())['state'], 'done')

    def test_disk_that_hangs(self):
        """A copy that never goes on, here for a pipe among the secrets that nobody writes to, keeps nobody else, nor the end of the server."""
        if self.server.database:
            return  # it is the same there, and takes 5 s
        pipe = os.path.join(self.server.data, 'secrets', 'tls.pem')
        os.mkfifo(pipe)
        job = self.begin()
        with open(pipe, 'wb'):  # once it is read
            self.assertEqual(self.ask(200, 'GET', '/health')['status'], 'ok')
            self.assertIn(job, self.ask(409, 'POST', '/api/admin/backup', self.sign_in_ben())['detail'])
            self.wait_for(lambda: self.read_metrics()['entrevue_backups_running'] == 1)
            self.assertEqual(self.server.stop(), 0)
        self.assertEqual([name.rpartition('.')[2] for name in os.listdir(self.backups)], ['unfinished'])
        os.unlink(pipe)
        self.server.start()
        self.wait_for(lambda: os.listdir(self.backups) == [])
        shown = self.ask(200, 'GET', f'/api/admin/jobs/{job}')
        self.assertEqual(shown['state'], 'failed')
        self.assertIn('the disk of the backup did not answer', shown['message'])

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
        # After a restart it is another process; of several, the lease alone tells which ones live.
        self.server.kill()
        self.server.start()
        if self.server.database:
            self.ask(409, 'POST', '/api/admin/backup')
            self.server.execute('UPDATE admin_job SET lease_until = 0')
        self.assertEqual(self.wait(self.begin())['state'], 'done')
        # One that was lost before that is no failure since then.
        self.server.execute(f"UPDATE admin_job SET lease_until = 0 WHERE id = '{job}'")
        self.server.stop()
        self.server.start()
        self.wait_for(lambda: self.read_metrics()['entrevue_backup_last_size_bytes'] > 0)
        self.assertEqual(self.read_metrics()['entrevue_backup_failures'], 0)
        # One after it is.
        self.server.execute(f"UPDATE admin_job SET asked_at = {2 ** 61} WHERE id = '{job}'")
        self.server.stop()
        self.server.start()
        self.wait_for(lambda: self.read_metrics()['entrevue_backup_failures'] == 1)

    def stop_command(self):
        """The command leaves nothing behind, either, when somebody ends it."""
        folder = os.path.join(self.make_folder(), 'copy')
        with subprocess.Popen([PROGRAM, 'backup', folder, '--data', self.server.data, '--config', self.server.config],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            self.wait_for(lambda: os.listdir(os.path.dirname(folder)))
            process.terminate()
            _, told = process.communicate(timeout=PATIENCE_S)
        self.assertIn(process.returncode, (0, 1))
        self.assertEqual(os.listdir(os.path.dirname(folder)), [] if process.returncode else ['copy'])
        self.assertTrue(process.returncode == 0 or 'was stopped before its end' in told, told)

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
        self.stop_command()
        self.server.start()
        shown = self.wait(job)
        if shown['state'] == 'failed':
            self.wait_for(lambda: os.listdir(self.backups) == [])
        else:
            self.assertEqual(os.listdir(self.backups), [os.path.basename(shown['folder'])])


def enter_namespace():
    """Runs this script again where it may mount a small disk."""
    command = ['unshare', '--mount', *([] if os.geteuid() == 0 else ['--map-root-user'])]
    if subprocess.run([*command, 'mount', '-t', 'tmpfs', 'tmpfs', DISK], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return
    os.environ[NAMESPACE] = '1'
    mount = f'mount -t tmpfs -o size={DISK_MIB}m,mode=0755 tmpfs {DISK} && exec "$@"'
    os.execvp(command[0], [*command, 'sh', '-c', mount, 'sh', sys.executable, '-B', *sys.argv])


if __name__ == '__main__':
    if NAMESPACE not in os.environ:
        enter_namespace()
    unittest.main(argv=sys.argv[:1], verbosity=2)
