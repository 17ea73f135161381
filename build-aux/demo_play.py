#!/usr/bin/python3
"""Plays a demo interview in two real windows, by itself: demo_play.py < SCRIPT (called by run_demo.py, inside with-display.sh).

Each step is done on one side and looked for on both; it is told in one line. Exit status 0 only if every step was seen, else
1 and the name of the step.
"""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'tests', 'support'))

from atspi_driver import Screenshot, accessibility_bus  # noqa: E402
from interview_windows import InterviewWindow, NotSeen  # noqa: E402

PROGRAM = '''import sys

def greet(name):
    return f"Hello, {name}!"

for line in sys.stdin:
    print(greet(line.strip()))
'''


class Play:
    def __init__(self, script):
        self.script = script
        self.started = time.monotonic()
        self.windows = {}
        self.pictures = {}  # path to Screenshot; their files are written while the play goes on

    def tell(self, text):
        print(f'{time.monotonic() - self.started:6.1f} s  {text}', flush=True)

    @property
    def both(self):
        return self.windows.values()

    def open(self):
        """Two windows open"""
        for role in ('interviewer', 'candidate'):
            self.windows[role] = InterviewWindow([self.script['program']], role, '--media', 'test')
        for index, window in enumerate(self.both):
            window.app.place(index * 1280, 0, 1280, 900)
        self.interviewer, self.candidate = self.both

    # The steps, in order. A step is done when it was seen on both sides.

    def both_sign_in(self):
        """Both sign in and see the interview in their list"""
        for role, window in self.windows.items():
            account = self.script['accounts'][role]
            window.sign_in(self.script['server'], account['email'], account['password'])
        for window in self.both:
            window.find('button', window.join_name(self.script['title']))

    def both_join(self):
        """Both join"""
        for window in self.both:
            window.join_from_list(self.script['title'])
        for window in self.both:
            window.wait_in_room()
            window.show_file('main.py')

    def they_meet(self):
        """Each sees the other, and edits go directly"""
        self.interviewer.wait_participant(self.script['accounts']['candidate']['name'])
        self.candidate.wait_participant(self.script['accounts']['interviewer']['name'])
        for window in self.both:
            window.wait_connection('direct|relayed')

    def they_chat(self):
        """The interviewer says hello in the chat, the candidate answers"""
        self.interviewer.send_chat('Welcome! Please greet everyone on stdin.')
        self.candidate.wait_chat('Welcome! Please greet everyone on stdin.')
        self.candidate.send_chat('Happy to.')
        self.interviewer.wait_chat('Happy to.')

    def candidate_writes(self):
        """The candidate writes a program, the interviewer reads along"""
        self.candidate.replace_text(PROGRAM)
        for window in self.both:
            window.wait_text(lambda text: text == PROGRAM, 'the program')

    def interviewer_comments(self):
        """The interviewer types a comment into the same file"""
        self.interviewer.type_at_end('# nice and short')
        for window in self.both:
            window.wait_text(lambda text: text.endswith('# nice and short'), 'the comment')

    def they_run(self):
        """The candidate runs it, both read the output"""
        self.candidate.set_input('Ada\nAlan\n')
        self.candidate.run()
        for window in self.both:
            window.wait_output('Hello, Ada!\nHello, Alan!')

    def microphone(self):
        """The candidate mutes the microphone and opens it again, the call goes on"""
        self.candidate.toggle_microphone(muted=True)
        self.candidate.toggle_microphone(muted=False)
        for window in self.both:
            window.wait_connection('direct|relayed')

    def leave(self):
        """The candidate leaves, the interviewer ends the interview"""
        self.candidate.leave()
        self.interviewer.end()

    STEPS = (open, both_sign_in, both_join, they_meet, they_chat, candidate_writes, interviewer_comments, they_run, microphone,
             leave)

    def picture(self, name):
        path = os.path.join(self.script['screenshots'], f'{len(self.pictures) + 1}-{name}.png')
        self.pictures[path] = Screenshot(path)

    def run(self):
        try:
            for step in self.STEPS:
                step(self)
                self.tell(step.__doc__ + '.')
                self.picture(step.__name__.replace('_', '-'))
        except NotSeen as missing:
            self.picture('failed')
            for role, window in self.windows.items():
                with open(os.path.join(self.script['screenshots'], f'failed-{role}.txt'), 'w', encoding='utf-8') as file:
                    file.write(window.app.dump())
            self.tell(f'FAILED in the step "{step.__doc__}": not seen: {missing}')
            return 1
        finally:
            for window in self.both:
                window.begin_stop()
            for window in self.both:
                window.stop()
            for path, picture in self.pictures.items():
                picture.finish()
                print(f'Screenshot {path}', flush=True)
        self.tell('Every step was seen on both sides.')
        return 0


if __name__ == '__main__':
    accessibility_bus()  # which is started while the server is
    sys.exit(Play(json.load(sys.stdin)).run())
