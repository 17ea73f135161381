#!/usr/bin/python3
"""Rooms across networks: peers in two network namespaces, coordinator and TURN server in a third, with delay, loss and
outages in between. Needs root and coturn; skips with the reason elsewhere."""

import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from network_emulator import Network, find_obstacle  # noqa: E402
from room_peers import Interview, Typist, run_cases  # noqa: E402

START = 'main.py'
SECRET = 'a secret of the test alone'
OUTER_PORT = 7000
OUTAGE_S = 60
WORDS = 20  # two seconds of typing
SUPPORT = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support')


class FarInterview:
    """An interview whose server is in node T; peers in A and B reach it over the emulated network only."""

    def __init__(self, network, policy):
        self.network = network
        self.address = network.address('T')
        self.interview = Interview()
        secret = os.path.join(self.interview.folder, 'turn-secret')
        with open(secret, 'w', encoding='ascii') as file:
            file.write(SECRET)
        os.chmod(secret, 0o600)
        if self.interview.server.has_users:
            shutil.chown(secret, 'entrevue')
        self.interview.use_config(
            '[coordinator]\n'
            f'turn-urls = turn:{self.address}:3478?transport=udp\n'
            f'turn-secret-file = {secret}\n'
            f'ice-policy = {policy}\n')
        self.interview.server.namespace = network.namespace('T')

    def __enter__(self):
        self.network.start(
            'T', 'turnserver', '-n', '--listening-port', '3478', '--listening-ip', self.address, '--relay-ip', self.address,
            '--use-auth-secret', '--static-auth-secret', SECRET, '--realm', 'test', '--no-tls', '--no-dtls', '--no-cli',
            '--min-port', '50000', '--max-port', '50100', '--pidfile', os.path.join(self.interview.folder, 'turn.pid'),
            '--log-file', 'stdout', '--userdb', os.path.join(self.interview.folder, 'turn.db'),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.interview.__enter__()
        port = self.interview.server.address.rsplit(':', 1)[1]
        self.forward('T', f'{self.address}:{OUTER_PORT}', f'127.0.0.1:{port}')
        for node in ('A', 'B'):
            self.forward(node, f'127.0.0.1:{port}', f'{self.address}:{OUTER_PORT}')
        return self.interview

    def forward(self, node, listen, target):
        helper = self.network.start(node, sys.executable, os.path.join(SUPPORT, 'tcp_forward.py'), listen, target,
                                    stdout=subprocess.PIPE)
        helper.stdout.readline()

    def __exit__(self, *problem):
        self.interview.__exit__(*problem)


def enter(network, interview, path):
    """The host in A, the guest in B, linked by that path."""
    host = interview.host(namespace=network.namespace('A')).wait_joined(90)
    guest = interview.guest_peer(namespace=network.namespace('B')).wait_joined(90)
    host.wait_linked('Gus', paths=(path,), timeout=90)
    guest.wait_linked('Ira', paths=(path,), timeout=90)
    return host, guest


def see_each_other_type(typists):
    """Waits until each of two typists sees what the other types from now on."""
    one, other = typists
    one.wait_seen_by(other.peer, WORDS, timeout=90)
    other.wait_seen_by(one.peer, WORDS, timeout=90)


def type_through_outage(network, interview, host, guest, restore):
    """A loses its whole network for a minute while both type; then everything is on both sides."""
    typists = [Typist(host, START, 'h', 0.1), Typist(guest, START, 'g', 0.1)]
    for typist in typists:
        typist.start()
    see_each_other_type(typists)
    mark = host.mark()
    network.set_way('A', 'B', up=False)
    network.set_way('A', 'T', up=False)
    time.sleep(OUTAGE_S)  # the measured length of the outage
    assert host.find('peer', after=mark, name='Gus', reconnecting=True), 'the outage was not noticed'
    restore()
    came_back = time.monotonic()
    see_each_other_type(typists)
    for typist in typists:
        typist.stop()
    assert min(typist.count for typist in typists) > 300, [typist.count for typist in typists]

    def is_whole(text):
        return not any(typist.missing(text) for typist in typists)

    host.wait_text(START, is_whole, timeout=90)
    guest.wait_text(START, is_whole, timeout=90)
    print(f'# both had everything {time.monotonic() - came_back:.1f} s after the network came back', flush=True)
    host.wait_durable(60)
    guest.wait_durable(60)
    assert host.text(START) == guest.text(START)
    assert host.stats()['hash'] == guest.stats()['hash']
    assert host.find('gone') is None and guest.find('gone') is None, 'a peer ended'
    assert not host.find('joined', after=mark), 'a peer was started anew'


def obstacle():
    if shutil.which('turnserver') is None:
        return 'coturn is not installed'
    return find_obstacle()


def relay_is_the_only_path():
    with Network(['A', 'B', 'T']) as network:
        network.set_way('A', 'T')
        network.set_way('B', 'T')
        with FarInterview(network, 'relay') as interview:
            host, guest = enter(network, interview, 'relayed')
            host.insert(START, 0, 'over the relay;')
            guest.wait_text(START, lambda text: text.startswith('over the relay;'))
            interview.server.kill_coordinator()
            guest.wait('room', match=lambda e: e['phase'] == 'reconnecting')
            host.insert(START, 0, 'without a coordinator;')
            guest.wait_text(START, lambda text: text.startswith('without a coordinator;'))
            assert guest.stats()['peers'][0]['path'] == 'relayed'


def a_minute_without_network_directly():
    with Network(['A', 'B', 'T']) as network:
        def restore(loss=0.05):
            network.set_way('A', 'B', delay=0.2, loss=loss)
            network.set_way('A', 'T', delay=0.1, loss=loss)

        # Where checks are lost the relay may be quicker, and is a path as good: nothing is lost until the path is chosen.
        restore(loss=0)
        network.set_way('B', 'T', delay=0.1)
        with FarInterview(network, 'all') as interview:
            host, guest = enter(network, interview, 'direct')
            restore()
            network.set_way('B', 'T', delay=0.1, loss=0.05)
            type_through_outage(network, interview, host, guest, restore)


def a_minute_without_network_over_turn():
    with Network(['A', 'B', 'T']) as network:
        def restore():
            network.set_way('A', 'T', delay=0.1, loss=0.05)

        restore()
        network.set_way('B', 'T', delay=0.1, loss=0.05)
        with FarInterview(network, 'relay') as interview:
            host, guest = enter(network, interview, 'relayed')
            type_through_outage(network, interview, host, guest, restore)


CASES = [
    relay_is_the_only_path,
    a_minute_without_network_directly,
    a_minute_without_network_over_turn,
]

if __name__ == '__main__':
    reason = obstacle()
    if reason is not None:
        print(f'1..0 # SKIP {reason}')
        sys.exit(0)
    chosen = [case for case in CASES if not sys.argv[1:] or case.__name__ in sys.argv[1:]]
    sys.exit(run_cases(chosen))
