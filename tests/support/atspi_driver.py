"""Drives real application windows the way a screen reader does: by role and accessible name over AT-SPI.

Run with /usr/bin/python3 (python3-gi, gir1.2-atspi-2.0), inside a session bus and a display (with-display.sh). Keys go
through xdotool, pictures through ImageMagick's import.

    window = Application(process.pid)
    window.find('text', 'Message').set_text('Hello')
    window.find('push button', 'Send').click()
    window.find('label', 'Hello')
"""

import ast
import contextlib
import functools
import re
import select
import subprocess
import time

import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, Gio, GLib  # noqa: E402

TIMEOUT_S = 60
POLL_MS = 40
CALL_MS = 10000
MOVING_S = 5  # a spinner moves for ever
COLOURS = 4  # of a picture that shows something, at least

INTERFACES = 'org.a11y.atspi.'
ACCESSIBLE = INTERFACES + 'Accessible'
PROPERTIES = 'org.freedesktop.DBus.Properties'
REGISTRY = INTERFACES + 'Registry'
ROOT = '/org/a11y/atspi/accessible/root'
NULL = '/org/a11y/atspi/null'
CACHE = '/org/a11y/atspi/cache'
NODE_QUESTIONS = (
    (ACCESSIBLE, 'GetRole', None),
    (PROPERTIES, 'Get', GLib.Variant('(ss)', (ACCESSIBLE, 'Name'))),
    (PROPERTIES, 'Get', GLib.Variant('(ss)', (ACCESSIBLE, 'ChildCount'))),
    (ACCESSIBLE, 'GetState', None),
)

# GTK has renamed roles over time; either name finds both.
ROLE_ALIASES = {
    'button': {'button', 'push button'},
    'push button': {'button', 'push button'},
    'text': {'text', 'entry', 'password text', 'text box'},
    'list item': {'list item', 'table row'},
}


class NotSeen(Exception):
    """What was waited for did not come."""


