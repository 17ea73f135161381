#!/usr/bin/python3
"""Three coordinators on one PostgreSQL, two runners and nginx, all ended, stopped and restarted while people work.

    test-cluster.py [--seconds N] [--pause S] [--seed N] [CASE...]

What was acknowledged is looked for in the database at once, before anybody could bring it again; in the end everything is there
once, and everybody who comes anew sees the same.
"""

import argparse
import collections
import os
import random
import re
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from cluster import Cluster  # noqa: E402
from local_server import ROOT, make_folder  # noqa: E402
from room_peers import Peer, run_cases  # noqa: E402
from slot_client import SlotClient  # noqa: E402

BUILD = os.environ.get('MESON_BUILD_ROOT') or os.path.join(ROOT, '_build')
START = 'main.py'
BACK_S = 20  # a room is back so long after what happened to its coordinator
PATIENCE_S = 90
OPTIONS = None


class Writer(threading.Thread):
    """Types words at the end of a file, and knows which of them were acknowledged, and when."""

    def __init__(self, peer, room, letter, stopping, interval):
        super().__init__(daemon=True)
        self.peer = peer
        self.room = room
        self.letter = letter
        self.stopping = stopping
        self.interval = interval
        self.count = 0
        self.acknowledged = 0
        self.problem = None

    def word(self, number):
        return f'<{self.letter}{number}>'

    def run(self):
        try:
            while not self.stopping.wait(self.interval):
                self.peer.insert(START, -1, self.word(self.count))
                self.count += 1
                if self.count % 5 == 0:
                    self.look()
        except Exception as problem:  # pylint: disable=broad-except
            self.problem = problem

    def look(self):
        count = self.count
        if self.peer.stats()['kept'] == 0:
            self.acknowledged = count

    def finish(self):
        """Waits until all is acknowledged."""
        self.join()
        if self.problem is not None:
            raise self.problem
        self.peer.wait_durable(PATIENCE_S)
        self.acknowledged = self.count


class Witness(threading.Thread):
    """Looks in the database for what was just acknowledged."""

    def __init__(self, cluster, writers, stopping):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.writers = writers
        self.stopping = stopping
        self.looked = {writer: 0 for writer in writers}
        self.n_seen = 0
        self.missing = []

    def run(self):
        while not self.stopping.wait(0.5):
            try:
                self.look()
            except ConnectionError:
                continue  # the database is away; what was acknowledged waits

    def look(self):
        for writer in self.writers:
            upto = writer.acknowledged
            words = [writer.word(number) for number in range(self.looked[writer], upto)]
            if not words:
                continue
            array = ','.join(f"'{word}'" for word in words)
            self.missing += self.cluster.postgres.query(
                f"SELECT w FROM unnest (ARRAY[{array}]) AS w WHERE NOT EXISTS (SELECT 1 FROM room_log WHERE room = '{writer.room}'"
                " AND kind = 1 AND position (convert_to (w, 'UTF8') IN bytes) > 0)")
            self.looked[writer] = upto
            self.n_seen += len(words)


class Programs(threading.Thread):
    """Runs programs over HTTP; each answer is its own program's, or none."""

    def __init__(self, cluster, stopping):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.stopping = stopping
        self.n_done = 0
        self.refused = collections.Counter()  # by why
        self.wrong = []

    def run(self):
        token, number = None, 0
        while not self.stopping.is_set():
            number += 1
            try:
                token = token or self.cluster.sign_in('ada')
                status, _, answer = self.cluster.ask('POST', '/api/code/execute', {'language': 'python', 'code': f'print({number})'}, token)
            except OSError:
                token = None
                continue
            if status == 200 and answer['success'] and answer['output'] == f'{number}\n':
                self.n_done += 1
            elif status == 200 and answer['success']:
                self.wrong.append((number, answer))
            else:
                self.refused[answer['code'] if isinstance(answer, dict) and 'code' in answer else f'{status}'] += 1
                self.stopping.wait(0.2)


