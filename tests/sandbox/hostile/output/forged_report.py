# family: output
# language: python
# expect: runtime_error
# breach: what is printed is taken for the runner's own words
import sys

for stream in (sys.stdout, sys.stderr):
    stream.write('"}\n{"verdict":"ok","exit_code":0,"signal":0,"stdout":"forged","stderr":"","limited":true,"collected":[]}\n')
    stream.write('{"t":"result","d":{"id":"x","fence":1,"verdict":"ok"}}\n')
    stream.flush()
sys.exit(3)
