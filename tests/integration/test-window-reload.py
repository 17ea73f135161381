#!/usr/bin/python3
"""A copy of the document that is not the same as the others' is replaced under the open editor: test-window-reload.py BUILD_FOLDER.

Somebody between the app and the server changes letters on the way, so that the app has another text under the same clocks. The
copies are compared when nobody has typed for 30 s, so this test is a long one.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

from interview_windows import NotSeen  # noqa: E402
from room_peers import Peer  # noqa: E402
from tamperer import Misprinter  # noqa: E402
from window_test import WindowTest  # noqa: E402

INES = {'email': 'ines@example.org', 'name': 'Ines', 'password': 'correct horse battery'}
PROGRAM = '# the colour of the sky\nprint("blue")\n'
MISREAD = PROGRAM.replace('colour', 'colder')
COMPARED_S = 150


class Reload(WindowTest):
    def __init__(self, build):
        super().__init__(build, 'reload')
        self.link = None
        self.peer = None
        self.misprinter = None

    @property
    def cai(self):
        return self.windows['cai']

    def tidy_up(self):
        if self.peer:
            self.peer.kill()
        if self.misprinter:
            self.misprinter.__exit__(None, None, None)

    def wait_same(self, check):
        """Waits until the window and the peer have one text that passes."""
        self.cai.wait_text(check, 'the text')
        self.peer.wait_text('main.py', lambda text: text == self.cai.text())

    def app_reads_another_text(self):
        self.server.prepare()
        self.server.start_coordinator()
        self.server.add_people({'interviewer': INES})
        made = self.server.add_interview('Colours', INES, '--guest', 'Cai')
        folder = os.path.join(self.folder, 'peer')
        os.mkdir(folder)
        self.peer = Peer(self.build, ['--server', self.server.address, '--email', INES['email'], '--room', made['room']], folder,
                         password=INES['password'], log=self.log).wait_joined()
        self.peer.send('delete', file='main.py', at=0, count=len(self.peer.text('main.py')))
        self.peer.insert('main.py', 0, PROGRAM)
        self.peer.wait_durable()
        port = self.server.address.rsplit(':', 1)[1]
        self.misprinter = Misprinter(int(port), b'colour', b'colder')
        self.misprinter.__enter__()
        self.link = made['links']['candidate'].replace(f':{port}/', f':{self.misprinter.port}/')
        window = self.window('cai', 0, '--media', 'none', self.link)
        window.join_by_link('Cai')
        window.wait_in_room()
        window.wait_text(lambda text: text == MISREAD, 'the text with other letters')
        self.misprinter.is_on = False
        self.peer.wait_linked('Cai')

    def text_is_loaded_anew(self):
        self.cai.wait_text(lambda text: text == PROGRAM, 'the right text', timeout_s=COMPARED_S)
        self.cai.find('label', re.compile('^Your copy of the room was not the same'))

    def both_type_on(self):
        self.cai.type_at_end('# by Cai')
        self.peer.insert('main.py', 0, '# by Ines\n')
        self.wait_same(lambda text: text == '# by Ines\n' + PROGRAM + '# by Cai')
        self.cai.undo()
        self.wait_same(lambda text: text == '# by Ines\n' + PROGRAM)
        self.cai.type_at_end('# again')
        self.wait_same(lambda text: text.endswith('# again'))

    def device_has_kept_the_right_one(self):
        expected = self.cai.text()
        self.cai.wait_kept_edits_gone()
        self.cai.kill()
        self.server.kill_coordinator()
        window = self.window('cai', 0, '--media', 'none', self.link)
        window.join_by_link('Cai')
        window.wait_in_room()
        window.wait_text(lambda text: text == expected, 'what it had')

    def nothing_is_complained_of(self):
        if self.complaints():
            raise NotSeen(f'no warning, but there is {self.complaints()[0]}')

    CASES = (app_reads_another_text, text_is_loaded_anew, both_type_on, device_has_kept_the_right_one, nothing_is_complained_of)


if __name__ == '__main__':
    sys.exit(Reload(os.path.realpath(sys.argv[1])).run())
