#!/usr/bin/env python3
"""The authorisation matrix: every route of the server's own table, asked by every kind of caller for every kind of thing.

    test_matrix.py COORDINATOR [long]

What each cell must be stands in matrix_rules.py. A foreign thing must answer exactly as an unknown one, in status, headers and body;
in the long form the medians of 500 such answers differ by less than 5 %.
"""

import base64
import hashlib
import hmac
import json
import os
import statistics
import sys
import time
import unittest
import uuid
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import PASSWORD, BareCoordinator  # noqa: E402
from description import Description  # noqa: E402
from matrix_rules import RULES, SOCKETS  # noqa: E402
from web_socket import Closed, WebSocket  # noqa: E402

PROGRAM = sys.argv[1]
IS_LONG = 'long' in sys.argv[2:]
ROLES = (('cara', 'candidate'), ('ina', 'interviewer'), ('lea', 'lead'), ('hans', 'hr'), ('ada', 'admin'), ('sita', None))
CLASSES = ('own', 'same', 'team', 'foreign', 'unknown', 'malformed')
# Of a second id, within the caller's own organisation.
SECOND_CLASSES = ('crossed', 'lost')
# These end the sign-in they are called with.
ENDS_SESSION = ('POST /api/auth/logout', 'POST /api/me/password')
# Bodies that name a thing of one of the classes.
BODIES_WITH_THINGS = ('booking', 'key', 'slot', 'series', 'org_invite_token', 'guest_show', 'guest_booking', 'guest_move',
                      'guest_cancel', 'read')
# Bodies that name a second thing beside the organisation of the path.
BODIES_WITH_PEOPLE = ('booking_link',)
# The person of the organisation whose thing one of the class is. Nobody else books the guest's host.
# One black pixel as PNG.
DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=='
OWNERS = {'own': 'ina', 'same': 'ivo', 'team': 'tina', 'foreign': 'otto', 'crossed': 'otto'}
HOST_OF_GUESTS = 'gina'
OFFERING = ('ina', 'lea', 'hans', 'ada')
VOLATILE_HEADERS = ('date', 'ratelimit-remaining', 'ratelimit-reset', 'content-length')
TIMED_REQUESTS, TIMED_DIFFERENCE, TIMED_TRIES = 500, 0.05, 5


