#!/usr/bin/env python3
"""The runner itself in the hands of an operator: its end, jobs and hosts that cannot be, images, things made ahead, a runner that is up.

Usage: integration_runner.py RUNNER [CASE...]
"""

import base64
import glob
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time

import box_cases as boxes
import programs
from box_cases import case, run, same


@case
def stop_kills_the_tree():
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write('import os, time\nif os.fork() and os.fork(): print("up")\ntime.sleep(1000)')
        file.flush()
        process = subprocess.Popen([boxes.RUNNER, 'run', '--language', 'python', file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout.readline() == b'up\n'
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert b'stopped' in err and process.returncode == 1, (err, process.returncode)


@case
def streaming():
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write('print("one")\nprint(input())')
        file.flush()
        process = subprocess.Popen([boxes.RUNNER, 'run', '--language', 'python', file.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        assert process.stdout.readline() == b'one\n'  # while the program waits for what comes next
        out, _ = process.communicate(b'two\n', timeout=60)
    assert out == b'two\n', out


@case
def the_runner_killed_leaves_nothing():
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write('import os, time\nif os.fork() and os.fork(): print("up")\ntime.sleep(60)')
        file.flush()
        process = subprocess.Popen([boxes.RUNNER, 'run', '--language', 'python', file.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()
        with open(f'/proc/{process.pid}/task/{process.pid}/children') as children:
            runner = int(children.read().split()[0])
        os.kill(runner, signal.SIGKILL)
        process.communicate(timeout=60)
    assert process.returncode == 137, process.returncode


@case
def the_parent_killed_ends_all_and_is_swept_later():
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write('import os, time\nif os.fork() and os.fork(): print("up")\ntime.sleep(60)')
        file.flush()
        process = subprocess.Popen([boxes.RUNNER, 'run', '--language', 'python', file.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()
        process.kill()
        process.communicate(timeout=60)  # the output ends only when the runner has
    # The next start sweeps, once the last process is taken in by whoever inherited it.
    for _ in range(50):
        same(run('bash', 'echo next'), verdict='ok')
        if not glob.glob(f'/sys/fs/cgroup/*/entrevue-{programs.NAMESPACE}-{process.pid}'):
            return
    assert False, 'the groups are still there'


@case
def wrong_jobs_are_refused():
    same(run('python', 'x', '--limit', 'memory=none'), status=2)
    same(run('python', 'x', '--limit', 'colour=1'), status=2)
    same(run('python', 'x', '--profile', 'none'), status=2)
    same(run('python', 'x', '--collect', '../x'), status=2)
    report = run('c', {'.build/main.c': 'x', 'a.c': 'x'})
    assert report['status'] in (1, 2), report
    same(run('python', {'main.py': 'x', 'big': b'x' * (2 << 20)}, '--limit', 'disk=1'), verdict='internal_error', status=4)


@case
def the_user_must_be_there():
    done = subprocess.run([boxes.RUNNER, 'check', '--user', 'no-such-user-at-all'], capture_output=True, text=True)
    assert done.returncode == 3 and 'useradd --system' in done.stderr, done
    done = subprocess.run([boxes.RUNNER, 'check', '--user', 'root'], capture_output=True, text=True)
    assert done.returncode == 3 and 'never made by root' in done.stderr, done


def copy_runner(folder):
    """The build folder may be closed to other users."""
    for source in (boxes.RUNNER, os.path.join(os.path.dirname(boxes.RUNNER), 'box-init')):
        shutil.copy(source, folder)
    shutil.copytree(boxes.LANGUAGES, os.path.join(folder, 'languages'))
    return os.path.join(folder, os.path.basename(boxes.RUNNER))


@case
def without_groups_it_refuses_or_says_so():
    # An ordinary user of this host has no delegated control group.
    entry = pwd.getpwnam('nobody')
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, 'main.py')
        with open(path, 'w') as out:
            out.write('import os\nfor i in range(3): os.fork()\nprint("x")')
        runner = copy_runner(folder)

        def ask(*options):
            return subprocess.run(['setpriv', f'--reuid={entry.pw_uid}', f'--regid={entry.pw_gid}', '--clear-groups', runner,
                                   'run', '--language', 'python', '--json', *options, path], capture_output=True, text=True, timeout=60)
        refused, insecure = ask(), ask('--insecure-no-cgroup')
        assert refused.returncode == 3 and 'control groups' in refused.stderr, refused
        report = json.loads(insecure.stdout)
        same(report, limited=False)
        assert 'Not for strangers' in report['note']
        for code, verdict in (('while True: pass', 'time_limit'), ('while True: print("x" * 1000)', 'output_limit'),
                              ('import os, time\nos.fork()\ntime.sleep(60)', 'time_limit')):
            with open(path, 'w') as out:
                out.write(code)
            same(json.loads(ask('--insecure-no-cgroup', '--limit', 'cpu=1', '--limit', 'wall=2').stdout), verdict=verdict)


@case
def things_made_ahead_are_shown_to_boxes():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        runner = copy_runner(folder)
        cache = os.path.join(folder, 'cache')
        for old in glob.glob(os.path.join(folder, 'languages', '*.language')):
            os.unlink(old)

        def define(text):
            with open(os.path.join(folder, 'languages', 'demo.language'), 'w') as out:
                out.write('[language]\nid=demo\nname=Demo\nfile=a.demo\nextensions=demo\nversion=/usr/bin/bash;--version\n'
                          f'[prepare]\ncommand=/bin/sh;-c;{text}\n[run]\ncommand=/bin/cat;/prepared/demo/deep/x\n')

        def ask(*arguments):
            return subprocess.run([runner, *arguments, '--cache', cache], capture_output=True, text=True, timeout=60)

        path = os.path.join(folder, 'a.demo')
        open(path, 'w').close()
        define('mkdir .build/deep && echo first >.build/deep/x')
        assert ask('run', '-l', 'demo', path).returncode == 1  # works without, as far as it can
        done = ask('prepare')
        assert done.returncode == 0, done
        assert ask('run', '-l', 'demo', path).stdout == 'first\n'
        define('mkdir .build/deep && echo second >.build/deep/x')
        assert ask('prepare').returncode == 0 and ask('run', '-l', 'demo', path).stdout == 'second\n'
        assert sorted(os.listdir(os.path.join(cache, 'prepared'))) == ['demo']
        define('ln -s /etc/passwd .build/x')  # only plain files are taken
        done = ask('prepare')
        assert done.returncode == 3 and 'Demo' in done.stderr, done
        define('echo went wrong >&2\\; exit 3')
        done = ask('prepare')
        assert done.returncode == 3 and 'went wrong' in done.stderr, done
        assert ask('run', '-l', 'demo', path).stdout == 'second\n'


def make_tree(root, programs):
    """A root file system with a few programs of this host and what they are linked with."""
    for name in ('usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'etc', 'var/lib/dpkg'):
        os.makedirs(os.path.join(root, name))
    for name in ('bin', 'lib', 'lib64'):
        os.symlink('usr/' + name, os.path.join(root, name))
    for program in programs:
        shutil.copy(program, root + '/usr/bin')
        for library in re.findall(r'(/\S+) \(0x', subprocess.run(['ldd', program], capture_output=True, text=True).stdout):
            target = root + '/usr' + library.removeprefix('/usr')
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(library, target)


@case
def boxes_of_an_image():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        image = os.path.join(folder, 'image')
        make_tree(image, ['/usr/bin/bash', '/usr/bin/cat'])
        report = run('bash', 'echo /usr/bin/*; [ -e /usr/share ] || echo nothing else', '--image', image)
        same(report, verdict='ok', stdout='/usr/bin/bash /usr/bin/cat\nnothing else\n')
        same(run('python', 'x', '--image', image), status=3)
        same(run('bash', 'x', '--image', folder), status=3)
        shown = {x['id']: x for x in json.loads(subprocess.run([boxes.RUNNER, 'languages', '--json', '--image', image], capture_output=True).stdout)}
        assert shown['bash']['available'] and not shown['python']['available'], shown


@case
def an_image_is_made_and_cleaned():
    # In the place of mmdebstrap, which takes minutes and a network: makes a tree and notes what it was asked for.
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'mmdebstrap'), 'w') as out:
            out.write(f'#!/bin/sh\nprintf "%s\\n" "$@" >{folder}/asked\nfor last\ndo :; done\nmkdir -p "$last/usr/bin" "$last/usr/sbin" "$last/var/lib/dpkg" "$last/etc/apt" "$last/home"\n'
                      'for name in apt-get dpkg su bash; do echo >"$last/usr/bin/$name"; done\nchmod 4755 "$last/usr/bin/bash"\n'
                      'printf "Package: bash\\nVersion: 5.2\\n\\n" >"$last/var/lib/dpkg/status"\necho x >"$last/etc/shadow"\n')
        os.chmod(os.path.join(folder, 'mmdebstrap'), 0o755)
        image = os.path.join(folder, 'image')

        def build(*arguments):
            return subprocess.run([boxes.RUNNER, 'images', *arguments], capture_output=True, text=True, timeout=60,
                                  env={**os.environ, 'PATH': folder + ':' + os.environ['PATH']})
        assert 'python' in build().stdout
        done = build('build', 'python', image)
        assert done.returncode == 0, done
        with open(os.path.join(folder, 'asked')) as asked:
            assert '--include=python3=3.11.*' in asked.read().split('\n')
        assert os.listdir(image + '/usr/bin') == ['bash'] and os.stat(image + '/usr/bin/bash').st_mode & 0o7777 == 0o755
        assert os.listdir(image + '/etc') == [] and not os.path.exists(image + '/var') and not os.path.exists(image + '/home')
        with open(image + '/usr/share/entrevue-image/packages') as packages:
            assert packages.read() == 'bash 5.2\n'
        assert build('build', 'python', image).returncode == 2  # it is there
        assert build('build', 'none', image + '2').returncode == 2
        with open(os.path.join(folder, 'mmdebstrap'), 'w') as out:
            out.write('#!/bin/sh\nfor last\ndo :; done\nmkdir "$last"\nexit 1\n')
        assert build('build', 'python', image + '2').returncode == 3
        assert not [name for name in os.listdir(folder) if name.startswith('image2')]


@case
def a_running_runner_does_the_job():
    user = pwd.getpwnam(programs.USER)
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, user.pw_uid, user.pw_gid)
        os.chmod(folder, 0o755)
        path, token = os.path.join(folder, 'socket'), os.path.join(folder, 'token')
        with open(token, 'w') as out:
            out.write('x')
        served = subprocess.Popen([boxes.RUNNER, 'serve', '--connect', f'unix:{folder}/none', '--token-file', token, '--local-socket', path, '--slots', '2',
                                   '--cache', os.path.join(folder, 'cache')], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not os.path.exists(path):
                assert served.poll() is None
                time.sleep(0.02)
            assert os.stat(path).st_mode & 0o777 == 0o600 and os.stat(path).st_uid == user.pw_uid
            there = {'ENTREVUE_RUNNER_SOCKET': path}
            code = '#include <stdio.h>\nint main(int n, char **v) { char t[9]; fgets(t, 9, stdin); printf("%s %s", v[1], t); fputs("e", stderr); }'
            first = run('c', code, '--arg', 'ä', stdin='in\n', env=there)
            same(first, verdict='ok', stdout='ä in\n', stderr='e', status=0)
            again = run('c', code, '--arg', 'b', stdin='in\n', env=there)
            same(again, verdict='ok', stdout='b in\n')
            assert not first['compile']['cached'] and again['compile']['cached'], (first, again)
            report = run('bash', 'echo x >f; seq 100000; exit 3', '--collect', 'f', env=there)
            same(report, verdict='runtime_error', exit_code=3, status=1)
            assert report['stdout'].endswith('\n100000\n') and base64.b64decode(report['collected'][0]['base64']) == b'x\n'
            with open(os.path.join(folder, 'main.sh'), 'w') as out:
                out.write('read a; echo got $a; sleep 60')
            process = subprocess.Popen([boxes.RUNNER, 'run', '-l', 'bash', os.path.join(folder, 'main.sh')], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env={**os.environ, **there})
            process.stdin.write(b'line\n')
            process.stdin.flush()
            assert process.stdout.readline() == b'got line\n'
            process.send_signal(signal.SIGTERM)
            assert b'stopped' in process.communicate(timeout=60)[1] and process.returncode == 1
            same(run('bash', 'echo own box', env={'ENTREVUE_RUNNER_SOCKET': path + '-none'}), verdict='ok', stdout='own box\n')
        finally:
            served.terminate()
            ended = served.wait(timeout=60)
        assert ended == 0, ended
        same(run('bash', 'echo own box', env=there), verdict='ok', stdout='own box\n')


boxes.main()
