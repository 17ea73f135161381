"""The programs of hostile/ and benign/, how they are run in real boxes, and what must be true of the host afterwards.

A program says in its first comment what is expected of it, one `word: value` a line:

    family, language   where it belongs
    expect             the verdicts that are right, of which one must come
    says               a pattern for the whole output, without the last line end
    prints             one line of the output, of which there are no others; or sha256 of all of it
    errors             a pattern for the whole of stderr
    limits             NAME=VALUE of --limit
    terminal           it has one instead of the three streams
    arg, stdin         the program's argument; its input, with escapes
    lines              so many lines of input: 0, 1, 2 ...
    exit, signal       the exit code; the signal that ended it
    error              the line of the first error that the compiler tells
    collect, collected files to take from the work folder, and those of them that must come
    also               further files beside it (their text does not matter)
    heavy              it takes all that it gets: a benign program is run beside it
    unfiltered         without the seccomp filter it must be a breach
    bwrap              why plain bubblewrap, which knows no limits and no filter, lets it through
    breach             what would be a breach
"""

import base64
import glob
import hashlib
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
USER = 'entrevue-runner'
NAMESPACE = os.stat('/proc/self/ns/pid').st_ino
LANGUAGES = {'.py': 'python', '.js': 'javascript', '.c': 'c', '.cpp': 'cpp', '.java': 'java', '.sh': 'bash', '.sql': 'sqlite', '.ts': 'typescript',
             '.go': 'go', '.rs': 'rust', '.rb': 'ruby', '.php': 'php'}
WORDS = ('family', 'language', 'expect', 'says', 'prints', 'sha256', 'errors', 'limits', 'terminal', 'arg', 'stdin', 'lines', 'exit', 'signal',
         'error', 'collect', 'collected', 'also', 'heavy', 'unfiltered', 'bwrap', 'breach')
BESIDE = {'go.mod': 'module beside\n\ngo 1.18\n'}
# The clock's limit of programs that are not about it: others may have the processors, which must not be taken for a program that hangs.
WALL_S = 120
COMPILE_WALL_S = 20
# A breach is a box that hangs, too: no call of the runner takes longer.
CALL_S = 300
GONE_S = 60
STARTED = set()  # the processes of Runner
VERDICTS = {'ok', 'runtime_error', 'compile_error', 'time_limit', 'memory_limit', 'output_limit', 'process_limit', 'stopped', 'internal_error'}


class Breach(Exception):
    """What a program did that it must not, or what was left of it."""


class Program:
    """One file and what its first comment says."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.relpath(path, HERE)
        self.words = {}
        self.prints = []
        with open(path, encoding='utf-8') as file:
            for line in file.read(3000).split('\n')[:25]:
                found = re.match(r'\W*(\w+): (.*?)(?: \*/)?$', line)
                if found and found.group(1) == 'prints':
                    self.prints.append(found.group(2))
                elif found and found.group(1) in WORDS:
                    self.words[found.group(1)] = found.group(2)
        self.language = LANGUAGES[os.path.splitext(path)[1]]
        self.expect = self.words.get('expect', 'ok').split()
        self.is_heavy = 'heavy' in self.words

    def list_of(self, word):
        return self.words.get(word, '').split()

    def limits(self):
        """Those of the header; the clock's is the usual one only for programs that may run into it."""
        limits = self.list_of('limits')
        if 'time_limit' not in self.expect and not any(limit.startswith('wall=') for limit in limits):
            limits.append(f'wall={WALL_S}')
        if 'time_limit' in self.expect and not any(limit.startswith('compile-wall=') for limit in limits):
            limits.append(f'compile-wall={COMPILE_WALL_S}')
        return limits

    def check_header(self, family):
        missing = [word for word in ('family', 'language', 'expect', 'breach') if word not in self.words]
        assert not missing, f'{self.name} does not say {missing}'
        assert self.words['family'] == family and self.words['language'] == self.language, f'{self.name}: wrong family or language'
        assert set(self.expect) <= VERDICTS, f'{self.name}: {self.expect}'


def load(folder):
    """All programs beneath a folder, by name."""
    paths = sorted(path for path in glob.glob(os.path.join(HERE, folder, '**', '*.*'), recursive=True)
                   if os.path.splitext(path)[1] in LANGUAGES)
    return [Program(path) for path in paths]


def stage(runner, folder, program=None):
    """A copy of the runner (or of another program in its place) with what belongs beside it, in a folder that its user can read: the
    build folder may be closed to others. Its compilers have the clock's limit of programs here."""
    for source in (program or runner, os.path.join(os.path.dirname(runner), 'box-init')):
        shutil.copy(source, folder)
    for name in ('languages', 'images'):
        if os.path.isdir(os.path.join(os.path.dirname(runner), name)):
            shutil.copytree(os.path.join(os.path.dirname(runner), name), os.path.join(folder, name))
    for path in glob.glob(os.path.join(folder, 'languages', '*.language')):
        with open(path, encoding='utf-8') as file:
            text = file.read()
        if '[compile]' in text and '[compile-limits]' not in text:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(f'{text}\n[compile-limits]\nwall-s={WALL_S}\n')
    os.chmod(folder, 0o755)
    return os.path.join(folder, os.path.basename(program or runner))


