#!/usr/bin/python3
"""Peers that leave at any moment: test-leaving.py [--seconds N] [--seed N] [--people N] [--media].

Four places in one room; at each a peer comes, stays up to some seconds, and leaves: while its links are being made, verified, used or
lost, with others leaving at the same time and the coordinator killed now and then. Each must end in order, within a minute, and without
a report of a sanitizer. One that hangs is looked at with gdb, if that is there, before it is ended. MESON_BUILD_ROOT is a build with
sanitizers, to be worth its time.
"""

import argparse
import collections
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from room_peers import Interview, Peer  # noqa: E402

WAIT_S = 60
REPORT = re.compile(r'ERROR: \w+Sanitizer|runtime error:|-CRITICAL \*\*|-ERROR \*\*')
SANITIZERS = {
    'ASAN_OPTIONS': 'fast_unwind_on_malloc=0:malloc_context_size=16:detect_leaks=0:abort_on_error=0:allocator_may_return_null=1',
    'UBSAN_OPTIONS': 'print_stacktrace=1:halt_on_error=1',
    'G_SLICE': 'always-malloc',
}


def look_at(pid):
    """The stacks of all threads of a process that hangs."""
    gdb = shutil.which('gdb')
    if gdb is None:
        return 'It hangs; there is no gdb to look at it.'
    done = subprocess.run([gdb, '-p', str(pid), '-batch', '-ex', 'thread apply all bt 30'], capture_output=True, text=True, errors='replace',
                          timeout=WAIT_S, check=False)
    return f'It hangs:\n{done.stdout}'


class Seat(threading.Thread):
    """One place in the room, taken by one peer after the other."""

    def __init__(self, stress, number, arguments, name):
        super().__init__(daemon=True)
        self.stress = stress
        self.number = number
        self.arguments = [*arguments, '--media', 'test' if stress.media else 'none']
        self.name_of_peer = name
        self.random = random.Random(f'{stress.seed} {number}')
        self.rounds = 0

    def run(self):
        while not self.stress.is_over():
            self.rounds += 1
            self.stay(os.path.join(self.stress.interview.folder, f'peer-{self.number}-{self.rounds}.log'))

    def stay(self, log_path):
        folder = self.stress.interview.data_folder(str(self.number))  # an invitation is the first device's
        with open(log_path, 'w', encoding='utf-8') as log:
            peer = Peer(self.stress.interview.build, self.arguments, folder, log=log)
        moment = self.wait_for_a_moment(peer)
        state = self.describe(peer)
        how = self.random.choice(['leave', 'leave', 'leave', 'leave', 'close', 'kill'])
        problem = None
        try:
            if how == 'leave':
                peer.send('leave')
            elif how == 'close':
                peer.process.stdin.close()
            else:
                peer.process.send_signal(signal.SIGKILL)
            peer.process.wait(WAIT_S)
        except OSError:
            peer.process.wait(WAIT_S)  # it had ended before
        except subprocess.TimeoutExpired:
            problem = look_at(peer.process.pid)
            peer.process.kill()
            peer.process.wait(WAIT_S)
        peer.reader.join(WAIT_S)
        with open(log_path, encoding='utf-8', errors='replace') as log:
            words = log.read()
        expected = (0, 1) if how != 'kill' else (0, 1, -signal.SIGKILL)
        if problem is None and (peer.process.returncode not in expected or REPORT.search(words)):
            problem = f'Its status is {peer.process.returncode}.'
        self.stress.note(state, f'{log_path} after {moment:.2f} s by {how}, {state}: {problem}\n{words[-20000:]}' if problem else None)
        os.unlink(log_path)

    def wait_for_a_moment(self, peer):
        """Up to some seconds after it was started, has joined, or has a first link; returns how long it stayed."""
        began = time.monotonic()
        goal = self.random.choice(['start', 'joined', 'joined', 'linked', 'linked'])
        moment = self.random.choice([0.1, 0.5, 1, 2, 4]) * self.random.random()
        with peer.condition:
            if goal != 'start':
                peer.condition.wait_for(lambda: self.is_gone(peer) or self.has_reached(peer, goal) or self.stress.is_over(), WAIT_S / 2)
            peer.condition.wait_for(lambda: self.is_gone(peer), moment)
        if goal == 'linked' and peer.process.poll() is None:
            peer.insert('main.py', 0, f'{self.number}')
        return time.monotonic() - began

    @staticmethod
    def is_gone(peer):
        return bool(peer.events) and peer.events[-1]['event'] == 'gone'

    @staticmethod
    def has_reached(peer, goal):
        if goal == 'joined':
            return peer.find('joined') is not None
        return peer.find('peer', match=lambda e: e['connection'] in ('direct', 'relayed')) is not None

    @staticmethod
    def describe(peer):
        """How far the peer was, for the summary."""
        with peer.condition:
            connections = {e['id'] if 'id' in e else e['name']: e['connection'] for e in peer.events if e['event'] == 'peer'}
            phases = [e['phase'] for e in peer.events if e['event'] == 'room']
        return f"{phases[-1] if phases else 'starting'}, links {' '.join(sorted(connections.values())) or 'none'}"


class Stress:
    def __init__(self, interview, options):
        self.interview = interview
        self.seed = options.seed
        self.media = options.media
        self.ends_at = time.monotonic() + options.seconds
        self.lock = threading.Lock()
        self.states = collections.Counter()
        self.problems = []

    def is_over(self):
        return time.monotonic() > self.ends_at or len(self.problems) > 5

    def note(self, state, problem):
        with self.lock:
            self.states[state] += 1
            if problem is not None:
                self.problems.append(problem)
                print(problem, flush=True)

    def kill_coordinators(self):
        chance = random.Random(f'{self.seed} coordinator')
        over = threading.Event()
        while not self.is_over():
            over.wait(min(10 + 20 * chance.random(), max(0, self.ends_at - time.monotonic())))
            self.interview.server.kill_coordinator()
            over.wait(chance.random())
            self.interview.server.restart_coordinator()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=int, default=600)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--people', type=int, default=4)
    parser.add_argument('--media', action='store_true', help='with calls, whose links are others')
    options = parser.parse_args()
    names = [f'C{i}' for i in range(1, options.people)]
    os.environ.update(SANITIZERS)
    with Interview(co_interviewers=names) as interview:
        stress = Stress(interview, options)
        links = [(interview.links['candidate'], 'Gus'), *zip(interview.links['co_interviewers'], names)]
        seats = [Seat(stress, number, ['--link', link, '--name', name], name) for number, (link, name) in enumerate(links)]
        for seat in seats:
            seat.start()
        stress.kill_coordinators()
        for seat in seats:
            seat.join(3 * WAIT_S)
    for state, count in stress.states.most_common():
        print(f'{count:5} left when {state}')
    print(f'{sum(stress.states.values())} left, {len(stress.problems)} not in order')
    return 1 if stress.problems else 0


sys.exit(main())
