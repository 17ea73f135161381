#!/usr/bin/python3
"""Rooms with real peers on a real coordinator, over loopback."""

import itertools
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from room_peers import Interview, Typist, run_cases  # noqa: E402
from tamperer import Tamperer  # noqa: E402

START = 'main.py'
WORDS = 50  # one second of typing


def pair(interview, *extra):
    """Host and guest, linked peer to peer."""
    host = interview.host(*extra).wait_joined()
    guest = interview.guest_peer(*extra).wait_joined()
    host.wait_linked('Gus')
    guest.wait_linked('Ira')
    return host, guest


def edits_go_both_ways_peer_to_peer():
    with Interview() as interview:
        host, guest = pair(interview)
        assert 'main.py' in host.find('joined')['files'], host.find('joined')
        before = host.text(START)
        host.insert(START, 0, '# from the host\n')
        guest.wait_text(START, lambda text: text == '# from the host\n' + before)
        guest.insert(START, 0, '# from the guest ∀😀\n')
        host.wait_text(START, lambda text: text == '# from the guest ∀😀\n# from the host\n' + before)
        stats = host.stats()
        assert stats['peers'][0]['verified'] and stats['peers'][0]['path'] == 'direct', stats
        code = host.find('peer', match=lambda e: e.get('short_code'))
        assert code is None or len(code['short_code']) == 15, code
        host.wait_durable()
        guest.wait_durable()
        assert host.stats()['hash'] == guest.stats()['hash']


def carets_chat_and_undo():
    with Interview() as interview:
        host, guest = pair(interview)
        length = len(host.text(START))
        host.send('caret', file=START, at=length, anchor=0)
        caret = guest.wait('caret', name='Ira')
        assert (caret['caret'], caret['start'], caret['end']) == (length, 0, length), caret
        guest.send('chat', text='Good morning')
        host.wait('chat', author='Gus', text='Good morning', mine=False)
        host.send('chat', text='And to you')
        guest.wait('chat', author='Ira', text='And to you', mine=False)
        before = host.text(START)
        host.insert(START, 0, 'mine ')
        guest.wait_text(START, lambda text: text.startswith('mine '))
        guest.insert(START, 0, 'yours ')
        host.wait_text(START, lambda text: text.startswith('yours mine '))
        host.send('undo')
        guest.wait_text(START, lambda text: text == 'yours ' + before)
        host.send('redo')
        guest.wait_text(START, lambda text: text == 'yours mine ' + before)


def see_each_other_type(typists, words):
    """Waits until each of two typists sees what the other types from now on."""
    one, other = typists
    one.wait_seen_by(other.peer, words)
    other.wait_seen_by(one.peer, words)


def drops(peer, name, mark):
    """What a peer told of another after a mark when their link was none any more, or another one. One that was silent for seconds,
    as it may be on a busy machine, may be replaced."""
    def told(events):
        return [e for e in events if e['event'] == 'peer' and e['name'] == name]

    code = [e['short_code'] for e in told(peer.events[:mark]) if e.get('short_code')][-1:]
    spoke = itertools.takewhile(lambda e: not e['reconnecting'], told(peer.events[mark:]))
    return [e for e in spoke if e['connection'] == 'none' or code and e.get('short_code') not in code]


def coordinator_killed_while_both_type():
    with Interview(co_interviewers=('Thea',)) as interview:
        host, guest = pair(interview)
        typists = [Typist(host, START, 'h'), Typist(guest, START, 'g')]
        for typist in typists:
            typist.start()
        see_each_other_type(typists, WORDS)
        marks = {peer: peer.mark() for peer in (host, guest)}
        interview.server.kill_coordinator()
        for peer, mark in marks.items():
            peer.wait('room', after=mark, match=lambda e: e['phase'] == 'reconnecting')
        # Alone with each other, they still see what the other types.
        see_each_other_type(typists, 2 * WORDS)
        interview.server.restart_coordinator()
        for peer, mark in marks.items():
            peer.wait('room', after=mark, match=lambda e: e['phase'] == 'joined')
        see_each_other_type(typists, WORDS)
        for typist in typists:
            typist.stop()
        host.wait_durable()
        guest.wait_durable()
        third = interview.link_peer(interview.links['co_interviewers'][0], 'Thea').wait_joined()
        text = third.wait_text(START, lambda t: not any(typist.missing(t) for typist in typists))
        for peer in (host, guest):
            peer.wait_text(START, lambda t: t == text)
        assert host.find('gone') is None and guest.find('gone') is None
        # Links were not torn down by the coordinator's death, nor by its return.
        assert not drops(host, 'Gus', marks[host]) and not drops(guest, 'Ira', marks[guest])


