"""As many people as one likes, made without hashing a password for each: copies of one who has an account.

    crowd = Crowd(server, 'cara', 64)
    crowd.sign()
    server.ask('GET', '/api/me', token=crowd.tokens[7])
"""

import time
import uuid

from access_token import read_claims, resign

GOOD_FOR_S = 3600


class Crowd:
    def __init__(self, server, name, count):
        self.server = server
        self.base = server.sign_in(name)
        self.ids = [str(uuid.uuid4()) for _ in range(count)]
        self.families = [str(uuid.uuid4()) for _ in range(count)]
        self.tokens = []
        claims = read_claims(self.base)
        copies = ', '.join(f"('{person}', '{family}', '{name}{number}')"
                           for number, (person, family) in enumerate(zip(self.ids, self.families)))
        copies = f'(VALUES {copies}) AS copy'
        server.execute('INSERT INTO person (id, email, name, password, created_at)'
                       " SELECT column1, column3 || '@example.org', column3, '', created_at"
                       f" FROM person, {copies} WHERE id = '{claims['sub']}'")
        server.execute('INSERT INTO member (org, person, role, created_at) SELECT org, column1, role, created_at'
                       f" FROM member, {copies} WHERE person = '{claims['sub']}'")
        server.execute('INSERT INTO session_family (id, person, device, created_at, used_at, expires_at)'
                       ' SELECT column2, column1, device, created_at, used_at, expires_at'
                       f" FROM session_family, {copies} WHERE id = '{claims['sid']}'")

    def sign(self):
        """New access tokens, good for an hour."""
        now = int(time.time())
        self.tokens = [resign(self.server, self.base, sub=person, sid=family, iat=now, nbf=now, exp=now + GOOD_FOR_S)
                       for person, family in zip(self.ids, self.families)]
