#!/usr/bin/python3
"""Holds a demo interview on this machine: run_demo.py BUILD_FOLDER (called by run-demo.sh, which is `make run`).

Coordinator and runner never share a user when that can be had:
  root or sudo        the system users entrevue and entrevue-runner, everything under /var/lib/entrevue-demo
  a systemd session   one user for both, control groups by systemd-run; said to be no place for strangers' code
  neither             no runner; Run says why
The data are kept: the next start makes a new interview for the same people.
"""

import contextlib
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..'))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'support'))

from local_server import LocalServer, ServerError, make_folder  # noqa: E402

SYSTEM_FOLDER = '/var/lib/entrevue-demo'
SESSION_VARIABLES = ('DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'XDG_SESSION_TYPE', 'XDG_CURRENT_DESKTOP',
                     'DBUS_SESSION_BUS_ADDRESS', 'LANG', 'PULSE_SERVER', 'GSK_RENDERER')

INTERVIEWER = {'email': 'interviewer@demo.example', 'name': 'Ines'}
CANDIDATE = {'email': 'candidate@demo.example', 'name': 'Cai'}


def say(text=''):
    print(text, flush=True)


class Person:
    """The user who asked for the demo: owns the build and the windows."""

    def __init__(self):
        uid = int(os.environ.get('SUDO_UID', os.getuid())) if os.getuid() == 0 else os.getuid()
        self.entry = pwd.getpwuid(uid)

    def command(self, *arguments):
        """A command line that runs as this person."""
        if self.entry.pw_uid == os.getuid():
            return list(arguments)
        return ['setpriv', '--reuid', str(self.entry.pw_uid), '--regid', str(self.entry.pw_gid), '--init-groups', *arguments]


