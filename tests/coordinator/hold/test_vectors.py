#!/usr/bin/env python3
"""The longest state vector that a room can have: it is told, read, asked with, and no ID more comes in.

    test_vectors.py COORDINATOR PEOPLE

So many people, of whom those over twelve come in the places of others who are removed, take every client ID that they can have, with
clocks as long as they can be. Sixteen have all that a room has.
"""

import base64
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402
from room_writer import decode_sync, decode_vector, encode_number, encode_sync  # noqa: E402
from web_socket import Closed, WebSocket  # noqa: E402

PROGRAM, PEOPLE = sys.argv[1], int(sys.argv[2])
AT_ONCE = 12  # in a room
BLOCKS, BLOCK, DRAWN = 32, 16, 512  # of one person
FIRST_DRAWN = 0x90000000
LENGTH = 1 << 28  # the shortest clock of five bytes
MAX_PEOPLE = 16  # whose IDs a room has
MAX_VECTOR = 10 * MAX_PEOPLE * 1024 + 256  # ENT_MAX_STATE_VECTOR
INPUT = '\x01' * 32 * 1024  # six bytes each in JSON


def encode_gone(clients):
    """An update in which each client wrote so much, and all of it is gone."""
    gone = (encode_number(1) + encode_number(client) + b'\x00\x00' + encode_number(LENGTH) for client in clients)
    return encode_number(len(clients)) + b''.join(gone) + b'\x00'


def encode_vector(vector):
    return encode_number(len(vector)) + b''.join(encode_number(each) + encode_number(vector[each]) for each in vector)


class Person:
    def __init__(self, server, room, number, **who):
        self.server = server
        self.room = room
        self.who = who  # an invitation, or the token of an account
        self.id = None
        self.device = base64.b64encode(os.urandom(18)).decode()
        self.drawn = [FIRST_DRAWN + number * DRAWN + each for each in range(DRAWN)]
        self.given = []
        self.socket = self.sync = None

    def join(self):
        """Gets a new block where the last one is used. Returns the status, and the code of a refusal."""
        body = {'device_key': self.device}
        if 'invite' in self.who:
            body |= {'invite': self.who['invite'], 'name': 'Somebody'}
        status, _, joined = self.server.ask('POST', f'/api/rooms/{self.room}/join', body, token=self.who.get('token'))
        if status == 200:
            self.id, self.room_token = joined['participant'], joined['room_token']
            self.given += joined['clients']
        return status, joined.get('code')

    def take_blocks(self, check):
        """All that there are for one person."""
        for number in range(BLOCKS):
            check(self.join(), (200, None))
            self.connect()
            self.write(self.given[-BLOCK:])
            self.wait_durable(self.given[-BLOCK:])
            check(len(set(self.given)), (number + 1) * BLOCK)

    def connect(self, answer=b'\x00\x00'):
        """Takes the place of the connection before, if there is one; answer: to the server's step 1."""
        self.close()
        self.socket = WebSocket(self.server, f'/api/rooms/{self.room}/socket', protocol='entrevue.v1')
        self.socket.send_message('hello', {'room_token': self.room_token}, 1)
        self.socket.read_message('welcome')
        self.sync = WebSocket(self.server, f'/api/sync/{self.room}?token={self.room_token}')
        vector = decode_vector(self.read_sync(0))
        self.sync.send(encode_sync(1, answer))
        return vector

    def read_sync(self, kind):
        while True:
            step = decode_sync(self.sync.read())
            if step and step[0] == kind:
                return step[1]

    def write(self, clients):
        self.sync.send(encode_sync(2, encode_gone(clients)))

    def read_durable(self):
        """The vector that the next word about what is on disk has, with its size."""
        data = b'\x00'  # what only tells of deletions has an empty one
        while data == b'\x00':
            data = base64.b64decode(self.socket.read_message('durable')['sv'])
        return decode_vector(data), len(data)

    def wait_durable(self, clients):
        while True:
            vector, size = self.read_durable()
            if all(vector.get(client) == LENGTH for client in clients):
                return vector, size

    def read_error(self, number=None):
        while True:
            message = json.loads(self.socket.read())
            if message['t'] == 'error' and message.get('re') == number:
                return message['d']['code']

    def ask_vector(self):
        """What the server has, by asking for what nobody lacks."""
        self.sync.send(encode_sync(0, b'\x00'))
        return self.read_sync(1)

    def close(self):
        for socket in (self.sync, self.socket):
            if socket is not None:
                socket.close()


