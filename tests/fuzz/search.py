#!/usr/bin/env python3
"""Looks for new inputs of fuzz targets, with libFuzzer.

search.py BUILD NAME... [--executions N] [--seconds S] [--keep FOLDER]

BUILD was made with tests/setups/fuzz.ini and -Dfuzzing=true. Each target runs until it has been executed N times (two million if
not said) or S seconds have passed. With --keep what was found stays in FOLDER/NAME, and the next search goes on from there: its
executions are added to those in FOLDER/NAME.executions. Without, it is forgotten. The corpus in the tree stays as it is.

The status is 0 when every target has reached its N; 1 when there was no time for that; 2 when one has crashed: its input is then
crash-NAME-... in FOLDER, or in the working folder.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

MAX_BYTES = 512
HERE = pathlib.Path(__file__).resolve().parent
# The memory of what was freed is kept small and in the processor's caches; leaks are looked for at the end.
ASAN = 'allocator_may_return_null=1:strict_string_checks=1:quarantine_size_mb=16:malloc_context_size=8:max_malloc_fill_size=0'


def read_count(path):
    return int(path.read_text()) if path.exists() else 0


def search(target, corpus, found, crashes, runs, seconds):
    """The status of libFuzzer, how often it has executed the target, what it said."""
    limit = [f'-max_total_time={seconds}'] if seconds else []
    done = subprocess.run(
        [target, f'-runs={runs}', *limit, '-entropic=0', f'-max_len={MAX_BYTES}', '-rss_limit_mb=2048', '-print_final_stats=1', '-verbosity=1',
         f'-artifact_prefix={crashes}', found, corpus],
        stderr=subprocess.PIPE, text=True, errors='replace',
        env={**os.environ, 'ASAN_OPTIONS': ASAN, 'UBSAN_OPTIONS': 'print_stacktrace=1:halt_on_error=1', 'G_SLICE': 'always-malloc'})
    counted = re.search(r'number_of_executed_units: *(\d+)', done.stderr)
    return done.returncode, int(counted.group(1)) if counted else 0, done.stderr


def bring(build, name, keep, options):
    folder = keep / name
    folder.mkdir(parents=True, exist_ok=True)
    counter = keep / f'{name}.executions'
    before = read_count(counter)
    if before >= options.executions:
        print(f'{name}: {before} executions already')
        return 0
    began = time.monotonic()
    crashes = (keep if options.keep else pathlib.Path.cwd()) / f'crash-{name}-'
    status, runs, words = search(build / 'tests/fuzz' / f'fuzz-{name}', HERE / 'corpus' / name, folder, crashes,
                                 options.executions - before, options.seconds)
    took = time.monotonic() - began
    counter.write_text(f'{before + runs}\n')
    print(f'{name}: {before + runs} executions ({runs} in {took:.0f} s, {runs / max(took, 1):.0f}/s), status {status}', flush=True)
    if status != 0:
        print(words[-6000:])
        return 2
    return 0 if before + runs >= options.executions else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('names', nargs='+')
    parser.add_argument('--executions', type=int, default=2_000_000)
    parser.add_argument('--seconds', type=int, default=0)
    parser.add_argument('--keep', type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as forgotten:
        keep = (options.keep or pathlib.Path(forgotten)).resolve()
        return max(bring(options.build.resolve(), name, keep, options) for name in options.names)


sys.exit(main())
