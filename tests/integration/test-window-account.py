#!/usr/bin/python3
"""A person's own account in a real app window: test-window-account.py BUILD_FOLDER.

One coordinator, the window of an interviewer, and other devices of hers by way of the API. Pictures of every case are kept in
BUILD_FOLDER/screenshots/account.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from interview_windows import wait_until  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines Aurelia Fernández-Castellanos', 'password': 'correct horse battery'}
NEW_PASSWORD = 'staple of the battery'
DEVICES = ('Laptop <work> & more', 'Phone', 'A device with a name that is so long that no list of this world shows it in one line')


class Account(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'account')
        self.tokens = {}  # refresh tokens of the other devices

    @property
    def ines(self):
        return self.windows['ines']

    def post(self, path, body):
        """Status and answer."""
        request = urllib.request.Request(self.server.address + path, json.dumps(body).encode(), {'Content-Type': 'application/json'})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def sign_in_elsewhere(self, device, password):
        status, answer = self.post('/api/auth/login', {'email': INES['email'], 'password': password, 'device': device})
        assert status == 200, answer
        self.tokens[device] = answer['refresh']

    def is_signed_in(self, device):
        status, answer = self.post('/api/auth/refresh', {'refresh': self.tokens[device]})
        if status == 200:
            self.tokens[device] = answer['refresh']
        return status == 200

    def wait_device(self, name):
        self.ines.find('list item', re.compile('^' + re.escape(name)))

    def fill(self, old, new, again):
        for label, text in (('Current password', old), ('New password', new), ('New password again', again)):
            self.ines.find('text', label).set_text(text)

    def open_account(self):
        self.ines.app.press('ctrl+comma')

    def go_back(self):
        self.ines.press_button('Back')
        # A button that is pressed from outside acts a moment later; the page that comes takes the focus.
        wait_until(lambda: self.ines.find('button', 'Book a time').has_state('focused'), 'the list of interviews')

    # --- cases

    def the_page_shows_where_one_is_signed_in(self):
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        for device in DEVICES:
            self.sign_in_elsewhere(device, INES['password'])
        window = self.window('ines', 0)
        window.sign_in(self.server.address, INES['email'], INES['password'])
        window.find('label', 'No interviews yet')
        self.open_account()
        window.find('label', INES['email'])
        window.find('label', INES['name'])
        for device in DEVICES:
            self.wait_device(device)

    def one_other_device_is_signed_out(self):
        self.ines.press_button(f'Sign out {DEVICES[1]}')
        self.ines.app.wait_gone('list item', re.compile('^' + DEVICES[1]))
        assert not self.is_signed_in(DEVICES[1])
        assert self.is_signed_in(DEVICES[0])

    def a_wrong_password_changes_nothing(self):
        self.fill('not the password', NEW_PASSWORD, NEW_PASSWORD)
        self.ines.press_button('Change password')
        self.ines.wait_problem('current password is not right')
        assert self.is_signed_in(DEVICES[0])

    def passwords_that_differ_are_not_sent(self):
        self.fill(INES['password'], NEW_PASSWORD, NEW_PASSWORD + '.')
        self.ines.press_button('Change password')
        self.ines.wait_problem('two new passwords differ')
        self.fill(INES['password'], 'short', 'short')
        self.ines.press_button('Change password')
        self.ines.wait_problem('too short')

    def a_new_password_signs_the_others_out(self):
        self.fill(INES['password'], NEW_PASSWORD, NEW_PASSWORD)
        self.ines.press_button('Change password')
        self.ines.find('label', re.compile('^Your password is changed'))
        self.ines.app.wait_gone('list item', re.compile('^' + re.escape(DEVICES[0])))
        assert not self.is_signed_in(DEVICES[0])
        assert self.post('/api/auth/login', {'email': INES['email'], 'password': INES['password']})[0] == 401
        self.sign_in_elsewhere('Tablet', NEW_PASSWORD)
        self.sign_in_elsewhere('Desk', NEW_PASSWORD)

    def all_others_are_signed_out(self):
        self.go_back()
        self.open_account()
        self.wait_device('Tablet')
        self.ines.press_button('Sign out everywhere else')
        self.ines.find('label', 'Sign out everywhere else?')
        self.picture('question')
        self.ines.press_button(re.compile('^_Sign out'))  # libadwaita 1.2 calls it "_Sign out Sign out"
        self.ines.app.wait_gone('list item', re.compile('^Tablet'))
        assert not self.is_signed_in('Tablet') and not self.is_signed_in('Desk')

    def without_the_server_the_page_says_so(self):
        self.server.kill_coordinator()
        self.go_back()
        self.open_account()
        self.ines.find('label', re.compile('cannot be reached'))
        self.picture('offline')
        self.server.restart_coordinator()
        self.sign_in_elsewhere('Kiosk', NEW_PASSWORD)
        self.ines.press_button('Try again')
        self.wait_device('Kiosk')

    CASES = (
        the_page_shows_where_one_is_signed_in, one_other_device_is_signed_out, a_wrong_password_changes_nothing,
        passwords_that_differ_are_not_sent, a_new_password_signs_the_others_out, all_others_are_signed_out,
        without_the_server_the_page_says_so,
    )


if __name__ == '__main__':
    sys.exit(Account(sys.argv[1]).run())
