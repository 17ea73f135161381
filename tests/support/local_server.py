"""A real coordinator and a real runner on this machine, on loopback, each as the user it should be.

As root both become system users of their own, as in an installation; else they share the caller's user, and the runner is only
started where systemd gives it control groups. `make run` and the end-to-end test hold their interviews on it.

    server = LocalServer(build_folder, data_folder)
    server.start()
    try:
        server.add_people({'interviewer': {...}, 'candidate': {...}})
        interview = server.add_interview('Title')
    finally:
        server.stop()
"""

import contextlib
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
import urllib.request

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))
STOP_S = 8
WAIT_S = 60
LOOK_S = 0.05  # between two looks at what tells nobody of its changes
ORGANISATION = 'demo'


class ServerError(Exception):
    """Why it cannot go on, in one sentence."""


class Processes:
    """What was started, stopped again in reverse order whatever happens."""

    def __init__(self):
        self.running = []

    def start(self, name, command, **options):
        # A session of its own: Ctrl-C reaches the calling script alone, which then stops everything in order.
        process = subprocess.Popen(command, start_new_session=True, **options)
        self.running.append((name, process))
        return process

    def stop(self, process, number=signal.SIGTERM):
        """Asks a process and all it started to end, waits, and ends what is left."""
        name = next(name for name, other in self.running if other is process)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            print(f'{name} did not stop by itself; ending it.', flush=True)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.running.remove((name, process))

    def describe_ended(self):
        """Which of them have ended by themselves, and how, for reports of failures."""
        return [f'{name} has ended with status {process.returncode}.' for name, process in self.running
                if process.poll() is not None]

    def stop_all(self):
        while self.running:
            self.stop(self.running[-1][1])


def make_folder(path, mode, owner=None):
    os.makedirs(path, exist_ok=True)
    os.chmod(path, mode)
    if owner:
        entry = pwd.getpwnam(owner)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def copy_if_newer(source, target):
    if not os.path.exists(source):
        raise ServerError(f'{source} has not been built.')
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