class Runner:
    """The runner's program, and the secrets that lie around while it is used."""

    def __init__(self, program):
        self.staged = tempfile.TemporaryDirectory(prefix='entrevue-staged-')
        self.program = stage(os.path.realpath(program), self.staged.name)
        # The pattern that hostile programs look for, and a part that none of them knows.
        self.canary = 'CANARY-OF-' + base64.b32encode(os.urandom(10)).decode()
        self.folder = tempfile.mkdtemp(prefix='entrevue-canary-')
        self.environment = {**os.environ, 'ENTREVUE_SECRET': self.canary, 'AWS_SECRET_ACCESS_KEY': self.canary}
        for name, mode in (('token', 0o600), ('public', 0o644)):
            path = os.path.join(self.folder, name)
            with open(path, 'w', encoding='ascii') as file:
                file.write(self.canary)
            os.chmod(path, mode)
        os.chmod(self.folder, 0o755)

    def close(self):
        shutil.rmtree(self.folder)
        self.staged.cleanup()

    def languages(self):
        """id -> version of those that can be run here."""
        done = subprocess.run([self.program, 'languages', '--json'], capture_output=True, text=True, check=True)
        return {entry['id']: entry.get('version') for entry in json.loads(done.stdout) if entry['available']}

    def start(self, program, *options, folder):
        """Starts a program, as `entrevue-runner run` does, with its files in a folder of its own."""
        entry = os.path.join(folder, os.path.basename(program.path))
        shutil.copyfile(program.path, entry)
        files = [entry]
        for name in program.list_of('also'):
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='ascii') as file:
                file.write(BESIDE.get(os.path.basename(name), 'Evil' if name.startswith('META-INF') else 'static int beside;\n'))
            files.append(path)
        command = [self.program, 'run', '--language', program.language, '--json', *options]
        for limit in program.limits():
            command += ['--limit', limit]
        if 'terminal' in program.words:
            command += ['--terminal']
        for path in program.list_of('collect'):
            command += ['--collect', path]
        if 'arg' in program.words:
            command += ['--arg', program.words['arg']]
        if 'stdin' in program.words or 'lines' in program.words:
            path = os.path.join(folder, '.input')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(program.words.get('stdin', '').replace('\\n', '\n'))
                file.writelines(f'{i}\n' for i in range(int(program.words.get('lines', 0))))
            command += ['--stdin', path]
        process = subprocess.Popen(command + files, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment)
        STARTED.add(process.pid)
        return process

    def run(self, program, *options):
        """Its report, with the status of the runner beside it."""
        with tempfile.TemporaryDirectory(prefix='entrevue-hostile-') as folder:
            return self.finish(self.start(program, *options, folder=folder))

    def finish(self, process):
        try:
            out, err = process.communicate(timeout=CALL_S)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.communicate()
            raise Breach(f'the runner did not answer within {CALL_S} s') from None
        if not out:
            raise Breach(f'no report; status {process.returncode}: {err.decode(errors="replace")[-500:]}')
        report = json.loads(out)
        report['status'] = process.returncode
        report['runner_said'] = err.decode(errors='replace')
        return report

    def run_pair(self, one, other):
        """Both reports of two programs that run at once."""
        with tempfile.TemporaryDirectory(prefix='entrevue-hostile-') as a, tempfile.TemporaryDirectory(prefix='entrevue-hostile-') as b:
            first, second = self.start(one, folder=a), self.start(other, folder=b)
            return self.finish(first), self.finish(second)

    def check_secrets(self, report):
        if self.canary in json.dumps(report):
            raise Breach('a secret of the host was printed')
        for kind in ('stdout', 'stderr'):
            if self.canary.encode() in base64.b64decode(report.get(kind + '_base64', '')):
                raise Breach('a secret of the host was printed')


def printed(report, kind='stdout'):
    if kind in report:
        return report[kind]
    return base64.b64decode(report[kind + '_base64']).decode(errors='replace')