class Bookings(threading.Thread):
    """Opens slots by the proxy; one without an answer is asked for again under the same key."""

    def __init__(self, cluster, stopping):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.stopping = stopping
        self.client = SlotClient(cluster, 0, cluster.org)
        self.wrong = []

    def run(self):
        while not self.stopping.is_set():
            try:
                if self.client.token is None:
                    self.client.token = self.cluster.sign_in('ina')
                self.client.open_slot()
            except OSError:
                self.client.token = None
                self.stopping.wait(0.1)
            except AssertionError as answer:
                # Busy, restarting, no gateway, or signed out: the same key again.
                if not re.search(r"unavailable|internal|Bad Gateway|Time-out|token|signed", str(answer)):
                    self.wrong.append(str(answer))
                    return
                self.client.token = None
                self.stopping.wait(0.1)

    def finish(self):
        self.join()
        deadline = time.monotonic() + PATIENCE_S
        self.stopping = threading.Event()
        while self.client.pending is not None and not self.wrong and time.monotonic() < deadline:
            try:
                self.client.token = self.client.token or self.cluster.sign_in('ina')
                self.client.open_slot()
            except (OSError, AssertionError):
                self.client.token = None


class Trouble:
    """What happens to the processes, by a seed; at least one coordinator is left alone at any time."""

    def __init__(self, cluster, seed, pause_s):
        self.cluster = cluster
        self.random = random.Random(seed)
        self.pause_s = pause_s
        self.happened = []  # time, what
        self.due = []  # time, what ends it, name

    def note(self, what):
        self.happened.append((time.monotonic(), what))

    def up(self):
        return [node for node in self.cluster.nodes if node.is_up]

    def later(self, wait_s, action, what):
        self.due.append((time.monotonic() + wait_s, action, what))

    def end_due(self):
        for entry in sorted(self.due, key=lambda entry: entry[0]):
            if entry[0] <= time.monotonic():
                self.due.remove(entry)
                self.note(entry[2])
                entry[1]()

    def name(self, node):
        return f'node {self.cluster.nodes.index(node)}'

    def kill(self, node):
        self.note(f'kill {self.name(node)}')
        node.kill()
        self.later(self.random.uniform(0.5, 6), node.start, f'start {self.name(node)}')

    def stop(self, node):
        self.note(f'stop {self.name(node)}')
        node.stop()
        self.later(self.random.uniform(0.5, 3), node.start, f'start {self.name(node)}')

    def pause(self, node):
        self.note(f'pause {self.name(node)}')
        node.pause()
        self.later(self.pause_s, node.go_on, f'go on {self.name(node)}')

    def restart_database(self):
        self.note('stop database')
        self.cluster.postgres.stop_at_once()
        self.note('start database')
        self.cluster.postgres.start()

    def kill_runner(self):
        names = list(self.cluster.runners.running)
        if names:
            name = self.random.choice(names)
            self.note(f'restart {name}')
            self.cluster.runners.kill(name)
            self.cluster.runners.start(name)

    def find_home(self, up):
        """One that a room is at home at, or any."""
        try:
            homes = set(self.cluster.postgres.query("SELECT DISTINCT node FROM room_home WHERE node <> ''"))
        except ConnectionError:
            homes = set()
        return self.random.choice([node for node in up if node.read_id() in homes] or up)

    def step(self):
        up = self.up()
        actions = [self.kill_runner]
        if len(up) > 1:
            node = self.find_home(up)
            actions += [lambda: self.kill(node), lambda: self.kill(node), lambda: self.stop(node)]
            # What hangs a proxy cannot tell from what is slow: of two such, it would send most people there.
            if not any(other.is_stopped for other in self.cluster.nodes):
                actions.append(lambda: self.pause(node))
        self.random.choice(actions)()

    def step_by_plan(self, number):
        """Each thing once, for a run that is too short for chance; False at the end."""
        plan = [self.pause, self.kill, None, self.restart_database, self.stop]
        if number == len(plan):
            return False
        if plan[number] is None:
            self.kill_runner()
        elif plan[number] == self.restart_database:
            self.restart_database()
        else:
            plan[number](self.find_home(self.up()))
        return True


def read_outages(peer):
    """(from, to, phase) of when the room was not joined."""
    outages, began = [], None
    for event in list(peer.events):
        if event['event'] != 'room':
            continue
        if event['phase'] == 'joined' and began is not None:
            outages.append((began, event['seen']))
            began = None
        elif event['phase'] == 'reconnecting' and began is None:
            began = event['seen']
        elif event['phase'] == 'left':
            break
        elif event['phase'] not in ('joined', 'reconnecting', 'joining'):
            raise AssertionError(f'{peer.name}: {event}')
    return outages


