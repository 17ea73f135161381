#!/usr/bin/python3
"""Programs that run in rooms: real peers, a real coordinator, real runners."""

import contextlib
import os
import re
import signal
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from room_peers import ACCOUNTS, Interview, run_cases  # noqa: E402

START = 'main.py'
NO_LINKS = '--no-peer-links'
STOP_S = 0.1
WAIT_S = 60
TIMING_S = 60  # a busy machine may take its time; that it can be quick is what counts


class CannotRun(Exception):
    """This host cannot hold programs."""


class Runs(Interview):
    """An interview without a runner at first; those that are added can be killed."""

    def __enter__(self):
        super().__enter__()
        if not self.server.can_run():
            self.__exit__(None, None, None)
            raise CannotRun
        return self

    def people(self):
        return self.host(NO_LINKS).wait_joined(), self.guest_peer(NO_LINKS).wait_joined()

    def find_holder(self, *runners):
        """That of the runners in whose box the program is: both were there before it began, since its time is short."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            for process in list_programs(START):
                ancestors = list_ancestors(process)
                for runner in runners:
                    if runner.pid in ancestors:
                        return runner
            time.sleep(STOP_S)
        raise AssertionError('no runner holds the program')

    def kill_runner(self, runner):
        """All at once: it cannot say anything any more."""
        self.server.processes.stop(runner, signal.SIGKILL)


def read_process(process, file):
    try:
        with open(f'/proc/{process}/{file}', 'rb') as opened:
            return opened.read()
    except OSError:
        return b''  # it has ended meanwhile


def list_programs(entry):
    """Processes that were started with that file, on the whole host."""
    return [int(name) for name in os.listdir('/proc')
            if name.isdigit() and read_process(name, 'cmdline').endswith(entry.encode() + b'\0')]


def list_ancestors(process):
    ancestors = []
    while process > 1:
        status = re.search(rb'^PPid:\s*(\d+)', read_process(process, 'status'), re.M)
        process = int(status[1]) if status else 0
        ancestors.append(process)
    return ancestors


def needs_boxes(case):
    def run():
        try:
            return case()
        except CannotRun:
            return 'programs cannot be held here: entrevue-runner check says why'
    run.__name__ = case.__name__
    return run


def set_text(peer, text, file=START):
    old = peer.text(file)
    peer.send('delete', file=file, at=0, count=len(old))
    peer.insert(file, 0, text)


def wait_languages(peer, *ids):
    return peer.wait('languages', match=lambda e: set(ids) <= set(e['ids']))


def shown(peer, since=0):
    """What stands on somebody's screen: the output of the last attempt."""
    text = ''
    for event in list(peer.events)[since:]:
        if event['event'] in ('run-restarted',) or (event['event'] == 'run' and event['state'] == 'queued'):
            text = ''
        elif event['event'] == 'run-output':
            text += event['text']
    return text


def wait_shown(peer, text, since=0):
    peer.wait('run-output', after=since, match=lambda e: text in shown(peer, since))


@needs_boxes
def a_lost_runner_s_output_is_void():
    with Runs() as interview:
        runners = [interview.server.add_runner(name) for name in ('one', 'other')]
        interview.server.wait_runners(2)
        host, guest = interview.people()
        wait_languages(host, 'python')
        set_text(guest, 'import os, sys\nprint("begun", flush=True)\nprint(input(), flush=True)\n'
                        'while not os.path.exists("/tmp/never"): pass\n')
        guest.send('run', entry=START, stdin='hello')
        for peer in (host, guest):
            wait_shown(peer, 'begun\nhello\n')
        host.process.send_signal(signal.SIGSTOP)  # it hears of everything late, at once
        interview.kill_runner(interview.find_holder(*runners))
        guest.wait('run-restarted')
        wait_shown(guest, 'begun\nhello\n')
        host.process.send_signal(signal.SIGCONT)
        host.wait('run-restarted')
        wait_shown(host, 'begun\nhello\n')
        late = interview.link_peer(interview.links['candidate'], 'Gus', NO_LINKS, device='guest').wait_joined()
        wait_shown(late, 'begun\nhello\n')
        host.send('stop')
        for peer in (host, late):
            peer.wait('run-ended', verdict='stopped')
            assert shown(peer) == 'begun\nhello\n', shown(peer)
            assert peer.output().count('begun') == (2 if peer is host else 1), peer.output()


