"""Who may do what over HTTP, as the authorisation matrix asserts it: one entry for each route of the table that the server describes
in /api/openapi.json.

The six letters of a cell are those of a candidate, an interviewer, a team lead, HR, an administrator, and a site administrator who is
no member:

    y  done: any 2xx, or 503 no_runner;      d  403 denied;      n  404 not_found;      i  400 invalid
    .  not asked

`own` is a thing in which both the candidate and the interviewer have their place, or that the caller made; `same` one of other people
of the same organisation. A foreign and an unknown one must answer alike for everybody, and as `hidden` says (standard: n for all).
Anonymous callers, keys, runners, and expired and revoked tokens follow from the route itself: they are not written here.
"""

from dataclasses import dataclass
from typing import Optional

ALL = 'yyyyyy'


@dataclass
class Rule:
    own: str
    same: str = '......'
    hidden: str = 'nnnnnn'
    malformed: Optional[str] = None  # an id that is none; standard: as hidden
    body: Optional[str] = None  # a function of the world that makes it
    query: Optional[str] = None  # a query that names the organisation
    key: str = 'y'  # of a key with the scope


RULES = {
    'GET /health': Rule(ALL),
    'GET /health/ready': Rule(ALL),
    'GET /health/live': Rule(ALL),
    'GET /api/openapi.json': Rule(ALL),
    'GET /join/{room}': Rule(ALL, ALL, hidden=ALL, malformed='nnnnnn'),
    # Whoever has credentials is no neighbour of the server: without any it is open on the machine itself.
    'GET /metrics': Rule('nnnnnn'),
    'POST /api/auth/register': Rule(ALL, body='registration'),
    'POST /api/users': Rule(ALL, body='registration'),
    'POST /api/auth/login': Rule(ALL, body='login'),
    'POST /api/auth/refresh': Rule(ALL, body='refresh'),
    'POST /api/auth/token': Rule(ALL, body='refresh'),
    'POST /api/auth/logout': Rule(ALL, body='logout'),
    'GET /api/me': Rule(ALL),
    'GET /api/users/me': Rule(ALL),
    'POST /api/me/password': Rule(ALL, body='new_password'),
    'GET /api/auth/sessions': Rule(ALL),
    'DELETE /api/auth/sessions/{id}': Rule(ALL, 'nnnnnn'),
    'GET /api/keys': Rule('ddddyn', query='org'),
    'POST /api/keys': Rule('ddddyn', body='key'),
    'DELETE /api/keys/{id}': Rule('ddddyn'),
    'GET /api/audit': Rule('ddddyn', query='org'),
    'GET /api/audit/verify': Rule('ddddyn', query='org'),
    'POST /api/code/execute': Rule(ALL, body='program'),
    'GET /api/code/languages': Rule(ALL),
    # There is none without a runner; tests/coordinator/http/test_execute.py has one.
    'GET /api/jobs/{id}': Rule('nnnnnn', 'nnnnnn', key='n'),
    'DELETE /api/jobs/{id}': Rule('nnnnnn', 'nnnnnn', key='n'),
    'GET /api/permissions': Rule(ALL),
    'GET /api/orgs': Rule(ALL),
    'POST /api/orgs': Rule('dddddy', body='org'),
    'GET /api/orgs/{id}/members': Rule('dddyyn'),
    'POST /api/orgs/{id}/members': Rule('dddyyn', body='member'),
    'GET /api/slots': Rule(ALL),
    'POST /api/slots': Rule('dyyyyn', body='slot'),
    'POST /api/interviews': Rule('yydyyn', 'yddyyn', body='booking'),
    'GET /api/interviews/my': Rule(ALL),
    'GET /api/interviews/{id}': Rule('yydyyn', 'dddyyn'),
    'GET /api/interviews/{id}/invitations': Rule('dydyyn', 'dddyyn'),
    'POST /api/interviews/{id}/invitations': Rule('dydyyn', 'dddyyn', body='invitation'),
    'DELETE /api/interviews/{id}/invitations/{invitation}': Rule('dydyyn', 'dddyyn'),
    'POST /api/rooms/{room}/join': Rule('yydddn', 'dddddn', body='join'),
}
# Sockets: see test_matrix.py, which greets them.
SOCKETS = ('GET /api/sync/{room}', 'GET /api/rooms/{room}/socket', 'GET /runner/v1/socket')