class Work:
    """Rooms with people, programs and bookings, and what must be true of them in the end."""

    def __init__(self, cluster, n_rooms, interval):
        self.cluster = cluster
        self.stopping = threading.Event()
        self.rooms = []
        self.links = []
        self.peers = []
        self.writers = []
        for number in range(n_rooms):
            room, links = cluster.add_room(['Gus', 'Thea'])
            self.rooms.append(room)
            self.links.append(links)
            # In every other room all goes through the coordinator.
            extra = ['--no-peer-links'] if number % 2 else []
            for name, link, letter in (('Gus', links[0], 'g'), ('Thea', links[1], 't')):
                peer = self.enter(link, name, f'{name}{number}', *extra)
                self.peers.append(peer)
                self.writers.append(Writer(peer, room, f'{letter}{number}_', self.stopping, interval))
        for peer in self.peers:
            peer.wait_joined(PATIENCE_S)
        self.witness = Witness(cluster, self.writers, self.stopping)
        self.programs = Programs(cluster, self.stopping)
        self.bookings = Bookings(cluster, self.stopping)

    def enter(self, link, name, device, *extra):
        folder = os.path.join(self.cluster.folder, 'device-' + device)
        make_folder(folder, 0o700)
        return Peer(BUILD, ['--link', link, '--name', name, *extra], folder, log=self.cluster.log)

    def start(self):
        threads = [*self.writers, self.witness, self.bookings]
        if self.cluster.runners.running:
            threads.append(self.programs)
        for thread in threads:
            thread.start()

    def finish(self):
        """Everything is up again: waits until all is stored, and looks at all of it."""
        began = time.monotonic()
        for peer in self.peers:
            peer.send('stats')
        while not all(self.is_joined(peer) for peer in self.peers):
            assert time.monotonic() < began + PATIENCE_S, 'rooms did not come back'
            time.sleep(0.05)
        self.back_s = time.monotonic() - began
        self.stopping.set()
        for writer in self.writers:
            writer.finish()
        self.bookings.finish()
        if self.programs.is_alive():
            self.programs.join(PATIENCE_S)
        self.witness.join()
        self.witness.look()
        self.check_rooms()
        self.check_log()
        self.check_bookings()
        assert not self.witness.missing, f'acknowledged and lost: {self.witness.missing}'
        assert not self.programs.wrong, self.programs.wrong

    @staticmethod
    def is_joined(peer):
        phases = [event['phase'] for event in list(peer.events) if event['event'] == 'room']
        return phases and phases[-1] == 'joined'

    def check_rooms(self):
        """Who comes with an empty device, while nobody else is there to help, sees what all saw."""
        for number, _ in enumerate(self.rooms):
            peers = self.peers[2 * number:2 * number + 2]
            writers = self.writers[2 * number:2 * number + 2]
            length = len(''.join(w.word(n) for w in writers for n in range(w.count)))
            texts = [peer.wait_text(START, lambda text, least=length: len(text) >= least, PATIENCE_S) for peer in peers]
            hashes = {peer.stats()['hash'] for peer in peers}
            assert texts[0] == texts[1] and len(hashes) == 1, 'two copies differ'
            for peer in peers:
                peer.leave()
            # The same device, whose log is gone.
            folder = peers[0].data
            for path in os.listdir(os.path.join(folder, 'rooms')):
                os.unlink(os.path.join(folder, 'rooms', path))
            anew = Peer(BUILD, ['--link', self.links[number][0], '--name', 'Gus'], folder, log=self.cluster.log).wait_joined(PATIENCE_S)
            text = anew.wait_text(START, lambda text, least=length: len(text) >= least, PATIENCE_S)
            assert text == texts[0], 'the server has another text'
            assert anew.stats()['hash'] in hashes, 'the server has another document'
            for writer in writers:
                for n in range(writer.count):
                    assert text.count(writer.word(n)) == 1, f'{writer.word(n)} stands there {text.count(writer.word(n))} times'
            anew.leave()

    def check_log(self):
        """Each word is in one row, each run has one end, rows are numbered without gaps."""
        for number, room in enumerate(self.rooms):
            rows = [bytes.fromhex(line) for line in self.cluster.postgres.query(
                f"SELECT encode (bytes, 'hex') FROM room_log WHERE room = '{room}' AND kind = 1 ORDER BY seq")]
            whole = b'\n'.join(rows)
            for writer in self.writers[2 * number:2 * number + 2]:
                counts = {n: whole.count(writer.word(n).encode()) for n in range(writer.count)}
                doubled = {n: count for n, count in counts.items() if count != 1}
                if doubled:
                    self.describe_rows(room, writer)
                assert not doubled, f'words that are not in one row of the log: {writer.letter} {doubled}'
            gaps = self.cluster.postgres.query(f"SELECT MAX (seq) - COUNT (*) FROM room_log WHERE room = '{room}'")
            assert gaps == ['0'], gaps
        ends = self.cluster.postgres.query(
            "SELECT COUNT (*) FROM (SELECT convert_from (bytes, 'UTF8') :: jsonb AS m FROM room_log WHERE kind = 3) AS messages"
            " WHERE m ->> 't' = 'run:ended' GROUP BY m -> 'd' ->> 'run' HAVING COUNT (*) > 1")
        assert not ends, f'runs that ended more than once: {ends}'

    def describe_rows(self, room, writer):
        """Which words stand in which row."""
        for line in self.cluster.postgres.query(f"SELECT seq, at, encode (bytes, 'hex') FROM room_log WHERE room = '{room}' ORDER BY seq"):
            seq, at, text = line.split('|')
            words = re.findall(f'<{writer.letter}([0-9]+)>'.encode(), bytes.fromhex(text))
            if words:
                print(f'# row {seq} at {at}: {words[0].decode()} to {words[-1].decode()}')

    def check_bookings(self):
        client = self.bookings.client
        assert not self.bookings.wrong, self.bookings.wrong
        assert client.pending is None, 'no answer to a booking'
        titles = self.cluster.postgres.query("SELECT title FROM slot WHERE title LIKE 'slot 0.%'")
        assert len(titles) == len(set(titles)) == len(client.acknowledged), (len(titles), len(set(titles)), len(client.acknowledged))

    def kill_all(self):
        for peer in self.peers:
            if peer.process.poll() is None:
                peer.kill()