@needs_boxes
def both_runners_lost_is_one_clear_end():
    with Runs() as interview:
        runners = [interview.server.add_runner(name) for name in ('one', 'other')]
        interview.server.wait_runners(2)
        host, guest = interview.people()
        wait_languages(host, 'python')
        set_text(guest, 'print("begun", flush=True)\nwhile True: pass\n')
        guest.send('run', entry=START)
        for end in ('run-restarted', 'run-ended'):
            wait_shown(host, 'begun\n')
            holder = interview.find_holder(*runners)
            runners.remove(holder)
            interview.kill_runner(holder)
            host.wait(end)
        for peer in (host, guest):
            ended = peer.wait('run-ended')
            assert ended['verdict'] == 'internal_error' and 'runner was lost' in ended['message'], ended
        # Nothing is left of it: the next one runs, once.
        mark = host.mark()
        interview.server.add_runner('third')
        host.wait('languages', after=mark, match=lambda e: 'python' in e['ids'])
        set_text(guest, 'print("next")\n')
        guest.send('run', entry=START)
        assert host.wait('run-ended', after=mark)['verdict'] == 'ok'
        assert shown(host, mark) == 'next\n', shown(host, mark)
        assert sum(event['event'] == 'run-ended' for event in host.events) == 2


@needs_boxes
def who_comes_late_sees_it_too():
    with Runs(observers=('Otto',)) as interview:
        interview.server.add_runner('one')
        host, guest = interview.people()
        wait_languages(host, 'python')
        set_text(guest, 'import sys\nprint("so far", flush=True)\nwhile True: pass\n')
        guest.send('run', entry=START)
        wait_shown(host, 'so far\n')
        during = interview.link_peer(interview.links['observers'][0], 'Otto', NO_LINKS).wait_joined()
        wait_shown(during, 'so far\n')
        assert during.find('run')['state'] == 'running'
        host.send('stop')
        during.wait('run-ended', verdict='stopped')
        during.leave()
        # Much more than is kept: the end of it, told as such, and the verdict.
        set_text(guest, 'for i in range(60000): print(f"line {i:6}")\n')
        guest.send('run', entry=START)
        host.wait('run-ended', verdict='ok')
        whole = shown(host, host.events.index(host.find('run-ended')))
        after = interview.link_peer(interview.links['observers'][0], 'Otto', NO_LINKS, device='Otto').wait_joined()
        after.wait('run-ended', verdict='ok')
        after.wait('run-gap')
        text = after.output()
        assert whole.endswith(text) and 100_000 < len(text) <= 256 * 1024, (len(whole), len(text))
        # The same after the server was restarted, and a run that it interrupts has an end.
        set_text(guest, 'print("interrupted", flush=True)\nwhile True: pass\n')
        mark = host.mark()
        guest.send('run', entry=START)
        wait_shown(host, 'interrupted\n', mark)
        # What is stored before the server dies, its beginning or not, is left to chance otherwise.
        guest.insert(START, 0, '# kept\n')
        guest.wait_durable()
        interview.server.kill_coordinator()
        interview.server.restart_coordinator()
        ended = host.wait('run-ended', after=mark)
        assert ended['verdict'] == 'internal_error' and 'restarted' in ended['message'], ended
        late = interview.link_peer(interview.links['observers'][0], 'Otto', NO_LINKS, device='Otto').wait_joined()
        late.wait('run-ended', verdict='internal_error')
        # What the others saw had not all to be on the disk yet.
        assert 'interrupted\n'.startswith(late.output()), late.output()


