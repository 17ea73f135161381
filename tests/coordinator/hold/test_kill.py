#!/usr/bin/env python3
"""The server is killed again and again under load: nothing that it acknowledged is ever lost, nothing is done twice.

    test_kill.py COORDINATOR DOC_TOOL [KILLS]

Four clients open slots over HTTP, each with an idempotency key, and repeat what the kill left unanswered; four people write into two
rooms. After each start all acknowledged slots and edits must be there, each slot once; at the end the documents hold every word, the
database passes its check and the audit its verification.
"""

import base64
import json
import os
import random
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402
from room_writer import RoomWriter  # noqa: E402
from slot_client import CLIENTS, SlotClient  # noqa: E402

PROGRAM, DOC_TOOL = sys.argv[1], sys.argv[2]
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 8
SEED = 20261121
CHECK_EVERY = 25  # kills between two looks at the whole database
LOAD_S = (0.05, 0.5)  # how long the load runs before a kill
START_S = 1.0  # the goal for the start, in the median of the long form
LONG = 100
SLOW_TURNS = KILLS  # of the main loop; a page that is not there yet costs time that is not ours


class Kill(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.failures = []
        self.slow_turns = 0
        self.longest_s = 0.0

    def begin(self):
        self.server.start()
        org = self.server.add_people()
        self.slots = [SlotClient(self.server, number, org) for number in range(CLIENTS)]
        self.writers = []
        for _ in range(2):
            room, invites = self.server.add_room(('Gus', 'Cora'))
            self.writers += [RoomWriter(self.server, room, invite, f'text-{n}') for n, invite in enumerate(invites)]
        for writer in self.writers:
            writer.join()
        self.sign_in()

    def sign_in(self):
        token = self.server.sign_in('ina')
        for client in self.slots:
            client.token = token

    def run_guarded(self, function, *arguments):
        def guarded():
            try:
                function(*arguments)
            except Exception as problem:  # pylint: disable=broad-except
                self.failures.append(problem)
        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        return thread

    @staticmethod
    def write_until(writer, stopping):
        try:
            while not stopping.is_set():
                writer.write(f'{len(writer.text)};')
                stopping.wait(0.002)
        except OSError:
            return

    def load_and_kill(self):
        stopping = threading.Event()
        threads = [self.run_guarded(client.run, stopping) for client in self.slots]
        for writer in self.writers:
            threads += [self.run_guarded(writer.follow), self.run_guarded(writer.drain),
                        self.run_guarded(self.write_until, writer, stopping)]
        stopping.wait(self.random.uniform(*LOAD_S))
        self.look_at_loop()
        self.server.kill()
        stopping.set()
        for thread in threads:
            thread.join(60)
            self.assertFalse(thread.is_alive())
        for writer in self.writers:
            writer.close()
        self.assertEqual(self.failures, [])

    def look_at_loop(self):
        """How often the main loop of this server has kept others waiting; its own processor time counts."""
        _, _, text = self.server.ask('GET', '/metrics')
        found = {line.split()[0]: float(line.split()[1]) for line in text.decode().splitlines() if line.startswith('entrevue_main_loop')}
        self.slow_turns += found['entrevue_main_loop_slow_total']
        self.longest_s = max(self.longest_s, found['entrevue_main_loop_longest_seconds'])

    def look_at_slots(self):
        stored = self.server.query('SELECT id FROM slot')
        stored = self.server.query('SELECT id FROM slot')
        self.assertEqual(len(stored), len(set(stored)))
        self.assertEqual({identifier for client in self.slots for identifier in client.acknowledged} - set(stored), set())
        # Besides the acknowledged ones only those whose answer the kill cut off; the two of the rooms are slots too.
        acknowledged = sum(len(client.acknowledged) for client in self.slots)
        pending = sum(client.pending is not None for client in self.slots)
        self.assertLessEqual(len(stored), acknowledged + pending + 2)

    def connect_writers(self):
        for writer in self.writers:
            writer.connect()
            self.assertGreaterEqual(writer.heard, writer.durable, 'an edit that was said to be on disk is gone')

    def look_at_whole(self):
        self.server.command('check')
        self.server.command('audit', 'verify')

    def look_at_documents(self):
        for writer in self.writers:
            self.run_guarded(writer.follow)
            self.assertTrue(writer.wait_durable())
        for writer in self.writers:
            update = writer.read_document()
            lines = [{'op': 'new', 'doc': 'd', 'client': 1}, {'op': 'apply', 'doc': 'd', 'update': base64.b64encode(update).decode()},
                     {'op': 'text', 'doc': 'd', 'root': writer.root}]
            done = subprocess.run([DOC_TOOL], input='\n'.join(map(json.dumps, lines)), capture_output=True, text=True, check=True)
            self.assertIn(writer.text, done.stdout.splitlines()[2], done.stdout[:300])

    def test_kill_under_load(self):
        self.begin()
        starts = []
        self.connect_writers()
        for number in range(1, KILLS + 1):
            self.load_and_kill()
            starts.append(self.server.start())
            self.look_at_slots()
            self.connect_writers()
            if number % CHECK_EVERY == 0 or number == KILLS:
                print(f'# {number} kills', flush=True)
                self.look_at_whole()
                self.sign_in()
        self.look_at_documents()
        for writer in self.writers:
            writer.close()
        # What the last kill left open is repeated, and is there once.
        for client in self.slots:
            if client.pending is not None:
                client.open_slot()
        titles = self.server.query("SELECT title FROM slot WHERE title LIKE 'slot %'")
        self.assertEqual(len(titles), len(set(titles)))
        starts.sort()
        acknowledged = sum(len(client.acknowledged) for client in self.slots)
        print(f'# {KILLS} kills: {acknowledged} slots acknowledged, {sum(c.repeated for c in self.slots)} requests repeated, '
              f'{sum(len(w.text) for w in self.writers)} characters written, 0 lost; start p50 {starts[len(starts) // 2]:.3f} s, '
              f'max {starts[-1]:.3f} s', flush=True)
        print(f'# the main loop: {self.slow_turns:.0f} turns over 5 ms, the longest {self.longest_s * 1000:.1f} ms', flush=True)
        if KILLS >= LONG:
            self.assertLessEqual(self.slow_turns, SLOW_TURNS)
            self.assertLess(starts[len(starts) // 2], START_S)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