class LocalServer:
    """One data folder, and the programs that serve it."""

    # Copied out of the build folder, which may stand in a home folder that the system users cannot enter.
    STAGED = ('coordinator/entrevue-coordinator', 'sandbox/entrevue-runner', 'sandbox/box-init')
    LANGUAGES = os.path.join(ROOT, 'sandbox/languages')

    def __init__(self, build, folder, log=None):
        self.build = build
        self.folder = folder
        self.log = log  # a file for what the programs say; None: stderr
        self.config = None  # the coordinator's configuration file; None: what it does by itself
        self.wrapper = []  # what the coordinator is started by
        self.namespace = None  # the network namespace that the coordinator serves in; None: this one
        self.has_users = os.getuid() == 0
        self.programs = os.path.join(folder, 'programs')
        self.data = os.path.join(folder, 'coordinator')
        self.token_file = os.path.join(folder, 'runner', 'token')
        self.processes = Processes()
        self.coordinator = None
        self.runner = None
        self.address = None  # http://127.0.0.1:PORT once it serves; with TLS of its own https://...#pin=PIN
        self.runner_socket = None

    def prepare(self):
        subprocess.run([os.path.join(ROOT, 'build-aux/make-users.sh')], check=True)
        make_folder(self.folder, 0o755)
        make_folder(self.programs, 0o755)
        for path in self.STAGED:
            copy_if_newer(os.path.join(self.build, path), os.path.join(self.programs, os.path.basename(path)))
        languages = os.path.join(self.programs, 'languages')
        make_folder(languages, 0o755)
        for name in os.listdir(self.LANGUAGES):
            if name.endswith('.language'):
                copy_if_newer(os.path.join(self.LANGUAGES, name), os.path.join(languages, name))
        # The runner passes through to its socket; every file in it is the coordinator's alone.
        make_folder(self.data, 0o711, 'entrevue' if self.has_users else None)
        make_folder(os.path.dirname(self.token_file), 0o700, 'entrevue-runner' if self.has_users else None)

    # --- command lines

    def coordinator_command(self, *arguments):
        command = [*self.wrapper, os.path.join(self.programs, 'entrevue-coordinator'), *arguments]
        if not self.has_users:
            return command
        return ['setpriv', '--reuid', 'entrevue', '--regid', 'entrevue', '--init-groups', '--no-new-privs',
                '--pdeathsig', 'TERM', *command]

    def runner_command(self, *arguments, program=None):
        """How to start the runner here, or None where it would have no control groups of its own."""
        command = [program or os.path.join(self.programs, 'entrevue-runner'), *arguments]
        if self.has_users:
            # Started as root it makes its control groups, then becomes entrevue-runner.
            return ['setpriv', '--pdeathsig', 'TERM', *command]
        if has_user_systemd():
            return ['systemd-run', '--user', '--scope', '--quiet', '-p', 'Delegate=yes', *command]
        return None

    def _config_words(self):
        return ['--config', self.config] if self.config is not None else []

    def ask(self, *arguments, stdin=None):
        """One command of the coordinator on the data folder; returns its JSON."""
        done = subprocess.run(self.coordinator_command(*arguments, '--data', self.data, '--json', *self._config_words()),
                              input=stdin, capture_output=True, text=True, cwd='/')
        if done.returncode != 0:
            raise ServerError(f"entrevue-coordinator {' '.join(arguments[:2])}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    # --- starting and stopping

    def start_coordinator(self, listen='127.0.0.1:0'):
        command = self.coordinator_command('serve', '--listen', listen, '--data', self.data)
        command += self._config_words()
        if self.namespace is not None:
            command = ['ip', 'netns', 'exec', self.namespace, *command]
        self.coordinator = self.processes.start(
            'The coordinator', command,
            stdout=subprocess.PIPE, stderr=self.log, text=True, cwd='/')
        line = self.coordinator.stdout.readline()
        if not line:
            raise ServerError('The coordinator did not start; its own words stand above.')
        serving = json.loads(line)
        self.address = serving['address']
        self.runner_socket = serving['runner_socket']

    def kill_coordinator(self):
        """As a power cut would end it; start it again with the same address by restart_coordinator()."""
        self.processes.stop(self.coordinator, signal.SIGKILL)

    def restart_coordinator(self):
        self.start_coordinator(self.address.split('://')[1].split('#')[0])

    def can_run(self):
        """Whether this host can hold programs; else the runner says why not."""
        check = self.runner_command('check')
        return check is not None and subprocess.run(check, stdout=subprocess.DEVNULL, stderr=self.log,
                                                    cwd='/').returncode == 0

    def start_runner(self, *options):
        """Returns whether there is a runner: on a host that cannot hold programs it says why, and there is none."""
        if not self.can_run():
            return False
        if not os.path.exists(self.token_file):
            self._keep_token(self.token_file, self.ask('runner', 'add', 'own')['token'])
        command = self.runner_command('serve', '--connect', 'unix:' + self.runner_socket,
                                      '--token-file', self.token_file, *options)
        self.runner = self.processes.start('The runner', command, stderr=self.log, cwd='/')
        return True

    def add_runner(self, name, languages=None, slots=1):
        """One more runner, with some of the languages (ids) or all of them; returns its process."""
        token_file = os.path.join(os.path.dirname(self.token_file), 'token-' + name)
        self._keep_token(token_file, self.ask('runner', 'add', name)['token'])
        program = None
        if languages is not None:
            # A runner has the languages that lie beside it.
            folder = os.path.join(self.folder, 'programs-' + name)
            make_folder(folder, 0o755)
            make_folder(os.path.join(folder, 'languages'), 0o755)
            for file in ('entrevue-runner', 'box-init', *(f'languages/{id}.language' for id in languages)):
                copy_if_newer(os.path.join(self.programs, file), os.path.join(folder, file))
            program = os.path.join(folder, 'entrevue-runner')
        command = self.runner_command('serve', '--connect', 'unix:' + self.runner_socket, '--token-file', token_file,
                                      '--slots', str(slots), program=program)
        return self.processes.start('The runner ' + name, command, stderr=self.log, cwd='/')

    def wait_runners(self, count):
        """Waits until so many are signed on."""
        deadline = time.monotonic() + WAIT_S
        while True:
            with urllib.request.urlopen(self.address + '/metrics', timeout=WAIT_S) as answer:
                if re.search(rf'^entrevue_runners {count}$', answer.read().decode(), re.M):
                    return
            if time.monotonic() > deadline:
                raise ServerError(f'There were not {count} runners within {WAIT_S} s.')
            time.sleep(LOOK_S)

    def _keep_token(self, path, token):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400), 'w', encoding='ascii') as file:
            file.write(token + '\n')
        if self.has_users:
            shutil.chown(path, 'entrevue-runner', 'entrevue-runner')

    def stop(self):
        self.processes.stop_all()

    # --- people and interviews

    def add_people(self, accounts):
        """The organisation and its accounts: role -> {email, name, password}."""
        self.ask('org', 'add', ORGANISATION)
        for role, account in accounts.items():
            self.ask('user', 'add', account['email'], '--org', ORGANISATION, '--role', role, '--name', account['name'],
                     '--password-stdin', stdin=account['password'] + '\n')

    def add_interview(self, title, interviewer, *others):
        """A new interview that starts now, for an interviewer's account and others by options of `interview add`; returns the
        coordinator's description of it with its join links."""
        return self.ask('interview', 'add', '--org', ORGANISATION, '--title', title, '--starts', 'now',
                        '--interviewer', interviewer['email'], '--origin', self.address, *others)
