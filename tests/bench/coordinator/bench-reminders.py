#!/usr/bin/env python3
"""Many reminders that are due at once: how long until the last of their mails is at the mail server, and how long the main loop worked
at a stretch meanwhile. Prints one line of JSON.

    bench-reminders.py COORDINATOR [REMINDERS]
"""

import asyncio
import json
import os
import sqlite3
import sys
import threading
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from access_token import read_claims  # noqa: E402
from bare_coordinator import BareCoordinator  # noqa: E402
from crowd import Crowd  # noqa: E402

PROGRAM = sys.argv[1]
REMINDERS = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
CANDIDATES = 100
SOON_S, LENGTH_S = 25 * 60, 45 * 60
GOAL_S, GOAL_TURN_MS = 60, 5
PATIENCE_S = 600


class MailServer(threading.Thread):
    """Takes everything, and counts to whom."""

    def __init__(self):
        super().__init__(daemon=True)
        self.taken = 0
        self.twice = 0
        self.seen = set()
        self.port = 0
        self.is_open = threading.Event()
        self.start()
        self.is_open.wait()

    def run(self):
        asyncio.run(self.serve())

    async def serve(self):
        server = await asyncio.start_server(self.talk, '127.0.0.1', 0, backlog=128)
        self.port = server.sockets[0].getsockname()[1]
        self.is_open.set()
        await server.serve_forever()

    async def talk(self, reader, writer):
        writer.write(b'220 here\r\n')
        while line := await reader.readline():
            verb = line.split()[0].upper() if line.split() else b''
            if verb == b'DATA':
                writer.write(b'354 go on\r\n')
                text = await reader.readuntil(b'\r\n.\r\n')
                number = next(word for word in text.split(b'\r\n') if word.startswith(b'Message-ID'))
                self.twice += number in self.seen
                self.seen.add(number)
                self.taken += 1
            writer.write(b'221 bye\r\n' if verb == b'QUIT' else b'250 well\r\n')
            if verb == b'QUIT':
                break
        writer.close()


def add_interviews(server, org, crowd, host):
    """Interviews that start soon, with the two reminders of each due since a minute."""
    now = int(time.time() * 1e6)
    starts, ends = now + SOON_S * 10 ** 6, now + (SOON_S + LENGTH_S) * 10 ** 6
    database = sqlite3.connect(os.path.join(server.data, 'entrevue.db'))
    with database:
        for number in range(REMINDERS // 2):
            slot, interview, room = (str(uuid.uuid4()) for _ in range(3))
            candidate = crowd.ids[number % CANDIDATES]
            database.execute('INSERT INTO slot (id, org, interviewer, starts_at, ends_at, zone, kind, title, capacity, taken, created_at)'
                             " VALUES (?, ?, ?, ?, ?, 'UTC', 'interview', 'Backend', 1, 1, ?)", (slot, org, host, starts, ends, now))
            database.execute('INSERT INTO interview (id, org, slot, interviewer, candidate, kind, title, state, starts_at, ends_at, created_at)'
                             " VALUES (?, ?, ?, ?, ?, 'interview', 'Backend', 'booked', ?, ?, ?)",
                             (interview, org, slot, host, candidate, starts, ends, now))
            database.execute("INSERT INTO room (id, interview, state) VALUES (?, ?, 'open')", (room, interview))
            for person, role in ((host, 'host'), (candidate, 'candidate')):
                database.execute('INSERT INTO participant (id, room, person, name, role, state, created_at) VALUES (?, ?, ?, ?, ?, 1, ?)',
                                 (str(uuid.uuid4()), room, person, role, role, now))
            database.execute("INSERT INTO job (kind, subject, due_at) VALUES ('reminder', ?, ?)", (f'{interview}:30', now - 60 * 10 ** 6))
    database.close()


def read_loop(server):
    _, _, text = server.ask('GET', '/metrics')
    found = {line.split()[0]: float(line.split()[1]) for line in text.decode().splitlines() if line.startswith('entrevue_main_loop')}
    return found['entrevue_main_loop_slow_total'], found['entrevue_main_loop_longest_seconds'] * 1000


def main():
    mail = MailServer()
    with BareCoordinator(PROGRAM, f'smtp-url = smtp://127.0.0.1:{mail.port}\nsmtp-security = none\nmail-from = entrevue@example.org\n') as server:
        org = server.add_people((('ina', 'interviewer'), ('cara', 'candidate')))
        crowd = Crowd(server, 'cara', CANDIDATES)
        host = read_claims(server.sign_in('ina'))['sub']
        server.stop()
        add_interviews(server, org, crowd, host)
        server.start()
        began = time.monotonic()
        while mail.taken < REMINDERS:
            if time.monotonic() - began > PATIENCE_S:
                sys.exit(f'after {PATIENCE_S} s only {mail.taken} mails have come')
            time.sleep(0.05)
        took = time.monotonic() - began
        slow, longest = read_loop(server)
        told = int(server.query("SELECT COUNT(*) FROM notification WHERE kind = 'soon'")[0])
    print(json.dumps({'bench': 'reminders', 'reminders': REMINDERS, 'seconds': round(took, 1), 'goal': GOAL_S, 'told': told,
                      'twice': mail.twice, 'slow_turns': slow, 'longest_turn_ms': round(longest, 2), 'goal_turn_ms': GOAL_TURN_MS}))


if __name__ == '__main__':
    main()
