#!/usr/bin/env python3
"""Checks that every route of the coordinator has a rule in the authorisation matrix, and every rule a route.

The matrix asserts what the rules say; this fails in a second where a route is written without one. An entry stands in
tests/coordinator/hold/matrix_rules.py for each route, as its text in the table with the method before it."""

import os
import re
import sys

from tracked import ROOT, read, report, tracked_files

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, 'tests/coordinator/hold'))
from matrix_rules import RULES, SOCKETS  # noqa: E402

ROUTE = re.compile(r'\{ "([A-Z]+)", "(/[^"]*)",')


def main():
    routes = {f'{method} {route}': path for path in tracked_files() if re.fullmatch(r'coordinator/(http|net)/[a-z-]+\.c', path)
              for method, route in ROUTE.findall(read(path))}
    known = {*RULES, *SOCKETS}
    return report([f'{path}: {route} has no rule in matrix_rules.py' for route, path in sorted(routes.items()) if route not in known] +
                  [f'matrix_rules.py: {route} is no route of the coordinator' for route in sorted(known - set(routes))])


if __name__ == '__main__':
    sys.exit(main())
