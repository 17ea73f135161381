#!/usr/bin/python3
"""Signing in where more than a password is needed, in a real app window: test-window-signin.py BUILD_FOLDER.

One coordinator and the window of a person with a second factor. Pictures are kept in BUILD_FOLDER/screenshots/signin.
"""

import base64
import hashlib
import hmac
import json
import os
import struct
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'}
NARROW = 360


def make_code(secret, step):
    """RFC 6238."""
    digest = hmac.new(base64.b32decode(secret), struct.pack('>Q', int(time.time() // 30) + step), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7fffffff) % 1000000:06}"


class SignIn(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'signin')
        self.codes = []  # on paper

    @property
    def ines(self):
        return self.windows['ines']

    def post(self, path, body, token=None):
        headers = {'Content-Type': 'application/json', **({'Authorization': 'Bearer ' + token} if token else {})}
        request = urllib.request.Request(self.server.address + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def enrol(self):
        token = self.post('/api/auth/login', {'email': INES['email'], 'password': INES['password']})['access']
        secret = self.post('/api/auth/totp', {'password': INES['password']}, token)['secret']
        self.codes = self.post('/api/auth/totp/confirm', {'code': make_code(secret, 0)}, token)['codes']

    def give(self, code):
        self.ines.find('text', 'Code').set_text(code)
        self.ines.press_button('Sign in')

    # --- cases

    def a_forgotten_password_is_asked_for(self):
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        self.enrol()
        window = self.window('ines', 0)
        window.find('text', 'Server').set_text(self.server.address)
        window.find('text', 'Email').set_text(INES['email'])
        window.find('status bar', 'Registration is closed on this server. Ask the people who run it for an account.')
        window.press_button('Forgot your password?')
        window.find('status bar', 'If there is an account with this address, a mail with a link to set a new password is on its way.')

    def the_code_is_asked_for(self):
        self.ines.sign_in(self.server.address, INES['email'], INES['password'])
        self.ines.find('label', 'One more step')

    def a_wrong_code_is_refused(self):
        self.give('000000')
        self.ines.wait_problem('code is not right')

    def it_fits_into_a_narrow_window(self):
        self.ines.app.place(0, 0, NARROW, 720)
        self.ines.find('label', 'One more step')
        self.picture('narrow')
        self.ines.app.place(0, 0, 1280, 900)

    def somebody_else_can_sign_in(self):
        self.ines.press_button('Sign in as somebody else')
        self.ines.find('label', 'Welcome')
        self.ines.sign_in(self.server.address, INES['email'], INES['password'])
        self.ines.find('label', 'One more step')

    def a_code_on_paper_opens(self):
        self.give(self.codes[0])
        self.ines.find('label', 'No interviews yet')

    def in_the_dark(self):
        self.close_window('ines')
        window = self.window('dora', 0, environment={'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'})
        window.sign_in(self.server.address, INES['email'], INES['password'])
        window.find('label', 'One more step')
        self.picture('dark')

    def complaints_of_the_toolkit(self):
        found = self.complaints()
        assert not found, found

    CASES = (
        a_forgotten_password_is_asked_for, the_code_is_asked_for, a_wrong_code_is_refused, it_fits_into_a_narrow_window,
        somebody_else_can_sign_in, a_code_on_paper_opens, in_the_dark, complaints_of_the_toolkit,
    )


if __name__ == '__main__':
    sys.exit(SignIn(sys.argv[1]).run())