def lose_program(interview, host, runner):
    """Kills server and runner when a shell has begun and before anything of it is stored; returns how it ended for who saw it."""
    host.insert(START, 0, '# all that was before is stored with this\n')
    host.wait_durable()
    mark = host.mark()
    with contextlib.closing(sqlite3.connect(os.path.join(interview.server.data, 'entrevue.db'), timeout=WAIT_S)) as database:
        database.isolation_level = None
        database.execute('BEGIN IMMEDIATE')  # so that the server cannot write
        host.send('run', rows=24, columns=80)
        wait_shown(host, '$ ', mark)
        interview.server.kill_coordinator()
        interview.kill_runner(runner)
    mark = host.mark()
    interview.server.restart_coordinator()
    return host.wait('run-ended', after=mark)


@needs_boxes
def a_program_that_was_not_stored_is_said_to_be_lost_at_once():
    """Somebody alone without a runner: nothing else is told after the welcome of the server that is back."""
    with Runs() as interview:
        runner = interview.server.add_runner('one')
        host = interview.host(NO_LINKS).wait_joined()
        wait_languages(host, 'bash')
        ended = lose_program(interview, host, runner)  # the room's first one: the server knows of none
        assert ended['verdict'] == 'internal_error' and 'has lost it' in ended['message'], ended
        # It can be run again; and of the next one that is lost the server knows the one before.
        mark = host.mark()
        runner = interview.server.add_runner('two')
        host.wait('languages', after=mark, match=lambda e: 'bash' in e['ids'])
        host.send('run', rows=24, columns=80)
        wait_shown(host, '$ ', mark)
        host.send('stop')
        host.wait('run-ended', after=mark, verdict='stopped')
        ended = lose_program(interview, host, runner)
        assert ended['verdict'] == 'internal_error' and 'has lost it' in ended['message'], ended


@needs_boxes
def who_was_away_gets_the_rest_once():
    with Runs() as interview:
        interview.server.add_runner('one')
        host, guest = interview.people()
        wait_languages(host, 'python')
        set_text(guest, 'import sys, time\nfor i in range(40):\n  print(i, flush=True)\n  time.sleep(0.05)\n')
        guest.send('run', entry=START)
        wait_shown(host, '3\n')
        # The same device comes again in the midst of it: nothing twice, nothing missing.
        again = interview.link_peer(interview.links['candidate'], 'Gus', NO_LINKS, device='guest').wait_joined()
        for peer in (host, again):
            peer.wait('run-ended', verdict='ok')
            assert peer.output() == ''.join(f'{i}\n' for i in range(40)), peer.output()


TERMINAL = '''import os, signal, sys, time
signal.signal(signal.SIGWINCH, lambda *_: print('size', *os.get_terminal_size(), flush=True))
print('ready', sys.stdin.isatty(), *os.get_terminal_size(), flush=True)
while True:
    try:
        line = input('> ')
    except EOFError:
        break
    print('got', line, flush=True)
print('over', flush=True)
'''


@needs_boxes
def a_terminal_is_everybody_s():
    with Runs(observers=('Otto',)) as interview:
        interview.server.add_runner('one')
        host, guest = interview.people()
        otto = interview.link_peer(interview.links['observers'][0], 'Otto', NO_LINKS).wait_joined()
        wait_languages(host, 'python')
        set_text(guest, TERMINAL)
        guest.send('run', entry=START, rows=24, columns=80)
        for peer in (host, guest, otto):
            wait_shown(peer, 'ready True 80 24\r\n> ')
            peer.wait('run', match=lambda e: (e['rows'], e['columns']) == (24, 80))
        guest.send('type', text='håj\r')
        wait_shown(host, 'håj\r\ngot håj\r\n> ')
        host.send('type', text='two\r')
        wait_shown(guest, 'got two\r\n> ')
        guest.send('resize', rows=30, columns=100)
        for peer in (host, guest, otto):
            wait_shown(peer, 'size 100 30\r\n')
            peer.wait('run', match=lambda e: (e['rows'], e['columns']) == (30, 100))
        # Observers watch; a lock is for those who do not lead, and at once.
        otto.wait('error', after=otto.send('type', text='x'))
        mark = guest.mark()
        host.send('lock', edit=False, run=True)
        guest.wait('room', after=mark, match=lambda e: not e['can_run'])
        guest.wait('error', after=guest.send('type', text='x'))
        host.send('type', text='locked\r')
        for peer in (otto, host):
            wait_shown(peer, 'got locked\r\n> ')
        mark = guest.mark()
        host.send('lock', edit=False, run=False)
        guest.wait('room', after=mark, match=lambda e: e['can_run'])
        # Who comes late sees the same, in its size.
        late = interview.link_peer(interview.links['observers'][0], 'Otto', NO_LINKS, device='Otto').wait_joined()
        wait_shown(late, 'got locked\r\n> ')
        assert (late.find('run')['rows'], late.find('run')['columns']) == (30, 100)
        assert late.output() == host.output()
        guest.send('type', text='\x04')
        for peer in (host, guest, late):
            peer.wait('run-ended', verdict='ok')
            assert peer.output().endswith('over\r\n')


