#!/usr/bin/python3
"""How quick a room is, one line of JSON each. Two ent-peer processes on a real coordinator on this machine.

    bench-rooms.py typing|typing-coordinator|joining|call
"""

import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from room_peers import Interview  # noqa: E402

FILE = 'main.py'
KEYS = 500
KEY_INTERVAL_S = 0.02
JOINS = 5
CALL_S = 10
TICKS = os.sysconf('SC_CLK_TCK')


def say(**figures):
    print(json.dumps(figures), flush=True)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def typing(*extra):
    """From the writer's change event to the reader's, both by the machine's monotonic clock."""
    with Interview() as interview:
        writer = interview.host(*extra).wait_joined()
        reader = interview.guest_peer(*extra).wait_joined()
        if not extra:
            writer.wait_linked('Gus')
            reader.wait_linked('Ira')
        time.sleep(2)
        start_written, start_read = writer.mark(), reader.mark()
        for _ in range(KEYS):
            writer.insert(FILE, 0, 'x')
            time.sleep(KEY_INTERVAL_S)
        reader.wait_text(FILE, lambda text: text.startswith('x' * KEYS))
        written = {e['length']: e['at_us'] for e in writer.events[start_written:] if e['event'] == 'change' and e['local']}
        read = {e['length']: e['at_us'] for e in reader.events[start_read:] if e['event'] == 'change' and not e['local']}
        took = [(read[length] - at) / 1000 for length, at in written.items() if length in read]
        assert len(took) >= KEYS * 0.95, len(took)
        say(bench='typing-to-remote-change', way='coordinator' if extra else 'data channel', n=len(took),
            p50_ms=round(statistics.median(took), 2), p99_ms=round(percentile(took, 0.99), 2), goal_p50_ms=5 if extra else 3,
            goal_p99_ms=30)


def joining():
    """From the start of the program with a link to the first moment the file can be edited."""
    with Interview() as interview:
        took = []
        for _ in range(JOINS):
            peer = interview.guest_peer().wait_joined()
            took.append(peer.find('joined')['after_us'] / 1000)
            peer.leave()
        say(bench='link-to-editable', n=JOINS, first_ms=round(took[0], 1), p50_ms=round(statistics.median(took[1:]), 1),
            goal_ms=1000)


def read_cpu_s(pid):
    with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def read_memory_mb(pid):
    with open(f'/proc/{pid}/status', encoding='ascii', errors='replace') as file:
        for line in file:
            if line.startswith('VmRSS'):
                return round(int(line.split()[1]) / 1024, 1)
    return 0


def call():
    """Two peers with a test picture and a tone."""
    with Interview() as interview:
        peers = [interview.host('--media', 'test'), interview.guest_peer('--media', 'test')]
        for peer, other in zip(peers, ('Gus', 'Ira')):
            peer.wait_joined().wait_linked(other)
        deadline = time.monotonic() + 30
        while any(peer.stats()['peers'][0]['frames_decoded'] < 30 for peer in peers):
            if time.monotonic() > deadline:
                raise SystemExit('no pictures came')
            time.sleep(0.5)
        before = [(read_cpu_s(peer.process.pid), peer.stats()['peers'][0]) for peer in peers]
        began = time.monotonic()
        time.sleep(CALL_S)
        seconds = time.monotonic() - began
        for peer, (cpu, old), name in zip(peers, before, ('host', 'guest')):
            new = peer.stats()['peers'][0]
            say(bench='call-of-two', who=name, seconds=round(seconds, 1),
                cpu_percent=round(100 * (read_cpu_s(peer.process.pid) - cpu) / seconds, 1),
                memory_mb=read_memory_mb(peer.process.pid), width=new['width'], height=new['height'],
                fps_received=round((new['frames_decoded'] - old['frames_decoded']) / seconds, 1),
                video_kbit_received=round((new['video_bytes_received'] - old['video_bytes_received']) * 8 / 1000 / seconds),
                round_trip_us=new['round_trip_us'])
        say(bench='coordinator-memory', memory_mb=read_memory_mb(coordinator_pid(interview)))


def coordinator_pid(interview):
    return interview.server.coordinator.pid


BENCHES = {
    'typing': typing,
    'typing-coordinator': lambda: typing('--no-peer-links'),
    'joining': joining,
    'call': call,
}

if __name__ == '__main__':
    for wanted in sys.argv[1:] or BENCHES:
        BENCHES[wanted]()