def check_report(program, report):
    """Whether a report is what the program's header expects, and nothing in it tells of a breach."""
    said = printed(report)
    short = {key: value for key, value in report.items() if key not in ('stdout', 'stderr', 'stdout_base64', 'stderr_base64', 'compile')}
    if 'compile' in report:
        short['compile'] = report['compile'].get('output', '')[:300]
    tail = f'{short}\nstdout: {said[-600:]}\nstderr: {printed(report, "stderr")[-600:]}'
    if 'BREACH' in said or 'BREACH' in printed(report, 'stderr'):
        raise Breach(tail)
    if report['verdict'] not in program.expect:
        raise Breach(f'the verdict is {report["verdict"]}, not one of {program.expect}: {tail}')
    if not report['limited']:
        raise Breach('nothing held it to its limits')
    if 'says' in program.words and not re.fullmatch(program.words['says'], said.removesuffix('\n')):
        raise Breach(f'it did not say {program.words["says"]!r}: {tail}')
    if program.prints and said != '\n'.join(program.prints) + '\n':
        raise Breach(f'it did not print what it should: {tail}')
    if 'sha256' in program.words and hashlib.sha256(said.encode()).hexdigest() != program.words['sha256']:
        raise Breach(f'it did not print what it should: {tail}')
    if 'errors' in program.words and not re.fullmatch(program.words['errors'], printed(report, 'stderr')):
        raise Breach(f'stderr is not {program.words["errors"]!r}: {tail}')
    if 'signal' in program.words and report['signal'] != int(program.words['signal']):
        raise Breach(f'the signal is not {program.words["signal"]}: {tail}')
    if 'error' in program.words and [e['line'] for e in report['compile']['errors'][:1]] != [int(program.words['error'])]:
        raise Breach(f'the first error is not in line {program.words["error"]}: {report["compile"]["errors"]}')
    if 'exit' in program.words and report['exit_code'] != int(program.words['exit']):
        raise Breach(f'the exit code is not {program.words["exit"]}: {tail}')
    taken = [entry['path'] for entry in report['collected'] if 'base64' in entry]
    if 'collected' in program.words and taken != program.list_of('collected'):
        raise Breach(f'collected were {taken}')
    for entry in report['collected']:
        if b'root:' in base64.b64decode(entry.get('base64', '')):
            raise Breach(f'{entry["path"]} is a file of the host')


# What is left

def is_of_dead_runner(group):
    """Other runners may be at work on this host, and other tests may kill theirs; what is left belongs to one that was here, by this
    test's note if it takes any, and is not there any more."""
    name = re.search(f'entrevue-{NAMESPACE}-(\\d+)', group)
    return bool(name) and (not STARTED or int(name.group(1)) in STARTED) and not os.path.exists('/proc/' + name.group(1))


def find_leftovers():
    """Control groups, processes and mounts of runners that are gone, and files where boxes must not write."""
    found = [path for path in glob.glob('/sys/fs/cgroup/*/entrevue-*') + glob.glob('/sys/fs/cgroup/entrevue-*') if is_of_dead_runner(path)]
    for path in glob.glob('/proc/[0-9]*/cgroup'):
        try:
            # Those that have ended stay listed where the first process of a container does not collect orphans.
            with open(path.replace('cgroup', 'stat'), encoding='utf-8', errors='replace') as file:
                has_ended = file.read().rpartition(')')[2].split()[0] == 'Z'
            with open(path, encoding='utf-8') as file:
                if not has_ended and is_of_dead_runner(file.read()):
                    found.append(path)
        except OSError:
            pass
    with open('/proc/self/mountinfo', encoding='utf-8') as file:
        found += [line for line in file if '/box-' in line]
    for folder in ('/', '/tmp', '/usr', '/etc', '/var/tmp', '/dev/shm', '/media', '/mnt', '/srv'):
        found += glob.glob(os.path.join(folder, '*escape*')) + glob.glob(os.path.join(folder, 'left-by-an-earlier-box'))
    return found


def check_host(before):
    """Nothing is left that was not there before, and the host can still start a program."""
    if subprocess.run(['/bin/true'], check=False).returncode != 0:
        raise Breach('the host cannot fork')
    deadline = time.monotonic() + GONE_S
    while True:
        left = set(find_leftovers()) - set(before)
        if not left:
            return
        # The last of a killed tree may still be on their way out.
        if time.monotonic() > deadline:
            raise Breach(f'left behind: {sorted(left)}')
        threading.Event().wait(0.02)


# Whether this host can do it

def require_boxes(program):
    """Ends the test with a skip where no boxes can be made."""
    reason = None
    if os.geteuid() != 0:
        reason = 'boxes with limits need root or a delegated control group'
    elif shutil.which('bwrap') is None:
        reason = 'bubblewrap is not installed'
    if reason is None:
        try:
            pwd.getpwnam(USER)
        except KeyError:
            subprocess.run(['useradd', '--system', '--no-create-home', '--shell', '/usr/sbin/nologin', USER], check=True)
        checked = subprocess.run([program, 'check'], capture_output=True, text=True, check=False)
        reason = checked.stderr.strip() if checked.returncode == 3 else None
    if reason is not None:
        print(f'1..0 # SKIP {reason}')
        sys.exit(0)


def run_cases(cases):
    """Runs (name, function) one by one and speaks TAP; a function that returns text is skipped with it."""
    print(f'1..{len(cases)}', flush=True)
    failed = 0
    for number, (name, function) in enumerate(cases, 1):
        began = time.monotonic()
        try:
            reason = function()
            print(f'ok {number} {name}' + (f' # SKIP {reason}' if reason else ''), flush=True)
        except Exception as problem:  # pylint: disable=broad-except
            failed += 1
            print(f'not ok {number} {name}', flush=True)
            for line in f'{type(problem).__name__}: {problem}'.split('\n'):
                print(f'# {line}', flush=True)
        print(f'# {time.monotonic() - began:.2f} s', flush=True)
    return 1 if failed else 0
