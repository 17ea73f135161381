#!/usr/bin/python3
"""Resident memory of the app and of the coordinator: bench-memory.py BUILD_FOLDER, inside with-display.sh.

The app on its list of interviews and in a room; the coordinator before anybody came, and with one room of two peers. The
room is the same: the app's window is the interviewer, an ent-peer the candidate. Each figure is read when what was waited for
has been seen, `rss` as the kernel counts it and `pss` with shared pages divided among those who share them.
"""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from interview_windows import InterviewWindow  # noqa: E402
from room_peers import ACCOUNTS, Interview  # noqa: E402

TITLE = 'A room'


def memory_kib(pid):
    with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
        sizes = dict(re.findall(r'^(Rss|Pss):\s+(\d+) kB$', file.read(), re.MULTILINE))
    return {name.lower() + '_kib': int(size) for name, size in sizes.items()}


def measure_coordinator(build, figures):
    with Interview(build) as interview:
        pid = interview.server.coordinator.pid
        figures['coordinator_idle'] = memory_kib(pid)
        host = interview.host().wait_joined()
        guest = interview.guest_peer().wait_joined()
        host.wait_linked('Gus')
        guest.wait_linked('Ira')
        guest.wait_durable()
        figures['coordinator_with_room_of_two'] = memory_kib(pid)


def measure_app(build, figures):
    account = ACCOUNTS['interviewer']
    with Interview(build) as interview:
        window = InterviewWindow([os.path.join(build, 'src/app/entrevue')], 'bench', '--media', 'none')
        try:
            window.sign_in(interview.server.address, account['email'], account['password'])
            window.find('button', re.compile(f'^Join {TITLE}'))
            figures['app_idle'] = memory_kib(window.process.pid)
            window.join_from_list(TITLE)
            window.wait_in_room()
            interview.guest_peer().wait_joined()
            window.wait_participant('Gus')
            window.wait_connection('direct')
            figures['app_in_room'] = memory_kib(window.process.pid)
        finally:
            window.stop()


def main():
    figures = {'benchmark': 'memory'}
    build = os.path.realpath(sys.argv[1])
    measure_coordinator(build, figures)
    measure_app(build, figures)
    print(json.dumps(figures))


if __name__ == '__main__':
    main()