@needs_boxes
def a_shell_has_the_files_and_stops_at_once():
    with Runs() as interview:
        interview.server.add_runner('one')
        host, guest = interview.people()
        wait_languages(host, 'bash')
        set_text(guest, 'print(6 * 7)\n')
        guest.wait_durable()
        took, deadline = [], time.monotonic() + TIMING_S
        while not took or (min(took) > STOP_S and time.monotonic() < deadline):
            mark = guest.mark()
            guest.send('run', rows=24, columns=80)
            guest.wait('run', after=mark, state='running', entry='')
            wait_shown(guest, '$ ', mark)
            guest.send('type', text='python3 main.py; trap "" TERM INT HUP; echo tr""apped\r')
            wait_shown(guest, '42\r\n', mark)
            wait_shown(guest, '\ntrapped\r\n', mark)
            guest.send('type', text='while :; do :; done\r')
            wait_shown(guest, 'do :; done\r\n', mark)
            began = time.monotonic()
            host_mark = host.mark()
            guest.send('stop')
            took.append(host.wait('run-ended', after=host_mark, verdict='stopped')['seen'] - began)
        print(f'# stopped for everybody after {[round(1000 * s, 1) for s in took]} ms')
        assert min(took) <= STOP_S, took


@needs_boxes
def a_flood_in_a_terminal_harms_nobody():
    with Runs() as interview:
        interview.server.add_runner('one')
        host, guest = interview.people()
        wait_languages(host, 'bash')
        guest.send('run', rows=24, columns=80)
        wait_shown(guest, '$ ')
        mark = host.mark()
        guest.send('type', text='yes 0123456789012345678901234567890123456789012345678901234567890123456789\r')
        ended = host.wait('run-ended', after=mark)
        assert ended['verdict'] == 'output_limit', ended
        guest.wait('run-ended', verdict='output_limit')
        for peer in (host, guest):
            assert peer.find('room', after=mark, match=lambda e: e['phase'] != 'joined') is None
        host.insert(START, 0, '# still here\n')
        guest.wait_text(START, lambda text: text.startswith('# still here\n'))


@needs_boxes
def a_terminal_ends_with_its_runner():
    with Runs() as interview:
        runner = interview.server.add_runner('one')
        host, guest = interview.people()
        wait_languages(host, 'bash')
        guest.send('run', rows=24, columns=80)
        wait_shown(guest, '$ ')
        interview.server.add_runner('two')
        interview.server.wait_runners(2)
        interview.kill_runner(runner)
        for peer in (host, guest):
            ended = peer.wait('run-ended')
            assert ended['verdict'] == 'internal_error' and 'runner was lost' in ended['message'], ended
            assert peer.find('run-restarted') is None


@needs_boxes
def runners_with_different_languages():
    with Runs() as interview:
        host, guest = interview.people()
        python = interview.server.add_runner('python', ['python'])
        wait_languages(guest, 'python')
        guest.wait('error', after=guest.send('run', entry='main.js', language='javascript'))
        interview.server.add_runner('javascript', ['javascript'])
        wait_languages(guest, 'python', 'javascript')
        for entry, language in (('main.py', 'python'), ('main.js', 'javascript')):
            mark = guest.mark()
            guest.send('run', entry=entry, language=language, stdin='Ann\n')
            assert guest.wait('run-ended', after=mark)['verdict'] == 'ok'
            assert shown(guest, mark) == 'Hello, Ann!\n', shown(guest, mark)
        # With one gone the other one is left, and its language.
        mark = guest.mark()
        interview.kill_runner(python)
        guest.wait('languages', after=mark, ids=['javascript'])
        guest.wait('error', after=guest.send('run', entry='main.py', language='python'))


