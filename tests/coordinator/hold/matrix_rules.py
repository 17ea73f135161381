"""Who may do what over HTTP, as the authorisation matrix asserts it: one entry for each route of the table that the server describes
in /api/openapi.json.

The six letters of a cell are those of a candidate, an interviewer, a team lead, HR, an administrator, and a site administrator who is
no member:

    y  done: any 2xx, or 503 no_runner;      d  403 denied;      n  404 not_found;      i  400 invalid
    w  403 invitation_wrong;                 e  403 link_ended or sign_in_ended;   .  not asked
    c  401 wrong_code;                       u  401 not_signed_in;  k  409 conflict;  p  401 wrong_password

`own` is a thing in which both the candidate and the interviewer have their place, or that the caller made; `same` one of other people
of the same organisation; `team` one of an interviewer of the lead's team. A foreign and an unknown one must answer alike for everybody,
and as `hidden` says (standard: n for all). Where a second id stands in the path, or one in the query or body beside the organisation,
`crossed` is a foreign one in the caller's own organisation (standard: as `own`, with n for y), and must answer as an unknown one there.
Of what a token opens to anybody, a foreign one is a token that was taken back.

A route without a rule fails the tests (`routes` of the lint suite, and the matrix itself). Anonymous callers, keys, runners, and
expired and revoked tokens follow from the route itself: they are not written here.
"""

from dataclasses import dataclass
from typing import Optional

ALL = 'yyyyyy'


@dataclass
class Rule:
    own: str
    same: str = '......'
    team: str = '......'
    hidden: str = 'nnnnnn'
    crossed: Optional[str] = None
    malformed: Optional[str] = None  # an id that is none; standard: as hidden
    body: Optional[str] = None  # a function of the world that makes it
    query: Optional[str] = None  # the member of a query that names the organisation
    people: Optional[str] = None  # one that names an interviewer
    key: str = 'y'  # of a key with the scope


