#!/usr/bin/env python3
"""Looks for costs that grow faster than what is done: each case of ent-doc-bench at three sizes, a factor of four apart.

    scaling.py BENCH [--traces DIR] [--rounds N]

One line of JSON for each figure, with how many times more one unit costs at sixteen times the size, by the best of N rounds of CPU time.
"over" tells that it is more than WORSE times: a logarithm, and memory that no longer fits the cache, stay below it.
"""

import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, '..', '..', '..'))
WORSE = 3
MADE = {'distant': 10000, 'structs': 62500, 'undo': 6250, 'marks': 125, 'keys': 6250, 'writers': 500}
REVERSED = (375, 1500, 6000)


def run(bench, *arguments):
    done = subprocess.run([bench, '--json', *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f'{arguments}: {done.stderr}')
    return json.loads(done.stdout)


def figures_of(result):
    """Nanoseconds for a unit, by name."""
    figures = {name: value for name, value in result.items() if name.endswith(('_per_edit', '_per_struct', '_per_step', '_per_mark', '_per_set',
                                                                                '_per_update', '_per_writer'))}
    for name in figures:
        if name.startswith('ns_per_'):
            figures[name] = result['cpu_ns'] / result['units']
    return figures


def measure(bench, rounds, sizes, option, *arguments):
    best = []
    for size in sizes:
        runs = [figures_of(run(bench, *arguments, option, str(size))) for _ in range(rounds)]
        best.append({name: min(figures[name] for figures in runs) for name in runs[0]})
    return {name: [figures[name] for figures in best] for name in best[0]}


def say(case, sizes, figures):
    over = False
    for name, values in figures.items():
        # What is done once for a large document (settling the index) is spread over the edits after it.
        growth = round(values[-1] / max(values[0], 1), 2)
        over |= growth > WORSE and not name.startswith('later')
        print(json.dumps({'case': case, 'figure': name, 'sizes': sizes, 'ns': [round(v) for v in values], 'growth': growth,
                          'over': growth > WORSE}), flush=True)
    return over


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('bench')
    parser.add_argument('--traces', default=os.environ.get('ENTREVUE_TRACES', os.path.join(ROOT, '..', 'shared', 'traces')))
    parser.add_argument('--rounds', type=int, default=3)
    options = parser.parse_args()
    over = []
    for case, first in MADE.items():
        sizes = [first, 4 * first, 16 * first]
        if say(case, sizes, measure(options.bench, options.rounds, sizes, '--edits', '--case', case)):
            over.append(case)
    trace = os.path.join(options.traces, 'sequential_traces', 'sveltecomponent.json.gz')
    if os.path.exists(trace):
        if say('reversed', REVERSED, measure(options.bench, options.rounds, REVERSED, '--transactions', '--case', 'reversed', trace)):
            over.append('reversed')
    trace = os.path.join(options.traces, 'asynchronous', 'node_nodecc.json.gz')
    if os.path.exists(trace):
        result = run(options.bench, '--case', 'reversed', trace)
        print(json.dumps({'case': 'reversed', 'trace': 'node_nodecc', 'times_in_order': result['times_in_order'],
                          'over': result['times_in_order'] > 2}))
    print('over: ' + (', '.join(over) or 'none'))


if __name__ == '__main__':
    main()
