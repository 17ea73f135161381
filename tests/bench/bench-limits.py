#!/usr/bin/env python3
"""Measures how long it takes from the moment at which a program reaches a limit, or somebody stops it, to the runner's report.

Usage: bench-limits.py RUNNER [ROUNDS]. Prints one line of JSON: for each limit the median and the largest of all rounds in
milliseconds, and the goal. The programs print the time themselves, the last one before the limit counts; the report's time is that at
which its line can be read.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HEAD = r'''
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
tell (void)
{
  struct timespec now;
  char line[32];

  clock_gettime (CLOCK_MONOTONIC, &now);
  snprintf (line, sizeof line, "%010ld.%09ld\n", (long) now.tv_sec, now.tv_nsec);
  (void) !write (1, line, 21);
}
'''
# What a program does, the limit that it meets, and how long after its last word it does.
LIMITS = {
    'wall': ('int main (void) { tell (); pause (); }', 'wall=1', 1.0),
    'cpu': ('''int main (void) { struct timespec used; double next = 0.9;
      for (;;) { clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
        if (used.tv_sec + used.tv_nsec / 1e9 > next) { tell (); next += 0.001; } } }''', 'cpu=1', 0),
    'memory': ('int main (void) { for (;;) { memset (malloc (1 << 18), 1, 1 << 18); tell (); } }', 'memory=64', 0),
    'memory-of-a-child': ('int main (void) { if (fork ()) pause (); for (;;) { memset (malloc (1 << 18), 1, 1 << 18); tell (); } }', 'memory=64', 0),
    'output': ('int main (void) { for (;;) tell (); }', 'output=16', 0),
}
GOALS_MS = {'stop': 100}


def start(runner, path, *options):
    return subprocess.Popen([runner, 'run', '--language', 'c', '--json', *options, path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def measure_limit(runner, path, limit, later_s):
    process = start(runner, path, '--limit', limit)
    line = process.stdout.readline()
    now = time.monotonic()
    process.communicate()
    report = json.loads(line)
    assert report['verdict'].endswith('_limit'), report
    # The last line may have been cut at the limit.
    last = [stamp for stamp in report['stdout'].split('\n') if len(stamp) == 20][-1]
    return (now - float(last) - later_s) * 1000


def measure_stop(runner):
    """From the signal to the sentence about it; the program has printed before."""
    with tempfile.NamedTemporaryFile('w', suffix='.sh') as file:
        file.write('echo up; sleep 60 & sleep 60')
        file.flush()
        process = subprocess.Popen([runner, 'run', '--language', 'bash', file.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        began = time.monotonic()
        process.terminate()
        process.stderr.readline()
        took = (time.monotonic() - began) * 1000
        process.communicate()
    return took


def main():
    runner, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 15
    if os.geteuid() != 0:
        print('{"skipped": "boxes with limits need root"}')
        return 0
    times = {name: [] for name in [*LIMITS, 'stop']}
    with tempfile.TemporaryDirectory() as folder:
        for name, (body, _, _) in LIMITS.items():
            with open(os.path.join(folder, name + '.c'), 'w', encoding='ascii') as file:
                file.write(HEAD + body)
        for _ in range(rounds):
            for name, (_, limit, later_s) in LIMITS.items():
                times[name].append(measure_limit(runner, os.path.join(folder, name + '.c'), limit, later_s))
            times['stop'].append(measure_stop(runner))
    print(json.dumps({name: {'median_ms': round(statistics.median(taken), 1), 'max_ms': round(max(taken), 1), 'goal_ms': GOALS_MS.get(name, 50)}
                      for name, taken in times.items()}))
    return 0


if __name__ == '__main__':
    sys.exit(main())
