#!/usr/bin/env python3
"""Programs run over HTTP, without a room: the real coordinator with the real runner, by a person and by a key."""

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from local_server import LocalServer, ServerError  # noqa: E402

BUILD = os.path.realpath(sys.argv.pop(1))
ADA = {'email': 'ada@example.org', 'name': 'Ada', 'password': 'long enough'}
PATIENCE_S = 60
SLOTS = 2


class Execute(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        os.chmod(cls.folder.name, 0o755)
        cls.server = LocalServer(BUILD, os.path.join(cls.folder.name, 'server'))
        cls.addClassCleanup(cls.folder.cleanup)
        cls.addClassCleanup(cls.server.stop)
        cls.server.prepare()
        config = os.path.join(cls.folder.name, 'coordinator.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write('execute-per-user = 1000\ngeneral-per-user = 100000\n')
            if 'COORD_TEST_DATABASE' in os.environ:
                file.write('database = ' + os.environ['COORD_TEST_DATABASE'] + '\n')
        cls.server.config = config
        cls.server.start_coordinator()
        cls.server.add_people({'admin': ADA})
        cls.org = cls.server.ask('org', 'add', 'other')['id']
        cls.tokens = {'admin': cls.sign_in(ADA['email'])}
        for role in ('candidate', 'interviewer', 'lead', 'hr'):
            email = cls.add_person(role, 'demo', role)
            cls.tokens[role] = cls.sign_in(email)
        cls.token = cls.tokens['admin']
        without = cls.post('/api/code/execute', {'code': '', 'language': 'python'}, cls.token)
        assert without['code'] == 'no_runner', without
        if not cls.server.start_runner('--slots', str(SLOTS)):
            raise unittest.SkipTest('the runner has no control groups of its own here')
        deadline = time.monotonic() + PATIENCE_S
        while not cls.ask('GET', '/api/code/languages', None, cls.token)['items']:
            assert time.monotonic() < deadline, 'the runner did not sign on'
            time.sleep(0.05)

    @classmethod
    def add_person(cls, name, org, role):
        email = name + '@example.org'
        cls.server.ask('user', 'add', email, '--org', org, '--role', role, '--name', name, '--password-stdin',
                       stdin=ADA['password'] + '\n')
        return email

    @classmethod
    def sign_in(cls, email):
        return cls.post('/api/auth/login', {'email': email, 'password': ADA['password']})['access']

    @classmethod
    def ask(cls, method, path, body=None, token=None):
        headers = {'Content-Type': 'application/json', **({'Authorization': 'Bearer ' + token} if token else {})}
        data = json.dumps(body).encode() if body is not None else None
        try:
            with urllib.request.urlopen(urllib.request.Request(cls.server.address + path, data, headers, method=method),
                                        timeout=PATIENCE_S) as answer:
                return json.loads(answer.read() or b'{}')
        except urllib.error.HTTPError as error:
            return json.loads(error.read() or b'{}')

    @classmethod
    def post(cls, path, body, token=None):
        return cls.ask('POST', path, body, token)

    def execute(self, code, language='python', **more):
        return self.post('/api/code/execute', {'code': code, 'language': language, **more}, self.token)

    def test_output_and_input(self):
        done = self.execute('import sys\nprint(input()[::-1])\nprint("x", file=sys.stderr)', stdin='äbc')
        self.assertEqual((done['output'], done['error'], done['success'], done['verdict'], done['exit_code']),
                         ('cbä\n', 'x\n', True, 'ok', 0))
        self.assertGreater(done['memory_kb'], 0)
        self.assertFalse(done['timedOut'] or done['truncated'])

    def test_files(self):
        done = self.execute('import helper.words\nprint(helper.words.HELLO)',
                            files=[{'path': 'helper/words.py', 'content': 'HELLO = "hello"'}])
        self.assertEqual(done['output'], 'hello\n')
        refused = self.execute('1', files=[{'path': '../x.py', 'content': ''}])
        self.assertEqual(refused['code'], 'invalid')

    def test_failures(self):
        done = self.execute('import sys; sys.exit(3)')
        self.assertEqual((done['success'], done['verdict'], done['exit_code']), (False, 'runtime_error', 3))
        done = self.execute('int main () {\n  return x;\n}\n', 'cpp')
        self.assertEqual(done['verdict'], 'compile_error')
        self.assertEqual(done['compile_errors'][0]['line'], 2)
        self.assertIn('main.cpp', done['error'])
        self.assertEqual(self.execute('', 'cobol')['code'], 'invalid')
        self.assertEqual(self.post('/api/code/execute', {'code': '', 'language': 'python'})['code'], 'not_signed_in')

    def test_limits_of_the_profile(self):
        done = self.execute('while True: pass')
        self.assertEqual((done['verdict'], done['timedOut'], done['success']), ('time_limit', True, False))
        done = self.execute('x = bytearray(300 << 20)')
        self.assertNotEqual(done['verdict'], 'ok')

    def test_two_at_once(self):
        """Of one person; whoever asks for more while they run is told so."""
        busy = [self.begin('while True: pass', self.token, tests=[{}] * 20) for _ in range(2)]
        for job in busy:
            self.wait_job(job, self.token, 'running')
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: self.execute('print(1)'), range(4)))
        self.assertEqual([answer.get('code') for answer in answers], ['too_fast'] * 4)
        for job in busy:
            self.ask('DELETE', '/api/jobs/' + job['id'], None, self.token)
            self.wait_result(job, self.token)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _: self.execute('print(1)'), range(2)))
        self.assertEqual([answer.get('output') for answer in answers], ['1\n'] * 2)

    # --- nobody waits any more

    def send_and_leave(self, token, many):
        """Sends a request for a program without end, and goes when it runs, or waits in the queue."""
        body = json.dumps({'code': 'while True: pass', 'language': 'python', 'tests': [{}] * 20}).encode()
        host, port = self.server.address.split('://')[1].split(':')
        head = (f'POST /api/code/execute HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n'
                f'Idempotency-Key: once\r\nContent-Length: {len(body)}\r\n\r\n')
        connections = [socket.create_connection((host, int(port)), PATIENCE_S) for _ in range(many)]
        for connection in connections:
            connection.sendall(head.encode() + body)
        deadline = time.monotonic() + PATIENCE_S
        while self.begin('print(0)', token).get('code') != 'too_fast':
            self.assertLess(time.monotonic(), deadline, 'they were not taken')
            time.sleep(0.02)
        for connection in connections:
            connection.close()

    def test_a_client_leaves(self):
        """More than there are slots: those that run are stopped, those that wait never begin, and everybody has room again."""
        leavers = ('candidate', 'hr', 'lead')
        for role in leavers:
            self.send_and_leave(self.tokens[role], 2)
        for role in leavers:
            deadline = time.monotonic() + PATIENCE_S  # each of them would have taken 100 s
            while (job := self.begin('print("after")', self.tokens[role])).get('code') == 'too_fast':
                self.assertLess(time.monotonic(), deadline, 'a program whose client left goes on')
                time.sleep(0.02)
            self.assertEqual(self.wait_job(job, self.tokens[role], 'done')['result']['output'], 'after\n')

    def add_key(self, org, token=None):
        return self.post('/api/keys', {'org': org, 'name': 'CI', 'scopes': ['execute']}, token or self.token)['key']

    def get_org(self):
        return self.ask('GET', '/api/orgs', None, self.token)['items'][0]['id']

    # --- many inputs against one build

    def test_tests(self):
        code = '#include <iostream>\nint main() { int a; std::cin >> a; if (a == 3) return 7; std::cout << a * a << "\\n"; }\n'
        done = self.execute(code, 'cpp', tests=[{'stdin': '2'}, {'stdin': '3'}, {'stdin': '11'}])
        self.assertEqual([(test['output'], test['verdict'], test['exit_code']) for test in done['tests']],
                         [('4\n', 'ok', 0), ('', 'runtime_error', 7), ('121\n', 'ok', 0)])
        self.assertEqual((done['verdict'], done['success'], done['output']), ('runtime_error', False, ''))

    def test_tests_are_apart(self):
        """One loops, one prints too much, one leaves a file: the others are as they would be alone."""
        code = ('import os, sys\nword = input()\nprint(os.path.exists("left"), flush=True)\nopen("left", "w").close()\n'
                'if word == "loop":\n  while True: pass\nif word == "much":\n  print("x" * 10_000_000)\nprint(word)\n')
        done = self.execute(code, tests=[{'stdin': word} for word in ('one', 'loop', 'much', 'two')])
        self.assertEqual([test['verdict'] for test in done['tests']], ['ok', 'time_limit', 'output_limit', 'ok'])
        self.assertEqual([done['tests'][n]['output'] for n in (0, 3)], ['False\none\n', 'False\ntwo\n'])
        self.assertTrue(done['tests'][1]['timedOut'] and done['tests'][2]['truncated'])

    def test_tests_of_what_cannot_be_built(self):
        done = self.execute('int main() { return x; }', 'cpp', tests=[{'stdin': '1'}, {}])
        self.assertEqual((done['verdict'], done.get('tests') or []), ('compile_error', []))
        self.assertIn('main.cpp', done['error'])
        self.assertEqual(self.execute('1', tests=[{'stdin': '1', 'expected': '1'}])['code'], 'unknown_field')
        self.assertEqual(self.execute('1', tests=[{}] * 201)['code'], 'invalid')

    # --- answers that are fetched later

    def begin(self, code, token, **more):
        return self.post('/api/code/execute?async=1', {'code': code, 'language': 'python', **more}, token)

    def wait_job(self, job, token, *states):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            shown = self.ask('GET', '/api/jobs/' + job['id'], None, token)
            if shown['state'] in states:
                return shown
            self.assertLess(time.monotonic(), deadline, shown)
            time.sleep(0.02)  # a job tells nobody: it is asked for

    def wait_result(self, job, token):
        deadline = time.monotonic() + PATIENCE_S
        while 'result' not in (shown := self.ask('GET', '/api/jobs/' + job['id'], None, token)):
            self.assertLess(time.monotonic(), deadline, shown)
            time.sleep(0.02)
        return shown

    def test_jobs_of_every_role(self):
        callers = {**self.tokens, 'key': self.add_key(self.get_org()), 'other key': self.add_key(self.get_org())}
        jobs = {name: self.begin(f'print({name!r})', token) for name, token in callers.items()}
        for name, job in jobs.items():
            self.assertIn(job['state'], ('queued', 'running', 'done'), job)
            done = self.wait_job(job, callers[name], 'done')
            self.assertEqual((done['result']['output'], done.get('place', 0)), (name + '\n', 0))
            for other, token in callers.items():
                for method in ('GET', 'DELETE'):
                    answer = self.ask(method, '/api/jobs/' + job['id'], None, token)
                    self.assertEqual(answer.get('code'), None if other == name else 'not_found', (name, other))
            self.assertEqual(self.ask('GET', '/api/jobs/' + job['id'])['code'], 'not_signed_in')
        reader = self.post('/api/keys', {'org': self.get_org(), 'name': 'R', 'scopes': ['read']}, self.token)['key']
        self.assertEqual(self.ask('GET', '/api/jobs/' + jobs['key']['id'], None, reader)['code'], 'denied')

    def test_a_job_is_cancelled(self):
        token = self.tokens['lead']
        job = self.begin('print("on", flush=True)\nwhile True: pass', token)
        self.wait_job(job, token, 'running')
        self.assertEqual(self.ask('DELETE', '/api/jobs/' + job['id'], None, token)['state'], 'cancelled')
        shown = self.wait_result(job, token)
        self.assertEqual((shown['state'], shown['result']['verdict']), ('cancelled', 'stopped'))
        self.assertEqual(self.begin('print(1)', token)['state'], 'queued')  # and there is room for another one

    def test_jobs_wait_in_a_queue(self):
        """More than the runner has slots: each knows its place; one that waits is cancelled and never runs."""
        busy = [(self.begin('while True: pass', self.tokens[role], tests=[{}] * 20), role) for role in ('candidate', 'hr')]
        self.assertEqual(len(busy), SLOTS)
        for job, role in busy:
            self.wait_job(job, self.tokens[role], 'running')
        first = self.begin('print(1)', self.tokens['candidate'])
        second = self.begin('print(2)', self.tokens['hr'])
        self.assertEqual((first['state'], first['place'], second['place']), ('queued', 1, 2))
        self.assertEqual(self.begin('print(3)', self.tokens['hr'])['code'], 'too_fast')
        self.ask('DELETE', '/api/jobs/' + first['id'], None, self.tokens['candidate'])
        deadline = time.monotonic() + PATIENCE_S
        while (shown := self.ask('GET', '/api/jobs/' + second['id'], None, self.tokens['hr'])).get('place') != 1:
            self.assertEqual(shown['state'], 'queued')
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        for job, role in busy:
            self.ask('DELETE', '/api/jobs/' + job['id'], None, self.tokens[role])
        self.assertEqual(self.wait_job(second, self.tokens['hr'], 'done')['result']['output'], '2\n')
        cancelled = self.ask('GET', '/api/jobs/' + first['id'], None, self.tokens['candidate'])
        self.assertEqual((cancelled['state'], cancelled['result']['output']), ('cancelled', ''))

    def test_a_lost_runner(self):
        """The answer is of one attempt, and there is one."""
        token = self.tokens['interviewer']
        code = 'import time\nprint("once", input(), flush=True)\ntime.sleep(1)\n'
        self.server.wait_runners(1)
        job = self.begin(code, token, tests=[{'stdin': str(n)} for n in range(10)])
        self.wait_job(job, token, 'running')
        lost = self.server.runner
        self.server.add_runner('second', slots=SLOTS)
        self.server.wait_runners(2)
        self.server.processes.stop(lost, signal.SIGKILL)
        done = self.wait_job(job, token, 'done')
        self.assertEqual([test['output'] for test in done['result']['tests']], [f'once {n}\n' for n in range(10)])

    # --- jobs outlive the coordinator that took them

    def wait_runner(self):
        deadline = time.monotonic() + PATIENCE_S
        while not self.ask('GET', '/api/code/languages', None, self.token)['items']:
            self.assertLess(time.monotonic(), deadline, 'the runner did not come back')
            time.sleep(0.05)

    def ask_other(self, other, method, job, token):
        request = urllib.request.Request(f"{other.address}/api/jobs/{job['id']}", None, {'Authorization': 'Bearer ' + token}, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.loads(answer.read())

    def wait_other(self, other, job, token, state):
        deadline = time.monotonic() + PATIENCE_S
        while (shown := self.ask_other(other, 'GET', job, token))['state'] != state or (state != 'running' and 'result' not in shown):
            self.assertLess(time.monotonic(), deadline, shown)
            time.sleep(0.02)
        return shown

    def test_restart(self):
        """What had ended is there, what had not has ended, and says why; the program is not begun again."""
        token = self.tokens['hr']
        done = self.begin('print("kept")', token)
        self.wait_job(done, token, 'done')
        cut = self.begin('print("on", flush=True)\nwhile True: pass', token, tests=[{}] * 20)
        self.wait_job(cut, token, 'running')
        self.server.kill_coordinator()
        if 'COORD_TEST_DATABASE' in os.environ:  # what another coordinator would wait for
            subprocess.run(['psql', os.environ['COORD_TEST_DATABASE'], '-qc', 'UPDATE code_job SET lease_until = 1'], check=True)
        self.server.restart_coordinator()
        self.assertEqual(self.ask('GET', '/api/jobs/' + done['id'], None, token)['result']['output'], 'kept\n')
        for _ in range(2):
            shown = self.ask('GET', '/api/jobs/' + cut['id'], None, token)
            self.assertEqual((shown['state'], shown['result']['verdict'], shown['result']['output']), ('failed', 'internal_error', ''))
            self.assertIn('run it again', shown['result']['message'])
        self.wait_runner()
        self.assertEqual(self.ask('GET', '/api/jobs/' + cut['id'], None, token), shown)
        again = self.begin('print("again")', token)
        self.assertEqual(self.wait_job(again, token, 'done')['result']['output'], 'again\n')

    @unittest.skipUnless('COORD_TEST_DATABASE' in os.environ, 'several coordinators need PostgreSQL')
    def test_another_coordinator(self):
        other = LocalServer(BUILD, os.path.join(self.folder.name, 'other'))
        other.config = self.server.config
        other.prepare()
        subprocess.run(['cp', '-a', os.path.join(self.server.data, 'secrets'), other.data], check=True)
        self.addCleanup(other.stop)
        other.start_coordinator()
        token = self.tokens['lead']
        job = self.begin('print("on", flush=True)\nwhile True: pass', token, tests=[{}] * 20)
        self.wait_other(other, job, token, 'running')
        self.assertEqual(self.ask_other(other, 'DELETE', job, token)['state'], 'cancelled')
        self.assertEqual(self.wait_other(other, job, token, 'cancelled')['result']['verdict'], 'stopped')
        job = self.begin('print(42)', token)
        self.assertEqual(self.wait_other(other, job, token, 'done')['result']['output'], '42\n')
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.ask_other(other, 'GET', job, self.token)
        with refused.exception as answer:
            self.assertEqual(answer.code, 404)

    # --- builds of before

    def test_builds_stay_within_an_organisation(self):
        compiled = '#include <cstdio>\nint main() { puts(__DATE__ " " __TIME__); }\n'  # says when, to the second
        olga = self.sign_in(self.add_person('olga', 'other', 'admin'))
        ours = {'admin': self.token, 'candidate': self.tokens['candidate'], 'key': self.add_key(self.get_org())}
        theirs = {'olga': olga, 'key': self.add_key(self.org, olga)}
        self.server.ask('user', 'add', 'both@example.org', '--org', 'demo', '--role', 'interviewer', '--name', 'Both',
                        '--password-stdin', stdin=ADA['password'] + '\n')
        both = self.sign_in('both@example.org')

        def run(token):
            return self.post('/api/code/execute', {'code': compiled, 'language': 'cpp'}, token)['output']
        first = run(self.token)
        time.sleep(1)  # what is compiled from now on says so: this is no wait for an event
        self.assertEqual({name: run(token) for name, token in ours.items()}, dict.fromkeys(ours, first))
        other = run(theirs['olga'])
        self.assertNotEqual(other, first)
        self.assertEqual(run(theirs['key']), other)
        self.assertEqual(run(both), first)
        self.post(f'/api/orgs/{self.org}/members', {'email': 'both@example.org', 'role': 'interviewer'}, olga)
        time.sleep(1)
        self.assertNotIn(run(both), (first, other))  # of two organisations: neither's
        for word in ('scope', 'org'):
            refused = self.post('/api/code/execute', {'code': '', 'language': 'cpp', word: self.org}, self.token)
            self.assertEqual(refused['code'], 'unknown_field')

    def test_a_key(self):
        org = self.ask('GET', '/api/orgs', None, self.token)['items'][0]['id']
        key = self.post('/api/keys', {'org': org, 'name': 'CI', 'scopes': ['execute']}, self.token)['key']
        body = {'code': 'print(6 * 7)', 'language': 'python'}
        self.assertEqual(self.post('/api/code/execute', body, key)['output'], '42\n')
        other = self.post('/api/keys', {'org': org, 'name': 'CI', 'scopes': ['read']}, self.token)['key']
        self.assertEqual(self.post('/api/code/execute', body, other)['code'], 'denied')


if __name__ == '__main__':
    try:
        unittest.main()
    except ServerError as error:
        sys.exit(str(error))
