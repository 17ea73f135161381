#!/usr/bin/python3
"""Runs a program with the system calls that a unit allows it: under_filter.py UNIT PROGRAM [ARGUMENTS]

What systemd would do with SystemCallFilter= and MemoryDenyWriteExecute= is done by libseccomp here, so that a unit can be tried
where no systemd runs. A call that is not allowed ends the program with SIGSYS, or fails where SystemCallErrorNumber= says so."""

import ctypes
import errno
import os
import re
import subprocess
import sys

ALLOW, KILL, ERRNO = 0x7fff0000, 0x80000000, 0x00050000
PR_SET_NO_NEW_PRIVS = 38


def expand(names):
    """Sets of systemd ("@file-system") as the calls in them."""
    calls = set()
    for name in names:
        if not name.startswith('@'):
            calls.add(name)
            continue
        said = subprocess.run(['systemd-analyze', 'syscall-filter', '--no-pager', name], check=True, capture_output=True, text=True)
        members = [line.strip() for line in said.stdout.splitlines()[1:] if line.strip() and not line.strip().startswith('#')]
        calls |= expand(members)
    return calls


def read_unit(path):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    allowed = set()
    for line in re.findall(r'^SystemCallFilter=(.*)$', text, re.MULTILINE):
        if line.startswith('~'):
            allowed -= expand(line[1:].split())
        else:
            allowed |= expand(line.split())
    error = re.search(r'^SystemCallErrorNumber=(\w+)$', text, re.MULTILINE)
    return allowed | expand(['@default', 'execve', 'exit', 'exit_group']), error.group(1) if error else None


def main():
    allowed, error = read_unit(sys.argv[1])
    seccomp = ctypes.CDLL('libseccomp.so.2', use_errno=True)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_init.argtypes = [ctypes.c_uint32]
    seccomp.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    seccomp.seccomp_load.argtypes = [ctypes.c_void_p]
    context = seccomp.seccomp_init(ERRNO | getattr(errno, error) if error else KILL)
    for name in sorted(allowed):
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            assert seccomp.seccomp_rule_add(context, ALLOW, number, 0) == 0, name
    assert ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert seccomp.seccomp_load(context) == 0
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == '__main__':
    main()
