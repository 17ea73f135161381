#!/usr/bin/python3
"""The lobby between two real windows: test-window-lobby.py BUILD_FOLDER.

The interviewer keeps one, the candidate waits with their own picture, is let in, sent back with what was typed, and let in again.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from interview_windows import NotSeen, wait_until  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'}
TITLE = 'Backend, first round'
IN_LOBBY = 'You are in the lobby'


class Lobby(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'lobby')
        self.links = {}

    @property
    def ines(self):
        return self.windows['interviewer']

    @property
    def cai(self):
        return self.windows['candidate']

    def wait_lobby(self):
        self.cai.find('label', IN_LOBBY)

    def wait_waiting(self):
        """The interviewer sees that the candidate waits."""
        self.ines.find('button', 'Let Cai in')

    def wait_people(self, are_shown):
        wait_until(lambda: self.ines.find('button', 'Show people and chat').is_on == are_shown,
                   'the people are shown or hidden')

    # --- the cases

    def interviewer_keeps_a_lobby(self):
        self.stop_animations()
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        self.links = self.server.add_interview(TITLE, INES, '--guest', 'Cai', '--observer', 'Olga')['links']
        self.window('interviewer', 0, '--media', 'test')
        self.ines.sign_in(self.server.address, INES['email'], INES['password'])
        self.ines.join_from_list(TITLE)
        self.ines.wait_in_room()
        self.ines.find('check box', 'Lobby').click()
        wait_until(lambda: self.ines.find('check box', 'Lobby').is_on, 'the lobby is on')

    def candidate_waits(self):
        self.window('candidate', 1280, '--media', 'test', self.links['candidate'])
        self.cai.join_by_link('Cai')
        self.wait_lobby()
        self.cai.find('label', re.compile(re.escape(TITLE) + r'.*The interviewer will let you in\..*nobody sees or hears you', re.DOTALL))
        self.cai.find('label', 'Cai (you)')
        self.wait_waiting()
        self.ines.find('label', 'Cai is waiting in the lobby.')
        self.ines.app.press('F9')  # hides people and chat
        self.wait_people(False)
        self.ines.find('label', 'Cai is waiting in the lobby.')
        self.ines.app.press('F9')
        self.wait_people(True)
        if self.cai.app.first('text', re.compile('^Editor: ')):
            raise NotSeen('nothing of the room in the lobby')

    def waits_in_a_small_window(self):
        self.cai.app.place(1280, 0, 360, 294)
        self.cai.app.wait_painted()
        self.cai.app.place(1280, 0, 1280, 900)
        self.cai.app.wait_painted()

    def waits_through_an_outage(self):
        self.server.kill_coordinator()
        self.cai.find('label', re.compile('^The server cannot be reached. You keep your place'))
        self.server.restart_coordinator()
        self.cai.app.wait_gone('label', re.compile('^The server cannot be reached. You keep your place'))
        self.wait_lobby()
        self.wait_waiting()

    def who_is_gone_waits_no_more(self):
        self.server.kill_coordinator()
        self.close_window('candidate')
        self.server.restart_coordinator()
        self.ines.app.wait_gone('button', 'Let Cai in')
        self.window('candidate', 1280, '--media', 'test', self.links['candidate'])
        self.cai.join_by_link('Cai')
        self.wait_lobby()
        self.wait_waiting()

    def is_let_in(self):
        self.ines.press_button('Let Cai in')
        self.cai.wait_in_room()
        self.cai.wait_participant('Ines')
        self.cai.app.type('# at once ')  # the editor has the keyboard
        self.cai.wait_text(lambda text: '# at once' in text, 'what is typed without a click')
        self.ines.app.wait_gone('label', 'Cai is waiting in the lobby.')
        self.cai.type_at_end('\n# mine')
        self.ines.wait_text(lambda text: '# mine' in text, 'what the candidate types')
        if self.cai.app.first('check box', 'Lobby'):
            raise NotSeen('the lobby is for those who lead')

    def is_sent_back(self):
        for window in (self.ines, self.cai):
            window.wait_connection('direct|relayed')
        self.ines.press_button('Actions for Cai')
        self.ines.find('menu item', 'Send back to the lobby').click()
        self.wait_lobby()
        self.cai.find('label', re.compile('What you wrote is kept'))
        self.cai.app.press('space')  # typed into the editor when it went; no button takes it
        self.wait_waiting()
        self.ines.type_at_end('\n# unseen')

    def comes_in_again_with_everything(self):
        self.ines.press_button('Let Cai in')
        self.cai.wait_in_room()
        self.cai.wait_text(lambda text: '# mine' in text and '# unseen' in text, 'what both typed')
        self.cai.type_at_end('\n# again')
        self.ines.wait_text(lambda text: '# again' in text, 'what is typed afterwards')
        for window in (self.ines, self.cai):
            window.wait_connection('direct|relayed')

    def lets_everybody_in(self):
        self.window('observer', 640, '--media', 'test', self.links['observers'][0])
        observer = self.windows['observer']
        observer.join_by_link('Olga')
        observer.find('label', IN_LOBBY)
        self.ines.find('check box', 'Lobby').click()
        observer.wait_text(lambda text: '# again' in text, 'the room')
        self.close_window('observer')

    def leaves_from_the_lobby(self):
        self.ines.find('check box', 'Lobby').click()
        wait_until(lambda: self.ines.find('check box', 'Lobby').is_on, 'the lobby is on')
        self.ines.press_button('Actions for Cai')
        self.ines.find('menu item', 'Send back to the lobby').click()
        self.wait_lobby()
        self.cai.press_button('Leave')
        self.cai.app.wait_gone('label', IN_LOBBY)
        self.close_window('candidate')

    def several_wait(self):
        self.window('candidate', 1280, '--media', 'test', self.links['candidate'])
        self.cai.join_by_link('Cai')
        self.wait_lobby()
        self.window('observer', 640, '--media', 'test', self.links['observers'][0])
        self.windows['observer'].join_by_link('Olga')
        self.windows['observer'].find('label', IN_LOBBY)
        self.ines.find('label', '2 people are waiting in the lobby.')
        self.ines.app.press('F9')
        self.wait_people(False)
        self.ines.press_button('Show')
        self.wait_people(True)

    def removed_from_the_lobby(self):
        self.ines.remove('Olga')
        self.windows['observer'].find('label', 'You were removed')
        self.windows['observer'].find('label', re.compile('^The interviewer removed you from the lobby'))
        self.close_window('observer')

    def ended_while_waiting(self):
        self.ines.end()
        self.cai.find('label', 'The interview has ended')
        self.cai.find('label', re.compile('^It ended while you were waiting'))

    def nothing_is_complained_of(self):
        if self.complaints():
            raise NotSeen(f'no warning, but there is {self.complaints()[0]}')

    CASES = (interviewer_keeps_a_lobby, candidate_waits, waits_in_a_small_window, waits_through_an_outage,
             who_is_gone_waits_no_more, is_let_in, is_sent_back, comes_in_again_with_everything, lets_everybody_in,
             leaves_from_the_lobby, several_wait, removed_from_the_lobby, ended_while_waiting, nothing_is_complained_of)


if __name__ == '__main__':
    sys.exit(Lobby(os.path.realpath(sys.argv[1])).run())
