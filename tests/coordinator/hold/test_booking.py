#!/usr/bin/env python3
"""Nobody is booked twice: by races for one slot, when the server is killed, and whatever people ask for at once.

    test_booking.py COORDINATOR [RACES KILLS ROUNDS]

All of it over HTTP, on a server as it is installed; what was won is then looked for in the database. 64 clients want one slot at the
same moment, and four slots are raced for side by side. 32 clients book while the server is killed, each request under an idempotency key
that is used again when no answer came. In a round 64 requests open, book, move and cancel at random.
"""

import collections
import datetime
import json
import os
import random
import sys
import threading
import time
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402
from crowd import Crowd  # noqa: E402
from http_burst import burst, request  # noqa: E402

PROGRAM = sys.argv[1]
RACES, KILLS, ROUNDS = (int(word) for word in sys.argv[2:5]) if len(sys.argv) > 4 else (20, 5, 20)
SEED = 20261121
CLIENTS = 64  # in a race
SIDE_BY_SIDE = 4  # races
BATCH = 1000  # races between two signings of the tokens
BOOKERS = 32
LOAD = (1, 40)  # bookings acknowledged before a kill
SLOTS_AHEAD = 400  # that are open before each kill
START = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=2)
MINUTES = 5
EVERY_DAY = [{'day': day, 'from': 0, 'until': 1440} for day in range(7)]
# Whoever is booked twice has two neighbours in the order of their starts that overlap.
OVERLAPS = ('SELECT COUNT(*) FROM (SELECT starts_at, LAG(ends_at) OVER (PARTITION BY {who} ORDER BY starts_at) AS before FROM {what}) AS b'
            ' WHERE starts_at < before')
MEETINGS = ("(SELECT participant.person AS who, interview.starts_at, interview.ends_at FROM participant"
            ' JOIN room ON room.id = participant.room JOIN interview ON interview.id = room.interview'
            " WHERE participant.person IS NOT NULL AND participant.state <> 3 AND interview.state = 'booked') AS m")
DOUBLED = "SELECT COUNT(*) FROM (SELECT slot FROM interview WHERE state = 'booked' GROUP BY slot HAVING COUNT(*) > 1) AS d"


def in_minutes(minutes):
    return (START + datetime.timedelta(minutes=minutes)).strftime('%Y-%m-%dT%H:%M:%SZ')


