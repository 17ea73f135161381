#!/usr/bin/python3
"""Two people hold an interview in two real app windows, driven by accessible names: test-e2e-two-windows.py BUILD_FOLDER.

A real coordinator and a real runner, real keys, real links between the windows. The cases stand in the order in which they
happen and print TAP; each builds on the one before, so the first that fails ends the test. Pictures of every case are kept in
BUILD_FOLDER/screenshots/two-windows.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from interview_windows import NotSeen, wait_until  # noqa: E402
from window_test import WindowTest  # noqa: E402

ACCOUNTS = {
    'interviewer': {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'},
}
TITLE = 'Backend, first round'
PROGRAM = 'import sys\nfor line in sys.stdin:\n    print("Hello, " + line.strip() + "!")\n'


class Interview(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'two-windows')
        self.links = {}

    def open(self, role, x, *arguments):
        return self.window(role, x, '--media', 'test', *arguments)

    @property
    def both(self):
        return self.windows['interviewer'], self.windows['candidate']

    def see_text(self, check, what):
        for window in self.both:
            window.wait_text(check, what)

    @staticmethod
    def types_at_once(window):
        """The editor has the keyboard: a space goes into the text, and presses no button of the header."""
        window.app.type('# at once ')
        window.wait_text(lambda text: '# at once ' in text, 'what is typed without a click')

    # --- the cases

    def server_starts(self):
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people(ACCOUNTS)
        self.server.start_runner()
        self.links = self.server.add_interview(TITLE, ACCOUNTS['interviewer'], '--guest', 'Cai', '--observer', 'Olga')['links']

    def wrong_password_is_told(self):
        window = self.open('interviewer', 0)
        account = ACCOUNTS['interviewer']
        window.sign_in(self.server.address, account['email'], 'not the password')
        window.wait_problem('password')

    def interviewer_signs_in_and_joins(self):
        window = self.windows['interviewer']
        account = ACCOUNTS['interviewer']
        window.sign_in(self.server.address, account['email'], account['password'])
        window.join_from_list(TITLE)
        window.wait_in_room()
        self.types_at_once(window)

    def guest_joins_by_link(self):
        window = self.open('candidate', 1280, self.links['candidate'])
        window.join_by_link('Cai')
        window.wait_in_room()
        self.types_at_once(window)
        window.wait_participant('Ines')
        self.windows['interviewer'].wait_participant('Cai')

    def link_is_direct(self):
        for window in self.both:
            window.wait_connection('direct|relayed')

    def both_type(self):
        interviewer, candidate = self.both
        candidate.replace_text(PROGRAM)
        self.see_text(lambda text: text == PROGRAM, 'the program')
        interviewer.type_at_end('# fine')
        candidate.type_at_end('\n# thanks')
        self.see_text(lambda text: '# fine' in text and '# thanks' in text, 'both comments')
        wait_until(lambda: interviewer.text() == candidate.text(), 'the same text on both sides')

    def undo_takes_own_edits_only(self):
        interviewer, _ = self.both
        interviewer.undo()
        self.see_text(lambda text: '# fine' not in text and '# thanks' in text, 'own comment gone, the other\'s kept')

    def both_read_the_output(self):
        if self.server.runner is None:
            return 'without root or a systemd session there is no runner here'
        interviewer, candidate = self.both
        candidate.set_input('Ada\nAlan\n')
        candidate.run()
        for window in (interviewer, candidate):
            window.wait_output('Hello, Ada!\nHello, Alan!')
        return None

    def chat_reaches_both(self):
        interviewer, candidate = self.both
        interviewer.send_chat('What does it cost?')
        candidate.wait_chat('What does it cost?')
        candidate.send_chat('One pass.')
        interviewer.wait_chat('One pass.')

    def mute_and_back(self):
        for window in self.both:
            window.toggle_microphone(muted=True)
            window.toggle_microphone(muted=False)

    def coordinator_dies_and_editing_goes_on(self):
        interviewer, candidate = self.both
        self.server.kill_coordinator()
        candidate.type_at_end('\n# alone')
        interviewer.wait_text(lambda text: '# alone' in text, 'an edit without a coordinator')
        interviewer.type_at_end('\n# together')
        candidate.wait_text(lambda text: '# together' in text, 'an edit without a coordinator')

    def coordinator_returns_and_has_everything(self):
        self.server.restart_coordinator()
        for window in self.both:
            window.wait_kept_edits_gone()
        third = self.open('observer', 640, self.links['observers'][0])
        third.join_by_link('Olga')
        expected = self.windows['interviewer'].text()
        third.wait_text(lambda text: text == expected, 'what was typed without a coordinator')

    def interviewer_removes_the_observer(self):
        interviewer, candidate = self.both
        candidate.wait_participant('Olga')
        if candidate.app.first('button', 'Actions for Olga'):
            raise NotSeen('candidate: no menu about others')
        interviewer.remove('Olga')
        observer = self.windows.pop('observer')
        try:
            observer.find('label', re.compile('^The interviewer removed you from this interview'))
            candidate.wait_participant_gone('Olga')
        finally:
            observer.stop()

    def killed_app_has_every_character(self):
        candidate = self.windows['candidate']
        candidate.type_at_end('\n# last words')
        expected = candidate.wait_text(lambda text: text.endswith('# last words') and text, 'the last words')
        candidate.kill()
        window = self.open('candidate', 1280, self.links['candidate'])
        window.join_by_link('Cai')
        window.wait_in_room()
        self.see_text(lambda text: '# last words' in text, expected)

    def leave_and_end(self):
        interviewer, candidate = self.both
        candidate.leave()
        interviewer.end()

    def nothing_is_complained_of(self):
        if self.complaints():
            raise NotSeen(f'no warning, but there is {self.complaints()[0]}')

    CASES = (server_starts, wrong_password_is_told, interviewer_signs_in_and_joins, guest_joins_by_link, link_is_direct,
             both_type, undo_takes_own_edits_only, both_read_the_output, chat_reaches_both, mute_and_back,
             coordinator_dies_and_editing_goes_on, coordinator_returns_and_has_everything, interviewer_removes_the_observer,
             killed_app_has_every_character, leave_and_end, nothing_is_complained_of)


if __name__ == '__main__':
    sys.exit(Interview(os.path.realpath(sys.argv[1])).run())
