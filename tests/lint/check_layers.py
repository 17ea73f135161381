#!/usr/bin/env python3
"""Checks the arrows of src/README.md: which folder may include headers of which, and who may use which outside library."""

import os
import re
import sys

from tracked import ROOT, read, report, tracked_files

# Folder -> folders it uses. Arrows go on: who may use a folder may use what that one uses.
USES = {
    'src/base': [],
    'src/document': ['src/base'],
    'src/protocol': ['src/base'],
    'src/media': ['src/base'],
    'src/client': ['src/document', 'src/protocol'],
    'src/room': ['src/document', 'src/client', 'src/media'],
    'src/tools': ['src/room'],
    'src/app': ['src/room'],
    # What stands beside main.c (the configuration struct, the error domain) is known to every layer of the server.
    'coordinator': ['src/base', 'src/document', 'src/protocol'],
    'coordinator/store': ['coordinator', 'coordinator/calendar', 'coordinator/outgoing'],
    # A socket stands alone in net/, on epoll: rooms, runners and handlers receive one when a request becomes a socket.
    'coordinator/net/coord-frame-tracker': [],
    'coordinator/net/coord-send-queue': [],
    'coordinator/net/coord-wheel': [],
    'coordinator/net/coord-socket': ['coordinator'],
    'coordinator/net/coord-socket-private': ['coordinator/net/coord-frame-tracker', 'coordinator/net/coord-send-queue',
                                             'coordinator/net/coord-socket', 'coordinator/net/coord-wheel'],
    'coordinator/net/coord-socket-hub': ['coordinator/net/coord-socket-private'],
    'coordinator/run': ['coordinator/net/coord-socket'],
    'coordinator/calendar': ['coordinator'],
    'coordinator/outgoing': ['coordinator'],
    'coordinator/service': ['coordinator/store', 'coordinator/run', 'coordinator/calendar', 'coordinator/outgoing'],
    'coordinator/realtime': ['coordinator/service'],
    'coordinator/jobs': ['coordinator/service'],
    'coordinator/cluster': ['coordinator/service'],
    'coordinator/http': ['coordinator/realtime', 'coordinator/jobs'],
    'coordinator/net': ['coordinator/http'],
    'coordinator/commands': ['coordinator/net', 'coordinator/cluster'],
    'coordinator/main.c': ['coordinator/commands'],
    'sandbox': ['src/base', 'src/protocol'],
    'sandbox/box-init.c': [],
}

# Header prefix -> folders that may include it; other folders use those folders instead.
OUTSIDE = {
    'gtk/': ['src/app'],
    'gdk/': ['src/app'],
    'adwaita': ['src/app'],
    'gtksourceview/': ['src/app'],
    'gst/': ['src/media'],
    'sqlite3': ['src/room', 'coordinator/store'],
    'libpq': ['coordinator/store'],
    'seccomp': ['sandbox'],
}
# The other half of a layer's implementation: file -> the layer beside its own that it may use.
HALVES = {'coordinator/net/coord-socket.c': 'coordinator/net/coord-socket-private'}

# box-init is a small static program: libc and the kernel's headers alone.
LIBC_ONLY = 'sandbox/box-init.c'
NOT_LIBC = re.compile(r'glib|gio|gst/|json|libsoup|^seccomp')

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"]', re.MULTILINE)


def reachable(layer):
    """All folders that a layer may use, itself included."""
    seen, todo = set(), [layer]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += USES[current]
    return seen


def layer_of(path):
    """The layer that a source file belongs to, or None outside the map (tests)."""
    for name in (path, os.path.splitext(path)[0]):
        if name in USES:
            return name
    folder = os.path.dirname(path)
    while folder and folder not in USES:
        folder = os.path.dirname(folder)
    return folder or None


def resolve(path, include, known):
    """The project file that an include line means, or None for a generated header."""
    for base in (os.path.dirname(path), 'src', 'coordinator', 'sandbox', ''):
        candidate = os.path.normpath(os.path.join(base, include))
        if candidate in known:
            return candidate
    return None


def check(files, reader):
    known = set(files)
    problems = []
    for path in files:
        layer = layer_of(path)
        if not layer or not path.endswith(('.c', '.h')):
            continue
        allowed = reachable(layer) | reachable(HALVES.get(path, layer))
        for kind, include in INCLUDE.findall(reader(path)):
            if kind == '<':
                for prefix, owners in OUTSIDE.items():
                    if include.startswith(prefix) and layer not in owners:
                        problems.append(f'{path}: <{include}> may be included only in {" and ".join(owners)}')
                if path == LIBC_ONLY and NOT_LIBC.search(include):
                    problems.append(f'{path}: <{include}> is not libc')
                continue
            target = resolve(path, include, known)
            if target is None:
                if '/' in include:
                    problems.append(f'{path}: "{include}" is no file of the project')
                continue
            if path == LIBC_ONLY and layer_of(target) == 'sandbox':
                continue  # a header shared by both sides; it may hold nothing but libc types
            if layer_of(target) not in allowed:
                problems.append(f'{path}: {layer} may not use {layer_of(target)} ("{include}")')
    return problems


if __name__ == '__main__':
    sys.exit(report(check(tracked_files(), lambda path: read(path, ROOT))))
