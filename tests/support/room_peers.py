"""Rooms with real peers: ent-peer processes driven by JSON lines, on a coordinator of their own.

    with Interview(build) as interview:
        ann = interview.peer('interviewer')
        bob = interview.peer('candidate')
        ann.insert('main.py', 0, 'hello')
        bob.wait_text('main.py', lambda text: 'hello' in text)
"""

import contextlib
import glob
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time

from local_server import ROOT, LocalServer, make_folder

ACCOUNTS = {
    'interviewer': {'email': 'ira@example.org', 'name': 'Ira', 'password': 'correct horse battery'},
    'candidate': {'email': 'can@example.org', 'name': 'Can', 'password': 'staple battery horse'},
}
WAIT_S = 120
LOOK_S = 0.01  # between two looks at what tells nobody of its changes

# With sanitizers each piece of memory is noted with its stack, and GnuTLS takes hundreds of thousands for the system's authorities
# alone: as deep as usual all that a peer does takes twice as long, and reading them as long as it waits for a server.
if 'ASAN_OPTIONS' in os.environ:
    os.environ['ASAN_OPTIONS'] += ':malloc_context_size=12'


class PeerError(Exception):
    """What a peer did not do in time."""


class Peer:
    """One ent-peer and everything it has said."""

    def __init__(self, build, arguments, data, namespace=None, password=None, log=None):
        self.data = data
        self.name = os.path.basename(data)
        self.events = []
        self.condition = threading.Condition()
        self.namespace = namespace
        command = [os.path.join(build, 'src/tools/ent-peer'), '--data', data, *arguments]
        if namespace is not None:
            command = ['ip', 'netns', 'exec', namespace, *command]
        pass_fds = ()
        if password is not None:
            read_end, write_end = os.pipe()
            os.write(write_end, password.encode() + b'\n')
            os.close(write_end)
            command += ['--password-fd', str(read_end)]
            pass_fds = (read_end,)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                                        bufsize=1, pass_fds=pass_fds, cwd='/')
        if password is not None:
            os.close(read_end)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            event['seen'] = time.monotonic()
            with self.condition:
                self.events.append(event)
                self.condition.notify_all()
        with self.condition:
            self.events.append({'event': 'gone'})
            self.condition.notify_all()

    # --- commands

    def send(self, cmd, **members):
        with self.condition:
            mark = len(self.events)
        self.process.stdin.write(json.dumps({'cmd': cmd, **members}) + '\n')
        self.process.stdin.flush()
        return mark

    def insert(self, file, at, text):
        return self.send('insert', file=file, at=at, text=text)

    def text(self, file):
        mark = self.send('text', file=file)
        return self.wait('text', after=mark, file=file)['text']

    def output(self):
        """What the runs have written until now."""
        return ''.join(event['text'] for event in list(self.events) if event['event'] == 'run-output')

    def stats(self):
        return self.wait('stats', after=self.send('stats'))

    # --- waiting

    def mark(self):
        with self.condition:
            return len(self.events)

    def find(self, event, after=0, match=None, **members):
        """The first event from `after` on with these members, or None; call with the lock held or when quiet."""
        for candidate in self.events[after:]:
            if candidate['event'] == event and all(candidate.get(k) == v for k, v in members.items()) and (
                    match is None or match(candidate)):
                return candidate
        return None

    def wait(self, event, after=0, timeout=WAIT_S, match=None, **members):
        """Waits for an event from `after` on with these members."""
        deadline = time.monotonic() + timeout
        with self.condition:
            while True:
                found = self.find(event, after, match, **members)
                if found is not None:
                    return found
                left = deadline - time.monotonic()
                is_gone = event != 'gone' and self.events and self.events[-1]['event'] == 'gone'
                if left <= 0 or is_gone:
                    raise PeerError(self._describe_vain_wait(event, after, timeout, match, members, is_gone))
                self.condition.wait(left)

    def _describe_vain_wait(self, event, after, timeout, match, members, is_gone):
        """What was awaited and what was seen; lock held."""
        wanted = ' '.join([event, *(f'{key}={value!r}' for key, value in members.items())])
        if match is not None:
            # A lambda cannot say what it wants; the line that made it can.
            wanted += f' (as line {match.__code__.co_firstlineno} of {os.path.basename(match.__code__.co_filename)} wants it)'
        end = 'the peer ended' if is_gone else f'{timeout:.0f} s were over'
        same = [e for e in self.events[after:] if e['event'] == event]
        seen = [f'the last {event} that came: {json.dumps(same[-1])}'] if same else [f'no {event} came at all']
        seen += ['the last events of any kind:', *(json.dumps(e)[:400] for e in self.events[-12:])]
        return f'{self.name} waited for the event {wanted}, until {end}; ' + '\n'.join(seen)

    def wait_joined(self, timeout=WAIT_S):
        self.wait('joined', timeout=timeout)
        self.wait('room', timeout=timeout, match=lambda e: e['phase'] == 'joined')
        return self

    def wait_linked(self, name, paths=('direct', 'relayed'), timeout=WAIT_S, after=0):
        return self.wait('peer', timeout=timeout, after=after, name=name, match=lambda e: e['connection'] in paths)

    def wait_not_linked(self, name, timeout=WAIT_S):
        """Waits until the newest word on somebody is that there is no link."""
        deadline = time.monotonic() + timeout
        with self.condition:
            while True:
                newest = [e for e in self.events if e['event'] == 'peer' and e['name'] == name][-1]
                if newest['connection'] not in ('direct', 'relayed'):
                    return newest
                if time.monotonic() > deadline:
                    raise PeerError(f'{self.name} waited {timeout:.0f} s until there is no link to {name}: {newest}')
                self.condition.wait(deadline - time.monotonic())

    def wait_text(self, file, check, timeout=WAIT_S):
        """Waits until the file's text passes check; asks again after each change."""
        deadline = time.monotonic() + timeout
        while True:
            mark = self.mark()
            text = self.text(file)
            if check(text):
                return text
            try:
                self.wait('change', after=mark, timeout=max(0, deadline - time.monotonic()))
            except PeerError as problem:
                raise PeerError(f'{self.name} waited {timeout:.0f} s for the text of {file} that line '
                                f'{check.__code__.co_firstlineno} of {os.path.basename(check.__code__.co_filename)} wants; '
                                f'it is {len(text)} long: {text[:200]!r} ... {text[-200:]!r}') from problem

    def wait_durable(self, timeout=WAIT_S):
        """Waits until the coordinator has said that all edits are on its disk."""
        deadline = time.monotonic() + timeout
        while True:
            mark = self.mark()
            kept = self.stats()['kept']
            if kept == 0:
                return
            try:
                self.wait('durable', after=mark, timeout=max(0, deadline - time.monotonic()))
            except PeerError as problem:
                raise PeerError(f'{self.name} waited {timeout:.0f} s until its edits are stored; '
                                f'{kept} are still kept') from problem

    def count_logged(self):
        """How many own edits its log on this device holds, as somebody else sees the file."""
        logs = glob.glob(os.path.join(self.data, 'rooms', '*.db'))
        if not logs:
            return 0
        with contextlib.closing(sqlite3.connect(f'file:{logs[0]}?mode=ro', uri=True)) as log:
            return log.execute('SELECT COUNT(*) FROM room_update WHERE own').fetchone()[0]

    def wait_logged(self, count, timeout=WAIT_S):
        """Waits until its log holds so many own edits: they outlive the process then."""
        deadline = time.monotonic() + timeout
        while (logged := self.count_logged()) < count:
            if time.monotonic() > deadline:
                raise PeerError(f'{self.name} waited {timeout:.0f} s until its log holds {count} edits; it holds {logged}')
            time.sleep(LOOK_S)

    def wait_log_written(self, times, timeout=WAIT_S):
        """Waits until its log has been written to so many times more, while it goes on editing."""
        deadline = time.monotonic() + timeout
        path = glob.glob(os.path.join(self.data, 'rooms', '*.db'))[0]
        with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as log:
            seen = []  # it is another with each commit
            while len(seen) <= times:
                version = log.execute('PRAGMA data_version').fetchone()[0]
                if version not in seen:
                    seen.append(version)
                if time.monotonic() > deadline:
                    raise PeerError(f'{self.name} waited {timeout:.0f} s for its log: {len(seen) - 1} times instead of {times}')
                time.sleep(LOOK_S)

    # --- the end

    def leave(self):
        """Ends it in order; it must not have failed on the way (a sanitizer tells by the status)."""
        if self.process.poll() is None:
            self.send('leave')
        status = self.process.wait(WAIT_S)
        self.reader.join(WAIT_S)
        expected = 1 if self.find('room', phase='failed') else 0
        if status != expected:
            raise PeerError(f'{self.name} ended with status {status}, not {expected}')

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(WAIT_S)
        self.reader.join(WAIT_S)


