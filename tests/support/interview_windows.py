"""One app window, in the words of the person who uses it.

The demo that plays itself and the end-to-end tests share it. Every role and accessible name they rely on stands here and
nowhere else; a name that changes in the app is changed here.
"""

import functools
import os
import re
import subprocess
import time

from gi.repository import Gio, GLib

from atspi_driver import ROLE_ALIASES, TIMEOUT_S, Application, NotSeen, has_state, matches_name, wait_until

GONE = (Gio.DBusError.UNKNOWN_OBJECT, Gio.DBusError.UNKNOWN_METHOD, Gio.DBusError.UNKNOWN_INTERFACE)
MAX_STOPS = 60
STEP_S = 20  # what a key does is seen by then, but for what was taken away
MENU_S = 5  # a menu that is not there by then is not coming


class InterviewWindow:
    """A running app: started with a profile of its own, driven by accessible names."""

    def __init__(self, program, profile, *arguments, environment=None, log=None):
        self.profile = profile
        self.process = subprocess.Popen([*program, '--profile', profile, *arguments], env=environment or os.environ,
                                        stdout=log, stderr=log)

    @functools.cached_property
    def app(self):
        """The window itself; waits for it when it is asked for first."""
        return Application(self.process.pid)

    # --- before the room

    def sign_in(self, server, email, password):
        self.app.find('text', 'Server').set_text(server)
        self.app.find('text', 'Email').set_text(email)
        self.app.find('text', 'Password').set_text(password)
        self.press_button('Sign in')

    def wait_problem(self, word):
        """Waits until the page says what is wrong, in a sentence with this word."""
        return self.find('alert', re.compile(word, re.IGNORECASE))

    def join_by_link(self, name):
        """Answers the question for a name that a link opens with."""
        self.app.find('text', 'Your name').set_text(name)
        self.press_button('Join')

    def join_from_list(self, title):
        """Joins from the list of interviews of the person who is signed in."""
        self.press_button(self.join_name(title))

    @staticmethod
    def join_name(title):
        return re.compile('^Join ' + re.escape(title))

    # --- in the room

    def find(self, role, name, timeout_s=TIMEOUT_S):
        shown = getattr(name, 'pattern', name)
        return wait_until(lambda: self.app.first(role, name), f'{self.profile}: {role} "{shown}"', timeout_s)

    def press_button(self, name, timeout_s=TIMEOUT_S):
        """Presses a button once it can be pressed; another one when a list that is made anew takes it away just then."""
        def press():
            button = self.app.last('button', name)
            if not button or not button.is_sensitive:
                return False
            try:
                button.click()
            except GLib.Error as error:
                if not any(error.matches(Gio.DBusError.quark(), code) for code in GONE):
                    raise NotSeen(f'{self.profile}: {error.message}') from None
                return False
            return True
        wait_until(press, f'{self.profile}: button "{getattr(name, "pattern", name)}"', timeout_s)

    def open_menu(self, button, item):
        """Presses a menu's button and returns the item, once it shows; again when a list that changed took the menu away."""
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            self.press_button(button)
            try:
                return wait_until(lambda: next((node for node in self.app.all('menu item', item) if node.is_showing), None),
                                  f'{self.profile}: menu item "{item.pattern}"', MENU_S)
            except NotSeen:
                if time.monotonic() > deadline:
                    raise

    def has_keyboard(self, role, name):
        """Whether what has the keyboard is such a widget, or a part of it."""
        depth = None
        for place, _, shown_role, shown, states in self.app.read_tree():
            if depth is not None and place <= depth:
                depth = None
            if depth is None and shown_role in ROLE_ALIASES.get(role, {role}) and shown == name:
                depth = place
            if depth is not None and has_state(states, 'focused'):
                return True
        return False

    def has_moved_from(self, place):
        """Whether something else than the object with that path has the keyboard."""
        return self.keyboard_place() not in (None, place)

    def keyboard_place(self):
        """The path of the object that has the keyboard; None: none, or a field for text, which GTK 4.8 does not tell of."""
        focused = [path for _, path, _, _, states in self.app.read_tree() if has_state(states, 'focused')]
        return focused[-1] if focused else None

    def tab_to(self, role, name):
        """Goes on with the tabulator until the keyboard is there, past what is no field for text."""
        for _ in range(MAX_STOPS):
            if self.has_keyboard(role, name):
                return
            place = self.keyboard_place()
            self.app.press('Tab')
            wait_until(functools.partial(self.has_moved_from, place), f'{self.profile}: the keyboard somewhere else')
        raise NotSeen(f'{self.profile}: {role} "{name}" by way of the tabulator')

    def focused_item(self, name):
        """Of the list of a combo box: the words of the item that has the keyboard; None while the list is not open."""
        depth, has_keyboard = None, False
        for place, _, role, shown, states in self.app.read_tree():
            if role == 'combo box' and shown == name and has_state(states, 'visible'):
                depth = place
            elif depth is not None and place <= depth:
                depth = None
            elif depth is not None and role == 'list item':
                has_keyboard = has_state(states, 'focused')
            elif depth is not None and role == 'label' and has_keyboard:
                return shown
        return None

    def choose(self, name, item):
        """Chooses an item of a list that falls down as a person with keys does: down to the item, then Return. Begins anew when a
        page that is made anew takes the list away."""
        def step_from(before):
            wait_until(lambda: self.focused_item(name) not in (None, before), f'{self.profile}: another item', STEP_S)
        deadline = time.monotonic() + 2 * TIMEOUT_S
        while True:
            try:
                box = self.find('combo box', name)
                if self.focused_item(name) is None:
                    box.click()
                step_from(None)
                while not matches_name(item, shown := self.focused_item(name) or ''):
                    self.app.press('Down')
                    step_from(shown)
                self.app.press('Return')
                wait_until(lambda: self.focused_item(name) is None, f'{self.profile}: the list is closed', STEP_S)
                return
            except (NotSeen, GLib.Error):
                if time.monotonic() > deadline:
                    raise

    def choose_next(self, name, item):
        """Chooses the item below the one that is chosen now, in a list that falls down when it is clicked; clicked again when a
        page that was still coming took the click."""
        def count():
            return sum(node.is_showing for node in self.app.all('label', item))
        deadline = time.monotonic() + TIMEOUT_S
        others = count()
        while True:
            self.find('combo box', name).focus()
            try:
                wait_until(lambda: count() > others, f'{self.profile}: item "{item}"', MENU_S)
                break
            except NotSeen:
                if time.monotonic() > deadline:
                    raise
        self.app.press('Down', 'Return')

    @staticmethod
    def editor_name(path):
        return f'Editor: {path}'

    def wait_in_room(self):
        self.find('text', re.compile('^Editor: '))

    def show_file(self, path):
        if not self.app.first('text', self.editor_name(path)):
            self.find('page tab', path).focus()
        return self.editor(path)

    def editor(self, path='main.py'):
        return self.find('text', self.editor_name(path))

    def text(self, path='main.py'):
        return self.editor(path).text()

    def wait_text(self, check, what, path='main.py', timeout_s=TIMEOUT_S):
        """Waits until check(text of the file) is true, and returns what it returned."""
        return wait_until(lambda: check(self.text(path)), f'{self.profile}: {what}', timeout_s)

    def type_at_end(self, text, path='main.py'):
        """Types key by key at the end of the file, as a person does."""
        self.editor(path).focus()
        self.app.press('ctrl+End')
        self.app.type(text)

    def replace_text(self, text, path='main.py'):
        """Puts a text in the place of the file's, as a paste over everything does."""
        self.editor(path).set_text(text)

    def undo(self, path='main.py'):
        self.editor(path).focus()
        self.app.press('ctrl+z')

    def set_input(self, text):
        if not self.app.first('text', 'Input of the program'):
            self.press_button('Show the input')
        self.find('text', 'Input of the program').set_text(text)

    def run(self):
        self.press_button('Run')

    def wait_output(self, text, timeout_s=TIMEOUT_S):
        wait_until(lambda: text in self.find('text', 'Output of the program').text(),
                   f'{self.profile}: output "{text}"', timeout_s)

    def send_chat(self, text):
        self.find('text', 'Message').set_text(text)
        self.press_button('Send')

    def wait_chat(self, text):
        self.find('label', text)

    def wait_participant(self, name):
        self.find('list item', re.compile('^' + re.escape(name) + r'\b'))

    def wait_participant_gone(self, name):
        self.app.wait_gone('list item', re.compile('^' + re.escape(name) + r'\b'))

    def toggle_microphone(self, muted):
        """Presses the button, and waits until it offers the opposite."""
        names = ('Mute microphone', 'Unmute microphone')
        self.press_button(names[0] if muted else names[1])
        self.find('button', names[1] if muted else names[0])

    def wait_connection(self, pattern, timeout_s=TIMEOUT_S):
        """Waits until the badge says so: direct, relayed, through the server, offline."""
        return self.find('button', re.compile(f'^Connection: .*({pattern})', re.IGNORECASE), timeout_s)

    def wait_kept_edits_gone(self):
        """Waits until the coordinator has everything that was typed here."""
        wait_until(lambda: self.app.first('button', re.compile('^Connection: '))
                   and not self.app.first('button', re.compile('kept')), f'{self.profile}: no kept edits')

    def leave(self):
        self.press_button('Leave')
        wait_until(lambda: not self.app.first('text', re.compile('^Editor: ')), f'{self.profile}: the room is left')

    def end(self):
        """Ends the interview for everybody, from the menu."""
        self.press_button('Main menu')
        self.find('menu item', re.compile('^End the interview')).click()
        self.press_button(re.compile(r'\bEnd$'))  # libadwaita 1.2 calls it "_End End"
        self.find('label', re.compile('has ended|is over|Interviews'))

    def remove(self, name):
        """Removes somebody from the interview, from the menu beside the name."""
        self.press_button(f'Actions for {name}')
        self.find('menu item', re.compile('^Remove from the interview')).click()
        self.find('label', f'Remove {name}?')
        self.press_button(re.compile(r'\bRemove$'))  # libadwaita 1.2 calls it "_Remove Remove"
        self.wait_participant_gone(name)

    # --- the process

    def begin_stop(self):
        """Asks it to end, for whoever has more than one window to stop."""
        if self.process.poll() is None:
            self.process.terminate()

    def stop(self):
        self.begin_stop()
        if self.process.poll() is None:
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
