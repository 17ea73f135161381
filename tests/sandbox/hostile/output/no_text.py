# family: output
# language: python
# expect: ok
# breach: bytes that are no text break the report
import os

os.write(1, bytes(range(256)) * 16 + b'\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80\x00\x00')
os.write(2, '\u202e\ufeff\x1b]0;title\x07\x1b[2J\x00'.encode())
