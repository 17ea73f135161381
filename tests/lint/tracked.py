"""The files that belong to the project: what git tracks, or everything outside build folders where there is no git."""

import os
import subprocess

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))


def tracked_files(root=ROOT):
    """Returns the sorted paths, relative to the root, of files that exist."""
    try:
        out = subprocess.run(['git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                             check=True, capture_output=True, text=True).stdout
        names = set(out.split('\0')) - {''}
    except (OSError, subprocess.CalledProcessError):
        names = set()
        for folder, folders, files in os.walk(root):
            folders[:] = [f for f in folders if not f.startswith(('_', '.git')) and f != 'node_modules']
            names.update(os.path.relpath(os.path.join(folder, f), root) for f in files)
    return sorted(name for name in names if os.path.isfile(os.path.join(root, name)))


def read(path, root=ROOT):
    """The text of a file; bytes that are not UTF-8 become replacement characters."""
    with open(os.path.join(root, path), encoding='utf-8', errors='replace') as file:
        return file.read()


def report(problems):
    """Prints the problems, one a line, and returns the exit status."""
    for problem in problems:
        print(problem)
    return 1 if problems else 0
