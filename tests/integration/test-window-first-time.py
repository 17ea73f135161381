#!/usr/bin/python3
"""A candidate who has never seen Entrevue, from the mail to the room, in real app windows: test-window-first-time.py BUILD_FOLDER.

One coordinator, a mail server, an interviewer who makes a link to book with, and a candidate without an account. What the candidate
does is counted, and how long it takes when nobody hesitates. Pictures are kept in BUILD_FOLDER/screenshots/first-time.
"""

import datetime
import html
import json
import os
import re
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from mail_server import MailServer  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'}
CAI = {'email': 'cai@example.org', 'name': 'Cai'}
TITLE = 'Backend, first round'
STEP = datetime.timedelta(minutes=5)  # between two times that are free, and how long an interview is
AHEAD = datetime.timedelta(minutes=9)  # the room is open already, 15 minutes before, and the time does not begin while it is booked
MOST_ACTS = 5


class FirstTime(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'first-time')
        self.stop_animations()
        self.mail = MailServer()
        self.mail.__enter__()
        self.link = None  # to book with
        self.token = None  # of the interviewer
        self.acts = 0
        self.began = None

    def tidy_up(self):
        self.mail.__exit__()

    def call(self, method, path, body=None, headers=None):
        """The answer of the server to the interviewer."""
        headers = {'Content-Type': 'application/json', **({'Authorization': 'Bearer ' + self.token} if self.token else {}),
                   **(headers or {})}
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.server.address + path, data, headers, method=method),
                                    timeout=60) as answer:
            return json.load(answer)

    def offer_hours(self):
        """Of the interviewer: the next two hours."""
        me = self.call('GET', '/api/me')
        org, user = me['memberships'][0]['org'], me['user']['id']
        now = datetime.datetime.now(datetime.timezone.utc)
        today, first = now.weekday(), now.hour * 60
        weekly = [{'day': today, 'from': first, 'until': min(first + 180, 1440)}]
        if first + 180 > 1440:
            weekly.append({'day': (today + 1) % 7, 'from': 0, 'until': first + 180 - 1440})
        path = f'/api/orgs/{org}/availability/{user}'
        self.call('PUT', path, {'zone': 'UTC', 'weekly': weekly, 'special': [], 'length_s': int(STEP.total_seconds()), 'ahead_days': 2},
                  {'If-Match': f'"{self.call("GET", path)["version"]}"'})
        return org, user

    # --- what a candidate does

    def begin(self):
        self.acts = 0
        self.began = time.monotonic()

    def act(self):
        self.acts += 1

    def click_in_mail(self, link):
        """Returns what the page behind the link leads to."""
        self.act()
        with urllib.request.urlopen(link.split('#')[0], timeout=60) as answer:
            page = answer.read().decode()
        address = html.unescape(re.search(r'id="open" href="([^"]*)"', page).group(1))
        return address + '#' + link.split('#')[1]  # the page's script adds it; see test_join_page.py

    def click_on_page(self, role, address):
        """The desktop starts the app with the address."""
        self.act()
        return self.window(role, 0, '--media', 'none', address, environment={'TZ': 'UTC'})

    def arrive(self, window):
        window.wait_in_room()
        print(f'# {self.acts} acts, {time.monotonic() - self.began:.1f} s from the mail to the room', flush=True)
        assert self.acts <= MOST_ACTS, self.acts

    # --- cases

    def the_link_opens_the_app(self):
        self.server.prepare()
        self.server.config = os.path.join(self.folder, 'coordinator.conf')
        with open(self.server.config, 'w', encoding='utf-8') as config:
            config.write(self.mail.config)
        os.chmod(self.server.config, 0o644)
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        self.token = self.call('POST', '/api/auth/login', {'email': INES['email'], 'password': INES['password']})['access']
        org, user = self.offer_hours()
        self.link = self.call('POST', f'/api/orgs/{org}/booking-links', {
            'name': CAI['name'], 'email': CAI['email'], 'interviewers': [user], 'title': TITLE})['link']
        self.begin()
        window = self.click_on_page('cai', self.click_in_mail(self.link))
        window.find('label', TITLE)
        self.picture('times')

    def a_time_is_booked(self):
        window = self.windows['cai']
        soon = datetime.datetime.now(datetime.timezone.utc) + AHEAD
        starts = soon + STEP - datetime.timedelta(minutes=soon.minute % 5, seconds=soon.second)
        self.act()
        window.press_button(re.compile(f'^Book: .*{starts:%H:%M} to'))
        window.find('button', 'Move to another time')
        self.picture('booked')

    def the_room_is_entered(self):
        window = self.windows['cai']
        self.act()
        window.press_button('Join')
        # The page that comes has the name already, and the keyboard in it.
        window.find('text', 'Your name')
        self.picture('name')
        self.act()
        window.app.press('Return')
        self.arrive(window)
        self.close_window('cai')

    def the_mail_leads_there_again(self):
        text = self.mail.wait_for(CAI['email'], f'Interview booked: {TITLE}')
        self.begin()
        window = self.click_on_page('cai', self.click_in_mail(re.search(r'http\S+', text).group()))
        self.act()
        window.find('text', 'Your name').set_text(CAI['name'])
        self.act()
        window.press_button('Join')
        self.arrive(window)

    def complaints_of_the_toolkit(self):
        found = self.complaints()
        assert not found, found

    CASES = (the_link_opens_the_app, a_time_is_booked, the_room_is_entered, the_mail_leads_there_again,
             complaints_of_the_toolkit)


if __name__ == '__main__':
    sys.exit(FirstTime(sys.argv[1]).run())
