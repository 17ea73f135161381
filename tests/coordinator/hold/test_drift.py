#!/usr/bin/env python3
"""Many rooms for a long time: memory and latency stay where they were, and no descriptor is left behind.

    test_drift.py COORDINATOR [ROOMS [SECONDS]]

Three people in each room, with both sockets; somebody types a character, and the two others wait for it. Now and then one leaves and
comes back. The first tenth of the time is for warming up; the first and the last quarter of the rest are compared. The goal of 2 % is
for an hour, and for the server's own memory: what was typed stays in the documents and is taken off.
"""

import os
import random
import resource
import select
import statistics
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import PATIENCE_S, BareCoordinator  # noqa: E402
from room_writer import RoomWriter, decode_sync  # noqa: E402
from web_socket import CLOSE, PING, PONG, encode_frame  # noqa: E402

PROGRAM = sys.argv[1]
ROOMS = int(sys.argv[2]) if len(sys.argv) > 2 else 8
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 4
SEED = 20261121
PEOPLE = ('Gus', 'Cora', 'Olaf')
EDITS_PER_S = 30
LEAVE_EVERY = 15  # edits
SAMPLE_S = max(SECONDS / 200, 0.05)
WARM = 0.1  # of the time
DRIFT = 0.02
BYTES_OF_AN_EDIT = 2  # UTF-8 of a character, and its share of what grows by doubling
IS_MEASURED_S = 300  # a shorter run says what it saw and asserts descriptors alone


def quarter(samples, is_last):
    count = max(len(samples) // 4, 1)
    return samples[-count:] if is_last else samples[:count]


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


class Room:
    def __init__(self, server, number):
        self.number = number
        self.id, invites = server.add_room(PEOPLE)
        self.people = [RoomWriter(server, self.id, invite, f'text-{n}') for n, invite in enumerate(invites)]
        for person in self.people:
            person.join()
            person.connect()

    def list_sockets(self):
        return [socket for person in self.people for socket in (person.sync, person.socket)]

    def listen(self):
        """Takes what has come and answers pings."""
        sockets = {socket.connection.fileno(): socket for socket in self.list_sockets()}
        poll = select.poll()
        for number in sockets:
            poll.register(number, select.POLLIN)
        while ready := [s for s in sockets.values() if s.received] or [sockets[number] for number, _ in poll.poll(0)]:
            for socket in ready:
                opcode, payload, _ = socket.read_frame()
                assert opcode != CLOSE, payload
                if opcode == PING:
                    socket.send_raw(encode_frame(PONG, payload))

    def type(self, writer):
        """One character; returns how long it took until both others had it."""
        self.listen()
        began = time.perf_counter()
        writer.write('x')
        for person in self.people:
            while person is not writer and (decode_sync(person.sync.read()) or (None,))[0] != 2:
                pass
        return time.perf_counter() - began

    def come_back(self, person):
        person.close()
        person.connect()


class Drift(unittest.TestCase):
    def setUp(self):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        self.random = random.Random(SEED)
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)

    def wait_descriptors(self, count):
        """No more than that; a socket that was left is closed a moment later."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := self.server.count_descriptors()) > count:
            self.assertLess(time.monotonic(), deadline, f'{found} descriptors, {count} at first')
            time.sleep(0.05)

    def test_nothing_drifts(self):
        self.server.start()
        self.server.add_people()
        rooms = [Room(self.server, number) for number in range(ROOMS)]
        for room in rooms:
            self.addCleanup(lambda people=room.people: [person.close() for person in people])
        descriptors = self.server.count_descriptors()
        memory, latency, edits = [], [], 0
        began = time.monotonic()
        warm = began + SECONDS * WARM
        next_sample = warm
        while (now := time.monotonic()) < began + SECONDS:
            room = rooms[edits % ROOMS]
            took = room.type(self.random.choice(room.people))
            edits += 1
            if now > warm:
                latency.append(took)
            if now > next_sample:
                memory.append(self.server.read_status('VmRSS') - edits * BYTES_OF_AN_EDIT / 1024)
                next_sample += SAMPLE_S
            if edits % LEAVE_EVERY == 0:
                room.come_back(self.random.choice(room.people))
            time.sleep(max(0, began + edits / EDITS_PER_S - time.monotonic()))  # a pace, no wait for anything
        first, last = (statistics.median(quarter(memory, is_last)) for is_last in (False, True))
        drift = last / first - 1
        figures = [f'{percentile(quarter(latency, is_last), share) * 1000:.1f}' for is_last in (False, True) for share in (0.5, 0.99)]
        print(f'# {ROOMS} rooms of {len(PEOPLE)}, {SECONDS:.0f} s, {edits} edits: memory {first / 1024:.2f} MiB, then {last / 1024:.2f} '
              f'({drift:+.1%}); until both others have it p50 {figures[0]} ms, then {figures[2]}, p99 {figures[1]} ms, then {figures[3]}; '
              f'{descriptors} descriptors', flush=True)
        for room in rooms:
            room.listen()
        self.wait_descriptors(descriptors)
        if SECONDS >= IS_MEASURED_S:
            self.assertLess(drift, DRIFT)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