def peer_killed_while_typing_has_everything():
    with Interview() as interview:
        guest = interview.guest_peer().wait_joined()
        typist = Typist(guest, START, 'g', interval=0.005)
        typist.start()
        shown = guest.wait('change', match=lambda e: e['local'] and e['length'] > 1000)
        number = sum(1 for e in guest.events[:guest.events.index(shown) + 1] if e['event'] == 'change' and e['local'])
        # What it had shown is in the log with the write after the next, and there after it was killed.
        guest.wait_log_written(3)
        guest.kill()
        typist.stop()
        again = interview.guest_peer().wait_joined()
        text = again.text(START)
        assert number > 20, number
        assert not typist.missing(text, number), typist.missing(text, number)[:10]
        again.wait_durable()


def peer_killed_without_coordinator_opens_from_its_log():
    with Interview() as interview:
        guest = interview.guest_peer().wait_joined()
        guest.insert(START, 0, 'before;')
        guest.wait_durable()
        interview.server.kill_coordinator()
        guest.wait('room', match=lambda e: e['phase'] == 'reconnecting')
        guest.insert(START, 0, 'alone;')
        guest.wait_logged(2)
        guest.kill()
        again = interview.guest_peer()
        again.wait('joined')
        assert again.text(START).startswith('alone;before;')
        assert again.stats()['kept'] >= 1
        again.insert(START, 0, 'more;')
        interview.server.restart_coordinator()
        again.wait('room', match=lambda e: e['phase'] == 'joined')
        again.wait_durable()
        host = interview.host().wait_joined()
        host.wait_text(START, lambda text: text.startswith('more;alone;before;'))


def somebody_signed_in_opens_a_room_without_coordinator():
    with Interview() as interview:
        host = interview.host().wait_joined()
        host.insert(START, 0, 'before;')
        host.wait_durable()
        joined = host.find('joined')
        interview.server.kill_coordinator()
        host.wait('room', match=lambda e: e['phase'] == 'reconnecting')
        host.insert(START, 0, 'alone;')
        host.wait_logged(2)
        host.kill()
        for folder, _, names in os.walk(host.data):
            for name in names:
                mode = os.stat(os.path.join(folder, name)).st_mode & 0o777
                assert mode == 0o600, (name, oct(mode))
        again = interview.host()
        opened = again.wait('joined')
        assert (opened['participant'], opened['role']) == (joined['participant'], joined['role']), opened
        again.wait('room', phase='reconnecting', can_edit=True)
        assert again.text(START).startswith('alone;before;')
        assert again.stats()['kept'] >= 1
        again.insert(START, 0, 'more;')
        interview.server.restart_coordinator()
        again.wait('room', match=lambda e: e['phase'] == 'joined')
        again.wait_durable()
        guest = interview.guest_peer().wait_joined()
        guest.wait_text(START, lambda text: text.startswith('more;alone;before;'))
        again.wait_linked('Gus')
        again.send('end')
        again.wait('room', match=lambda e: e['phase'] == 'ended')
        again.leave()
        rooms = os.path.join(host.data, 'rooms')
        assert not os.listdir(rooms), os.listdir(rooms)


def deletions_are_kept_until_they_are_stored():
    with Interview() as interview:
        guest = interview.guest_peer().wait_joined()
        guest.insert(START, 0, 'much too long;')
        guest.wait_text(START, lambda text: text.startswith('much'))
        guest.wait_durable()
        interview.server.kill_coordinator()
        guest.wait('room', match=lambda e: e['phase'] == 'reconnecting')
        guest.send('delete', file=START, at=4, count=4)
        assert guest.stats()['kept'] == 1
        guest.wait_logged(2)
        guest.kill()
        again = interview.guest_peer()
        again.wait('joined')
        assert again.stats()['kept'] >= 1
        assert again.text(START).startswith('much long;')
        interview.server.restart_coordinator()
        again.wait('room', match=lambda e: e['phase'] == 'joined')
        again.wait_durable()
        interview.server.kill_coordinator()
        interview.server.restart_coordinator()
        host = interview.host().wait_joined()
        host.wait_text(START, lambda text: text.startswith('much long;'))


