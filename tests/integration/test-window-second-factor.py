#!/usr/bin/python3
"""A second factor set up, used, renewed and taken off in a real app window: test-window-second-factor.py BUILD_FOLDER.

One coordinator and one person. The picture of the key is read back from the screen, as a phone's camera does. Pictures of every case are
kept in BUILD_FOLDER/screenshots/second-factor.
"""

import base64
import hashlib
import hmac
import os
import re
import struct
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from interview_windows import wait_until  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'}
NARROW = 360
CODE = re.compile(r'[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}')
OWN_CODE = 'Code of your device, or one on paper'


def make_code(secret, step=0):
    """RFC 6238."""
    digest = hmac.new(base64.b32decode(secret), struct.pack('>Q', int(time.time() // 30) + step), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7fffffff) % 1000000:06}"


def read_qr(picture):
    """The text of the QR code in a picture, by GStreamer's zbar; None: it sees none."""
    said = subprocess.run(['gst-launch-1.0', '-m', 'filesrc', 'location=' + picture, '!', 'pngdec', '!', 'videoconvert', '!', 'zbar',
                           'cache=false', '!', 'fakesink'], capture_output=True, text=True, timeout=60).stdout
    found = re.search(r'symbol=\(string\)"((?:[^"\\]|\\.)*)"', said)
    return re.sub(r'\\(.)', r'\1', found.group(1)) if found else None


class SecondFactor(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'second-factor')
        self.secret = None
        self.codes = []  # on paper

    @property
    def ines(self):
        return self.windows['ines']

    def set_text(self, label, text):
        # Pages that were shown before have fields of the same name.
        wait_until(lambda: self.ines.app.last('text', label), label).set_text(text)

    def open_account(self):
        self.ines.app.press('ctrl+comma')
        self.ines.find('label', 'Codes of your device')

    def read_codes(self):
        text = wait_until(lambda: self.ines.app.first('label', CODE), 'the recovery codes').name
        self.codes = CODE.findall(text)
        assert len(set(self.codes)) == 10, text

    # --- cases

    def the_account_says_that_it_is_off(self):
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        window = self.window('ines', 0)
        window.sign_in(self.server.address, INES['email'], INES['password'])
        window.find('label', 'No interviews yet')
        self.open_account()
        window.find('label', re.compile('^Off. With them'))

    def a_wrong_password_does_not_begin(self):
        self.ines.press_button('Set up codes of your device')
        self.ines.find('label', 'Set up codes')
        self.set_text('Password', 'not the password')
        self.ines.press_button('Continue')
        self.ines.wait_problem('password is not right')

    def the_key_can_be_scanned_and_typed(self):
        self.set_text('Password', INES['password'])
        self.ines.app.press('Return')
        typed = self.ines.find('label', re.compile(r'^([A-Z2-7]{4} ?)+$')).name.replace(' ', '')
        path = os.path.join(self.pictures, 'key.png')
        self.ines.app.screenshot(path)
        uri = wait_until(lambda: read_qr(path), 'a QR code that can be read')
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query)
        assert query['secret'] == [typed], (uri, typed)
        self.secret = typed

    def a_wrong_code_is_refused(self):
        self.set_text('Code that the device shows', '000000')
        self.ines.press_button('Turn codes on')
        self.ines.wait_problem('code is not right')

    def the_right_one_gives_ten_codes(self):
        code = make_code(self.secret, -1)
        self.set_text('Code that the device shows', f'{code[:3]} {code[3:]}')
        self.ines.app.press('Return')
        self.read_codes()

    def they_fit_into_a_narrow_window(self):
        self.ines.app.place(0, 0, NARROW, 720)
        self.ines.find('label', 'Recovery codes')
        self.picture('narrow')
        self.ines.app.place(0, 0, 1280, 900)

    def who_has_not_kept_them_is_asked(self):
        self.ines.press_button('Done')
        self.ines.find('label', 'Leave without keeping the codes?')
        self.picture('question')
        self.ines.press_button(re.compile('^_Cancel'))
        self.ines.press_button('Copy the codes')
        self.ines.find('label', re.compile('^The codes are copied'))
        self.ines.press_button('Done')
        self.ines.find('label', 'On. 10 recovery codes are left.')

    def new_codes_end_the_old_ones(self):
        old = self.codes
        self.ines.press_button('Make new recovery codes')
        self.ines.find('text', OWN_CODE)
        self.set_text('Password', INES['password'])
        self.set_text(OWN_CODE, old[0].lower())
        self.ines.press_button('Make new codes')
        self.read_codes()
        assert not set(old) & set(self.codes)
        self.ines.press_button('Copy the codes')
        self.ines.press_button('Done')
        self.ines.find('label', 'On. 10 recovery codes are left.')

    def the_next_sign_in_asks(self):
        self.close_window('ines')
        window = self.window('ines-elsewhere', 0, environment={'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'})
        self.windows['ines'] = self.windows.pop('ines-elsewhere')
        window.sign_in(self.server.address, INES['email'], INES['password'])
        window.find('text', 'Code').set_text(make_code(self.secret))
        window.press_button('Sign in')
        window.find('label', 'No interviews yet')

    def without_the_server_nothing_is_lost(self):
        self.open_account()
        self.ines.press_button('Turn codes off')
        self.ines.find('text', OWN_CODE)
        self.set_text('Password', INES['password'])
        self.set_text(OWN_CODE, self.codes[0])
        self.server.kill_coordinator()
        self.ines.press_button('Turn off')
        self.ines.wait_problem('cannot be reached')
        self.server.restart_coordinator()

    def it_is_turned_off(self):
        self.set_text(OWN_CODE, 'ABCD-ABCD-ABCD-ABCD')
        self.ines.press_button('Turn off')
        self.ines.wait_problem('code is not right')
        self.set_text(OWN_CODE, self.codes[0])
        self.ines.press_button('Turn off')
        self.ines.find('label', re.compile('^Off. With them'))

    def complaints_of_the_toolkit(self):
        found = self.complaints()
        assert not found, found

    CASES = (
        the_account_says_that_it_is_off, a_wrong_password_does_not_begin, the_key_can_be_scanned_and_typed, a_wrong_code_is_refused,
        the_right_one_gives_ten_codes, they_fit_into_a_narrow_window, who_has_not_kept_them_is_asked, new_codes_end_the_old_ones,
        the_next_sign_in_asks, without_the_server_nothing_is_lost, it_is_turned_off, complaints_of_the_toolkit,
    )


if __name__ == '__main__':
    sys.exit(SecondFactor(sys.argv[1]).run())