class Interview:
    """A coordinator with a runner, one interview, and the peers that enter it."""

    def __init__(self, build=None, with_runner=False, observers=(), co_interviewers=(), guest='Gus'):
        self.build = build or os.environ.get('MESON_BUILD_ROOT') or os.path.join(ROOT, '_build')
        self.folder = tempfile.mkdtemp(prefix='entrevue-room-')
        os.chmod(self.folder, 0o755)
        self.log = open(os.path.join(self.folder, 'server.log'), 'w', encoding='utf-8')
        self.server = LocalServer(self.build, os.path.join(self.folder, 'server'), log=self.log)
        self.with_runner = with_runner
        self.observers = observers
        self.co_interviewers = co_interviewers
        self.guest = guest
        self.peers = []
        self.links = {}
        self.room = None

    def use_config(self, text):
        """Before it is entered: the coordinator's configuration."""
        self.server.config = os.path.join(self.folder, 'coordinator.conf')
        with open(self.server.config, 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(self.server.config, 0o644)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def start(self):
        self.server.prepare()
        self.server.start_coordinator()
        if self.with_runner:
            self.server.start_runner()
        self.server.add_people(ACCOUNTS)
        self.add_interview()

    def add_interview(self, title='A room'):
        arguments = ['interview', 'add', '--org', 'demo', '--title', title, '--starts', 'now',
                     '--interviewer', ACCOUNTS['interviewer']['email'], '--guest', self.guest,
                     '--origin', self.server.address]
        for name in self.observers:
            arguments += ['--observer', name]
        for name in self.co_interviewers:
            arguments += ['--co-interviewer', name]
        made = self.server.ask(*arguments)
        self.links = made['links']
        self.room = made['room']
        return made

    def __exit__(self, kind, value, trace):
        problem = None
        for peer in self.peers:
            try:
                if peer.process.poll() is None and kind is None:
                    peer.leave()
            except (PeerError, OSError, subprocess.TimeoutExpired) as error:
                problem = error
            if peer.process.poll() is None:
                peer.kill()
        self.server.stop()
        self.log.close()
        self._tidy_up(problem is not None or kind is not None)
        if problem is not None:
            raise problem

    def _tidy_up(self, has_failed):
        if has_failed:
            with open(self.log.name, encoding='utf-8', errors='replace') as file:
                print('the server said:\n' + file.read()[-4000:], flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- who enters

    def data_folder(self, name):
        path = os.path.join(self.folder, 'device-' + name)
        make_folder(path, 0o700)
        return path

    def host(self, *extra, device='host', namespace=None):
        """The interviewer, signed in."""
        account = ACCOUNTS['interviewer']
        arguments = ['--server', self.server.address, '--email', account['email'], '--room', self.room, *extra]
        return self._add(arguments, device, namespace, account['password'])

    def guest_peer(self, *extra, device='guest', namespace=None):
        return self._add(['--link', self.links['candidate'], '--name', self.guest, *extra], device, namespace)

    def link_peer(self, link, name, *extra, device=None, namespace=None):
        return self._add(['--link', link, '--name', name, *extra], device or name, namespace)

    def _add(self, arguments, device, namespace=None, password=None):
        peer = Peer(self.build, arguments, self.data_folder(device), namespace, password, self.log)
        self.peers.append(peer)
        return peer


class Typist(threading.Thread):
    """Types numbered words at the end of a file until stopped, and knows what it typed."""

    def __init__(self, peer, file, letter, interval=0.02):
        super().__init__(daemon=True)
        self.peer = peer
        self.file = file
        self.letter = letter
        self.interval = interval
        self.count = 0
        self.times = []  # when each word was sent
        self.stopping = threading.Event()

    def word(self, number):
        return f'{self.letter}{number};'

    def run(self):
        while not self.stopping.wait(self.interval):
            try:
                self.peer.insert(self.file, -1, self.word(self.count))
            except (BrokenPipeError, ValueError):
                return
            self.times.append(time.monotonic())
            self.count += 1

    def wait_seen_by(self, other, more, timeout=WAIT_S):
        """Waits until somebody else shows a word that is the so-manyth from now on."""
        word = self.word(self.count + more)
        other.wait_text(self.file, lambda text: word in text, timeout)

    def stop(self):
        self.stopping.set()
        self.join()

    def missing(self, text, count=None):
        """The words that a text lacks. Words of others may stand between, never inside."""
        words = set(re.findall(self.letter + r'(\d+);', text))
        return [n for n in range(self.count if count is None else count) if str(n) not in words]


def run_cases(cases):
    """Runs functions one by one and speaks TAP."""
    print(f'1..{len(cases)}', flush=True)
    failed = 0
    for number, case in enumerate(cases, 1):
        began = time.monotonic()
        try:
            skipped = case()
            verdict = f'ok {number} - {case.__name__}'
            if isinstance(skipped, str):
                verdict += f' # SKIP {skipped}'
        except Exception as problem:  # pylint: disable=broad-except
            import traceback
            for line in traceback.format_exc().splitlines():
                print('# ' + line)
            verdict = f'not ok {number} - {case.__name__}: {problem}'.replace('\n', ' / ')
            failed += 1
        print(verdict, flush=True)
        print(f'# {case.__name__} took {time.monotonic() - began:.1f} s', flush=True)
    return 1 if failed else 0
