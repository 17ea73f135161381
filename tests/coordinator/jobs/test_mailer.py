#!/usr/bin/python3
"""Mail against servers that are well, down, slow, and that refuse or hang up: test_mailer.py PROBE.

Each message arrives once; where the line is cut after DATA, twice at most.
"""

import email
import email.policy
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

PROBE = sys.argv.pop(1)


class Server(threading.Thread):
    """A mail server in a thread. answers(n, step) gives what the n-th message gets instead of the usual answer:
    a text, 'cut' (hang up), 'slow' (say nothing more), or None."""

    def __init__(self, answers=lambda n, step: None):
        super().__init__(daemon=True)
        self.answers = answers
        self.taken = []
        self.n = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self, connection):
        with self.lock:
            n, self.n = self.n, self.n + 1
        try:
            with connection, connection.makefile('rwb') as wire:
                self.talk(n, wire)
        except OSError:
            pass

    def say(self, n, wire, step, usual):
        answer = self.answers(n, step) or usual
        if answer == 'slow':
            wire.read()
        if answer in ('cut', 'slow'):
            return False
        wire.write(answer.encode() + b'\r\n')
        wire.flush()
        return answer == usual

    def talk(self, n, wire):
        if not self.say(n, wire, 'hello', '220 here'):
            return
        for line in wire:
            verb = line.split()[0].upper().decode() if line.split() else ''
            if verb == 'DATA':
                if self.say(n, wire, 'DATA', '354 go on'):
                    text = self.read_message(wire)
                    answer = self.answers(n, 'end')
                    # Whoever says 250, or hangs up without a word, has it.
                    if answer in (None, 'cut'):
                        with self.lock:
                            self.taken.append(text)
                    if not self.say(n, wire, 'end', '250 taken') and answer in ('cut', 'slow'):
                        return
            elif verb == 'QUIT':
                self.say(n, wire, 'QUIT', '221 bye')
                return
            elif not self.say(n, wire, verb, '250 mail.example.org' if verb in ('EHLO', 'HELO') else '250 ok'):
                if self.answers(n, verb) in ('cut', 'slow'):
                    return

    @staticmethod
    def read_message(wire):
        lines = []
        for line in wire:
            if line == b'.\r\n':
                return b''.join(lines)
            lines.append(line[1:] if line.startswith(b'.') else line)
        raise OSError('cut')


class Mailer(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.database = os.path.join(self.folder.name, 'mail.db')
        address = os.environ.get('COORD_TEST_DATABASE')
        if address:
            schema = os.path.basename(self.folder.name)
            subprocess.run(['psql', address, '-qc', f'CREATE SCHEMA "{schema}"'], check=True)
            self.database = f'{address}&options=-csearch_path%3D%22{schema}%22,public'

    def send(self, port, count=1):
        run = subprocess.run([PROBE, self.database, str(port), str(count)], capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.split('\n')[:-1]

    def serve(self, answers=lambda n, step: None):
        server = Server(answers)
        self.addCleanup(server.close)
        return server

    def test_well(self):
        server = self.serve()
        self.assertEqual(self.send(server.port, 20), ['sent 0 0'] * 20)
        self.assertEqual(len(server.taken), 20)
        message = email.message_from_bytes(server.taken[0], policy=email.policy.default)
        self.assertEqual(message['Subject'], 'Gespräch: C & C++')
        self.assertIn('Zoë Ünal', message['To'])
        self.assertEqual([part.get_content_type() for part in message.iter_parts()],
                         ['text/plain', 'text/html', 'text/calendar'])
        parts = list(message.iter_parts())
        self.assertEqual(parts[0].get_content(), 'Hello\n.\nhttps://interviews.example.org\n')
        self.assertEqual(parts[2].get_param('method'), 'REQUEST')
        self.assertEqual(len({email.message_from_bytes(m)['Message-ID'] for m in server.taken}), 20)

    def test_down(self):
        with socket.create_server(('127.0.0.1', 0)) as unused:
            port = unused.getsockname()[1]
        state = self.send(port)[0].split()
        self.assertEqual((state[0], state[2]), ('failed', '0'))
        self.assertGreater(int(state[1]), 30)

    def test_later(self):
        """4xx at every step, each once: it arrives, once."""
        for step in ('hello', 'MAIL', 'RCPT', 'DATA', 'end'):
            with self.subTest(step=step):
                server = self.serve(lambda n, at, step=step: '451 not now' if n == 0 and at == step else None)
                self.assertEqual(self.send(server.port)[-1], 'sent 1 0')
                self.assertEqual(len(server.taken), 1)

    def test_refused(self):
        """5xx at every step: given up at once."""
        for step in ('MAIL', 'RCPT', 'DATA', 'end'):
            with self.subTest(step=step):
                server = self.serve(lambda n, at, step=step: '550 never' if at == step else None)
                self.assertEqual(self.send(server.port)[-1].split()[0], 'failed')
                self.assertEqual((server.n, len(server.taken)), (1, 0))

    def test_cut_before(self):
        for step in ('hello', 'EHLO', 'RCPT', 'DATA'):
            with self.subTest(step=step):
                server = self.serve(lambda n, at, step=step: 'cut' if n == 0 and at == step else None)
                self.assertEqual(self.send(server.port)[-1], 'sent 1 0')
                self.assertEqual(len(server.taken), 1)

    def test_cut_after_data(self):
        """It has arrived, but nobody said so: one duplicate, with the same name."""
        server = self.serve(lambda n, at: 'cut' if n == 0 and at == 'end' else None)
        self.assertEqual(self.send(server.port), ['sent 1 1'])
        self.assertEqual(len(server.taken), 2)
        self.assertEqual(len({email.message_from_bytes(m)['Message-ID'] for m in server.taken}), 1)

    def test_always_cut_after_data(self):
        """Never a third one."""
        server = self.serve(lambda n, at: 'cut' if at == 'end' else None)
        self.assertEqual(self.send(server.port)[0].split()[0], 'failed')
        self.assertEqual(len(server.taken), 2)

    def test_slow(self):
        """A server that says nothing more is left after its time, others go on meanwhile."""
        server = self.serve(lambda n, at: 'slow' if n == 0 and at == 'RCPT' else None)
        self.assertEqual(sorted(self.send(server.port, 5)), ['sent 0 0'] * 4 + ['sent 1 0'])
        self.assertEqual(len(server.taken), 5)


if __name__ == '__main__':
    unittest.main()
