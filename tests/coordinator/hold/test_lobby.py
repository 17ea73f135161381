#!/usr/bin/env python3
"""The lobby on a real coordinator, over HTTP and sockets, through its death.

    test_lobby.py COORDINATOR MOMENTS

What was answered with a change of the lobby holds after kill -9 in MOMENTS moments: who was let in is in, who was sent back is out.
"""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import BareCoordinator  # noqa: E402
from web_socket import Closed, WebSocket  # noqa: E402

PROGRAM, MOMENTS = sys.argv[1], int(sys.argv[2])
PEOPLE = ('Gus', 'Cora')  # a candidate and a co-interviewer


class Lobby(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = BareCoordinator(PROGRAM)
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.start()
        cls.server.add_people()

    def setUp(self):
        self.room, self.invites = self.server.add_room(PEOPLE)

    def join(self, who, status=200):
        answer = self.server.ask('POST', f'/api/rooms/{self.room}/join', {
            'invite': self.invites[who], 'name': PEOPLE[who], 'device_key': f'the device of person {who}'})
        self.assertEqual(answer[0], status, answer)
        return answer[2]

    def greet(self, token):
        socket = WebSocket(self.server, f'/api/rooms/{self.room}/socket', protocol='entrevue.v1')
        socket.send_message('hello', {'room_token': token}, 1)
        while (message := json.loads(socket.read()))['t'] == 'peer':  # who has come, oneself first
            pass
        return socket, message

    def sync(self, token):
        with WebSocket(self.server, f'/api/sync/{self.room}?token={token}') as socket:
            try:
                socket.read()
                return 'open'
            except Closed as closed:
                return closed.code

    def lead(self):
        socket, welcome = self.greet(self.join(1)['room_token'])
        self.assertEqual(welcome['t'], 'welcome')
        return socket

    def switch(self, lead, is_on):
        lead.send_message('room:lobby', {'on': is_on}, 2)
        while lead.read_message('room').get('lobby', False) != is_on:
            pass

    def wait_state(self, lead, who, state):
        while True:
            peer = lead.read_message('peer')
            if (peer['id'], peer['state']) == (who, state):
                return

    def test_way_through(self):
        lead = self.lead()
        self.switch(lead, True)
        waiting = self.join(0)
        self.assertEqual(set(waiting), {'room', 'participant', 'name', 'role', 'waiting_token', 'renew'})
        self.assertEqual(self.sync(waiting['waiting_token']), 4403)
        socket, told = self.greet(waiting['waiting_token'])
        self.assertEqual((told['t'], set(told['d'])), ('waiting', {'title', 'name'}))
        self.wait_state(lead, waiting['participant'], 'lobby')
        for kind, data in (('run:start', {'entry': 'main.py', 'language': 'python', 'sv': 'AA=='}), ('lobby:admit', {'participant': waiting['participant']}),
                           ('rtc:join', {}), ('no-such-kind', {})):
            socket.send_message(kind, data, 3)
            refusal = json.loads(socket.read())
            self.assertEqual((refusal['t'], refusal['re'], refusal['d']['code']), ('error', 3, 'denied'), kind)
        lead.send_message('lobby:admit', {'participant': waiting['participant']}, 4)
        self.assertEqual(json.loads(socket.read())['t'], 'admitted')
        self.assertEqual(socket.read_close(), 4401)
        inside = self.join(0)
        self.assertTrue({'room_token', 'clients', 'ice', 'state'} <= set(inside))
        self.assertNotIn('waiting_token', inside)
        self.assertEqual(self.sync(inside['room_token']), 'open')
        self.assertEqual(self.sync(waiting['waiting_token']), 4401)
        socket, told = self.greet(inside['room_token'])
        self.assertEqual(told['t'], 'welcome')
        lead.send_message('lobby:return', {'participant': waiting['participant']}, 5)
        self.assertEqual(socket.read_close(), 4401)
        self.assertEqual(self.sync(inside['room_token']), 4401)
        again = self.join(0)
        self.assertNotIn('room_token', again)
        socket, told = self.greet(again['waiting_token'])
        self.switch(lead, False)
        self.assertEqual(json.loads(socket.read())['t'], 'admitted')
        self.assertIn('room_token', self.join(0))

    def test_refusals(self):
        lead = self.lead()
        person = self.join(0)['participant']
        for kind, who, code, part in (
                ('lobby:return', person, 'conflict', 'Switch the lobby on'), ('lobby:admit', person, 'conflict', 'already'),
                ('lobby:admit', '018c0000-0000-7000-8000-000000000000', 'not_found', 'no such person')):
            lead.send_message(kind, {'participant': who}, 7)
            while (message := json.loads(lead.read()))['t'] != 'error':
                pass
            self.assertEqual((message['d']['code'], message['re']), (code, 7))
            self.assertIn(part, message['d']['detail'])
        candidate, _ = self.greet(self.join(0)['room_token'])
        for kind, data in (('room:lobby', {'on': True}), ('lobby:admit', {'participant': person}), ('lobby:return', {'participant': person})):
            candidate.send_message(kind, data, 8)
            while (message := json.loads(candidate.read()))['t'] != 'error':
                pass
            self.assertEqual(message['d']['code'], 'denied', kind)

    def test_removed_and_ended(self):
        lead = self.lead()
        self.switch(lead, True)
        waiting = self.join(0)
        socket, _ = self.greet(waiting['waiting_token'])
        lead.send_message('room:remove', {'participant': waiting['participant']}, 1)
        self.assertEqual(socket.read_close(), 4403)
        self.join(0, 403)
        room, self.invites = self.server.add_room(PEOPLE)
        self.room = room
        lead = self.lead()
        self.switch(lead, True)
        socket, _ = self.greet(self.join(0)['waiting_token'])
        lead.send_message('room:end', {}, 1)
        self.assertEqual(socket.read_close(), 4410)

    def test_killed(self):
        is_in = False
        lead = self.lead()
        self.switch(lead, True)
        person = self.join(0)['participant']
        for _ in range(MOMENTS):
            if is_in:
                socket, _ = self.greet(self.join(0)['room_token'])
            else:
                socket, _ = self.greet(self.join(0)['waiting_token'])
            lead.send_message('lobby:return' if is_in else 'lobby:admit', {'participant': person}, 1)
            self.assertEqual(socket.read_close(), 4401)  # told: it is durable
            is_in = not is_in
            self.server.kill()
            self.server.start()
            self.assertEqual('room_token' in self.join(0), is_in)
            lead = self.lead()


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
