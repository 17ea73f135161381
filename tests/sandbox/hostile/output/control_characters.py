# family: output
# language: python
# expect: ok
# breach: text that may not stand in JSON as it is breaks the report, or the connection that it goes over
import os

os.write(1, bytes(range(1, 128)) * 100)
os.write(2, bytes(range(1, 32)) + '\u2028\u2029\u0085\ufffe'.encode())
