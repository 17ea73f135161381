#!/usr/bin/env python3
"""Programs run over HTTP, without a room: the real coordinator with the real runner, by a person and by a key."""

import concurrent.futures
import json
import os
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
PATIENCE_S = 30


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
        cls.server.config = config
        cls.server.start_coordinator()
        cls.server.add_people({'admin': ADA})
        cls.token = cls.post('/api/auth/login', {key: ADA[key] for key in ('email', 'password')})['access']
        without = cls.post('/api/code/execute', {'code': '', 'language': 'python'}, cls.token)
        assert without['code'] == 'no_runner', without
        if not cls.server.start_runner():
            raise unittest.SkipTest('the runner has no control groups of its own here')
        deadline = time.monotonic() + PATIENCE_S
        while not cls.ask('GET', '/api/code/languages', None, cls.token)['items']:
            assert time.monotonic() < deadline, 'the runner did not sign on'
            time.sleep(0.05)

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
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: self.execute('import time; time.sleep(1); print(1)'), range(6)))
        self.assertEqual({answer.get('code', 'done') for answer in answers}, {'done', 'too_fast'})
        self.assertEqual(sum('output' in answer for answer in answers), 2)

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
