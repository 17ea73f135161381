#!/usr/bin/env python3
"""Runs the programs of hostile/ in real boxes: each alone, two at once, and the greedy ones beside a benign program.

Usage: hostile_suite.py RUNNER [--long] [NAME...]. The short form puts one of each family beside a benign program, the long form
all that are greedy, and more pairs of two at once. Hostile programs run inside boxes only.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time

import programs

# Works for a while, so that what disturbs it shows.
BENIGN = '''# expect: ok
total = 0
for i in range(1500000):
    total += i * i % 7
print(total)
'''
DISTURBED_S = 60
FAMILIES = ('processes', 'memory', 'disk', 'output', 'secrets', 'identity', 'network', 'kernel', 'collector', 'compilers')


class Suite:
    def __init__(self, runner):
        self.runner = runner
        self.languages = runner.languages()
        self.before = programs.find_leftovers()
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, 'benign.py')
        with open(path, 'w', encoding='ascii') as file:
            file.write(BENIGN)
        self.benign = programs.Program(path)
        self.own_ms = None  # of the benign program

    def missing(self, *chosen):
        for program in chosen:
            if program.language not in self.languages:
                return f'{program.language} is not here'
        return None

    def check(self, program, report):
        self.runner.check_secrets(report)
        programs.check_report(program, report)
        print(f'# {program.name}: {report["verdict"]}, wall {report["wall_ms"]} ms, processor {report["cpu_ms"]} ms, '
              f'memory {report["memory_kib"]} KiB')

    def alone(self, program):
        reason = self.missing(program)
        if reason is None:
            self.check(program, self.runner.run(program))
            programs.check_host(self.before)
        return reason

    def together(self, one, other):
        reason = self.missing(one, other)
        if reason is None:
            first, second = self.runner.run_pair(one, other)
            self.check(one, first)
            self.check(other, second)
            programs.check_host(self.before)
        return reason

    def measure_benign(self):
        """Its time when nothing is beside it."""
        self.own_ms = statistics.median(self.runner.run(self.benign)['wall_ms'] for _ in range(3))

    def beside_benign(self, program):
        """The benign program takes at most twice its own time; a neighbour on this machine may disturb for a while."""
        reason = self.missing(program)
        if reason is not None:
            return reason
        deadline = time.monotonic() + DISTURBED_S
        while True:
            if self.own_ms is None:
                self.measure_benign()
            report, benign = self.runner.run_pair(program, self.benign)
            self.check(program, report)
            self.check(self.benign, benign)
            programs.check_host(self.before)
            if benign['wall_ms'] <= 2 * self.own_ms:
                return None
            if time.monotonic() > deadline:
                raise programs.Breach(f'a benign program took {benign["wall_ms"]} ms beside it, and {self.own_ms} ms alone')
            self.own_ms = None


def pairs(chosen, is_long):
    """Each second program once with another, or all three times. The first with the last: two of one family are rarely together."""
    found = []
    for shift in (0, 1, 2) if is_long else (0,):
        half = (len(chosen) + 1) // 2
        others = list(reversed(chosen[half:]))
        found += zip(chosen[:half], others[shift * 7 % max(len(others), 1):] + others)
    return found if is_long or len(chosen) < 10 else found[::2]


def neighbours(chosen, is_long):
    """The greedy ones; in the short form the first of each family."""
    found = [program for program in chosen if program.is_heavy]
    if is_long:
        return found
    return [program for i, program in enumerate(found) if program.words['family'] not in {p.words['family'] for p in found[:i]}]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('runner')
    parser.add_argument('--long', action='store_true')
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()
    programs.require_boxes(options.runner)
    loaded = programs.load('hostile')
    for program in loaded:
        program.check_header(program.name.split('/')[1])
    assert len(loaded) >= 80 and {program.words['family'] for program in loaded} == set(FAMILIES)
    chosen = [program for program in loaded if not options.names or any(name in program.name for name in options.names)]

    runner = programs.Runner(options.runner)
    suite = Suite(runner)
    cases = [(f'alone {program.name}', lambda program=program: suite.alone(program)) for program in chosen]
    cases += [(f'together {one.name} {other.name}', lambda one=one, other=other: suite.together(one, other))
              for one, other in pairs(chosen, options.long)]
    cases += [(f'beside-benign {program.name}', lambda program=program: suite.beside_benign(program))
              for program in neighbours(chosen, options.long)]
    try:
        return programs.run_cases(cases)
    finally:
        runner.close()


if __name__ == '__main__':
    sys.exit(main())
