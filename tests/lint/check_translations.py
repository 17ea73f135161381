#!/usr/bin/env python3
"""Checks that po/POTFILES lists exactly the files with text for translators, and that each catalogue of po/LINGUAS is there."""

import re
import sys

from tracked import read, report, tracked_files

IN_C = re.compile(r'(?<![A-Za-z0-9_])(?:_|N_|C_|NC_|ngettext|g_dngettext|g_dpgettext2)\s*\(\s*(?:NULL\s*,\s*)?"')
IN_XML = re.compile(r'translatable="(?:yes|true)"')
ALWAYS = re.compile(r'^data/.*\.(?:desktop|metainfo\.xml)\.in$')


def has_text(path):
    if ALWAYS.match(path):
        return True
    if path.startswith('tests/'):
        return False
    if path.endswith(('.c', '.h')):
        return bool(IN_C.search(read(path)))
    if path.endswith('.ui'):
        return bool(IN_XML.search(read(path)))
    return False


def lines(path):
    return [line for line in read(path).split('\n') if line and not line.startswith('#')]


def main():
    files = tracked_files()
    wanted = {path for path in files if has_text(path)}
    listed = set(lines('po/POTFILES'))
    problems = [f'po/POTFILES lacks {path}' for path in sorted(wanted - listed)]
    problems += [f'po/POTFILES lists {path}, which has no text for translators' for path in sorted(listed - wanted)]
    problems += [f'po/LINGUAS lists {code}, but po/{code}.po is missing'
                 for line in lines('po/LINGUAS') for code in line.split() if f'po/{code}.po' not in files]
    return report(problems)


if __name__ == '__main__':
    sys.exit(main())