class Booking(unittest.TestCase):
    def begin(self, count, interviewers=1):
        self.random = random.Random(SEED)
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.org = self.server.add_people((('ada', 'admin'), ('cara', 'candidate'), ('ina', 'interviewer')))
        self.crowd = Crowd(self.server, 'cara', count)
        self.hosts = Crowd(self.server, 'ina', interviewers)
        self.boss = Crowd(self.server, 'ada', 1)
        self.sign()
        self.n_slots = 0

    def sign(self):
        for crowd in (self.crowd, self.hosts, self.boss):
            crowd.sign()

    def open_slots(self, count):
        """Slots of one interviewer, one after the other."""
        ids = []
        while len(ids) < count:
            n = min(CLIENTS, count - len(ids))
            first = self.n_slots * MINUTES
            self.n_slots += n
            answers = burst(self.server, [request(self.server, 'POST', '/api/slots', {
                'org': self.org, 'starts': in_minutes(first + i * MINUTES), 'ends': in_minutes(first + (i + 1) * MINUTES)},
                self.hosts.tokens[0]) for i in range(n)])
            for status, body in answers:
                self.assertEqual(status, 201, body)
                ids.append(json.loads(body)['id'])
        return ids

    def count(self, sql):
        return int(self.server.query(sql)[0])

    def look_for_overlaps(self):
        self.assertEqual(self.count(OVERLAPS.format(who='person', what='busy')), 0)
        self.assertEqual(self.count(OVERLAPS.format(who='who', what=MEETINGS)), 0)
        self.assertEqual(self.count(DOUBLED), 0)

    # --- races

    def race(self, slots):
        """All clients want each of these; the requests leave in an order of their own."""
        wanted = [(slot, who) for slot in slots for who in range(CLIENTS)]
        self.random.shuffle(wanted)
        answers = burst(self.server, [request(self.server, 'POST', '/api/interviews', {'slot_id': slot}, self.crowd.tokens[who])
                                      for slot, who in wanted])
        won = collections.Counter()
        for (slot, _), (status, body) in zip(wanted, answers):
            if status == 201:
                won[slot] += 1
                continue
            self.assertEqual((status, json.loads(body)['code']), (409, 'slot_taken'), body)
        self.assertEqual(won, {slot: 1 for slot in slots})
        # Whoever came late is told other times, as long as there are any.
        return sum(b'"free"' in body for status, body in answers if status == 409)

    def test_races(self):
        self.begin(CLIENTS)
        began, told, n_raced = time.monotonic(), 0, 0
        while n_raced < RACES:
            slots = self.open_slots(min(BATCH, RACES - n_raced))
            for at in range(0, len(slots), SIDE_BY_SIDE):
                told += self.race(slots[at:at + SIDE_BY_SIDE])
            n_raced += len(slots)
            self.sign()
        took = time.monotonic() - began
        self.assertEqual(self.count('SELECT COUNT(*) FROM interview'), RACES)
        self.assertEqual(self.count('SELECT COUNT(*) FROM slot WHERE taken <> 1'), 0)
        self.look_for_overlaps()
        print(f'# {RACES} races of {CLIENTS}: one won each, {told} were told other times, {took:.1f} s '
              f'({RACES * CLIENTS / took:.0f} requests a second)', flush=True)

    # --- kills

    def book_until(self, who, stopping):
        """Books slot after slot, the same ones as the others, until the server is gone."""
        try:
            while not stopping.is_set():
                if self.pending[who] is None:
                    with self.lock:
                        if not self.free:
                            return
                        # Two in three go for one that somebody else is going for as well.
                        slot = self.free[-1] if self.random.random() < 0.66 else self.free.pop()
                    self.pending[who] = str(uuid.uuid4()), slot
                key, slot = self.pending[who]
                status, _, answer = self.server.ask('POST', '/api/interviews', {'slot_id': slot}, self.crowd.tokens[who],
                                                    {'Idempotency-Key': key})
                if status == 201:
                    with self.moved:
                        self.won.append((answer['interview']['id'], slot, self.crowd.ids[who]))
                        self.moved.notify_all()
                elif status != 409:
                    raise AssertionError(answer)
                self.pending[who] = None
                with self.lock:
                    if slot in self.free:
                        self.free.remove(slot)
        except OSError:
            return
        except Exception as problem:  # pylint: disable=broad-except
            with self.moved:
                self.failures.append(problem)
                self.moved.notify_all()

    def book_and_kill(self):
        self.repeated += sum(pending is not None for pending in self.pending)
        stopping = threading.Event()
        threads = [threading.Thread(target=self.book_until, args=(who, stopping), daemon=True) for who in range(BOOKERS)]
        for thread in threads:
            thread.start()
        enough = len(self.won) + self.random.randint(*LOAD)
        with self.moved:
            self.assertTrue(self.moved.wait_for(lambda: len(self.won) >= enough or self.failures, 60), 'nothing is booked')
        self.server.kill()
        stopping.set()
        for thread in threads:
            thread.join(60)
            self.assertFalse(thread.is_alive())
        self.assertEqual(self.failures, [])

    def look_at_bookings(self):
        rows = self.server.query("SELECT id || ' ' || slot || ' ' || candidate FROM interview WHERE state = 'booked'")
        stored = {tuple(row.split(' ')) for row in rows}
        self.assertEqual(len(rows), len({slot for _, slot, _ in stored}), 'a slot is booked twice')
        self.assertEqual(set(self.won) - stored, set(), 'an acknowledged booking is lost')
        self.assertEqual(len(self.won), len(set(self.won)), 'a booking was acknowledged to two')
        # Besides these there are only those whose answer the kill cut off.
        unanswered = {(pending[1], self.crowd.ids[who]) for who, pending in enumerate(self.pending) if pending is not None}
        self.assertEqual({(slot, who) for _, slot, who in stored - set(self.won)} - unanswered, set(), 'a booking that nobody asked for')
        self.assertEqual(self.count('SELECT COUNT(*) FROM slot WHERE taken > 1'), 0)

    def test_kill_while_booking(self):
        self.begin(BOOKERS)
        self.lock = threading.Lock()
        self.moved = threading.Condition()
        self.free, self.won, self.failures, self.repeated = [], [], [], 0
        self.pending = [None] * BOOKERS
        for number in range(1, KILLS + 1):
            if len(self.free) < SLOTS_AHEAD // 2:
                self.free = self.open_slots(SLOTS_AHEAD) + self.free
            self.book_and_kill()
            self.server.start()
            self.look_at_bookings()
            if number % 50 == 0 or number == KILLS:
                self.sign()
                self.look_for_overlaps()
                self.server.command('check')
        # What the last kill left open is asked for again: it was booked once, or is booked now, or somebody else has it.
        for who, pending in enumerate(self.pending):
            if pending is not None:
                self.repeated += 1
                status, _, answer = self.server.ask('POST', '/api/interviews', {'slot_id': pending[1]}, self.crowd.tokens[who],
                                                    {'Idempotency-Key': pending[0]})
                self.assertIn(status, (201, 409), answer)
        self.look_for_overlaps()
        print(f'# {KILLS} kills under {BOOKERS} clients: {len(self.won)} bookings acknowledged, {self.repeated} requests repeated, '
              f'0 lost, 0 doubled', flush=True)

    # --- everything at once

    def set_hours(self, host):
        path = f'/api/orgs/{self.org}/availability/{self.hosts.ids[host]}'
        _, headers, _ = self.server.ask('GET', path, token=self.hosts.tokens[host])
        status, _, answer = self.server.ask(
            'PUT', path, {'zone': 'Europe/Berlin', 'weekly': EVERY_DAY, 'special': [], 'length_s': 2700, 'buffer_s': 300, 'ahead_days': 30},
            self.hosts.tokens[host], {'If-Match': headers.get('etag', '"0"')})
        self.assertEqual(status, 200, answer)

    def pick_hosts(self):
        return self.random.sample(self.hosts.ids, self.random.choice((1, 1, 2, 3)))

    def make_demand(self):
        """Some request of somebody, within two days and on the quarter of an hour."""
        kind = self.random.choice(('open', 'open', 'book', 'book', 'meet', 'meet', 'move', 'move', 'cancel'))
        who = self.random.randrange(len(self.crowd.ids))
        starts = self.random.randrange(192) * 15
        if kind == 'open' or not self.slots:
            first, *panel = self.pick_hosts()
            return 'open', request(self.server, 'POST', '/api/slots', {
                'org': self.org, 'interviewer': first, 'panel': panel, 'starts': in_minutes(starts),
                'ends': in_minutes(starts + self.random.choice((15, 30, 45, 60, 120)))}, self.boss.tokens[0])
        if kind == 'book':
            return kind, request(self.server, 'POST', '/api/interviews', {'slot_id': self.random.choice(self.slots)}, self.crowd.tokens[who])
        if kind == 'meet' or not self.interviews:
            return 'meet', request(self.server, 'POST', '/api/interviews', {
                'org': self.org, 'interviewers': self.pick_hosts(), 'starts': in_minutes(starts)}, self.crowd.tokens[who])
        interview = self.random.choice(list(self.interviews.values()))
        headers = {'If-Match': f"\"{interview['version']}\""}
        path = f"/api/interviews/{interview['id']}/"
        if kind == 'cancel':
            return kind, request(self.server, 'PATCH', path + 'cancel', {'reason': 'no'}, self.boss.tokens[0], headers)
        where = {'slot_id': self.random.choice(self.slots)} if self.random.random() < 0.5 else {'starts': in_minutes(starts)}
        return kind, request(self.server, 'PATCH', path + 'reschedule', where, self.boss.tokens[0], headers)

    def take_answer(self, kind, status, answer):
        if kind == 'open':
            self.slots.append(answer['id'])
        elif answer['interview']['state'] == 'cancelled':
            self.interviews.pop(answer['interview']['id'], None)
        else:
            self.interviews[answer['interview']['id']] = answer['interview']
        self.done[kind] += status < 300

    def test_everything_at_once(self):
        self.begin(24, interviewers=4)
        for host in range(len(self.hosts.ids)):
            self.set_hours(host)
        self.slots, self.interviews = [], {}
        self.done, self.refused = collections.Counter(), collections.Counter()
        for number in range(ROUNDS):
            demands = [self.make_demand() for _ in range(CLIENTS)]
            for (kind, _), (status, body) in zip(demands, burst(self.server, [data for _, data in demands])):
                answer = json.loads(body)
                if status < 300:
                    self.take_answer(kind, status, answer)
                else:
                    self.assertIn(status, (400, 404, 409, 412), answer)
                    self.refused[answer['code']] += 1
            if number % 20 == 0:
                self.look_for_overlaps()
            if number % 100 == 99:
                self.sign()
        self.look_for_overlaps()
        for kind in ('open', 'book', 'meet', 'move', 'cancel'):
            self.assertGreater(self.done[kind], 0, f'{kind}: {self.refused}')
        print(f'# {ROUNDS * CLIENTS} requests: {dict(self.done)} done, {dict(self.refused)} refused, 0 overlaps', flush=True)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
