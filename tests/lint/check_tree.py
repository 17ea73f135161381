#!/usr/bin/env python3
"""Checks the tree itself: a charter in each folder, the licence, nothing in it that belongs to one machine only."""

import json
import os
import re
import sys

from tracked import ROOT, read, report, tracked_files

TEXT = ('.c', '.h', '.py', '.sh', '.mjs', '.md', '.ui', '.in', '.txt', '.build', '.ini', '.json', '.conf', '.service', '.xml')


def folders_without_readme(files):
    folders = {path.split('/')[0] for path in files if '/' in path and not path.startswith('.')}
    folders |= {'/'.join(path.split('/')[:2]) for path in files if re.match(r'src/[^/]+/[^/]+\.[ch]$', path)}
    return [f'{folder}/README.md is missing' for folder in sorted(folders) if f'{folder}/README.md' not in files]


def machine_paths(files):
    """Lines that name a folder of whoever works on the project."""
    own = [os.path.dirname(ROOT) + '/'] if ROOT.count('/') > 2 else []
    home = os.environ.get('HOME', '')
    if re.match(r'/home/[^/]+$', home):
        own.append(home + '/')
    pattern = re.compile('|'.join([re.escape(path) for path in own] + [r'/Users/[a-z]']))
    problems = []
    for path in files:
        if not path.endswith(TEXT) or path.startswith('tests/lint/'):
            continue
        for number, line in enumerate(read(path).split('\n'), 1):
            if pattern.search(line):
                problems.append(f'{path}:{number}: names a folder of one machine: {line.strip()[:120]}')
    return problems


def lock_addresses(files):
    """Package locks hold versions and hashes; where a package comes from is the business of the machine that installs it."""
    problems = []
    for path in files:
        if os.path.basename(path) == 'package-lock.json':
            packages = json.loads(read(path))['packages']
            problems += [f'{path}: {name} has a download address' for name, entry in packages.items() if 'resolved' in entry]
    return problems


def main():
    files = tracked_files()
    problems = [] if 'COPYING' in files else ['COPYING is missing']
    return report(problems + folders_without_readme(files) + machine_paths(files) + lock_addresses(files))


if __name__ == '__main__':
    sys.exit(main())
