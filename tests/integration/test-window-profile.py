#!/usr/bin/python3
"""One's account from making it to deleting it, in a real app window: test-window-profile.py BUILD_FOLDER.

One coordinator, a mail server, and a person who makes an account, confirms the address, changes the profile, asks for a copy of the data
and deletes the account. Pictures of every case are kept in BUILD_FOLDER/screenshots/profile.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from interview_windows import wait_until  # noqa: E402
from mail_server import MailServer  # noqa: E402
from window_test import WindowTest  # noqa: E402

EVE = {'email': 'eve@example.org', 'name': 'Eve', 'password': 'correct horse battery'}
NEW_NAME = 'Eve Adams'
NARROW = 360


class Profile(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'profile')
        self.mail = MailServer()
        self.mail.__enter__()

    def tidy_up(self):
        self.mail.__exit__()

    @property
    def eve(self):
        return self.windows['eve']

    def ask(self, method, path, body=None, token=None):
        """Status and answer."""
        headers = {'Content-Type': 'application/json', **({'Authorization': 'Bearer ' + token} if token else {})}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.server.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def log_in(self):
        return self.ask('POST', '/api/auth/login', {'email': EVE['email'], 'password': EVE['password']})

    def set_text(self, label, text):
        # Pages that were shown before have fields of the same name.
        wait_until(lambda: self.eve.app.last('text', label), label).set_text(text)

    # --- cases

    def an_account_is_made(self):
        self.server.prepare()
        self.server.config = os.path.join(self.folder, 'coordinator.conf')
        with open(self.server.config, 'w', encoding='utf-8') as config:
            config.write('[coordinator]\nregistration = open\n' + self.mail.config)
        os.chmod(self.server.config, 0o644)
        self.server.start_coordinator()
        window = self.window('eve', 0)
        window.press_button('Create an account')
        for label, text in (('Server', self.server.address), ('Your name', EVE['name']), ('Email', EVE['email']),
                            ('Password', EVE['password'])):
            window.find('text', label).set_text(text)
        window.press_button('Create account')
        window.find('label', re.compile('^Your mail address is not confirmed yet'))

    def the_address_is_confirmed_by_the_link(self):
        self.eve.press_button('Confirm')
        self.eve.find('label', 'Confirm your address')
        self.eve.press_button('Send the mail again')
        self.eve.find('label', f"A mail with a new link is on its way to {EVE['email']}.")
        link = re.search(r'http\S+', self.mail.wait_for(EVE['email'], 'Confirm your mail address', 2)).group()
        place = self.eve.find('text', 'Name')._extents()[1]
        self.eve.find('text', 'Link from the mail').focus()
        self.eve.app.type('nonsense\n')
        self.eve.wait_problem('not the link from the mail')
        self.eve.app.press('ctrl+a')
        self.eve.app.type(link + '\n')
        self.eve.find('label', 'Your address is confirmed.')
        # What is asked for no more leaves its room to the rest.
        wait_until(lambda: self.eve.find('text', 'Name')._extents()[1] < place, 'the page without the question')
        assert self.ask('GET', '/api/me', token=self.log_in()[1]['access'])[1]['user']['verified']

    def the_name_is_changed(self):
        self.eve.find('text', 'Name').focus()
        self.eve.app.press('ctrl+a')
        self.eve.app.type(NEW_NAME + '\n')
        self.eve.find('label', 'Your profile is changed.')
        token = self.log_in()[1]['access']
        assert self.ask('GET', '/api/me', token=token)[1]['user']['name'] == NEW_NAME

    def it_fits_into_a_narrow_window(self):
        self.eve.app.place(0, 0, NARROW, 720)
        wait_until(lambda: self.eve.find('text', 'Name')._extents()[2] < NARROW, 'the narrow page')
        self.picture('narrow')
        self.eve.app.place(0, 0, 1280, 900)

    def a_copy_is_asked_for(self):
        self.eve.press_button('Ask for a copy of your data')
        self.eve.find('label', 'Ask for a copy of your data?')
        self.set_text('Your password', EVE['password'])
        self.picture('question')
        self.eve.press_button(re.compile('^_Ask for it'))  # libadwaita 1.2 calls it "_Ask for it Ask for it"
        self.eve.find('label', re.compile('^Ready, '), 120)

    def a_wrong_password_deletes_nothing(self):
        self.eve.press_button('Delete the account')
        self.eve.find('label', 'Delete your account?')
        self.set_text('Your password', 'not the password')
        self.picture('question')
        self.eve.press_button(re.compile('^_Delete'))
        self.eve.wait_problem('password is not right')
        assert self.log_in()[0] == 200

    def the_account_is_deleted(self):
        self.eve.press_button('Delete the account')
        self.eve.find('label', 'Delete your account?')
        self.set_text('Your password', EVE['password'])
        self.eve.press_button(re.compile('^_Delete'))
        self.eve.find('label', 'Welcome')
        self.eve.find('label', 'Your account is deleted.')
        assert self.log_in()[0] == 401

    def complaints_of_the_toolkit(self):
        found = self.complaints()
        assert not found, found

    CASES = (
        an_account_is_made, the_address_is_confirmed_by_the_link, the_name_is_changed, it_fits_into_a_narrow_window,
        a_copy_is_asked_for, a_wrong_password_deletes_nothing, the_account_is_deleted, complaints_of_the_toolkit,
    )


if __name__ == '__main__':
    sys.exit(Profile(sys.argv[1]).run())
