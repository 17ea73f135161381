#!/usr/bin/env python3
"""One runner that serves two at once: a real coordinator, which is asked over HTTP for a program in each language, and people of
this host through its local socket.

Usage: serve_languages.py RUNNER, with MESON_BUILD_ROOT as the build folder.
"""

import concurrent.futures
import json
import os
import pwd
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'support'))

import programs  # noqa: E402
from local_server import LocalServer, make_folder  # noqa: E402

ADA = {'email': 'ada@example.org', 'name': 'Ada', 'password': 'long enough'}
PATIENCE_S = 60
# The profile of HTTP has a clock's limit of 5 s: when others have the processors, a program is asked for again.
TRIES = 6
# A program that prints what it reads, twice; and one that cannot be compiled, with the line of its first error.
ECHO = {
    'python': 'a = input()\nprint(a + a)',
    'javascript': 'const a = require("fs").readFileSync(0, "utf8").trim();\nconsole.log(a + a);',
    'typescript': 'import * as fs from "fs";\nconst a: string = fs.readFileSync(0, "utf8").trim();\nconsole.log(a + a);',
    'c': '#include <stdio.h>\nint main(void) { char a[99]; scanf("%98s", a); printf("%s%s\\n", a, a); }',
    'cpp': '#include <iostream>\nint main() { std::string a; std::cin >> a; std::cout << a << a << std::endl; }',
    'java': 'public class Main { public static void main(String[] x) { String a = new java.util.Scanner(System.in).next(); System.out.println(a + a); } }',
    'go': 'package main\n\nimport "fmt"\n\nfunc main() {\n\tvar a string\n\tfmt.Scan(&a)\n\tfmt.Println(a + a)\n}\n',
    'rust': 'fn main() { let mut a = String::new(); std::io::stdin().read_line(&mut a).unwrap(); println!("{}{}", a.trim(), a.trim()); }',
    'ruby': 'a = gets.strip\nputs a + a',
    'php': '<?php $a = trim(fgets(STDIN)); echo $a, $a, "\\n";',
    'bash': 'read a; echo "$a$a"',
    'sqlite': "SELECT 'spamspam';",
}
BROKEN = {
    'typescript': ('let x: string = 1;\nlet = ;', 2), 'c': ('int main(void) {\n  return x;\n}', 2), 'cpp': ('int main() {\n\n  return x;\n}', 3),
    'java': ('public class Main {\n  int x = "a";\n}', 2), 'go': ('package main\nfunc main() {\n\tx := 1\n}', 3), 'rust': ('fn main() {\n  x;\n}', 2),
}


