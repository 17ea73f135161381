#!/usr/bin/env python3
"""The last line of make test tells the truth."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

COUNT = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', '..', 'build-aux', 'count-tests.py')


def run_count(*runs, options=()):
    """Runs the program on a log of (result, stdout) pairs with options; returns what subprocess.run() returns."""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as log:
        for number, (result, stdout) in enumerate(runs):
            log.write(json.dumps({'name': f'test {number}', 'result': result, 'stdout': stdout}) + '\n')
        log.flush()
        return subprocess.run([sys.executable, COUNT, *options, log.name], capture_output=True, text=True)


def count(*runs, options=()):
    """Returns (exit status, last line)."""
    done = run_count(*runs, options=options)
    return done.returncode, done.stdout.strip().split('\n')[-1]


class Count(unittest.TestCase):
    def test_subtests_count_one_by_one(self):
        self.assertEqual(count(('OK', 'ok 1 a\nok 2 b\n1..2\n')), (0, '2 passed, 0 failed'))

    def test_a_program_without_tap_counts_once(self):
        self.assertEqual(count(('OK', 'all is well'), ('OK', '')), (0, '2 passed, 0 failed'))

    def test_failed_subtests_count(self):
        self.assertEqual(count(('FAIL', 'ok 1 a\nnot ok 2 b\n')), (1, '1 passed, 1 failed'))

    def test_a_crash_after_good_subtests_is_a_failure(self):
        self.assertEqual(count(('ERROR', 'ok 1 a\n')), (1, '1 passed, 1 failed'))

    def test_a_timeout_without_output_is_a_failure(self):
        self.assertEqual(count(('TIMEOUT', '')), (1, '0 passed, 1 failed'))

    def test_skipped_ones_are_told_apart(self):
        self.assertEqual(count(('SKIP', 'no bubblewrap'), ('OK', 'ok 1 a # SKIP no camera\nok 2 b\n')),
                         (0, '1 passed, 0 failed, 2 skipped'))

    def test_a_missing_log_is_a_failure(self):
        done = subprocess.run([sys.executable, COUNT, '/nonexistent/log.json'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.strip().split('\n')[-1], '0 passed, 1 failed')

    def test_what_failed_outside_of_the_logs_counts(self):
        self.assertEqual(count(('OK', 'ok 1 a\n'), options=('--failed', 'No packages.')), (1, '1 passed, 1 failed'))

    def test_what_a_failed_test_said_stands_under_it(self):
        said = run_count(('OK', 'ok 1 a\n'), ('ERROR', 'ok 1 a\n# why\nnot ok 2 b: the room is away\n'),
                         ('TIMEOUT', '1\n2\n3\n4\n5\nlast words\n')).stdout
        self.assertIn('test 1 (ERROR)\n  not ok 2 b: the room is away\n', said)
        self.assertIn('test 2 (TIMEOUT)\n  2\n  3\n  4\n  5\n  last words\n', said)
        self.assertNotIn('test 0', said)

    def test_the_report_of_a_sanitizer_is_quoted(self):
        said = run_count(('ERROR', 'not ok 1 a\n# Direct leak of 48 byte(s)\n#   #0 0x7f in malloc\n# and much else\n')).stdout
        self.assertIn('  not ok 1 a\n  # Direct leak of 48 byte(s)\n  #   #0 0x7f in malloc\n0 passed', said)

    def test_long_words_are_cut(self):
        said = run_count(('FAIL', 'not ok 1 ' + 'x' * 100000 + '\n')).stdout
        self.assertLess(len(said), 1000)


if __name__ == '__main__':
    unittest.main()
