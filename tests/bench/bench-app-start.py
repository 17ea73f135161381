#!/usr/bin/python3
"""How long the app takes from exec to its mapped window, beside GNOME's text editor: bench-app-start.py PROGRAM.

Runs inside with-display.sh. Both are started in turn, so that whatever else the machine does meets both alike; a first start
of each fills the page cache and does not count. The X server tells when a window is mapped; nothing is polled.
"""

import json
import os
import re
import selectors
import shutil
import statistics
import subprocess
import sys
import time

ROUNDS = 7
PATIENCE_S = 20
OTHER = 'gnome-text-editor'
MAPPED = re.compile(rb'^MapNotify event.*?override (NO|YES)', re.MULTILINE | re.DOTALL)


class Screen:
    """Tells of the windows that are mapped on the display."""

    def __init__(self):
        # Line by line, which xev does by itself only on a terminal.
        self.watcher = subprocess.Popen(['stdbuf', '-oL', 'xev', '-root', '-event', 'substructure'], stdout=subprocess.PIPE)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.watcher.stdout, selectors.EVENT_READ)
        os.set_blocking(self.watcher.stdout.fileno(), False)
        self.wait_ready()

    def wait_ready(self):
        """Until xev listens, it misses windows: show it one after the other until it tells of one."""
        seen = False
        while not seen:
            probe = subprocess.Popen(['xev', '-event', 'button'], stdout=subprocess.DEVNULL)
            seen = self.wait_mapped(1)
            probe.kill()
            probe.wait()
        self.drop()

    def drop(self):
        self.watcher.stdout.read()

    def wait_mapped(self, patience_s):
        """Whether a window of an application (menus and tooltips override the window manager) came in time."""
        told = b''
        deadline = time.monotonic() + patience_s
        while (left := deadline - time.monotonic()) > 0:
            if not self.selector.select(left):
                return False
            told += self.watcher.stdout.read() or b''
            if b'NO' in MAPPED.findall(told):
                return True
        return False

    def close(self):
        self.watcher.kill()
        self.watcher.wait()


def start_once(screen, command):
    """Milliseconds until the window; the program is gone when this returns."""
    screen.drop()
    began = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seen = screen.wait_mapped(PATIENCE_S)
    took_ms = (time.monotonic() - began) * 1000
    ended = process.poll()
    process.kill()
    process.wait()
    if not seen:
        raise SystemExit(f'{command[0]} showed no window within {PATIENCE_S} s' +
                         ('.' if ended is None else f'; it ended with status {ended}.'))
    return took_ms


def main():
    programs = {'app': [sys.argv[1], '--profile', 'bench']}
    if shutil.which(OTHER):
        programs['other'] = [OTHER, '--standalone']
    times = {name: [] for name in programs}
    screen = Screen()
    try:
        for number in range(ROUNDS + 1):
            for name, command in programs.items():
                took_ms = start_once(screen, command)
                if number > 0:
                    times[name].append(took_ms)
    finally:
        screen.close()

    result = {'benchmark': 'app-start', 'rounds': ROUNDS, 'renderer': os.environ.get('GSK_RENDERER'),
              'median_ms': round(statistics.median(times['app']), 1), 'least_ms': round(min(times['app']), 1)}
    if 'other' in times:
        result |= {'other': OTHER, 'other_median_ms': round(statistics.median(times['other']), 1),
                   'other_least_ms': round(min(times['other']), 1),
                   'ratio': round(statistics.median(times['app']) / statistics.median(times['other']), 3)}
    else:
        result['not_compared'] = f'{OTHER} is not installed'
    print(json.dumps(result))


if __name__ == '__main__':
    main()
