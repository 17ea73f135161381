#!/usr/bin/env python3
"""What a site administrator sees and does: test_admin.py COORDINATOR."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import PASSWORD, BareCoordinator  # noqa: E402

PROGRAM = sys.argv[1]


class Admin(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = BareCoordinator(PROGRAM)
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.start()
        cls.server.add_people((('ina', 'interviewer'), ('ada', 'admin'), ('under_score', 'candidate')))
        cls.server.command('user', 'role', 'ada@example.org', '--site-admin')
        cls.token = cls.server.sign_in('ada')

    def ask(self, status, method, path, body=None, token=None):
        got, _, answer = self.server.ask(method, path, body, token or self.token)
        self.assertEqual(got, status, (path, answer))
        return answer

    def find(self, words=''):
        return [item['email'].partition('@')[0] for item in self.ask(200, 'GET', '/api/users' + words)['items']]

    def test_find(self):
        self.assertEqual(self.find(), ['ina', 'ada', 'under_score'])
        self.assertEqual(self.find('?q=INA'), ['ina'])
        self.assertEqual(self.find('?q=r_s'), ['under_score'])  # the line stands for itself
        self.assertEqual(self.find('?q=%25'), [])
        self.assertEqual(self.find('?q=nobody'), [])
        first = self.ask(200, 'GET', '/api/users?limit=2')
        self.assertEqual(len(first['items']), 2)
        rest = self.ask(200, 'GET', '/api/users?limit=2&after=' + first['next'])
        self.assertEqual([item['email'] for item in rest['items']], ['under_score@example.org'])
        ada = first['items'][1]
        self.assertEqual((ada['site_admin'], ada['active']), (True, True))

    def test_block(self):
        ina = self.server.sign_in('ina')
        person = self.ask(200, 'GET', '/api/me', token=ina)['user']['id']
        self.assertFalse(self.ask(200, 'PATCH', f'/api/users/{person}', {'active': False})['active'])
        self.assertEqual(self.ask(200, 'GET', '/api/admin/overview')['blocked'], 1)
        self.ask(401, 'GET', '/api/me', token=ina)
        login = {'email': 'ina@example.org', 'password': PASSWORD}
        self.ask(403, 'POST', '/api/auth/login', login)
        self.assertTrue(self.ask(200, 'PATCH', f'/api/users/{person}', {'active': True})['active'])
        self.ask(200, 'POST', '/api/auth/login', login)
        own = self.ask(200, 'GET', '/api/me')['user']['id']
        self.ask(409, 'PATCH', f'/api/users/{own}', {'active': False})
        self.assertEqual(self.server.query("SELECT COUNT(*) FROM audit WHERE action IN ('account.block', 'account.unblock') AND actor <> 'operator'"),
                         ['2'])

    def test_overview(self):
        room = self.server.add_room()
        self.assertTrue(room)
        seen = self.ask(200, 'GET', '/api/admin/overview')
        self.assertEqual((seen['people'], seen['organisations'], seen['mails_failed'], seen['jobs_failing']), (3, 1, 0, 0))
        self.assertGreaterEqual(seen['interviews'], 1)
        self.assertGreaterEqual(seen['sessions'], 1)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
