#!/usr/bin/env python3
"""Measures the document engine against yjs, diamond-types and Loro, interleaved, in fresh processes, and prints ratios.

    compare.py BENCH FOLDER [--all] [--traces DIR] [--trace NAME]... [--case CASE]... [--engine NAME]... [--rounds N]
               [--watch]

BENCH is ent-doc-bench; FOLDER, in a build folder, gets the pinned packages of the others and what they make of the traces. DIR holds the
public collection "editing-traces"; without it a session is made up. One line of JSON for each case and trace, then a table. Without
--all it is a selection of less than two minutes.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, '..', '..', '..'))
OURS = 'entrevue'
OTHERS = ('diamond', 'loro')
PEERS = ('yjs', 'diamond', 'loro')
SHORT = ('sveltecomponent', 'typed')
# One case of one engine is not begun again after this: medians then come from fewer runs, and say so.
BUDGET_S = {OURS: 120, 'yjs': 60, 'diamond': 20, 'loro': 20}
LIMIT_S = 400
# The goal is a ratio to yjs unless it says otherwise. Of local, yjs is measured without anybody listening to its updates, as in most
# published figures: it then encodes none. Ours always encodes them.
GOALS = {'local': 30, 'remote': 15, 'load': 10, 'encode': 10, 'diff': 10}
# Hundreds of writers: the others need many minutes to make it.
ONLY_YJS_TRACES = ('node_nodecc',)
ONLY_YJS = ('diff', 'merge', 'reversed')
# yjs needs time by the square of these; the first updates tell enough.
FIRST_UPDATES = {'merge': 1500, 'reversed': 1500}
SEQUENTIAL = ('local', 'remote', 'load', 'encode', 'diff', 'memory', 'reversed', 'merge')
SHORT_CASES = ('local', 'remote', 'load', 'encode', 'diff', 'memory', 'reversed')
CONCURRENT = ('concurrent', 'remote', 'load', 'encode', 'diff', 'memory', 'reversed', 'merge')


def make_up_session(path):
    """Somebody who types words, goes elsewhere now and then, and takes back some of it."""
    rng = random.Random(1)
    text, at, txns = '', 0, []
    while len(txns) < 12000:
        if rng.random() < 0.02:
            at = rng.randint(0, len(text))
        if rng.random() < 0.15 and at:
            for _ in range(min(at, rng.randint(1, 12))):
                at -= 1
                txns.append([at, 1, ''])
                text = text[:at] + text[at + 1:]
            continue
        for letter in ''.join(rng.choices('abcdefghijklmnopqrstuvwxyz', k=rng.randint(1, 9))) + rng.choice(' \n'):
            txns.append([at, 0, letter])
            text = text[:at] + letter + text[at:]
            at += 1
    session = {'startContent': '', 'endContent': text, 'txns': [{'patches': [patch]} for patch in txns]}
    with gzip.open(path, 'wt') as file:
        json.dump(session, file)


class Comparison:
    def __init__(self, options):
        self.options = options
        self.folder = os.path.abspath(options.folder)
        os.makedirs(self.folder, exist_ok=True)
        self.engines = [name for name in (OURS,) + PEERS if not options.engine or name in options.engine]
        self.rows = []
        lock = open(os.path.join(HERE, 'package-lock.json'), 'rb').read()
        self.states = os.path.join(self.folder, 'states-' + hashlib.sha256(lock).hexdigest()[:12])
        os.makedirs(self.states, exist_ok=True)

    def install(self):
        try:
            subprocess.run([os.path.join(ROOT, 'build-aux', 'install-peers.sh'), 'document', self.folder], check=True)
            shutil.copy(os.path.join(HERE, 'peers.mjs'), self.folder)
        except (OSError, subprocess.CalledProcessError):
            print('The other engines could not be installed: only ours is measured.', file=sys.stderr)
            self.engines = [name for name in self.engines if name == OURS]

    def list_traces(self):
        made_up = os.path.join(self.folder, 'typed.json.gz')
        if not os.path.exists(made_up):
            make_up_session(made_up)
        found = {}
        for kind in ('sequential_traces', 'concurrent_traces', 'asynchronous'):
            folder = os.path.join(self.options.traces, kind)
            for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
                if name.endswith('.json.gz'):
                    found[name[:-len('.json.gz')]] = (os.path.join(folder, name), kind != 'sequential_traces')
        found['typed'] = (made_up, False)
        wanted = self.options.trace or (list(found) if self.options.all else [next(n for n in SHORT if n in found)])
        return {name: found[name] for name in wanted}

    def run(self, engine, case, path, transactions=None):
        """One measurement in a fresh process, or None when the engine cannot do it, or not in time."""
        if engine == OURS:
            command = [self.options.bench, '--json', '--case', case] + ([path] if path else [])
            command += ['--transactions', str(transactions)] if transactions else []
            command += ['--watch'] if self.options.watch and case == 'local' else []
        else:
            command = ['node', '--expose-gc', '--max-old-space-size=4096', os.path.join(self.folder, 'peers.mjs'), engine, case, path or '-',
                       self.states] + ([str(transactions)] if transactions else [])
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            print(f'{engine} {case}: not within {LIMIT_S} s', file=sys.stderr)
            return None
        if done.returncode:
            print(f'{engine} {case} {path}: {done.stderr.strip().splitlines()[-5:]}', file=sys.stderr)
            return None
        return json.loads(done.stdout)

    def prepare(self, engine, name, path):
        """What a peer needs of a trace before the cases: made once and kept."""
        state = os.path.join(self.states, f'{name}.{engine}.state')
        if os.path.exists(state) and os.path.getmtime(state) > os.path.getmtime(path):
            return True
        return self.run(engine, 'prepare', path) is not None

    def measure(self, case, name, path, engines):
        """Rounds over all engines in turn, so that what disturbs the machine disturbs all of them."""
        runs = {engine: [] for engine in engines}
        spent = dict.fromkeys(engines, 0.0)
        for number in range(self.options.rounds):
            for engine in list(runs):
                name_only = engine.partition(' ')[0]
                if spent[engine] > BUDGET_S[name_only] or (name_only in OTHERS and number >= self.options.other_rounds):
                    continue
                start = time.monotonic()
                variant = engine.partition(' ')
                figures = self.run(variant[0], 'local-silent' if variant[2] else case, path, FIRST_UPDATES.get(case))
                spent[engine] += time.monotonic() - start
                if figures is None:
                    del runs[engine]
                else:
                    runs[engine].append(figures)
        self.report(case, name, {engine: summarise(all_figures) for engine, all_figures in runs.items() if all_figures})

    def report(self, case, name, medians):
        ours = medians.get(OURS)
        key = measure_of(case)
        row = {'case': case, 'trace': name, 'watched': self.options.watch and case == 'local', 'at': time.strftime('%Y-%m-%dT%H:%MZ', time.gmtime()), 'engines': medians}
        if ours:
            row['ratios'] = {peer: round(medians[peer][key] / max(ours[key], 1), 2) for peer in medians if peer != OURS}
            row['met'] = is_met(case, ours, row['ratios'])
        hashes = {figures['text_hash'] for figures in medians.values() if 'text_hash' in figures}
        assert len(hashes) < 2, 'the engines end with different texts'
        self.rows.append(row)
        print(json.dumps(row), flush=True)

    def go(self):
        self.install()
        for name, (path, is_concurrent) in self.list_traces().items():
            known = [engine for engine in self.engines if name not in ONLY_YJS_TRACES or engine in (OURS, 'yjs')]
            ready = [engine for engine in known if engine == OURS or self.prepare(engine, name, path)]
            for case in CONCURRENT if is_concurrent else SEQUENTIAL:
                if case not in (self.options.case or (SEQUENTIAL + CONCURRENT if self.options.all else SHORT_CASES)):
                    continue
                engines = [engine for engine in ready if engine in (OURS, 'yjs') or case not in ONLY_YJS]
                if name in ONLY_YJS_TRACES and case == 'concurrent':
                    engines = [OURS]
                if case == 'local':
                    engines += [engine + ' silent' for engine in ready if engine != OURS]
                self.measure(case, name, path, engines)
        if not self.options.case or 'distant' in self.options.case:
            self.measure('distant', 'random', None, self.engines)
        print_table(self.rows)


def measure_of(case):
    """What counts: bytes, or the time that the thread had a processor. On a machine with other work the wall clock measures that too."""
    return 'heap_bytes' if case == 'memory' else 'cpu_ns'


def summarise(all_figures):
    """Medians of the figures that several runs of one engine gave."""
    result = {'runs': len(all_figures)}
    for key in all_figures[0]:
        values = [figures[key] for figures in all_figures if isinstance(figures.get(key), (int, float)) and key != 'ok']
        if values and key not in ('measured_units', 'rounds'):
            result[key] = round(statistics.median(values), 2)
    return result


def is_met(case, ours, ratios):
    """Whether the goal of a case is reached; None when there is none, or nothing to compare with."""
    if case == 'memory':
        return ours['bytes_per_struct_beside_text'] <= 96 and all(ratio > 1 for ratio in ratios.values())
    if case == 'reversed':
        return ours['times_in_order'] <= 2
    if case == 'distant':
        return ours['cpu_ns'] / ours['units'] < 1000
    yjs = ratios.get('yjs silent', ratios.get('yjs'))
    if case not in GOALS or yjs is None:
        return None
    others = [ratio for engine, ratio in ratios.items() if case == 'local' and engine.endswith('silent')]
    return yjs >= GOALS[case] and all(ratio > 1 for ratio in others)


def show(figures, case):
    if not figures:
        return '-'
    if case == 'memory':
        return f'{figures["heap_bytes"] / 1024:.0f} KiB'
    text = f'{figures[measure_of(case)] / 1e6:.2f} ms'
    return text if figures['runs'] >= 5 else f'{text} ({figures["runs"]})'


def print_table(rows):
    """As Markdown. A number in brackets tells from how many runs a median is when they are fewer than five."""
    print('\n| case | trace | Entrevue | a unit | yjs | diamond | Loro | yjs / Entrevue | best other / Entrevue | goal |')
    print('|---|---|--:|--:|--:|--:|--:|--:|--:|---|')
    for row in rows:
        case, engines, ratios = row['case'], row['engines'], row.get('ratios', {})
        shown_case = f'{case}, watched' if row['watched'] else case
        ours = engines.get(OURS)
        unit = '-'
        if ours and case == 'memory':
            unit = f'{ours["bytes_per_struct_beside_text"]:.0f} B/struct'
        elif ours:
            unit = f'{ours[measure_of(case)] / max(ours["units"], 1):.0f} ns'
        # Of local, with and without somebody listening to the updates.
        yjs = ' / '.join(f'{ratios[name]:.1f}' for name in ('yjs silent', 'yjs') if name in ratios) or '-'
        others = [ratio for name, ratio in ratios.items() if not name.startswith('yjs')]
        met = {True: 'met', False: 'missed', None: ''}[row.get('met')]
        if case == 'reversed' and ours:
            met += f' ({ours["times_in_order"]:.2f} of in order)'
        columns = [show(engines.get(name + ' silent', engines.get(name)), case) for name in PEERS]
        print(f'| {shown_case} | {row["trace"]} | {show(ours, case)} | {unit} | {" | ".join(columns)} | {yjs} | '
              f'{f"{min(others):.1f}" if others else "-"} | {met} |')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('bench')
    parser.add_argument('folder')
    parser.add_argument('--all', action='store_true')
    parser.add_argument('--traces', default=os.environ.get('ENTREVUE_TRACES', os.path.join(ROOT, '..', 'shared', 'traces')))
    parser.add_argument('--trace', action='append')
    parser.add_argument('--case', action='append')
    parser.add_argument('--engine', action='append')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--other-rounds', type=int, default=5, help='rounds of diamond and Loro')
    parser.add_argument('--watch', action='store_true', help='let our observer of local ask what changed as well, as an editor does')
    Comparison(parser.parse_args()).go()


if __name__ == '__main__':
    main()
