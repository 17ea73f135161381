#!/usr/bin/env python3
"""A disk that is full, and a disk that fails: nothing gets damaged, refusals are clean, and it recovers by itself.

    test_disk.py COORDINATOR FAULT_SHIM ROUNDS      on SQLite
    test_disk.py COORDINATOR postgresql ROUNDS      tables and indices of PostgreSQL on the full disk, its write-ahead log beside it

What was refused must not be there, what was acknowledged must; reads go on; no request is answered with 500. (A PostgreSQL without room
for its write-ahead log ends itself: that is a database that is away, which the tests of the cluster have.)
"""

import errno
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support'))
from bare_coordinator import PATIENCE_S, BareCoordinator  # noqa: E402
from room_writer import RoomWriter  # noqa: E402
from slot_client import SlotClient  # noqa: E402

PROGRAM, SHIM = sys.argv[1], sys.argv[2]
ROUNDS = int(sys.argv[3])
SEED = 20261121
DISK_MIB = 96
REQUESTS = 30  # of one round
NAMESPACE = 'ENTREVUE_TEST_NAMESPACE'  # set inside the mount namespace
IS_POSTGRES = SHIM == 'postgresql'
DISK = '/mnt'


def wait_until(is_true, what):
    deadline = time.monotonic() + PATIENCE_S
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f'{what} did not come about in {PATIENCE_S} s')
        time.sleep(0.02)


