"""Drives real application windows the way a screen reader does: by role and accessible name over AT-SPI.

Run with /usr/bin/python3 (python3-gi, gir1.2-atspi-2.0), inside a session bus and a display (with-display.sh). Keys go
through xdotool, pictures through ImageMagick's import.

    window = Application(process.pid)
    window.find('text', 'Message').set_text('Hello')
    window.find('push button', 'Send').click()
    window.find('label', 'Hello')
"""

import contextlib
import subprocess
import time

import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, Gio, GLib  # noqa: E402

TIMEOUT_S = 30
POLL_MS = 40
CALL_MS = 10000
ACCESSIBLE = 'org.a11y.atspi.Accessible'

# GTK has renamed roles over time; either name finds both.
ROLE_ALIASES = {
    'button': {'button', 'push button'},
    'push button': {'button', 'push button'},
    'text': {'text', 'entry', 'password text', 'text box'},
    'list item': {'list item', 'table row'},
}


class NotSeen(Exception):
    """What was waited for did not come."""


class Gone(NotSeen):
    """The application has left the accessibility bus."""


def wait_until(check, what, timeout_s=TIMEOUT_S):
    """Calls check() again and again until it returns something true, and returns that; NotSeen after the timeout.

    Between two calls the main context runs, since changes reach AT-SPI's caches as events.
    """
    context = GLib.MainContext.default()
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            result = check()
        except GLib.Error:
            result = None  # a widget went away between two questions
        if result:
            return result
        if time.monotonic() > deadline:
            raise NotSeen(f'{what} (waited {timeout_s} s)')
        ticked = []
        GLib.timeout_add(POLL_MS, lambda: ticked.append(True) or GLib.SOURCE_REMOVE)
        while not ticked:
            context.iteration(True)


def screenshot(path, window=None):
    """Keeps a picture of the whole screen, or of one X window."""
    subprocess.run(['import', '-silent', '-window', str(window or 'root'), path], check=True, timeout=60)


