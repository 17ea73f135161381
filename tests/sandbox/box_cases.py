"""What the integration_*.py share: programs of a few lines that are run in real boxes by `entrevue-runner run`.

Each of those files registers its cases and calls main(), which skips where the host cannot make boxes, and looks at the end whether
anything is left of the boxes. The walls of the clock are generous where they are not what a case is about, since other work on this
machine may have the processors; those of processor time are the usual ones.
"""

import json
import os
import subprocess
import sys
import tempfile

import programs

LANGUAGES = os.path.join(programs.HERE, '../../sandbox/languages')
RUNNER = os.path.realpath(sys.argv[1])
CASES = []


def case(function):
    CASES.append(function)
    return function


def run(language, files, *options, stdin=None, env=None):
    """Its report. files: text of the entry, or {name: text}, the first being the entry."""
    extension = {'python': 'py', 'javascript': 'js', 'cpp': 'cpp', 'c': 'c', 'bash': 'sh', 'java': 'java', 'sqlite': 'sql',
                 'typescript': 'ts', 'go': 'go', 'rust': 'rs', 'ruby': 'rb', 'php': 'php',
                 'csharp': 'cs', 'kotlin': 'kt', 'postgresql': 'sql'}[language]
    if not isinstance(files, dict):
        files = {('Main.' if language == 'java' else 'main.') + extension: files}
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text in files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as out:
                out.write(text if isinstance(text, bytes) else text.encode())
            paths.append(path)
        options = list(options)
        if stdin is not None:
            path = os.path.join(folder, 'input')
            with open(path, 'wb') as out:
                out.write(stdin if isinstance(stdin, bytes) else stdin.encode())
            options += ['--stdin', path]
        if not any(option.startswith('wall=') for option in options):
            options += ['--limit', f'wall={programs.WALL_S}']
        # In an emulated machine the processor's time is another one.
        if 'ENTREVUE_TEST_CPU_S' in os.environ and not any(option.startswith('cpu=') for option in options):
            options += ['--limit', f'cpu={os.environ["ENTREVUE_TEST_CPU_S"]}']
        done = subprocess.run([RUNNER, 'run', '--language', language, '--json', *options, *paths],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=programs.CALL_S, env={**os.environ, **(env or {})})
    if done.returncode in (2, 3):
        return {'refused': done.stderr.decode(), 'status': done.returncode}
    assert done.stdout, f'no report, status {done.returncode}: {done.stderr.decode(errors="replace")}'
    report = json.loads(done.stdout)
    report['status'] = done.returncode
    return report


def same(report, **wanted):
    for name, value in wanted.items():
        assert report.get(name) == value, f'{name} is {report.get(name)!r}, not {value!r}: {json.dumps(report)[:1500]}'


def lacks(language):
    """Why a language cannot be run here; None when it can."""
    known = {x['id']: x for x in json.loads(subprocess.run([RUNNER, 'languages', '--json'], capture_output=True).stdout)}
    return known[language].get('missing')


def main():
    """Runs the cases that the arguments name, or all, and ends the program."""
    global RUNNER
    programs.require_boxes(RUNNER)
    before = programs.find_leftovers()
    with tempfile.TemporaryDirectory(prefix='entrevue-boxes-') as folder:
        RUNNER = programs.stage(RUNNER, folder)
        chosen = [(function.__name__, function) for function in CASES if not sys.argv[2:] or function.__name__ in sys.argv[2:]]
        sys.exit(programs.run_cases([*chosen, ('nothing_is_left', lambda: programs.check_host(before))]))
