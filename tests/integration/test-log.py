#!/usr/bin/python3
"""What the coordinator logs at its most talkative: that something happened, never what people are called, wrote, ran or know."""

import os
import re
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from room_peers import ACCOUNTS, Interview, run_cases  # noqa: E402

START = 'main.py'
GUEST = 'Guntram'
TYPED, CHAT, STDIN = 'typedsecret', 'chatsecret', 'stdinsecret'
LINE = re.compile(r'time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=(critical|warning|notice|info|debug)( [a-z]+=("([^"\\]|\\.)*"|\S*))+$')


def fails(address, body):
    """A request with something in it that must not be repeated; answered with an error."""
    request = urllib.request.Request(address, data=body, headers={'Content-Type': 'application/json', 'Authorization': 'Bearer tokensecret'})
    try:
        urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        return error.code
    raise AssertionError('it was taken')


def no_content_at_any_level():
    os.environ['G_MESSAGES_DEBUG'] = 'all'
    with Interview(with_runner=True, guest=GUEST) as interview:
        del os.environ['G_MESSAGES_DEBUG']  # the peers speak JSON on the same stream
        host = interview.host().wait_joined()
        guest = interview.guest_peer().wait_joined()
        guest.insert(START, 0, f'# {TYPED}\n')
        host.wait_text(START, lambda text: TYPED in text)
        guest.send('chat', text=CHAT)
        host.wait('chat', text=CHAT)
        if interview.server.runner is not None:
            host.wait('languages', match=lambda e: 'python' in e['ids'])
            guest.send('run', entry=START, stdin=STDIN)
            host.wait('run-ended', timeout=60)
        guest.wait_durable()
        address = interview.server.address
        assert fails(f'{address}/api/auth/login', b'{"email":"mailsecret@example.org","password":"passwordsecret"}') == 401
        assert fails(f'{address}/api/auth/login', b'{"namesecret":1}') == 400
        assert fails(f'{address}/api/orgs?q=querysecret', b'{"name":"x"}') == 401
        assert fails(f'{address}/pathsecret', b'{}') == 413
        link = interview.links['candidate']
        interview.server.stop()
        with open(os.path.join(interview.folder, 'server.log'), encoding='utf-8') as file:
            log = file.read()
        ours = [line for line in log.splitlines() if line.startswith('time=')]
        assert any('route' not in line and 'level=debug' in line and '/api/auth/login' in line for line in ours), log[-2000:]
        for line in ours:
            assert LINE.match(line), line
        secrets = [TYPED, CHAT, STDIN, GUEST, link.rsplit('#', 1)[-1], 'tokensecret', 'mailsecret', 'passwordsecret', 'namesecret',
                   'querysecret', 'pathsecret']
        secrets += [value for account in ACCOUNTS.values() for value in (account['email'], account['password'])]
        for secret in secrets:
            where = [line for line in ours if secret in line]
            assert not where, f'{secret}: {where[0]}'


if __name__ == '__main__':
    sys.exit(run_cases([no_content_at_any_level]))
