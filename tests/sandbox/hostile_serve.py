#!/usr/bin/env python3
"""Runs Python programs of hostile/ the way candidates do: from rooms, on a runner that serves a real coordinator.

Usage: hostile_serve.py RUNNER, with MESON_BUILD_ROOT as the build folder. Secrets lie in the environments of coordinator and runner, in
the coordinator's database, and in its files. Two rooms run at once. The runner must be the same process at the end, with nothing in
its control groups but the boxes that stand by.
"""

import glob
import os
import pwd
import re
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

import programs  # noqa: E402
from room_peers import ACCOUNTS, Interview  # noqa: E402

FAMILIES = ('secrets', 'identity', 'network', 'kernel', 'output', 'disk', 'collector', 'memory')
RUN_S = 120
TRIES = 5
# Two for each slot stand by.
MOST_BOXES = 2 * os.cpu_count()


def chosen_programs():
    """Those that need no limit but the room's own."""
    return [program for program in programs.load('hostile') if program.language == 'python' and program.words['family'] in FAMILIES
            and all(limit.startswith(('wall', 'memory=256')) for limit in program.list_of('limits')) and 'time_limit' not in program.expect
            and 'memory_limit' not in program.expect]


class Room:
    """A peer that puts one program after the other into its file and runs it."""

    def __init__(self, interview, name):
        self.peer = interview.host('--no-peer-links', device=name).wait_joined()
        self.peer.wait('languages', match=lambda e: 'python' in e['ids'])

    def run(self, program):
        with open(program.path, encoding='utf-8') as file:
            text = file.read()
        self.peer.send('delete', file='main.py', at=0, count=len(self.peer.text('main.py')))
        self.peer.insert('main.py', 0, text)
        # A room's limit of the clock is 10 s, in which others may have had the processors. A program that hangs does so each time.
        for _ in range(TRIES):
            verdict, said = self.run_once()
            if verdict != 'time_limit':
                break
        if verdict not in program.expect:
            raise programs.Breach(f'the verdict is {verdict}, not one of {program.expect}: {said[-600:]}')
        return said

    def run_once(self):
        """The verdict, and what was printed."""
        mark = self.peer.send('run', entry='main.py')
        ended = self.peer.wait('run-ended', after=mark, timeout=RUN_S)
        said = ''.join(e['text'] for e in list(self.peer.events)[mark:] if e['event'] == 'run-output')
        if 'BREACH' in said:
            raise programs.Breach(said[-600:])
        return ended['verdict'], said


def find_groups(runner):
    """The control groups of the boxes of a runner."""
    return [path for path in glob.glob(f'/sys/fs/cgroup/*/entrevue-{programs.NAMESPACE}-{runner.pid}/box-*')
            + glob.glob(f'/sys/fs/cgroup/entrevue-{programs.NAMESPACE}-{runner.pid}/box-*')]


def wait_until_idle(runner):
    """Until no box is there but those that stand by, each with bubblewrap and its first process."""
    for _ in range(3000):
        names = {os.path.basename(path) for path in find_groups(runner)}
        busy = []
        for path in find_groups(runner):
            try:
                with open(os.path.join(path, 'cgroup.procs'), encoding='ascii') as file:
                    if len(file.read().split()) > 2:
                        busy.append(path)
            except OSError:
                pass
        if len(names) <= MOST_BOXES and not busy:
            return
        threading.Event().wait(0.02)
    raise programs.Breach(f'boxes are left: {sorted(names)} {busy}')


def run_all(interview, canary):
    rooms = [Room(interview, 'first')]
    interview.add_interview(canary)
    rooms.append(Room(interview, 'second'))
    with open(interview.server.token_file, encoding='ascii') as file:
        secrets = [canary, file.read().strip()]
    cases = chosen_programs()
    assert len(cases) >= 15, len(cases)
    problems = []

    def work(room, mine):
        for program in mine:
            try:
                said = room.run(program)
                if any(secret in said for secret in secrets):
                    raise programs.Breach('a secret of the host was printed')
            except Exception as problem:  # pylint: disable=broad-except
                problems.append(f'{program.name}: {problem}')

    runner = interview.server.runner
    threads = [threading.Thread(target=work, args=(room, cases[i::2])) for i, room in enumerate(rooms)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, '\n'.join(problems)
    assert runner.poll() is None, 'the runner has ended'
    wait_until_idle(runner)
    print(f'# {len(cases)} programs: {" ".join(re.sub(".*/", "", program.name) for program in cases)}')


def attack_from_rooms():
    """Everything that must not be seen, in all the places where the two programs keep things."""
    canary = 'CANARY-OF-' + os.urandom(8).hex().upper()
    before = programs.find_leftovers()
    os.environ['ENTREVUE_SECRET'] = canary
    ACCOUNTS['candidate']['name'] = canary
    with Interview(os.environ['MESON_BUILD_ROOT'], with_runner=True, guest=canary) as interview:
        path = os.path.join(interview.server.data, 'secret')
        with open(path, 'w', encoding='ascii') as file:
            file.write(canary)
        os.chown(path, pwd.getpwnam('entrevue').pw_uid, -1)
        os.chmod(path, 0o600)
        run_all(interview, canary)
    programs.check_host(before)


def main():
    programs.require_boxes(sys.argv[1])
    return programs.run_cases([('hostile programs from two rooms find no secret and leave nothing', attack_from_rooms)])


if __name__ == '__main__':
    sys.exit(main())
