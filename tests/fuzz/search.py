#!/usr/bin/env python3
"""Looks for new inputs of one fuzz target, with libFuzzer: search.py TARGET CORPUS [EXECUTIONS]

The target is from a build folder made with tests/setups/fuzz.ini and -Dfuzzing=true. Inputs are kept small, and the memory of
finds is a temporary folder: the corpus stays as it is. A crash ends it with another status, and leaves its input in the working folder.
"""

import re
import subprocess
import sys
import tempfile

EXECUTIONS = 2_000_000
MAX_BYTES = 512


def main():
    target, corpus = sys.argv[1:3]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else EXECUTIONS
    with tempfile.TemporaryDirectory() as found:
        done = subprocess.run([target, f'-runs={runs}', '-entropic=0', f'-max_len={MAX_BYTES}', '-rss_limit_mb=2048', '-print_final_stats=1',
                               '-verbosity=1', found, corpus], stderr=subprocess.PIPE, text=True, errors='replace')
    counted = re.search(r'number_of_executed_units: *(\d+)', done.stderr)
    print(f"{target.rsplit('/', 1)[1]}: {counted.group(1) if counted else '?'} executions, status {done.returncode}")
    if done.returncode != 0:
        print(done.stderr[-6000:])
    return done.returncode


sys.exit(main())
