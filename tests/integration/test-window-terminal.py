#!/usr/bin/python3
"""Terminals in a real window, light and dark: test-window-terminal.py BUILD_FOLDER.

What the terminal draws has no words for others than eyes; beside it the window has the same as plain text, which is read here.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from room_peers import Peer  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'}
COLOURS = 'for i in 1 2 3 4 5 6; do printf "\\033[3${i}mcolour $i \\033[1mbright\\033[0m\\n"; done'
MANY_LINES = 'for i in range(3000):\n    print("line", i, "x" * (i % 70))\n'
BROKEN = 'int main() {\n  return missing;\n}\n'


class Terminal(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'terminal')
        self.peer = None

    @property
    def cai(self):
        return self.windows['cai']

    def tidy_up(self):
        if self.peer:
            self.peer.kill()

    @staticmethod
    def choose(window, item):
        window.press_button('Terminal')
        window.find('menu item', item).click()

    def wait_hint(self, words):
        return self.cai.find('label', re.compile(words))

    def no_runner(self):
        self.server.prepare()
        if not self.server.can_run():
            return 'programs cannot be held here: entrevue-runner check says why'
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        made = self.server.add_interview('Terminals', INES, '--guest', 'Cai')
        folder = os.path.join(self.folder, 'peer')
        os.mkdir(folder)
        self.peer = Peer(self.build, ['--server', self.server.address, '--email', INES['email'], '--room', made['room'],
                                      '--no-peer-links'], folder, password=INES['password'], log=self.log).wait_joined()
        window = self.window('cai', 0, '--media', 'none', made['links']['candidate'],
                             environment={'ADW_DEBUG_COLOR_SCHEME': 'prefer-light'})
        window.join_by_link('Cai')
        window.wait_in_room()
        self.wait_hint('no runner is connected')

    def long_output(self):
        self.server.add_runner('one')
        self.peer.wait('languages', match=lambda e: 'bash' in e['ids'])
        self.cai.replace_text(MANY_LINES)
        self.cai.run()
        self.cai.wait_output('line 2999')

    def errors(self):
        self.cai.show_file('main.cpp')
        self.cai.replace_text(BROKEN, 'main.cpp')
        self.cai.run()
        self.wait_hint('^main.cpp:2')

    def a_shell_takes_keys(self):
        self.choose(self.cai, 'Open a Shell')
        self.wait_hint('You can type; Ctrl.Tab leaves')
        self.peer.wait('run', state='running', entry='', match=lambda e: e['columns'] not in (0, 80))
        self.peer.wait('run-output', match=lambda e: '$ ' in e['text'])
        self.cai.app.type('echo from the window\n')
        self.peer.wait('run-output', match=lambda e: 'from the window' in self.peer.output().split('echo from the window', 1)[-1])
        self.peer.send('type', text=COLOURS + '\r')
        self.peer.wait('run-output', match=lambda e: 'colour 6' in e['text'])
        self.picture('shell')

    def it_is_there_as_plain_text(self):
        self.cai.press_button('Plain text')
        self.cai.wait_output('colour 6 bright')
        assert '\x1b' not in self.cai.find('text', 'Output of the program').text()
        self.cai.press_button('Plain text')

    def a_lock_takes_the_keys_away(self):
        self.peer.send('lock', edit=False, run=True)
        self.wait_hint('The interviewer has locked typing')
        mark = self.peer.mark()
        self.cai.app.type('lost\n')
        self.peer.send('type', text='echo kept\r')
        self.peer.wait('run-output', after=mark, match=lambda e: 'kept' in self.peer.output().rsplit('echo kept', 1)[-1])
        assert 'lost' not in self.peer.output()
        self.peer.send('lock', edit=False, run=False)
        self.wait_hint('You can type; Ctrl.Tab leaves')

    def dark(self):
        self.cai.press_button('Stop')
        self.wait_hint('A shell, run by')
        link = self.server.ask('interview', 'add', '--org', 'demo', '--title', 'Dark', '--starts', 'now', '--interviewer',
                               INES['email'], '--guest', 'Dan', '--origin', self.server.address)['links']['candidate']
        self.close_window('cai')
        window = self.window('cai', 0, '--media', 'none', link, environment={'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'})
        window.join_by_link('Dan')
        window.wait_in_room()
        self.choose(window, 'Open a Shell')
        self.wait_hint('You can type; Ctrl.Tab leaves')
        window.app.type(COLOURS + '\n')
        window.press_button('Plain text')
        window.wait_output('colour 6 bright')
        window.press_button('Plain text')

    def complaints_of_the_toolkit(self):
        assert not self.complaints(), self.complaints()

    CASES = (no_runner, long_output, errors, a_shell_takes_keys, a_lock_takes_the_keys_away, it_is_there_as_plain_text,
             dark, complaints_of_the_toolkit)


sys.exit(Terminal(sys.argv[1]).run())
