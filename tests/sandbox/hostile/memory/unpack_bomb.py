# family: memory
# language: python
# expect: memory_limit
# limits: memory=64 wall=5
# breach: more memory than the limit
import zlib

small = zlib.compress(bytes(16 << 20), 9)
kept = []
while True:
    kept.append(zlib.decompress(small))
