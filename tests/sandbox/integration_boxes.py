#!/usr/bin/env python3
"""Runs real programs in real boxes through `entrevue-runner run`: ordinary ones, ones that reach a limit, hostile ones.

Usage: integration_boxes.py RUNNER. Hostile programs run inside boxes only. Skips where the host cannot make boxes.
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
import sys
import tempfile
import time

import programs

RUNNER = sys.argv[1]
USER = 'entrevue-runner'
LANGUAGES = os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../sandbox/languages')
NAMESPACE = os.stat('/proc/self/ns/pid').st_ino
CASES = []


def case(function):
    CASES.append(function)
    return function


def run(language, files, *options, stdin=None, env=None, check_clean=True):
    """files: text of the entry, or {name: text}, the first being the entry."""
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
        done = subprocess.run([RUNNER, 'run', '--language', language, '--json', *options, *paths],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, env={**os.environ, **(env or {})})
    if done.returncode in (2, 3):
        return {'refused': done.stderr.decode(), 'status': done.returncode}
    assert done.stdout, f'no report, status {done.returncode}: {done.stderr.decode(errors="replace")}'
    report = json.loads(done.stdout)
    report['status'] = done.returncode
    return report


def same(report, **wanted):
    for name, value in wanted.items():
        assert report.get(name) == value, f'{name} is {report.get(name)!r}, not {value!r}: {json.dumps(report)[:1500]}'


# Ordinary programs

@case
def python_prints_and_ends():
    same(run('python', 'print("Grüße")'), verdict='ok', exit_code=0, signal=0, stdout='Grüße\n', stderr='', status=0, limited=True)


@case
def javascript_prints_and_ends():
    same(run('javascript', 'console.log([1, 2].map(x => x * 2).join())'), verdict='ok', stdout='2,4\n')


@case
def c_is_compiled_and_run():
    report = run('c', '#include <stdio.h>\nint main(int n, char **v) { printf("%s %d\\n", v[1], n); return 7; }', '--arg', 'a b')
    same(report, verdict='runtime_error', exit_code=7, stdout='a b 2\n', status=1)
    same(report['compile'], verdict='ok', errors=[])


@case
def cpp_is_compiled_and_run():
    report = run('cpp', '#include <iostream>\n#include <thread>\nint main() { int n; std::cin >> n; '
                 'std::thread t([&] { std::cout << n * 2 << std::endl; }); t.join(); }', stdin='21\n')
    same(report, verdict='ok', stdout='42\n')


@case
def java_is_compiled_and_run():
    if not os.path.exists('/usr/bin/javac'):
        return 'no javac here'
    same(run('java', {'Main.java': 'public class Main { public static void main(String[] a) { System.out.println(Other.text()); } }',
                      'Other.java': 'class Other { static String text() { return "two files"; } }'}), verdict='ok', stdout='two files\n')


@case
def other_languages_of_the_host():
    same(run('bash', 'echo $((6 * 7))'), verdict='ok', stdout='42\n')
    if os.path.exists('/usr/bin/sqlite3'):
        same(run('sqlite', 'CREATE TABLE t(x); INSERT INTO t VALUES (41); SELECT x + 1 FROM t;'), verdict='ok', stdout='42\n')


def lacks(language):
    """Why a language cannot be run here; None when it can."""
    known = {x['id']: x for x in json.loads(subprocess.run([RUNNER, 'languages', '--json'], capture_output=True).stdout)}
    return known[language].get('missing')


@case
def typescript_is_stripped_and_run():
    if lacks('typescript'):
        return lacks('typescript')
    report = run('typescript', {'main.ts': 'import { twice } from "./lib/twice";\nimport * as fs from "fs";\n'
                                'const text: string = fs.readFileSync(0, "utf8");\nconsole.log(twice(text as string));',
                                'lib/twice.ts': 'export function twice<T extends string>(x: T): string { return x + x; }'}, stdin='ü')
    same(report, verdict='ok', stdout='üü\n', stderr='')
    same(run('typescript', 'const x: number = await Promise.resolve(42);\nconsole.log(x, typeof require("fs").readFileSync);'),
         verdict='ok', stdout='42 function\n')
    report = run('typescript', 'enum E { A }\n\nfunction f(): never { throw new Error("here"); }\nf();')
    same(report, verdict='runtime_error', exit_code=1)
    assert 'main.ts:3' in report['stderr'], report['stderr']
    report = run('typescript', 'let x: = 3;')
    same(report, verdict='compile_error')
    same(report['compile']['errors'][0], file='main.ts', line=1, column=8)


@case
def go_is_compiled_and_run():
    if lacks('go'):
        return lacks('go')
    same(run('go', {'main.go': 'package main\nimport ("bufio"; "fmt"; "os"; "sync")\nfunc main() {\n\tvar w sync.WaitGroup\n\ttotal := make(chan int, 9)\n'
                    '\tfor i := 0; i < 9; i++ {\n\t\tw.Add(1)\n\t\tgo func(i int) { total <- twice(i); w.Done() }(i)\n\t}\n\tw.Wait()\n\tclose(total)\n'
                    '\tsum := 0\n\tfor x := range total { sum += x }\n\tline, _ := bufio.NewReader(os.Stdin).ReadString(10)\n\tfmt.Print(sum, " ", line, os.Args[1])\n}\n',
                    'twice.go': 'package main\nfunc twice(x int) int { return 2 * x }\n'}, '--arg', 'é', stdin='in\n'), verdict='ok', stdout='72 in\né')
    same(run('go', {'main.go': 'package main\nimport "demo/lib"\nfunc main() { println(lib.F()) }', 'go.mod': 'module demo\ngo 1.18\n',
                    'lib/lib.go': 'package lib\nfunc F() int { return 7 }'}), verdict='ok', stderr='7\n')
    report = run('go', 'package main\nfunc main() {\n\tx := 1\n}')
    same(report, verdict='compile_error')
    same(report['compile']['errors'][0], file='main.go', line=3, column=2)


@case
def rust_is_compiled_and_run():
    if lacks('rust'):
        return lacks('rust')
    same(run('rust', {'main.rs': 'mod lib;\nfn main() {\n    let mut line = String::new();\n    std::io::stdin().read_line(&mut line).unwrap();\n'
                      '    let t = std::thread::spawn(move || lib::twice(line.trim().parse().unwrap()));\n    println!("{}", t.join().unwrap());\n}\n',
                      'lib.rs': 'pub fn twice(x: i64) -> i64 { x * 2 }\n'}, stdin='21\n'), verdict='ok', stdout='42\n')
    same(run('rust', 'fn main() { let v: Vec<i32> = Vec::new(); println!("{}", v[3]); }'), verdict='runtime_error', exit_code=101)
    report = run('rust', 'fn main() {\n    let x: i32 = "a";\n}')
    same(report, verdict='compile_error')
    same(report['compile']['errors'][0], file='main.rs', line=2, column=18, message='mismatched types')


@case
def ruby_and_php_are_run():
    if not lacks('ruby'):
        same(run('ruby', 'require "set"\nputs Set[1, 1, STDIN.read.to_i].sum\nwarn "w"', stdin='4'), verdict='ok', stdout='5\n', stderr='w\n')
    if not lacks('php'):
        same(run('php', '<?php\necho json_encode([1, trim(fgets(STDIN))]), "\\n"; exit(3);', stdin='x\n'), verdict='runtime_error', exit_code=3, stdout='[1,"x"]\n')


@case
def languages_that_few_hosts_have():
    if not lacks('csharp'):
        same(run('csharp', 'using System;\nusing System.Linq;\nclass P { static void Main() { Console.WriteLine(Enumerable.Range(1, 9).Sum()); } }'),
             verdict='ok', stdout='45\n')
        same(run('csharp', 'class P {\n  static void Main() { int x = "a"; }\n}')['compile']['errors'][0], line=2, file='main.cs')
    if not lacks('kotlin'):
        same(run('kotlin', 'fun main() { println(listOf(1, 2).map { it * 2 }) }'), verdict='ok', stdout='[2, 4]\n')
    if not lacks('postgresql'):
        same(run('postgresql', "CREATE TABLE t (x int);\nINSERT INTO t SELECT generate_series(1, 9);\nSELECT sum(x) AS \"Summe\" FROM t;"),
             verdict='ok', stdout=' Summe \n-------\n    45\n(1 row)\n\n')
        same(run('postgresql', 'SELECT 1 / 0;'), verdict='runtime_error', exit_code=3)


@case
def stderr_is_no_failure():
    same(run('python', 'import sys\nprint("warning", file=sys.stderr)'), verdict='ok', stdout='', stderr='warning\n', exit_code=0)


@case
def several_files_and_input():
    same(run('python', {'main.py': 'import sys, lib.helper\nprint(lib.helper.twice(sys.stdin.read()), open("data.txt").read())',
                        'lib/helper.py': 'def twice(x): return x * 2', 'data.txt': 'data'}, stdin='in'), verdict='ok', stdout='inin data\n')


@case
def cpp_of_several_files():
    same(run('cpp', {'main.cpp': '#include "f.h"\nint main() { return f(); }', 'f.cpp': 'int f() { return 5; }', 'f.h': 'int f();'}), exit_code=5)


@case
def large_input_and_output():
    same(run('python', 'import sys\nd = sys.stdin.buffer.read()\nsys.stdout.buffer.write(d[:500000])\nprint(len(d), file=sys.stderr)', stdin='x' * 5000000),
         verdict='ok', stdout='x' * 500000, stderr='5000000\n', stdout_truncated=False)


@case
def our_own_input_is_passed_on():
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write('import sys\nprint(sys.stdin.readline().strip())\nsys.stdout.flush()\nprint(len(sys.stdin.read()))')
        file.flush()
        process = subprocess.Popen([RUNNER, 'run', '--language', 'python', file.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdin.write(b'first\n')
        process.stdin.flush()
        assert process.stdout.readline() == b'first\n'  # while the rest has not come
        out, _ = process.communicate(b'x' * 3000000, timeout=20)
    assert out == b'3000000\n', out
    # Nobody has to read it.
    endless = subprocess.Popen(['yes'], stdout=subprocess.PIPE)
    with tempfile.NamedTemporaryFile('w', suffix='.sh') as file:
        done = subprocess.run([RUNNER, 'run', '--language', 'bash', file.name], stdin=endless.stdout, stderr=subprocess.DEVNULL, timeout=20)
    endless.kill()
    endless.stdout.close()
    endless.wait()
    assert done.returncode == 0, done


@case
def many_inputs_against_one_build():
    code = '#include <stdio.h>\nint main(void) { int n; if (scanf("%d", &n) != 1) return 3; while (n == 9); printf("%d\\n", 2 * n); }'
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, text in enumerate(['1', '9', 'x', '4']):
            names += ['--test', os.path.join(folder, str(number))]
            with open(names[-1], 'w') as out:
                out.write(text)
        report = run('c', code, *names, '--limit', 'cpu=1')
        same(report, verdict='time_limit', status=1)
        assert [t['verdict'] for t in report['tests']] == ['ok', 'time_limit', 'runtime_error', 'ok'], report
        assert [t['stdout'] for t in report['tests']] == ['2\n', '', '', '8\n'], report
        same(run('c', 'int main(', *names), verdict='compile_error', tests=None)
        report = run('bash', 'cat; echo x >>left; wc -l <left', *names)
        assert [t['stdout'] for t in report['tests']] == ['11\n', '91\n', 'x1\n', '41\n'], report


@case
def a_terminal_of_our_own():
    import fcntl
    import pty
    import struct
    import termios
    code = 'import os, sys, tty\nprint(sys.stdin.isatty(), os.get_terminal_size(), os.environ["TERM"], os.ttyname(0))\n' \
           'print("got", input())\ntry: open(os.ttyname(0), "w").write("x")\nexcept OSError as e: print("no second")\n' \
           'open("/dev/tty", "w").write("by name\\n")\nos.system("stty size")\n'
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write(code)
        file.flush()
        ours, theirs = pty.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack('HHHH', 33, 99, 0, 0))
        process = subprocess.Popen([RUNNER, 'run', '-t', '--language', 'python', file.name], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
        os.write(ours, b'key\r')
        seen = b''
        while b'33 99' not in seen:
            seen += os.read(ours, 1000)
        assert process.wait(timeout=20) == 0, seen
        os.close(theirs)
        os.close(ours)
    for wanted in (b'True os.terminal_size(columns=99, lines=33) xterm-256color /dev/pts/0', b'got key', b'by name', b'no second'):
        assert wanted in seen, seen


@case
def compilers_have_limits_of_their_own():
    same(run('cpp', '#include <iostream>\nint main() {}', '--limit', 'compile-memory=16'), verdict='memory_limit')
    report = run('cpp', '#include <bits/stdc++.h>\n#include <regex>\n#include <filesystem>\nint main() { std::regex r("a"); }', '--limit', 'compile-wall=1',
                 '--limit', 'memory=64')
    assert report['verdict'] in ('ok', 'time_limit') and report['compile']['wall_ms'] < 1300, report


@case
def bytes_that_are_no_text():
    report = run('python', 'import os\nos.write(1, bytes(range(256)))')
    assert base64.b64decode(report['stdout_base64']) == bytes(range(256)) and 'stdout' not in report


@case
def signals_are_told():
    same(run('c', 'int main(void) { *(volatile int *) 0 = 1; }'), verdict='runtime_error', exit_code=-1, signal=signal.SIGSEGV)
    same(run('python', 'import os\nos.abort()'), verdict='runtime_error', signal=signal.SIGABRT)


@case
def compile_errors_have_places():
    report = run('cpp', 'int main() {\n  int x = ;\n  return y;\n}\n')
    same(report, verdict='compile_error', stdout='', status=1)
    errors = report['compile']['errors']
    assert [(e['file'], e['line'], e['column']) for e in errors] == [('main.cpp', 2, 11), ('main.cpp', 3, 10)], errors
    assert 'expected' in errors[0]['message']
    report = run('cpp', '#include <not-there.h>\nint main() {}')
    same(report['compile']['errors'][0], file='main.cpp', line=1)


@case
def compiler_warnings_are_shown():
    report = run('c', 'int main(void) { int x; return 0; }')
    same(report, verdict='ok')
    assert 'unused variable' in report['compile']['output'] and report['compile']['errors'] == []


# Limits

@case
def wall_clock():
    report = run('python', 'import time\nprint("before")\ntime.sleep(60)', '--limit', 'wall=1')
    same(report, verdict='time_limit', stdout='before\n', signal=9)
    assert 1000 <= report['wall_ms'] < 1200, report['wall_ms']


@case
def processor_time():
    report = run('python', 'print("before")\nwhile True: pass', '--limit', 'cpu=1')
    same(report, verdict='time_limit', stdout='before\n')
    assert 990 <= report['cpu_ms'] < 1300, report['cpu_ms']


@case
def processor_time_of_many():
    report = run('python', 'import os\nfor i in range(3): os.fork()\nwhile True: pass', '--limit', 'cpu=1')
    same(report, verdict='time_limit')
    assert report['cpu_ms'] < 1500, report['cpu_ms']


@case
def memory():
    report = run('python', 'print("before")\nx = []\nwhile True: x.append(bytearray(1 << 20))', '--limit', 'memory=64')
    same(report, verdict='memory_limit', stdout='before\n', signal=9)
    assert 60000 < report['memory_kib'] < 68000, report['memory_kib']


@case
def memory_of_children():
    same(run('python', 'import os, time\nfor i in range(8):\n  if os.fork() == 0:\n    x = bytearray(20 << 20)\n    time.sleep(5)\n    os._exit(0)\nfor i in range(8): os.wait()',
             '--limit', 'memory=64'), verdict='memory_limit')


@case
def memory_within_the_limit():
    report = run('python', 'x = bytearray(100 << 20)\nprint(len(x))', '--limit', 'memory=256')
    same(report, verdict='ok')
    assert 100 << 10 < report['memory_kib'] < 130 << 10, report['memory_kib']


@case
def reading_files_is_no_memory():
    report = run('python', 'n = 0\nfor f in ["/usr/lib/x86_64-linux-gnu/" + x for x in __import__("os").listdir("/usr/lib/x86_64-linux-gnu")]:\n'
                 '  try: n += len(open(f, "rb").read())\n  except OSError: pass\nprint(n > 1 << 20)', '--limit', 'memory=512')
    same(report, verdict='ok', stdout='True\n')


@case
def processes():
    report = run('python', 'import os, sys\nn = 0\ntry:\n  while True:\n    if os.fork() == 0: __import__("signal").pause()\n    n += 1\nexcept OSError:\n  print(n)\n  sys.exit(1)',
                 '--limit', 'processes=16')
    same(report, verdict='process_limit', exit_code=1, stdout='15\n')


@case
def fork_bomb():
    started = time.monotonic()
    report = run('python', 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass', '--limit', 'wall=1')
    same(report, verdict='time_limit')
    assert time.monotonic() - started < 4
    same(run('bash', ':(){ :|:& };:\nsleep 5', '--limit', 'wall=1'), signal=9)


@case
def output():
    report = run('python', 'while True: print("y" * 1000)')
    same(report, verdict='output_limit', stdout_truncated=True, stderr_truncated=False)
    assert len(report['stdout']) == 1 << 20
    report = run('python', 'import sys\nwhile True: sys.stderr.write("y" * 1000)', '--limit', 'output=16')
    same(report, verdict='output_limit', stderr_truncated=True, stdout_truncated=False, stderr='y' * 16384)


@case
def output_of_many_writers():
    report = run('python', 'import os\nfor i in range(5): os.fork()\nwhile True: os.write(1, b"z" * 65536)', '--limit', 'wall=5')
    same(report, verdict='output_limit')
    assert len(report['stdout']) == 1 << 20


@case
def disk():
    code = ('n = 0\ntry:\n  with open("big", "wb", 0) as f:\n    while True: n += f.write(bytes(65536))\nexcept OSError as e: print(n >> 20, e.errno)\n')
    same(run('python', code, '--limit', 'disk=8'), verdict='ok', stdout='7 28\n')
    code = ('import os\nn = 0\nfor d in ("/work", "/tmp", "/dev/shm"):\n  try:\n    while True: open(f"{d}/{n}", "w").close(); n += 1\n  except OSError as e: pass\nprint(n < 4096, n > 4000)\n')
    same(run('python', code), verdict='ok', stdout='True True\n')


@case
def file_size_and_sparse():
    same(run('python', 'import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\ntry:\n  f = open("x", "wb")\n  f.truncate(1 << 40)\nexcept OSError as e: print(e.errno)'), stdout='27\n')


@case
def open_files():
    same(run('python', 'import os\nn = 0\ntry:\n  while True: os.open("/dev/null", 0); n += 1\nexcept OSError as e: print(n, e.errno)'), stdout='253 24\n')


@case
def compiler_is_limited_too():
    started = time.monotonic()
    report = run('cpp', '#include "/dev/urandom"\nint main() {}')
    assert report['verdict'] in ('memory_limit', 'time_limit', 'compile_error', 'output_limit'), report['verdict']
    assert time.monotonic() - started < 30
    report = run('cpp', 'template <int N> struct A { A<N + 1> a; A<N + 2> b; };\nint main() { A<0> a; }')
    assert report['verdict'] in ('compile_error', 'memory_limit', 'time_limit', 'output_limit')
    same(run('c', '#include "/etc/shadow"\nint main(void) {}'), verdict='compile_error')


@case
def stop_kills_the_tree():
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write('import os, time\nif os.fork() and os.fork(): print("up")\ntime.sleep(60)')
        file.flush()
        process = subprocess.Popen([RUNNER, 'run', '--language', 'python', file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout.readline() == b'up\n'
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
        took = time.monotonic() - started
    assert b'stopped' in err and process.returncode == 1, (err, process.returncode)
    assert took < 0.3, f'{took:.3f} s'


@case
def streaming():
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write('import time\nprint("one")\ntime.sleep(3)\nprint("two")')
        file.flush()
        started = time.monotonic()
        process = subprocess.Popen([RUNNER, 'run', '--language', 'python', file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        first = process.stdout.readline()
        took = time.monotonic() - started
        process.communicate(timeout=10)
    assert first == b'one\n' and took < 2, took


# Hostile programs

@case
def secrets_are_hidden():
    code = r'''
import os, glob
for path in ["/etc/shadow", "/root", "/home", "/var", "/run", "/sys", "/proc/1/environ", "/proc/1/mem", "/proc/kcore", "/usr/local/bin",
             "/media", "/mnt", "/etc/ssh", "/etc/machine-id", "/proc/1/root/etc", "/proc/1/cwd/x"]:
    try:
        found = os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(10)
        if found: print("seen", path, found)
    except OSError: pass
print(sorted(os.environ))
print(sorted(p for p in os.listdir("/proc") if p.isdigit()))
print(sorted(os.listdir("/proc/self/fd")))
print(os.getuid(), os.getgid(), os.getgroups())
print([l.split()[1] for l in open("/proc/self/status") if l.startswith(("CapEff", "CapBnd", "CapPrm", "NoNewPrivs", "Seccomp:"))])
print(os.uname().nodename)
'''
    report = run('python', code, env={'CANARY_OF_THE_RUNNER': 'secret'})
    lines = report['stdout'].split('\n')
    assert not [line for line in lines if line.startswith('seen')], report['stdout']
    assert 'CANARY' not in report['stdout']
    assert lines[1] == "['1', '2']", lines[1]
    assert lines[2] == "['0', '1', '2', '3']", lines[2]
    assert lines[3] == '1000 1000 []', lines[3]
    assert lines[4] == "['0000000000000000', '0000000000000000', '0000000000000000', '1', '2']", lines[4]
    assert lines[5] == 'box'


@case
def network_is_refused():
    code = '''
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, 38, 40):
    try:
        socket.socket(family, socket.SOCK_DGRAM)
        print("made", family)
    except OSError as e: print(e.errno)
try: socket.create_connection(("127.0.0.1", 22), 1); print("connected")
except OSError: pass
a, b = socket.socketpair()
a.send(b"x"); print(b.recv(1))
'''
    same(run('python', code), verdict='ok', stdout='13\n' * 6 + "b'x'\n")


@case
def kernel_doors_are_shut():
    code = r'''
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(name, number, *args):
    r = libc.syscall(number, *args)
    print(name, "refused" if r < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS, errno.EACCES) else "DONE %d %d" % (r, ctypes.get_errno()))
call("unshare user", 272, 0x10000000)
call("unshare mount", 272, 0x20000)
call("setns", 308, 0, 0)
call("mount", 165, b"x", b"/tmp", b"tmpfs", 0, 0)
call("umount", 166, b"/proc", 2)
call("pivot_root", 155, b"/", b"/")
call("chroot", 161, b"/")
call("ptrace", 101, 0, 0, 0, 0)
call("bpf", 321, 0, 0, 0)
call("io_uring", 425, 1, 0)
call("userfaultfd", 323, 0)
call("perf", 298, 0, 0, 0, 0, 0)
call("keyctl", 250, 0, 0)
call("add_key", 248, b"user", b"x", b"y", 1, -3)
call("clone user", 56, 0x10000000 | 17, 0, 0, 0, 0)
call("personality", 135, 0x40000)
call("process_vm_readv", 310, 1, 0, 0, 0, 0, 0)
call("open_by_handle_at", 304, 0, 0, 0)
call("fsopen", 430, b"tmpfs", 0)
call("open_tree", 428, -100, b"/", 1)
call("settime", 227, 0, ctypes.create_string_buffer(16))
call("sethostname", 170, b"x", 1)
call("mknod device", 133, b"/work/d", 0o60666, 0x800)
call("memfd_secret", 447, 0)
call("reboot", 169, 0, 0, 0, 0)
call("syslog", 103, 3, ctypes.create_string_buffer(100), 100)
call("kill init", 62, 1, 9)
'''
    report = run('python', code)
    same(report, verdict='ok')
    assert 'DONE' not in report['stdout'], report['stdout']


@case
def foreign_architecture_is_killed():
    report = run('c', 'int main(void) { int r; __asm__ volatile ("int $0x80" : "=a" (r) : "a" (20)); return r > 0 ? 0 : 3; }')
    assert report['verdict'] == 'runtime_error', report


@case
def nothing_outside_the_work_folder_is_written():
    code = '''
import os
for path in ["/x", "/usr/x", "/etc/passwd", "/dev/x", "/proc/sys/kernel/hostname", "/box-init", "/proc/self/oom_score_adj"]:
    try:
        open(path, "a").write("x")
        print("wrote", path)
    except OSError: pass
for path in ["/work/x", "/tmp/x", "/dev/shm/x", "/dev/null"]: open(path, "w").write("x")
'''
    same(run('python', code), verdict='ok', stdout='')


@case
def daemons_are_gone_with_the_box():
    token = f'canary-{os.getpid()}'
    report = run('bash', f'for i in 1 2 3; do setsid bash -c "exec -a {token} sleep 1000" >/dev/null 2>&1 & done; sleep 0.1; exit 7')
    same(report, verdict='runtime_error', exit_code=7)
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            assert token.encode() not in open(path, 'rb').read(), path
        except OSError:
            pass


@case
def a_closed_output_does_not_hold_the_box():
    started = time.monotonic()
    same(run('bash', 'setsid sleep 1000 & exit 0'), verdict='ok')
    assert time.monotonic() - started < 5


@case
def planted_links_are_not_followed():
    report = run('bash', 'ln -s /etc/passwd evil; ln -s / root; mkfifo pipe; echo text >out; ln out second; mkdir d; echo deep >d/f; ln -s d dl; truncate -s 30M large',
                 *[x for name in ('evil', 'root/etc/passwd', 'pipe', 'second', 'd/f', 'dl/f', 'd', 'none', 'large') for x in ('--collect', name)])
    same(report, verdict='ok')
    assert [c['path'] for c in report['collected'] if 'base64' in c] == ['d/f'], report['collected']
    assert base64.b64decode(report['collected'][4]['base64']) == b'deep\n'


@case
def a_compiler_cannot_plant_links():
    # The assembler writes where the source says; what it leaves in the build folder is copied only when it is plain.
    code = '__asm__(".incbin \\"/etc/passwd\\"");\nint main(void) { return 0; }'
    report = run('c', code)
    assert report['verdict'] in ('ok', 'compile_error')
    assert '/root' not in json.dumps(report).replace('/root:/usr/sbin/nologin', '')


@case
def boxes_share_nothing():
    first = run('bash', 'echo secret >/dev/shm/x; echo secret >/tmp/x; echo secret >x; ipcmk -M 100 >/dev/null; echo done')
    same(first, verdict='ok', stdout='done\n')
    same(run('bash', 'cat /dev/shm/x /tmp/x x 2>/dev/null; grep -c . /proc/sysvipc/shm'), stdout='1\n')


@case
def two_at_once():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'main.py')
        with open(path, 'w') as out:
            out.write('import os, time\ntime.sleep(0.5)\nprint(sorted(p for p in os.listdir("/proc") if p.isdigit()))')
        runs = [subprocess.Popen([RUNNER, 'run', '--language', 'python', '--json', path], stdout=subprocess.PIPE) for _ in range(2)]
        for process in runs:
            same(json.loads(process.communicate(timeout=30)[0]), verdict='ok', stdout="['1', '2']\n")


@case
def the_runner_killed_leaves_nothing():
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write('import os, time\nif os.fork() and os.fork(): print("up")\ntime.sleep(60)')
        file.flush()
        process = subprocess.Popen([RUNNER, 'run', '--language', 'python', file.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()
        with open(f'/proc/{process.pid}/task/{process.pid}/children') as children:
            runner = int(children.read().split()[0])
        os.kill(runner, signal.SIGKILL)
        process.communicate(timeout=10)
    assert process.returncode == 137, process.returncode


@case
def the_parent_killed_ends_all_and_is_swept_later():
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write('import os, time\nif os.fork() and os.fork(): print("up")\ntime.sleep(60)')
        file.flush()
        process = subprocess.Popen([RUNNER, 'run', '--language', 'python', file.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()
        process.kill()
        process.communicate(timeout=10)  # the output ends only when the runner has
    # The next start sweeps, once the last process is taken in by whoever inherited it.
    for _ in range(50):
        same(run('bash', 'echo next'), verdict='ok')
        if not glob.glob(f'/sys/fs/cgroup/*/entrevue-{NAMESPACE}-{process.pid}'):
            return
    assert False, 'the groups are still there'


# Jobs that cannot be

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
    done = subprocess.run([RUNNER, 'check', '--user', 'no-such-user-at-all'], capture_output=True, text=True)
    assert done.returncode == 3 and 'useradd --system' in done.stderr, done
    done = subprocess.run([RUNNER, 'check', '--user', 'root'], capture_output=True, text=True)
    assert done.returncode == 3 and 'never made by root' in done.stderr, done


def copy_runner(folder):
    """The build folder may be closed to other users."""
    for source in (RUNNER, os.path.join(os.path.dirname(RUNNER), 'box-init')):
        shutil.copy(source, folder)
    shutil.copytree(LANGUAGES, os.path.join(folder, 'languages'))
    return os.path.join(folder, os.path.basename(RUNNER))


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
                                   'run', '--language', 'python', '--json', *options, path], capture_output=True, text=True, timeout=30)
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
        shown = {x['id']: x for x in json.loads(subprocess.run([RUNNER, 'languages', '--json', '--image', image], capture_output=True).stdout)}
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
            return subprocess.run([RUNNER, 'images', *arguments], capture_output=True, text=True, timeout=60,
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
    user = pwd.getpwnam(USER)
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, user.pw_uid, user.pw_gid)
        os.chmod(folder, 0o755)
        path, token = os.path.join(folder, 'socket'), os.path.join(folder, 'token')
        with open(token, 'w') as out:
            out.write('x')
        served = subprocess.Popen([RUNNER, 'serve', '--connect', f'unix:{folder}/none', '--token-file', token, '--local-socket', path, '--slots', '2',
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
            process = subprocess.Popen([RUNNER, 'run', '-l', 'bash', os.path.join(folder, 'main.sh')], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env={**os.environ, **there})
            process.stdin.write(b'line\n')
            process.stdin.flush()
            assert process.stdout.readline() == b'got line\n'
            process.send_signal(signal.SIGTERM)
            assert b'stopped' in process.communicate(timeout=10)[1] and process.returncode == 1
            same(run('bash', 'echo own box', env={'ENTREVUE_RUNNER_SOCKET': path + '-none'}), verdict='ok', stdout='own box\n')
        finally:
            served.terminate()
            ended = served.wait(timeout=20)
        assert ended == 0, ended
        same(run('bash', 'echo own box', env=there), verdict='ok', stdout='own box\n')


# What is left

def is_of_dead_runner(group):
    """Other runners may be at work on this host, also in other containers; what is left behind belongs to one that was here and
    is not there any more."""
    name = re.search(f'entrevue-{NAMESPACE}-(\\d+)', group)
    return bool(name) and not os.path.exists('/proc/' + name.group(1))


def leftovers():
    groups = [path for path in glob.glob('/sys/fs/cgroup/**/entrevue-*', recursive=True) if is_of_dead_runner(path)]
    boxes = []
    for path in glob.glob('/proc/[0-9]*/cgroup'):
        try:
            # Those that have ended stay listed where the first process of a container does not collect orphans.
            has_ended = open(path.replace('cgroup', 'stat')).read().rpartition(')')[2].split()[0] == 'Z'
            if not has_ended and is_of_dead_runner(open(path).read()):
                boxes.append(path)
        except OSError:
            pass
    mounts = [line for line in open('/proc/self/mountinfo') if '/box-' in line]
    return groups, boxes, mounts


@case
def nothing_is_left():
    for _ in range(100):
        groups, boxes, mounts = leftovers()
        if not set(groups) - set(BEFORE[0]) and not boxes:
            break
        time.sleep(0.02)
    assert not set(groups) - set(BEFORE[0]), groups
    assert not boxes, boxes
    assert not mounts, mounts


programs.require_boxes(RUNNER)
BEFORE = leftovers()
only = sys.argv[2:]
sys.exit(programs.run_cases([(function.__name__, function) for function in CASES if not only or function.__name__ in only]))
