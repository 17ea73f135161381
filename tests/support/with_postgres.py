#!/usr/bin/env python3
"""Runs a command with a PostgreSQL server of its own, whose address it finds in COORD_TEST_DATABASE.

    with_postgres.py COMMAND [ARGUMENT...]

The server lives in a temporary folder, listens on a socket in it only, and goes with the command. It does not wait for the disk:
what a test proves about durability, it proves with a server of its own.
"""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

SETTINGS = ['fsync=off', 'full_page_writes=off', 'listen_addresses=', 'max_connections=200', 'shared_buffers=16MB']


def find_programs():
    folders = sorted(glob.glob('/usr/lib/postgresql/*/bin'), key=lambda path: int(path.split('/')[4]))
    if folders:
        return folders[-1]
    found = shutil.which('initdb')
    if not found:
        sys.exit('PostgreSQL is not installed: apt install postgresql')
    return os.path.dirname(found)


def main():
    # A test that takes too long is asked to end: the server must end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    programs = find_programs()
    # PostgreSQL refuses to run as root.
    user = 'postgres' if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    as_user = ['setpriv', '--reuid', user, '--regid', user, '--init-groups'] if os.geteuid() == 0 else []
    folder = tempfile.mkdtemp(prefix='entrevue-pg-', dir='/tmp')

    def run(name, *words):
        done = subprocess.run([*as_user, os.path.join(programs, name), *words], cwd='/', stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        if done.returncode != 0:
            sys.exit(f'{name} failed: {done.stdout}')

    if as_user:
        shutil.chown(folder, user, user)
        os.chmod(folder, 0o711)  # for servers that run as a user of their own; the data stay closed
    data = os.path.join(folder, 'data')
    log = os.path.join(folder, 'log')
    try:
        run('initdb', '-D', data, '-A', 'trust', '-U', user, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync')
        options = ' '.join(f'-c {setting}' for setting in [*SETTINGS, f'unix_socket_directories={folder}'])
        run('pg_ctl', '-D', data, '-l', log, '-o', options, '-w', 'start')
        try:
            run('psql', '-h', folder, '-U', user, '-d', 'postgres', '-qc', 'CREATE EXTENSION btree_gist')
            address = f'postgresql:///postgres?host={folder}&user={user}'
            return subprocess.run(sys.argv[1:], env={**os.environ, 'COORD_TEST_DATABASE': address}).returncode
        finally:
            run('pg_ctl', '-D', data, '-m', 'immediate', 'stop')
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
