#!/usr/bin/python3
"""Signing in with another service, in real app windows: test-window-providers.py BUILD_FOLDER.

A coordinator, a real OpenID Connect provider (npm's oidc-provider), and a browser that the desktop opens for the app: it writes the
address down, and the test plays on. Pictures are kept in BUILD_FOLDER/screenshots/providers.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from atspi_driver import wait_until  # noqa: E402
from oidc_peers import Browser, RealProvider, describe  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'}
NARROW = 360
TALL = 2000  # for a page that is longer than a screen
BUTTON = 'Sign in with Work'


class Providers(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'providers')
        self.provider = None
        self.opened = os.path.join(self.folder, 'opened')
        self.count = 0  # of addresses that the test has taken

    def tidy_up(self):
        if self.provider:
            self.provider.close()

    def install_browser(self):
        """The desktop's browser for this test."""
        script = os.path.join(self.folder, 'browser')
        with open(script, 'w', encoding='ascii') as file:
            file.write(f'#!/bin/sh\necho "$1" >> {self.opened}\n')
        os.chmod(script, 0o755)
        applications = os.path.join(os.environ['XDG_DATA_HOME'], 'applications')
        os.makedirs(applications, exist_ok=True)
        os.makedirs(os.environ['XDG_CONFIG_HOME'], exist_ok=True)
        with open(os.path.join(applications, 'test-browser.desktop'), 'w', encoding='ascii') as file:
            file.write(f'[Desktop Entry]\nType=Application\nName=Browser\nExec={script} %u\nMimeType=x-scheme-handler/http;\n')
        with open(os.path.join(os.environ['XDG_CONFIG_HOME'], 'mimeapps.list'), 'w', encoding='ascii') as file:
            file.write('[Default Applications]\nx-scheme-handler/http=test-browser.desktop\n')

    def read_opened(self):
        if not os.path.exists(self.opened):
            return []
        with open(self.opened, encoding='ascii') as file:
            return [line for line in file.read().split('\n') if line]

    def take_address(self):
        """The next address that the app has opened."""
        addresses = wait_until(lambda: self.read_opened() if len(self.read_opened()) > self.count else None, 'an address in the browser')
        self.count += 1
        return addresses[self.count - 1]

    def begin(self, role):
        """A window whose person goes to the service; returns the address that the browser got."""
        window = self.window(role, 0)
        window.find('text', 'Server').set_text(self.server.address)
        window.press_button(BUTTON)
        window.find('label', 'Go on in your browser')
        return window, self.take_address()

    # --- cases

    def each_service_has_a_button(self):
        self.provider = RealProvider(os.path.join(self.build, 'tests/integration/oidc/oidc-provider.mjs'))
        self.install_browser()
        self.server.prepare()
        self.server.config = os.path.join(self.folder, 'coordinator.conf')
        with open(self.server.config, 'w', encoding='utf-8') as config:
            config.write('registration = open\n' + describe('work', self.provider.issuer, client_id='open', title='Work')
                         + describe('hub', 'http://127.0.0.1:9', client_id='a', title='Another Service'))
        os.chmod(self.server.config, 0o644)
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        window = self.window('ada', 0)
        window.find('text', 'Server').set_text(self.server.address)
        window.find('button', BUTTON)
        window.find('button', 'Sign in with Another Service')

    def it_can_be_cancelled(self):
        window = self.windows['ada']
        window.press_button(BUTTON)
        window.find('label', 'Go on in your browser')
        assert '/api/auth/oidc/work/start?redirect_uri=http%3A%2F%2F127.0.0.1%3A' in self.take_address()
        window.app.place(0, 0, NARROW, 720)
        self.picture('narrow')
        window.app.place(0, 0, 1280, 900)
        window.press_button('Cancel')
        window.find('label', 'Welcome')
        window.find('button', BUTTON)

    def the_browser_signs_in(self):
        window = self.windows['ada']
        window.press_button(BUTTON)
        self.take_address()
        window.press_button('Open the browser again')
        address = self.take_address()
        page = Browser('ada').open(address)
        assert page.status == 200 and 'You can close this page and go back to Entrevue.' in page.text, page.text
        window.find('label', 'No interviews yet')
        self.close_window('ada')

    def a_refusal_is_told(self):
        window, address = self.begin('dan')
        page = Browser('dan', denies=True).open(address)
        assert 'The sign-in was cancelled at the other service.' in page.text, page.text
        assert 'You are not signed in.' in Browser().open(page.link).text
        window.wait_problem('cancelled at the other service')
        window.find('button', BUTTON)

    def a_stranger_cannot_end_the_waiting(self):
        window, address = self.begin('eve')
        port = re.search('127.0.0.1%3A([0-9]+)', address).group(1)
        for query in ('', '?code=x', '?code=x&state=' + 'x' * 43):
            page = Browser().fetch(f'http://127.0.0.1:{port}/signed-in{query}')
            assert (page.status, 'Nobody waits for this page.' in page.text) == (400, True), page.text
        window.find('label', 'Go on in your browser')
        self.close_window('eve')

    def an_address_with_an_account_is_connected_by_its_owner(self):
        self.close_window('dan')
        window, address = self.begin('ines')
        Browser('ines').open(address)
        window.wait_problem('There is an account with this email address already')
        self.picture('known')
        window.sign_in(self.server.address, INES['email'], INES['password'])
        window.find('label', 'No interviews yet')
        window.find('label', 'Connected: from now on the other service signs you in.')
        self.close_window('ines')

    def from_then_on_it_signs_in(self):
        window, address = self.begin('again')
        Browser('ines').open(address)
        window.find('label', 'No interviews yet')

    def what_is_connected_can_be_removed(self):
        window = self.windows['again']
        window.app.press('ctrl+comma')
        window.find('button', 'Connect Another Service')
        window.app.place(0, 0, 1280, TALL)
        self.picture('wide')
        window.press_button('Remove Work')
        window.find('label', 'Remove this sign-in?')
        window.press_button(re.compile('^_Remove'))  # libadwaita 1.2 calls it "_Remove Remove"
        window.find('button', 'Connect Work')

    def one_more_is_connected_in_the_browser(self):
        window = self.windows['again']
        window.press_button('Connect Work')
        window.find('button', 'Open the browser again')
        address = self.take_address()
        assert '&purpose=connect' in address, address
        window.app.place(0, 0, NARROW, TALL)
        self.picture('narrow')
        Browser('ines').open(address)
        window.find('button', 'Remove Work')
        self.close_window('again')

    def the_last_way_in_stays(self):
        # The account that the other service made has no password.
        window, address = self.begin('last')
        Browser('ada').open(address)
        window.find('label', 'No interviews yet')
        assert not window.app.all('label', 'Your mail address is not confirmed yet. Open the link in the mail that you got.')
        window.app.press('ctrl+comma')
        window.press_button('Remove Work')
        window.find('label', 'Remove this sign-in?')
        window.press_button(re.compile('^_Remove'))  # libadwaita 1.2 calls it "_Remove Remove"
        window.wait_problem('This is the only way in which you can sign in')
        self.close_window('last')

    def without_the_server(self):
        window = self.window('otto', 0, environment={'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'})
        window.find('text', 'Server').set_text(self.server.address)
        window.find('button', BUTTON)
        self.server.stop()
        window.press_button(BUTTON)
        window.wait_problem('cannot be reached')

    def complaints_of_the_toolkit(self):
        found = self.complaints()
        assert not found, found

    CASES = (
        each_service_has_a_button, it_can_be_cancelled, the_browser_signs_in, a_refusal_is_told,
        a_stranger_cannot_end_the_waiting, an_address_with_an_account_is_connected_by_its_owner, from_then_on_it_signs_in,
        what_is_connected_can_be_removed, one_more_is_connected_in_the_browser, the_last_way_in_stays,
        without_the_server, complaints_of_the_toolkit,
    )


if __name__ == '__main__':
    if os.environ.get('ENTREVUE_WITHOUT_OIDC'):
        print('1..0 # SKIP ENTREVUE_WITHOUT_OIDC is set')
        sys.exit(0)
    sys.exit(Providers(sys.argv[1]).run())