def report(work, trouble):
    """Says what was seen; returns the longest time until a room was back after the last thing that happened before."""
    after_last, longest = 0, 0
    for peer in work.peers:
        for began, ended in read_outages(peer):
            last = max([at for at, _ in trouble.happened if at <= ended] + [began])
            longest = max(longest, ended - began)
            after_last = max(after_last, ended - last)
    print('# ' + ', '.join(f'{what} {sum(1 for _, w in trouble.happened if w.startswith(what))}'
                                             for what in ('kill', 'stop node', 'pause', 'stop database', 'restart runner')))
    print(f'# {sum(w.count for w in work.writers)} edits, {work.witness.n_seen} looked for when they were acknowledged, '
          f'{len(work.bookings.client.acknowledged)} bookings ({work.bookings.client.repeated} asked again), '
          f'{work.programs.n_done} programs (refused: {dict(work.programs.refused)})')
    print(f'# rooms were back at most {after_last:.1f} s after the last thing that happened, {work.back_s:.1f} s at the end; '
          f'with all that happened meanwhile they were away for at most {longest:.1f} s', flush=True)
    return after_last


def nothing_acknowledged_is_lost():
    """The long one, and by a seed a short one."""
    with Cluster(BUILD) as cluster:
        work = Work(cluster, 2 if OPTIONS.seconds < 60 else 6, 0.05 if OPTIONS.seconds < 60 else 0.2)
        trouble = Trouble(cluster, OPTIONS.seed, OPTIONS.pause)
        try:
            work.start()
            began = time.monotonic()
            databases = [began + OPTIONS.seconds * part / (OPTIONS.databases + 1) for part in range(1, OPTIONS.databases + 1)]
            number = 0
            while OPTIONS.seconds == 0 and trouble.step_by_plan(number):
                number += 1
                work.stopping.wait(1.5)
                while len(trouble.up()) < 2:  # the next one needs somebody to take over
                    trouble.end_due()
                    work.stopping.wait(0.1)
            while time.monotonic() < began + OPTIONS.seconds:
                trouble.end_due()
                if databases and time.monotonic() > databases[0]:
                    databases.pop(0)
                    trouble.restart_database()
                else:
                    trouble.step()
                work.stopping.wait(trouble.random.uniform(1, 3))
            while trouble.due:
                trouble.end_due()
                work.stopping.wait(0.05)
            work.finish()
            back_s = report(work, trouble)
            assert not OPTIONS.strict or max(back_s, work.back_s) <= BACK_S, 'a room took too long to come back'
        except BaseException:
            for at, what in trouble.happened:
                print(f'# {at - began:.1f} s: {what}')
            for node in cluster.nodes:
                print(f'# {trouble.name(node)} said:\n' + '\n'.join('#   ' + line for line in node.read_log().splitlines()[-25:]))
            raise
        finally:
            work.stopping.set()
            work.kill_all()


