# family: collector
# language: python
# expect: ok
# collect: pipe socket device held swarm/last
# collected: held
# breach: the collector waits for what is never ready, or opens what is no file of the box
import os
import socket
import subprocess

os.mkfifo('pipe')
socket.socket(socket.AF_UNIX).bind('socket')
os.symlink('/dev/zero', 'device')
with open('held', 'w', encoding='ascii') as file:
    file.write('plain')
os.mkdir('swarm')
os.mkfifo('swarm/last')
# Others keep both ends open, lock the file, and outlive the program.
code = ('import fcntl, os, time\nfor name in ("pipe", "swarm/last"):\n  os.open(name, os.O_RDWR)\nheld = open("held", "r+")\n'
        'fcntl.flock(held, fcntl.LOCK_EX)\nfcntl.lockf(held, fcntl.LOCK_EX)\nprint("up", flush=True)\ntime.sleep(100)')
for _ in range(2):
    first = subprocess.Popen(['/usr/bin/python3', '-c', code], start_new_session=True, stdout=subprocess.PIPE)
    if _ == 0:
        first.stdout.readline()