RULES = {
    'GET /health': Rule(ALL),
    'GET /health/ready': Rule(ALL),
    'GET /health/live': Rule(ALL),
    'GET /api/openapi.json': Rule(ALL),
    'GET /join/{room}': Rule(ALL, ALL, hidden=ALL, malformed='nnnnnn'),
    'GET /book': Rule(ALL),
    'GET /invite': Rule(ALL),
    # Whoever has credentials is no neighbour of the server: without any it is open on the machine itself.
    'GET /metrics': Rule('nnnnnn'),
    'POST /api/auth/register': Rule(ALL, body='registration'),
    'POST /api/users': Rule(ALL, body='registration'),
    'POST /api/auth/login': Rule(ALL, body='login'),
    'POST /api/auth/refresh': Rule(ALL, body='refresh'),
    'POST /api/auth/token': Rule(ALL, body='refresh'),
    'POST /api/auth/logout': Rule(ALL, body='logout'),
    'POST /api/auth/forgot': Rule(ALL, body='forgot'),
    # A token from a mail is needed, whoever one is; tests/coordinator/service/test_accounts.py has some.
    'POST /api/auth/reset': Rule('eeeeee', body='reset'),
    'POST /api/auth/verify-email': Rule('eeeeee', body='token'),
    'GET /account/verify': Rule('eeeeee'),
    'GET /account/reset': Rule('eeeeee'),
    # The bodies of forms are not those of programs.
    'POST /account/verify': Rule('iiiiii', body='token'),
    'POST /account/reset': Rule('iiiiii', body='reset'),
    'POST /api/me/verification': Rule(ALL),
    'GET /api/auth/totp': Rule(ALL),
    'POST /api/auth/totp': Rule(ALL, body='own_password'),
    'POST /api/auth/totp/confirm': Rule('cccccc', body='wrong_code'),
    'POST /api/auth/totp/disable': Rule(ALL, body='own_password'),
    'POST /api/auth/totp/codes': Rule('kkkkkk', body='own_password'),
    'POST /api/auth/second-factor': Rule('uuuuuu', body='no_ticket'),
    'GET /api/auth/providers': Rule(ALL),
    # There is none; tests/coordinator/service/test_providers.py has some.
    'GET /api/auth/oidc/{provider}/start': Rule('nnnnnn', 'nnnnnn'),
    'GET /api/auth/oidc/{provider}/callback': Rule('nnnnnn', 'nnnnnn'),
    'POST /api/auth/oidc/token': Rule('eeeeee', body='no_provider_code'),
    'GET /api/me/identities': Rule(ALL),
    'POST /api/me/identities': Rule('eeeeee', body='no_provider_code'),
    'DELETE /api/me/identities/{id}': Rule(ALL, 'nnnnnn'),
    'PATCH /api/me': Rule(ALL, body='logout'),
    'PATCH /api/users/me': Rule(ALL, body='logout'),
    'PUT /api/me/picture': Rule(ALL, body='picture'),
    'DELETE /api/me/picture': Rule(ALL),
    # Candidates see who has a place in their interviews, members the people of their organisation.
    # `foreign` is somebody who was erased before; one's own account is left to others.
    'GET /api/users': Rule('dddddy'),
    'PATCH /api/users/{id}': Rule('dddddk', 'dddddy', hidden='dddddn', malformed='dddddn', body='account_change'),
    'GET /api/admin/overview': Rule('dddddy'),
    'GET /api/admin/runners': Rule('dddddy'),
    'GET /api/admin/images': Rule('dddddy'),
    # `foreign` is one that was revoked.
    'POST /api/admin/runners/{id}/drain': Rule('dddddy', hidden='dddddn'),
    'DELETE /api/admin/runners/{id}/drain': Rule('dddddy', hidden='dddddn'),
    # No folder is configured, and there is no job; tests/coordinator/service/test_backup.py has both.
    'POST /api/admin/backup': Rule('dddddk'),
    'GET /api/admin/backups': Rule('dddddy'),
    'GET /api/admin/jobs/{id}': Rule('dddddn', hidden='dddddn'),
    'GET /api/users/{id}/picture': Rule(ALL, 'nyyyyn'),
    'GET /api/me': Rule(ALL),
    'GET /api/users/me': Rule(ALL),
    'POST /api/me/export': Rule(ALL, body='own_password'),
    'GET /api/me/export': Rule(ALL),
    'DELETE /api/me/export': Rule(ALL),
    # It has been removed again; tests/coordinator/service/test_privacy.py waits for one.
    'GET /api/me/export/archive': Rule('nnnnnn'),
    'GET /api/users/{id}/export': Rule('nnnnnn', 'nnnnnn'),
    'GET /api/me/erasure': Rule(ALL),
    # Nobody loses their account here: the password is wrong. `foreign` is somebody who was erased before.
    'POST /api/me/erase': Rule('pppppp', body='wrong_password'),
    'POST /api/users/{id}/erase': Rule('pppppp', 'nnnnny', body='erasure'),
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
    'GET /api/orgs/{id}': Rule('yyyyyn'),
    'PATCH /api/orgs/{id}': Rule('ddddyn', body='org_change'),
    'GET /api/orgs/{id}/members': Rule('dddyyn'),
    'POST /api/orgs/{id}/members': Rule('dddyyn', body='member'),
    'DELETE /api/orgs/{id}/members/{user}': Rule('dddyyn'),
    'GET /api/orgs/{id}/colleagues': Rule('dyyyyn'),
    'GET /api/orgs/{id}/teams': Rule('dyyyyn'),
    'POST /api/orgs/{id}/teams': Rule('dddyyn', body='team'),
    'PATCH /api/orgs/{id}/teams/{team}': Rule('dddyyn', body='team'),
    'DELETE /api/orgs/{id}/teams/{team}': Rule('dddyyn'),
    'GET /api/orgs/{id}/invites': Rule('dddyyn'),
    'POST /api/orgs/{id}/invites': Rule('dddyyn', body='org_invite'),
    'DELETE /api/orgs/{id}/invites/{invite}': Rule('dddyyn'),
    # `same` is one for another address.
    'POST /api/invites/accept': Rule(ALL, 'wwwwww', hidden='wwwwww', body='org_invite_token'),
    'GET /api/orgs/{id}/availability/{user}': Rule('dyyyyn', 'dddyyn', 'ddyyyn', crossed='dddnnn'),
    'PUT /api/orgs/{id}/availability/{user}': Rule('dyyyyn', 'dddyyn', 'ddyyyn', crossed='dddnnn', body='availability'),
    'GET /api/orgs/{id}/openings': Rule('yyyyyn', 'yyyyyn', people='interviewers'),
    'GET /api/slots': Rule(ALL),
    'POST /api/slots': Rule('dyyyyn', body='slot'),
    'POST /api/slots/series': Rule('dyyyyn', body='series'),
    'PATCH /api/slots/{id}': Rule('dyyyyn', 'dddyyn', 'ddyyyn', body='slot_change'),
    'DELETE /api/slots/{id}': Rule('dyyyyn', 'dddyyn', 'ddyyyn'),
    # Leads, too, see the links that they have made and no others.
    'GET /api/orgs/{id}/booking-links': Rule('dyyyyn'),
    'POST /api/orgs/{id}/booking-links': Rule('dyyyyn', 'dddyyn', 'ddyyyn', crossed='dddnnn', body='booking_link'),
    'DELETE /api/orgs/{id}/booking-links/{link}': Rule('dyyyyn', 'dnnyyn', 'dnnyyn'),
    'POST /api/book/show': Rule(ALL, hidden='wwwwww', body='guest_show'),
    'POST /api/book': Rule(ALL, hidden='wwwwww', body='guest_booking'),
    'POST /api/book/reschedule': Rule(ALL, hidden='wwwwww', body='guest_move'),
    'POST /api/book/cancel': Rule(ALL, hidden='wwwwww', body='guest_cancel'),
    'POST /api/interviews': Rule('yydyyn', 'yddyyn', 'ydyyyn', body='booking'),
    'GET /api/interviews': Rule('ddyyyn', query='org'),
    'GET /api/interviews/my': Rule(ALL),
    'GET /api/interviews/{id}': Rule('yydyyn', 'dddyyn', 'ddyyyn'),
    'PATCH /api/interviews/{id}/reschedule': Rule('yydyyn', 'dddyyn', 'ddyyyn', body='reschedule'),
    'PATCH /api/interviews/{id}/cancel': Rule('yydyyn', 'dddyyn', 'ddyyyn', body='reason'),
    'PATCH /api/interviews/{id}/no-show': Rule('dydyyn', 'dddyyn', 'ddyyyn', body='reason'),
    'GET /api/interviews/{id}/history': Rule('yydyyn', 'dddyyn', 'ddyyyn'),
    'GET /api/interviews/{id}/invite.ics': Rule('yydyyn', 'dddyyn', 'ddyyyn'),
    'GET /api/interviews/{id}/invitations': Rule('dydyyn', 'dddyyn', 'ddyyyn'),
    'POST /api/interviews/{id}/invitations': Rule('dydyyn', 'dddyyn', 'ddyyyn', body='invitation'),
    'DELETE /api/interviews/{id}/invitations/{invitation}': Rule('dydyyn', 'dddyyn', 'ddyyyn'),
    'POST /api/rooms/{room}/join': Rule('yydddn', 'dddddn', body='join'),
    'GET /api/notifications': Rule(ALL),
    # Somebody else's is as one that is not there: nothing is marked, which is no mistake.
    'POST /api/notifications/read': Rule(ALL, ALL, hidden=ALL, body='read'),
    'POST /api/me/calendar': Rule(ALL),
    'DELETE /api/me/calendar': Rule(ALL),
    'GET /api/calendar/{token}': Rule(ALL),
}
# Sockets: see test_matrix.py, which greets them, and test_notices.py for a person's.
SOCKETS = ('GET /api/sync/{room}', 'GET /api/rooms/{room}/socket', 'GET /runner/v1/socket', 'GET /api/me/socket')
