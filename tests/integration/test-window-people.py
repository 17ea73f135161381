#!/usr/bin/python3
"""What people are told, their week, and their organisation, in real app windows: test-window-people.py BUILD_FOLDER.

One coordinator, the window of an interviewer, and a candidate by way of the API. Pictures of every case are kept in
BUILD_FOLDER/screenshots/people.
"""

import datetime
import json
import os
import re
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from desktop_notices import DesktopNotices  # noqa: E402
from interview_windows import wait_until  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines Aurelia Fernández-Castellanos', 'password': 'correct horse battery'}
CAI = {'email': 'cai@example.org', 'name': 'Cai', 'password': 'correct horse battery'}
TITLE = 'Backend <first> & more'


class People(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'people')
        self.tokens = {}  # access token of a person, by address
        self.org = None
        self.desktop = None

    @property
    def ines(self):
        return self.windows['ines']

    def call(self, person, method, path, body=None, headers=None):
        """The answer of the server to a person."""
        headers = {'Content-Type': 'application/json', **(headers or {})}
        if person['email'] in self.tokens:
            headers['Authorization'] = 'Bearer ' + self.tokens[person['email']]
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as refusal:
            raise AssertionError(f'{method} {path}: {refusal.read().decode()}') from None

    def sign_in(self, person):
        answer = self.call(person, 'POST', '/api/auth/login', {'email': person['email'], 'password': person['password']})
        self.tokens[person['email']] = answer['access']

    def book(self, starts):
        """Ines offers a time, and Cai takes it; returns the interview."""
        def form(time):
            return time.strftime('%Y-%m-%dT%H:%M:%SZ')
        slot = self.call(INES, 'POST', '/api/slots', {'org': self.org, 'title': TITLE, 'starts': form(starts),
                                                      'ends': form(starts + datetime.timedelta(minutes=45)), 'zone': 'UTC'})
        return self.call(CAI, 'POST', '/api/interviews', {'slot_id': slot['id']})['interview']

    def refresh_until(self, check, what):
        """Presses F5 until it is so."""
        def ready():
            self.ines.app.press('F5')
            return check()
        return wait_until(ready, what)

    # --- cases

    def nothing_was_told(self):
        self.desktop = DesktopNotices()
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES, 'candidate': CAI})
        for person in (INES, CAI):
            self.sign_in(person)
        self.org = self.call(INES, 'GET', '/api/me')['memberships'][0]['org']
        window = self.window('ines', 0, '--media', 'none')
        window.sign_in(self.server.address, INES['email'], INES['password'])
        window.press_button('Notifications')
        window.find('label', 'Nothing new')

    def a_booking_is_told(self):
        self.ines.press_button('Back')
        self.ines.find('label', 'No interviews yet')
        # So that the reminder half an hour before is due in some seconds.
        self.book(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=30, seconds=4))
        self.refresh_until(lambda: self.ines.app.first('button', re.compile(r'^Notifications: \d new')), 'a number at the bell')
        self.desktop.wait(f'Booked: {TITLE}')
        self.picture('bell')

    def a_reminder_has_a_button(self):
        number = self.refresh_until(lambda: self.desktop.find(f'Soon: {TITLE}'), 'the reminder')
        self.ines.app.press('ctrl+b')
        self.ines.find('list item', re.compile('^Soon: '))
        self.picture('notifications')
        assert 'Join' in self.desktop.shown[number][2], self.desktop.shown
        self.desktop.click(number, 'Join')
        self.ines.wait_in_room()
        self.ines.leave()

    def what_was_read_is_not_new(self):
        self.ines.app.press('ctrl+b')
        self.ines.press_button('Mark all as read')
        self.ines.press_button('Back')
        self.ines.find('button', 'Notifications')
        wait_until(lambda: all(item.get('read') for item in self.call(INES, 'GET', '/api/notifications')['items']), 'all read')
        # The one whose button was clicked is gone by that.
        booked = self.desktop.find(f'Booked: {TITLE}')
        wait_until(lambda: self.desktop.find(TITLE) and booked in self.desktop.closed, 'nothing on the desktop')

    CASES = (nothing_was_told, a_booking_is_told, a_reminder_has_a_button, what_was_read_is_not_new)


if __name__ == '__main__':
    sys.exit(People(sys.argv[1]).run())
