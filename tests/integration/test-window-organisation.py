#!/usr/bin/python3
"""People of an organisation in real app windows: test-window-organisation.py BUILD_FOLDER.

One coordinator that takes new accounts by invitation only, an administrator, somebody who is invited, and a coordinator of other
people. Pictures of every case are kept in BUILD_FOLDER/screenshots/organisation.
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
from local_server import LocalServer  # noqa: E402
from window_test import WindowTest  # noqa: E402

PASSWORD = 'correct horse battery'
ADA = {'email': 'ada@example.org', 'name': 'Ada', 'password': PASSWORD}
CAI = {'email': 'cai@example.org', 'name': 'Cai', 'password': PASSWORD}
INES = {'email': 'ines@example.org', 'name': 'Ines Aurelia Fernández-Castellanos', 'password': PASSWORD}
OLGA = {'email': 'olga@example.org', 'name': 'Olga', 'password': PASSWORD}  # of the other server
ZOE = {'email': 'zoe@example.org', 'name': 'Zoe', 'password': PASSWORD}
TITLE = 'Backend, with a panel'
NARROW = 360


class Organisation(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'organisation')
        self.tokens = {}  # access token of a person, by the addresses of both person and server
        self.org = None
        self.other = LocalServer(build, os.path.join(self.folder, 'other'), self.log)
        self.stop_animations()

    def tidy_up(self):
        self.other.stop()

    def call(self, person, method, path, body=None, server=None):
        """The answer of a server to a person; without one, of the first."""
        address = (server or self.server).address
        known = (person['email'], address)
        if known not in self.tokens and path != '/api/auth/login':
            answer = self.call(person, 'POST', '/api/auth/login',
                               {'email': person['email'], 'password': person['password']}, server)
            self.tokens[known] = answer['access']
        headers = {'Content-Type': 'application/json'}
        if known in self.tokens:
            headers['Authorization'] = 'Bearer ' + self.tokens[known]
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as refusal:
            raise AssertionError(f'{method} {path}: {refusal.read().decode()}') from None

    def invite(self, person, role):
        return self.call(ADA, 'POST', f'/api/orgs/{self.org}/invites', {'email': person['email'], 'role': role})['link']

    def roles(self, person, server=None):
        """In which organisations somebody is what."""
        memberships = self.call(person, 'GET', '/api/me', server=server)['memberships']
        return [(member['org'], member['role']) for member in memberships]

    def member(self, person):
        return next(member for member in self.call(ADA, 'GET', f'/api/orgs/{self.org}/members')['items']
                    if member['email'] == person['email'])

    def slots(self):
        return self.call(ADA, 'GET', '/api/slots?limit=200')['items']

    def start_server(self, server):
        server.prepare()
        server.config = os.path.join(self.folder, 'coordinator.conf')
        with open(server.config, 'w', encoding='utf-8') as config:
            config.write('registration = invited\n')
        os.chmod(server.config, 0o644)
        server.start_coordinator()

    # --- cases

    def an_account_needs_an_invitation(self):
        self.start_server(self.server)
        self.server.add_people({'admin': ADA, 'candidate': CAI, 'interviewer': INES})
        self.org = self.call(ADA, 'GET', '/api/me')['memberships'][0]['org']
        window = self.window('otto', 0, '--media', 'none')
        window.find('text', 'Server').set_text(self.server.address)
        window.find('status bar', 'New accounts on this server are by invitation only.')
        window.press_button('Create an account')
        window.find('text', 'Link of the invitation')
        window.app.place(0, 0, NARROW, 800)
        self.picture('narrow')
        self.close_window('otto')

    def its_link_leads_to_the_account(self):
        window = self.window('zoe', 0, '--media', 'none', self.invite(ZOE, 'hr'))
        window.find('status bar', re.compile('^You were invited into an organisation. Make an account'))
        for label, text in (('Your name', ZOE['name']), ('Email', ZOE['email']), ('Password', ZOE['password'])):
            window.find('text', label).set_text(text)
        self.picture('form')
        window.press_button('Create account')
        window.find('label', 'No interviews yet')
        wait_until(lambda: self.roles(ZOE) == [(self.org, 'hr')], 'the membership')

    def an_administrator_makes_a_team(self):
        window = self.window('ada', 0, '--media', 'none', environment={'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'})
        window.sign_in(self.server.address, ADA['email'], ADA['password'])
        window.find('label', 'No interviews yet')
        window.app.press('ctrl+o')
        window.find('combo box', f'Role of {CAI["name"]}')
        window.find('text', 'Name of a new team').set_text('Backend')
        window.press_button('Add team')
        window.find('combo box', f'Team of {CAI["name"]}')
        self.picture('team')

    def a_role_is_changed(self):
        window = self.windows['ada']
        box = window.find('combo box', f'Role of {INES["name"]}')
        window.choose(f'Role of {INES["name"]}', 'Lead')
        wait_until(lambda: self.roles(INES) == [(self.org, 'lead')], 'the new role')
        # The rows are made anew, and the keyboard stays where it was.
        wait_until(lambda: window.find('combo box', f'Role of {INES["name"]}').path != box.path, 'the rows anew')
        wait_until(lambda: window.has_keyboard('combo box', f'Role of {INES["name"]}'), 'the keyboard at the box')

    def a_team_gets_a_member(self):
        window = self.windows['ada']
        window.choose(f'Team of {INES["name"]}', 'Backend')
        wait_until(lambda: self.member(INES).get('team'), 'a team')
        assert self.member(INES)['role'] == 'lead', self.member(INES)
        window.find('label', '1 member')
        self.picture('changed')

    def a_panel_is_offered(self):
        window = self.windows['ada']
        day = datetime.date.today() + datetime.timedelta(days=12)
        window.app.press('ctrl+k')
        window.press_button('Offer a time')
        window.find('text', 'Title').set_text(TITLE)
        window.find('text', re.compile('^Day, such')).set_text(str(day))
        box = window.find('check box', INES['name'])
        window.find('list item', 'Length').focus()
        wait_until(window.keyboard_place, 'the keyboard in the form')
        window.tab_to('check box', INES['name'])
        window.app.press('space')
        wait_until(lambda: box.is_on, 'a check mark')
        self.picture('panel')
        window.press_button('Offer')
        ines = self.call(INES, 'GET', '/api/me')['user']['id']
        wait_until(lambda: [slot for slot in self.slots() if slot['title'] == TITLE and slot['panel'] == [ines]], 'the panel')
        self.close_window('ada')

    def a_time_is_booked_for_a_candidate(self):
        window = self.windows['zoe']
        window.press_button('Book a time')
        window.find('combo box', 'For whom')
        window.press_button(re.compile('^Book: '))
        window.find('label', 'Choose the candidate for whom you book.')
        self.picture('whom')
        window.choose('For whom', f'{CAI["name"]} ({CAI["email"]})')
        window.press_button(re.compile('^Book: '))
        interview, = wait_until(lambda: self.call(CAI, 'GET', '/api/interviews/my?when=upcoming')['items'], 'the interview')
        assert interview['title'] == TITLE, interview
        self.close_window('zoe')

    def who_has_an_account_accepts_an_invitation(self):
        window = self.window('cai', 0, '--media', 'none')
        window.sign_in(self.server.address, CAI['email'], CAI['password'])
        window.find('list item', re.compile(TITLE))
        window.app.press('ctrl+l')
        window.find('text', 'Link').set_text(self.invite(CAI, 'interviewer'))
        window.press_button('Open the invitation')
        window.find('label', 'Join with an invitation')
        self.picture('link')
        window.press_button('Accept the invitation')
        wait_until(lambda: self.roles(CAI) == [(self.org, 'interviewer')], 'the new role')

    def an_invitation_of_another_server_leads_there(self):
        self.start_server(self.other)
        self.other.add_people({'admin': OLGA})
        org = self.call(OLGA, 'GET', '/api/me', server=self.other)['memberships'][0]['org']
        link = self.call(OLGA, 'POST', f'/api/orgs/{org}/invites', {'email': CAI['email'], 'role': 'interviewer'}, self.other)['link']
        window = self.windows['cai']
        window.find('text', 'Link of an invitation').set_text(link)
        window.press_button('Accept the invitation')
        window.find('label', 'This invitation is for another server')
        self.picture('asked')
        window.press_button(re.compile('^_Sign out and open it'))
        window.find('status bar', re.compile('^You were invited into an organisation. Make an account'))
        for label, text in (('Your name', CAI['name']), ('Email', CAI['email']), ('Password', PASSWORD)):
            window.find('text', label).set_text(text)
        window.press_button('Create account')
        window.find('label', 'No interviews yet')
        wait_until(lambda: self.roles(CAI, self.other) == [(org, 'interviewer')], 'the membership there')

    def complaints_of_the_toolkit(self):
        found = self.complaints()
        assert not found, found

    CASES = (
        an_account_needs_an_invitation, its_link_leads_to_the_account, an_administrator_makes_a_team, a_role_is_changed,
        a_team_gets_a_member, a_panel_is_offered, a_time_is_booked_for_a_candidate, who_has_an_account_accepts_an_invitation,
        an_invitation_of_another_server_leads_there, complaints_of_the_toolkit,
    )


if __name__ == '__main__':
    sys.exit(Organisation(sys.argv[1]).run())
