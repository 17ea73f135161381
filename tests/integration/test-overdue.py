#!/usr/bin/python3
"""Rooms that nobody has ended are ended and sealed by the server: by one alone, and by two that share a database and are killed."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from bare_coordinator import BareCoordinator  # noqa: E402
from cluster import Cluster  # noqa: E402
from room_peers import run_cases  # noqa: E402
from room_writer import RoomWriter  # noqa: E402

BUILD = os.environ.get('MESON_BUILD_ROOT') or '_build'
PATIENCE_S = 60
MANY = 60
OVER_US = 2 * 3600 * 1_000_000  # after the planned end: more than it takes


def wait_until(check, what):
    deadline = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Rooms:
    """What the database says of them."""

    def __init__(self, query, execute):
        self.query = query
        self.execute = execute

    def let_pass(self, room, with_tokens=True):
        """As if its time were over, and that of its tokens."""
        over = int(time.time() * 1_000_000) - OVER_US
        self.execute(f"UPDATE interview SET starts_at = {over - 1}, ends_at = {over} WHERE id IN (SELECT interview FROM room WHERE id = '{room}')")
        if with_tokens:
            self.execute(f"UPDATE room_token SET expires_at = {over + 1} WHERE room = '{room}'")

    def add_more(self, room, count):
        """Others that are as much over as this one, which nobody has entered."""
        self.execute("INSERT INTO interview (id, org, slot, interviewer, kind, title, state, starts_at, ends_at, created_at) SELECT 'more' || n, org,"
                     " slot, interviewer, kind, title, state, starts_at, ends_at, 1 FROM interview, generate_series (1, "
                     f"{count}) AS n WHERE id IN (SELECT interview FROM room WHERE id = '{room}')")
        self.execute("INSERT INTO room (id, interview, state) SELECT id, id, 'open' FROM interview WHERE id LIKE 'more%'")

    def count(self, sql):
        return int(self.query('SELECT COUNT (*) FROM ' + sql)[0])

    def is_set_up(self):
        return self.count("job WHERE kind = 'room.tidy' AND subject = '30'") == 1

    def begin(self):
        """Has the job looked at now."""
        self.execute("UPDATE job SET due_at = 1 WHERE kind = 'room.tidy'")

    def has_looked(self):
        return self.count("job WHERE kind = 'room.tidy' AND due_at > 1") == 1

    def run(self):
        self.begin()
        wait_until(self.has_looked, 'the job did not run')

    def find_interview(self, room):
        return self.query(f"SELECT interview FROM room WHERE id = '{room}'")[0]

    def is_ended(self, room):
        return self.count(f"room WHERE id = '{room}' AND state = 'ended' AND seal IS NOT NULL") == 1

    def count_more_ended(self):
        return self.count("room WHERE id LIKE 'more%' AND state = 'ended' AND seal IS NOT NULL")

    def check_ended_once(self, pattern, count=1):
        """Those whose ids are like this."""
        assert self.count(f"room WHERE id LIKE '{pattern}' AND state = 'ended' AND seal IS NOT NULL") == count
        for number in ('*', 'DISTINCT subject'):
            told = self.query(f"SELECT COUNT ({number}) FROM audit WHERE action = 'room.end' AND actor = 'server' AND subject LIKE '{pattern}'")
            assert told == [str(count)], told
        for number in ('*', 'DISTINCT room'):
            rows = self.query(f"SELECT COUNT ({number}) FROM room_log WHERE room LIKE '{pattern}' AND kind = 4 AND via = ''")
            assert rows == [str(count)], rows


def get_state(node, rooms, room):
    status, _, answer = node.ask('GET', '/api/interviews/' + rooms.find_interview(room), token=node.sign_in('ina'))
    assert status == 200, answer
    return answer['interview']['state']


def write(node, room, invite, words):
    writer = RoomWriter(node, room, invite)
    writer.join()
    writer.connect()
    writer.write(words)
    while writer.durable < len(writer.text):
        writer.read_durable()
    return writer


def one_on_sqlite():
    os.environ.pop('COORD_TEST_DATABASE', None)
    with BareCoordinator(os.path.join(BUILD, 'coordinator/entrevue-coordinator')) as server:
        server.add_people()
        rooms = Rooms(server.query, server.execute)
        wait_until(rooms.is_set_up, 'there is no such job')
        room, invites = server.add_room()
        going_on, _ = server.add_room()
        write(server, room, invites[0], 'left as it was').close()
        server.stop()  # in order, and started again: the room is closed
        server.start()
        rooms.let_pass(room, with_tokens=False)
        rooms.run()
        assert not rooms.is_ended(room), 'somebody may be in it'
        rooms.let_pass(room)
        rooms.run()
        rooms.check_ended_once(room)
        assert not rooms.is_ended(going_on)
        assert get_state(server, rooms, room) == 'ended' and get_state(server, rooms, going_on) == 'in_progress'
        server.command('check')
        # That nobody came can be said afterwards, too.
        _, headers, _ = server.ask('GET', '/api/interviews/' + rooms.find_interview(room), token=server.sign_in('ina'))
        status, _, answer = server.ask('PATCH', f'/api/interviews/{rooms.find_interview(room)}/no-show', {}, server.sign_in('ina'),
                                       {'If-Match': headers['etag']})
        assert (status, answer['interview']['state']) == (200, 'no_show'), answer


def two_on_postgresql():
    with Cluster(BUILD, nodes=2, runners=0) as cluster:
        rooms = Rooms(cluster.postgres.query, cluster.postgres.query)
        wait_until(rooms.is_set_up, 'there is no such job')
        room, links = cluster.add_room(['Gus'])
        writer = write(cluster.nodes[0], room, links[0].rsplit('#', 1)[1], 'in time, ')
        rooms.let_pass(room)
        rooms.add_more(room, MANY)
        rooms.begin()
        wait_until(lambda: rooms.count_more_ended() == MANY, 'not all were ended')
        wait_until(rooms.has_looked, 'the job does not end')
        rooms.check_ended_once('more%', MANY)
        # One that is open is left to its home, whatever its plan says: nobody is thrown out.
        assert not rooms.is_ended(room)
        writer.write('and later')
        while writer.durable < len(writer.text):
            writer.read_durable()
        # Its home is killed while the other one looks: it is ended once that has lost its lease.
        cluster.nodes[0].kill()
        rooms.run()
        assert not rooms.is_ended(room)

        def ends():
            rooms.run()
            return rooms.is_ended(room)
        wait_until(ends, 'the room of a lost node was not ended')
        rooms.check_ended_once(room)
        assert get_state(cluster.nodes[1], rooms, room) == 'ended'
        cluster.nodes[1].command('check')


def killed_and_started_again():
    """A node that comes back has nothing open of what it had before."""
    with Cluster(BUILD, nodes=1, runners=0) as cluster:
        node = cluster.nodes[0]
        rooms = Rooms(cluster.postgres.query, cluster.postgres.query)
        wait_until(rooms.is_set_up, 'there is no such job')
        room, links = cluster.add_room(['Gus'])
        write(node, room, links[0].rsplit('#', 1)[1], 'left open')
        node.kill()
        node.start()
        rooms.let_pass(room)
        rooms.run()
        rooms.check_ended_once(room)
        node.command('check')


def killed_in_the_middle():
    with Cluster(BUILD, nodes=2, runners=0) as cluster:
        rooms = Rooms(cluster.postgres.query, cluster.postgres.query)
        wait_until(rooms.is_set_up, 'there is no such job')
        room, _ = cluster.add_room(['Gus'])
        rooms.let_pass(room)
        rooms.add_more(room, MANY)
        rooms.begin()
        wait_until(lambda: rooms.count("room WHERE state = 'ended'") > 0, 'none was ended')
        for node in cluster.nodes:
            node.kill()
        assert rooms.count("room WHERE state = 'ended' AND seal IS NULL") == 0
        assert rooms.count("room WHERE state = 'ended'") == rooms.count("audit WHERE action = 'room.end'")
        cluster.nodes[0].command('check')
        cluster.nodes[1].start()
        wait_until(lambda: rooms.count("room WHERE state = 'open'") == 0, 'not all were ended')
        rooms.check_ended_once('more%', MANY)
        rooms.check_ended_once(room)
        cluster.nodes[1].command('check')


if __name__ == '__main__':
    sys.exit(run_cases([one_on_sqlite, two_on_postgresql, killed_and_started_again, killed_in_the_middle]))
