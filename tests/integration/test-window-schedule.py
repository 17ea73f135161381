#!/usr/bin/python3
"""Booking, moving and cancelling an interview in a real app window: test-window-schedule.py BUILD_FOLDER.

One coordinator, an interviewer who offers times by way of the API, the window of a candidate, and another candidate who is
quicker. Pictures of every case are kept in BUILD_FOLDER/screenshots/schedule.
"""

import datetime
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
CAI = {'email': 'cai@example.org', 'name': 'Cai', 'password': 'correct horse battery'}
TITLE = 'Backend, first round & more'
ZONE = 'Asia/Tokyo'


class Schedule(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'schedule')
        self.ines = None  # access token
        self.org = None
        self.slots = []

    @property
    def cai(self):
        return self.windows['cai']

    def call(self, method, path, body=None, token=None, headers=None):
        """Status and answer."""
        headers = {'Content-Type': 'application/json', **({'Authorization': 'Bearer ' + token} if token else {}), **(headers or {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def sign_in(self, person):
        status, answer = self.call('POST', '/api/auth/login', {'email': person['email'], 'password': person['password']})
        assert status == 200, answer
        return answer['access']

    def offer(self, days, hour):
        """Offers a time; returns the slot's id."""
        starts = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).replace(
            hour=hour, minute=0, second=0, microsecond=0)
        body = {'org': self.org, 'title': TITLE, 'starts': starts.strftime('%Y-%m-%dT%H:%M:%SZ'),
                'ends': (starts + datetime.timedelta(minutes=45)).strftime('%Y-%m-%dT%H:%M:%SZ'), 'zone': ZONE}
        status, answer = self.call('POST', '/api/slots', body, self.ines)
        assert status == 201, answer
        return answer['id']

    def add_calendar(self):
        """A calendar that keeps what it is given; returns the environment of a desktop that has it."""
        applications = os.path.join(self.folder, 'desktop', 'applications')
        os.makedirs(applications)
        with open(os.path.join(applications, 'calendar.desktop'), 'w', encoding='utf-8') as entry:
            entry.write(f'[Desktop Entry]\nType=Application\nName=Calendar of the Test\nExec=cp %f {self.folder}/kept.ics\n'
                        'MimeType=text/calendar;\n')
        with open(os.path.join(applications, 'mimeapps.list'), 'w', encoding='utf-8') as defaults:
            defaults.write('[Default Applications]\ntext/calendar=calendar.desktop\n')
        known = os.environ.get('XDG_DATA_DIRS', '/usr/local/share:/usr/share')
        return {'XDG_DATA_DIRS': f'{self.folder}/desktop:{known}'}

    def take(self, word, pattern):
        self.cai.press_button(re.compile(f'^{word}: .*{pattern}'))

    # --- cases

    def nothing_is_offered_yet(self):
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES, 'candidate': CAI})
        self.ines = self.sign_in(INES)
        self.org = self.call('GET', '/api/me', token=self.ines)[1]['memberships'][0]['org']
        window = self.window('cai', 0, environment=self.add_calendar())
        window.sign_in(self.server.address, CAI['email'], CAI['password'])
        window.find('label', 'No interviews yet')
        window.press_button('Book a time')
        window.find('label', 'No time is offered')

    def times_are_shown_by_day_and_zone(self):
        self.slots = [self.offer(*when) for when in ((2, 9), (2, 11), (3, 9), (9, 9))]
        self.cai.press_button('Look again')
        wait_until(lambda: len(self.cai.app.all('button', re.compile('^Book: '))) >= 4, 'four times')
        # At nine in UTC it is six in the evening there.
        self.cai.find('label', re.compile(r'18:00 in Asia/Tokyo'))
        self.cai.find('label', re.compile('With Ines'))
        self.picture('times')

    def a_time_that_is_gone_is_said(self):
        other = self.sign_in(INES)
        status, answer = self.call('GET', '/api/slots', token=other)
        assert status == 200, answer
        version = next(slot['version'] for slot in answer['items'] if slot['id'] == self.slots[1])
        status, answer = self.call('DELETE', f'/api/slots/{self.slots[1]}', token=other, headers={'If-Match': f'"{version}"'})
        assert status in (200, 204), answer
        self.take('Book', '11:00 to')
        self.cai.app.wait_gone('button', re.compile('^Book: .*11:00 to'))
        self.cai.find('label', re.compile('not offered any more'))
        self.picture('gone')

    def a_time_is_booked(self):
        self.cai.app.all('button', re.compile('^Book: .*09:00 to'))[0].click()
        self.cai.find('label', re.compile('^Booked: '))
        self.cai.find('list item', re.compile(re.escape(TITLE)))
        self.picture('booked')

    def its_details_are_shown(self):
        self.cai.find('list item', re.compile(re.escape(TITLE))).focus()
        self.cai.find('label', 'Who takes part')
        self.cai.find('label', re.compile('^Your time'))
        self.cai.find('label', re.compile('18:00 to 18:45 in Asia/Tokyo'))
        self.cai.find('label', re.compile('^Booked for '))
        wait_until(lambda: not self.cai.app.last('button', 'Join').is_sensitive, 'a closed door')
        self.cai.find('label', re.compile('^The room opens 15 minutes before: '))
        self.picture('details')

    def the_entry_goes_to_the_calendar(self):
        self.cai.press_button('Add to calendar')
        self.cai.find('label', 'The entry is open in Calendar of the Test.')
        kept = os.path.join(self.folder, 'kept.ics')
        wait_until(lambda: os.path.exists(kept) and 'END:VCALENDAR' in open(kept, encoding='utf-8').read(), 'the kept entry')
        self.cai.press_button('Copy link')
        self.cai.find('label', re.compile('^The link is copied'))
        self.cai.press_button('Back')
        self.cai.find('button', f'Change {TITLE}')

    def the_interview_is_moved(self):
        item = self.cai.open_menu(f'Change {TITLE}', re.compile('Move to another time'))
        self.picture('menu')
        item.click()
        self.cai.find('label', 'Move interview')
        wait_until(lambda: self.cai.app.first('button', re.compile('^Move here: ')), 'times to move to')
        self.picture('times')
        self.cai.app.all('button', re.compile('^Move here: '))[-1].click()
        self.cai.find('label', re.compile('^Moved: '))
        day = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=9)
        self.cai.find('label', re.compile(f'^{day:%A, %-d %B}, 09:00'))

    def the_interview_is_cancelled(self):
        item = self.cai.open_menu(f'Change {TITLE}', re.compile('Cancel interview'))
        item.click()
        self.cai.find('label', f'Cancel “{TITLE}”?')
        self.cai.find('text', re.compile('^Reason')).set_text('A cold & a cough')
        self.picture('question')
        self.cai.press_button(re.compile('^Cancel _interview'))
        self.cai.find('label', 'The interview is cancelled.')
        self.cai.find('label', 'Cancelled')
        status, answer = self.call('GET', '/api/slots', token=self.ines)
        assert status == 200 and all(slot['state'] == 'open' for slot in answer['items']), answer

    def the_history_says_why(self):
        self.cai.find('list item', re.compile(re.escape(TITLE))).focus()
        self.cai.find('label', re.compile('Reason: A cold & a cough'))
        self.cai.find('label', re.compile('^Moved to '))
        wait_until(lambda: not self.cai.app.first('button', 'Cancel interview'), 'nothing to cancel')
        self.picture('history')

    CASES = (nothing_is_offered_yet, times_are_shown_by_day_and_zone, a_time_that_is_gone_is_said, a_time_is_booked,
             its_details_are_shown, the_entry_goes_to_the_calendar, the_interview_is_moved, the_interview_is_cancelled,
             the_history_says_why)


if __name__ == '__main__':
    sys.exit(Schedule(sys.argv[1]).run())
