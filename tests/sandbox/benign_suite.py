#!/usr/bin/env python3
"""Runs the programs of benign/ in real boxes: ordinary ones in every language, with exact output, and none may be hindered.

Usage: benign_suite.py RUNNER [NAME...]. Languages that are not on this host are skipped.
"""

import sys

import programs


def main():
    programs.require_boxes(sys.argv[1])
    loaded = programs.load('benign')
    assert len(loaded) >= 60 and {program.language for program in loaded} == set(programs.LANGUAGES.values())
    chosen = [program for program in loaded if not sys.argv[2:] or any(name in program.name for name in sys.argv[2:])]
    runner = programs.Runner(sys.argv[1])
    languages = runner.languages()
    before = programs.find_leftovers()

    def check(program):
        if program.language not in languages:
            return f'{program.language} is not here'
        report = runner.run(program)
        programs.check_report(program, report)
        programs.check_host(before)
        return None

    try:
        return programs.run_cases([(program.name, lambda program=program: check(program)) for program in chosen])
    finally:
        runner.close()


if __name__ == '__main__':
    sys.exit(main())
