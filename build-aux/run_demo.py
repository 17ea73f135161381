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

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..'))
SYSTEM_FOLDER = '/var/lib/entrevue-demo'
STOP_S = 8
SESSION_VARIABLES = ('DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'XDG_SESSION_TYPE', 'XDG_CURRENT_DESKTOP',
                     'DBUS_SESSION_BUS_ADDRESS', 'LANG', 'PULSE_SERVER', 'GSK_RENDERER')

ORGANISATION = 'demo'
INTERVIEWER = {'email': 'interviewer@demo.example', 'name': 'Ines'}
CANDIDATE = {'email': 'candidate@demo.example', 'name': 'Cai'}


class DemoError(Exception):
    """Why the demo cannot go on, in one sentence."""


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
        return ['setpriv', '--reuid', str(self.entry.pw_uid), '--regid', str(self.entry.pw_gid), '--init-groups',
                'env', f'HOME={self.entry.pw_dir}', f'USER={self.entry.pw_name}', f'LOGNAME={self.entry.pw_name}', *arguments]


class Processes:
    """What was started, stopped again in reverse order whatever happens."""

    def __init__(self):
        self.running = []

    def start(self, name, command, **options):
        # A session of its own: Ctrl-C reaches this script alone, which then stops everything in order.
        process = subprocess.Popen(command, start_new_session=True, **options)
        self.running.append((name, process))
        return process

    def stop_all(self):
        for name, process in reversed(self.running):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                say(f'{name} did not stop by itself; ending it.')
            # Whoever it left behind in its session goes too.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()


class Place:
    """Where the demo lives, and as whom its programs run."""

    # What is copied out of the build folder: it may stand in a home folder that the system users cannot enter.
    STAGED = ('coordinator/entrevue-coordinator', 'sandbox/entrevue-runner', 'sandbox/box-init')
    LANGUAGES = 'sandbox/languages'

    def __init__(self, build, person):
        self.build = build
        self.person = person
        self.has_users = os.getuid() == 0
        if self.has_users:
            self.folder = SYSTEM_FOLDER
        else:
            data = os.environ.get('XDG_DATA_HOME') or os.path.expanduser('~/.local/share')
            self.folder = os.path.join(data, 'entrevue-demo')
        self.programs = os.path.join(self.folder, 'programs')
        self.data = os.path.join(self.folder, 'coordinator')
        self.runner_token = os.path.join(self.folder, 'runner', 'token')
        self.people = os.path.join(self.folder, 'people')
        self.accounts = os.path.join(self.folder, 'accounts.json')
        self.screenshots = os.path.join(build, 'demo-screenshots')

    def prepare(self):
        make_folder(self.folder, 0o755)
        subprocess.run([os.path.join(ROOT, 'build-aux/make-users.sh')], check=True)
        make_folder(self.programs, 0o755)
        for path in self.STAGED:
            copy_if_newer(os.path.join(self.build, path), os.path.join(self.programs, os.path.basename(path)))
        languages = os.path.join(self.programs, 'languages')
        make_folder(languages, 0o755)
        for name in os.listdir(os.path.join(ROOT, self.LANGUAGES)):
            if name.endswith('.language'):
                copy_if_newer(os.path.join(ROOT, self.LANGUAGES, name), os.path.join(languages, name))
        make_folder(self.data, 0o700, 'entrevue' if self.has_users else None)
        make_folder(os.path.dirname(self.runner_token), 0o700, 'entrevue-runner' if self.has_users else None)
        for path in (self.people, self.screenshots):
            make_folder(path, 0o700, self.person.entry.pw_name if self.has_users else None)

    def coordinator_command(self, *arguments):
        command = [os.path.join(self.programs, 'entrevue-coordinator'), *arguments]
        if not self.has_users:
            return command
        return ['setpriv', '--reuid', 'entrevue', '--regid', 'entrevue', '--init-groups', '--no-new-privs',
                '--pdeathsig', 'TERM', *command]

    def runner_command(self, *arguments):
        """How to start the runner here, or None where it would have no control groups of its own."""
        command = [os.path.join(self.programs, 'entrevue-runner'), *arguments]
        if self.has_users:
            # Started as root it makes its control groups, then becomes entrevue-runner.
            return ['setpriv', '--pdeathsig', 'TERM', *command]
        if has_user_systemd():
            return ['systemd-run', '--user', '--scope', '--quiet', '-p', 'Delegate=yes', *command]
        return None

    def keep_token(self, token):
        with open(os.open(self.runner_token, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400), 'w', encoding='ascii') as file:
            file.write(token + '\n')
        if self.has_users:
            shutil.chown(self.runner_token, 'entrevue-runner', 'entrevue-runner')


