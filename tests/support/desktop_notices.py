"""The desktop's side of notifications: what an app shows there, and a person's click on a button of it."""

from gi.repository import Gio, GLib

from atspi_driver import wait_until

INTERFACE = '''<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/>
<arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/></method></interface></node>'''
NAME = 'org.freedesktop.Notifications'
PATH = '/org/freedesktop/Notifications'


class DesktopNotices:
    """Owns the name on the session bus; to be made before the app sends anything."""

    def __init__(self):
        self.shown = {}  # number to (title, body, {label: action})
        self.closed = set()
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        info = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        self.bus.register_object(PATH, info, self._called, None, None)
        answer = self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                                    GLib.Variant('(su)', (NAME, 4)), None, Gio.DBusCallFlags.NONE, -1, None)
        assert answer.unpack() == (1,), 'somebody else shows notifications on this bus'

    def _called(self, bus, sender, path, interface, method, parameters, invocation):
        values = parameters.unpack()
        if method == 'Notify':
            number = values[1] or len(self.shown) + 1
            actions = values[5]
            self.shown[number] = (values[3], values[4], dict(zip(actions[1::2], actions[::2])))
            invocation.return_value(GLib.Variant('(u)', (number,)))
        elif method == 'CloseNotification':
            self.closed.add(values[0])
            invocation.return_value(None)
        elif method == 'GetCapabilities':
            invocation.return_value(GLib.Variant('(as)', (['actions', 'body', 'persistence'],)))
        else:
            invocation.return_value(GLib.Variant('(ssss)', ('test', 'Entrevue', '1', '1.2')))

    def find(self, title):
        """The number of a notification with this title, or None."""
        while GLib.MainContext.default().iteration(False):
            pass
        return next((number for number, (text, _, _) in self.shown.items() if title in text), None)

    def wait(self, title):
        return wait_until(lambda: self.find(title), f'a notification with "{title}"')

    def click(self, number, label):
        """Clicks a button of a notification."""
        self.bus.emit_signal(None, PATH, NAME, 'ActionInvoked', GLib.Variant('(us)', (number, self.shown[number][2][label])))
