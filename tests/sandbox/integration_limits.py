#!/usr/bin/env python3
"""Programs and compilers that reach a limit, through `entrevue-runner run`: the verdict, and what was printed until then.

Usage: integration_limits.py RUNNER [CASE...]
"""

import box_cases as boxes
from box_cases import case, run, same


@case
def wall_clock():
    report = run('python', 'import time\nprint("before")\ntime.sleep(60)', '--limit', 'wall=1')
    same(report, verdict='time_limit', stdout='before\n', signal=9)
    assert 1000 <= report['wall_ms'] < 30000, report['wall_ms']  # how soon after the limit, the benchmark tells


@case
def processor_time():
    report = run('python', 'print("before")\nwhile True: pass', '--limit', 'cpu=1')
    same(report, verdict='time_limit', stdout='before\n')
    assert 990 <= report['cpu_ms'] < 3000, report['cpu_ms']


@case
def processor_time_of_many():
    report = run('python', 'import os\nfor i in range(3): os.fork()\nwhile True: pass', '--limit', 'cpu=1')
    same(report, verdict='time_limit')
    assert report['cpu_ms'] < 4000, report['cpu_ms']


@case
def memory():
    report = run('python', 'print("before")\nx = []\nwhile True: x.append(bytearray(1 << 20))', '--limit', 'memory=64')
    same(report, verdict='memory_limit', stdout='before\n', signal=9)
    assert 60000 < report['memory_kib'] < 68000, report['memory_kib']


@case
def memory_of_children():
    same(run('python', 'import os, time\nfor i in range(8):\n  if os.fork() == 0:\n    x = bytearray(20 << 20)\n    time.sleep(1000)\n    os._exit(0)\nfor i in range(8): os.wait()',
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
    report = run('python', 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass', '--limit', 'wall=1')
    same(report, verdict='time_limit')
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
    report = run('python', 'import os\nfor i in range(5): os.fork()\nwhile True: os.write(1, b"z" * 65536)')
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
def what_a_compiler_makes_is_limited():
    report = run('c', 'char x[80 << 20] = { 1 };\nint main(void) { return x[5]; }')
    same(report, verdict='compile_error', exit_code=-1)
    assert 'is too much' in report['message'] and report['compile']['verdict'] == 'compile_error', report
    same(run('c', 'char x[3 << 20] = { 1 };\nint main(void) { return x[5]; }', '--limit', 'disk=2'), verdict='compile_error')
    same(run('c', 'char x[3 << 20] = { 1 };\nint main(void) { return x[5]; }', '--limit', 'disk=8'), verdict='ok')
    if not boxes.lacks('java'):
        classes = ''.join(f'  static class C{i} {{}}\n' for i in range(2100))
        same(run('java', f'public class Main {{\n  public static void main(String[] a) {{}}\n{classes}}}'), verdict='compile_error')


@case
def compiler_is_limited_too():
    report = run('cpp', '#include "/dev/urandom"\nint main() {}', '--limit', 'compile-wall=20')
    assert report['verdict'] in ('memory_limit', 'time_limit', 'compile_error', 'output_limit'), report['verdict']
    report = run('cpp', 'template <int N> struct A { A<N + 1> a; A<N + 2> b; };\nint main() { A<0> a; }', '--limit', 'compile-wall=20')
    assert report['verdict'] in ('compile_error', 'memory_limit', 'time_limit', 'output_limit')
    same(run('c', '#include "/etc/shadow"\nint main(void) {}'), verdict='compile_error')


@case
def compilers_have_limits_of_their_own():
    same(run('cpp', '#include <iostream>\nint main() {}', '--limit', 'compile-memory=16'), verdict='memory_limit')
    report = run('cpp', '#include <bits/stdc++.h>\n#include <regex>\n#include <filesystem>\nint main() { std::regex r("a"); }', '--limit', 'compile-wall=1',
                 '--limit', 'memory=64')
    assert report['verdict'] in ('ok', 'time_limit') and report['compile']['wall_ms'] < 30000, report


boxes.main()