class Disk(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.statuses = {}

    def begin(self, **options):
        self.server = BareCoordinator(PROGRAM, **options)
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.start()
        self.client = SlotClient(self.server, 0, self.server.add_people())
        self.client.token = self.server.sign_in('ina')
        self.refused = []
        room, invites = self.server.add_room()
        self.writer = RoomWriter(self.server, room, invites[0], 'text')
        self.addCleanup(self.writer.close)
        self.writer.join()
        self.connect_writer()

    def connect_writer(self):
        self.writer.connect()
        self.assertGreaterEqual(self.writer.heard, self.writer.durable)
        for work in (self.writer.drain, self.follow):
            threading.Thread(target=work, daemon=True).start()

    def follow(self):
        """As the writer's own, but an error about the disk is no end."""
        while True:
            try:
                self.writer.read_durable()
            except AssertionError as problem:
                if 'storage_full' not in str(problem):
                    return
            except Exception:  # pylint: disable=broad-except
                return

    def try_slot(self):
        """One request under a new key; it is done, or refused as it should be."""
        key, body = self.client.make_request()
        status, _, answer = self.server.ask('POST', '/api/slots', body, self.client.token, {'Idempotency-Key': key})
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 201:
            self.client.acknowledged.append(answer['id'])
            return True
        self.assertIn((status, answer['code']), ((507, 'storage_full'), (503, 'unavailable')), answer)
        self.refused.append(body['title'])
        return False

    def try_reading(self):
        status, _, answer = self.server.ask('GET', '/api/me', token=self.client.token)
        self.assertEqual(status, 200, answer)

    def look(self):
        """What is on the disk is what was said to be there."""
        titles = set(self.server.query('SELECT title FROM slot'))
        stored = set(self.server.query('SELECT id FROM slot'))
        self.assertEqual([i for i in self.client.acknowledged if i not in stored], [])
        self.assertEqual([t for t in self.refused if t in titles], [], 'refused, and yet done')
        self.server.command('check')

    def expect_recovery(self):
        """Without a restart and without anybody's help."""
        wait_until(self.try_slot, 'a request that is done again')
        self.writer.write('again;')
        self.assertTrue(self.writer.wait_durable(), 'edits did not become durable again')
        wait_until(lambda: self.server.ask('GET', '/health')[0] == 200, 'good health')

    # --- a full disk

    def fill(self, leave):
        """Fills the disk up to so many bytes."""
        with open(self.filler, 'wb') as file:
            while (space := os.statvfs(DISK)).f_bavail * space.f_frsize > leave:
                file.write(bytes(max(4096, min(1 << 20, space.f_bavail * space.f_frsize - leave))))
                file.flush()

    def test_full_disk(self):
        if NAMESPACE not in os.environ:
            self.skipTest('no mount namespace here')
        self.filler = os.path.join(DISK, 'filler')
        if IS_POSTGRES:
            self.make_tablespace()
            self.begin()
        else:
            self.begin(data=os.path.join(DISK, 'data'))
        for number in range(ROUNDS):
            self.fill(self.random.choice((0, 0, 4096, 65536, 262144)))
            self.writer.write(f'round {number};' * 200)
            tries = 0
            while self.try_slot():
                tries += 1
                self.assertLess(tries, 20000)
            for _ in range(5):
                self.try_slot()
                self.try_reading()
            # A page of PostgreSQL may have had room for what was written last.
            self.assertIn(self.server.ask('GET', '/health')[0], (507, 200) if IS_POSTGRES else (507,))
            self.assertEqual(self.server.ask('GET', '/health/live')[0], 200)
            if number % 3 == 2:
                self.writer.close()
                self.server.kill()
                self.start_when_full()
            os.unlink(self.filler)
            if self.server.process is None:
                self.server.start()
            if number % 3 == 2:
                self.connect_writer()
            self.expect_recovery()
            self.look()
        self.assertGreater(self.statuses.get(507, 0), 0)
        print(f'# full disk, {ROUNDS} rounds: answers by status {self.statuses}, {len(self.client.acknowledged)} acknowledged all there, '
              f'{len(self.refused)} refused none there', flush=True)

    def make_tablespace(self):
        """Everything of the database but its write-ahead log goes to the disk."""
        folder = os.path.join(DISK, 'space')
        os.mkdir(folder)
        if os.geteuid() == 0 and 'user=postgres' in os.environ['COORD_TEST_DATABASE']:
            shutil.chown(folder, 'postgres', 'postgres')
        for sql in (f"CREATE TABLESPACE small LOCATION '{folder}'", 'ALTER DATABASE postgres SET default_tablespace = small'):
            subprocess.run(['psql', os.environ['COORD_TEST_DATABASE'], '-qc', sql], check=True)

    def start_when_full(self):
        """It serves what it can, or says in a sentence why not."""
        try:
            self.server.start()
        except AssertionError as problem:
            self.assertRegex(str(problem), 'could not write to its disk|disk is full|No space left')
            self.server.process.wait()
            self.server.process.stdout.close()
            self.server.process = None

    # --- a disk that fails

    def set_faults(self, each_write, each_sync, number=errno.EIO):
        with open(self.control, 'r+b') as file:
            file.write(struct.pack('III', each_write, each_sync, number))

    @unittest.skipIf(IS_POSTGRES, 'PostgreSQL deals with failing disks itself')
    def test_failing_disk(self):
        self.control = os.path.join(self.make_folder(), 'control')
        with open(self.control, 'wb') as file:
            file.write(bytes(12))
        self.begin(environment={'LD_PRELOAD': os.path.realpath(SHIM), 'FAULT_CONTROL': self.control})
        for number in range(ROUNDS):
            each = self.random.choice((1, 2, 3, 5, 7, 11, 23))
            kind = number % 3
            self.set_faults(each if kind != 1 else 0, each if kind != 0 else 0, self.random.choice((errno.EIO, errno.ENOSPC)))
            for _ in range(REQUESTS):
                self.try_slot()
                self.writer.write('word;')
            self.try_reading()
            if number % 5 == 4:
                self.writer.close()
                self.server.kill()
                self.set_faults(0, 0)
                self.server.start()
                self.connect_writer()
            self.set_faults(0, 0)
            self.expect_recovery()
            self.look()
        self.assertGreater(self.statuses.get(507, 0) + self.statuses.get(503, 0), 0)
        print(f'# failing disk, {ROUNDS} rounds: answers by status {self.statuses}, {len(self.client.acknowledged)} acknowledged all there, '
              f'{len(self.refused)} refused none there', flush=True)

    def make_folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name


def enter_namespace():
    """Runs this script again where it may mount: on a small disk, and with a PostgreSQL that sees it."""
    command = ['unshare', '--mount', *([] if os.geteuid() == 0 else ['--map-root-user'])]
    if NAMESPACE in os.environ or subprocess.run([*command, 'true'], stderr=subprocess.DEVNULL).returncode != 0:
        return
    os.environ[NAMESPACE] = '1'
    mount = f'mount -t tmpfs -o size={DISK_MIB}m,mode=0755 tmpfs {DISK} && exec "$@"'
    postgres = [os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../support/with_postgres.py')] if IS_POSTGRES else []
    os.execvp(command[0], [*command, 'sh', '-c', mount, 'sh', *postgres, sys.executable, '-B', *sys.argv])


if __name__ == '__main__':
    if NAMESPACE not in os.environ:
        os.environ.pop('COORD_TEST_DATABASE', None)
        enter_namespace()
    unittest.main(argv=sys.argv[:1], verbosity=2)