@needs_boxes
def rooms_wait_in_a_queue():
    """One slot, three rooms: each is told its place; one that waits can be stopped."""
    with Runs() as interview:
        interview.server.add_runner('one', slots=1)
        guests = []
        for number in range(3):
            made = interview.add_interview(f'Room {number}')
            guests.append(interview.link_peer(made['links']['candidate'], 'Gus', NO_LINKS,
                                              device=f'guest-{number}').wait_joined())
        wait_languages(guests[0], 'python')
        for guest in guests:
            set_text(guest, 'print("here", flush=True)\nwhile True: pass\n')
        guests[0].send('run', entry=START)
        wait_shown(guests[0], 'here\n')
        for number, guest in enumerate(guests[1:], 1):
            guest.send('run', entry=START)
            guest.wait('run', state='queued', queue=number)
        mark = guests[2].mark()
        guests[1].send('stop')
        guests[1].wait('run-ended', verdict='stopped')
        assert guests[1].output() == ''
        guests[2].wait('run', after=mark, state='queued', queue=1)
        guests[0].send('stop')
        guests[0].wait('run-ended', verdict='stopped')
        guests[2].wait('run', after=mark, state='running')
        wait_shown(guests[2], 'here\n')
        guests[2].send('stop')
        guests[2].wait('run-ended', verdict='stopped')


# When the program was compiled, to the second: the same again when it is a build of before.
COMPILED = '#include <cstdio>\nint main() { puts(__DATE__ " " __TIME__); }\n'


@needs_boxes
def builds_stay_within_an_organisation():
    with Runs() as interview:
        interview.server.add_runner('one')
        interview.server.ask('org', 'add', 'other')
        interview.server.ask('user', 'add', 'olga@example.org', '--org', 'other', '--role', 'interviewer', '--name', 'Olga',
                             '--password-stdin', stdin='correct horse battery\n')

        def enter(org, email, device):
            made = interview.server.ask('interview', 'add', '--org', org, '--title', 'A room', '--starts', 'now',
                                        '--interviewer', email, '--guest', 'Gus', '--origin', interview.server.address)
            peer = interview.link_peer(made['links']['candidate'], 'Gus', NO_LINKS, device=device).wait_joined()
            wait_languages(peer, 'cpp')
            set_text(peer, COMPILED, 'main.cpp')
            return peer

        def compiled(peer):
            mark = peer.mark()
            peer.send('run', entry='main.cpp')
            assert peer.wait('run-ended', after=mark)['verdict'] == 'ok'
            return shown(peer, mark)

        ours = [enter('demo', ACCOUNTS['interviewer']['email'], f'ours-{n}') for n in range(2)]
        theirs = enter('other', 'olga@example.org', 'theirs')
        first = compiled(ours[0])
        time.sleep(1)  # what is compiled from now on says so: this is no wait for an event
        assert compiled(ours[0]) == first
        assert compiled(ours[1]) == first  # another room of the organisation
        assert compiled(theirs) != first


if __name__ == '__main__':
    cases = [
        a_lost_runner_s_output_is_void,
        both_runners_lost_is_one_clear_end,
        who_comes_late_sees_it_too,
        a_program_that_was_not_stored_is_said_to_be_lost_at_once,
        who_was_away_gets_the_rest_once,
        a_terminal_is_everybody_s,
        a_shell_has_the_files_and_stops_at_once,
        a_flood_in_a_terminal_harms_nobody,
        a_terminal_ends_with_its_runner,
        runners_with_different_languages,
        rooms_wait_in_a_queue,
        builds_stay_within_an_organisation,
    ]
    with contextlib.suppress(IndexError):
        cases = [case for case in cases if case.__name__ == sys.argv[1]] or cases
    sys.exit(run_cases(cases))