def a_room_has_one_home():
    """Who comes to any coordinator lands in the room; when its home is ended in order it goes on at once."""
    with Cluster(BUILD, nodes=2, runners=0) as cluster:
        _, links = cluster.add_room(['Gus', 'Thea'])
        peers = []
        try:
            for node, name, link in ((cluster.nodes[0], 'Gus', links[0]), (cluster.nodes[1], 'Thea', links[1])):
                folder = os.path.join(cluster.folder, 'device-' + name)
                make_folder(folder, 0o700)
                # Each knows one coordinator only: what they write reaches the other one by the home.
                peers.append(Peer(BUILD, ['--link', link.replace(f':{cluster.port}/', f':{node.port}/'), '--name', name, '--no-peer-links'],
                                  folder, log=cluster.log).wait_joined(PATIENCE_S))
            gus, thea = peers
            gus.insert(START, 0, 'from gus;')
            thea.wait_text(START, lambda text: 'from gus;' in text)
            thea.insert(START, 0, 'from thea;')
            gus.wait_text(START, lambda text: 'from thea;' in text)
            homes = cluster.postgres.query("SELECT COUNT (DISTINCT node) FROM room_home WHERE node <> ''")
            assert homes == ['1'], homes
            # Gus came first, to node 0, which ends in order: Thea's coordinator is the home then.
            mark = thea.mark()
            cluster.nodes[0].stop()
            thea.insert(START, 0, 'goes on;')
            thea.wait('room', after=mark, timeout=PATIENCE_S, match=lambda e: e['phase'] == 'joined')
            thea.wait_durable(PATIENCE_S)
            cluster.nodes[0].start()
            gus.wait_text(START, lambda text: 'goes on;' in text, PATIENCE_S)
            gus.wait_durable(PATIENCE_S)
        finally:
            for peer in peers:
                peer.kill()


def other_keys_are_refused():
    """A coordinator that would not take what the others sign does not start."""
    with Cluster(BUILD, nodes=1, runners=0) as cluster:
        from cluster import Node  # pylint: disable=import-outside-toplevel
        stranger = Node(cluster.nodes[0].program, cluster.postgres, os.path.join(cluster.folder, 'stranger'), cluster.address)
        try:
            stranger.start()
        except AssertionError as problem:
            assert "The secret 'signing-key' is not the one" in str(problem), problem
        else:
            stranger.kill()
            raise AssertionError('it started')
        stranger.process.wait()
        stranger.process.stdout.close()


def only_the_log_says_where_the_database_is():
    """Names of hosts, users and databases are nobody's business who asks for something."""
    with Cluster(BUILD, nodes=1, runners=0) as cluster:
        node = cluster.nodes[0]
        cluster.postgres.stop_at_once()
        for path in ('/health', '/health/ready', '/health'):
            status, _, problem = node.ask('GET', path)
            assert (status, problem['detail']) == (503, 'The database cannot be reached. Try again in a moment.'), (path, problem)
        with open(node.log_path, encoding='utf-8') as log:
            assert 'The database cannot be reached: ' in log.read()


CASES = [a_room_has_one_home, other_keys_are_refused, only_the_log_says_where_the_database_is, nothing_acknowledged_is_lost]

if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--seconds', type=float, default=0, help='0: each thing that can happen happens once')
    parser.add_argument('--pause', type=float, default=10, help='how long a coordinator is stopped')
    parser.add_argument('--databases', type=int, default=1, help='how often PostgreSQL is stopped at once')
    parser.add_argument('--seed', type=int, default=4)
    parser.add_argument('--strict', action='store_true', help='rooms must be back in time, which a busy machine may miss')
    parser.add_argument('cases', nargs='*')
    OPTIONS = parser.parse_args()
    sys.exit(run_cases([case for case in CASES if not OPTIONS.cases or case.__name__ in OPTIONS.cases]))