def a_second_device_takes_over():
    with Interview() as interview:
        host, guest = pair(interview)
        host.insert(START, 0, 'first device;')
        guest.wait_text(START, lambda text: text.startswith('first device;'))
        host.wait_durable()
        second = interview.host(device='second').wait_joined()
        over = host.wait('room', match=lambda e: e['phase'] == 'taken-over')
        assert over['sentence'].startswith('You joined this interview on another device.'), over
        assert not over['can_edit'] and not over['can_run'], over
        mark = host.insert(START, 0, 'from the old one;')
        assert 'another device' in host.wait('error', after=mark, cmd='insert')['text']
        # The others meet the new device, and the old one has no link to them any more.
        mark = second.insert(START, 0, 'second device;')
        guest.wait_text(START, lambda text: text.startswith('second device;first device;'))
        second.wait_linked('Gus')
        assert not [p for p in host.stats()['peers'] if p['path'] in ('direct', 'relayed')], host.stats()
        guest.insert(START, 0, 'for the new one;')
        second.wait_text(START, lambda text: text.startswith('for the new one;'))
        assert host.text(START).startswith('first device;')
        # What the old one has is kept, and it can take the room back.
        host.leave()
        rooms = os.path.join(host.data, 'rooms')
        assert [name for name in os.listdir(rooms) if name.endswith('.db')], os.listdir(rooms)
        back = interview.host().wait_joined()
        second.wait('room', match=lambda e: e['phase'] == 'taken-over')
        back.wait_text(START, lambda text: text.startswith('for the new one;second device;first device;'))


def fifth_person_reads_that_the_call_is_full():
    with Interview(co_interviewers=('C1', 'C2', 'C3')) as interview:
        host, guest = pair(interview)
        links = interview.links['co_interviewers']
        others = [interview.link_peer(links[i], f'C{i + 1}').wait_joined() for i in range(2)]
        for peer in others:
            peer.wait('room', match=lambda e: e['call'] == 'on')
        fifth = interview.link_peer(links[2], 'C3').wait_joined()
        full = fifth.wait('room', match=lambda e: e['call'] == 'full')
        assert full['call_sentence'] == 'The call is full (4 people). You can edit and chat.', full
        fifth.insert(START, 0, 'fifth ')
        guest.wait_text(START, lambda text: text.startswith('fifth '))
        # A seat that becomes free is taken.
        others[0].leave()
        fifth.wait('room', match=lambda e: e['call'] == 'on')
        fifth.wait_linked('Ira')
        host.wait_linked('C3')


def observers_read_only():
    with Interview(observers=('Olga',)) as interview:
        host, guest = pair(interview)
        olga = interview.link_peer(interview.links['observers'][0], 'Olga').wait_joined()
        host.insert(START, 0, 'for all;')
        olga.wait_text(START, lambda text: text.startswith('for all;'))
        mark = olga.insert(START, 0, 'by an observer;')
        refusal = olga.wait('error', after=mark, cmd='insert')
        assert 'observer' in refusal['text'], refusal
        assert 'by an observer' not in olga.text(START)


def a_link_opens_only_its_room():
    with Interview() as interview:
        first = interview.links['candidate']
        first_room = interview.room
        interview.add_interview('Another room')
        crossed = first.replace(first_room, interview.room)
        assert crossed != first
        stranger = interview.link_peer(crossed, 'Eve')
        failed = stranger.wait('room', match=lambda e: e['phase'] == 'failed')
        assert failed['sentence'].endswith('.'), failed
        stranger.wait('gone')
        nobody = interview.link_peer(first[:first.index('#') + 1] + 'x' * 43, 'Mallory')
        nobody.wait('room', match=lambda e: e['phase'] == 'failed')


def locks_and_the_end():
    with Interview() as interview:
        host, guest = pair(interview)
        host.send('lock', edit=True, run=True)
        guest.wait('room', match=lambda e: not e['can_edit'] and e['phase'] == 'joined')
        mark = guest.insert(START, 0, 'locked ')
        assert 'locked' in guest.wait('error', after=mark, cmd='insert')['text']
        mark = guest.mark()
        host.send('lock', edit=False, run=False)
        guest.wait('room', match=lambda e: e['can_edit'], after=mark)
        guest.insert(START, 0, 'free ')
        host.wait_text(START, lambda text: text.startswith('free '))
        host.wait_durable()
        guest.wait_durable()  # it would keep what it knows of no copy of
        host.send('end')
        for peer in (host, guest):
            peer.wait('room', match=lambda e: e['phase'] == 'ended')
        guest.leave()
        rooms = os.path.join(guest.data, 'rooms')
        assert not [name for name in os.listdir(rooms) if name.endswith('.db')], os.listdir(rooms)