class World:
    """Two organisations with people and things, and one more. Things that a request may use up are made when asked for."""

    def __init__(self, server):
        self.server = server
        self.org = server.add_people([*((name, role) for name, role in ROLES if role), ('ivo', 'interviewer'), ('carl', 'candidate'),
                                      ('anna', 'admin'), ('tina', 'interviewer'), (HOST_OF_GUESTS, 'interviewer'), ('max', 'candidate')])
        server.command('user', 'add', 'sita@example.org', '--name', 'sita', '--site-admin', '--password-stdin', stdin=PASSWORD + '\n')
        self.other_org = self.add_org('Other', (('odo', 'admin'), ('otto', 'interviewer'), ('olga', 'candidate')))
        # People join and leave it, which must change nothing for them elsewhere.
        self.third_org = self.add_org('Third', (('tara', 'admin'),))
        self.tokens = {}
        self.users = {}
        for name in [name for name, _ in ROLES] + ['ivo', 'carl', 'anna', 'tina', HOST_OF_GUESTS, 'max', 'odo', 'otto', 'olga', 'tara']:
            self.sign_in(name)
        self.count = 0
        self.version = 1  # of the thing that was made last
        self.interviews = {'own': self.add_interview('ina', 'cara', 'Acme'), 'same': self.add_interview('ivo', 'carl', 'Acme'),
                           'team': self.add_interview('tina', 'carl', 'Acme'), 'foreign': self.add_interview('otto', 'olga', 'Other')}
        self.keys = {scope: self.add_key('ada', self.org, scope)['key'] for scope in ('execute', 'tests', 'questions', 'read')}
        self.runner = server.command('runner', 'add', 'one')['token']
        team = self.add_team('ada', self.org)
        for name, role in (('lea', 'lead'), ('tina', 'interviewer')):
            self.do('POST', f'/api/orgs/{self.org}/members', {'email': f'{name}@example.org', 'role': role, 'team': team}, 'ada')
        path = f'/api/orgs/{self.org}/availability/{self.users[HOST_OF_GUESTS]}'
        self.server.ask('PUT', path, self.body_availability('own', ''), self.tokens['ada'], {'If-Match': self.read_version(path)})

    def add_org(self, name, people):
        org = self.server.command('org', 'add', name)['id']
        for person, role in people:
            self.server.command('user', 'add', person + '@example.org', '--name', person, '--org', name, '--role', role,
                                '--password-stdin', stdin=PASSWORD + '\n')
        return org

    def read_version(self, path, name='ada'):
        return f'"{self.do("GET", path, name=name)["version"]}"'

    def do(self, method, path, body=None, name=None):
        status, _, answer = self.server.ask(method, path, body, self.tokens.get(name))
        assert 200 <= status < 300, (method, path, body, answer)
        return answer

    def sign_in(self, name):
        made = self.do('POST', '/api/auth/login', {'email': f'{name}@example.org', 'password': PASSWORD})
        self.tokens[name] = made['access']
        self.users[name] = made['user']['id']
        return made

    def add_interview(self, interviewer, candidate, org):
        return self.server.command('interview', 'add', '--org', org, '--interviewer', interviewer + '@example.org', '--starts', 'now',
                                   '--minutes', '600', '--candidate', candidate + '@example.org', '--origin', 'https://a.example.org')

    def add_key(self, name, org, scope):
        return self.do('POST', '/api/keys', {'org': org, 'name': 'K', 'scopes': [scope]}, name)

    def add_session(self, name):
        """An id of another session of this person."""
        token = self.tokens[name]
        before = {item['id'] for item in self.do('GET', '/api/auth/sessions?limit=200', name=name)['items']}
        self.sign_in(name)
        self.tokens[name] = token
        return next(item['id'] for item in self.do('GET', '/api/auth/sessions?limit=200', name=name)['items'] if item['id'] not in before)

    def next_times(self):
        self.count += 1
        starts = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=2, minutes=5 * self.count)
        return {'starts': starts.strftime('%Y-%m-%dT%H:%M:%SZ'), 'ends': (starts + timedelta(minutes=5)).strftime('%Y-%m-%dT%H:%M:%SZ')}

    def add_slot(self, name, org):
        return self.do('POST', '/api/slots', {'org': org, **self.next_times()}, name)['id']

    def add_team(self, name, org):
        return self.do('POST', f'/api/orgs/{org}/teams', {'name': f'Team {uuid.uuid4()}'}, name)['id']

    def add_invite(self, name, org, email='new@example.org', role='candidate'):
        return self.do('POST', f'/api/orgs/{org}/invites', {'email': email, 'role': role}, name)

    def add_link(self, name, org, host):
        return self.do('POST', f'/api/orgs/{org}/booking-links',
                       {'name': 'Gus', 'email': f'{uuid.uuid4()}@example.org', 'interviewers': [self.users[host]]}, name)

    def add_member(self, name, org, member):
        self.do('POST', f'/api/orgs/{org}/members', {'email': f'{member}@example.org', 'role': 'candidate'}, name)
        return self.users[member]

    def book(self, host, candidate, org):
        slot = self.add_slot(host, org)
        made = self.do('POST', '/api/interviews', {'slot_id': slot, 'candidate': self.users[candidate]}, host)
        self.version = made['interview']['version']
        return made['interview']['id']

    def add_guest_link(self, is_booked):
        """The token of a link that a guest books with."""
        token = self.add_link('ada', self.org, HOST_OF_GUESTS)['token']
        if is_booked:
            self.do('POST', '/api/book', {'token': token, 'starts': self.find_opening(token)})
        return token

    def find_opening(self, token):
        return self.do('POST', '/api/book/show', {'token': token})['openings'][-1]['starts']

    # --- things by class

    def choose(self, kind, own, same=None, foreign=None, team=None):
        """What a function makes for the class; foreign and same things belong to others."""
        if kind in ('unknown', 'lost'):
            return str(uuid.uuid4())
        if kind == 'malformed':
            return 'no-such-id'
        return {'own': own, 'same': same, 'team': team or same, 'foreign': foreign, 'crossed': foreign}[kind]()

    def get_org(self, kind):
        kind = {'crossed': 'own', 'lost': 'own'}.get(kind, kind)
        return self.choose(kind, lambda: self.org, lambda: self.org, lambda: self.other_org)

    def get_interviewer(self, kind, caller):
        """The id of one: the caller, who then has hours of their own, or whoever owns the things of the class."""
        if kind in ('unknown', 'lost', 'malformed'):
            return str(uuid.uuid4())
        return self.users[caller if kind == 'own' and caller in OFFERING else OWNERS[kind]]

    def get_own_interview(self, kind, path, caller):
        """Of an interview that changes, a new one each time."""
        if not path.endswith(('/reschedule', '/cancel', '/no-show')) or kind in ('unknown', 'malformed'):
            interview = self.interviews.get(kind, self.interviews['own'])
            return self.choose(kind, *[lambda: interview['interview']] * 3)
        host, candidate, org = OWNERS[kind], 'cara' if kind == 'own' else 'carl', self.org
        if kind == 'foreign':
            candidate, org = 'olga', self.other_org
        if not path.endswith('/no-show'):
            return self.book(host, candidate, org)
        return self.add_interview(host, candidate, 'Other' if kind == 'foreign' else 'Acme')['interview']

    def get_second(self, name, kind, caller):
        """What stands behind the organisation in a path."""
        is_foreign = kind in ('foreign', 'crossed')
        admin, org = ('odo', self.other_org) if is_foreign else ('ada', self.org)
        if kind in ('unknown', 'lost', 'malformed'):
            return str(uuid.uuid4())
        if name == 'team':
            return self.add_team(admin, org)
        if name == 'invite':
            return self.add_invite(admin, org)['id']
        if name == 'link':
            owner = caller if kind == 'own' and caller in OFFERING else OWNERS[kind]
            return self.add_link(owner, org, owner)['id']
        raise AssertionError(f'what {{{name}}} is must be said here')

    def get_parameter(self, path, name, kind, caller):
        """The text for {name}. Of two parameters only the first is of the class, but for `foreign` also: an id that belongs to it."""
        interview = self.interviews.get(kind, self.interviews['own'])
        if name == 'room':
            return self.choose(kind, *[lambda: interview['room']] * 3)
        if name == 'invitation':
            if kind in ('unknown', 'lost', 'malformed'):
                return str(uuid.uuid4())
            if kind == 'crossed':
                interview = self.interviews['foreign']
            return self.do('POST', f"/api/interviews/{interview['interview']}/invitations", {'role': 'observer'}, OWNERS[kind])['id']
        if name == 'user' and '/availability/' in path:
            return self.get_interviewer(kind, caller)
        if name == 'user':
            return self.choose('lost' if kind == 'malformed' else kind, *[lambda: self.add_member('ada', self.org, 'max')] * 2,
                               lambda: self.users['olga'])
        if name == 'token':
            return self.choose(kind, lambda: self.add_feed(), None, lambda: self.add_feed(is_ended=True)) + '.ics'
        if '/orgs/' in path:
            return self.get_org(kind) if name == 'id' else self.get_second(name, kind, caller)
        if '/keys/' in path:
            return self.choose(kind, *[lambda: self.add_key('ada', self.org, 'read')['id']] * 2,
                               lambda: self.add_key('odo', self.other_org, 'read')['id'])
        if path.endswith('/erase') or path == '/api/users/{id}':
            return self.choose(kind, lambda: self.users[caller], self.add_person, self.add_erased)
        if path.endswith('/export'):
            return self.choose(kind, lambda: self.users[caller], *[lambda: self.users['carl']] * 2)
        if '/users/' in path:
            return self.choose(kind, lambda: self.add_picture(caller), lambda: self.add_picture('carl'), lambda: self.add_picture('otto'))
        if '/sessions/' in path:
            return self.choose(kind, lambda: self.add_session(caller), lambda: self.add_session('carl'), lambda: self.add_session('otto'))
        if '/auth/oidc/' in path:
            return 'nobody'
        if '/runners/' in path:
            return self.choose(kind, self.add_runner, self.add_runner, lambda: self.add_runner(is_revoked=True))
        if '/identities/' in path:
            return self.choose(kind, lambda: self.add_identity(caller), lambda: self.add_identity('carl'), lambda: self.add_identity('otto'))
        if '/jobs/' in path:
            return self.choose(kind, *[lambda: str(uuid.uuid4())] * 3)
        if '/slots/' in path:
            return self.choose(kind, lambda: self.add_slot(caller if caller in OFFERING else 'ina', self.org),
                               lambda: self.add_slot('ivo', self.org), lambda: self.add_slot('otto', self.other_org),
                               lambda: self.add_slot('tina', self.org))
        if '/interviews/' in path:
            kind = {'crossed': 'own', 'lost': 'own'}.get(kind, kind)
            return self.get_own_interview(kind, path, caller)
        raise AssertionError(f'{path}: what {{{name}}} is must be said here')

    def add_runner(self, is_revoked=False):
        runner = str(uuid.uuid4())
        self.server.execute("INSERT INTO runner (id, name, token_hash, created_at, revoked_at) VALUES"
                            f" ('{runner}', '{runner}', '{runner}', 1, {1 if is_revoked else 'NULL'})")
        return runner

    def add_feed(self, is_ended=False):
        token = self.do('POST', '/api/me/calendar', name='carl')['url'].rsplit('/', 1)[1].removesuffix('.ics')
        if is_ended:
            self.do('DELETE', '/api/me/calendar', name='carl')
        return token

    # --- bodies

    def make_body(self, name, kind, caller):
        return getattr(self, 'body_' + name)(kind, caller) if name else None

    def body_registration(self, _, __):
        return {'email': f'{uuid.uuid4()}@example.org', 'password': PASSWORD, 'name': 'New'}

    def body_login(self, _, __):
        return {'email': 'carl@example.org', 'password': PASSWORD}

    def body_refresh(self, _, __):
        token = self.tokens['carl']
        refresh = self.sign_in('carl')['refresh']
        self.tokens['carl'] = token
        return {'refresh': refresh}

    def body_logout(self, _, __):
        return {}

    def body_new_password(self, _, __):
        return {'old': PASSWORD, 'new': PASSWORD}

    def add_picture(self, name):
        self.do('PUT', '/api/me/picture', self.body_picture(None, None), name)
        return self.users[name]

    def add_identity(self, name):
        """As if a provider vouched for them."""
        identity = str(uuid.uuid4())
        self.server.execute("INSERT INTO identity (id, issuer, subject, person, email, created_at, used_at) VALUES"
                            f" ('{identity}', 'https://login.example.org', '{identity}', '{self.users[name]}', '', 1, 1)")
        return identity

    def body_picture(self, _, __):
        return {'data': DOT}

    def body_own_password(self, _, __):
        return {'password': PASSWORD}

    def body_wrong_password(self, _, __):
        return {'password': 'not the password'}

    def body_erasure(self, kind, _):
        return {'password': 'not the password' if kind == 'own' else PASSWORD}

    def body_account_change(self, _, __):
        return {'active': True}

    def add_person(self):
        return self.server.command('user', 'add', f'{uuid.uuid4()}@example.org', '--name', 'Somebody')['id']

    def add_erased(self):
        person = self.add_person()
        self.do('POST', f'/api/users/{person}/erase', {'password': PASSWORD}, 'sita')
        return person

    def body_wrong_code(self, _, caller):
        self.do('POST', '/api/auth/totp', {'password': PASSWORD}, caller)
        return {'code': 'x'}

    def body_no_ticket(self, _, __):
        return {'ticket': 'x' * 43, 'code': '000000'}

    def body_no_provider_code(self, _, __):
        return {'code': 'x' * 43, 'verifier': 'x' * 43}

    def body_forgot(self, _, __):
        return {'email': 'carl@example.org'}

    def body_token(self, _, __):
        return {'token': 'x' * 43}

    def body_reset(self, _, __):
        return {'token': 'x' * 43, 'password': PASSWORD}

    def body_key(self, kind, _):
        org = self.get_org(kind) if kind != 'malformed' else str(uuid.uuid4())
        return {'org': org, 'name': 'K', 'scopes': ['read']}

    def body_program(self, _, __):
        return {'code': '', 'language': 'python'}

    def body_org(self, _, __):
        return {'name': f'Org {uuid.uuid4()}'}

    def body_member(self, _, __):
        return {'email': 'carl@example.org', 'role': 'candidate'}

    def body_slot(self, kind, _):
        org = self.get_org(kind) if kind != 'malformed' else str(uuid.uuid4())
        return {'org': org, **self.next_times()}

    def body_booking(self, kind, caller):
        kind = 'unknown' if kind == 'malformed' else kind
        slot = self.choose(kind, lambda: self.add_slot('ina', self.org), lambda: self.add_slot('ivo', self.org),
                           lambda: self.add_slot('otto', self.other_org), lambda: self.add_slot('tina', self.org))
        return {'slot_id': slot, **({} if caller == 'cara' else {'candidate': self.users['cara']})}

    def body_series(self, kind, caller):
        return {'slot': self.body_slot(kind, caller), 'every': 'week', 'count': 1}

    def body_slot_change(self, _, __):
        return {'title': 'Changed'}

    def body_org_change(self, _, __):
        return {'zone': 'Europe/Berlin'}

    def body_team(self, _, __):
        return {'name': f'Team {uuid.uuid4()}'}

    def body_org_invite(self, _, __):
        return {'email': f'{uuid.uuid4()}@example.org', 'role': 'interviewer'}

    def body_org_invite_token(self, kind, caller):
        if kind in ('foreign', 'unknown', 'malformed'):
            return {'token': str(uuid.uuid4())}
        email = f"{'somebody' if kind == 'same' else caller}@example.org"
        return {'token': self.add_invite('tara', self.third_org, email)['token']}

    def body_availability(self, _, __):
        return {'zone': 'UTC', 'weekly': [{'day': day, 'from': 0, 'until': 1440} for day in range(7)], 'special': [], 'length_s': 300,
                'ahead_days': 60}

    def body_booking_link(self, kind, caller):
        return {'name': 'Gus', 'email': 'gus@example.org', 'interviewers': [self.get_interviewer(kind, caller)]}

    def make_guest_body(self, kind, is_booked, has_time):
        if kind in ('unknown', 'malformed'):
            return {'token': str(uuid.uuid4()), **({'starts': '2031-03-29T01:30:00Z'} if has_time else {})}
        token = self.add_guest_link(is_booked)
        body = {'token': token, **({'starts': self.find_opening(token)} if has_time else {})}
        if kind == 'foreign':
            self.server.execute("UPDATE booking_link SET revoked_at = 1 WHERE token_hash ="
                                f" '{hashlib.sha256(token.encode()).hexdigest()}'")
        return body

    def body_guest_show(self, kind, _):
        return self.make_guest_body(kind, False, False)

    def body_guest_booking(self, kind, _):
        return self.make_guest_body(kind, False, True)

    def body_guest_move(self, kind, _):
        return self.make_guest_body(kind, True, True)

    def body_guest_cancel(self, kind, _):
        return self.make_guest_body(kind, True, False)

    def body_reschedule(self, kind, _):
        kind = 'own' if kind in ('unknown', 'malformed') else kind
        return {'slot_id': self.add_slot(OWNERS[kind], self.other_org if kind == 'foreign' else self.org)}

    def body_reason(self, _, __):
        return {'reason': 'no time'}

    def body_read(self, kind, caller):
        owner = caller if kind == 'own' else OWNERS.get(kind)
        items = self.do('GET', '/api/notifications', name=owner)['items'] if owner else []
        return {'id': items[0]['id'] if items else str(uuid.uuid4())}

    def body_invitation(self, _, __):
        return {'role': 'observer', 'name': 'Gus'}

    def body_join(self, _, __):
        return {'device_key': 'a device of some kind'}