class Demo:
    def __init__(self, build):
        self.build = build
        self.person = Person()
        if os.getuid() == 0:
            self.folder = SYSTEM_FOLDER
        else:
            data = os.environ.get('XDG_DATA_HOME') or os.path.expanduser('~/.local/share')
            self.folder = os.path.join(data, 'entrevue-demo')
        self.accounts_file = os.path.join(self.folder, 'accounts.json')
        self.people = os.path.join(self.folder, 'people')
        self.screenshots = os.path.join(build, 'demo-screenshots')
        self.server = LocalServer(build, self.folder)
        self.title = time.strftime('Demo interview, %H:%M:%S')  # earlier ones may still be in the list

    def prepare(self):
        self.server.prepare()
        for path in (self.people, self.screenshots):
            make_folder(path, 0o700, self.person.entry.pw_name)

    def make_people(self):
        """The organisation and its two people, made at the first start; their passwords are kept beside the data."""
        with contextlib.suppress(FileNotFoundError):
            with open(self.accounts_file, encoding='utf-8') as file:
                return json.load(file)
        accounts = {'interviewer': dict(INTERVIEWER, password=secrets.token_urlsafe(9)),
                    'candidate': dict(CANDIDATE, password=secrets.token_urlsafe(9))}
        self.server.add_people(accounts)
        with open(os.open(self.accounts_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w', encoding='utf-8') as file:
            json.dump(accounts, file)
        return accounts

    def make_interview(self, accounts):
        """For the two accounts, and with a guest's place for whoever wants to look in by the link."""
        return self.server.add_interview(self.title, accounts['interviewer'],
                                         '--candidate', accounts['candidate']['email'], '--observer', 'Guest')

    def window_environment(self):
        names = {name: os.environ[name] for name in SESSION_VARIABLES if name in os.environ}
        entry = self.person.entry
        return dict(names, HOME=entry.pw_dir, USER=entry.pw_name, LOGNAME=entry.pw_name, PATH=os.environ['PATH'],
                    GSETTINGS_SCHEMA_DIR=os.path.join(self.build, 'data'),
                    XDG_DATA_DIRS=':'.join([os.path.join(ROOT, 'data'),
                                            os.environ.get('XDG_DATA_DIRS') or '/usr/local/share:/usr/share']))

    def sign_in(self, role, account):
        """Signs a profile in before its window opens, as if the person had done so the last time."""
        body = json.dumps({'email': account['email'], 'password': account['password']}).encode()
        request = urllib.request.Request(self.server.address + '/api/auth/login', body, {'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=10) as answer:
            token = json.load(answer)['refresh']
        settings = os.path.join(self.people, role, 'config', 'glib-2.0', 'settings')
        profile = os.path.join(self.people, role, 'data', 'entrevue', role)
        for path, text in (
                (os.path.join(settings, 'keyfile'), f"[org/entrevue/Entrevue/{role}]\nserver='{self.server.address}'\n"),
                (os.path.join(profile, 'token'), f'{self.server.address}\n{token}')):
            subprocess.run(self.person.command('sh', '-c', 'umask 077; mkdir -p "$(dirname "$0")"; cat >"$0"', path),
                           input=text, text=True, check=True)

    def open_windows(self, accounts, interview):
        """The two windows on the desktop; one camera serves one of them, so the candidate sends a test picture."""
        program = os.path.join(self.build, 'src/app/entrevue')
        windows = []
        for role, media in (('interviewer', 'devices'), ('candidate', 'test')):
            self.sign_in(role, accounts[role])
            folder = os.path.join(self.people, role)
            environment = dict(self.window_environment(), GSETTINGS_BACKEND='keyfile', ENTREVUE_SECRETS='file',
                               XDG_DATA_HOME=os.path.join(folder, 'data'), XDG_CONFIG_HOME=os.path.join(folder, 'config'))
            command = self.person.command(program, '--profile', role, '--media', media, interview['links'][role])
            windows.append(self.server.processes.start(f"The {role}'s window", command, env=environment))
        return windows

    def start_play(self):
        """The play that holds the interview without a display: its screen starts while the server does. Its windows have a new
        home each time, but need not look through all plugins of GStreamer again, as they would not on a desktop."""
        environment = dict(self.window_environment(), ENTREVUE_TEST_SCREEN='2560x900x24',
                           GST_REGISTRY=os.path.join(self.people, 'gstreamer-registry'))
        return self.server.processes.start('The play', self.person.command(
            os.path.join(ROOT, 'tests/support/with-display.sh'), '/usr/bin/python3', '-B', os.path.join(ROOT, 'build-aux/demo_play.py')),
            stdin=subprocess.PIPE, text=True, env=environment)

    def play(self, process, accounts):
        """Gives the play its script; returns its exit status."""
        script = {'program': os.path.join(self.build, 'src/app/entrevue'), 'server': self.server.address, 'accounts': accounts,
                  'title': self.title, 'screenshots': self.screenshots}
        # On stdin, because the passwords would stand in the process list.
        with contextlib.suppress(BrokenPipeError):  # it has ended already, and says itself why
            process.stdin.write(json.dumps(script))
            process.stdin.close()
        return process.wait()

    def show(self, accounts, interview):
        say()
        say(f'Server       {self.server.address}')
        for role, account in accounts.items():
            say(f"{role.capitalize():<12} {account['email']}  password {account['password']}")
        say(f"Join link    {interview['links']['candidate']}  (with an account)")
        say(f"Join link    {interview['links']['observers'][0]}  (as a guest who watches)")
        say(f'Data         {self.folder} (kept; delete the folder to start afresh)')

    def hold(self):
        has_display = bool(os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY'))
        self.prepare()
        play = None if has_display else self.start_play()
        self.server.start_coordinator()
        accounts = self.make_people()
        if not self.server.start_runner():
            say('No runner: without root, sudo or a systemd session nothing would hold programs to their limits. Run says so.')
        elif not self.server.has_users:
            say('Coordinator and runner share your user: fine for a demo, not for strangers\' code.')
        interview = self.make_interview(accounts)
        self.show(accounts, interview)
        if play is not None:
            say('Stop         Ctrl-C; it ends by itself when the interview has been played')
            say()
            return self.play(play, accounts)
        say('Stop         Ctrl-C here, or close both windows')
        for window in self.open_windows(accounts, interview):
            window.wait()
        return 0


def become_root():
    """Asks sudo for what needs root: two system users and a folder of theirs. Does not come back if sudo agrees."""
    if os.getuid() == 0 or shutil.which('sudo') is None or os.environ.get('ENTREVUE_DEMO_ASKED'):
        return
    kept = [f'{name}={os.environ[name]}' for name in SESSION_VARIABLES if name in os.environ]
    say('Coordinator and runner get users of their own, which needs sudo.')
    if subprocess.run(['sudo', '-v']).returncode == 0:
        os.execvp('sudo', ['sudo', 'env', 'ENTREVUE_DEMO_ASKED=1', *kept, sys.executable, '-B', os.path.realpath(__file__),
                           *sys.argv[1:]])
    say('Going on without sudo.')


def main():
    if len(sys.argv) != 2:
        say(__doc__)
        return 2
    become_root()
    # Whoever ends this script ends what it started; Ctrl-C counts also where a shell started it with that ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    demo = Demo(os.path.realpath(sys.argv[1]))
    try:
        return demo.hold()
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say('\nStopping.')
        return 0
    finally:
        # A second Ctrl-C must not leave half of them behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        demo.server.stop()


if __name__ == '__main__':
    sys.exit(main())
