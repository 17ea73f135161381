#!/usr/bin/python3
"""Links with which somebody without an account books an interview, in real app windows: test-window-links.py BUILD_FOLDER.

One coordinator, the windows of who makes the links, and that of who got one. Pictures of every case are kept in
BUILD_FOLDER/screenshots/links.
"""

import contextlib
import json
import os
import re
import sqlite3
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from atspi_driver import Node  # noqa: E402
from interview_windows import wait_until  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines Aurelia Fernández-Castellanos', 'password': 'correct horse battery'}
HANNA = {'email': 'hanna@example.org', 'name': 'Hanna', 'password': 'correct horse battery'}
# More than a server lists at once; the last one comes last by id, too.
COLLEAGUES = [(f'ffffffff-ffff-7fff-bfff-{number:012}', f'Colleague {number:03}') for number in range(205)]
LAST_USER, LAST_NAME = COLLEAGUES[-1]
TITLE = 'Backend <first> & more'
# Two hours of each day, from in three days on: what is booked can be changed for long.
HOURS = {'zone': 'UTC', 'weekly': [{'day': day, 'from': 540, 'until': 660} for day in range(7)], 'special': [], 'length_s': 3600,
         'buffer_s': 0, 'notice_s': 3 * 86400, 'ahead_days': 9, 'daily_limit': 0}


class Links(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'links')
        self.token = None  # access token of Ines
        self.org = None
        self.link = None

    def call(self, method, path, body=None, version=None):
        """The answer of the server, to Ines once she is signed in."""
        headers = {'Content-Type': 'application/json'}
        if self.token:
            headers['Authorization'] = 'Bearer ' + self.token
        if version:
            headers['If-Match'] = f'"{version}"'
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.address + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def booked(self):
        """When the interview of the link is; None: none is booked."""
        interview = self.call('POST', '/api/book/show', {'token': self.link['token']}).get('interview')
        return interview and interview['starts']

    def expect_state(self, pattern):
        """The list of Ines tells what became of a link, when it is asked for anew."""
        self.windows['ines'].press_button('Refresh')
        self.windows['ines'].find('label', re.compile(pattern))

    # --- cases

    def a_link_is_made(self):
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES, 'hr': HANNA})
        self.token = self.call('POST', '/api/auth/login', {'email': INES['email'], 'password': INES['password']})['access']
        me = self.call('GET', '/api/me')
        self.org = me['memberships'][0]['org']
        path = f'/api/orgs/{self.org}/availability/{me["user"]["id"]}'
        self.call('PUT', path, HOURS, self.call('GET', path)['version'])
        window = self.window('ines', 0, '--media', 'none')
        window.sign_in(self.server.address, INES['email'], INES['password'])
        window.open_menu('Main menu', re.compile('Booking links$')).click()
        window.find('label', 'No link is made yet.')
        window.press_button('Make link')
        window.find('label', 'Write the name of the candidate.')
        window.find('text', 'Name of the candidate').set_text('Zoe')
        window.find('text', 'Address of the candidate').set_text('zoe@example.org')
        window.press_button('Make link')
        made = re.compile('^The link for Zoe is made')
        window.find('label', made)
        # Which a screen reader says, since the keyboard comes to a button that is described so.
        window.app.take_keyboard()
        wait_until(lambda: window.has_keyboard('button', 'Copy link'), 'the keyboard at the button')
        assert made.match(Node(window.app, window.keyboard_place()).description)
        window.find('label', re.compile('^Not used yet'))
        window.find('button', 'Take back the link of Zoe')

    def its_holder_books(self):
        people = [self.call('GET', '/api/me')['user']['id']]
        self.link = self.call('POST', f'/api/orgs/{self.org}/booking-links',
                              {'name': 'Max', 'email': 'max@example.org', 'interviewers': people, 'title': TITLE})
        window = self.window('max', 1280, '--media', 'none', self.link['link'])
        window.find('label', TITLE)
        window.find('button', re.compile('^Book: '))
        self.picture('times')
        window.press_button(re.compile('^Book: '))
        window.find('label', re.compile('^Opens: '))
        assert self.booked()
        self.expect_state('^Booked for ')
        self.picture('booked')

    def its_holder_moves_and_cancels(self):
        window = self.windows['max']
        first = self.booked()
        window.press_button('Move to another time')
        window.find('button', 'Keep this time')
        window.press_button(re.compile('^Move here: '))
        wait_until(lambda: self.booked() not in (None, first), 'another time')
        window.press_button('Cancel interview')
        window.find('text', 'Reason, told to the others (optional)').set_text('Ill')
        window.press_button(re.compile('Cancel _interview'))  # libadwaita 1.2 names it twice
        window.find('button', re.compile('^Book: '))
        assert self.booked() is None
        self.expect_state('^Booked, then cancelled')

    def database(self):
        """The server's own, which is in use."""
        return contextlib.closing(sqlite3.connect(os.path.join(self.server.data, 'entrevue.db'), timeout=60))

    def a_panel_is_found_among_many(self):
        with self.database() as database, database:
            database.executemany("INSERT INTO person (id, email, name, password, created_at) VALUES (?1, ?1 || '@example.org', ?2, '', 0)",
                                 COLLEAGUES)
            database.executemany("INSERT INTO member (org, person, role, created_at) VALUES (?, ?, 'interviewer', 0)",
                                 [(self.org, user) for user, _ in COLLEAGUES])
        window = self.window('hanna', 0, '--media', 'none')
        window.sign_in(self.server.address, HANNA['email'], HANNA['password'])
        window.open_menu('Main menu', re.compile('Booking links$')).click()
        window.find('label', re.compile('more colleagues are not shown'))
        window.find('text', 'Search colleagues').set_text(LAST_NAME)
        window.find('text', 'Name of the candidate').set_text('Yann')
        window.find('text', 'Address of the candidate').set_text('yann@example.org')
        box = window.find('check box', LAST_NAME)
        window.find('text', 'Search colleagues').focus()
        window.tab_to('check box', LAST_NAME)
        window.app.press('space')
        wait_until(lambda: box.is_on, 'a check mark')
        window.press_button('Make link')
        window.find('label', re.compile('^The link for Yann is made'))
        with self.database() as database:
            panels = database.execute("SELECT panel FROM booking_link WHERE name = 'Yann'").fetchall()
        assert panels == [(LAST_USER,)], panels
        window.find('label', re.compile(f'^Not used yet.*\n.*\nPanel: {LAST_NAME}\n'))
        self.picture('panel')
        self.close_window('hanna')

    def a_link_is_taken_back(self):
        window = self.windows['ines']
        window.press_button('Take back the link of Max')
        window.press_button(re.compile('^_Take back'))
        window.app.wait_gone('button', 'Take back the link of Max')
        window.find('button', 'Take back the link of Zoe')
        self.windows['max'].press_button('Refresh')
        self.windows['max'].find('label', re.compile('was taken back'))
        # There is no desktop here to tell Ines what was booked.
        complaints = [line for line in self.complaints() if 'Notifications' not in line]
        assert not complaints, complaints

    CASES = (a_link_is_made, its_holder_books, its_holder_moves_and_cancels, a_panel_is_found_among_many, a_link_is_taken_back)


if __name__ == '__main__':
    sys.exit(Links(sys.argv[1]).run())
