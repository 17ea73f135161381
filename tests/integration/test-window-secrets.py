#!/usr/bin/python3
"""What a device keeps of a person between two starts of the app: test-window-secrets.py BUILD_FOLDER.

Who is signed in, by a real secret service or a file, and old copies of interviews, which are asked about. A real coordinator, a
real keyring on this session bus, and the app started again and again. Pictures of every case are kept in
BUILD_FOLDER/screenshots/secrets.
"""

import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from gi.repository import Gio, GLib  # noqa: E402
from interview_windows import NotSeen, wait_until  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'}
SERVICE = 'org.freedesktop.secrets'
LOGIN_KEYRING = '/org/freedesktop/secrets/collection/login'


class Secrets(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'secrets')
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.keyring = None

    # --- the secret service

    def ask(self, path, interface, method, parameters):
        return self.bus.call_sync(SERVICE, path, interface, method, parameters, None, Gio.DBusCallFlags.NO_AUTO_START, -1,
                                  None).unpack()

    def is_unlocked(self):
        return not self.ask(LOGIN_KEYRING, 'org.freedesktop.DBus.Properties', 'Get',
                            GLib.Variant('(ss)', ('org.freedesktop.Secret.Collection', 'Locked')))[0]

    def lock(self):
        self.ask('/org/freedesktop/secrets', 'org.freedesktop.Secret.Service', 'Lock', GLib.Variant('(ao)', ([LOGIN_KEYRING],)))

    def items(self):
        """The kept tokens, locked or not."""
        unlocked, locked = self.ask('/org/freedesktop/secrets', 'org.freedesktop.Secret.Service', 'SearchItems',
                                    GLib.Variant('(a{ss})', ({'origin': self.server.address},)))
        return unlocked + locked

    def token_file(self):
        return os.path.join(os.environ['XDG_DATA_HOME'], 'entrevue', 'ines', 'token')

    def tidy_up(self):
        if self.keyring:
            self.keyring.terminate()
            self.keyring.wait()

    # --- the app

    def start_app(self):
        # Settings outlive the app, and nothing asks it to keep its token in a file.
        return self.window('ines', 0, '--media', 'none', environment={'ENTREVUE_SECRETS': '', 'GSETTINGS_BACKEND': 'keyfile'})

    def wait_signed_in(self, window):
        window.find('label', 'Interviews')
        window.find('label', 'Ines')

    def sign_out(self, window):
        window.press_button('Main menu')
        window.find('menu item', re.compile('Sign out')).click()
        window.find('text', 'Password')

    def server_and_keyring_start(self):
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        program = shutil.which('gnome-keyring-daemon')
        self.keyring = subprocess.Popen([program, '--foreground', '--unlock', '--components=secrets',
                                         '--control-directory=' + os.path.join(self.folder, 'control')],
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self.log)
        self.keyring.stdin.write(b'keyring')
        self.keyring.stdin.close()
        wait_until(self.is_unlocked, 'the keyring')

    def old_copies_are_asked_about(self):
        folder = os.path.join(os.environ['XDG_DATA_HOME'], 'entrevue', 'ines', 'rooms')
        os.makedirs(folder, mode=0o700)
        copies = [os.path.join(folder, name) for name in ('old.db', 'old.joined', 'new.db')]
        for path in copies:
            with open(path, 'wb'):
                pass
        month_ago = time.time() - 31 * 86400
        for path in copies[:2]:
            os.utime(path, (month_ago, month_ago))
        window = self.start_app()
        window.find('label', re.compile('^1 interview was not opened here for a month'))
        self.picture('question')
        window.press_button(re.compile('Delete$'))  # libadwaita 1.2 calls it "_Delete"
        wait_until(lambda: os.listdir(folder) == ['new.db'], 'only the new copy')

    def sign_in_is_kept_in_the_keyring(self):
        window = self.windows['ines']
        window.sign_in(self.server.address, INES['email'], INES['password'])
        self.wait_signed_in(window)
        wait_until(self.items, 'the token in the keyring')
        if os.path.exists(self.token_file()):
            raise NotSeen('no file beside the keyring')

    def restart_stays_signed_in(self):
        self.close_window('ines')
        self.wait_signed_in(self.start_app())

    def sign_out_forgets(self):
        self.sign_out(self.windows['ines'])
        wait_until(lambda: not self.items(), 'the keyring without the token')

    def locked_keyring_gives_way_to_a_file(self):
        self.lock()
        window = self.windows['ines']
        window.sign_in(self.server.address, INES['email'], INES['password'])
        self.wait_signed_in(window)
        wait_until(lambda: os.path.exists(self.token_file()), 'the file of the token')
        if os.stat(self.token_file()).st_mode & 0o777 != 0o600:
            raise NotSeen('a file that only its owner can read')
        self.close_window('ines')
        self.wait_signed_in(self.start_app())

    def without_a_keyring_too(self):
        self.close_window('ines')
        self.keyring.terminate()
        self.keyring.wait()
        self.keyring = None
        window = self.start_app()
        self.wait_signed_in(window)
        self.sign_out(window)
        wait_until(lambda: not os.path.exists(self.token_file()), 'the file gone')

    def nothing_is_complained_of(self):
        self.close_window('ines')
        if self.complaints():
            raise NotSeen(f'no warning, but there is {self.complaints()[0]}')

    CASES = (server_and_keyring_start, old_copies_are_asked_about, sign_in_is_kept_in_the_keyring, restart_stays_signed_in, sign_out_forgets,
             locked_keyring_gives_way_to_a_file, without_a_keyring_too, nothing_is_complained_of)


if __name__ == '__main__':
    if not shutil.which('gnome-keyring-daemon'):
        print('1..0 # SKIP gnome-keyring is not installed')
        sys.exit(0)
    sys.exit(Secrets(os.path.realpath(sys.argv[1])).run())
