#!/usr/bin/python3
"""An interview on a coordinator that has no system calls but those of its unit."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from local_server import ROOT  # noqa: E402
from room_peers import Interview, run_cases  # noqa: E402

START = 'main.py'


def an_interview_with_the_calls_of_the_unit():
    if shutil.which('systemd-analyze') is None:
        return 'systemd-analyze, which knows the sets of calls, is not installed'
    interview = Interview()
    interview.use_config('tls = own\n')
    # Where the server's user can read them, wherever this tree is.
    interview.server.wrapper = ['/usr/bin/python3', *(shutil.copy(os.path.join(ROOT, path), interview.folder) for path in (
        'tests/support/under_filter.py', 'data/systemd/entrevue-coordinator.service.in'))]
    with interview:
        with open(f'/proc/{interview.server.coordinator.pid}/status', encoding='ascii') as file:
            assert 'Seccomp:\t2' in file.read()
        host = interview.host().wait_joined()
        guest = interview.guest_peer().wait_joined()
        host.insert(START, 0, 'within the filter\n')
        guest.wait_text(START, lambda text: text.startswith('within the filter\n'))
        host.wait_durable()
        interview.server.ask('backup', os.path.join(interview.server.data, 'backup'))
        interview.server.processes.stop(interview.server.coordinator)
        interview.server.restart_coordinator()
        guest.insert(START, 0, 'and again\n')
        guest.wait_durable()
        assert interview.server.coordinator.poll() is None


if __name__ == '__main__':
    sys.exit(run_cases([an_interview_with_the_calls_of_the_unit]))