class Vectors(unittest.TestCase):
    def setUp(self):
        self.server = BareCoordinator(PROGRAM)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.server.add_people()
        room, invites = self.server.add_room([f'G{number}' for number in range(MAX_PEOPLE)])
        self.people = [Person(self.server, room, 0, token=self.server.sign_in('ina'))]
        self.people += [Person(self.server, room, number + 1, invite=invite) for number, invite in enumerate(invites)]

    def fill(self, person):
        """Takes all IDs that there are for one person."""
        self.addCleanup(person.close)
        person.take_blocks(self.assertEqual)
        self.assertEqual(person.join(), (403, 'room_full'))
        person.write(person.drawn)
        person.wait_durable(person.drawn)
        person.write([FIRST_DRAWN - 1 - len(person.given)])
        self.assertEqual(person.read_error(), 'too_large')
        person.close()

    def test_longest(self):
        host = self.people[0]
        for number, person in enumerate(self.people[:PEOPLE]):
            if number >= AT_ONCE:
                host.connect()
                host.socket.send_message('room:remove', {'participant': self.people[number - AT_ONCE + 1].id}, 2)
                while json.loads(host.socket.read()).get('d', {}).get('state') != 'removed':
                    pass
            self.fill(person)
        clients = {client for person in self.people[:PEOPLE] for client in person.given + person.drawn}
        vector = self.look(host, clients)
        self.flood(host, vector)
        if PEOPLE == MAX_PEOPLE:
            self.add_one_more(host)
        # After a restart it is the same.
        self.server.stop()
        self.server.start()
        self.look(host, clients)

    def look(self, host, clients):
        """All of it is told, and all that takes a vector takes this one."""
        vector = host.connect()
        told, size = host.read_durable()
        print(f'# {len(vector)} client IDs: a state vector of {size} bytes', flush=True)
        self.assertEqual(clients - vector.keys(), set())
        self.assertEqual(told, vector)
        self.assertGreater(size, (10 * DRAWN + 7 * BLOCKS * BLOCK) * PEOPLE - 128)
        self.assertLessEqual(size, MAX_VECTOR)
        host.sync.send(encode_sync(0, encode_vector(vector)))
        self.assertEqual(host.read_sync(1)[:1], b'\x00')
        host.socket.send_message('run:start', {
            'entry': 'main.py', 'language': 'python', 'stdin': INPUT, 'sv': base64.b64encode(encode_vector(vector)).decode()}, 3)
        self.assertIn(host.read_error(3), ('no_runner', 'language_unknown'))
        return vector

    def flood(self, host, vector):
        """A sync answer with IDs that nobody knows brings none of them."""
        for more in ([FIRST_DRAWN - 1], [FIRST_DRAWN - 1 - number for number in range(100_000)]):
            self.assertEqual(host.connect(encode_gone(more)), vector)
            self.assertEqual(host.connect(), vector)

    def add_one_more(self, host):
        """Whoever comes when the room has no IDs left reads so."""
        host.socket.send_message('room:remove', {'participant': self.people[PEOPLE - 1].id}, 4)
        while json.loads(host.socket.read()).get('d', {}).get('state') != 'removed':
            pass
        self.assertEqual(self.people[PEOPLE].join(), (403, 'room_full'))


class Burst(unittest.TestCase):
    def test_others_keep_up(self):
        """Somebody takes all IDs one by one: who reads nothing meanwhile is not sent away for it."""
        with BareCoordinator(PROGRAM) as server:
            server.add_people()
            room, invites = server.add_room(('Gus', 'Cora'))
            one, other = (Person(server, room, number, invite=invite) for number, invite in enumerate(invites))
            one.take_blocks(self.assertEqual)
            other.join()
            other.connect()
            for person in (one, other):
                self.addCleanup(person.close)
            for client in one.drawn:
                one.write([client])
            one.wait_durable(one.drawn)
            told, size = 0, 0
            try:
                while True:
                    text = other.socket.read()
                    message = json.loads(text)
                    if message['t'] == 'peer':
                        told, size = told + 1, size + len(text)
                        if message['d']['id'] == one.id and len(message['d'].get('clients', ())) == 2 * DRAWN:
                            break
            except Closed as closed:
                self.fail(f'closed with {closed.code} {closed}')
            print(f'# 512 client IDs one by one: told of in {told} messages, {size >> 10} KiB', flush=True)
            self.assertLess(size, 1 << 20)


if __name__ == '__main__':
    del sys.argv[1:]
    unittest.main(verbosity=2)