def who_is_removed_stays_out():
    with Interview(co_interviewers=('Thea',)) as interview:
        host, guest = pair(interview)
        link = interview.links['co_interviewers'][0]
        thea = interview.link_peer(link, 'Thea').wait_joined()
        host.wait_linked('Thea')
        host.send('remove', participant=thea.find('joined')['participant'])
        removed = thea.wait('room', match=lambda e: e['phase'] == 'removed')
        assert removed['sentence'].endswith('.'), removed
        guest.wait('peer', name='Thea', state='removed', connection='none')
        mark = thea.insert(START, 0, 'from outside;')
        assert 'removed' in thea.wait('error', after=mark, cmd='insert')['text']
        thea.leave()
        again = interview.link_peer(link, 'Thea')
        again.wait('room', match=lambda e: e['phase'] == 'failed')


def everybody_sees_a_person_in_the_same_colour():
    with Interview(co_interviewers=('Thea',)) as interview:
        # Whoever comes first is not the first in the room's list, and sees the others come in another order than they do.
        thea = interview.link_peer(interview.links['co_interviewers'][0], 'Thea').wait_joined()
        guest = interview.guest_peer().wait_joined()
        host = interview.host().wait_joined()
        peers = (thea, guest, host)
        for name, colour in (('Ira', 0), ('Gus', 1), ('Thea', 2)):
            for peer in peers:
                peer.wait('peer', name=name, colour=colour)
        guest.leave()
        again = interview.guest_peer().wait_joined()
        for name, colour in (('Ira', 0), ('Gus', 1), ('Thea', 2)):
            again.wait('peer', name=name, colour=colour)


def changed_fingerprints_are_refused():
    """Somebody between a guest and the server changes what the server relays: no link, and a sentence."""
    with Interview() as interview:
        port = interview.server.address.rsplit(':', 1)[1]
        with Tamperer(int(port)) as tamperer:
            host = interview.host().wait_joined()
            link = interview.links['candidate'].replace(f':{port}/', f':{tamperer.port}/')
            guest = interview.link_peer(link, 'Gus').wait_joined()
            told = guest.wait('error', timeout=60)
            assert 'certificate' in told['text'] and 'Ira' in told['text'], told
            assert tamperer.n_changed > 0
            guest.insert(START, 0, 'by the server;')
            host.wait_text(START, lambda text: text.startswith('by the server;'))
            assert not guest.find('peer', match=lambda e: e['connection'] in ('direct', 'relayed'))
            # To the host the guest has proved who it is, so that a link stands there until the guest has ended it.
            host.wait_not_linked('Gus')


def a_full_disk_stops_nobody():
    if os.getuid() != 0:
        return 'mounting a small file system needs root'
    with Interview() as interview:
        host = interview.host().wait_joined()
        small = interview.data_folder('small')
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small], check=True)
        try:
            guest = interview.guest_peer(device='small').wait_joined()
            guest.wait_linked('Ira')
            for number in range(8):
                guest.insert(START, 0, 'x' * 60000 + f'{number};')
            guest.wait('room', match=lambda e: 'the disk is full. Free some space' in (e.get('device_log_sentence') or ''))
            host.wait_text(START, lambda text: text.count('x' * 60000) == 8)
            guest.wait_durable()
            guest.kill()
        finally:
            subprocess.run(['umount', '-l', small], check=True)
    return None


def programs_run_for_everybody():
    with Interview(with_runner=True) as interview:
        if interview.server.runner is None:
            return 'without root or a systemd session there is no runner here'
        host, guest = pair(interview)
        host.wait('languages', match=lambda e: 'python' in e['ids'])
        length = len(host.text(START))
        host.send('delete', file=START, at=0, count=length)
        host.insert(START, 0, 'print("sum", sum(map(int, input().split())))\n')
        guest.wait_text(START, lambda text: text.startswith('print('))
        guest.send('run', entry=START, stdin='1 2 3\n')
        for peer in (host, guest):
            assert peer.wait('run-ended', timeout=60)['verdict'] == 'ok'
            assert peer.output() == 'sum 6\n', peer.output()


CASES = [
    edits_go_both_ways_peer_to_peer,
    carets_chat_and_undo,
    coordinator_killed_while_both_type,
    peer_killed_while_typing_has_everything,
    peer_killed_without_coordinator_opens_from_its_log,
    somebody_signed_in_opens_a_room_without_coordinator,
    deletions_are_kept_until_they_are_stored,
    a_second_device_takes_over,
    fifth_person_reads_that_the_call_is_full,
    observers_read_only,
    a_link_opens_only_its_room,
    locks_and_the_end,
    who_is_removed_stays_out,
    everybody_sees_a_person_in_the_same_colour,
    changed_fingerprints_are_refused,
    a_full_disk_stops_nobody,
    programs_run_for_everybody,
]

if __name__ == '__main__':
    chosen = [case for case in CASES if not sys.argv[1:] or case.__name__ in sys.argv[1:]]
    sys.exit(run_cases(chosen))
