"""One app window, in the words of the person who uses it.

The demo that plays itself and the end-to-end tests share it. Every role and accessible name they rely on stands here and
nowhere else; a name that changes in the app is changed here.
"""

import os
import re
import subprocess

from atspi_driver import Application, NotSeen, wait_until


class InterviewWindow:
    """A running app: started with a profile of its own, driven by accessible names."""

    def __init__(self, program, profile, *arguments, environment=None, log=None):
        self.profile = profile
        self.process = subprocess.Popen([*program, '--profile', profile, *arguments], env=environment or os.environ,
                                        stdout=log, stderr=log)
        self.app = Application(self.process.pid)

    # --- before the room

    def sign_in(self, server, email, password):
        self.app.find('text', 'Server').set_text(server)
        self.app.find('text', 'Email').set_text(email)
        self.app.find('text', 'Password').set_text(password)
        self.press_button('Sign in')

    def join_as_guest(self, name):
        """Answers the question for a name that a link opens with."""
        self.app.find('text', 'Your name').set_text(name)
        self.press_button('Join')

    def join_from_list(self, title):
        """Joins from the list of interviews of the person who is signed in."""
        self.press_button(re.compile('^Join.*' + re.escape(title)))

    # --- in the room

    def wait_in_room(self):
        self.app.find('text', self.editor_name('main.py'))

    @staticmethod
    def editor_name(path):
        return f'Editor: {path}'

    def show_file(self, path):
        self.app.find('page tab', path).click()
        self.app.find('text', self.editor_name(path))

    def editor(self, path='main.py'):
        return self.app.find('text', self.editor_name(path))

    def type_at_end(self, text, path='main.py'):
        """Types key by key at the end of the file, as a person does."""
        self.editor(path).focus()
        self.app.press('ctrl+End')
        self.app.type(text)

    def insert(self, offset, text, path='main.py'):
        self.editor(path).insert_text(offset, text)

    def text(self, path='main.py'):
        return self.editor(path).text()

    def wait_text(self, check, what, path='main.py', timeout_s=30):
        return wait_until(lambda: check(self.text(path)), f'{self.profile}: {what}', timeout_s)

    def press_button(self, name, timeout_s=30):
        """Presses a button once it can be pressed."""
        def ready():
            button = self.app.first('button', name)
            return button if button and button.is_sensitive else None
        wait_until(ready, f'{self.profile}: button "{getattr(name, "pattern", name)}"', timeout_s).click()

    def run(self):
        self.press_button('Run')

    def set_input(self, text):
        self.app.find('text', 'Input of the program').set_text(text)

    def output(self):
        return self.app.find('text', 'Output of the program').text()

    def wait_output(self, text, timeout_s=30):
        wait_until(lambda: text in self.output(), f'{self.profile}: output "{text}"', timeout_s)

    def send_chat(self, text):
        self.app.find('text', 'Message').set_text(text)
        self.press_button('Send')

    def wait_chat(self, text):
        wait_until(lambda: self.app.first('label', re.compile(re.escape(text))), f'{self.profile}: chat "{text}"')

    def wait_participant(self, name):
        wait_until(lambda: self.app.first('list item', re.compile('^' + re.escape(name))),
                   f'{self.profile}: {name} among the participants')

    def microphone(self):
        return self.app.find('button', re.compile('^(Mute|Unmute) microphone$'))

    def wait_connection(self, pattern, timeout_s=30):
        """Waits until the badge says so: direct, relayed, through the coordinator, offline."""
        return wait_until(lambda: self.app.first(None, re.compile(f'^Connection: .*({pattern})')),
                          f'{self.profile}: connection {pattern}', timeout_s)

    # --- leaving

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def kill(self):
        """As a crash or a power cut would end it."""
        self.process.kill()
        self.process.wait()


__all__ = ['InterviewWindow', 'NotSeen', 'wait_until']
