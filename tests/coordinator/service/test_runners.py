#!/usr/bin/env python3
"""Runners as a site administrator sees, drains and stops them: test_runners.py COORDINATOR."""

import contextlib
import json
import os
import queue
import shutil
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import WIDE, BareCoordinator  # noqa: E402
from web_socket import Closed, WebSocket  # noqa: E402

PROGRAM = sys.argv[1]
PATIENCE_S = 60
SLOTS = 2


class Runner(threading.Thread):
    """One that runs nothing: it keeps what it is given until it is told how that ended."""

    def __init__(self, server, token, languages=('python',), version='3'):
        super().__init__(daemon=True)
        self.jobs = queue.Queue()
        self.socket = WebSocket(server, '/runner/v1/socket', token=token)
        assert self.socket.status == 101, self.socket.status
        self.socket.send_message('hello', {'version': '7.1', 'slots': SLOTS, 'note': 'without limits', 'languages': [
            {'id': name, 'name': name.title(), 'version': version} for name in languages]}, 1)
        self.socket.read_message('welcome')
        self.start()

    def run(self):
        try:
            while True:
                message = self.socket.read()
                if isinstance(message, str) and json.loads(message)['t'] == 'job':
                    self.jobs.put(json.loads(message)['d'])
        except (Closed, OSError):
            pass

    def take(self):
        return self.jobs.get(timeout=PATIENCE_S)

    def end(self, job):
        self.socket.send_message('result', {'id': job['id'], 'fence': job['fence'], 'verdict': 'ok', 'exit_code': 0, 'signal': 0,
                                            'cpu_ms': 1, 'wall_ms': 1, 'memory_kb': 1, 'truncated': False})

    def leave(self):
        with contextlib.suppress(OSError):  # the server was first
            self.socket.connection.shutdown(socket.SHUT_RDWR)
        self.join()
        self.socket.close()