class Node:
    """One accessible object."""

    def __init__(self, application, accessible):
        self.application = application
        self.accessible = accessible

    @property
    def name(self):
        return self.accessible.get_name() or ''

    @property
    def role(self):
        return self.accessible.get_role_name() or ''

    @property
    def description(self):
        return self.accessible.get_description() or ''

    def has_state(self, state):
        return self.accessible.get_state_set().contains(getattr(Atspi.StateType, state.upper()))

    @property
    def is_showing(self):
        """Whether it is on the screen. GTK 4.8 says "showing" of windows only; what is not mapped has no size."""
        if not self.has_state('visible'):
            return False
        extents = Atspi.Component.get_extents(self.accessible, Atspi.CoordType.WINDOW)
        return extents.width > 0 and extents.height > 0

    @property
    def is_sensitive(self):
        return self.has_state('sensitive')

    @property
    def is_on(self):
        """Whether a toggle is pressed or a check mark set."""
        return self.has_state('pressed') or self.has_state('checked')

    def text(self):
        """The content of a text, or the name of anything else."""
        if 'Text' not in self.accessible.get_interfaces():
            return self.name
        return Atspi.Text.get_text(self.accessible, 0, -1)

    def insert_text(self, offset, text):
        """Inserts into an editable text at an offset in characters; -1 is the end."""
        if offset < 0:
            offset = Atspi.Text.get_character_count(self.accessible)
        if not Atspi.EditableText.insert_text(self.accessible, offset, text, len(text.encode())):
            raise NotSeen(f'{self.role} "{self.name}" takes no text')

    def delete_text(self, start, end):
        Atspi.EditableText.delete_text(self.accessible, start, end)

    def set_text(self, text):
        """Replaces the content of an entry or a text."""
        count = Atspi.Text.get_character_count(self.accessible)
        if count:
            self.delete_text(0, count)
        if text:
            self.insert_text(0, text)

    def click(self):
        """Does the widget's own action, which works without a pointer; a menu button's is on the button inside it."""
        for way, _, _ in self.application.tree.read(self.accessible):
            node = self.below(way)
            if node and 'Action' in node.accessible.get_interfaces() and Atspi.Action.get_n_actions(node.accessible) > 0:
                Atspi.Action.do_action(node.accessible, 0)
                return
        raise NotSeen(f'{self.role} "{self.name}" has no action')

    def focus(self):
        """Gives it the keyboard by clicking into its middle: GTK 4.8 does not answer AT-SPI's GrabFocus."""
        self.application.take_keyboard()
        extents = Atspi.Component.get_extents(self.accessible, Atspi.CoordType.WINDOW)
        subprocess.run(['xdotool', 'mousemove', '--window', str(self.application.x_window()),
                        str(extents.x + extents.width // 2), str(extents.y + extents.height // 2), 'click', '1'], check=True)

    def child(self, index):
        accessible = self.accessible.get_child_at_index(index)
        return Node(self.application, accessible) if accessible else None

    def below(self, way):
        """The node at the end of a way of child indices, or None when it is not there any more."""
        node = self
        for index in way:
            node = node.child(index)
            if node is None:
                break
        return node

    def still_matches(self, name, showing):
        """Whether a node that was found by this name still is what it was."""
        try:
            own_name = self.name
            if self.has_state('defunct') or (showing and not self.is_showing):
                return False
        except GLib.Error:
            return False
        return bool(own_name) if name is None else bool(name.search(own_name)) if hasattr(name, 'search') else own_name == name

    def matches(self, role, name=None, showing=True):
        """The nodes below with this role and name, one by one, depth first. The name is a text, a compiled pattern, or None for
        any."""
        roles = ROLE_ALIASES.get(role, {role})
        for way, own_role, own_name in self.application.tree.read(self.accessible):
            if role and own_role not in roles:
                continue
            if name is not None and not (name.search(own_name) if hasattr(name, 'search') else own_name == name):
                continue
            try:
                # The tree may have moved since it was read.
                node = self.below(way)
                if node is None or node.role != own_role or node.name != own_name or (showing and not node.is_showing):
                    continue
            except GLib.Error:
                continue
            yield node

    def first(self, role, name=None, showing=True):
        """The first match, or None."""
        return next(self.matches(role, name, showing), None)

    def last(self, role, name=None, showing=True):
        """The last match, or None. Pages that were shown before still count as showing, and stand before the one that is."""
        found = None
        for found in self.matches(role, name, showing):
            pass
        return found

    def dump(self):
        """The tree as text, for reports of failures."""
        lines = []

        def add(accessible, depth):
            try:
                node = Node(self.application, accessible)
                lines.append(f"{'  ' * depth}{node.role} {node.name!r}")
                for index in range(accessible.get_child_count()):
                    child = accessible.get_child_at_index(index)
                    if child:
                        add(child, depth + 1)
            except GLib.Error as error:
                lines.append(f"{'  ' * depth}({error.message})")

        add(self.accessible, 0)
        return '\n'.join(lines)


class Tree:
    """Reads whole trees. An application that draws a call answers one question per picture; here all questions about the nodes
    of one level are under way at once."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None,
                                    Gio.DBusCallFlags.NONE, -1, None).unpack()[0]
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)

    def read(self, accessible):
        """(way of child indices, role name, name) of a node and all below it, depth first."""
        found = []
        level = [((), (accessible.app.bus_name, accessible.path))]
        while level:
            # GetChildren would be shorter, but leaves out pages of stacks that GetChildAtIndex has.
            answers = self._ask([(reference, question) for _, reference in level for question in (
                (ACCESSIBLE, 'GetRole', None), self._property('Name'), self._property('ChildCount'))])
            nodes = [(way, reference, *answers[3 * i:3 * i + 3]) for i, (way, reference) in enumerate(level)]
            found += [(way, Atspi.role_get_name(Atspi.Role(role)), name or '')
                      for way, _, role, name, _ in nodes if role is not None]
            below = [(way + (index,), reference, index) for way, reference, _, _, count in nodes for index in range(count or 0)]
            children = self._ask([(reference, (ACCESSIBLE, 'GetChildAtIndex', GLib.Variant('(i)', (index,))))
                                  for _, reference, index in below])
            level = [(way, child) for (way, _, _), child in zip(below, children) if child is not None]
        return sorted(found)

    @staticmethod
    def _property(name):
        return 'org.freedesktop.DBus.Properties', 'Get', GLib.Variant('(ss)', (ACCESSIBLE, name))

    def _ask(self, questions):
        """The answers to (reference, (interface, method, parameters)), in order; None from a node that has gone."""
        answers = [None] * len(questions)
        waiting = len(questions)

        def answered(bus, result, number):
            nonlocal waiting
            waiting -= 1
            with contextlib.suppress(GLib.Error):
                answers[number] = bus.call_finish(result).unpack()[0]

        for number, (reference, question) in enumerate(questions):
            self.bus.call(*reference, *question, None, Gio.DBusCallFlags.NONE, CALL_MS, None, answered, number)
        while waiting:
            GLib.MainContext.default().iteration(True)
        return answers


class Application:
    """An application on the accessibility bus, known by its process id."""

    def __init__(self, pid, timeout_s=TIMEOUT_S):
        self.pid = pid
        self.tree = Tree()
        self.known = {}  # what was found last, by what was asked for: looking again is dear while a call is drawn
        self.root = wait_until(self._look, f'process {pid} on the accessibility bus', timeout_s)

    def _look(self):
        desktop = Atspi.get_desktop(0)
        desktop.clear_cache()
        for index in range(desktop.get_child_count()):
            accessible = desktop.get_child_at_index(index)
            if accessible and accessible.get_process_id() == self.pid:
                # Answers must be what is true now, not what was true at the last event.
                accessible.set_cache_mask(Atspi.Cache.NONE)
                return Node(self, accessible)
        return None

    def first(self, role, name=None, showing=True):
        """A match, the one found before if it still is one; or None."""
        key = (role, name, showing)
        node = self.known.get(key)
        if node is None or not node.still_matches(name, showing):
            node = self.known[key] = self.root.first(role, name, showing)
        return node

    def find(self, role, name=None, timeout_s=TIMEOUT_S):
        """Waits for a node with this role and name."""
        shown = name.pattern if hasattr(name, 'pattern') else name
        return wait_until(lambda: self.first(role, name), f'{role} "{shown}"', timeout_s)

    def wait_gone(self, role, name, timeout_s=TIMEOUT_S):
        wait_until(lambda: not self.first(role, name), f'{role} "{name}" gone', timeout_s)

    def dump(self):
        return self.root.dump()

    # Keys. Without a window manager nobody gives the keyboard to a window, so each call does.

    def x_window(self):
        """The X window of the application's main window."""
        def search():
            out = subprocess.run(['xdotool', 'search', '--all', '--onlyvisible', '--pid', str(self.pid), '--name', ''],
                                 capture_output=True, text=True).stdout.split()
            return min(int(number) for number in out) if out else None  # popovers are made later
        return wait_until(search, f'an X window of process {self.pid}')

    def place(self, x, y, width, height):
        window = str(self.x_window())
        subprocess.run(['xdotool', 'windowsize', window, str(width), str(height), 'windowmove', window, str(x), str(y)],
                       check=True)

    def take_keyboard(self):
        subprocess.run(['xdotool', 'windowfocus', '--sync', str(self.x_window())], check=True, timeout=TIMEOUT_S)

    def press(self, *keys):
        """Presses keys by their X names, for instance ctrl+Return."""
        self.take_keyboard()
        subprocess.run(['xdotool', 'key', '--clearmodifiers', *keys], check=True)

    def type(self, text):
        """Types a text of ASCII key by key into whatever has the focus; other characters are no keys, see insert_text()."""
        self.take_keyboard()
        for number, line in enumerate(text.split('\n')):
            if number:
                subprocess.run(['xdotool', 'key', 'Return'], check=True)
            if line:
                subprocess.run(['xdotool', 'type', '--delay', '15', '--', line], check=True)

    def screenshot(self, path):
        screenshot(path, self.x_window())
