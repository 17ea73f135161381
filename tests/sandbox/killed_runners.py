#!/usr/bin/env python3
"""Kills runners at random while they work for a real coordinator, and counts what is left and what is answered.

Usage: killed_runners.py RUNNER [--count N] [--seed N], with MESON_BUILD_ROOT as the build folder. Two runners serve several rooms in
each of which a peer runs one program after the other. Each run must be answered once: by its result, from whichever runner, or by a
sentence that says what happened. A killed runner leaves no process, and no control group once the next one has started.
"""

import argparse
import collections
import os
import pwd
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

import programs  # noqa: E402
from room_peers import Interview, PeerError  # noqa: E402

N_ROOMS = 4
RUN_S = 90
START_STEPS = 40
START_STEP_S = 0.004
PROGRAM = '''import os, sys, time
# Children that outlive the end of the program when nothing ends them.
for _ in range(2):
    if os.fork() == 0:
        time.sleep(1000)
time.sleep(0.15)
print("answer", sys.stdin.read())
'''


class Room(threading.Thread):
    """A peer that runs the program again and again until it is told to stop."""

    def __init__(self, peer, number):
        super().__init__(daemon=True)
        self.peer = peer
        self.number = number
        self.asked = 0
        self.refusals = collections.Counter()  # sentences
        self.verdicts = collections.Counter()
        self.problem = None
        self.stopping = threading.Event()

    def run(self):
        try:
            while not self.stopping.is_set():
                self.run_once()
        except (PeerError, AssertionError) as problem:
            self.problem = problem

    def run_once(self):
        self.asked += 1
        word = f'{self.number}-{self.asked}'
        mark = self.peer.send('run', entry='main.py', stdin=word)
        ended = self.wait_answer(mark)
        if ended['event'] == 'error':
            # Both runners were dead, and nothing was started.
            assert ended['cmd'] == 'run' and len(ended['text']) > 20, ended
            self.refusals[ended['text']] += 1
            self.stopping.wait(0.1)
            return
        self.verdicts[ended['verdict']] += 1
        if ended['verdict'] == 'ok':
            # What was printed before a run was given out again comes first.
            said = ''.join(e['text'] for e in list(self.peer.events)[mark:] if e['event'] == 'run-output' and e['run'] == ended['run'])
            assert said.endswith(f'answer {word}\n'), (said, ended)
        else:
            assert ended['verdict'] == 'internal_error' and len(ended.get('message') or '') > 20, ended

    def wait_answer(self, mark):
        """The end of a run, or why there is none."""
        deadline = time.monotonic() + RUN_S
        with self.peer.condition:
            while True:
                found = self.peer.find('run-ended', mark) or self.peer.find('error', mark)
                if found is not None:
                    return found
                assert deadline > time.monotonic(), 'a run was not answered:\n' + '\n'.join(str(e) for e in self.peer.events[mark - 5:])
                self.peer.condition.wait(deadline - time.monotonic())

    def stop(self):
        self.stopping.set()
        self.join(RUN_S)
        if self.problem is not None:
            raise self.problem
        assert not self.is_alive()
        answers = collections.Counter(e['run'] for e in self.peer.events if e['event'] == 'run-ended')
        assert len(answers) == self.asked - self.refusals.total() and set(answers.values()) == {1}, (self.asked, self.refusals, answers)


class Serving:
    """One of the two runners; started again after each kill."""

    def __init__(self, server, name):
        self.server = server
        self.name = name
        self.token = os.path.join(os.path.dirname(server.token_file), name)
        with open(self.token, 'w', encoding='ascii') as file:
            file.write(server.ask('runner', 'add', name)['token'] + '\n')
        os.chmod(self.token, 0o400)
        self.start()

    def start(self):
        self.process = self.server.processes.start(self.name, self.server.runner_command(
            'serve', '--connect', 'unix:' + self.server.runner_socket, '--token-file', self.token, '--slots', '2'),
            stderr=self.server.log, cwd='/')

    def find_child(self):
        """The runner proper; what was started stays root and only cleans up after it. None when it is not there yet."""
        try:
            with open(f'/proc/{self.process.pid}/task/{self.process.pid}/children', encoding='ascii') as file:
                child = int(file.read().split()[0])
            # Before it has a runner it asks the languages for their versions.
            return child if os.stat(f'/proc/{child}').st_uid == pwd.getpwnam(programs.USER).pw_uid else None
        except (OSError, IndexError):
            return None

    def wait_started(self):
        """Until it is past the start, in which it removes what killed ones have left."""
        deadline = time.monotonic() + RUN_S
        while self.find_child() is None:
            assert self.process.poll() is None and time.monotonic() < deadline, f'{self.name} does not start'
            threading.Event().wait(0.01)

    def kill(self, which):
        """Ends the runner, or the parent that watches over it, and starts it again."""
        child = self.find_child()
        target = child if which == 'runner' and child is not None else self.process.pid
        try:
            os.kill(target, 9)
        except ProcessLookupError:
            pass
        self.process.wait(RUN_S)
        self.server.processes.running.remove((self.name, self.process))
        self.start()


