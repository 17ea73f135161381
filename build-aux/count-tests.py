#!/usr/bin/env python3
"""Adds up Meson's test logs: count-tests.py [--failed SENTENCE]... TESTLOG.json...

Each sentence is about something that failed outside of the logs, and counts as one. A TAP program counts by its subtests, any
other test as one. Under each test that failed stands what it said of that, for whoever sees the end of the output only. Ends
with the line "N passed, N failed", with ", N skipped" when there are any, and exits 1 when anything failed or a log is missing.
"""

import argparse
import json
import re
import sys

TAP_LINE = re.compile(r'^(ok|not ok)\b(.*)$', re.MULTILINE)
TAP_FAILURE = re.compile(r'^not ok\b.*$', re.MULTILINE)
SANITIZER_LINE = re.compile(r'^.*(?:Sanitizer|runtime error:|(?:Direct|Indirect) leak of|#\d+ 0x).*$', re.MULTILINE)
TAP_SKIP = re.compile(r'#\s*(skip|todo)', re.IGNORECASE)
FEW_LINES = 5
LONGEST_LINE = 600


def count_run(run):
    """Returns (passed, failed, skipped) of one entry of a test log."""
    good = run['result'] in ('OK', 'EXPECTEDFAIL')
    if run['result'] == 'SKIP':
        return 0, 0, 1

    passed = failed = skipped = 0
    for verdict, rest in TAP_LINE.findall(run.get('stdout') or ''):
        if TAP_SKIP.search(rest):
            skipped += 1
        elif verdict == 'ok':
            passed += 1
        else:
            failed += 1
    if passed + failed + skipped == 0:
        return (1, 0, 0) if good else (0, 1, 0)
    if not good and failed == 0:
        failed = 1  # it crashed, hung or stopped before its plan was done
    return passed, failed, skipped


def quote_failure(run):
    """What a failed test said of it: the subtests that failed, else its last words; and the first report of a sanitizer."""
    streams = [run.get(stream) or '' for stream in ('stdout', 'stderr')]
    lines = TAP_FAILURE.findall(streams[0])[:FEW_LINES] or [line for stream in streams for line in stream.splitlines()[-FEW_LINES:]]
    lines += SANITIZER_LINE.findall('\n'.join(streams))[:4 * FEW_LINES]
    return [line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + ' ...' for line in lines]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--failed', metavar='SENTENCE', action='append', default=[])
    parser.add_argument('logs', nargs='*')
    arguments = parser.parse_args()

    total = [0, len(arguments.failed), 0]
    names = list(arguments.failed)
    for path in arguments.logs:
        try:
            with open(path, encoding='utf-8') as log:
                runs = [json.loads(line) for line in log if line.strip()]
        except OSError as error:
            print(f'No test log: {error}')
            total[1] += 1
            continue
        for run in runs:
            counts = count_run(run)
            total = [a + b for a, b in zip(total, counts)]
            if counts[1]:
                names.append('\n  '.join([f"{path}: {run['name']} ({run['result']})", *quote_failure(run)]))

    for name in names:
        print(f'Failed: {name}')
    passed, failed, skipped = total
    print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
