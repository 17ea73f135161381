#!/usr/bin/env python3
"""Shows that the hostile programs can win, so that their silence means something.

Usage: oracle_suite.py RUNNER UNFILTERED_RUNNER [NAME...]. Two other boxes get those programs that only ask for what they must not
have and take up nothing: the same runner without its seccomp filter, and plain bubblewrap with the same mounts. Where one of them
lets a program through, the program's header says so (`unfiltered`, `bwrap`), and where none does, the box has a second wall.
"""

import os
import shutil
import subprocess
import sys
import tempfile

import programs

FAMILIES = ('secrets', 'identity', 'network', 'kernel')
LEAST_BREACHES = 10
WALL_S = 15


def is_safe(program):
    return program.words['family'] in FAMILIES and not program.is_heavy and set(program.expect) <= {'ok', 'runtime_error'} or \
        program.name.endswith(('huge_pages.c', 'oom_score.py', 'read_only_places.py'))


def has_breach(runner, program, report):
    try:
        runner.check_secrets(report)
        programs.check_report(program, report)
    except programs.Breach:
        return True
    return False


def check_unfiltered(runner, program, breaches):
    report = runner.run(program)
    expected = 'unfiltered' in program.words
    if has_breach(runner, program, report) != expected:
        raise AssertionError(f'without the filter it {"must" if expected else "must not"} be a breach: {str(report)[:1000]}')
    if expected:
        breaches.append(program.name)


# Plain bubblewrap

RUN = {'python': ['/usr/bin/python3', '-u'], 'javascript': ['/usr/bin/node'], 'bash': ['/usr/bin/bash']}
COMPILE = {'c': ['/usr/bin/gcc', '-std=gnu17', '-w'], 'cpp': ['/usr/bin/g++', '-w']}


def bubblewrap_command(work, etc):
    """The mounts and namespaces of box-builder.c, and what box-mask.c hides."""
    command = ['bwrap', '--unshare-all', '--unshare-user', '--disable-userns', '--uid', '1000', '--gid', '1000', '--hostname', 'box',
               '--new-session', '--die-with-parent', '--cap-drop', 'ALL', '--clearenv', '--setenv', 'PATH', '/usr/bin:/bin',
               '--setenv', 'HOME', '/work', '--setenv', 'LC_ALL', 'C.UTF-8', '--ro-bind', '/usr', '/usr']
    for folder in ('/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'):
        if os.path.islink(folder):
            command += ['--symlink', os.readlink(folder), folder]
        elif os.path.isdir(folder):
            command += ['--ro-bind', folder, folder]
    for folder in ('/usr/local', '/usr/src'):
        command += ['--tmpfs', folder, '--remount-ro', folder]
    for name in os.listdir(etc):
        command += ['--ro-bind', os.path.join(etc, name), '/etc/' + name]
    for path in ('/etc/ld.so.cache', '/etc/alternatives'):
        command += ['--ro-bind', path, path]
    command += ['--proc', '/proc']
    for name in ('cmdline', 'config.gz', 'diskstats', 'kallsyms', 'kcore', 'key-users', 'keys', 'modules', 'partitions', 'sched_debug', 'swaps',
                 'timer_list'):
        if os.path.exists('/proc/' + name):
            command += ['--ro-bind', '/dev/null', '/proc/' + name]
    return [*command, '--dev', '/dev', '--bind', work, '/work', '--tmpfs', '/tmp', '--tmpfs', '/dev/shm', '--chdir', '/work', '--remount-ro', '/dev',
            '--remount-ro', '/']


def check_bubblewrap(runner, program):
    """Runs it as the runner's user, with limits of that user's processes as the only ones."""
    with tempfile.TemporaryDirectory(prefix='entrevue-oracle-') as folder:
        os.chmod(folder, 0o755)
        etc, work = os.path.join(folder, 'etc'), os.path.join(folder, 'work')
        os.mkdir(etc)
        os.mkdir(work)
        for name, text in (('passwd', 'root:x:0:0:root:/root:/usr/sbin/nologin\nbox:x:1000:1000:box:/work:/bin/sh\n'),
                           ('group', 'root:x:0:\nbox:x:1000:\n'), ('hosts', '127.0.0.1 localhost box\n'), ('hostname', 'box\n')):
            with open(os.path.join(etc, name), 'w', encoding='ascii') as file:
                file.write(text)
        entry = os.path.join(work, os.path.basename(program.path))
        shutil.copyfile(program.path, entry)
        if program.language in COMPILE:
            subprocess.run([*COMPILE[program.language], '-o', os.path.join(work, 'program'), entry, '-pthread'], check=True, timeout=60)
            inside = ['/work/program']
        else:
            inside = [*RUN[program.language], '/work/' + os.path.basename(entry)]
        shutil.chown(work, programs.USER)
        done = subprocess.run(['prlimit', '--nproc=300', '--as=4294967296', '--core=0', 'setpriv', f'--reuid={programs.USER}',
                               f'--regid={programs.USER}', '--clear-groups', *bubblewrap_command(work, etc), *inside], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors='replace', timeout=WALL_S, env=runner.environment)
    won = 'BREACH' in done.stdout or runner.canary in done.stdout
    if won != ('bwrap' in program.words):
        raise AssertionError(f'plain bubblewrap {"lets it through" if won else "holds it"}, and the header says otherwise: '
                             f'{done.stdout[-500:]}{done.stderr[-500:]}')
    if won:
        print(f'# {program.name} gets through plain bubblewrap: {program.words["bwrap"]}')


def main():
    runner_program, unfiltered = sys.argv[1:3]
    programs.require_boxes(runner_program)
    chosen = [program for program in programs.load('hostile') if is_safe(program)]
    if sys.argv[3:]:
        chosen = [program for program in chosen if any(name in program.name for name in sys.argv[3:])]
    breaches = []

    def enough_breaches():
        if len(breaches) < LEAST_BREACHES and not sys.argv[3:]:
            raise AssertionError(f'without the filter only these were breaches: {breaches}')

    with tempfile.TemporaryDirectory() as folder:
        runner = programs.Runner(programs.stage(os.path.realpath(runner_program), folder, unfiltered))
        languages = runner.languages()
        chosen = [program for program in chosen if program.language in languages]
        try:
            return programs.run_cases(
                [(f'unfiltered {program.name}', lambda program=program: check_unfiltered(runner, program, breaches)) for program in chosen]
                + [('unfiltered breaches are seen', enough_breaches)]
                + [(f'bubblewrap {program.name}', lambda program=program: check_bubblewrap(runner, program)) for program in chosen
                   if program.language in RUN or program.language in COMPILE])
        finally:
            runner.close()


if __name__ == '__main__':
    sys.exit(main())