def sign_again(server, token, **changes):
    """The same access token with other claims, signed with the server's own key."""
    with open(os.path.join(server.data, 'secrets', 'signing-key'), encoding='ascii') as file:
        key = base64.urlsafe_b64decode(file.read().strip() + '==')
    head, claims, _ = token.split('.')
    decoded = json.loads(base64.urlsafe_b64decode(claims + '=='))
    decoded.update(changes)
    claims = base64.urlsafe_b64encode(json.dumps(decoded, separators=(',', ':')).encode()).rstrip(b'=').decode()
    signature = hmac.new(key, f'{head}.{claims}'.encode(), hashlib.sha256).digest()
    return f'{head}.{claims}.' + base64.urlsafe_b64encode(signature).rstrip(b'=').decode()


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = BareCoordinator(PROGRAM, 'registration = open')
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.start()
        cls.world = World(cls.server)
        cls.strangers = cls.make_strangers()
        _, _, described = cls.server.ask('GET', '/api/openapi.json')
        cls.description = Description(described)
        cls.routes = cls.description.routes

    @classmethod
    def make_strangers(cls):
        """Credentials that open nothing, with the letter of what they are answered where one is needed."""
        world = cls.world
        now = int(time.time())
        token = world.sign_in('anna')['access']
        cls.server.ask('POST', '/api/auth/logout', {}, token)
        world.sign_in('anna')
        revoked = world.add_key('ada', world.org, 'execute')
        world.do('DELETE', f"/api/keys/{revoked['id']}", name='ada')
        expired = world.add_key('ada', world.org, 'execute')
        cls.server.execute(f"UPDATE api_key SET expires_at = 1 WHERE id = '{expired['id']}'")
        # In this order: a token signed again by this test is as good as the server's own.
        again = sign_again(cls.server, world.tokens['anna'], exp=now + 600)
        status, _, _ = cls.server.ask('GET', '/api/me', token=again)
        assert status == 200
        return {
            'nobody': (None, 'u'),
            'a runner': (world.runner, 'u'),
            'an ended session': (token, 'u'),
            'an expired token': (sign_again(cls.server, world.tokens['anna'], exp=now - 1), 'x'),
            'a token of somebody who is not there': (sign_again(cls.server, world.tokens['anna'], sub=str(uuid.uuid4())), 'u'),
            'a revoked key': (revoked['key'], 'u'),
            'an expired key': (expired['key'], 'u'),
            **{f'a key for {scope}': (key, scope) for scope, key in world.keys.items()},
        }

    # --- what is expected

    def find_kinds(self, route, rule):
        has_thing = '{' in route or rule.query or rule.body in BODIES_WITH_THINGS
        has_second = route.count('{') > 1 or rule.people or rule.body in BODIES_WITH_PEOPLE
        return (CLASSES if has_thing else ('own',)) + (SECOND_CLASSES if has_second else ())

    @staticmethod
    def get_letters(rule, kind):
        crossed = rule.crossed or rule.own.replace('y', 'n')
        return {'own': rule.own, 'same': rule.same, 'team': rule.team, 'malformed': rule.malformed or rule.hidden, 'crossed': crossed,
                'lost': crossed}.get(kind, rule.hidden)

    def expect_of_stranger(self, route, rule, kind, name, verdict):
        security = self.routes[route]['security']
        if route == 'GET /metrics':
            return 'y' if name == 'nobody' else 'n'
        if {'access': []} not in security:
            return self.get_letters(rule, kind)[0]
        if not name.startswith('a key for'):
            return verdict
        scopes = next((item['key'] for item in security if 'key' in item), [])
        return rule.key if verdict in scopes else 'd'

    def prepare(self, route, kind, caller, token):
        method, path = route.split(' ')
        rule = RULES[route]
        self.world.version = 1
        for name in [part[1:-1] for part in path.split('/') if part.startswith('{')]:
            path = path.replace('{' + name + '}', self.world.get_parameter(path, name, kind, caller))
        version = f'"{self.world.version}"'
        if method == 'PUT' and '{id}' in route and kind in ('own', 'same', 'team') and caller in OFFERING:
            version = self.world.read_version(path)
        queries = [f'{rule.query}={self.world.get_org(kind)}'] if rule.query else []
        if rule.people:
            queries.append(f'{rule.people}={self.world.get_interviewer(kind, caller)}')
        path += '?' + '&'.join(queries) if queries else ''
        return method, path, self.world.make_body(rule.body, kind, caller), token, {'If-Match': version}

    @staticmethod
    def judge(answer):
        status, _, body = answer
        code = body.get('code') if isinstance(body, dict) else None
        letters = {(403, 'denied'): 'd', (404, 'not_found'): 'n', (400, 'invalid'): 'i', (401, 'not_signed_in'): 'u',
                   (401, 'token_expired'): 'x', (503, 'no_runner'): 'y', (403, 'invitation_wrong'): 'w',
                   (403, 'link_ended'): 'e', (403, 'sign_in_ended'): 'e',
                   (401, 'wrong_code'): 'c', (401, 'wrong_password'): 'p', (409, 'conflict'): 'k',
                   (403, None): 'e', (400, None): 'i', (404, None): 'n'}
        return 'y' if 200 <= status < 300 else letters.get((status, code), f'{status} {code}')

    @staticmethod
    def strip(answer):
        """What must be equal of two answers."""
        status, headers, body = answer
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if name != 'request_id'}
        else:
            body = len(body)
        return status, {name: value for name, value in headers.items() if name not in VOLATILE_HEADERS}, body

    def check_route(self, route):
        rule = RULES[route]
        cells, wrong, shared = 0, [], {}
        callers = [(name, None) for name, _ in ROLES] + [(name, verdict) for name, (_, verdict) in self.strangers.items()]
        for index, (caller, verdict) in enumerate(callers):
            answers = {}
            for kind in self.find_kinds(route, rule):
                is_member = index < len(ROLES)
                expected = (self.get_letters(rule, kind)[index] if is_member
                            else self.expect_of_stranger(route, rule, kind, caller, verdict))
                if expected == '.':
                    continue
                if is_member and route in ENDS_SESSION:
                    self.world.sign_in(caller)
                token = self.world.tokens[caller] if is_member else self.strangers[caller][0]
                if is_member or {'access': []} not in self.routes[route]['security']:
                    request = self.prepare(route, kind, caller if is_member else 'carl', token)
                else:  # whoever is refused uses nothing up
                    if kind not in shared:
                        shared[kind] = self.prepare(route, kind, 'carl', None)
                    request = [*shared[kind][:3], token, shared[kind][4]]
                answers[kind] = self.server.ask(*request)
                wrong += self.description.find_faults(route, answers[kind])
                got = self.judge(answers[kind])
                cells += 1
                if is_member and route in ENDS_SESSION:
                    self.world.sign_in(caller)
                if got != expected:
                    wrong.append(f'{route} by {caller} of {kind}: {got} instead of {expected}')
            for one, other in (('foreign', 'unknown'), SECOND_CLASSES):
                if one in answers and rule.hidden != ALL_DONE and self.strip(answers[one]) != self.strip(answers[other]):
                    wrong.append(f'{route} by {caller}: {one} {self.strip(answers[one])}, {other} {self.strip(answers[other])}')
        return cells, wrong

    # --- the tests

    def test_every_route_has_a_rule(self):
        self.assertEqual(sorted(set(self.routes) - set(RULES) - set(SOCKETS)), [], 'write a rule into matrix_rules.py')
        self.assertEqual(sorted(set(RULES) - set(self.routes)), [], 'these routes are no more')

    def test_cells(self):
        cells, wrong = 0, []
        for route in self.routes:
            if route in RULES:
                more, faults = self.check_route(route)
                cells += more
                wrong += faults
        self.assertEqual(wrong, [], '\n'.join(wrong))
        print(f'# {len(self.routes)} routes, {cells} cells', flush=True)

    # --- sockets

    def greet(self, path, token):
        """What the room socket answers a hello: the error's code, and the code it closes with."""
        with WebSocket(self.server, path, protocol='entrevue.v1') as socket:
            socket.send_message('hello', {'room_token': token}, 1)
            while True:
                try:
                    message = json.loads(socket.read())
                except Closed as closed:
                    return None, closed.code
                if message['t'] == 'welcome':
                    return 'welcome', None
                if message['t'] == 'error':
                    return (message['d']['code'], message['d'].get('detail')), socket.read_close()

    def sync(self, path):
        with WebSocket(self.server, path) as socket:
            try:
                return 'open' if socket.read() else None
            except Closed as closed:
                return closed.code, closed.reason

    def test_room_sockets(self):
        rooms = {kind: self.world.interviews[kind]['room'] for kind in ('own', 'same', 'foreign')}
        rooms |= {'unknown': str(uuid.uuid4()), 'malformed': 'no-such-room'}
        joined = self.world.do('POST', f"/api/rooms/{rooms['own']}/join", {'device_key': 'a device of some kind'}, 'cara')
        tokens = {'her own': joined['room_token'], 'none': '', 'nonsense': 'x' * 43, 'an access token': self.world.tokens['cara'],
                  'a runner': self.world.runner}
        for name, token in tokens.items():
            greeted = {kind: self.greet(f'/api/rooms/{room}/socket', token) for kind, room in rooms.items()}
            synced = {kind: self.sync(f'/api/sync/{room}?token={token}') for kind, room in rooms.items()}
            if name == 'her own':
                self.assertEqual((greeted.pop('own')[0], synced.pop('own')), ('welcome', 'open'))
            self.assertEqual(len(set(greeted.values())), 1, f'{name}: {greeted}')
            self.assertEqual(len(set(synced.values())), 1, f'{name}: {synced}')
            self.assertIn(greeted['foreign'][1], (4401, 4403))

    def test_runner_socket(self):
        for name, token in {'nobody': None, 'nonsense': 'x' * 43, **self.world.tokens, **self.world.keys}.items():
            with WebSocket(self.server, '/runner/v1/socket', token=token) as socket:
                self.assertEqual(socket.status, 401, name)
        with WebSocket(self.server, '/runner/v1/socket', token=self.world.runner) as socket:
            self.assertEqual(socket.status, 101)

    # --- time

    def measure(self, route, caller):
        """By how much the medians differ, relative to the greater one."""
        requests = {kind: self.prepare(route, kind, caller, self.world.tokens[caller]) for kind in ('foreign', 'unknown')}
        times = {'foreign': [], 'unknown': []}
        for number in range(TIMED_REQUESTS):
            for kind in ('foreign', 'unknown') if number % 2 else ('unknown', 'foreign'):
                began = time.perf_counter()
                self.server.ask(*requests[kind])
                times[kind].append(time.perf_counter() - began)
        first, second = statistics.median(times['foreign']), statistics.median(times['unknown'])
        return abs(first - second) / max(first, second), first, second

    @unittest.skipUnless(IS_LONG, 'the long form measures')
    def test_times(self):
        slow, worst = [], 0.0
        for route, rule in RULES.items():
            if rule.hidden != 'nnnnnn' or len(self.find_kinds(route, rule)) == 1 or route not in self.routes:
                continue
            self.world.sign_in('ina')
            # A busy machine disturbs some rounds, a real difference stands in all of them.
            best = (1.0, 0.0, 0.0)
            for _ in range(TIMED_TRIES):
                if best[0] >= TIMED_DIFFERENCE:
                    best = min(best, self.measure(route, 'ina'))
            print(f'# {route}: foreign {best[1] * 1e6:.0f} us, unknown {best[2] * 1e6:.0f} us, {best[0]:.1%}', flush=True)
            worst = max(worst, best[0])
            if best[0] >= TIMED_DIFFERENCE:
                slow.append(f'{route} {best[0]:.1%}')
        print(f'# the greatest difference: {worst:.1%}', flush=True)
        self.assertEqual(slow, [])


ALL_DONE = 'yyyyyy'

if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