class Runners(unittest.TestCase):
    def setUp(self):
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.server.add_people((('ada', 'admin'),))
        self.server.command('user', 'role', 'ada@example.org', '--site-admin')
        self.token = self.server.sign_in('ada')
        self.runner_token = self.server.command('runner', 'add', 'one')['token']

    def ask(self, status, method, path, body=None, server=None):
        got, _, answer = (server or self.server).ask(method, path, body, self.token)
        self.assertEqual(got, status, (path, answer))
        return answer

    def connect(self, server=None):
        runner = Runner(server or self.server, self.runner_token)
        self.addCleanup(runner.leave)
        return runner

    def wait_for(self, what):
        until = time.monotonic() + PATIENCE_S
        while not what():
            self.assertLess(time.monotonic(), until, 'it did not come')
            time.sleep(0.05)

    def show(self, server=None):
        runner, = self.ask(200, 'GET', '/api/admin/runners', server=server)['items']
        return runner

    def list_by_command(self):
        runner, = self.server.command('runner', 'list')['items']
        return runner

    def wait_state(self, server=None, **wanted):
        self.wait_for(lambda: {name: self.show(server)[name] for name in wanted} == wanted)

    def wait_languages(self, names, server=None):
        self.wait_for(lambda: [item['id'] for item in self.ask(200, 'GET', '/api/code/languages', server=server)['items']] == names)

    def begin(self, server=None):
        return self.ask(202, 'POST', '/api/code/execute?async=1', {'language': 'python', 'code': 'print(1)'}, server)['id']

    def drain(self, method, runner, server=None):
        return self.ask(200, method, f"/api/admin/runners/{runner['id']}/drain", server=server)

    def test_drained(self):
        self.assertEqual((self.show()['connected'], self.show()['languages'], 'seen' in self.show()), (False, [], False))
        self.assertEqual(self.list_by_command()['state'], 'away')
        runner = self.connect()
        self.wait_state(connected=True, slots=SLOTS, busy=0, draining=False, drained=False)
        shown = self.show()
        self.assertEqual((shown['name'], shown['version'], shown['note']), ('one', '7.1', 'without limits'))
        self.assertEqual([(item['id'], item['version']) for item in shown['languages']], [('python', '3')])
        program = self.begin()
        job = runner.take()
        self.wait_state(busy=1)

        # It finishes what it holds, and gets nothing more.
        self.assertEqual((self.drain('POST', shown)['draining'], self.drain('POST', shown)['drained']), (True, False))
        self.wait_languages([])
        self.assertEqual(self.ask(503, 'POST', '/api/code/execute', {'language': 'python', 'code': ''})['code'], 'no_runner')
        told = self.list_by_command()
        self.assertEqual((told['state'], told['boxes'], told['languages'], told['version']), ('draining', '1 of 2 busy', 'python', '7.1'))
        self.assertFalse(self.show()['drained'])
        runner.end(job)
        self.wait_for(lambda: self.ask(200, 'GET', '/api/jobs/' + program)['state'] == 'done')
        self.wait_state(drained=True, connected=True, busy=0)
        self.assertEqual(self.list_by_command()['state'], 'drained')
        self.assertTrue(runner.jobs.empty())

        # Nor after a restart of either, until that is taken back.
        self.assertEqual(self.server.stop(), 0)
        told = self.list_by_command()
        self.assertEqual((told['state'], 'boxes' in told, 'seen' in told), ('drained', False, True))
        self.server.start()
        self.assertFalse(self.show()['connected'])
        runner = self.connect()
        self.wait_state(connected=True, draining=True)
        self.assertEqual(self.ask(200, 'GET', '/api/code/languages')['items'], [])
        self.assertEqual(self.server.command('runner', 'drain', 'one', '--undo')['state'], 'connected')
        self.wait_languages(['python'])
        self.begin()
        runner.end(runner.take())
        self.server.command('runner', 'drain', 'one')
        self.assertFalse(self.drain('DELETE', shown)['draining'])
        self.assertEqual(self.server.query("SELECT action || CASE actor WHEN 'operator' THEN ' by operator' ELSE '' END FROM audit"
                                           " WHERE action LIKE 'runner.%drain' ORDER BY seq"),
                         ['runner.drain', 'runner.undrain by operator', 'runner.drain by operator', 'runner.undrain'])

        # One that is revoked is none any more, and comes back as a new one.
        self.drain('POST', shown)
        self.server.command('runner', 'revoke', 'one')
        self.ask(404, 'POST', f"/api/admin/runners/{shown['id']}/drain")
        self.wait_for(lambda: self.ask(200, 'GET', '/api/admin/runners')['items'] == [])
        self.server.command('runner', 'add', 'one')
        self.assertNotEqual(self.show()['id'], shown['id'])
        self.assertFalse(self.show()['draining'])
        with self.assertRaisesRegex(AssertionError, 'Choose another name'):
            self.server.command('runner', 'add', 'local')

    def test_another_takes_the_programs(self):
        one = self.connect()
        self.wait_state(connected=True)
        other = Runner(self.server, self.server.command('runner', 'add', 'other')['token'], ('python', 'ruby'), '4')
        self.addCleanup(other.leave)
        self.wait_for(lambda: all(item['connected'] for item in self.ask(200, 'GET', '/api/admin/runners')['items']))
        runners = self.ask(200, 'GET', '/api/admin/runners?limit=1')
        rest = self.ask(200, 'GET', '/api/admin/runners?limit=1&after=' + runners['next'])
        self.assertEqual([item['name'] for item in runners['items'] + rest['items']], ['one', 'other'])
        self.assertEqual(self.ask(200, 'GET', '/api/admin/images')['items'], [
            {'language': 'python', 'name': 'Python', 'version': '3', 'runners': ['one'], 'missing': ['other']},
            {'language': 'python', 'name': 'Python', 'version': '4', 'runners': ['other'], 'missing': ['one']},
            {'language': 'ruby', 'name': 'Ruby', 'version': '4', 'runners': ['other'], 'missing': ['one']}])
        self.drain('POST', rest['items'][0])
        self.wait_languages(['python'])
        for _ in range(SLOTS):
            self.begin()
            one.end(one.take())
        self.assertTrue(other.jobs.empty())

    def test_several_coordinators(self):
        if not self.server.database:
            self.skipTest('one coordinator has an SQLite file alone')
        second = BareCoordinator(PROGRAM)
        self.addCleanup(second.__exit__, None, None, None)
        with open(second.config, 'w', encoding='utf-8') as file:
            file.write(f'{WIDE}database = {self.server.database}\n')
        os.mkdir(second.data)
        shutil.copytree(os.path.join(self.server.data, 'secrets'), os.path.join(second.data, 'secrets'))
        second.start()
        self.connect()
        runner = self.connect(second)
        self.wait_state(connected=True, slots=SLOTS)
        self.wait_languages(['python'], second)
        self.begin(second)
        job = runner.take()
        self.wait_state(busy=1)
        self.assertEqual(self.show(second)['slots'], SLOTS)

        # The one that is asked and the one that holds the program are two.
        self.drain('POST', self.show())
        self.wait_languages([], second)
        self.wait_languages([])
        self.assertFalse(self.show()['drained'])
        runner.end(job)
        self.wait_state(drained=True, busy=0)

        # What one said that was killed counts until its lease is over.
        self.drain('DELETE', self.show())
        self.wait_languages(['python'], second)
        self.begin(second)
        runner.take()
        self.wait_state(busy=1)
        second.kill()
        self.wait_state(busy=0, connected=True)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