def wait_until_working(rooms, least):
    """Until some more runs have been answered, so that the kills fall into work."""
    deadline = time.monotonic() + RUN_S
    while sum(sum(room.verdicts.values()) for room in rooms) < least:
        problem = next((room.problem for room in rooms if room.problem is not None), None)
        if problem is not None:
            raise problem
        assert time.monotonic() < deadline, 'nothing is answered any more'
        threading.Event().wait(0.01)


def kill_and_count(options, chance):
    before = programs.find_leftovers()
    rooms = []
    with Interview(os.environ['MESON_BUILD_ROOT']) as interview:
        runners = [Serving(interview.server, name) for name in ('first', 'second')]
        for number in range(N_ROOMS):
            if number > 0:
                interview.add_interview()
            peer = interview.host('--no-peer-links', device=f'host{number}').wait_joined()
            peer.wait('languages', match=lambda e: 'python' in e['ids'])
            peer.send('delete', file='main.py', at=0, count=len(peer.text('main.py')))
            peer.insert('main.py', 0, PROGRAM)
            peer.wait_durable()
            rooms.append(Room(peer, number))
        for room in rooms:
            room.start()
        answered = 0
        for number in range(options.count):
            answered += chance.randrange(4)
            wait_until_working(rooms, answered)
            threading.Event().wait(chance.random() * 0.2)
            which = chance.choice(('runner', 'runner', 'parent'))
            chance.choice(runners).kill(which)
            answered = max(answered, sum(sum(room.verdicts.values()) for room in rooms))
        for room in rooms:
            room.stop()
        for runner in runners:
            runner.wait_started()
        total = sum((room.verdicts for room in rooms), collections.Counter())
        refusals = sum((room.refusals for room in rooms), collections.Counter())
        print(f'# {options.count} kills; runs: {dict(total)}; not started: {dict(refusals)}')
        assert total['ok'] > 0
    programs.check_host(before)


def end_while_starting(runner, signals):
    """Ends a runner after ever longer parts of its start. The last one is left to start, which removes what killed ones have left."""
    before = programs.find_leftovers()
    with tempfile.TemporaryDirectory() as folder:
        token = os.path.join(folder, 'token')
        with open(token, 'w', encoding='ascii') as file:
            file.write('evr_nobody\n')
        command = [os.path.abspath(runner), 'serve', '--connect', f'unix:{folder}/nobody', '--token-file', token, '--slots', '1']
        for number in range(START_STEPS):
            process = subprocess.Popen(command, cwd='/', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            threading.Event().wait(number * START_STEP_S)
            process.send_signal(signals[number % len(signals)])
            process.wait(60)
        if signal.SIGKILL in signals:
            program = os.path.join(folder, 'main.sh')
            with open(program, 'w', encoding='ascii') as file:
                file.write('true\n')
            subprocess.run([os.path.abspath(runner), 'run', '--language', 'bash', program], check=True, stdout=subprocess.DEVNULL, timeout=60)
    programs.check_host(before)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('runner')
    parser.add_argument('--count', type=int, default=15)
    parser.add_argument('--seed', type=int, default=1, help='0: another one each time')
    options = parser.parse_args()
    programs.require_boxes(options.runner)
    seed = options.seed or random.randrange(1, 1 << 30)
    print(f'# --seed {seed}')
    chance = random.Random(seed)
    return programs.run_cases([
        ('a runner told to end while it starts leaves nothing', lambda: end_while_starting(options.runner, [signal.SIGTERM])),
        ('the next one removes what a runner killed while it starts has left', lambda: end_while_starting(options.runner, [signal.SIGKILL])),
        ('runners killed at work leave nothing, and every run is answered once', lambda: kill_and_count(options, chance)),
    ])


if __name__ == '__main__':
    sys.exit(main())
