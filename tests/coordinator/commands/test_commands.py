#!/usr/bin/env python3
"""The coordinator by its command line: from an empty folder to a guest in a room, and an orderly stop."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

PROGRAM = sys.argv.pop(1)
PATIENCE_S = 60


def request(address, method, path, body=None, token=None):
    headers = {'Content-Type': 'application/json'} if body is not None else {}
    if token:
        headers['Authorization'] = 'Bearer ' + token
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urllib.request.urlopen(urllib.request.Request(address + path, data, headers, method=method), timeout=PATIENCE_S) as answer:
            return answer.status, json.loads(answer.read() or b'{}')
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b'{}')


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.data = os.path.join(self.folder.name, 'data')
        self.server = None
        self.config = []
        address = os.environ.get('COORD_TEST_DATABASE')
        if address:
            schema = os.path.basename(self.folder.name)
            subprocess.run(['psql', address, '-qc', f'CREATE SCHEMA "{schema}"'], check=True)
            path = os.path.join(self.folder.name, 'database.conf')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(f'database = {address}&options=-csearch_path%3D%22{schema}%22,public\n')
            self.config = ['--config', path]

    def with_config(self, words):
        return [*words, '--data', self.data, *([] if '--config' in words else self.config)]

    def tearDown(self):
        if self.server:
            self.server.kill()
            self.server.wait()
            self.server.stdout.close()
        self.folder.cleanup()

    def run_command(self, *words, stdin=None):
        return subprocess.run([PROGRAM, *self.with_config(words)], input=stdin, capture_output=True, text=True,
                              timeout=2 * PATIENCE_S)

    def ask(self, *words, stdin=None):
        done = self.run_command(*words, '--json', stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def refuse(self, *words):
        done = self.run_command(*words)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, '')
        return done.stderr

    def serve(self, *more):
        self.server = subprocess.Popen([PROGRAM, *self.with_config(['serve', '--listen', '127.0.0.1:0', *more])],
                                       stdout=subprocess.PIPE, text=True)
        return json.loads(self.server.stdout.readline())

    def make_people(self):
        self.ask('org', 'add', 'Acme')
        self.ask('user', 'add', 'ina@example.org', '--name', 'Ina', '--org', 'Acme', '--role', 'interviewer',
                 '--password-stdin', stdin='long enough\n')
        return self.ask('user', 'add', 'carl@example.org', '--name', 'Carl')

    def test_a_whole_interview(self):
        carl = self.make_people()
        self.assertEqual(len(carl['password']), 20)
        serving = self.serve()
        address = serving['listening']
        made = self.ask('interview', 'add', '--org', 'Acme', '--interviewer', 'ina@example.org', '--guest', 'Zoe',
                        '--observer', 'Obi', '--starts', 'now', '--minutes', '30')
        host, _, token = made['links']['candidate'].partition('#')
        self.assertEqual(host, 'entrevue://join/' + address.removeprefix('http://') + '/' + made['room'])
        self.assertEqual(len(made['links']['observers']), 1)

        status, joined = request(address, 'POST', f"/api/rooms/{made['room']}/join",
                                 {'invite': token, 'device_key': 'a' * 32})
        self.assertEqual((status, joined['name'], joined['role']), (200, 'Zoe', 'candidate'))
        status, problem = request(address, 'POST', f"/api/rooms/{made['room']}/join",
                                  {'invite': token[:-1], 'device_key': 'a' * 32})
        self.assertEqual((status, problem['code']), (403, 'invitation_wrong'))

        status, tokens = request(address, 'POST', '/api/auth/login',
                                 {'email': 'ina@example.org', 'password': 'long enough'})
        self.assertEqual(status, 200)
        status, mine = request(address, 'GET', '/api/interviews/my?when=upcoming', token=tokens['access'])
        self.assertEqual([item['room'] for item in mine['items']], [made['room']])
        self.assertEqual(mine['items'][0]['role'], 'host')

        # A new password, while the server runs, ends her sessions at once.
        self.ask('user', 'passwd', 'ina@example.org')
        status, _ = request(address, 'GET', '/api/me', token=tokens['access'])
        self.assertEqual(status, 401)

        self.server.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(10), 0)
        self.server.stdout.close()
        self.assertFalse(os.path.exists(serving['runner_socket']))

        # It has everything after a start.
        address = self.serve()['listening']
        status, again = request(address, 'POST', f"/api/rooms/{made['room']}/join",
                                {'invite': token, 'device_key': 'a' * 32})
        self.assertEqual((status, again['participant']), (200, joined['participant']))

    def test_kept_after_kill(self):
        self.make_people()
        address = self.serve()['address']
        made = self.ask('interview', 'add', '--org', 'Acme', '--interviewer', 'ina@example.org', '--guest', 'Zoe',
                        '--starts', 'now')
        token = made['links']['candidate'].partition('#')[2]
        status, joined = request(address, 'POST', f"/api/rooms/{made['room']}/join",
                                 {'invite': token, 'device_key': 'a' * 32})
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()
        address = self.serve()['address']
        status, again = request(address, 'POST', f"/api/rooms/{made['room']}/join",
                                {'invite': token, 'device_key': 'a' * 32})
        self.assertEqual(again['participant'], joined['participant'])
        self.assertEqual(again['clients'], joined['clients'])

    def test_one_server_for_one_folder(self):
        self.serve()
        self.assertIn('already serves the data', self.refuse('serve', '--listen', '127.0.0.1:0'))
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()
        self.assertIn('listening', self.serve())  # a killed one leaves nothing in the way

    def test_copy_to_another_database(self):
        self.make_people()
        copy = os.path.join(self.folder.name, 'copy.db')
        self.serve()
        self.assertIn("already serves", self.refuse('migrate', '--to', copy))
        self.assertFalse(os.path.exists(copy))
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()
        for target, words in (('', '--to must be'), ('mysql://h/d', '--to must be'), (self.data, 'Could not open'),
                              (os.path.join(self.folder.name, 'none', 'copy.db'), 'no such folder')):
            self.assertIn(words, self.refuse('migrate', '--to', target))
        self.assertGreater(self.ask('migrate', '--to', copy)['rows'], 5)
        self.assertIn('not empty', self.refuse('migrate', '--to', copy))
        with sqlite3.connect(copy) as database:
            people = database.execute('SELECT email FROM person ORDER BY email').fetchall()
        database.close()
        self.assertEqual(people, [('carl@example.org',), ('ina@example.org',)])

    def test_backup_and_restore(self):
        self.make_people()
        address = self.serve()['address']
        made = self.ask('interview', 'add', '--org', 'Acme', '--interviewer', 'ina@example.org', '--guest', 'Zoe',
                        '--starts', 'now')
        backup = os.path.join(self.folder.name, 'backup')
        rows = self.ask('backup', backup, '--with-secrets')['rows']  # while it serves
        self.assertGreater(rows, 8)
        self.assertEqual(os.stat(backup).st_mode & 0o777, 0o700)
        self.assertIn('exists already', self.refuse('backup', backup))
        self.ask('user', 'passwd', 'ina@example.org')
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()
        self.assertGreaterEqual(self.ask('check')['rows'], rows)
        self.assertIn('not empty', self.refuse('restore', backup))

        self.data = os.path.join(self.folder.name, 'other')
        self.config = []
        self.assertIn('is no backup', self.refuse('restore', self.folder.name))
        self.assertEqual(self.ask('restore', backup)['rows'], rows)
        self.assertEqual(self.ask('check')['rows'], rows)
        self.assertEqual([(copy['state'], copy['by'], copy['folder'], copy['rows']) for copy in self.ask('backup', 'list')['items']],
                         [('done', 'operator', backup, rows)])
        address = self.serve()['address']
        self.assertEqual(request(address, 'POST', '/api/auth/login',
                                 {'email': 'ina@example.org', 'password': 'long enough'})[0], 200)
        token = made['links']['candidate'].partition('#')[2]
        self.assertEqual(request(address, 'POST', f"/api/rooms/{made['room']}/join",
                                 {'invite': token, 'device_key': 'a' * 32})[0], 200)

    def test_backups_that_are_none(self):
        """Each is refused with a reason, and stays as it was, since it may be the only one."""
        self.make_people()
        backup = os.path.join(self.folder.name, 'backup')
        rows = self.ask('backup', backup)['rows']
        with open(os.path.join(backup, 'entrevue.db'), 'rb') as file:
            good = file.read()
        self.config = []

        def change(statement):
            path = os.path.join(self.folder.name, 'changed.db')
            with open(path, 'wb') as file:
                file.write(good if 'schema_migration' in statement else b'')
            with sqlite3.connect(path) as database:
                database.execute(statement)
            database.close()
            with open(path, 'rb') as file:
                return file.read()

        flipped = bytearray(good)
        flipped[good.index(b'ina@example.org')] ^= 1
        for number, (words, content) in enumerate((
                ('is empty', b''), ('not a database', b'a text\n'), ('damaged', good[:len(good) // 2]), ('missing from index', bytes(flipped)),
                ("another program's", change('CREATE TABLE other (x)')),
                ('newer version', change("INSERT INTO schema_migration VALUES (9999, 'x', 'y', 0)")))):
            with self.subTest(words=words):
                wrong = os.path.join(self.folder.name, f'wrong-{number}')
                self.data = os.path.join(self.folder.name, f'target-{number}')
                os.mkdir(wrong)
                path = os.path.join(wrong, 'entrevue.db')
                with open(path, 'wb') as file:
                    file.write(content)
                said = self.refuse('restore', wrong)
                self.assertIn(f'The backup {wrong} cannot be used', said)
                self.assertIn(words, said)
                with open(path, 'rb') as file:
                    self.assertEqual(file.read(), content)
                self.assertEqual(os.listdir(wrong), ['entrevue.db'])
                self.assertEqual(self.ask('restore', backup)['rows'], rows)  # a right one is still taken
                self.assertEqual(sorted(os.listdir(self.data)), ['entrevue.db', 'serving.lock'])
        with open(os.path.join(backup, 'entrevue.db'), 'rb') as file:
            self.assertEqual(file.read(), good)
        self.assertEqual(os.listdir(backup), ['entrevue.db'])

    def test_copy_of_a_running_folder(self):
        """What `cp` took of a server that was running has its newest rows in the log."""
        if self.config:
            return
        self.make_people()
        self.serve()
        self.ask('user', 'add', 'last@example.org', '--name', 'Last')
        copy = os.path.join(self.folder.name, 'copy')
        os.mkdir(copy)
        for name in ('entrevue.db', 'entrevue.db-wal'):
            shutil.copy(os.path.join(self.data, name), copy)
        self.data = os.path.join(self.folder.name, 'other')
        self.ask('restore', copy)
        self.assertIn('last@example.org', [item['email'] for item in self.ask('user', 'list')['items']])

    def test_database_of_another_program(self):
        os.mkdir(self.data)
        if self.config:
            address, schema = os.environ['COORD_TEST_DATABASE'], os.path.basename(self.folder.name)
            subprocess.run(['psql', address, '-qc', f'CREATE TABLE "{schema}".other (x INT)'], check=True)
        else:
            with sqlite3.connect(os.path.join(self.data, 'entrevue.db')) as database:
                database.execute('CREATE TABLE other (x)')
            database.close()
        for words in (['serve', '--listen', '127.0.0.1:0'], ['user', 'list'], ['org', 'add', 'Acme'], ['migrate'], ['check']):
            with self.subTest(words=words):
                self.assertIn("another program's", self.refuse(*words))
        if not self.config:
            with sqlite3.connect(os.path.join(self.data, 'entrevue.db')) as database:
                self.assertEqual(database.execute('SELECT name FROM sqlite_master').fetchall(), [('other',)])
            database.close()

    def test_nothing_is_made_by_mistake(self):
        self.refuse('user', 'eat')
        self.config = []
        for words in (['user', 'list'], ['org', 'list'], ['runner', 'list'], ['key', 'list', '--org', 'Acme'], ['backup', 'list'], ['check'],
                      ['user', 'passwd', 'a@example.org'], ['audit', 'verify'], ['backup', os.path.join(self.folder.name, 'backup')]):
            with self.subTest(words=words):
                self.assertIn('There is no database', self.refuse(*words))
        self.assertFalse(os.path.exists(self.data))

    @unittest.skipIf(os.getuid() != 0, 'giving files away needs root')
    def test_root_in_the_folder_of_the_service(self):
        self.make_people()
        backup = os.path.join(self.folder.name, 'backup')
        self.serve()
        self.ask('backup', backup, '--with-secrets')
        self.config = []
        os.chmod(self.folder.name, 0o755)
        for words in (['restore', backup], ['user', 'add', 'b@example.org', '--name', 'B']):
            self.data = os.path.join(self.folder.name, words[0])
            os.mkdir(self.data, 0o711)
            os.chown(self.data, 65534, 65534)
            self.ask(*words)
            found = [os.path.join(folder, name) for folder, folders, files in os.walk(self.data) for name in folders + files]
            self.assertIn(os.path.join(self.data, 'entrevue.db'), found)
            self.assertEqual([path for path in found if os.stat(path).st_uid != 65534], [])
            self.assertIn('root does not serve it', self.refuse('serve', '--listen', '127.0.0.1:0'))

    def test_file_moved_away(self):
        if self.config:
            return
        path = os.path.join(self.data, 'entrevue.db')
        address = self.serve()['listening']
        os.rename(path, path + '.away')
        status, problem = request(address, 'GET', '/health')
        self.assertEqual((status, problem['code']), (503, 'unavailable'))
        os.rename(path + '.away', path)
        self.assertEqual(request(address, 'GET', '/health')[0], 200)

    def test_damage_is_found(self):
        if self.config:
            return
        self.make_people()
        path = os.path.join(self.data, 'entrevue.db')
        with open(path, 'r+b') as file:
            file.seek(4096 * 3)
            file.write(b'damage' * 600)
        self.assertIn('damaged', self.refuse('check'))

    def test_description(self):
        address = self.serve()['address']
        status, api = request(address, 'GET', '/api/openapi.json')
        self.assertEqual((status, api['openapi']), (200, '3.1.0'))
        booking = api['paths']['/api/interviews']['post']
        self.assertEqual(booking['security'], [{'access': []}])
        self.assertIn('201', booking['responses'])
        schema = booking['requestBody']['content']['application/json']['schema']['$ref'].rpartition('/')[2]
        self.assertEqual(api['components']['schemas'][schema]['required'], [])

        def look_up(node):
            for key, value in node.items() if isinstance(node, dict) else enumerate(node):
                if key == '$ref':
                    self.assertIn(value.rpartition('/')[2], api['components']['schemas'])
                elif isinstance(value, (dict, list)):
                    look_up(value)
        look_up(api)

    def test_numbers_are_described(self):
        """Each number of /metrics stands in the README, since somebody looks for it at night."""
        address = self.serve()['listening']
        with urllib.request.urlopen(address + '/metrics', timeout=PATIENCE_S) as answer:
            names = re.findall('^# TYPE ([a-z_]+) ', answer.read().decode(), re.MULTILINE)
        with open(os.path.join(os.path.dirname(__file__), '../../../coordinator/README.md'), encoding='utf-8') as file:
            text = file.read()
        self.assertGreater(len(names), 20)
        self.assertEqual([name for name in names if f'`{name}`' not in text], [])

    def test_audit(self):
        self.make_people()
        self.serve()
        deadline = time.monotonic() + PATIENCE_S
        while (audit := self.ask('audit', 'verify'))['waiting']:
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual((audit['organisations'], len(audit['heads'])), (2, 2))
        self.assertGreater(audit['entries'], 3)

    def test_lists_and_blocking(self):
        self.make_people()
        self.ask('user', 'add', 'root@example.org', '--name', 'Root', '--site-admin')
        address = self.serve()['listening']
        people = {item['email']: item for item in self.ask('user', 'list')['items']}
        self.assertEqual(people['ina@example.org']['role'], 'interviewer of Acme')
        self.assertEqual(people['root@example.org']['state'], 'site-admin')
        self.assertEqual(set(people), {'ina@example.org', 'carl@example.org', 'root@example.org'})
        self.assertEqual([item['email'] for item in self.ask('user', 'list', '--org', 'Acme')['items']], ['ina@example.org'])
        self.assertIn('no organisation', self.refuse('user', 'list', '--org', 'Other'))
        self.assertIn('ina@example.org  Ina  interviewer of Acme\n', self.run_command('user', 'list').stdout)
        self.assertEqual([(item['name'], item['zone']) for item in self.ask('org', 'list')['items']], [('Acme', 'UTC')])
        self.assertEqual(self.ask('runner', 'list')['items'], [])
        self.ask('runner', 'add', 'one')
        self.ask('runner', 'add', 'gone')
        self.ask('runner', 'revoke', 'gone')
        self.assertEqual([(item['name'], item['state']) for item in self.ask('runner', 'list')['items']], [('one', 'away')])
        self.assertIn('one  away\n', self.run_command('runner', 'list').stdout)
        self.assertIn('no runner', self.refuse('runner', 'drain', 'gone'))

        # Who is blocked is out at once, and cannot come back until she is let in.
        password = {'email': 'ina@example.org', 'password': 'long enough'}
        token = request(address, 'POST', '/api/auth/login', password)[1]['access']
        self.ask('user', 'block', 'ina@example.org')
        self.assertEqual(request(address, 'GET', '/api/me', token=token)[0], 401)
        self.assertEqual(request(address, 'POST', '/api/auth/login', password)[0], 403)
        self.assertIn('blocked', self.run_command('user', 'list').stdout)
        self.ask('user', 'unblock', 'ina@example.org')
        self.assertEqual(request(address, 'GET', '/api/me', token=token)[0], 401)
        self.assertEqual(request(address, 'POST', '/api/auth/login', password)[0], 200)
        self.assertIn('no account', self.refuse('user', 'block', 'nobody@example.org'))

    def test_keys(self):
        self.make_people()
        address = self.serve()['listening']
        key = self.ask('key', 'add', 'CI', '--org', 'Acme', '--scope', 'execute', '--scope', 'read', '--days', '30')
        self.assertEqual(key['scopes'], 'execute read')
        self.assertTrue(key['token'].startswith('entk_'))
        self.assertEqual(request(address, 'GET', '/api/code/languages', token=key['token'])[0], 200)
        self.ask('key', 'add', 'For ever', '--org', 'Acme', '--scope', 'tests')
        listed = self.ask('key', 'list', '--org', 'Acme')['items']
        self.assertEqual([(item['name'], 'expires' in item, 'token' in item) for item in listed], [('CI', True, False), ('For ever', False, False)])
        self.ask('key', 'revoke', key['id'])
        self.assertEqual(request(address, 'GET', '/api/code/languages', token=key['token'])[0], 401)
        self.assertIn('no key', self.refuse('key', 'revoke', key['id']))
        self.assertIn('is no scope', self.refuse('key', 'add', 'CI', '--org', 'Acme', '--scope', 'all'))
        self.assertIn('needs a scope', self.refuse('key', 'add', 'CI', '--org', 'Acme'))
        self.assertIn('--days', self.refuse('key', 'add', 'CI', '--org', 'Acme', '--scope', 'read', '--days', '-1'))
        self.assertIn('--org', self.refuse('key', 'list'))

    def test_database_elsewhere(self):
        self.make_people()
        self.serve()
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()
        if not self.config:
            os.rename(os.path.join(self.data, 'entrevue.db'), os.path.join(self.folder.name, 'away.db'))
        self.config = []
        self.assertIn('--config', self.refuse('user', 'add', 'a@example.org', '--name', 'A'))

    def test_password_stays_out_of_the_configuration(self):
        path = os.path.join(self.folder.name, 'coordinator.conf')
        for address in 'postgresql://a:b@h/d', 'postgresql://h/d?password=b', 'mysql://h/d':
            with open(path, 'w', encoding='utf-8') as file:
                file.write(f'database = {address}\n')
            self.assertIn("'database' must", self.refuse('check-config', '--config', path))

    def test_bookings_do_not_overlap(self):
        self.make_people()
        slot = ('slot', 'add', '--org', 'Acme', '--interviewer', 'ina@example.org', '--minutes', '60', '--starts')
        self.ask(*slot, '2098-01-01T10:00:00Z')
        self.assertIn('overlaps', self.refuse(*slot, '2098-01-01T10:59:00Z'))
        self.ask(*slot, '2098-01-01T12:00:00+01:00')

    def test_refusals(self):
        self.assertIn('no organisation', self.refuse('user', 'add', 'a@example.org', '--name', 'A', '--org', 'None'))
        self.assertIn('mail address', self.refuse('user', 'add', 'nonsense', '--name', 'A'))
        self.assertIn('--name', self.refuse('user', 'add', 'a@example.org'))
        self.assertIn('no such command', self.refuse('user', 'eat'))
        for words in (['check', 'this'], ['migrate', 'this'], ['restore', 'this', 'that'], ['serve', 'this'], ['user', 'list', 'these']):
            self.assertIn('too many words', self.refuse(*words))
        self.assertIn('at most 200 bytes', self.refuse('org', 'add', 'x' * 201))
        self.assertIn('at most 200 bytes', self.refuse('user', 'add', 'a@example.org', '--name', 'x' * 201))
        self.assertIn('UTF-8', self.refuse('org', 'add', b'\xff'))
        self.assertRegex(self.run_command('--version').stdout, r'^entrevue-coordinator [0-9.]+\n$')
        self.assertIn('Unknown option', self.refuse('user', 'add', '--nonsense'))
        self.assertIn('refused', self.refuse('serve', '--listen', '0.0.0.0:0'))
        self.ask('runner', 'add', 'one')
        self.assertIn('registered already', self.refuse('runner', 'add', 'one'))
        self.ask('runner', 'revoke', 'one')
        self.assertEqual(len(self.ask('runner', 'add', 'one')['token']), 43)
        self.assertEqual(self.ask('migrate')['applied'], 0)

    def test_configuration(self):
        path = os.path.join(self.folder.name, 'coordinator.conf')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('[coordinator]\nreders = 2\n')
        self.assertIn('line 2', self.refuse('serve', '--config', path))
        self.assertIn('line 2', self.refuse('check-config', '--config', path))
        with open(path, 'w', encoding='utf-8') as file:
            file.write('[coordinator]\npublic-url = https://interviews.example.org\n')
            for other in self.config[1:]:
                with open(other, encoding='utf-8') as database:
                    file.write(database.read())
        self.assertIn('readers = 2', self.run_command('check-config', '--config', path).stdout)
        self.make_people()
        made = self.ask('interview', 'add', '--org', 'Acme', '--interviewer', 'ina@example.org', '--guest', 'Zoe',
                        '--starts', 'now', '--config', path)
        self.assertTrue(made['links']['candidate'].startswith('entrevue://join/interviews.example.org/'))

    @unittest.skipIf(os.getuid() != 0, 'mounting a small file system needs root')
    def test_full_disk(self):
        if self.config:
            self.skipTest('the disk of PostgreSQL is its own')
        os.mkdir(self.data)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', self.data], check=True)
        try:
            self.fill_disk()
        finally:
            subprocess.run(['umount', '-l', self.data], check=True)

    def fill_disk(self):
        self.make_people()
        address = self.serve()['listening']
        status, health = request(address, 'GET', '/health')
        self.assertEqual((status, health['status']), (200, 'ok'))
        ballast = os.path.join(self.data, 'ballast')
        # 12 MiB are little, and nothing at all is full.
        for left in (12 << 20, 0):
            with open(ballast, 'ab') as file:
                free = os.statvfs(self.data).f_bavail * os.statvfs(self.data).f_frsize
                os.posix_fallocate(file.fileno(), os.path.getsize(ballast), free - left)
            for path in ('/health', '/health/ready'):
                status, problem = request(address, 'GET', path)
                self.assertEqual((status, problem['code']), (507, 'storage_full'), path)
            self.assertEqual(request(address, 'GET', '/health/live')[0], 200)
        os.remove(ballast)
        self.assertEqual(request(address, 'GET', '/health')[0], 200)
        self.assertEqual(request(address, 'GET', '/health/ready')[0], 200)

    def test_ready_descriptor(self):
        ours, theirs = socket.socketpair()
        self.server = subprocess.Popen([PROGRAM, 'serve', '--listen', '127.0.0.1:0', '--data', self.data,
                                        '--ready-fd', str(theirs.fileno())], stdout=subprocess.PIPE, text=True,
                                       pass_fds=[theirs.fileno()])
        theirs.close()
        ours.settimeout(PATIENCE_S)
        with ours.makefile() as lines:
            self.assertEqual(json.loads(lines.readline()), json.loads(self.server.stdout.readline()))
            self.assertEqual(lines.read(), '')
        ours.close()


if __name__ == '__main__':
    unittest.main()