def wait_until(check, what, timeout_s=TIMEOUT_S):
    """Calls check() again and again until it returns something true, and returns that; NotSeen after the timeout.

    At least half of the time the application is left in peace, so that it gets on with what is waited for.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        began = time.monotonic()
        try:
            result = check()
        except GLib.Error:
            result = None  # a widget went away between two questions
        if result:
            return result
        ended = time.monotonic()
        if ended > deadline:
            raise NotSeen(f'{what} (waited {timeout_s} s)')
        time.sleep(max(POLL_MS / 1000, ended - began))


class Screenshot:
    """A picture of the whole screen, or of one X window: taken when this returns, in the file after finish()."""

    def __init__(self, path, window=None):
        self.camera = subprocess.Popen(['import', '-silent', '-window', str(window or 'root'), 'ppm:-'], stdout=subprocess.PIPE)
        select.select([self.camera.stdout], [], [], TIMEOUT_S)  # it writes nothing before it has everything
        self.writer = subprocess.Popen(['convert', 'ppm:-', '-quality', '15', path], stdin=self.camera.stdout)
        self.camera.stdout.close()

    def finish(self):
        for process in (self.camera, self.writer):
            if process.wait(TIMEOUT_S) != 0:
                raise subprocess.CalledProcessError(process.returncode, process.args)


def screenshot(path, window=None):
    """Keeps a picture of the whole screen, or of one X window."""
    Screenshot(path, window).finish()


class Node:
    """One accessible object."""

    def __init__(self, application, path):
        self.application = application
        self.path = path

    def _call(self, interface, method, signature=None, *arguments):
        parameters = GLib.Variant(signature, arguments) if signature else None
        return self.application.bus.call_sync(self.application.bus_name, self.path, INTERFACES + interface, method, parameters,
                                              None, Gio.DBusCallFlags.NONE, CALL_MS, None).unpack()

    def _get(self, interface, name):
        return self.application.bus.call_sync(self.application.bus_name, self.path, PROPERTIES, 'Get',
                                              GLib.Variant('(ss)', (INTERFACES + interface, name)), None,
                                              Gio.DBusCallFlags.NONE, CALL_MS, None).unpack()[0]

    @property
    def name(self):
        return self._get('Accessible', 'Name')

    @property
    def role(self):
        return role_name(self._call('Accessible', 'GetRole')[0])

    @property
    def description(self):
        return self._get('Accessible', 'Description')

    def has_state(self, *names):
        """Whether it has any of these states."""
        return has_state(self._call('Accessible', 'GetState')[0], *names)

    @property
    def is_showing(self):
        """Whether it is on the screen. GTK 4.8 says "showing" of windows only; what is not mapped has no size."""
        if not self.has_state('visible'):
            return False
        _, _, width, height = self._extents()
        return width > 0 and height > 0

    @property
    def is_sensitive(self):
        return self.has_state('sensitive')

    @property
    def is_on(self):
        """Whether a toggle is pressed or a check mark set."""
        return self.has_state('pressed', 'checked')

    def _extents(self):
        return self._call('Component', 'GetExtents', '(u)', Atspi.CoordType.WINDOW)[0]

    def _has(self, interface):
        return INTERFACES + interface in self._call('Accessible', 'GetInterfaces')[0]

    def text(self):
        """The content of a text, or the name of anything else."""
        return self._call('Text', 'GetText', '(ii)', 0, -1)[0] if self._has('Text') else self.name

    def insert_text(self, offset, text):
        """Inserts into an editable text at an offset in characters; -1 is the end."""
        if offset < 0:
            offset = self._get('Text', 'CharacterCount')
        if not self._call('EditableText', 'InsertText', '(isi)', offset, text, len(text.encode()))[0]:
            raise NotSeen(f'{self.role} "{self.name}" takes no text')

    def delete_text(self, start, end):
        self._call('EditableText', 'DeleteText', '(ii)', start, end)

    def set_text(self, text):
        """Replaces the content of an entry or a text."""
        count = self._get('Text', 'CharacterCount')
        if count:
            self.delete_text(0, count)
        if text:
            self.insert_text(0, text)

    def click(self):
        """Does the widget's own action, which works without a pointer; a menu button's is on the button inside it."""
        node = self
        while not node._has('Action') or node._get('Action', 'NActions') == 0:
            if node._get('Accessible', 'ChildCount') == 0:
                raise NotSeen(f'{self.role} "{self.name}" has no action')
            node = Node(self.application, node._call('Accessible', 'GetChildAtIndex', '(i)', 0)[0][1])
        node._call('Action', 'DoAction', '(i)', 0)

    def focus(self):
        """Gives it the keyboard by clicking into its middle: GTK 4.8 does not answer AT-SPI's GrabFocus."""
        self.application.take_keyboard()
        x, y, width, height = self._extents()
        subprocess.run(['xdotool', 'mousemove', '--window', str(self.application.x_window()),
                        str(x + width // 2), str(y + height // 2), 'click', '1'], check=True)

    def drag(self, x, y, dx, dy):
        """Draws with the mouse from a place in it, given as parts of its size; gives it the keyboard."""
        self.application.take_keyboard()
        left, top, width, height = self._extents()
        window, x, y = str(self.application.x_window()), left + int(x * width), top + int(y * height)
        dx, dy = int(dx * width), int(dy * height)
        moves = [part for step in (1, 2, 3, 4) for part in ('mousemove', '--window', window, str(x + dx * step // 4), str(y + dy * step // 4))]
        subprocess.run(['xdotool', 'mousemove', '--window', window, str(x), str(y), 'mousedown', '1', *moves, 'mouseup', '1'], check=True)

    def still_matches(self, name, showing):
        """Whether a node that was found by this name still is what it was."""
        try:
            return matches_name(name, self.name) and not self.has_state('defunct') and (not showing or self.is_showing)
        except GLib.Error:
            return False


@functools.cache
def role_name(role):
    return Atspi.role_get_name(Atspi.Role(role))


@functools.cache
def state_bit(name):
    return 1 << getattr(Atspi.StateType, name.upper())


def has_state(states, *names):
    """States as AT-SPI sends them: two numbers of 32 bits."""
    bits = states[0] | states[1] << 32
    return any(bits & state_bit(name) for name in names)


# An object in the answer to GetItems, written as text: itself, application, parent, index, number of children, interfaces, name,
# role, description, states.
REFERENCE = r"\('[^']*', '([^']*)'\)"
TEXT = r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
ITEM = re.compile(rf"\({REFERENCE}, {REFERENCE}, {REFERENCE}, (-?\d+), (\d+), \[[^]]*\], {TEXT}, (\d+), {TEXT}, "
                  r"\[(\d+), (\d+)\]\)")


def read_items(answer):
    """(path, path of the parent, index, number of children, name, role, states) of all objects. By way of the text, since
    unpack() takes longer than the application takes to answer."""
    items = [(path, parent, int(index), int(count), ast.literal_eval(name) if '\\' in name else name[1:-1], int(role),
              (int(low), int(high)))
             for path, _, parent, index, count, name, role, _, low, high in ITEM.findall(answer.print_(False))]
    if len(items) != answer.get_child_value(0).n_children():
        raise ValueError('GetItems has answered with objects of another shape.')
    return items


def matches_name(wanted, name):
    """The wanted name is a text, a compiled pattern, or None for any that is not empty."""
    if wanted is None:
        return bool(name)
    return bool(wanted.search(name)) if hasattr(wanted, 'search') else wanted == name


@functools.cache
def accessibility_bus():
    """A connection of our own. libatspi would keep copies of all objects, and listen to every event to keep them true."""
    session = Gio.bus_get_sync(Gio.BusType.SESSION)
    address = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None,
                                Gio.DBusCallFlags.NONE, -1, None).unpack()[0]
    return Gio.DBusConnection.new_for_address_sync(
        address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)


class Application:
    """An application on the accessibility bus, known by its process id."""

    def __init__(self, pid, timeout_s=TIMEOUT_S):
        self.pid = pid
        self.bus = accessibility_bus()
        self.last_tree = []
        self.is_painted = True  # in the size that it was given last
        self.found = {}  # what was found last, by what was asked for
        self.bus_name = wait_until(self._look, f'process {pid} on the accessibility bus', timeout_s)
        wait_until(self.read_tree, f'the objects of process {pid}', timeout_s)

    def _look(self):
        registered = self._ask([(REGISTRY, ROOT, ACCESSIBLE, 'GetChildren', None)])[0] or []
        names = [name for name, _ in registered]
        pids = self._ask([('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'GetConnectionUnixProcessID',
                           GLib.Variant('(s)', (name,))) for name in names])
        return next((name for name, pid in zip(names, pids) if pid == self.pid), None)

    def _ask(self, questions):
        """The answers to (name, path, interface, method, parameters), all under way at once; None where there is none."""
        answers = [None] * len(questions)
        waiting = len(questions)

        def answered(bus, result, number):
            nonlocal waiting
            waiting -= 1
            with contextlib.suppress(GLib.Error):
                answers[number] = bus.call_finish(result).unpack()[0]

        for number, question in enumerate(questions):
            self.bus.call(*question, None, Gio.DBusCallFlags.NONE, CALL_MS, None, answered, number)
        while waiting:
            GLib.MainContext.default().iteration(True)
        return answers

    def read_tree(self):
        """(depth, path, role name, name, states) of all nodes, depth first.

        In one answer GTK tells of all objects that anybody has asked for before. Only new ones are asked for one by one, since
        a call leaves an application little time for questions.
        """
        cached = read_items(self.bus.call_sync(self.bus_name, CACHE, INTERFACES + 'Cache', 'GetItems', None, None,
                                               Gio.DBusCallFlags.NONE, CALL_MS, None))
        children = {}  # path of the parent to (index, path, role, name, number of children, states)
        for path, parent, index, count, name, role, states in cached:
            children.setdefault(parent, []).append((index, path, role, name, count, states))
        lines = []

        def add(parent, depth):
            # Who is hidden has the index of whoever comes next.
            for _, path, role, name, _, states in sorted(children.get(parent, ()), key=lambda child: (child[0], child[1])):
                lines.append((depth, path, role_name(role), name, states))
                add(path, depth + 1)

        self._ask_for_unknown(children, [(path, count) for path, _, _, count, *_ in cached])
        add(ROOT, 0)
        self.last_tree = lines
        return lines

    def _ask_for_unknown(self, children, counts):
        """Adds the children that are not among the known ones, and all below them."""
        while counts:
            missing = [(path, index) for path, count in counts for index in sorted(
                set(range(count)) - {child[0] for child in children.get(path, ()) if has_state(child[5], 'visible')})]
            found = self._ask([(self.bus_name, path, ACCESSIBLE, 'GetChildAtIndex', GLib.Variant('(i)', (index,)))
                               for path, index in missing])
            known = {child[1] for path, _ in counts for child in children.get(path, ())}
            new = [(parent, index, reference[1]) for (parent, index), reference in zip(missing, found)
                   if reference and reference[1] not in known and reference[1] != NULL]
            answers = self._ask([(self.bus_name, path, *question) for _, _, path in new for question in NODE_QUESTIONS])
            counts = []
            for number, (parent, index, path) in enumerate(new):
                role, name, count, states = answers[number * 4:number * 4 + 4]
                if None not in (role, name, count, states):
                    children.setdefault(parent, []).append((index, path, role, name, count, states))
                    counts.append((path, count))

    def matches(self, tree, role, name, showing):
        """The nodes of a tree that have this role and name, and had them when it was read, one by one."""
        roles = ROLE_ALIASES.get(role, {role})
        for _, path, old_role, old_name, states in tree:
            if old_role not in roles or not matches_name(name, old_name) or (showing and not has_state(states, 'visible')):
                continue
            node = Node(self, path)
            if node.still_matches(name, showing):
                yield node

    def first(self, role, name=None, showing=True):
        """A match or None. Reading the tree is dear while a call is drawn: what was found before, or stood in the tree as it
        was read last, is taken if it is a match now."""
        key = (role, name, showing)
        node = self.found.get(key)
        if node is None or not node.still_matches(name, showing):
            node = (next(self.matches(self.last_tree, role, name, showing), None)
                    or next(self.matches(self.read_tree(), role, name, showing), None))
            self.found[key] = node
        return node

    def last(self, role, name=None, showing=True):
        """The last match, or None. Pages that were shown before still count as showing, and stand before the one that is."""
        return next(reversed(self.all(role, name, showing)), None)

    def all(self, role, name=None, showing=True):
        """All matches, as the tree is now."""
        return [*self.matches(self.read_tree(), role, name, showing)]

    def find(self, role, name=None, timeout_s=TIMEOUT_S):
        """Waits for a node with this role and name."""
        shown = name.pattern if hasattr(name, 'pattern') else name
        return wait_until(lambda: self.first(role, name), f'{role} "{shown}"', timeout_s)

    def wait_gone(self, role, name, timeout_s=TIMEOUT_S):
        wait_until(lambda: not self.first(role, name), f'{role} "{name}" gone', timeout_s)

    def dump(self):
        """The tree as text, for reports of failures."""
        return '\n'.join(f"{'  ' * depth}{role} {name!r}" for depth, _, role, name, _ in self.read_tree())

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
        self.is_painted = False

    def wait_painted(self):
        """Waits until the window shows something in its new size, and the same twice. What never stands still is let be."""
        last, ends = None, time.monotonic() + MOVING_S
        while not self.is_painted and time.monotonic() < ends:
            shown = subprocess.run(['import', '-silent', '-window', str(self.x_window()), 'rgb:-'], capture_output=True).stdout
            self.is_painted = len(set(shown[::997])) > COLOURS and shown == last
            last = shown
        self.is_painted = True

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
