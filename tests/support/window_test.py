"""The frame of a test with real windows: a server, the windows, a picture of every case, and TAP.

    class Failures(WindowTest):
        def something_happens(self):
            ...
        CASES = (something_happens,)

    sys.exit(Failures(build_folder, 'failures').run())

A case is a method; what it returns, if anything, is why it was skipped. Cases build on each other: the first that fails ends the
test.
"""

import os
import shutil
import sys
import tempfile
import time

from atspi_driver import screenshot
from interview_windows import InterviewWindow, NotSeen
from local_server import LocalServer, ServerError


class WindowTest:
    CASES = ()

    def __init__(self, build, name):
        self.build = build
        self.folder = tempfile.mkdtemp(prefix=f'entrevue-{name}-')
        os.chmod(self.folder, 0o711)  # the server's users pass through
        self.pictures = os.path.join(build, 'screenshots', name)
        shutil.rmtree(self.pictures, ignore_errors=True)
        os.makedirs(self.pictures)
        self.log = open(os.path.join(self.folder, 'server.log'), 'w', encoding='utf-8')
        self.server = LocalServer(build, os.path.join(self.folder, 'server'), self.log)
        self.windows = {}
        self.number = 0  # of the case under way
        self.has_picture = False

    @staticmethod
    def stop_animations():
        """What fades in takes clicks in between. For windows that are not there yet."""
        settings = os.path.join(os.environ['XDG_CONFIG_HOME'], 'gtk-4.0')
        os.makedirs(settings, exist_ok=True)
        with open(os.path.join(settings, 'settings.ini'), 'w', encoding='utf-8') as file:
            file.write('[Settings]\ngtk-enable-animations=0\n')

    def log_path(self, role):
        return os.path.join(self.folder, f'{role}.log')

    def window(self, role, x, *arguments, environment=None):
        """A new window of a profile of its own, at that place of the screen."""
        program = os.path.join(self.build, 'src/app/entrevue')
        with open(self.log_path(role), 'a', encoding='utf-8') as log:
            window = InterviewWindow([program], role, *arguments, environment={**os.environ, **(environment or {})}, log=log)
        self.windows[role] = window
        window.app.place(x, 0, 1280, 900)
        return window

    def close_window(self, role):
        self.windows.pop(role).stop()

    def picture(self, name):
        """The picture of a case that leaves what it is about; else one is taken at its end."""
        self.has_picture = True
        for window in self.windows.values():
            if window.process.poll() is None:
                window.app.wait_painted()
        screenshot(os.path.join(self.pictures, f'{self.number:02}-{name}.png'))

    def complaints(self):
        """The warnings that the windows have printed until now."""
        found = []
        for name in sorted(os.listdir(self.folder)):
            if name.endswith('.log') and name != 'server.log':
                with open(os.path.join(self.folder, name), encoding='utf-8', errors='replace') as log:
                    found += [line.strip() for line in log if 'CRITICAL' in line or 'WARNING' in line]
        return found

    def tidy_up(self):
        """For what a test makes besides windows and the server."""

    # --- running

    def explain(self):
        """What a failure needs to be understood: the trees, and what the programs said."""
        for role, window in self.windows.items():
            try:
                print(f'--- {role}\n{window.app.dump()}', file=sys.stderr)
            except Exception as error:  # the window may be gone; its log says why
                print(f'--- {role}: {error}', file=sys.stderr)
        print('\n'.join(self.server.processes.describe_ended()), file=sys.stderr)
        for name in sorted(os.listdir(self.folder)):
            if name.endswith('.log'):
                with open(os.path.join(self.folder, name), encoding='utf-8', errors='replace') as log:
                    print(f'--- {name}\n{log.read()[-4000:]}', file=sys.stderr)

    def run_case(self, number, case):
        name = case.__name__.replace('_', '-')
        self.number = number
        self.has_picture = False
        began = time.monotonic()
        try:
            skipped = case(self)
        except Exception as problem:  # whatever it is, the windows are worth a look
            print(f'not ok {number} {name}: {problem}'.replace('\n', ' / '), flush=True)
            screenshot(os.path.join(self.pictures, f'{number:02}-{name}-failed.png'))
            self.explain()
            if not isinstance(problem, (NotSeen, ServerError)):
                raise
            return False
        if self.windows and not skipped and not self.has_picture:
            screenshot(os.path.join(self.pictures, f'{number:02}-{name}.png'))
        print(f'ok {number} {name}' + (f' # SKIP {skipped}' if skipped else ''), flush=True)
        print(f'# {time.monotonic() - began:.1f} s', flush=True)
        return True

    def run(self):
        print(f'1..{len(self.CASES)}', flush=True)
        try:
            return 0 if all(self.run_case(number, case) for number, case in enumerate(self.CASES, 1)) else 1
        finally:
            for window in self.windows.values():
                window.stop()
            self.tidy_up()
            self.server.stop()
            self.log.close()
            shutil.rmtree(self.folder, ignore_errors=True)
