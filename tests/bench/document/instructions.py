#!/usr/bin/env python3
"""Counts the instructions of one case of ent-doc-bench by callgrind: for each edit, update or struct, and by function.

    instructions.py BENCH CASE [TRACE.json.gz] [--rounds N] [further options of ent-doc-bench]

Only the measured sections count. Unlike times, the figures do not depend on what else the machine does.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

TOP = 25


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    bench, case, *rest = sys.argv[1:]
    if '--rounds' not in rest:
        rest += ['--rounds', '1']
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'callgrind.out')
        run = subprocess.run(
            ['valgrind', '--tool=callgrind', f'--callgrind-out-file={out}', '--collect-atstart=no',
             '--toggle-collect=ent_bench_measure', bench, '--case', case, '--json', *rest],
            capture_output=True, text=True)
        if run.returncode:
            sys.exit(run.stderr)
        figures = json.loads(run.stdout)
        total = int(re.search(r'Collected : (\d+)', run.stderr).group(1))
        table = subprocess.run(['callgrind_annotate', '--auto=no', '--threshold=100', out], capture_output=True, text=True).stdout
    units = figures['measured_units']
    lines = re.findall(r'^ *([\d,]+) \([ \d.]+%\) +(?:\S*:)?(\S+)(?: \[.*)?$', table, re.MULTILINE)
    for line in lines[:TOP]:
        count = int(line[0].replace(',', ''))
        print(f'{count / max(units, 1):10.1f}  {100 * count / total:5.1f} %  {line[1]}')
    print(json.dumps({'case': case, 'trace': figures['trace'], 'units': units, 'instructions': total,
                      'instructions_per_unit': round(total / max(units, 1), 1)}))


if __name__ == '__main__':
    main()
