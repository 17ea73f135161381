#!/usr/bin/python3
"""A network between namespaces, in user space: delay, loss and outages that the kernel here cannot make (no netem).

Each node is a network namespace with one TUN interface; this program carries IP packets between them, each way by its own
rule. It is run as root, in a process of its own, and told what to do by JSON lines:

    {"from": "A", "to": "B", "up": true, "delay": 0.2, "loss": 0.05}     answered by one line

`Network` starts it and takes everything away again.
"""

import ctypes
import fcntl
import heapq
import json
import os
import random
import selectors
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
CLONE_NEWNET = 0x40000000
MTU = 1400
MAX_WAITING = 20000  # packets under way; more are lost, as in a router


def open_tun(namespace, name):
    """The TUN interface `name` inside a namespace, as a descriptor that works from here."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open('/proc/self/ns/net', os.O_RDONLY)
    there = os.open(f'/run/netns/{namespace}', os.O_RDONLY)
    try:
        if libc.setns(there, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), 'setns')
        tun = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TUN | IFF_NO_PI))
    finally:
        libc.setns(home, CLONE_NEWNET)
        os.close(home)
        os.close(there)
    return tun


class Emulator:
    def __init__(self, nodes):
        self.tuns = {}  # node -> descriptor
        self.by_address = {}  # 4 bytes -> node
        self.rules = {}  # (from, to) -> (up, delay, loss)
        self.waiting = []  # heap of (time, number, node, packet)
        self.number = 0
        self.selector = selectors.DefaultSelector()
        self.random = random.Random(7)
        for node, (namespace, address) in nodes.items():
            self.tuns[node] = open_tun(namespace, 'net0')
            self.by_address[bytes(int(part) for part in address.split('.'))] = node
            self.selector.register(self.tuns[node], selectors.EVENT_READ, node)
        os.set_blocking(0, False)
        self.selector.register(0, selectors.EVENT_READ, None)

    def take_packet(self, node, packet):
        target = self.by_address.get(packet[16:20]) if packet[0] >> 4 == 4 else None
        up, delay, loss = self.rules.get((node, target), (False, 0, 0))
        if not up or self.random.random() < loss or len(self.waiting) >= MAX_WAITING:
            return
        self.number += 1
        heapq.heappush(self.waiting, (time.monotonic() + delay, self.number, target, packet))

    def deliver_due(self):
        now = time.monotonic()
        while self.waiting and self.waiting[0][0] <= now:
            _, _, node, packet = heapq.heappop(self.waiting)
            try:
                os.write(self.tuns[node], packet)
            except OSError:
                pass  # the interface is down or full: lost
        return max(0, self.waiting[0][0] - now) if self.waiting else None

    def take_orders(self):
        """FALSE at the end of the orders."""
        data = os.read(0, 65536)
        for line in data.splitlines():
            order = json.loads(line)
            self.rules[(order['from'], order['to'])] = (order['up'], order['delay'], order['loss'])
            print('done', flush=True)
        return bool(data)

    def run(self):
        while True:
            for key, _ in self.selector.select(self.deliver_due()):
                if key.data is None:
                    if not self.take_orders():
                        return
                    continue
                for _ in range(64):
                    try:
                        self.take_packet(key.data, os.read(key.fd, 65536))
                    except BlockingIOError:
                        break


class Network:
    """Namespaces named PREFIX-NODE with addresses 10.71.0.1, .2, ... on one emulated network."""

    def __init__(self, nodes):
        self.prefix = f'ent{os.getpid() % 100000}'
        self.nodes = nodes
        self.process = None
        self.helpers = []

    def namespace(self, node):
        return f'{self.prefix}-{node}'

    def address(self, node):
        return f'10.71.0.{self.nodes.index(node) + 1}'

    def __enter__(self):
        for node in self.nodes:
            subprocess.run(['ip', 'netns', 'add', self.namespace(node)], check=True)
            self.execute(node, 'ip', 'link', 'set', 'lo', 'up')
        nodes = {node: (self.namespace(node), self.address(node)) for node in self.nodes}
        self.process = subprocess.Popen([sys.executable, os.path.realpath(__file__), json.dumps(nodes)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.process.stdout.readline()
        for node in self.nodes:
            self.execute(node, 'ip', 'link', 'set', 'net0', 'mtu', str(MTU), 'up')
            self.execute(node, 'ip', 'addr', 'add', self.address(node) + '/24', 'dev', 'net0')
        return self

    def __exit__(self, *_):
        for helper in self.helpers:
            helper.kill()
            helper.wait()
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait(10)
        for node in self.nodes:
            subprocess.run(['ip', 'netns', 'del', self.namespace(node)], check=False)

    def execute(self, node, *command):
        subprocess.run(['ip', 'netns', 'exec', self.namespace(node), *command], check=True)

    def start(self, node, *command, **options):
        """A helper inside a node, ended with the network."""
        helper = subprocess.Popen(['ip', 'netns', 'exec', self.namespace(node), *command], **options)
        self.helpers.append(helper)
        return helper

    def set_way(self, one, other, up=True, delay=0.0, loss=0.0):
        """Both directions between two nodes."""
        for source, target in ((one, other), (other, one)):
            self.process.stdin.write(json.dumps({'from': source, 'to': target, 'up': up, 'delay': delay, 'loss': loss}) + '\n')
            self.process.stdin.flush()
            self.process.stdout.readline()


def find_obstacle():
    """Why there can be no such network here, or None."""
    if os.getuid() != 0:
        return 'network namespaces need root'
    if not os.path.exists('/dev/net/tun'):
        return 'there is no /dev/net/tun here'
    probe = f'ent{os.getpid() % 100000}-probe'
    made = subprocess.run(['ip', 'netns', 'add', probe], capture_output=True, check=False)
    if made.returncode == 0:  # in a changed root it can be made and not entered
        made = subprocess.run(['ip', 'netns', 'exec', probe, 'true'], capture_output=True, check=False)
    subprocess.run(['ip', 'netns', 'del', probe], capture_output=True, check=False)
    return None if made.returncode == 0 else 'network namespaces cannot be made here'


if __name__ == '__main__':
    emulator = Emulator(json.loads(sys.argv[1]))
    print('ready', flush=True)
    emulator.run()