class Served:
    """The coordinator, and a runner that also has a local socket."""

    def __init__(self, folder):
        self.server = LocalServer(os.environ['MESON_BUILD_ROOT'], os.path.join(folder, 'server'))
        self.folder = folder
        self.socket = os.path.join(folder, 'local', 'socket')
        self.token = None

    def start(self):
        self.server.prepare()
        self.server.config = os.path.join(self.folder, 'coordinator.conf')
        with open(self.server.config, 'w', encoding='ascii') as file:
            file.write('execute-per-user = 1000\ngeneral-per-user = 100000\n')
        self.server.start_coordinator()
        self.server.add_people({'admin': ADA})
        self.token = self.ask('/api/auth/login', {key: ADA[key] for key in ('email', 'password')})['access']
        token = self.server.ask('runner', 'add', 'own')['token']
        make_folder(os.path.dirname(self.socket), 0o755, programs.USER)
        with open(self.server.token_file, 'w', encoding='ascii') as file:
            file.write(token + '\n')
        os.chown(self.server.token_file, pwd.getpwnam(programs.USER).pw_uid, -1)
        self.server.runner = self.server.processes.start('The runner', self.server.runner_command(
            'serve', '--connect', 'unix:' + self.server.runner_socket, '--token-file', self.server.token_file, '--local-socket', self.socket,
            '--slots', '2'), cwd='/')
        deadline = time.monotonic() + PATIENCE_S
        while not self.languages():
            assert time.monotonic() < deadline, 'the runner did not sign on'
            threading.Event().wait(0.05)

    def ask(self, path, body=None):
        headers = {'Content-Type': 'application/json', **({'Authorization': 'Bearer ' + self.token} if self.token else {})}
        data = json.dumps(body).encode() if body is not None else None
        try:
            with urllib.request.urlopen(urllib.request.Request(self.server.address + path, data, headers), timeout=PATIENCE_S) as answer:
                return json.loads(answer.read() or b'{}')
        except urllib.error.HTTPError as error:
            return json.loads(error.read() or b'{}')

    def languages(self):
        return [language['id'] for language in self.ask('/api/code/languages').get('items', [])]

    def execute(self, language, code, stdin='spam\n'):
        for _ in range(TRIES):
            done = self.ask('/api/code/execute', {'code': code, 'language': language, 'stdin': stdin})
            assert 'verdict' in done, done
            if done['verdict'] != 'time_limit':
                break
        return done

    def run(self, language, code, stdin='spam\n'):
        """Through the local socket."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, {'python': 'main.py', 'c': 'main.c', 'bash': 'main.sh'}[language])
            with open(path, 'w', encoding='ascii') as file:
                file.write(code)
            done = subprocess.run([os.path.join(self.server.programs, 'entrevue-runner'), 'run', '-l', language, '--json', '--limit',
                                   f'wall={programs.WALL_S}', path], input=stdin.encode(), capture_output=True,
                                  timeout=programs.CALL_S, check=False, env={**os.environ, 'ENTREVUE_RUNNER_SOCKET': self.socket})
        assert done.stdout, done
        return json.loads(done.stdout)


def every_language(served):
    there = served.languages()
    for language, code in ECHO.items():
        if language not in there:
            print(f'# {language} is not here')
            continue
        done = served.execute(language, code)
        assert (done['verdict'], done['output'], done['exit_code']) == ('ok', 'spamspam\n', 0), (language, done)
    for language, (code, line) in BROKEN.items():
        if language in there:
            done = served.execute(language, code)
            assert done['verdict'] == 'compile_error' and done['compile_errors'][0]['line'] == line, (language, done)


def both_at_once(served):
    """Jobs of the coordinator and of this host on the same slots: each is answered with its own words."""
    def over_http(number):
        done = served.execute('python', 'print(input())', f'http {number}\n')
        return done['verdict'] == 'ok' and done['output'] == f'http {number}\n' or done

    def by_socket(number):
        done = served.run('python', 'print(input())', f'local {number}\n')
        return done['verdict'] == 'ok' and done['stdout'] == f'local {number}\n' or done

    # A person has two programs at most at the coordinator.
    with concurrent.futures.ThreadPoolExecutor(2) as http, concurrent.futures.ThreadPoolExecutor(2) as local:
        asked = [http.submit(over_http, number) if number % 2 else local.submit(by_socket, number) for number in range(12)]
        answers = [one.result() for one in asked]
    assert answers == [True] * 12, answers


def builds_are_not_shared_between_the_two(served):
    code = '#include <stdio.h>\nint main(void) { puts("one source"); }'
    first = served.execute('c', code)
    assert first['output'] == 'one source\n', first
    mine = [served.run('c', code) for _ in range(2)]
    assert [report['compile']['cached'] for report in mine] == [False, True], mine


def a_runner_without_its_coordinator_still_does_the_jobs_of_this_host(served):
    served.server.kill_coordinator()
    assert served.run('bash', 'read a; echo $a')['stdout'] == 'spam\n'
    served.server.restart_coordinator()
    served.token = None
    served.token = served.ask('/api/auth/login', {key: ADA[key] for key in ('email', 'password')})['access']
    deadline = time.monotonic() + PATIENCE_S
    while not served.languages():
        assert time.monotonic() < deadline, 'the runner did not come back'
        threading.Event().wait(0.05)
    assert served.execute('bash', 'read a; echo $a')['output'] == 'spam\n'


def main():
    programs.require_boxes(sys.argv[1])
    before = programs.find_leftovers()
    with tempfile.TemporaryDirectory(prefix='entrevue-serve-') as folder:
        os.chmod(folder, 0o755)
        served = Served(folder)
        cases = [(case.__name__, lambda case=case: case(served)) for case in (
            every_language, both_at_once, builds_are_not_shared_between_the_two,
            a_runner_without_its_coordinator_still_does_the_jobs_of_this_host)]

        def nothing_is_left():
            served.server.stop()
            programs.check_host(before)

        try:
            served.start()
            return programs.run_cases([*cases, ('nothing_is_left', nothing_is_left)])
        finally:
            served.server.stop()


if __name__ == '__main__':
    sys.exit(main())
