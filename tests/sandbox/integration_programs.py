#!/usr/bin/env python3
"""Ordinary programs in real boxes through `entrevue-runner run`: what they print, read and return, in every language.

Usage: integration_programs.py RUNNER [CASE...]
"""

import base64
import fcntl
import os
import pty
import signal
import struct
import subprocess
import tempfile
import termios

import box_cases as boxes
from box_cases import case, lacks, run, same


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
        process = subprocess.Popen([boxes.RUNNER, 'run', '--language', 'python', file.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdin.write(b'first\n')
        process.stdin.flush()
        assert process.stdout.readline() == b'first\n'  # while the rest has not come
        out, _ = process.communicate(b'x' * 3000000, timeout=60)
    assert out == b'3000000\n', out
    # Nobody has to read it.
    endless = subprocess.Popen(['yes'], stdout=subprocess.PIPE)
    with tempfile.NamedTemporaryFile('w', suffix='.sh') as file:
        done = subprocess.run([boxes.RUNNER, 'run', '--language', 'bash', file.name], stdin=endless.stdout, stderr=subprocess.DEVNULL, timeout=60)
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
    code = 'import os, sys, tty\nprint(sys.stdin.isatty(), os.get_terminal_size(), os.environ["TERM"], os.ttyname(0))\n' \
           'print("got", input())\ntry: open(os.ttyname(0), "w").write("x")\nexcept OSError as e: print("no second")\n' \
           'open("/dev/tty", "w").write("by name\\n")\nos.system("stty size")\n'
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write(code)
        file.flush()
        ours, theirs = pty.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack('HHHH', 33, 99, 0, 0))
        process = subprocess.Popen([boxes.RUNNER, 'run', '-t', '--language', 'python', file.name], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
        os.write(ours, b'key\r')
        seen = b''
        while b'33 99' not in seen:
            seen += os.read(ours, 1000)
        assert process.wait(timeout=60) == 0, seen
        os.close(theirs)
        os.close(ours)
    for wanted in (b'True os.terminal_size(columns=99, lines=33) xterm-256color /dev/pts/0', b'got key', b'by name', b'no second'):
        assert wanted in seen, seen


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


boxes.main()
