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
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from desktop_notices import DesktopNotices  # noqa: E402
from interview_windows import wait_until  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines Aurelia Fernández-Castellanos', 'password': 'correct horse battery'}
ADA = {'email': 'ada@example.org', 'name': 'Ada', 'password': 'correct horse battery'}
CAI = {'email': 'cai@example.org', 'name': 'Cai', 'password': 'correct horse battery'}
TITLE = 'Backend <first> & more'


class People(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'people')
        self.tokens = {}  # access token of a person, by address
        self.org = None
        self.desktop = None
        self.starts = None  # of the interview
        self.stop_animations()

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

    def hours(self):
        user = self.call(INES, 'GET', '/api/me')['user']['id']
        return self.call(INES, 'GET', f'/api/orgs/{self.org}/availability/{user}')

    # --- cases

    def nothing_was_told(self):
        self.desktop = DesktopNotices()
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES, 'candidate': CAI, 'admin': ADA})
        for person in (INES, CAI, ADA):
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
        self.starts = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=30, seconds=4)
        self.book(self.starts)
        booked = time.monotonic()
        # Nobody presses F5.
        self.ines.find('list item', re.compile(re.escape(TITLE)))
        print(f'# seen {time.monotonic() - booked:.1f} s after it was booked', flush=True)
        self.ines.find('button', re.compile(r'^Notifications: \d new'))
        self.desktop.wait(f'Booked: {TITLE}')
        self.picture('bell')

    def a_reminder_has_a_button(self):
        number = self.desktop.wait(f'Soon: {TITLE}')
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

    def the_week_shows_what_is_planned(self):
        self.ines.app.press('ctrl+k')
        self.ines.find('button', 'Week after')
        if self.starts.astimezone().isocalendar()[:2] != datetime.datetime.now().isocalendar()[:2]:
            self.ines.press_button('Week after')  # it is Sunday night
        self.ines.find('button', re.compile(f', .* to .*, {re.escape(TITLE)}$'))
        self.picture('week')

    def slots(self):
        """Ines' times that are offered, in order."""
        return [slot for slot in self.call(INES, 'GET', '/api/slots?limit=200')['items'] if slot['state'] == 'open']

    def a_time_is_drawn_with_the_mouse(self):
        # Not the next week, whose Monday is called tomorrow on a Sunday.
        monday = datetime.date.today() + datetime.timedelta(days=14 - datetime.date.today().weekday())
        self.ines.app.press('ctrl+k')
        self.ines.press_button('This week')
        self.ines.press_button('Week after')
        self.ines.find('label', re.compile(f'^{monday - datetime.timedelta(days=7):%-d %b} to '))
        self.ines.press_button('Week after')
        self.ines.find('panel', re.compile(f'^Monday, {monday:%-d %B}, .*Return offers this time$')).drag(0.5, 0.5, 0, 0.05)
        self.ines.find('label', 'Offer a time')
        self.picture('offer')
        self.ines.press_button('Offer')
        self.ines.find('label', 'It is offered.')
        self.ines.find('button', re.compile('^Thursday, .*, offered: Interview$'))
        slot, = self.slots()
        assert slot['starts'].startswith(str(monday + datetime.timedelta(days=3))), slot
        self.picture('week')

    def a_series_is_made_and_one_of_it_taken_back(self):
        # A click moves the mark, Return takes it.
        self.ines.find('panel', re.compile('Return offers this time$')).drag(0.1, 0.3, 0, 0)
        self.ines.app.press('Return')
        self.ines.find('label', re.compile('^Monday, .*, 06:'))
        self.ines.find('text', 'Title').set_text('Series')
        self.ines.choose_next('Repeat', 'Every day')
        self.ines.find('label', re.compile('^4 times, the first one: Monday, '))
        self.picture('series')
        self.ines.press_button('Offer')
        wait_until(lambda: len(self.slots()) == 5, 'a time, and four of a series')
        self.ines.press_button(re.compile('^Tuesday, .*, offered: Series$'))
        self.ines.press_button('Take back this time')
        self.ines.app.wait_gone('button', re.compile('^Tuesday, .*, offered: Series$'))
        assert len(self.slots()) == 4, self.slots()
        self.ines.press_button(re.compile('^Wednesday, .*, offered: Series$'))
        self.ines.press_button('Take back this time and the later ones')
        self.ines.press_button(re.compile('^_Take back'))
        self.ines.app.wait_gone('button', re.compile('^Wednesday, .*, offered: Series$'))
        assert [slot['title'] for slot in self.slots()] == ['Series', 'Interview'], self.slots()
        self.picture('taken-back')

    def hours_are_written(self):
        self.ines.press_button('Edit my hours')
        self.ines.find('text', 'Monday').set_text('9-12, 13:30 - 17')
        self.ines.find('text', 'Tuesday').set_text('never')
        self.ines.find('label', re.compile('^“never” cannot be read'))
        self.picture('wrong')
        self.ines.find('text', 'Tuesday').set_text('10-11')
        self.ines.find('text', re.compile('^Date')).set_text('2030-12-24')
        self.ines.press_button('Add this day')
        self.ines.find('label', '2030-12-24')
        self.ines.press_button('Save')
        self.ines.find('label', 'Your hours are saved.')
        self.picture('hours')
        hours = self.hours()
        assert [(span['day'], span['from'], span['until']) for span in hours['weekly']] == [
            (0, 540, 720), (0, 810, 1020), (1, 600, 660)], hours
        assert hours['special'] == [{'date': '2030-12-24', 'from': 0, 'until': 0}], hours

    def hours_are_painted_by_keys(self):
        # From the last field above the table; the cursor begins at nine on Monday, which is free.
        self.ines.find('text', 'Sunday').focus()
        self.ines.app.press('Tab')
        self.ines.find('button', 'Monday 09:00 to 09:30: free')
        self.ines.app.press('space')
        self.ines.find('button', 'Monday 09:00 to 09:30: not free')
        self.ines.app.press('Right', 'Right', 'space', 'shift+Down', 'shift+Down')
        self.ines.find('button', 'Wednesday 10:00 to 10:30: free')
        self.ines.press_button('Save')
        wait_until(lambda: self.hours()['weekly'][0]['from'] == 570 and self.hours()['weekly'][-1] == {
            'day': 2, 'from': 540, 'until': 630}, 'the painted hours at the server')
        self.picture('painted')

    def a_week_in_a_narrow_window(self):
        self.ines.press_button('Back')
        self.ines.app.place(0, 0, 360, 640)
        self.ines.find('label', re.compile('^Free: 09:30-12:00, 13:30-17:00$'))
        self.ines.press_button('Week after')
        self.picture('week')
        self.ines.app.place(0, 0, 1280, 900)

    def an_organisation_is_run(self):
        window = self.window('ada', 0, '--media', 'none', environment={'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'})
        window.sign_in(self.server.address, ADA['email'], ADA['password'])
        window.find('label', 'No interviews yet')
        window.app.press('ctrl+o')
        window.find('text', 'Name of a new team').set_text('Backend')
        window.press_button('Add team')
        window.find('label', 'The team is there.')
        window.find('combo box', f'Role of {CAI["name"]}')
        window.find('text', 'Address of whom you invite').set_text('yve@example.org')
        window.press_button('Invite')
        window.find('label', re.compile('^The invitation for yve@example.org is made'))
        window.press_button('Copy link')
        window.find('label', 'The link is copied.')
        window.find('label', 'Say that nobody came')
        self.picture('organisation')
        window.press_button('Take back the invitation for yve@example.org')
        window.press_button(re.compile('^_Take back'))
        window.find('label', 'The invitation is taken back.')
        window.app.wait_gone('button', 'Take back the invitation for yve@example.org')
        window.app.place(0, 0, 360, 640)
        self.picture('narrow')

    def a_candidate_sees_no_members(self):
        self.close_window('ada')
        window = self.window('cai', 0, '--media', 'none')
        window.app.place(0, 0, 360, 640)
        window.sign_in(self.server.address, CAI['email'], CAI['password'])
        window.find('button', 'My week')
        window.app.press('ctrl+o')
        window.find('label', 'Join with an invitation')
        assert not window.app.first('list item', re.compile(re.escape(INES['name'])))
        self.picture('organisation')

    CASES = (nothing_was_told, a_booking_is_told, a_reminder_has_a_button, what_was_read_is_not_new,
             the_week_shows_what_is_planned, a_time_is_drawn_with_the_mouse,
             a_series_is_made_and_one_of_it_taken_back, hours_are_written, hours_are_painted_by_keys, a_week_in_a_narrow_window,
             an_organisation_is_run, a_candidate_sees_no_members)


if __name__ == '__main__':
    sys.exit(People(sys.argv[1]).run())