def make_folder(path, mode, owner=None):
    os.makedirs(path, exist_ok=True)
    os.chmod(path, mode)
    if owner:
        entry = pwd.getpwnam(owner)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def copy_if_newer(source, target):
    if not os.path.exists(source):
        raise DemoError(f'{source} has not been built.')
    if os.path.exists(target) and os.path.getmtime(target) == os.path.getmtime(source):
        return
    # A new file under the old name: a running program keeps its own.
    shutil.copy2(source, target + '.new')
    os.chmod(target + '.new', 0o755)
    os.replace(target + '.new', target)


def has_user_systemd():
    return (os.path.exists('/sys/fs/cgroup/cgroup.controllers') and shutil.which('systemd-run') is not None
            and subprocess.run(['systemctl', '--user', 'show-environment'], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL).returncode == 0)


class Demo:
    def __init__(self, build):
        self.person = Person()
        self.place = Place(build, self.person)
        self.processes = Processes()
        self.address = None

    def coordinator(self, *arguments, stdin=None):
        """One command of the coordinator; returns its JSON."""
        done = subprocess.run(self.place.coordinator_command(*arguments, '--data', self.place.data, '--json'),
                              input=stdin, capture_output=True, text=True, cwd='/')
        if done.returncode != 0:
            raise DemoError(f"entrevue-coordinator {' '.join(arguments[:2])}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def start_coordinator(self):
        process = self.processes.start('The coordinator', self.place.coordinator_command(
            'serve', '--listen', '127.0.0.1:0', '--data', self.place.data), stdout=subprocess.PIPE, text=True, cwd='/')
        line = process.stdout.readline()
        if not line:
            raise DemoError('The coordinator did not start; its own words stand above.')
        return json.loads(line)

    def make_people(self):
        """The organisation and its two people, made at the first start; their passwords are kept beside the data."""
        with contextlib.suppress(FileNotFoundError):
            with open(self.place.accounts, encoding='utf-8') as file:
                return json.load(file)
        accounts = {'interviewer': dict(INTERVIEWER, password=secrets.token_urlsafe(9)),
                    'candidate': dict(CANDIDATE, password=secrets.token_urlsafe(9))}
        self.coordinator('org', 'add', ORGANISATION)
        for role, account in accounts.items():
            self.coordinator('user', 'add', account['email'], '--org', ORGANISATION, '--role', role,
                             '--name', account['name'], '--password-stdin', stdin=account['password'] + '\n')
        with open(os.open(self.place.accounts, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w', encoding='utf-8') as file:
            json.dump(accounts, file)
        return accounts

    def start_runner(self, serving):
        if not os.path.exists(self.place.runner_token):
            self.place.keep_token(self.coordinator('runner', 'add', 'demo')['token'])
        command = self.place.runner_command('serve', '--connect', serving['runner'], '--token-file', self.place.runner_token)
        if command is None:
            say('No runner: without root, sudo or a systemd session nothing would hold programs to their limits. Run says so.')
            return
        if not self.place.has_users:
            say('Coordinator and runner share your user: fine for a demo, not for strangers\' code.')
        self.processes.start('The runner', command, cwd='/')

    def make_interview(self, address, accounts):
        """A new interview that starts now; returns the coordinator's description with its join links."""
        return self.coordinator('interview', 'add', '--org', ORGANISATION, '--title', 'Demo interview', '--starts', 'now',
                                '--interviewer', accounts['interviewer']['email'],
                                '--candidate', accounts['candidate']['email'], '--origin', address)

    def window_environment(self):
        names = {name: os.environ[name] for name in SESSION_VARIABLES if name in os.environ}
        entry = self.person.entry
        return dict(names, HOME=entry.pw_dir, USER=entry.pw_name, LOGNAME=entry.pw_name, PATH=os.environ['PATH'],
                    XDG_DATA_HOME=self.place.people, GSETTINGS_SCHEMA_DIR=os.path.join(self.place.build, 'data'),
                    XDG_DATA_DIRS=':'.join([os.path.join(ROOT, 'data'),
                                            os.environ.get('XDG_DATA_DIRS') or '/usr/local/share:/usr/share']))

    def open_windows(self, interview):
        """The two windows on the desktop; one camera serves one of them, so the candidate sends a test picture."""
        program = os.path.join(self.place.build, 'src/app/entrevue')
        return [self.processes.start(f'The {role}\'s window',
                                     self.person.command(program, '--profile', role, '--media', media,
                                                         interview['links'][role]),
                                     env=self.window_environment())
                for role, media in (('interviewer', 'devices'), ('candidate', 'test'))]

    def play(self, address, accounts, interview):
        """Holds the interview without a display; returns the exit status of the play."""
        script = {'program': os.path.join(self.place.build, 'src/app/entrevue'), 'server': address, 'accounts': accounts,
                  'interview': interview, 'screenshots': self.place.screenshots}
        environment = self.window_environment()
        environment.pop('XDG_DATA_HOME')
        process = self.processes.start('The play', self.person.command(
            os.path.join(ROOT, 'tests/support/with-display.sh'), '/usr/bin/python3', os.path.join(ROOT, 'build-aux/demo_play.py')),
            stdin=subprocess.PIPE, text=True, env=dict(environment, ENTREVUE_TEST_SCREEN='2560x900x24'))
        # On stdin, because the passwords would stand in the process list.
        process.stdin.write(json.dumps(script))
        process.stdin.close()
        return process.wait()

    def show(self, address, accounts, interview):
        say()
        say(f'Server       {address}')
        for role, account in accounts.items():
            say(f"{role.capitalize():<12} {account['email']}  password {account['password']}")
        for role, link in interview['links'].items():
            say(f'Join link    {link}  ({role})')
        say(f'Data         {self.place.folder} (kept; delete the folder to start afresh)')

    def hold(self):
        has_display = bool(os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY'))
        self.place.prepare()
        serving = self.start_coordinator()
        accounts = self.make_people()
        self.start_runner(serving)
        interview = self.make_interview(serving['address'], accounts)
        self.show(serving['address'], accounts, interview)
        if not has_display:
            say('Stop         Ctrl-C; it ends by itself when the interview has been played')
            say()
            return self.play(serving['address'], accounts, interview)
        say('Stop         Ctrl-C here, or close both windows')
        for window in self.open_windows(interview):
            window.wait()
        return 0


def become_root():
    """Asks sudo for what needs root: two system users and a folder of theirs. Does not come back if sudo agrees."""
    if os.getuid() == 0 or shutil.which('sudo') is None or os.environ.get('ENTREVUE_DEMO_ASKED'):
        return
    kept = [f'{name}={os.environ[name]}' for name in SESSION_VARIABLES if name in os.environ]
    say('Coordinator and runner get users of their own, which needs sudo.')
    if subprocess.run(['sudo', '-v']).returncode == 0:
        os.execvp('sudo', ['sudo', 'env', 'ENTREVUE_DEMO_ASKED=1', *kept, sys.executable, os.path.realpath(__file__),
                           *sys.argv[1:]])
    say('Going on without sudo.')


def main():
    if len(sys.argv) != 2:
        say(__doc__)
        return 2
    become_root()
    # Whoever ends this script ends what it started.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    demo = Demo(os.path.realpath(sys.argv[1]))
    try:
        return demo.hold()
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say('\nStopping.')
        return 0
    finally:
        # A second Ctrl-C must not leave half of them behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        demo.processes.stop_all()


if __name__ == '__main__':
    sys.exit(main())
